"""The command line speaks French: each phrase of an error has its French, whole messages read well."""

from __future__ import annotations

import csv
import itertools
import re

import pytest
from phrases import PLACE, SOURCE, phrases
from typer import rich_utils
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco._checks import check_choice, check_count, check_number
from hrtools_reco.cli.app import app
from hrtools_reco.cli.french import _phrases, in_french, spoken

# What no command leads to: only programmers are told these, in the language of the library.
FOR_PROGRAMMERS = (
    "_checks.py",  # builds phrases from parts: the table of numbers below
    "catalog/foreign.py",
    "catalog/merging.py",
    "cluster.py",
    "diagnostic/progress",
    "evaluation/",
    "files/archive.py",
    "firms/adoptions.py",
    "firms/feedback.py",
    "firms/groups.py",
    "metrics.py",
    "model/",
    "overview/branch_progress.py",
    "overview/coverage.py",
    "overview/picture.py",
    "overview/runs.py",
    "overview/summary.py",
    "page/branch",
    "persistence.py",
    "rules/core.py",
    "rules/evaluate.py",
)
# Calls of the recommender that no command makes.
NOT_CALLED = {
    "None to be saved: rules are code; give them again after loading",
    "given to fit: similar firms are those of the history",
    "given with profiles and adoptions",
}
# Nothing of its own to be said in another language.
PLAIN = re.compile(r"[\W\d]*(?:\{\}[\W\d]*)*")


def reachable():
    """Yield each phrase that a command may show, with its module."""
    for path in sorted(SOURCE.rglob("*.py")):
        module = path.relative_to(SOURCE).as_posix()
        if not module.startswith(FOR_PROGRAMMERS):
            found = set(phrases(path)) - NOT_CALLED
            yield from ((module, text) for text in sorted(found) if not PLAIN.fullmatch(text))


def filled(text):
    """Put a mark into each place of a phrase."""
    marks = (f"x{n}" for n in itertools.count())
    return re.sub(re.escape(PLACE), lambda _: next(marks), text)


