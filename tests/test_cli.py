"""The command line, as a person types it."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.cli.app import app

SAMPLE = Path(__file__).parents[1] / "notebooks" / "sample_firms.csv"
FIRM = ["--branch", "maroquinerie", "--headcount", "18"]


def run(*args, **options):
    """Run a command."""
    return CliRunner().invoke(app, [str(arg) for arg in args], **options)


def read(path):
    """Return the rows of a CSV file."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_one_firm_gets_a_list_that_its_head_can_read():
    found = run("recommend", *FIRM, "--maturity", "recruitment=30", "--need", "hiring=75")

    assert found.exit_code == 0
    assert "Maroquinerie · 18 salariés" in found.output
    expected = hr.recommend(
        {"branch": "maroquinerie", "headcount": 18, "maturity": {"recruitment": 30}, "needs": {"hiring": 75}}
    )
    shown = re.findall(r"^\d\. (.+?)  ", found.output, re.MULTILINE)
    assert len(shown) == len(expected)
    in_parts = [*expected.supports, *expected.tools]
    for item, start in zip(in_parts, shown, strict=True):  # a long name goes on in the next line
        assert item.tool.name.startswith(start.strip())
    assert max(map(len, found.output.splitlines())) <= 80


@pytest.mark.parametrize(("lang", "word"), [("fr", "Pourquoi"), ("en", "Why")])
def test_the_language_can_be_chosen(lang, word):
    assert word in run("recommend", *FIRM, "--lang", lang).output


def test_json_is_the_answer_of_the_library():
    found = run("recommend", *FIRM, "-k", "3", "--json", "--fact", "internet=oui", "--installed", "moodle")

    expected = hr.recommend(
        {"branch": "maroquinerie", "headcount": 18, "facts": {"internet": True}, "installed": ["moodle"]}, k=3
    )
    assert json.loads(found.output) == json.loads(json.dumps(expected.to_dict()))


def test_a_file_of_firms_gets_a_file_of_answers(tmp_path):
    found = run("recommend", SAMPLE, "--out", tmp_path / "recs.csv", "--contributions", "--reasons")

    assert found.exit_code == 0, found.output
    rows, firms = read(tmp_path / "recs.csv"), read(SAMPLE)
    assert [row["company_id"] for row in rows[::5]] == [firm["company_id"] for firm in firms]
    assert {"contribution_base", "reasons"} <= set(rows[0])


def test_a_wrong_firm_stops_all_or_is_set_aside(tmp_path):
    source = tmp_path / "firms.csv"
    source.write_text("company_id;branch;headcount\na;textile;5\nb;texttile;5\n", encoding="utf-8")

    stopped = run("recommend", source, "--out", tmp_path / "recs.csv")
    assert stopped.exit_code == 2
    assert "Reçu « texttile ». Les plus proches : textile" in stopped.stderr
    assert not (tmp_path / "recs.csv").exists()

    options = ["--on-error", "collect", "--rejects", tmp_path / "rejects.csv"]
    assert run("recommend", source, "--out", tmp_path / "recs.csv", *options).exit_code == 0
    (reject,) = read(tmp_path / "rejects.csv")
    assert (reject["column"], reject["value"]) == ("branch", "texttile")


def test_a_tool_is_explained_and_shown():
    explained = run("explain", "docebo", *FIRM)
    shown = run("catalog", "show", "moodle", "--lang", "en")

    assert "effectif de 18 hors de 250+" in " ".join(explained.output.split())
    assert "Moodle LMS" in shown.output


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_would_change_the_answer_is_that_of_the_library(lang):
    firm = {"branch": "maroquinerie", "headcount": 18, "budget_eur_per_year": 300}
    options = [*FIRM, "--budget", "300"]
    reco = hr.ToolRecommender().fit()
    answers = {
        ("relax", "-k", "2"): reco.relax(firm, 2),
        ("what-if", "lucca", "--most", "3"): reco.what_if(firm, "lucca", max_changes=3),
    }

    for words, expected in answers.items():
        shown = run(*words, *options, "--lang", lang)
        assert shown.exit_code == 0, shown.output
        assert shown.output.split() == expected.to_text(lang).split()
        told = json.loads(run(*words, *options, "--json").output)
        assert told == json.loads(json.dumps(expected.to_dict()))


