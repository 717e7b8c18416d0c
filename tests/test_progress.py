"""Progress between two diagnostics, and scores that are stored in between."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from hrtools_reco.catalog.catalog import load_catalog
from hrtools_reco.diagnostic import Questionnaire, load_questionnaire
from hrtools_reco.diagnostic.score import DiagnosticScore
from hrtools_reco.exceptions import InvalidValueError

QUESTIONNAIRE = load_questionnaire()
QUESTIONS = QUESTIONNAIRE.questions.set_index("question")
OPTIONS = QUESTIONNAIRE.options
CODES = {question: list(rows["option"]) for question, rows in OPTIONS.groupby("question", sort=False)}
POINTS = {(row.question, row.option): row.points for row in OPTIONS.itertuples()}

answers = st.fixed_dictionaries(
    {}, optional={question: st.sampled_from([*codes, None]) for question, codes in CODES.items()}
)


class Tables:
    """The tables of the catalog, some of them replaced."""

    def __init__(self, **replaced: pd.DataFrame) -> None:
        self._replaced = replaced

    def table(self, name: str) -> pd.DataFrame:
        return self._replaced.get(name, load_catalog().table(name))


@given(given_answers=answers)
def test_a_score_survives_json(given_answers):
    score = QUESTIONNAIRE.score(given_answers)

    assert DiagnosticScore.from_dict(json.loads(json.dumps(score.to_dict()))) == score


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"maturty": {}}, "field of a diagnostic score must be .* Got 'maturty'. Nearest: maturity"),
        ({"maturity": {"training": 101}}, "maturity of training must be a number from 0 to 100. Got 101"),
        ({"coverage": {"training": 2}}, "coverage of training must be a number from 0 to 1. Got 2"),
    ],
)
def test_a_stored_score_with_a_wrong_field_is_refused(change, message):
    stored = QUESTIONNAIRE.score({}).to_dict()

    with pytest.raises(InvalidValueError, match=message):
        DiagnosticScore.from_dict(stored | change)


def test_a_stored_score_without_a_field_is_refused():
    stored = QUESTIONNAIRE.score({}).to_dict()
    del stored["version"]

    with pytest.raises(InvalidValueError, match="a mapping with the field 'version'"):
        DiagnosticScore.from_dict(stored)


@given(first=answers, second=answers)
def test_progress_is_measured_on_the_questions_answered_both_times(first, second):
    progress = QUESTIONNAIRE.compare(QUESTIONNAIRE.score(first), QUESTIONNAIRE.score(second))

    for dimension, own in QUESTIONS.groupby("block"):
        if dimension not in load_catalog().keys("dimensions"):
            continue
        common = [q for q in own.index if None not in (first.get(q), second.get(q))]
        enough = len(common) >= 2 and own.loc[common, "core"].any()
        before, after = (
            sum(POINTS[q, form[q]] for q in common) / len(common) * 25 if enough else None
            for form in (first, second)
        )
        assert progress.before[dimension] == pytest.approx(before)
        assert progress.after[dimension] == pytest.approx(after)
        assert progress.change[dimension] == pytest.approx(after - before if enough else None)
        assert progress.step[dimension] == pytest.approx(25 / len(common) if enough else None)


def test_two_versions_are_compared_on_the_questions_common_to_both():
    questions, options = QUESTIONNAIRE.questions, OPTIONS
    about = load_catalog().table("questionnaire").assign(version="0.2")
    later = Questionnaire.from_catalog(
        Tables(
            questions=questions.replace({"question": {"TR4": "TR5"}}),
            options=options.replace({"question": {"TR4": "TR5"}}),
            questionnaire=about,
        )
    )
    first = QUESTIONNAIRE.score({"TR1": "o1", "TR2": "o1", "TR4": "o4"})
    second = later.score({"TR1": "o3", "TR2": "o1", "TR5": "o0"})

    progress = later.compare(first, second)

    assert (progress.first_version, progress.second_version) == ("0.1", "0.2")
    assert progress.questions["training"] == ("TR1", "TR2")
    assert (progress.before["training"], progress.after["training"]) == (25, 50)
    assert progress.to_frame().set_index("dimension").loc["training", "n_questions"] == 2
    assert json.dumps(progress.to_dict())


def test_scores_of_another_questionnaire_are_not_compared():
    other = load_catalog().table("questionnaire").assign(questionnaire="other")
    foreign = Questionnaire.from_catalog(Tables(questionnaire=other)).score({})

    with pytest.raises(InvalidValueError, match="second must be a score of the questionnaire 'hr-digital"):
        QUESTIONNAIRE.compare(QUESTIONNAIRE.score({}), foreign)
