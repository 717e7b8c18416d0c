"""The promises of the recommender, on firms as Hypothesis draws them."""

from __future__ import annotations

import itertools
import json
import pickle
import re
from collections import Counter

import numpy as np
import oracle
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.base import clone
from strategies import CATALOG, DIMENSIONS, FACTS, SCORES, firms, frame_of, tables

import hrtools_reco as hr
from hrtools_reco.catalog import doors_of_one_house
from hrtools_reco.firms import firms_of

RECOMMENDER = hr.ToolRecommender().fit()
COLUMNS = ["company_id", "rank", "tool_id", "score", "status", "n_fit", "n_to_check", "certainty"]
SOFTWARE = [tool["tool_id"] for tool in oracle.TOOLS if tool["kind"] == "software"]
BLOCKS = ["base", "need", "readiness", "size", "branch", "cost", "history"]


def rows_of(frame, company_id):
    """Return the rows of one firm, without index."""
    return frame[frame["company_id"] == company_id].reset_index(drop=True)


@settings(max_examples=30)
@given(drawn=tables(max_size=5), k=st.integers(1, 40))
def test_no_recommended_tool_fails_any_rule(drawn, k):
    frame = RECOMMENDER.recommend_batch(frame_of(drawn), k=k).frame

    by_id = {firm["company_id"]: firm for firm in drawn}
    for row in frame.itertuples():
        assert oracle.status(by_id[row.company_id], oracle.BY_ID[row.tool_id]) == row.status
        assert row.status in ("fit", "to_check")


@settings(max_examples=15)
@given(firm=firms(), k=st.integers(1, 40), cap=st.sampled_from([None, 1, 2, 5]))
def test_the_best_eligible_tools_come_first(firm, k, cap):
    recommender = clone(RECOMMENDER).set_params(max_per_function=cap).fit()
    engine = recommender.engine_
    firms = firms_of(hr.CompanyProfile(**firm), CATALOG)
    scores = engine.test(firms).scores[0].copy()
    eligible = [oracle.status(firm, tool) in ("fit", "to_check") for tool in oracle.TOOLS]

    found = recommender.recommend(firm, k=k)

    assert engine.balance.max_per_function == cap
    for one, other in doors_of_one_house(CATALOG).T:
        if eligible[one] and eligible[other]:
            lower = one if scores[one] < scores[other] else other
            scores[lower] = max(scores[lower] - CATALOG.setting("door_step"), 0)
    expected = oracle.covering(scores, eligible, firms.needs[0], k, engine.balance, engine.wanted)
    assert list(found.tool_ids) == [oracle.TOOLS[tool]["tool_id"] for tool in expected]


@pytest.mark.parametrize(("cap", "most"), [("catalog", 3), (1, 1), (None, 99)])
def test_a_list_holds_so_many_tools_of_one_function(cap, most):
    found = (
        hr.ToolRecommender(max_per_function=cap)
        .fit()
        .recommend({"branch": "textile", "headcount": 80, "needs": {"hiring": 100}}, k=30)
    )

    counts = Counter(oracle.first_function(oracle.BY_ID[tool]) for tool in found.tool_ids)
    assert max(counts.values()) == most if cap is not None else max(counts.values()) > 3


@settings(max_examples=20)
@given(firm=firms(), k=st.integers(1, 15))
def test_a_firm_without_means_is_sold_nothing(firm, k):
    bare = {**firm, "budget_eur_per_year": 0, "facts": dict.fromkeys(FACTS, False)}

    found = RECOMMENDER.recommend(bare, k=k)

    for item in found:
        assert item.tool.kind != "software" or item.tool.price_model in oracle.FREE


