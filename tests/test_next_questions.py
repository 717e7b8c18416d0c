"""The next best question, against brute force through the public API."""

from __future__ import annotations

import numpy as np
import oracle
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr

CATALOG = hr.load_catalog()
RECOMMENDER = hr.ToolRecommender().fit()
QUESTIONNAIRE = hr.load_questionnaire()
NEEDS, FACTS = CATALOG.keys("needs"), CATALOG.keys("facts")
KNOWN = {"maturity": dict.fromkeys(CATALOG.keys("dimensions"), 40.0)}


def places(profile):
    """Return the discounted places of a list, by a plain loop."""
    found = RECOMMENDER.recommend(profile, k=10)
    weights = {item.tool_id: 1 / np.log2(item.rank + 1) for item in found}
    return {tool: weight / sum(weights.values()) for tool, weight in weights.items()}


def moved(before, after):
    """Return the share of the list that changed."""
    return sum(abs(after.get(tool, 0) - before.get(tool, 0)) for tool in {*before, *after}) / 2


def told(profile, answers):
    """Return a profile with all that some answers say; what it stated of facts goes first."""
    score = QUESTIONNAIRE.score(answers, profile["headcount"])
    fields = score.profile_fields(profile.get("installed", ()))
    merged = {name: {**profile.get(name, {}), **fields[name]} for name in ("maturity", "needs")}
    facts = {**fields["facts"], **profile.get("facts", {})}
    return {**profile, **merged, "facts": facts, "installed": fields["installed"]}


def brute_force(profile, answers, codes):
    """Try each option of some questions, one call of ``recommend`` at a time."""
    before = places(told(profile, answers))
    likely = QUESTIONNAIRE.likelihoods(profile["branch"], profile["headcount"])
    return {
        code: sum(
            likely[code][option.code] * moved(before, places(told(profile, {**answers, code: option.code})))
            for option in QUESTIONNAIRE.question(code).options
        )
        for code in codes
    }


@settings(max_examples=3, deadline=None)
@given(
    branch=st.sampled_from(CATALOG.keys("branches")),
    headcount=st.sampled_from([2, 12, 140]),
    needs=st.dictionaries(st.sampled_from(NEEDS), st.sampled_from([0.0, 75.0]), max_size=3),
    known=st.sampled_from([{}, KNOWN]),
    answers=st.sampled_from([{}, {"IT1": "o2", "RE1": "o1"}, {"SA1": "o4", "SK4": "o3", "RE2": "o4"}]),
)
def test_the_gains_are_those_of_trying_every_option(branch, headcount, needs, known, answers):
    profile = {"branch": branch, "headcount": headcount, "needs": needs, **known}

    asked = RECOMMENDER.next_questions(profile, n=99, answers=answers)

    looked_at = asked[::4]
    expected = brute_force(profile, answers, [question.question for question in looked_at])
    for question in looked_at:
        assert question.gain == pytest.approx(expected[question.question], abs=1e-9)
    assert [question.gain for question in asked] == sorted((q.gain for q in asked), reverse=True)


@settings(max_examples=15)
@given(
    headcount=st.sampled_from([0, 3, 12, 140]),
    answers=st.dictionaries(st.sampled_from([*QUESTIONNAIRE.core, *FACTS]), st.just("dont_know"), max_size=6),
    known=st.sampled_from([{}, KNOWN]),
)
def test_what_is_known_implied_or_answered_is_not_asked(headcount, answers, known):
    profile = {"branch": "couture", "headcount": headcount, "needs": {"hiring": 50}, **known}

    asked = {question.question for question in RECOMMENDER.next_questions(profile, n=99, answers=answers)}

    assert not asked & {"ND7", *answers, *oracle.facts(profile)}


@pytest.mark.parametrize(
    ("code", "option", "fact"),
    [("IT1", "o0", "internet"), ("IT2", "o3", "it_admin"), ("ST1", "o1", "hr_person"),
     ("SA2", "o3", "shared_screen"), ("SK4", "o3", "tutor"), ("SA1", "o1", "work_email")],
)  # fmt: skip
def test_an_answer_that_tells_a_fact_stops_its_question(code, option, fact):
    profile = {"branch": "couture", "headcount": 9}

    before = {question.question for question in RECOMMENDER.next_questions(profile, n=99)}
    after = {q.question for q in RECOMMENDER.next_questions(profile, n=99, answers={code: option})}

    assert code in before
    assert fact not in before | after


def test_a_fact_is_asked_once_no_open_question_will_tell_it():
    profile = {"branch": "couture", "headcount": 9, **KNOWN}

    asked = {question.question for question in RECOMMENDER.next_questions(profile, n=99)}

    assert {"internet", "work_email", "season"} <= asked


def test_a_firm_of_140_is_not_asked_first_what_nearly_all_of_them_have():
    asked = [q.question for q in RECOMMENDER.next_questions({"branch": "textile", "headcount": 140}, n=99)]

    assert "internet" not in asked
    assert asked.index("IT1") > 0


def test_a_firm_of_which_all_is_known_is_asked_nothing():
    profile = {
        "branch": "couture",
        "headcount": 9,
        "maturity": dict.fromkeys(CATALOG.keys("dimensions"), 50),
        "needs": dict.fromkeys(NEEDS, 50),
        "facts": dict.fromkeys(FACTS, True),
    }

    assert RECOMMENDER.next_questions(profile) == ()


@pytest.mark.parametrize("headcount", [None, 3, 140])
def test_the_likelihoods_of_a_question_sum_to_one_and_leave_nothing_out(headcount):
    likely = QUESTIONNAIRE.likelihoods("textile", headcount)

    assert set(likely) == {*QUESTIONNAIRE.questions["question"], *FACTS}
    for own in likely.values():
        assert sum(own.values()) == pytest.approx(1)
        assert min(own.values()) > 0


def test_a_question_comes_with_its_texts_and_options():
    (question,) = RECOMMENDER.next_questions({"branch": "couture", "headcount": 9}, n=1)

    assert question.text("fr") != question.text("en")
    assert len(question.options) >= 2


@pytest.mark.parametrize("n", [0, -1, 1.5, "three"])
def test_a_wrong_number_of_questions_is_refused(n):
    with pytest.raises(hr.InvalidValueError, match="n must be a whole number of questions, at least 1"):
        RECOMMENDER.next_questions({"branch": "couture", "headcount": 9}, n=n)
