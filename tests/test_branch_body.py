"""What a branch body asks: firms for a tool, two runs compared, a firm among its peers."""

import json
import pickle
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from ungraded import ungrade

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
FIRMS = hr.simulate_firms(400, seed=7)
FIRM = {"branch": "leather_goods", "headcount": 60, "need_hiring": 80}


def edited(catalog_folder, name, change):
    """Change a table of a copied catalog."""
    path = catalog_folder / f"{name}.csv"
    change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False, lineterminator="\n")


@pytest.fixture
def copied(tmp_path):
    """Return a catalog of one's own, as a folder."""
    return Path(shutil.copytree(Path(str(files("hrtools_reco.catalog_data"))), tmp_path / "catalog"))


@pytest.mark.parametrize("tool_id", ["moodle", "taleez", "ctc-formation"])
def test_the_firms_for_a_tool_are_the_best_of_those_that_no_rule_bars(tool_id):
    found = RECOMMENDER.firms_for(tool_id, FIRMS, n=15)

    every = RECOMMENDER.explain_batch(FIRMS, [tool_id], reasons="fr")
    open_to = every[every["status"].isin(["fit", "to_check"])].sort_values(
        "score", ascending=False, kind="stable"
    )
    expected = open_to.head(15).reset_index(drop=True).drop(columns="failed")
    pd.testing.assert_frame_equal(found.drop(columns="rank"), expected, check_exact=False, rtol=1e-6)
    assert found["rank"].tolist() == list(range(1, len(found) + 1))


def test_the_firms_for_a_tool_come_in_the_kind_of_the_table_and_may_be_none():
    found = RECOMMENDER.firms_for("moodle", pl.from_pandas(FIRMS), n=2, reasons="en")
    barred = {"branch": "couture", "headcount": 3, "excluded": ["ctc-formation"]}
    none = RECOMMENDER.firms_for("ctc-formation", [barred])

    assert isinstance(found, pl.DataFrame)
    assert found.height == 2
    assert none == []


def test_two_runs_over_the_same_firms_do_not_differ():
    found = hr.compare_runs(*(RECOMMENDER.recommend_batch(FIRMS) for _ in range(2)))

    assert (found.n_firms, found.n_changed, found.n_new, found.n_gone) == (400, 0, 0, 0)
    assert found.changes.empty
    assert found.counts().to_numpy().sum() == 0


def test_what_entered_left_and_moved_follows_from_the_two_lists():
    firms = FIRMS.head(60).copy()
    later = firms.assign(need_hiring=100.0).iloc[::-1]

    runs = [RECOMMENDER.recommend_batch(table, 4) for table in (firms, later)]
    found = hr.compare_runs(*runs)

    columns = ["company_id", "tool_id", "rank"]
    ranks = [
        {(key, tool): rank for key, tool, rank in run.frame[columns].itertuples(index=False)} for run in runs
    ]
    expected = {
        (*pair, "entered" if pair not in ranks[0] else "left" if pair not in ranks[1] else "moved")
        for pair in ranks[0].keys() | ranks[1].keys()
        if ranks[0].get(pair) != ranks[1].get(pair)
    }
    assert (
        set(found.changes[["company_id", "tool_id", "change"]].itertuples(index=False, name=None)) == expected
    )
    assert found.changes["company_id"].drop_duplicates().tolist() == [
        key for key in later["company_id"] if key in set(found.changes["company_id"])
    ]


def cause(before, after, **firm):
    """Return the causes of what changed for one firm."""
    row = {"company_id": "a", **FIRM, **firm}
    runs = [recommender.recommend_batch([row | more], 6) for recommender, more in (before, after)]
    return hr.compare_runs(*runs).changes


def test_a_firm_that_is_described_otherwise_is_the_cause():
    changes = cause((RECOMMENDER, {}), (RECOMMENDER, {"budget_eur_per_year": 0, "maturity_it_base": 10}))

    assert set(changes["why"]) == {"profile"}


def test_a_rule_that_bars_a_tool_is_named():
    first = RECOMMENDER.recommend({"branch": "leather_goods", "headcount": 60, "need_hiring": 80}, 1)[
        0
    ].tool_id

    changes = cause((RECOMMENDER, {}), (RECOMMENDER, {"refused": [first]})).set_index("tool_id")

    assert changes.loc[first, ["change", "rules", "status_after"]].tolist() == ["left", "refused", "excluded"]


