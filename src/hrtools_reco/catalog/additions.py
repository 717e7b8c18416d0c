"""Rows that are to be added to a catalog: a tool or a branch, its sources, and what belongs to it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from hrtools_reco._checks import check_choice, check_mapping, invalid
from hrtools_reco.catalog.catalog import Catalog, load_catalog
from hrtools_reco.catalog.check import check_catalog
from hrtools_reco.catalog.csv_tables import ITEMS_OF, CsvTable
from hrtools_reco.catalog.datapackage import DESCRIPTOR, CellError, cell_error, choices_of
from hrtools_reco.columns import LIST_SEPARATOR
from hrtools_reco.exceptions import CatalogError

EVIDENCE_OF = {"tools": "evidence", "branches": "branch_evidence"}
SOURCE_COLUMNS = ("url", "page_date", "basis", "note")
INFERRED = "inferred"

Rows = dict[str, list[dict[str, str]]]


class Addition:
    """A tool or a branch that is to be added to a catalog.

    Parameters
    ----------
    catalog : Catalog
        Catalog that was read from a folder.
    table : {"tools", "branches"}
        What is added.
    """

    def __init__(self, catalog: Catalog, table: str) -> None:
        self.catalog, self.table = catalog, table
        self.key = catalog.table(table).columns[0]
        self._tables = {name: catalog.table(name) for name in catalog.table_names}
        self._resources = {one["name"]: one for one in catalog.descriptor["resources"]}

    @property
    def fields(self) -> list[dict[str, Any]]:
        """Descriptions of the columns, in their order."""
        return list(self._resources[self.table]["schema"]["fields"])

    def choices(self, field: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the words that a cell, or each item of a list cell, is chosen from; none: it is free."""
        return choices_of(field, self._tables)

    def labels(self, field: Mapping[str, Any], lang: str) -> dict[str, str]:
        """Return the labels of the choices of a cell, where their table has some."""
        table = str(field[ITEMS_OF]).split(".")[0] if ITEMS_OF in field else self._referred(field["name"])
        columns = () if table is None else self._tables[table].columns
        if table is None or not {f"label_{lang}", f"name_{lang}"} & set(columns):
            return {}
        return dict(self.catalog.labels(table, lang))

    def _referred(self, column: str) -> str | None:
        """Return the other table that a column refers to, if any."""
        keys = self._resources[self.table]["schema"].get("foreignKeys", [])
        targets = [key["reference"]["resource"] for key in keys if key["fields"] in (column, [column])]
        return targets[0] if targets and targets[0] else None

    def cell(self, table: str, column: str, value: object) -> str:
        """Write a value as the text of a cell; free text gets typographic apostrophes."""
        field = next(one for one in self._resources[table]["schema"]["fields"] if one["name"] == column)
        is_text = field.get("type", "string") == "string" and "pattern" not in field.get("constraints", {})
        text = _text(value)
        return text.replace("'", "’") if is_text and not self.choices(field) else text

    def error(self, table: str, column: str, cell: str) -> CellError | None:
        """Return what is wrong with a cell, if anything."""
        return cell_error(self._resources[table], column, cell, self._tables)

    def rows(
        self,
        cells: Mapping[str, object],
        sources: Mapping[str, object],
        source: Mapping[str, object] | None = None,
        further: Mapping[str, object] | None = None,
    ) -> Rows:
        """Make the rows, each cell held to the description of its column.

        Parameters
        ----------
        cells : mapping of str to object
            Cells by column; a list may be a list, or text joined by ``|``. What is left out is unknown.
        sources : mapping of str to mapping or list of mapping
            By column, the page or the pages of its cell: ``url, page_date, basis, note``.
        source : mapping, optional
            The page of each filled cell that ``sources`` does not name.
        further : mapping of str to list of mapping, optional
            Rows of other tables by their name; the key of what is added may be left out.

        Returns
        -------
        dict of str to list of dict
            Rows by table.

        Raises
        ------
        CatalogError
            If a cell is not what its column holds; the nearest valid choices are named.
        InvalidValueError
            If a filled cell has no source, or an inferred one does not say from what.
        UnknownNameError
            If there is no such column or table.
        """
        row = self._row(self.table, cells)
        named = pd.DataFrame([{self.key: row[self.key]}])
        self._tables[self.table] = pd.concat([self._tables[self.table], named], ignore_index=True)
        filled = [column for column, cell in row.items() if cell and column != self.key]
        for column in sources:
            check_choice("sources", column, filled, "a cell that is filled")
        pages = [
            {self.key: row[self.key], "field": column, **page}
            for column in filled
            for page in _pages(column, sources.get(column, source))
        ]
        evidence = EVIDENCE_OF[self.table]
        rows = {self.table: [row], evidence: [self._row(evidence, page) for page in pages]}
        for name, others in (further or {}).items():
            rows[name] = rows.get(name, []) + self._further(name, others, row[self.key])
        return rows

    def _further(self, name: str, others: object, key: str) -> list[dict[str, str]]:
        """Return rows of another table."""
        check_choice("table", name, self._resources, "the name of a table of the catalog")
        own = {self.key: key} if self.key in self._tables[name] else {}
        given = [check_mapping(name, one, "a table of cells by column") for one in _listed(others)]
        return [self._row(name, {**own, **one}) for one in given]

    def _row(self, table: str, cells: Mapping[str, object]) -> dict[str, str]:
        """Return one row as text, or raise at its first wrong cell."""
        columns = list(self._tables[table].columns)
        for column in cells:
            check_choice(table, column, columns, f"a column of {table}")
        row = {column: self.cell(table, column, cells.get(column)) for column in columns}
        for column, cell in row.items():
            if error := self.error(table, column, cell):
                raise CatalogError(f"{error.file}, new row, {error.text}")
        return row

    def checked(self, rows: Rows) -> tuple[dict[str, bytes], Catalog]:
        """Add rows to a copy of the catalog, and check the whole.

        Parameters
        ----------
        rows : dict of str to list of dict
            Rows by table.

        Returns
        -------
        contents : dict of str to bytes
            New content by file, to take the place of the old one.
        catalog : Catalog
            The catalog with the rows.

        Raises
        ------
        CatalogError
            If the catalog could not be read, or would have a problem that it has not today.
        """
        folder, described = self.catalog.folder, self._resources
        if folder is None:
            raise invalid("catalog", "a catalog that was read from a folder", self.catalog)
        files = {name: one["path"] for name, one in described.items()}
        contents = {
            files[name]: CsvTable(folder.joinpath(files[name]), described[name]).with_rows(added)
            for name, added in rows.items()
            if added
        }
        with tempfile.TemporaryDirectory() as place:
            for file in (DESCRIPTOR, *files.values()):
                Path(place, file).write_bytes(contents.get(file) or folder.joinpath(file).read_bytes())
            catalog = load_catalog(place)
            _refuse_problems(self.catalog, catalog)
        tables = {name: catalog.table(name) for name in catalog.table_names}
        return contents, Catalog(tables, catalog.descriptor, folder)


