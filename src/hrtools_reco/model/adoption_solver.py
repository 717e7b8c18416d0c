"""From sums and rows of firms to the coefficients of ``AdoptionRidge``; what is not given is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hrtools_reco.model.adoption_choices import (
    MOST_LEARNT_FROM,
    cold_penalty,
    cold_side,
    neighbour_weight,
    penalties,
    trials,
)
from hrtools_reco.model.adoption_rows import Rows, logistic
from hrtools_reco.model.adoption_solution import Settings, Solution, in_closed_form
from hrtools_reco.model.closed_forms import MaskedRidge, ProfileRidge
from hrtools_reco.model.moments import Moments, total


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
    alphas = penalties(settings, problem, folds)
    by_loss = cold_penalty(settings, folds)
    solution = in_closed_form(settings, total(folds), (*alphas, by_loss))
    if rows is None or not len(rows):
        return solution
    given = (
        settings.neighbours is not None and settings.logistic is False and settings.alpha_profile is not None
    )
    held_out = [] if given else list(trials(settings, folds, rows, solution.alphas))
    cold, is_logistic = cold_side(settings, held_out, by_loss)
    weight = settings.neighbours if settings.neighbours is not None else neighbour_weight(held_out)
    if is_logistic:
        coef, intercept = logistic(rows, cold)
    else:
        coef = ProfileRidge(settings.prior).solve(total(folds), cold)
        intercept = ProfileRidge(settings.prior).intercept(total(folds), coef)
    return replace(
        solution,
        cold_coef=coef,
        cold_intercept=intercept,
        alphas=(*alphas, cold),
        logistic=is_logistic,
        neighbours=weight,
        rows=rows.at_most(MOST_LEARNT_FROM) if weight else None,
    )
