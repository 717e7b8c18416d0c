"""How likely each answer is for a firm of a branch and size, read from firms that are invented: said so."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import BRANCH, FACT_PREFIX, HEADCOUNT, MATURITY_PREFIX, NEED_PREFIX
from hrtools_reco.diagnostic.form import Form
from hrtools_reco.diagnostic.maturity import Floats
from hrtools_reco.firms import simulate_firms

_SIMULATED = 3000
_WIDTH = 0.6  # of the kernel, on the logarithm of the headcount
_OWN_BRANCH = 3.0  # what a firm of the same branch counts
_EVEN = 0.1  # share of an even distribution: no answer is impossible


@functools.lru_cache(maxsize=4)
def _reference(catalog: Catalog) -> pd.DataFrame:
    """Put the graded and the simulated firms together, once for a catalog."""
    graded, simulated = catalog.table("expert_firms"), simulate_firms(_SIMULATED, seed=0, catalog=catalog)
    kept = [name for name in simulated.columns if name in graded.columns]
    firms = pd.concat([graded[kept].astype(object), simulated[kept].astype(object)], ignore_index=True)
    return firms[firms[HEADCOUNT].notna()].reset_index(drop=True)


def answer_shares(
    form: Form, catalog: Catalog, branch: str | None, headcount: float | None
) -> dict[str, Floats]:
    """Return how likely each answer of each question, and each truth of a fact, is.

    A dimension's score stands for the same place on the ladder of each of its questions, a need's urgency
    for the answers of that urgency.

    Parameters
    ----------
    form : Form
        The questionnaire.
    catalog : Catalog
        Catalog of the firms.
    branch : str or None
        Branch; its firms count more.
    headcount : float or None
        Employees; firms of a like size count more. ``None`` takes all.

    Returns
    -------
    dict of str to ndarray of shape (n_options,)
        Shares that sum to 1, in the order of the options; true, then false for a fact.
    """
    firms = _reference(catalog)
    weights = np.ones(len(firms))
    if headcount is not None:
        sizes = firms[HEADCOUNT].to_numpy(dtype=float)
        apart = (np.log1p(sizes) - np.log1p(headcount)) / _WIDTH
        weights *= np.exp(-0.5 * apart**2)
    if branch is not None:
        weights *= np.where(firms[BRANCH].to_numpy() == branch, _OWN_BRANCH, 1.0)
    heads = np.array([np.nan if headcount is None else float(headcount)])
    found: dict[str, Floats] = {}
    for question, block in zip(form.questions["question"], form.questions["block"], strict=True):
        n_options = len(form.codes[question])
        if block in form.axes:
            ladder = np.linspace(0.0, 100.0, n_options)
            near = _between(firms, MATURITY_PREFIX + block, ladder)
        else:
            worth = form.worth[question]
            values = np.array([worth.of(np.array([place]), heads)[0] for place in range(n_options)])
            near = _nearest(firms, NEED_PREFIX + block, values)
        found[question] = _shares(near, weights)
    for fact in form.facts["fact"]:
        column = pd.to_numeric(firms.get(FACT_PREFIX + fact, pd.Series(np.nan, index=firms.index)))
        told = column.to_numpy(dtype=float, na_value=np.nan)
        found[fact] = _shares(np.column_stack([told, 1.0 - told]), weights)
    return found


def _between(firms: pd.DataFrame, column: str, ladder: Floats) -> Floats:
    """Share each score between the two rungs that it lies between; NaN where there is none."""
    scores = pd.to_numeric(firms[column]).to_numpy(dtype=float, na_value=np.nan)
    step = ladder[1] - ladder[0]
    return np.maximum(0.0, 1.0 - np.abs(scores[:, None] - ladder) / step)


def _nearest(firms: pd.DataFrame, column: str, values: Floats) -> Floats:
    """Share each urgency evenly among the answers that are nearest; NaN where there is none."""
    urgency = pd.to_numeric(firms[column]).to_numpy(dtype=float, na_value=np.nan)
    apart = np.abs(urgency[:, None] - values)
    near = (apart == apart.min(axis=1, keepdims=True)).astype(float)
    shares: Floats = near / np.maximum(near.sum(axis=1, keepdims=True), 1.0)
    return np.where(np.isnan(urgency)[:, None], np.nan, shares)


def _shares(near: Floats, weights: Floats) -> Floats:
    """Weigh the firms that told, and leave a little for every answer."""
    told = ~np.isnan(near).any(axis=1)
    summed = weights[told] @ near[told]
    total = float(summed.sum())
    n_options = near.shape[1]
    even = np.full(n_options, 1.0 / n_options)
    shares: Floats = even if total <= 0 else (1.0 - _EVEN) * summed / total + _EVEN * even
    return shares
