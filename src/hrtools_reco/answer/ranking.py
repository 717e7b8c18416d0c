"""The k best tools of each firm, balanced: by function, by sort, and one of those that do the same job."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hrtools_reco.model import SCORE_STEP

NO_TOOL = -1
MOST_POINTS = 300.0  # that a key can hold: 100 of a score, and as much again twice to bring tools forward
# How far each sort is looked into at first, beyond k; a firm for which that is too short is ranked again.
_SPARE = 12
_BLOCK = 512  # firms whose keys are sorted at a time
_NOTHING = np.iinfo(np.int64).min


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What keeps a list from being five of a kind.

    Attributes
    ----------
    functions : ndarray of int of shape (n_tools,)
        First function of each tool, from 0.
    sorts : ndarray of int of shape (n_tools,)
        Sort of each tool, from 0 (software; the rest).
    stand_ins : ndarray of bool of shape (n_tools, n_tools)
        Whether two tools do the same job; symmetric, false on the diagonal.
    max_per_function : int or None
        Largest number of tools of one function in a list; ``None`` is no cap.
    kind_step : float
        Points that each further tool of one sort counts less, a multiple of ``SCORE_STEP`` from 0.
    """

    functions: np.ndarray
    sorts: np.ndarray
    stand_ins: np.ndarray
    max_per_function: int | None = None
    kind_step: float = 0.0

    @cached_property
    def n_sorts(self) -> int:
        """Number of sorts."""
        return int(self.sorts.max(initial=0)) + 1

    def take(self, columns: np.ndarray) -> Balance:
        """Return the same for some of the tools."""
        return Balance(
            functions=self.functions[columns],
            sorts=self.sorts[columns],
            stand_ins=self.stand_ins[np.ix_(columns, columns)],
            max_per_function=self.max_per_function,
            kind_step=self.kind_step,
        )


def rank_tools(scores: np.ndarray, eligible: np.ndarray, balance: Balance, *, k: int) -> np.ndarray:
    """Rank the eligible tools of each firm and keep the first k.

    Each place goes to the tool with the highest score, less ``kind_step`` for each tool of its sort that is
    in the list already. Passed over is a tool whose function is full, and one that stands in for a tool of
    the list. So a larger ``k`` only appends.

    Parameters
    ----------
    scores : ndarray of shape (n_firms, n_tools)
        Scores, each a multiple of ``SCORE_STEP`` (see ``round_scores``), from 0 and under ``MOST_POINTS``.
        Equal scores are ordered by column.
    eligible : ndarray of bool of shape (n_firms, n_tools) or (1, n_tools)
        Tools that may be recommended.
    balance : Balance
        Functions, sorts and stand-ins of the tools, and what they count.
    k : int
        Largest number of tools of a firm, at least 1.

    Returns
    -------
    ndarray of int of shape (n_firms, k)
        Columns of the tools, best first; ``NO_TOOL`` where a firm has fewer.

    Examples
    --------
    >>> scores = np.array([[50.0, 75.0, 75.0, 25.0]])
    >>> balance = Balance(
    ...     functions=np.array([0, 1, 1, 2]),
    ...     sorts=np.zeros(4, dtype=int),
    ...     stand_ins=np.zeros((4, 4), dtype=bool),
    ...     max_per_function=1,
    ... )
    >>> rank_tools(scores, scores > 30, balance, k=3)
    array([[ 1,  0, -1]])
    """
    open_to = np.broadcast_to(eligible, scores.shape)
    if len(scores) == 1:
        return _ranked_alone(scores[0], open_to[0], balance, k)
    ranked, cut_short = _merged(_contenders(scores, open_to, balance.sorts, k + _SPARE), balance, k)
    if len(cut_short):
        deeper = _contenders(scores[cut_short], open_to[cut_short], balance.sorts, scores.shape[1])
        ranked[cut_short], _ = _merged(deeper, balance, k)
    return ranked


