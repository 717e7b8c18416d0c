"""What is learnt from rows and not from sums of them: neighbours, and a logistic model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import logit

from hrtools_reco.model.log_odds import losses_and_misses

_ROWS_OF_BLOCK = 4096
_QUERIES_OF_BLOCK = 256
_MOST_STEPS = 8
_LEAST_CHANCE = 1e-6
_ROUNDING = 1e-6  # similarities nearer than this are equal, on every machine


def row_keys(*blocks: Any) -> np.ndarray:
    """Give each row a number that depends on nothing but its values.

    Rows that are equal have equal keys, dense or sparse, alone or among others, so what is decided by the key
    is the same for a row of weight 2 and for the row twice.

    Parameters
    ----------
    *blocks : ndarray or sparse array of shape (n_rows, n_columns)
        The rows, as blocks of columns side by side.

    Returns
    -------
    ndarray of uint64 of shape (n_rows,)
        Evenly spread numbers.
    """
    draw = np.random.default_rng(0)
    keys = np.zeros(blocks[0].shape[0], dtype=np.uint64)
    for block in blocks:
        factors = draw.integers(1, 2**63, block.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        for start in range(0, len(keys), _ROWS_OF_BLOCK):
            rows = slice(start, start + _ROWS_OF_BLOCK)
            bits = (_dense(block[rows]) + 0.0).view(np.uint64)  # minus zero is zero
            keys[rows] += ((bits ^ (bits >> np.uint64(29))) * factors).sum(axis=1, dtype=np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        keys = (keys ^ (keys >> np.uint64(shift))) * np.uint64(factor)
    return keys ^ (keys >> np.uint64(31))


def every_second(adopted: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return about half of the tools of each row, decided by its key."""
    draw = np.random.default_rng(1).integers(0, 2**63, adopted.shape[1], dtype=np.uint64)
    mixed = (keys[:, None] ^ draw) * np.uint64(0x9E3779B97F4A7C15)
    half: np.ndarray = np.where(mixed >> np.uint64(63), adopted, 0.0)
    return half


