"""A catalog from a foreign table: its columns by a mapping, its words by another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_mapping, fold, invalid, unknown_name
from hrtools_reco.catalog.catalog import Catalog, catalog_of
from hrtools_reco.catalog.csv_tables import IS_LIST, ITEMS_OF
from hrtools_reco.catalog.datapackage import check_tables
from hrtools_reco.catalog.merging import TOOLS, restricted_tables
from hrtools_reco.columns import LIST_SEPARATOR, TOOL_ID
from hrtools_reco.exceptions import CatalogError, shown
from hrtools_reco.tables import as_pandas

# What a row must have and a foreign table seldom says; each such cell is marked as inferred.
_TAKEN_FOR_GRANTED = {
    "branches": "all",
    "regions": "all",
    "status": "active",
    "kind": "software",
    "who_uses": "head|hr",
}
_SUMMARIES = ("summary_fr", "summary_en")
_NOTE_INFERRED = "taken for granted: the table does not say"
_ITEMS = re.compile(r"\s*[|;]\s*")
_TRUE, _FALSE = ("true", "vrai", "yes", "oui", "1"), ("false", "faux", "no", "non", "0")


def catalog_from_frame(
    frame: Any,
    mapping: Mapping[str, str],
    *,
    values: Mapping[str, Mapping[str, str | None]] | None = None,
    source: str | None = None,
    base: Catalog | None = None,
) -> Catalog:
    """Make a catalog of the tools of a foreign table.

    The result holds the tools of the table only, with the branches, functions, rules and rubrics of ``base``;
    what ``base`` judges of tools of its own is left out. ``load_catalog().merge(...)`` puts both together, so
    that the graded firms of the bundled catalog teach something about the new tools as well.

    Parameters
    ----------
    frame : table
        A table of any library, one tool a row.
    mapping : mapping of str to str
        Which column of the table is which column of ``tools``, either way round: ``{"name": "Logiciel"}`` or
        ``{"Logiciel": "name"}``. ``name`` and ``functions`` are needed. Lists are joined by ``|`` or ``;``.
    values : mapping of str to mapping, optional
        For a column of ``tools``, which word of the table is which of ours, such as ``{"functions":
        {"Recrutement": "ats"}}``; a word that becomes ``None`` is left out.
    source : str, optional
        Address of the table, or the column in which each row names its own; the evidence of all cells.
        ``None`` takes the homepage; a row that has none either has no evidence, as ``catalog check`` says.
    base : Catalog, optional
        Catalog that lends all other tables; ``None`` is the bundled one.

    Returns
    -------
    Catalog
        The tools, each cell checked. What a row must have and the table does not say (open to all branches
        and regions, active, software, used by the head and by HR) is marked as inferred.

    Raises
    ------
    InvalidValueError
        If the mapping names a column that is not there, or no name and functions.
    CatalogError
        If a cell is not what the schema of ``tools`` says; row (from 1), column and value are named.

    Examples
    --------
    >>> import pandas as pd
    >>> import hrtools_reco as hr
    >>> table = pd.DataFrame({"Logiciel": ["Mon ATS"], "Usage": ["Recrutement"]})
    >>> catalog = hr.catalog_from_frame(
    ...     table, {"name": "Logiciel", "functions": "Usage"}, values={"functions": {"Recrutement": "ats"}}
    ... )
    >>> catalog.tool("mon-ats").functions
    ('ats',)
    """
    lender = catalog_of(base)
    table = as_pandas(frame, "frame").reset_index(drop=True)
    resources = {resource["name"]: resource for resource in lender.descriptor["resources"]}
    fields = {field["name"]: field for field in resources[TOOLS]["schema"]["fields"]}
    columns = _columns_of(table, mapping, fields)
    words = {} if values is None else check_mapping("values", values, "a mapping of columns to mappings")
    for name in words:
        if name not in columns:
            raise unknown_name("values", name, columns, "a column of tools that the mapping gives")
    stated = pd.DataFrame(
        {name: _cells(table[column], fields[name], words.get(name, {})) for name, column in columns.items()}
    )
    stated = _with_texts(stated)
    taken = {name: value for name, value in _TAKEN_FOR_GRANTED.items() if name not in stated}
    tools = stated.assign(**taken).reindex(columns=list(fields))
    for name, field in fields.items():
        tools[name] = _typed(tools[name], field)
    evidence = _evidence(tools, stated, taken, _sources(table, stated, source))
    tables = restricted_tables(resources, {name: lender.table(name) for name in resources}, tools)
    tables["evidence"] = evidence
    check_tables(lender.descriptor, tables)
    return Catalog(tables, lender.descriptor)


def _columns_of(table: pd.DataFrame, mapping: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the column of the table for each column of ``tools`` that is mapped."""
    found: dict[str, str] = {}
    known = list(table.columns)
    for one, other in check_mapping("mapping", mapping, "a mapping of columns").items():
        if one in fields and other in known:
            name, column = one, other
        elif other in fields and one in known:
            name, column = other, one
        elif one in fields or other in fields:
            column = other if one in fields else one
            raise unknown_name("mapping", column, map(str, known), "a column of the table")
        else:
            raise unknown_name("mapping", one, fields, "a column of tools, with one of the table")
        if name in found:
            raise invalid("mapping", "one column of the table for each of tools", f"{name} twice")
        found[name] = column
    for name in ("name", "functions"):
        if name not in found:
            raise invalid("mapping", "given with the columns of name and functions", list(found))
    return found


