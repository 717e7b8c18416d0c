"""The export of a survey tool, read by a mapping into the answers that the questionnaire scores."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.cli.app import app

QUESTIONNAIRE = hr.load_questionnaire()
EXPORT = """\
"id","submitdate","startlanguage","token","G01Q01. Métier","G01Q02","G02Q01","G02Q01[other]","G02Q02","G03Q01"
"1","2026-03-02 10:00:00","fr","a1","Maroquinerie","18","A3","","Nulle part","Y"
"2","2026-03-02 11:00:00","en-informal","b2","2528","4","-oth-","Le bouche à oreille, surtout","Nowhere","N"
"3","","fr","c3","AO2","7","","","",""
"4","2026-03-03 09:00:00","fr","d4","AO2","beaucoup","A9","","Nulle part","peut-être"
"""
TOML = """\
language = "startlanguage"
complete = "submitdate"
company_id = "token"
headcount = "G01Q02"
RE2 = "G02Q02"
internet = "G03Q01"

[branch]
column = "G01Q01"
answers = { AO2 = "couture" }

[RE1]
column = "G02Q01"
answers = { A1 = "o0", A2 = "o1", A3 = "o2" }
"""
ROWS = """\
field;column;value;answer
language;startlanguage;;
complete;submitdate;;
company_id;token;;
headcount;G01Q02;;
RE2;G02Q02;;
internet;G03Q01;;
branch;G01Q01;;
branch;;AO2;couture
RE1;G02Q01;;
RE1;;A1;o0
RE1;;A2;o1
RE1;;A3;o2
"""


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(EXPORT, encoding="utf-8-sig")
    return path


def mapping_file(folder, name, text):
    """Write a mapping file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "text"), [("map.toml", TOML), ("map.csv", ROWS)])
def test_codes_labels_languages_and_blanks_are_read_by_a_mapping_file(tmp_path, export, name, text):
    survey = hr.read_survey(export, mapping_file(tmp_path, name, text))

    assert [one["firm"] for one in survey] == [
        {"company_id": "a1", "branch": "leather_goods", "headcount": 18},
        {"company_id": "b2", "branch": "leather_goods", "headcount": 4},
        {"company_id": "d4", "branch": "couture"},
    ]
    assert [one["answers"] for one in survey] == [
        {"RE1": "o2", "RE2": "o0", "internet": "true"},
        {"RE2": "o0", "internet": "false"},
        {"RE2": "o0"},
    ]
    assert survey.rows == (2, 3, 5)
    assert survey.n_incomplete == 1
    assert survey.others.to_dict("records") == [
        {"row": 3, "company_id": "b2", "question": "RE1", "text": "Le bouche à oreille, surtout"}
    ]


def test_what_cannot_be_read_names_row_and_column_and_leaves_the_rest(tmp_path, export):
    survey = hr.read_survey(export, mapping_file(tmp_path, "map.toml", TOML))

    told = [(reject.row, reject.column, reject.value) for reject in survey.rejects]
    assert told == [(5, "G01Q02", "beaucoup"), (5, "G03Q01", "peut-être"), (5, "G02Q01", "A9")]
    assert all("must be" in reject.message for reject in survey.rejects)


def test_each_respondent_is_scored_alone_as_in_a_table(tmp_path, export):
    survey = hr.read_survey(export, mapping_file(tmp_path, "map.toml", TOML))

    scores = [QUESTIONNAIRE.score(one) for one in survey]

    table = QUESTIONNAIRE.score_frame(survey.to_frame())
    assert table["company_id"].tolist() == ["a1", "b2", "d4"]
    for score, row in zip(scores, table.to_dict("records"), strict=True):
        assert [row["need_hiring"], row["maturity_recruitment"]] == pytest.approx(
            [
                np.nan if one is None else one
                for one in (score.needs["hiring"], score.maturity["recruitment"])
            ],
            nan_ok=True,
        )
        assert score.answers_version == row["questionnaire_version"]


