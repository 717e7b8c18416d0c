"""Read the columns of a table of firms: each is converted whole, each wrong cell is recorded."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid, refused, unknown_name
from hrtools_reco.columns import (
    BRANCH,
    COMPANY_ID,
    FACT_PREFIX,
    HEADCOUNT,
    HEADCOUNT_BAND,
    MATURITY_PREFIX,
    NEED_PREFIX,
)
from hrtools_reco.exceptions import InvalidValueError, Reject, UnknownNameError
from hrtools_reco.firms.cells import is_missing, key_text, read_key
from hrtools_reco.firms.fields import Fields

_LIKE_A_KNOWN_COLUMN = 0.8
_NOT_AS_SEEN = re.compile(r"[^!-~]")


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


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as codes (-1 for a missing or wrong cell) into its distinct values, as read."""

    codes: np.ndarray
    values: list[Any]

    def positions(self, keys: Sequence[str]) -> np.ndarray:
        """Return the position among some keys of each cell, -1 where there is none."""
        where = {key: position for position, key in enumerate(keys)}
        found = np.array([where[value] for value in self.values] + [-1], dtype=np.int64)
        return found[self.codes]

    def truths(self) -> np.ndarray:
        """Return 1, 0 and, where unknown, -1."""
        return np.array([*map(int, self.values), -1], dtype=np.int8)[self.codes]

    def flags(self, marks: Callable[[str], Any], n_marks: int) -> np.ndarray:
        """Return a row of truth values for each cell that is a list: what its names mark."""
        if not self.values:
            return np.broadcast_to(np.False_, (len(self.codes), n_marks))
        rows = np.zeros((len(self.values) + 1, n_marks), dtype=bool)
        for row, names in enumerate(self.values):
            for name in names:
                rows[row, marks(name)] = True
        return rows[self.codes]


