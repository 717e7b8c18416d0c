"""Answers that are no answers: each is named, with what is right."""

from __future__ import annotations

import pandas as pd
import pytest

from hrtools_reco.diagnostic import load_questionnaire
from hrtools_reco.exceptions import InvalidTableError, InvalidValueError, UnknownNameError

QUESTIONNAIRE = load_questionnaire()


@pytest.mark.parametrize(
    ("given_answers", "message"),
    [
        (
            {"RE9": "o1"},
            "question must be a question of the questionnaire, or a fact. Got 'RE9'. Nearest: RE",
        ),
        ({"re1": "o1"}, "Got 're1'. Nearest: RE1"),
        ({3: "o1"}, "question must be .* Got 3"),
        ({"RE1": "o7"}, "answer to RE1 must be one of its options.* Got 'o7'. Nearest: o"),
        ({"RE1": 3}, "answer to RE1 must be .* Got 3. Nearest: o3"),
        ({"RE1": ["o1"]}, r"answer to RE1 must be .* Got \['o1'\]. Nearest: o1"),
        ({"ND6": "o3"}, "answer to ND6 must be .* Got 'o3'"),
    ],
)
def test_an_unknown_question_or_option_is_named_with_the_nearest(given_answers, message):
    with pytest.raises(UnknownNameError, match=message):
        QUESTIONNAIRE.score(given_answers)


def test_a_fact_is_answered_by_yes_or_no():
    with pytest.raises(
        InvalidValueError, match=r'answer to internet must be True or False, "yes" or "no".* Got .perhaps.'
    ):
        QUESTIONNAIRE.score({"internet": "perhaps"})


def test_every_wrong_cell_of_a_table_is_listed():
    table = pd.DataFrame({"SA1": ["o1", "zz", 5], "RE1": ["o1", None, "o9"]}, index=[7, 8, 9])

    with pytest.raises(InvalidTableError, match="row 1: answer to SA1") as caught:
        QUESTIONNAIRE.score_frame(table)

    cells = [(reject.row, reject.column, reject.value) for reject in caught.value.rejects]
    assert cells == [(1, "SA1", "zz"), (2, "SA1", "5"), (2, "RE1", "o9")]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"siret": [1]}, "answers must be a table with questions as columns"),
        ({"SA1": ["o1"], "SA9": ["o1"]}, "column must be .* Got 'SA9'. Nearest: SA"),
        ({"SA1": ["o1"], "sa 2": ["o1"]}, "column must be .* Got 'sa 2'. Nearest: SA2"),
        ({"SA1": ["o1"], "Work email": [True]}, "column must be .* Got 'Work email'. Nearest: work_email"),
        (
            {"SA1": ["o1"], "has_internet": [True]},
            "without the columns that scoring writes. Got 'has_internet'",
        ),
    ],
)
def test_a_table_with_a_column_that_cannot_be_meant_is_refused(table, message):
    with pytest.raises(InvalidValueError, match=message):
        QUESTIONNAIRE.score_frame(pd.DataFrame(table))
