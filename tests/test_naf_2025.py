"""Forty firms with NAF 2025 codes, from the register to the list: each is answered or asked one question."""

import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.cli.app import app

FILE = Path(__file__).parent / "data" / "firms_naf_2025.csv"
FIRMS = pd.read_csv(FILE, dtype=str, keep_default_na=False)
KNOWN = FIRMS[FIRMS["expected_branch"] != ""].set_index("siret")
ASKED = FIRMS[FIRMS["expected_question"] != ""].set_index("siret")
CATALOG = hr.load_catalog()


@pytest.fixture(scope="module")
def read():
    """Return the firms and the questions of the file."""
    return hr.profiles_from_sirene(FIRMS)


def test_the_file_holds_every_code_of_the_catalog_and_every_branch():
    assert len(FIRMS) == 40
    assert set(FIRMS["activitePrincipaleNAF25Etablissement"]) == set(CATALOG.table("naf_2025")["naf_2025"])
    assert set(KNOWN["expected_branch"]) == set(CATALOG.keys("branches"))


def test_every_firm_is_of_its_branch_or_is_asked_about_its_own_candidates(read):
    profiles, rejects = read

    assert {one.company_id: one.branch for one in profiles} == KNOWN["expected_branch"].to_dict()
    assert {one.company_id: "|".join(one.candidates) for one in rejects} == ASKED[
        "expected_question"
    ].to_dict()
    assert {one.reason for one in rejects} == {"ambiguous"}


def test_a_question_is_one_and_says_what_decides(read):
    labels = CATALOG.labels("branches", "fr")

    for reject in read[1]:
        asked = reject.text("fr")
        assert asked.count("?") == 1
        assert "IDCC" in asked
        for branch, label in labels.items():
            name = label.split(" (")[0]
            told = re.search(rf"\b{re.escape(name)}\b", asked.split("?")[0])
            assert bool(told) == (branch in reject.candidates), (asked, name)


def test_every_firm_that_is_known_gets_its_list_and_all_forty_once_the_question_is_answered(
    read, recommender
):
    answered = {
        row["activitePrincipaleNAF25Etablissement"]: row["expected_question"].split("|")[0]
        for _, row in ASKED.iterrows()
    }
    profiles, rejects = hr.profiles_from_sirene(FIRMS, branch_of=answered)

    for firms, n_firms in ((read[0], len(KNOWN)), (profiles, 40)):
        batch = recommender.recommend_batch(firms)
        counts = batch.frame.groupby("company_id").size()
        assert set(counts.index) | set(batch.shortfalls["company_id"]) == {one.company_id for one in firms}
        assert len(firms) == n_firms
        assert (counts == 5).sum() + len(batch.shortfalls) == n_firms
    assert not len(rejects)


def test_the_command_answers_the_same_file_and_names_the_questions(tmp_path):
    out, questions = tmp_path / "lists.csv", tmp_path / "questions.csv"
    told = ["--from", "sirene", "--out", str(out), "--on-error", "collect", "--rejects", str(questions)]

    found = CliRunner().invoke(app, ["recommend", str(FILE), *told])

    assert found.exit_code == 0, found.output
    lists = pd.read_csv(out, dtype=str)
    assert set(lists["company_id"]) == set(KNOWN.index)
    asked = pd.read_csv(questions, dtype=str)
    assert len(asked) == len(ASKED)
    assert asked["message"].str.contains("IDCC").all()
