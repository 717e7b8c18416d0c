"""Before and after of a branch: each firm on its common questions, the table of groups, and the picture."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr

mpl.use("Agg")
QUESTIONNAIRE = hr.load_questionnaire()
OPTIONS = QUESTIONNAIRE.options
CODES = {question: list(rows["option"]) for question, rows in OPTIONS.groupby("question", sort=False)}
VERSIONS = (QUESTIONNAIRE.version, *QUESTIONNAIRE.readable_versions)

answers = st.fixed_dictionaries(
    {}, optional={question: st.sampled_from([*codes, None]) for question, codes in CODES.items()}
)
firm = st.tuples(answers, answers, st.sampled_from([None, 6, 140]), st.sampled_from([None, 6, 140]))


def table_of(rows, headcounts):
    """Return answers of several firms as a table."""
    frame = pd.DataFrame([{"TR1": None} | row for row in rows], dtype=object)
    return frame.assign(company_id=[f"f{at}" for at in range(len(rows))], headcount=headcounts)


@settings(max_examples=25, deadline=None)
@given(st.lists(firm, min_size=1, max_size=4))
def test_many_firms_are_compared_as_each_of_them_alone(firms):
    before, after, early, late = zip(*firms, strict=True)
    tables = table_of(before, early), table_of(after, late)

    found = QUESTIONNAIRE.compare_frames(*tables)

    alone = [
        QUESTIONNAIRE.compare(QUESTIONNAIRE.score(one, size), QUESTIONNAIRE.score(other, later)).to_frame()
        for one, other, size, later in firms
    ]
    expected = pd.concat(alone, ignore_index=True)
    pd.testing.assert_frame_equal(found.drop(columns="company_id"), expected, check_dtype=False)
    assert found["company_id"].unique().tolist() == tables[1]["company_id"].tolist()


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_only_answers_that_mean_the_same_in_both_versions_count(version):
    old = {"IT1": "o1", "IT2": "o1", "RE1": "o1", "RE2": "o1", "TR3": "o2", "TR4": "o2"}
    new = {**old, "IT1": "o3", "RE1": "o3"}
    known = QUESTIONNAIRE.score(old, version=version), QUESTIONNAIRE.score(new)
    before = pd.DataFrame([{"company_id": "a", "questionnaire_version": version, **old}])

    found = QUESTIONNAIRE.compare_frames(before, pd.DataFrame([{"company_id": "a", **new}]))

    expected = QUESTIONNAIRE.compare(*known).to_frame()
    pd.testing.assert_frame_equal(found.drop(columns="company_id"), expected, check_dtype=False)


BEFORE = pd.DataFrame(
    {
        "company_id": [1, 2, 3, 4],
        "branch": ["couture", "couture", "textile", "textile"],
        "TR1": ["o1", "o2", "o3", "o1"],
        "TR2": ["o1", "o2", "o3", None],
    }
)
AFTER = pd.DataFrame(
    {
        "company_id": [3, 2, 1, 4, 9],
        "branch": ["textile", "couture", "couture", "textile", "textile"],
        "TR1": ["o1", "o2", "o3", "o1", "o1"],
        "TR2": ["o1", "o3", "o3", "o1", "o1"],
    }
)


def test_groups_count_the_firms_that_moved_by_more_than_a_step():
    found = hr.branch_progress(BEFORE, AFTER, by="branch")

    training = found.frame[found.frame["dimension"] == "training"].set_index("branch")
    counts = training[["n_firms", "n_up", "n_same", "n_down"]]
    assert counts.loc["couture"].tolist() == [2, 1, 1, 0]
    assert counts.loc["textile"].tolist() == [1, 0, 0, 1]
    assert (found.n_both, found.n_new, found.n_gone) == (4, 1, 0)
    assert training.loc["couture", ["before_median", "after_median", "step"]].tolist() == [37.5, 68.75, 12.5]


def test_a_table_of_another_kind_comes_back_in_its_kind():
    found = QUESTIONNAIRE.compare_frames(pl.from_pandas(BEFORE), pl.from_pandas(AFTER))

    assert isinstance(found, pl.DataFrame)
    assert found["company_id"].to_list() == np.repeat([3, 2, 1, 4], 7).tolist()


WRONG = {
    "no key": (BEFORE.drop(columns="company_id"), "before must be a table with the column 'company_id'"),
    "a key twice": (BEFORE.assign(company_id=1), "company_id of before must be unique. Got '1'"),
    "no answer": (BEFORE.assign(TR1="o9"), "row 0: answer to TR1 must be"),
    "no question": (BEFORE[["company_id"]], "a table with questions as columns"),
}


@pytest.mark.parametrize(("before", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_table_is_refused(before, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        hr.branch_progress(before, AFTER)


def test_groups_are_columns_of_the_later_table():
    with pytest.raises(hr.InvalidValueError, match=r"by must be columns of the later table\. Got 'size'"):
        hr.branch_progress(BEFORE, AFTER, by="size")


def test_the_picture_shows_both_medians_and_the_band_in_which_a_change_means_nothing():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    _, axes = pyplot.subplots()

    drawn = hr.branch_progress(BEFORE, AFTER).plot(axes, lang="en")

    assert drawn is axes
    before, after = (points.get_offsets()[0, 0] for points in axes.collections[-2:])
    assert (before, after) == (50.0, 62.5)
    band = axes.patches[0]
    assert (band.get_x(), band.get_width()) == (37.5, 25.0)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["before", "after"]
    assert axes.get_title(loc="left") == "Before and after (4 firms)"
    pyplot.close("all")


def test_a_picture_of_nothing_is_refused():
    with pytest.raises(hr.InvalidValueError, match="answered alike both times"):
        hr.branch_progress(BEFORE, AFTER.assign(TR2=None)).plot()
