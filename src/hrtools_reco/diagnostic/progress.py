"""How far a firm has come between two diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog import catalog_of, label_of
from hrtools_reco.diagnostic.answers import read_answers
from hrtools_reco.diagnostic.form import Form
from hrtools_reco.diagnostic.maturity import Axis, Flags, Floats, axis_score
from hrtools_reco.diagnostic.measures import point_values
from hrtools_reco.diagnostic.score import DiagnosticScore
from hrtools_reco.views import Result


@dataclass(frozen=True, kw_only=True)
class Progress(Result):
    """How the maturity of one firm moved between two diagnostics, on answers that mean the same in both.

    Both are scored anew by one scale, that of the questionnaire that compares them, at one headcount.

    Attributes
    ----------
    first_version, second_version : str
        Versions of the questionnaire that were answered.
    headcount : int or None
        Headcount at which both are scored: the later one, if it is known.
    before, after : mapping of str to float or None
        Scores on the common questions, from 0 to 100; None where too few are common.
    change : mapping of str to float or None
        Points gained.
    step : mapping of str to float or None
        What one option of one question moves: a smaller or equal change means nothing.
    questions : mapping of str to tuple of str
        The common questions of each dimension.
    set_aside : mapping of str to tuple of str
        Questions answered both times, whose answer does not mean the same in the two versions.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> questionnaire = hr.load_questionnaire()
    >>> answers = [{"TR1": "o2", "TR2": "o1"}, {"TR1": "o3", "TR2": "o3"}]
    >>> progress = questionnaire.compare(*map(questionnaire.score, answers))
    >>> progress.change["training"], progress.step["training"], progress.moved("training")
    (37.5, 12.5, True)
    """

    first_version: str
    second_version: str
    headcount: int | None
    before: Mapping[str, float | None]
    after: Mapping[str, float | None]
    change: Mapping[str, float | None]
    step: Mapping[str, float | None]
    questions: Mapping[str, tuple[str, ...]]
    set_aside: Mapping[str, tuple[str, ...]]

    def moved(self, dimension: str) -> bool | None:
        """Tell whether a change is more than one step.

        Parameters
        ----------
        dimension : str
            The dimension.

        Returns
        -------
        bool or None
            None where the change is not known.
        """
        change, step = self.change[dimension], self.step[dimension]
        return None if change is None or step is None else abs(change) > step

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each dimension.

        Returns
        -------
        DataFrame
            Columns ``dimension, before, after, change, step, n_questions``.
        """
        scores = {"before": self.before, "after": self.after, "change": self.change, "step": self.step}
        table = {"dimension": list(self.questions)} | {
            name: np.array([values[key] for key in self.questions], dtype=float)
            for name, values in scores.items()
        }
        return pd.DataFrame(table | {"n_questions": [len(names) for names in self.questions.values()]})

    def to_text(self, lang: str = "fr") -> str:
        """Return the progress as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            One line for each dimension: before, after, and whether the change means anything.
        """
        used = catalog_of(None)
        lines = [used.text("progress_title", lang)]
        for key in self.questions:
            name = label_of(used, "dimensions", key, lang)
            lines.append(f"  {name}{used.text('colon', lang)}{self._said(key, lang)}")
        return "\n".join(lines)

    def _said(self, dimension: str, lang: str) -> str:
        """Say how one dimension moved."""
        told = [scores[dimension] for scores in (self.before, self.after, self.change, self.step)]
        known = [value for value in told if value is not None]
        if len(known) < len(told):
            return catalog_of(None).text("progress_unknown", lang)
        before, after, change, step = (f"{value:.0f}" for value in known)
        key = "progress_moved" if self.moved(dimension) else "progress_same"
        sign = "+" if known[2] > 0 else ""
        return catalog_of(None).text(key, lang, before=before, after=after, change=sign + change, step=step)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name.
        """
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        as_dicts = {key: dict(value) for key, value in plain.items() if isinstance(value, Mapping)}
        lists = {
            name: {key: list(names) for key, names in getattr(self, name).items()}
            for name in ("questions", "set_aside")
        }
        return plain | as_dicts | lists


@dataclass(frozen=True, kw_only=True)
class Points:
    """Answers of many firms on the scale of one questionnaire.

    Attributes
    ----------
    values : ndarray of shape (n_firms, n_questions)
        Points (0-4) or urgency (0-100); NaN where there is no answer.
    same : ndarray of bool of shape (n_firms, n_questions)
        Whether an answer means what it meant in the version that was answered.
    """

    values: Floats
    same: Flags


def points_of(answers: pd.DataFrame, version: str, headcount: Floats, form: Form) -> Points:
    """Put answers to any version on the scale of a questionnaire.

    Parameters
    ----------
    answers : DataFrame
        One row for each firm; columns are questions and facts of the version.
    version : str
        Version that was answered.
    headcount : ndarray of shape (n_firms,)
        Headcounts at which to score; NaN where not known.
    form : Form
        The questionnaire.

    Returns
    -------
    Points
        What the answers are worth, and whether they mean the same.
    """
    read = form.links.translate(answers, version, form.version)
    sheet = read_answers(read.answers, form.codes, (), headcount)
    same = read.same.reindex(columns=list(form.codes), fill_value=False)
    return Points(values=point_values(sheet, form), same=same.to_numpy(dtype=bool))


def common_scores(
    before: Points, after: Points, form: Form
) -> dict[str, tuple[Floats, Floats, Floats, np.ndarray]]:
    """Score both sides on the answers that mean the same in both.

    Parameters
    ----------
    before, after : Points
        The same firms, in the same order.
    form : Form
        The questionnaire.

    Returns
    -------
    dict of str to tuple
        By dimension: scores before and after (NaN where too few answers are common), what one step moves,
        and the number of common questions; each of shape (n_firms,).
    """
    common = before.same & after.same & ~np.isnan(before.values) & ~np.isnan(after.values)
    sides = [np.where(common, points.values, np.nan) for points in (before, after)]
    found = {}
    for key, axis in form.axes.items():
        first, second = (axis_score(side, axis)[0] for side in sides)
        n_common = common[:, list(axis.columns)].sum(axis=1)
        found[key] = (first, second, np.where(np.isnan(first), np.nan, _steps(axis, common)), n_common)
    return found


def _steps(axis: Axis, common: Flags) -> Floats:
    """Return what one point of the weightiest common question moves in a score, of shape (n_firms,)."""
    used = common[:, list(axis.columns)]
    weights, tops = np.array(axis.weights), np.array(axis.tops)
    possible = used @ (weights * tops)
    steps: Floats = 100.0 * (used * weights).max(axis=1) / np.where(possible > 0, possible, np.nan)
    return steps


def progress_between(first: DiagnosticScore, second: DiagnosticScore, form: Form) -> Progress:
    """Score two diagnostics again on the answers that mean the same in both.

    Parameters
    ----------
    first, second : DiagnosticScore
        The earlier and the later diagnostic.
    form : Form
        The questionnaire; it gives the scale.

    Returns
    -------
    Progress
        Scores before and after, and the change.
    """
    headcount = first.headcount if second.headcount is None else second.headcount
    heads = np.array([np.nan if headcount is None else float(headcount)])
    before, after = (
        points_of(pd.DataFrame([dict(one.answers)], dtype=object), one.answers_version, heads, form)
        for one in (first, second)
    )
    answered = ~np.isnan(before.values[0]) & ~np.isnan(after.values[0])
    same = answered & before.same[0] & after.same[0]
    scores = {
        key: [None if np.isnan(values[0]) else float(values[0]) for values in found[:3]]
        for key, found in common_scores(before, after, form).items()
    }
    return Progress(
        first_version=first.answers_version,
        second_version=second.answers_version,
        headcount=headcount,
        before={key: pair[0] for key, pair in scores.items()},
        after={key: pair[1] for key, pair in scores.items()},
        change={
            key: None if pair[0] is None or pair[1] is None else pair[1] - pair[0]
            for key, pair in scores.items()
        },
        step={key: pair[2] for key, pair in scores.items()},
        questions=_named(form, same),
        set_aside=_named(form, answered & ~same),
    )


def _named(form: Form, marked: Flags) -> dict[str, tuple[str, ...]]:
    """Return the marked questions of each dimension."""
    questions = list(form.codes)
    return {
        key: tuple(questions[column] for column in axis.columns if marked[column])
        for key, axis in form.axes.items()
    }
