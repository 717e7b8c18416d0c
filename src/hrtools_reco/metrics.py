"""Measure ranked lists of tools: arrays in, one number per firm out.

``relevance`` (n_firms, n_tools) holds what each firm turned out to use, graded and at least 0, or 0/1; a
tool is relevant where it is above 0. ``ranked`` (n_firms, n_listed) holds positions of tools, best first, -1
where a list is shorter. ``k`` cuts the lists; where it is None, they count whole. A firm without any relevant
tool gets NaN, never 0: leave it out of a mean, and count it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrtools_reco._checks import check_count, check_number, invalid

Array = NDArray[Any]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def rank_scores(scores: ArrayLike, *, k: int, eligible: ArrayLike | None = None) -> IntArray:
    """Turn scores into lists of the k best eligible tools.

    Equal scores are ordered by position: by ``tool_id``, where the columns are sorted by it.

    Parameters
    ----------
    scores : array-like of shape (n_firms, n_tools)
        Any scale, higher is better, no NaN; minus infinity is never listed.
    k : int
        Length of a list, at least 1.
    eligible : array-like of bool of shape (n_firms, n_tools), default=None
        What may be listed. None stands for all.

    Returns
    -------
    ndarray of int of shape (n_firms, k)
        Positions of tools, best first, -1 where fewer than k tools are eligible.

    Examples
    --------
    >>> rank_scores([[0.2, 0.9, 0.9]], k=3, eligible=[[True, False, True]])
    array([[ 2,  0, -1]])
    """
    width = check_count("k", k)
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or np.isnan(table).any():
        raise invalid("scores", "numbers of shape (n_firms, n_tools), without NaN", _seen(table))
    allowed = _like("eligible", eligible, table.shape).astype(bool) if eligible is not None else True
    masked = np.where(allowed, table, -np.inf)
    order = np.argsort(-masked, axis=1, kind="stable")[:, :width]
    listed = np.where(np.take_along_axis(masked, order, axis=1) > -np.inf, order, -1)
    return np.pad(listed, ((0, 0), (0, width - listed.shape[1])), constant_values=-1).astype(np.int64)


def recall_at_k(
    relevance: ArrayLike,
    ranked: ArrayLike,
    *,
    k: int | None = None,
    capped: bool = False,
    propensity: ArrayLike | None = None,
) -> FloatArray:
    """Compute the share of a firm's relevant tools that its list holds.

    Parameters
    ----------
    relevance : array-like of shape (n_firms, n_tools)
        Grades, at least 0.
    ranked : array-like of int of shape (n_firms, n_listed)
        Positions of tools, best first, -1 padded.
    k : int, default=None
        Length that counts.
    capped : bool, default=False
        Divide by k where a firm has more than k relevant tools, so that 1 can be reached.
    propensity : array-like of shape (n_tools,) or (n_firms, n_tools), default=None
        Probability that a use of the tool could show in the log, above 0 and up to 1. Each tool then counts
        1 / propensity, above and below the line (self-normalised). It takes no cap. Weight the firms by
        ``((relevance > 0) / propensity).sum(axis=1)``: a plain mean of firms with few tools keeps much bias.

    Returns
    -------
    ndarray of shape (n_firms,)
        From 0 to 1, NaN for firms without a relevant tool.

    Raises
    ------
    InvalidValueError
        If an array has the wrong shape or a value out of range, or a list names a tool twice.

    References
    ----------
    Yang, L. et al. (2018). Unbiased offline recommender evaluation for missing-not-at-random implicit
    feedback. RecSys.

    Examples
    --------
    >>> recall_at_k([[1, 1, 0, 1], [0, 0, 0, 0]], [[0, 2], [0, 1]])
    array([0.33333333, nan])
    """
    grades, lists, width = _checked(relevance, ranked, k)
    relevant = grades > 0
    if propensity is None:
        found, total = _gains(relevant, lists).sum(axis=1), relevant.sum(axis=1)
        return _ratio(found, np.minimum(total, width) if capped else total)
    if capped:
        raise invalid("capped", "False where propensity is given", capped)
    weights = relevant / _propensity(propensity, grades.shape)
    return _ratio(_gains(weights, lists).sum(axis=1), weights.sum(axis=1))


def precision_at_k(relevance: ArrayLike, ranked: ArrayLike, *, k: int | None = None) -> FloatArray:
    """Compute the share of the k places that hold a relevant tool.

    A short list is divided by k as well: an empty place is no hit.

    Parameters
    ----------
    relevance : array-like of shape (n_firms, n_tools)
        Grades, at least 0.
    ranked : array-like of int of shape (n_firms, n_listed)
        Positions of tools, best first, -1 padded.
    k : int, default=None
        Length that counts.

    Returns
    -------
    ndarray of shape (n_firms,)
        From 0 to 1, NaN for firms without a relevant tool.

    Examples
    --------
    >>> precision_at_k([[1, 1, 0, 1]], [[0, 2, -1, -1]])
    array([0.25])
    """
    grades, lists, width = _checked(relevance, ranked, k)
    return _where_relevant(_gains(grades > 0, lists).sum(axis=1) / width, grades)


def hit_at_k(relevance: ArrayLike, ranked: ArrayLike, *, k: int | None = None) -> FloatArray:
    """Tell whether a list holds a relevant tool: its mean is the hit rate.

    Parameters
    ----------
    relevance : array-like of shape (n_firms, n_tools)
        Grades, at least 0.
    ranked : array-like of int of shape (n_firms, n_listed)
        Positions of tools, best first, -1 padded.
    k : int, default=None
        Length that counts.

    Returns
    -------
    ndarray of shape (n_firms,)
        0 or 1, NaN for firms without a relevant tool.

    Examples
    --------
    >>> hit_at_k([[0, 1], [1, 0]], [[0], [0]])
    array([0., 1.])
    """
    grades, lists, _ = _checked(relevance, ranked, k)
    return _where_relevant((_gains(grades > 0, lists) > 0).any(axis=1), grades)


def reciprocal_rank(relevance: ArrayLike, ranked: ArrayLike, *, k: int | None = None) -> FloatArray:
    """Compute 1 / rank of the first relevant tool: its mean is the MRR.

    Parameters
    ----------
    relevance : array-like of shape (n_firms, n_tools)
        Grades, at least 0.
    ranked : array-like of int of shape (n_firms, n_listed)
        Positions of tools, best first, -1 padded.
    k : int, default=None
        Length that counts.

    Returns
    -------
    ndarray of shape (n_firms,)
        From 0 (no relevant tool listed) to 1, NaN for firms without a relevant tool.

    Examples
    --------
    >>> reciprocal_rank([[0, 0, 1]], [[0, 2, 1]])
    array([0.5])
    """
    grades, lists, _ = _checked(relevance, ranked, k)
    hits = _gains(grades > 0, lists)
    return _where_relevant((hits / np.arange(1, hits.shape[1] + 1)).max(axis=1), grades)


def average_precision_at_k(relevance: ArrayLike, ranked: ArrayLike, *, k: int | None = None) -> FloatArray:
    """Average the precision at each hit over all relevant tools: its mean is the MAP.

    As in TREC, the sum is divided by the number of relevant tools, also where that is above k.

    Parameters
    ----------
    relevance : array-like of shape (n_firms, n_tools)
        Grades, at least 0.
    ranked : array-like of int of shape (n_firms, n_listed)
        Positions of tools, best first, -1 padded.
    k : int, default=None
        Length that counts.

    Returns
    -------
    ndarray of shape (n_firms,)
        From 0 to 1, NaN for firms without a relevant tool.

    Examples
    --------
    >>> average_precision_at_k([[1, 0, 1]], [[0, 1, 2]])
    array([0.83333333])
    """
    grades, lists, _ = _checked(relevance, ranked, k)
    hits = _gains(grades > 0, lists)
    precision = hits.cumsum(axis=1) / np.arange(1, hits.shape[1] + 1)
    return _ratio((precision * hits).sum(axis=1), (grades > 0).sum(axis=1))


def ndcg_at_k(
    relevance: ArrayLike, ranked: ArrayLike, *, k: int | None = None, eligible: ArrayLike | None = None
) -> FloatArray:
    """Compute the discounted gain of a list over that of the best possible list.

    The gain of a tool is its grade (linear); pass ``2**grades - 1`` for the exponential gain. With
    ``eligible``, the best possible list is the best that the rules allow, and a forbidden tool gains nothing.

    Parameters
    ----------
    relevance : array-like of shape (n_firms, n_tools)
        Grades, at least 0.
    ranked : array-like of int of shape (n_firms, n_listed)
        Positions of tools, best first, -1 padded.
    k : int, default=None
        Length that counts.
    eligible : array-like of bool of shape (n_firms, n_tools), default=None
        What the rules allow. None stands for all.

    Returns
    -------
    ndarray of shape (n_firms,)
        From 0 to 1, NaN for firms without a relevant (and eligible) tool.

    Examples
    --------
    >>> ndcg_at_k([[3, 2, 0]], [[1, 0]]).round(4)
    array([0.9134])
    >>> ndcg_at_k([[3, 2, 0]], [[1]], eligible=[[False, True, True]])
    array([1.])
    """
    grades, lists, width = _checked(relevance, ranked, k)
    if eligible is not None:
        grades = np.where(_like("eligible", eligible, grades.shape).astype(bool), grades, 0)
    best = -np.sort(-_largest(grades, width), axis=1)
    return _ratio(_discounted(_gains(grades, lists)), _discounted(best))


def tail_tools(adopters: ArrayLike, *, head_share: float = 0.8) -> BoolArray:
    """Mark the tools outside the head: the fewest tools that hold a share of all adoptions.

    Parameters
    ----------
    adopters : array-like of shape (n_tools,)
        Number of firms that had each tool in the history, at least 0.
    head_share : float, default=0.8
        Share of all adoptions that the head holds, from 0 to 1. Equally adopted tools enter it by position.

    Returns
    -------
    ndarray of bool of shape (n_tools,)
        True for a tool of the tail.

    Examples
    --------
    >>> tail_tools([8, 1, 1])
    array([False,  True,  True])
    """
    counts = _counts("adopters", adopters)
    wanted = check_number("head_share", head_share, 0.0, 1.0) * counts.sum()
    order = np.argsort(-counts, kind="stable")
    held_before = np.concatenate([[0.0], counts[order].cumsum()[:-1]])
    tail = np.empty(len(counts), dtype=np.bool_)
    tail[order] = (held_before >= wanted - 1e-9) | (counts[order] == 0)
    return tail


def tail_recall_at_k(
    relevance: ArrayLike,
    ranked: ArrayLike,
    adopters: ArrayLike,
    *,
    k: int | None = None,
    head_share: float = 0.8,
) -> FloatArray:
    """Compute the recall among the tools of the tail alone.

    Parameters
    ----------
    relevance : array-like of shape (n_firms, n_tools)
        Grades, at least 0.
    ranked : array-like of int of shape (n_firms, n_listed)
        Positions of tools, best first, -1 padded.
    adopters : array-like of shape (n_tools,)
        Number of firms that had each tool in the history, at least 0.
    k : int, default=None
        Length that counts.
    head_share : float, default=0.8
        Share of all adoptions that the head holds, from 0 to 1.

    Returns
    -------
    ndarray of shape (n_firms,)
        From 0 to 1, NaN for firms without a relevant tool of the tail.

    Examples
    --------
    >>> tail_recall_at_k([[1, 1, 0]], [[0, 1]], [8, 1, 1])
    array([1.])
    """
    grades, lists, width = _checked(relevance, ranked, k)
    tail = tail_tools(_like("adopters", adopters, grades.shape[1:]), head_share=head_share)
    return recall_at_k(np.where(tail, grades, 0), lists, k=width)


def novelty_at_k(ranked: ArrayLike, adopters: ArrayLike, n_firms: int, *, k: int | None = None) -> FloatArray:
    """Compute the mean self-information of the listed tools, in bits.

    A tool that ``a`` of ``n`` firms had carries -log2((a + 1) / (n + 1)): 0 bits if all had it, and at most
    log2(n + 1), if none had it.

    Parameters
    ----------
    ranked : array-like of int of shape (n_lists, n_listed)
        Positions of tools, best first, -1 padded.
    adopters : array-like of shape (n_tools,)
        Number of firms that had each tool in the history, from 0 to ``n_firms``.
    n_firms : int
        Number of firms in the history, at least 1.
    k : int, default=None
        Length that counts.

    Returns
    -------
    ndarray of shape (n_lists,)
        Bits, at least 0, NaN for empty lists.

    Examples
    --------
    >>> novelty_at_k([[0, 1]], adopters=[7, 1], n_firms=7)
    array([1.])
    """
    counts = _counts("adopters", adopters)
    total = check_count("n_firms", n_firms, 1, "of firms")
    if counts.max() > total:
        raise invalid("adopters", f"at most n_firms, {total}", counts.max())
    lists, _ = _checked_lists(ranked, k, n_tools=len(counts))
    bits = -np.log2((counts + 1) / (total + 1))
    return _ratio(np.where(lists >= 0, bits[lists], 0.0).sum(axis=1), (lists >= 0).sum(axis=1))


def diversity_at_k(ranked: ArrayLike, attributes: ArrayLike, *, k: int | None = None) -> FloatArray:
    """Compute 1 minus the mean cosine similarity of all pairs of listed tools.

    Parameters
    ----------
    ranked : array-like of int of shape (n_lists, n_listed)
        Positions of tools, best first, -1 padded.
    attributes : array-like of shape (n_tools, n_attributes)
        What each tool is (functions, kind, price …), each at least 0. A tool without any resembles none.
    k : int, default=None
        Length that counts.

    Returns
    -------
    ndarray of shape (n_lists,)
        From 0 (all alike) to 1 (nothing in common), NaN for lists of fewer than two tools.

    Examples
    --------
    >>> diversity_at_k([[0, 1], [0, 2]], [[1, 0], [1, 0], [0, 1]])
    array([0., 1.])
    """
    table = np.asarray(attributes, dtype=np.float64)
    if table.ndim != 2 or not _within(table, 0.0, np.inf):
        raise invalid("attributes", "numbers of shape (n_tools, n_attributes), at least 0", _seen(table))
    lists, _ = _checked_lists(ranked, k, n_tools=len(table))
    peaks = table.max(axis=1, keepdims=True, initial=0.0)
    scaled = np.divide(table, peaks, out=np.zeros_like(table), where=peaks > 0)
    norms = np.linalg.norm(scaled, axis=1, keepdims=True)
    nothing = np.zeros((1, table.shape[1]))  # what -1 reads
    unit = np.vstack([scaled / np.where(norms > 0, norms, 1.0), nothing])
    total = sum((unit[place] for place in lists.T), np.zeros((len(lists), table.shape[1])))
    alone = np.append(norms[:, 0] > 0, False)[lists].sum(axis=1)
    listed = (lists >= 0).sum(axis=1)
    similarity = _ratio((total**2).sum(axis=1) - alone, listed * (listed - 1))
    return np.clip(1.0 - similarity, 0.0, 1.0)


def exposure(ranked: ArrayLike, n_tools: int, *, k: int | None = None) -> IntArray:
    """Count the lists in which each tool stands.

    Parameters
    ----------
    ranked : array-like of int of shape (n_lists, n_listed)
        Positions of tools, best first, -1 padded.
    n_tools : int
        Number of tools that could be listed.
    k : int, default=None
        Length that counts.

    Returns
    -------
    ndarray of int of shape (n_tools,)
        Number of lists, at least 0.

    Examples
    --------
    >>> exposure([[0, 1], [0, -1]], n_tools=3)
    array([2, 1, 0])
    """
    lists, _ = _checked_lists(ranked, k, n_tools=check_count("n_tools", n_tools, 1, "of tools"))
    return np.bincount(lists[lists >= 0], minlength=n_tools).astype(np.int64)


def catalog_coverage(exposures: ArrayLike) -> float:
    """Compute the share of the tools that stand in at least one list.

    Parameters
    ----------
    exposures : array-like of shape (n_tools,)
        Number of lists in which each tool stands, at least 0, as :func:`exposure` counts them.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> catalog_coverage([2, 1, 0, 0])
    0.5
    """
    return float((_counts("exposures", exposures) > 0).mean())


def gini(exposures: ArrayLike) -> float:
    """Compute how far the lists concentrate on few tools.

    Parameters
    ----------
    exposures : array-like of shape (n_tools,)
        Number of lists in which each tool stands, at least 0, as :func:`exposure` counts them.

    Returns
    -------
    float
        From 0 (all tools equally often) to 1 - 1/n_tools (one tool alone), NaN if no tool is listed.

    Examples
    --------
    >>> gini([5, 5, 5, 5]), gini([0, 0, 0, 9])
    (0.0, 0.75)
    """
    counts = np.sort(_counts("exposures", exposures))
    if counts.sum() == 0:
        return float("nan")
    n = len(counts)
    return float((2 * np.arange(1, n + 1) - n - 1) @ counts / (n * counts.sum()))


def _checked(relevance: ArrayLike, ranked: ArrayLike, k: int | None) -> tuple[Array, IntArray, int]:
    """Check grades and lists against each other; return them with the length that counts."""
    grades = np.asarray(relevance)
    right = "grades of shape (n_firms, n_tools), at least 0 and finite, for at least one tool"
    shaped = grades.ndim == 2 and grades.shape[1] > 0 and grades.dtype.kind in "biuf"
    if not shaped or not _within(grades, 0.0, np.inf):
        raise invalid("relevance", right, _seen(grades))
    lists, width = _checked_lists(ranked, k, n_tools=grades.shape[1])
    if len(lists) != len(grades):
        raise invalid("ranked", f"one list per firm of relevance, {len(grades)}", len(lists))
    return grades, lists, width


def _checked_lists(ranked: ArrayLike, k: int | None, *, n_tools: int) -> tuple[IntArray, int]:
    """Check lists of positions; return them cut at the length that counts, and that length."""
    lists = np.asarray(ranked)
    if lists.ndim != 2 or (lists.dtype.kind not in "iu" and lists.size):
        raise invalid("ranked", "whole numbers of shape (n_firms, n_listed)", _seen(lists))
    if not _within(lists, -1, n_tools - 1):
        raise invalid("ranked", f"positions from 0 to {n_tools - 1}, or -1 for an empty place", _seen(lists))
    ordered = np.sort(lists, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any():
        row, place = np.argwhere(twice)[0]
        raise invalid("ranked", "lists that name no tool twice", int(ordered[row, place]), f"Row {row}.")
    width = check_count("k", lists.shape[1] if k is None else k)
    return lists[:, :width].astype(np.int64), width


def _like(name: str, values: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Check that an array has a shape."""
    array = np.asarray(values)
    if array.shape != shape:
        raise invalid(name, f"an array of shape {shape}", _seen(array))
    return array


