"""Files of answers of one firm: from the web form, typed in by an adviser, or kept by ``diagnose``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from hrtools_reco._checks import invalid
from hrtools_reco.files import whole_file

_RIGHT = "a file of answers: .json as the form gives it, or .csv with the columns question and answer"
_LARGEST = 1_000_000


def read_answers(path: str | PathLike[str]) -> dict[str, Any]:
    """Read a file of answers.

    Parameters
    ----------
    path : path-like
        ``.json`` as the web form and ``diagnose`` write it, or ``.csv`` with the columns ``question`` and
        ``answer`` (comma or semicolon) as typed in from the printed form; rows whose question is a field of
        the firm (``branch``, ``headcount``, ``region`` …) are that.

    Returns
    -------
    dict
        Keys ``version`` (None: this one), ``firm`` and ``answers``, as ``Questionnaire.score`` takes them.

    Raises
    ------
    InvalidValueError
        If it is no such file.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.read_answers("nowhere.json")
    Traceback (most recent call last):
    ...
    hrtools_reco.exceptions.InvalidValueError: path must be a file of answers...
    """
    place = Path(path)
    try:
        if place.stat().st_size > _LARGEST:
            raise invalid("path", _RIGHT, str(path), "It is too large.")
        text = place.read_text(encoding="utf-8-sig")
        content = json.loads(text) if place.suffix.lower() == ".json" else _read_rows(text)
    except (OSError, ValueError, RecursionError, csv.Error) as error:
        raise invalid("path", _RIGHT, str(path)) from error
    return _checked(content, str(path))


def write_answers(
    path: str | PathLike[str], answers: Mapping[str, str], firm: Mapping[str, Any], about: Mapping[str, str]
) -> None:
    """Write a file of answers, whole or not at all.

    Parameters
    ----------
    path : path-like
        File ``.json``.
    answers : mapping of str to str
        The answers.
    firm : mapping of str to object
        Fields of the firm.
    about : mapping of str to str
        Keys ``questionnaire`` and ``version``.
    """
    content = {**about, "firm": dict(firm), "answers": dict(answers)}
    with whole_file(path, "path") as stream:
        stream.write(json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8"))


_OF_THE_FIRM = ("company_id", "branch", "headcount", "headcount_band", "region", "budget_eur_per_year")


def _read_rows(text: str) -> dict[str, Any]:
    """Read rows of questions and answers."""
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    if not {"question", "answer"} <= set(rows.fieldnames or ()):
        raise ValueError("no columns question and answer")
    content: dict[str, Any] = {"firm": {}, "answers": {}}
    for row in rows:
        question, answer = (row["question"] or "").strip(), (row["answer"] or "").strip()
        if question == "version":
            content["version"] = answer
        elif question and answer:
            content["firm" if question in _OF_THE_FIRM else "answers"][question] = answer
    return content


def _checked(content: object, path: str) -> dict[str, Any]:
    """Return the three parts of a content that has them."""
    if not isinstance(content, dict) or not isinstance(content.get("answers"), dict):
        raise invalid("path", _RIGHT, path)
    firm = content.get("firm") or {}
    version = content.get("version", content.get("questionnaire_version"))
    texts = all(isinstance(value, str | bool | None) for value in content["answers"].values())
    if not isinstance(firm, dict) or not isinstance(version, str | None) or not texts:
        raise invalid("path", _RIGHT, path)
    typed = firm.get("headcount")
    if isinstance(typed, str) and typed.strip().isdecimal() and len(typed) < 12:
        firm = {**firm, "headcount": int(typed)}
    return {"version": version, "firm": firm, "answers": content["answers"]}
