"""Simulated adoption: tools taken up by prior, branch, popularity and taste, from firms with holes."""

from __future__ import annotations

import numpy as np
import pandas as pd

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
CATALOG = RECOMMENDER.catalog_
N_TOOLS = len(CATALOG.tool_ids)


def draw_firms(n, seed):
    """Draw a table of firms."""
    draw = np.random.default_rng(seed)
    firms = pd.DataFrame(
        {
            "company_id": [f"{seed}-{number}" for number in range(n)],
            "branch": draw.choice(np.array(CATALOG.keys("branches"), dtype=object), n),
            "region": draw.choice(np.array(CATALOG.keys("regions"), dtype=object), n),
            "headcount": np.maximum(1, np.exp(draw.normal(2.6, 1.1, n))).astype(int),
        }
    )
    for key in CATALOG.keys("dimensions"):
        firms[f"maturity_{key}"] = np.where(draw.random(n) < 0.3, np.nan, draw.integers(0, 21, n) * 5.0)
    for key in CATALOG.keys("needs"):
        firms[f"need_{key}"] = np.where(draw.random(n) < 0.3, np.nan, draw.integers(0, 5, n) * 25.0)
    return firms


def draw_world(n, seed):
    """Draw firms and what they adopted, as a wide frame; popularity and tastes are the same for all seeds."""
    firms = draw_firms(n, seed)
    table = RECOMMENDER.engine_.scores(RECOMMENDER._firms(firms))
    allowed = RECOMMENDER.engine_.statuses(RECOMMENDER._firms(firms)) < 2
    fixed, draw = np.random.default_rng(7), np.random.default_rng(seed + 1000)
    popularity = fixed.normal(0, 1, N_TOOLS)
    taste = fixed.normal(0, 0.7, (len(CATALOG.keys("branches")), N_TOOLS))
    branch = RECOMMENDER._firms(firms).branch
    logit = (
        -5
        + table / 25
        + popularity
        + taste[branch]
        + draw.normal(0, 1, (n, 4)) @ fixed.normal(0, 0.5, (4, N_TOOLS))
    )
    adopted = (draw.random((n, N_TOOLS)) < 1 / (1 + np.exp(-logit))) & allowed
    index = pd.Index(firms["company_id"], name="company_id")
    return firms, pd.DataFrame(adopted.astype(float), index=index, columns=list(CATALOG.tool_ids))
