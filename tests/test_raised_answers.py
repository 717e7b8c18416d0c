"""What a better answer does to a list: it never takes a tool away, but one whose work it shows to be done."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr

QUESTIONNAIRE = hr.load_questionnaire()
RECOMMENDER = hr.ToolRecommender().fit()
DIMENSIONS = hr.load_catalog().keys("dimensions")
ASKED = [one for one in QUESTIONNAIRE.form("full") if one.block in DIMENSIONS]
BEST_FIRST = {"fit": 0, "to_check": 1, "prepare": 2, "excluded": 3}

answers = st.fixed_dictionaries(
    {}, optional={one.code: st.sampled_from([option.code for option in one.options]) for one in ASKED}
)
steps = st.sampled_from([(one, place) for one in ASKED for place in range(1, len(one.options))])


def firm_of(given_answers, headcount, *, equipped):
    """Return the firm of some answers, with or without what they show to be served already."""
    fields = QUESTIONNAIRE.score(given_answers, headcount).profile_fields()
    return {"branch": "leather_goods", "headcount": headcount, **fields} | (
        {} if equipped else {"installed": ()}
    )


def statuses(firm):
    """Return the rank of the status of each tool, the best first."""
    return RECOMMENDER.eligibility(firm, wide=True).iloc[0].map(BEST_FIRST)


# A list's fit is the set of tools that it may be made of (fit, then to check), not its points: a tool made
# for beginners is worth fewer points to a firm that is ahead, and is then rightly overtaken.
@settings(max_examples=40, deadline=None)
@given(answers, steps, st.sampled_from([3, 18, 60, 300]))
def test_raising_one_answer_never_lowers_the_fit_of_a_list(given_answers, step, headcount):
    question, place = step
    low, high = ({**given_answers, question.code: question.options[at].code} for at in (place - 1, place))

    before, after = (statuses(firm_of(one, headcount, equipped=False)) for one in (low, high))

    assert (after <= before).all()
    lists = [RECOMMENDER.recommend(firm_of(one, headcount, equipped=False), 5) for one in (low, high)]
    assert lists[0].n_fit <= lists[1].n_fit
    assert len(lists[0]) <= len(lists[1])


@settings(max_examples=30, deadline=None)
@given(answers, steps, st.sampled_from([3, 18, 60, 300]))
def test_what_a_better_answer_takes_away_serves_what_is_served_already(given_answers, step, headcount):
    question, place = step
    low, high = ({**given_answers, question.code: question.options[at].code} for at in (place - 1, place))
    before, after = (firm_of(one, headcount, equipped=True) for one in (low, high))

    gone = statuses(after) > statuses(before)

    served = set(after["installed"]) - set(before["installed"])
    if not served:
        assert not gone.any()
    for tool_id in gone.index[gone]:
        failed = [rule.name for rule in RECOMMENDER.explain(after, tool_id).rules if rule.outcome == "fail"]
        assert {"equipped", "installed"} & set(failed)


def test_points_of_a_list_may_fall_which_is_why_they_are_not_its_fit():
    firms = hr.simulate_firms(100, seed=4)
    column = "maturity_recruitment"
    raised = firms.assign(**{column: np.minimum(firms[column] + 12.5, 100)})

    points = [
        RECOMMENDER.recommend_batch(one, 5).frame.groupby("company_id")["score"].sum()
        for one in (firms, raised)
    ]

    assert (points[1] < points[0] - 1).any()


ESTIMATED = hr.maturity_from_dma({"HCD": 50, "DBS": 40}).profile_fields()
FIRM = {"branch": "couture", "headcount": 12, "needs": {"hiring": 75}}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_list_and_a_plan_on_a_dma_alone_are_marked_as_estimates(tmp_path, lang):
    word = {"fr": "Estimation : la maturité n’est pas mesurée", "en": "Estimate: maturity is not measured"}[
        lang
    ]
    found, plan = RECOMMENDER.recommend(FIRM | ESTIMATED), RECOMMENDER.roadmap(FIRM | ESTIMATED)
    page = hr.report(FIRM | ESTIMATED, tmp_path / "page.html", lang).read_text("utf-8")

    for result in (found, plan):
        assert word in result.to_text(lang)
        assert word in result.to_html(lang)
        assert result.to_dict()["estimated"] == list(ESTIMATED["maturity_estimated"])
    assert word in page.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_list_on_measured_maturity_is_not_marked():
    measured = FIRM | {"maturity": ESTIMATED["maturity"]}

    for result in (RECOMMENDER.recommend(measured), RECOMMENDER.roadmap(measured)):
        assert "Estimation" not in result.to_text()
        assert result.to_dict()["estimated"] == []
    assert isinstance(RECOMMENDER.recommend(measured).to_frame(), pd.DataFrame)
