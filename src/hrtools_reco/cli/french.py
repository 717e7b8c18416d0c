"""What the library says in English, in the French of the command line: ``french.csv`` holds each phrase.

A phrase may have places such as ``{low}``. What stands in a place named in ``_PHRASES`` is a phrase of its
own; anything else stays as it is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from importlib.resources import files

from hrtools_reco.columns import FACT_PREFIX, MATURITY_PREFIX, NEED_PREFIX

_PHRASES = ("right", "hint", "reason", "unit", "message", "column", "detail")
_NAME, _GOT, _NAMES, _DECIDES = "name", "got", "names", "decides"
_PLACE = re.compile(r"\{(\w+)\}")
_QUOTED = re.compile(r"'([^']*)'")
# A text that was quoted may hold the end of a sentence; a name is no place ("row 3, column branch:").
_SHAPES = {_GOT: r"'[^']*'|\"[^\"]*\"|.+?", _NAME: ".+?(?<!:)"}

# How a person at a terminal gives what the library names otherwise.
_OPTIONS = {
    "branch": "--branch",
    "branch_of": "--branch-of",
    "budget_eur_per_year": "--budget",
    "catalog": "--catalog",
    "excel": "--excel",
    "facts": "--fact",
    "headcount": "--headcount",
    "headcount_band": "--headcount-band",
    "installed": "--installed",
    "k": "-k",
    "maturity": "--maturity",
    "maturity_estimated": "--estimated",
    "max_changes": "--most",
    "n_jobs": "--jobs",
    "needs": "--need",
    "older_than_months": "--months",
    "on_error": "--on-error",
    "pillar": "--pillar",
    "exclude": "--exclude",
    "only": "--only",
    "region": "--region",
    "register": "--from",
    "rejects": "--rejects",
    "source": "FICHIER",
    "target": "--out",
    "tool_id": "OUTIL",
}
_STARTS = {MATURITY_PREFIX: "--maturity ", NEED_PREFIX: "--need ", FACT_PREFIX: "--fact "}


@dataclass(frozen=True)
class _Phrase:
    """A phrase in both languages, with its places."""

    en: str
    fr: str

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """What stands around the places."""
        return tuple(_PLACE.split(self.en)[::2])

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrase as an expression that finds what stands in the places."""
        parts = _PLACE.split(self.en)
        parts[::2] = map(re.escape, parts[::2])
        parts[1::2] = [f"(?P<{name}>{_SHAPES.get(name, '.+?')})" for name in parts[1::2]]
        return re.compile("".join(parts), re.DOTALL)

    def places_in(self, text: str) -> Mapping[str, str] | None:
        """Return what stands in the places, if a text is this phrase."""
        if not all(literal in text for literal in self.literals):
            return None
        found = self.pattern.fullmatch(text)
        return found.groupdict() if found else None


@lru_cache(maxsize=1)
def _phrases() -> tuple[_Phrase, ...]:
    """Read the table; the phrase with most words of its own is tried first."""
    table = (files(__package__) / "french.csv").read_text(encoding="utf-8")
    phrases = [_Phrase(row["en"], row["fr"]) for row in csv.DictReader(table.splitlines())]
    return tuple(sorted(phrases, key=lambda phrase: -sum(map(len, phrase.literals))))


def spoken(message: str, lang: str, *, typed: bool = False) -> str:
    """Return an English message in a language; what the table does not hold stays in English.

    Parameters
    ----------
    message : str
        Message of an error.
    lang : {"fr", "en"}
        Language.
    typed : bool, default=False
        Whether fields were typed as options: then they are named so.

    Returns
    -------
    str
        The message.
    """
    return in_french(message, typed=typed) if lang == "fr" else message


def in_french(text: str, *, typed: bool) -> str:
    """Return a message, or a part of one, in French."""
    for phrase in _phrases():
        places = phrase.places_in(text)
        if places is not None:
            told = {name: _place(name, value, typed=typed) for name, value in places.items()}
            return phrase.fr.format_map(told)
    return text


def _place(name: str, value: str, *, typed: bool) -> str:
    """Return what stands in a place, in French."""
    if name == _NAMES or (name == _GOT and _QUOTED.fullmatch(value)):
        return _QUOTED.sub(r"« \1 »", value)
    if name == _NAME:
        return (option_of(value) if typed else None) or in_french(value, typed=typed)
    if name == _DECIDES:
        return _decisions(value)
    return in_french(value, typed=typed) if name in _PHRASES else value


def option_of(name: str) -> str | None:
    """Return the option of a field, if it has one."""
    for start, option in _STARTS.items():
        if name.startswith(start) and name not in _OPTIONS:
            return option + name.removeprefix(start)
    return _OPTIONS.get(name)


def _decisions(text: str) -> str:
    """Return in French what decides between branches: sentences that the catalog holds in both languages."""
    branches = import_module("hrtools_reco.catalog").load_catalog().branches  # slow, and seldom asked for
    for english, french in branches[["decides_en", "decides_fr"]].dropna().to_numpy():
        text = text.replace(english, french)
    return text