class ColumnReader:
    """Reads the columns of one table and keeps what is refused on the way.

    Parameters
    ----------
    companies : DataFrame
        The table, with checked headers.
    fields : Fields
        The readers.
    """

    def __init__(self, companies: pd.DataFrame, fields: Fields) -> None:
        self._columns = {str(name): companies.iloc[:, at] for at, name in enumerate(companies.columns)}
        self._fields = fields
        self._n_rows = len(companies)
        self.rejects: list[Reject] = []

    def read(self, name: str) -> Column:
        """Read each distinct value of a column once; the cells of one that cannot be read are refused."""
        if name not in self._columns:
            return Column(codes=np.full(self._n_rows, -1), values=[])
        codes, cells = distinct(self._columns[name])
        return self._read_cells(name, codes, cells, np.arange(self._n_rows))

    def _read_cells(self, name: str, codes: np.ndarray, cells: list[Any], rows: np.ndarray) -> Column:
        """Read distinct cells; ``rows`` says in which row of the table each code stands."""
        read = self._fields.readers[name]
        values: list[Any] = []
        wrong: dict[int, tuple[object, InvalidValueError]] = {}
        place = np.full(len(cells) + 1, -1, dtype=np.int64)
        for code, cell in enumerate(cells):
            if is_missing(cell):
                continue
            try:
                value = read(cell)
            except InvalidValueError as error:
                wrong[code] = (cell, error)
            else:
                place[code] = len(values)
                values.append(value)
        self._refuse(name, codes, wrong, rows)
        return Column(codes=place[codes], values=values)

    def _refuse(
        self,
        name: str,
        codes: np.ndarray,
        wrong: Mapping[int, tuple[object, InvalidValueError]],
        rows: np.ndarray,
    ) -> None:
        """Record a refused cell wherever a wrong one stands."""
        if wrong:
            for at in np.flatnonzero(np.isin(codes, list(wrong))):
                cell, error = wrong[codes[at]]
                self.rejects.append(refused(rows[at], name, cell, error))

    def numbers(self, name: str) -> np.ndarray:
        """Read a column of numbers; NaN where none is given."""
        column = self._columns.get(name)
        values = None if column is None else _as_floats(column)
        if values is None:
            found = self.read(name)
            return np.array([*found.values, np.nan], dtype=float)[found.codes]
        with np.errstate(invalid="ignore"):
            wrong = np.flatnonzero(~self._fields.readers[name].takes(values) & ~np.isnan(values))  # type: ignore[attr-defined]
        if len(wrong):
            codes, cells = distinct(self._columns[name].iloc[wrong])
            self._read_cells(name, codes, cells, wrong)
            values[wrong] = np.nan
        return values

    def branch(self) -> np.ndarray:
        """Read branches into positions; an empty one is refused."""
        found = self.read(BRANCH)
        for row in set(np.flatnonzero(found.codes < 0).tolist()) - self._refused_rows(BRANCH):
            self.rejects.append(refused(row, BRANCH, None, self._fields.no_branch()))
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
        for row in set(np.flatnonzero(wrong).tolist()) - self._refused_rows(HEADCOUNT, HEADCOUNT_BAND):
            number = int(exact[row]) if is_exact[row] else None
            try:
                self._fields.check_size(number, band.values[band.codes[row]] if is_banded[row] else None)
            except InvalidValueError as error:
                self.rejects.append(refused(row, HEADCOUNT, number, error))
        return np.where(is_exact, exact, low), np.where(is_exact, exact, high)

    def _refused_rows(self, *names: str) -> set[int]:
        """Return the rows in which a cell of some columns is refused already."""
        return {reject.row for reject in self.rejects if reject.column in names}

    def company_ids(self) -> np.ndarray:
        """Read the keys of the firms, each of the type that came; an empty or a repeated one is refused."""
        column = self._columns[COMPANY_ID]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and column.dtype != np.uint64:
            keys = texts = column.to_numpy(copy=True)
        else:
            keys, texts = self._text_keys(column)
        compared = pd.Series(texts)
        for row in np.flatnonzero((compared.duplicated() & compared.notna()).to_numpy()):
            error = invalid(COMPANY_ID, "unique in the table", keys[row])
            self.rejects.append(refused(int(row), COMPANY_ID, keys[row], error))
        return keys

    def _text_keys(self, column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Return keys as they came, and what is compared of them; None for a wrong one."""
        codes, cells = distinct(column)
        keys: list[Any] = [*cells, None]
        texts, wrong = keys, {}
        if -1 in codes or not _are_plain(cells):
            texts = [None] * len(keys)
            for code, cell in zip((*range(len(cells)), -1), keys, strict=True):
                try:
                    keys[code] = read_key(cell)
                    texts[code] = key_text(keys[code])
                except InvalidValueError as error:
                    wrong[code] = (cell, error)
        self._refuse(COMPANY_ID, codes, wrong, np.arange(self._n_rows))
        return as_objects(keys)[codes], as_objects(texts)[codes]


def _are_plain(cells: list[Any]) -> bool:
    """Tell whether all cells are texts that are compared as they stand: visible ASCII without blanks."""
    try:
        return not _NOT_AS_SEEN.search("".join(cells)) and "" not in cells
    except TypeError:
        return False


def as_objects(items: Sequence[object]) -> np.ndarray:
    """Return an array of objects of one dimension, whatever they are."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def _as_floats(column: pd.Series) -> np.ndarray | None:
    """Return a column of numbers as floats, NaN where one is missing; None for a column of any other type."""
    dtype = column.dtype
    is_number = pd.api.types.is_integer_dtype(dtype) or pd.api.types.is_float_dtype(dtype)
    if not is_number or isinstance(dtype, pd.SparseDtype):
        return None
    return column.to_numpy(dtype=float, na_value=np.nan, copy=True)


def distinct(column: pd.Series) -> tuple[np.ndarray, list[Any]]:
    """Return codes (-1 for a missing cell) and distinct cells; cells are equal only if of one type.

    Parameters
    ----------
    column : Series
        Any column, of any types.

    Returns
    -------
    codes : ndarray of int of shape (n_rows,)
        Position of each cell among the distinct ones.
    cells : list
        Distinct cells, in order.
    """
    if column.dtype != object or _is_of_one_type(column):
        try:
            found, uniques = pd.factorize(column)
            return found, list(uniques)
        except Exception:  # a cell that cannot be compared, such as a list or an Arrow structure
            pass
    places: dict[object, int] = {}
    codes, cells = np.full(len(column), -1), list[Any]()
    for row, cell in enumerate(column):
        try:
            place = places.setdefault((type(cell), cell), len(cells))
        except Exception:  # it has no hash: it stands for itself alone
            place = len(cells)
        if place == len(cells):
            cells.append(cell)
        codes[row] = place
    return codes, cells


def _is_of_one_type(column: pd.Series) -> bool:
    """Tell whether the cells of a column that are neither text nor None have one type."""
    return len(set(map(type, column)) - {str, type(None)}) <= 1
