"""Rules to give up, and rules that shut out everything together: two sides of the same failed rules."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hrtools_reco.advice.conflict_results import Conflict, Conflicts
from hrtools_reco.advice.relaxation_results import Relaxation, Relaxations
from hrtools_reco.advice.relaxation_sets import RelaxationSets, relaxation_sets
from hrtools_reco.answer import Engine, Tested
from hrtools_reco.firms import CompanyProfile, Firms
from hrtools_reco.rules import FAIL, FIT, TO_CHECK, gap_of
from hrtools_reco.texts import Text


def relaxations(engine: Engine, profile: CompanyProfile, firms: Firms, k: int) -> Relaxations:
    """Find the minimal sets of relaxable rules to give up.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : CompanyProfile
        The firm.
    firms : Firms
        The firm as arrays.
    k : int
        Largest number of tools shown of a set.

    Returns
    -------
    Relaxations
        Sets of at most three rules: the smallest first, then those with the best unlocked tool.
    """
    sets = relaxation_sets(engine, engine.test(firms), k)
    found = [_relaxation(engine, firms, sets, at) for at in range(len(sets.firm))]
    return Relaxations(profile, found, catalog=engine.catalog)


def _relaxation(engine: Engine, firms: Firms, sets: RelaxationSets, at: int) -> Relaxation:
    """Describe one set of rules and the tools, best first, that fail just these."""
    rules = [engine.rules[place] for place in sets.rules[sets.kind[at]]]
    own = sets.owner == at
    tools = sets.tool[own].tolist()
    said = [[gap_of(rule, firms, tool, FAIL) for rule in rules] for tool in tools]
    return Relaxation(
        rules=tuple(rule.name for rule in rules),
        labels=tuple(rule.title for rule in rules),
        tools=tuple(engine.catalog.tool(engine.catalog.tool_ids[tool]) for tool in tools),
        scores=tuple(sets.score[own].tolist()),
        statuses=tuple(TO_CHECK if is_open else FIT for is_open in sets.is_open[own]),
        gaps=tuple(_joined(engine, gaps) for gaps in said),
        n_unlocked=int(sets.n_unlocked[at]),
    )


def _joined(engine: Engine, texts: list[Text]) -> Text:
    """Join texts into one."""
    fr, en = (
        engine.catalog.text("reason_separator", lang).join(text(lang) for text in texts)
        for lang in ("fr", "en")
    )
    return Text(fr, en)


def conflicts(engine: Engine, profile: CompanyProfile, tested: Tested) -> Conflicts:
    """Find the minimal sets of relaxable rules that together leave no tool.

    A set leaves no tool if each tool that law, retirement and readiness allow fails one of its rules at
    least: the sets are the minimal hitting sets of what the tools fail (Reiter, 1987, "A theory of diagnosis
    from first principles"), found by taking in one tool after the other (Berge).

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : CompanyProfile
        The firm.
    tested : Tested
        The firm, tested.

    Returns
    -------
    Conflicts
        The sets, the smallest first; none if some tool may be recommended.
    """
    tools = np.arange(tested.scores.shape[1])
    failed = tested.eligibility.outcomes_at(np.zeros_like(tools), tools) == FAIL
    relaxable = np.array([rule.relaxable for rule in engine.rules], dtype=bool)
    allowed = ~failed[~relaxable].any(axis=0)
    kinds = {frozenset(np.flatnonzero(column).tolist()) for column in failed[:, allowed].T}
    sets = _minimal_hitting_sets(kinds) if kinds and frozenset() not in kinds else ()
    titled = [tuple(engine.rules[at] for at in sorted(one)) for one in sets]
    items = [
        Conflict(
            rules=tuple(rule.name for rule in rules),
            labels=tuple(rule.title for rule in rules),
        )
        for rules in titled
    ]
    return Conflicts(
        profile,
        sorted(items, key=lambda one: (len(one.rules), one.rules)),
        n_open=int(tested.eligibility.recommendable.sum()),
        n_allowed=int(allowed.sum()),
        catalog=engine.catalog,
    )


def _minimal_hitting_sets(kinds: Iterable[frozenset[int]]) -> tuple[frozenset[int], ...]:
    """Return the smallest sets that share a rule with each of some sets of rules."""
    found: set[frozenset[int]] = {frozenset()}
    for kind in sorted(kinds, key=lambda one: (len(one), sorted(one))):
        grown = {one | {at} for one in found if not one & kind for at in kind} | {
            one for one in found if one & kind
        }
        found = {one for one in grown if not any(other < one for other in grown)}
    return tuple(found)