def _refuse_problems(before: Catalog, after: Catalog) -> None:
    """Refuse a catalog that has a problem which it had not before."""
    names = ["file", "column", "value", "message"]
    known = set(check_catalog(before).problems[names].astype(str).itertuples(index=False, name=None))
    for problem in check_catalog(after).problems.astype({"value": str}).itertuples():
        if (problem.file, problem.column, problem.value, problem.message) not in known:
            place = f"{problem.file}, row {problem.row}, column {problem.column}"
            raise CatalogError(f"{place}: {problem.message} Got {problem.value!r}.")


def _text(value: object) -> str:
    """Write a value of a file, or what was typed, as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, list | tuple):
        return LIST_SEPARATOR.join(_text(item) for item in value)
    return " ".join(str(value).split())


def _listed(value: object) -> Sequence[Any]:
    """Return what may stand alone or in a list, as a list."""
    return value if isinstance(value, list | tuple) else [value]


def _pages(column: str, told: object) -> list[dict[str, object]]:
    """Return the pages of one cell."""
    name = f"sources.{column}"
    if told is None:
        raise invalid(name, "the page of a filled cell (url, page_date, basis)", None)
    pages = [dict(check_mapping(name, page, "a page with its url")) for page in _listed(told)]
    for page in pages:
        for part in page:
            check_choice(name, part, SOURCE_COLUMNS, "url, page_date, basis or note")
        if _text(page.get("basis")) == INFERRED and not _text(page.get("note")):
            raise invalid(name, "with a note that says from what it was inferred", _text(page.get("url")))
    return pages
