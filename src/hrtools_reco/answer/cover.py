"""What a list must hold: an answer to each need that presses, and a tool that the firm uses itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hrtools_reco.answer.ranking import MOST_POINTS, NO_TOOL, Balance, rank_tools

# A pressing need is answered within the first three places, any other that is real within the first five.
EARLY, LIST = 3, 5
_UTMOST = 100.0  # highest urgency of a need
_SOON, _LATE = 2, 1  # how strongly a tool is wanted: within EARLY, or within LIST
_ABOVE_ALL = MOST_POINTS - 100.0  # points that bring a wanted tool before every other


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for in a list, and how urgent it must be.

    Attributes
    ----------
    answers : ndarray of bool of shape (n_tools, n_needs)
        Which tools answer each need.
    main : ndarray of bool of shape (n_tools, n_needs)
        For which tools answering it is a main use: wanted where nothing could be more urgent.
    own : ndarray of bool of shape (n_tools,)
        Tools that a firm uses itself, of which one is wanted in every list.
    real, pressing : float
        Urgency of a need from which an answer stands within ``LIST``, and within ``EARLY``.
    least : float
        Score under which a tool is not brought forward: an adviser would not list it.
    detour : float
        Points by which a tool of one's own may be behind another if it answers a real need.
    """

    answers: np.ndarray
    main: np.ndarray
    own: np.ndarray
    real: float
    pressing: float
    least: float
    detour: float

    @cached_property
    def meets(self) -> np.ndarray:
        """Which tools meet each want: needs, needs as a main use, one's own; a last row is no tool."""
        return np.pad(np.column_stack([self.answers, self.main, self.own]), ((0, 1), (0, 0)))

    @cached_property
    def order(self) -> list[tuple[int, np.ndarray]]:
        """Wants and the columns of the tools that meet each, the one that fewest tools meet first."""
        wants = np.argsort(self.meets.sum(axis=0), kind="stable").tolist()
        return [(want, np.flatnonzero(self.meets[:-1, want])) for want in wants]

    def levels(self, urgency: np.ndarray) -> np.ndarray:
        """Return how soon each want is to be met, of shape (n_firms, n_wants); 0 is not at all."""
        soon = np.where(urgency >= self.pressing, _SOON, np.where(urgency >= self.real, _LATE, 0))
        utmost = np.where(urgency >= _UTMOST, _SOON, 0)
        return np.column_stack([soon, utmost, np.full(len(urgency), _LATE)])


def behind_one_door(scores: np.ndarray, eligible: np.ndarray, doors: np.ndarray, step: float) -> np.ndarray:
    """Count the lower of two doors of one house less, where both are open.

    Parameters
    ----------
    scores, eligible : ndarray of shape (n_firms, n_tools)
        As given to ``rank_tools``.
    doors : ndarray of int of shape (2, n_pairs)
        Columns of a service and of a part of it that does the same.
    step : float
        Points that the lower one counts less.

    Returns
    -------
    ndarray of shape (n_firms, n_tools)
        Scores to rank by, from 0.

    Examples
    --------
    >>> scores = np.array([[90.0, 80.0, 70.0]])
    >>> behind_one_door(scores, scores > 0, np.array([[0], [2]]), 12.0)
    array([[90., 80., 58.]])
    """
    one, other = doors
    rows, pairs = np.nonzero(eligible[:, one] & eligible[:, other])
    if not len(rows):
        return scores
    one, other = one[pairs], other[pairs]
    lower = np.where(scores[rows, one] < scores[rows, other], one, other)
    less = scores.copy()
    less[rows, lower] = np.maximum(scores[rows, lower] - scores.dtype.type(step), 0)
    return less


