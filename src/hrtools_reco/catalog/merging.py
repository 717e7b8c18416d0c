"""Put two data packages together: rows by their key, and what becomes of those that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog.csv_tables import ITEMS_OF
from hrtools_reco.columns import LIST_SEPARATOR, TOOL_ID
from hrtools_reco.exceptions import CatalogError, shown

TOOLS = "tools"
FACTS_OF_TOOLS = ("evidence", "prices")
OURS, THEIRS = "self", "other"

Tables = Mapping[str, pd.DataFrame]


def key_columns(resource: Mapping[str, Any]) -> list[str]:
    """Return the columns that tell the rows of a table apart: its primary key, or else all."""
    key = resource["schema"].get("primaryKey") or [field["name"] for field in resource["schema"]["fields"]]
    return [key] if isinstance(key, str) else list(key)


def keys_of(table: pd.DataFrame, columns: Sequence[str]) -> pd.Index:
    """Return the key of each row as one text, its parts joined by ``|``."""
    parts = [cell_texts(table[name]).fillna("") for name in columns]
    joined = [LIST_SEPARATOR.join(cells) for cells in zip(*parts, strict=True)]
    return pd.Index(joined, dtype=object)


def cell_texts(column: pd.Series) -> pd.Series:
    """Write the cells of a column as text, a whole number without its point; a missing one stays missing."""
    if column.dtype.kind == "f":
        return column.map(lambda cell: f"{cell:.15g}", na_action="ignore").astype(object)
    return column.astype(object).map(
        lambda cell: str(cell).lower() if isinstance(cell, bool | np.bool_) else str(cell), na_action="ignore"
    )


def unlike(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Tell which cells of two tables with the same rows and columns differ; missing is like missing."""
    return ((first != second) & ~(first.isna() & second.isna())).fillna(True).astype(bool)


def merged_tables(
    resources: Mapping[str, Mapping[str, Any]], ours: Tables, theirs: Tables, prefer: str | None
) -> dict[str, pd.DataFrame]:
    """Put the rows of two data packages together.

    Parameters
    ----------
    resources : mapping of str to mapping
        Description of each table.
    ours, theirs : mapping of str to DataFrame
        The tables; those that only one side has are taken as they are.
    prefer : {"self", "other"} or None
        Which side stands where rows of one key differ; ``None`` refuses them.

    Returns
    -------
    dict of str to DataFrame
        Our rows in their order, then what is new of theirs.

    Raises
    ------
    CatalogError
        If the columns of a table differ or, with ``prefer=None``, two rows of one key.
    """
    tables = {**theirs, **ours}
    losing = _losing_tools(resources[TOOLS], ours, theirs) if prefer else set()
    for name in ours.keys() & theirs.keys():
        mine, other = ours[name], theirs[name]
        if name in FACTS_OF_TOOLS and losing:
            # the sources and plans of a tool go with the row that stands
            if prefer == OURS:
                other = other[~other[TOOL_ID].isin(losing)]
            else:
                mine = mine[~mine[TOOL_ID].isin(losing)]
        tables[name] = _merged(resources[name], mine, other, prefer)
    return tables


def _losing_tools(resource: Mapping[str, Any], ours: Tables, theirs: Tables) -> set[str]:
    """Return the tools that both sides have, with different cells."""
    mine, other = _shared(resource, ours[TOOLS], theirs[TOOLS])
    return set(mine.index[unlike(mine, other).any(axis=1)])