def test_the_catalog_is_checked():
    found = run("catalog", "check")

    assert found.exit_code == 0, found.output
    assert f"{len(hr.load_catalog().tools)} outils" in found.output


def test_the_diagnosis_asks_can_be_left_and_taken_up_again(tmp_path):
    state = tmp_path / "answers.json"

    first = run("diagnose", *FIRM, "--state", state, input="1\nx\n2\nq\n")
    second = run("diagnose", "--state", state, input="q\n")

    assert first.exit_code == second.exit_code == 0
    saved = json.loads(state.read_text(encoding="utf-8"))
    questionnaire = hr.load_questionnaire()
    asked = [questionnaire.question(code).text("fr").split()[0] for code in saved["answers"]]
    assert len(saved["answers"]) == 2
    assert all(word in first.output for word in asked)
    assert "[" not in first.output.split("Maturité mesurée")[0]
    assert "Réponse\u00a0:" in first.output
    assert "Maroquinerie · 18 salariés" in second.output
    assert questionnaire.score(hr.read_answers(state)).answers == saved["answers"]


def test_what_is_not_known_is_not_asked_again(tmp_path):
    state = tmp_path / "answers.json"

    run("diagnose", *FIRM, "--state", state, input="\n\nq\n")

    assert set(json.loads(state.read_text(encoding="utf-8"))["answers"].values()) == {"dont_know"}


def test_the_diagnosis_asks_the_branch_and_the_size_itself_and_tells_a_contradiction_at_once():
    found = run("diagnose", "--core", input="licorne\nmaroquinerie\n6\n" + "1\n" * 60)

    assert found.exit_code == 0, found.output
    assert "Quel est votre métier" in found.output
    assert "Maroquinerie · 6 salariés" in found.output
    assert "2 réponses sur 4" in " ".join(found.output.split())
    assert "Encore 2" in found.output


def test_a_form_typed_in_from_paper_is_read(tmp_path):
    typed = tmp_path / "form.csv"
    typed.write_text("question;answer\nbranch;pressing\nheadcount;9\nIT1;o0\nHR2;o4\nRE1;o1\nRE2;o1\n")

    found = run("diagnose", "--answers", typed)

    assert found.exit_code == 0, found.output
    assert "salariés saisissent leurs congés" in " ".join(found.output.split())
    assert "9 salariés" in found.output


@pytest.mark.parametrize(
    "content",
    ["[1]", '{"answers": [1]}', '{"firm": 5, "answers": {}}', "no json", '{"answers": {"RE1": [1]}}'],
)
def test_a_file_that_holds_no_answers_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "answers.json"
    path.write_text(content)

    found = run("diagnose", *FIRM, "--answers", path)

    assert found.exit_code == 2
    assert "un fichier de réponses" in found.stderr


def test_the_form_is_written_for_a_browser_and_for_paper(tmp_path):
    web, paper = tmp_path / "web.html", tmp_path / "paper.html"

    found = [run("form", web), run("form", paper, "--print", "--lang", "en")]

    assert [one.exit_code for one in found] == [0, 0]
    assert "localStorage" in web.read_text(encoding="utf-8")
    assert "For the adviser" in paper.read_text(encoding="utf-8")


def test_the_page_is_written(tmp_path):
    found = run("report", tmp_path / "plan.html", *FIRM, "--on", "2026-11-24", "--name", "Sellerie <Dupont>")

    assert found.exit_code == 0, found.output
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert "Sellerie &lt;Dupont&gt;" in page


