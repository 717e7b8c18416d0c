"""Where a firm stands before a plan: what it asks for, what it may have, what each tool is worth to it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco.advice.acts import DIMENSION, FACT, NEED, first_acts
from hrtools_reco.advice.prices import Prices
from hrtools_reco.answer import Engine
from hrtools_reco.catalog import (
    Catalog,
    Judgement,
    YearlyCosts,
    gated_tools,
    naming,
    need_answers,
    primary_functions,
    stand_in_pairs,
)
from hrtools_reco.firms import CompanyProfile, Firms, firms_of
from hrtools_reco.model import middle_headcount
from hrtools_reco.rules import PASS, Eligibility, Rule, evaluate_rules

SUPPORT, TOOL = "support", "tool"
_N_WEAKEST = 2
_TODAY = np.array([0])


@dataclass(frozen=True, kw_only=True)
class Target:
    """Something that a plan answers: a need, or a weak dimension.

    Attributes
    ----------
    kind : {"need", "dimension"}
        Which of the two.
    key : str
        Its key.
    score : float
        Urgency of the need, or score of the dimension.
    must : bool
        Whether the plan must answer it: a need that is pressing, a dimension that is among the weakest.
    """

    kind: str
    key: str
    score: float
    must: bool


@dataclass(frozen=True, kw_only=True)
class ToolTraits:
    """What a plan asks of the tools of a catalog, as arrays over the tools.

    Attributes
    ----------
    support : ndarray of bool of shape (n_tools,)
        People and services that help (table ``kinds``); the others are tools.
    software : ndarray of bool of shape (n_tools,)
        Tools that a firm sets up and keeps.
    digital : ndarray of bool of shape (n_tools,)
        Software, and what is used on line; the others are ways of working.
    vendors : ndarray of int of shape (n_tools,)
        Who offers it; -1 where that is unknown.
    functions : ndarray of int of shape (n_tools,)
        Main function.
    answers : ndarray of bool of shape (n_needs, n_tools)
        Whether answering the need is a main use of the tool: by the experts who judged it, else by its
        functions.
    helps : ndarray of bool of shape (n_needs, n_tools)
        Whether it helps with the need at all, by either.
    lifts : ndarray of bool of shape (n_dimensions, n_tools)
        Whether one of its functions raises the dimension.
    judgement : Judgement
        What experts say of it.
    stand_ins : ndarray of bool of shape (n_tools, n_tools)
        Tools that do the same job for the same firm.
    costs : YearlyCosts
        Prices.
    """

    support: np.ndarray
    software: np.ndarray
    digital: np.ndarray
    vendors: np.ndarray
    functions: np.ndarray
    answers: np.ndarray
    helps: np.ndarray
    lifts: np.ndarray
    judgement: Judgement
    stand_ins: np.ndarray
    costs: YearlyCosts


@functools.lru_cache(maxsize=8)
def tool_traits(catalog: Catalog) -> ToolTraits:
    """Return the traits of the tools of a catalog, read once."""
    functions, dimensions = catalog.keys("functions"), catalog.keys("dimensions")
    parts = catalog.table("kinds").set_index("kind")["part"]
    by_function = np.zeros((len(dimensions), len(functions)), dtype=bool)
    for row in catalog.table("function_lifts").itertuples():
        by_function[dimensions.index(row.dimension), functions.index(row.function)] = True
    judgement, by_use = Judgement(catalog), need_answers(catalog) >= catalog.setting("main_use_weight")
    return ToolTraits(
        support=(parts.loc[catalog.tools["kind"]] == SUPPORT).to_numpy(),
        software=gated_tools(catalog),
        digital=gated_tools(catalog) | catalog.tools["hosting"].notna().to_numpy(),
        vendors=pd.factorize(catalog.tools["vendor"].str.split(" (", regex=False).str[0])[0],
        functions=np.array([functions.index(name) for name in primary_functions(catalog)]),
        answers=np.where(judgement.judged, judgement.needs >= catalog.setting("plan_main_strength"), by_use),
        helps=by_use | (judgement.needs >= catalog.setting("plan_least_strength")),
        lifts=by_function.astype(int) @ naming(catalog, "functions", functions).astype(int) > 0,
        judgement=judgement,
        stand_ins=stand_in_pairs(catalog),
        costs=YearlyCosts(catalog),
    )


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One firm before a plan.

    Attributes
    ----------
    catalog : Catalog
        The catalog.
    firm : Firms
        The firm.
    size : float
        Its headcount; the middle of a band.
    traits : ToolTraits
        Traits of the tools.
    targets : tuple of Target
        What it asks for, the most pressing first: needs, then weak dimensions.
    answered_by : ndarray of bool of shape (n_targets, n_tools)
        Which tools answer which target.
    helped_by : ndarray of bool of shape (n_targets, n_tools)
        Which tools help with it at all.
    suits : ndarray of bool of shape (n_tools,)
        Tools that experts would name to a firm of that size and budget.
    values : ndarray of shape (n_targets, n_tools)
        What each tool is worth to the firm if the target were all that it asks for.
    scores : ndarray of shape (n_tools,)
        What each tool is worth to the firm as it is.
    rules : sequence of Rule
        The rules.
    eligibility : Eligibility
        What the rules say of the firm today (row 0), and once all that it can raise is raised (row 1).
    prices : Prices
        What the tools cost it.
    """

    catalog: Catalog
    firm: Firms
    size: float
    traits: ToolTraits
    targets: tuple[Target, ...]
    answered_by: np.ndarray
    helped_by: np.ndarray
    suits: np.ndarray
    values: np.ndarray
    scores: np.ndarray
    rules: Sequence[Rule]
    eligibility: Eligibility
    prices: Prices

    @functools.cached_property
    def today(self) -> np.ndarray:
        """Tools that may be recommended today."""
        eligible: np.ndarray = self.eligibility.recommendable[0]
        return eligible

    @functools.cached_property
    def in_reach(self) -> np.ndarray:
        """Tools that may be recommended once all that the firm can raise is raised."""
        eligible: np.ndarray = self.eligibility.recommendable[1]
        return eligible

    @functools.cached_property
    def ready(self) -> np.ndarray:
        """Tools that ask for no score that is not known to be reached."""
        open_ = [
            table[code[0]] != PASS
            for table, code, rule in zip(
                self.eligibility.outcomes, self.eligibility.codes, self.rules, strict=True
            )
            if rule.readiness
        ]
        ready: np.ndarray = ~np.any([np.zeros(len(self.scores), dtype=bool), *open_], axis=0)
        return ready

    def outcomes(self, tool: int) -> np.ndarray:
        """Return the outcome of each rule for one tool today."""
        found: np.ndarray = self.eligibility.outcomes_at(_TODAY, np.array([tool]))[:, 0]
        return found


