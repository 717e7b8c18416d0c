"""What firms took up, added to the expert prior in points: never more than held-out firms bear out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hrtools_reco.catalog import Catalog, primary_functions
from hrtools_reco.model.certainty import Bands, measured_bands
from hrtools_reco.model.effects import History, LogOdds, profile_effects, tool_effects
from hrtools_reco.model.encoding import Feature
from hrtools_reco.model.held_out import Guard, HeldOut
from hrtools_reco.model.levels import Beliefs, Counts, fit_levels
from hrtools_reco.model.linear import LinearModel, round_weights

_PLACES = 5  # of a list, by which its certainty is measured
_LOW, _HIGH = 5.0, 95.0  # points within which history stays, if the prior does


def learn_history(
    history: History,
    prior: np.ndarray,
    catalog: Catalog,
    features: Sequence[Feature],
    *,
    alpha_profile: float = 1.0,
    alpha_tools: float = 1.0,
) -> tuple[LinearModel, Bands | None]:
    """Learn what adoption adds to the prior.

    The prior is an offset on log-odds; levels of functions and tools scatter around it as far as the counts
    bear out. Effects of the profile, shared by function and then by tool, and effects of tools in place come
    in only where held-out firms gain clearly.

    Parameters
    ----------
    history : History
        Firms, adoption and the pairs that teach.
    prior : ndarray of shape (n_features, n_tools)
        Weights of the expert prior, in points.
    catalog : Catalog
        Catalog of the tools and of the settings ``history_…`` and ``certainty_…``.
    features : sequence of Feature
        Entries of the profile vector.
    alpha_profile, alpha_tools : float, default=1.0
        How strongly effects of the profile, and of tools in place, are held back beside what the counts ask
        for; above 0.

    Returns
    -------
    model : LinearModel
        The prior with the weights of history; the prior alone if no pair teaches.
    bands : Bands or None
        How often places of held-out firms were right; ``None`` with too few firms to hold some out.
    """
    functions = catalog.keys("functions")
    learner = _Learner(
        prior=prior,
        functions=np.array([functions.index(name) for name in primary_functions(catalog)]),
        blocks=_blocks(features),
        beliefs=Beliefs(
            slope=catalog.setting("history_slope"),
            slope_spread=catalog.setting("history_slope_spread"),
            level_spread=catalog.setting("history_level_spread"),
            alike_firms=catalog.setting("history_alike_firms"),
        ),
        guard=Guard(errors=catalog.setting("history_guard"), firms=catalog.setting("history_guard_firms")),
        most_points=catalog.setting("history_most_points"),
        alpha_profile=alpha_profile,
        alpha_tools=alpha_tools,
    )
    teaching = history.take(np.flatnonzero(history.observed.any(axis=1)))
    if not len(teaching):
        return LinearModel(prior=prior), None
    if len(teaching) < catalog.setting("history_least_firms"):
        return learner.in_points(teaching, learner.levels(teaching)).model, None
    odds, held_out = learner.learn(teaching)
    found = learner.in_points(teaching, odds)
    places, right, possible = held_out.places(_PLACES)
    scores = np.clip(found.scale * places + found.offset, 0.0, 100.0)
    least_right = (catalog.setting("certainty_sure"), catalog.setting("certainty_likely"))
    return found.model, measured_bands(scores, right, possible, least_right)


@dataclass(frozen=True, kw_only=True)
class _InPoints:
    """Log-odds on the scale of the prior: points = scale · log-odds + offset."""

    model: LinearModel
    scale: float
    offset: float


@dataclass(frozen=True, kw_only=True)
class _Learner:
    """How history is learnt from a given prior."""

    prior: np.ndarray
    functions: np.ndarray
    blocks: tuple[np.ndarray, ...]
    beliefs: Beliefs
    guard: Guard
    most_points: float
    alpha_profile: float
    alpha_tools: float

    def levels(self, history: History) -> LogOdds:
        """Take the prior as offset, and estimate its slope and the level of each tool."""
        counts = Counts(self.prior.shape[1])
        for rows, adopted, observed in history.blocks():
            counts.add(history.encoded[rows] @ self.prior, adopted, observed)
        found = fit_levels(counts, self.functions, self.beliefs)
        return LogOdds(slope=found.slope, weights=found.slope * self.prior, level=found.level)

    def learn(self, history: History) -> tuple[LogOdds, HeldOut]:
        """Learn levels, then each effect that held-out firms bear out."""

        def by_function(history: History, odds: LogOdds) -> LogOdds:
            return profile_effects(
                history, odds, self.functions, self.blocks, self.guard.errors, self.alpha_profile
            )

        def by_tool(history: History, odds: LogOdds) -> LogOdds:
            alone = np.arange(len(self.functions))
            return profile_effects(history, odds, alone, self.blocks, self.guard.errors, self.alpha_profile)

        def of_tools(history: History, odds: LogOdds) -> LogOdds:
            return tool_effects(history, odds, self.guard.errors, self.alpha_tools)

        odds, held_out = self.levels(history), HeldOut(history, self.levels, self.guard)
        for step in (by_function, by_tool, of_tools):
            if held_out.take(step, with_tools=step is of_tools):
                odds = step(history, odds)
        return odds, held_out

    def in_points(self, history: History, odds: LogOdds) -> _InPoints:
        """Write log-odds as the prior and what is added to it.

        A unit of log-odds is worth as many points as it is of the prior, but never more than a setting, nor
        than the room between the lowest and the highest score leaves: where the slope is near zero, history
        takes from the prior instead of growing beyond the scale.
        """
        points, found = [], []
        for rows, _, observed in history.blocks():
            points.append((history.encoded[rows] @ self.prior)[observed])
            found.append(odds.of(history.encoded[rows])[observed])
        before, after = np.concatenate(points), np.concatenate(found)
        low, high = min(float(before.min()), _LOW), max(float(before.max()), _HIGH)
        room = (high - low) / max(float(np.ptp(after)), 1e-9)
        scale = min(1.0 / odds.slope, self.most_points, room)
        wanted = float(before.mean() - scale * after.mean())
        offset = float(np.clip(wanted, low - scale * after.min(), high - scale * after.max()))
        added = scale * odds.weights - self.prior
        added[0] += scale * odds.level + offset
        between = None if odds.between is None else round_weights(scale * odds.between)
        model = LinearModel(prior=self.prior, history=round_weights(added), between=between)
        return _InPoints(model=model, scale=scale, offset=offset)


def _blocks(features: Sequence[Feature]) -> tuple[np.ndarray, ...]:
    """Return the columns of the features that speak of the same: branch, headcount, maturity."""
    heads = np.array([feature.source.split("_")[0] for feature in features])
    names = dict.fromkeys(heads[1:].tolist())  # the first is the same for all firms
    return tuple(np.flatnonzero(heads == name) for name in names)
