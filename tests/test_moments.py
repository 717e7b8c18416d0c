"""Sufficient statistics that add up."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import sparse

from hrtools_reco.model.moments import _CACHED_ROWS, moments_of, total

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


@pytest.mark.parametrize("form", [np.array, sparse.csr_array], ids=["dense", "sparse"])
@pytest.mark.parametrize("n_rows", [_CACHED_ROWS - 1, _CACHED_ROWS, _CACHED_ROWS + 1, 2 * _CACHED_ROWS + 7])
def test_no_row_is_lost_between_two_caches(form, n_rows):
    numbers = np.random.default_rng(n_rows)
    rows, weight = numbers.normal(size=(n_rows, 3)), numbers.integers(0, 3, n_rows)

    found = moments_of([form(rows[:, :1]), form(rows[:, 1:])], weight.astype(float))

    repeated = np.repeat(rows, weight, axis=0)
    assert found.weight == len(repeated)
    assert np.abs(found.mean - repeated.mean(axis=0)).max() < 1e-12
    assert np.abs(found.scatter - (len(repeated) - 1) * np.cov(repeated.T)).max() < 1e-8
