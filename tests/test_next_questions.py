"""The next best question, against brute force."""

from __future__ import annotations

import numpy as np
import oracle
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr

CATALOG = hr.load_catalog()
RECOMMENDER = hr.ToolRecommender().fit()
NEEDS = CATALOG.keys("needs")


def places(profile):
    """Return the discounted places of a list, by a plain loop."""
    found = RECOMMENDER.recommend(profile, k=10)
    weights = {item.tool_id: 1 / np.log2(item.rank + 1) for item in found}
    return {tool: weight / sum(weights.values()) for tool, weight in weights.items()}


def moved(before, after):
    """Return the share of the list that changed."""
    return sum(abs(after.get(tool, 0) - before.get(tool, 0)) for tool in {*before, *after}) / 2


def brute_force(profile):
    """Try each option of each open need and fact, one call of ``recommend`` at a time."""
    before, gains = places(profile), {}
    options = CATALOG.table("options")
    for need, question in zip(NEEDS, CATALOG.table("needs")["question"], strict=True):
        if need not in profile.get("needs", {}):
            values = options.loc[options["question"] == question, "urgency"]
            tried = [{**profile, "needs": {**profile.get("needs", {}), need: value}} for value in values]
            gains[question] = np.mean([moved(before, places(one)) for one in tried])
    for fact in CATALOG.keys("facts"):
        if fact not in oracle.facts(profile):
            tried = [
                {**profile, "facts": {**profile.get("facts", {}), fact: value}} for value in (True, False)
            ]
            gains[fact] = np.mean([moved(before, places(one)) for one in tried])
    return gains


@settings(max_examples=4)
@given(
    branch=st.sampled_from(CATALOG.keys("branches")),
    headcount=st.sampled_from([2, 12, 60]),
    needs=st.dictionaries(st.sampled_from(NEEDS), st.sampled_from([0.0, 75.0]), max_size=3),
)
def test_the_gains_are_those_of_trying_every_option(branch, headcount, needs):
    maturity = dict.fromkeys(CATALOG.keys("dimensions"), 40.0)
    profile = {"branch": branch, "headcount": headcount, "maturity": maturity, "needs": needs}

    asked = RECOMMENDER.next_questions(profile, n=50)

    expected = brute_force(profile)
    assert {question.question for question in asked} == set(expected)
    for question in asked:
        assert question.gain == pytest.approx(expected[question.question], abs=1e-9)
    assert [question.gain for question in asked] == sorted((q.gain for q in asked), reverse=True)


def test_what_is_known_is_not_asked_again():
    profile = {"branch": "couture", "headcount": 9, "needs": {"hiring": 50}, "facts": {"internet": True}}

    asked = {
        question.question for question in RECOMMENDER.next_questions(profile, n=99, answers={"RE1": "o1"})
    }

    assert not asked & {"ND7", "internet", "RE1"}
    assert {"RE2", "work_email"} <= asked


def test_a_firm_of_which_all_is_known_is_asked_nothing():
    profile = {
        "branch": "couture",
        "headcount": 9,
        "maturity": dict.fromkeys(CATALOG.keys("dimensions"), 50),
        "needs": dict.fromkeys(NEEDS, 50),
        "facts": dict.fromkeys(CATALOG.keys("facts"), True),
    }

    assert RECOMMENDER.next_questions(profile) == ()


def test_a_question_comes_with_its_texts_and_options():
    (question,) = RECOMMENDER.next_questions({"branch": "couture", "headcount": 9}, n=1)

    assert question.text("fr") != question.text("en")
    assert len(question.options) >= 2


@pytest.mark.parametrize("n", [0, -1, 1.5, "three"])
def test_a_wrong_number_of_questions_is_refused(n):
    with pytest.raises(hr.InvalidValueError, match="n must be a whole number of questions, at least 1"):
        RECOMMENDER.next_questions({"branch": "couture", "headcount": 9}, n=n)
