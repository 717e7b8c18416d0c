"""Split what firms have into a known part and a held-out part, by chance or by time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_number, invalid
from hrtools_reco.firms import Feedback
from hrtools_reco.metrics import FloatArray


def split_known(
    adoptions: pd.DataFrame, known_share: float = 0.5, *, random_state: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split what each firm has into a known part and a held-out part.

    A firm with ``m`` tools shows ``floor(m × known_share)`` of them, so at least one is held out.

    Parameters
    ----------
    adoptions : DataFrame of shape (n_firms, n_tools)
        Grades, at least 0, ``company_id`` as index.
    known_share : float, default=0.5
        Share of the tools of a firm that is shown, from 0 (cold start) to under 1.
    random_state : int, default=0
        Seed. The split of a firm does not depend on the other firms.

    Returns
    -------
    known : DataFrame of shape (n_firms, n_tools)
        The grades shown, 0 elsewhere.
    held_out : DataFrame of shape (n_firms, n_tools)
        The grades held out, 0 elsewhere.

    Examples
    --------
    >>> known, held_out = split_known(pd.DataFrame([[1, 1, 1]], index=["f1"], columns=["a", "b", "c"]))
    >>> int(known.sum(axis=1).iloc[0]), int(held_out.sum(axis=1).iloc[0])
    (1, 2)
    """
    share = check_number("known_share", known_share, 0.0, 1.0)
    if share == 1.0:
        raise invalid("known_share", "under 1, so that something is held out", known_share)
    adopted = adoptions.to_numpy() > 0
    draws = np.where(adopted, draws_of_firms(adoptions.index, adoptions.shape[1], random_state), 2.0)
    place = draws.argsort(axis=1).argsort(axis=1)
    shown = place < np.floor(adopted.sum(axis=1, keepdims=True) * share + 1e-9)
    return adoptions.where(shown, 0), adoptions.where(~shown, 0)


def draws_of_firms(company_ids: pd.Index[Any], n_tools: int, random_state: int) -> FloatArray:
    """Draw uniform numbers that depend on the seed and on the firm's own id alone."""
    seeds = pd.util.hash_array(np.array([str(company_id) for company_id in company_ids], dtype=object))
    draws = [np.random.default_rng([random_state, int(seed)]).random(n_tools) for seed in seeds]
    return np.array(draws).reshape(len(seeds), n_tools)


@dataclass(frozen=True, kw_only=True)
class TimeSplit:
    """Feedback parted at a day, for ``compare_recommenders``; ``split_by_time`` makes it.

    Attributes
    ----------
    before : Feedback
        What was known when the day began: what is learnt from.
    after : Feedback
        What was shown on that day or later, with what came of it: what is measured.
    """

    before: Feedback
    after: Feedback


def split_by_time(feedback: Feedback, on: date | str, *, wait_days: int = 0) -> TimeSplit:
    """Split feedback at a day: learn from what was known then, measure what was shown since.

    Parameters
    ----------
    feedback : Feedback
        What ``read_feedback`` returns.
    on : date or str
        The day, as a date or such as ``"2026-11-24"``.
    wait_days : int, default=0
        Days that a firm needs to make up its mind: what it was shown later than that before the day and had
        not taken up is not learnt as refused.

    Returns
    -------
    TimeSplit
        Both parts; no pair stands in both.

    Raises
    ------
    InvalidValueError
        If a parameter is wrong, or nothing was shown before the day or from it on.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> log = pd.DataFrame({"company_id": ["a", "b"], "tool_id": "moodle", "adopted_on": "2026-05-02",
    ...                     "shown_on": ["2026-03-02", "2026-05-01"]})
    >>> parts = split_by_time(hr.read_feedback(log, on="2026-11-24"), on="2026-04-01")
    >>> len(parts.before.adoptions), len(parts.after.adoptions)
    (0, 1)
    """
    if not isinstance(feedback, Feedback):
        raise invalid("feedback", "what read_feedback returns", type(feedback).__name__)
    before, after = feedback.as_of(on, wait_days=wait_days), feedback.shown_from(on)
    if not len(before.shown) or not len(after):
        raise invalid("on", "a day before which, and from which on, a tool was shown", str(on))
    return TimeSplit(before=before, after=after)
