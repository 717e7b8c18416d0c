"""Tables of any library in, the same kind out, with the same answer and the types of the keys."""

import json
import sys
from types import SimpleNamespace

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import hrtools_reco as hr
from hrtools_reco.tables import as_it_came, as_pandas, is_table, read_any_table

ROWS = {
    "company_id": [3, 1, 2],
    "branch": ["footwear", "0018", "couture"],
    "headcount": [12, None, 40],
    "headcount_band": [None, "03", None],
    "need_hiring": [75.0, None, 20.0],
    "has_internet": [True, None, False],
    "installed": [["moodle"], None, []],
}
FIRMS = pd.DataFrame(ROWS | {"headcount": pd.array(ROWS["headcount"], dtype="Int64")})


class OnlyArrow:
    """A table of a library that nobody knows: it has the Arrow interface and nothing else."""

    def __init__(self, table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self._table.__arrow_c_stream__(requested_schema)


KINDS = {
    "polars": (lambda: pl.DataFrame(ROWS, strict=False), pl.DataFrame),
    "lazy polars": (lambda: pl.LazyFrame(ROWS, strict=False), pl.DataFrame),
    "arrow": (lambda: pa.table(ROWS), pa.Table),
    "record batch": (lambda: pa.RecordBatch.from_pydict(ROWS), pa.Table),
    "narwhals": (lambda: nw.from_native(pl.DataFrame(ROWS, strict=False)), pl.DataFrame),
    "anything with the Arrow interface": (lambda: OnlyArrow(pa.table(ROWS)), pa.Table),
}


def as_frame(table):
    """Return a table of any kind as pandas."""
    return nw.from_native(table).to_pandas() if not isinstance(table, pd.DataFrame) else table


@pytest.mark.parametrize(("make", "kind"), KINDS.values(), ids=KINDS)
def test_a_table_of_any_kind_gets_the_answer_of_pandas_in_its_own_kind(recommender, make, kind):
    options = {"contributions": True, "reasons": "fr"}

    found = recommender.recommend_batch(make(), 2, **options)

    expected = recommender.recommend_batch(FIRMS, 2, **options)
    for name in ("frame", "shortfalls", "rejects"):
        assert isinstance(getattr(found, name), kind)
        pd.testing.assert_frame_equal(
            as_frame(getattr(found, name)), getattr(expected, name), check_dtype=False
        )
    assert len(found) == len(expected)
    assert found.accounts() == expected.accounts()


def test_rows_as_dicts_get_the_answer_of_pandas_as_rows_of_dicts(recommender):
    rows = FIRMS.astype(object).where(FIRMS.notna(), None).to_dict("records")
    options = {"contributions": True, "reasons": "fr", "cited": True}

    found = recommender.recommend_batch(rows, 2, **options)

    expected = recommender.recommend_batch(FIRMS, 2, **options)
    for name in ("frame", "shortfalls", "rejects"):
        table = getattr(expected, name)
        assert getattr(found, name) == table.astype(object).where(table.notna(), None).to_dict("records")
    json.dumps(found.frame, allow_nan=False)
    assert found.accounts() == expected.accounts()
    assert recommender.eligibility(rows) == recommender.eligibility(FIRMS).to_dict("records")
    assert isinstance(recommender.recommend_batch(rows[0], 2).frame, pd.DataFrame)


def test_rows_as_dicts_that_are_all_refused_or_unserved_are_accounted_for(recommender):
    rows = [{"company_id": "a", "branch": "sabots", "headcount": 3}]

    found = recommender.recommend_batch(rows, 2, on_error="collect")

    assert found.frame == []
    assert found.accounts() == {"read": 1, "served": 0, "short": 0, "refused": 1}
    assert list(found.to_frame().columns[:2]) == ["company_id", "rank"]


@pytest.mark.parametrize("dtype", [pl.Int16, pl.UInt64, pl.String, pl.Categorical])
def test_keys_keep_the_type_that_they_came_in(recommender, dtype):
    firms = pl.DataFrame(ROWS, strict=False).with_columns(pl.col("company_id").cast(pl.String).cast(dtype))

    frame = recommender.recommend_batch(firms, 1).frame

    assert frame.schema["company_id"] == firms.schema["company_id"]
    assert frame["company_id"].to_list() == firms["company_id"].to_list()
    assert [frame.schema[name] for name in ("rank", "score", "tool_id")] == [pl.Int64, pl.Float64, pl.String]


def test_an_answer_without_rows_has_the_types_of_one_with_rows(recommender):
    firms = pl.DataFrame({"company_id": ["a", "b"], "branch": ["sabots", "couture"], "headcount": [3, 4]})

    some = recommender.recommend_batch(firms, 1, reasons="fr", on_error="collect")
    none = recommender.recommend_batch(firms[:1], 1, reasons="fr", on_error="collect")

    assert none.frame.schema == some.frame.schema
    assert none.frame.is_empty()
    assert none.rejects["row"].to_list() == [0]


def test_refused_cells_of_a_table_name_row_and_value(recommender):
    firms = pl.DataFrame({"company_id": ["a"], "branch": ["sabots"], "headcount": [3]})

    with pytest.raises(hr.InvalidTableError, match=r"row 0: branch must be .* Got 'sabots'"):
        recommender.recommend_batch(firms)


def test_every_door_for_a_table_takes_any_kind(recommender):
    firms = pl.DataFrame(ROWS, strict=False)
    keyed = firms.with_columns(pl.col("company_id").cast(pl.String))
    adoptions = pl.DataFrame({"company_id": ["3", "1"], "tool_id": ["moodle", "taleez"]})
    profiles, rejects = hr.profiles_from_sirene(
        pl.DataFrame({"siren": ["1", "2"], "naf": ["13.20Z", "47.71Z"]})
    )

    statuses = recommender.eligibility(firms)
    wide = recommender.eligibility(pa.table(ROWS), wide=True)
    explained = recommender.explain_batch(firms, ["moodle"], reasons="fr")
    learnt = hr.ToolRecommender().fit(keyed, adoptions)
    scored = hr.load_questionnaire().score_frame(pl.DataFrame({"company_id": [1, 2], "IT1": ["o4", None]}))

    assert statuses.shape == (3 * len(recommender.catalog_.tool_ids), 3)
    assert wide.column_names[:1] == ["company_id"]
    assert explained["company_id"].to_list() == ROWS["company_id"]
    assert learnt.n_firms_ == 3
    assert (len(profiles), len(rejects)) == (1, 1)
    assert scored.schema["has_internet"] == pl.Boolean
    assert scored["company_id"].to_list() == [1, 2]
    assert len(recommender.recommend_batch(profiles, 2)) == 2


def test_recommenders_are_compared_on_tables_of_any_kind():
    firms = {"company_id": list(range(40)), "branch": ["laundry", "shoes"] * 20}
    used = {"company_id": list(range(40)), "tool_id": ["lms", "ats"] * 20}

    found = [
        hr.evaluation.compare_recommenders({}, make(firms), make(used), k=1, cv=4).summary(n_boot=50)
        for make in (pd.DataFrame, pl.DataFrame)
    ]

    pd.testing.assert_frame_equal(*found)


def test_an_answer_in_polars_is_summarised_like_one_in_pandas(recommender):
    firms = hr.simulate_firms(60, seed=3)

    found = [
        hr.summarise(recommender.recommend_batch(table, 2), by="branch").tools
        for table in (firms, pl.from_pandas(firms))
    ]

    pd.testing.assert_frame_equal(*found)


def test_truth_values_and_whole_numbers_with_holes_come_back_as_such():
    frame = pd.DataFrame({"a": pd.Series([True, None], dtype=object), "b": [1, 2], "c": ["x", None]})
    kind = read_any_table(pl.DataFrame({"a": [1]}), "table")[1]

    assert as_it_came(frame, kind).schema == {"a": pl.Boolean, "b": pl.Int64, "c": pl.String}
    assert as_pandas(pl.DataFrame({"n": [1, None]}), "table")["n"].tolist() == [1, None]


@pytest.mark.parametrize(
    "value", [[1], "text", {"a": 1}, np.zeros(3), None, hr.CompanyProfile(branch="couture", headcount=1)]
)
def test_what_is_no_table_is_not_taken_for_one(value):
    assert not is_table(value)


class Broken:
    """Something that says it can be collected, and cannot."""

    def collect(self):
        """Return nothing of use."""


def test_what_only_looks_like_a_table_is_refused_with_its_type(recommender):
    with pytest.raises(
        hr.InvalidValueError, match=r"companies must be a table: pandas, polars.* Got 'Broken'"
    ):
        recommender.recommend_batch(Broken())


def test_without_the_extra_other_tables_name_it(recommender, monkeypatch):
    monkeypatch.setitem(sys.modules, "narwhals.stable.v2", None)

    assert len(recommender.recommend_batch(FIRMS, 1)) == 3
    with pytest.raises(hr.InvalidValueError, match=r'pip install "hrtools-reco\[frames\]"'):
        recommender.recommend_batch(pl.DataFrame(ROWS, strict=False))


def test_an_object_of_another_kind_says_what_is_taken(recommender):
    with pytest.raises(hr.InvalidValueError, match=r"companies must be a table \(pandas, polars, Arrow"):
        recommender.recommend_batch(SimpleNamespace())
