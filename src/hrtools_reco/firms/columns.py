"""Read the columns of a table of firms."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid, unknown_name
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import (
    BRANCH,
    COMPANY_ID,
    FACT_PREFIX,
    HEADCOUNT,
    HEADCOUNT_BAND,
    MATURITY_PREFIX,
    NEED_PREFIX,
)
from hrtools_reco.exceptions import InvalidTableError, InvalidValueError, UnknownNameError
from hrtools_reco.firms.cells import is_missing
from hrtools_reco.firms.fields import Fields, fields_of
from hrtools_reco.firms.readers import TableReader, as_objects, distinct, settled
from hrtools_reco.firms.vocabulary import UNKNOWN_BAND

_LIKE_A_KNOWN_COLUMN = 0.8


def check_headers(companies: pd.DataFrame, known: Iterable[str]) -> None:
    """Refuse an empty table, a column that is missing and one that looks like a misspelt one."""
    names = [str(name) for name in companies.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise invalid("column", "named once", twice[0])
    right = tuple(known)
    for name in names:
        if name not in right and _is_misspelt(name, right, names):
            raise unknown_name("column", name, right, "a column of a table of firms")
    for name in (COMPANY_ID, BRANCH):
        if name not in names:
            raise UnknownNameError("column", f"there: {name!r} is needed", names)
    if HEADCOUNT not in names and HEADCOUNT_BAND not in names:
        raise UnknownNameError("column", f"there: {HEADCOUNT!r} or {HEADCOUNT_BAND!r} is needed", names)
    if not len(companies):
        raise invalid("companies", "a table of at least one firm", f"{len(companies)} rows")


def _is_misspelt(name: str, known: Sequence[str], names: Sequence[str]) -> bool:
    """Tell whether the name of a column is none of a firm's, but looks as if it should be one."""
    if name.startswith((MATURITY_PREFIX, NEED_PREFIX, FACT_PREFIX)):
        return True
    close = difflib.get_close_matches(name[:100], known, n=1, cutoff=_LIKE_A_KNOWN_COLUMN)
    is_start = [column for column in known if column.startswith(f"{name}_")]
    return any(column not in names for column in (*close, *is_start))


class FirmReader(TableReader):
    """Reads the columns of a table of firms.

    Parameters
    ----------
    companies : DataFrame
        The table, with checked headers.
    fields : Fields
        The readers.
    """

    def __init__(self, companies: pd.DataFrame, fields: Fields) -> None:
        super().__init__(companies, fields.readers)
        self._fields = fields

    def branch(self) -> np.ndarray:
        """Read branches into positions; an empty one is refused."""
        found = self.read(BRANCH)
        empty, error = found.codes < 0, self._fields.no_branch()
        empty[self.refused_rows(BRANCH)] = False
        for row in np.flatnonzero(empty):
            self.refuse(row, BRANCH, None, error)
        return found.positions(self._fields.words.branches)

    def headcount(self) -> tuple[np.ndarray, np.ndarray]:
        """Read headcounts and bands into intervals.

        Where there is a column of bands, its empty cells say that the register does not know the headcount.

        Returns
        -------
        low : ndarray of shape (n_rows,)
            Lower end of each interval.
        high : ndarray of shape (n_rows,)
            Upper end; equal to the lower one where the number is known.
        """
        exact, band = self.numbers(HEADCOUNT), self.read(HEADCOUNT_BAND)
        limits = np.array([*map(self._fields.words.bands.__getitem__, band.values), (0.0, np.inf)])
        low, high = limits[band.codes].T
        is_exact, is_banded = ~np.isnan(exact), band.codes >= 0
        wrong = is_exact & is_banded & ~((exact >= low) & (exact <= high))
        if HEADCOUNT_BAND not in self._columns:
            wrong |= ~is_exact
        wrong[self.refused_rows(HEADCOUNT, HEADCOUNT_BAND)] = False
        for row in np.flatnonzero(wrong):
            number = int(exact[row]) if is_exact[row] else None
            try:
                self._fields.check_size(number, band.values[band.codes[row]] if is_banded[row] else None)
            except InvalidValueError as error:
                self.refuse(row, HEADCOUNT, number, error)
        return np.where(is_exact, exact, low), np.where(is_exact, exact, high)


def keys_of(companies: pd.DataFrame, name: str) -> np.ndarray:
    """Return the keys of the firms of a table, each of the type that came.

    Parameters
    ----------
    companies : DataFrame
        One firm a row.
    name : str
        Name of the table, for messages.

    Returns
    -------
    ndarray of shape (n_firms,)
        The keys.

    Raises
    ------
    InvalidTableError
        If a key is empty, of another type than text and whole numbers, or stands twice.
    InvalidValueError
        If there is no column of keys.
    """
    if COMPANY_ID not in companies.columns:
        raise invalid(name, f"a table with a column {COMPANY_ID}", list(companies.columns))
    reader = TableReader(companies[[COMPANY_ID]], {})
    keys = reader.unique_keys(COMPANY_ID)
    if reader.rejects:
        raise InvalidTableError(reader.rejects)
    return settled(keys)


def headcounts_of(companies: pd.DataFrame, catalog: Catalog) -> np.ndarray:
    """Return the headcount of each firm of a table, or the lower end of its band; NaN where neither is known.

    Parameters
    ----------
    companies : DataFrame
        One firm a row, with a column ``headcount`` or ``headcount_band``.
    catalog : Catalog
        Catalog of the bands.

    Returns
    -------
    ndarray of shape (n_firms,)
        The headcounts.

    Raises
    ------
    InvalidTableError
        If a headcount or a band is wrong.
    """
    fields = fields_of(catalog)
    reader = TableReader(companies, fields.readers)
    exact, band = reader.numbers(HEADCOUNT), reader.read(HEADCOUNT_BAND)
    if reader.rejects:
        raise InvalidTableError(sorted(reader.rejects, key=lambda reject: reject.row))
    low = [fields.words.bands[code][0] if code != UNKNOWN_BAND else np.nan for code in band.values]
    return np.where(np.isnan(exact), np.array([*low, np.nan])[band.codes], exact)


def as_known(column: pd.Series, name: str, catalog: Catalog) -> pd.Series:
    """Return the cells of a column as the keys that they stand for; what stands for none stays as it is.

    Parameters
    ----------
    column : Series
        Cells of any type.
    name : str
        Column of a table of firms that it is.
    catalog : Catalog
        Catalog of the keys.

    Returns
    -------
    Series of object
        Keys and other cells; None where a cell is empty.
    """
    read = fields_of(catalog).readers[name]
    codes, cells = distinct(column)
    known: list[Any] = []
    for cell in cells:
        try:
            known.append(None if is_missing(cell) else read(cell))
        except InvalidValueError:
            known.append(cell)
    return pd.Series(as_objects([*known, None])[codes], index=column.index, dtype=object)
