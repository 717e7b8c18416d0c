"""Sufficient statistics of a linear model: row count, means and scatter, which add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy import sparse


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


def moments_of(rows: np.ndarray | sparse.csr_array, weight: np.ndarray) -> Moments:
    """Compute the statistics of some rows.

    Parameters
    ----------
    rows : ndarray or sparse array of shape (n_rows, n_columns)
        The rows.
    weight : ndarray of shape (n_rows,)
        Their weights, each at least 0.

    Returns
    -------
    Moments
        The statistics; all zero if the weights are.
    """
    sum_of_weights = float(weight.sum())
    n_columns = rows.shape[1]
    if sum_of_weights == 0:
        return Moments(weight=0.0, mean=np.zeros(n_columns), scatter=np.zeros((n_columns, n_columns)))
    if sparse.issparse(rows):
        mean = np.asarray(rows.T @ weight).ravel() / sum_of_weights
        gram = (rows.multiply(weight[:, None]).T @ rows).toarray()
        return Moments(weight=sum_of_weights, mean=mean, scatter=gram - sum_of_weights * np.outer(mean, mean))
    mean = weight @ rows / sum_of_weights
    centred = rows - mean
    if (weight != 1.0).any():
        centred *= np.sqrt(weight)[:, None]
    return Moments(weight=sum_of_weights, mean=mean, scatter=centred.T @ centred)