def situation_of(engine: Engine, profile: CompanyProfile) -> Situation:
    """Return where a firm stands: all rules and scores in one call each.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : CompanyProfile
        The firm.

    Returns
    -------
    Situation
        Its targets, and what each tool is worth and allowed.
    """
    catalog, firm = engine.catalog, firms_of(profile, engine.catalog)
    traits, size = tool_traits(catalog), _size(firm)
    targets = _targets(engine, profile, firm)
    scores = engine.scores(_with_single_needs(catalog, firm, targets))
    return Situation(
        catalog=catalog,
        firm=firm,
        size=size,
        traits=traits,
        targets=targets,
        answered_by=_named_or(catalog, traits.answers, traits, targets, size),
        helped_by=_named_or(catalog, traits.helps, traits, targets, size),
        suits=_suits(catalog, traits.judgement, size, float(firm.budget[0])),
        values=scores[1:],
        scores=scores[0],
        rules=engine.rules,
        eligibility=evaluate_rules(engine.rules, _today_and_best(catalog, firm, size)),
        prices=Prices(catalog, traits.costs, firm),
    )


def copies(firm: Firms, n: int) -> Firms:
    """Return a firm n times, to be changed row by row."""
    return firm.take(np.zeros(n, dtype=np.int64))


def _size(firm: Firms) -> float:
    """Return the headcount of a firm: 0 for an owner without staff, the middle of a band."""
    if firm.headcount_high[0] == 0:
        return 0.0
    return float(np.nan_to_num(middle_headcount(firm), nan=1.0)[0])


