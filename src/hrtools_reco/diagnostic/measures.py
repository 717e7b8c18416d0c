"""What answers say, for many firms at once, and its two forms: columns, or one firm as an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco.columns import FACT_PREFIX, INSTALLED, LIST_SEPARATOR, MATURITY_PREFIX, NEED_PREFIX
from hrtools_reco.diagnostic.answers import AnswerSheet
from hrtools_reco.diagnostic.contradictions import Contradiction
from hrtools_reco.diagnostic.form import Form
from hrtools_reco.diagnostic.maturity import (
    Flags,
    Floats,
    Positions,
    axis_score,
    fact_values,
    levels_of,
    open_questions,
)
from hrtools_reco.diagnostic.score import DiagnosticScore, MissingAnswers
from hrtools_reco.texts import LANGUAGES, Text, filled

LEVEL_PREFIX = "level_"
COVERAGE_PREFIX = "coverage_"
ANSWERED_PREFIX = "answered_"
TO_ANSWER = "to_answer"
CONTRADICTIONS = "contradictions"
QUESTIONNAIRE_VERSION = "questionnaire_version"


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Everything that the answers of many firms say: arrays with one entry for each firm.

    Attributes
    ----------
    maturity, level, coverage : mapping of str to ndarray
        By dimension: score from 0 to 100, level from 1 (NaN where there is no score), answered share from 0
        to 1.
    answered : mapping of str to ndarray of int
        By dimension: questions answered.
    asked : mapping of str to tuple
        By dimension: distinct findings of `open_questions`, and which one each firm has.
    needs : mapping of str to ndarray
        Urgency by need, from 0 to 100; NaN where not answered.
    facts : mapping of str to ndarray
        By fact: 1, 0 or NaN.
    equipped : mapping of str to ndarray of bool
        By function: whether the answers show it to be served.
    contradictions : tuple of (Contradiction, ndarray of bool)
        Answers that do not go together, and which firms gave them.
    """

    maturity: Mapping[str, Floats]
    level: Mapping[str, Floats]
    coverage: Mapping[str, Floats]
    answered: Mapping[str, Positions]
    asked: Mapping[str, tuple[list[tuple[int, ...] | None], Positions]]
    needs: Mapping[str, Floats]
    facts: Mapping[str, Floats]
    equipped: Mapping[str, Flags]
    contradictions: tuple[tuple[Contradiction, Flags], ...]


def point_values(sheet: AnswerSheet, form: Form) -> Floats:
    """Return what each answer is worth at the headcount of its firm.

    Parameters
    ----------
    sheet : AnswerSheet
        The answers.
    form : Form
        The questionnaire.

    Returns
    -------
    ndarray of shape (n_firms, n_questions)
        Points (0-4) or urgency (0-100); NaN where there is no answer.
    """
    columns = [
        worth.of(sheet.chosen[:, column], sheet.headcount) for column, worth in enumerate(form.worth.values())
    ]
    return np.column_stack(columns)


def measure(sheet: AnswerSheet, form: Form) -> Measures:
    """Score every dimension, need and fact of every firm.

    Parameters
    ----------
    sheet : AnswerSheet
        Answers as numbers.
    form : Form
        The questionnaire.

    Returns
    -------
    Measures
        What the answers say.
    """
    values = point_values(sheet, form)
    known = ~np.isnan(values)
    scored = {key: axis_score(values, axis) for key, axis in form.axes.items()}
    return Measures(
        maturity={key: score for key, (score, _) in scored.items()},
        level={key: levels_of(score, form.lowest, form.levels) for key, (score, _) in scored.items()},
        coverage={key: coverage for key, (_, coverage) in scored.items()},
        answered={key: known[:, list(axis.columns)].sum(axis=1) for key, axis in form.axes.items()},
        asked={key: open_questions(values, sheet.closed, axis) for key, axis in form.axes.items()},
        needs={key: values[:, column] for key, column in form.needs.items()},
        facts={
            key: fact_values(values, rows, sheet.direct[:, place])
            for place, (key, rows) in enumerate(form.read_facts.items())
        },
        equipped={
            key: np.logical_or.reduce([values[:, column] >= at_least for column, at_least in rows])
            for key, rows in form.functions.items()
        },
        contradictions=tuple(
            (pair.told, pair.holds(sheet.chosen, sheet.direct, sheet.headcount)) for pair in form.pairs
        ),
    )


