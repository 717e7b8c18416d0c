"""Ranking metrics, held against slow plain versions, scikit-learn and ranx."""

from __future__ import annotations

import warnings
from itertools import combinations, permutations
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sklearn.metrics import ndcg_score
from sklearn.metrics.pairwise import cosine_similarity

from hrtools_reco import metrics
from hrtools_reco.metrics import rank_scores

NAN = float("nan")


@st.composite
def trials(draw, max_tools=8):
    """Draw grades, scores and eligible tools of a few firms: few distinct values, so that ties happen."""
    n_firms, n_tools = draw(st.integers(1, 5)), draw(st.integers(1, max_tools))
    cells = st.lists(st.integers(0, 3), min_size=n_firms * n_tools, max_size=n_firms * n_tools)
    grades, scores, allowed = (np.array(draw(cells)).reshape(n_firms, n_tools) for _ in range(3))
    return grades, scores, allowed > 0, draw(st.integers(1, 10))


def plain_recall(grades, listed, k):
    relevant = {tool for tool, grade in enumerate(grades) if grade > 0}
    return len(relevant & set(listed[:k])) / len(relevant)


def plain_capped_recall(grades, listed, k):
    relevant = {tool for tool, grade in enumerate(grades) if grade > 0}
    return len(relevant & set(listed[:k])) / min(k, len(relevant))


def plain_precision(grades, listed, k):
    return sum(grades[tool] > 0 for tool in listed[:k]) / k


def plain_hit(grades, listed, k):
    return float(any(grades[tool] > 0 for tool in listed[:k]))


def plain_reciprocal_rank(grades, listed, k):
    return next((1 / rank for rank, tool in enumerate(listed[:k], 1) if grades[tool] > 0), 0.0)


def plain_average_precision(grades, listed, k):
    hits = [rank for rank, tool in enumerate(listed[:k], 1) if grades[tool] > 0]
    return sum(plain_precision(grades, listed, rank) for rank in hits) / sum(grade > 0 for grade in grades)


def plain_ndcg(grades, listed, k):
    def gain(found):
        return sum(grade / log2(rank + 1) for rank, grade in enumerate(found[:k], 1))

    return gain([grades[tool] for tool in listed]) / gain(sorted(grades, reverse=True))


ORACLES = {
    "recall": (metrics.recall_at_k, plain_recall),
    "capped_recall": (lambda *args, k: metrics.recall_at_k(*args, k=k, capped=True), plain_capped_recall),
    "precision": (metrics.precision_at_k, plain_precision),
    "hit": (metrics.hit_at_k, plain_hit),
    "reciprocal_rank": (metrics.reciprocal_rank, plain_reciprocal_rank),
    "average_precision": (metrics.average_precision_at_k, plain_average_precision),
    "ndcg": (metrics.ndcg_at_k, plain_ndcg),
}


@given(trial=trials())
def test_lists_hold_the_best_eligible_tools_and_equal_scores_go_by_position(trial):
    _, scores, eligible, k = trial

    ranked = rank_scores(scores, eligible=eligible, k=k)

    for row, allowed, listed in zip(scores, eligible, ranked, strict=True):
        best = sorted(np.flatnonzero(allowed), key=lambda tool: (-row[tool], tool))[:k]
        assert listed.tolist() == best + [-1] * (k - len(best))