def test_other_rules_are_the_cause_where_firm_and_catalog_are_the_same():
    other = hr.ToolRecommender(pillar="training").fit()

    changes = cause((RECOMMENDER, {}), (other, {}))

    left = changes[changes["change"] == "left"]
    assert "rules" in set(left["why"])
    assert "pillar" in set(left["rules"].dropna())
    assert set(changes["why"]) <= {"rules", "others"}


def test_a_catalog_that_changed_is_the_cause(copied):
    first = RECOMMENDER.recommend({"branch": "leather_goods", "headcount": 60, "need_hiring": 80}, 1)[
        0
    ].tool_id

    def retire(table):
        return table.assign(status=table["status"].where(table["tool_id"] != first, "retired"))

    before = hr.ToolRecommender(hr.load_catalog(ungrade(copied))).fit()
    edited(copied, "tools", retire)
    other = hr.ToolRecommender(hr.load_catalog(copied)).fit()

    changes = cause((before, {}), (other, {})).set_index("tool_id")

    assert changes.loc[first, ["change", "why", "rules"]].tolist() == ["left", "catalog", "status"]
    assert set(changes["why"]) <= {"catalog", "others"}


def test_what_was_learnt_is_the_cause_where_nothing_else_changed():
    firms = FIRMS.head(80)
    firms = firms.drop(columns="installed", errors="ignore")
    # All take up what stands just behind their lists: so it moves up.
    listed = RECOMMENDER.recommend_batch(firms, k=9).frame
    adopted = listed.loc[listed["rank"] > 5, ["company_id", "tool_id"]]
    learnt = hr.ToolRecommender().fit(firms, adopted)

    changes = cause((RECOMMENDER, {}), (learnt, {}))

    assert set(changes["why"]) <= {"model", "others"}
    assert "model" in set(changes["why"])


def test_firms_of_one_run_only_are_counted_and_not_compared():
    runs = [RECOMMENDER.recommend_batch(FIRMS.iloc[rows]) for rows in (slice(0, 30), slice(10, 50))]

    found = hr.compare_runs(*runs)

    assert (found.n_firms, found.n_new, found.n_gone) == (20, 20, 10)
    assert json.loads(json.dumps(found.to_dict()))["n_firms"] == 20


@pytest.mark.parametrize("wrong", ["frame", "pickled"])
def test_only_answers_that_still_have_their_firms_are_compared(wrong):
    answer = RECOMMENDER.recommend_batch(FIRMS.head(3))
    other = answer.frame if wrong == "frame" else pickle.loads(pickle.dumps(answer))

    with pytest.raises(hr.InvalidValueError, match="before must be an answer"):
        hr.compare_runs(other, answer)


def test_the_standing_of_a_firm_is_that_among_its_branch_and_size():
    firms = FIRMS[FIRMS["headcount"].notna()].reset_index(drop=True)
    firm = firms.iloc[5].to_dict()

    found = hr.standing(firm, firms)

    sizes = hr.load_catalog().table("size_classes")["headcount_min"].to_numpy()
    size = np.searchsorted(sizes, firms["headcount"].astype(float), side="right")
    peers = firms[(firms["branch"] == firm["branch"]) & (size == size[5])]
    assert found.n_peers == len(peers)
    row = found.frame.set_index("key").loc["recruitment"]
    known = peers["maturity_recruitment"].dropna().astype(float)
    assert row["n_known"] == len(known)
    if len(known) >= 5:
        assert row["median"] == pytest.approx(known.median())
        assert row[["p10", "p90"]].tolist() == pytest.approx(known.quantile([0.1, 0.9]).tolist())


def test_a_place_is_the_share_below_and_half_of_the_equal_ones():
    firm = {"branch": "couture", "headcount": 5}
    peers = [{**firm, "company_id": str(at), "maturity": {"skills": at * 10}} for at in range(10)]

    found = hr.standing({"branch": "couture", "headcount": 4, "maturity": {"skills": 40}}, peers)

    row = found.frame.set_index("key").loc["skills"]
    assert row["share_below"] == pytest.approx(0.45)
    assert np.isnan(found.frame.set_index("key").loc["training", "median"])
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["n_peers"] == 10


def test_a_firm_of_unknown_size_has_no_peers():
    with pytest.raises(hr.InvalidValueError, match="headcount must be known well enough"):
        hr.standing({"branch": "couture", "headcount_band": "NN"}, FIRMS)
