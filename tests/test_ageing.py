"""Ageing: what is too old is a question, weighs less, and is listed to be looked up."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from ungraded import ungraded

import hrtools_reco as hr
from hrtools_reco.catalog import Catalog, ageing, check_catalog

CATALOG = hr.load_catalog()


def with_tool(tool_id: str, **cells: object) -> Catalog:
    """Return the bundled catalog with some cells of one tool changed, and without its dated pages."""
    tables = {name: CATALOG.table(name).copy() for name in CATALOG.table_names}
    for column, cell in cells.items():
        tables["tools"].loc[CATALOG.position(tool_id), column] = cell
    tables["evidence"].loc[tables["evidence"]["tool_id"] == tool_id, "page_date"] = None
    return Catalog(ungraded(tables), CATALOG.descriptor)


def outcome(catalog: Catalog, tool_id: str, rule: str, **firm: object) -> str:
    """Return the outcome of one rule for one firm."""
    explained = (
        hr.ToolRecommender(catalog).fit().explain({"branch": "textile", "headcount": 60} | firm, tool_id)
    )
    return next(result.outcome for result in explained.rules if result.name == rule)


def test_no_running_tool_without_a_proof_since_2022_stays_without_a_mark():
    aged = ageing(CATALOG)
    running = (CATALOG.tools["status"] != "retired").to_numpy()
    unproved = running & (aged.status_as_of < "2022")

    assert unproved.any()
    assert aged.status_old[unproved].all()


@pytest.mark.parametrize(
    ("seen", "expected"),
    [("2026-05", "pass"), ("2019", "unknown"), (None, "unknown")],
    ids=["new", "old", "none"],
)
def test_a_tool_that_no_recent_page_shows_is_a_question(seen, expected):
    assert outcome(with_tool("moodle", status_as_of=seen), "moodle", "status") == expected


def test_a_tool_without_news_weighs_less_but_is_not_left_out():
    seen, unseen = (
        hr.ToolRecommender(with_tool("moodle", status_as_of=day)).fit() for day in ("2026-05", "2015")
    )
    scores = dict.fromkeys(CATALOG.keys("dimensions"), 60)
    firm = {"branch": "textile", "headcount": 180, "maturity": scores, "needs": {"mandatory_training": 100}}

    assert unseen.explain(firm, "moodle").score < seen.explain(firm, "moodle").score
    assert unseen.explain(firm, "moodle").status != "excluded"


@pytest.mark.parametrize(("day", "expected"), [("2026-05", "fail"), ("2019", "unknown")])
def test_an_old_price_is_asked_for_and_rules_nothing_out(day, expected):
    catalog = with_tool("netopen", price_as_of=day)

    assert outcome(catalog, "netopen", "budget", budget_eur_per_year=100) == expected


def test_age_is_taken_on_the_day_of_the_catalog_unless_another_is_asked_for():
    later = ageing(CATALOG, date(2036, 1, 1))

    assert CATALOG.day == date(2026, 11, 25)
    assert later.status_old.all()
    assert (later.price_old == later.has_price).all()


def test_what_is_to_be_looked_up_comes_with_words_that_could_find_it():
    listed = check_catalog(CATALOG, on=CATALOG.day, importance={"klaxoon": 2.0, "wooclap": 9.0}).look_up

    assert listed["tool_id"].tolist()[0] == "wooclap"
    klaxoon = listed[listed["tool_id"] == "klaxoon"].set_index("field")
    assert klaxoon.at["price", "query"] == "Klaxoon tarif 2026"
    assert klaxoon.at["price", "as_of"] == "2018"
    assert "retired" not in set(CATALOG.tools.set_index("tool_id").loc[listed["tool_id"], "status"])


def test_a_price_that_is_not_known_of_software_that_is_sold_is_looked_up_too():
    listed = check_catalog(CATALOG, on=CATALOG.day).look_up
    prices = set(listed.loc[listed["field"] == "price", "tool_id"])

    assert "mercateam" in prices
    assert not prices & set(CATALOG.tools.loc[CATALOG.tools["price_model"] == "free", "tool_id"])
    assert np.isin(list(prices), CATALOG.tool_ids).all()
