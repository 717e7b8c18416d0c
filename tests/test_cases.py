"""Firms written by hand from domain sense: what must be in the first ten, what must not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import oracle
import pytest

import hrtools_reco as hr

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
HEADCOUNTS = (1, 3, 8, 15, 30, 60, 120, 249, 250, 400, 1000)


def has(tool, trait, firm):
    """Tell whether a tool is the one named, or has the trait named."""
    name, _, value = trait.partition(":")
    row = oracle.BY_ID[tool]
    sold = row["kind"] == "software" and row["price_model"] not in oracle.FREE
    match name:
        case "function":
            return oracle.first_function(row) == value
        case "any_function":
            return value in oracle.items(row["functions"])
        case "kind":
            return row["kind"] == value
        case "sector":
            return value in oracle.items(row["sector_branches"])
        case "sold":
            return sold
        case "sold_over_budget":
            return sold and oracle.budget(firm, row) == oracle.FAIL
        case "suite":
            return tool in oracle.SUITES
        case "retired":
            return row["status"] == "retired"
        case "online":
            return "internet" in oracle.items(row["requirements"])
        case "work_email_tools":
            return "work_email" in oracle.items(row["requirements"])
        case _:
            assert trait in oracle.BY_ID, f"{trait} is neither a trait nor a tool"
            return tool == trait


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_first_ten_are_what_an_adviser_would_say(case, recommender):
    firm = case["firm"]
    profile = recommender.recommend(firm, k=10).profile

    found = recommender.recommend(profile, k=10).tool_ids

    assert set(case.get("in", [])) <= set(found)
    for choices in case.get("one_of", []):
        assert any(has(tool, trait, firm) for tool in found for trait in choices), choices
    if "first" in case:
        assert any(has(tool, trait, firm) for tool in found[:3] for trait in case["first"]), found[:3]
    unwanted = [(tool, trait) for tool in found for trait in case.get("out", []) if has(tool, trait, firm)]
    assert not unwanted


def test_there_are_enough_cases_over_all_branches(recommender):
    branches = {recommender.recommend(case["firm"], k=1).profile.branch for case in CASES}

    assert len(CASES) >= 66
    assert sum(30 <= case["firm"].get("headcount", 0) <= 300 for case in CASES) >= 30
    assert branches == set(hr.load_catalog().keys("branches"))


@pytest.mark.parametrize("branch", hr.load_catalog().keys("branches"))
@pytest.mark.parametrize("headcount", HEADCOUNTS)
def test_a_firm_of_which_only_branch_and_headcount_are_known_is_sold_nothing(branch, headcount, recommender):
    found = recommender.recommend({"branch": branch, "headcount": headcount}, k=10).tool_ids

    assert not [tool for tool in found if has(tool, "sold", {})]
    assert sum(has(tool, "kind:software", {}) for tool in found[:5]) <= 1
