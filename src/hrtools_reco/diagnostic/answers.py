"""Read answers to the questionnaire, cell by cell, into points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco._checks import fold, invalid, refused, unknown_name
from hrtools_reco.diagnostic.maturity import Flags, Floats
from hrtools_reco.exceptions import InvalidValueError, Reject

DONT_KNOW = "dont_know"
NOT_APPLICABLE = "not_applicable"
_YES_NO = dict.fromkeys(("true", "yes", "oui", "vrai", "1", "1.0"), 1.0) | dict.fromkeys(
    ("false", "no", "non", "faux", "0", "0.0"), 0.0
)
_NO_ANSWER = {DONT_KNOW: np.nan, "": np.nan}
_CODE = re.compile(r"([A-Za-z]+)[\s_-]*\d{1,2}")


@dataclass(frozen=True, kw_only=True)
class AnswerSheet:
    """Answers of many firms as numbers.

    Attributes
    ----------
    values : ndarray of shape (n_firms, n_questions)
        Points (0-4) or urgency (0-100) of the answers; NaN where there is none.
    closed : ndarray of bool, shape (n_firms, n_questions)
        Where a question does not apply.
    direct : ndarray of shape (n_firms, n_facts)
        Answers to the facts' own questions: 1, 0 or NaN.
    rejects : tuple of Reject
        Cells that are no answer.
    """

    values: Floats
    closed: Flags
    direct: Floats
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


def answer_error(question: str, got: object, options: Mapping[str, float] | None) -> InvalidValueError:
    """Build the error of a cell that is no answer.

    Parameters
    ----------
    question : str
        Question, or fact.
    got : object
        What came.
    options : mapping of str to float, or None
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
    answers: pd.DataFrame, options: Mapping[str, Mapping[str, float]], facts: Iterable[str]
) -> AnswerSheet:
    """Read a table of answers into numbers.

    Parameters
    ----------
    answers : DataFrame
        One row for each firm; columns named as questions or facts are read, others ignored.
    options : mapping of str to mapping of str to float
        For each question, the number that stands for each option code.
    facts : iterable of str
        Facts that may be answered directly.

    Returns
    -------
    AnswerSheet
        The numbers, and the cells that are no answer.

    Examples
    --------
    >>> table = pd.DataFrame({"SA1": ["o1", "dont_know"], "internet": [True, None]})
    >>> sheet = read_answers(table, {"SA1": {"o0": 0.0, "o1": 1.0}}, ["internet"])
    >>> sheet.values.tolist(), sheet.direct.tolist()
    ([[1.0], [nan]], [[1.0], [nan]])
    """
    n_firms, names = len(answers), list(facts)
    values = np.full((n_firms, len(options)), np.nan)
    closed = np.zeros((n_firms, len(options)), dtype=bool)
    direct = np.full((n_firms, len(names)), np.nan)
    rejects: list[Reject] = []
    for place, (question, numbers) in enumerate(options.items()):
        if question in answers.columns:
            words = {**numbers, **_NO_ANSWER, NOT_APPLICABLE: np.nan}
            values[:, place], closed[:, place], wrong = _look_up(answers[question], words)
            rejects += _rejects(answers, question, wrong, numbers)
    for place, fact in enumerate(names):
        if fact in answers.columns:
            direct[:, place], _, wrong = _look_up(answers[fact], {**_YES_NO, **_NO_ANSWER})
            rejects += _rejects(answers, fact, wrong, None)
    rejects.sort(key=lambda reject: reject.row)
    return AnswerSheet(values=values, closed=closed, direct=direct, rejects=tuple(rejects))


def _look_up(column: pd.Series, words: Mapping[str, float]) -> tuple[Floats, Flags, Flags]:
    """Turn cells into numbers, and mark those that say "not applicable" and those that are no known word."""
    try:
        codes, uniques = pd.factorize(column)
    except TypeError:  # a cell that cannot be hashed, such as a list
        codes, uniques = pd.factorize(column.astype("string"))
    texts = [str(value).casefold() for value in uniques]
    numbers = np.array([*(words.get(text, np.nan) for text in texts), np.nan])  # the last is the missing cell
    closed = np.array([*(text == NOT_APPLICABLE for text in texts), False], dtype=bool)
    wrong = np.array([*(text not in words for text in texts), False], dtype=bool)
    return numbers[codes], closed[codes], wrong[codes]


def _rejects(
    answers: pd.DataFrame, question: str, wrong: Flags, options: Mapping[str, float] | None
) -> Iterator[Reject]:
    """Describe the marked cells of one column."""
    for row in np.flatnonzero(wrong).tolist():
        value = answers[question].iloc[row]
        message = str(answer_error(question, value, options))
        yield refused(row, question, value, message)
