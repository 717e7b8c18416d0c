"""Simulated firms follow the published figures, and are read and repeated like a table of real ones."""

import numpy as np
import pandas as pd
import pytest

import hrtools_reco as hr

CATALOG = hr.load_catalog()
FIRMS = hr.simulate_firms(20_000, seed=3)


def test_sizes_are_those_of_the_eight_branches():
    stated = CATALOG.table("simulated_sizes").groupby("branch")["firms"].sum()
    drawn = FIRMS["branch"].value_counts(normalize=True).reindex(stated.index)

    assert drawn.to_numpy() == pytest.approx((stated / stated.sum()).to_numpy(), abs=0.01)
    assert 0.92 < (FIRMS["headcount"].dropna() < 50).mean() < 0.945


@pytest.mark.parametrize(("branch", "low", "high"), [("leather_goods", 38, 52), ("textile", 21, 29)])
def test_the_mean_headcount_is_near_that_of_the_branch(branch, low, high):
    mean = FIRMS.loc[FIRMS["branch"] == branch, "headcount"].mean()

    assert low < mean < high


def test_every_number_of_the_simulation_has_its_rubric_and_every_size_its_source():
    for name in ("simulation", "simulated_sizes"):
        assert CATALOG.table(name)["rubric"].notna().all()
    firms = CATALOG.table("branch_statistics").query("statistic == 'firms'")
    assert set(CATALOG.table("simulated_sizes")["url"]) <= set(firms["url"])


def test_maturity_rises_with_size():
    maturity = FIRMS.filter(like="maturity_").mean(axis=1)
    by_size = maturity.groupby(pd.cut(FIRMS["headcount"].astype(float), [0, 9, 49, 249, 999])).mean()

    assert (np.diff(by_size) > 5).all()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("maturity_it_base", "maturity_training"),
        ("need_hiring", "need_hard_to_fill"),
        ("need_knowhow_leaving", "need_apprentices"),
    ],
)
def test_maturity_and_needs_hang_together(first, second):
    assert FIRMS[[first, second]].corr().iloc[0, 1] > 0.15


def test_spending_is_near_the_survey():
    budget = FIRMS["budget_eur_per_year"].dropna()

    assert (budget <= 1000).mean() == pytest.approx(0.60, abs=0.05)
    assert (budget <= 5000).mean() == pytest.approx(0.85, abs=0.05)


def test_a_quarter_is_known_from_the_register_only_and_others_leave_holes():
    told = FIRMS.drop(columns=["company_id", "branch", "region", "headcount", "headcount_band"]).notna()

    assert (~told.any(axis=1)).mean() == pytest.approx(0.25, abs=0.02)
    assert FIRMS.filter(like="maturity_").isna().mean().between(0.28, 0.38).all()


def test_every_simulated_firm_is_read():
    recommender = hr.ToolRecommender().fit()

    batch = recommender.recommend_batch(FIRMS.head(500), k=3, on_error="collect")

    assert batch.accounts()["refused"] == 0


def test_the_same_seed_gives_the_same_firms_and_another_seed_others():
    again, other = hr.simulate_firms(300, seed=5), hr.simulate_firms(300, seed=6)

    pd.testing.assert_frame_equal(hr.simulate_firms(300, seed=5), again)
    assert not set(again["company_id"]) & set(other["company_id"])


@pytest.mark.parametrize(
    ("n", "seed", "message"), [(0, 0, "n must be"), (1.5, 0, "n must be"), (3, -1, "seed must be")]
)
def test_odd_numbers_are_refused(n, seed, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        hr.simulate_firms(n, seed=seed)
