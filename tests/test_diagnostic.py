"""The questionnaire: score, levels, holes, facts, tables of answers, progress."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from hrtools_reco.catalog.catalog import load_catalog
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

answers = st.fixed_dictionaries(
    {}, optional={question: st.sampled_from(codes + MISSING) for question, codes in CODES.items()}
)
full = st.fixed_dictionaries({question: st.sampled_from(codes) for question, codes in CODES.items()})


class Tables:
    """The tables of the catalog, some of them replaced."""

    def __init__(self, **replaced: pd.DataFrame) -> None:
        self._replaced = replaced

    def table(self, name: str) -> pd.DataFrame:
        return self._replaced.get(name, load_catalog().table(name))


QUESTIONS_WEIGHTED = QUESTIONNAIRE.questions.assign(weight=lambda table: 0.5 + table["position"] % 3)
WEIGHTED = Questionnaire.from_catalog(Tables(questions=QUESTIONS_WEIGHTED))


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


@given(given_answers=answers, question=st.sampled_from(sorted(q for q in CODES if not q.startswith("ND"))))
def test_raising_one_answer_never_lowers_its_dimension(given_answers, question):
    ladder = [
        QUESTIONNAIRE.score({**given_answers, question: code}).maturity[QUESTIONS.loc[question, "block"]]
        for code in CODES[question]
    ]

    assert len({score is None for score in ladder}) == 1
    assert ladder == sorted(ladder) if None not in ladder else True


@given(firms=st.lists(answers, min_size=1, max_size=6))
def test_a_table_of_answers_says_what_each_firm_says_alone(firms):
    table = pd.DataFrame([{**dict.fromkeys(CODES), **firm} for firm in firms], dtype=object)

    frame = QUESTIONNAIRE.score_frame(table)

    for row, firm in enumerate(firms):
        alone = QUESTIONNAIRE.score(firm)
        for prefix, values in (
            ("maturity_", alone.maturity),
            ("level_", alone.level),
            ("coverage_", alone.coverage),
            ("need_", alone.needs),
            ("has_", alone.facts),
        ):
            cells = frame.iloc[row].filter(regex=f"^{prefix}")
            assert [None if pd.isna(cell) else cell for cell in cells] == list(values.values())
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
    del with_holes["missing"], expected["missing"]  # "not applicable" is not asked again
    assert with_holes == expected


@given(full)
def test_the_short_form_scores_every_dimension(given_answers):
    short = QUESTIONNAIRE.score({question: given_answers[question] for question in QUESTIONNAIRE.core})

    assert len(QUESTIONNAIRE.core) == 14
    assert None not in short.maturity.values()
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
    questionnaire = Questionnaire.from_catalog(Tables(questions=weights))

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
    needs = QUESTIONNAIRE.score({f"ND{place}": "o2" for place in range(1, 7)})

    assert needs.needs == {
        "hiring": 50, "hard_to_fill": 50, "knowhow_leaving": 75, "mandatory_training": 50, "apprentices": 75,
        "split_teams": 100,
    }  # fmt: skip
    assert set(needs.maturity.values()) == {None}


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
    assert frame["questionnaire_version"].tolist() == ["0.1", "0.1"]


def test_an_empty_table_gives_an_empty_table_with_the_same_columns():
    one = QUESTIONNAIRE.score_frame(pd.DataFrame({"RE1": ["o1"]}))

    none = QUESTIONNAIRE.score_frame(pd.DataFrame({"RE1": []}))

    assert len(none) == 0
    assert none.columns.tolist() == one.columns.tolist()


def test_a_scored_table_with_branch_and_headcount_is_a_table_of_firms():
    table = pd.DataFrame({"company_id": ["a"], "branch": ["footwear"], "headcount": [9]})
    scored = QUESTIONNAIRE.score_frame(table.assign(RE1="o3", RE2="o4", IT1="o2", ND1="o4"))

    firms, _, rejects = read_companies(scored, load_catalog())

    assert not rejects
    assert np.nansum(firms.maturity) == 87.5
    assert firms.needs[0].tolist() == pytest.approx([100, *[math.nan] * 5], nan_ok=True)
    assert firms.facts[0, :5].tolist() == [1, -1, -1, -1, -1]
    assert firms.installed.sum() == 1


def test_a_score_makes_a_profile_and_leaves_out_what_is_unknown():
    score = QUESTIONNAIRE.score({"RE1": "o3", "RE2": "o4", "IT1": "o2", "ND1": "o4"})

    profile = CompanyProfile(branch="footwear", headcount=9, **score.profile_fields(installed=["moodle"]))

    assert score.profile_fields()["maturity"] == {"recruitment": 87.5}
    assert dict(profile.maturity) == {"recruitment": 87.5}
    assert dict(profile.needs) == {"hiring": 100}
    assert dict(profile.facts) == {"internet": True}
    assert profile.installed == ("moodle", "ats")
