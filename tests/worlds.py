"""Simulated adoption: worlds in which the prior is as good, and adoption as sparse, as one asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd

import hrtools_reco as hr
from hrtools_reco.catalog import primary_functions
from hrtools_reco.metrics import ndcg_at_k, rank_scores

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


class World:
    """Firms whose chances of taking up each tool are known, and what they took up.

    The truth is correlation × prior + the rest: popularity of tools, taste of branches, an effect of size
    (half of each shared by the tools of a function) and a hidden style of each firm. Adoption is drawn
    within what the rules allow.
    """

    def __init__(self, seed, *, correlation, tools, link="logistic", n_firms=100, n_others=200):
        draw = np.random.default_rng(seed)
        self.firms = draw_firms(n_firms + n_others, seed)
        table = RECOMMENDER._firms(self.firms)
        self.prior = RECOMMENDER.engine_.scores(table)
        self.allowed = RECOMMENDER.engine_.statuses(table) < 2
        size = np.log(self.firms["headcount"].to_numpy(dtype=float))
        rest = _half_shared(draw, 1) + 0.7 * _half_shared(draw, len(CATALOG.branches))[table.branch]
        rest = rest + 0.5 * (size - size.mean())[:, None] / size.std() * _half_shared(draw, 1)
        rest = rest + 0.25 * draw.normal(size=(len(size), 4)) @ draw.normal(size=(4, N_TOOLS))
        prior = self._standard(self.prior)
        rest = self._standard(rest - np.mean((rest * prior)[self.allowed]) * prior)
        truth = correlation * prior + np.sqrt(1 - correlation**2) * rest
        self.chance = self._chances(truth, tools, link)
        self.adopted = (draw.random(truth.shape) < self.chance).astype(float)
        self._n_firms = n_firms

    def _standard(self, values):
        """Bring values to mean 0 and variance 1 over the allowed pairs."""
        inside = values[self.allowed]
        return (values - inside.mean()) / inside.std()

    def _chances(self, truth, tools, link):
        """Turn the truth into chances that add up to some tools a firm."""
        if link == "power":
            shape = np.where(self.allowed, np.clip((truth + 3) / 6, 0, None) ** 4, 0.0)
            return np.minimum(shape * tools / shape.sum(axis=1).mean(), 0.95)
        low, high = -20.0, 10.0
        for _ in range(50):
            start = (low + high) / 2
            chance = np.where(self.allowed, 1 / (1 + np.exp(-start - 1.6 * truth)), 0.0)
            low, high = (start, high) if chance.sum(axis=1).mean() < tools else (low, start)
        return chance

    def history(self, n_firms):
        """Return the first firms and what they took up, as ``fit`` takes them."""
        return self.firms.iloc[:n_firms], self.adopted[:n_firms]

    def quality(self, scores):
        """Return nDCG@10 of scores against the true chances, for each firm that is no history."""
        others = slice(self._n_firms, None)
        lists = rank_scores(scores, k=10, eligible=self.allowed[others])
        return ndcg_at_k(self.chance[others], lists, k=10)

    def quality_of(self, recommender):
        """Return the same for a recommender."""
        return self.quality(recommender.engine_.scores(recommender._firms(self.others)))

    @property
    def others(self):
        """Return the firms that are no history."""
        return self.firms.iloc[self._n_firms :]


FUNCTION = np.unique(primary_functions(CATALOG), return_inverse=True)[1]


def _half_shared(draw, n_rows):
    """Draw rows over the tools, half of their variance shared by the tools of a function."""
    own, shared = draw.normal(size=(n_rows, N_TOOLS)), draw.normal(size=(n_rows, FUNCTION.max() + 1))
    return np.sqrt(0.5) * (own + shared[:, FUNCTION])
