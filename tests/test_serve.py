"""Applications and assistants get the answer of the library, and its own errors."""

import asyncio
import json
import re
from importlib.resources import files
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mcp import Client

import hrtools_reco as hr
from hrtools_reco.serve import create_app, create_mcp, profile_model

FIRM = {"branch": "leather_goods", "headcount": 45, "needs": {"hiring": 75}}
RECOMMENDER = hr.ToolRecommender().fit()
CLIENT = TestClient(create_app(RECOMMENDER))


def plain(value):
    """Return a value as JSON brings it back."""
    return json.loads(json.dumps(value))


ASKED = {
    "recommend": (
        {"k": 3, "exclude": ["moodle"]},
        lambda: RECOMMENDER.recommend(FIRM, 3, exclude="moodle").to_dict(),
    ),
    "explain": ({"tool_id": "moodle"}, lambda: RECOMMENDER.explain(FIRM, "moodle").to_dict()),
    "roadmap": ({}, lambda: RECOMMENDER.roadmap(FIRM).to_dict()),
    "questions": ({"n": 2}, lambda: [one.to_dict() for one in RECOMMENDER.next_questions(FIRM, 2)]),
}


@pytest.mark.parametrize("name", ASKED)
def test_an_application_gets_the_answer_of_the_library(name):
    more, expected = ASKED[name]

    found = CLIENT.post(f"/{name}", json={"profile": FIRM, **more})

    assert found.status_code == 200, found.text
    assert found.json() == plain(expected())


def test_a_page_is_answered_as_text():
    page = CLIENT.post("/report", json={"profile": FIRM}).json()["html"]

    assert page.startswith("<!DOCTYPE html>")


def sent(**fields):
    """Send the form as a browser does."""
    return CLIENT.post(
        "/page",
        content=urlencode(fields).encode(),
        headers={"content-type": "application/x-www-form-urlencoded", "accept": "text/html"},
    )


def test_the_form_of_the_diagnosis_is_answered_with_the_page_of_the_firm(tmp_path):
    answers = {"RE1": "o1", "RE2": "o1", "ND7": "o4", "IT1": "o4", "IT2": "o2", "internet": "true"}
    firm = {"branch": "leather_goods", "headcount": 18, "region": "Occitanie"}
    score = hr.load_questionnaire().score(answers, 18)
    expected = hr.report(
        {**firm, **score.profile_fields()},
        tmp_path / "page.html",
        recommender=RECOMMENDER,
        firm_name="Atelier <7>",
        answers=answers,
    )

    found = sent(
        **firm, **answers, budget_eur_per_year="", company_id="Atelier <7>", version="2.0", lang="fr"
    )

    assert found.status_code == 200
    assert found.text == expected.read_text("utf-8")
    assert "Atelier &lt;7&gt;" in found.text


@pytest.mark.parametrize("version", hr.load_questionnaire().readable_versions)
def test_a_form_that_was_opened_before_the_questionnaire_changed_is_answered(version):
    links = hr.load_catalog().table("question_links")
    old = links[links["from_version"] == version].drop_duplicates("from_question")
    answers = dict(zip(old["from_question"], old["from_option"], strict=True))

    found = sent(branch="couture", headcount=12, version=version, **answers)

    assert found.status_code == 200
    assert "Couture" in found.text


def test_the_start_is_the_form_of_the_diagnosis_short_or_full():
    short, full = CLIENT.get("/").text, CLIENT.get("/", params={"form": "full", "lang": "en"}).text

    questionnaire = hr.load_questionnaire()
    for page, length in ((short, "core"), (full, "full")):
        asked = [f'data-question="{one.code}"' in page for one in questionnaire.form("full")]
        assert asked == [one in questionnaire.form(length) for one in questionnaire.form("full")]
        assert 'action="page" method="post"' in page
    assert 'href="?form=full"' in short
    assert CLIENT.get("/", params={"form": "<b>", "lang": "de"}).text == short


def test_a_page_that_nobody_filled_in_leads_to_the_form():
    assert CLIENT.get("/page").url.path == "/"


WRONG_FORMS = {
    "no branch": ({"headcount": 3}, ["Choisissez votre métier"]),
    "no headcount": ({"branch": "couture"}, ["nombre de salariés"]),
    "half a head": ({"branch": "couture", "headcount": "2,5"}, ["nombre de salariés"]),
    "all": (
        {"branch": "sabots", "headcount": -1, "region": "Atlantide", "budget_eur_per_year": "beaucoup"},
        ["métier", "salariés", "région", "budget en euros"],
    ),
    "an answer": ({"branch": "couture", "headcount": 3, "RE1": "<b>"}, ["réponse n’est pas reconnue"]),
    "a version": ({"branch": "couture", "headcount": 3, "version": "9"}, ["réponse n’est pas reconnue"]),
    "in English": ({"branch": "couture", "lang": "en"}, ["number of employees"]),
}


@pytest.mark.parametrize(("fields", "messages"), WRONG_FORMS.values(), ids=WRONG_FORMS)
def test_a_wrong_form_says_all_that_is_to_correct_in_plain_words(fields, messages):
    found = sent(**fields)

    assert found.status_code == 422
    assert [message in found.text for message in messages] == [True] * len(messages)
    assert found.text.count('class="for"') == len(messages)
    assert 'href="./"' in found.text
    assert not any(foreign in found.text for foreign in ("<b>", "must be"))


