"""The two ridges behind ``AdoptionRidge``, as functions of sufficient statistics."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np
from scipy import linalg

from hrtools_reco._checks import invalid
from hrtools_reco.model.moments import Moments, total


class MaskedRidge:
    """The ridge under marginalised masking, as a function of sufficient statistics.

    Parameters
    ----------
    prior : ndarray of shape (n_features, n_tools)
        Profile coefficients to shrink toward.
    q1, q2 : float
        Moments of the keep rate.
    """

    def __init__(self, prior: np.ndarray, q1: float, q2: float) -> None:
        self._n_features, self._n_tools = prior.shape
        self._q1, self._q2 = q1, q2
        self._prior = np.vstack([prior, np.zeros((self._n_tools, self._n_tools))])
        self._kept = np.r_[np.ones(self._n_features), np.full(self._n_tools, q1)]

    def solve(self, moments: Moments, alpha_profile: float, alpha_tools: float) -> np.ndarray:
        """Return the coefficients, of shape (n_features + n_tools, n_tools)."""
        equations = masked(moments, self._n_features, self._q1, self._q2)
        return self._solve(equations, alpha_profile, alpha_tools)

    def _solve(
        self, equations: tuple[np.ndarray, np.ndarray], alpha_profile: float, alpha_tools: float
    ) -> np.ndarray:
        """Solve the normal equations, a tool's own column left out for itself."""
        gram, cross = equations
        penalty = np.repeat([alpha_profile, alpha_tools], [self._n_features, self._n_tools])
        inverse = _inverse(gram, penalty)
        weights = inverse @ (cross + penalty[:, None] * self._prior)
        own = np.arange(self._n_features, len(gram))
        tools = np.arange(self._n_tools)
        weights -= inverse[:, own] * (weights[own, tools] / inverse[own, own])
        weights[own, tools] = 0.0
        return weights

    def intercept(self, moments: Moments, weights: np.ndarray) -> np.ndarray:
        """Return the intercepts, which make the mean prediction under masking the mean adoption."""
        level: np.ndarray = moments.mean[self._n_features :] - (self._kept * moments.mean) @ weights
        return level

    def held_out_losses(self, folds: Sequence[Moments]) -> Callable[[float, float], float]:
        """Return the squared error of each fold under the model of the others, in expectation over masks.

        Parameters
        ----------
        folds : sequence of Moments
            Statistics of at least two folds.

        Returns
        -------
        callable
            Total error as a function of ``alpha_profile`` and ``alpha_tools``.
        """
        held_out = []
        for k, fold in enumerate(folds):
            if fold.weight > 0:
                rest = total([*folds[:k], *folds[k + 1 :]])
                theirs, ours = (masked(part, self._n_features, self._q1, self._q2) for part in (fold, rest))
                held_out.append((fold, rest, theirs, ours))

        def loss(alpha_profile: float, alpha_tools: float) -> float:
            error = 0.0
            for fold, rest, (gram, cross), ours in held_out:
                weights = self._solve(ours, alpha_profile, alpha_tools)
                bias = self.intercept(fold, weights) - self.intercept(rest, weights)
                spread = np.trace(fold.scatter[self._n_features :, self._n_features :])
                error += spread + np.sum(weights * (gram @ weights - 2.0 * cross)) + fold.weight * bias @ bias
            return float(error)

        return functools.cache(loss)


class ProfileRidge:
    """The ridge on profiles alone, as a function of sufficient statistics.

    Parameters
    ----------
    prior : ndarray of shape (n_features, n_tools)
        Coefficients to shrink toward.
    """

    def __init__(self, prior: np.ndarray) -> None:
        self._prior = prior
        self._n_features = len(prior)

    def solve(self, moments: Moments, alpha: float) -> np.ndarray:
        """Return the coefficients, of shape (n_features, n_tools)."""
        f = self._n_features
        inverse = _inverse(moments.scatter[:f, :f], np.full(f, alpha))
        coefficients: np.ndarray = inverse @ (moments.scatter[:f, f:] + alpha * self._prior)
        return coefficients

    def intercept(self, moments: Moments, coefficients: np.ndarray) -> np.ndarray:
        """Return the intercepts, which make the mean prediction the mean adoption."""
        f = self._n_features
        level: np.ndarray = moments.mean[f:] - moments.mean[:f] @ coefficients
        return level

    def held_out_losses(self, folds: Sequence[Moments]) -> Callable[[float], float]:
        """Return the squared error of each fold under the model of the others, as a function of alpha."""
        f = self._n_features
        held_out = [
            (fold, total([*folds[:k], *folds[k + 1 :]])) for k, fold in enumerate(folds) if fold.weight > 0
        ]

        def loss(alpha: float) -> float:
            error = 0.0
            for fold, rest in held_out:
                weights = self.solve(rest, alpha)
                bias = self.intercept(fold, weights) - self.intercept(rest, weights)
                fitted = fold.scatter[:f, :f] @ weights - 2.0 * fold.scatter[:f, f:]
                error += np.trace(fold.scatter[f:, f:]) + np.sum(weights * fitted) + fold.weight * bias @ bias
            return float(error)

        return loss


def _inverse(gram: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Invert a matrix plus penalties by Cholesky, scaled to a unit diagonal first."""
    diagonal = np.diag(gram) + penalty
    scale = np.outer(1.0 / np.sqrt(diagonal), 1.0 / np.sqrt(diagonal))
    scaled = gram * scale
    np.fill_diagonal(scaled, 1.0)
    # The transpose is the matrix itself, in the order that LAPACK works on in place.
    factor, failed = linalg.lapack.dpotrf(scaled.T, lower=1, clean=1, overwrite_a=1)
    if failed:
        raise invalid("alpha_profile and alpha_tools", "large enough to solve for the coefficients", "less")
    lower, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    inverse: np.ndarray = lower.T + lower
    inverse[np.diag_indices_from(inverse)] = np.diag(lower)
    inverse *= scale
    return inverse


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
