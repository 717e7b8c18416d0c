"""The roadmap: every promise is run through the rules again."""

from __future__ import annotations

import json

import oracle
import pytest
from hypothesis import given, settings
from strategies import CATALOG, firms

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
STAGES = ("now", "next", "later")
DIMENSIONS = CATALOG.keys("dimensions")
FIRM = {
    "branch": "textile",
    "headcount": 80,
    "maturity": dict.fromkeys(DIMENSIONS, 22),
    "facts": dict.fromkeys(CATALOG.keys("facts"), True),
    "needs": {"hiring": 75, "mandatory_training": 75, "split_teams": 50},
    "budget_eur_per_year": 6000,
}


@settings(max_examples=12)
@given(firm=firms())
def test_what_is_promised_for_a_stage_passes_the_rules_by_then(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    start = hr.CompanyProfile(**firm)
    for stage, before in zip(STAGES, [start, *(roadmap.profiles[name] for name in STAGES[:2])], strict=True):
        for step in roadmap.stage(stage):
            fields = before.to_dict()
            for one in step.raises:
                fields["maturity"][one.dimension] = max(fields["maturity"].get(one.dimension, 0), one.after)
            assert oracle.status(fields, oracle.BY_ID[step.tool.tool_id]) == step.status
            assert step.status in ("fit", "to_check")
            assert step.tool.tool_id in roadmap.profiles[stage].installed


@settings(max_examples=12)
@given(firm=firms())
def test_only_what_waits_for_maturity_comes_next_or_later(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    for step in roadmap.steps:
        status = oracle.status(firm, oracle.BY_ID[step.tool.tool_id])
        gap = sum(one.after - one.before for one in step.raises)
        if step.stage == "now":
            assert status in ("fit", "to_check")
            assert step.raises == ()
        else:
            assert status == "prepare"
            assert (gap <= 25) == (step.stage == "next")


@settings(max_examples=12)
@given(firm=firms())
def test_a_firm_takes_up_what_its_size_and_budget_allow_and_no_function_twice(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    functions = [step.tool.functions[0] for step in roadmap.steps]
    known = sum(step.cost_eur_per_year or 0 for step in roadmap.steps)
    assert len(functions) == len(set(functions))
    assert known <= firm.get("budget_eur_per_year", float("inf"))
    digest = oracle.read("digest")
    for stage in STAGES:
        assert len(roadmap.stage(stage)) <= max(int(row[stage]) for row in digest)


@pytest.mark.parametrize(("headcount", "most"), [(4, 2), (12, 3), (30, 3), (80, 4), (300, 5)])
def test_a_firm_digests_by_its_size(headcount, most):
    assert len(RECOMMENDER.roadmap({**FIRM, "headcount": headcount}).stage("now")) == most


def test_a_step_says_what_to_raise_what_shows_it_and_what_helps():
    roadmap = RECOMMENDER.roadmap(FIRM)

    (raised,) = roadmap.stage("later")[0].raises
    assert raised.dimension == "staff_access"
    assert raised.before == 22
    assert raised.questions == ("SA1", "SA2", "SA3", "SA4")
    assert "safetyculture-training" in raised.lifted_by


def test_a_firm_that_is_ready_for_all_has_nothing_to_prepare():
    roadmap = RECOMMENDER.roadmap({**FIRM, "maturity": dict.fromkeys(DIMENSIONS, 100)})

    assert roadmap.stage("next") == roadmap.stage("later") == ()
    assert "Rien à cette étape." in roadmap.to_text("fr")


def test_the_roadmap_can_be_read_as_json_frame_and_text():
    roadmap = RECOMMENDER.roadmap(FIRM)

    assert set(json.loads(json.dumps(roadmap.to_dict()))) == set(STAGES)
    assert roadmap.to_frame()["stage"].tolist() == [step.stage for step in roadmap.steps]
    assert "Accès et aisance numériques des salariés : 22 → 40" in roadmap.to_text("fr")
    assert "First" not in roadmap.to_text("fr")
