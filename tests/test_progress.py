"""Progress between two diagnostics, and scores that are stored in between."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from hrtools_reco.catalog import Catalog, load_catalog
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


def replaced(**tables: pd.DataFrame) -> Catalog:
    """Return the bundled catalog with some tables replaced."""
    bundled = load_catalog()
    every = {name: bundled.table(name) for name in bundled.table_names}
    return Catalog({**every, **tables}, bundled.descriptor)


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
        ({"missing": 3}, "diagnostic score must be what to_dict returned"),
        ({"contradictions": [{"text": 1}]}, "diagnostic score must be what to_dict returned"),
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


def test_scores_of_another_questionnaire_are_not_compared():
    other = load_catalog().table("questionnaire").assign(questionnaire="other")
    foreign = Questionnaire.from_catalog(replaced(questionnaire=other)).score({})

    with pytest.raises(InvalidValueError, match="second must be a score of the questionnaire 'hr-digital"):
        QUESTIONNAIRE.compare(QUESTIONNAIRE.score({}), foreign)
