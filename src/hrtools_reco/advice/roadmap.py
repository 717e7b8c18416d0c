"""Plan a roadmap: tools for now, next and later, with the maturity steps between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hrtools_reco.advice.counterfactuals import LANGUAGES
from hrtools_reco.advice.roadmap_results import NEXT, NOW, STAGES, Raise, Roadmap, Step
from hrtools_reco.answer import Engine
from hrtools_reco.catalog import Catalog, YearlyCosts, primary_functions
from hrtools_reco.firms import CompanyProfile, Firms, Remedy, changed_firms, changed_profile, firms_of
from hrtools_reco.model import middle_headcount
from hrtools_reco.rules import FIT, PASS, PREPARE, STATUSES, TO_CHECK

_SHOWN_LIFTS = 3


def plan(engine: Engine, profile: CompanyProfile) -> Roadmap:
    """Plan what a firm takes up now, next and later.

    Now: recommended tools whose known yearly costs stay within the budget. Next and later: tools that only
    wait for maturity. Next ends where all that is to be raised is one level; the rest is for later. Each
    stage holds what a firm of that size can take up (table ``digest``), and each tool is run through the
    rules on the firm with what is raised and in place by then.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : CompanyProfile
        The firm.

    Returns
    -------
    Roadmap
        The steps; the status of each is that of the firm at its stage.
    """
    planner = _Planner(engine, profile)
    for stage in STAGES:
        planner.fill(stage)
    return Roadmap(
        profile=profile,
        steps=tuple(planner.steps),
        profiles=planner.profiles,
        limits=planner.limits,
        _catalog=engine.catalog,
    )


class _Planner:
    """Fills the stages one after the other, on the firm as it is by then."""

    def __init__(self, engine: Engine, profile: CompanyProfile) -> None:
        self._engine, self._catalog, self._firm = engine, engine.catalog, profile
        self._budget = profile.budget_eur_per_year
        table = firms_of(profile, engine.catalog)
        self._scores, self._statuses = engine.scores(table)[0], engine.statuses(table)[0]
        self._costs = _yearly_costs(engine.catalog, table)
        self._functions = primary_functions(engine.catalog)
        self._spent = 0.0
        self.limits = _digest(engine.catalog, table)
        self.steps: list[Step] = []
        self.profiles: dict[str, CompanyProfile] = {}

    def fill(self, stage: str) -> None:
        """Choose the tools of a stage, the best first."""
        table = firms_of(self._firm, self._catalog)
        raised: dict[str, float] = {}
        chosen: list[int] = []
        for tool in self._candidates(stage):
            if len(chosen) == self.limits[stage]:
                break
            wanted = {} if stage == NOW else self._wanted(table, tool)
            together = {key: max(raised.get(key, 0.0), wanted.get(key, 0.0)) for key in {**raised, **wanted}}
            if not self._affordable(tool) or (stage == NEXT and not self._within_a_level(table, together)):
                continue
            then = changed_firms(table, self._changes(together, chosen), self._catalog)
            if self._passes(then, tool, ready=stage != NOW):
                raised, chosen = together, [*chosen, tool]
                self._take(stage, tool, then, [self._raise(table, *one) for one in wanted.items()])
        self._firm = changed_profile(self._firm, self._changes(raised, chosen), self._catalog)
        self.profiles[stage] = self._firm

    def _changes(self, raised: Mapping[str, float], chosen: Sequence[int]) -> list[Remedy]:
        """Return what is raised and put in place, as changes of the firm."""
        ids = [self._catalog.tool_ids[tool] for tool in chosen]
        up = [Remedy(field="maturity", key=key, value=score) for key, score in raised.items()]
        return up + [Remedy(field="installed", key=tool_id, value=True) for tool_id in ids]

    def _candidates(self, stage: str) -> list[int]:
        """Return the tools that a stage is for, the best first: later, also those that found no room next."""
        statuses = np.array(STATUSES)[self._statuses]
        worth = self._scores >= self._catalog.setting("roadmap_min_score")
        wanted = np.isin(statuses, (FIT, TO_CHECK)) if stage == NOW else (statuses == PREPARE) & worth
        return [int(tool) for tool in np.argsort(-self._scores, kind="stable") if wanted[tool]]

    def _affordable(self, tool: int) -> bool:
        """Tell whether a tool leaves the budget, and the functions of earlier steps, untouched."""
        cost, taken = self._costs[tool], {step.tool.functions[0] for step in self.steps}
        within = self._budget is None or np.isnan(cost) or self._spent + cost <= self._budget
        return bool(within) and self._functions[tool] not in taken

    def _wanted(self, table: Firms, tool: int) -> dict[str, float]:
        """Return the score that a tool asks for in each dimension that is not known to reach it."""
        wanted: dict[str, float] = {}
        for rule in self._engine.rules:
            for remedy in (rule.remedies(table, tool) or ()) if rule.readiness else ():
                key, gate = str(remedy.key), float(str(remedy.value))
                # An estimate that is more than enough stays what it is; it is only to be measured.
                wanted[key] = max(gate, self._firm.maturity.get(key, 0.0))
        return wanted

    def _known(self, table: Firms) -> dict[str, float]:
        """Return the scores that were measured."""
        keys, scores, estimated = self._catalog.keys("dimensions"), table.maturity[0], table.estimated[0]
        known = ~np.isnan(scores) & ~estimated
        return {key: float(scores[at]) for at, key in enumerate(keys) if known[at]}

    def _within_a_level(self, table: Firms, raised: Mapping[str, float]) -> bool:
        """Tell whether all that is to be raised together is no more than one level."""
        known = self._known(table)
        points = sum(after - known[key] for key, after in raised.items() if key in known)
        return points <= self._catalog.setting("one_level")

    def _passes(self, table: Firms, tool: int, *, ready: bool) -> bool:
        """Run the rules: the tool may be recommended to the firm, which, if asked, is known to be ready."""
        readiness = [rule.outcomes(table)[0, tool] == PASS for rule in self._engine.rules if rule.readiness]
        status = STATUSES[self._engine.statuses(table)[0, tool]]
        return status in (FIT, TO_CHECK) and (not ready or all(readiness))

    def _take(self, stage: str, tool: int, table: Firms, raises: Sequence[Raise]) -> None:
        """Add a step, with what the rules say of the firm as it is by then."""
        cost = None if np.isnan(self._costs[tool]) else float(self._costs[tool])
        self._spent += cost or 0.0
        found = self._engine.explain(self._engine.test(table), np.array([0]), np.array([tool]))[0]
        self.steps.append(
            Step(
                stage=stage,
                tool=found.tool,
                score=float(self._scores[tool]),
                status=found.status,
                checks={lang: found.checks(lang) for lang in LANGUAGES},
                raises=tuple(raises),
                cost_eur_per_year=cost,
            )
        )

    def _raise(self, table: Firms, dimension: str, after: float) -> Raise:
        """Say what shows and what helps the progress of a dimension."""
        questions = self._catalog.table("questions")
        asked = questions[questions["block"] == dimension].sort_values("core", ascending=False, kind="stable")
        before = self._known(table).get(dimension)
        lifts = self._catalog.table("function_lifts")
        functions = set(lifts.loc[lifts["dimension"] == dimension, "function"])
        in_place = [step.tool for step in self.steps if step.tool.tool_id in self._firm.installed]
        helping = [tool.tool_id for tool in in_place if functions & set(tool.functions)]
        return Raise(
            dimension=dimension,
            before=before,
            after=after,
            questions=tuple(asked["question"]),
            answer_steps=None if before is None else _answer_steps(self._catalog, asked, after - before),
            lifted_by=tuple(helping[:_SHOWN_LIFTS]),
        )


def _answer_steps(catalog: Catalog, asked: pd.DataFrame, points: float) -> int:
    """Count the answers that must move up by one to gain points; the lightest question counts least."""
    most = catalog.table("options").groupby("question")["points"].max()
    weights = asked["weight"].to_numpy()
    one_step = 100 * weights.min() / (weights @ most[asked["question"]].to_numpy())
    return int(np.ceil(points / one_step - 1e-9))


def _yearly_costs(catalog: Catalog, table: Firms) -> np.ndarray:
    """Return the most that each tool costs in a year, at the upper end of a band; NaN where unknown."""
    low, high = table.headcount_low, table.headcount_high
    heads, costs = np.where(np.isinf(high), low, high), YearlyCosts(catalog)
    most: np.ndarray = np.where(costs.free_at(heads), 0.0, costs.interval(heads)[1])[0]
    return most


def _digest(catalog: Catalog, table: Firms) -> dict[str, int]:
    """Return how many tools a firm of that size can take up in each stage."""
    digest = catalog.table("digest").sort_values("headcount_from")
    size = np.nan_to_num(middle_headcount(table), nan=1.0)[0]
    row = digest[digest["headcount_from"] <= max(size, 1.0)].iloc[-1]
    return {stage: int(row[stage]) for stage in STAGES}
