"""Name the segment of a firm: a column of its profile, or its size class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid, unknown_name
from hrtools_reco.catalog import load_catalog
from hrtools_reco.columns import HEADCOUNT, HEADCOUNT_BAND

SIZE = "size"


UNKNOWN = "unknown"


_SIZES = {
    "0-9": 10,
    "10-49": 50,
    "50-249": 250,
    "250+": np.inf,
}  # class: first headcount above it (2003/361/EC)


def segment_of(profiles: pd.DataFrame, name: str) -> pd.Series[str]:
    """Name the segment of each firm.

    Parameters
    ----------
    profiles : DataFrame
        One firm a row.
    name : str
        A column of profiles, or ``"size"``: 0-9, 10-49, 50-249 or 250+ employees, read from ``headcount`` or
        else from ``headcount_band``.

    Returns
    -------
    Series of str
        One name per firm, ``"unknown"`` where the column is empty.

    Examples
    --------
    >>> segment_of(pd.DataFrame({"headcount": [3, 18, None]}), "size").tolist()
    ['0-9', '10-49', 'unknown']
    """
    if name == SIZE and SIZE not in profiles:
        return _size_class(profiles)
    if name not in profiles:
        raise unknown_name(
            "segment", name, [*map(str, profiles.columns), SIZE], "a column of profiles, or size"
        )
    values = profiles[name].astype(object)
    return values.where(values.notna(), UNKNOWN).astype(str)


def _size_class(profiles: pd.DataFrame) -> pd.Series[str]:
    """Cut headcounts into size classes."""
    if not {HEADCOUNT, HEADCOUNT_BAND} & set(profiles.columns):
        raise invalid("profiles", f"a table with {HEADCOUNT} or {HEADCOUNT_BAND}", list(profiles.columns))
    count = pd.Series(np.nan, index=profiles.index)
    if HEADCOUNT_BAND in profiles:
        bands = load_catalog().table("headcount_bands").set_index("band")["headcount_min"]
        count = profiles[HEADCOUNT_BAND].map(bands).astype(float)
    if HEADCOUNT in profiles:
        count = profiles[HEADCOUNT].astype(float).fillna(count)
    cut = pd.cut(count, [0, *_SIZES.values()], right=False, labels=list(_SIZES))
    return cut.astype(object).where(cut.notna(), UNKNOWN).astype(str)


def place_of_group(group: tuple[Any, pd.DataFrame]) -> tuple[int, str]:
    """Place size classes by size, and all other groups by name."""
    label = str(group[0])
    return list(_SIZES).index(label) if label in _SIZES else len(_SIZES), label
