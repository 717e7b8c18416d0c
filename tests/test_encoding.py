"""Profiles as vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import CATALOG, firms

import hrtools_reco as hr
from hrtools_reco.firms import firms_of
from hrtools_reco.model.encoding import BLANK, GROWN, RESOLUTION, SHARE, ProfileEncoder, middle_headcount

ENCODER = ProfileEncoder(CATALOG)
SOURCES = np.array([feature.source for feature in ENCODER.features])
VALUES = np.array([feature.value for feature in ENCODER.features])


def encode(firm):
    """Encode one firm."""
    table = firms_of(hr.CompanyProfile(**firm), CATALOG)
    return table, ENCODER.encode(table)[0]


@settings(max_examples=40)
@given(firm=firms())
def test_a_known_value_shares_one_unit_and_an_unknown_one_none(firm):
    table, vector = encode(firm)

    for at, dimension in enumerate(CATALOG.keys("dimensions")):
        shares = vector[f"maturity_{dimension}" == SOURCES].sum()
        assert shares == pytest.approx(0.0 if np.isnan(table.maturity[0, at]) else 1.0, abs=1e-9)
    for at, need in enumerate(CATALOG.keys("needs")):
        beside = np.isin(VALUES, [SHARE, GROWN])
        stated = vector[(f"need_{need}" == SOURCES) & ~beside].sum()
        assert stated == pytest.approx(0.0 if np.isnan(table.needs[0, at]) else 1.0, abs=1e-9)
        assert not (stated and vector[f"expected_{need}" == SOURCES].any())
    for fact in CATALOG.keys("facts"):  # only what was told: what follows adds nothing that is not there
        told = firm.get("facts", {}).get(fact)
        assert vector[f"has_{fact}" == SOURCES].tolist() == [float(told is True), float(told is False)]
    assert vector[SOURCES == "branch"].sum() == 1
    assert vector[SOURCES == "region"].sum() + vector[SOURCES == "region_unknown"].sum() == 1


@settings(max_examples=40)
@given(firm=firms())
def test_features_are_between_0_and_1_and_multiples_of_the_resolution(firm):
    _, vector = encode(firm)

    assert ((vector >= 0) & (vector <= 1)).all()
    assert (vector / RESOLUTION == np.round(vector / RESOLUTION)).all()


@pytest.mark.parametrize(
    ("score", "expected"), [(0, [1, 0, 0, 0, 0]), (50, [0, 0, 1, 0, 0]), (62.5, [0, 0, 0.5, 0.5, 0])]
)
def test_a_score_between_two_knots_is_shared_by_them(score, expected):
    _, vector = encode({"branch": "textile", "headcount": 9, "maturity": {"training": score}})

    assert vector[SOURCES == "maturity_training"].tolist() == expected


@settings(max_examples=40)
@given(firm=firms())
def test_a_need_counts_as_a_share_of_all_that_is_urgent_and_grows_with_the_firm(firm):
    table, vector = encode(firm)

    needs = np.nan_to_num(table.needs[0])
    expected = ENCODER.expected.of(table)[0]
    total = max(np.where(np.isnan(table.needs[0]), np.nan_to_num(expected), needs).sum(), 50.0)
    size = np.nan_to_num(middle_headcount(table)[0], nan=1.0)
    grown = min(max(np.log10(size / 10.0), 0.0), 1.0)
    for need, urgency in zip(CATALOG.keys("needs"), needs, strict=True):
        own = f"need_{need}" == SOURCES
        assert vector[own & (VALUES == SHARE)] == pytest.approx(urgency / total, abs=RESOLUTION / 2)
        assert vector[own & (VALUES == GROWN)] == pytest.approx(grown * urgency / 100, abs=RESOLUTION / 2)


@pytest.mark.parametrize(
    ("firm", "expected"),
    [({}, 1.0), ({"budget_eur_per_year": 0}, 0.0), ({"needs": {"hiring": 0}}, 5 / 6)],
    ids=["nothing", "the budget", "one need of six"],
)
def test_a_firm_is_blank_as_far_as_nothing_of_it_is_known(firm, expected):
    _, vector = encode({"branch": "textile", "headcount": 9, **firm})

    assert vector[(SOURCES == "unknown") & (VALUES == BLANK)] == pytest.approx(expected, abs=RESOLUTION / 2)


@pytest.mark.parametrize(
    ("size", "middle"),
    [
        ({"headcount": 18}, 18),
        ({"headcount_band": "12"}, np.sqrt(20 * 49)),
        ({"headcount_band": "53"}, 10000),
    ],
)
def test_a_band_stands_for_its_geometric_middle(size, middle):
    table = firms_of(hr.CompanyProfile(branch="textile", **size), CATALOG)

    assert middle_headcount(table)[0] == pytest.approx(middle)


def test_a_firm_that_may_employ_nobody_has_no_size():
    _, vector = encode({"branch": "textile", "headcount_band": "NN"})

    assert not vector[SOURCES == "headcount"].any()


def test_expected_needs_follow_branch_and_size():
    rows = CATALOG.table("branch_needs").query("branch == 'leather_goods' and need == 'apprentices'")
    table = firms_of(hr.CompanyProfile(branch="leather_goods", headcount=10), CATALOG)

    at = CATALOG.keys("needs").index("apprentices")
    assert ENCODER.expected.of(table)[0, at] == rows["expected"].iloc[0]
