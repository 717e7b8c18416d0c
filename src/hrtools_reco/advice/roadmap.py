"""Plan a roadmap: people and help now, then tools of growing demand, each run through the rules again."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from hrtools_reco.advice.plan_choice import Chooser, Pick
from hrtools_reco.advice.plan_situation import Situation, copies, situation_of
from hrtools_reco.advice.plan_words import Narrator, roadmap_words
from hrtools_reco.advice.roadmap_results import Roadmap
from hrtools_reco.advice.roadmap_steps import STAGES
from hrtools_reco.answer import Engine
from hrtools_reco.catalog import Catalog
from hrtools_reco.firms import CompanyProfile, Firms, Remedy, changed_profile, imply_facts
from hrtools_reco.rules import Eligibility, evaluate_rules


def plan(engine: Engine, profile: CompanyProfile) -> Roadmap:
    """Plan what a firm takes up now, next and later.

    Each pressing need and each of the two weakest dimensions gets an answer wherever the catalog holds one
    that the rules allow. Now: people and services that help, and what the firm can do by itself. Next and
    later: tools of growing demand, those first that ask for no more than one level. Each stage holds what a
    firm of that size can take up (table ``digest``), the known costs of all steps stay within the budget,
    and each step is run through the rules on the firm with what is raised and in place by then.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : CompanyProfile
        The firm. Where it told neither a need nor a maturity, the roadmap holds now and the questions.

    Returns
    -------
    Roadmap
        The steps; the status of each is that of the firm at its stage.
    """
    situation = situation_of(engine, profile)
    limits = _digest(engine.catalog, situation.size)
    told = bool(profile.needs or profile.maturity)
    picks, by_then, proof = _proven(engine, situation, limits, told=told)
    narrator = Narrator(engine, situation, profile, picks)
    return Roadmap(
        profile=profile,
        steps=tuple(
            narrator.step(pick, by_then.take(slice(row, row + 1)), proof, row)
            for row, pick in enumerate(picks)
        ),
        unanswered=narrator.unanswered() if told else (),
        questions=() if told else narrator.questions(),
        profiles=_profiles(engine.catalog, profile, picks),
        limits=limits,
        words=roadmap_words(engine.catalog),
    )


def _proven(
    engine: Engine, situation: Situation, limits: Mapping[str, int], *, told: bool
) -> tuple[list[Pick], Firms, Eligibility]:
    """Choose steps until each of them passes the rules on the firm as it is by then."""
    banned: set[int] = set()
    while True:
        chooser = Chooser(situation, limits, banned)
        picks = chooser.choose() if told else chooser.starters()
        by_then = _by_then(situation, picks)
        if not picks:
            return picks, by_then, situation.eligibility
        proof = evaluate_rules(engine.rules, by_then)
        rows, tools = np.arange(len(picks)), np.array([pick.tool for pick in picks])
        failing = tools[~proof.recommendable[rows, tools]]
        if not len(failing):
            return picks, by_then, proof
        # One at a time: without it, another of the same function may pass.
        banned.add(int(failing[0]))


def _by_then(situation: Situation, picks: Sequence[Pick]) -> Firms:
    """Return, for each step, the firm when it begins: raised so far, with all other steps so far in place.

    Facts follow from what the stages before have left in place, not from a step of the same stage.
    """
    firms = copies(situation.firm, len(picks))
    dimensions, facts = situation.catalog.keys("dimensions"), situation.catalog.keys("facts")
    beside: list[tuple[int, int]] = []
    for row, pick in enumerate(picks):
        so_far = [other for other in picks if STAGES.index(other.stage) <= STAGES.index(pick.stage)]
        for other in so_far:
            for key in other.measured:
                at = dimensions.index(key)
                firms.maturity[row, at] = max(firms.maturity[row, at], other.raised[key])
            for fact in other.gained:
                firms.facts[row, facts.index(fact)], firms.implied[row, facts.index(fact)] = 1, -1
            if other.stage != pick.stage:
                firms.installed[row, other.tool] = True
            elif other.tool != pick.tool:
                beside.append((row, other.tool))
    firms = imply_facts(firms, situation.catalog)
    for row, tool in beside:
        firms.installed[row, tool] = True
    return firms


def _profiles(catalog: Catalog, profile: CompanyProfile, picks: Sequence[Pick]) -> dict[str, CompanyProfile]:
    """Return the firm after each stage."""
    profiles, firm = {}, profile
    for stage in STAGES:
        raised: dict[str, float] = {}
        changes = []
        for pick in (pick for pick in picks if pick.stage == stage):
            for key in pick.measured:
                raised[key] = max(pick.raised[key], raised.get(key, firm.maturity[key]))
            changes += [Remedy(field="facts", key=fact, value=True) for fact in pick.gained]
            changes.append(Remedy(field="installed", key=catalog.tool_ids[pick.tool], value=True))
        changes += [Remedy(field="maturity", key=key, value=score) for key, score in raised.items()]
        firm = changed_profile(firm, changes, catalog) if changes else firm
        profiles[stage] = firm
    return profiles


def _digest(catalog: Catalog, size: float) -> dict[str, int]:
    """Return how many steps a firm of a size can take up in each stage."""
    digest = _digest_rows(catalog)
    row = [row for row in digest if row["headcount_from"] <= max(size, 1.0)][-1]
    return {stage: int(row[stage]) for stage in STAGES}


@functools.lru_cache(maxsize=8)
def _digest_rows(catalog: Catalog) -> tuple[dict[Hashable, Any], ...]:
    """Return the rows of the table ``digest``, the smallest firms first."""
    return tuple(catalog.table("digest").sort_values("headcount_from").to_dict("records"))