def as_columns(measures: Measures, form: Form, index: pd.Index) -> dict[str, pd.Series]:
    """Write measures as columns of a table.

    Parameters
    ----------
    measures : Measures
        What the answers say.
    form : Form
        The questionnaire.
    index : Index of length n_firms
        Index of the table.

    Returns
    -------
    dict of str to Series
        The columns by name.
    """
    columns: dict[str, pd.Series] = {}
    for prefix, numbers in (
        (MATURITY_PREFIX, measures.maturity),
        (LEVEL_PREFIX, measures.level),
        (COVERAGE_PREFIX, measures.coverage),
        (ANSWERED_PREFIX, measures.answered),
        (NEED_PREFIX, measures.needs),
        (FACT_PREFIX, measures.facts),
    ):
        columns |= {prefix + key: pd.Series(column, index=index) for key, column in numbers.items()}
    for name in columns:
        if name.startswith(LEVEL_PREFIX):
            columns[name] = columns[name].astype("Float64").astype("Int64")
        elif name.startswith(FACT_PREFIX):
            columns[name] = columns[name].astype("Float64").astype("boolean")
    functions = list(measures.equipped)
    served = [np.where(flags, key, "") for key, flags in measures.equipped.items()]
    columns[INSTALLED] = (
        join_lists(served, index) if functions else pd.Series(None, index=index, dtype=object)
    )
    questions = list(form.codes)
    open_lists = []
    for asked, which in measures.asked.values():
        words = [LIST_SEPARATOR.join(questions[column] for column in columns_ or ()) for columns_ in asked]
        open_lists.append(np.array(words, dtype=object)[which])
    columns[TO_ANSWER] = join_lists(open_lists, index)
    told = [np.where(found, one.contradiction, "") for one, found in measures.contradictions]
    columns[CONTRADICTIONS] = join_lists(told, index)
    columns[QUESTIONNAIRE_VERSION] = pd.Series(form.about["version"], index=index, dtype=object)
    return columns


def join_lists(parts: list[np.ndarray], index: pd.Index) -> pd.Series:
    """Join list cells of several columns.

    Parameters
    ----------
    parts : list of ndarray of shape (n_firms,)
        Text with items joined by ``|``; an empty text has none.
    index : Index of length n_firms
        Index of the result.

    Returns
    -------
    Series
        All items of each firm joined by ``|``; None where there are none.
    """
    joined = np.full(len(index), "", dtype=object)
    for part in parts:
        text = part.astype(object)
        both = (joined != "") & (text != "")
        joined = joined + np.where(both, LIST_SEPARATOR, "").astype(object) + text
    return pd.Series(joined, index=index, dtype=object).where(joined != "", None)


def as_score(
    measures: Measures, form: Form, answers: Mapping[str, str], version: str, headcount: int | None
) -> DiagnosticScore:
    """Return the first firm as an object.

    Parameters
    ----------
    measures : Measures
        What the answers say.
    form : Form
        The questionnaire.
    answers : mapping of str to str
        The answers as they were given.
    version : str
        Version that they were given to.
    headcount : int or None
        Headcount that they were scored at.

    Returns
    -------
    DiagnosticScore
        The diagnostic of the first firm.
    """
    levels, facts = _first(measures.level), _first(measures.facts)
    return DiagnosticScore(
        questionnaire=form.about["questionnaire"],
        version=form.version,
        answers=dict(answers),
        answers_version=version,
        headcount=headcount,
        maturity=_first(measures.maturity),
        level={key: None if value is None else int(value) for key, value in levels.items()},
        coverage={key: float(values[0]) for key, values in measures.coverage.items()},
        answered={key: int(counts[0]) for key, counts in measures.answered.items()},
        n_questions={key: len(axis.columns) for key, axis in form.axes.items()},
        needs=_first(measures.needs),
        facts={key: None if value is None else bool(value) for key, value in facts.items()},
        equipped=tuple(key for key, served in measures.equipped.items() if served[0]),
        missing=_missing(measures, form),
        contradictions=tuple(one for one, found in measures.contradictions if found[0]),
    )


def _first(values: Mapping[str, Floats]) -> dict[str, float | None]:
    """Return the entries of the first firm; NaN becomes None."""
    return {key: None if np.isnan(column[0]) else float(column[0]) for key, column in values.items()}


def _missing(measures: Measures, form: Form) -> dict[str, MissingAnswers]:
    """Say what the first firm has to answer for each missing score."""
    questions, notes = list(form.codes), {}
    for dimension, (asked, which) in measures.asked.items():
        columns = asked[which[0]]
        if columns == ():
            continue
        kind = "closed" if columns is None else "missing"
        names = tuple(questions[column] for column in columns or ())
        note_fr, note_en = (
            filled(
                form.about[f"{kind}_{lang}"],
                dimension=form.names[dimension](lang),
                questions=", ".join(names),
            )
            for lang in LANGUAGES
        )
        notes[dimension] = MissingAnswers(questions=names, note=Text(note_fr, note_en))
    return notes
