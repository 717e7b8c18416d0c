"""The words that an answer needs to write itself, once it has left its catalog."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from hrtools_reco.catalog import Catalog, inside
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.texts import LANGUAGES, Text, check_lang, filled

SUPPORT = "support"  # part of a list in which people and services to lean on are read
_MESSAGES = (
    "title",
    "part_support",
    "part_tool",
    "alternatives",
    "for_firm",
    "why",
    "checks",
    "implied",
    "note",
    "tool",
    "functions",
    "score",
    "status",
    "reason_separator",
    "cited_from",
    "colon",
    "estimate_note",
    "certainty_sure",
    "certainty_likely",
    "certainty_guess",
)
_TABLES = {"status": ("fit", "to_check", "prepare", "excluded"), "outcome": ("pass", "unknown", "fail")}


@dataclass(frozen=True, kw_only=True)
class Words:
    """Texts by key, small enough to travel with an answer.

    Attributes
    ----------
    texts : mapping of str to Text
        Texts by key; those of functions as ``function_<key>``.
    """

    texts: Mapping[str, Text] = field(repr=False)

    def in_language(self, lang: str) -> Speaker:
        """Return the words of one language, or raise ``UnknownNameError`` for any other."""
        return Speaker(self, check_lang(lang))


@dataclass(frozen=True)
class Speaker:
    """Words in one language."""

    words: Words
    lang: str

    def __call__(self, key: str, **values: object) -> str:
        """Return a text, filled."""
        text = self.words.texts[key](self.lang)
        return filled(text, **values) if values else text

    def line(self, label: str, content: str, indent: int = 0) -> str:
        """Write a label and what it stands for, with the colon of the language."""
        return f"{' ' * indent}{label}{self('colon')}{content}"

    def pair(self, key: str, content: str, indent: int = 0) -> str:
        """Write the text of a key and what it stands for."""
        return self.line(self(key), content, indent)


@functools.lru_cache(maxsize=8)
def words_of(catalog: Catalog, blocks: tuple[str, ...]) -> Words:
    """Collect the words of a catalog, once for each catalog."""
    keys = [*_MESSAGES, *(f"block_{block}" for block in blocks)]
    keys += [f"{head}_{tail}" for head, tails in _TABLES.items() for tail in tails]
    texts = {key: Text(*(catalog.messages[lang][key] for lang in LANGUAGES)) for key in keys}
    names = [catalog.labels("functions", lang) for lang in LANGUAGES]
    texts |= {f"function_{key}": Text(*(name[key] for name in names)) for key in names[0]}
    return Words(texts=texts | dimension_names(catalog))


def dimension_names(catalog: Catalog) -> dict[str, Text]:
    """Return the names of the dimensions, as inside a sentence."""
    names = [catalog.labels("dimensions", lang) for lang in LANGUAGES]
    return {f"dimension_{key}": Text(*(inside(name[key]) for name in names)) for key in names[0]}


def estimate_note(profile: CompanyProfile, texts: Mapping[str, Text], lang: str) -> str | None:
    """Say that an answer rests on estimates of maturity; None where it rests on none."""
    check_lang(lang)
    if not profile.estimates:
        return None
    names = ", ".join(texts[f"dimension_{key}"](lang) for key in profile.estimates)
    return filled(texts["estimate_note"](lang), names=names)