def _shared(
    resource: Mapping[str, Any], mine: pd.DataFrame, other: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of two tables that have a key in common, in the order of the first."""
    columns = key_columns(resource)
    first = mine.set_axis(keys_of(mine, columns), axis=0)
    second = other.set_axis(keys_of(other, columns), axis=0)
    keys = first.index[first.index.isin(second.index)].unique()
    return first.loc[keys], second.loc[keys, list(first.columns)]


def _merged(
    resource: Mapping[str, Any], mine: pd.DataFrame, other: pd.DataFrame, prefer: str | None
) -> pd.DataFrame:
    """Put the rows of one table together; of lists of which one holds the other the longer stands."""
    if mine.equals(other):
        return mine
    file = resource["path"]
    if set(mine.columns) != set(other.columns):
        odd = sorted(set(mine.columns) ^ set(other.columns))
        raise CatalogError(f"{file}: both catalogs must have the same columns. Look at {', '.join(odd)}.")
    columns = key_columns(resource)
    held = keys_of(mine, columns).isin(keys_of(other, columns))
    if held.any():
        first, second = _shared(resource, mine, other)
        for name in _list_columns(resource):
            first[name], second[name] = _longer(first[name], second[name])
        mine = mine.copy()
        mine.loc[held] = first.set_axis(mine.index[held], axis=0)
        differ = unlike(first, second)
        if prefer is None and differ.to_numpy().any():
            raise _clash(file, differ, first, second)
        if prefer == THEIRS:
            mine.loc[held] = second.set_axis(mine.index[held], axis=0)
    fresh = other[~keys_of(other, columns).isin(keys_of(mine, columns))]
    return pd.concat([mine, fresh[mine.columns]], ignore_index=True) if len(fresh) else mine


def _list_columns(resource: Mapping[str, Any]) -> list[str]:
    """Return the columns whose cells list keys of a table."""
    return [field["name"] for field in resource["schema"]["fields"] if ITEMS_OF in field]


def _longer(first: pd.Series, second: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return two columns of lists, where the items of one cell are all in the other that other one twice."""
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    items = [
        [set(cell.split(LIST_SEPARATOR)) if isinstance(cell, str) else set() for cell in pair]
        for pair in pairs
    ]
    both = [
        (one if len(mine) >= len(theirs) else other,) * 2
        if mine <= theirs or theirs <= mine
        else (one, other)
        for (one, other), (mine, theirs) in zip(pairs, items, strict=True)
    ]
    found = pd.DataFrame(both, index=first.index, columns=["first", "second"], dtype=object)
    return found["first"], found["second"]


def _clash(file: str, differ: pd.DataFrame, mine: pd.DataFrame, other: pd.DataFrame) -> CatalogError:
    """Build the error of rows that both catalogs have, with different cells."""
    row, column = (int(places[0]) for places in np.nonzero(differ.to_numpy()))
    names = f"{file}, row {mine.index[row]!r}, column {differ.columns[column]}"
    cells = f"{shown(mine.iat[row, column])} and {shown(other.iat[row, column])}"
    more = int(differ.to_numpy().sum()) - 1
    hint = 'prefer="self" keeps the first, prefer="other" the second.'
    also = f" {more} more cells differ." if more else ""
    return CatalogError(f"{names}: both catalogs must say the same. Got {cells}.{also} {hint}")


def restricted_tables(
    resources: Mapping[str, Mapping[str, Any]], tables: Tables, tools: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Put other tools into a data package: rows about tools that are gone go with them.

    Parameters
    ----------
    resources : mapping of str to mapping
        Description of each table.
    tables : mapping of str to DataFrame
        The tables.
    tools : DataFrame
        The new table ``tools``.

    Returns
    -------
    dict of str to DataFrame
        Tables in which nothing refers to a tool that is not there.
    """
    known = {**tables, TOOLS: tools}
    for name, resource in resources.items():
        if name != TOOLS:
            for here, there, other, is_list in _references(resource):
                if there in known and (there == TOOLS or len(known[there]) != len(tables[there])):
                    known[name] = _kept(known[name], here, set(known[there][other]), resource, is_list)
    return {name: table.reset_index(drop=True) for name, table in known.items()}


def _references(resource: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """Return which columns of a table refer to which column of which table, and whether they hold lists."""
    schema = resource["schema"]
    found = []
    for reference in schema.get("foreignKeys", []):
        here, target = reference["fields"], reference["reference"]
        other = target["fields"]
        if isinstance(here, str) or len(here) == 1:
            names = [name if isinstance(name, str) else name[0] for name in (here, other)]
            found.append((names[0], target["resource"], names[1], False))
    for field in schema["fields"]:
        if ITEMS_OF in field:
            there, _, other = field[ITEMS_OF].partition(".")
            found.append((field["name"], there, other, True))
    return found


def _kept(
    table: pd.DataFrame, column: str, known: set[str], resource: Mapping[str, Any], is_list: bool
) -> pd.DataFrame:
    """Leave out what refers to a row that is gone: the row, or the item of a list."""
    cells = table[column]
    if not is_list:
        return table[cells.isna() | cells.isin(known)]
    field = next(field for field in resource["schema"]["fields"] if field["name"] == column)
    allowed = known | set(field.get("hrtools:itemsAlso", []))
    left = cells.map(
        lambda cell: (
            LIST_SEPARATOR.join(item for item in cell.split(LIST_SEPARATOR) if item in allowed) or None
        ),
        na_action="ignore",
    )
    required = field.get("constraints", {}).get("required", False)
    return table.assign(**{column: left})[left.notna() | (not required)]
