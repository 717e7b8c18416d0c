"""The schemas hold what the library reads and writes, and nothing that it refuses."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from strategies import firms

import hrtools_reco as hr

PROFILE = jsonschema.Draft202012Validator(hr.profile_schema())
ANSWER = jsonschema.Draft202012Validator(hr.answer_schema())
RECOMMENDER = hr.ToolRecommender().fit()


def test_the_schemas_are_schemas():
    for schema in (hr.profile_schema(), hr.answer_schema()):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert json.loads(json.dumps(schema)) == schema


@settings(max_examples=25)
@given(firm=firms())
def test_every_profile_and_its_answer_are_as_the_schemas_say(firm):
    profile = hr.CompanyProfile(**firm)
    answer = RECOMMENDER.recommend(profile, 5)

    PROFILE.validate(json.loads(json.dumps(profile.to_dict())))
    ANSWER.validate(json.loads(json.dumps(answer.to_dict(), allow_nan=False)))


WRONG = {
    "no branch": {"headcount": 3},
    "no headcount": {"branch": "couture"},
    "a negative headcount": {"branch": "couture", "headcount": -1},
    "a score over 100": {"branch": "couture", "headcount": 3, "needs": {"hiring": 101}},
    "an unknown need": {"branch": "couture", "headcount": 3, "needs": {"hire": 50}},
    "an unknown band": {"branch": "couture", "headcount_band": "13"},
    "an unknown tool": {"branch": "couture", "headcount": 3, "installed": ["moodel"]},
    "an unknown field": {"branch": "couture", "headcount": 3, "effectif": 3},
}


@pytest.mark.parametrize("firm", WRONG.values(), ids=WRONG)
def test_what_the_schema_refuses_the_library_refuses_too(firm):
    assert not PROFILE.is_valid(firm)
    with pytest.raises(hr.HRToolsError):
        hr.CompanyProfile.from_dict(firm)


def test_what_is_null_is_not_given():
    firm = {"branch": "couture", "headcount": 3, "region": None, "needs": None, "installed": None}

    PROFILE.validate(firm)
    assert hr.CompanyProfile.from_dict(firm) == hr.CompanyProfile(branch="couture", headcount=3)
