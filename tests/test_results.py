"""Every result can be read, kept as JSON, put in a table and seen in a notebook, in one quiet look."""

import inspect
import json
import re
from datetime import date
from html import unescape
from importlib.resources import files

import pandas as pd
import pytest

import hrtools_reco as hr
from hrtools_reco import views

RECOMMENDER = hr.ToolRecommender().fit()
FIRM = {"branch": "leather_goods", "headcount": 45, "needs": {"hiring": 75}, "company_id": "<b>&co"}
FIRMS = hr.simulate_firms(60, seed=3)
ROW = {"siret": "39833035700615", "activitePrincipaleEtablissement": "15.12Z", "naf": "47.71Z"}
QUESTIONNAIRE = hr.load_questionnaire()


def diagnostics():
    """Score two diagnostics of one firm."""
    answers = [{"TR1": "o2", "TR2": "o1", "ND7": "o3", "IT1": "o0", "HR2": "o4"}, {"TR1": "o3", "TR2": "o3"}]
    return [QUESTIONNAIRE.score(one) for one in answers]


def batch(**more):
    """Recommend to some firms, one of which is refused."""
    firms = FIRMS.astype(object)
    firms.loc[0, "headcount"] = "many"
    return RECOMMENDER.recommend_batch(firms, k=3, on_error="collect", **more)


def answered(option):
    """Return the answers of two firms of a branch."""
    return pd.DataFrame({"company_id": ["a", "b"], "branch": "<b>", "TR1": option, "TR2": [option, None]})


def file_summary(tmp_path):
    """Recommend to a file."""
    source = tmp_path / "firms.csv"
    source.write_text("company_id;branch;headcount\na;pressing;4\nb;nowhere;60\n")
    return hr.recommend_file(source, tmp_path / "recs.csv", on_error="collect")


RESULTS = {
    "BatchRecommendations": lambda _: batch(reasons="fr"),
    "BatchSummary": file_summary,
    "BranchProgress": lambda _: hr.branch_progress(answered("o1"), answered("o3"), by="branch"),
    "CatalogDiff": lambda _: hr.load_catalog().diff(hr.load_catalog()),
    "Conflicts": lambda _: RECOMMENDER.conflicts(
        {"branch": "couture", "headcount": 12, "budget_eur_per_year": 0}, only="mobile_learning"
    ),
    "CoverageReport": lambda _: hr.coverage_report(FIRMS, recommender=RECOMMENDER),
    "DiagnosticScore": lambda _: diagnostics()[0],
    "Explanation": lambda _: RECOMMENDER.explain(FIRM, "moodle"),
    "FundingOffer": lambda _: hr.funding(FIRM, date(2026, 11, 24))[0],
    "GroupSummary": lambda _: hr.summarise(batch()),
    "MaturityEstimate": lambda _: hr.maturity_from_dma({"HCD": 50}),
    "NextQuestion": lambda _: RECOMMENDER.next_questions(FIRM)[0],
    "Opportunities": lambda _: hr.opportunities("couture"),
    "Progress": lambda _: QUESTIONNAIRE.compare(*diagnostics()),
    "Recommendations": lambda _: RECOMMENDER.recommend(FIRM),
    "RegisterProfiles": lambda _: hr.profiles_from_sirene(ROW)[0],
    "RegisterRejects": lambda _: hr.profiles_from_sirene({**ROW, "siret": "1"})[1],
    "Relaxations": lambda _: RECOMMENDER.relax(FIRM),
    "Roadmap": lambda _: RECOMMENDER.roadmap(FIRM),
    "RunComparison": lambda _: hr.compare_runs(batch(), batch(exclude="opco2i-a2i-regions")),
    "Standing": lambda _: hr.standing(FIRM, hr.simulate_firms(900, seed=1)),
    "SurveyAnswers": lambda _: hr.read_survey(pd.DataFrame({"id": ["<b>"], "RE1": ["o2"], "IT1": ["x"]})),
    "Tool": lambda _: hr.load_catalog().tool("moodle"),
    "ToolComparison": lambda _: RECOMMENDER.compare(FIRM, "flatchr", "moodle"),
    "WhatIf": lambda _: RECOMMENDER.what_if(FIRM, "moodle"),
}
# Pieces of these results: plain values, by ``to_dict``.
PIECES = {
    "BranchFact",
    "Change",
    "Citation",
    "CompanyProfile",
    "Conflict",
    "Contradiction",
    "FunctionTools",
    "Gain",
    "ImpliedFact",
    "MissingAnswers",
    "NeedOutlook",
    "OccupationOutlook",
    "Option",
    "Price",
    "Question",
    "Raise",
    "Recommendation",
    "RegisterReject",
    "Reject",
    "Relaxation",
    "RuleResult",
    "Shortfall",
    "Source",
    "Step",
    "Text",
    "Unanswered",
    "Versions",
}
# What a user gives or holds, and asks for results.
GIVEN = {
    "AdoptionRidge",
    "Catalog",
    "ColumnRule",
    "Feedback",
    "Firms",
    "Questionnaire",
    "Remedy",
    "Rule",
    "ToolRecommender",
}


