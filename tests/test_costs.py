"""Yearly costs: bills as they are made, held against a slow plain version."""

from __future__ import annotations

import numpy as np
import oracle
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr
from hrtools_reco.catalog import Catalog, YearlyCosts

CATALOG = hr.load_catalog()
COSTS = YearlyCosts(CATALOG)
RECOMMENDER = hr.ToolRecommender().fit()
HEADCOUNTS = np.array([0.0, 1, 3, 5, 9, 10, 11, 14, 20, 49, 50, 51, 100, 101, 180, 320, 5000])


def one(tool_id: str, headcount: float, costs: YearlyCosts = COSTS) -> tuple[float, float]:
    """Return the least and the most of one tool at one headcount."""
    least, most = costs.interval(np.array([float(headcount)]))
    position = CATALOG.position(tool_id)
    return float(least[0, position]), float(most[0, position])


def with_prices(rows: list[dict[str, object]], **tool: object) -> YearlyCosts:
    """Return the costs of the bundled catalog with other plans for Moodle, sold at a price."""
    tables = {name: CATALOG.table(name) for name in CATALOG.table_names}
    tools, prices = tables["tools"].copy(), tables["prices"]
    for column, cell in {"price_model": "per_user", "price_eur": np.nan, **tool}.items():
        tools.loc[CATALOG.position("moodle"), column] = cell
    blank = dict.fromkeys(prices.columns) | {
        "tool_id": "moodle",
        "fixed": 0.0,
        "per_seat": 0.0,
        "period": "year",
        "is_from": False,
        "currency": "EUR",
        "url": "https://example.org",
        "basis": "stated",
    }
    own = [blank | {"plan": str(number)} | row for number, row in enumerate(rows)]
    columns = dict.fromkeys(("min_seats", "included_seats", "max_seats"), "float64")
    added = pd.DataFrame(own, columns=prices.columns).astype(columns) if own else prices.iloc[:0]
    tables |= {"tools": tools, "prices": pd.concat([prices, added], ignore_index=True)}
    return YearlyCosts(Catalog(tables, CATALOG.descriptor))


def test_every_cost_is_that_of_the_plain_version():
    least, most = COSTS.interval(HEADCOUNTS)
    free = COSTS.free_at(HEADCOUNTS)

    for row, headcount in enumerate(HEADCOUNTS):
        for column, tool in enumerate(oracle.TOOLS):
            for found, expected in (
                (least[row, column], oracle.least_cost(tool, headcount)),
                (most[row, column], oracle.most_cost(tool, headcount)),
            ):
                assert found == pytest.approx(np.nan if expected is None else expected, nan_ok=True), tool
            assert free[row, column] == oracle.free_at(tool, headcount), tool["tool_id"]


def test_a_cost_never_falls_as_the_headcount_rises():
    for costs in COSTS.interval(np.arange(0.0, 600.0)):
        rises = np.diff(costs, axis=0)
        assert (np.isnan(rises) | (rises >= -1e-9)).all()


plans = st.fixed_dictionaries(
    {
        "edition": st.sampled_from(["a", "b"]),
        "fixed": st.integers(0, 500).map(float),
        "per_seat": st.integers(0, 20).map(float),
        "min_seats": st.none() | st.integers(1, 30).map(float),
        "included_seats": st.none() | st.integers(0, 20).map(float),
        "max_seats": st.none() | st.integers(1, 60).map(float),
        "seats": st.sampled_from([None, "all_staff", "hr", "trainers"]),
        "is_from": st.booleans(),
    }
)


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(plans, min_size=1, max_size=5))
def test_whatever_the_plans_the_least_is_at_most_the_most_and_neither_falls(rows):
    costs = with_prices(rows)
    least, most = (ends[:, CATALOG.position("moodle")] for ends in costs.interval(np.arange(0.0, 80.0)))

    assert not (least > most + 1e-9).any()
    for ends in (least, most):
        rises = np.diff(ends)
        assert (np.isnan(rises) | (rises >= -1e-9)).all()


def test_a_fixed_part_is_part_of_the_bill():
    paie, starter = 12 * (49 + 3 * 20), 12 * 3 * 26

    assert one("payfit", 3)[0] == starter < paie
    assert one("payfit", 30)[0] == 12 * (49 + 30 * 20)


def test_the_least_seats_are_billed_to_the_smallest_firm():
    assert one("factorial", 3)[0] == one("factorial", 14)[0] == pytest.approx(12 * 14 * 6.9)
    assert one("factorial", 15)[0] == pytest.approx(12 * 15 * 6.9)


def test_a_price_told_as_from_has_no_upper_end():
    least, most = one("skello", 8)

    assert least > 0
    assert np.isnan(most)


def test_plans_are_never_added_up_and_sizes_of_one_offer_are_chosen_among():
    sizes = [{"edition": "a", "fixed": 100.0, "max_seats": 10.0}, {"edition": "a", "fixed": 300.0}]
    dearer = [{"edition": "b", "fixed": 500.0}]

    assert one("moodle", 5, with_prices(sizes)) == (100, 100)
    assert one("moodle", 5, with_prices(sizes + dearer)) == (100, 500)


def test_a_firm_that_outgrows_every_plan_has_to_ask():
    costs = with_prices([{"fixed": 100.0, "max_seats": 10.0, "seats": "all_staff"}])

    assert one("moodle", 10, costs) == (100, 100)
    assert np.isnan(one("moodle", 11, costs)).all()


def test_who_needs_a_seat_leaves_an_interval_where_it_is_not_told():
    costs = with_prices([{"per_seat": 10.0}])

    assert one("moodle", 40, costs) == (10, 400)


def test_a_free_plan_serves_up_to_its_limit():
    small, large = (COSTS.free_at(np.array([float(n)]))[0, CATALOG.position("connecteam")] for n in (10, 11))

    assert small
    assert not large


def test_a_free_plan_whose_limits_are_not_told_is_not_sure():
    position = CATALOG.position("canva")

    assert COSTS.free[position]
    assert not COSTS.free_at(np.array([3.0]))[0, position]
    assert one("canva", 3)[0] == 0
    assert np.isnan(one("canva", 3)[1])


def test_an_advert_has_no_yearly_cost():
    costs = with_prices([], price_eur=200.0, price_unit="per_job", price_model="per_job")

    assert np.isnan(one("moodle", 5, costs)).all()


def test_a_foreign_price_is_weighed_by_the_rate_of_the_catalog():
    rate = CATALOG.table("currency_rates").set_index("currency").at["USD", "eur"]

    assert one("moodlecloud", 12)[0] == pytest.approx(170 * rate)


@pytest.mark.parametrize(
    ("budget", "outcome"), [(900, "fail"), (1000, "unknown"), (2000, "pass"), (None, "unknown")]
)
def test_the_budget_is_held_against_both_ends(budget, outcome):
    firm = {"branch": "textile", "headcount": 3, "budget_eur_per_year": budget}

    explained = RECOMMENDER.explain(firm, "payfit")

    assert next(rule.outcome for rule in explained.rules if rule.name == "budget") == outcome
