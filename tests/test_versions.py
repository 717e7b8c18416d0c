"""Versions of the questionnaire: old answers stay readable, and a new wording never shows as progress."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.diagnostic import Questionnaire, load_questionnaire
from hrtools_reco.exceptions import InvalidValueError, UnknownNameError

QUESTIONNAIRE = load_questionnaire()
LINKS = load_catalog().table("question_links")
DIMENSIONS = load_catalog().keys("dimensions")
EXACT = LINKS[LINKS["relation"] == "same"]
OLD = {question: list(rows["from_option"]) for question, rows in LINKS.groupby("from_question")}
MEANT_ALIKE = {question: list(rows["from_option"]) for question, rows in EXACT.groupby("from_question")}
TO = {(row.from_question, row.from_option): (row.to_question, row.to_option) for row in LINKS.itertuples()}
SIZES = [None, 3, 30, 300]

any_old = st.fixed_dictionaries(
    {}, optional={q: st.sampled_from([*codes, "dont_know"]) for q, codes in OLD.items()}
)
alike = st.fixed_dictionaries({}, optional={q: st.sampled_from(codes) for q, codes in MEANT_ALIKE.items()})


def replaced(**tables: pd.DataFrame) -> Catalog:
    """Return the bundled catalog with some tables replaced."""
    bundled = load_catalog()
    every = {name: bundled.table(name) for name in bundled.table_names}
    return Catalog({**every, **tables}, bundled.descriptor)


def in_new_words(answers: dict[str, str]) -> dict[str, str]:
    """Read old answers in the words of the new version, one after the other."""
    found = {}
    for question, option in answers.items():
        to_question, to_option = TO.get((question, option), (None, None))
        if isinstance(to_question, str):
            found[to_question] = to_option
    return found


def test_every_option_of_the_first_version_has_a_row_that_leads_to_an_option_that_exists():
    options = {(row.question, row.option) for row in QUESTIONNAIRE.options.itertuples()}

    assert LINKS.groupby("from_question").size().to_dict() == {
        **dict.fromkeys(OLD, 5), "ND3": 4, "ND4": 4, "ND5": 4, "ND6": 3,
    }  # fmt: skip
    linked = LINKS[LINKS["relation"] != "none"]
    assert {(row.to_question, row.to_option) for row in linked.itertuples()} <= options
    assert LINKS.loc[LINKS["relation"] == "none", ["to_question", "to_option"]].isna().all(axis=None)
    rising = linked.groupby("from_question")["to_option"].apply(lambda codes: codes.is_monotonic_increasing)
    assert rising.all()


@given(answers=any_old, headcount=st.sampled_from(SIZES))
def test_old_answers_are_scored_as_the_answers_that_they_lead_to(answers, headcount):
    old = QUESTIONNAIRE.score(answers, headcount, version="0.1")

    new = QUESTIONNAIRE.score(in_new_words(answers), headcount)

    assert (old.maturity, old.needs, old.facts) == (new.maturity, new.needs, new.facts)
    assert (old.version, old.answers_version, old.answers) == ("2.0", "0.1", answers)


@settings(max_examples=20)
@given(answers=alike, headcount=st.sampled_from(SIZES))
def test_answers_that_mean_the_same_in_both_versions_show_no_progress_either_way(answers, headcount):
    old = QUESTIONNAIRE.score(answers, headcount, version="0.1")
    new = QUESTIONNAIRE.score(in_new_words(answers), headcount)

    there, back = QUESTIONNAIRE.compare(old, new), QUESTIONNAIRE.compare(new, old)

    assert set(there.change.values()) <= {0.0, None}
    assert there.before == there.after == back.before == back.after == new.maturity
    assert {code for codes in there.questions.values() for code in codes} == {
        code for code in in_new_words(answers) if not code.startswith("ND")
    }


@settings(max_examples=15)
@given(first=any_old, second=any_old)
def test_what_is_gained_one_way_is_lost_the_other_way(first, second):
    scores = [QUESTIONNAIRE.score(answers, version="0.1") for answers in (first, second)]

    there, back = QUESTIONNAIRE.compare(*scores), QUESTIONNAIRE.compare(*scores[::-1])

    for dimension in DIMENSIONS:
        assert there.before[dimension] == back.after[dimension]
        assert there.change[dimension] == (
            None if back.change[dimension] is None else -back.change[dimension]
        )


def test_an_answer_that_does_not_mean_the_same_is_set_aside_and_said():
    old = QUESTIONNAIRE.score({"TR1": "o3", "TR2": "o1", "TR3": "o1"}, version="0.1")
    new = QUESTIONNAIRE.score({"TR1": "o4", "TR2": "o2", "TR3": "o2"})

    progress = QUESTIONNAIRE.compare(old, new)

    assert progress.questions["training"] == ("TR2", "TR3")
    assert progress.set_aside["training"] == ("TR1",)
    assert (progress.before["training"], progress.after["training"]) == (25, 50)


@settings(max_examples=20)
@given(answers=st.fixed_dictionaries({q: st.sampled_from(["o0", "o2", "o4"]) for q in ("TR1", "TR2", "TR3")}))
def test_a_change_of_points_or_weights_is_never_progress(answers):
    options, questions = QUESTIONNAIRE.options, QUESTIONNAIRE.questions
    options.loc[(options["question"] == "TR1") & (options["option"] == "o2"), "points"] = 1.0
    questions.loc[questions["question"] == "TR2", "weight"] = 3.0
    other = Questionnaire.from_catalog(replaced(options=options, questions=questions))
    first, second = QUESTIONNAIRE.score(answers), other.score(answers)

    for judge in (QUESTIONNAIRE, other):
        assert judge.compare(first, second).change["training"] == 0


def test_growing_is_not_falling_back():
    answers = {"ST1": "o2", "ST2": "o3"}
    small, large = QUESTIONNAIRE.score(answers, 9), QUESTIONNAIRE.score(answers, 60)

    progress = QUESTIONNAIRE.compare(small, large)

    assert small.maturity["steering"] > large.maturity["steering"]
    assert (progress.headcount, progress.change["steering"]) == (60, 0)


def test_a_score_stored_by_the_first_version_kept_points_and_is_read_all_the_same():
    stored = {
        "questionnaire": "hr-digital-maturity",
        "version": "0.1",
        "maturity": {"training": 50.0},
        "points": {"TR1": 1.0, "TR2": 2.0, "TR4": 3.0},
        "facts": {"internet": True, "work_email": None},
    }

    score = QUESTIONNAIRE.read_score(json.loads(json.dumps(stored)))

    assert score.answers == {"TR1": "o1", "TR2": "o2", "TR4": "o3", "internet": "true"}
    assert score.answers_version == "0.1"
    assert score.facts["internet"] is True
    later = QUESTIONNAIRE.score({"TR1": "o4", "TR2": "o2"})
    assert QUESTIONNAIRE.compare(score, later).change["training"] == 37.5


def test_a_table_of_several_versions_is_scored_row_by_row():
    table = pd.DataFrame(
        {
            "questionnaire_version": ["0.1", None, "0.1"],
            "TR1": ["o3", "o3", None],
            "TR2": ["o1", "o1", "o1"],
            "IT3": ["o2", None, None],
            "headcount": [7, None, 300],
        },
        index=["x", "y", "z"],
    )

    frame = QUESTIONNAIRE.score_frame(table)

    assert frame.index.tolist() == ["x", "y", "z"]
    assert frame["maturity_training"].tolist()[:2] == [37.5, 50.0]
    assert frame["answered_it_base"].tolist() == [1, 0, 0]
    assert frame["questionnaire_version"].unique().tolist() == ["2.0"]


def test_links_may_lead_over_several_versions():
    about = load_catalog().table("questionnaire").assign(version="2.1")
    step = LINKS[LINKS["from_question"].isin(["TR1", "TR2"])].assign(from_version="2.0", to_version="2.1")
    step = step.assign(to_question=step["from_question"], to_option=step["from_option"], relation="same")
    later = Questionnaire.from_catalog(
        replaced(questionnaire=about, question_links=pd.concat([LINKS, step], ignore_index=True))
    )

    score = later.score({"TR1": "o1", "TR2": "o2"}, version="0.1")

    assert later.readable_versions == ("0.1", "2.0")
    assert score.maturity["training"] == 37.5
    assert later.compare(score, later.score({"TR1": "o2", "TR2": "o2"})).change["training"] == 12.5


@pytest.mark.parametrize("version", ["9.9", "2"])
def test_a_version_that_no_link_leads_from_is_refused(version):
    with pytest.raises(UnknownNameError, match="version must be the version of the questionnaire"):
        QUESTIONNAIRE.score({"TR1": "o1"}, version=version)


@pytest.mark.parametrize("wrong", [3, None, {"points": 3}])
def test_what_is_no_stored_score_is_refused(wrong):
    with pytest.raises(InvalidValueError, match=r"diagnostic score must be a (mapping|known name)"):
        QUESTIONNAIRE.read_score(wrong)
