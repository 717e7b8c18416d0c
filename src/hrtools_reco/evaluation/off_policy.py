"""Value lists from a log of tools that were shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_number, invalid
from hrtools_reco.columns import COMPANY_ID, TOOL_ID
from hrtools_reco.evaluation.intervals import FEWEST_FIRMS, interval, resampled_sums


def off_policy_value(
    log: pd.DataFrame,
    lists: pd.DataFrame,
    *,
    min_propensity: float = 0.0,
    n_boot: int = 1000,
    level: float = 0.95,
    random_state: int = 0,
) -> pd.DataFrame:
    """Estimate what share of the tools of new lists would be taken up, from a log of tools that were shown.

    Self-normalised inverse-propensity weighting: the outcomes of the logged pairs that the new lists name
    too, each weighted by 1 / propensity.

    Parameters
    ----------
    log : DataFrame
        One row per firm and tool shown: ``company_id, tool_id, propensity, value``. The propensity is the
        probability with which the logging policy showed that tool to that firm, above 0 and up to 1; the
        value is what came of it, at least 0, 0 where it was not taken up.
    lists : DataFrame
        The lists to be valued: ``company_id, tool_id``, as the frame of ``recommend_batch`` holds them.
    min_propensity : float, default=0.0
        Smaller propensities count as this one: less noise, some bias.
    n_boot : int, default=1000
        Number of resamples of the firms.
    level : float, default=0.95
        Confidence of the interval, between 0 and 1.
    random_state : int, default=0
        Seed.

    Returns
    -------
    DataFrame
        One row: ``value, low, high``; ``unweighted``, the plain mean of the same pairs; ``n_pairs, n_firms``
        they come from; ``effective_pairs``, how many equally weighted pairs would be as certain;
        ``shown_share``, the share of the new lists that was ever shown to the firm.

    Raises
    ------
    InvalidValueError
        If a column is missing or a value is out of range.

    Notes
    -----
    The estimate holds if the propensities are right, every listed tool had a chance to be shown, and the
    outcome of a tool does not depend on what was shown beside it or at which rank. A pair that could not be
    shown is not valued at all: lists with many such pairs are valued by a part of themselves. With few
    ``effective_pairs`` a handful of rare outcomes decides. Taking up a tool is not yet profiting from it.

    References
    ----------
    Swaminathan, A. and Joachims, T. (2015). The self-normalized estimator for counterfactual learning.
    NeurIPS.

    Examples
    --------
    >>> log = pd.DataFrame({"company_id": ["f1", "f2", "f3"], "tool_id": ["lms", "lms", "ats"],
    ...                     "propensity": [0.5, 0.25, 0.5], "value": [1, 0, 1]})
    >>> lists = pd.DataFrame({"company_id": ["f1", "f2", "f3"], "tool_id": "lms"})
    >>> off_policy_value(log, lists)[["value", "unweighted", "shown_share"]].round(3).values.tolist()
    [[0.333, 0.5, 0.667]]
    """
    shown = _checked_log(log)
    listed = lists[[COMPANY_ID, TOOL_ID]].drop_duplicates()
    pairs = shown.merge(listed, on=[COMPANY_ID, TOOL_ID])
    weights = 1.0 / np.maximum(pairs["propensity"], check_number("min_propensity", min_propensity, 0.0, 1.0))
    sums = (
        pairs.assign(gain=weights * pairs["value"], weight=weights)
        .groupby(COMPANY_ID)[["gain", "weight"]]
        .sum()
    )
    low, high = np.nan, np.nan
    if len(sums) >= FEWEST_FIRMS:
        draws = resampled_sums(sums.to_numpy(), n_boot, random_state)
        low, high = interval(draws[:, :1] / draws[:, 1:], level)[:, 0]
    met = len(pairs[[COMPANY_ID, TOOL_ID]].drop_duplicates())
    row = {
        "value": sums["gain"].sum() / sums["weight"].sum() if len(sums) else np.nan,
        "low": low,
        "high": high,
        "unweighted": pairs["value"].mean(),
        "n_pairs": len(pairs),
        "n_firms": len(sums),
        "effective_pairs": weights.sum() ** 2 / (weights**2).sum() if len(pairs) else 0.0,
        "shown_share": met / len(listed) if len(listed) else np.nan,
    }
    return pd.DataFrame([row])


def _checked_log(log: pd.DataFrame) -> pd.DataFrame:
    """Check the columns and values of a log of shown tools."""
    for name in (COMPANY_ID, TOOL_ID, "propensity", "value"):
        if name not in log:
            raise invalid("log", f"a table with {name}", list(log.columns))
    for name, right, wrong in (
        (
            "propensity",
            "a probability above 0 and up to 1",
            ~log["propensity"].between(0, 1, inclusive="right"),
        ),
        ("value", "a number, at least 0 and finite", ~log["value"].between(0, np.inf, inclusive="left")),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise invalid(f"log: {name}", right, float(log[name].iloc[row]), f"Row {row}.")
    return log
