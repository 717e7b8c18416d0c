"""The linear model: score = φ · W, split into what the prior gives and what history adds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

SCORE_STEP = 2.0**-12
# Weights are multiples of this, so that a product with a feature (2**-7) is a whole step of a score; a sum
# below the largest has all its steps in the 24 bits of single precision.
WEIGHT_STEP = 2.0**-5
LARGEST_SUM = 2.0**12


@dataclass(frozen=True, kw_only=True)
class LinearModel:
    """Weights in points; all are multiples of ``WEIGHT_STEP``, so that sums are exact.

    Attributes
    ----------
    prior : ndarray of shape (n_features, n_tools)
        Weights of the expert prior.
    history : ndarray of shape (n_features, n_tools) or None
        What adoption adds for the profile of a firm; ``None`` without history.
    between : ndarray of shape (n_tools, n_tools) or None
        What adoption adds for each tool in place; the diagonal is zero. ``None`` where it adds nothing.
    """

    prior: np.ndarray
    history: np.ndarray | None = None
    between: np.ndarray | None = None

    def scores(self, encoded: np.ndarray, installed: np.ndarray) -> np.ndarray:
        """Score every firm and tool.

        Parameters
        ----------
        encoded : ndarray of shape (n_firms, n_features)
            Profiles; fastest in the type ``dtype``.
        installed : ndarray of bool of shape (n_firms, n_tools)
            Tools in place.

        Returns
        -------
        ndarray of shape (n_firms, n_tools)
            Multiples of ``SCORE_STEP`` from 0 to 100, in the type of the profiles; what is beyond is cut
            off.
        """
        exact = encoded.dtype == self.dtype == np.float32
        points = encoded @ (self._single if exact else self._weights)
        if self.between is not None:
            points += installed.astype(points.dtype) @ self.between.astype(points.dtype)
        np.clip(points, 0.0, 100.0, out=points)
        return points if exact else round_scores(points)

    @cached_property
    def dtype(self) -> type[np.floating]:
        """Type in which scores are summed without rounding: single precision if the weights allow it."""
        parts = [part for part in (self._weights, self.between) if part is not None]
        largest = sum(np.abs(part).sum(axis=0) for part in parts).max()
        odd = any((part / WEIGHT_STEP != np.rint(part / WEIGHT_STEP)).any() for part in parts)
        return np.float64 if odd or largest >= LARGEST_SUM else np.float32

    @cached_property
    def _weights(self) -> np.ndarray:
        return self.prior if self.history is None else self.prior + self.history

    @cached_property
    def _single(self) -> np.ndarray:
        return self._weights.astype(np.float32)

    def history_points(self, encoded: np.ndarray, installed: np.ndarray, tools: np.ndarray) -> np.ndarray:
        """Return what history adds to some pairs.

        Parameters
        ----------
        encoded : ndarray of shape (n_pairs, n_features)
            Profile of each pair.
        installed : ndarray of bool of shape (n_pairs, n_tools)
            Tools in place at the firm of each pair.
        tools : ndarray of int of shape (n_pairs,)
            Tool of each pair.

        Returns
        -------
        ndarray of shape (n_pairs,)
            Points; zero without history.
        """
        points = np.zeros(len(tools))
        if self.history is not None:
            points += np.einsum("pf,pf->p", encoded, self.history.T[tools])
        if self.between is not None:
            points += np.einsum("pt,pt->p", installed.astype(float), self.between.T[tools])
        return points


def round_weights(weights: np.ndarray) -> np.ndarray:
    """Round weights to the step in which sums are exact.

    Parameters
    ----------
    weights : ndarray
        Weights in points.

    Returns
    -------
    ndarray
        Multiples of ``WEIGHT_STEP``.

    Examples
    --------
    >>> float(round_weights(np.array(1.02)))
    1.03125
    """
    rounded: np.ndarray = np.rint(weights / WEIGHT_STEP) * WEIGHT_STEP
    return rounded


def round_scores(scores: np.ndarray) -> np.ndarray:
    """Round scores to the step on which they are compared.

    Parameters
    ----------
    scores : ndarray
        Scores from 0 to 100.

    Returns
    -------
    ndarray
        Multiples of ``SCORE_STEP`` (0.0002).

    Examples
    --------
    >>> float(round_scores(np.array(50.0)))
    50.0
    """
    rounded: np.ndarray = np.rint(scores / SCORE_STEP) * SCORE_STEP
    return rounded
