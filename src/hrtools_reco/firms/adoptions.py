"""Read who uses what: a table, long or wide, an array or a sparse array; for learning and for measuring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from hrtools_reco._checks import invalid, refused, unknown_name
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import COMPANY_ID, TOOL_ID
from hrtools_reco.exceptions import InvalidTableError, InvalidValueError, Reject
from hrtools_reco.firms.cells import NumberReader
from hrtools_reco.firms.readers import TableReader, key_positions
from hrtools_reco.tables import as_pandas, frame_of_rows, is_table

VALUE = "value"
_TAKEN = "a table (pandas, polars, Arrow …), an array or a sparse array of firms × tools"
_BY_KEY = f"Name its rows: {COMPANY_ID} as a column or as the index. By position goes an array: .to_numpy()."


@dataclass(frozen=True, kw_only=True)
class Adoptions:
    """Which firms use which tools.

    Attributes
    ----------
    matrix : sparse array of shape (n_firms, n_tools)
        Adoption from 0 to 1.
    tool_ids : tuple of str
        Keys of the tools.
    """

    matrix: sparse.csr_array
    tool_ids: tuple[str, ...]


def read_adoptions(
    adoptions: Any, company_ids: np.ndarray, catalog: Catalog, name: str = "adoptions"
) -> sparse.csr_array:
    """Read which firms adopted which tools of a catalog.

    Parameters
    ----------
    adoptions : table, ndarray or sparse array
        As in ``adoptions_of``.
    company_ids : ndarray of shape (n_firms,)
        Keys of the firms.
    catalog : Catalog
        Catalog of the tools.
    name : str, default="adoptions"
        Name of the argument, for messages.

    Returns
    -------
    sparse array of shape (n_firms, n_tools)
        Adoption from 0 to 1.
    """
    return adoptions_of(adoptions, company_ids, catalog.tool_ids, name=name).matrix


def adoptions_of(
    adoptions: Any,
    company_ids: np.ndarray,
    tool_ids: Sequence[str] | None = None,
    *,
    name: str = "adoptions",
) -> Adoptions:
    """Read which firms adopted which tools.

    Labels always win over positions, and what stands twice is refused, in whatever form it comes.

    Parameters
    ----------
    adoptions : table, sequence of mappings, ndarray or sparse array
        A table of any library: long, with ``company_id, tool_id`` and, for graded adoption, ``value``; or
        wide, with a column for each tool, and ``company_id`` as a column or as the index; or an array of
        shape (n_firms, n_tools) with the rows of the firms and the columns of ``tool_ids``. Firms that a
        table does not name have adopted nothing.
    company_ids : ndarray of shape (n_firms,)
        Keys of the firms.
    tool_ids : sequence of str, optional
        Keys of the tools. ``None`` takes those that a table names, in order of the alphabet.
    name : str, default="adoptions"
        Name of the argument, for messages.

    Returns
    -------
    Adoptions
        What they adopted.

    Raises
    ------
    InvalidTableError
        If a firm, a tool or a grade in a table is wrong, or a pair stands twice; row, column and value are
        named.
    InvalidValueError
        If the shape does not match, a table does not name its rows, or the object is none of these.

    Examples
    --------
    >>> wide = pd.DataFrame({"moodle": [1, 0]}, index=["b", "a"])
    >>> adoptions_of(wide, np.array(["a", "b"], dtype=object)).matrix.toarray().tolist()
    [[0.0], [1.0]]
    """
    if isinstance(adoptions, list | tuple) and adoptions and isinstance(adoptions[0], Mapping):
        adoptions = frame_of_rows(adoptions)
    if not is_table(adoptions):
        return _from_array(adoptions, company_ids, tool_ids, name)
    table = as_pandas(adoptions, name)
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise invalid(f"column of {name}", "named once", twice)
    tools = ToolReader(tool_ids)
    if TOOL_ID in table.columns:
        entries = _read_long(_with_key(table, name), company_ids, tools)
    else:
        entries = _read_wide(*_keys_and_tools(table, company_ids, name), company_ids, tools)
    return _adoptions(entries, company_ids, tools.tool_ids)


class _Entries(NamedTuple):
    """Pairs of firms and tools by position, with their grade, and the cells that are refused."""

    rejects: list[Reject]
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray


class ToolReader:
    """Reads the key of a tool; where none are known beforehand, any text is one."""

    def __init__(self, tool_ids: Sequence[str] | None) -> None:
        self.tool_ids = () if tool_ids is None else tuple(tool_ids)
        self._known = None if tool_ids is None else frozenset(tool_ids)

    def __call__(self, cell: object) -> str:
        """Return the key, or raise."""
        if not isinstance(cell, str) or (self._known is not None and cell not in self._known):
            raise unknown_name(TOOL_ID, cell, self.tool_ids, "the key of a tool")
        return cell

    def settle(self, found: Iterable[str]) -> dict[str, int]:
        """Return the positions of the tools: those known beforehand, or those found, in order."""
        if self._known is None:
            self.tool_ids = tuple(sorted(set(found)))
        return {tool_id: position for position, tool_id in enumerate(self.tool_ids)}


class _GradeReader(NumberReader):
    """Reads grades of adoption; a truth value is one too."""

    def __call__(self, cell: object) -> float:
        """Return the grade, or raise."""
        return float(cell) if isinstance(cell, bool | np.bool_) else super().__call__(cell)


def _grade(name: str) -> _GradeReader:
    """Return the reader of a column of grades."""
    return _GradeReader(name=name, right="a number from 0 (not adopted) to 1 (adopted)", low=0, high=1)


def _with_key(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a long table with the key of the firm as a column."""
    if COMPANY_ID in table.columns:
        return table
    if table.index.name != COMPANY_ID:
        raise invalid(f"column of {name}", f"there: {COMPANY_ID!r} is needed", [*map(str, table.columns)])
    return table.reset_index()


