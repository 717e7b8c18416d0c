"""Ranking, against a plain version, with few distinct scores so that ties happen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from oracle import top

from hrtools_reco.answer import ranking
from hrtools_reco.answer.ranking import NO_TOOL, Balance, alternatives, rank_tools
from hrtools_reco.model.linear import SCORE_STEP, round_scores

SCORES = st.sampled_from([0.0, 25.0, 25.0 + SCORE_STEP, 50.0, 100.0])
STEPS = st.sampled_from([0.0, SCORE_STEP, 1.0, 25.0])


def per_tool(values, n_tools):
    """Draw one value for each tool."""
    return st.lists(values, min_size=n_tools, max_size=n_tools).map(np.array)


@st.composite
def balances(draw, n_tools):
    """Draw functions, sorts and a few pairs of stand-ins."""
    stand_ins = np.zeros((n_tools, n_tools), dtype=bool)
    tool = st.integers(0, n_tools - 1)
    for one, other in draw(st.lists(st.tuples(tool, tool), max_size=n_tools)):
        stand_ins[one, other] = stand_ins[other, one] = one != other
    return Balance(
        functions=draw(per_tool(st.integers(0, 3), n_tools)),
        sorts=draw(per_tool(st.integers(0, 1), n_tools)),
        stand_ins=stand_ins,
        max_per_function=draw(st.sampled_from([None, 1, 2, 3])),
        kind_step=draw(STEPS),
    )


@st.composite
def worlds(draw, n_firms, most=60):
    """Draw scores and eligibility of some firms, and what balances their lists."""
    n_tools = draw(st.integers(1, most))
    scores = np.array([draw(per_tool(SCORES, n_tools)) for _ in range(n_firms)])
    eligible = np.array([draw(per_tool(st.booleans(), n_tools)) for _ in range(n_firms)])
    return scores, eligible, draw(balances(n_tools))


@pytest.mark.parametrize("spare", [12, 0], ids=["with room", "looked into too little at first"])
@given(world=worlds(2), k=st.integers(1, 12))
def test_each_place_goes_to_the_best_tool_that_balance_allows(spare, world, k):
    scores, eligible, balance = world

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "_SPARE", spare)
        best = rank_tools(scores, eligible, balance, k=k)

    for row, own, may in zip(best.tolist(), scores, eligible, strict=True):
        expected = top(own, may, k, balance)
        assert row == expected + [NO_TOOL] * (k - len(expected))


@given(world=worlds(4, most=30), k=st.integers(1, 4))
def test_a_firm_is_ranked_alike_alone_and_among_others(world, k):
    scores, eligible, balance = world

    together = rank_tools(scores, eligible, balance, k=k)

    alone = [rank_tools(scores[[row]], eligible[[row]], balance, k=k)[0] for row in range(len(scores))]
    assert together.tolist() == [row.tolist() for row in alone]


@given(world=worlds(1, most=30), k=st.integers(1, 12))
def test_a_larger_k_only_appends(world, k):
    scores, eligible, balance = world

    longer = rank_tools(scores, eligible, balance, k=k + 3)

    assert longer[:, :k].tolist() == rank_tools(scores, eligible, balance, k=k).tolist()


@given(world=worlds(1), k=st.integers(1, 12))
def test_two_stand_ins_are_never_in_one_list(world, k):
    scores, eligible, balance = world

    best = rank_tools(scores, eligible, balance, k=k)[0]

    listed = best[best != NO_TOOL]
    assert not balance.stand_ins[np.ix_(listed, listed)].any()


@given(world=worlds(2, most=20), k=st.integers(1, 5), n=st.integers(1, 4))
def test_the_best_eligible_stand_ins_are_named_beside_a_tool(world, k, n):
    scores, eligible, balance = world
    ranked = rank_tools(scores, eligible, balance, k=k)

    beside = alternatives(ranked, scores, eligible, balance, n=n)

    for row, firm in enumerate(ranked.tolist()):
        for place, tool in enumerate(firm):
            others = np.flatnonzero(balance.stand_ins[tool] & eligible[row]) if tool != NO_TOOL else []
            named = sorted(set(others) - set(firm), key=lambda other: (-scores[row, other], other))[:n]
            assert beside[row, place].tolist() == named + [NO_TOOL] * (n - len(named))


@given(world=worlds(2, most=30), k=st.integers(1, 6))
def test_tools_that_no_firm_may_have_can_be_left_out_beforehand(world, k):
    scores, eligible, balance = world
    kept = np.flatnonzero(eligible.any(axis=0))

    fewer = rank_tools(scores[:, kept], eligible[:, kept], balance.take(kept), k=k) if len(kept) else None

    if fewer is not None:
        named = np.where(fewer == NO_TOOL, NO_TOOL, kept[fewer])
        assert named.tolist() == rank_tools(scores, eligible, balance, k=k).tolist()


@pytest.mark.parametrize("score", [0.0, 1 / 3, 99.99999, 100.0])
def test_rounding_moves_a_score_by_half_a_step_at_most(score):
    assert abs(float(round_scores(np.array(score))) - score) <= SCORE_STEP / 2
