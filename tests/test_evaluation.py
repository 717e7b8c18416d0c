"""Comparing recommenders: no leak, honest baselines, intervals that can be checked by hand."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy.stats import bootstrap
from sklearn.model_selection import GroupKFold, KFold, ShuffleSplit

from hrtools_reco import metrics
from hrtools_reco.evaluation import compare_recommenders
from hrtools_reco.evaluation.baselines import (
    NeighboursBaseline,
    PopularityBaseline,
    RandomBaseline,
    default_baselines,
)
from hrtools_reco.evaluation.comparison import Comparison
from hrtools_reco.evaluation.contracts import FromFrame, Recommender
from hrtools_reco.evaluation.intervals import bootstrap_means
from hrtools_reco.evaluation.off_policy import off_policy_value
from hrtools_reco.evaluation.segments import segment_of
from hrtools_reco.evaluation.splits import split_known

DATA = Path(__file__).parent / "data"
NAMES = {"profile_id": "company_id", "industry": "branch", "staff_min": "headcount"}
BASELINES = {
    "random": RandomBaseline,
    "popularity": PopularityBaseline,
    "segment": lambda **kw: PopularityBaseline(by=("branch", "size"), **kw),
    "neighbours": lambda **kw: NeighboursBaseline(n_neighbors=5, **kw),
}


QUICK = {"random": RandomBaseline(), "popularity": PopularityBaseline()}


@pytest.fixture(scope="module")
def firms():
    return pd.read_csv(DATA / "adoption_so2023_profiles.csv").rename(columns=NAMES)


@pytest.fixture(scope="module")
def uses():
    return pd.read_csv(DATA / "adoption_so2023_uses.csv").rename(columns=NAMES)


@pytest.fixture(scope="module")
def wide(firms, uses):
    table = pd.crosstab(uses["company_id"], uses["tool_id"])
    return table.reindex(firms["company_id"], fill_value=0).sort_index(axis=1).astype(float)


@pytest.fixture(scope="module")
def compared(firms, uses):
    return compare_recommenders({}, firms, uses, known_share=0.5)


class Spy:
    """Ranks by popularity and keeps what it was given."""

    calls: list[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]] = []  # noqa: RUF012

    def fit(self, profiles, adoptions):
        self.learnt = (profiles, adoptions)

    def rank(self, profiles, known, k):
        Spy.calls.append((*self.learnt, profiles, known))
        return PopularityBaseline().fit(*self.learnt).rank(profiles, known, k)


class Foresight:
    """Knows the truth: the best that can be reached."""

    def __init__(self, truth):
        self.truth = truth

    def fit(self, profiles, adoptions):
        return self

    def rank(self, profiles, known, k):
        return metrics.rank_scores(self.truth.loc[known.index], eligible=known.to_numpy() == 0, k=k)


class InFrames:
    """Answers in frames: with history the most used tools, without it the first ones."""

    def fit(self, profiles=None, adoptions=None):
        self.order = None if adoptions is None else adoptions.sum().sort_values(ascending=False).index

    def recommend_batch(self, companies, k=5):
        rows = []
        for company_id, installed in zip(companies["company_id"], companies["installed"], strict=True):
            order = ["database:MySQL", "language:Go"] if self.order is None else self.order
            new = [tool for tool in order if tool not in (installed or "").split("|")][:k]
            rows += [(company_id, rank, tool) for rank, tool in enumerate(new, 1)]
        return SimpleNamespace(frame=pd.DataFrame(rows, columns=["company_id", "rank", "tool_id"]))


# ----------------------------------------------------------------------------------------------- baselines
@pytest.mark.parametrize("baseline", BASELINES.values(), ids=BASELINES)
def test_a_baseline_lists_no_known_and_no_forbidden_tool(baseline, firms, wide):
    known, _ = split_known(wide)
    rng = np.random.default_rng(0)
    eligible = pd.DataFrame(rng.random(wide.shape) < 0.3, index=wide.index, columns=wide.columns)

    ranked = baseline(eligible=eligible).fit(firms, wide).rank(firms, known, 30)

    for row, listed in enumerate(ranked):
        allowed = set(np.flatnonzero(eligible.iloc[row] & (known.iloc[row] == 0)))
        assert set(listed[listed >= 0]) == allowed if len(allowed) < 30 else set(listed) <= allowed


@pytest.mark.parametrize("baseline", BASELINES.values(), ids=BASELINES)
def test_a_firm_gets_the_same_list_alone_and_among_others(baseline, firms, wide):
    fitted = baseline().fit(firms[:150], wide[:150])

    together = fitted.rank(firms[150:], wide[150:] * 0, 5)
    alone = [fitted.rank(firms[i : i + 1], wide[i : i + 1] * 0, 5)[0].tolist() for i in range(150, 160)]

    assert together[:10].tolist() == alone


def test_popularity_orders_tools_by_users_and_then_by_id(firms, wide):
    ranked = PopularityBaseline().fit(firms, wide).rank(firms[:1], wide[:1] * 0, 10)

    users = wide.sum()
    assert (
        wide.columns[ranked[0]].tolist() == sorted(wide.columns, key=lambda tool: (-users[tool], tool))[:10]
    )


def test_popularity_in_a_segment_without_smoothing_is_that_of_the_segment_alone(firms, wide):
    by = PopularityBaseline(by=["country"], smoothing=0).fit(firms, wide)
    here = (firms["country"] == "Germany").to_numpy()

    ranked = by.rank(firms[here], wide[here] * 0, 5)

    alone = PopularityBaseline().fit(firms[here], wide[here]).rank(firms[here], wide[here] * 0, 5)
    assert ranked.tolist() == alone.tolist()


def test_an_unseen_segment_gets_the_popularity_of_all(firms, wide):
    elsewhere = firms[:1].assign(country="Atlantis")

    ranked = PopularityBaseline(by=["country"]).fit(firms, wide).rank(elsewhere, wide[:1] * 0, 5)

    assert ranked.tolist() == PopularityBaseline().fit(firms, wide).rank(elsewhere, wide[:1] * 0, 5).tolist()


def test_a_small_segment_leans_on_all_firms():
    firms = pd.DataFrame({"company_id": range(5), "branch": ["x", "y", "y", "y", "y"]})
    adoptions = pd.DataFrame({"a": [1, 0, 0, 0, 0], "b": [0, 1, 1, 1, 1]}, dtype=float)

    shares = PopularityBaseline(by=["branch"], smoothing=5).fit(firms, adoptions).group_share_

    assert shares.loc["x"].tolist() == pytest.approx([(1 + 5 * 0.2) / 6, (0 + 5 * 0.8) / 6])
    assert shares.loc["y"].tolist() == pytest.approx([(0 + 5 * 0.2) / 9, (4 + 5 * 0.8) / 9])


def test_the_nearest_neighbour_of_a_firm_is_its_twin():
    firms = pd.DataFrame({"company_id": list("abc"), "branch": ["x", "y", None], "headcount": [5, 9, 300]})
    adoptions = pd.DataFrame(np.eye(3), index=list("abc"), columns=["t1", "t2", "t3"])

    ranked = NeighboursBaseline(n_neighbors=1).fit(firms, adoptions).rank(firms, adoptions * 0, 1)

    assert ranked.ravel().tolist() == [0, 1, 2]


def test_neighbours_bear_numbers_and_names_that_are_missing_only_in_the_test(firms, wide):
    whole = firms.assign(knowledge_1=3.0, branch="same")
    holed = whole.assign(knowledge_1=np.nan, branch=None)

    ranked = NeighboursBaseline().fit(whole, wide).rank(holed, wide * 0, 3)

    assert (ranked >= 0).all()


def test_segments_read_headcount_or_else_its_band():
    firms = pd.DataFrame(
        {"headcount": [0, 9, 10, 250, None, None], "headcount_band": [None, "42", None, None, "21", "NN"]}
    )

    assert segment_of(firms, "size").tolist() == ["0-9", "0-9", "10-49", "250+", "50-249", "unknown"]


# -------------------------------------------------------------------------------------------------- splits
@given(
    rows=st.lists(st.lists(st.integers(0, 2), min_size=6, max_size=6), min_size=1, max_size=5),
    share=st.sampled_from([0.0, 0.3, 0.5, 0.99]),
)
def test_known_and_held_out_part_share_the_tools_of_each_firm(rows, share):
    adoptions = pd.DataFrame(rows, index=[f"f{i}" for i in range(len(rows))], columns=list("abcdef"))

    known, held_out = split_known(adoptions, share, random_state=3)

    adopted = (adoptions > 0).sum(axis=1)
    assert (known + held_out).equals(adoptions)
    assert not ((known > 0) & (held_out > 0)).any(axis=None)
    assert ((known > 0).sum(axis=1) == np.floor(adopted * share)).all()
    alone, _ = split_known(adoptions[-1:], share, random_state=3)
    assert alone.equals(known[-1:])


def test_another_seed_gives_another_split(wide):
    first, second = (split_known(wide, random_state=seed)[0] for seed in (0, 1))

    assert not first.equals(second)


# ---------------------------------------------------------------------------------------------- comparison
def test_no_recommender_sees_what_is_held_out(firms, uses, wide):
    Spy.calls.clear()
    given = firms.assign(installed="language:SQL")

    compare_recommenders({"spy": Spy()}, given, uses, known_share=0.5, cv=4, baselines=False)

    known, _ = split_known(wide, 0.5)
    assert len(Spy.calls) == 4
    for train, history, test, shown in Spy.calls:
        assert set(train["company_id"]).isdisjoint(test["company_id"])
        assert "installed" not in train
        assert "installed" not in test
        assert history.index.tolist() == train["company_id"].tolist()
        assert history.equals(wide.loc[history.index])
        assert shown.equals(known.loc[test["company_id"]])
    assert sorted(pd.concat(call[2] for call in Spy.calls)["company_id"]) == sorted(firms["company_id"])


def test_a_comparison_equals_the_same_steps_by_hand(firms, wide, compared):
    known, held_out = split_known(wide, 0.5)
    expected = np.full(len(firms), np.nan)
    for train, test in KFold(5, shuffle=True, random_state=0).split(firms):
        users = wide.iloc[train].sum().to_numpy()
        ranked = metrics.rank_scores(
            np.tile(users, (len(test), 1)), eligible=known.iloc[test].to_numpy() == 0, k=10
        )
        expected[test] = metrics.ndcg_at_k(held_out.iloc[test], ranked)

    rows = compared.per_firm.query("recommender == 'popularity'").set_index("company_id")

    np.testing.assert_allclose(rows["ndcg"].reindex(firms["company_id"]), expected)


def test_foresight_reaches_1_and_chance_is_last(firms, uses, wide):
    named = {"foresight": Foresight(wide), **QUICK}
    table = compare_recommenders(named, firms, uses, known_share=0.5, baselines=False).summary()

    ndcg = table.query("measure == 'ndcg'").set_index("recommender")["mean"]
    assert ndcg["foresight"] == pytest.approx(1.0)
    assert ndcg.idxmin() == "random"
    assert 0.3 < ndcg["popularity"] < 0.9


def test_long_and_wide_adoptions_give_the_same(firms, uses, wide, compared):
    array, tools = wide.loc[firms["company_id"]].to_numpy(), {"tool_ids": list(wide.columns)}

    expected = compared.per_firm[compared.per_firm["recommender"].isin(QUICK)].reset_index(drop=True)
    for adoptions in (wide, wide.reset_index(names="company_id"), uses.sample(frac=1), array):
        found = compare_recommenders(
            QUICK, firms, adoptions, known_share=0.5, baselines=False, **(tools if adoptions is array else {})
        )
        pd.testing.assert_frame_equal(found.per_firm, expected)


def test_parallel_runs_give_the_same(firms, uses, compared):
    with joblib.parallel_config(backend="threading"):
        found = compare_recommenders({}, firms, uses, known_share=0.5, n_jobs=2)

    pd.testing.assert_frame_equal(found.per_firm, compared.per_firm)


def test_firms_of_one_group_stay_together(firms, uses):
    found = compare_recommenders(
        QUICK, firms, uses, cv=GroupKFold(4), groups=firms["country"], baselines=False
    )

    country = firms.set_index("company_id")["country"]
    rows = found.per_firm
    assert rows.groupby(rows["company_id"].map(country))["fold"].nunique().max() == 1


def test_a_firm_that_is_tested_twice_counts_once(firms, uses):
    splitter = ShuffleSplit(3, train_size=50, test_size=100, random_state=0)

    found = compare_recommenders({"spy": Spy()}, firms, uses, cv=splitter, baselines=False)

    row = found.summary().query("measure == 'recall'").iloc[0]
    assert row["n_firms"] == found.per_firm["company_id"].nunique() < len(found.per_firm)
    assert row["mean"] == pytest.approx(found.per_firm.groupby("company_id")["recall"].mean().mean())


def test_rules_add_a_baseline_and_a_measure(firms, uses, wide):
    rng = np.random.default_rng(0)
    eligible = pd.DataFrame(rng.random(wide.shape) < 0.5, index=wide.index, columns=wide.columns)
    truth = wide.where(eligible, 0)

    found = compare_recommenders({"best": Foresight(truth)}, firms, uses, cv=2, eligible=eligible).summary()

    mean = found.pivot(index="recommender", columns="measure", values="mean")
    assert mean.loc["best", "ndcg_eligible"] == pytest.approx(1.0)
    assert mean.loc["best", "ndcg"] < 1.0
    assert mean.loc["rules_only", "ndcg_eligible"] > mean.loc["random", "ndcg_eligible"]


def test_tool_attributes_add_diversity_and_unlisted_tools_lower_the_coverage(firms, uses, wide):
    tools = [*wide.columns, "language:Nobody's"]
    kinds = pd.get_dummies(pd.Series([tool.split(":")[0] for tool in tools], index=tools)).astype(float)

    found = compare_recommenders(
        {}, firms, uses, cv=2, tool_ids=tools, attributes=kinds[::-1], segments=[]
    ).summary()

    mean = found.pivot(index="recommender", columns="measure", values="mean")
    assert mean["diversity"].between(0.2, 0.8).all()
    assert mean.loc["random", "coverage"] == 1.0
    assert mean.loc["popularity", "coverage"] < 0.3 < mean.loc["popularity", "gini"]
    assert "popularity_in_segment" not in mean.index


def test_propensities_weight_the_recall_over_all_firms_together(firms, uses, wide):
    rng = np.random.default_rng(0)
    propensity = pd.DataFrame(rng.uniform(0.1, 1, wide.shape), index=wide.index, columns=wide.columns)

    found = compare_recommenders(QUICK, firms, uses, propensity=propensity, baselines=False)

    weight = (wide > 0) / propensity
    rows = found.per_firm.query("recommender == 'popularity'").set_index("company_id")
    expected = (rows["ips_recall"] * weight.sum(axis=1)).sum() / weight.to_numpy().sum()
    table = found.summary().query("measure == 'ips_recall'").set_index("recommender")
    assert table.loc["popularity", "mean"] == pytest.approx(expected)
    assert table.loc["popularity", "low"] < expected < table.loc["popularity", "high"]
    gap = found.paired("random").query("measure == 'ips_recall'").set_index("recommender")["difference"]
    assert gap["popularity"] == pytest.approx(expected - table.loc["random", "mean"])


def test_nothing_changes_its_input(firms, uses):
    before = firms.copy(), uses.copy()
    neighbours = NeighboursBaseline()

    compare_recommenders({"mine": neighbours}, firms, uses, cv=2, baselines=False)

    pd.testing.assert_frame_equal(firms, before[0])
    pd.testing.assert_frame_equal(uses, before[1])
    assert not hasattr(neighbours, "neighbors_")


# -------------------------------------------------------------------------------------------------- tables
def test_firms_without_tools_are_left_out_of_the_mean_and_counted(firms, uses, compared):
    some = uses[uses["company_id"] < "so23-0100"]

    found = compare_recommenders(QUICK, firms, some, baselines=False).summary().query("measure == 'recall'")

    n_with = some["company_id"].nunique()
    assert found["n_firms"].unique().tolist() == [n_with]
    assert found["n_without"].unique().tolist() == [len(firms) - n_with]


def test_exposures_count_every_place_of_every_list(compared):
    listed = compared.per_firm.groupby("recommender")["n_listed"].sum()

    assert compared.exposures.sum().to_dict() == listed.to_dict()


def test_the_summary_holds_the_mean_within_its_interval(compared):
    table = compared.summary()

    means = compared.per_firm.groupby("recommender")[list(compared.measures)].mean().stack()
    inside = table[~table["measure"].isin(["coverage", "gini"])]
    np.testing.assert_allclose(
        inside["mean"], [means[name, measure] for name, measure in inside[["recommender", "measure"]].values]
    )
    assert ((inside["low"] <= inside["mean"]) & (inside["mean"] <= inside["high"])).all()
    pd.testing.assert_frame_equal(table, compared.summary())


def test_segments_add_up_to_the_whole_and_sizes_stand_in_order(compared):
    table = compared.by_segment("size").query("measure == 'ndcg' and recommender == 'popularity'")

    whole = compared.summary().query("measure == 'ndcg' and recommender == 'popularity'")["mean"].iloc[0]
    assert table["size"].tolist() == ["0-9", "10-49", "50-249", "250+"]
    assert np.average(table["mean"], weights=table["n_firms"]) == pytest.approx(whole)


def test_a_segment_of_few_firms_has_no_interval(compared):
    table = compared.by_segment("branch").query("measure == 'ndcg'")

    few = table["n_firms"] < 10
    assert few.any()
    assert (table["low"].isna() == few).all()
    assert (table["high"].isna() == few).all()


def test_a_recommender_differs_neither_from_itself_nor_by_chance(firms, uses):
    twins = {"first": PopularityBaseline(), "second": PopularityBaseline()}

    table = compare_recommenders(twins, firms, uses, baselines=False).paired("first")

    assert set(table["recommender"]) == {"second"}
    assert (table["difference"] == 0).all()
    assert (table["p_value"] == 1).all()


def test_a_clear_difference_has_a_small_p_value_and_changes_sign_with_the_reference(compared):
    to_random = compared.paired("random").query("measure == 'ndcg'").set_index("recommender")
    to_popular = compared.paired("popularity").query("measure == 'ndcg'").set_index("recommender")

    assert to_random.loc["popularity", "p_value"] < 0.01
    assert to_random.loc["popularity", "low"] > 0
    assert to_popular.loc["random", "difference"] == pytest.approx(-to_random.loc["popularity", "difference"])
    assert to_popular.loc["random", "high"] == pytest.approx(-to_random.loc["popularity", "low"])


def test_the_p_value_agrees_with_the_interval_and_chance_is_rarely_clear():
    measures = tuple(f"m{i}" for i in range(200))
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.normal(size=(100, 200)), columns=list(measures))
    rows = noise.assign(recommender=["first", "second"] * 50, company_id=np.repeat(np.arange(50), 2))
    chance = Comparison(per_firm=rows, exposures=pd.DataFrame(), segments=(), measures=measures)

    table = chance.paired("first", level=0.9, n_boot=999)

    clear = (table["low"] > 0) | (table["high"] < 0)
    unsure = table["p_value"].between(0.095, 0.105)
    assert (clear == (table["p_value"] < 0.1))[~unsure].all()
    assert clear.mean() == pytest.approx(0.1, abs=0.05)


def test_a_pairing_is_narrower_than_two_intervals(compared):
    table = compared.summary().query("measure == 'ndcg'").set_index("recommender")
    gap = compared.paired("popularity").query("measure == 'ndcg'").set_index("recommender")

    alone = (table["high"] - table["low"])[["popularity", "profile_neighbours"]].sum()
    assert (gap["high"] - gap["low"])["profile_neighbours"] < alone / 2


# ----------------------------------------------------------------------------------------------- intervals
def test_bootstrap_intervals_equal_those_of_scipy():
    values = np.random.default_rng(0).exponential(size=(80, 1))

    draws = bootstrap_means(values, n_boot=8000)

    expected = bootstrap((values[:, 0],), np.mean, n_resamples=8000, method="percentile", rng=1)
    assert np.quantile(draws, [0.025, 0.975]) == pytest.approx(list(expected.confidence_interval), abs=0.015)
    assert draws.std() == pytest.approx(expected.standard_error, rel=0.04)


def test_bootstrap_leaves_gaps_out_weights_figures_and_draws_all_columns_alike():
    rng = np.random.default_rng(1)
    first = rng.random(50)
    gaps = np.where(rng.random(50) < 0.3, np.nan, 2.0)
    weights = np.column_stack([np.ones(50), np.ones(50), np.ones(50), first])

    draws = bootstrap_means(np.column_stack([first, gaps, 1 - first, first]), weights=weights, n_boot=500)

    np.testing.assert_allclose(draws[:, 1], 2.0)
    np.testing.assert_allclose(draws[:, 0] + draws[:, 2], 1.0)
    assert draws[:, 3].mean() == pytest.approx((first**2).sum() / first.sum(), abs=0.01)


def test_large_bootstraps_go_in_blocks():
    draws = bootstrap_means(np.linspace(0, 1, 200_000)[:, None], n_boot=25)

    assert draws.shape == (25, 1)
    assert len(np.unique(draws)) == 25
    assert draws == pytest.approx(0.5, abs=0.005)


# ----------------------------------------------------------------------------------------------- adapters
def test_an_answer_in_frames_is_measured_as_well_and_its_prior_is_a_baseline(firms, uses):
    found = compare_recommenders([InFrames()], firms, uses, known_share=0.5)

    ndcg = found.summary().query("measure == 'ndcg'").set_index("recommender")["mean"]
    assert ndcg["InFrames"] == pytest.approx(ndcg["popularity"], abs=0.02)
    assert ndcg["prior_only"] < ndcg["InFrames"] / 2


def test_what_is_known_goes_in_as_installed(firms, wide):
    known = wide * 0
    known.iloc[0, [0, 2]] = 1.0
    seen = {}

    class Mirror(InFrames):
        def recommend_batch(self, companies, k=5):
            seen["installed"] = companies["installed"].tolist()
            return super().recommend_batch(companies, k)

    ranked = FromFrame(Mirror()).fit(firms, wide).rank(firms, known, 3)

    assert seen["installed"] == ["|".join(wide.columns[[0, 2]]), *[None] * (len(firms) - 1)]
    assert ranked[1].tolist() == np.argsort(-wide.sum().to_numpy(), kind="stable")[:3].tolist()


def test_a_tool_that_is_not_evaluated_is_named(firms, wide):
    adapted = FromFrame(InFrames(), learn=False).fit(firms, wide)

    with pytest.raises(ValueError, match=r"tool_id must be one of tool_ids.*Got 'database:MySQL'"):
        adapted.rank(firms, wide.drop(columns="database:MySQL"), 3)


def test_every_baseline_keeps_the_contract(wide):
    named = default_baselines(eligible=wide > 0, prior=InFrames())

    assert list(named)[-2:] == ["rules_only", "prior_only"]
    assert all(isinstance(baseline, Recommender) for baseline in named.values())


# --------------------------------------------------------------------------------------------- off policy
def log_of_shown_tools(n_firms, seed=0):
    """Show each of two tools by a known chance: firms that need it see "good" rarely, and adopt it often."""
    rng = np.random.default_rng(seed)
    firms = pd.DataFrame({"company_id": np.arange(n_firms), "need": rng.random(n_firms) < 0.5})
    rows = firms.assign(tool_id="good", propensity=np.where(firms["need"], 0.1, 0.9))
    rows = rows[rng.random(n_firms) < rows["propensity"]]
    chance = np.where(rows["need"], 0.8, 0.1)
    return rows.assign(value=(rng.random(len(rows)) < chance).astype(float)), firms


def test_the_off_policy_value_is_that_of_showing_the_lists_to_all():
    log, firms = log_of_shown_tools(20_000)
    lists = pd.DataFrame({"company_id": firms["company_id"], "tool_id": "good", "rank": 1})

    row = off_policy_value(log, lists, n_boot=300).iloc[0]

    assert row["value"] == pytest.approx(0.45, abs=0.02)
    assert row["low"] < 0.45 < row["high"]
    assert row["unweighted"] < 0.25
    assert row["effective_pairs"] < row["n_pairs"] == row["n_firms"] == len(log)
    assert row["shown_share"] == pytest.approx(0.5, abs=0.02)


def test_a_floor_under_the_propensities_draws_the_value_to_the_plain_mean():
    log, firms = log_of_shown_tools(500)
    lists = firms.assign(tool_id="good")

    row = off_policy_value(log, lists, min_propensity=1.0).iloc[0]

    assert row["value"] == pytest.approx(row["unweighted"])
    assert row["effective_pairs"] == pytest.approx(row["n_pairs"])


def test_lists_that_were_never_shown_have_no_value():
    log, firms = log_of_shown_tools(50)

    row = off_policy_value(log, firms.assign(tool_id="other")).iloc[0]

    assert np.isnan(row["value"])
    assert row["n_pairs"] == row["shown_share"] == row["effective_pairs"] == 0


# ------------------------------------------------------------------------------------------------- refusals
class Wide:
    def fit(self, profiles, adoptions): ...

    def rank(self, profiles, known, k):
        return np.zeros((len(profiles), k + 1), dtype=int)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"recommenders": {"x": object()}}, "recommenders: x must be an object with fit", id="x"),
        pytest.param({"recommenders": [Spy(), Spy()]}, "a mapping of names.*Got 'Spy'", id="twins"),
        pytest.param({"recommenders": {"w": Wide()}}, r"rank of w must be positions of shape", id="too wide"),
        pytest.param({"k": 0}, "k must be a whole number, at least 1", id="k"),
        pytest.param({"known_share": 1.0}, "known_share must be under 1", id="all known"),
        pytest.param({"segments": ["brnch"]}, "segment must be.*Nearest: branch", id="segment"),
        pytest.param({"tool_ids": ["a"]}, "row 0: tool_id must be the key of a tool", id="tool_ids"),
    ],
)
def test_wrong_arguments_are_refused(change, message, firms, uses):
    arguments = {"recommenders": {}, "profiles": firms, "adoptions": uses} | change

    with pytest.raises(ValueError, match=message):
        compare_recommenders(**arguments)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(
            lambda f, u: (f.drop(columns="company_id"), u), "profiles must be a table with", id="no id"
        ),
        pytest.param(lambda f, u: (f[[*f][:1]], u), "a table with a column beside company_id", id="only ids"),
        pytest.param(
            lambda f, u: (pd.concat([f, f[:1]]), u),
            r"row 200: company_id must be unique in the table\. Got 'so23-0000'\.",
            id="id twice",
        ),
        pytest.param(
            lambda f, u: (f, u.replace({"company_id": {"so23-0001": "so23-001"}})),
            r"company_id must be one of the 200 firms\. Got 'so23-001'\.",
            id="unknown firm",
        ),
        pytest.param(
            lambda f, u: (f, u.drop(columns="company_id")), "column of adoptions must be there", id="no firm"
        ),
        pytest.param(
            lambda f, u: (f, u.assign(value=[np.nan, *[1] * (len(u) - 1)])),
            "row 0: value must be a number from 0",
            id="NaN",
        ),
        pytest.param(
            lambda f, u: (f, u.assign(value=[-1.0, *[1] * (len(u) - 1)])),
            r"row 0: value must be a number from 0 .* Got -1\.0\.",
            id="negative",
        ),
    ],
)
def test_wrong_tables_are_refused(spoil, message, firms, uses):
    profiles, adoptions = spoil(firms, uses)

    with pytest.raises(ValueError, match=message):
        compare_recommenders({}, profiles, adoptions)


@pytest.mark.parametrize("name", ["eligible", "propensity", "attributes"])
def test_a_table_with_a_missing_row_is_refused(name, firms, uses, wide):
    table = (wide.T if name == "attributes" else wide)[1:] * 0 + 1

    with pytest.raises(ValueError, match=f"{name} must be a table that holds "):
        compare_recommenders({}, firms, uses, **{name: table})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"propensity": 0.0}, "log: propensity must be a probability above 0", id="propensity"),
        pytest.param({"value": np.nan}, r"log: value must be a number.*Got nan. Row 0\.", id="value"),
    ],
)
def test_a_wrong_log_is_refused(change, message):
    log, firms = log_of_shown_tools(20)

    with pytest.raises(ValueError, match=message):
        off_policy_value(log.assign(**change), firms.assign(tool_id="good"))
    with pytest.raises(ValueError, match="log must be a table with propensity"):
        off_policy_value(log.drop(columns="propensity"), firms)


def test_an_unknown_reference_or_segment_is_named_with_the_nearest(compared):
    with pytest.raises(ValueError, match=r"reference must be a known name.*Nearest: popularity"):
        compared.paired("popular")
    with pytest.raises(ValueError, match=r"segment must be a known name. Got 'country'"):
        compared.by_segment("country")


def test_the_segment_of_a_firm_is_read_as_its_profile_is():
    firms = pd.DataFrame(
        {
            "branch": ["2528", "Maroquinerie", "leather_goods", 2528.0, "carpentry", None],
            "headcount": ["12", "", None, "1 000", "9,0", None],
            "headcount_band": [None, 3, "12", None, None, "NN"],
        }
    )

    assert segment_of(firms, "branch").tolist() == ["leather_goods"] * 4 + ["carpentry", "unknown"]
    assert segment_of(firms, "size").tolist() == ["10-49", "0-9", "10-49", "250+", "0-9", "unknown"]
    with pytest.raises(ValueError, match=r"row 1: headcount must be .* Got 'dix'\."):
        segment_of(firms.assign(headcount=[3, "dix", 3, 3, 3, 3]), "size")
