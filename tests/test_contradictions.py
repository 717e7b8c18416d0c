"""Answers that do not go together: told at once, never overruled."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from hrtools_reco.catalog import load_catalog
from hrtools_reco.diagnostic import load_questionnaire

QUESTIONNAIRE = load_questionnaire()
TABLE = load_catalog().table("contradictions")
CODES = {q: list(rows["option"]) for q, rows in QUESTIONNAIRE.options.groupby("question")}
FACTS = load_catalog().keys("facts")
WORDS = ["dont_know", "not_applicable"]

answers = st.fixed_dictionaries(
    {},
    optional={
        **{question: st.sampled_from([*codes, *WORDS]) for question, codes in CODES.items()},
        **{fact: st.sampled_from(["true", "false", *WORDS]) for fact in FACTS},
    },
)


def told(given_answers: dict[str, str], headcount: int | None) -> list[str]:
    """Read the table row by row."""
    found = []
    for row in TABLE.to_dict("records"):
        holds = given_answers.get(row["first"]) in row["first_answers"].split("|")
        if isinstance(row["second"], str):
            holds &= given_answers.get(row["second"]) in row["second_answers"].split("|")
        for bound, is_within in (
            ("headcount_min", lambda h, b: h >= b),
            ("headcount_max", lambda h, b: h <= b),
        ):
            if not pd.isna(row[bound]):
                holds &= headcount is not None and is_within(headcount, row[bound])
        if holds:
            found.append(row["contradiction"])
    return found


@given(given_answers=answers, headcount=st.sampled_from([None, 0, 3, 9, 14, 60]))
def test_every_row_that_holds_is_told_and_no_answer_is_overruled(given_answers, headcount):
    score = QUESTIONNAIRE.score(given_answers, headcount)

    assert [one.contradiction for one in score.contradictions] == told(given_answers, headcount)
    for fact in FACTS:
        if given_answers.get(fact) in ("true", "false"):
            assert score.facts[fact] is (given_answers[fact] == "true")
    assert score.answers == given_answers


@pytest.mark.parametrize(
    ("given_answers", "headcount", "expected"),
    [
        ({"IT1": "o0", "HR2": "o4", "RE2": "o4"}, None, ["offline_leave", "offline_applicants"]),
        ({"IT1": "o0", "work_email": "oui"}, None, ["offline_email"]),
        ({"ND7": "o5"}, 3, ["hires_of_another_size", "hires_of_another_size_30"]),
        ({"ND7": "o5"}, 300, []),
        ({"ND7": "o5"}, None, []),
        ({"ST1": "o3", "hr_person": False}, None, ["hr_twice"]),
        ({"IT1": "o3", "HR2": "o4"}, 6, []),
    ],
)
def test_what_a_reader_of_two_answers_would_stop_at_is_told(given_answers, headcount, expected):
    score = QUESTIONNAIRE.score(given_answers, headcount)

    assert [one.contradiction for one in score.contradictions] == expected


def test_all_worst_with_one_best_answer_never_crashes_and_the_best_of_all_does_not_contradict_itself():
    worst = dict.fromkeys(CODES, "o0")
    best = {question: codes[-1] for question, codes in CODES.items()}

    for question in CODES:
        QUESTIONNAIRE.score({**worst, question: best[question]}, 6)

    assert QUESTIONNAIRE.score(best, 400).contradictions == ()
    assert QUESTIONNAIRE.score(worst, 6).contradictions == ()
    assert set(QUESTIONNAIRE.score(best, 400).maturity.values()) == {100}


def test_a_contradiction_names_its_questions_and_speaks_both_languages():
    (one,) = QUESTIONNAIRE.score({"IT4": "o0", "RE2": "o4"}).contradictions

    assert one.severity == "contradiction"
    assert one.questions == ("IT4", "RE2")
    assert "logiciel de recrutement" in one.text("fr")
    assert "recruitment software" in one.text("en")
