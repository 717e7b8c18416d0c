"""Hold the description of the tables of a catalog to the shapes that the library reads."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from hrtools_reco.catalog.csv_tables import IS_LIST, ITEMS_OF
from hrtools_reco.catalog.patterns import RIGHT, is_safe
from hrtools_reco.exceptions import CatalogError, shown

ITEMS_ALSO, ASK = "hrtools:itemsAlso", "hrtools:ask_fr"
_TYPES = ("string", "integer", "number", "boolean", "date")
Check = tuple[Callable[[Any], bool], str]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) or _is_number(item) for item in value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_sign(value: object) -> bool:
    return isinstance(value, str) and len(value) == 1 and value.isprintable() | (value == "\t")


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_type(value: object) -> bool:
    return isinstance(value, str) and value in _TYPES


_TEXT, _TEXTS, _FLAG = (_is_text, "text"), (_are_texts, "a list of texts"), (_is_flag, "true or false")
_NUMBER, _SIGN, _OBJECT = (_is_number, "a number"), (_is_sign, "one character"), (_is_object, "an object")
_RESOURCE: Mapping[str, Check] = {"encoding": _TEXT, "dialect": _OBJECT}
_DIALECT: Mapping[str, Check] = {"delimiter": _SIGN, "quoteChar": _SIGN}
_FIELD: Mapping[str, Check] = {
    "type": (_is_type, f"one of {', '.join(_TYPES)}"),
    "constraints": _OBJECT,
    "trueValues": _TEXTS,
    "falseValues": _TEXTS,
    IS_LIST: _FLAG,
    ITEMS_OF: _TEXT,
    ITEMS_ALSO: _TEXTS,
    ASK: _TEXT,
}
_CONSTRAINTS: Mapping[str, Check] = {
    "required": _FLAG,
    "unique": _FLAG,
    "minimum": _NUMBER,
    "maximum": _NUMBER,
    "enum": (_are_words, "a list of words"),
    "pattern": (is_safe, RIGHT),
}


def check_schema(file: str, descriptor: Mapping[str, Any]) -> None:
    """Raise if a data package describes its tables in a way that the library cannot read, or not safely.

    Parameters
    ----------
    file : str
        Name of the description, as the error names it.
    descriptor : mapping
        Its content; the resources are objects with a name and an object as schema.

    Raises
    ------
    CatalogError
        At the first fault; what is right is said.
    """
    faults = _faults(descriptor["resources"])
    if not _is_day(descriptor.get("created", "2026-01-01")):
        raise CatalogError(f"{file}: created must be a day. Got {shown(descriptor['created'])}.")
    for place, name, right, got in faults:
        raise CatalogError(f"{file}: {place}: {name} must be {right}. Got {shown(got)}.")


def _is_day(value: object) -> bool:
    """Tell whether a text begins with a day."""
    try:
        date.fromisoformat(str(value)[:10])
    except ValueError:
        return False
    return isinstance(value, str)


Fault = tuple[str, str, str, object]


def _faults(resources: list[dict[str, Any]]) -> Iterator[Fault]:
    """Yield place, name, what is right and what came for each fault."""
    names = [resource["name"] for resource in resources]
    columns: dict[str, list[str]] = {}
    for resource in resources:
        place, schema = resource["name"], resource["schema"]
        if names.count(place) > 1:
            yield place, "name", "the name of one table", place
        yield from _odd(place, resource, _RESOURCE)
        yield from _odd(place, resource.get("dialect") or {}, _DIALECT)
        fields = schema.get("fields")
        if not isinstance(fields, list) or not fields or not all(map(_is_field, fields)):
            yield place, "fields", "a list of columns, each with a name", fields
            return
        columns[place] = [field["name"] for field in fields]
        if len(set(columns[place])) < len(fields):
            yield place, "fields", "a list of columns with different names", columns[place]
        for field in fields:
            where = f"{place}.{field['name']}"
            yield from _odd(where, field, _FIELD)
            yield from _odd(where, field.get("constraints", {}), _CONSTRAINTS)
    for resource in resources:
        yield from _odd_references(resource["name"], resource["schema"], columns)


def _is_field(field: object) -> bool:
    return isinstance(field, dict) and _is_text(field.get("name"))


def _odd(place: str, described: Mapping[str, Any], checks: Mapping[str, Check]) -> Iterator[Fault]:
    """Yield the entries that are not of their kind."""
    for name, (is_right, right) in checks.items():
        if name in described and not is_right(described[name]):
            yield place, name, right, described[name]


def _odd_references(
    place: str, schema: Mapping[str, Any], columns: Mapping[str, list[str]]
) -> Iterator[Fault]:
    """Yield the keys and references that name no column."""
    key = schema.get("primaryKey", [])
    if not _name_columns(key, columns[place]):
        yield place, "primaryKey", "the name of a column, or a list of them", key
    references = schema.get("foreignKeys", [])
    for reference in references if isinstance(references, list) else [references]:
        if not _leads_somewhere(reference, place, columns):
            yield place, "foreignKeys", "a list of references from columns to columns of a table", reference
    for field in schema["fields"]:
        table, _, column = field.get(ITEMS_OF, "").partition(".")
        if ITEMS_OF in field and column not in columns.get(table, ()):
            yield (
                f"{place}.{field['name']}",
                ITEMS_OF,
                "a table and a column, as table.column",
                field[ITEMS_OF],
            )


def _name_columns(names: object, columns: list[str] | None) -> bool:
    """Tell whether what must name columns does."""
    listed = [names] if isinstance(names, str) else names
    return isinstance(listed, list) and all(
        isinstance(name, str) and name in (columns or ()) for name in listed
    )


def _leads_somewhere(reference: object, place: str, columns: Mapping[str, list[str]]) -> bool:
    """Tell whether a reference goes from columns of a table to as many of a table that is there."""
    target = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(reference, dict) or not isinstance(target, dict):
        return False
    here, there, other = reference.get("fields"), target.get("fields"), target.get("resource")
    if not isinstance(other, str) or not here or not there:
        return False
    ends = _name_columns(here, columns[place]) and _name_columns(there, columns.get(other or place))
    return (
        ends
        and isinstance(here, str) == isinstance(there, str)
        and (isinstance(here, str) or len(here) == len(there))
    )
