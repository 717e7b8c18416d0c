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


def masked(moments: Moments, n_features: int, q1: float, q2: float) -> tuple[np.ndarray, np.ndarray]:
    """Average the normal equations over random masks of the known tools.

    Parameters
    ----------
    moments : Moments
        Statistics of the rows [profile, adoption].
    n_features : int
        Number of profile columns, which come first and are never masked.
    q1, q2 : float
        First and second moment of the keep rate, from 0 to 1.

    Returns
    -------
    gram : ndarray of shape (n_columns, n_columns)
        Expected scatter of the masked rows.
    cross : ndarray of shape (n_columns, n_tools)
        Expected scatter of the masked rows with the whole adoption.
    """
    f, scatter = n_features, moments.scatter
    level = moments.mean[f:]
    gram, cross = scatter.copy(), scatter[:, f:].copy()
    gram[:f, f:] *= q1
    gram[f:, :f] *= q1
    gram[f:, f:] = q2 * scatter[f:, f:] + (q2 - q1**2) * moments.weight * np.outer(level, level)
    own = np.arange(f, len(scatter))
    gram[own, own] = q1 * np.diag(scatter)[f:] + (q1 - q1**2) * moments.weight * level**2
    cross[f:] *= q1
    return gram, cross
