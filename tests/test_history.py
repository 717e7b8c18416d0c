"""Learning from adoption inside the recommender: never below the prior, better as firms come in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_validate
from worlds import CATALOG, N_TOOLS, RECOMMENDER, World, draw_firms, draw_world

import hrtools_reco as hr

BLOCKS = ["base", "need", "readiness", "size", "branch", "cost"]


@pytest.fixture(scope="module")
def learnt():
    """Return a recommender that learnt from 300 firms."""
    return hr.ToolRecommender().fit(*draw_world(300, 1))


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


@pytest.mark.parametrize("link", ["logistic", "power"])
@pytest.mark.parametrize(("tools", "correlation"), [(1.2, 0.5), (1.2, 0.9), (1.5, 0.8)])
def test_a_few_tools_a_firm_never_make_it_worse_than_its_own_prior(tools, correlation, link):
    gains = []
    for seed in (1, 2, 3):  # the promise is of the mean over worlds, and of the worst of them
        world = World(seed, correlation=correlation, tools=tools, link=link, n_firms=60, n_others=150)
        before = np.mean(world.quality_of(RECOMMENDER))
        learnt = [hr.ToolRecommender().fit(*world.history(n)) for n in (20, 60)]
        gains += [np.mean(world.quality_of(one)) - before for one in learnt]

    assert min(gains) > -0.02
    assert np.mean(gains) > -0.002


@pytest.mark.parametrize("link", ["logistic", "power"])
def test_ten_firms_that_took_up_a_tool_each_leave_a_good_prior_as_good(link):
    gains = []
    for seed in range(24, 28):
        world = World(seed, correlation=0.9, tools=1.2, link=link, n_firms=20, n_others=150)
        before = np.mean(world.quality_of(RECOMMENDER))
        learnt = [hr.ToolRecommender().fit(*world.history(n)) for n in (10, 20)]
        gains.append([np.mean(world.quality_of(one)) - before for one in learnt])

    assert np.min(gains) > -0.02
    assert np.min(np.mean(gains, axis=0)) > -0.002


def test_what_fifty_firms_seem_to_gain_is_not_taken_for_clear():
    world = World(101, correlation=0.8, tools=4, link="power", n_firms=300)

    learnt = hr.ToolRecommender().fit(*world.history(50))

    assert np.mean(world.quality_of(learnt)) > np.mean(world.quality_of(RECOMMENDER))


@pytest.mark.parametrize("tools", [1.2, 4])
def test_where_the_prior_says_little_a_hundred_firms_bring_it_level_with_popularity(tools):
    world = World(5, correlation=0.2, tools=tools)
    firms, adopted = world.history(100)

    learnt = np.mean(world.quality_of(hr.ToolRecommender().fit(firms, adopted)))

    popular = np.mean(world.quality(np.tile(adopted.mean(axis=0), (len(world.others), 1))))
    assert learnt > popular - 0.03
    assert learnt > np.mean(world.quality_of(RECOMMENDER)) + 0.05


def test_many_firms_make_it_better(learnt, others):
    assert learnt.score(*others) > RECOMMENDER.score(*others) + 0.03


@pytest.fixture(scope="module")
def of_two_camps():
    """Return a recommender that learnt from firms of two camps, and the tools of each camp."""
    draw, firms = np.random.default_rng(0), draw_firms(200, 11)
    allowed = RECOMMENDER.eligibility(firms, wide=True).isin(["fit", "to_check"]).to_numpy()
    common = np.flatnonzero(allowed.mean(axis=0) > 0.9)[:12]
    camp, camps = draw.integers(0, 2, 200), (common[:6], common[6:])
    adopted = np.zeros(allowed.shape)
    for own, tools in enumerate(camps):
        adopted[:, tools] = draw.random((200, 6)) < np.where(camp == own, 0.7, 0.05)[:, None]
    return hr.ToolRecommender().fit(firms, adopted), [[CATALOG.tool_ids[at] for at in one] for one in camps]


def test_a_tool_in_place_raises_those_of_firms_that_have_it(of_two_camps):
    learnt, (ours, theirs) = of_two_camps
    firm = pd.DataFrame({"company_id": ["a", "b"], "branch": "textile", "headcount": 40})

    scores = learnt.engine_.scores(learnt._firms(firm.assign(installed=[None, ours[0]])))

    gain = dict(zip(CATALOG.tool_ids, scores[1] - scores[0], strict=True))
    assert np.mean([gain[tool] for tool in ours[1:]]) > 3
    assert np.mean([gain[tool] for tool in theirs]) < -3


def test_a_tool_of_a_firm_never_raises_itself(of_two_camps):
    learnt, camps = of_two_camps
    tools = [tool for camp in camps for tool in camp]
    firms = pd.DataFrame({"company_id": ["none", *tools], "branch": "textile", "headcount": 40})

    scores = learnt.engine_.scores(learnt._firms(firms.assign(installed=[None, *tools])))

    own = [CATALOG.position(tool) for tool in tools]
    assert np.array_equal(scores[np.arange(1, len(tools) + 1), own], scores[0, own])
    assert np.array_equal(np.diag(learnt.model_.between), np.zeros(N_TOOLS))


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

    answers = [hr.ToolRecommender().fit(firms, way).recommend_batch(others[0].head(20)).frame for way in ways]

    for answer in answers[1:]:
        pd.testing.assert_frame_equal(answer, answers[0])


def test_the_recommender_works_in_a_grid_search_with_firms_as_x():
    firms, wide = draw_world(60, 4)

    search = GridSearchCV(hr.ToolRecommender(), {"max_per_function": [1, 3]}, cv=2, error_score="raise")
    search.fit(firms, wide)
    scores = cross_validate(hr.ToolRecommender(), firms, wide, cv=2, error_score="raise")

    assert search.best_params_["max_per_function"] in (1, 3)
    assert np.isfinite(scores["test_score"]).all()


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


LONG = pd.DataFrame({"company_id": ["3-0", "3-1"], "tool_id": ["moodle", "indeed"], "value": [1.0, 0.5]})
INDEXED = pd.Index(["3-0", "3-1"], name="company_id")
WRONG = {
    "an unknown tool": (
        LONG.assign(tool_id=["moodel", "indeed"]),
        r"row 0: tool_id must .* Got 'moodel'. Nearest: moodle",
    ),
    "an unknown firm": (LONG.assign(company_id=["3-0", "x"]), r"row 1: company_id must .* Got 'x'"),
    "a value over 1": (LONG.assign(value=[1, 1.5]), r"row 1: value must be a number from 0 .* Got 1.5"),
    "a value under 0": (LONG.assign(value=[-0.1, 1]), r"row 0: value must be a number from 0 .* Got -0.1"),
    "a missing value": (LONG.assign(value=[np.nan, 1]), r"row 0: value must be a number from 0"),
    "a pair twice": (pd.concat([LONG, LONG.iloc[[0]]]), r"row 2: company_id and tool_id must be together"),
    "an unknown column": (
        pd.DataFrame({"moodel": [1, 0]}, index=INDEXED),
        r"must be the key of a tool. Got 'moodel'",
    ),
    "rows without keys": (pd.DataFrame({"moodle": [1]}), "rows are named by the keys of the 2 firms"),
    "another shape": (np.zeros((2, 3)), rf"adoptions must be of shape \(2, {N_TOOLS}\)"),
    "a wide value over 1": (
        pd.DataFrame({"moodle": [0.0, 2.0]}, index=INDEXED),
        r"row 1: moodle must be a number from 0 .* Got .*2.0",
    ),
    "a sparse value over 1": (
        sparse.csr_array(([3.0], ([1], [0])), shape=(2, N_TOOLS)),
        r"row 1: .* must be a number from 0",
    ),
}


@pytest.mark.parametrize(("adoptions", "message"), WRONG.values(), ids=list(WRONG))
def test_wrong_adoption_is_refused_with_row_and_column(adoptions, message):
    with pytest.raises((hr.InvalidTableError, hr.InvalidValueError), match=message):
        hr.ToolRecommender().fit(draw_firms(2, 3), adoptions)


def test_profiles_and_adoptions_come_together():
    with pytest.raises(hr.InvalidValueError, match="profiles and adoptions must be given together"):
        hr.ToolRecommender().fit(draw_firms(2, 3))


def test_nobody_adopting_anything_teaches_nothing_harmful():
    firms = draw_firms(30, 2)

    learnt = hr.ToolRecommender().fit(firms, np.zeros((30, len(CATALOG.tool_ids))))

    assert learnt.recommend_batch(firms).frame["score"].between(0, 100).all()


def test_a_hundred_points_stay_in_reach_where_the_prior_says_nothing():
    world = World(3, correlation=0.0, tools=4)

    learnt = hr.ToolRecommender().fit(*world.history(100))

    scores = learnt.engine_.scores(learnt._firms(world.others))
    best = np.sort(np.where(world.allowed[100:], scores, 0.0), axis=1)[:, -10:]
    assert (best < 100).mean() > 0.99
    assert (best > 0).all()


def test_shown_everywhere_equals_shown_not_given():
    firms, adopted = draw_world(50, 3)

    plain, shown = (
        hr.ToolRecommender().fit(firms, adopted, **more) for more in ({}, {"shown": np.ones((50, N_TOOLS))})
    )

    assert np.array_equal(plain.model_.history, shown.model_.history)


def test_outside_of_what_was_shown_nothing_is_learned():
    firms, adopted = draw_world(60, 3)
    seen = np.random.default_rng(0).random(adopted.shape) < 0.3
    all_adopted = adopted.where(seen, 1.0)

    first, second = (hr.ToolRecommender().fit(firms, way, shown=seen) for way in (adopted, all_adopted))

    assert np.array_equal(first.model_.history, second.model_.history)
    assert not np.array_equal(first.model_.history, hr.ToolRecommender().fit(firms, adopted).model_.history)


def test_a_tool_that_few_could_see_is_not_taken_for_one_that_few_want():
    world = World(2, correlation=0.5, tools=4, n_firms=300)
    firms, adopted = world.history(300)
    popular = int(np.argmax(adopted.sum(axis=0)))
    seen = np.ones(adopted.shape)
    seen[60:, popular] = 0.0

    told, untold = (hr.ToolRecommender().fit(firms, adopted * seen, shown=shown) for shown in (seen, None))

    scores = [
        recommender.engine_.scores(recommender._firms(world.others))[:, popular].mean()
        for recommender in (told, untold)
    ]
    assert scores[0] > scores[1] + 5


def test_what_a_rule_excludes_teaches_nothing():
    firms, adopted = draw_world(60, 4)
    excluded = RECOMMENDER.eligibility(firms, wide=True).isin(["prepare", "excluded"])
    everywhere = adopted.where(~excluded.to_numpy(), 1.0)

    first, second = (hr.ToolRecommender().fit(firms, way) for way in (adopted, everywhere))

    assert np.array_equal(first.model_.history, second.model_.history)


def test_a_tool_that_a_firm_has_in_place_still_teaches():
    firms, adopted = draw_world(60, 4)
    tools = np.array(adopted.columns)
    has = ["|".join(tools[row > 0]) or None for row in adopted.to_numpy()]

    first, second = (
        hr.ToolRecommender().fit(table, adopted) for table in (firms, firms.assign(installed=has))
    )

    assert np.array_equal(first.model_.history, second.model_.history)


def test_shown_comes_with_adoptions():
    with pytest.raises(hr.InvalidValueError, match="shown must be given with profiles and adoptions"):
        hr.ToolRecommender().fit(shown=np.ones((2, N_TOOLS)))


def test_nothing_shown_leaves_the_prior_to_the_digit():
    firms, adopted = draw_world(50, 3)

    learnt = hr.ToolRecommender().fit(firms, adopted, shown=np.zeros((50, N_TOOLS)))

    assert learnt.model_.history is None
    assert learnt.bands_ is None


def test_the_surer_a_place_the_more_often_it_was_right(learnt):
    bands = learnt.bands_

    shares = [share for share, n in zip(bands.right, bands.places, strict=True) if n]
    assert shares == sorted(shares, reverse=True)
    assert bands.least[0] >= bands.least[1]
    assert sum(bands.places) > 500


def test_too_few_firms_to_hold_some_out_have_no_bands():
    assert hr.ToolRecommender().fit(*draw_world(20, 1)).bands_ is None


def test_effects_that_are_held_back_without_end_leave_the_levels(learnt):
    firms, adopted = draw_world(100, 1)
    held = hr.ToolRecommender(alpha_profile=1e9, alpha_tools=1e9).fit(firms, adopted)

    moved = np.abs(held.model_.history - held.model_.history.mean(axis=1, keepdims=True)).sum()
    free = np.abs(learnt.model_.history - learnt.model_.history.mean(axis=1, keepdims=True)).sum()

    assert moved < free
    assert held.recommend_batch(draw_firms(30, 5)).frame["score"].between(0, 100).all()


@pytest.mark.parametrize("name", ["alpha_profile", "alpha_tools"])
@pytest.mark.parametrize("value", [0, -1, "cv", None, float("nan")], ids=str)
def test_how_far_effects_are_held_back_is_a_number_above_zero(name, value):
    with pytest.raises(hr.InvalidValueError, match=f"{name} must be a number at least"):
        hr.ToolRecommender(**{name: value}).fit(*draw_world(20, 1))
