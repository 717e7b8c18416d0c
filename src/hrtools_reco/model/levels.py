"""How far each tool is taken up above or below what the prior expects: empirical Bayes on log-odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, logsumexp

# Grids over which beliefs are averaged. What lies between two steps is told apart by no history of this size.
_SLOPES = np.array([0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.2, 1.5, 1.9, 2.4, 3.0, 3.8])  # log-odds a grade
_SPREADS = np.array([0.02, 0.15, 0.3, 0.5, 0.75, 1.05, 1.5, 2.2])  # of levels, in log-odds
_LEVELS = np.arange(-5.0, 5.01, 0.25)
_WIDTH_OF_BIN, _N_BINS = 2.0, 50  # in points, over 0 to 100
POINTS_OF_GRADE = 20.0
_NEGLIGIBLE = 0.02  # share of the best belief under which a belief is left out of the average
_TINY = 1e-300
_ROWS = 64  # of a product


@dataclass(frozen=True, kw_only=True)
class Beliefs:
    """What is believed before any adoption was seen.

    Attributes
    ----------
    slope : float
        Log-odds of adoption that a grade of the prior (20 points) is worth.
    slope_spread : float
        Standard deviation of the logarithm of that slope.
    level_spread : float
        Mean of the spread (in log-odds) of functions, and of tools within a function, around the prior.
    alike_firms : float
        Firms of which each pair counts half, and more as firms come in: the pairs of a firm share what is
        peculiar to it, so those of few firms say less than as many of as many firms.
    """

    slope: float
    slope_spread: float
    level_spread: float
    alike_firms: float

    def log_slopes(self) -> np.ndarray:
        """Return the log-probability of each slope of the grid, up to a constant."""
        density: np.ndarray = -0.5 * (np.log(_SLOPES / self.slope) / self.slope_spread) ** 2
        return density

    def log_spreads(self) -> np.ndarray:
        """Return the log-probability of each spread of the grid, up to a constant."""
        density: np.ndarray = np.log(np.gradient(_SPREADS)) - _SPREADS / self.level_spread
        return density


class Counts:
    """Pairs seen and taken up, by tool and by points of the prior.

    Parameters
    ----------
    n_tools : int
        Number of tools.

    Attributes
    ----------
    n_firms : int
        Firms counted.
    seen, taken : ndarray of shape (n_tools, n_bins)
        Pairs, and the sum of their adoption.
    """

    def __init__(self, n_tools: int) -> None:
        self.n_firms = 0
        self.seen = np.zeros((n_tools, _N_BINS))
        self.taken = np.zeros((n_tools, _N_BINS))

    def times(self, share: float) -> Counts:
        """Return counts of which each pair counts a share only."""
        less = Counts(len(self.seen))
        less.n_firms, less.seen, less.taken = self.n_firms, share * self.seen, share * self.taken
        return less

    def add(self, points: np.ndarray, adoption: np.ndarray, observed: np.ndarray) -> None:
        """Count the pairs of some firms.

        Parameters
        ----------
        points : ndarray of shape (n_firms, n_tools)
            Scores of the prior.
        adoption : ndarray of shape (n_firms, n_tools)
            Adoption from 0 to 1.
        observed : ndarray of bool of shape (n_firms, n_tools)
            Pairs that teach.
        """
        self.n_firms += len(points)
        bins = np.clip(points / _WIDTH_OF_BIN, 0, _N_BINS - 1).astype(np.int64)
        at = (np.arange(points.shape[1]) * _N_BINS + bins)[observed]
        size, shape = self.seen.size, self.seen.shape
        self.seen += np.bincount(at, minlength=size).reshape(shape)
        self.taken += np.bincount(at, weights=adoption[observed], minlength=size).reshape(shape)


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Log-odds of adoption: slope · points + level of the tool.

    Attributes
    ----------
    slope : float
        Log-odds a point of the prior, above 0.
    level : ndarray of shape (n_tools,)
        Log-odds at 0 points.
    """

    slope: float
    level: np.ndarray


