"""Texts of the catalog in both languages at once, filled."""

from __future__ import annotations

from hrtools_reco.catalog import Catalog, Tool, inside
from hrtools_reco.texts import LANGUAGES, Text


def said(catalog: Catalog, key: str, **values: object) -> Text:
    """Fill a text of the catalog in both languages; a value may itself be a ``Text``."""
    return Text(
        *(
            catalog.text(
                key,
                lang,
                **{name: value(lang) if isinstance(value, Text) else value for name, value in values.items()},
            )
            for lang in LANGUAGES
        )
    )


def named(catalog: Catalog, table: str, key: str) -> Text:
    """Return the label of a key of a table; a key without one is its own label."""
    return Text(*(catalog.labels(table, lang).get(key, key) for lang in LANGUAGES))


def inner(text: Text) -> Text:
    """Begin a label with a small letter, as inside a sentence; an acronym stays as it is."""
    return Text(*(inside(text(lang)) for lang in LANGUAGES))


def short_name(tool: Tool) -> str:
    """Return the name of a tool without what stands in brackets."""
    return tool.name.split(" (")[0]
