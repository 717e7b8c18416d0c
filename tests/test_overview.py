"""An answer counted by groups holds what a plain count over firms and tools says."""

import pickle

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import hrtools_reco as hr
from hrtools_reco.catalog import split_list

mpl.use("Agg")
CATALOG = hr.load_catalog()
RECOMMENDER = hr.ToolRecommender().fit()
FIRMS = hr.simulate_firms(400, seed=2)
BATCH = RECOMMENDER.recommend_batch(FIRMS, k=4)
SUMMARY = hr.summarise(BATCH, by=["branch", "size"])
SIZES = {"0-9": (0, 9), "10-49": (10, 49), "50-249": (50, 249), "250+": (250, 10**6)}


def members(branch, size=None):
    """Return the firms of a group, by a plain look at the table."""
    bands = CATALOG.table("headcount_bands").set_index("band")
    low = FIRMS["headcount"].astype(float).fillna(FIRMS["headcount_band"].map(bands["headcount_min"]))
    high = FIRMS["headcount"].astype(float).fillna(FIRMS["headcount_band"].map(bands["headcount_max"]))
    chosen = FIRMS["branch"] == branch
    if size is not None:
        chosen &= (low >= SIZES[size][0]) & (high <= SIZES[size][1])
    return FIRMS[chosen]


@pytest.fixture(scope="module")
def statuses():
    """Return the status of every firm and tool."""
    return RECOMMENDER.eligibility(FIRMS, wide=True)


@pytest.mark.parametrize(("branch", "size"), [("textile", "0-9"), ("leather_goods", "10-49")])
def test_a_group_counts_its_firms_and_their_tools(branch, size, statuses):
    own = members(branch, size)["company_id"]

    part = SUMMARY.of(branch=branch, size=size)

    row = part.groups.iloc[0]
    assert row["n_firms"] == len(own)
    fit = (statuses.loc[own] == "fit").sum(axis=1)
    assert row["mean_fit"] == pytest.approx(fit.mean())
    counts = BATCH.frame[BATCH.frame["company_id"].isin(own)]["tool_id"].value_counts()
    assert dict(zip(part.tools["tool_id"], part.tools["n_firms"], strict=True)) == counts.to_dict()
    assert part.tools["n_firms"].is_monotonic_decreasing


def test_a_need_without_a_tool_is_one_that_no_fitting_tool_answers(statuses):
    from hrtools_reco.catalog import need_answers

    own = members("textile")
    answers = need_answers(CATALOG) >= CATALOG.setting("answers_from")
    at = list(CATALOG.keys("needs")).index("split_teams")
    stated = own[own["need_split_teams"] >= CATALOG.setting("need_is_real")]["company_id"]
    expected = sum(not ((statuses.loc[key] == "fit") & answers[at]).any() for key in stated)

    row = hr.summarise(BATCH, by="branch").of(branch="textile").needs.set_index("need").loc["split_teams"]

    assert (row["n_stated"], row["n_without"]) == (len(stated), expected)


def test_a_function_without_a_tool_is_one_of_which_none_fits(statuses):
    own = members("couture")["company_id"]
    of_function = np.array(["lms" in split_list(cell) for cell in CATALOG.tools["functions"]])
    expected = (~(statuses.loc[own].to_numpy()[:, of_function] == "fit").any(axis=1)).sum()

    table = hr.summarise(BATCH, by="branch").of(branch="couture").functions.set_index("function")

    assert table.at["lms", "n_without"] == expected


def test_a_dimension_holds_back_the_firms_that_have_a_tool_to_prepare_for(statuses):
    waiting = hr.summarise(BATCH, by="branch").maturity.groupby("dimension")["n_waiting"].sum()

    assert waiting.max() <= (statuses == "prepare").any(axis=1).sum() <= waiting.sum()


def test_money_sums_the_known_prices_of_the_lists():
    money = SUMMARY.money

    assert (money["n_priced"] + money["n_unpriced"]).sum() == len(BATCH.frame)
    assert money["n_budgets"].sum() == FIRMS["budget_eur_per_year"].notna().sum()
    assert (money["cost_sum"] >= 0).all()


