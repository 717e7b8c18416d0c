"""Read a Frictionless Data Package into DataFrames and hold every cell to its Table Schema."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from hrtools_reco._checks import nearest
from hrtools_reco.catalog.csv_tables import IS_LIST, ITEMS_OF, CsvTable, with_decimal_points
from hrtools_reco.catalog.schema import ITEMS_ALSO, check_schema
from hrtools_reco.catalog.templates import template_faults
from hrtools_reco.columns import LIST_SEPARATOR
from hrtools_reco.exceptions import CatalogError, shortened

DESCRIPTOR = "datapackage.json"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}\.csv")
_WORDS = re.compile(r"\^\(([a-z_]+(?:\|[a-z_]+)+)\)")
_TRUTH = {"true": True, "false": False, "vrai": True, "faux": False}


class CellError(NamedTuple):
    """A wrong cell: its file, the position of its row, what is wrong, and the choices nearest to it."""

    file: str
    row: int
    text: str
    nearest: tuple[str, ...] = ()


def read_package(
    folder: Traversable, *, checked: bool = True
) -> tuple[dict[str, Any], Mapping[str, pd.DataFrame]]:
    """Read a data package and check types, constraints and references.

    Parameters
    ----------
    folder : Traversable
        A folder (``pathlib.Path`` or package resource) that holds ``datapackage.json``.
    checked : bool, default=True
        Whether to check the cells; those of a package that was checked before it was shipped need not be
        checked in each process.

    Returns
    -------
    descriptor : dict
        The content of ``datapackage.json``.
    tables : mapping of str to DataFrame
        One table for each resource (unchecked ones are read when they are first asked for); numbers are
        floats, booleans nullable booleans, all else text; an empty cell is missing.

    Raises
    ------
    CatalogError
        If a file, a column or a cell is not what the schema says; file, row and column are named.
    """
    path = folder.joinpath(DESCRIPTOR)
    if not path.is_file():
        raise CatalogError(f"{DESCRIPTOR} must stand in the folder of the catalog. Got none in {folder}.")
    descriptor = _read_descriptor(path)
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    if not checked:
        return descriptor, ShippedTables(folder, resources)
    check_schema(DESCRIPTOR, descriptor)
    tables = {name: _read_table(folder, resource) for name, resource in resources.items()}
    for name, resource in resources.items():
        for error in _reference_errors(resource, tables[name], tables):
            raise _placed(error, CsvTable(folder.joinpath(resource["path"]), resource))
    return descriptor, tables


def check_tables(descriptor: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
    """Hold tables that were put together in memory to their schema.

    Parameters
    ----------
    descriptor : mapping
        The content of ``datapackage.json``.
    tables : mapping of str to DataFrame
        One table for each resource, as ``read_package`` returns them.

    Raises
    ------
    CatalogError
        If a cell or a reference is not what the schema says; table, row (from 1) and column are named.
    """
    texts = {
        resource["name"]: _text_cells(resource, tables[resource["name"]])
        for resource in descriptor["resources"]
    }
    # what is wrong with a tool is wrong with its sources as well: tools come first
    for resource in sorted(descriptor["resources"], key=lambda resource: resource["name"] != "tools"):
        cells, schema, file = texts[resource["name"]], resource["schema"], resource["path"]
        for field in schema["fields"]:
            for error in _field_errors(file, field, cells[field["name"]]):
                raise _numbered(error)
        for error in _key_errors(file, schema.get("primaryKey", []), cells):
            raise _numbered(error)
        for row, fault in template_faults(resource["name"], cells):
            raise _numbered(CellError(file, row, fault))
        for error in _reference_errors(resource, cells, texts):
            raise _numbered(error)


def _numbered(error: CellError) -> CatalogError:
    """Name the row of a table in memory in which a wrong cell stands."""
    return CatalogError(f"{error.file}, row {error.row + 1}, {error.text}")


def _read_descriptor(path: Traversable) -> dict[str, Any]:
    """Read ``datapackage.json``, and refuse one whose tables would not stand beside it."""
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CatalogError(f"{DESCRIPTOR} must be JSON in UTF-8. {error}") from error
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        raise CatalogError(f"{DESCRIPTOR}: resources must be a list of tables.")
    for resource in resources:
        name = resource.get("name")
        if not isinstance(name, str) or not isinstance(resource.get("schema"), dict):
            raise CatalogError(f"{DESCRIPTOR}: each table must have a name and a schema. Got {name!r}.")
        _plain_file(resource)
    return descriptor


def _plain_file(resource: Mapping[str, Any]) -> str:
    """Return the file of a table, which stands beside the descriptor and nowhere else."""
    file = resource.get("path")
    if not isinstance(file, str) or not _PLAIN_NAME.fullmatch(file):
        got = shortened(repr(file))
        right = "must be the plain name of a .csv file beside it"
        raise CatalogError(f"{DESCRIPTOR}: the path of {resource['name']!r} {right}. Got {got}.")
    return file


class ShippedTables(Mapping[str, pd.DataFrame]):
    """Tables that need no check, each read when it is first asked for.

    Parameters
    ----------
    folder : Traversable
        Folder of the data package.
    resources : mapping of str to mapping
        Description of each table.
    """

    def __init__(self, folder: Traversable, resources: Mapping[str, Mapping[str, Any]]) -> None:
        self._folder, self._resources = folder, resources
        self._tables: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            resource = self._resources[name]
            with self._file(name).open("r", encoding="utf-8") as stream:
                raw = pd.read_csv(stream, dtype=str, keep_default_na=False, na_values=[""])
            converted = {
                field["name"]: _convert(field, raw[field["name"]]) for field in resource["schema"]["fields"]
            }
            self._tables[name] = pd.DataFrame(converted)
        return self._tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self._resources

    def __iter__(self) -> Iterator[str]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)

    def _file(self, name: str) -> Traversable:
        return self._folder.joinpath(self._resources[name]["path"])

    def digest(self, names: Iterable[str]) -> str:
        """Return a digest of the files of some tables, without reading a cell of them."""
        found = hashlib.sha256()
        for name in sorted(names):
            found.update(f"\x1d{name}\x1e".encode())
            found.update(self._file(name).read_bytes())
        return found.hexdigest()


def _read_table(folder: Traversable, resource: Mapping[str, Any]) -> pd.DataFrame:
    """Read one CSV file and convert its columns by the schema."""
    file = resource["path"]
    path = folder.joinpath(file)
    if not path.is_file() or (isinstance(path, Path) and path.is_symlink()):
        raise CatalogError(f"{file}: named in {DESCRIPTOR}, but there is no such file.")
    source = CsvTable(path, resource)
    raw = source.frame()
    fields = resource["schema"]["fields"]
    expected = [field["name"] for field in fields]
    if list(raw.columns) != expected:
        odd = sorted(set(raw.columns) ^ set(expected)) or list(raw.columns)
        close = nearest(odd[0], expected)
        raise CatalogError(
            f"{file}: the columns must be those of the schema, in its order. "
            f"Look at {', '.join(map(repr, odd))}." + (f" Nearest: {', '.join(close)}." if close else "")
        )
    for field in fields:
        column = raw[field["name"]] = _plain(field, raw[field["name"]])
        for error in _field_errors(file, field, column):
            raise _placed(error, source)
    for key_error in _key_errors(file, resource["schema"].get("primaryKey", []), raw):
        raise _placed(key_error, source)
    for row, fault in template_faults(resource["name"], raw):
        raise _placed(CellError(file, row, fault), source)
    return pd.DataFrame({field["name"]: _convert(field, raw[field["name"]]) for field in fields})


def _plain(field: Mapping[str, Any], column: pd.Series) -> pd.Series:
    """Write numbers and truth values of a spreadsheet as the schema has them."""
    kind = field.get("type", "string")
    if kind in ("integer", "number"):
        return with_decimal_points(column.astype("str")) if column.notna().any() else column
    if kind == "boolean":
        told = {
            **_TRUTH,
            **dict.fromkeys(field.get("trueValues", []), True),
            **dict.fromkeys(field.get("falseValues", []), False),
        }
        words = {word: str(value).lower() for word, value in told.items()}
        return column.map(lambda cell: words.get(cell, words.get(cell.lower(), cell)), na_action="ignore")
    return column


def _convert(field: Mapping[str, Any], column: pd.Series) -> pd.Series:
    """Convert a checked text column to the type of its field."""
    kind = field.get("type", "string")
    if kind in ("integer", "number"):
        return pd.to_numeric(column).astype(float)
    if kind == "boolean":
        return column.map({"true": True, "false": False}).astype("boolean")
    return column


def _field_errors(file: str, field: Mapping[str, Any], column: pd.Series) -> Iterator[CellError]:
    """Yield an error for each cell that breaks the type or a constraint of its field."""
    name, kind, limits = field["name"], field.get("type", "string"), field.get("constraints", {})
    if limits.get("required"):
        yield from _errors(file, name, column.isna(), column, "filled")
    known = column.dropna()
    if kind in ("integer", "number"):
        numbers = pd.to_numeric(known, errors="coerce")
        yield from _errors(file, name, numbers.isna(), known, "a number")
        if kind == "integer":
            yield from _errors(file, name, numbers % 1 != 0, known, "a whole number")
        if "minimum" in limits:
            yield from _errors(
                file, name, numbers < limits["minimum"], known, f"at least {limits['minimum']}"
            )
        if "maximum" in limits:
            yield from _errors(file, name, numbers > limits["maximum"], known, f"at most {limits['maximum']}")
    elif kind == "boolean":
        yield from _errors(file, name, ~known.isin(["true", "false"]), known, "true or false")
    if "enum" in limits:
        choices = [str(choice) for choice in limits["enum"]]
        yield from _errors(file, name, ~known.isin(choices), known, f"one of {', '.join(choices)}", choices)
    if "pattern" in limits:
        matched = known.str.fullmatch(limits["pattern"])
        yield from _errors(file, name, ~matched.astype(bool), known, f"of the form {limits['pattern']}")
    if limits.get("unique"):
        yield from _errors(file, name, known.duplicated(), known, "unique in its column")


def choices_of(field: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
    """Return the words that a cell, or each item of a list cell, is chosen from; none: it is free.

    Parameters
    ----------
    field : mapping
        Description of the column.
    tables : mapping of str to DataFrame
        The tables of the package.

    Returns
    -------
    tuple of str
        The choices, in the order of their table.
    """
    limits = field.get("constraints", {})
    if ITEMS_OF in field:
        name, column = field[ITEMS_OF].split(".")
        return (*field.get(ITEMS_ALSO, []), *tables[name][column].dropna().unique())
    if "enum" in limits:
        return tuple(str(choice) for choice in limits["enum"])
    if field.get("type") == "boolean":
        return ("true", "false")
    words = _WORDS.match(limits.get("pattern", ""))
    return tuple(words[1].split("|")) if words else ()


def cell_error(
    resource: Mapping[str, Any], column: str, cell: str, tables: Mapping[str, pd.DataFrame]
) -> CellError | None:
    """Hold one cell that is to be added to the description of its column.

    Parameters
    ----------
    resource : mapping
        Description of the table.
    column : str
        Name of the column.
    cell : str
        The cell as text; an empty one is unknown.
    tables : mapping of str to DataFrame
        The tables of the package.

    Returns
    -------
    CellError or None
        What is wrong with it, if anything.
    """
    file, schema = resource["path"], resource["schema"]
    field = next(field for field in schema["fields"] if field["name"] == column)
    value = _plain(field, pd.Series([cell or None], dtype=object))
    known, found = value.dropna(), list[CellError]()
    if choices := choices_of(field, tables):
        items = known.str.split(LIST_SEPARATOR, regex=False).explode() if field.get(IS_LIST) else known
        found += _errors(file, column, ~items.isin(choices), items, "a known word", [*choices])
    found += _field_errors(file, field, value)
    for reference in schema.get("foreignKeys", []):
        if reference["fields"] in (column, [column]):
            other = reference["reference"]
            target = tables[other["resource"] or resource["name"]][_first(other["fields"])]
            found += _missing(file, column, known, target)
    if schema.get("primaryKey") in (column, [column]) and cell in set(tables[resource["name"]][column]):
        found.append(CellError(file, 0, f"column {column}: must be new. Got {cell!r} again."))
    return found[0] if found else None


def _first(names: str | list[str]) -> str:
    """Return the one name, given alone or in a list."""
    return names if isinstance(names, str) else names[0]


def _key_errors(file: str, key: str | list[str], raw: pd.DataFrame) -> Iterator[CellError]:
    """Yield an error for each row whose primary key stands twice."""
    columns = [key] if isinstance(key, str) else list(key)
    twice = raw.duplicated(columns) if columns else pd.Series(False, index=raw.index)
    for row in raw.index[twice]:
        values = ", ".join(str(raw.at[row, column]) for column in columns)
        text = f"column {', '.join(columns)}: must be unique. Got {values!r} again."
        yield CellError(file, int(row), text)


def _reference_errors(
    resource: Mapping[str, Any], table: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> Iterator[CellError]:
    """Yield an error for each cell that refers to a row that does not exist."""
    file, schema = resource["path"], resource["schema"]
    for reference in schema.get("foreignKeys", []):
        here, there = reference["fields"], reference["reference"]["fields"]
        name, other = _first(here), _first(there)
        target = tables[reference["reference"]["resource"]] if reference["reference"]["resource"] else table
        yield from _missing(file, name, table[name].dropna(), target[other])
    for field in schema["fields"]:
        if ITEMS_OF in field:
            target_name, other = field[ITEMS_OF].split(".")
            items = (
                table[field["name"]].dropna().astype("str").str.split(LIST_SEPARATOR, regex=False).explode()
            )
            free = field.get(ITEMS_ALSO, [])
            yield from _missing(file, field["name"], items[~items.isin(free)], tables[target_name][other])


def _missing(file: str, name: str, cells: pd.Series, target: pd.Series) -> Iterator[CellError]:
    """Yield an error for each cell that is no value of the target column."""
    choices = [str(value) for value in target.dropna().unique()]
    yield from _errors(file, name, ~cells.isin(choices), cells, "a key that exists", choices)


def _errors(
    file: str, name: str, wrong: pd.Series, cells: pd.Series, right: str, choices: list[str] | None = None
) -> Iterator[CellError]:
    """Yield an error for each marked cell, with the nearest choices if there are any."""
    mask = wrong.fillna(False).to_numpy(dtype=bool)
    for row, value in zip(wrong.index[mask], cells.to_numpy(dtype=object)[mask], strict=True):
        close = nearest(value, choices) if choices else []
        hint = f" Nearest: {', '.join(close)}." if close else ""
        text = f"column {name}: must be {right}. Got {value!r}.{hint}"
        yield CellError(file, int(row), text, tuple(close))


def _placed(error: CellError, source: CsvTable) -> CatalogError:
    """Name the line of the file on which a wrong cell stands."""
    return CatalogError(f"{error.file}, row {source.lines()[error.row]}, {error.text}")


def write_package(folder: Path, descriptor: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
    """Write a data package that ``read_package`` reads back cell by cell.

    Parameters
    ----------
    folder : Path
        An existing folder.
    descriptor : mapping
        The content of ``datapackage.json``.
    tables : mapping of str to DataFrame
        One table for each resource, as ``read_package`` returns them.

    Raises
    ------
    CatalogError
        If a table would be written anywhere but beside the descriptor.
    """
    for resource in descriptor["resources"]:
        cells = _text_cells(resource, tables[resource["name"]])
        path = folder / _plain_file(resource)
        cells.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    text = json.dumps(descriptor, ensure_ascii=False, indent=2)
    (folder / DESCRIPTOR).write_text(text + "\n", encoding="utf-8")


def _text_cells(resource: Mapping[str, Any], table: pd.DataFrame) -> pd.DataFrame:
    """Write a table as the text of its cells."""
    fields = resource["schema"]["fields"]
    return pd.DataFrame({field["name"]: _as_text(field, table[field["name"]]) for field in fields})


def _as_text(field: Mapping[str, Any], column: pd.Series) -> pd.Series:
    """Write a column as the text of its cells."""
    kind = field.get("type", "string")
    known = column.notna()
    if kind == "boolean":
        return column.map({True: "true", False: "false"}).astype(object).where(known)
    if kind in ("integer", "number"):
        return (
            column.map(lambda value: repr(float(value)).removesuffix(".0"), na_action="ignore")
            .astype(object)
            .where(known)
        )
    return column.astype(object)
