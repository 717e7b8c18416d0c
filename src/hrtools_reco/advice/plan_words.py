"""Put a plan into words: what to do first, who helps, what to raise before, what comes after."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hrtools_reco.advice.acts import DIMENSION, FACT, FUNCTION, NEED, first_acts
from hrtools_reco.advice.plan_choice import Pick, answered
from hrtools_reco.advice.plan_situation import SUPPORT, TOOL, Situation, Target
from hrtools_reco.advice.roadmap_steps import LATER, NOW, STAGES, Gain, Raise, Step, Unanswered
from hrtools_reco.advice.words import inner, named, said, short_name
from hrtools_reco.answer import Engine, dimension_names
from hrtools_reco.catalog import Catalog, Tool
from hrtools_reco.firms import CompanyProfile, Firms
from hrtools_reco.rules import STATUSES, UNKNOWN, Eligibility, gap_of
from hrtools_reco.texts import LANGUAGES, Text

_SHOWN_LIFTS, _SHOWN_QUESTIONS = 3, 1
_WORDS = (
    "plan_first",
    "plan_builds_on",
    "plan_helper",
    "plan_before",
    "plan_check",
    "plan_answers",
    "plan_after",
    "plan_measure",
    "plan_raise",
    "plan_unanswered",
    "plan_questions",
    "plan_cost",
    "plan_cost_budget",
    "estimate_note",
    "stage_now",
    "stage_next",
    "stage_later",
    "stage_fit",
    "status_fit",
    "status_to_check",
    "colon",
    "note",
)
_TABLES = {NEED: "needs", DIMENSION: "dimensions"}


@functools.lru_cache(maxsize=8)
def roadmap_words(catalog: Catalog) -> Mapping[str, Text]:
    """Return the texts that a roadmap takes along."""
    own = {key: Text(*(catalog.messages[lang][key] for lang in LANGUAGES)) for key in _WORDS}
    return own | dimension_names(catalog)


class Narrator:
    """Says the steps of one plan.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    situation : Situation
        Where the firm stands.
    profile : CompanyProfile
        The firm.
    picks : sequence of Pick
        The steps that were chosen.
    """

    def __init__(
        self, engine: Engine, situation: Situation, profile: CompanyProfile, picks: Sequence[Pick]
    ) -> None:
        self._engine, self._at, self._profile, self._picks = engine, situation, profile, picks
        self._catalog, self._acts = engine.catalog, first_acts(engine.catalog)
        self._told: set[Target] = set()

    def step(self, pick: Pick, by_then: Firms, proof: Eligibility, row: int) -> Step:
        """Describe one step.

        Parameters
        ----------
        pick : Pick
            What was chosen.
        by_then : Firms
            The firm when the step begins.
        proof : Eligibility
            What the rules say of all steps, each on its own firm.
        row : int
            Row of the step.

        Returns
        -------
        Step
            The step in words.
        """
        tool = self._tool(pick.tool)
        cost = self._at.prices.most[pick.tool]
        answers = self._answers(pick)
        outcomes = proof.outcomes_at(np.array([row]), np.array([pick.tool]))[:, 0]
        # What is to be measured says more than the question of the rule.
        unknown = [
            rule
            for rule, outcome in zip(self._engine.rules, outcomes, strict=True)
            if outcome == UNKNOWN and not (rule.readiness and pick.raised)
        ]
        return Step(
            stage=pick.stage,
            tool=tool,
            part=SUPPORT if self._at.traits.support[pick.tool] else TOOL,
            use=self._use(pick),
            need=next((target.key for target in answers if target.kind == NEED), None),
            answers=tuple(target.key for target in answers),
            answers_named=tuple(inner(self._name(target)) for target in answers),
            first=self._first(pick),
            helper=self._helper(pick),
            builds_on=self._builds_on(pick),
            raises=self._raises(pick),
            gains=tuple(self._gain(fact) for fact in pick.gained),
            status=STATUSES[proof.statuses_at(np.array([row]), np.array([pick.tool]))[0]],
            checks=tuple(gap_of(rule, by_then, pick.tool, UNKNOWN) for rule in unknown),
            score=float(self._at.scores[pick.tool]),
            cost_eur_per_year=None if np.isnan(cost) else float(cost),
            price=self._at.prices.of(tool),
            after=self._after(pick),
        )

    def unanswered(self) -> tuple[Unanswered, ...]:
        """Return the targets that no step answers."""
        done = {target for pick in self._picks for target in self._answers(pick)}
        return tuple(
            Unanswered(key=target.key, name=self._name(target), first=self._act_text(target))
            for target in self._at.targets
            if target.must and target not in done
        )

    def questions(self) -> tuple[Text, ...]:
        """Return the question of each need."""
        asked = _questions(self._catalog)
        return tuple(asked[str(code)] for code in self._catalog.table("needs")["question"])

    def _tool(self, place: int) -> Tool:
        """Return a tool by its position."""
        return self._catalog.tool(self._catalog.tool_ids[place])

    def _name(self, target: Target) -> Text:
        """Return the name of a target."""
        return named(self._catalog, _TABLES[target.kind], target.key)

    def _answers(self, pick: Pick) -> list[Target]:
        """Return the targets that a step answers."""
        return answered(self._at, pick)

    def _first(self, pick: Pick) -> Text:
        """Say what to do first: for help the act for what it answers, told once; for a tool its function."""
        target, tool = pick.target, self._tool(pick.tool)
        if not self._at.traits.support[pick.tool]:
            function = self._function(pick)
            act = self._acts.find(FUNCTION, function or "", self._at.size)
            return said(self._catalog, "plan_try", tool=short_name(tool)) if act is None else act.text
        if target is not None and target not in self._told:
            self._told.add(target)
            return self._act_text(target)
        return said(self._catalog, "plan_ask_about", tool=short_name(tool))

    def _function(self, pick: Pick) -> str | None:
        """Return the function of a tool that serves what it was chosen for; None where none is known to."""
        functions = self._tool(pick.tool).functions
        if pick.target is None:
            return functions[0]
        serving = _serving(self._catalog, pick.target.kind, pick.target.key)
        return next((function for function in functions if function in serving), None)

    def _use(self, pick: Pick) -> Text:
        """Name what a step is for: the function that serves, else the main one."""
        function = self._function(pick) or self._tool(pick.tool).functions[0]
        return named(self._catalog, "functions", function)

    def _act_text(self, target: Target) -> Text:
        """Return the first act for a target."""
        act = self._acts.find(target.kind, target.key, self._at.size, target.score)
        return said(self._catalog, "plan_talk", name=inner(self._name(target))) if act is None else act.text

    def _helper(self, pick: Pick) -> Tool | None:
        """Return who helps with a tool: help of the plan that answers the same, else whom the act names."""
        if self._at.traits.support[pick.tool]:
            return None
        helping = [other for other in self._picks if self._at.traits.support[other.tool]]
        for other in helping:
            if set(self._answers(other)) & set(self._answers(pick)):
                return self._tool(other.tool)
        act = self._acts.find(FUNCTION, self._tool(pick.tool).functions[0], self._at.size)
        open_now = [place for place in (act.helpers if act else ()) if self._at.today[place]]
        return self._tool(open_now[0]) if open_now else None

    def _builds_on(self, pick: Pick) -> tuple[str, ...]:
        """Name what is in place and answers the same."""
        if pick.stage != NOW or pick.target is None:
            return ()
        row = self._at.answered_by[self._at.targets.index(pick.target)]
        return tuple(
            self._catalog.tool(key).name
            for key in self._profile.installed
            if key in self._catalog.tool_ids and row[self._catalog.position(key)]
        )

    def _after(self, pick: Pick) -> Text:
        """Say what comes after a step: what answers the same in a later stage, else the next stage."""
        stage = STAGES.index(pick.stage)
        following = [other for other in self._picks if STAGES.index(other.stage) > stage]
        same = [other for other in following if set(self._answers(other)) & set(self._answers(pick))]
        for other in (*same, *following):
            tool = self._tool(other.tool)
            use = inner(self._use(other))
            key = "plan_then_later" if other.stage == LATER else "plan_then_next"
            return said(self._catalog, key, tool=short_name(tool), use=use)
        told = self._profile.needs or self._profile.maturity
        return said(self._catalog, "plan_then_review" if told else "plan_then_ask")

    def _raises(self, pick: Pick) -> tuple[Raise, ...]:
        """Return what is left to raise or to measure: an earlier stage may have raised enough."""
        raises = [self._raise(pick, dimension) for dimension in pick.raised]
        return tuple(one for one in raises if one.before is None or one.before < one.after)

    def _raise(self, pick: Pick, dimension: str) -> Raise:
        """Say what shows and what helps the progress of a dimension."""
        before = self._before(pick, dimension)
        after, lifts = pick.raised[dimension], self._at.traits.lifts[self._dimension(dimension)]
        earlier = [
            other.tool for other in self._picks if STAGES.index(other.stage) < STAGES.index(pick.stage)
        ]
        helping = [self._catalog.tool_ids[tool] for tool in earlier if lifts[tool]]
        asked = _asked(self._catalog, dimension)
        return Raise(
            dimension=dimension,
            name=inner(named(self._catalog, "dimensions", dimension)),
            before=before,
            after=after,
            act=self._act_text(Target(kind=DIMENSION, key=dimension, score=before or 0.0, must=False)),
            questions=asked,
            shown_by=tuple(_questions(self._catalog)[key] for key in asked[:_SHOWN_QUESTIONS]),
            answer_steps=None if before is None else _answer_steps(self._catalog, dimension, after - before),
            lifted_by=tuple(helping[:_SHOWN_LIFTS]),
        )

    def _before(self, pick: Pick, dimension: str) -> float | None:
        """Return the score of a dimension when the stage of a step begins; None where it is not measured."""
        if dimension not in pick.measured:
            return None
        raised = [
            other.raised[dimension]
            for other in self._picks
            if STAGES.index(other.stage) < STAGES.index(pick.stage) and dimension in other.measured
        ]
        return max([float(self._at.firm.maturity[0, self._dimension(dimension)]), *raised])

    def _dimension(self, key: str) -> int:
        """Return the position of a dimension."""
        return self._catalog.keys("dimensions").index(key)

    def _gain(self, fact: str) -> Gain:
        """Say how a fact is brought about."""
        act = self._acts.find(FACT, fact, self._at.size)
        name = inner(named(self._catalog, "facts", fact))
        return Gain(fact=fact, name=name, act=name if act is None else act.text)


@functools.lru_cache(maxsize=64)
def _serving(catalog: Catalog, kind: str, key: str) -> frozenset[str]:
    """Return the functions whose main use is a need, or that raise a dimension."""
    if kind == NEED:
        rows = catalog.table("function_needs")
        rows = rows[(rows["need"] == key) & (rows["weight"] >= catalog.setting("main_use_weight"))]
    else:
        rows = catalog.table("function_lifts")
        rows = rows[rows["dimension"] == key]
    return frozenset(rows["function"])


@functools.lru_cache(maxsize=8)
def _questions(catalog: Catalog) -> dict[str, Text]:
    """Return the questions of the diagnostic by code."""
    table = catalog.table("questions")
    texts = [Text(*pair) for pair in zip(table["text_fr"], table["text_en"], strict=True)]
    return dict(zip(table["question"], texts, strict=True))


@functools.lru_cache(maxsize=64)
def _asked(catalog: Catalog, dimension: str) -> tuple[str, ...]:
    """Return the questions about a dimension, those of the short form first."""
    questions = catalog.table("questions")
    asked = questions[questions["block"] == dimension].sort_values("core", ascending=False, kind="stable")
    return tuple(asked["question"])


def _answer_steps(catalog: Catalog, dimension: str, points: float) -> int:
    """Count the answers that must move up by one to gain points; the lightest question counts least."""
    return int(np.ceil(max(points, 0.0) / _points_of_an_answer(catalog, dimension) - 1e-9))


@functools.lru_cache(maxsize=64)
def _points_of_an_answer(catalog: Catalog, dimension: str) -> float:
    """Return the points that one answer moved up by one is worth at least."""
    questions = catalog.table("questions")
    weights: Any = questions.loc[questions["block"] == dimension].set_index("question")["weight"]
    most = catalog.table("options").groupby("question")["points"].max()
    return float(100 * weights.min() / (weights @ most[weights.index]))
