"""How sure a place is, in every view of an answer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from strategies import CATALOG, firms

import hrtools_reco as hr
from hrtools_reco.catalog import ageing, typeset
from hrtools_reco.model import CERTAINTY_KEYS, graded_bands
from hrtools_reco.page.document import report

RECOMMENDER = hr.ToolRecommender().fit()
TOLD, LITTLE = graded_bands(CATALOG)
OLD = {tool for tool, old in zip(CATALOG.tool_ids, ageing(CATALOG).status_old, strict=True) if old}


def test_fewer_places_are_sure_where_little_is_known_and_words_keep_their_order():
    for bands in (TOLD, LITTLE):
        assert bands.least[0] > bands.least[1] > 0
        assert bands.right[0] >= 0.9 > bands.right[1] >= 0.6 > bands.right[2]
        assert min(bands.places) > 20
    assert LITTLE.least[0] > TOLD.least[0]
    assert LITTLE.least[1] > TOLD.least[1]


@settings(max_examples=25)
@given(firm=firms(), k=st.integers(1, 12))
def test_the_word_follows_from_the_score_and_from_what_was_told(firm, k):
    found = RECOMMENDER.recommend(firm, k=k)

    profile = hr.CompanyProfile(**firm)
    bands = TOLD if profile.needs or profile.maturity else LITTLE
    for item in found:
        expected = "sure" if item.score >= bands.least[0] else "likely"
        expected = expected if item.score >= bands.least[1] else "guess"
        expected = "likely" if expected == "sure" and item.tool_id in OLD else expected
        assert item.certainty == expected


def test_every_view_of_an_answer_says_how_sure_it_is():
    firm = {"company_id": "a", "branch": "textile", "headcount": 60, "needs": {"split_teams": 100}}
    found = RECOMMENDER.recommend(firm, k=12)
    words = [item.certainty for item in found]

    assert set(words) == set(CERTAINTY_KEYS)
    assert [row["certainty"] for row in found.to_dict()["recommendations"]] == words
    assert found.to_frame()["certainty"].tolist() == words
    batch = RECOMMENDER.recommend_batch([hr.CompanyProfile(**firm)], k=12)
    assert batch.frame["certainty"].tolist() == words
    for lang in ("fr", "en"):
        lines = [line for line in found.to_text(lang).splitlines() if "/100" in line]
        said = {key: CATALOG.text(f"certainty_{key}", lang) for key in CERTAINTY_KEYS}
        by_rank = {int(line.split(".")[0]): line for line in lines}
        assert all(by_rank[item.rank].endswith(said[item.certainty]) for item in found)
        assert all(text in found.to_html(lang) for text in said.values())


def test_with_a_history_its_own_bands_are_used():
    firms_seen = hr.simulate_firms(60, seed=1)
    adopted = np.zeros((60, len(CATALOG.tool_ids)))
    adopted[:, CATALOG.position("france-travail-pro")] = 1.0
    recommender = hr.ToolRecommender().fit(firms_seen, adopted)
    assert recommender.bands_ is not None

    found = recommender.recommend({"branch": "textile", "headcount": 60}, k=8)

    least = recommender.bands_.least
    for item in found:
        word = "sure" if item.score >= least[0] else "likely" if item.score >= least[1] else "guess"
        assert item.certainty == word or (item.tool_id in OLD and word == "sure")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_says_how_sure_each_line_is(lang, tmp_path):
    firm = {"branch": "textile", "headcount": 60, "needs": {"hiring": 75}}

    page = report(firm, tmp_path / "page.html", lang, recommender=RECOMMENDER, on=date(2026, 11, 24))

    assert typeset(CATALOG.text("certainty_sure", lang), lang) in page.read_text("utf-8")
