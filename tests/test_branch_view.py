"""The page of a branch says what the counts say, escaped, in two languages, whole or not at all."""

import re
from datetime import date

import pytest
from test_page import Reader

import hrtools_reco as hr
from hrtools_reco.catalog import typeset

RECOMMENDER = hr.ToolRecommender().fit()
BY_SIZE = hr.summarise(RECOMMENDER.recommend_batch(hr.simulate_firms(9)), by="size")
SUMMARY = hr.summarise(RECOMMENDER.recommend_batch(hr.simulate_firms(600, seed=4)))
SECTIONS = [
    "brief",
    "view_firms",
    "view_tools",
    "view_functions",
    "view_needs",
    "view_maturity",
    "view_money",
    "opportunities",
    "sources",
    "view_limits",
]


def page(tmp_path, summary=SUMMARY, branch="textile", lang="fr"):
    path = hr.branch_report(summary, branch, tmp_path / "view.html", lang, on=date(2026, 11, 25))
    reader = Reader(path.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_section_stands_under_a_heading(tmp_path, lang):
    reader = page(tmp_path, lang=lang)

    assert [attributes["id"] for attributes in reader.all("section")] == SECTIONS
    assert reader.all("html") == [{"lang": lang}]
    assert not re.search(r"\{\w+\}|page_\w+", reader.text)


def test_the_numbers_are_those_of_the_summary(tmp_path):
    part = SUMMARY.of(branch="textile")

    text = page(tmp_path).text

    n_firms = part.groups["n_firms"].sum()
    first = part.tools.groupby("tool_id")["n_firms"].sum().sort_values(ascending=False)
    assert f"Entreprises comptées\u00a0: {n_firms}." in text
    assert typeset(hr.load_catalog().tool(first.index[0]).name, "fr") in text
    assert f"{100 * first.iloc[0] / n_firms:.0f}" in text


def test_a_summary_by_branch_alone_makes_a_page_too(tmp_path):
    batch = RECOMMENDER.recommend_batch([{"company_id": "a", "branch": "tanning", "headcount_band": "NN"}])

    assert "non mesuré" in page(tmp_path, hr.summarise(batch, by="branch"), "Tannerie").text


@pytest.mark.parametrize(
    ("summary", "branch", "name", "message"),
    [
        (BY_SIZE, "textile", "a.html", "grouped by"),
        (SUMMARY, "steel", "a.html", "branch must be"),
        (SUMMARY, "textile", "a.pdf", "path must be"),
        (SUMMARY, "textile", "no/a.html", "path must be"),
    ],
    ids=["by size", "no branch", "no page", "no folder"],
)
def test_what_cannot_be_a_page_is_refused(tmp_path, summary, branch, name, message):
    with pytest.raises(hr.HRToolsError, match=message):
        hr.branch_report(summary, branch, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