def _keys_and_tools(
    table: pd.DataFrame, company_ids: np.ndarray, name: str
) -> tuple[pd.Series, pd.DataFrame]:
    """Part a wide table into the keys of its firms and the columns of its tools."""
    if COMPANY_ID in table.columns:
        return table[COMPANY_ID], table.drop(columns=COMPANY_ID)
    keys = pd.Series(np.asarray(table.index))
    if table.index.name != COMPANY_ID:
        _, texts = TableReader(keys.to_frame(COMPANY_ID), {}).keys(COMPANY_ID)
        if (key_positions(texts, company_ids) < 0).any():
            right = f"a table whose rows are named by the keys of the {len(company_ids)} firms"
            raise invalid(name, right, f"{len(table)} rows with another index", _BY_KEY)
    return keys, table


def _read_long(table: pd.DataFrame, company_ids: np.ndarray, tools: ToolReader) -> _Entries:
    """Read one row for each adopted tool."""
    names = [name for name in (COMPANY_ID, TOOL_ID, VALUE) if name in table.columns]
    reader = TableReader(table[names], {TOOL_ID: tools, VALUE: _grade(VALUE)})
    rows, found = _firm_rows(reader, company_ids), reader.read(TOOL_ID)
    columns = found.positions(tuple(tools.settle(found.values)))
    values = reader.numbers(VALUE) if VALUE in names else np.ones(len(table))
    refuse_missing(reader, columns < 0, TOOL_ID, tools)
    refuse_missing(reader, np.isnan(values), VALUE, _grade(VALUE))
    is_right = np.ones(len(table), dtype=bool)
    is_right[[reject.row for reject in reader.rejects]] = False
    pairs = pd.DataFrame({"row": rows, "column": columns})
    for at in np.flatnonzero(pairs.duplicated().to_numpy() & is_right):
        pair = f"{company_ids[rows[at]]} and {tools.tool_ids[columns[at]]}"
        error = invalid(f"{COMPANY_ID} and {TOOL_ID}", "together in one row only", pair)
        reader.refuse(at, TOOL_ID, pair, error)
    return _Entries(reader.rejects, rows, columns, values)


