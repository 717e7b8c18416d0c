"""Read answers to the questionnaire, cell by cell, into choices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco._checks import fold, invalid, refused, unknown_name
from hrtools_reco.diagnostic.maturity import Flags, Floats
from hrtools_reco.exceptions import InvalidValueError, Reject, as_text
from hrtools_reco.firms import distinct, is_missing, read_truth

DONT_KNOW = "dont_know"
NOT_APPLICABLE = "not_applicable"
_CODE = re.compile(r"([A-Za-z]+)[\s_-]*\d{1,2}")
_NONE, _CLOSED, _WRONG = -1, -2, -3


@dataclass(frozen=True, kw_only=True)
class AnswerSheet:
    """Answers of many firms as numbers.

    Attributes
    ----------
    chosen : ndarray of int, shape (n_firms, n_questions)
        Place of the answer among those of the question; -1 where there is none.
    closed : ndarray of bool, shape (n_firms, n_questions)
        Where a question does not apply.
    direct : ndarray of shape (n_firms, n_facts)
        Answers to the facts' own questions: 1, 0 or NaN.
    headcount : ndarray of shape (n_firms,)
        Headcounts; NaN where not known.
    rejects : tuple of Reject
        Cells that are no answer.
    """

    chosen: np.ndarray
    closed: Flags
    direct: Floats
    headcount: Floats
    rejects: tuple[Reject, ...]


def check_columns(names: Iterable[object], questions: Iterable[str], facts: Iterable[str]) -> None:
    """Refuse the name of a column that can only be a misspelt question or fact.

    Parameters
    ----------
    names : iterable of object
        Names of the columns.
    questions, facts : iterable of str
        Known questions and facts.

    Raises
    ------
    UnknownNameError
        If a name differs from a known one by case or spacing only, or has the form of a question code.

    Examples
    --------
    >>> check_columns(["siret", "SA1"], ["SA1", "SA2"], ["internet"])
    """
    codes = list(questions)
    known = [*codes, *facts]
    folded = {fold(name) for name in known}
    families = {match[1] for code in codes if (match := _CODE.fullmatch(code))}
    for name in names:
        if name in known:
            continue
        match = _CODE.fullmatch(str(name))
        if fold(str(name)) in folded or (match and match[1].upper() in families):
            raise unknown_name("column", name, known, "a question, a fact or a column of your own")


def answer_error(question: str, got: object, options: Sequence[str] | None) -> InvalidValueError:
    """Build the error of a cell that is no answer.

    Parameters
    ----------
    question : str
        Question, or fact.
    got : object
        What came.
    options : sequence of str, or None
        Options of the question; None for a fact.

    Returns
    -------
    InvalidValueError
        The error, with the nearest options.
    """
    if options is None:
        return invalid(f"answer to {question}", 'True or False, "yes" or "no", or empty', got)
    choices = [*options, DONT_KNOW, NOT_APPLICABLE]
    right = f'one of its options, "{DONT_KNOW}", "{NOT_APPLICABLE}" or empty'
    return unknown_name(f"answer to {question}", got, choices, right)


def read_answers(
    answers: pd.DataFrame,
    codes: Mapping[str, Sequence[str]],
    facts: Iterable[str],
    headcount: Floats | None = None,
) -> AnswerSheet:
    """Read a table of answers into choices.

    Parameters
    ----------
    answers : DataFrame
        One row for each firm; columns named as questions or facts are read, others ignored.
    codes : mapping of str to sequence of str
        For each question, its option codes in order.
    facts : iterable of str
        Facts that may be answered directly.
    headcount : ndarray of shape (n_firms,), optional
        Headcounts; NaN where not known. ``None`` knows none.

    Returns
    -------
    AnswerSheet
        The choices, and the cells that are no answer.

    Examples
    --------
    >>> table = pd.DataFrame({"SA1": ["o1", "dont_know"], "internet": [True, None]})
    >>> sheet = read_answers(table, {"SA1": ["o0", "o1"]}, ["internet"])
    >>> sheet.chosen.tolist(), sheet.direct.tolist()
    ([[1], [-1]], [[1.0], [nan]])
    """
    n_firms, names = len(answers), list(facts)
    chosen = np.full((n_firms, len(codes)), _NONE, dtype=np.int16)
    direct = np.full((n_firms, len(names)), np.nan)
    rejects: list[Reject] = []
    for place, (question, options) in enumerate(codes.items()):
        if question in answers.columns:
            chosen[:, place] = _read_column(answers[question], _option_reader(options))
            rejects += _rejects(answers, question, chosen[:, place] == _WRONG, options)
    for place, fact in enumerate(names):
        if fact in answers.columns:
            said = _read_column(answers[fact], _truth_reader(fact))
            direct[:, place] = np.where(said >= 0, said, np.nan)
            rejects += _rejects(answers, fact, said == _WRONG, None)
    rejects.sort(key=lambda reject: reject.row)
    return AnswerSheet(
        chosen=np.maximum(chosen, _NONE),
        closed=chosen == _CLOSED,
        direct=direct,
        headcount=np.full(n_firms, np.nan) if headcount is None else headcount,
        rejects=tuple(rejects),
    )


def _read_column(column: pd.Series, read: Callable[[object], int]) -> np.ndarray:
    """Read each distinct cell once."""
    codes, uniques = distinct(column)
    return np.array([*(read(value) for value in uniques), _NONE], dtype=np.int16)[codes]


def _option_reader(options: Sequence[str]) -> Callable[[object], int]:
    """Return what reads the cell of a question."""
    words = {code: place for place, code in enumerate(options)} | {DONT_KNOW: _NONE, NOT_APPLICABLE: _CLOSED}

    def read(cell: object) -> int:
        return _NONE if is_missing(cell) else words.get(as_text(cell).strip().casefold(), _WRONG)

    return read


def _truth_reader(fact: str) -> Callable[[object], int]:
    """Return what reads the cell of a fact."""

    def read(cell: object) -> int:
        if is_missing(cell) or as_text(cell).strip().casefold() in (DONT_KNOW, NOT_APPLICABLE):
            return _NONE
        try:
            return int(read_truth(fact, cell))
        except InvalidValueError:
            return _WRONG

    return read


def _rejects(
    answers: pd.DataFrame, question: str, wrong: Flags, options: Sequence[str] | None
) -> Iterator[Reject]:
    """Describe the marked cells of one column."""
    for row in np.flatnonzero(wrong).tolist():
        value = answers[question].iloc[row]
        message = str(answer_error(question, value, options))
        yield refused(row, question, value, message)
