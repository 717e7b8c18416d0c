"""The linear model: score = φ · W, split into what the prior gives and what history adds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

SCORE_STEP = 2.0**-12
# Weights of the prior are multiples of this, so that a product with a feature (2**-7) is a whole step of a
# score; a sum below the largest has all its steps in the 24 bits of single precision.
PRIOR_STEP = 2.0**-5
LARGEST_SUM = 2.0**12
# What history adds is finer than the prior, and its sums are exact in double precision.
HISTORY_STEP = 2.0**-20


@dataclass(frozen=True, kw_only=True)
class LinearModel:
    """Weights in points, on steps so coarse that sums are exact.

    Attributes
    ----------
    prior : ndarray of shape (n_features, n_tools)
        Weights of the expert prior.
    cold : ndarray of shape (n_features, n_tools) or None
        What adoption adds for a firm of which no tool is known; ``None`` without history.
    history : ndarray of shape (n_features, n_tools) or None
        What it adds for the profile of any other firm.
    between : ndarray of shape (n_tools, n_tools) or None
        What adoption adds for each tool in place; the diagonal is zero.
    """

    prior: np.ndarray
    cold: np.ndarray | None = None
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
        points = encoded @ (self._single if exact else self.prior)
        if self.cold is not None and self.history is not None:
            warm = installed.any(axis=1)
            points[~warm] += round_scores(encoded[~warm] @ self.cold)
            known = installed[warm].astype(float)
            points[warm] += round_scores(encoded[warm] @ self.history + known @ self.between)
        np.clip(points, 0.0, 100.0, out=points)
        return points if exact else round_scores(points)

    @cached_property
    def dtype(self) -> type[np.floating]:
        """Type in which the prior is summed without rounding: single precision, but for odd weights."""
        steps = self.prior / PRIOR_STEP
        exact = np.abs(self.prior).sum(axis=0).max() < LARGEST_SUM and (steps == np.rint(steps)).all()
        return np.float32 if exact else np.float64

    @cached_property
    def _single(self) -> np.ndarray:
        return self.prior.astype(np.float32)

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
        if self.cold is None or self.history is None or self.between is None:
            return np.zeros(len(tools))
        cold = np.einsum("pf,pf->p", encoded, self.cold.T[tools])
        warm = np.einsum("pf,pf->p", encoded, self.history.T[tools])
        warm += np.einsum("pt,pt->p", installed.astype(float), self.between.T[tools])
        return round_scores(np.where(installed.any(axis=1), warm, cold))


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