def _cells(column: pd.Series, field: Mapping[str, Any], words: Mapping[str, str | None]) -> pd.Series:
    """Return the cells of a column as text, lists joined, each word in ours."""
    folded = {fold(word): ours for word, ours in words.items()}
    is_list = ITEMS_OF in field or field.get(IS_LIST, False)

    def plain(cell: Any) -> str | None:
        items = list(cell) if isinstance(cell, list | tuple | set | np.ndarray) else [cell]
        texts = ["" if item is None or item is pd.NA or item != item else _text(item) for item in items]
        if is_list:
            texts = [part for text in texts for part in _ITEMS.split(text)]
        ours = [folded.get(fold(text), text) for text in texts if text]
        return LIST_SEPARATOR.join(dict.fromkeys(text for text in ours if text)) or None

    return pd.Series([plain(cell) for cell in column], index=column.index, dtype=object)


def _text(cell: object) -> str:
    """Write a cell, a whole number without its point."""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip()


def _with_texts(stated: pd.DataFrame) -> pd.DataFrame:
    """Add a key made of the name, and a summary in each language."""
    table = stated.copy()
    if TOOL_ID not in table:
        table[TOOL_ID] = table["name"].map(_slug, na_action="ignore")
    known = [name for name in (*_SUMMARIES, "name") if name in table]
    for name in _SUMMARIES:
        summary = table[name] if name in table else pd.Series(None, index=table.index, dtype=object)
        for other in known:
            summary = summary.where(summary.notna(), table[other])
        table[name] = summary
    return table


def _slug(name: str) -> str | None:
    """Return a name as a key: lower-case words of letters and digits, joined by hyphens."""
    spread = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    plain = "".join(c if c.isascii() else "" if unicodedata.combining(c) else " " for c in spread)
    return "-".join(re.findall("[a-z0-9]+", plain.lower())) or None


def _typed(column: pd.Series, field: Mapping[str, Any]) -> pd.Series:
    """Turn text into numbers and truth values where the schema has them."""
    kind, name = field.get("type", "string"), field["name"]
    if kind in ("integer", "number"):
        numbers = pd.to_numeric(column.map(lambda cell: cell.replace(",", "."), na_action="ignore"), "coerce")
        _refuse(column[numbers.isna() & column.notna()], name, "a number")
        return numbers.astype(float)
    if kind == "boolean":
        told = {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}
        truth = column.map(lambda cell: told.get(cell.lower()), na_action="ignore")
        _refuse(column[truth.isna() & column.notna()], name, "yes or no")
        return truth.astype("boolean")
    return column.astype(object)


def _refuse(wrong: pd.Series, name: str, right: str) -> None:
    """Raise for the first of some wrong cells, if there is one."""
    for row, cell in wrong.items():
        raise CatalogError(
            f"tools.csv, row {int(str(row)) + 1}, column {name}: must be {right}. Got {shown(cell)}."
        )


def _sources(table: pd.DataFrame, stated: pd.DataFrame, source: str | None) -> pd.Series:
    """Return the page on which each row was read, missing where nothing is told."""
    if source is None:
        homepage = stated.get("homepage")
        return pd.Series(None, index=table.index, dtype=object) if homepage is None else homepage
    if source in table:
        return _cells(table[source], {}, {})
    if not re.fullmatch(r"https?://\S+", str(source)):
        raise unknown_name("source", source, map(str, table.columns), "an address, or a column of the table")
    return pd.Series(source, index=table.index, dtype=object)


def _evidence(
    tools: pd.DataFrame, stated: pd.DataFrame, taken: Mapping[str, str], sources: pd.Series
) -> pd.DataFrame:
    """Return a row of evidence for each known cell that has a source."""
    names = [name for name in tools.columns if name != TOOL_ID]
    rows, places = np.nonzero((tools[names].notna() & sources.notna().to_numpy()[:, None]).to_numpy())
    fields = np.array(names, dtype=object)[places]
    inferred = np.isin(fields, [*taken, *(name for name in _SUMMARIES if name not in stated)])
    return pd.DataFrame(
        {
            TOOL_ID: tools[TOOL_ID].to_numpy()[rows],
            "field": fields,
            "url": sources.to_numpy()[rows],
            "page_date": pd.Series(None, index=range(len(rows)), dtype=object),
            "basis": np.where(inferred, "inferred", "stated").astype(object),
            "note": np.array([None, _NOTE_INFERRED], dtype=object)[inferred.astype(int)],
        }
    )