def exported():
    """Return the classes of the face, but for errors."""
    found = {name: getattr(hr, name) for name in hr.__all__}
    return {
        name: one for name, one in found.items() if inspect.isclass(one) and not issubclass(one, Exception)
    }


def test_every_class_of_the_face_is_a_result_or_a_piece_of_one_or_what_a_user_gives():
    assert exported().keys() == RESULTS.keys() | PIECES | GIVEN


@pytest.mark.parametrize("name", sorted(PIECES))
def test_a_piece_has_plain_values(name):
    assert callable(getattr(exported()[name], "to_dict", None))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make each result once, when it is first asked for."""
    kept = {}

    def make(name):
        if name not in kept:
            kept[name] = RESULTS[name](tmp_path_factory.mktemp("results"))
        return kept[name]

    return make


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_json_without_nan(made, name):
    result = made(name)

    assert type(result) is exported()[name]
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_a_table_of_its_own(made, name):
    frame = made(name).to_frame()

    assert type(frame) is pd.DataFrame
    assert len(frame.columns) > 0
    frame["own"] = 1
    assert "own" not in made(name).to_frame().columns


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_reads_in_both_languages_french_unless_told(made, name):
    result = made(name)

    french, english = (result.to_text(lang) for lang in ("fr", "en"))

    assert french == result.to_text() == str(result)
    assert french != english
    assert not re.search(r"\bnan\b|None|\{", french + english)
    with pytest.raises(hr.UnknownNameError, match="lang must be"):
        result.to_text("de")


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_seen_in_a_notebook_in_the_one_look_with_every_text_escaped(made, name):
    result = made(name)

    view = result._repr_html_()

    assert view == result.to_html("fr")
    assert view.startswith('<div class="hrtools"><style>')
    assert view.count("<div") == view.count("</div>")
    assert "<b>" not in view
    assert result.to_text("fr").split("\n")[0].strip() in unescape(re.sub("<[^>]*>", "", view))
    with pytest.raises(hr.UnknownNameError, match="lang must be"):
        result.to_html("de")


def test_the_look_is_that_of_the_page():
    page = files("hrtools_reco.page").joinpath("page.css").read_text("utf-8")

    colours = set(re.findall(r"#[0-9a-f]{6}", views.html_box()))

    assert colours
    assert colours <= set(re.findall(r"#[0-9a-f]{6}", page))


def test_no_text_is_markup():
    assert "<b>" not in views.html_lines("a <b>\n  c & d")
    assert "c &amp; d" in views.html_lines("a <b>\n  c & d")
    assert "&lt;i&gt;" in views.html_table(["<i>"], [["<u>", None]])


def test_a_tool_says_what_is_known_of_it_and_nothing_else():
    text = hr.load_catalog().tool("payfit").to_text("en")

    assert "Price: per user, €49 per month + €20 per user and month" in text
    assert "Functions: " in text


def test_a_change_of_no_more_than_one_answer_is_told_as_nothing():
    scores = [QUESTIONNAIRE.score({"TR1": "o2", "TR2": answer}) for answer in ("o1", "o2")]

    text = QUESTIONNAIRE.compare(*scores).to_text("en")

    assert "which means nothing" in text
    assert text.count("too few answers in common") == 6
