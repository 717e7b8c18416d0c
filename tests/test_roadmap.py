"""The roadmap: every promise is run through the rules again, every pressing need is answered."""

from __future__ import annotations

import json
import pickle

import numpy as np
import oracle
import pytest
from hypothesis import assume, given, settings, strategies as st
from strategies import CATALOG, firms

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
QUESTIONNAIRE = hr.load_questionnaire()
TOOLS = oracle.TOOLS
STAGES = ("now", "next", "later")
DIMENSIONS = CATALOG.keys("dimensions")
PART = dict(zip(CATALOG.table("kinds")["kind"], CATALOG.table("kinds")["part"], strict=True))
FIRM = {
    "branch": "textile",
    "headcount": 80,
    "maturity": dict.fromkeys(DIMENSIONS, 22),
    "facts": dict.fromkeys(CATALOG.keys("facts"), True),
    "needs": {"hiring": 75, "mandatory_training": 75, "split_teams": 50},
    "budget_eur_per_year": 6000,
}
SADDLERY = {
    "branch": "sellerie",
    "headcount": 6,
    "needs": {"knowhow_leaving": 75, "hiring": 25},
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
        },
        firms(),
        scores,
        st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=1),
    )


ANY_FIRM = st.one_of(firms(), unready_firms())


def told(firm):
    """Tell whether a firm told a need or a maturity."""
    return bool(firm.get("needs")) or bool(firm.get("maturity"))


def pressing(firm):
    """Return the needs that a plan must answer."""
    return {need for need, urgency in firm.get("needs", {}).items() if urgency >= 50}


def answers(tool, need):
    """Hold a tool against the table of needs: one of its functions has the need as a main use."""
    weights = CATALOG.table("function_needs")
    weights = weights[weights["need"] == need].set_index("function")["weight"]
    share = [1.0] + [CATALOG.setting("secondary_function_share")] * 20
    functions = oracle.items(tool["functions"])
    return any(part * weights.get(name, 0.0) >= 0.5 for part, name in zip(share, functions, strict=False))


def helps(tool, dimension, firm):
    """Hold a tool against what raises a dimension: a function that lifts it, or a named helper."""
    lifts = CATALOG.table("function_lifts")
    if set(oracle.items(tool["functions"])) & set(lifts.loc[lifts["dimension"] == dimension, "function"]):
        return True
    acts = CATALOG.table("first_acts")
    named = acts.loc[(acts["kind"] == "dimension") & (acts["target"] == dimension), "helpers"]
    return all(tool["tool_id"] in oracle.items(cell) for cell in named)


def is_help(tool):
    """Tell whether a tool is people or a service that helps."""
    return PART[tool["kind"]] == "support"


def open_to(firm, tool):
    """Tell whether the rules allow a tool to a firm as it is."""
    return oracle.status(firm, tool) in ("fit", "to_check")


def by_then(roadmap, stage):
    """Return the firm when a stage begins, raised as far as the stage says."""
    before = {"now": roadmap.profile, "next": roadmap.profiles["now"], "later": roadmap.profiles["next"]}
    return {**roadmap.profiles[stage].to_dict(), "installed": before[stage].to_dict()["installed"]}


