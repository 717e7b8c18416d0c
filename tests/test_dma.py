"""Maturity estimated from the EU Digital Maturity Assessment."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st
from odd_values import MISSING, ODD

from hrtools_reco.catalog.catalog import load_catalog
from hrtools_reco.diagnostic.dma import dma_from_maturity, maturity_from_dma
from hrtools_reco.exceptions import InvalidValueError, UnknownNameError
from hrtools_reco.firms.profiles import CompanyProfile

KEYS = ["DBS", "DR", "HCD", "DMC", "AAI", "GD"]
# The published table, copied by hand: weights of the scores, then the confidence.
PUBLISHED = {
    "staff_access": ({"DR": 0.4, "HCD": 0.6}, 0.35),
    "it_base": ({"DR": 0.6, "DMC": 0.4}, 0.6),
    "hr_admin": ({"DBS": 0.2, "DR": 0.3, "DMC": 0.5}, 0.35),
    "recruitment": ({"DBS": 0.3, "DR": 0.7}, 0.2),
    "training": ({"DBS": 0.1, "HCD": 0.9}, 0.55),
    "skills": ({"HCD": 1.0}, 0.35),
    "steering": ({"DBS": 0.8, "HCD": 0.2}, 0.6),
}
scores = st.dictionaries(st.sampled_from(KEYS), st.one_of(st.none(), st.floats(0, 100)))


@given(given_scores=scores)
def test_an_estimate_is_the_published_mean_drawn_toward_the_baseline(given_scores):
    estimate = maturity_from_dma(given_scores)

    for dimension, (weights, confidence) in PUBLISHED.items():
        parts = [(weight, given_scores.get(key)) for key, weight in weights.items()]
        expected = None
        if all(score is not None for _, score in parts):
            expected = confidence * sum(w * s for w, s in parts) + (1 - confidence) * 29
        assert estimate.maturity[dimension] == pytest.approx(expected)
        assert estimate.confidence[dimension] == confidence


def test_full_names_stand_for_keys_in_both_languages():
    table = load_catalog().table("dma_dimensions")
    by_key = maturity_from_dma(dict.fromkeys(table["dma_dimension"], 60))

    assert maturity_from_dma(dict.fromkeys(table["name_en"], 60)) == by_key
    assert maturity_from_dma(dict.fromkeys(table["name_fr"].str.upper(), 60)) == by_key


def test_answers_are_never_overridden_and_estimates_are_marked_as_such():
    estimate = maturity_from_dma(dict.fromkeys(KEYS, 80))

    fields = estimate.profile_fields({"recruitment": 10.0, "training": None})
    profile = CompanyProfile(branch="couture", headcount=12, **fields)

    assert profile.maturity["recruitment"] == 10
    assert set(profile.maturity_estimated) == set(PUBLISHED) - {"recruitment"}


def test_an_estimate_names_its_source_and_is_ready_for_json():
    estimate = maturity_from_dma({"HCD": 50})

    assert "not validated" in estimate.source
    assert "https://" in estimate.source
    assert json.loads(json.dumps(estimate.to_dict()))["maturity"]["skills"] == pytest.approx(36.35)


@pytest.mark.parametrize(
    ("given_scores", "error", "message"),
    [
        ({"DBX": 3}, UnknownNameError, "dimension of the assessment must be .* Got 'DBX'. Nearest: DBS"),
        ({"DBS": 101}, InvalidValueError, "score of DBS must be a number from 0 to 100. Got 101"),
        ({"DBS": "high"}, InvalidValueError, "score of DBS must be a number from 0 to 100. Got 'high'"),
        ({"DBS": 1, "dbs": 2}, InvalidValueError, "each dimension of the assessment once. Got 'dbs'"),
        ([1, 2], InvalidValueError, "scores must be a mapping"),
    ],
)
def test_a_wrong_report_is_refused(given_scores, error, message):
    with pytest.raises(error, match=message):
        maturity_from_dma(given_scores)


def test_the_weights_of_each_dimension_add_up_to_one():
    mapping = load_catalog().table("dma_mapping")

    assert mapping.groupby("dimension")["weight"].sum().round(12).eq(1).all()
    assert set(mapping["dimension"]) == set(load_catalog().keys("dimensions"))
    assert set(load_catalog().keys("dma_confidence")) == set(load_catalog().keys("dimensions"))


@pytest.mark.parametrize("missing", MISSING.values(), ids=list(MISSING))
def test_a_score_that_is_missing_in_any_spelling_is_left_out(missing):
    assert (
        maturity_from_dma({"DR": 60, "DMC": 40, "HCD": missing}).maturity
        == maturity_from_dma({"DR": 60, "DMC": 40}).maturity
    )


@pytest.mark.parametrize(
    "name", [name for name in ODD if name not in ("a decimal", "a fraction", "a NumPy integer")]
)
def test_a_score_of_another_type_is_refused(name):
    with pytest.raises(InvalidValueError, match="score of DR must be a number from 0 to 100"):
        maturity_from_dma({"DR": ODD[name]})


@given(score=st.floats(0, 100))
def test_equal_maturity_everywhere_gives_that_score_with_a_confidence_and_nothing_where_nothing_bears(score):
    found = dma_from_maturity(dict.fromkeys(PUBLISHED, score))

    for key in ("DBS", "DR", "HCD", "DMC"):
        assert found[key]["score"] == pytest.approx(score)
        assert 0 < found[key]["confidence"] <= 0.6
    for key in ("AAI", "GD"):
        assert found[key] == {"score": None, "confidence": 0.0}