def _counts(name: str, values: ArrayLike) -> FloatArray:
    """Check that an array holds one count per tool."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not array.size or not _within(array, 0.0, np.inf):
        raise invalid(name, "one count per tool, at least 0", _seen(array))
    return array


def _propensity(values: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """Check propensities and give each firm and tool its own."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in (shape, shape[1:]) or not (_within(array, 0.0, 1.0) and (array > 0).all()):
        right = f"probabilities above 0 and up to 1, of shape {shape} or {shape[1:]}"
        raise invalid("propensity", right, _seen(array))
    return np.broadcast_to(array, shape)


def _within(array: Array, low: float, high: float) -> bool:
    """Tell whether all values are finite and between two bounds."""
    if not array.size:
        return True
    return bool(array.min() >= low and array.max() <= high and np.isfinite(array.max()))


def _seen(array: Array) -> str:
    """Describe an array in an error."""
    if not array.size or array.dtype.kind not in "biuf":
        return f"shape {array.shape}, {array.dtype}"
    return f"shape {array.shape}, {array.dtype}, from {array.min()} to {array.max()}"


def _gains(relevance: Array, lists: IntArray) -> FloatArray:
    """Read the relevance of each listed tool: 0 at an empty place."""
    found = np.take_along_axis(relevance, np.maximum(lists, 0), axis=1)
    return np.where(lists >= 0, found, 0).astype(np.float64)


def _largest(grades: Array, width: int) -> FloatArray:
    """Take the largest grades of each row, in any order."""
    keep = min(width, grades.shape[1])
    return np.partition(grades, grades.shape[1] - keep, axis=1)[:, -keep:].astype(np.float64)


def _discounted(gains: FloatArray) -> FloatArray:
    """Sum the gains of each list, each divided by the logarithm of its place."""
    total: FloatArray = gains @ (1.0 / np.log2(np.arange(2, gains.shape[1] + 2)))
    return total


def _ratio(numerator: ArrayLike, denominator: ArrayLike) -> FloatArray:
    """Divide, with NaN where the divisor is 0."""
    top, bottom = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    result: FloatArray = np.divide(top, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0)
    return result


def _where_relevant(values: ArrayLike, grades: Array) -> FloatArray:
    """Blank the firms without any relevant tool."""
    return np.where((grades > 0).any(axis=1), np.asarray(values, dtype=np.float64), np.nan)
