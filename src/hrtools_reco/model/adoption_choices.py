"""What ``AdoptionRidge`` chooses by itself, on firms held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from hrtools_reco.metrics import ndcg_at_k, rank_scores
from hrtools_reco.model.adoption_rows import Rows, every_second, logistic, neighbour_shares
from hrtools_reco.model.adoption_solution import (
    HALF_WEIGHT,
    N_NEIGHBOURS,
    Settings,
    Solution,
    in_closed_form,
)
from hrtools_reco.model.closed_forms import MaskedRidge, ProfileRidge
from hrtools_reco.model.moments import Moments, total

PENALTIES = tuple(float(penalty) for penalty in 10.0 ** np.arange(-0.5, 4.1, 0.5))
NEIGHBOUR_WEIGHTS = (0.35, 0.7, 1.4, 2.8)
LOGISTIC_PENALTIES = (0.3, 1.0, 3.0, 5.5, 10.0, 30.0)
MOST_LEARNT_FROM = 20_000  # firms that a choice, or the search for neighbours, looks at
_MOST_HELD_OUT = 2000
_TIE = 1e-9  # share by which figures differ through rounding alone
_PLACES = 10


def penalties(settings: Settings, problem: MaskedRidge, folds: Sequence[Moments]) -> tuple[float, float]:
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


def cold_penalty(settings: Settings, folds: Sequence[Moments]) -> float:
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
class Trial:
    """Firms held out, the closed form of the others, and the sums and rows that it is of.

    Attributes
    ----------
    solution : Solution
        Closed form of the firms to learn from.
    moments : Moments
        Sums over them.
    rest, held : Rows
        Firms to learn from, and firms held out.
    """

    solution: Solution
    moments: Moments
    rest: Rows
    held: Rows

    def quality(self, scores: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
        """Return nDCG@10 of the tools that are not known, for each firm; NaN where there are none."""
        adopted = self.held.adoption.toarray()
        hidden = adopted if known is None else adopted - known
        free = None if known is None else known == 0
        found: np.ndarray = ndcg_at_k(hidden, rank_scores(scores, k=_PLACES, eligible=free), k=_PLACES)
        return found


def trials(
    settings: Settings, folds: Sequence[Moments], rows: Rows, alphas: tuple[float, float, float]
) -> Iterator[Trial]:
    """Hold out one fold after the other, until firms enough were held out.

    Parameters
    ----------
    settings : Settings
        What a user asked for.
    folds : sequence of Moments
        Sums over the firms of each fold.
    rows : Rows
        The firms.
    alphas : tuple of three float
        Penalties of the closed form.

    Yields
    ------
    Trial
        One fold held out.
    """
    fold_of = (rows.keys % np.uint64(len(folds))).astype(int)
    seen = 0.0
    for k, fold in enumerate(folds):
        rest = [*folds[:k], *folds[k + 1 :]]
        if fold.weight > 0 and total(rest).weight > 0 and seen < _MOST_HELD_OUT:
            held = rows.take(np.flatnonzero(fold_of == k)).at_most(_MOST_HELD_OUT)
            seen += float(held.weight.sum())
            yield Trial(
                solution=in_closed_form(settings, total(rest), alphas),
                moments=total(rest),
                rest=rows.take(np.flatnonzero(fold_of != k)).at_most(MOST_LEARNT_FROM),
                held=held,
            )


def cold_side(settings: Settings, held_out: Sequence[Trial], by_loss: float) -> tuple[float, bool]:
    """Choose what serves firms of which no tool is known, by nDCG on firms held out.

    A squared error or a log-loss counts all tools alike; a list has ten places.

    Parameters
    ----------
    settings : Settings
        What a user asked for.
    held_out : sequence of Trial
        Firms held out; none if there are too few.
    by_loss : float
        Penalty of the ridge that has the least squared error: it stays where nDCG tells nothing.

    Returns
    -------
    penalty : float
        Penalty on the profile.
    is_logistic : bool
        Whether it is that of a logistic regression.
    """
    ridges = (by_loss, *(one for one in PENALTIES if one != by_loss and settings.alpha_profile is None))
    usual = LOGISTIC_PENALTIES[len(LOGISTIC_PENALTIES) // 2]
    logistics = (usual, *(one for one in LOGISTIC_PENALTIES if one != usual))
    tried = [(one, False) for one in ridges if settings.logistic is not True]
    tried += [(one, True) for one in logistics if settings.logistic is not False]
    if not held_out or len(tried) == 1:
        return tried[0]
    quality = np.zeros(len(tried))
    weight = np.concatenate([trial.held.weight for trial in held_out])
    for at, (penalty, is_logistic) in enumerate(tried):
        found = np.concatenate([_cold_quality(settings, trial, penalty, is_logistic) for trial in held_out])
        there = ~np.isnan(found) & (weight > 0)
        quality[at] = np.average(found[there], weights=weight[there]) if there.any() else 0.0
    return tried[int(np.argmax(quality >= quality.max() - _TIE))]


def _cold_quality(settings: Settings, trial: Trial, penalty: float, is_logistic: bool) -> np.ndarray:
    """Return nDCG of each firm held out, where none of its tools is known."""
    if is_logistic:
        coef, intercept = logistic(trial.rest, penalty)
    else:
        ridge = ProfileRidge(settings.prior)
        coef = ridge.solve(trial.moments, penalty)
        intercept = ridge.intercept(trial.moments, coef)
    return trial.quality(np.asarray(trial.held.features @ coef) + intercept)


def neighbour_weight(held_out: Sequence[Trial]) -> float:
    """Choose the weight of the neighbours where half of the tools of firms held out are known.

    Parameters
    ----------
    held_out : sequence of Trial
        Firms held out.

    Returns
    -------
    float
        The weight of the largest gain in nDCG; 0 if none is above its standard error.
    """
    gains: list[list[np.ndarray]] = [[] for _ in NEIGHBOUR_WEIGHTS]
    weights = []
    for trial in held_out:
        known = every_second(trial.held.adoption.toarray(), trial.held.keys)
        halves = sparse.csr_array(known)
        base = trial.solution.warm(trial.held.features, halves)
        number = known.sum(axis=1, keepdims=True)
        shares = neighbour_shares(halves, trial.rest.adoption, trial.rest.weight, N_NEIGHBOURS)
        shares *= number / (number + HALF_WEIGHT)
        without = trial.quality(base, known)
        for found, weight in zip(gains, NEIGHBOUR_WEIGHTS, strict=True):
            found.append(trial.quality(base + weight * shares, known) - without)
        weights.append(np.where(known.any(axis=1), trial.held.weight, 0.0))
    if not held_out:
        return 0.0
    clear = [_clear(np.concatenate(found), np.concatenate(weights)) for found in gains]
    return NEIGHBOUR_WEIGHTS[int(np.argmax(clear))] if max(clear) > 0 else 0.0


def _clear(gains: np.ndarray, weight: np.ndarray) -> float:
    """Return the mean gain if it is above its standard error, else zero."""
    there = ~np.isnan(gains) & (weight > 0)
    if not there.any():
        return 0.0
    mean = float(np.average(gains[there], weights=weight[there]))
    spread = float(np.average((gains[there] - mean) ** 2, weights=weight[there]))
    return mean if mean > np.sqrt(spread / weight[there].sum()) else 0.0
