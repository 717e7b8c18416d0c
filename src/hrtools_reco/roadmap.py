"""The roadmap of a firm: tools for now, next and later, with the maturity steps between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, Tool
from hrtools_reco.columns import SCORE, TOOL_ID
from hrtools_reco.costs import YearlyCosts
from hrtools_reco.counterfactuals import changed_profile
from hrtools_reco.encoding import middle_headcount
from hrtools_reco.engine import Engine
from hrtools_reco.profiles import CompanyProfile, ProfileTable, profile_table
from hrtools_reco.rules import FIT, PREPARE, STATUSES, TO_CHECK, Remedy
from hrtools_reco.tool_arrays import primary_functions

NOW, NEXT, LATER = "now", "next", "later"
STAGES = (NOW, NEXT, LATER)
_SHOWN_LIFTS = 3


@dataclass(frozen=True, kw_only=True)
class Raise:
    """A dimension to raise before a tool fits.

    Attributes
    ----------
    dimension : str
        Key of the dimension.
    before, after : float
        Score now, and the score that the tool asks for.
    questions : tuple of str
        Questions of the diagnostic that show the progress.
    lifted_by : tuple of str
        Keys of tools of the earlier stages that raise it.
    """

    dimension: str
    before: float
    after: float
    questions: tuple[str, ...]
    lifted_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One tool of a roadmap.

    Attributes
    ----------
    stage : {"now", "next", "later"}
        When.
    tool : Tool
        The tool.
    score : float
        From 0 to 100, for the firm as it is.
    status : str
        Status at that stage, by running the rules on the firm as it is then.
    raises : tuple of Raise
        What to raise before; empty for now.
    cost_eur_per_year : float or None
        Yearly cost at this headcount; ``None`` if it is not known.
    """

    stage: str
    tool: Tool
    score: float
    status: str
    raises: tuple[Raise, ...]
    cost_eur_per_year: float | None


