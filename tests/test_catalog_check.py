"""The check of a catalog: what it counts, and that it finds what is wrong, where it stands."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from hrtools_reco.catalog.catalog import Catalog, load_catalog, split_list
from hrtools_reco.catalog.check import check_catalog
from hrtools_reco.exceptions import InvalidValueError

TODAY = date(2026, 11, 24)
MOODLE = load_catalog().position("moodle")


def changed(table: str, row: int, **cells: object) -> Catalog:
    """Return the bundled catalog with some cells of one row changed."""
    bundled = load_catalog()
    tables = {name: bundled.table(name) for name in bundled.table_names}
    tables[table] = tables[table].copy()
    for column, cell in cells.items():
        if not isinstance(cell, float):
            tables[table][column] = tables[table][column].astype(object)
        tables[table].at[row, column] = cell
    return Catalog(tables, bundled.descriptor)


def without(table: str, rows: pd.Series) -> Catalog:
    """Return the bundled catalog without some rows of a table."""
    bundled = load_catalog()
    tables = {name: bundled.table(name) for name in bundled.table_names}
    tables[table] = tables[table][~rows]
    return Catalog(tables, bundled.descriptor)


def test_the_bundled_catalog_has_no_problem():
    report = check_catalog(load_catalog(), on=TODAY)

    assert report.problems.empty
    assert report.n_references > 10_000


def test_every_tool_is_counted_by_kind_status_and_pillar():
    catalog = load_catalog()

    counts = check_catalog(catalog, on=TODAY).counts.groupby("column")["n_tools"].sum()

    assert counts["kind"] == counts["status"] == len(catalog.tools)
    assert counts["pillar"] >= len(catalog.tools)


def test_coverage_counts_the_tools_on_offer_whose_bounds_touch_the_class():
    catalog = load_catalog()
    offered = [
        (split_list(tool.functions), tool.headcount_min, tool.headcount_max)
        for tool in catalog.tools.itertuples()
        if tool.status != "retired"
    ]

    coverage = check_catalog(catalog, on=TODAY).coverage

    for (_, function), counts in coverage.iterrows():
        for name, count in counts.items():
            first, _, last = str(name).rstrip("+").partition("-")
            low, high = int(first), int(last) if last else 10**9
            fitting = [
                least
                for functions, least, most in offered
                if function in functions and not least > high and not most < low
            ]
            assert count == len(fitting), (function, name)
    assert len(coverage) == len(catalog.functions)


@pytest.mark.parametrize(("headcount", "name"), [(49.0, "20-49"), (50.0, "50-99")])
def test_a_bound_belongs_to_its_class(headcount, name):
    bounds = {"headcount_min": headcount, "headcount_max": headcount}

    coverage = check_catalog(changed("tools", MOODLE, **bounds), on=TODAY).coverage

    anywhere = check_catalog(load_catalog(), on=TODAY).coverage
    lost = (anywhere - coverage).loc[("training", "lms")]
    assert lost[lost == 0].index.tolist() == [name]


def test_the_share_of_known_cells_is_told_for_every_column():
    known = check_catalog(load_catalog(), on=TODAY).known.set_index("column")

    assert known.index.tolist() == load_catalog().tools.columns.tolist()
    assert known.at["tool_id", "share"] == 1.0
    assert known.at["price_eur", "n_known"] == load_catalog().tools["price_eur"].notna().sum()


@pytest.mark.parametrize(
    ("dates", "age"),
    [
        (["2025-11-24"], 12.0),
        (["2025-10"], 12.8),  # the end of October
        (["2024"], 22.8),  # the end of the year
        (["2019", "2025-11-24", None], 12.0),  # the newest source
    ],
    ids=["day", "month", "year", "newest"],
)
def test_a_fact_is_as_old_as_the_end_of_the_date_of_its_newest_source(dates, age):
    bundled = load_catalog()
    tables = {name: bundled.table(name) for name in bundled.table_names}
    rows = [
        {
            "tool_id": "moodle",
            "field": "name",
            "url": f"https://example.org/{n}",
            "page_date": day,
            "basis": "stated",
        }
        for n, day in enumerate(dates)
    ]
    tables["evidence"] = pd.DataFrame([*rows, {"tool_id": "moodle", "field": "vendor", "page_date": None}])

    report = check_catalog(Catalog(tables, bundled.descriptor), older_than_months=0, on=TODAY)

    facts = report.old.set_index(["tool_id", "field"])["age_months"]
    assert facts.to_dict() == {("moodle", "name"): age}
    assert report.n_undated == 1


def test_a_price_and_a_status_are_as_old_as_their_own_dates():
    row = load_catalog().position("moodle")
    catalog = changed("tools", row, price_as_of="2020-06", status_as_of="2021")

    old = check_catalog(catalog, on=TODAY).old.set_index(["tool_id", "field"])["as_of"]

    assert old["moodle", "price_eur"] == old["moodle", "price_model"] == "2020-06-30"
    assert old["moodle", "status"] == "2021-12-31"


def test_a_retired_tool_has_no_old_facts_and_covers_nothing():
    catalog = load_catalog()
    retired = set(catalog.tools.loc[catalog.tools["status"] == "retired", "tool_id"])

    old = check_catalog(catalog, older_than_months=0, on=TODAY).old

    assert retired
    assert retired.isdisjoint(old["tool_id"])


def test_fewer_facts_are_older_than_more_months():
    numbers = [len(check_catalog(load_catalog(), months, on=TODAY).old) for months in (0, 60, 1000)]

    assert numbers == sorted(numbers, reverse=True)
    assert numbers[-1] == 0


BROKEN = {
    "unknown item": ({"functions": "lms|learning"}, "functions", "There is no such functions.function"),
    "unknown suite": ({"module_of": "moodel"}, "module_of", "There is no such tools.tool_id"),
    "repeated item": ({"languages": "fr|fr"}, "languages", "no empty and no repeated item"),
    "empty item": ({"languages": "fr|"}, "languages", "no empty and no repeated item"),
    "no source": (
        {"headcount_max": 900.0},
        "headcount_max",
        r"must have a row in evidence\.csv \(tool_id moodle\)",
    ),
    "no unit": ({"price_eur": 12.0, "price_unit": None}, "price_unit", "A price above 0 must have its unit"),
    "no price": ({"price_eur": None, "price_unit": "per_month"}, "price_eur", "A unit without a price"),
    "crossed bounds": (
        {"headcount_min": 50.0, "headcount_max": 10.0},
        "headcount_max",
        "The upper bound must be at least the lower bound",
    ),
}


@pytest.mark.parametrize(("cells", "column", "message"), BROKEN.values(), ids=BROKEN)
def test_a_wrong_cell_is_found_with_its_file_row_and_column(cells, column, message):
    problems = check_catalog(changed("tools", MOODLE, **cells), on=TODAY).problems

    found = problems[problems["message"].str.contains(message)]
    assert found[["file", "row", "column"]].to_numpy().tolist() == [["tools.csv", MOODLE + 2, column]]


def test_a_source_of_an_empty_cell_is_found():
    problems = check_catalog(changed("tools", MOODLE, vendor=None), on=TODAY).problems

    assert set(problems["file"]) == {"evidence.csv"}
    assert set(problems["message"]) == {"The cell that it is the source of is empty (tool_id moodle)."}


def test_a_fact_of_a_branch_needs_a_source_as_well():
    evidence = load_catalog().table("branch_evidence")
    lost = (evidence["branch"] == "couture") & (evidence["field"] == "idcc")

    problems = check_catalog(without("branch_evidence", lost), on=TODAY).problems

    assert problems[["file", "column"]].to_numpy().tolist() == [["branches.csv", "idcc"]]


@pytest.mark.parametrize("months", [-1, "old", float("nan")])
def test_an_age_that_is_none_is_refused(months):
    with pytest.raises(InvalidValueError, match="older_than_months must be a number at least 0 of months"):
        check_catalog(load_catalog(), months)
