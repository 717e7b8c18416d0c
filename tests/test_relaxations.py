"""Rules to give up and rules in conflict, against brute force over all sets of rules."""

from __future__ import annotations

import itertools
import json

import oracle
import pandas as pd
from hypothesis import given, settings, strategies as st
from strategies import CATALOG, firms, frame_of

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
RELAXABLE = [rule.name for rule in RECOMMENDER.rules_ if rule.relaxable]
POOR = {"branch": "couture", "headcount": 12, "budget_eur_per_year": 0}
FUNCTIONS = ["ats", "immersive", "lms", "microlearning", "mobile_learning", "referral", "video_interview"]


def failed_and_unknown(firm):
    """Return by tool which rules fail and which are unknown, as the plain version says."""
    stated = json.loads(json.dumps(hr.CompanyProfile(**firm).to_dict()))
    found = {tool: oracle.outcomes(stated, oracle.BY_ID[tool]) for tool in CATALOG.tool_ids}
    return {
        tool: [
            {name for name, outcome in outcomes.items() if outcome == said} for said in ("fail", "unknown")
        ]
        for tool, outcomes in found.items()
    }


def statuses_without(marks, given_up):
    """Return the tools that pass without some rules: their statuses."""
    return {
        tool: "to_check" if unknown - set(given_up) else "fit"
        for tool, (failed, unknown) in marks.items()
        if failed <= set(given_up)
    }


@settings(max_examples=12)
@given(firm=firms())
def test_the_sets_are_those_that_trying_every_set_of_rules_finds(firm):
    marks, expected = failed_and_unknown(firm), {}
    known = set(statuses_without(marks, ()))
    for size in (1, 2, 3):
        for given_up in itertools.combinations(RELAXABLE, size):
            for tool, status in statuses_without(marks, given_up).items():
                if tool not in known:
                    expected.setdefault(given_up, {})[tool] = status
        known |= {tool for tools in expected.values() for tool in tools}

    found = RECOMMENDER.relax(firm, k=300)

    assert {
        one.rules: {tool.tool_id: one.statuses[at] for at, tool in enumerate(one.tools)} for one in found
    } == expected
    assert all(one.n_unlocked == len(one.tools) for one in found)


@settings(max_examples=12)
@given(firm=firms(), k=st.integers(1, 4))
def test_the_smallest_sets_come_first_and_their_best_tools(firm, k):
    whole = RECOMMENDER.relax(firm, k=300)

    found = RECOMMENDER.relax(firm, k=k)

    keys = [(len(one.rules), -one.scores[0], one.rules) for one in found]
    assert keys == sorted(keys)
    for one, all_of_it in zip(found, whole, strict=True):
        assert one.tools == all_of_it.tools[:k]
        assert list(one.scores) == sorted(one.scores, reverse=True)
        assert one.n_unlocked == all_of_it.n_unlocked


def test_a_set_says_which_rules_what_they_miss_and_what_would_fit():
    found = RECOMMENDER.relax({"branch": "footwear", "headcount": 6, "budget_eur_per_year": 200}, k=50)
    one = next(one for one in found if one.rules == ("function_size", "budget"))

    assert [label("fr") for label in one.labels] == ["Utile à cette taille", "Dans le budget"]
    assert "employees; the firm has 6; " in one.gaps[0]("en")
    assert "over the budget of €200" in one.gaps[0]("en")


def test_the_sets_can_be_read_as_json_frame_and_text():
    found = RECOMMENDER.relax({"branch": "couture", "headcount": 12, "company_id": "a"}, k=2)

    frame = found.to_frame()

    assert frame.columns.tolist() == [
        "company_id",
        "rules",
        "n_unlocked",
        "tool_id",
        "name",
        "score",
        "status",
    ]
    assert frame["company_id"].unique().tolist() == ["a"]
    assert len(frame) == sum(len(one.tools) for one in found)
    assert [one["rules"] for one in json.loads(json.dumps(found.to_dict()))] == [
        list(one.rules) for one in found
    ]
    assert "Utile à cette taille – outils débloqués :" in found.to_text("fr")
    assert str(found).startswith("Ce que débloquerait l’abandon d’une règle")
    assert found[:1] == tuple(found)[:1]


def test_a_firm_for_which_no_rule_is_in_the_way_is_told_so():
    rules = [rule for rule in RECOMMENDER.rules_ if rule.name == "status"]

    found = hr.ToolRecommender(rules=rules).fit().relax({"branch": "couture", "headcount": 12})

    assert len(found) == 0
    assert found.to_frame().empty
    assert found.to_text("fr") == "Renoncer à une règle ne débloquerait aucun outil."