def _dense(block: Any) -> np.ndarray:
    """Return a block of rows as a dense array of floats, in the order of rows."""
    return np.ascontiguousarray(block.toarray() if hasattr(block, "toarray") else block, dtype=float)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Firms, row by row.

    Attributes
    ----------
    features : ndarray or sparse array of shape (n_firms, n_features)
        Profiles.
    adoption : sparse array of shape (n_firms, n_tools)
        Adoption from 0 to 1.
    weight : ndarray of shape (n_firms,)
        Weights, each at least 0.
    keys : ndarray of uint64 of shape (n_firms,)
        Key of each row.
    """

    features: Any
    adoption: sparse.csr_array
    weight: np.ndarray
    keys: np.ndarray

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def are_shares(self) -> bool:
        """Whether adoption is from 0 to 1 throughout."""
        values = self.adoption.data
        return bool(np.all((values >= 0) & (values <= 1)))

    def __add__(self, other: Self) -> Self:
        """Put the rows of another set below these."""
        stack = sparse.vstack if sparse.issparse(self.features) else np.vstack
        theirs = other.features
        if sparse.issparse(self.features) != sparse.issparse(theirs):
            theirs = sparse.csr_array(theirs) if sparse.issparse(self.features) else theirs.toarray()
        return type(self)(
            features=stack([self.features, theirs]),
            adoption=sparse.csr_array(sparse.vstack([self.adoption, other.adoption])),
            weight=np.concatenate([self.weight, other.weight]),
            keys=np.concatenate([self.keys, other.keys]),
        )

    def take(self, chosen: np.ndarray) -> Self:
        """Return some of the rows."""
        return type(self)(
            features=self.features[chosen],
            adoption=self.adoption[chosen],
            weight=self.weight[chosen],
            keys=self.keys[chosen],
        )

    def at_most(self, n: int) -> Self:
        """Return rows of a weight of about n, decided by their keys; all of them if they weigh less."""
        if self.weight.sum() <= n:
            return self
        order = np.argsort(self.keys)
        last = order[np.searchsorted(np.cumsum(self.weight[order]), n)]
        return self.take(np.flatnonzero(self.keys <= self.keys[last]))


def neighbour_shares(
    known: sparse.csr_array, adoption: sparse.csr_array, weight: np.ndarray, n: int
) -> np.ndarray:
    """Average what the firms of the most similar tools have.

    Parameters
    ----------
    known : sparse array of shape (n_queries, n_tools)
        Tools that are known of some firms.
    adoption : sparse array of shape (n_firms, n_tools)
        Adoption of the firms to look among.
    weight : ndarray of shape (n_firms,)
        Their weights.
    n : int
        Sum of the weights of the neighbours of a firm. Those as similar as the last one all count.

    Returns
    -------
    ndarray of shape (n_queries, n_tools)
        Means weighted by cosine similarity; zero where no firm shares a tool.
    """
    length = np.sqrt(np.asarray(adoption.multiply(adoption).sum(axis=1)).ravel())
    columns = sparse.csc_array(adoption.multiply(1.0 / np.maximum(length, 1e-12)[:, None]).T)
    alike = bool(np.all(weight == 1.0))
    shares = np.zeros((known.shape[0], adoption.shape[1]))
    for start in range(0, known.shape[0], _QUERIES_OF_BLOCK):
        rows = known[start : start + _QUERIES_OF_BLOCK]
        own = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)))
        similar = np.round((rows @ columns).toarray() / np.maximum(own, 1e-12)[:, None] / _ROUNDING)
        similar *= _ROUNDING * (similar >= _least(similar, weight, n, alike=alike)) * weight
        total = similar.sum(axis=1, keepdims=True)
        shares[start : start + _QUERIES_OF_BLOCK] = similar @ adoption / np.maximum(total, 1e-12)
    return shares


def _least(similar: np.ndarray, weight: np.ndarray, n: int, *, alike: bool) -> np.ndarray:
    """Return the similarity at which the weights of the neighbours reach n, of shape (n_queries, 1)."""
    if similar.shape[1] <= n and alike:
        return np.zeros((len(similar), 1))
    if alike:
        return np.partition(similar, -n, axis=1)[:, -n, None]
    order = np.argsort(-similar, axis=1)
    reached = np.cumsum(weight[order], axis=1) >= n
    last = np.where(reached.any(axis=1), reached.argmax(axis=1), similar.shape[1] - 1)
    return np.take_along_axis(similar, np.take_along_axis(order, last[:, None], axis=1), axis=1)


def logistic(rows: Rows, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Fit a logistic regression for each tool, all by the same few steps.

    The steps share one eigenbasis of the features, in which each tool's curvature is nearly diagonal.

    Parameters
    ----------
    rows : Rows
        Firms; adoption from 0 to 1.
    penalty : float
        Ridge penalty on the coefficients, in log-odds; the intercept has none.

    Returns
    -------
    coef : ndarray of shape (n_features, n_tools)
        Coefficients, in log-odds.
    intercept : ndarray of shape (n_tools,)
        Intercepts.
    """
    total = rows.weight.sum()
    middle = rows.weight @ rows.features / total
    level = np.clip(rows.weight @ rows.adoption / total, _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)
    kind = np.float64 if len(rows) <= _ROWS_OF_BLOCK else np.float32  # digits are free for few firms
    parts = []
    gram = np.zeros((len(middle), len(middle)))
    for start in range(0, len(rows), _ROWS_OF_BLOCK):
        at = slice(start, start + _ROWS_OF_BLOCK)
        around = _dense(rows.features[at]) - middle
        gram += around.T @ (rows.weight[at, None] * around)
        parts.append((around.astype(kind), rows.adoption[at].toarray().astype(kind), rows.weight[at]))
    values, axes = np.linalg.eigh(gram)
    curvature = level * (1.0 - level)
    step = 1.0 / np.sqrt(np.maximum(values, 0.0)[:, None] * curvature + penalty)
    shift = 1.0 / np.sqrt(total * curvature)
    start_level = logit(level)

    def unpack(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        steps = flat.reshape(-1, len(level))
        return axes @ (step * steps[:-1]), start_level + shift * steps[-1]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        coef, intercept = unpack(flat)
        lost, slope, free = 0.5 * penalty * float(np.sum(coef**2)), penalty * coef, np.zeros(len(level))
        for around, adopted, weight in parts:
            odds = around @ coef.astype(kind) + intercept.astype(kind)
            losses, missed = losses_and_misses(odds, adopted)
            lost += float(weight @ np.sum(losses, axis=1, dtype=float))
            missed *= weight.astype(kind)[:, None]
            slope = slope + around.T @ missed
            free += missed.sum(axis=0, dtype=float)
        return lost, np.vstack([step * (axes.T @ slope), shift * free]).ravel()

    size = (len(middle) + 1) * len(level)
    found = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS})
    coef, intercept = unpack(found.x)
    return coef, intercept - middle @ coef
