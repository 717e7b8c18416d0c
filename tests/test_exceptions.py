"""Errors: one tree, whole after pickling, and built from any object without a failure."""

from __future__ import annotations

import decimal
import inspect
import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn.exceptions

import hrtools_reco as hr
from hrtools_reco import exceptions
from hrtools_reco._checks import check_count, check_number, nearest, refused, unknown_name

ERRORS = [
    error for _, error in inspect.getmembers(exceptions, inspect.isclass) if issubclass(error, Exception)
] + [hr.NotFittedError]


class Unspeakable:
    def __repr__(self):
        raise RuntimeError("no words")


ODD = {
    "an array": np.array([1, 2]),
    "an array without a dimension": np.array(3),
    "a NumPy date without a day": np.datetime64("NaT"),
    "a huge text": "x" * 10**6,
    "half a surrogate pair": "a\ud800",
    "a huge integer": 10**5000,
    "a signalling NaN": decimal.Decimal("sNaN"),
    "a generator": (item for item in "ab"),
    "a long list": list(range(10**5)),
    "a table": pd.DataFrame({"a": range(1000)}),
    "what cannot be written": Unspeakable(),
    "bytes": b"\xff" * 1000,
    "a complex number": 1 + 2j,
}


@pytest.mark.parametrize("error", ERRORS, ids=[error.__name__ for error in ERRORS])
def test_every_error_has_the_one_base_and_stands_in_the_tree(error):
    assert issubclass(error, hr.HRToolsError)
    assert issubclass(error, ValueError)
    assert error.__name__ in exceptions.__doc__


@pytest.mark.parametrize("value", ODD.values(), ids=list(ODD))
def test_an_error_is_short_and_whole_after_pickling_whatever_came(value):
    error = unknown_name("field", value, ["maturity", "needs"], "right")

    again = pickle.loads(pickle.dumps(error))

    assert len(str(error)) < 400
    assert str(error).encode("utf-8")
    assert (type(again), str(again), again.got) == (hr.UnknownNameError, str(error), error.got)


def test_an_error_about_a_table_keeps_its_cells_after_pickling():
    cells = [refused(row, "headcount", -row, "must be right") for row in range(7)]

    again = pickle.loads(pickle.dumps(hr.InvalidTableError(cells)))

    assert again.rejects == tuple(cells)
    assert str(again).endswith("… and 2 more")


@pytest.mark.parametrize("value", ODD.values(), ids=list(ODD))
def test_the_value_of_a_refused_cell_is_a_short_text(value):
    cell = refused(np.int64(3), "branch", value, "must be right")

    assert type(cell.row) is int
    assert type(cell.value) is str
    assert len(cell.value.encode("utf-8")) < 300


@pytest.mark.parametrize(("value", "text"), [(None, ""), ("texttile", "texttile"), (np.int64(0), "0")])
def test_the_value_of_a_refused_cell_reads_as_the_cell(value, text):
    assert refused(0, "branch", value, "").value == text


NO_NUMBER = {**ODD, "a truth value": True, "one of NumPy": np.bool_(True), "text": "3", "nothing": None}


@pytest.mark.parametrize("value", NO_NUMBER.values(), ids=list(NO_NUMBER))
def test_what_is_no_number_within_bounds_is_refused(value):
    with pytest.raises(hr.InvalidValueError, match="n must be a number from 0 to 9"):
        check_number("n", value, 0, 9)


@pytest.mark.parametrize("value", [0, -(10**5000), 2.0, True, "3", np.array([1, 2])], ids=range(6))
def test_what_is_no_count_is_refused(value):
    with pytest.raises(hr.InvalidValueError, match="n must be a whole number of tools, at least 1"):
        check_count("n", value, unit="of tools")


def test_the_nearest_names_come_first_and_none_that_is_far():
    names = ["leather_goods", "clothing", "couture", "moodle", "moodlecloud"]

    assert nearest("moodel", names) == ["moodle", "moodlecloud"]
    assert nearest("COUTURES", names) == ["couture"]
    assert nearest("xyz", names) == []


UNFITTED = {
    "recommend": lambda: hr.ToolRecommender().recommend({"branch": "couture", "headcount": 4}),
    "batch": lambda: hr.ToolRecommender().recommend_batch(pd.DataFrame()),
    "coverage": lambda: hr.coverage_report(
        [{"branch": "couture", "headcount": 4}], recommender=hr.ToolRecommender()
    ),
    "ridge": lambda: hr.AdoptionRidge().predict(np.zeros((1, 2))),
}


@pytest.mark.parametrize("ask", UNFITTED.values(), ids=list(UNFITTED))
def test_what_is_asked_before_fit_raises_an_error_of_the_library_and_of_scikit_learn(ask):
    with pytest.raises(hr.HRToolsError, match="is not fitted yet") as raised:
        ask()

    again = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(again, hr.NotFittedError)
    assert isinstance(again, sklearn.exceptions.NotFittedError)
    assert str(again) == str(raised.value)
