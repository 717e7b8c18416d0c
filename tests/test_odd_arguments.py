"""Any value for any argument of a public function: it is taken, or refused by the library's own error."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest
from odd_values import MISSING, ODD

import hrtools_reco as hr
from hrtools_reco.evaluation import split_by_time
from hrtools_reco.firms import read_adoptions
from hrtools_reco.rules.catalog_rules import HostingRule, LanguageRule, PillarRule

CATALOG = hr.load_catalog()
RECOMMENDER = hr.ToolRecommender().fit()
QUESTIONNAIRE = hr.load_questionnaire()
FIRM = {"branch": "couture", "headcount": 12}
TWO = pd.DataFrame({"company_id": ["a", "b"], "branch": "couture", "headcount": [3, 40]})
DAYS = {"shown_on": "2026-02-01", "adopted_on": "2026-02-03", "dropped_on": "2026-02-04"}
LOG = [{"company_id": "a", "tool_id": "moodle", **DAYS}]
VALUES = {**ODD, **MISSING, "0": 0, "-1": -1, "1.5": 1.5, "x": "x", "a list of x": ["x"], "a list of 1": [1]}


def options(function):
    """Return the names of the arguments after the first."""
    return list(inspect.signature(function).parameters)[1:]


DOORS = {
    "explain, firm": lambda value: RECOMMENDER.explain(value, "moodle"),
    "explain, tool": lambda value: RECOMMENDER.explain(FIRM, value),
    "adoptions": lambda value: read_adoptions(value, TWO["company_id"].to_numpy(dtype=object), CATALOG),
    "load_catalog": hr.load_catalog,
    "load_recommender": hr.load_recommender,
    "maturity_from_dma": hr.maturity_from_dma,
    "next_questions, answers": lambda value: RECOMMENDER.next_questions(FIRM, answers=value),
    "next_questions, n": lambda value: RECOMMENDER.next_questions(FIRM, n=value),
    "opportunities": hr.opportunities,
    "profiles_from_api": hr.profiles_from_api,
    "profiles_from_sirene": hr.profiles_from_sirene,
    "questionnaire, answers": QUESTIONNAIRE.score,
    "questionnaire, answer": lambda value: QUESTIONNAIRE.score({"RE1": value, "internet": value}),
    "questionnaire, table": QUESTIONNAIRE.score_frame,
    "read_companies_file": hr.read_companies_file,
    "read_feedback": hr.read_feedback,
    "read_feedback, catalog": lambda value: hr.read_feedback(LOG, catalog=value),
    "read_feedback, on": lambda value: hr.read_feedback(LOG, on=value),
    "feedback, as_of": lambda value: hr.read_feedback(LOG).as_of(value),
    "feedback, wait_days": lambda value: hr.read_feedback(LOG).as_of("2026-03-01", wait_days=value),
    "split_by_time, feedback": lambda value: split_by_time(value, "2026-03-01"),
    "split_by_time, on": lambda value: split_by_time(hr.read_feedback(LOG), value),
    "relax, firm": RECOMMENDER.relax,
    "relax, k": lambda value: RECOMMENDER.relax(FIRM, k=value),
    "roadmap, firm": RECOMMENDER.roadmap,
    "simulate_firms": hr.simulate_firms,
    "table of the catalog": CATALOG.table,
    "tool of the catalog": CATALOG.tool,
    "what_if, firm": lambda value: RECOMMENDER.what_if(value, "moodle"),
    "what_if, tool": lambda value: RECOMMENDER.what_if(FIRM, value),
    "words of an explanation": RECOMMENDER.explain(FIRM, "moodle").to_text,
    "recommend, firm": RECOMMENDER.recommend,
    "recommend_batch, companies": RECOMMENDER.recommend_batch,
    "eligibility, companies": RECOMMENDER.eligibility,
}
for name in LOG[0]:
    DOORS[f"read_feedback, {name}"] = lambda value, name=name: hr.read_feedback([LOG[0] | {name: value}])
for name in options(RECOMMENDER.recommend):
    DOORS[f"recommend, {name}"] = lambda value, name=name: RECOMMENDER.recommend(FIRM, **{name: value})
for name in options(RECOMMENDER.recommend_batch):
    DOORS[f"recommend_batch, {name}"] = lambda value, name=name: RECOMMENDER.recommend_batch(
        TWO, **{name: value}
    )
for name in options(RECOMMENDER.eligibility):
    DOORS[f"eligibility, {name}"] = lambda value, name=name: RECOMMENDER.eligibility(TWO, **{name: value})
for name, rule in (("pillar", PillarRule), ("tool_language", LanguageRule), ("hosting", HostingRule)):
    DOORS[f"recommender, {name}"] = lambda value, rule=rule: rule(CATALOG, value)
for name in ("catalog", "rules", "max_per_function"):
    DOORS[f"recommender, {name}"] = lambda value, name=name: hr.ToolRecommender(**{name: value}).fit()


@pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))
def test_any_value_is_taken_or_refused_in_the_words_of_the_library(door):
    for name, value in VALUES.items():
        try:
            door(value)
        except hr.HRToolsError as error:
            said = str(error)
            assert said.encode("utf-8")
            assert len(said) < 3000, name  # what is refused is looked at, what is taken is right