def fit_levels(counts: Counts, functions: np.ndarray, beliefs: Beliefs) -> Levels:
    """Estimate the slope of the prior and the level of each tool.

    The prior is an offset on log-odds. Levels of functions scatter around it, and tools around their
    function; both spreads and the slope are averaged over a grid by their evidence (the chance of the counts
    under each belief), so few counts leave the prior as it is.

    Parameters
    ----------
    counts : Counts
        Pairs seen and taken up.
    functions : ndarray of int of shape (n_tools,)
        First function of each tool.
    beliefs : Beliefs
        What is believed before.

    Returns
    -------
    Levels
        Slope and levels.

    References
    ----------
    Efron & Morris (1973). Stein's estimation rule and its competitors. JASA 68.
    """
    independent = counts.times(counts.n_firms / (counts.n_firms + beliefs.alike_firms))
    grid = [_Given(independent, functions, slope) for slope in _SLOPES]
    log_weight = np.stack([given.log_evidence for given in grid])
    log_weight += beliefs.log_slopes()[:, None, None]
    log_weight += beliefs.log_spreads()[:, None] + beliefs.log_spreads()
    weight = np.exp(log_weight - log_weight.max())
    weight[weight < _NEGLIGIBLE] = 0.0
    weight /= weight.sum()
    slope = float(weight.sum(axis=(1, 2)) @ _SLOPES)
    level = np.zeros(len(functions))
    for given, of_spreads in zip(grid, weight, strict=True):
        for own in np.flatnonzero(of_spreads.any(axis=1)).tolist():
            shared = np.flatnonzero(of_spreads[own])
            level += of_spreads[own, shared] @ given.levels(own, shared)
    return Levels(slope=slope / POINTS_OF_GRADE, level=level)


class _Given:
    """Levels given one slope, for each pair of spreads."""

    def __init__(self, counts: Counts, functions: np.ndarray, slope: float) -> None:
        middle = (np.arange(_N_BINS) + 0.5) * _WIDTH_OF_BIN
        self._start = _start(counts, slope / POINTS_OF_GRADE * middle)
        odds = (self._start + slope / POINTS_OF_GRADE * middle)[:, None] + _LEVELS
        log_chance = _product(counts.taken, log_expit(odds))
        log_chance += _product(counts.seen - counts.taken, log_expit(-odds))
        self._most = log_chance.max(axis=1, keepdims=True)
        self._chance = np.exp(log_chance - self._most)
        self._functions = functions
        members = np.equal.outer(np.arange(functions.max() + 1), functions).astype(float)
        # Log-chance of the counts by spread of the tools and level of the function: of each tool, and of all
        # tools of a function.
        self._of_tools = [np.log(_product(self._chance, around.T) + _TINY) for around in _AROUND]
        self._of_functions = np.stack([members @ of_tools for of_tools in self._of_tools])
        self.log_evidence = self._evidence()

    def _evidence(self) -> np.ndarray:
        """Return the log-chance of all counts, by the spread of the tools and that of the functions."""
        most = self._of_functions.max(axis=2, keepdims=True)
        shares = _product(np.exp(self._of_functions - most).reshape(-1, len(_LEVELS)), _AROUND_ZERO.T)
        evidence = np.log(shares + _TINY).reshape(*most.shape[:2], -1).sum(axis=1)
        return evidence + most.sum(axis=1) + float(self._most.sum())

    def levels(self, own: int, shared: np.ndarray) -> np.ndarray:
        """Return the log of the mean odds of each tool at 0 points, for some spreads of the functions.

        A tool is no evidence for the level of its own function.
        """
        of_functions = self._of_functions[own][self._functions] - self._of_tools[own]
        others = of_functions + np.log(_AROUND_ZERO[shared] + _TINY)[:, None, :]
        others = np.exp(others - others.max(axis=2, keepdims=True))
        around = _product(others.reshape(-1, len(_LEVELS)), _AROUND[own]).reshape(others.shape)
        belief = self._chance * around
        mean: np.ndarray = np.log(belief @ np.exp(_LEVELS) / belief.sum(axis=2))
        return self._start + mean


def _product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return a matrix product by few rows at a time: so small a one never waits for a second, busy core."""
    return np.concatenate([left[at : at + _ROWS] @ right for at in range(0, len(left), _ROWS)])


def _start(counts: Counts, offset: np.ndarray) -> float:
    """Return the constant that makes the expected number of adoptions the one seen."""
    seen, wanted = counts.seen.sum(axis=0), counts.taken.sum() + 0.5
    low, high = -30.0, 30.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if seen @ expit(middle + offset) < wanted else (low, middle)
    return (low + high) / 2


def _normal(middles: np.ndarray, spread: float) -> np.ndarray:
    """Return the probabilities of the levels of the grid around some middles."""
    density = -0.5 * ((_LEVELS - middles[:, None]) / spread) ** 2
    chances: np.ndarray = np.exp(density - logsumexp(density, axis=1, keepdims=True))
    return chances


_AROUND = np.stack([_normal(_LEVELS, spread) for spread in _SPREADS])
_AROUND_ZERO = np.stack([_normal(np.zeros(1), spread)[0] for spread in _SPREADS])
