"""What the command line shows, on a terminal and in a pipe, and how it leaves."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.cli.app import app

CATALOG = Path(__file__).parents[1] / "catalog"
SAMPLE = Path(__file__).parents[1] / "notebooks" / "sample_firms.csv"
FIRM = ["--branch", "maroquinerie", "--headcount", "18"]
TERMINAL = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80"}
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
FRAME = set("╭╮╰╯│─━")


def run(*args, **options):
    """Run a command."""
    return CliRunner().invoke(app, [str(arg) for arg in args], **options)


def as_process(code: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run some Python in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, env=os.environ | environment)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_pipe_gets_plain_text_without_blanks_at_the_end_of_a_line(lang):
    shown = (
        run("recommend", *FIRM, "--lang", lang).output
        + run("explain", "docebo", *FIRM, "--lang", lang).output
    )

    assert not ESCAPE.search(shown)
    assert FRAME.isdisjoint(shown)
    assert [line for line in shown.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_terminal_of_80_columns_gets_frames_that_fit(lang):
    shown = run("recommend", *FIRM, "--lang", lang, env=TERMINAL).output

    lines = ESCAPE.sub("", shown).splitlines()
    assert ESCAPE.search(shown)
    assert FRAME & set(shown)
    assert max(map(len, lines)) == 80


def test_a_terminal_and_a_pipe_say_the_same():
    def words(text: str) -> list[str]:
        return sorted(word for word in ESCAPE.sub("", text).split() if FRAME.isdisjoint(word))

    assert words(run("recommend", *FIRM, env=TERMINAL).output) == words(run("recommend", *FIRM).output)


def test_a_question_that_several_tools_ask_is_shown_once_with_their_ranks():
    small = ["--branch", "maroquinerie", "--headcount", "6"]
    shown = " ".join(run("recommend", *small, "--lang", "en").output.split())

    found = hr.recommend({"branch": "maroquinerie", "headcount": 6})
    question = "Do you have a usable internet connection on site?"
    ranks = [str(item.rank) for item in found if question in item.checks("en")]
    assert len(ranks) > 1
    assert shown.count(question) == 1
    assert f"{question} (for {', '.join(ranks)})" in shown


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--headcount", "1"], "Chaussure · 1 salarié"),
        (
            ["--headcount", "22", "--region", "nouvelle aquitaine"],
            "Chaussure · 22 salariés · Nouvelle-Aquitaine",
        ),
        (["--headcount-band", "3", "--lang", "en"], "Footwear industry · 6 to 9 employees"),
    ],
    ids=["one", "region", "band"],
)
def test_the_firm_is_told_in_one_line(args, words):
    assert words in run("recommend", "--branch", "1580", *args, "-k", "1").output.splitlines()


def test_numbers_and_facts_are_read_as_they_are_written_in_french():
    args = ["--maturity", "recruitment=32,5", "--fact", "internet=oui", "--budget", "1 200,50", "--json"]

    profile = json.loads(run("recommend", *FIRM, *args).output)["profile"]

    assert profile["maturity"] == {"recruitment": 32.5}
    assert profile["facts"] == {"internet": True}
    assert profile["budget_eur_per_year"] == 1200.5


def test_fewer_tools_than_asked_for_are_explained():
    shown = " ".join(run("recommend", *FIRM, "-k", "400", "--lang", "en").output.split())

    assert re.search(r"\d+ fewer than the 400 asked for\.", shown)


def test_one_pillar_can_be_kept():
    found = json.loads(run("recommend", *FIRM, "--pillar", "training", "--json").output)

    pillars = dict(
        zip(hr.load_catalog().functions["function"], hr.load_catalog().functions["pillar"], strict=True)
    )
    for item in found["recommendations"]:
        assert "training" in {pillars[function] for function in item["functions"]}


def test_the_first_firms_and_the_counts_of_a_file_are_shown(tmp_path):
    shown = run("recommend", SAMPLE, "--out", tmp_path / "recs.parquet", "--lang", "en").output

    n_firms = len(SAMPLE.read_text(encoding="utf-8").splitlines()) - 1
    assert "sellerie-du-lac" in shown
    assert f"Firms read: {n_firms}. Recommendations: {5 * n_firms}, in {tmp_path / 'recs.parquet'}." in shown
    assert "Firms done" not in shown


def test_progress_is_shown_on_a_terminal_only(tmp_path):
    on_terminal = run("recommend", SAMPLE, "--out", tmp_path / "recs.csv", "--lang", "en", env=TERMINAL)
    in_pipe = run("recommend", SAMPLE, "--out", tmp_path / "recs.csv", "--lang", "en")

    assert "Firms done" in on_terminal.stderr
    assert in_pipe.stderr == ""


def test_wrong_cells_are_shown_with_their_rows(tmp_path):
    source = tmp_path / "firms.csv"
    source.write_text("company_id,branch,headcount\n" + "".join(f"f{n},textile,-1\n" for n in range(9)))

    shown = run(
        "recommend", source, "--out", tmp_path / "recs.csv", "--on-error", "collect", "--lang", "en"
    ).output

    assert "Firms left out: 9. Cells to correct: 9." in shown
    assert "Row 2, column headcount: must be a whole number of employees" in shown
    assert "… and 4 more." in shown


def test_an_error_in_a_file_names_the_first_cell_and_counts_the_others(tmp_path):
    source = tmp_path / "firms.csv"
    source.write_text("company_id,branch,headcount\na,textile,4\nb,textile,-2\nc,textile,-1\n")

    found = run("recommend", source, "--out", tmp_path / "recs.csv")

    assert found.exit_code == 2
    assert found.stderr.startswith(
        "hrtools-reco: ligne 3, colonne headcount : attendu un nombre entier de salariés"
    )
    assert "Autres cellules fausses : au moins 1." in found.stderr
    assert len(found.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--out", "nowhere/recs.csv"], "--out : attendu un fichier dans un dossier qui existe"),
        (["--out", "recs.ods"], "--out : attendu un fichier dont le nom finit par .csv, .jsonl"),
        (
            ["--out", "recs.csv", "--rejects", "r.csv"],
            "--rejects : attendu aucun fichier avec --on-error raise",
        ),
        (["--out", "recs.csv", "--json"], "--json : attendu seulement pour une entreprise"),
        (["--out", "recs.csv", "--jobs", "0"], "--jobs : attendu un nombre entier de processus"),
    ],
    ids=["no folder", "kind", "rejects", "json", "jobs"],
)
def test_a_wrong_option_of_a_file_is_one_line_with_exit_code_2(args, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    found = run("recommend", SAMPLE, *args)

    assert found.exit_code == 2
    assert message in found.stderr
    assert len(found.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "name"), [([], "recommend"), (["catalog"], "check")], ids=["all", "catalog"]
)
def test_a_group_without_a_command_shows_its_commands(args, name):
    found = run(*args)

    assert found.exit_code == 0
    assert name in found.output


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("tool_id", hr.load_catalog().tool_ids[::40])
def test_every_kind_of_tool_can_be_shown(tool_id, lang):
    found = run("catalog", "show", tool_id, "--lang", lang)

    assert found.exit_code == 0, found.stderr
    assert tool_id in found.output


@pytest.fixture
def own_catalog(tmp_path):
    """A copy of the catalog, to be changed."""
    return Path(
        shutil.copytree(CATALOG, tmp_path / "catalog", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    )


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_catalog_with_a_problem_is_told_with_exit_code_1(own_catalog):
    change(own_catalog / "tools.csv", "taleez,Taleez,Taleez,", "taleez,Taleez,,")

    found = run("catalog", "check", "--catalog", own_catalog, "--lang", "en")

    assert found.exit_code == 1
    assert re.search(
        r"evidence\.csv, row \d+, column field: The cell that it is the source of is empty", found.output
    )


def test_a_catalog_that_cannot_be_read_is_one_line_with_exit_code_2(own_catalog):
    change(own_catalog / "tools.csv", "taleez,Taleez,Taleez,", "moodle,Taleez,Taleez,")

    found = run("catalog", "check", "--catalog", own_catalog)

    assert found.exit_code == 2
    assert re.fullmatch(
        r"hrtools-reco: tools\.csv, ligne \d+, colonne tool_id : attendu .*« ?moodle.*\n", found.stderr
    )


def test_a_tool_of_a_catalog_of_ones_own_is_explained(own_catalog):
    change(own_catalog / "tools.csv", "taleez,Taleez,Taleez,", "taleez,Mon ATS,Taleez,")

    found = run("explain", "taleez", *FIRM, "--catalog", own_catalog)

    assert "Mon ATS" in found.output


@pytest.mark.parametrize("months", [0, 24])
def test_the_age_of_old_facts_can_be_chosen(months):
    shown = run("catalog", "check", "--months", months, "--lang", "en").output

    assert f"Facts older than {months} months: " in shown


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_one_line_says_how_to_get_it(missing):
    found = as_process(
        f"import sys; sys.modules[{missing!r}] = None; import hrtools_reco.cli as c; c.main(['--help'])"
    )

    assert found.returncode == 2
    assert found.stdout == b""
    assert found.stderr.decode().splitlines() == [
        'hrtools-reco: the command line is in an extra: pip install "hrtools-reco[cli]"'
    ]


def test_a_stream_that_lacks_a_letter_gets_a_question_mark():
    code = f"from hrtools_reco.cli import main; main(['recommend', *{FIRM!r}, '-k', '1'])"

    found = as_process(code, PYTHONIOENCODING="ascii")

    assert found.returncode == 0, found.stderr
    assert b"18 salari?s" in found.stdout
