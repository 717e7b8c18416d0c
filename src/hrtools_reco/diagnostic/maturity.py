"""From points to maturity: the formula, the levels and the facts, for many firms at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The questions of one dimension, and how many of them a score asks for.

    Attributes
    ----------
    columns : tuple of int
        Columns of the matrix of points, in the order of the form.
    weights, tops : tuple of float
        Weight of each question, and the most points that it can give.
    core : tuple of bool
        Whether a question is of the short form.
    min_answered, min_core : int
        Fewest answered questions, and core questions among them, for a score.
    """

    columns: tuple[int, ...]
    weights: tuple[float, ...]
    tops: tuple[float, ...]
    core: tuple[bool, ...]
    min_answered: int
    min_core: int


def axis_score(points: Floats, axis: Axis) -> tuple[Floats, Floats]:
    """Score one dimension of each firm over its answered questions.

    Parameters
    ----------
    points : ndarray of shape (n_firms, n_questions)
        Points of the answers; NaN where there is none.
    axis : Axis
        The dimension.

    Returns
    -------
    score : ndarray of shape (n_firms,)
        ``100 * sum(weight * points) / sum(weight * most points)``, from 0 to 100, unrounded; NaN where too
        few questions, or too few core questions, are answered.
    coverage : ndarray of shape (n_firms,)
        Answered weight over all weight, from 0 to 1.

    Examples
    --------
    >>> axis = Axis(
    ...     columns=(0, 1), weights=(1, 1), tops=(4, 4), core=(True, False), min_answered=2, min_core=1
    ... )
    >>> axis_score(np.array([[1.0, 3.0], [1.0, np.nan]]), axis)
    (array([50., nan]), array([1. , 0.5]))
    """
    n_firms = len(points)
    gained, possible, answered_weight = np.zeros(n_firms), np.zeros(n_firms), np.zeros(n_firms)
    n_answered, n_core = np.zeros(n_firms, dtype=int), np.zeros(n_firms, dtype=int)
    # One question after the other, so that a firm's sum never depends on how many firms stand beside it.
    for column, weight, top, core in zip(axis.columns, axis.weights, axis.tops, axis.core, strict=True):
        known = ~np.isnan(points[:, column])
        gained += np.where(known, weight * points[:, column], 0.0)
        possible += np.where(known, weight * top, 0.0)
        answered_weight += np.where(known, weight, 0.0)
        n_answered += known
        n_core += known & core
    enough = (n_answered >= axis.min_answered) & (n_core >= axis.min_core) & (possible > 0)
    score = np.full(n_firms, np.nan)
    score[enough] = 100.0 * gained[enough] / possible[enough]
    return score, answered_weight / sum(axis.weights)


def levels_of(scores: Floats, lowest: Sequence[float], levels: Sequence[int]) -> Floats:
    """Find the level of each unrounded score in half-open bands.

    Parameters
    ----------
    scores : ndarray of shape (n_firms,)
        Scores from 0 to 100; NaN where there is none.
    lowest : sequence of float
        Lowest score of each level, rising, the first 0.
    levels : sequence of int
        The levels, in the same order.

    Returns
    -------
    ndarray of shape (n_firms,)
        Levels; NaN where there is no score.

    Examples
    --------
    >>> levels_of(np.array([24.99, 25.0, 100.0, np.nan]), [0, 25, 50, 75], [1, 2, 3, 4])
    array([ 1.,  2.,  4., nan])
    """
    known = ~np.isnan(scores)
    band = np.searchsorted(np.asarray(lowest, dtype=float), scores[known], side="right") - 1
    found = np.full(len(scores), np.nan)
    found[known] = np.asarray(levels, dtype=float)[band]
    return found


def open_questions(
    points: Floats, closed: Flags, axis: Axis
) -> tuple[list[tuple[int, ...] | None], Positions]:
    """Find the fewest questions whose answers would give each firm a score, core questions first.

    Parameters
    ----------
    points : ndarray of shape (n_firms, n_questions)
        Points of the answers; NaN where there is none.
    closed : ndarray of bool, shape (n_firms, n_questions)
        Where a question does not apply to a firm.
    axis : Axis
        The dimension.

    Returns
    -------
    asked : list of tuple of int, or None
        Distinct findings: columns of the questions to answer; empty where there is a score already;
        None where too many questions do not apply.
    which : ndarray of int, shape (n_firms,)
        Position of each firm's finding in ``asked``.
    """
    columns = list(axis.columns)
    state = np.where(~np.isnan(points[:, columns]), 1, np.where(closed[:, columns], 2, 0))
    code = np.zeros(len(points), dtype=np.int64)
    for place in range(len(columns)):
        code = 3 * code + state[:, place]
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    return [_ask(state[row].tolist(), axis) for row in first], which


def _ask(state: list[int], axis: Axis) -> tuple[int, ...] | None:
    """Choose the questions to ask of a firm whose questions are open (0), answered (1) or closed (2)."""
    answered_core = sum(core for s, core in zip(state, axis.core, strict=True) if s == 1)
    core_short = max(axis.min_core - answered_core, 0)
    short = max(axis.min_answered - state.count(1), core_short)
    open_core = [place for place, s in enumerate(state) if s == 0 and axis.core[place]]
    open_rest = [place for place, s in enumerate(state) if s == 0 and not axis.core[place]]
    if len(open_core) < core_short or len(open_core) + len(open_rest) < short:
        return None
    return tuple(axis.columns[place] for place in sorted((open_core + open_rest)[:short]))


def fact_values(points: Floats, rows: Sequence[tuple[int, float, float]], direct: Floats) -> Floats:
    """Read one fact of each firm from its answers.

    Parameters
    ----------
    points : ndarray of shape (n_firms, n_questions)
        Points of the answers; NaN where there is none.
    rows : sequence of (int, float, float)
        Column of a question, the points from which it makes the fact true (NaN if it never suffices), and the
        points under which it speaks against the fact.
    direct : ndarray of shape (n_firms,)
        Answers to the fact's own question: 1, 0 or NaN. They go first.

    Returns
    -------
    ndarray of shape (n_firms,)
        1 where one answer makes the fact true, 0 where every answer speaks against it, NaN where unknown.

    Examples
    --------
    >>> points = np.array([[4.0, np.nan], [1.0, np.nan], [1.0, 1.0], [3.0, 1.0]])
    >>> fact_values(points, [(0, 4, 3), (1, 3, 3)], np.full(4, np.nan))
    array([ 1., nan,  0., nan])
    """
    met = np.zeros(len(points), dtype=bool)
    denied = np.full(len(points), bool(rows))
    for column, at_least, below in rows:
        met |= points[:, column] >= at_least
        denied &= points[:, column] < below
    read = np.where(met, 1.0, np.where(denied, 0.0, np.nan))
    return np.where(np.isnan(direct), read, direct)
