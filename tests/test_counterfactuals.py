"""Rules to give up and changes to make, each run again to prove it, against brute force."""

from __future__ import annotations

import itertools
import json

import oracle
import pytest
from hypothesis import given, settings, strategies as st
from strategies import firms

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
RELAXABLE = {rule.name for rule in RECOMMENDER.rules_ if rule.relaxable}
TOOL_IDS = [tool["tool_id"] for tool in oracle.TOOLS]


def failing(firm):
    """Return the failing rules of each tool, by the plain oracle."""
    return {
        tool["tool_id"]: {name for name, outcome in oracle.outcomes(firm, tool).items() if outcome == "fail"}
        for tool in oracle.TOOLS
    }


@settings(max_examples=12)
@given(firm=firms())
def test_giving_up_a_set_unlocks_what_brute_force_unlocks(firm):
    failed = failing(firm)

    found = RECOMMENDER.relax(firm, k=300)

    for one in found:
        given_up = set(one.rules)
        expected = {tool for tool, rules in failed.items() if rules and rules <= given_up}
        assert {tool.tool_id for tool in one.tools} == expected
        assert one.n_unlocked == len(expected)


@settings(max_examples=15)
@given(firm=firms())
def test_the_sets_are_minimal_and_complete(firm):
    failed = failing(firm)

    found = {frozenset(one.rules) for one in RECOMMENDER.relax(firm)}

    expected = {frozenset(rules) for rules in failed.values() if rules and rules <= RELAXABLE}
    assert found == expected
    for rules in found:
        unlocked = {tool for tool, names in failed.items() if names and names <= rules}
        for fewer in itertools.combinations(rules, len(rules) - 1):
            assert {tool for tool, names in failed.items() if names and names <= set(fewer)} < unlocked


@settings(max_examples=30)
@given(firm=firms(), tool_id=st.sampled_from(TOOL_IDS))
def test_the_changes_make_the_tool_fit_or_the_rules_in_the_way_are_named(firm, tool_id):
    found = RECOMMENDER.what_if(firm, tool_id)

    again = RECOMMENDER.explain(found.profile, tool_id)
    assert again.status == found.status
    assert found.possible == (not found.blocked_by)
    assert {rule.name for rule in again.rules if rule.outcome != "pass"} == set(found.blocked_by)
    json.dumps(found.to_dict())


@settings(max_examples=30)
@given(firm=firms(), tool_id=st.sampled_from(TOOL_IDS))
def test_no_change_can_be_left_out(firm, tool_id):
    found = RECOMMENDER.what_if(firm, tool_id)
    if not found.possible:
        return

    start = hr.CompanyProfile(**firm).to_dict()
    for left_out in found.changes:
        fields = found.profile.to_dict()
        if left_out.field == "installed":
            fields["installed"] = [*fields["installed"], left_out.key]
        elif left_out.key is not None:
            fields[left_out.field] = {
                **fields[left_out.field],
                left_out.key: start[left_out.field].get(left_out.key),
            }
            if left_out.key in start["maturity_estimated"]:
                fields["maturity_estimated"] = [*fields["maturity_estimated"], left_out.key]
        else:
            fields[left_out.field] = start[left_out.field]
            if left_out.field == "headcount":
                fields["headcount_band"] = start["headcount_band"]
        assert RECOMMENDER.explain(fields, tool_id).status != "fit", left_out


def test_a_tool_that_fits_needs_no_change():
    firm = {"branch": "couture", "headcount": 12, "facts": {"internet": True}}

    found = RECOMMENDER.what_if(firm, "france-travail-pro")

    assert found.changes == ()
    assert found.possible


def test_what_is_unknown_is_to_confirm_and_what_is_known_to_change():
    firm = {"branch": "couture", "headcount": 30, "maturity": {"it_base": 10}, "budget_eur_per_year": 20}

    found = RECOMMENDER.what_if(firm, "netopen")

    kinds = {
        (change.field, change.key): (change.kind, change.before, change.after) for change in found.changes
    }
    assert kinds[("maturity", "it_base")] == ("change", 10.0, 40.0)
    assert kinds[("budget_eur_per_year", None)] == ("change", 20.0, 708.0)
    assert kinds[("maturity", "steering")] == ("confirm", None, 40.0)
    assert kinds[("facts", "internet")] == ("confirm", None, True)
    assert "Budget en euros par an : 20 → 708" in found.to_text("fr")


@pytest.mark.parametrize(
    ("tool_id", "rule"),
    [("monster-france", "status"), ("french-tex", "branch"), ("taleez", "budget")],
)
def test_what_a_firm_cannot_change_is_named(tool_id, rule):
    firm = {"branch": "couture", "headcount": 30}

    found = RECOMMENDER.what_if(firm, tool_id)

    assert rule in found.blocked_by
    assert not found.possible


def test_the_profile_stays_as_it_is():
    profile = hr.CompanyProfile(branch="couture", headcount=30, installed=["payfit"])
    before = profile.to_dict()

    RECOMMENDER.what_if(profile, "lucca")
    RECOMMENDER.relax(profile)
    RECOMMENDER.roadmap(profile)

    assert profile.to_dict() == before


def test_the_sets_can_be_read_as_frame_and_text():
    found = RECOMMENDER.relax({"branch": "couture", "headcount": 12}, k=2)

    frame = found.to_frame()

    assert frame.columns.tolist() == ["rules", "n_unlocked", "tool_id", "score"]
    assert len(found.to_text("fr").splitlines()) == len(found)
    json.dumps(found.to_dict())
