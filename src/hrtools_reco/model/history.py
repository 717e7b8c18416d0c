"""Sharpen the expert prior by adoption: what comparable firms took up, in points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from hrtools_reco.model.adoption_ridge import AdoptionRidge
from hrtools_reco.model.linear import HISTORY_STEP, LinearModel

_FEW_FIRMS = 10
_STRONG_PENALTY = 1e4
# Share of the known tools that training keeps on average, as the keep rate of the ridge is uniform.
KEPT_SHARE = 1.0 / 3.0
_LEAST_SPREAD = 0.01


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The prior on the scale of adoption: adoption ≈ intercept + slope · points.

    Attributes
    ----------
    slope : float
        Adoption per point, at least 0.
    intercept : float
        Adoption at 0 points.
    """

    slope: float
    intercept: float


def calibrate(points: np.ndarray, adoption: np.ndarray) -> Calibration:
    """Fit one slope and one intercept for all pairs of firms and tools.

    Parameters
    ----------
    points : ndarray of shape (n_firms, n_tools)
        Scores of the prior.
    adoption : ndarray of shape (n_firms, n_tools)
        Adoption from 0 to 1.

    Returns
    -------
    Calibration
        The line; its slope is 0 where the prior says nothing of adoption.

    Examples
    --------
    >>> calibrate(np.array([[0.0, 100.0]]), np.array([[0.0, 0.5]])).slope
    0.005
    """
    spread = points - points.mean()
    variance = float(np.sum(spread**2))
    slope = max(float(np.sum(spread * adoption)) / variance, 0.0) if variance > 0 else 0.0
    return Calibration(slope=slope, intercept=float(adoption.mean() - slope * points.mean()))


def learn_history(
    encoded: np.ndarray,
    adoption: sparse.csr_array,
    prior: np.ndarray,
    *,
    alpha_profile: float | str,
    alpha_tools: float | str,
    prior_firms: float,
) -> LinearModel:
    """Learn what adoption adds to the prior.

    Predicted adoption becomes points by one scale and one offset, which give it the mean and the spread of
    the prior. It then takes over from the prior as firms come in: the prior counts as ``prior_firms`` firms.

    Parameters
    ----------
    encoded : ndarray of shape (n_firms, n_features)
        The firms.
    adoption : sparse array of shape (n_firms, n_tools)
        Adoption from 0 to 1.
    prior : ndarray of shape (n_features, n_tools)
        Weights of the prior, in points.
    alpha_profile, alpha_tools : float or "cv"
        Penalties of ``AdoptionRidge``. Under ten firms ``"cv"`` is a strong penalty.
    prior_firms : float
        Number of firms with which the prior and history count alike.

    Returns
    -------
    LinearModel
        The prior with the weights of history.
    """
    dense = adoption.toarray()
    points = encoded @ prior
    line = calibrate(points, dense)
    expected = line.intercept + line.slope * points
    few = len(encoded) < _FEW_FIRMS
    profile, tools = (_STRONG_PENALTY if few and a == "cv" else a for a in (alpha_profile, alpha_tools))
    cold, coef = line.slope * prior, line.slope * prior
    between = np.zeros((dense.shape[1], dense.shape[1]))
    taken = np.flatnonzero(dense.any(axis=0))
    if len(taken):
        ridge = AdoptionRidge(profile, tools, prior=coef[:, taken]).fit(encoded, dense[:, taken])
        cold[:, taken], coef[:, taken] = ridge.cold_coef_, ridge.coef_
        between[np.ix_(taken, taken)] = ridge.tool_coef_
    # The mean over masks of what known tools add is part of a tool's level.
    level = expected.mean(axis=0) + shrunken_level(dense - expected)
    cold_shift = level - encoded.mean(axis=0) @ cold
    shift = level - encoded.mean(axis=0) @ coef - KEPT_SHARE * dense.mean(axis=0) @ between
    predicted = np.vstack([cold_shift + encoded @ cold, shift + encoded @ coef + dense @ between])
    trust = len(encoded) / (len(encoded) + prior_firms)
    scale, offset = _points_of_adoption(points, predicted)

    def added(weights: np.ndarray, constant: np.ndarray) -> np.ndarray:
        """Return what is added to the prior, in points."""
        points_added = trust * (scale * weights - prior)
        points_added[0] += trust * (scale * constant + offset)
        return _exact(points_added)

    return LinearModel(
        prior=prior,
        cold=added(cold, cold_shift),
        history=added(coef, shift),
        between=_exact(trust * scale * between),
    )


def shrunken_level(residual: np.ndarray) -> np.ndarray:
    """Estimate the mean of each tool's residuals, shrunk toward zero by empirical Bayes.

    Parameters
    ----------
    residual : ndarray of shape (n_firms, n_tools)
        Adoption less what the prior expects.

    Returns
    -------
    ndarray of shape (n_tools,)
        Means; near zero for few firms, the plain means for many.

    References
    ----------
    Efron & Morris (1973). Stein's estimation rule and its competitors. JASA 68.

    Examples
    --------
    >>> shrunken_level(np.tile([0.4, -0.4], (1000, 1))).round(2)
    array([ 0.4, -0.4])
    """
    n_firms = len(residual)
    mean = residual.mean(axis=0)
    noise = residual.var(axis=0) / max(n_firms - 1, 1) if n_firms > 1 else np.full(len(mean), np.inf)
    signal = max(float(np.mean(mean**2) - np.mean(noise)), 0.0)
    return mean * signal / (signal + noise) if signal > 0 else np.zeros_like(mean)


def _points_of_adoption(points: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """Return scale and offset that give adoption the mean and the spread of the prior, within 0 and 100."""
    low, high = float(predicted.min()), float(predicted.max())
    scale = min(
        float(points.std()) / max(float(predicted.std()), 1e-9), 100.0 / max(high - low, _LEAST_SPREAD)
    )
    offset = float(points.mean()) - scale * float(predicted.mean())
    return scale, min(max(offset, -scale * low), 100.0 - scale * high)


def _exact(weights: np.ndarray) -> np.ndarray:
    """Round weights to the resolution in which sums are exact."""
    rounded: np.ndarray = np.round(weights / HISTORY_STEP) * HISTORY_STEP
    return rounded
