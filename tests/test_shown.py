"""Measuring where it is known what was shown: what nobody saw is no miss, and the future is not learnt."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

import hrtools_reco as hr
from hrtools_reco.evaluation import (
    FromFrame,
    PopularityBaseline,
    RandomBaseline,
    compare_recommenders,
    split_by_time,
)

TOOLS = ["t0", "t1", "t2", "t3"]
KEYS = [f"f{n}" for n in range(40)]
FIRMS = pd.DataFrame({"company_id": KEYS, "branch": ["laundry", "footwear"] * 20})
DRAW = np.random.default_rng(0)
USED = pd.DataFrame((DRAW.random((40, 4)) < 0.4) * 1.0, index=KEYS, columns=TOOLS)
SEEN = pd.DataFrame(DRAW.random((40, 4)) < 0.6, index=KEYS, columns=TOOLS)


class Spy(RandomBaseline):
    """Ranks t0 to t3 in that order, and keeps what it was given."""

    given: ClassVar[list] = []

    def fit(self, profiles, adoptions, shown=None):
        type(self).given.append((adoptions, shown))
        return self

    def rank(self, profiles, known, k):
        type(self).given.append((known, k))
        return np.tile(np.pad(np.arange(4), (0, max(k - 4, 0)), constant_values=-1), (len(profiles), 1))[
            :, :k
        ]


@pytest.fixture
def spy():
    Spy.given = []
    return Spy()


def figures(found):
    return found.per_firm.query("recommender == 'spy'").set_index("company_id").loc[KEYS]


def test_what_a_firm_never_saw_is_neither_hit_nor_miss(spy):
    found = figures(compare_recommenders({"spy": spy}, FIRMS, USED, shown=SEEN, k=2, cv=4))

    for key in KEYS:
        seen = [tool for tool in TOOLS if SEEN.loc[key, tool]]
        relevant = {tool for tool in seen if USED.loc[key, tool]}
        expected = len(relevant & set(seen[:2])) / len(relevant) if relevant else np.nan
        assert found.loc[key, "recall"] == pytest.approx(expected, nan_ok=True)
    assert (found["n_listed"] == 2).all()


def test_seen_everywhere_measures_as_seen_not_told():
    told, untold = (
        compare_recommenders({"random": RandomBaseline()}, FIRMS, USED, k=2, cv=4, baselines=False, **more)
        for more in ({"shown": SEEN | True}, {})
    )

    pd.testing.assert_frame_equal(told.per_firm, untold.per_firm)


def test_who_takes_shown_is_told_and_who_does_not_is_not(spy):
    compare_recommenders([spy], FIRMS, USED, shown=SEEN, cv=2, baselines=True)

    fits = [(used, seen) for used, seen in Spy.given if isinstance(seen, pd.DataFrame)]
    assert len(fits) == 2
    for used, seen in fits:
        pd.testing.assert_frame_equal(seen, SEEN.loc[used.index], check_names=False)


def test_a_recommender_in_frames_is_told_too():
    class Told:
        def fit(self, profiles=None, adoptions=None, shown=None):
            self.seen = shown

        def recommend_batch(self, companies, k=5): ...

    class Untold(Told):
        def fit(self, profiles=None, adoptions=None):
            self.seen = "not told"

    assert FromFrame(Told()).fit(FIRMS, USED, SEEN).recommender_.seen is SEEN
    assert FromFrame(Untold()).fit(FIRMS, USED, SEEN).recommender_.seen == "not told"


def test_popularity_counts_those_who_saw_a_tool():
    firms, index = pd.DataFrame({"company_id": range(100)}), range(100)
    rare = pd.DataFrame({"common": [1.0] * 30 + [0.0] * 70, "rare": [1.0] * 20 + [0.0] * 80}, index=index)
    seen = pd.DataFrame({"common": True, "rare": np.arange(100) < 25}, index=index)

    told, untold = (PopularityBaseline().fit(firms, rare, shown) for shown in (seen, None))

    assert told.share_["rare"] > 0.6 > 0.4 > told.share_["common"]
    assert untold.share_["rare"] == 0.2


@pytest.mark.parametrize("by", [(), ("branch",)])
def test_popularity_is_the_same_where_all_was_seen(by):
    told, untold = (
        PopularityBaseline(by=by, smoothing=0).fit(FIRMS, USED, shown) for shown in (SEEN | True, None)
    )

    known = USED.reset_index(drop=True) * 0
    assert told.rank(FIRMS, known, 4).tolist() == untold.rank(FIRMS, known, 4).tolist()


def test_a_tool_that_no_firm_saw_is_as_popular_as_tools_are():
    nowhere = SEEN.assign(t0=False)

    shares = PopularityBaseline(smoothing=0).fit(FIRMS, USED, nowhere).share_

    usual = USED.to_numpy()[nowhere.to_numpy()].mean()
    assert shares["t0"] == pytest.approx(usual)


CATALOG = hr.load_catalog()
OURS = sorted(CATALOG.tool_ids[:4])
LOG = pd.DataFrame(
    {
        "company_id": np.repeat(KEYS, 2),
        "tool_id": np.tile(OURS[:2], 40),
        "shown_on": ["2026-02-01"] * 40 + ["2026-05-01"] * 40,
        "adopted_on": [None, "2026-06-01"] * 40,
    }
)


@pytest.fixture(scope="module")
def feedback():
    return hr.read_feedback(LOG, on="2026-11-24")


def test_learning_stops_at_the_day_and_measuring_begins_there(spy, feedback):
    parts = split_by_time(feedback, "2026-04-01")

    found = compare_recommenders({"spy": spy}, FIRMS, parts, k=1, tool_ids=OURS, baselines=False)

    (used, seen), (known, k) = Spy.given
    assert used.index.tolist() == KEYS[:20]
    assert not used.to_numpy().any()  # adopted in June, which nobody knew in April
    assert seen.to_numpy().sum() == 40
    assert (known.index.tolist(), k) == (KEYS[20:], 4)
    assert found.per_firm["company_id"].tolist() == KEYS[20:]
    assert (found.per_firm["recall"] == 0).all()  # the second of the two that were shown was taken up


def test_what_is_in_place_on_the_day_is_known_after_it(spy):
    again = pd.DataFrame({"company_id": KEYS, "tool_id": OURS[2], "shown_on": "2026-07-01"})
    log = pd.concat([LOG, again.assign(adopted_on=None)])

    parts = split_by_time(hr.read_feedback(log, on="2026-11-24"), "2026-06-15")
    compare_recommenders({"spy": spy}, FIRMS, parts, k=1, tool_ids=OURS, baselines=False)

    known = Spy.given[-1][0]
    assert (known[OURS[1]] == 1).all()
    assert known.to_numpy().sum() == 40


def test_feedback_brings_along_what_was_shown(spy, feedback):
    whole, parts = (
        compare_recommenders({"spy": spy}, FIRMS, adoptions, k=1, cv=2, baselines=False, **more)
        for adoptions, more in ((feedback, {}), (feedback.adoptions, {"shown": feedback.shown}))
    )

    pd.testing.assert_frame_equal(whole.per_firm, parts.per_firm)


def test_the_recommender_is_measured_by_time(feedback):
    found = compare_recommenders(
        {"ours": hr.ToolRecommender()},
        hr.simulate_firms(40, seed=1).assign(company_id=KEYS),
        split_by_time(feedback, "2026-04-01"),
        k=3,
        tool_ids=CATALOG.tool_ids,
    )

    assert set(found.per_firm["recommender"]) >= {"ours", "prior_only", "popularity"}
    assert found.per_firm.groupby("recommender").size().eq(20).all()


@pytest.mark.parametrize(
    ("day", "message"),
    [
        ("2026-01-01", "on must be a day before which, and from which on"),
        ("2026-05-02", "from which on, a tool was shown"),
        ("then", "on must be a day: a date"),
    ],
)
def test_a_day_that_parts_nothing_is_refused(feedback, day, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        split_by_time(feedback, day)


def test_a_table_is_no_feedback(feedback):
    with pytest.raises(hr.InvalidValueError, match="feedback must be what read_feedback returns"):
        split_by_time(feedback.frame, "2026-04-01")
    with pytest.raises(hr.InvalidValueError, match="shown must be None where the split is by time"):
        compare_recommenders({}, FIRMS, split_by_time(feedback, "2026-04-01"), shown=SEEN)
