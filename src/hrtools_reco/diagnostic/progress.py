"""How far a firm has come between two diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.diagnostic.form import Form
from hrtools_reco.diagnostic.maturity import Axis, axis_score
from hrtools_reco.diagnostic.score import DiagnosticScore


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How the maturity of one firm moved between two diagnostics, on the questions answered in both.

    Attributes
    ----------
    first_version, second_version : str
        Versions of the questionnaire.
    before, after : mapping of str to float or None
        Scores on the common questions, from 0 to 100; None where too few are common.
    change : mapping of str to float or None
        Points gained.
    step : mapping of str to float or None
        What one option of one question moves: a smaller or equal change means nothing.
    questions : mapping of str to tuple of str
        The common questions of each dimension.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> questionnaire = hr.load_questionnaire()
    >>> answers = [{"TR1": "o2", "TR2": "o1"}, {"TR1": "o3", "TR2": "o3"}]
    >>> progress = questionnaire.compare(*map(questionnaire.score, answers))
    >>> progress.change["training"], progress.step["training"]
    (37.5, 12.5)
    """

    first_version: str
    second_version: str
    before: Mapping[str, float | None]
    after: Mapping[str, float | None]
    change: Mapping[str, float | None]
    step: Mapping[str, float | None]
    questions: Mapping[str, tuple[str, ...]]

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

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name.
        """
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        as_dicts = {key: dict(value) for key, value in plain.items() if isinstance(value, Mapping)}
        return plain | as_dicts | {"questions": {key: list(names) for key, names in self.questions.items()}}


def progress_between(first: DiagnosticScore, second: DiagnosticScore, form: Form) -> Progress:
    """Score two diagnostics again on the questions answered in both.

    Parameters
    ----------
    first, second : DiagnosticScore
        The earlier and the later diagnostic.
    form : Form
        The questionnaire; it gives the weights.

    Returns
    -------
    Progress
        Scores before and after, and the change.
    """
    questions = list(form.numbers)
    common = [question for question in questions if question in first.points and question in second.points]
    points = np.full((2, len(questions)), np.nan)
    for row, score in enumerate((first, second)):
        points[row, [questions.index(name) for name in common]] = [score.points[name] for name in common]
    scores = {key: axis_score(points, axis)[0] for key, axis in form.axes.items()}
    enough = {key: not np.isnan(pair).any() for key, pair in scores.items()}
    return Progress(
        first_version=first.version,
        second_version=second.version,
        before={key: float(pair[0]) if enough[key] else None for key, pair in scores.items()},
        after={key: float(pair[1]) if enough[key] else None for key, pair in scores.items()},
        change={key: float(pair[1] - pair[0]) if enough[key] else None for key, pair in scores.items()},
        step={key: _step(form.axes[key], points[0]) if enough[key] else None for key in scores},
        questions={
            key: tuple(questions[column] for column in axis.columns if questions[column] in common)
            for key, axis in form.axes.items()
        },
    )


def _step(axis: Axis, points: np.ndarray) -> float:
    """Return what one point of the weightiest answered question moves in a score."""
    used = [place for place, column in enumerate(axis.columns) if not np.isnan(points[column])]
    return 100.0 * max(axis.weights[p] for p in used) / sum(axis.weights[p] * axis.tops[p] for p in used)
