"""Who uses what: labels win over positions, nothing stands twice, and all forms say the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy import sparse

import hrtools_reco as hr
from hrtools_reco.firms.adoptions import adoptions_of, read_adoptions

CATALOG = hr.load_catalog()
TOOLS = ("indeed", "moodle", "payfit")
KEYS = np.array(["a", "b", "c"], dtype=object)
LONG = pd.DataFrame(
    {"company_id": ["b", "a", "c"], "tool_id": ["moodle", "indeed", "moodle"], "value": [1, 0.5, 0.25]}
)
SEEN = [[0.5, 0, 0], [0, 1, 0], [0, 0.25, 0]]
WIDE = pd.DataFrame(SEEN, index=list("abc"), columns=list(TOOLS))
ENTRIES = ([0.5, 1, 0.25], ([0, 1, 2], [0, 1, 1]))


def read(adoptions, keys=KEYS, tools=TOOLS):
    return adoptions_of(adoptions, keys, tools).matrix.toarray().tolist()


FORMS = {
    "long": LONG,
    "long, shuffled, with an index of its own": LONG.iloc[[2, 0, 1]].set_axis([7, 7, 9]),
    "long, indexed by company_id": LONG.set_index("company_id"),
    "long, with a column beside": LONG.assign(since="2026-01-01"),
    "long, with no adoption": pd.concat([LONG, LONG.assign(tool_id="payfit", value=0)]),
    "records": LONG.to_dict("records"),
    "long, as categories": LONG.astype({"company_id": "category", "tool_id": "category"}),
    "long, grades as text": LONG.assign(value=["1", "0,5", "0.25"]),
    "wide, indexed by the keys": WIDE,
    "wide, in another order": WIDE.loc[list("cab")],
    "wide, under another name of the index": WIDE.loc[list("bca")].rename_axis("firm"),
    "wide, with the key as a column": WIDE.reset_index(names="company_id").iloc[::-1],
    "wide, without a firm that uses nothing": WIDE.assign(payfit=0.0).loc[list("cba")],
    "wide, without a tool that nobody uses": WIDE.drop(columns="payfit"),
    "wide, other order of tools": WIDE[["payfit", "moodle", "indeed"]],
    "wide, pandas sparse": WIDE.astype(pd.SparseDtype(float, 0.0)),
    "array": np.array(SEEN),
    "array of objects": np.array(SEEN, dtype=object),
    "rows of a list": SEEN,
    "csr array": sparse.csr_array(ENTRIES, shape=(3, 3)),
    "coo array": sparse.coo_array(ENTRIES, shape=(3, 3)),
    "csc matrix": sparse.csc_matrix(np.array(SEEN)),
}


@pytest.mark.parametrize("adoptions", FORMS.values(), ids=list(FORMS))
def test_every_form_says_the_same(adoptions):
    assert read(adoptions) == SEEN


def test_truth_values_are_grades():
    used = WIDE > 0

    assert (
        read(used)
        == read(used.to_numpy())
        == read(sparse.csr_array(used.to_numpy()))
        == (np.array(SEEN) > 0).tolist()
    )


def test_a_long_table_without_grades_says_adopted():
    assert read(LONG.drop(columns="value")) == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    ("keys", "named"),
    [([1, 2, 3], ["3", "1", "2"]), (["1", "2", "3"], [3, 1, 2]), (["a", "b", "c"], [" c", "a\u200b", "b "])],
    ids=["numbers by text", "text by numbers", "blanks"],
)
def test_keys_are_compared_as_they_are_written(keys, named):
    firms = pd.array(keys).to_numpy()

    found = read(pd.DataFrame({"company_id": named, "tool_id": "moodle", "value": [0.3, 0.1, 0.2]}), firms)

    assert [row[1] for row in found] == [0.1, 0.2, 0.3]


def test_without_known_tools_they_are_those_of_the_table_in_order():
    found = adoptions_of(LONG.assign(tool_id=["z", "y", "z"]), KEYS)

    assert found.tool_ids == ("y", "z")
    assert found.matrix.toarray().tolist() == [[0.5, 0], [0, 1], [0, 0.25]]


TWICE = {
    "long": pd.concat([LONG, LONG.iloc[[0]]]),
    "long, the key written otherwise": pd.concat([LONG, LONG.iloc[[0]].assign(company_id="b ")]),
    "long, another grade": pd.concat([LONG, LONG.iloc[[0]].assign(value=0)]),
    "wide, indexed": pd.concat([WIDE, WIDE.iloc[[0]]]),
    "wide, key as a column": pd.concat([WIDE, WIDE * 0]).reset_index(names="company_id"),
    "coo array": sparse.coo_array(([0.3, 0.3], ([0, 0], [1, 1])), shape=(3, 3)),
    "csr array": sparse.csr_array(
        (np.array([0.3, 0.3]), np.array([1, 1]), np.array([0, 2, 2, 2])), shape=(3, 3)
    ),
}


@pytest.mark.parametrize("adoptions", TWICE.values(), ids=list(TWICE))
def test_the_same_evidence_twice_is_refused_by_every_way_in(adoptions):
    with pytest.raises(hr.InvalidTableError, match=r"row \d+: .*(once|unique|one row only)"):
        read(adoptions)


WRONG = {
    "an unknown tool": (
        LONG.assign(tool_id=["moodel", "indeed", "moodle"]),
        r"row 0: tool_id must .* Got 'moodel'\. Nearest: moodle",
    ),
    "no tool": (LONG.assign(tool_id=[None, "indeed", "moodle"]), r"row 0: tool_id must .* Got None"),
    "a list for a tool": (
        LONG.assign(tool_id=[["moodle"], "indeed", "moodle"]),
        r"row 0: tool_id must .* Got \['moodle'\]",
    ),
    "an unknown firm": (
        LONG.assign(company_id=["a", "x", "c"]),
        r"row 1: company_id must be one of the 3 firms\. Got 'x'",
    ),
    "no firm": (LONG.assign(company_id=["a", None, "c"]), "row 1: company_id must be there"),
    "a firm by a float": (
        LONG.assign(company_id=[1.0, 2.0, 3.0]),
        "row 0: company_id must be a text or a whole number",
    ),
    "an unknown firm in a named index": (
        WIDE.set_axis(list("abx")).rename_axis("company_id"),
        "row 2: company_id must be one of",
    ),
    "a grade over 1": (
        LONG.assign(value=[1, 1.5, 3]),
        r"row 1: value must be a number from 0 .*\nrow 2: value .* Got 3",
    ),
    "a grade under 0": (
        LONG.assign(value=[-0.1, 1, 1]),
        r"row 0: value must be a number from 0 .* Got -0\.1",
    ),
    "no grade": (LONG.assign(value=[np.nan, 1, 1]), "row 0: value must be a number from 0"),
    "a word for a grade": (LONG.assign(value=["yes", 1, 1]), "row 0: value must be a number .* Got 'yes'"),
    "a huge grade": (
        LONG.assign(value=pd.Series([10**400, 1, 1], dtype=object)),
        "row 0: value must be a number",
    ),
    "a list for a grade": (
        LONG.assign(value=pd.Series([[1], 1, 1])),
        r"row 0: value must be a number .* Got \[1\]",
    ),
    "a wide grade over 1": (WIDE * 2 + 0.5, "row 0: indeed must be a number from 0"),
    "a hole in a wide table": (WIDE.replace(0.25, np.nan), "row 2: moodle must be a number from 0"),
    "an unknown column": (
        WIDE.rename(columns={"moodle": "moodel"}),
        r"tool_id must be the key of a tool\. Got 'moodel'",
    ),
    "a number for a column": (
        WIDE.rename(columns={"moodle": 3}),
        r"tool_id must be the key of a tool\. Got 3",
    ),
    "a column twice": (
        pd.concat([WIDE, WIDE["moodle"]], axis=1),
        "column of adoptions must be named once. Got 'moodle'",
    ),
    "long columns twice": (
        pd.concat([LONG, LONG["value"]], axis=1),
        "column of adoptions must be named once. Got 'value'",
    ),
    "a long table without keys": (
        LONG.drop(columns="company_id"),
        "column of adoptions must be there: 'company_id'",
    ),
    "rows by position": (
        WIDE.reset_index(drop=True),
        r"adoptions must be a table whose rows are named .* \.to_numpy\(\)",
    ),
    "rows by another key": (
        WIDE.set_axis([101, 102, 103]),
        "adoptions must be a table whose rows are named by the keys",
    ),
    "an index of floats": (
        WIDE.set_axis([1.0, 2.0, 3.0]),
        "adoptions must be a table whose rows are named by the keys",
    ),
    "another shape": (np.zeros((2, 3)), r"adoptions must be of shape \(3, 3\): firms × tools\. Got \(2, 3\)"),
    "one dimension": (np.zeros(3), r"adoptions must be of shape \(3, 3\)"),
    "an array over 1": (np.array(SEEN) * 3, "row 0: indeed must be a number from 0"),
    "an array with a hole": (
        np.where(np.array(SEEN) == 1, np.nan, SEEN),
        "row 1: moodle must be a number .* Got nan",
    ),
    "an array of text": (
        np.full((3, 3), "1"),
        r"adoptions must be an array of numbers .* Got dtype\('<U1'\)",
    ),
    "complex numbers": (np.full((3, 3), 1j), "adoptions must be an array of numbers"),
    "a sparse grade over 1": (
        sparse.csr_array(([3.0], ([1], [0])), shape=(3, 3)),
        "row 1: indeed must be a number",
    ),
    "a text": ("x", "adoptions must be a table .* Got 'str'"),
    "a number": (1, "adoptions must be a table .* Got 'int'"),
    "an empty dict": ({}, "adoptions must be a table .* Got 'dict'"),
    "a series": (WIDE["moodle"], "adoptions must be a table .* Got 'Series'"),
    "ragged rows": ([[1], [1, 2]], "adoptions must be a table .* Got 'list'"),
}


@pytest.mark.parametrize(("adoptions", "message"), WRONG.values(), ids=list(WRONG))
def test_wrong_adoption_is_refused_with_row_and_column(adoptions, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        read(adoptions)


def test_an_array_has_no_names_of_tools():
    with pytest.raises(hr.InvalidValueError, match="tool_ids must be given where adoptions is an array"):
        adoptions_of(np.array(SEEN), KEYS)


@settings(max_examples=40)
@given(
    grades=st.lists(
        st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=3, max_size=3), min_size=1, max_size=6
    ),
    shuffle=st.randoms(use_true_random=False),
    numbers=st.booleans(),
)
def test_wide_and_long_in_any_order_say_what_an_array_says(grades, shuffle, numbers):
    keys = (
        np.arange(len(grades)) if numbers else np.array([f"k{at}" for at in range(len(grades))], dtype=object)
    )
    wide = pd.DataFrame(grades, index=keys, columns=list(TOOLS)).sample(
        frac=1, random_state=shuffle.randrange(99)
    )
    long = wide.rename_axis("company_id").reset_index().melt("company_id", var_name="tool_id")

    assert read(wide, keys) == read(np.array(grades), keys) == grades
    assert read(long.sample(frac=1, random_state=1), keys) == grades


def test_fit_takes_the_evidence_of_each_firm_by_its_key():
    firms = pd.DataFrame(
        {
            "company_id": list("abcd"),
            "branch": ["couture", "textile", "tanning", "footwear"],
            "headcount": [3, 40, 60, 12],
        }
    )
    wide = pd.DataFrame({"moodle": [1, 0, 0, 0]}, index=list("dcba"))

    adopted = read_adoptions(wide, firms["company_id"].to_numpy(dtype=object), CATALOG).toarray()

    assert firms["company_id"][adopted.sum(axis=1) > 0].tolist() == ["d"]
