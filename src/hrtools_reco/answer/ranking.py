"""The k best tools of each firm, with a cap on tools of one function."""

from __future__ import annotations

import numpy as np

from hrtools_reco.model import SCORE_STEP

NO_TOOL = -1


def rank_tools(
    scores: np.ndarray,
    eligible: np.ndarray,
    functions: np.ndarray,
    *,
    k: int,
    max_per_function: int | None = None,
) -> np.ndarray:
    """Rank the eligible tools of each firm and keep the first k.

    Tools are taken in the order of their scores; one whose function already stands ``max_per_function``
    times is passed over, so a larger ``k`` only appends.

    Parameters
    ----------
    scores : ndarray of shape (n_firms, n_tools)
        Scores, each a multiple of ``SCORE_STEP`` (see ``round_scores``) from 0 to 100. Equal scores are
        ordered by column.
    eligible : ndarray of bool of shape (n_firms, n_tools)
        Tools that may be recommended.
    functions : ndarray of int of shape (n_tools,)
        Primary function of each tool, from 0.
    k : int
        Largest number of tools of a firm, at least 1.
    max_per_function : int, optional
        Largest number of tools of one function; ``None`` is no cap.

    Returns
    -------
    ndarray of int of shape (n_firms, k)
        Columns of the tools, best first; ``NO_TOOL`` where a firm has fewer.

    Examples
    --------
    >>> scores = np.array([[50.0, 75.0, 75.0, 25.0]])
    >>> rank_tools(scores, scores > 30, np.array([0, 1, 1, 2]), k=3, max_per_function=1)
    array([[ 1,  0, -1]])
    """
    n_tools = scores.shape[1]
    # Distinct keys: the columns share out the last step of the score, the first column highest.
    step = SCORE_STEP / 2 ** int(np.ceil(np.log2(n_tools + 1)))
    keys = np.where(eligible, scores + step * np.arange(n_tools - 1, -1, -1), -np.inf)
    depth = min(n_tools, 4 * k + 8)
    ranked = _rank_within(keys, functions, depth, k, max_per_function)
    short = (ranked[:, -1] == NO_TOOL) & (eligible.sum(axis=1) > depth)
    if depth < n_tools and short.any():
        ranked[short] = _rank_within(keys[short], functions, n_tools, k, max_per_function)
    return ranked


def _rank_within(
    keys: np.ndarray, functions: np.ndarray, depth: int, k: int, max_per_function: int | None
) -> np.ndarray:
    """Take tools in turn from the ``depth`` best ones of each firm."""
    n_firms, n_tools = keys.shape
    order = np.argsort(-keys, axis=1) if depth == n_tools else _best_in_order(keys, depth)
    usable = np.take_along_axis(keys, order, axis=1) > -np.inf
    ranked = np.full((n_firms, k), NO_TOOL, dtype=np.int64)
    taken = np.zeros(n_firms, dtype=np.int64)
    per_function = np.zeros((n_firms, int(functions.max()) + 1), dtype=np.int64)
    rows = np.arange(n_firms)
    for place in range(depth):
        tool = order[:, place]
        takes = usable[:, place] & (taken < k)
        if max_per_function is not None:
            takes &= per_function[rows, functions[tool]] < max_per_function
        at = rows[takes]
        ranked[at, taken[at]] = tool[at]
        per_function[at, functions[tool[at]]] += 1
        taken[at] += 1
        if taken.min() == k:
            break
    return ranked


def _best_in_order(keys: np.ndarray, depth: int) -> np.ndarray:
    """Return the columns of the ``depth`` largest keys of each row, the largest first."""
    best = np.argpartition(-keys, depth - 1, axis=1)[:, :depth]
    order = np.argsort(-np.take_along_axis(keys, best, axis=1), axis=1)
    columns: np.ndarray = np.take_along_axis(best, order, axis=1)
    return columns
