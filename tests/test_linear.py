"""Scores are exact in single precision, and only where they can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import CATALOG, frame_of, tables

import hrtools_reco as hr
from hrtools_reco.firms import firms_of
from hrtools_reco.model.linear import LARGEST_SUM, SCORE_STEP, WEIGHT_STEP, LinearModel

RECOMMENDER = hr.ToolRecommender().fit()


@settings(max_examples=20)
@given(drawn=tables())
def test_single_precision_gives_the_scores_of_double_precision_to_the_last_bit(drawn):
    firms, model = firms_of(frame_of(drawn), CATALOG), RECOMMENDER.model_
    installed = firms.installed[:, : firms.n_tools]
    double = RECOMMENDER.encoder_.encode(firms)
    single = RECOMMENDER.encoder_.encode(firms, np.float32)

    assert (single == double).all()
    found = model.scores(single, installed)
    assert found.dtype == np.float32
    assert (found == model.scores(double, installed)).all()
    assert (found / SCORE_STEP == np.rint(found / SCORE_STEP)).all()


@pytest.mark.parametrize(
    "odd", [WEIGHT_STEP / 3, LARGEST_SUM, -LARGEST_SUM], ids=["between two steps", "too large", "too small"]
)
def test_a_prior_that_is_not_exact_in_single_precision_is_summed_in_double(odd):
    prior = RECOMMENDER.model_.prior.copy()
    prior[3, 5] = odd

    assert RECOMMENDER.model_.dtype is np.float32
    assert LinearModel(prior=prior).dtype is np.float64
