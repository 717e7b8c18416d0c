"""What held-out firms say of a step of learning: take it where their gain is clear, and not otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hrtools_reco.model.effects import History, LogOdds

Step = Callable[[History, LogOdds], LogOdds]
_N_FOLDS = 4
_MOST_FIRMS = 4000  # bounds what a choice costs; more firms would not change it


@dataclass(frozen=True, kw_only=True)
class Guard:
    """How clear a gain must be before it is believed.

    Attributes
    ----------
    errors : float
        Standard errors by which a mean gain must exceed zero, with very many firms.
    firms : float
        Firms with which it is the root of two times as many: the mean gain of few firms is spread wider than
        its standard error tells.
    """

    errors: float
    firms: float

    def with_firms(self, n: int) -> float:
        """Return the standard errors that n firms must gain."""
        return float(self.errors * np.sqrt(1.0 + self.firms / n))


@dataclass(kw_only=True)
class _Fold:
    """Firms to learn from, firms held out, and what was learnt so far."""

    rest: History
    held: History
    odds: LogOdds


class HeldOut:
    """Folds of firms on which steps of learning are tried.

    Parameters
    ----------
    history : History
        Firms and adoption; a firm's fold is its position modulo the number of folds.
    first : callable
        Learns the first log-odds from a history.
    guard : Guard
        By how much held-out firms must gain.
    """

    def __init__(self, history: History, first: Callable[[History], LogOdds], guard: Guard) -> None:
        rows = np.unique(np.linspace(0, len(history) - 1, min(len(history), _MOST_FIRMS)).astype(int))
        self._errors = guard.with_firms(len(rows))
        self._folds = []
        for fold in range(_N_FOLDS):
            out = np.arange(len(rows)) % _N_FOLDS == fold
            rest = history.take(rows[~out])
            self._folds.append(_Fold(rest=rest, held=history.take(rows[out]), odds=first(rest)))

    def take(self, step: Step, *, with_tools: bool = False) -> bool:
        """Try a step after those that were taken, and take it if the gain is clear.

        Parameters
        ----------
        step : callable
            Returns better log-odds from a history and the log-odds so far.
        with_tools : bool, default=False
            Whether every second adopted tool of a held-out firm counts as in place.

        Returns
        -------
        bool
            Whether the step was taken.
        """
        tried = [step(fold.rest, fold.odds) for fold in self._folds]
        gains = np.concatenate(
            [
                _losses(fold.held, fold.odds, with_tools=with_tools)
                - _losses(fold.held, odds, with_tools=with_tools)
                for fold, odds in zip(self._folds, tried, strict=True)
            ]
        )
        taken = bool(gains.mean() * np.sqrt(len(gains)) > self._errors * gains.std()) and bool(gains.any())
        for fold, odds in zip(self._folds, tried, strict=True):
            fold.odds = odds if taken else fold.odds
        return taken

    def places(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the first places of held-out firms: log-odds, adoption, and what it could be on average.

        Parameters
        ----------
        n : int
            Places of each firm.

        Returns
        -------
        tuple of three ndarray of shape (n_places,)
            Log-odds of the tool, its adoption, and the mean adoption of the best list of the firm.
        """
        found = [_first_places(fold.held, fold.odds, n) for fold in self._folds]
        odds, right, possible = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return odds, right, possible


def _losses(held: History, odds: LogOdds, *, with_tools: bool) -> np.ndarray:
    """Return the log-loss of each firm over the pairs that teach, those of known tools left out."""
    adopted, observed = held.adoption.toarray(), held.observed
    known = (adopted > 0) & (np.cumsum(adopted > 0, axis=1) % 2 == 1) & with_tools
    found = odds.of(held.encoded, np.where(known, adopted, 0.0))
    losses: np.ndarray = np.sum(np.logaddexp(0.0, found) - adopted * found, axis=1, where=observed & ~known)
    return losses


def _first_places(held: History, odds: LogOdds, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the first places of each firm, as ``HeldOut.places`` does."""
    adopted = np.where(held.observed, held.adoption.toarray(), 0.0)
    found = np.where(held.observed, odds.of(held.encoded), -np.inf)
    first = np.argsort(-found, axis=1, kind="stable")[:, :n]
    best = -np.sort(-adopted, axis=1)[:, :n]
    possible = np.broadcast_to(best.mean(axis=1, keepdims=True), first.shape)
    listed = np.take_along_axis(held.observed, first, axis=1)
    log_odds, right = (np.take_along_axis(values, first, axis=1)[listed] for values in (found, adopted))
    return log_odds, right, possible[listed]
