"""JSON Schemas of what comes in and of what goes out, made from the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.firms import vocabulary_of
from hrtools_reco.model import BLOCKS, CERTAINTY_KEYS
from hrtools_reco.texts import LANGUAGES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string"}
_TEXT_OR_NONE = {"type": ["string", "null"]}


def profile_schema(catalog: Catalog | None = None) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one firm, as ``CompanyProfile.from_dict`` reads it.

    Parameters
    ----------
    catalog : Catalog, optional
        Catalog whose names are valid. ``None`` is the bundled one.

    Returns
    -------
    dict
        The schema. ``null`` is not given, everywhere. A branch may also be written as a name, an IDCC or a
        NAF code, which a schema cannot list.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> sorted(hr.profile_schema()["properties"]["needs"]["properties"])[:2]
    ['apprentices', 'hard_to_fill']
    """
    used = catalog or load_catalog()
    words = vocabulary_of(used)
    return {
        "$schema": DIALECT,
        "title": "CompanyProfile",
        "description": "One firm; branch and headcount (or its band) suffice, all else may be missing.",
        "type": "object",
        "properties": {
            "company_id": {"type": ["string", "integer"], "description": "Key of the firm."},
            "branch": {
                "anyOf": [_named(used, "branches"), _TEXT],
                "description": "Key, French or English name, IDCC or NAF code.",
            },
            "headcount": {"type": ["integer", "null"], "minimum": 0, "description": "Employees."},
            "headcount_band": {
                "anyOf": [_named(used, "headcount_bands"), {"type": "null"}],
                "description": "Band of the SIRENE register, instead of the number.",
            },
            "region": {"type": ["string", "null"], "examples": list(words.regions)},
            "maturity": _mapping(used, "dimensions", "Scores from 0 to 100.", _score()),
            "needs": _mapping(used, "needs", "Urgency from 0 to 100.", _score()),
            "facts": _mapping(used, "facts", "What the firm has or lacks.", {"type": ["boolean", "null"]}),
            "budget_eur_per_year": {"type": ["number", "null"], "minimum": 0},
            "installed": _list("Tools in place, or functions served by other products.", words.installable),
            "maturity_estimated": _list("Dimensions whose score is an estimate.", used.keys("dimensions")),
            "excluded": _list("What to leave out: tools, functions, kinds or vendors.", words.groups),
            "refused": _list("What the firm has seen and does not want.", words.groups),
        },
        "required": ["branch"],
        "anyOf": [
            {"required": ["headcount"], "properties": {"headcount": {"type": "integer"}}},
            {"required": ["headcount_band"], "properties": {"headcount_band": {"type": "string"}}},
        ],
        "additionalProperties": False,
    }


def answer_schema(catalog: Catalog | None = None) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the answer to one firm: ``Recommendations.to_dict``.

    Parameters
    ----------
    catalog : Catalog, optional
        Catalog whose names are valid. ``None`` is the bundled one.

    Returns
    -------
    dict
        The schema.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.answer_schema()["required"][:3]
    ['versions', 'day', 'profile']
    """
    used = catalog or load_catalog()
    profile = {key: value for key, value in profile_schema(used).items() if key != "$schema"}
    properties = {
        "versions": _object(library=_TEXT, catalog=_TEXT, questionnaire=_TEXT_OR_NONE),
        "day": {"type": "string", "format": "date"},
        "profile": profile,
        "estimated": {"type": "array", "items": _key(used.keys("dimensions"))},
        "n_fit": {"type": "integer", "minimum": 0},
        "n_to_check": {"type": "integer", "minimum": 0},
        "recommendations": {"type": "array", "items": _recommendation(used)},
        "shortfall": {
            "anyOf": [
                {"type": "null"},
                _object(
                    company_id={"type": ["string", "integer"]},
                    missing={"type": "integer", "minimum": 1},
                    reason_fr=_TEXT,
                    reason_en=_TEXT,
                ),
            ]
        },
    }
    return {"$schema": DIALECT, "title": "Recommendations", **_object(**properties)}


def _recommendation(catalog: Catalog) -> dict[str, Any]:
    """Return the schema of one recommended tool."""
    by_language = {lang: {"type": "array", "items": _TEXT} for lang in LANGUAGES}
    return {
        **_object(
            rank={"type": "integer", "minimum": 1},
            tool_id=_key(catalog.tool_ids),
            name=_TEXT,
            kind=_key(catalog.keys("kinds")),
            functions={"type": "array", "items": _key(catalog.keys("functions"))},
            homepage=_TEXT_OR_NONE,
            price={"anyOf": [{"const": "to ask"}, _price()]},
            source={"anyOf": [{"type": "null"}, _object(url=_TEXT, date=_TEXT_OR_NONE, basis=_TEXT)]},
            score={"type": "number", "minimum": 0, "maximum": 100},
            status={"enum": ["fit", "to_check"]},
            certainty={"enum": list(CERTAINTY_KEYS)},
            contributions=_object(**{key: {"type": "number"} for key in BLOCKS}),
            reasons=_object(**by_language),
            checks=_object(**by_language),
        ),
        "additionalProperties": True,
    }


def _price() -> dict[str, Any]:
    """Return the schema of a known price."""
    return _object(
        model=_TEXT_OR_NONE,
        amount={"type": "number", "minimum": 0},
        fixed={"type": ["number", "null"]},
        currency={"type": "string", "pattern": "^[A-Z]{3}$"},
        unit=_TEXT_OR_NONE,
        date=_TEXT_OR_NONE,
        text=_object(fr=_TEXT, en=_TEXT),
    )


def _object(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _key(keys: Iterable[str]) -> dict[str, Any]:
    """Return the schema of a key."""
    return {"enum": list(keys)}


def _named(catalog: Catalog, table: str) -> dict[str, Any]:
    """Return the schema of a key of a table, each with its French name."""
    return {"oneOf": [{"const": key, "title": label} for key, label in catalog.labels(table, "fr").items()]}


def _score() -> dict[str, Any]:
    """Return the schema of a score."""
    return {"type": ["number", "null"], "minimum": 0, "maximum": 100}


def _mapping(catalog: Catalog, table: str, description: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a mapping from the keys of a table."""
    labels = catalog.labels(table, "fr")
    return {
        "type": ["object", "null"],
        "description": description,
        "properties": {key: {**value, "title": label} for key, label in labels.items()},
        "additionalProperties": False,
    }


def _list(description: str, items: Iterable[str]) -> dict[str, Any]:
    """Return the schema of a list of keys."""
    return {"type": ["array", "null"], "description": description, "items": {"enum": list(items)}}
