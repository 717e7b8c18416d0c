"""The questionnaire: score, levels, holes, facts, tables of answers, progress."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.diagnostic import Questionnaire, load_questionnaire
from hrtools_reco.firms import CompanyProfile, read_companies

CATALOG = Path(__file__).parents[1] / "catalog"
QUESTIONNAIRE = load_questionnaire()
QUESTIONS = QUESTIONNAIRE.questions.set_index("question")
OPTIONS = QUESTIONNAIRE.options
DIMENSIONS = load_catalog().keys("dimensions")
CODES = {question: list(rows["option"]) for question, rows in OPTIONS.groupby("question", sort=False)}
POINTS = {(row.question, row.option): row.points for row in OPTIONS.itertuples()}
MISSING = [None, "dont_know", "not_applicable"]
SCORED = [code for code in CODES if QUESTIONS.loc[code, "block"] in DIMENSIONS]

answers = st.fixed_dictionaries(
    {}, optional={question: st.sampled_from(codes + MISSING) for question, codes in CODES.items()}
)
full = st.fixed_dictionaries({question: st.sampled_from(codes) for question, codes in CODES.items()})


def replaced(**tables: pd.DataFrame) -> Catalog:
    """Return the bundled catalog with some tables replaced."""
    bundled = load_catalog()
    every = {name: bundled.table(name) for name in bundled.table_names}
    return Catalog({**every, **tables}, bundled.descriptor)


QUESTIONS_WEIGHTED = QUESTIONNAIRE.questions.assign(weight=lambda table: 0.5 + table["position"] % 3)
WEIGHTED = Questionnaire.from_catalog(replaced(questions=QUESTIONS_WEIGHTED))


def score_by_hand(
    questions: pd.DataFrame, given_answers: dict[str, str | None], dimension: str
) -> float | None:
    """Score one dimension word for word as the formula is written."""
    total, possible, n_answered, n_core = 0.0, 0.0, 0, 0
    for row in questions.to_dict("records"):
        answer = given_answers.get(row["question"])
        if row["block"] != dimension or answer in MISSING:
            continue
        total += row["weight"] * POINTS[row["question"], answer]
        possible += 4 * row["weight"]
        n_answered += 1
        n_core += bool(row["core"])
    return 100 * total / possible if n_answered >= 2 and n_core >= 1 else None


@given(given_answers=answers, questionnaire=st.sampled_from([QUESTIONNAIRE, WEIGHTED]))
def test_a_score_is_the_weighted_share_of_points_over_answered_questions(given_answers, questionnaire):
    score = questionnaire.score(given_answers)

    for dimension in DIMENSIONS:
        expected = score_by_hand(questionnaire.questions, given_answers, dimension)
        assert score.maturity[dimension] == pytest.approx(expected, abs=1e-9)


@given(given_answers=answers)
def test_coverage_is_the_share_of_answered_weight(given_answers):
    score = WEIGHTED.score(given_answers)

    for dimension in DIMENSIONS:
        own = QUESTIONS_WEIGHTED[QUESTIONS_WEIGHTED["block"] == dimension]
        answered = own["question"].map(lambda question: given_answers.get(question) not in MISSING)
        assert score.coverage[dimension] == pytest.approx(own["weight"][answered].sum() / own["weight"].sum())


@given(given_answers=answers, question=st.sampled_from(SCORED), headcount=st.sampled_from([None, 3, 33, 300]))
def test_raising_one_answer_never_lowers_its_dimension(given_answers, question, headcount):
    raised = [{**given_answers, question: code} for code in CODES[question]]
    dimension = QUESTIONS.loc[question, "block"]
    ladder = [QUESTIONNAIRE.score(one, headcount).maturity[dimension] for one in raised]

    assert len({score is None for score in ladder}) == 1
    assert ladder == sorted(ladder) if None not in ladder else True


@given(firms=st.lists(answers, min_size=1, max_size=6))
def test_a_table_of_answers_says_what_each_firm_says_alone(firms):
    table = pd.DataFrame([{**dict.fromkeys(CODES), **firm} for firm in firms], dtype=object)
    table["headcount"] = [7 if row % 2 else None for row in range(len(firms))]

    frame = QUESTIONNAIRE.score_frame(table)

    for row, firm in enumerate(firms):
        alone = QUESTIONNAIRE.score(firm, 7 if row % 2 else None)
        for prefix, values in (
            ("maturity_", alone.maturity),
            ("level_", alone.level),
            ("coverage_", alone.coverage),
            ("answered_", alone.answered),
            ("need_", alone.needs),
            ("has_", alone.facts),
        ):
            cells = frame.iloc[row].filter(regex=f"^{prefix}")
            assert [None if pd.isna(cell) else cell for cell in cells] == list(values.values())
        told = frame["contradictions"].iloc[row] or ""
        assert told == "|".join(one.contradiction for one in alone.contradictions)
        installed, to_answer = (frame[name].iloc[row] or "" for name in ("installed", "to_answer"))
        assert installed == "|".join(alone.equipped)
        assert to_answer == "|".join(code for note in alone.missing.values() for code in note.questions)


@given(given_answers=answers)
def test_the_questions_named_as_missing_are_enough_for_a_score_and_none_can_be_left_out(given_answers):
    score = QUESTIONNAIRE.score(given_answers)

    assert set(score.missing) == {key for key, value in score.maturity.items() if value is None}
    for dimension, note in score.missing.items():
        filled = {**given_answers, **dict.fromkeys(note.questions, "o0")}
        reached = QUESTIONNAIRE.score(filled).maturity[dimension]
        assert (reached is not None) == bool(note.questions)
        for question in note.questions:
            fewer = {**filled, question: None}
            assert QUESTIONNAIRE.score(fewer).maturity[dimension] is None


@given(given_answers=answers, holes=st.dictionaries(st.sampled_from(sorted(CODES)), st.sampled_from(MISSING)))
def test_a_missing_answer_says_no_more_than_a_question_left_out(given_answers, holes):
    left_out = {question: code for question, code in given_answers.items() if question not in holes}

    with_holes = QUESTIONNAIRE.score({**given_answers, **holes}).to_dict()

    expected = QUESTIONNAIRE.score(left_out).to_dict()
    for said in (with_holes, expected):
        del said["missing"], said["answers"]  # "not applicable" is not asked again
    assert with_holes == expected


@given(full)
def test_the_short_form_scores_every_dimension(given_answers):
    short = QUESTIONNAIRE.score({question: given_answers[question] for question in QUESTIONNAIRE.core})

    assert len(QUESTIONNAIRE.core) == 14 + len(short.needs)
    assert None not in {*short.maturity.values(), *short.needs.values()}
    assert not short.missing


@pytest.mark.parametrize(
    ("points", "level"),
    [((0, 0, 0, 0), 1), ((1, 1, 1, 0), 1), ((1, 1, 1, 1), 2), ((2, 2, 2, 1), 2), ((2, 2, 2, 2), 3),
     ((3, 3, 3, 2), 3), ((3, 3, 3, 3), 4), ((4, 4, 4, 4), 4)],
)  # fmt: skip
def test_a_level_starts_at_its_lowest_score_and_ends_under_the_next(points, level):
    training = {f"TR{place}": f"o{point}" for place, point in enumerate(points, start=1)}

    assert QUESTIONNAIRE.score(training).level["training"] == level


def test_a_level_is_taken_from_the_unrounded_score():
    weights = QUESTIONNAIRE.questions
    weights.loc[weights["question"].isin(["TR1", "TR2"]), "weight"] = [1.0001, 1.0]
    questionnaire = Questionnaire.from_catalog(replaced(questions=weights))

    score = questionnaire.score({"TR1": "o1", "TR2": "o3"})

    assert 49.99 < score.maturity["training"] < 50
    assert score.level["training"] == 2


@pytest.mark.parametrize(
    ("given_answers", "fact", "value"),
    [
        ({"IT1": "o0"}, "internet", False),
        ({"IT1": "o1"}, "internet", True),
        ({}, "internet", None),
        ({"SA2": "o4"}, "smartphone", True),
        ({"SA1": "o3", "SA2": "o0"}, "smartphone", True),
        ({"SA1": "o2", "SA2": "o2"}, "smartphone", False),
        ({"SA1": "o2", "SA2": "o3"}, "smartphone", None),
        ({"SA2": "o0"}, "smartphone", None),
        ({"SA1": "o2"}, "work_email", False),
        ({"SA1": "o4"}, "work_email", None),
        ({"SA1": "o4", "work_email": "oui"}, "work_email", True),
        ({"SA1": "o4", "work_email": False}, "work_email", False),
        ({"IT1": "o4", "internet": "no"}, "internet", False),
        ({"IT2": "o3"}, "it_admin", True),
        ({"IT2": "o2"}, "it_admin", False),
        ({"ST1": "o2"}, "hr_person", True),
        ({"ST1": "o1", "hr_person": "dont_know"}, "hr_person", False),
    ],
)
def test_a_fact_is_read_from_the_answers_unless_it_is_answered_itself(given_answers, fact, value):
    assert QUESTIONNAIRE.score(given_answers).facts[fact] is value


def test_need_questions_answer_needs_and_never_touch_maturity():
    codes = QUESTIONS.index[QUESTIONS["block"].isin(load_catalog().keys("needs"))]

    needs = QUESTIONNAIRE.score(dict.fromkeys(codes, "o2"))

    assert needs.needs == {
        "hiring": 50, "hard_to_fill": 50, "knowhow_leaving": 100, "mandatory_training": 75,
        "apprentices": 75, "split_teams": 100,
    }  # fmt: skip
    assert set(needs.maturity.values()) == {None}


@pytest.mark.parametrize(
    ("answer", "headcount", "need", "urgency"),
    [
        ({"ND7": "o3"}, 5, "hiring", 100),
        ({"ND7": "o3"}, 300, "hiring", 25),
        ({"ND3": "o1"}, 4, "knowhow_leaving", 100),
        ({"ND3": "o1"}, 300, "knowhow_leaving", 25),
        ({"ND4": "o1"}, 4, "mandatory_training", 75),
        ({"ND4": "o1"}, 60, "mandatory_training", 25),
        ({"ND7": "o1"}, None, "hiring", 50),
    ],
)
def test_what_counts_people_is_urgent_by_the_size_of_the_firm(answer, headcount, need, urgency):
    assert QUESTIONNAIRE.score(answer, headcount).needs[need] == urgency


def test_the_same_spending_is_more_in_a_small_firm():
    scores = [
        QUESTIONNAIRE.score({"ST1": "o0", "ST2": "o3"}, size).maturity["steering"] for size in (3, 30, 300)
    ]

    assert scores == [50, 25, 0]


@given(given_answers=answers, headcount=st.sampled_from([None, 0, 4, 5, 49, 50, 250, 5000]))
def test_a_firm_without_a_known_size_is_scored_as_the_table_of_options_says(given_answers, headcount):
    sized = QUESTIONNAIRE.score(given_answers, headcount)

    rows = load_catalog().table("option_sizes")
    for need, question in zip(
        load_catalog().keys("needs"), load_catalog().table("needs")["question"], strict=True
    ):
        answer = given_answers.get(question)
        if answer in MISSING:
            assert sized.needs[need] is None
            continue
        own = rows[(rows["question"] == question) & (rows["option"] == answer)]
        if headcount is not None and len(own):
            expected = own[own["headcount_min"] <= headcount].sort_values("headcount_min")["value"].iloc[-1]
        else:
            expected = OPTIONS.set_index(["question", "option"]).loc[(question, answer), "urgency"]
        assert sized.needs[need] == expected


def test_a_firm_that_gave_up_looking_and_one_that_wants_its_first_apprentice_have_a_need():
    score = QUESTIONNAIRE.score({"ND2": "o4", "ND8": "o2"})

    assert (score.needs["hard_to_fill"], score.needs["apprentices"]) == (100, 75)


def test_a_table_keeps_its_rows_its_index_and_its_own_columns_and_is_left_as_it_was():
    table = pd.DataFrame(
        {"company_id": ["b", "a"], "RE2": ["o4", "not_applicable"], "installed": ["moodle", None]},
        index=[5, 3],
    )
    before = table.copy()

    frame = QUESTIONNAIRE.score_frame(table)

    pd.testing.assert_frame_equal(table, before)
    assert frame.index.tolist() == [5, 3]
    assert frame.columns[0] == "company_id"
    assert "RE2" not in frame
    assert frame["installed"].tolist() == ["moodle|ats", None]
    assert frame["questionnaire_version"].tolist() == ["2.0", "2.0"]


def test_an_empty_table_gives_an_empty_table_with_the_same_columns():
    one = QUESTIONNAIRE.score_frame(pd.DataFrame({"RE1": ["o1"]}))

    none = QUESTIONNAIRE.score_frame(pd.DataFrame({"RE1": []}))

    assert len(none) == 0
    assert none.columns.tolist() == one.columns.tolist()


def test_a_scored_table_with_branch_and_headcount_is_a_table_of_firms():
    table = pd.DataFrame({"company_id": ["a"], "branch": ["footwear"], "headcount": [9]})
    scored = QUESTIONNAIRE.score_frame(table.assign(RE1="o3", RE2="o4", IT1="o2", ND7="o4"))

    firms, _, rejects = read_companies(scored, load_catalog())

    assert not rejects
    assert np.nansum(firms.maturity) == 87.5
    assert firms.needs[0].tolist() == pytest.approx([100, *[math.nan] * 5], nan_ok=True)
    assert firms.facts[0, :5].tolist() == [1, -1, -1, -1, -1]
    assert firms.installed.sum() == 1


def test_a_score_makes_a_profile_and_leaves_out_what_is_unknown():
    score = QUESTIONNAIRE.score({"RE1": "o3", "RE2": "o4", "IT1": "o2", "ND7": "o4"})

    profile = CompanyProfile(branch="footwear", headcount=9, **score.profile_fields(installed=["moodle"]))

    assert score.profile_fields()["maturity"] == {"recruitment": 87.5}
    assert dict(profile.maturity) == {"recruitment": 87.5}
    assert dict(profile.needs) == {"hiring": 100}
    assert dict(profile.facts) == {"internet": True}
    assert profile.installed == ("moodle", "ats")