@settings(max_examples=20)
@given(firm=firms(), dimension=st.sampled_from(DIMENSIONS), score=st.sampled_from(SCORES))
def test_raising_a_score_never_takes_software_away(firm, dimension, score):
    maturity = firm.get("maturity", {})
    before = maturity.get(dimension, 0.0)
    estimated = [key for key in firm.get("maturity_estimated", ()) if key != dimension]

    worse, better = (
        RECOMMENDER.eligibility(
            {**firm, "maturity": {**maturity, dimension: value}, "maturity_estimated": estimated}, wide=True
        ).iloc[0]
        for value in (before, max(before, score))
    )

    order = ["excluded", "prepare", "to_check", "fit"]
    for tool in SOFTWARE:
        assert order.index(better[tool]) >= order.index(worse[tool]), tool


@settings(max_examples=20)
@given(firm=firms(), k=st.integers(1, 15))
def test_of_tools_that_do_the_same_job_one_is_in_the_list(firm, k):
    found = RECOMMENDER.recommend(firm, k=k)

    same_job = {frozenset((row["tool_id"], row["stand_in"])) for row in oracle.read("stand_ins")}
    assert not same_job & {frozenset(pair) for pair in itertools.combinations(found.tool_ids, 2)}


@settings(max_examples=10)
@given(drawn=tables(min_size=2), chunk=st.integers(1, 13), order=st.randoms(use_true_random=False))
def test_a_firm_gets_the_same_answer_alone_in_any_order_and_in_any_chunk(drawn, chunk, order):
    shuffled = list(drawn)
    order.shuffle(shuffled)
    options = {"k": 7, "contributions": True, "reasons": "fr"}

    whole = RECOMMENDER.recommend_batch(frame_of(drawn), **options).frame
    parts = RECOMMENDER.recommend_batch(frame_of(shuffled), chunk_size=chunk, **options).frame

    for firm in drawn:
        alone = RECOMMENDER.recommend_batch(frame_of([firm]), **options).frame
        pd.testing.assert_frame_equal(rows_of(whole, firm["company_id"]), alone, check_exact=True)
        pd.testing.assert_frame_equal(rows_of(parts, firm["company_id"]), alone, check_exact=True)
        single = RECOMMENDER.recommend(firm, k=7)
        assert list(single.tool_ids) == alone["tool_id"].tolist()
        assert [item.score for item in single] == alone["score"].tolist()
        assert [" ; ".join(item.reasons("fr")) for item in single] == alone["reasons"].tolist()


@settings(max_examples=40)
@given(drawn=tables())
def test_contributions_add_up_to_the_score(drawn):
    frame = RECOMMENDER.recommend_batch(frame_of(drawn), k=20, contributions=True).frame

    total = frame[[f"contribution_{block}" for block in BLOCKS]].sum(axis=1)
    assert np.abs(total - frame["score"]).max() < 1e-6
    assert frame["score"].between(0, 100).all()
    assert (frame["contribution_history"] == 0).all()


@settings(max_examples=40)
@given(firm=firms(), k=st.integers(1, 30), more=st.integers(1, 30))
def test_a_larger_k_only_appends(firm, k, more):
    assert RECOMMENDER.recommend(firm, k=k + more).tool_ids[:k] == RECOMMENDER.recommend(firm, k=k).tool_ids


@settings(max_examples=30)
@given(drawn=tables(), k=st.sampled_from([1, 5, 120]))
def test_every_firm_is_accounted_for(drawn, k):
    found = RECOMMENDER.recommend_batch(frame_of(drawn), k=k)

    missing = found.shortfalls.set_index("company_id")["missing"].to_dict()
    for firm in drawn:
        rows = rows_of(found.frame, firm["company_id"])
        assert len(rows) + missing.get(firm["company_id"], 0) == k
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1))


def test_the_order_of_the_catalog_does_not_matter(catalog):
    tables_ = {name: catalog.table(name) for name in catalog.table_names}
    tables_["tools"] = tables_["tools"].sample(frac=1.0, random_state=3)
    shuffled = hr.ToolRecommender(catalog=hr.Catalog(tables_, catalog.descriptor)).fit()
    firm = {"branch": "couture", "headcount": 30, "needs": {"hiring": 50}}

    assert shuffled.recommend(firm, k=20).to_dict() == RECOMMENDER.recommend(firm, k=20).to_dict()