def test_every_count_stands_in_the_long_frame():
    long = SUMMARY.to_frame()

    assert list(long) == ["branch", "size", "topic", "key", "measure", "value"]
    assert set(long["topic"]) == {"groups", "tools", "functions", "needs", "maturity", "money"}
    assert long.query("measure == 'n_firms' and topic == 'groups'")["value"].sum() == len(FIRMS)


def test_firms_of_which_the_size_is_not_known_are_a_group_of_their_own():
    firms = pd.DataFrame({"company_id": ["a"], "branch": ["tanning"], "headcount_band": ["NN"]})

    summary = hr.summarise(RECOMMENDER.recommend_batch(firms), by=["size", "level", "region"])

    assert summary.groups[["size", "level", "region"]].iloc[0].tolist() == ["unknown"] * 3


@pytest.mark.parametrize("topic", ["tools", "functions", "needs", "maturity"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_picture_shows_one_bar_for_each_of_the_first_keys(topic, lang):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    _, axes = pyplot.subplots()

    drawn = SUMMARY.plot(topic, axes, lang=lang, n=3)

    assert drawn is axes
    assert len(axes.get_yticklabels()) == 3
    assert "400" in axes.get_title(loc="left")
    pyplot.close("all")


def test_a_picture_makes_its_own_figure_where_none_is_given():
    pyplot = pytest.importorskip("matplotlib.pyplot")

    assert SUMMARY.plot().figure is pyplot.gcf()
    pyplot.close("all")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hr.summarise(BATCH, by="colour"), "by must be"),
        (lambda: hr.summarise(BATCH, by=[]), "by must be"),
        (lambda: hr.summarise(BATCH, by=["branch", "branch"]), "each once"),
        (lambda: hr.summarise(BATCH.frame), "batch must be an answer of recommend_batch"),
        (lambda: hr.summarise(pickle.loads(pickle.dumps(BATCH))), "still has its firms"),
        (lambda: SUMMARY.of(region="Corse"), "one of the groupings branch, size"),
        (lambda: SUMMARY.of(branch="steel"), "branch must be a group of the summary"),
        (lambda: SUMMARY.plot("popularity"), "topic must be"),
        (lambda: SUMMARY.plot(lang="de"), "lang must be"),
        (lambda: SUMMARY.plot(n=0), "n must be"),
        (lambda: hr.coverage_report(k=0), "k must be"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_counted_or_drawn_is_refused(call, message):
    with pytest.raises(hr.HRToolsError, match=message):
        call()


def test_an_answer_travels_without_its_firms():
    travelled = pickle.loads(pickle.dumps(BATCH))

    assert travelled.basis is None
    pd.testing.assert_frame_equal(travelled.frame, BATCH.frame)


def test_a_thin_cell_names_the_rule_that_stops_most_tools(statuses):
    report = hr.coverage_report(FIRMS, k=60, recommender=RECOMMENDER)

    assert report.cells["n_firms"].sum() == len(FIRMS)
    assert report.cells["n_thin"].sum() == ((statuses == "fit").sum(axis=1) < 60).sum()
    assert report.thin["rule"].notna().all()
    assert set(report.thin["rule"]) <= {rule.name for rule in RECOMMENDER.rules_}
    assert report.cells.loc[report.cells["n_thin"] == 0, "rule"].isna().all()


def test_the_spread_over_the_catalog_is_that_of_the_lists():
    report = hr.coverage_report(FIRMS, k=4, recommender=RECOMMENDER)

    counts = BATCH.frame["tool_id"].value_counts()
    on_offer = (CATALOG.tools["status"] != "retired").sum()
    assert report.share_recommended == pytest.approx(len(counts) / on_offer)
    assert report.share_of_five == pytest.approx(counts.head(5).sum() / len(BATCH.frame))
    assert len(report.never) == on_offer - len(counts)


def test_the_grid_has_one_firm_for_each_branch_size_and_level():
    report = hr.coverage_report(recommender=RECOMMENDER)

    cells = report.cells[["branch", "size", "level"]]
    assert len(cells) == len(cells.drop_duplicates()) == 8 * 4 * 4
    assert (report.cells["n_firms"] == 1).all()
