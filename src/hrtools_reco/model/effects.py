"""What adoption says beyond the levels of tools: effects of profile and tools in place, on log-odds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy import sparse
from scipy.optimize import minimize, nnls
from scipy.special import expit

from hrtools_reco.model.log_odds import losses_and_misses

_ROWS_OF_BLOCK = 4096
_MOST_STEPS = 8
_TINY = 1e-12
_NO_CHANCE = -1e4  # log-odds of a pair that does not teach: it has neither loss nor slope


@dataclass(frozen=True, kw_only=True)
class History:
    """Firms, what they took up, and what they could have taken up.

    Attributes
    ----------
    encoded : ndarray of shape (n_firms, n_features)
        The firms.
    adoption : sparse array of shape (n_firms, n_tools)
        Adoption from 0 to 1.
    observed : ndarray of bool of shape (n_firms, n_tools)
        Pairs that teach; all others count as never seen.
    """

    encoded: np.ndarray
    adoption: sparse.csr_array
    observed: np.ndarray

    def __len__(self) -> int:
        return len(self.encoded)

    def take(self, rows: np.ndarray) -> Self:
        """Return some of the firms."""
        return replace(
            self, encoded=self.encoded[rows], adoption=self.adoption[rows], observed=self.observed[rows]
        )

    def blocks(self) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        """Return the firms by blocks of rows: where, their adoption and the pairs that teach."""
        for start in range(0, len(self), _ROWS_OF_BLOCK):
            rows = slice(start, start + _ROWS_OF_BLOCK)
            yield rows, self.adoption[rows].toarray(), self.observed[rows]


@dataclass(frozen=True, kw_only=True)
class LogOdds:
    """Log-odds of adoption: φ · weights + level + tools in place · between.

    Attributes
    ----------
    slope : float
        Log-odds that a point of the expert prior is worth, above 0.
    weights : ndarray of shape (n_features, n_tools)
        What the profile adds.
    level : ndarray of shape (n_tools,)
        Log-odds of an empty profile.
    between : ndarray of shape (n_tools, n_tools) or None
        What each tool in place adds; the diagonal is zero.
    """

    slope: float
    weights: np.ndarray
    level: np.ndarray
    between: np.ndarray | None = None

    def of(self, encoded: np.ndarray, in_place: np.ndarray | None = None) -> np.ndarray:
        """Return the log-odds of firms, of shape (n_firms, n_tools)."""
        odds = encoded @ self.weights + self.level
        return odds if self.between is None or in_place is None else odds + in_place @ self.between

    def moved(self, effects: np.ndarray, middle: np.ndarray) -> Self:
        """Return these log-odds with effects of the profile that are zero in the middle of the firms."""
        return replace(self, weights=self.weights + effects, level=self.level - middle @ effects)


@dataclass(frozen=True, kw_only=True)
class _Residuals:
    """What the log-odds leave unexplained, as sums over the firms.

    ``score`` is the sum of feature × residual and ``noise`` its variance if nothing is left but chance;
    ``variance`` is the mean variance of a firm, all by group of tools; ``gram`` is that of the features.
    """

    score: np.ndarray
    noise: np.ndarray
    variance: np.ndarray
    gram: np.ndarray


def profile_effects(
    history: History,
    odds: LogOdds,
    groups: np.ndarray,
    blocks: Sequence[np.ndarray],
    guard: float,
    alpha: float = 1.0,
) -> LogOdds:
    """Add effects of the profile that the tools of a group share.

    Each block of features has one variance of its effects, from the moments of the residuals: the sum of
    squares that chance does not explain. A block whose sum is not clearly above chance has none.

    Parameters
    ----------
    history : History
        Firms and adoption.
    odds : LogOdds
        What is known so far.
    groups : ndarray of int of shape (n_tools,)
        Group of each tool.
    blocks : sequence of ndarray of int
        Columns of the features of each block.
    guard : float
        Standard errors by which a block must stand out.
    alpha : float, default=1.0
        What the variances are divided by: more than 1 holds the effects back further; above 0.

    Returns
    -------
    LogOdds
        The log-odds with the effects; the same object if no block stands out.

    References
    ----------
    Lin (1997). Variance component testing in generalised linear models with random effects. Biometrika 84.
    """
    middle = history.encoded.mean(axis=0)
    shares = np.equal.outer(groups, np.arange(groups.max() + 1)).astype(float)
    residuals = _residuals(history, odds, shares, middle)
    variances = _variances(residuals, blocks, guard) / alpha
    columns = np.flatnonzero(variances)
    if not len(columns):
        return odds
    effects = np.zeros_like(odds.weights)
    scale = np.sqrt(variances[columns])[:, None]
    values, rotation = np.linalg.eigh(residuals.gram[np.ix_(columns, columns)] * scale * scale.T)
    axes = np.zeros((len(middle), len(columns)))
    axes[columns] = scale * rotation
    step = 1.0 / np.sqrt(np.maximum(values, 0.0)[:, None] * residuals.variance + 1.0)
    effects = axes @ _solved(history, odds, axes, middle, shares, step) @ shares.T
    return odds.moved(effects, middle)


def tool_effects(history: History, odds: LogOdds, guard: float, alpha: float = 1.0) -> LogOdds:
    """Add effects of the tools in place on each other tool; a tool has none on itself.

    Parameters
    ----------
    history : History
        Firms and adoption; every adopted tool counts as in place.
    odds : LogOdds
        What is known so far.
    guard : float
        Standard errors by which the pairs must stand out.
    alpha : float, default=1.0
        What the penalty is multiplied by: more than 1 holds the effects back further; above 0.

    Returns
    -------
    LogOdds
        The log-odds with the effects; the same object if the pairs do not stand out.
    """
    n_tools = history.observed.shape[1]
    score, noise = np.zeros((n_tools, n_tools)), np.zeros((n_tools, n_tools))
    variance = np.zeros(n_tools)
    for rows, adopted, observed in history.blocks():
        chance = expit(odds.of(history.encoded[rows]))
        spread = np.where(observed, chance * (1.0 - chance), 0.0)
        score += adopted.T @ np.where(observed, adopted - chance, 0.0)
        noise += (adopted**2).T @ spread
        variance += spread.sum(axis=0)
    np.fill_diagonal(score, 0.0)
    np.fill_diagonal(noise, 0.0)
    size, chance_alone = float(np.sum(noise**2)), float(np.sum(score**2) - noise.sum())
    if chance_alone <= guard * np.sqrt(2.0 * size):
        return odds
    mean = np.asarray(history.adoption.mean(axis=0)).ravel()
    gram = (history.adoption.T @ history.adoption).toarray() - len(history) * np.outer(mean, mean)
    return replace(odds, between=_between(gram, score, variance / len(history), alpha * size / chance_alone))


def _between(gram: np.ndarray, score: np.ndarray, variance: np.ndarray, penalty: float) -> np.ndarray:
    """Take one Newton step for all tools at once, a tool's own column left out for itself."""
    values, axes = np.linalg.eigh(gram)
    inverse = 1.0 / (np.maximum(values, 0.0)[:, None] * variance + penalty)
    effects = axes @ (inverse * (axes.T @ score))
    own_columns = axes @ (inverse * axes.T)
    effects -= own_columns * (np.diag(effects) / np.diag(own_columns))
    np.fill_diagonal(effects, 0.0)
    return effects


