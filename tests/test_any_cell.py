"""Any value of any type in any cell: the firm is answered or refused, never lost, nor any other with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from odd_values import MISSING, ODD, odd_cells

import hrtools_reco as hr
from hrtools_reco.firms import firms_of, is_missing, read_companies
from hrtools_reco.firms.fields import fields_of

CATALOG = hr.load_catalog()
COLUMNS = tuple(fields_of(CATALOG).readers)
RIGHT = {"branch": "couture", "headcount": 12}
OTHERS = [{"company_id": key, **RIGHT} for key in ("first", "last")]
GIVEN = {
    "branch": "leather_goods",
    "headcount": 12,
    "region": "Bretagne",
    "budget_eur_per_year": 500.0,
    "installed": "moodle",
    "maturity_estimated": "training",
    "excluded": "payfit",
    "refused": "ats",
    **{
        name: 50.0
        for name in COLUMNS
        if name.startswith(("maturity_", "need_")) and name != "maturity_estimated"
    },
    **{name: True for name in COLUMNS if name.startswith("has_")},
}


def same(one, other):
    """Tell whether two sets of arrays hold the same firms."""
    return all(
        np.array_equal(
            getattr(one, name), getattr(other, name), equal_nan=getattr(one, name).dtype.kind == "f"
        )
        for name in vars(one)
    )


def table_with(column, cell):
    """Return three firms, the second with a cell of its own."""
    rows = [OTHERS[0], {"company_id": "middle", **RIGHT, column: cell}, OTHERS[1]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names})


@settings(max_examples=200)
@given(column=st.sampled_from(COLUMNS), cell=odd_cells())
def test_a_firm_with_any_cell_is_answered_or_refused_and_the_others_are_answered(column, cell):
    table = table_with(column, cell)

    firms, rows, rejects = read_companies(table, CATALOG, on_error="collect")

    assert sorted([*rows, *{reject.row for reject in rejects}]) == [0, 1, 2]
    assert {reject.row for reject in rejects} <= {1}
    assert len(firms) == len(rows)
    for reject in rejects:
        assert (type(reject.row), type(reject.value), type(reject.message)) == (int, str, str)
        assert reject.message.encode("utf-8")
        assert len(reject.message) < 1000
    alone, _, _ = read_companies(pd.DataFrame(OTHERS), CATALOG)
    assert same(firms.take(np.isin(rows, [0, 2])), alone)


@settings(max_examples=150)
@given(column=st.sampled_from([name for name in COLUMNS if name != "company_id"]), cell=odd_cells())
def test_a_profile_a_list_and_a_table_agree_on_any_cell(column, cell):
    table = table_with(column, cell).iloc[[1]]
    # An empty cell in a column of bands speaks for a register; a field left empty was not given.
    table = table.loc[:, [name for name in table if name != "headcount_band" or not is_missing(cell)]]
    row = {"company_id": "middle", **RIGHT, column: cell}

    firms, _, rejects = read_companies(table, CATALOG, on_error="collect")
    listed, _, refused = read_companies([row], CATALOG, on_error="collect")

    assert [(reject.column, reject.value, reject.message) for reject in rejects] == [
        (reject.column, reject.value, reject.message) for reject in refused
    ]
    assert same(firms, listed)
    if rejects:
        with pytest.raises(hr.InvalidValueError) as caught:
            hr.CompanyProfile.from_dict(row)
        assert str(caught.value) == rejects[0].message
    else:
        assert same(firms_of(hr.CompanyProfile.from_dict(row), CATALOG), firms)


@pytest.mark.parametrize("missing", MISSING.values(), ids=list(MISSING))
def test_missing_is_missing_however_it_is_spelled(missing):
    columns = [name for name in GIVEN if name not in ("branch", "headcount")]
    rows = [{"company_id": column, **GIVEN, column: missing} for column in columns]

    firms, _, rejects = read_companies(pd.DataFrame(rows, dtype=object), CATALOG, on_error="collect")

    without = [{name: cell for name, cell in row.items() if name != row["company_id"]} for row in rows]
    profiles = [hr.CompanyProfile.from_dict(row) for row in without]
    assert [hr.CompanyProfile.from_dict(row) for row in rows] == profiles
    assert rejects == ()
    assert same(firms, firms_of(profiles, CATALOG))


@pytest.mark.parametrize("missing", MISSING.values(), ids=list(MISSING))
@pytest.mark.parametrize("column", ["branch", "headcount"])
def test_a_firm_without_branch_or_headcount_is_refused_however_that_is_spelled(column, missing):
    with pytest.raises(hr.InvalidValueError, match=f"{column} must be known: .* Got None"):
        hr.CompanyProfile.from_dict({**RIGHT, column: missing})
    _, _, rejects = read_companies(table_with(column, missing), CATALOG, on_error="collect")
    assert [(reject.row, reject.column) for reject in rejects] == [(1, column)]


@pytest.mark.parametrize(
    "dtype", ["datetime64[ns]", "timedelta64[ns]", "Int64", "Float64", "boolean", "string", "category"]
)
@pytest.mark.parametrize(
    "column", ["maturity_it_base", "budget_eur_per_year", "has_internet", "installed", "region"]
)
def test_an_all_empty_column_of_any_type_says_nothing(column, dtype):
    table = pd.DataFrame(OTHERS).assign(**{column: pd.Series([None, None], dtype=dtype)})

    assert same(firms_of(table, CATALOG), firms_of(pd.DataFrame(OTHERS), CATALOG))


@pytest.mark.parametrize("name", list(ODD))
def test_an_odd_value_in_every_cell_at_once_loses_no_other_firm(name):
    odd = dict.fromkeys(COLUMNS, ODD[name])
    table = pd.DataFrame(
        {
            column: pd.Series([GIVEN.get(column, "first"), odd[column]], dtype=object)
            for column in COLUMNS
            if column != "headcount_band"
        }
    )

    firms, rows, rejects = read_companies(table, CATALOG, on_error="collect")

    assert rows.tolist()[:1] == [0]
    assert {reject.row for reject in rejects} == {1}
    assert firms.company_id.tolist() == ["first"]


def test_one_and_true_are_not_taken_for_each_other_in_one_column():
    table = pd.DataFrame(
        {"company_id": list("abc"), "branch": "couture", "headcount": pd.Series([True, 1, 1.0], dtype=object)}
    )

    firms, rows, rejects = read_companies(table, CATALOG, on_error="collect")

    assert rows.tolist() == [1, 2]
    assert firms.headcount_low.tolist() == [1, 1]
    assert [(reject.row, reject.value) for reject in rejects] == [(0, "True")]
