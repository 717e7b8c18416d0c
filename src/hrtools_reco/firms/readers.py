"""Read the columns of any table: each is converted whole, each wrong cell is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, SupportsInt

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid, refused
from hrtools_reco.exceptions import InvalidValueError, Reject
from hrtools_reco.firms.cells import is_missing, key_text, read_key

_PLAIN_LINES = re.compile(r"[!-~]+(?:\n[!-~]+)*")


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

    def flags(self, marks: Callable[[str], Any], n_marks: int) -> np.ndarray:
        """Return a row of truth values for each cell that is a list: what its names mark."""
        if not self.values:
            return np.broadcast_to(np.False_, (len(self.codes), n_marks))
        rows = np.zeros((len(self.values) + 1, n_marks), dtype=bool)
        for row, names in enumerate(self.values):
            for name in names:
                rows[row, marks(name)] = True
        return rows.take(self.codes, axis=0)


class TableReader:
    """Reads the columns of one table and keeps what is refused on the way.

    Parameters
    ----------
    table : DataFrame
        The table.
    readers : mapping of str to callable
        For each column what reads a cell that is not missing: it returns the value or raises.

    Attributes
    ----------
    rejects : list of Reject
        The cells refused so far, column by column.
    """

    def __init__(self, table: pd.DataFrame, readers: Mapping[str, Callable[[Any], Any]]) -> None:
        self._columns = {str(name): table.iloc[:, at] for at, name in enumerate(table.columns)}
        self._readers = readers
        self._n_rows = len(table)
        self.rejects: list[Reject] = []

    def read(self, name: str) -> Column:
        """Read each distinct value of a column once; the cells of one that cannot be read are refused."""
        if name not in self._columns:
            return Column(codes=np.full(self._n_rows, -1), values=[])
        codes, cells = distinct(self._columns[name])
        return self._read_cells(name, codes, cells, np.arange(self._n_rows))

    def _read_cells(self, name: str, codes: np.ndarray, cells: list[Any], rows: np.ndarray) -> Column:
        """Read distinct cells; ``rows`` says in which row of the table each code stands."""
        read = self._readers[name]
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
            wrong = np.flatnonzero(~self._readers[name].takes(values) & ~np.isnan(values))  # type: ignore[attr-defined]
        if len(wrong):
            codes, cells = distinct(self._columns[name].iloc[wrong])
            self._read_cells(name, codes, cells, wrong)
            values[wrong] = np.nan
        return values

    def truths(self, name: str) -> np.ndarray:
        """Read a column of yes and no into 1, 0 and, where none is given, -1."""
        column = self._columns.get(name)
        if column is not None and (column.dtype == bool or isinstance(column.dtype, pd.BooleanDtype)):
            return column.astype("boolean").to_numpy(dtype=np.int8, na_value=-1)
        found = self.read(name)
        return np.array([*map(int, found.values), -1], dtype=np.int8)[found.codes]

    def keys(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Read a column of keys of firms.

        Parameters
        ----------
        name : str
            The column.

        Returns
        -------
        keys : ndarray of shape (n_rows,)
            The keys as they came.
        texts : ndarray of shape (n_rows,)
            What is compared of them: two keys that read alike are one. None for a wrong one.
        """
        column = self._columns[name]
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and column.dtype != np.uint64:
            numbers = column.to_numpy(copy=True)
            return numbers, numbers
        cells = column.to_numpy(dtype=object)
        if _are_plain(cells):
            return cells, cells
        codes, uniques = distinct(column)
        keys: list[Any] = [*uniques, None]
        texts: list[str | None] = [None] * len(keys)
        wrong: dict[int, tuple[object, InvalidValueError]] = {}
        for code, cell in zip((*range(len(uniques)), -1), keys, strict=True):
            try:
                keys[code] = read_key(cell)
                texts[code] = key_text(keys[code])
            except InvalidValueError as error:
                wrong[code] = (cell, error)
        self._refuse(name, codes, wrong, np.arange(self._n_rows))
        return as_objects(keys)[codes], as_objects(texts)[codes]

    def unique_keys(self, name: str) -> np.ndarray:
        """Read a column of keys, each of the type that came; an empty or a repeated one is refused."""
        keys, texts = self.keys(name)
        compared = pd.Series(texts)
        for row in np.flatnonzero((compared.duplicated() & compared.notna()).to_numpy()):
            self.refuse(row, name, keys[row], invalid(name, "unique in the table", keys[row]))
        return keys

    def refuse(self, row: SupportsInt, name: str, cell: object, error: object) -> None:
        """Record that a cell is refused."""
        self.rejects.append(refused(row, name, cell, error))

    def refused_rows(self, *names: str) -> list[int]:
        """Return the rows in which a cell of some columns is refused."""
        return [reject.row for reject in self.rejects if reject.column in names]


def _are_plain(cells: np.ndarray) -> bool:
    """Tell whether all cells are texts that are compared as they stand: visible ASCII without blanks."""
    try:
        text = "\n".join(cells)
    except TypeError:
        return False
    return text.isascii() and _PLAIN_LINES.fullmatch(text) is not None


def key_positions(texts: np.ndarray, company_ids: np.ndarray) -> np.ndarray:
    """Return the position of keys among those of the firms, -1 where there is none.

    Parameters
    ----------
    texts : ndarray of shape (n_rows,)
        What is compared of the keys, as ``TableReader.keys`` returns it.
    company_ids : ndarray of shape (n_firms,)
        Keys of the firms.

    Returns
    -------
    ndarray of int of shape (n_rows,)
        Positions.
    """
    if texts.dtype.kind in "iu" and company_ids.dtype.kind in "iu":
        return pd.Index(company_ids).get_indexer(pd.Index(texts))
    known, asked = (
        pd.Index(as_objects([key if key is None else key_text(key) for key in keys.tolist()]), dtype=object)
        for keys in (company_ids, texts)
    )
    return known.get_indexer(asked)


def settled(keys: np.ndarray) -> np.ndarray:
    """Return keys as numbers if all of them are, else as objects."""
    is_number = keys.dtype == object and len(keys) > 0 and all(type(key) is int for key in keys)
    return keys.astype(np.int64) if is_number else keys


def as_objects(items: Sequence[object]) -> np.ndarray:
    """Return an array of objects of one dimension, whatever they are."""
    return np.fromiter(items, dtype=object, count=len(items))


def _as_floats(column: pd.Series) -> np.ndarray | None:
    """Return a column of numbers as floats, NaN where one is missing; None for a column of any other type."""
    if isinstance(column.dtype, pd.SparseDtype):
        column = column.sparse.to_dense()  # type: ignore[attr-defined] # the stubs know no accessor
    dtype = column.dtype
    is_number = pd.api.types.is_integer_dtype(dtype) or pd.api.types.is_float_dtype(dtype)
    if not is_number:
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
            return found, np.asarray(uniques, dtype=object).tolist()
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
    """Tell whether the cells of a column of objects that are neither text nor missing have one type."""
    if pd.api.types.infer_dtype(column, skipna=True) in ("string", "boolean", "integer", "floating"):
        return True
    return len(set(map(type, column.to_numpy())) - {str, type(None)}) <= 1
