"""The judgement of each tool, written as a weighted Gower similarity in the bases of the encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco.catalog import Catalog, judgement_of
from hrtools_reco.model.encoding import Feature, Rows


def judgement_weights(catalog: Catalog, features: Sequence[Feature]) -> np.ndarray:
    """Write the judgement of each tool in the bases of the encoder.

    The table ``judgement_weights`` says what each part counts, in points.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables ``tool_judgements`` and ``judgement_weights``.
    features : sequence of Feature
        Entries of the profile vector.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Points; φ · weights is the score by judgement alone. Zero for a tool that nobody has judged.

    References
    ----------
    Gower, J. C. (1971). A general coefficient of similarity and some of its properties. Biometrics 27(4).
    """
    said, rows = judgement_of(catalog), Rows(features)
    table = catalog.table("judgement_weights")
    points = dict(zip(table["part"], table["points"], strict=True))
    weights = np.zeros((len(features), len(said.judged)))
    worth = points["anyway"] * said.anyway + points["first_choice"] * said.first_choice
    weights[rows.of("base")] += points["start"] + worth
    at, heads = rows.knots("headcount")
    weights[at] += points["size"] * said.grades_at(heads)
    for origin in ("need", "expected"):
        for need, strength in zip(catalog.keys("needs"), said.needs, strict=True):
            at, urgency = rows.knots(f"{origin}_{need}")
            weights[at] += points[origin] * np.outer(urgency / 100.0, strength)
    for dimension, ready, outgrown in zip(catalog.keys("dimensions"), said.ready, said.outgrown, strict=True):
        at, scores = rows.knots(f"maturity_{dimension}")
        weights[at] -= points["readiness"] * np.maximum(ready - scores[:, None], 0.0) / 100.0
        weights[at] -= points["outgrown"] * np.maximum(scores[:, None] - outgrown, 0.0) / 100.0
    for fact, asked in zip(catalog.keys("facts"), said.asks, strict=True):
        weights[rows.of(f"has_{fact}", "no")] -= points["facts"] * asked
    at, budget = rows.knots("budget_eur_per_year")
    weights[at] -= points["budget"] * np.maximum(said.budget - np.log10(1.0 + budget)[:, None], 0.0)
    return np.where(said.judged, weights, 0.0)