def _residuals(history: History, odds: LogOdds, shares: np.ndarray, middle: np.ndarray) -> _Residuals:
    """Sum the residuals of the log-odds over the firms, by group of tools."""
    n_features, n_groups = len(middle), shares.shape[1]
    score, noise = np.zeros((n_features, n_groups)), np.zeros((n_features, n_groups))
    variance, gram = np.zeros(n_groups), np.zeros((n_features, n_features))
    for rows, adopted, observed in history.blocks():
        chance = expit(odds.of(history.encoded[rows]))
        spread = np.where(observed, chance * (1.0 - chance), 0.0) @ shares
        around = history.encoded[rows] - middle
        score += around.T @ (np.where(observed, adopted - chance, 0.0) @ shares)
        noise += (around**2).T @ spread
        variance += spread.sum(axis=0)
        gram += around.T @ around
    return _Residuals(score=score, noise=noise, variance=variance / len(history), gram=gram)


def _variances(residuals: _Residuals, blocks: Sequence[np.ndarray], guard: float) -> np.ndarray:
    """Return the variance of the effects of each feature; zero where its block does not stand out."""
    excess = np.sum(residuals.score**2 - residuals.noise, axis=1)
    by_block = np.array([excess[block].sum() for block in blocks])
    squares = residuals.gram**2 * np.sum(residuals.variance**2)
    shared = np.array([[squares[np.ix_(one, other)].sum() for other in blocks] for one in blocks])
    error = np.sqrt(2.0 * np.diag(shared))
    clear = np.flatnonzero(by_block > guard * error + _TINY)
    variances = np.zeros(len(excess))
    if len(clear):
        scale = 1.0 / error[clear]
        found, _ = nnls(scale[:, None] * shared[np.ix_(clear, clear)], scale * by_block[clear])
        for block, variance in zip(clear.tolist(), found, strict=True):
            variances[blocks[block]] = variance
    return variances


def _solved(
    history: History,
    odds: LogOdds,
    axes: np.ndarray,
    middle: np.ndarray,
    shares: np.ndarray,
    step: np.ndarray,
) -> np.ndarray:
    """Maximise the penalised likelihood over effects along some axes, each with a variance of 1."""
    parts = [
        (
            (history.encoded[rows] - middle) @ axes,
            np.where(observed, odds.of(history.encoded[rows]), _NO_CHANCE).astype(np.float32),
            np.where(observed, adopted, 0.0).astype(np.float32),
        )
        for rows, adopted, observed in history.blocks()
    ]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        effects = step * flat.reshape(step.shape)
        total, gradient = 0.5 * float(np.sum(effects**2)), effects.copy()
        for along, offset, adopted in parts:
            losses, missed = losses_and_misses(
                offset + (along @ effects @ shares.T).astype(np.float32), adopted
            )
            total += float(np.sum(losses, dtype=float))
            gradient += along.T @ (missed @ shares)
        return total, (step * gradient).ravel()

    start = np.zeros(step.size)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS})
    solution: np.ndarray = step * found.x.reshape(step.shape)
    return solution