def test_fewer_tools_than_asked_for_come_with_the_reason():
    found = RECOMMENDER.recommend({"branch": "couture", "headcount": 3}, k=276)

    assert found.shortfall.missing == 276 - len(found)
    assert "fewer than the 276 asked for" in found.shortfall.reason("en")
    assert "276" in found.shortfall.reason.fr


def test_wrong_rows_are_collected_and_the_others_answered():
    frame = pd.DataFrame(
        {"company_id": ["a", "b", "c"], "branch": ["textile", "texttile", "couture"], "headcount": [5, 5, -3]}
    )

    found = RECOMMENDER.recommend_batch(frame, k=2, on_error="collect")

    assert found.frame["company_id"].unique().tolist() == ["a"]
    assert found.rejects[["row", "column", "value"]].values.tolist() == [
        [1, "branch", "texttile"],
        [2, "headcount", "-3"],
    ]
    assert "Nearest: textile" in found.rejects["message"][0]
    assert found.accounts() == {"read": 3, "served": 1, "short": 0, "refused": 2}


def test_a_table_of_wrong_rows_only_gives_an_empty_answer_with_its_columns():
    frame = pd.DataFrame({"company_id": ["a"], "branch": ["x"], "headcount": [5]})

    found = RECOMMENDER.recommend_batch(frame, on_error="collect")

    assert found.frame.columns.tolist() == COLUMNS
    assert len(found) == 0
    assert len(found.rejects) == 1


def test_a_wrong_row_stops_all_unless_it_is_collected():
    frame = pd.DataFrame({"company_id": ["a"], "branch": ["texttile"], "headcount": [5]})

    with pytest.raises(hr.InvalidTableError, match=r"row 0: branch must .* Got 'texttile'. Nearest: textile"):
        RECOMMENDER.recommend_batch(frame)


def test_the_answer_is_ready_for_json():
    found = RECOMMENDER.recommend({"branch": "couture", "headcount": 3, "installed": ["moodle"]}, k=300)

    read = json.loads(json.dumps(found.to_dict(), ensure_ascii=False))

    assert len(read["recommendations"]) == len(found)
    assert read["shortfall"]["missing"] == found.shortfall.missing
    assert read["profile"]["branch"] == "couture"


def test_html_is_escaped():
    found = RECOMMENDER.recommend({"branch": "couture", "headcount": 3, "company_id": "<b>&co"}, k=2)

    assert "<b>&co" not in found._repr_html_()
    assert "&lt;b&gt;&amp;co" in found.to_html("fr")


@pytest.mark.parametrize(("lang", "word"), [("fr", "Pourquoi"), ("en", "Why")])
def test_texts_are_in_the_language_asked_for(lang, word):
    found = RECOMMENDER.recommend({"branch": "couture", "headcount": 3}, k=2)

    assert word in found.to_text(lang)
    assert all(item.reasons(lang) for item in found)


def test_an_unknown_language_is_refused():
    with pytest.raises(hr.UnknownNameError, match=r"lang must be .* Got 'de'"):
        RECOMMENDER.recommend({"branch": "couture", "headcount": 3}).to_text("de")


def test_the_frame_of_one_answer_has_the_columns_of_the_batch():
    one = RECOMMENDER.recommend({"branch": "couture", "headcount": 3, "company_id": "a"}, k=4)
    batch = RECOMMENDER.recommend_batch(
        pd.DataFrame({"company_id": ["a"], "branch": ["couture"], "headcount": [3]}), k=4, contributions=True
    ).frame

    pd.testing.assert_frame_equal(one.to_frame(), batch, check_dtype=False, check_exact=True)


@settings(max_examples=20)
@given(firm=firms(), tool_id=st.sampled_from([tool["tool_id"] for tool in oracle.TOOLS]))
def test_an_explanation_agrees_with_rules_and_score(firm, tool_id):
    explanation = RECOMMENDER.explain(firm, tool_id)

    assert explanation.status == oracle.status(firm, oracle.BY_ID[tool_id])
    assert {rule.name: rule.outcome for rule in explanation.rules} == oracle.outcomes(
        firm, oracle.BY_ID[tool_id]
    )
    assert sum(explanation.contributions.values()) == pytest.approx(explanation.score, abs=1e-6)
    assert 1 <= len(explanation.reasons("fr")) <= 3
    json.dumps(explanation.to_dict())