def alternatives(
    ranked: np.ndarray, scores: np.ndarray, eligible: np.ndarray, balance: Balance, *, n: int
) -> np.ndarray:
    """Name for each tool of a list the eligible tools that do the same job and are not in it.

    Parameters
    ----------
    ranked : ndarray of int of shape (n_firms, k)
        Lists, as ``rank_tools`` gives them.
    scores, eligible : ndarray of shape (n_firms, n_tools)
        As given to ``rank_tools``.
    balance : Balance
        As given to ``rank_tools``.
    n : int
        Largest number of tools named beside one, at least 1.

    Returns
    -------
    ndarray of int of shape (n_firms, k, n)
        Columns of the tools, best first; ``NO_TOOL`` where there are fewer.
    """
    keys, bits = _keys(scores, eligible)
    listed = np.where(ranked == NO_TOOL, keys.shape[1], ranked)
    free = np.pad(keys, ((0, 0), (0, 1)))
    np.put_along_axis(free, listed, -1, axis=1)
    beside = np.vstack([balance.stand_ins, np.zeros((1, len(balance.stand_ins)), dtype=bool)])[listed]
    own = np.where(beside, free[:, None, :-1], -1)
    width = min(n, own.shape[2])
    best = -np.sort(-np.partition(own, own.shape[2] - width, axis=2)[:, :, -width:], axis=2)
    return np.pad(_tools(best, bits), ((0, 0), (0, 0), (0, n - width)), constant_values=NO_TOOL)


def _keys(scores: np.ndarray, eligible: np.ndarray) -> tuple[np.ndarray, int]:
    """Write score and column of each eligible tool as one whole number, -1 for the others."""
    n_tools = scores.shape[1]
    bits = int(n_tools - 1).bit_length()
    # Small numbers are sorted in half the time.
    fits = MOST_POINTS / SCORE_STEP * 2**bits < np.iinfo(np.int32).max
    whole: type[np.signedinteger] = np.int32 if fits else np.int64
    keys: np.ndarray = (scores * scores.dtype.type(1.0 / SCORE_STEP)).astype(whole)
    keys <<= whole(bits)
    keys |= np.arange(2**bits - 1, 2**bits - 1 - n_tools, -1, dtype=whole)
    keys |= np.subtract(eligible, 1, dtype=whole)  # all bits, that is -1, where it may not be recommended
    return keys, bits


def _tools(keys: np.ndarray, bits: int) -> np.ndarray:
    """Return the columns of some keys; ``NO_TOOL`` for -1."""
    return np.where(keys < 0, NO_TOOL, 2**bits - 1 - (keys & (2**bits - 1)))


@dataclass(frozen=True, kw_only=True)
class _Contenders:
    """The best tools of each sort, before they are held against each other.

    Attributes
    ----------
    keys : ndarray of int of shape (n_firms, n_sorts, depth + 1)
        Keys of the tools, largest first; -1 where there are no more, and at the end.
    cut : ndarray of bool of shape (n_firms, n_sorts)
        Whether more tools of the sort are eligible.
    bits : int
        Bits of a key that hold the column.
    """

    keys: np.ndarray
    cut: np.ndarray
    bits: int


def _contenders(scores: np.ndarray, eligible: np.ndarray, sorts: np.ndarray, depth: int) -> _Contenders:
    """Find the ``depth`` best tools of each sort, for few firms at a time, so that they stay in the cache."""
    columns = [np.flatnonzero(sorts == sort) for sort in range(int(sorts.max(initial=0)) + 1)]
    width = min(depth, max(map(len, columns)))
    _, bits = first = _keys(scores[:1], eligible[:1])
    best = np.full((len(scores), len(columns), width + 1), -1, dtype=first[0].dtype)
    cut = np.zeros((len(scores), len(columns)), dtype=bool)
    for start in range(0, len(scores), _BLOCK):
        rows = slice(start, start + _BLOCK)
        keys, _ = _keys(scores[rows], eligible[rows])
        np.invert(keys, out=keys)  # the best come first: many equal numbers at the start are slow to part
        for sort, own_columns in enumerate(columns):
            own = np.take(keys, own_columns, axis=1)  # row by row in memory, as an index would not leave it
            if width < len(own_columns):
                own.partition(width, axis=1)
                cut[rows, sort] = own[:, width] < 0
            kept = own[:, :width]
            kept.sort(axis=1)
            best[rows, sort, : kept.shape[1]] = ~kept
    return _Contenders(keys=best, cut=cut, bits=bits)


