"""Read adoption: long, wide or sparse, always checked, always firms × tools of the catalog."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from hrtools_reco._checks import invalid, refused, unknown_name
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import COMPANY_ID, TOOL_ID
from hrtools_reco.exceptions import InvalidTableError, Reject, shown
from hrtools_reco.tables import as_pandas, is_table

VALUE = "value"
_FIRM, _TOOL = "one of the firms in profiles", "the key of a tool of the catalog"
_RIGHT = "a number from 0 (not adopted) to 1 (adopted)"


def read_adoptions(adoptions: Any, company_ids: np.ndarray, catalog: Catalog) -> sparse.csr_array:
    """Read which firms adopted which tools.

    Parameters
    ----------
    adoptions : table, ndarray or sparse array
        Long frame with ``company_id, tool_id`` and, for graded adoption, ``value``; or wide frame with a
        column for each tool, its rows those of the firms or indexed by ``company_id``; or an array of shape
        (n_firms, n_tools) with the rows of the firms and the columns of ``catalog.tool_ids``.
    company_ids : ndarray of shape (n_firms,)
        Keys of the firms.
    catalog : Catalog
        Catalog of the tools.

    Returns
    -------
    sparse array of shape (n_firms, n_tools)
        Adoption from 0 to 1.

    Raises
    ------
    InvalidTableError
        If a value is wrong or missing; row, column and value are named.
    InvalidValueError
        If a firm or a tool is unknown, or the shape does not match.
    """
    if is_table(adoptions):
        table = as_pandas(adoptions, "adoptions")
        if {COMPANY_ID, TOOL_ID} <= set(table.columns):
            return _read_long(table, company_ids, catalog)
        return _read_wide(table, company_ids, catalog)
    shape = (len(company_ids), len(catalog.tool_ids))
    matrix: sparse.csr_array = sparse.csr_array(adoptions, dtype=float)
    if matrix.shape != shape:
        raise invalid("adoptions", f"of shape {shape}: firms × tools of the catalog", matrix.shape)
    found = matrix.tocoo()
    _check_values(found.data, found.row, np.array(catalog.tool_ids, dtype=object)[found.col])
    return matrix


def _read_long(adoptions: pd.DataFrame, company_ids: np.ndarray, catalog: Catalog) -> sparse.csr_array:
    """Read one row for each adopted tool; a pair that stands twice is refused."""
    rows = _positions(adoptions[COMPANY_ID].astype(str), company_ids, COMPANY_ID, _FIRM)
    tools = _positions(adoptions[TOOL_ID], np.array(catalog.tool_ids), TOOL_ID, _TOOL)
    values = adoptions[VALUE] if VALUE in adoptions else pd.Series(1.0, index=adoptions.index)
    numbers = _numbers(values)
    _check_values(numbers, np.arange(len(adoptions)), np.full(len(adoptions), VALUE, dtype=object), values)
    twice = adoptions.duplicated([COMPANY_ID, TOOL_ID]).to_numpy()
    if twice.any():
        row = int(twice.argmax())
        pair = (adoptions[COMPANY_ID].iloc[row], adoptions[TOOL_ID].iloc[row])
        raise InvalidTableError([_reject(row, TOOL_ID, pair, "must stand once for each firm and tool")])
    shape = (len(company_ids), len(catalog.tool_ids))
    return sparse.csr_array(sparse.coo_array((numbers, (rows, tools)), shape=shape))


def _read_wide(adoptions: pd.DataFrame, company_ids: np.ndarray, catalog: Catalog) -> sparse.csr_array:
    """Read one column for each tool."""
    table = adoptions.set_index(COMPANY_ID) if COMPANY_ID in adoptions else adoptions
    if COMPANY_ID in adoptions or table.index.name == COMPANY_ID:
        at = _positions(pd.Series(table.index.astype(str)), company_ids, COMPANY_ID, _FIRM)
    elif len(table) == len(company_ids):
        at = np.arange(len(table))
    else:
        raise invalid("adoptions", f"of {len(company_ids)} rows, one for each firm", f"{len(table)} rows")
    tools = _positions(pd.Series(table.columns), np.array(catalog.tool_ids), TOOL_ID, _TOOL)
    values = table.apply(_numbers, axis=0, result_type="broadcast").to_numpy(dtype=float)
    rows, columns = np.indices(values.shape)
    names = np.array(table.columns, dtype=object)[columns.ravel()]
    _check_values(values.ravel(), rows.ravel(), names)
    filled = np.nonzero(values)
    shape = (len(company_ids), len(catalog.tool_ids))
    entries = (values[filled], (at[filled[0]], tools[filled[1]]))
    return sparse.csr_array(sparse.coo_array(entries, shape=shape))


def _positions(cells: pd.Series, keys: np.ndarray, name: str, right: str) -> np.ndarray:
    """Return the position of each cell among some keys."""
    positions = pd.Index(keys).get_indexer(pd.Index(cells))
    if (positions < 0).any():
        row = int((positions < 0).argmax())
        raise unknown_name(f"{name} (row {row})", cells.iloc[row], [str(key) for key in keys], right)
    return positions


def _numbers(column: pd.Series) -> np.ndarray:
    """Convert a column to floats; what is no number becomes NaN."""
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _check_values(
    values: np.ndarray, rows: np.ndarray, columns: np.ndarray, cells: pd.Series | None = None
) -> None:
    """Refuse values outside [0, 1] and missing ones."""
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(wrong):
        raise InvalidTableError(
            [
                _reject(
                    int(rows[at]),
                    str(columns[at]),
                    values[at] if cells is None else cells.iloc[at],
                    f"must be {_RIGHT}",
                )
                for at in wrong
            ]
        )


def _reject(row: int, column: str, value: object, message: str) -> Reject:
    """Build the record of a refused value."""
    return refused(row, column, value, f"{column} {message}. Got {shown(value)}.")