WRONG = {
    "an unknown branch": (
        ["recommend", "--branch", "leather gods", "--headcount", "3"],
        "Les plus proches : leather",
    ),
    "no branch": (["recommend", "--headcount", "3"], "--branch : attendu une branche"),
    "no headcount": (["recommend", "--branch", "textile"], "--headcount : attendu le nombre de salariés"),
    "a part of an employee": (["recommend", "--branch", "textile", "--headcount", "2.5"], "Reçu « 2.5 »"),
    "a score without value": (["recommend", *FIRM, "--maturity", "recruitment"], "recruitment=30"),
    "a misspelt dimension": (
        ["recommend", *FIRM, "--maturity", "recruitement=3"],
        "Le plus proche : recruitment",
    ),
    "an unknown tool": (["explain", "moodel", *FIRM], "proches : moodle"),
    "an unknown option": (["recommend", *FIRM, "--colour", "red"], "Option inconnue"),
    "no such file": (["recommend", "nowhere.csv", "--out", "x.csv"], "nowhere.csv"),
    "a file without target": (["recommend", str(SAMPLE)], "--out : attendu un fichier pour les réponses"),
    "a firm and a file": (
        ["recommend", str(SAMPLE), *FIRM, "--out", "x.csv"],
        "seulement pour une entreprise",
    ),
    "two firms of a register": (
        ["recommend", str(SAMPLE.parents[1] / "tests/data/sirene_metz.csv"), "--from", "sirene"],
        "--out : attendu un fichier pour les réponses, puisqu’il y a 310 entreprises",
    ),
    "an unknown register": (["recommend", str(SAMPLE), "--from", "rcs"], "--from : attendu sirene ou api"),
    "a register for one firm": (
        ["recommend", *FIRM, "--from", "api"],
        "seulement avec un fichier d’entreprises",
    ),
    "a page of another kind": (["report", "page.pdf", *FIRM], ".html"),
    "no date": (
        ["report", "page.html", *FIRM, "--on", "tomorrow"],
        "--on : attendu une date comme 2026-11-24",
    ),
}


@pytest.mark.parametrize(("args", "message"), WRONG.values(), ids=list(WRONG))
def test_an_error_is_one_line_with_exit_code_2(args, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    found = run(*args)

    assert found.exit_code == 2
    assert message in found.stderr
    assert found.stderr.startswith("hrtools-reco: ")
    assert len(found.stderr.splitlines()) == 1
    assert found.output == found.stderr


def test_the_command_runs_as_a_process_of_its_own():
    command = [sys.executable, "-c", "from hrtools_reco.cli import main; main()", "--version"]

    found = subprocess.run(command, capture_output=True, text=True, check=True)

    assert found.stdout.strip() == version("hrtools-reco")


def test_a_diagnosis_tells_where_the_firm_stands_beside_its_branch_and_size(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("question,answer\nRE1,o2\nRE2,o1\n", encoding="utf-8")
    scores = {
        "branch": "leather_goods",
        "headcount": 18,
        "maturity_recruitment": [10.0, 20.0, 30.0, 40.0, 50.0],
    }
    peers = tmp_path / "peers.csv"
    pd.DataFrame({"company_id": list("abcde"), **scores}).to_csv(peers, index=False)

    own = run("diagnose", *FIRM, "--answers", path, "--peers", peers)
    simulated = run("diagnose", *FIRM, "--answers", path)

    told = " ".join(own.output.split())
    assert "Votre place parmi 5 entreprises" in told
    assert "Recrutement : la moitié est entre 20 et 40" in told
    assert "vous : 38, au-dessus de 60 %" in told
    assert "simulées" not in told
    assert "Entreprises simulées : un repère" in " ".join(simulated.output.split())
    assert "Formation : la moitié" not in simulated.output  # not measured, so not placed


def test_a_fact_that_headcount_or_an_answer_settles_is_not_asked(tmp_path):
    state = tmp_path / "state.json"

    alone = run(
        "diagnose",
        "--branch",
        "maroquinerie",
        "--headcount",
        "0",
        "--full",
        "--state",
        state,
        input="1\n" * 60,
    )

    assert alone.exit_code == 0, alone.output
    asked = hr.read_answers(state)["answers"]
    settled = {"work_email", "smartphone", "little_french", "several_sites", "shifts"}
    assert settled.isdisjoint(asked)
    assert "season" in asked


def test_answers_to_an_older_questionnaire_are_taken_up_and_added_to(tmp_path):
    state = tmp_path / "state.json"
    old = {"SA1": "o1", "SA3": "o2", "HR4": "o1", "internet": "true"}
    state.write_text(json.dumps({"version": "0.1", "firm": {}, "answers": old}), encoding="utf-8")

    found = run("diagnose", *FIRM, "--core", "--state", state, input="1\nq\n")

    assert found.exit_code == 0, found.output
    kept = hr.read_answers(state)
    assert kept["version"] == hr.load_questionnaire().version
    assert kept["answers"]["SA1"] == "o1"
    assert len(kept["answers"].keys() - {"SA1", "internet"}) == 1