@settings(max_examples=15)
@given(firm=ANY_FIRM)
def test_what_is_promised_for_a_stage_passes_the_rules_by_then(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    for stage in STAGES:
        then = by_then(roadmap, stage)
        together = {step.tool.tool_id for step in roadmap.stage(stage)}
        for step in roadmap.stage(stage):
            tool = oracle.BY_ID[step.tool.tool_id]
            assert oracle.status(then, tool) == step.status
            assert step.status in ("fit", "to_check")
            beside = {**then, "installed": [*then["installed"], *(together - {step.tool.tool_id})]}
            assert oracle.status(beside, tool) in ("fit", "to_check")
            assert step.tool.tool_id in roadmap.profiles[stage].installed


@settings(max_examples=20)
@given(firm=ANY_FIRM)
def test_every_pressing_need_is_answered_wherever_the_catalog_holds_an_answer_that_the_rules_allow(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    answered = {key for step in roadmap.steps for key in step.answers}
    for need in pressing(firm) - answered:
        assert need in {one.key for one in roadmap.unanswered}
        room = sum(roadmap.limits.values()) > len(roadmap.steps)
        able = [tool for tool in TOOLS if answers(tool, need)]
        assert not (room and any(oracle.status(firm, tool) in ("fit", "to_check") for tool in able))


@settings(max_examples=12)
@given(firm=ANY_FIRM)
def test_the_most_pressing_need_is_answered_and_something_follows_now(firm):
    assume(pressing(firm))

    roadmap = RECOMMENDER.roadmap(firm)

    most = max(firm["needs"].values())
    first = {need for need in pressing(firm) if firm["needs"][need] == most}
    able = [tool for tool in TOOLS if any(answers(tool, need) for need in first) and open_to(firm, tool)]
    assert first & {key for step in roadmap.steps for key in step.answers} or not able
    assert roadmap.stage("now") or not any(open_to(firm, tool) for tool in TOOLS if is_help(tool))
    assert roadmap.stage("next") + roadmap.stage("later") or not able


@settings(max_examples=20)
@given(firm=ANY_FIRM)
def test_the_two_weakest_dimensions_are_helped_or_raised(firm):
    scores = {key: value for key, value in firm.get("maturity", {}).items() if value < 100}
    assume(scores)

    roadmap = RECOMMENDER.roadmap(firm)

    answered = {key for step in roadmap.steps for key in step.answers}
    unanswered = {one.key for one in roadmap.unanswered}
    weakest = sorted(scores, key=lambda key: (scores[key], DIMENSIONS.index(key)))[:2]
    assert set(weakest) <= answered | unanswered
    for dimension in set(weakest) - answered:
        allowed = [tool for tool in TOOLS if helps(tool, dimension, firm) and open_to(firm, tool)]
        assert not allowed or sum(roadmap.limits.values()) == len(roadmap.steps)


@settings(max_examples=15)
@given(firm=ANY_FIRM)
def test_now_asks_for_nothing_first_and_next_for_no_more_than_one_level_in_all(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    for step in roadmap.stage("now"):
        assert step.raises == step.gains == ()
        assert oracle.status(roadmap.profile.to_dict(), oracle.BY_ID[step.tool.tool_id]) in (
            "fit",
            "to_check",
        )
        assert step.part == PART[step.tool.kind]
    gains = {}
    for one in (one for step in roadmap.stage("next") for one in step.raises):
        gains[one.dimension] = max(gains.get(one.dimension, 0.0), one.points)
    assert sum(gains.values()) <= 25


@settings(max_examples=15)
@given(firm=ANY_FIRM)
def test_the_firm_is_raised_just_as_far_as_is_said_and_nothing_falls(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    before = roadmap.profile
    for stage in STAGES:
        after, raised = roadmap.profiles[stage], {}
        for step in roadmap.stage(stage):
            for one in step.raises:
                known = one.dimension in before.maturity and one.dimension not in before.maturity_estimated
                assert set(one.lifted_by) <= set(before.installed)
                assert one.before == (before.maturity[one.dimension] if known else None)
                if known:
                    raised[one.dimension] = max(raised.get(one.dimension, 0.0), one.after)
            for gain in step.gains:
                assert firm["facts"][gain.fact] is False
                assert after.facts[gain.fact] is True
        assert dict(after.maturity) == {**before.maturity, **raised}
        assert set(after.maturity_estimated) == set(before.maturity_estimated)
        chosen = [step.tool.tool_id for step in roadmap.stage(stage)]
        assert set(after.installed) == {*before.installed, *chosen}
        before = after


@settings(max_examples=15)
@given(firm=ANY_FIRM)
def test_a_firm_takes_up_what_its_size_and_budget_allow_and_no_tool_of_one_function_twice(firm):
    roadmap = RECOMMENDER.roadmap(firm)

    functions = [step.tool.functions[0] for step in roadmap.steps if step.part == "tool"]
    tools = [step.tool.tool_id for step in roadmap.steps]
    assert len(tools) == len(set(tools))
    assert len(functions) == len(set(functions))
    assert roadmap.known_cost_eur_per_year <= firm.get("budget_eur_per_year", float("inf"))
    assert all(len(roadmap.stage(stage)) <= roadmap.limits[stage] for stage in STAGES)


@pytest.mark.parametrize(("headcount", "most"), [(4, 2), (12, 3), (30, 3), (80, 4), (300, 5)])
def test_a_firm_digests_by_its_size(headcount, most):
    needs = dict.fromkeys(CATALOG.keys("needs"), 100)

    roadmap = RECOMMENDER.roadmap({**FIRM, "headcount": headcount, "needs": needs})

    assert roadmap.limits["now"] == most
    assert 1 < len(roadmap.stage("now")) <= most


@pytest.mark.parametrize("lang", ["fr", "en"])
@settings(max_examples=15)
@given(firm=ANY_FIRM)
def test_each_step_says_what_to_do_what_it_costs_and_what_follows(lang, firm):
    roadmap = RECOMMENDER.roadmap(firm)

    for step in roadmap.steps:
        for text in (step.first, step.price, step.after, step.use):
            assert text(lang)
            assert "{" not in text(lang)
        assert step.first("fr").endswith(".")
        assert step.helper is None or PART[step.helper.kind] == "support"
        assert (step.need is None) or step.need in step.answers
        assert all(one.shown_by for one in step.raises)
    firsts = [step.first for step in roadmap.steps]
    supports = [step.first for step in roadmap.steps if step.part == "support"]
    assert len(supports) == len(set(supports))
    assert len(firsts) == len(roadmap)


@pytest.mark.parametrize("more", [{}, {"facts": {"internet": True}}, {"budget_eur_per_year": 9000}])
def test_a_firm_of_which_only_branch_and_size_are_known_gets_help_now_and_questions(more):
    roadmap = RECOMMENDER.roadmap({"branch": "footwear", "headcount": 60, **more})

    assert {step.stage for step in roadmap.steps} == {"now"}
    assert {step.part for step in roadmap.steps} == {"support"}
    assert len(roadmap.questions) == len(CATALOG.keys("needs"))
    assert roadmap.questions[0]("fr") in roadmap.to_text("fr")


class Priced(hr.Rule):
    """Leave only tools that are paid for at a known price."""

    name = "priced"

    def outcomes(self, firms):
        priced = [(oracle.most_cost(tool, 20) or 0) > 0 and not oracle.free_at(tool, 20) for tool in TOOLS]
        return np.where(priced, hr.PASS, hr.FAIL)[None, :]


def test_the_budget_is_spent_once_over_all_stages():
    budget = next(rule for rule in RECOMMENDER.rules_ if rule.name == "budget")
    recommender = hr.ToolRecommender(rules=[Priced(), budget]).fit()
    firm = {"branch": "textile", "headcount": 20, "needs": dict.fromkeys(CATALOG.keys("needs"), 75)}

    plenty = recommender.roadmap({**firm, "budget_eur_per_year": 1e6})
    scarce = recommender.roadmap({**firm, "budget_eur_per_year": 1500})

    assert all(step.cost_eur_per_year > 0 for step in plenty.steps + scarce.steps)
    assert 0 < scarce.known_cost_eur_per_year <= 1500 < plenty.known_cost_eur_per_year


class NobodyKnows(hr.Rule):
    """Leave open whether any firm is ready."""

    name, readiness = "nobody_knows", True

    def outcomes(self, firms):
        return np.full((1, len(TOOLS)), hr.UNKNOWN)


def test_a_tool_whose_readiness_is_unknown_comes_later_with_the_question_that_decides():
    recommender = hr.ToolRecommender(rules=[*RECOMMENDER.rules_, NobodyKnows()]).fit()
    unmeasured = {key: value for key, value in FIRM.items() if key != "maturity"}

    roadmap = RECOMMENDER.roadmap(unmeasured)
    open_ = recommender.roadmap(FIRM)

    measured = [one for step in roadmap.steps if step.stage != "now" for one in step.raises]
    assert measured
    assert all(one.before is None and one.points == 0 and one.answer_steps is None for one in measured)
    assert all(step.status == "to_check" for step in roadmap.steps if step.raises)
    assert measured[0].shown_by[0]("fr") in roadmap.to_text("fr")
    assert open_.stage("next") + open_.stage("later")
    assert {step.status for step in open_.steps} == {"to_check"}


class Refuses(hr.Rule):
    """Refuse every tool to a firm that has anything in place."""

    name = "refuses"

    def outcomes(self, firms):
        return np.where(firms.installed.any(axis=1)[:, None], hr.FAIL, np.zeros(len(TOOLS), dtype=int))


def test_a_step_that_fails_beside_the_others_is_not_promised():
    recommender = hr.ToolRecommender(rules=[Refuses()]).fit()

    roadmap = recommender.roadmap(FIRM)

    assert len(roadmap) == 1
    assert {one.key for one in roadmap.unanswered} & {"hiring", "mandatory_training", "split_teams"}


def test_nothing_is_left_and_the_firm_is_told_what_it_can_do_by_itself():
    recommender = hr.ToolRecommender(rules=[Refuses()]).fit()

    roadmap = recommender.roadmap({**SADDLERY, "installed": ["moodle"]})

    assert roadmap.steps == ()
    assert [one.key for one in roadmap.unanswered] == ["knowhow_leaving"]
    assert "Nommez la personne qui apprend" in roadmap.to_text("fr")
    assert roadmap.goal is None


ACCESS = CATALOG.table("questions").query("block == 'staff_access'")["question"].tolist()


@settings(max_examples=15)
@given(answers=st.fixed_dictionaries({question: st.integers(0, 3) for question in ACCESS}))
def test_moving_up_as_many_answers_as_is_said_reaches_the_score(answers):
    def score(given):
        return QUESTIONNAIRE.score({key: f"o{value}" for key, value in given.items()})

    start = score(answers)
    firm = {**FIRM, "maturity": {**FIRM["maturity"], **start.profile_fields()["maturity"]}}

    steps = RECOMMENDER.roadmap(firm).steps

    for one in (one for step in steps for one in step.raises if one.dimension == "staff_access"):
        if one.before != pytest.approx(start.maturity["staff_access"]):
            continue
        moved = dict(answers)
        for _ in range(one.answer_steps):
            moved[min(moved, key=moved.get)] += 1
        assert score(moved).maturity["staff_access"] >= one.after


def test_software_grows_with_maturity_size_and_money():
    def n_software(**more):
        steps = RECOMMENDER.roadmap({**FIRM, **more}).steps
        return sum(step.tool.kind == "software" for step in steps)

    ready = dict.fromkeys(DIMENSIONS, 75)
    assert n_software(maturity=ready, budget_eur_per_year=40000) >= n_software(
        maturity=dict.fromkeys(DIMENSIONS, 5)
    )
    assert n_software(maturity=ready) >= 2
    assert n_software(headcount=300, maturity=ready) >= n_software(headcount=4, maturity=ready)
    sold = {
        tool["tool_id"] for tool in TOOLS if tool["kind"] == "software" and tool["price_model"] in oracle.PAID
    }
    broke = RECOMMENDER.roadmap({**FIRM, "budget_eur_per_year": 0}).steps
    assert not sold & {step.tool.tool_id for step in broke}


def test_a_mature_equipped_firm_gets_software_ordered_over_time():
    roadmap = RECOMMENDER.roadmap(
        {
            "branch": "textile",
            "headcount": 240,
            "maturity": dict.fromkeys(DIMENSIONS, 85),
            "needs": {"mandatory_training": 75, "knowhow_leaving": 75},
            "facts": FIRM["facts"],
            "budget_eur_per_year": 40000,
            "installed": ["ats", "lms"],
        }
    )

    assert any(step.tool.kind == "software" for step in roadmap.stage("next"))
    assert any(step.tool.kind == "software" for step in roadmap.stage("later"))
    assert roadmap.goal.tool.kind == "software"


def test_a_saddlery_whose_master_leaves_is_told_who_learns_before_any_hiring_service():
    roadmap = RECOMMENDER.roadmap(SADDLERY)

    first = roadmap.stage("now")[0]
    assert first.need == "knowhow_leaving"
    assert first.first("fr").startswith("Nommez la personne qui apprend, listez les dix gestes")
    assert {step.need for step in roadmap.steps} == {"knowhow_leaving"}
    assert roadmap.goal.part == "tool"


def test_a_dry_cleaner_calls_its_former_hands_first():
    roadmap = RECOMMENDER.roadmap(
        {
            "branch": "pressing",
            "headcount": 9,
            "needs": {"hiring": 75, "hard_to_fill": 50},
            "facts": {"internet": True, "smartphone": False, "work_email": False, "hr_person": False},
        }
    )

    assert "appelez d’abord vos anciens salariés, saisonniers et stagiaires" in roadmap.steps[0].first("fr")
    assert all(not step.gains or step.stage != "now" for step in roadmap.steps)


def test_a_mill_lists_its_permits_first_and_aims_at_a_tool_of_training():
    roadmap = RECOMMENDER.roadmap(
        {
            "branch": "tissage",
            "headcount": 180,
            "budget_eur_per_year": 30000,
            "needs": {"mandatory_training": 100, "split_teams": 100, "hiring": 75},
            "facts": {"internet": True, "it_admin": True, "hr_person": True},
            "maturity": {"staff_access": 40, "it_base": 60, "hr_admin": 50, "training": 45, "steering": 50},
        }
    )

    assert roadmap.steps[0].need == "mandatory_training"
    assert "Passeport de prévention" in roadmap.steps[0].first("fr")
    assert roadmap.goal.tool.kind == "software"
    assert {"mandatory_training", "split_teams"} & set(roadmap.goal.answers)
    vendors = [step.tool.vendor for step in roadmap.stage("now")]
    assert len(vendors) == len(set(vendors))


def test_a_fact_that_is_lacking_is_brought_about_where_a_firm_of_that_size_can():
    firm = {**FIRM, "facts": {**FIRM["facts"], "internet": False}, "needs": {"hiring": 75}}

    roadmap = RECOMMENDER.roadmap(firm)

    gains = [gain for step in roadmap.steps for gain in step.gains]
    assert {gain.fact for gain in gains} == {"internet"}
    said = "Avant de commencer\u00a0: Faites poser sur place une connexion internet utilisable"
    assert said in roadmap.to_text("fr")
    assert roadmap.profiles["later"].facts["internet"] is True
    assert all(step.stage != "now" for step in roadmap.steps if step.gains)


def test_the_roadmap_can_be_read_as_json_frame_text_and_html():
    roadmap = RECOMMENDER.roadmap(FIRM)

    values = json.loads(json.dumps(roadmap.to_dict()))

    assert [step["tool_id"] for stage in STAGES for step in values[stage]] == [
        step.tool.tool_id for step in roadmap.steps
    ]
    again = {stage: hr.CompanyProfile(**fields) for stage, fields in values["profiles"].items()}
    assert again == roadmap.profiles
    assert roadmap.to_frame()["stage"].tolist() == [step.stage for step in roadmap.steps]
    assert roadmap.to_frame()["need"].tolist()[0] == roadmap.steps[0].need
    text = roadmap.to_text()
    assert text == roadmap.to_text("fr") == str(roadmap)
    assert "D’abord\u00a0: " in text
    assert "First" not in text
    assert "First: " in roadmap.to_text("en")
    assert "Rien à cette étape" not in text
    html = roadmap.to_html("fr")
    assert html == roadmap._repr_html_()
    assert list(roadmap) == list(roadmap.steps)


def test_a_roadmap_travels_without_its_catalog():
    roadmap = RECOMMENDER.roadmap(FIRM)

    packed = pickle.dumps(roadmap)

    assert len(packed) < 100_000
    assert pickle.loads(packed).to_text("fr") == roadmap.to_text("fr")
    assert pickle.loads(packed).steps == roadmap.steps


@pytest.mark.parametrize("method", ["to_text", "to_html", "cost_words"])
def test_a_language_that_is_not_spoken_is_refused(method):
    with pytest.raises(hr.UnknownNameError, match='lang must be "fr" or "en"'):
        getattr(RECOMMENDER.roadmap(FIRM), method)("de")
