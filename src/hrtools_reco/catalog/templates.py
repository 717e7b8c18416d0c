"""Hold the texts with placeholders of a catalog to those of the catalog that the package ships."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

import pandas as pd

from hrtools_reco.exceptions import CatalogError, shown
from hrtools_reco.texts import template_parts

_LONGEST = 2000
# the tables whose texts are filled, and their columns, of one text in each language
TEMPLATES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "messages": (("fr", "en"),),
    "funding_messages": (("fr", "en"),),
    "payers": (("text_fr", "text_en"),),
    "questionnaire": (("missing_fr", "missing_en"), ("closed_fr", "closed_en")),
    "rules": (("fail_fr", "fail_en"), ("unknown_fr", "unknown_en")),
    "statistics": (("text_fr", "text_en"),),
}


def template_faults(name: str, table: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Yield the row and the fault of each text that could not be filled safely.

    A text has plain placeholders only, those of the text that is shipped in the same row; a row that is not
    shipped has those of its column, a new message any. Both languages have the same ones, each once.

    Parameters
    ----------
    name : str
        Name of the table.
    table : DataFrame
        Its cells.

    Yields
    ------
    tuple of int and str
        Position of the row; column, what is right and what came.
    """
    for columns in TEMPLATES.get(name, ()):
        if not set(columns) <= set(table):
            continue
        texts = [table[column].fillna("").astype(str) for column in columns]
        odd = [text.str.contains("[{}]") | (text.str.len() > _LONGEST) for text in texts]
        for row in table.index[odd[0] | odd[1]]:
            known = _shipped(name, columns, str(table.iloc[:, 0][row]))
            fault = _fault(dict(zip(columns, (text[row] for text in texts), strict=True)), known)
            if fault:
                yield int(row), fault


def _fault(texts: Mapping[str, str], known: frozenset[str] | None) -> str | None:
    """Say what is wrong with a text in its two languages."""
    used: dict[str, list[str]] = {}
    for column, text in texts.items():
        if len(text) > _LONGEST:
            return f"column {column}: must be at most {_LONGEST} characters. Got {len(text)}."
        try:
            used[column] = list(template_parts(text)[1::2])
        except CatalogError:
            right = "must have no brace but those of plain placeholders, such as {name}"
            return f"column {column}: {right}. Got {shown(text)}."
        unknown = sorted(set(used[column]) - known) if known is not None else []
        if unknown:
            right = f"must have placeholders among {_braced(known)}" if known else "must have no placeholder"
            return f"column {column}: {right}. Got {_braced(unknown)}."
        if len(set(used[column])) < len(used[column]):
            return f"column {column}: must have each placeholder once. Got {_braced(used[column])}."
    (first, ours), (second, theirs) = used.items()
    if set(ours) != set(theirs):
        return (
            f"column {second}: must have the placeholders of {first}, {_braced(ours)}. Got {_braced(theirs)}."
        )
    return None


def _braced(names: Iterable[str]) -> str:
    """Write placeholders as they stand in a text."""
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"


@functools.cache
def _shipped_names(name: str, columns: tuple[str, str]) -> dict[str, frozenset[str]]:
    """Return the placeholders of each row of a table that is shipped, by the key of the row."""
    with files("hrtools_reco.catalog_data").joinpath(f"{name}.csv").open("r", encoding="utf-8") as stream:
        table = pd.read_csv(stream, dtype=str, keep_default_na=False)
    rows = zip(table.iloc[:, 0], *(table[column] for column in columns), strict=True)
    return {
        key: frozenset(found for text in texts for found in template_parts(text)[1::2])
        for key, *texts in rows
    }


def _shipped(name: str, columns: tuple[str, str], key: str) -> frozenset[str] | None:
    """Return the placeholders that a row may have; None: any."""
    rows = _shipped_names(name, columns)
    if key in rows:
        return rows[key]
    return None if name == "messages" else frozenset().union(*rows.values())
