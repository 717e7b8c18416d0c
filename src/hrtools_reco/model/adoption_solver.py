"""From sums and rows of firms to the coefficients of ``AdoptionRidge``; what is not given is chosen here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit

from hrtools_reco.metrics import ndcg_at_k, rank_scores
from hrtools_reco.model.adoption_rows import Rows, every_second, logistic, neighbour_shares
from hrtools_reco.model.closed_forms import MaskedRidge, ProfileRidge
from hrtools_reco.model.moments import Moments, total

PENALTIES = tuple(float(penalty) for penalty in 10.0 ** np.arange(-0.5, 4.1, 0.5))
NEIGHBOUR_WEIGHTS = (0.35, 0.7, 1.4, 2.8)
LOGISTIC_PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)
N_NEIGHBOURS = 100
RATES = (0.05, 0.15, 0.3, 0.5)
UNIFORM = (1.0 / 3.0, 1.0 / 6.0)  # moments of a uniform rate, the loss counted where the tool is hidden
_RATE_OF_ALL, _RATE_OF_HALF = 0.55, 0.15
_HALF_WEIGHT = 5.0  # known tools at which neighbours have half of their weight
_TIE = 1e-9  # share by which losses differ through rounding alone
_PLACES = 10
_MOST_HELD_OUT, _MOST_LEARNT_FROM = 2000, 20_000  # firms that a choice looks at


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
            found += self.neighbours * (number / (number + _HALF_WEIGHT))[:, None] * shares
        return found


def solve(settings: Settings, folds: Sequence[Moments], rows: Rows | None) -> Solution:
    """Compute the coefficients, and choose what is not given.

    Parameters
    ----------
    settings : Settings
        What a user asked for.
    folds : sequence of Moments
        Sums over the firms of each fold.
    rows : Rows or None
        The firms, where neighbours or log-odds may be wanted.

    Returns
    -------
    Solution
        The coefficients.
    """
    middle = len(settings.moments) // 2
    problem = MaskedRidge(settings.prior, *settings.moments[middle])
    alphas = _penalties(settings, problem, folds)
    cold = _cold_penalty(settings, folds)
    solution = _in_closed_form(settings, total(folds), (*alphas, cold))
    if rows is None or not len(rows):
        return solution
    given = settings.neighbours is not None and settings.logistic is False
    trials = [] if given else list(_trials(settings, folds, rows, solution.alphas))
    penalty = _logistic_penalty(settings, trials)
    if penalty is not None:
        coef, intercept = logistic(rows, penalty)
        solution = replace(solution, cold_coef=coef, cold_intercept=intercept, logistic=True)
    weight = settings.neighbours if settings.neighbours is not None else _neighbour_weight(trials)
    kept = rows.at_most(_MOST_LEARNT_FROM) if weight else None
    return replace(solution, neighbours=weight, rows=kept)


def _in_closed_form(settings: Settings, moments: Moments, alphas: tuple[float, float, float]) -> Solution:
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


def _penalties(settings: Settings, problem: MaskedRidge, folds: Sequence[Moments]) -> tuple[float, float]:
    """Return the given penalties, or choose them by turns on the held-out loss."""
    grids = [PENALTIES if a is None else (a,) for a in (settings.alpha_profile, settings.alpha_tools)]
    chosen = [grid[len(grid) // 2] for grid in grids]
    if not _can_choose(folds) or all(len(grid) == 1 for grid in grids):
        return chosen[0], chosen[1]
    loss = problem.held_out_losses(folds)
    # First by whole decades, then half a decade up and down.
    for coarse in (True, False):
        for side, grid in enumerate(grids):
            at = grid.index(chosen[side])
            near = grid[::2] if coarse else grid[max(at - 1, 0) : at + 2]
            tried = sorted({*near, chosen[side]})
            pairs = [(alpha, chosen[1]) if side == 0 else (chosen[0], alpha) for alpha in tried]
            chosen[side] = _strongest_of_best(tried, [loss(*pair) for pair in pairs])
    return chosen[0], chosen[1]


def _cold_penalty(settings: Settings, folds: Sequence[Moments]) -> float:
    """Return the given penalty on the profile, or choose it for firms without a known tool."""
    if settings.alpha_profile is not None:
        return settings.alpha_profile
    if not _can_choose(folds):
        return PENALTIES[len(PENALTIES) // 2]
    loss = ProfileRidge(settings.prior).held_out_losses(folds)
    return _strongest_of_best(PENALTIES, [loss(alpha) for alpha in PENALTIES])


def _can_choose(folds: Sequence[Moments]) -> bool:
    """Whether there are folds to choose on."""
    return sum(fold.weight > 0 for fold in folds) > 1


def _strongest_of_best(penalties: Sequence[float], losses: Sequence[float]) -> float:
    """Return the largest penalty of the least loss: where the data does not tell, the prior stays."""
    limit = min(losses) + _TIE * max(losses)
    return max(penalty for penalty, loss in zip(penalties, losses, strict=True) if loss <= limit)


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """Firms held out, the closed form of the others, and their rows."""

    solution: Solution
    rest: Rows
    held: Rows

    def gain(self, found: np.ndarray, base: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
        """Return by how much scores are ahead of others in nDCG, for each firm; NaN where none can be."""
        adopted = self.held.adoption.toarray()
        hidden = adopted if known is None else adopted - known
        free = None if known is None else known == 0
        quality = [
            ndcg_at_k(hidden, rank_scores(scores, k=_PLACES, eligible=free), k=_PLACES)
            for scores in (found, base)
        ]
        difference: np.ndarray = quality[0] - quality[1]
        return difference


def _trials(
    settings: Settings, folds: Sequence[Moments], rows: Rows, alphas: tuple[float, float, float]
) -> Iterator[_Trial]:
    """Hold out one fold after the other, until firms enough were held out."""
    fold_of = (rows.keys % np.uint64(len(folds))).astype(int)
    seen = 0
    for k, fold in enumerate(folds):
        rest = [*folds[:k], *folds[k + 1 :]]
        if fold.weight > 0 and total(rest).weight > 0 and seen < _MOST_HELD_OUT:
            held = rows.take(np.flatnonzero(fold_of == k)).at_most(_MOST_HELD_OUT)
            seen += len(held)
            yield _Trial(
                solution=_in_closed_form(settings, total(rest), alphas),
                rest=rows.take(np.flatnonzero(fold_of != k)).at_most(_MOST_LEARNT_FROM),
                held=held,
            )


def _clear(gains: np.ndarray, weight: np.ndarray) -> float:
    """Return the mean gain if it is above its standard error, else zero."""
    there = ~np.isnan(gains) & (weight > 0)
    if not there.any():
        return 0.0
    mean = float(np.average(gains[there], weights=weight[there]))
    spread = float(np.average((gains[there] - mean) ** 2, weights=weight[there]))
    return mean if mean > np.sqrt(spread / weight[there].sum()) else 0.0


def _logistic_penalty(settings: Settings, trials: Sequence[_Trial]) -> float | None:
    """Choose the penalty of the logistic regression; ``None`` where the ridge is as good."""
    if settings.logistic is False or not trials:
        return LOGISTIC_PENALTIES[len(LOGISTIC_PENALTIES) // 2] if settings.logistic else None
    losses, gains = np.zeros(len(LOGISTIC_PENALTIES)), []
    for at, penalty in enumerate(LOGISTIC_PENALTIES):
        ahead = []
        for trial in trials:
            coef, intercept = logistic(trial.rest, penalty)
            odds = np.asarray(trial.held.features @ coef) + intercept
            adopted = trial.held.adoption.toarray()
            losses[at] += trial.held.weight @ np.sum(np.logaddexp(0.0, odds) - adopted * odds, axis=1)
            ahead.append(trial.gain(odds, trial.solution.cold(trial.held.features)))
        gains.append(np.concatenate(ahead))
    best = int(np.argmin(losses))
    weight = np.concatenate([trial.held.weight for trial in trials])
    wanted = settings.logistic or _clear(gains[best], weight) > 0
    return LOGISTIC_PENALTIES[best] if wanted else None


def _neighbour_weight(trials: Sequence[_Trial]) -> float:
    """Choose the weight of the neighbours, half of the tools of held-out firms known; 0 if none is clear."""
    gains: list[list[np.ndarray]] = [[] for _ in NEIGHBOUR_WEIGHTS]
    weights = []
    for trial in trials:
        adopted = trial.held.adoption.toarray()
        known = every_second(adopted, trial.held.keys)
        halves = sparse.csr_array(known)
        base = trial.solution.warm(trial.held.features, halves)
        number = known.sum(axis=1, keepdims=True)
        shares = neighbour_shares(halves, trial.rest.adoption, trial.rest.weight, N_NEIGHBOURS)
        shares *= number / (number + _HALF_WEIGHT)
        for found, weight in zip(gains, NEIGHBOUR_WEIGHTS, strict=True):
            found.append(trial.gain(base + weight * shares, base, known))
        weights.append(np.where(known.any(axis=1), trial.held.weight, 0.0))
    if not trials:
        return 0.0
    clear = [_clear(np.concatenate(found), np.concatenate(weights)) for found in gains]
    return NEIGHBOUR_WEIGHTS[int(np.argmax(clear))] if max(clear) > 0 else 0.0
