"""Sufficient statistics that add up."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, strategies as st
from scipy import sparse

from hrtools_reco.learning.moments import moments_of, total

ROWS = np.random.default_rng(0).normal(size=(30, 4)) + 1000.0
WEIGHT = np.linspace(0.0, 2.0, 30)


@given(cuts=st.lists(st.integers(0, 30), max_size=4).map(sorted))
def test_the_statistics_of_the_parts_add_up_to_those_of_the_whole(cuts):
    edges = [0, *cuts, 30]
    parts = [moments_of([ROWS[a:b]], WEIGHT[a:b]) for a, b in itertools.pairwise(edges)]

    whole, joined = moments_of([ROWS], WEIGHT), total(parts)

    assert joined.weight == whole.weight or abs(joined.weight - whole.weight) < 1e-12
    assert np.abs(joined.mean - whole.mean).max() < 1e-9
    assert np.abs(joined.scatter - whole.scatter).max() < 1e-8


def test_they_are_those_of_numpy():
    found = moments_of([ROWS], np.ones(30))

    assert np.abs(found.scatter - 29 * np.cov(ROWS.T)).max() < 1e-9
    assert np.abs(found.mean - ROWS.mean(axis=0)).max() < 1e-10


def test_sparse_rows_have_the_same():
    rows = np.where(ROWS > 1000, ROWS - 1000, 0.0)

    dense, thin = moments_of([rows], WEIGHT), moments_of([sparse.csr_array(rows)], WEIGHT)

    assert np.abs(dense.scatter - thin.scatter).max() < 1e-10
    assert np.abs(dense.mean - thin.mean).max() < 1e-12


def test_rows_without_weight_say_nothing():
    nothing = moments_of([ROWS], np.zeros(30))

    assert nothing.weight == 0
    assert np.array_equal(
        total([moments_of([ROWS], WEIGHT), nothing]).scatter, moments_of([ROWS], WEIGHT).scatter
    )
