"""Ranking, against a plain version, with few distinct scores so that ties happen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from oracle import top

from hrtools_reco.answer.ranking import NO_TOOL, rank_tools
from hrtools_reco.model.linear import SCORE_STEP, round_scores

SCORES = st.sampled_from([0.0, 25.0, 25.0 + SCORE_STEP, 50.0, 100.0])


def lists(n_tools):
    """Draw scores, eligibility and functions of some tools."""
    return st.tuples(
        st.lists(SCORES, min_size=n_tools, max_size=n_tools),
        st.lists(st.booleans(), min_size=n_tools, max_size=n_tools),
        st.lists(st.integers(0, 3), min_size=n_tools, max_size=n_tools),
    )


@given(rows=st.integers(1, 60).flatmap(lists), k=st.integers(1, 12), cap=st.sampled_from([None, 1, 2, 3]))
def test_the_k_best_eligible_tools_come_first(rows, k, cap):
    scores, eligible, functions = (np.array(part) for part in rows)

    best = rank_tools(scores[None], eligible[None], functions, k=k, max_per_function=cap)[0]

    expected = top(scores, eligible, functions, k, cap)
    assert best.tolist() == expected + [NO_TOOL] * (k - len(expected))


@given(rows=st.lists(lists(30), min_size=1, max_size=6), k=st.integers(1, 4))
def test_a_firm_is_ranked_alike_alone_and_among_others(rows, k):
    scores, eligible = (np.array([row[part] for row in rows]) for part in (0, 1))
    functions = np.array(rows[0][2])

    together = rank_tools(scores, eligible, functions, k=k, max_per_function=1)

    alone = [
        rank_tools(scores[[row]], eligible[[row]], functions, k=k, max_per_function=1)[0]
        for row in range(len(rows))
    ]
    assert together.tolist() == [row.tolist() for row in alone]


@pytest.mark.parametrize("score", [0.0, 1 / 3, 99.99999, 100.0])
def test_rounding_moves_a_score_by_less_than_a_millionth(score):
    assert abs(float(round_scores(np.array(score))) - score) < 1e-6
