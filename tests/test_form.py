"""The tables of the questionnaire: what they must hold, and that their order does not matter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.catalog.datapackage import read_package
from hrtools_reco.diagnostic import Questionnaire, load_questionnaire
from hrtools_reco.exceptions import CatalogError

CATALOG = Path(__file__).parents[1] / "catalog"
QUESTIONNAIRE = load_questionnaire()
CODES = {q: list(rows["option"]) for q, rows in QUESTIONNAIRE.options.groupby("question", sort=False)}
answers = st.fixed_dictionaries({}, optional={q: st.sampled_from(codes) for q, codes in CODES.items()})


def replaced(**tables: pd.DataFrame) -> Catalog:
    """Return the bundled catalog with some tables replaced."""
    bundled = load_catalog()
    every = {name: bundled.table(name) for name in bundled.table_names}
    return Catalog({**every, **tables}, bundled.descriptor)


@given(seed=st.integers(0, 2**32 - 1), given_answers=answers)
def test_the_order_of_the_rows_of_the_catalog_does_not_matter(seed, given_answers):
    names = [
        "questions",
        "options",
        "dimensions",
        "needs",
        "facts",
        "levels",
        "question_facts",
        "question_functions",
        "option_sizes",
        "contradictions",
        "question_links",
    ]
    mixed = {name: load_catalog().table(name).sample(frac=1, random_state=seed) for name in names}

    assert Questionnaire.from_catalog(replaced(**mixed)).score(given_answers) == QUESTIONNAIRE.score(
        given_answers
    )


def test_options_stand_in_the_order_of_their_positions_under_their_question():
    options = load_catalog().table("options")
    turned = options.assign(position=-options["position"])

    unsized = load_catalog().table("option_sizes").iloc[:0]
    shown = Questionnaire.from_catalog(replaced(options=turned, option_sizes=unsized)).options

    assert shown["question"].drop_duplicates().tolist() == QUESTIONNAIRE.questions["question"].tolist()
    assert shown.loc[shown["question"] == "SA1", "option"].tolist() == ["o4", "o3", "o2", "o1", "o0"]


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (
            "questions",
            lambda t: t.replace({"block": {"training": "trainings"}}),
            "question TR1, column block: must be",
        ),
        (
            "questions",
            lambda t: t.assign(core=t["core"] & (t["block"] != "skills")),
            "dimension 'skills' must have",
        ),
        (
            "options",
            lambda t: t[t["question"] != "RE6"],
            "every question must have options. Got none for 'RE6'",
        ),
        (
            "options",
            lambda t: t.assign(points=np.nan),
            "question SA1, option o0: must have points or urgency",
        ),
        (
            "option_sizes",
            lambda t: t[t["headcount_min"] > 0],
            "option_sizes.csv, question ND3: must have a value for each option, from a headcount of 0 on",
        ),
        (
            "option_sizes",
            lambda t: t.assign(value=100 - t["value"]),
            "option_sizes.csv, question ND3: must have .* none below that of the option before it",
        ),
        (
            "contradictions",
            lambda t: t.assign(first="ZZ1"),
            "contradictions.csv, offline_leave: ZZ1 must be a question or a fact",
        ),
        (
            "contradictions",
            lambda t: t.assign(second=None, headcount_max=np.nan),
            "contradictions.csv, offline_leave: must name a second question or a headcount",
        ),
    ],
)
def test_a_questionnaire_that_cannot_score_is_refused(name, change, message):
    table = change(load_catalog().table(name))

    with pytest.raises(CatalogError, match=message):
        Questionnaire.from_catalog(replaced(**{name: table}))


def test_the_tables_of_the_questionnaire_fit_together():
    tables = read_package(CATALOG)[1]

    options = tables["options"].merge(tables["questions"], on="question")
    scored = options["block"].isin(tables["dimensions"]["dimension"])
    assert options.loc[scored, "points"].notna().all()
    assert options.loc[~scored, "urgency"].notna().all()
    assert options[["points", "urgency"]].notna().sum(axis=1).eq(1).all()
    assert set(tables["questions"]["block"]) == {*tables["dimensions"]["dimension"], *tables["needs"]["need"]}
    assert tables["needs"].merge(tables["questions"], on="question").eval("need == block").all()
    value = options["points"].fillna(options["urgency"])
    assert (value.groupby(options["question"]).diff().dropna() >= 0).all()
    levels = tables["levels"]
    assert levels["score_min"].iloc[0] == 0
    assert levels["score_below"].iloc[:-1].tolist() == levels["score_min"].iloc[1:].tolist()