@pytest.mark.parametrize(("fast", "plain"), ORACLES.values(), ids=ORACLES)
@given(trial=trials())
def test_a_metric_equals_its_slow_plain_version(fast, plain, trial):
    grades, scores, eligible, k = trial
    ranked = rank_scores(scores, eligible=eligible, k=10)

    found = fast(grades, ranked, k=k)

    lists = [[tool for tool in listed if tool >= 0] for listed in ranked.tolist()]
    expected = [
        plain(row, listed, k) if any(row) else NAN for row, listed in zip(grades.tolist(), lists, strict=True)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


@given(trial=trials())
def test_ndcg_equals_that_of_scikit_learn(trial):
    grades, scores, _, k = trial
    grades, scores = np.pad(grades, ((0, 0), (0, 1)), constant_values=1), np.pad(scores, ((0, 0), (0, 1)))
    ranked = rank_scores(scores, k=grades.shape[1])
    places = np.argsort(ranked, axis=1)

    found = metrics.ndcg_at_k(grades, ranked, k=k)

    assert found.mean() == pytest.approx(ndcg_score(grades, -places, k=k, ignore_ties=True), abs=1e-12)


@settings(max_examples=25)
@given(trial=trials(max_tools=3))
def test_ndcg_over_all_orders_of_the_tools_averages_to_the_ndcg_of_scikit_learn_with_ties(trial):
    grades, scores, _, k = trial
    grades, scores = np.pad(grades, ((0, 0), (0, 1)), constant_values=1), np.pad(scores, ((0, 0), (0, 1)))
    orders = [list(order) for order in permutations(range(grades.shape[1]))]

    found = [metrics.ndcg_at_k(grades[:, o], rank_scores(scores[:, o], k=k)).mean() for o in orders]

    assert np.mean(found) == pytest.approx(ndcg_score(grades, scores, k=k), abs=1e-12)


@pytest.fixture(scope="module")
def ranx():
    """Import ranx without its compiler, which would take longer than all tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("numba").config.DISABLE_JIT = True
        return pytest.importorskip("ranx")


@pytest.mark.parametrize("k", [1, 3, 5, 20])
def test_the_metrics_equal_those_of_ranx(ranx, k):
    rng = np.random.default_rng(k)
    grades = rng.integers(0, 4, (60, 12)) * (rng.random((60, 12)) < 0.4)
    grades[:, 0] += grades.sum(axis=1) == 0
    ranked = rank_scores(rng.integers(0, 4, grades.shape), eligible=rng.random(grades.shape) < 0.6, k=12)
    ranked[ranked[:, 0] < 0, 0] = 0
    qrels = {f"f{i:02}": {f"t{j:02}": int(g) for j, g in enumerate(row) if g} for i, row in enumerate(grades)}
    run = {
        f"f{i:02}": {f"t{j:02}": 1.0 - place / 20 for place, j in enumerate(row) if j >= 0}
        for i, row in enumerate(ranked)
    }
    names = {
        f"recall@{k}": metrics.recall_at_k,
        f"precision@{k}": metrics.precision_at_k,
        f"hit_rate@{k}": metrics.hit_at_k,
        f"mrr@{k}": metrics.reciprocal_rank,
        f"map@{k}": metrics.average_precision_at_k,
        f"ndcg@{k}": metrics.ndcg_at_k,
    }

    expected = ranx.evaluate(ranx.Qrels(qrels), ranx.Run(run), list(names), return_mean=False)

    for name, metric in names.items():
        np.testing.assert_allclose(metric(grades, ranked, k=k), expected[name], atol=1e-12, err_msg=name)


@given(trial=trials())
def test_the_best_list_that_the_rules_allow_has_an_eligible_ndcg_of_1(trial):
    grades, _, eligible, k = trial

    found = metrics.ndcg_at_k(grades, rank_scores(grades, eligible=eligible, k=k), eligible=eligible)

    reachable = (grades * eligible).any(axis=1)
    np.testing.assert_allclose(found, np.where(reachable, 1.0, NAN))


def test_a_forbidden_tool_gains_nothing_in_the_eligible_ndcg():
    assert metrics.ndcg_at_k([[3, 1]], [[0, 1]], eligible=[[False, True]]) == pytest.approx(1 / log2(3))


@given(trial=trials(), p=st.sampled_from([0.1, 0.5, 1.0]))
def test_equal_propensities_change_nothing(trial, p):
    grades, scores, _, k = trial
    ranked = rank_scores(scores, k=k)

    weighted = metrics.recall_at_k(grades, ranked, propensity=np.full(grades.shape, p))

    np.testing.assert_allclose(weighted, metrics.recall_at_k(grades, ranked))


def test_a_tool_that_rarely_shows_counts_by_the_inverse_of_its_propensity():
    found = metrics.recall_at_k([[1, 1], [1, 1]], [[0], [1]], propensity=[0.2, 0.8])

    assert found == pytest.approx([5 / 6.25, 1.25 / 6.25])


def test_firms_weighted_by_inverse_propensity_give_back_the_recall_of_the_whole_truth():
    rng = np.random.default_rng(0)
    truth = rng.random((4000, 6)) < 0.5
    propensity = np.array([0.9, 0.9, 0.9, 0.2, 0.2, 0.2])
    logged = truth & (rng.random(truth.shape) < propensity)
    ranked = np.tile([0, 1, 2], (len(truth), 1))

    naive = np.nanmean(metrics.recall_at_k(logged, ranked))
    values = np.nan_to_num(metrics.recall_at_k(logged, ranked, propensity=propensity))
    weighted = np.average(values, weights=(logged / propensity).sum(axis=1))

    assert weighted == pytest.approx(0.5, abs=0.02)
    assert naive > 0.8


@given(
    counts=st.lists(st.integers(0, 5), min_size=1, max_size=9), share=st.sampled_from([0.0, 0.5, 0.8, 1.0])
)
def test_the_head_is_the_fewest_tools_that_hold_its_share(counts, share):
    tail = metrics.tail_tools(counts, head_share=share)

    order = sorted(range(len(counts)), key=lambda tool: (-counts[tool], tool))
    sizes = range(len(counts) + 1)
    fewest = next(n for n in sizes if sum(counts[t] for t in order[:n]) >= share * sum(counts) - 1e-9)
    assert sorted(np.flatnonzero(~tail)) == sorted(order[:fewest])


@given(trial=trials(), data=st.data())
def test_tail_recall_is_the_recall_among_the_tools_of_the_tail(trial, data):
    grades, scores, _, k = trial
    n_tools = grades.shape[1]
    adopters = data.draw(st.lists(st.integers(0, 4), min_size=n_tools, max_size=n_tools))
    ranked = rank_scores(scores, k=k)

    found = metrics.tail_recall_at_k(grades, ranked, adopters, head_share=0.5)

    tail = np.flatnonzero(metrics.tail_tools(adopters, head_share=0.5))
    for row, listed, value in zip(grades, ranked, found, strict=True):
        relevant = {tool for tool in tail if row[tool] > 0}
        expected = len(relevant & set(listed.tolist())) / len(relevant) if relevant else NAN
        assert value == pytest.approx(expected, nan_ok=True)


@given(trial=trials(), data=st.data())
def test_novelty_is_the_mean_self_information_of_the_listed_tools(trial, data):
    _, scores, eligible, k = trial
    n_tools = scores.shape[1]
    adopters = data.draw(st.lists(st.integers(0, 9), min_size=n_tools, max_size=n_tools))
    ranked = rank_scores(scores, eligible=eligible, k=k)

    found = metrics.novelty_at_k(ranked, adopters, 9)

    for listed, value in zip(ranked, found, strict=True):
        bits = [-log2((adopters[tool] + 1) / 10) for tool in listed if tool >= 0]
        assert value == pytest.approx(np.mean(bits) if bits else NAN, abs=1e-12, nan_ok=True)


@given(trial=trials(), data=st.data())
def test_diversity_is_1_minus_the_mean_similarity_of_all_pairs(trial, data):
    _, scores, eligible, k = trial
    n_tools = scores.shape[1]
    cells = data.draw(st.lists(st.integers(0, 2), min_size=3 * n_tools, max_size=3 * n_tools))
    attributes = np.array(cells, dtype=float).reshape(n_tools, 3)
    ranked = rank_scores(scores, eligible=eligible, k=k)

    found = metrics.diversity_at_k(ranked, attributes)

    similarity = cosine_similarity(attributes)
    for listed, value in zip(ranked, found, strict=True):
        pairs = [1 - similarity[a, b] for a, b in combinations([tool for tool in listed if tool >= 0], 2)]
        assert value == pytest.approx(np.mean(pairs) if pairs else NAN, abs=1e-9, nan_ok=True)


@given(trial=trials())
def test_exposure_and_coverage_count_the_lists_of_each_tool(trial):
    _, scores, eligible, k = trial
    ranked = rank_scores(scores, eligible=eligible, k=k)

    counts = metrics.exposure(ranked, scores.shape[1])

    assert counts.tolist() == [int((ranked == tool).sum()) for tool in range(scores.shape[1])]
    assert metrics.catalog_coverage(counts) == np.isin(np.arange(scores.shape[1]), ranked).mean()


@given(counts=st.lists(st.integers(0, 6), min_size=1, max_size=9).filter(any))
def test_gini_is_half_the_mean_gap_between_two_tools_over_the_mean(counts):
    gaps = np.abs(np.subtract.outer(counts, counts))

    assert metrics.gini(counts) == pytest.approx(gaps.mean() / (2 * np.mean(counts)), abs=1e-12)


def test_gini_of_no_list_is_not_a_number():
    assert np.isnan(metrics.gini([0, 0]))


def test_k_beyond_the_list_counts_empty_places():
    assert metrics.precision_at_k([[1, 1]], [[0, 1]], k=4) == pytest.approx(0.5)


@pytest.mark.parametrize("metric", [fast for fast, _ in ORACLES.values()], ids=ORACLES)
def test_nothing_changes_its_input(metric):
    grades, ranked = np.array([[0.5, 0.0, 2.0]]), np.array([[2, 1, -1]])

    metric(grades, ranked, k=2)

    assert grades.tolist() == [[0.5, 0.0, 2.0]]
    assert ranked.tolist() == [[2, 1, -1]]


@pytest.mark.parametrize(
    ("relevance", "ranked", "message"),
    [
        pytest.param([1, 0], [[0]], "relevance must be grades of shape", id="one row of grades"),
        pytest.param([[]], [[0]], "for at least one tool", id="no tool"),
        pytest.param([[1, -1]], [[0]], "at least 0 and finite.*from -1 to 1", id="negative grade"),
        pytest.param([[1, NAN]], [[0]], "relevance must be grades", id="NaN grade"),
        pytest.param([[1, float("inf")]], [[0]], "relevance must be grades", id="infinite grade"),
        pytest.param([["a"]], [[0]], "relevance must be grades", id="text"),
        pytest.param([[1, 0]], [0], "ranked must be whole numbers of shape", id="one list"),
        pytest.param([[1, 0]], [[0.5]], "ranked must be whole numbers", id="half a position"),
        pytest.param([[1, 0]], [[2]], "positions from 0 to 1, or -1", id="no such tool"),
        pytest.param([[1, 0]], [[-2]], "positions from 0 to 1, or -1", id="position -2"),
        pytest.param([[1, 0], [1, 0]], [[0, 1], [1, 1]], r"name no tool twice. Got 1. Row 1\.", id="twice"),
        pytest.param([[1, 0]], [[0], [1]], "one list per firm of relevance, 1. Got 2", id="two lists"),
    ],
)
def test_wrong_grades_and_lists_are_refused(relevance, ranked, message):
    with pytest.raises(ValueError, match=message):
        metrics.ndcg_at_k(relevance, ranked)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda: metrics.recall_at_k([[1]], [[0]], k=0), "k must be a whole number", id="k"),
        pytest.param(
            lambda: metrics.recall_at_k([[1]], [[0]], propensity=[0.0]), "propensity must be", id="propensity"
        ),
        pytest.param(
            lambda: metrics.recall_at_k([[1]], [[0]], propensity=[1.0], capped=True),
            "capped must be False",
            id="cap and propensity",
        ),
        pytest.param(
            lambda: metrics.ndcg_at_k([[1]], [[0]], eligible=[True]),
            r"eligible must be an array of shape \(1, 1\)",
            id="eligible",
        ),
        pytest.param(lambda: rank_scores([[NAN]], k=1), "scores must be numbers", id="NaN score"),
        pytest.param(lambda: metrics.novelty_at_k([[0]], [5], 4), "at most n_firms, 4", id="adopters"),
        pytest.param(lambda: metrics.tail_tools([-1]), "adopters must be one count", id="negative count"),
        pytest.param(lambda: metrics.diversity_at_k([[0]], [[-1.0]]), "attributes must be", id="attributes"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
