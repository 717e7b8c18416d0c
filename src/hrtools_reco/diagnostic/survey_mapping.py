"""How the columns and codes of a survey are read: a mapping, from a small TOML or CSV file."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from hrtools_reco._checks import check_path, invalid, unknown_name

FIRM_FIELDS = ("company_id", "branch", "headcount", "headcount_band", "region", "budget_eur_per_year")
_PLACES = ("language", "complete")
_RIGHT = "a mapping file: .toml, or .csv with the columns field, column, value, answer"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Where one field of a firm, or one question, stands in a survey.

    Attributes
    ----------
    column : str
        Column of the export.
    answers : mapping of str to str
        What a code of the survey stands for; codes and labels of the questionnaire need no entry.
    """

    column: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SurveyMapping:
    """How a survey is read.

    Attributes
    ----------
    fields : mapping of str to Asked
        Fields of the firm, questions and facts.
    language, complete : str or None
        Column of the language of the respondent; column that is empty where a respondent broke off.
    """

    fields: Mapping[str, Asked]
    language: str | None = None
    complete: str | None = None


def read_mapping(path: str | PathLike[str], known: Collection[str]) -> SurveyMapping:
    """Read a mapping file.

    Parameters
    ----------
    path : path-like
        ``.toml``: a key for each field of the firm, question or fact, whose value is a column, or a table
        with ``column`` and ``answers``; ``language`` and ``complete`` besides. ``.csv``: the same as rows of
        ``field, column, value, answer``.
    known : collection of str
        Questions and facts.

    Returns
    -------
    SurveyMapping
        The mapping.

    Raises
    ------
    UnknownNameError
        If a field is neither one of the firm, a question nor a fact.
    InvalidValueError
        If it is no such file.
    """
    place = check_path("mapping", path)
    try:
        text = place.read_text(encoding="utf-8-sig")
        told = _rows(text) if place.suffix.lower() == ".csv" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error, KeyError) as error:
        raise invalid("mapping", _RIGHT, str(path), f"{error}.") from error
    return made_mapping(told, known)


def made_mapping(told: Mapping[str, Any], known: Collection[str]) -> SurveyMapping:
    """Check what a mapping file tells."""
    names = [*FIRM_FIELDS, *known]
    places: dict[str, str] = {}
    fields: dict[str, Asked] = {}
    for name, value in told.items():
        if name in _PLACES:
            if not isinstance(value, str):
                raise invalid(f"{name} of the mapping", "a text", value)
            places[name] = value
        elif name not in names:
            raise unknown_name("field of the mapping", name, [*_PLACES, *names])
        else:
            fields[name] = _asked(name, value)
    return SurveyMapping(fields=fields, **places)


def _asked(name: str, value: object) -> Asked:
    """Read where one field stands."""
    told = {"column": value} if isinstance(value, str) else value
    right = "a column of the survey, or a table with column and answers"
    if not isinstance(told, Mapping) or not isinstance(told.get("column"), str):
        raise invalid(f"{name} of the mapping", right, value)
    answers = told.get("answers", {})
    texts = isinstance(answers, Mapping) and all(isinstance(one, str) for one in answers.values())
    if not texts or told.keys() - {"column", "answers"}:
        raise invalid(f"{name} of the mapping", right, value)
    return Asked(column=told["column"], answers={str(key): one for key, one in answers.items()})


def _rows(text: str) -> dict[str, Any]:
    """Read rows of a mapping: a row without a value tells the column, one with a value what it stands for."""
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    told: dict[str, Any] = {}
    for row in rows:
        name, column, value, answer = (
            (row[key] or "").strip() for key in ("field", "column", "value", "answer")
        )
        if not name:
            continue
        if name in _PLACES:
            told[name] = column
            continue
        one = told.setdefault(name, {"column": column, "answers": {}})
        if column and one["column"] not in ("", column):
            raise invalid(f"{name} of the mapping", f"one column, {one['column']!r}", column)
        one["column"] = one["column"] or column
        if value:
            one["answers"][value] = answer
    return told