def _targets(engine: Engine, profile: CompanyProfile, firm: Firms) -> tuple[Target, ...]:
    """List what a firm asks for; what is expected of its branch stands in for needs that none was told of."""
    catalog, needs = engine.catalog, dict(profile.needs)
    pressing = catalog.setting("plan_pressing_need")
    if not needs:
        expected = engine.encoder.expected.of(firm)[0]
        known = zip(catalog.keys("needs"), expected.tolist(), strict=True)
        likely = max(known, key=lambda item: np.nan_to_num(item[1], nan=-1.0), default=("", np.nan))
        asked = [Target(kind=NEED, key=likely[0], score=likely[1], must=False)] if likely[1] > 0 else []
    else:
        asked = [
            Target(kind=NEED, key=key, score=urgency, must=urgency >= pressing)
            for key, urgency in sorted(needs.items(), key=lambda item: -item[1])
            if urgency > 0
        ]
        # What is not pressing is looked at only where nothing is.
        asked = [target for target in asked if target.must] or asked[:1]
    order = catalog.keys("dimensions")
    scores = sorted(profile.maturity.items(), key=lambda item: (item[1], order.index(item[0])))
    weak = [
        Target(kind=DIMENSION, key=key, score=score, must=True)
        for key, score in scores[:_N_WEAKEST]
        if score < 100
    ]
    return (*asked, *weak)


def _with_single_needs(catalog: Catalog, firm: Firms, targets: Sequence[Target]) -> Firms:
    """Return the firm as it is, then once for each target: with that need alone, or as it is."""
    rows = copies(firm, 1 + len(targets))
    needs = catalog.keys("needs")
    for row, target in enumerate(targets, start=1):
        if target.kind == NEED:
            rows.needs[row] = 0.0
            rows.needs[row, needs.index(target.key)] = target.score
    return rows


def _today_and_best(catalog: Catalog, firm: Firms, size: float) -> Firms:
    """Return the firm today, and with every measured score raised and every fact that it can bring about."""
    rows = copies(firm, 2)
    measured = ~np.isnan(firm.maturity[0]) & ~firm.estimated[0]
    rows.maturity[1, measured] = 100.0
    for place, fact in enumerate(catalog.keys("facts")):
        if firm.facts[0, place] == 0 and first_acts(catalog).find(FACT, fact, size) is not None:
            rows.facts[1, place] = 1
    return rows


def _named_or(
    catalog: Catalog, answers: np.ndarray, traits: ToolTraits, targets: Sequence[Target], size: float
) -> np.ndarray:
    """Tell which tools answer which target: by their use, or named by the first act for it."""
    needs, dimensions = catalog.keys("needs"), catalog.keys("dimensions")
    rows = np.zeros((len(targets), len(catalog.tool_ids)), dtype=bool)
    for row, target in enumerate(targets):
        is_need = target.kind == NEED
        table, keys = (answers, needs) if is_need else (traits.lifts, dimensions)
        act = first_acts(catalog).find(target.kind, target.key, size, target.score)
        named = np.zeros(len(catalog.tool_ids), dtype=bool)
        named[list(act.helpers) if act else []] = True
        # Help that an act for a need names answers it only where it is chosen for that act.
        rows[row] = table[keys.index(target.key)] | (named & ~traits.support if is_need else named)
    return rows


def _suits(catalog: Catalog, judgement: Judgement, size: float, budget: float) -> np.ndarray:
    """Tell which tools experts would name to a firm of a size and a budget; one not judged may suit."""
    grades = judgement.grades_at(np.array([size]))[0] >= catalog.setting("plan_least_grade")
    affordable = np.isnan(budget) | (judgement.budget <= np.log10(1.0 + np.nan_to_num(budget)))
    suits: np.ndarray = ~judgement.judged | (grades & affordable)
    return suits
