"""The k best tools of each firm, balanced: by function, by sort, and one of those that do the same job."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hrtools_reco.model import SCORE_STEP

NO_TOOL = -1
# How far each sort is looked into at first, beyond k; a firm for which that is too short is ranked again.
_SPARE = 12


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
        Scores, each a multiple of ``SCORE_STEP`` (see ``round_scores``) from 0 to 100. Equal scores are
        ordered by column.
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
    keys, bits = _keys(scores, eligible)
    ranked, cut_short = _rank_within(keys, bits, balance, k, k + _SPARE)
    if cut_short.any():
        ranked[cut_short], _ = _rank_within(keys[cut_short], bits, balance, k, keys.shape[1])
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
    # Small numbers are sorted in half the time; 100 points are 2**26 steps at most.
    fits = 100.0 / SCORE_STEP * 2**bits < np.iinfo(np.int32).max
    whole: type[np.signedinteger] = np.int32 if fits else np.int64
    keys: np.ndarray = (scores * scores.dtype.type(1.0 / SCORE_STEP)).astype(whole)
    keys <<= whole(bits)
    keys |= np.arange(2**bits - 1, 2**bits - 1 - n_tools, -1, dtype=whole)
    keys |= np.subtract(eligible, 1, dtype=whole)  # all bits, that is -1, where it may not be recommended
    return keys, bits


def _tools(keys: np.ndarray, bits: int) -> np.ndarray:
    """Return the columns of some keys; ``NO_TOOL`` for -1."""
    return np.where(keys < 0, NO_TOOL, 2**bits - 1 - (keys & (2**bits - 1)))


def _rank_within(
    keys: np.ndarray, bits: int, balance: Balance, k: int, depth: int
) -> tuple[np.ndarray, np.ndarray]:
    """Merge the ``depth`` best tools of each sort; also tell which firms need to be looked into deeper."""
    n_firms, rows = len(keys), np.arange(len(keys))
    lists, cut = _best_of_sorts(keys, balance.sorts, depth)
    step = np.int64(round(balance.kind_step / SCORE_STEP)) << bits
    at = np.zeros((len(lists), n_firms), dtype=np.int64)
    counts = at.copy()
    ranked = np.full((n_firms, k), NO_TOOL, dtype=np.int64)
    taken = np.zeros(n_firms, dtype=np.int64)
    cut_short = np.zeros(n_firms, dtype=bool)
    per_function = np.zeros((n_firms, int(balance.functions.max(initial=0)) + 1), dtype=np.int64)
    while True:
        heads = np.stack([best[rows, place] for best, place in zip(lists, at, strict=True)]).astype(np.int64)
        open_ = taken < k
        cut_short |= open_ & (cut & (heads < 0)).any(axis=0)
        worth = np.where(heads < 0, np.iinfo(np.int64).min, heads - step * counts)
        sort = worth.argmax(axis=0)
        key = heads[sort, rows]
        going = np.flatnonzero(open_ & (key >= 0) & ~cut_short)
        if not len(going):
            return ranked, cut_short
        tool, own = _tools(key[going], bits), sort[going]
        at[own, going] += 1
        fits = ~_stands_in(ranked[going], tool, balance.stand_ins)
        if balance.max_per_function is not None:
            fits &= per_function[going, balance.functions[tool]] < balance.max_per_function
        going, tool, own = going[fits], tool[fits], own[fits]
        ranked[going, taken[going]] = tool
        per_function[going, balance.functions[tool]] += 1
        counts[own, going] += 1
        taken[going] += 1


def _best_of_sorts(keys: np.ndarray, sorts: np.ndarray, depth: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the largest keys of each sort, largest first and -1 at the end, and whether some are left."""
    lists, cut = [], []
    for sort in range(int(sorts.max(initial=0)) + 1):
        own = np.take(keys, np.flatnonzero(sorts == sort), axis=1)  # row by row, unlike an index does it
        kept = min(depth, own.shape[1])
        if kept < own.shape[1]:
            own = np.partition(own, own.shape[1] - kept - 1, axis=1)
            cut.append(own[:, -kept - 1] >= 0)
            own = own[:, -kept:]
        else:
            cut.append(np.zeros(len(keys), dtype=bool))
        best = np.full((len(keys), kept + 1), -1, dtype=keys.dtype)
        best[:, :kept] = np.sort(own, axis=1)[:, ::-1]
        lists.append(best)
    return lists, np.stack(cut)


def _stands_in(ranked: np.ndarray, tool: np.ndarray, stand_ins: np.ndarray) -> np.ndarray:
    """Tell whether a tool does the job of one that is in the list already."""
    found = np.zeros(len(tool), dtype=bool)
    for listed in ranked.T:
        found |= stand_ins[listed, tool] & (listed != NO_TOOL)
    return found