def test_a_need_that_is_not_stated_shows_its_statistic_and_source():
    explanation = RECOMMENDER.explain({"branch": "tanning", "headcount": 30}, "ctc-formation")

    (row,) = [row for row in explanation.expectations if row["need"] == "knowhow_leaving"]
    assert row["statistic"] == "over_50_share"
    assert row["value"] == 0.55
    assert row["url"].startswith("http")
    assert row["said_en"] == "55% of the staff are over 50"
    assert row["scope_en"] == "employees of the branch; year about 2020"
    stated = RECOMMENDER.explain(
        {"branch": "tanning", "headcount": 30, "needs": {"knowhow_leaving": 0}}, "moodle"
    )
    assert all(row["need"] != "knowhow_leaving" for row in stated.expectations)


@pytest.mark.parametrize("branch", hr.load_catalog().keys("branches"))
def test_each_expected_need_says_what_its_figure_covers_and_of_which_year(branch):
    explanation = RECOMMENDER.explain({"branch": branch, "headcount": 30}, "moodle")

    assert any(row["need"] == "apprentices" for row in explanation.expectations)
    for row in explanation.expectations:
        assert row["scope_fr"]
        assert re.search(r"\b20\d\d", f"{row['as_of']} {row['scope_en']}")


def test_the_recommender_is_a_scikit_learn_estimator():
    copy = clone(RECOMMENDER.set_params(max_per_function=2))

    assert copy.get_params() == RECOMMENDER.get_params()
    assert copy.fit() is copy


def test_asking_before_fitting_is_refused():
    with pytest.raises(ValueError, match="not fitted yet"):
        hr.ToolRecommender().recommend({"branch": "couture", "headcount": 3})


def test_nothing_changes_its_input():
    frame = frame_of(
        [{"company_id": "a", "branch": "Maroquinerie", "headcount": 5, "facts": {"internet": True}}]
    )
    before = frame.copy(deep=True)

    RECOMMENDER.recommend_batch(frame, contributions=True, reasons="en")
    RECOMMENDER.eligibility(frame)

    pd.testing.assert_frame_equal(frame, before)


def test_a_profile_survives_pickling_and_cannot_be_changed():
    profile = hr.CompanyProfile(branch="couture", headcount=3, needs={"hiring": 25})

    copy = pickle.loads(pickle.dumps(profile))

    assert copy.to_dict() == profile.to_dict()
    with pytest.raises(TypeError):
        profile.needs["hiring"] = 50
    with pytest.raises(AttributeError):
        profile.headcount = 4


@pytest.mark.parametrize("k", [0, -1, 2.5, "five", True])
def test_a_wrong_k_is_refused(k):
    with pytest.raises(hr.InvalidValueError, match="k must be a whole number of recommendations, at least 1"):
        hr.recommend({"branch": "couture", "headcount": 3}, k=k)


def test_the_one_liner_gives_the_answer_of_the_recommender():
    firm = {"branch": "footwear", "headcount_band": "12"}

    assert hr.recommend(firm, k=6).to_dict() == RECOMMENDER.recommend(firm, k=6).to_dict()


@pytest.mark.parametrize("helper", ["it_admin", "hr_person"])
def test_a_firm_with_helpers_is_not_told_that_none_is_needed(helper):
    said = CATALOG.text("reason_light", "fr")
    firm = {"branch": "textile", "headcount": 60, "needs": {"hiring": 75}}
    known = dict.fromkeys(("it_admin", "hr_person"), False)

    without = RECOMMENDER.recommend(firm | {"facts": known}, k=30)
    found = RECOMMENDER.recommend(firm | {"facts": known | {helper: True}}, k=30)

    assert any(said in item.reasons() for item in without)
    assert not any(said in item.reasons() for item in found)
