"""What a list must hold, against a plain version and as promises of the recommender."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from oracle import covering
from strategies import CATALOG
from test_ranking import worlds

import hrtools_reco as hr
from hrtools_reco.answer.cover import Wanted, behind_one_door, cover
from hrtools_reco.answer.ranking import NO_TOOL, rank_tools
from hrtools_reco.catalog import doors_of_one_house, need_strengths

RECOMMENDER = hr.ToolRecommender().fit()
NEEDS = CATALOG.keys("needs")
URGENCIES = st.sampled_from([np.nan, 0.0, 50.0, 75.0, 100.0])


@st.composite
def wishes(draw, n_tools, n_needs):
    """Draw which tools answer which needs, and from which score they are brought forward."""

    def marks(*shape):
        return np.array(
            draw(st.lists(st.booleans(), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
        ).reshape(shape)

    answers = marks(n_tools, n_needs)
    return Wanted(
        answers=answers,
        main=answers & marks(n_tools, n_needs),
        own=marks(n_tools),
        real=50.0,
        pressing=75.0,
        least=draw(st.sampled_from([0.0, 25.0, 50.0])),
        detour=draw(st.sampled_from([0.0, 25.0])),
    )


@settings(max_examples=60)
@given(data=st.data(), world=worlds(2, most=20), k=st.integers(1, 8))
def test_lists_are_covered_as_a_plain_version_covers_them(data, world, k):
    scores, eligible, balance = world
    wanted = data.draw(wishes(scores.shape[1], 2))
    urgency = np.array([[data.draw(URGENCIES) for _ in range(2)] for _ in scores])

    ranked = rank_tools(scores, eligible, balance, k=max(k, 5))
    found = cover(ranked, scores, eligible, urgency, wanted, balance)[:, :k]

    for row, own, may, needs in zip(found.tolist(), scores, eligible, urgency, strict=True):
        expected = covering(own, may, needs, k, balance, wanted)
        assert row == expected + [NO_TOOL] * (k - len(expected))


@pytest.mark.parametrize("need", NEEDS)
def test_a_need_of_100_brings_a_tool_that_is_meant_for_it_into_the_first_three(need):
    firms = hr.simulate_firms(400, seed=3)
    firms[[f"need_{key}" for key in NEEDS]] = 25.0
    firms[f"need_{need}"] = 100.0
    meant = need_strengths(CATALOG)[NEEDS.index(need)] >= CATALOG.setting("plan_main_strength") / 3

    frame = RECOMMENDER.recommend_batch(firms, k=3).frame

    columns = [CATALOG.position(tool_id) for tool_id in frame["tool_id"]]
    answered = frame.assign(meant=meant[columns]).groupby("company_id")["meant"].any()
    assert answered.reindex(firms["company_id"], fill_value=False).mean() >= 0.95


def test_the_first_five_hold_a_tool_of_ones_own():
    firms = hr.simulate_firms(400, seed=4)

    frame = RECOMMENDER.recommend_batch(firms, k=5).frame

    kinds = CATALOG.tools.set_index("tool_id")["kind"].loc[frame["tool_id"]].to_numpy()
    own = frame.assign(own=np.isin(kinds, ["software", "resource"])).groupby("company_id")["own"].any()
    assert own.mean() >= 0.98


def test_a_whole_population_is_told_of_many_tools():
    firms = hr.simulate_firms(16_000, seed=0)
    told = firms.filter(like="maturity_").notna().any(axis=1) & firms.filter(like="need_").notna().any(axis=1)

    counts = RECOMMENDER.recommend_batch(firms[told].head(8000), k=5).frame["tool_id"].value_counts()

    assert len(counts) >= 95
    assert counts.head(5).sum() <= 0.45 * counts.sum()


def test_a_head_who_has_one_door_of_a_house_rarely_gets_the_other():
    firms = hr.simulate_firms(400, seed=5)
    pairs = [{CATALOG.tool_ids[one], CATALOG.tool_ids[other]} for one, other in doors_of_one_house(CATALOG).T]
    assert {"opco2i-services", "opco2i-a2i-regions"} in pairs

    lists = RECOMMENDER.recommend_batch(firms, k=5).frame.groupby("company_id")["tool_id"].agg(set)

    assert lists.map(lambda tools: any(pair <= tools for pair in pairs)).mean() < 0.1


def test_of_two_doors_the_lower_counts_less_where_both_are_open():
    scores = np.array([[90.0, 80.0], [90.0, 80.0], [5.0, 5.0]])
    eligible = np.array([[True, True], [True, False], [True, True]])

    found = behind_one_door(scores, eligible, np.array([[0], [1]]), 12.0)

    assert found.tolist() == [[90.0, 68.0], [90.0, 80.0], [5.0, 0.0]]
    assert scores[0, 1] == 80.0
