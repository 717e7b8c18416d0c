"""Sufficient statistics of a linear model: row count, means and scatter, which add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

_CACHED_ROWS = 1024  # of 320 columns: what the cache of a core holds


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Weighted count, means and centred scatter of some rows.

    Attributes
    ----------
    weight : float
        Sum of the row weights.
    mean : ndarray of shape (n_columns,)
        Weighted means.
    scatter : ndarray of shape (n_columns, n_columns)
        Weighted sum of the outer products of the centred rows.
    """

    weight: float
    mean: np.ndarray
    scatter: np.ndarray

    def __add__(self, other: Moments) -> Moments:
        """Join the statistics of two sets of rows.

        References
        ----------
        Chan, Golub & LeVeque (1983). Algorithms for computing the sample variance. Am. Statistician 37(3).
        """
        weight = self.weight + other.weight
        if weight == 0:
            return self
        step = other.mean - self.mean
        share = other.weight / weight
        return Moments(
            weight=weight,
            mean=self.mean + share * step,
            scatter=self.scatter + other.scatter + self.weight * share * np.outer(step, step),
        )


def total(parts: Sequence[Moments]) -> Moments:
    """Join several statistics."""
    return reduce(Moments.__add__, parts)


def moments_of(blocks: Sequence[Any], weight: np.ndarray) -> Moments:
    """Compute the statistics of some rows, a cache of them at a time.

    Parameters
    ----------
    blocks : sequence of ndarray or sparse array of shape (n_rows, n_columns)
        The rows, as blocks of columns side by side; no copy of the whole is made.
    weight : ndarray of shape (n_rows,)
        Their weights, each at least 0.

    Returns
    -------
    Moments
        The statistics; all zero if the weights are.
    """
    edges = np.cumsum([0, *(block.shape[1] for block in blocks)])
    n_columns = int(edges[-1])
    buffer, product = np.empty((_CACHED_ROWS, n_columns)), np.empty((n_columns, n_columns))
    scatter, sums, origin = np.zeros((n_columns, n_columns)), np.zeros(n_columns), None
    for start in range(0, len(weight), _CACHED_ROWS):
        shares = weight[start : start + _CACHED_ROWS]
        rows = buffer[: len(shares)]
        for block, left, right in zip(blocks, edges, edges[1:], strict=False):
            part = block[start : start + _CACHED_ROWS]
            rows[:, left:right] = part.toarray() if hasattr(part, "toarray") else part
        origin = rows.mean(axis=0) if origin is None else origin  # near the mean: products keep their digits
        rows -= origin
        sums += shares @ rows
        if (shares != 1.0).any():
            rows *= np.sqrt(shares)[:, None]
        scatter += np.matmul(rows.T, rows, out=product)
    sum_of_weights = float(weight.sum())
    if origin is None or sum_of_weights == 0:
        return Moments(weight=0.0, mean=np.zeros(n_columns), scatter=np.zeros((n_columns, n_columns)))
    step = sums / sum_of_weights
    scatter -= np.outer(sums, step)
    return Moments(weight=sum_of_weights, mean=origin + step, scatter=scatter)
