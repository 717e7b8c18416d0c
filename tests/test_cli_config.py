"""Options of the recommender from a file, and what a shell proposes."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.cli.app import app

FIRM = ["--branch", "maroquinerie", "--headcount", "60"]


def run(*args):
    """Run a command."""
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture
def config(tmp_path):
    """Return a file of options."""
    path = tmp_path / "reco.toml"
    path.write_text('pillar = "training"\nmax_per_function = "none"\n', encoding="utf-8")
    return path


def test_the_options_of_a_file_are_those_of_the_recommender(config):
    found = run("recommend", *FIRM, "-k", "8", "--config", config, "--json")

    expected = hr.ToolRecommender(pillar="training", max_per_function=None).fit()
    answer = expected.recommend({"branch": "maroquinerie", "headcount": 60}, 8)
    told = json.loads(found.output)["recommendations"]
    assert [item["tool_id"] for item in told] == list(answer.tool_ids)


def test_an_option_of_the_command_wins_over_that_of_the_file(config):
    both = run("recommend", *FIRM, "--config", config, "--pillar", "recruitment", "--json")

    alone = hr.ToolRecommender(pillar="recruitment", max_per_function=None).fit()
    first = alone.recommend({"branch": "maroquinerie", "headcount": 60})[0]
    assert f'"tool_id": "{first.tool_id}"' in both.output


def test_a_catalog_is_found_beside_the_file(tmp_path):
    (tmp_path / "reco.toml").write_text('catalog = "nowhere"\n', encoding="utf-8")

    found = run("explain", "moodle", *FIRM, "--config", tmp_path / "reco.toml")

    assert found.exit_code == 2
    assert str(tmp_path / "nowhere") in found.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "--config : attendu un fichier qui existe"),
        ("pillar = ", "--config : attendu un fichier TOML"),
        (
            "piller = 1",
            "un fichier d’options de la recommandation. Reçu « piller ». Le plus proche : pillar",
        ),
        ("rules = []", "--config : attendu un fichier d’options de la recommandation"),
        ('pillar = "hr"', "pillar : attendu"),
    ],
)
def test_a_file_that_is_wrong_is_one_line_with_exit_code_2(tmp_path, content, message):
    path = tmp_path / "reco.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    found = run("recommend", *FIRM, "--config", path)

    assert found.exit_code == 2
    assert message in found.stderr
    assert len(found.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("begun", "proposed"),
    [
        ("explain mood", "moodle"),
        ("recommend --branch maroqui", "maroquinerie"),
        ("recommend --branch leat", "leather_goods"),
        ("recommend --headcount-band 0", "03"),
        ("recommend --region Bre", "Bretagne"),
        ("recommend --need hir", "hiring="),
        ("recommend --maturity rec", "recruitment="),
        ("diagnose --installed taleez", "taleez"),
        ("report p.html --fact inte", "internet="),
    ],
)
def test_a_shell_proposes_what_fits_the_word_that_is_begun(begun, proposed):
    words = f"hrtools-reco {begun}"
    told = {
        "_HRTOOLS_RECO_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }

    found = CliRunner().invoke(app, [], env=told, prog_name="hrtools-reco")

    assert proposed in found.output.splitlines()


def test_the_completion_of_a_shell_can_be_shown():
    command = [sys.executable, "-c", "from hrtools_reco.cli import main; main()", "--show-completion", "bash"]

    # Without a shell above it, as in CI, the shell is the one that is named.
    told = os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=told)

    assert "complete" in found.stdout