@dataclass(frozen=True, kw_only=True)
class Roadmap:
    """What a firm can take up now, next and later.

    Attributes
    ----------
    profile : CompanyProfile
        The firm.
    steps : tuple of Step
        The tools by stage, the best first.
    profiles : mapping of str to CompanyProfile
        The firm after each stage: dimensions raised, tools in place.
    """

    profile: CompanyProfile
    steps: tuple[Step, ...]
    profiles: Mapping[str, CompanyProfile]
    _catalog: Catalog

    def stage(self, name: str) -> tuple[Step, ...]:
        """Return the steps of a stage.

        Parameters
        ----------
        name : {"now", "next", "later"}
            The stage.

        Returns
        -------
        tuple of Step
            Its steps.
        """
        return tuple(step for step in self.steps if step.stage == name)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each step.

        Returns
        -------
        DataFrame
            ``stage, tool_id, name, score, status, cost_eur_per_year, raises`` (as ``dimension:before>after``
            joined by ``|``).
        """
        rows = [
            {
                "stage": step.stage,
                TOOL_ID: step.tool.tool_id,
                "name": step.tool.name,
                SCORE: step.score,
                "status": step.status,
                "cost_eur_per_year": step.cost_eur_per_year,
                "raises": "|".join(f"{one.dimension}:{one.before:g}>{one.after:g}" for one in step.raises),
            }
            for step in self.steps
        ]
        columns = ["stage", TOOL_ID, "name", SCORE, "status", "cost_eur_per_year", "raises"]
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The steps by stage.
        """
        return {
            stage: [
                {
                    TOOL_ID: step.tool.tool_id,
                    "name": step.tool.name,
                    SCORE: step.score,
                    "status": step.status,
                    "cost_eur_per_year": step.cost_eur_per_year,
                    "raises": [
                        {**vars(one), "questions": list(one.questions), "lifted_by": list(one.lifted_by)}
                        for one in step.raises
                    ],
                }
                for step in self.stage(stage)
            ]
            for stage in STAGES
        }

    def to_text(self, lang: str = "en") -> str:
        """Return the roadmap as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        str
            Lines of text.
        """
        text, dimensions = self._catalog.text, self._catalog.labels("dimensions", lang)
        lines = []
        for stage in STAGES:
            lines.append(text(f"stage_{stage}", lang))
            for step in self.stage(stage):
                cost = step.cost_eur_per_year
                price = (
                    text("cost_unknown", lang)
                    if cost is None
                    else text("cost_year", lang, cost=f"{cost:.0f}")
                )
                lines.append(f"  {step.tool.name} – {text('status_' + step.status, lang)} – {price}")
                for one in step.raises:
                    names = ", ".join(self._catalog.tool(tool).name for tool in one.lifted_by)
                    helped = f" ({text('helped_by', lang)} {names})" if names else ""
                    gap = f"{dimensions[one.dimension]} : {one.before:g} → {one.after:g}"
                    lines.append(f"    {text('raise_first', lang)} {gap}{helped}")
            if not self.stage(stage):
                lines.append(f"  {text('stage_empty', lang)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.to_text()


def plan(engine: Engine, profile: CompanyProfile) -> Roadmap:
    """Plan what a firm takes up now, next and later.

    Now: recommended tools whose known yearly costs stay within the budget. Next and later: tools that only
    wait for maturity, next if it takes one level in all. Each stage holds what a firm of that size can take
    up (table ``digest``) and is run through the rules with what is in place and raised by then.

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
        profile=profile, steps=tuple(planner.steps), profiles=planner.profiles, _catalog=engine.catalog
    )


class _Planner:
    """Fills the stages one after the other, on the firm as it is by then."""

    def __init__(self, engine: Engine, profile: CompanyProfile) -> None:
        self._engine, self._catalog, self._profile = engine, engine.catalog, profile
        table = profile_table([profile], engine.catalog)
        self._start = table
        self._scores = engine.scores(table)[0]
        self._costs = _yearly_costs(engine.catalog, table)
        self._functions = primary_functions(engine.catalog)
        self._limits = _digest(engine.catalog, table)
        self._gaps = {tool: _gaps(engine, table, tool) for tool in _waiting(engine, table)}
        self._taken: set[str] = set()
        self._spent = 0.0
        self.steps: list[Step] = []
        self.profiles: dict[str, CompanyProfile] = {}

    def fill(self, stage: str) -> None:
        """Choose the tools of a stage, the best first."""
        now = self.profiles.get(NEXT, self.profiles.get(NOW, self._profile))
        raised: dict[str, float] = {}
        chosen: list[int] = []
        for tool in self._candidates(stage):
            if len(chosen) >= self._limits[stage]:
                break
            wanted = {key: after for key, (_, after) in self._gaps.get(tool, {}).items()}
            trial = self._after(now, {**wanted, **_higher(raised, wanted)}, chosen)
            status = self._status(trial, tool)
            if status in (FIT, TO_CHECK) and self._affordable(tool):
                raised.update(_higher(raised, wanted))
                chosen.append(tool)
                self._take(stage, tool, status, now)
        self.profiles[stage] = self._after(now, raised, chosen)

    def _candidates(self, stage: str) -> Sequence[int]:
        """Return the tools that belong to a stage, the best first."""
        if stage == NOW:
            ranked = self._engine.rank(self._start, len(self._scores)).tools[0]
            return [int(tool) for tool in ranked if tool >= 0]
        level = self._catalog.setting("one_level")
        near = {
            tool: sum(after - before for before, after in gaps.values()) <= level
            for tool, gaps in self._gaps.items()
        }
        worth = self._catalog.setting("roadmap_min_score")
        wanted = [
            tool
            for tool, is_near in near.items()
            if is_near == (stage == NEXT) and self._scores[tool] >= worth
        ]
        return sorted(wanted, key=lambda tool: (-self._scores[tool], tool))

    def _affordable(self, tool: int) -> bool:
        """Tell whether a tool leaves the budget and serves a function that no earlier step serves."""
        budget, cost = self._profile.budget_eur_per_year, self._costs[tool]
        within = budget is None or np.isnan(cost) or self._spent + cost <= budget
        return within and self._functions[tool] not in self._taken

    def _take(self, stage: str, tool: int, status: str, now: CompanyProfile) -> None:
        """Add a step."""
        cost = self._costs[tool]
        self._taken.add(self._functions[tool])
        self._spent += 0.0 if np.isnan(cost) else float(cost)
        self.steps.append(
            Step(
                stage=stage,
                tool=self._catalog.tool(self._catalog.tool_ids[tool]),
                score=float(self._scores[tool]),
                status=status,
                raises=tuple(self._raise(key, gap, now) for key, gap in self._gaps.get(tool, {}).items()),
                cost_eur_per_year=None if np.isnan(cost) else float(cost),
            )
        )

    def _raise(self, dimension: str, gap: tuple[float, float], now: CompanyProfile) -> Raise:
        """Say what shows and what helps the progress of a dimension."""
        asked = self._catalog.table("questions")
        lifts = self._catalog.table("function_lifts")
        functions = set(lifts.loc[lifts["dimension"] == dimension, "function"])
        earlier = [step.tool for step in self.steps if functions & set(step.tool.functions)]
        return Raise(
            dimension=dimension,
            before=gap[0],
            after=gap[1],
            questions=tuple(asked.loc[asked["block"] == dimension, "question"]),
            lifted_by=tuple(tool.tool_id for tool in earlier[:_SHOWN_LIFTS]),
        )

    def _after(
        self, profile: CompanyProfile, raised: Mapping[str, float], chosen: Sequence[int]
    ) -> CompanyProfile:
        """Return a firm with dimensions raised and tools in place."""
        changes = [Remedy(field="maturity", key=key, value=value) for key, value in raised.items()]
        changed = changed_profile(profile, changes, self._catalog)
        fields = changed.to_dict()
        in_place = [self._catalog.tool_ids[tool] for tool in chosen]
        fields["installed"] = list(dict.fromkeys([*fields["installed"], *in_place]))
        return CompanyProfile(**fields, catalog=self._catalog)

    def _status(self, profile: CompanyProfile, tool: int) -> str:
        """Return the status of a tool for a firm."""
        table = profile_table([profile], self._catalog)
        return STATUSES[self._engine.statuses(table)[0, tool]]


def _higher(raised: Mapping[str, float], wanted: Mapping[str, float]) -> dict[str, float]:
    """Return the higher of two scores of each dimension."""
    return {key: max(raised.get(key, 0.0), wanted.get(key, 0.0)) for key in {**raised, **wanted}}


def _waiting(engine: Engine, table: ProfileTable) -> list[int]:
    """Return the tools that only wait for maturity."""
    return [int(tool) for tool in np.flatnonzero(engine.statuses(table)[0] == STATUSES.index(PREPARE))]


def _gaps(engine: Engine, table: ProfileTable, tool: int) -> dict[str, tuple[float, float]]:
    """Return score and gate of each dimension that a tool waits for; an unknown score is a question."""
    stated = dict(zip(engine.catalog.keys("dimensions"), table.maturity[0].tolist(), strict=True))
    gaps: dict[str, tuple[float, float]] = {}
    for rule in engine.rules:
        for remedy in (rule.remedies(table, tool) or ()) if rule.readiness else ():
            before = stated[str(remedy.key)]
            if not np.isnan(before):
                gaps[str(remedy.key)] = (before, float(str(remedy.value)))
    return gaps


def _yearly_costs(catalog: Catalog, table: ProfileTable) -> np.ndarray:
    """Return the yearly cost of each tool at the headcount of a firm; NaN where no price is known."""
    costs = YearlyCosts(catalog)
    size = np.nan_to_num(middle_headcount(table), nan=1.0)
    return np.where(costs.free, 0.0, costs.at(size)[0])


def _digest(catalog: Catalog, table: ProfileTable) -> dict[str, int]:
    """Return how many tools a firm of that size can take up in each stage."""
    digest = catalog.table("digest").sort_values("headcount_from")
    size = np.nan_to_num(middle_headcount(table), nan=1.0)[0]
    row = digest[digest["headcount_from"] <= max(size, 1.0)].iloc[-1]
    return {stage: int(row[stage]) for stage in STAGES}