def cover(
    ranked: np.ndarray,
    scores: np.ndarray,
    eligible: np.ndarray,
    urgency: np.ndarray,
    wanted: Wanted,
    balance: Balance,
) -> np.ndarray:
    """Bring forward an answer to what is urgent and not answered in the first places.

    The best eligible answer takes the last of the places within which it is wanted; all others keep their
    order, and the list stays balanced. So a larger k only appends, from ``LIST`` on.

    Parameters
    ----------
    ranked : ndarray of int of shape (n_firms, k)
        Lists, as ``rank_tools`` gives them; k is at least ``LIST``.
    scores, eligible : ndarray of shape (n_firms, n_tools)
        As given to ``rank_tools``.
    urgency : ndarray of shape (n_firms, n_needs)
        How urgent each need is, from 0 to 100; NaN where it is unknown.
    wanted : Wanted
        What is looked for.
    balance : Balance
        As given to ``rank_tools``.

    Returns
    -------
    ndarray of int of shape (n_firms, k)
        The lists.

    Examples
    --------
    >>> scores = np.array([[90.0, 80.0, 70.0, 60.0]])
    >>> balance = Balance(
    ...     functions=np.arange(4), sorts=np.zeros(4, dtype=int), stand_ins=np.zeros((4, 4), dtype=bool)
    ... )
    >>> wanted = Wanted(
    ...     answers=np.array([[False], [False], [False], [True]]),
    ...     main=np.zeros((4, 1), dtype=bool),
    ...     own=np.ones(4, dtype=bool),
    ...     real=50,
    ...     pressing=75,
    ...     least=40,
    ...     detour=10,
    ... )
    >>> ranked = rank_tools(scores, scores > 0, balance, k=5)
    >>> cover(ranked, scores, scores > 0, np.array([[100.0]]), wanted, balance)
    array([[ 0,  1,  3,  2, -1]])
    """
    levels = wanted.levels(urgency)
    rows = np.flatnonzero(_unmet(ranked, levels, wanted).any(axis=1))
    if not len(rows):
        return ranked
    levels, own, may = levels[rows], scores[rows], np.broadcast_to(eligible, scores.shape)[rows]
    worth, lists = np.where(may, own, -np.inf), ranked[rows]
    of_ones_own = np.where(_full(lists, balance), -np.inf, worth)
    answering = (urgency[rows] >= wanted.real).astype(np.float32) @ wanted.answers.T > 0
    led_by, marks = of_ones_own + wanted.detour * answering, np.zeros(own.shape, dtype=np.int8)
    while _mark(marks, levels * _unmet(lists, levels, wanted), worth, led_by, wanted):
        lists = _with_marked(marks, own, may, balance, ranked.shape[1])
    covered = ranked.copy()
    covered[rows] = lists
    return covered


def _full(ranked: np.ndarray, balance: Balance) -> np.ndarray:
    """Tell for each tool whether its function is full in the first places, of shape (n_firms, n_tools)."""
    if balance.max_per_function is None:
        return np.zeros((len(ranked), len(balance.functions)), dtype=bool)
    served = np.append(balance.functions, NO_TOOL)[ranked[:, :LIST]]
    counts = (served[:, :, None] == np.arange(balance.functions.max() + 1)).sum(axis=1)
    full: np.ndarray = (counts >= balance.max_per_function)[:, balance.functions]
    return full


def _unmet(ranked: np.ndarray, levels: np.ndarray, wanted: Wanted) -> np.ndarray:
    """Tell what is wanted and not met in the places within which it is, of shape (n_firms, n_wants)."""
    met = wanted.meets[ranked[:, :LIST]]
    unmet: np.ndarray = (levels > 0) & ~np.where(levels == _SOON, met[:, :EARLY].any(axis=1), met.any(axis=1))
    return unmet


def _mark(marks: np.ndarray, levels: np.ndarray, worth: np.ndarray, own: np.ndarray, wanted: Wanted) -> bool:
    """Mark the best tool for each want that is not met, if it is worth a place; tell whether any is new."""
    is_new = False
    open_wants: np.ndarray = (levels > 0).sum(axis=0)
    for want, tools in wanted.order:
        if not open_wants[want] or not len(tools):
            continue
        level = levels[:, want]
        rows = np.flatnonzero(level > 0)
        rows = rows[(_pairs(marks, rows, tools) < level[rows, None]).all(axis=1)]
        if not len(rows):
            continue
        points = _pairs(worth, rows, tools)
        led_by = _pairs(own, rows, tools) if want == levels.shape[1] - 1 else points
        best = led_by.argmax(axis=1)
        at = np.arange(len(rows)), best
        good = (points[at] >= wanted.least) & (led_by[at] > -np.inf)
        marks[rows[good], tools[best[good]]] = level[rows[good]]
        is_new |= bool(good.any())
    return is_new


def _pairs(table: np.ndarray, rows: np.ndarray, tools: np.ndarray) -> np.ndarray:
    """Return some rows and columns of a table; two steps are faster than an index of both."""
    return np.take(np.take(table, rows, axis=0), tools, axis=1)


def _with_marked(
    marks: np.ndarray, scores: np.ndarray, eligible: np.ndarray, balance: Balance, k: int
) -> np.ndarray:
    """Fill lists with the marked tools first, then move each to the last place within which it is wanted."""
    lifted = scores + scores.dtype.type(_ABOVE_ALL) * (marks > 0)
    lists = rank_tools(lifted, eligible, balance, k=k)
    mark = np.where(lists == NO_TOOL, NO_TOOL, np.take_along_axis(marks, np.maximum(lists, 0), axis=1))
    n_soon, n_late = ((mark == at).sum(axis=1, keepdims=True) for at in (_SOON, _LATE))
    n_before = np.maximum(EARLY - n_soon, 0)
    n_between = np.maximum(LIST - n_before - n_soon - n_late, 0)
    place = np.cumsum(mark == 0, axis=1)  # of the others among themselves, from 1
    run = np.where(place <= n_before, 0, np.where(place <= n_before + n_between, 2, 4))
    run = np.select([mark == NO_TOOL, mark == _SOON, mark == _LATE], [5, 1, 3], run)
    return np.take_along_axis(lists, np.argsort(run, axis=1, kind="stable"), axis=1)
