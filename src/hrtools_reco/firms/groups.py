"""Name the group of each firm: its branch, region, class of size or level of maturity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_choice, invalid
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import BRANCH, REGION
from hrtools_reco.firms.arrays import Firms

SIZE, LEVEL = "size", "level"
GROUPINGS = (BRANCH, REGION, SIZE, LEVEL)
UNKNOWN_GROUP = "unknown"


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Firms that are counted together.

    Attributes
    ----------
    table : DataFrame
        One row a group, a column for each grouping; in the order of the catalog, unknown last.
    code : ndarray of int of shape (n_firms,)
        Row of the group of each firm.
    """

    table: pd.DataFrame
    code: np.ndarray

    def __len__(self) -> int:
        return len(self.table)


def group_firms(firms: Firms, by: str | Sequence[str], catalog: Catalog) -> Groups:
    """Group firms by what is known of them.

    Parameters
    ----------
    firms : Firms
        The firms.
    by : str or sequence of str
        One or several of ``branch, region, size`` (the classes of ``size_classes``) and ``level`` (of the
        mean of the known maturity scores). What is not known, or a band that spans two classes, is the
        group ``unknown``.
    catalog : Catalog
        Catalog of the names.

    Returns
    -------
    Groups
        The groups that occur.

    Raises
    ------
    InvalidValueError
        If there is no such grouping, or one stands twice.
    """
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        check_choice("by", name, GROUPINGS)
    if not names or len(set(names)) < len(names):
        raise invalid("by", f"some of {', '.join(GROUPINGS)}, each once", names)
    columns = [_labels_and_codes(firms, name, catalog) for name in names]
    combined = np.zeros(len(firms), dtype=np.int64)
    for labels, codes in columns:
        combined = combined * len(labels) + codes
    found, code = np.unique(combined, return_inverse=True)
    cells = {}
    for name, (labels, _) in zip(reversed(names), reversed(columns), strict=True):
        found, at = np.divmod(found, len(labels))
        cells[name] = np.array(labels, dtype=object)[at]
    return Groups(table=pd.DataFrame({name: cells[name] for name in names}), code=code)


def _labels_and_codes(firms: Firms, name: str, catalog: Catalog) -> tuple[list[str], np.ndarray]:
    """Return the names of a grouping, unknown last, and the position of each firm in them."""
    if name == BRANCH:
        labels, codes = catalog.keys("branches"), firms.branch
    elif name == REGION:
        labels, codes = catalog.keys("regions"), firms.region
    elif name == SIZE:
        labels, codes = catalog.keys("size_classes"), _size_codes(firms, catalog)
    else:
        levels = catalog.table("levels")
        labels, codes = tuple(f"{level:g}" for level in levels["level"]), _level_codes(firms, catalog)
    return [*labels, UNKNOWN_GROUP], np.where(codes < 0, len(labels), codes)


def _size_codes(firms: Firms, catalog: Catalog) -> np.ndarray:
    """Return the class of size of each firm, -1 where the headcount is not known well enough."""
    starts = catalog.table("size_classes")["headcount_min"].to_numpy()
    low, high = (
        np.searchsorted(starts, ends, side="right") - 1
        for ends in (firms.headcount_low, firms.headcount_high)
    )
    return np.where(low == high, low, -1)


def _level_codes(firms: Firms, catalog: Catalog) -> np.ndarray:
    """Return the level of the mean of the known scores, -1 where none is known."""
    known = ~np.isnan(firms.maturity)
    mean = np.where(known, firms.maturity, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    starts = catalog.table("levels")["score_min"].to_numpy()
    return np.where(known.any(axis=1), np.searchsorted(starts, mean, side="right") - 1, -1)