def _merged(found: _Contenders, balance: Balance, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Fill the lists place by place; also tell which firms need to be looked into deeper."""
    n_firms, n_sorts, _ = found.keys.shape
    step = np.int64(round(balance.kind_step / SCORE_STEP)) << found.bits
    at = np.zeros((n_firms, n_sorts), dtype=np.int64)
    counts = at.copy()
    ranked = np.full((n_firms, k), NO_TOOL, dtype=np.int64)
    taken = np.zeros(n_firms, dtype=np.int64)
    per_function = np.zeros((n_firms, int(balance.functions.max(initial=0)) + 1), dtype=np.int64)
    going, cut_short = np.arange(n_firms), [np.empty(0, dtype=np.int64)]
    while len(going):
        heads = found.keys[going[:, None], np.arange(n_sorts), at[going]].astype(np.int64)
        short = (found.cut[going] & (heads < 0)).any(axis=1)
        cut_short.append(going[short])
        sort = np.where(heads < 0, _NOTHING, heads - step * counts[going]).argmax(axis=1)
        key = heads[np.arange(len(going)), sort]
        on = (key >= 0) & ~short
        going, sort, tool = going[on], sort[on], _tools(key[on], found.bits)
        at[going, sort] += 1
        listed = ranked[going, : taken[going].max(initial=0)]
        fits = ~_stands_in(listed, tool, balance.stand_ins)
        if balance.max_per_function is not None:
            fits &= per_function[going, balance.functions[tool]] < balance.max_per_function
        chosen, tool = going[fits], tool[fits]
        ranked[chosen, taken[chosen]] = tool
        per_function[chosen, balance.functions[tool]] += 1
        counts[chosen, sort[fits]] += 1
        taken[chosen] += 1
        going = going[taken[going] < k]
    return ranked, np.concatenate(cut_short)


def _ranked_alone(scores: np.ndarray, eligible: np.ndarray, balance: Balance, k: int) -> np.ndarray:
    """Rank the tools of a single firm, tool by tool: far cheaper than columns of one row."""
    columns = np.flatnonzero(eligible)
    columns = columns[np.argsort(-scores[columns], kind="stable")]
    worth = (scores[columns] / SCORE_STEP).tolist()
    tools, functions = columns.tolist(), balance.functions[columns].tolist()
    sorts = balance.sorts[columns]
    queues = [deque(np.flatnonzero(sorts == sort).tolist()) for sort in range(balance.n_sorts)]
    step, n_taken = round(balance.kind_step / SCORE_STEP), [0] * len(queues)
    cap = k if balance.max_per_function is None else balance.max_per_function
    chosen: list[int] = []
    barred, per_function = set[int](), Counter[int]()
    while len(chosen) < k and any(queues):
        heads = [
            (worth[queue[0]] - step * n_taken[sort], -tools[queue[0]], sort)
            for sort, queue in enumerate(queues)
            if queue
        ]
        sort = max(heads)[2]
        place = queues[sort].popleft()
        tool = tools[place]
        if tool in barred or per_function[functions[place]] >= cap:
            continue
        chosen.append(tool)
        barred.update(np.flatnonzero(balance.stand_ins[tool]).tolist())
        per_function[functions[place]] += 1
        n_taken[sort] += 1
    return np.array([chosen + [NO_TOOL] * (k - len(chosen))], dtype=np.int64)


def _stands_in(ranked: np.ndarray, tool: np.ndarray, stand_ins: np.ndarray) -> np.ndarray:
    """Tell whether a tool does the job of one that is in the list already."""
    found = np.zeros(len(tool), dtype=bool)
    for listed in ranked.T:
        found |= stand_ins[listed, tool] & (listed != NO_TOOL)
    return found
