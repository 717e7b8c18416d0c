"""Choose the steps of a plan: people and help now, tools of growing demand next and later."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hrtools_reco.advice.acts import DIMENSION, NEED, first_acts
from hrtools_reco.advice.plan_situation import Situation, Target
from hrtools_reco.advice.roadmap_steps import LATER, NEXT, NOW
from hrtools_reco.rules import FAIL, PASS, remedies_of

_FACTS, _MATURITY = "facts", "maturity"


@dataclass(frozen=True, kw_only=True)
class Pick:
    """A tool that was chosen, and what it asks for first.

    Attributes
    ----------
    tool : int
        Position of the tool.
    target : Target or None
        What it was chosen for; ``None`` for what is best in general.
    raised : mapping of str to float
        Gate of each dimension that is not known to reach it.
    measured : frozenset of str
        Those of these dimensions whose score is known, so that they are to be raised, not to be measured.
    gained : tuple of str
        Facts to bring about.
    points : float
        Points to gain in all.
    stage : {"now", "next", "later"}
        When.
    """

    tool: int
    target: Target | None
    raised: Mapping[str, float]
    measured: frozenset[str]
    gained: tuple[str, ...]
    points: float
    stage: str = NOW


def answered(situation: Situation, pick: Pick) -> list[Target]:
    """Return the targets that a step answers: what it was chosen for, then the others.

    Parameters
    ----------
    situation : Situation
        Where the firm stands.
    pick : Pick
        The step.

    Returns
    -------
    list of Target
        A dimension is answered too where it is raised, or measured, before the step.
    """
    others = [
        target
        for place, target in enumerate(situation.targets)
        if target != pick.target
        and (
            situation.answered_by[place, pick.tool]
            or (target.kind == DIMENSION and target.key in pick.raised)
        )
    ]
    return others if pick.target is None else [pick.target, *others]


class Chooser:
    """Chooses tools for a firm, one after the other; what was chosen bounds what may follow.

    Parameters
    ----------
    situation : Situation
        Where the firm stands.
    limits : mapping of str to int
        Most steps of each stage.
    banned : collection of int
        Tools that failed when the plan was run again.
    """

    def __init__(self, situation: Situation, limits: Mapping[str, int], banned: Collection[int]) -> None:
        self._at, self._limits = situation, limits
        self._catalog, self._traits = situation.catalog, situation.traits
        wanted = ~(situation.firm.excluded[0] | situation.firm.refused[0])
        self._open = wanted & ~np.isin(np.arange(len(situation.scores)), list(banned))
        self._left = float(situation.firm.budget[0])
        self._functions: set[int] = set()
        self._vendors: set[int] = set()
        self._covered: set[Target] = set()
        self._level = self._catalog.setting("one_level")
        self._least = self._catalog.setting("roadmap_min_score")

    def choose(self) -> list[Pick]:
        """Return all steps of the plan, by stage."""
        now = self._help(self._limits[NOW]) or [self._take(pick) for pick in self.starters()[:1]]
        return [*now, *self._staged(self._ahead(self._limits[NEXT] + self._limits[LATER]))]

    def starters(self) -> list[Pick]:
        """Return the help to begin with, where nothing is known of a firm but branch and headcount."""
        usable = self._at.today & self._traits.support & self._affordable()
        best = np.argsort(-self._at.scores, kind="stable")
        best = best[usable[best]]
        _, first = np.unique(self._traits.functions[best], return_index=True)
        return [self._pick(int(best[place]), None) for place in sorted(first)[: self._limits[NOW]]]

    # --- now: people and help ---------------------------------------------------------------------------

    def _help(self, room: int) -> list[Pick]:
        """Choose help for what is not answered, in turn; with room left, for each target by itself."""
        picks: list[Pick] = []
        for again in (False, True):
            for target in self._at.targets:
                done = any(pick.target == target for pick in picks) if again else target in self._covered
                if len(picks) == room or done or (again and not target.must):
                    continue
                tool = self._supporter(target)
                if tool is None and not again:
                    at_once = self._at.today & self._at.ready & ~self._traits.support
                    tool = self._best(target, at_once & self._traits.costs.free)
                if tool is not None:
                    picks.append(self._take(self._pick(tool, target)))
        return picks

    def _supporter(self, target: Target) -> int | None:
        """Return the best help for a target that is open today, from somebody who is new to the plan."""
        usable = self._at.today & self._traits.support & self._affordable()
        return self._helping(target, usable & ~np.isin(self._traits.vendors, list(self._vendors)))

    def _supporter_again(self, target: Target) -> int | None:
        """Return the best help for a target, from the same people again if there is nobody else."""
        fresh = self._supporter(target)
        usable = self._at.today & self._traits.support & self._affordable()
        return self._helping(target, usable) if fresh is None else fresh

    def _helping(self, target: Target, usable: np.ndarray) -> int | None:
        """Return the best help for a target among some: for a need by worth, else by the first act."""
        found = self._best(target, usable)
        if found is None:
            found = self._best(target, usable, answering=self._at.helped_by)
        if target.kind == NEED and found is not None:
            return found
        act = first_acts(self._catalog).find(target.kind, target.key, self._at.size, target.score)
        helpers = [] if act is None else [tool for tool in act.helpers if usable[tool]]
        if target.kind == DIMENSION:
            lifts = self._traits.lifts[self._catalog.keys("dimensions").index(target.key)]
            helpers.sort(key=lambda tool: not lifts[tool])
        return helpers[0] if helpers else found

    # --- next and later: tools --------------------------------------------------------------------------

    def _ahead(self, room: int) -> list[Pick]:
        """Choose what comes after: a tool for the most pressing target, what is not answered, then more."""
        picks: list[Pick] = []
        targets = self._at.targets

        def add(tool: int | None, target: Target | None) -> None:
            if tool is not None and len(picks) < room:
                picks.append(self._take(self._pick(tool, target)))

        for target in targets[:1]:
            add(self._tool_for(target, self._at.in_reach), target)
        for target in targets:
            if target not in self._covered:
                tool = self._tool_for(target, self._at.in_reach)
                add(self._supporter_again(target) if tool is None else tool, target)
        for target in targets:
            # More than an answer is for those who can carry it as they are.
            add(self._tool_for(target, self._at.today & self._traits.digital, self._least), target)
        if len(picks) < room and not any(self._is_tool(pick) for pick in picks):
            add(self._any_tool(), None)
        if not picks and targets:
            add(self._supporter_again(targets[0]), targets[0])
        return picks

    def _is_tool(self, pick: Pick) -> bool:
        """Tell whether a step is a tool, not help."""
        return not self._traits.support[pick.tool]

    def _tool_for(self, target: Target, among: np.ndarray, least: float = -np.inf) -> int | None:
        """Return the best tool that answers a target and is worth enough; software that is worth it first."""
        tools = among & ~self._traits.support
        suiting = tools & self._at.suits
        for usable, floor in (
            (suiting & self._traits.software, max(least, self._least)),
            (suiting, least),
            (tools, max(least, self._least)),
        ):
            found = self._best(target, usable, floor)
            if found is not None:
                return found
        return self._best(target, tools, least, self._at.helped_by) if least == -np.inf else None

    def _any_tool(self) -> int | None:
        """Return the best tool within reach, whatever it is for."""
        usable = self._at.in_reach & ~self._traits.support & self._usable()
        best = int(np.argmax(np.where(usable, self._at.scores, -np.inf)))
        return best if usable[best] and self._at.scores[best] >= self._least else None

    def _staged(self, picks: Sequence[Pick]) -> list[Pick]:
        """Put first what asks for no more than one level in all, as far as there is room; the rest later."""
        following: list[Pick] = []
        raised: dict[str, float] = {}
        share = self._limits[NEXT] / (self._limits[NEXT] + self._limits[LATER])
        room = min(self._limits[NEXT], int(np.ceil(len(picks) * share)))
        for pick in picks:
            together = {
                **raised,
                **{key: max(gate, raised.get(key, 0.0)) for key, gate in pick.raised.items()},
            }
            points = self._points(together, {key for one in (*following, pick) for key in one.measured})
            if len(following) < room and points <= self._level:
                following.append(replace(pick, stage=NEXT))
                raised = together
        first = {pick.tool for pick in following}
        rest = sorted((pick for pick in picks if pick.tool not in first), key=lambda pick: pick.points)
        return [*following, *(replace(pick, stage=LATER) for pick in rest[: self._limits[LATER]])]

    def _points(self, raised: Mapping[str, float], measured: Collection[str]) -> float:
        """Sum the points to gain in the dimensions whose score is known."""
        keys, scores = self._catalog.keys("dimensions"), self._at.firm.maturity[0]
        return float(
            sum(max(gate - scores[keys.index(key)], 0.0) for key, gate in raised.items() if key in measured)
        )

    # --- one tool ----------------------------------------------------------------------------------------

    def _affordable(self) -> np.ndarray:
        """Tools that are not chosen yet, and that the budget still carries as far as prices are known."""
        costs = self._at.prices.most
        usable: np.ndarray = self._open & ~(costs > self._left)
        return usable

    def _usable(self) -> np.ndarray:
        """Affordable tools of no function that a chosen tool has; help may share one."""
        fresh = ~np.isin(self._traits.functions, list(self._functions)) | self._traits.support
        usable: np.ndarray = self._affordable() & fresh
        return usable

    def _best(
        self,
        target: Target,
        among: np.ndarray,
        least: float = -np.inf,
        answering: np.ndarray | None = None,
    ) -> int | None:
        """Return the tool that is worth most for a target; one that answers others as well is preferred."""
        row = self._at.targets.index(target)
        answers = (self._at.answered_by if answering is None else answering)[row]
        usable = among & self._usable() & answers & (self._at.values[row] >= least)
        if not usable.any():
            return None
        others = [
            place
            for place, other in enumerate(self._at.targets)
            if place != row and other not in self._covered
        ]
        also = self._at.answered_by[others].sum(axis=0) * self._catalog.setting("plan_cover_points")
        act = first_acts(self._catalog).find(target.kind, target.key, self._at.size, target.score)
        also[list(act.helpers) if act else []] += self._catalog.setting("plan_named_points")
        return int(np.argmax(np.where(usable, self._at.values[row] + also, -np.inf)))

    def _pick(self, tool: int, target: Target | None) -> Pick:
        """Say what a tool asks for first."""
        raised: dict[str, float] = {}
        gained: list[str] = []
        for rule, outcome in zip(self._at.rules, self._at.outcomes(tool).tolist(), strict=True):
            if outcome == PASS or not (rule.readiness or outcome == FAIL):
                continue
            for remedy in remedies_of(rule, self._at.firm, tool):
                if remedy.field == _MATURITY:
                    raised[str(remedy.key)] = float(str(remedy.value))
                elif remedy.field == _FACTS and self._lacks(str(remedy.key)):
                    gained.append(str(remedy.key))
        keys, firm = self._catalog.keys("dimensions"), self._at.firm
        known = ~np.isnan(firm.maturity[0]) & ~firm.estimated[0]
        measured = frozenset(key for key in raised if known[keys.index(key)])
        return Pick(
            tool=tool,
            target=target,
            raised=raised,
            measured=measured,
            gained=tuple(gained),
            points=self._points(raised, measured),
        )

    def _lacks(self, fact: str) -> bool:
        """Tell whether the firm is known to lack a fact."""
        return bool(self._at.firm.facts[0, self._catalog.keys("facts").index(fact)] == 0)

    def _take(self, pick: Pick) -> Pick:
        """Count a step: what it spends, which function it fills, what it answers."""
        cost = self._at.prices.most[pick.tool]
        self._left -= 0.0 if np.isnan(cost) else float(cost)
        self._open[pick.tool] = False
        self._open &= ~self._traits.stand_ins[pick.tool]
        self._vendors.add(int(self._traits.vendors[pick.tool]))
        self._vendors.discard(-1)
        if self._is_tool(pick):
            self._functions.add(int(self._traits.functions[pick.tool]))
        self._covered |= set(answered(self._at, pick))
        return pick