OPTIONS = [
    (question.code, option, lang)
    for question in QUESTIONNAIRE.form("full")
    for option in question.options
    for lang in ("fr", "en")
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(OPTIONS), st.sampled_from(["code", "label", "loud label"]))
def test_every_option_is_read_by_its_code_and_by_its_label_in_its_language(drawn, kind):
    question, option, lang = drawn
    label = option.text(lang)
    cell = {"code": option.code, "label": f" {label}\u00a0", "loud label": label.upper()}[kind]
    export = pd.DataFrame({"lang": [lang], "Q": [cell]})

    survey = hr.read_survey(export, {"language": "lang", question: "Q"})

    assert survey.rejects == ()
    assert survey[0]["answers"] == {question: option.code}


def test_without_a_mapping_the_columns_that_carry_our_names_are_read():
    export = pd.DataFrame({"company_id": ["a"], "branch": ["couture"], "RE1": ["o2"], "Q99": ["x"]})

    survey = hr.read_survey(export)

    assert survey[0] == {
        "version": QUESTIONNAIRE.version,
        "firm": {"company_id": "a", "branch": "couture"},
        "answers": {"RE1": "o2"},
    }


WRONG = {
    "an unknown question": ({"RE99": "Q"}, "field of the mapping must be"),
    "a missing column": ({"RE1": "Q7"}, "one column of the survey. Got 'Q7'. Nearest: "),
    "an unknown answer": (
        {"RE1": {"column": "Q1", "answers": {"A1": "o99"}}},
        "RE1 .A1 in the mapping. must be",
    ),
    "no column": ({"RE1": {"answers": {}}}, "a column of the survey"),
    "a number": ({"language": 3}, "language of the mapping must be a text"),
}


@pytest.mark.parametrize(("mapping", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_mapping_is_refused_with_what_is_right(mapping, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        hr.read_survey(pd.DataFrame({"Q1": ["o1"], "Q2": ["o1"]}), mapping)


@pytest.mark.parametrize("text", ["RE1 = ", "\xff", "RE1 = 'Q1'\nRE1 = 'Q2'"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, export, text):
    path = tmp_path / "map.toml"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(hr.InvalidValueError, match="mapping must be a mapping file"):
        hr.read_survey(export, path)


def test_the_command_writes_firms_that_recommend_reads(tmp_path, export):
    out, rejects = tmp_path / "firms.csv", tmp_path / "rejects.csv"
    mapping = mapping_file(tmp_path, "map.toml", TOML)
    arguments = ["survey", export, "--mapping", mapping, "--out", out, "--rejects", rejects]

    found = CliRunner().invoke(app, [str(one) for one in arguments])

    assert found.exit_code == 0, found.output
    assert "Réponses lues : 3" in found.output
    assert "ligne 5, colonne G01Q02" in found.output
    assert len(pd.read_csv(rejects)) == 3
    firms = hr.read_companies_file(out)
    assert firms["company_id"].tolist() == ["a1", "b2", "d4"]
    batch = hr.ToolRecommender().fit().recommend_batch(firms, on_error="collect")
    assert batch.accounts()["served"] == 2


@pytest.mark.parametrize(("more", "key"), [((), "'=1+1"), (("--raw",), "=1+1")])
def test_the_command_writes_no_formula_unless_it_is_wanted_raw(tmp_path, more, key):
    path, out = tmp_path / "export.csv", tmp_path / "firms.csv"
    path.write_text(EXPORT.replace('"a1"', '"=1+1"'), encoding="utf-8")
    arguments = ["survey", path, "--mapping", mapping_file(tmp_path, "map.toml", TOML), "--out", out, *more]

    found = CliRunner().invoke(app, [str(one) for one in arguments])

    assert found.exit_code == 0, found.output
    assert pd.read_csv(out)["company_id"].tolist() == [key, "b2", "d4"]