def test_errors_of_the_service_are_in_its_own_words():
    assert CLIENT.get("/nowhere").json() == {"error": "there is no /nowhere."}
    assert CLIENT.get("/recommend").json() == {"error": "/recommend is not asked by GET."}
    assert "n’existe pas" in CLIENT.get("/nowhere", headers={"accept": "text/html"}).text
    long = sent(branch="couture", headcount=3, company_id="x" * 70_000)
    assert (long.status_code, "trop long" in long.text) == (413, True)


def test_a_failure_is_told_without_what_is_inside():
    class Broken:
        catalog_ = RECOMMENDER.catalog_

        def recommend(self, *given, **more):
            raise RuntimeError("secret")

    client = TestClient(create_app(Broken()), raise_server_exceptions=False)

    found = client.post("/recommend", json={"profile": FIRM})

    assert (found.status_code, found.json()) == (500, {"error": "the service has failed; its log says why."})


def test_health_schema_and_openapi_are_told():
    assert CLIENT.get("/health").json()["versions"] == RECOMMENDER.recommend(FIRM, 1).to_dict()["versions"]
    assert CLIENT.get("/schema").json() == plain(hr.profile_schema())
    paths = CLIENT.get("/openapi.json").json()["paths"]
    assert {"/recommend", "/explain", "/roadmap", "/questions", "/report", "/health"} <= paths.keys()


WRONG = {
    "an unknown branch": ({"profile": {**FIRM, "branch": "sabots"}}, 422, "branch must be"),
    "an unknown field": ({"profile": {**FIRM, "effectif": 3}}, 422, "effectif"),
    "no profile": ({"k": 3}, 422, 'an object with a "profile"'),
    "a wrong k": ({"profile": FIRM, "k": "many"}, 422, "k must be"),
    "too large": ({"profile": {**FIRM, "company_id": "x" * 70_000}}, 413, "at most 65536 bytes"),
}


@pytest.mark.parametrize(("body", "status", "message"), WRONG.values(), ids=WRONG)
def test_an_error_is_that_of_the_library(body, status, message):
    found = CLIENT.post("/recommend", json=body)

    assert found.status_code == status
    assert message in found.json()["error"]


def test_what_is_no_json_is_told():
    assert CLIENT.post("/recommend", content=b"{").json() == {"error": "body must be JSON."}


def asked(name, **arguments):
    """Call a tool as an assistant does; return its text."""

    async def call():
        async with Client(create_mcp(RECOMMENDER)) as client:
            tools = (await client.list_tools()).tools
            found = await client.call_tool(name, arguments)
            return tools, found.content[0].text

    return asyncio.run(call())


def test_an_assistant_gets_the_answer_as_fenced_data():
    tools, text = asked("recommend", profile=FIRM, k=3)

    assert {tool.name for tool in tools} == {
        "describe_profile",
        "recommend",
        "explain",
        "roadmap",
        "next_questions",
    }
    data = text.split("<data>\n")[1].split("\n</data>")[0]
    assert json.loads(data) == plain(RECOMMENDER.recommend(FIRM, 3).to_dict())
    assert "never instructions" in text.split("<data>")[0]


def test_an_assistant_gets_our_errors():
    assert asked("explain", profile=FIRM, tool_id="moodel")[1].startswith("Error: tool_id must be")


def test_a_profile_is_the_body_of_an_application_of_ones_own():
    model = profile_model()
    app = FastAPI()

    async def first(body):
        profile = hr.CompanyProfile.from_dict(body.model_dump())
        return {"tool_id": RECOMMENDER.recommend(profile, 1)[0].tool_id}

    first.__annotations__ = {"body": model}
    app.add_api_route("/first", first, methods=["POST"])
    client = TestClient(app)

    assert client.post("/first", json=FIRM).json() == {"tool_id": RECOMMENDER.recommend(FIRM, 1)[0].tool_id}
    assert client.post("/first", json={**FIRM, "effectif": 3}).status_code == 422
    assert model.model_json_schema()["properties"].keys() == hr.profile_schema()["properties"].keys()


GUIDE = files("hrtools_reco").joinpath("assistant.md").read_text("utf-8")


def test_the_page_for_assistants_is_a_resource():
    async def read():
        async with Client(create_mcp(RECOMMENDER)) as client:
            return (await client.read_resource("hrtools-reco://guide")).contents[0].text

    assert asyncio.run(read()) == GUIDE


def test_what_the_page_for_assistants_shows_runs_and_what_it_names_is_there():
    names = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL):
        exec(block, names)

    assert names["told"]["recommendations"][0]["tool_id"] == names["first"]
    assert names["first"] not in names["other"].tool_ids
    for owner, name in re.findall(r"`(hr|recommender)\.(\w+)", GUIDE):
        assert hasattr(hr if owner == "hr" else RECOMMENDER, name), name
    for key in ("checks", "shortfall", "estimated"):
        assert f"`{key}`" in GUIDE
        assert key in names["told"] or key in names["told"]["recommendations"][0]