def _read_wide(keys: pd.Series, table: pd.DataFrame, company_ids: np.ndarray, tools: ToolReader) -> _Entries:
    """Read one column for each tool."""
    names = [tools(label) for label in table.columns]
    places = tools.settle(names)
    frame = table.set_axis(range(len(table))).assign(**{COMPANY_ID: keys.to_numpy()})
    reader = TableReader(frame, {name: _grade(name) for name in names})
    at = _firm_rows(reader, company_ids)
    for row in np.flatnonzero(pd.Series(at).duplicated().to_numpy() & (at >= 0)):
        key = company_ids[at[row]]
        reader.refuse(row, COMPANY_ID, key, invalid(COMPANY_ID, "unique in the table", key))
    rows, columns, values = [np.empty(0, dtype=int)], [np.empty(0, dtype=int)], [np.empty(0)]
    for name in names:
        grades = reader.numbers(name)
        refuse_missing(reader, np.isnan(grades), name, _grade(name))
        used = np.flatnonzero(grades)
        rows.append(at[used])
        columns.append(np.full(len(used), places[name]))
        values.append(grades[used])
    return _Entries(reader.rejects, np.concatenate(rows), np.concatenate(columns), np.concatenate(values))


def _firm_rows(reader: TableReader, company_ids: np.ndarray) -> np.ndarray:
    """Return the position of each row's firm; an unknown one is refused."""
    keys, texts = reader.keys(COMPANY_ID)
    rows = key_positions(texts, company_ids)
    unknown = rows < 0
    unknown[reader.refused_rows(COMPANY_ID)] = False
    for row in np.flatnonzero(unknown):
        error = invalid(COMPANY_ID, f"one of the {len(company_ids)} firms", keys[row])
        reader.refuse(row, COMPANY_ID, keys[row], error)
    return rows


def refuse_missing(
    reader: TableReader, missing: np.ndarray, name: str, read: Callable[[object], object]
) -> None:
    """Refuse empty cells with the error that the reader of the column has for them."""
    empty = missing.copy()
    empty[reader.refused_rows(name)] = False
    if empty.any():
        try:
            read(None)
        except InvalidValueError as error:
            for row in np.flatnonzero(empty):
                reader.refuse(row, name, None, error)


def _from_array(
    adoptions: Any, company_ids: np.ndarray, tool_ids: Sequence[str] | None, name: str
) -> Adoptions:
    """Read an array, whose rows and columns are those of the firms and tools."""
    array: Any = adoptions if sparse.issparse(adoptions) else _plain_array(adoptions)
    if array is None:
        raise invalid(name, _TAKEN, type(adoptions).__name__)
    if tool_ids is None:
        raise invalid("tool_ids", f"given where {name} is an array, which has no names", None)
    shape = (len(company_ids), len(tool_ids))
    if array.shape != shape:
        raise invalid(name, f"of shape {shape}: firms × tools", array.shape)
    if array.dtype.kind not in "biuf":
        raise invalid(name, "an array of numbers from 0 to 1", array.dtype)
    found = sparse.coo_array(array)
    rows, columns, values = found.row.astype(np.int64), found.col.astype(np.int64), found.data.astype(float)
    rejects = []
    for at in np.flatnonzero(~((values >= 0) & (values <= 1))):
        tool_id, value = tool_ids[columns[at]], float(values[at])
        rejects.append(refused(rows[at], tool_id, value, invalid(tool_id, _grade(tool_id).right, value)))
    for at in np.flatnonzero(pd.DataFrame({"row": rows, "column": columns}).duplicated().to_numpy()):
        tool_id = tool_ids[columns[at]]
        rejects.append(
            refused(rows[at], tool_id, values[at], invalid(tool_id, "given once a firm", values[at]))
        )
    return _adoptions(_Entries(rejects, rows, columns, values), company_ids, tuple(tool_ids))


def _plain_array(adoptions: Any) -> np.ndarray | None:
    """Return rows of numbers as an array; None for any other object."""
    if not isinstance(adoptions, np.ndarray | list | tuple):
        return None
    try:
        array = np.asarray(adoptions)
        return array.astype(float) if array.dtype == object else array
    except (TypeError, ValueError, OverflowError):
        return None


def _adoptions(entries: _Entries, company_ids: np.ndarray, tool_ids: tuple[str, ...]) -> Adoptions:
    """Return the pairs as a sparse array, or raise with what is refused."""
    if entries.rejects:
        raise InvalidTableError(sorted(entries.rejects, key=lambda reject: reject.row))
    cells = (entries.values, (entries.rows, entries.columns))
    matrix = sparse.csr_array(sparse.coo_array(cells, shape=(len(company_ids), len(tool_ids))))
    matrix.eliminate_zeros()
    return Adoptions(matrix=matrix, tool_ids=tool_ids)
