"""Split what firms have into a known part and a held-out part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_number, invalid
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