@pytest.fixture(scope="module")
def table():
    """The rows of the table."""
    text = (SOURCE / "cli" / "french.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def own_row(text):
    """Return the row of the table that speaks of a phrase, not only of the sentence around it."""
    found = next((row for row in _phrases() if row.places_in(text) is not None), None)
    return (
        found if found and not found.en.startswith(("{name} must", "must be {right}", "{reason}.")) else None
    )


def test_each_phrase_that_a_command_may_show_has_its_french():
    found = list(reachable())

    assert len(found) > 150
    missing = [(module, text) for module, text in found if own_row(filled(text)) is None]
    assert not missing


def test_what_stands_in_the_places_of_a_phrase_stays():
    for module, text in reachable():
        said = in_french(filled(text), typed=False)
        assert sorted(re.findall(r"\bx\d\b", said)) == sorted(re.findall(r"\bx\d\b", filled(text))), module


def test_the_table_is_regular(table):
    for row in table:
        english, french = (sorted(re.findall(r"\{(\w+)\}", row[lang])) for lang in ("en", "fr"))
        assert set(french) <= set(english), row
        assert len(set(english)) == len(english), row
        assert "'" not in row["fr"], row
        assert row["fr"] == row["fr"].strip() != "", row
        assert not re.search(r"[^\s-][:;?!](\s|$)", row["fr"]), row
    assert len({row["en"] for row in table}) == len(table)


NUMBERS = {
    "de 0 à 1": (check_number, 2, 0, 1),
    "un nombre d’au moins 0": (check_number, -1, 0),
    "un nombre de mois, de 0 à 9": (check_number, -1, 0, 9, "of months"),
    "un nombre entier, au moins 1": (check_count, 0),
    "un nombre entier de questions, au moins 1": (check_count, 0, 1, "of questions"),
    "un nombre entier, de 1 à 9": (check_count, 0, 1, "", 9),
    "l’un des 2 noms connus. Reçu « c ». Connus : aa, bb.": (check_choice, "c", ["aa", "bb"]),
    "un nom connu. Reçu « aac ». Le plus proche : aa.": (check_choice, "aac", ["aa", "xy"], "a known name"),
}


@pytest.mark.parametrize(("said", "check"), NUMBERS.items(), ids=list(NUMBERS))
def test_what_a_check_builds_from_parts_is_said_in_french(said, check):
    call, value, *limits = check
    with pytest.raises(hr.InvalidValueError) as refused:
        call("k", value, *limits)

    assert said in spoken(str(refused.value), "fr", typed=True)
    assert spoken(str(refused.value), "fr", typed=True).startswith("-k : attendu ")
    assert spoken(str(refused.value), "en", typed=True) == str(refused.value)


@pytest.mark.parametrize("got", ["l'an. Mil", 'a "b". C', "x. Got 'y'. Nearest: z.", "", "a.\nb", "{name}"])
def test_what_was_given_stays_whatever_it_holds(got):
    message = str(hr.InvalidValueError("branch", "a branch", got, "Nearest: couture."))

    said = spoken(message, "fr")

    assert said.startswith("branch : attendu une branche. Reçu ")
    assert repr(got).strip("\"'") in said


def test_a_phrase_that_is_not_in_the_table_stays_in_english():
    assert spoken("k must be a whale. Got 3.", "fr") == "k : attendu a whale. Reçu 3."
    assert spoken("Whales sing", "fr") == "Whales sing"


FIRM = ["--branch", "couture", "--headcount", "4"]
SAID = {
    "branch": (
        ["recommend", "--branch", "coutur", "--headcount", "4"],
        "--branch : attendu le nom, la clé, l’IDCC ou le code NAF d’une branche. Reçu « coutur ». "
        "Les plus proches : couture, couturier, couturière.",
    ),
    "headcount": (
        ["recommend", "--branch", "couture"],
        "--headcount : attendu le nombre de salariés ou une tranche SIRENE (--headcount-band). "
        "Rien n’a été donné.",
    ),
    "score": (
        ["recommend", *FIRM, "--maturity", "recruitment=200"],
        "--maturity recruitment : attendu un nombre de 0 à 100, ou rien. Reçu « 200 ».",
    ),
    "fact": (
        ["recommend", *FIRM, "--fact", "internet=4"],
        "--fact internet : attendu oui, non ou rien. Reçu « 4 ».",
    ),
    "flag": (
        ["recommend", "firms.csv", "--json"],
        "--json : attendu seulement pour une entreprise, sans fichier d’entreprises.",
    ),
    "several": (
        ["recommend", *FIRM, "--branch-of", "14.13Z=couture", "--branch-of", "14.14Z=couture"],
        "--branch-of : attendu seulement avec un fichier d’entreprises. "
        "Reçu « 14.13Z=couture, 14.14Z=couture ».",
    ),
    "field": (
        ["recommend", "firms.csv", "--out", "out.csv", "--budget", "300", "--branch", ""],
        "--budget : attendu seulement pour une entreprise, sans fichier d’entreprises. Reçu « 300 ».",
    ),
    "tool": (
        ["explain", "moodel", *FIRM],
        "OUTIL : attendu la clé de l’un des ",
    ),
    "ambiguous": (
        ["recommend", "--branch", "14.13Z", "--headcount", "4"],
        "Plusieurs conviennent : clothing, couture. Ce qui décide : IDCC 0247 sur le bulletin de paie",
    ),
    "option": (["recommend", "--brunch", "couture"], "Option inconnue : --brunch. "),
    "command": (["recomend"], "Commande inconnue : « recomend »."),
    "argument": (["explain"], "Il manque l’argument « OUTIL »."),
    "value": (["recommend", "-k"], "L’option « -k » demande une valeur."),
    "choice": (["recommend", *FIRM, "--lang", "de"], "« de » n’est pas l’un de « fr », « en »."),
    "one": (
        ["diagnose", *FIRM, "--core", "--full"],
        "--core et --full : attendu l’un ou l’autre, pas les deux.",
    ),
}


@pytest.mark.parametrize(("args", "said"), SAID.values(), ids=list(SAID))
def test_an_error_of_a_command_is_french_unless_english_is_asked_for(args, said):
    french = CliRunner().invoke(app, args)

    assert french.exit_code == 2
    assert said in french.stderr
    assert not re.search(r"\b(must|be|Got|the|Nearest|option)\b", french.stderr.replace("L’option", ""))


@pytest.mark.parametrize("words", [["--lang", "en"], ["--lang=en"]])
def test_english_is_spoken_to_whoever_asks_for_it(words):
    found = CliRunner().invoke(app, ["recommend", "--branch", "coutur", "--headcount", "4", *words])

    assert "branch must be a branch" in found.stderr


@pytest.mark.parametrize(
    "args", [["--help"], ["explain", "--help"], ["catalog"], ["catalog", "show", "--help"]]
)
def test_a_page_of_help_is_french_and_leaves_typer_as_it_was(args):
    before = dict(vars(rich_utils))

    page = " ".join(CliRunner().invoke(app, args).output.split())

    assert "Utilisation :" in page
    assert "Afficher cette aide." in page
    assert not re.search(r"Usage|Commands|COMMAND |Show |Install |default|required", page)
    assert dict(vars(rich_utils)) == before
