"""Applications and assistants get the answer of the library, and its own errors."""

import asyncio
import json

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


def test_a_page_and_a_form_need_a_browser_only():
    page = CLIENT.post("/report", json={"profile": FIRM}).json()["html"]

    assert page.startswith("<!DOCTYPE html>")
    assert '<select name="branch">' in CLIENT.get("/").text
    assert CLIENT.get("/page", params={"branch": "couture", "headcount": 3}).text.startswith(
        "<!DOCTYPE html>"
    )
    assert CLIENT.get("/page", params={"branch": "sabots", "headcount": 3}).status_code == 422


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
