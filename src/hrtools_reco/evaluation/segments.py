"""Name the segment of a firm: a column of its profile, or its size class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid, unknown_name
from hrtools_reco.catalog import Catalog, catalog_of
from hrtools_reco.columns import BRANCH, HEADCOUNT, HEADCOUNT_BAND, REGION
from hrtools_reco.firms import as_known, headcounts_of

SIZE = "size"
UNKNOWN = "unknown"


_SIZES = {
    "0-9": 10,
    "10-49": 50,
    "50-249": 250,
    "250+": np.inf,
}  # class: first headcount above it (2003/361/EC)


def segment_of(profiles: pd.DataFrame, name: str, catalog: Catalog | None = None) -> pd.Series[str]:
    """Name the segment of each firm.

    Cells are read as those of a table of firms: ``2528``, ``"Maroquinerie"`` and ``"leather_goods"`` are one
    branch. A branch or a region that the catalog does not know is its own text.

    Parameters
    ----------
    profiles : DataFrame
        One firm a row.
    name : str
        A column of profiles, or ``"size"``: 0-9, 10-49, 50-249 or 250+ employees, read from ``headcount`` or
        else from ``headcount_band``.
    catalog : Catalog, optional
        Catalog whose branches, regions and bands are known. ``None`` is the bundled one.

    Returns
    -------
    Series of str
        One name per firm, ``"unknown"`` where the column is empty.

    Raises
    ------
    InvalidTableError
        If a headcount or a band is wrong.
    InvalidValueError
        If there is no such column.

    Examples
    --------
    >>> segment_of(pd.DataFrame({"headcount": [3, 18, None]}), "size").tolist()
    ['0-9', '10-49', 'unknown']
    """
    used = catalog_of(catalog)
    if name == SIZE and SIZE not in profiles:
        return _size_class(profiles, used)
    if name not in profiles:
        raise unknown_name(
            "segment", name, [*map(str, profiles.columns), SIZE], "a column of profiles, or size"
        )
    cells = (
        as_known(profiles[name], name, used) if name in (BRANCH, REGION) else profiles[name].astype(object)
    )
    return cells.where(cells.notna(), UNKNOWN).astype(str)


def _size_class(profiles: pd.DataFrame, catalog: Catalog) -> pd.Series[str]:
    """Cut headcounts into size classes."""
    if not {HEADCOUNT, HEADCOUNT_BAND} & set(profiles.columns):
        raise invalid("profiles", f"a table with {HEADCOUNT} or {HEADCOUNT_BAND}", list(profiles.columns))
    count = pd.Series(headcounts_of(profiles, catalog), index=profiles.index)
    cut = pd.cut(count, [0, *_SIZES.values()], right=False, labels=list(_SIZES))
    return cut.astype(object).where(cut.notna(), UNKNOWN).astype(str)


def place_of_group(group: tuple[Any, pd.DataFrame]) -> tuple[int, str]:
    """Place size classes by size, and all other groups by name."""
    label = str(group[0])
    return list(_SIZES).index(label) if label in _SIZES else len(_SIZES), label