@settings(max_examples=10)
@given(rows=st.lists(firms(), min_size=1, max_size=4), k=st.integers(1, 3))
def test_many_firms_get_the_sets_that_each_gets_alone(rows, k):
    named = [{**firm, "company_id": f"firm-{at}"} for at, firm in enumerate(rows)]

    found = RECOMMENDER.relax_batch(frame_of(named), k=k)

    alone = [RECOMMENDER.relax(firm, k=k).to_frame() for firm in named]
    expected = pd.concat(alone, ignore_index=True)
    columns = ["company_id", "rules", "n_unlocked", "tool_id", "score", "status"]
    pd.testing.assert_frame_equal(found[columns], expected[columns], check_dtype=False)
    assert found.groupby(["company_id", "set"])["rules"].nunique().eq(1).all()
    assert (found.groupby(["company_id", "set"])["rank"].max() <= k).all()


def test_a_table_without_rules_in_the_way_is_empty_but_keeps_its_columns():
    rules = [rule for rule in RECOMMENDER.rules_ if rule.name == "status"]

    found = hr.ToolRecommender(rules=rules).fit().relax_batch(pd.DataFrame([{"company_id": "a", **POOR}]))

    assert found.empty
    assert found.columns.tolist() == [
        "company_id",
        "set",
        "rules",
        "n_unlocked",
        "rank",
        "tool_id",
        "score",
        "status",
    ]


def conflicts_by_trying(firm, only):
    """Hold all sets of rules against the tools of a function: the minimal ones that leave none."""
    marks, fixed = failed_and_unknown(firm), {rule.name for rule in RECOMMENDER.rules_} - set(RELAXABLE)
    kinds = {
        frozenset(failed)
        for tool, (failed, _) in marks.items()
        if only in oracle.items(oracle.BY_ID[tool]["functions"]) and not failed & fixed
    }
    closed: list[set[str]] = []
    for size in range(1, len(RELAXABLE) + 1):
        for held in map(set, itertools.combinations(RELAXABLE, size)):
            if kinds and all(held & kind for kind in kinds) and not any(one <= held for one in closed):
                closed.append(held)
    return {frozenset(one) for one in closed}


@settings(max_examples=15)
@given(firm=firms(), only=st.sampled_from(FUNCTIONS))
def test_conflicts_are_the_minimal_sets_that_trying_every_set_finds(firm, only):
    firm = {**firm, "budget_eur_per_year": 0}

    found = RECOMMENDER.conflicts(firm, only=only)

    assert {frozenset(one.rules) for one in found} == conflicts_by_trying(firm, only)
    sizes = [len(one.rules) for one in found]
    assert sizes == sorted(sizes)


@settings(max_examples=20)
@given(firm=firms(), only=st.sampled_from(FUNCTIONS))
def test_giving_up_one_rule_of_each_conflict_opens_a_tool(firm, only):
    conflicts = RECOMMENDER.conflicts(firm, only=only)

    for given_up in itertools.islice(itertools.product(*(one.rules for one in conflicts)), 5):
        rules = [rule for rule in RECOMMENDER.rules_ if rule.name not in given_up]
        again = hr.ToolRecommender(rules=rules).fit().conflicts(firm, only=only)
        assert again.n_open > 0 or not conflicts


def test_conflicts_can_be_read_as_json_frame_and_text():
    found = RECOMMENDER.conflicts({**POOR, "company_id": "a"}, only="immersive")

    assert found.n_open == 0 < found.n_allowed
    assert found.to_frame()["company_id"].unique().tolist() == ["a"]
    assert [one["rules"] for one in json.loads(json.dumps(found.to_dict()))["conflicts"]] == [
        list(one.rules) for one in found
    ]
    assert str(found).startswith("Aucun outil ne reste ; chacune de ces lignes suffit à tous les écarter\n")
    assert [one.key for one in found] == ["budget", "function_size"]


def test_a_firm_with_tools_has_no_conflict_and_one_barred_by_law_neither():
    open_ways = RECOMMENDER.conflicts({"branch": "couture", "headcount": 12})
    barred = RECOMMENDER.conflicts(
        {"branch": "couture", "headcount": 12, "excluded": ["moodle"]}, only="moodle"
    )

    assert len(open_ways) == 0
    assert open_ways.to_text("en") == f"No conflict: tools still possible: {open_ways.n_open}"
    assert (len(barred), barred.n_open, barred.n_allowed) == (0, 0, 0)
    assert barred.to_text("en").startswith("No tool is possible, whatever rule is given up")
