"""Learning from adoption inside the recommender: the prior first, history as firms come in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_validate
from worlds import CATALOG, RECOMMENDER, draw_firms, draw_world

import hrtools_reco as hr
from hrtools_reco.model.history import calibrate, shrunken_level

N_TOOLS = len(hr.load_catalog().tool_ids)
BLOCKS = ["base", "need", "readiness", "size", "branch", "cost"]
FAST = hr.ToolRecommender(alpha_profile=30.0, alpha_tools=30.0)


@pytest.fixture(scope="module")
def learnt():
    """Return a recommender that learnt from 300 firms."""
    return clone(FAST).fit(*draw_world(300, 1))


@pytest.fixture(scope="module")
def others():
    """Return firms that no recommender has seen, and what they adopted."""
    return draw_world(400, 99)


def test_without_history_the_answer_is_that_of_the_prior_to_the_digit(others):
    again = clone(RECOMMENDER).fit()

    pd.testing.assert_frame_equal(
        again.recommend_batch(others[0], contributions=True).frame,
        RECOMMENDER.recommend_batch(others[0], contributions=True).frame,
        check_exact=True,
    )


def test_history_adds_to_its_own_contribution_alone(learnt):
    firms = draw_firms(30, 5)
    ours = learnt.recommend_batch(firms, k=N_TOOLS, contributions=True).frame.set_index(
        ["company_id", "tool_id"]
    )
    prior = RECOMMENDER.recommend_batch(firms, k=N_TOOLS, contributions=True).frame.set_index(
        ["company_id", "tool_id"]
    )

    shared = ours.index.intersection(prior.index)
    uncut = shared[
        ours.loc[shared, "score"].between(0.01, 99.99) & prior.loc[shared, "score"].between(0.01, 99.99)
    ]
    for block in BLOCKS:
        column = f"contribution_{block}"
        assert np.abs(ours.loc[uncut, column] - prior.loc[uncut, column]).max() < 1e-6
    assert ours.loc[uncut, "contribution_history"].abs().max() > 1
    total = ours.filter(like="contribution_").sum(axis=1)
    assert np.abs(total - ours["score"]).max() < 1e-6


def test_a_firm_gets_the_same_answer_alone_and_in_any_chunk_with_history_too(learnt):
    firms = draw_firms(40, 6).assign(installed=["moodle", None, "payfit|flatchr", None] * 10)

    whole = learnt.recommend_batch(firms, contributions=True).frame

    for size in (1, 7):
        parts = learnt.recommend_batch(firms, contributions=True, chunk_size=size).frame
        pd.testing.assert_frame_equal(parts, whole, check_exact=True)


@pytest.mark.parametrize("n_firms", [5, 40])
def test_a_few_firms_never_make_it_worse_than_the_prior(n_firms, others):
    prior = RECOMMENDER.score(*others)

    scores = [clone(FAST).fit(*draw_world(n_firms, seed)).score(*others) for seed in (1, 2)]

    assert min(scores) > prior - 0.005


def test_many_firms_make_it_better(learnt, others):
    assert learnt.score(*others) > RECOMMENDER.score(*others) + 0.03


def test_what_is_in_place_changes_the_scores_of_other_tools(learnt):
    firm = {"branch": "textile", "headcount": 40}

    without = {item.tool_id: item.score for item in learnt.recommend(firm, k=N_TOOLS)}
    with_it = {
        item.tool_id: item.score for item in learnt.recommend({**firm, "installed": ["indeed"]}, k=N_TOOLS)
    }

    assert "indeed" not in with_it
    assert any(with_it[tool] != without[tool] for tool in with_it)


def test_long_wide_and_sparse_adoption_teach_the_same(others):
    firms, wide = draw_world(60, 3)
    long = wide.stack().rename("value").rename_axis(["company_id", "tool_id"]).reset_index()
    shuffled = long[long["value"] > 0].sample(frac=1, random_state=0)
    ways = [
        wide,
        shuffled,
        shuffled.drop(columns="value"),
        sparse.csr_array(wide.to_numpy()),
        wide.to_numpy(),
    ]

    answers = [clone(FAST).fit(firms, way).recommend_batch(others[0].head(20)).frame for way in ways]

    for answer in answers[1:]:
        pd.testing.assert_frame_equal(answer, answers[0])


def test_the_recommender_works_in_a_grid_search_with_firms_as_x():
    firms, wide = draw_world(60, 4)

    search = GridSearchCV(clone(FAST), {"alpha_profile": [3.0, 300.0]}, cv=2, error_score="raise").fit(
        firms, wide
    )
    scores = cross_validate(clone(FAST), firms, wide, cv=2, error_score="raise")

    assert search.best_params_["alpha_profile"] in (3.0, 300.0)
    assert np.isfinite(scores["test_score"]).all()


def test_the_penalties_can_be_chosen_by_cross_validation():
    learnt = hr.ToolRecommender().fit(*draw_world(40, 8))

    assert learnt.n_firms_ == 40
    assert len(learnt.recommend({"branch": "textile", "headcount": 9})) == 5


def test_similar_companies_are_those_of_the_history(learnt):
    firms, wide = draw_world(300, 1)
    row = firms.iloc[[17]]

    found = learnt.similar_companies(hr.CompanyProfile(**_fields(row)), n=3)

    assert found["company_id"].iloc[0] == row["company_id"].iloc[0]
    assert found["similarity"].is_monotonic_decreasing
    used = set(wide.columns[wide.iloc[17] > 0])
    assert set(filter(None, found["tools"].iloc[0].split("|"))) == used


def _fields(row):
    """Return one row of a table as the arguments of a profile."""
    cells = {key: value for key, value in row.iloc[0].items() if pd.notna(value)}
    fields = {key: cells[key] for key in ("company_id", "branch", "region", "headcount")}
    fields["maturity"] = {k[9:]: v for k, v in cells.items() if k.startswith("maturity_")}
    fields["needs"] = {k[5:]: v for k, v in cells.items() if k.startswith("need_")}
    return fields


def test_similar_companies_need_a_history():
    with pytest.raises(hr.InvalidValueError, match="adoptions must be given to fit"):
        RECOMMENDER.similar_companies({"branch": "textile", "headcount": 9})


def test_profiles_and_adoptions_come_together():
    with pytest.raises(hr.InvalidValueError, match="profiles and adoptions must be given together"):
        hr.ToolRecommender().fit(draw_firms(2, 3))


def test_nobody_adopting_anything_teaches_nothing_harmful():
    firms = draw_firms(30, 2)

    learnt = clone(FAST).fit(firms, np.zeros((30, len(CATALOG.tool_ids))))

    assert learnt.recommend_batch(firms).frame["score"].between(0, 100).all()


@pytest.mark.parametrize(
    ("points", "slope"), [([0.0, 100.0], 0.005), ([100.0, 0.0], 0.0), ([50.0, 50.0], 0.0)]
)
def test_the_calibration_never_turns_the_prior_round(points, slope):
    assert calibrate(np.array([points]), np.array([[0.0, 0.5]])).slope == pytest.approx(slope)


def test_the_level_of_a_tool_is_shrunk_for_few_firms_and_kept_for_many():
    draw = np.random.default_rng(0)
    noise = draw.normal(size=(2000, 50))
    truth = draw.normal(scale=0.3, size=50)

    few, many = shrunken_level(truth + noise[:5]), shrunken_level(truth + noise)

    assert np.abs(few).mean() < np.abs((truth + noise[:5]).mean(axis=0)).mean()
    assert np.corrcoef(many, truth)[0, 1] > 0.99
    assert (shrunken_level(truth[None]) == 0).all()
