"""What log-odds miss of adoption: the loss and its slope."""

from __future__ import annotations

import numpy as np


def losses_and_misses(odds: np.ndarray, adoption: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-loss of pairs, and by how much their chance is above their adoption.

    One exponential gives both.

    Parameters
    ----------
    odds : ndarray of any shape
        Log-odds; far below zero (-10,000) is no chance at all.
    adoption : ndarray of the same shape
        Adoption from 0 to 1.

    Returns
    -------
    losses : ndarray of the same shape and type
        The log-loss of each pair.
    misses : ndarray of the same shape and type
        Its slope in the log-odds.

    Examples
    --------
    >>> losses, misses = losses_and_misses(np.array([0.0, -1e4]), np.array([1.0, 0.0]))
    >>> losses.round(3).tolist(), misses.tolist()
    ([0.693, 0.0], [-0.5, 0.0])
    """
    small = np.exp(-np.abs(odds))
    whole = 1 + small
    chance = np.where(odds >= 0, odds.dtype.type(1), small) / whole
    return np.maximum(odds, 0) + np.log(whole) - adoption * odds, chance - adoption
