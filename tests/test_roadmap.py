"""The roadmap: every promise is run through the rules again."""

from __future__ import annotations

import json

import numpy as np
import oracle
import pytest
from hypothesis import given, settings, strategies as st
from strategies import CATALOG, firms

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
QUESTIONNAIRE = hr.load_questionnaire()
TOOLS = oracle.TOOLS
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


def unready_firms():
    """Draw firms of some size that software waits for: few are ready, some scores are unknown."""
    scores = st.dictionaries(st.sampled_from(DIMENSIONS), st.sampled_from((5.0, 15.0, 22.0, 30.0, 60.0)))
    return st.builds(
        lambda firm, maturity, estimated: {
            **{key: value for key, value in FIRM.items() if key != "headcount"},
            **firm,
            "maturity": {**dict.fromkeys(DIMENSIONS[:3], 10.0), **maturity},
            "maturity_estimated": estimated,
            "facts": FIRM["facts"],
        },
        firms(),
        scores,
        st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=1),
    )


def starts_of(roadmap):
    """Yield each stage with the fields of the firm when it begins."""
    before = [roadmap.profile, *(roadmap.profiles[name] for name in STAGES[:2])]
    return [(stage, profile.to_dict()) for stage, profile in zip(STAGES, before, strict=True)]


@settings(max_examples=25)
@given(firm=st.one_of(firms(), unready_firms()))
def test_what_is_promised_for_a_stage_passes_the_rules_by_then(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    for stage, fields in starts_of(roadmap):
        after = roadmap.profiles[stage].to_dict()
        raised = {**after, "installed": fields["installed"]}
        for step in roadmap.stage(stage):
            tool = oracle.BY_ID[step.tool.tool_id]
            outcomes = oracle.outcomes(raised, tool)
            assert oracle.status(raised, tool) == step.status
            assert step.status in ("fit", "to_check")
            assert stage == "now" or outcomes["readiness"] == "pass"
            assert len(step.checks["fr"]) == sum(outcome == "unknown" for outcome in outcomes.values())
            assert step.tool.tool_id in after["installed"]


@settings(max_examples=25)
@given(firm=st.one_of(firms(), unready_firms()))
def test_the_firm_is_raised_just_as_far_as_is_said_and_nothing_falls(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    for stage, before in starts_of(roadmap):
        after, raised = roadmap.profiles[stage].to_dict(), {}
        for one in (one for step in roadmap.stage(stage) for one in step.raises):
            known = one.dimension not in before["maturity_estimated"]
            assert set(one.lifted_by) <= set(before["installed"])
            assert one.before == (before["maturity"].get(one.dimension) if known else None)
            raised[one.dimension] = max(raised.get(one.dimension, 0.0), one.after)
        assert after["maturity"] == {**before["maturity"], **raised}
        assert all(after["maturity"][key] >= score for key, score in before["maturity"].items())
        assert set(after["maturity_estimated"]) == set(before["maturity_estimated"]) - set(raised)
        chosen = [step.tool.tool_id for step in roadmap.stage(stage)]
        assert list(after["installed"]) == [*before["installed"], *chosen]


@settings(max_examples=25)
@given(firm=st.one_of(firms(), unready_firms()))
def test_only_what_waits_for_maturity_comes_next_or_later_and_next_is_one_level_in_all(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    for step in roadmap.steps:
        status = oracle.status(firm, oracle.BY_ID[step.tool.tool_id])
        assert status in (("fit", "to_check") if step.stage == "now" else ("prepare",))
        assert step.stage != "now" or step.raises == ()
    gains = {}
    for one in (one for step in roadmap.stage("next") for one in step.raises):
        gains[one.dimension] = max(gains.get(one.dimension, 0.0), one.points)
    assert sum(gains.values()) <= 25


@settings(max_examples=25)
@given(firm=st.one_of(firms(), unready_firms()))
def test_a_firm_takes_up_what_its_size_and_budget_allow_and_no_function_twice(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    functions = [step.tool.functions[0] for step in roadmap.steps]
    most = max(oracle.interval(firm), key=lambda size: size if size != float("inf") else 0)
    for step in roadmap.steps:
        tool = oracle.BY_ID[step.tool.tool_id]
        cost = 0 if oracle.free_at(tool, most) else oracle.most_cost(tool, most)
        assert step.cost_eur_per_year == (cost if cost is None else pytest.approx(cost))
    assert len(functions) == len(set(functions))
    assert roadmap.known_cost_eur_per_year <= firm.get("budget_eur_per_year", float("inf"))
    assert all(len(roadmap.stage(stage)) <= roadmap.limits[stage] for stage in STAGES)


@pytest.mark.parametrize(("headcount", "most"), [(4, 2), (12, 3), (30, 3), (80, 4), (300, 5)])
def test_a_firm_digests_by_its_size(headcount, most):
    roadmap = RECOMMENDER.roadmap({**FIRM, "headcount": headcount})

    assert roadmap.limits["now"] == len(roadmap.stage("now")) == most


class Priced(hr.Rule):
    """Leave only tools that are paid for at a known price."""

    name = "priced"

    def outcomes(self, profiles):
        priced = [(oracle.most_cost(tool, 20) or 0) > 0 and not oracle.free_at(tool, 20) for tool in TOOLS]
        return np.where(priced, hr.PASS, hr.FAIL)[None, :]


def test_the_budget_is_spent_once_over_all_stages():
    budget = next(rule for rule in RECOMMENDER.rules_ if rule.name == "budget")
    recommender = hr.ToolRecommender(rules=[Priced(), budget]).fit()
    firm = {"branch": "textile", "headcount": 20}

    plenty = recommender.roadmap({**firm, "budget_eur_per_year": 1e6})
    scarce = recommender.roadmap({**firm, "budget_eur_per_year": 1500})

    assert all(step.cost_eur_per_year > 0 for step in plenty.steps + scarce.steps)
    assert 0 < scarce.known_cost_eur_per_year <= 1500 < plenty.known_cost_eur_per_year


def test_a_cost_per_head_is_that_of_the_upper_end_of_the_band():
    budget = next(rule for rule in RECOMMENDER.rules_ if rule.name == "budget")
    recommender = hr.ToolRecommender(rules=[Priced(), budget]).fit()
    firm = {"branch": "textile", "headcount_band": "12", "budget_eur_per_year": 1e6}

    steps = recommender.roadmap(firm).steps

    per_head = [step for step in steps if step.tool.price_unit in oracle.TIMES_PER_HEAD]
    assert per_head
    for step in per_head:
        assert step.cost_eur_per_year == pytest.approx(oracle.most_cost(oracle.BY_ID[step.tool.tool_id], 49))


class NobodyKnows(hr.Rule):
    """Leave open whether any firm is ready."""

    name, readiness = "nobody_knows", True

    def outcomes(self, profiles):
        return np.full((1, len(TOOLS)), hr.UNKNOWN)


def test_a_tool_whose_readiness_stays_open_is_not_promised():
    recommender = hr.ToolRecommender(rules=[*RECOMMENDER.rules_, NobodyKnows()]).fit()

    roadmap = recommender.roadmap(FIRM)

    assert RECOMMENDER.roadmap(FIRM).stage("next") != ()
    assert roadmap.stage("now") != ()
    assert roadmap.stage("next") == roadmap.stage("later") == ()


def test_a_step_says_what_to_raise_what_shows_it_and_what_helps():
    roadmap = RECOMMENDER.roadmap(FIRM)

    (raised,) = roadmap.stage("later")[0].raises
    (before,) = roadmap.stage("next")[0].raises
    assert before.dimension == raised.dimension == "staff_access"
    assert (before.before, before.after) == (22, 40)
    assert (raised.before, raised.after) == (40, 50)
    assert raised.questions == ("SA1", "SA2", "SA3", "SA4")
    assert "safetyculture-training" in raised.lifted_by


@settings(max_examples=15)
@given(
    answers=st.fixed_dictionaries({question: st.integers(0, 4) for question in ("SA1", "SA2", "SA3", "SA4")})
)
def test_moving_up_as_many_answers_as_is_said_reaches_the_score(answers):
    score = QUESTIONNAIRE.score({key: f"o{value}" for key, value in answers.items()})
    firm = {**FIRM, "maturity": {**FIRM["maturity"], **score.profile_fields()["maturity"]}}

    steps = RECOMMENDER.roadmap(firm).steps

    for one in (one for step in steps for one in step.raises if one.dimension == "staff_access"):
        moved = dict(answers)
        start = 100 * sum(moved.values()) / 16
        for _ in range(one.answer_steps + round((one.before - start) / 6.25)):
            moved[min(moved, key=moved.get)] += 1
        reached = QUESTIONNAIRE.score({key: f"o{value}" for key, value in moved.items()})
        assert reached.maturity["staff_access"] >= one.after


def test_a_score_that_a_tool_asks_for_and_nobody_knows_is_to_be_measured():
    firm = {**FIRM, "maturity": {"it_base": 10}}

    roadmap = RECOMMENDER.roadmap(firm)

    measured = [one for step in roadmap.steps for one in step.raises if one.before is None]
    assert "steering" in {one.dimension for one in measured}
    assert "it_base" not in {one.dimension for one in measured}
    assert all(one.points == 0 and one.answer_steps is None for one in measured)
    assert "D’abord mesurer « Pilotage et capacité à changer »" in roadmap.to_text("fr")
    assert "steering:?>" in "|".join(roadmap.to_frame()["raises"])


def test_an_estimate_that_is_more_than_enough_is_kept_and_to_be_measured():
    firm = {**FIRM, "maturity": {"it_base": 10, "steering": 60}, "maturity_estimated": ["steering"]}

    roadmap = RECOMMENDER.roadmap(firm)

    asked = [one for step in roadmap.steps for one in step.raises if one.dimension == "steering"]
    assert {(one.before, one.after) for one in asked} == {(None, 60)}
    assert roadmap.profiles["later"].maturity["steering"] == 60
    assert roadmap.profiles["later"].maturity_estimated == ()


def test_a_firm_that_is_ready_for_all_has_nothing_to_prepare():
    roadmap = RECOMMENDER.roadmap({**FIRM, "maturity": dict.fromkeys(DIMENSIONS, 100)})

    assert roadmap.stage("next") == roadmap.stage("later") == ()
    assert "Rien à cette étape." in roadmap.to_text("fr")


def test_the_roadmap_can_be_read_as_json_frame_and_text():
    roadmap = RECOMMENDER.roadmap(FIRM)

    values = json.loads(json.dumps(roadmap.to_dict()))

    assert [step["tool_id"] for stage in STAGES for step in values[stage]] == [
        step.tool.tool_id for step in roadmap.steps
    ]
    again = {stage: hr.CompanyProfile(**fields) for stage, fields in values["profiles"].items()}
    assert again == roadmap.profiles
    assert roadmap.to_frame()["stage"].tolist() == [step.stage for step in roadmap.steps]
    text = roadmap.to_text("fr")
    assert "D’abord Accès et aisance numériques des salariés : de 22 à 40 sur 100" in text
    assert "conviendra alors" in text
    assert "First" not in text


def test_what_is_open_is_asked_and_a_tool_that_comes_later_does_not_fit_now():
    roadmap = RECOMMENDER.roadmap({**FIRM, "headcount": 9, "facts": {}})

    text = roadmap.to_text("en")

    assert "To check: Does the firm have a usable internet connection on site?" in text
    assert "fits now" not in text.split("Next (tools")[1]
