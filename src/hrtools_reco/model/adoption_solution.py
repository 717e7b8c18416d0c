"""What is asked of ``AdoptionRidge``, and its coefficients in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit

from hrtools_reco.model.adoption_rows import Rows, neighbour_shares
from hrtools_reco.model.closed_forms import MaskedRidge, ProfileRidge
from hrtools_reco.model.moments import Moments

RATES = (0.05, 0.15, 0.3, 0.5)
UNIFORM = (1.0 / 3.0, 1.0 / 6.0)  # moments of a uniform rate, the loss counted where the tool is hidden
N_NEIGHBOURS = 100
_RATE_OF_ALL, _RATE_OF_HALF = 0.55, 0.15
HALF_WEIGHT = 5.0  # known tools at which neighbours have half of their weight


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a user asked for; ``None`` is chosen on firms held out.

    Attributes
    ----------
    alpha_profile, alpha_tools : float or None
        Penalties.
    moments : tuple of (float, float)
        First and second moment of each keep rate.
    prior : ndarray of shape (n_features, n_tools)
        Profile coefficients to shrink toward.
    neighbours : float or None
        Weight of the neighbours.
    logistic : bool or None
        Whether firms of which no tool is known are served by a logistic regression.
    """

    alpha_profile: float | None
    alpha_tools: float | None
    moments: tuple[tuple[float, float], ...]
    prior: np.ndarray
    neighbours: float | None
    logistic: bool | None


@dataclass(frozen=True, kw_only=True)
class Solution:
    """Coefficients of a fitted model, as ``AdoptionRidge`` names them.

    Attributes
    ----------
    coef, tool_coef, intercept : ndarray
        Coefficients of the profile and of the tools in place, and intercepts, for each keep rate.
    rates : ndarray of shape (n_rates,)
        Keep rates.
    usual_number : float
        Mean number of tools of a firm.
    cold_coef, cold_intercept : ndarray
        Coefficients for firms of which no tool is known.
    alphas : tuple of float
        Penalties that were given or chosen: of the profile, of the tools, of the cold side.
    logistic : bool
        Whether the cold side is a logistic regression.
    neighbours : float
        Weight of the neighbours.
    rows : Rows or None
        Rows that the neighbours are found among.
    """

    coef: np.ndarray
    tool_coef: np.ndarray
    intercept: np.ndarray
    rates: np.ndarray
    usual_number: float
    cold_coef: np.ndarray
    cold_intercept: np.ndarray
    alphas: tuple[float, float, float]
    logistic: bool = False
    neighbours: float = 0.0
    rows: Rows | None = None

    def cold(self, features: Any) -> np.ndarray:
        """Predict for firms of which no tool is known."""
        found = np.asarray(features @ self.cold_coef) + self.cold_intercept
        return expit(found) if self.logistic else found

    def warm(self, features: Any, known: sparse.csr_array) -> np.ndarray:
        """Predict for firms of which some tools are known."""
        number = np.asarray(abs(known).sum(axis=1)).ravel()
        rate = _RATE_OF_ALL * number / (number + _RATE_OF_HALF * self.usual_number)
        place = np.interp(rate, self.rates, np.arange(len(self.rates)))
        found = np.zeros(known.shape)
        for at in range(len(self.rates)):
            share = np.maximum(1.0 - np.abs(place - at), 0.0)
            rows = np.flatnonzero(share)
            if len(rows):
                by_profile = np.asarray(features[rows] @ self.coef[at]) + self.intercept[at]
                found[rows] += share[rows, None] * (by_profile + known[rows] @ self.tool_coef[at])
        if self.neighbours and self.rows is not None:
            shares = neighbour_shares(known, self.rows.adoption, self.rows.weight, N_NEIGHBOURS)
            found += self.neighbours * (number / (number + HALF_WEIGHT))[:, None] * shares
        return found


def in_closed_form(settings: Settings, moments: Moments, alphas: tuple[float, float, float]) -> Solution:
    """Solve for all keep rates and for firms unknown so far."""
    f = len(settings.prior)
    coef, between, intercept = [], [], []
    for rate in settings.moments:
        problem = MaskedRidge(settings.prior, *rate)
        weights = problem.solve(moments, *alphas[:2])
        coef.append(weights[:f])
        between.append(weights[f:])
        intercept.append(problem.intercept(moments, weights))
    cold = ProfileRidge(settings.prior)
    cold_coef = cold.solve(moments, alphas[2])
    return Solution(
        coef=np.stack(coef),
        tool_coef=np.stack(between),
        intercept=np.stack(intercept),
        rates=np.array([rate[0] for rate in settings.moments]),
        usual_number=float(np.abs(moments.mean[f:]).sum()),
        cold_coef=cold_coef,
        cold_intercept=cold.intercept(moments, cold_coef),
        alphas=alphas,
    )
