"""A tool or a branch added to a catalog: checked first, whole or not at all, the files kept as they are."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.catalog.csv_tables import CsvTable
from hrtools_reco.cli.app import app
from hrtools_reco.files.whole import replace_together

FOLDER = Path(str(files("hrtools_reco.catalog_data")))
GUIDE = Path(__file__).parents[1] / ".ci" / "docs" / "pages" / "add.md"
PAGE = {"url": "https://atelier.example/logiciel", "page_date": "2026-11-20", "basis": "stated"}
TOOL = {
    "tool_id": "atelier-films",
    "name": "Atelier Films",
    "functions": ["on_the_job", "authoring"],
    "summary_en": "Films of the gestures of a workshop.",
    "summary_fr": "Films des gestes d'un atelier.",
    "branches": "all",
    "regions": "all",
    "price_model": "flat",
    "price_eur": 19.5,
    "price_unit": "per_month",
    "price_from": True,
    "price_as_of": "2026-11",
    "status": "active",
    "kind": "software",
    "who_uses": ["head", "staff"],
}
BRANCH = {
    "branch": "jewellery",
    "name_fr": "Bijouterie",
    "name_en": "Jewellery",
    "idcc": ["0567"],
    "naf": ["32.12Z"],
    "naf_primary": ["32.12Z"],
    "aliases_fr": "bijoutier|bijoutière|joaillerie d'art",
    "opco": "Opco 2i",
}


@pytest.fixture
def folder(tmp_path):
    """Return a copy of the catalog."""
    return Path(shutil.copytree(FOLDER, tmp_path / "catalog"))


def contents(folder):
    """Return the bytes of each file."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def changed_lines(before, after):
    """Return the lines of each file that only one of two folders has."""
    return {
        name: set(after[name].splitlines()) ^ set(before[name].splitlines())
        for name in before
        if before[name] != after[name]
    }


def test_a_tool_is_added_with_its_sources_and_rows_of_other_tables(folder):
    before = contents(folder)
    inferred = {**PAGE, "basis": "inferred", "note": "from the videos of the page"}
    plan = {
        "plan": "Équipe",
        "fixed": 49,
        "per_seat": 0,
        "period": "month",
        "is_from": False,
        "currency": "EUR",
    }

    catalog = hr.add_tool(
        folder,
        {
            "tool": TOOL,
            "source": PAGE,
            "sources": {"who_uses": [inferred, {**PAGE, "url": "https://atelier.example/aide"}]},
            "prices": [
                {**plan, "url": PAGE["url"], "page_date": "2026-11-20", "basis": "stated", "as_of": "2026-11"}
            ],
        },
    )

    read = hr.load_catalog(folder)
    tool, evidence = read.tool("atelier-films"), read.evidence.query("tool_id == 'atelier-films'")
    assert catalog.tool("atelier-films") == tool
    assert (tool.price_eur, tool.price_from, tool.who_uses) == (19.5, True, ("head", "staff"))
    assert tool.summary_fr == "Films des gestes d’un atelier."
    assert sorted(evidence["field"].unique()) == sorted(set(TOOL) - {"tool_id"})
    assert (evidence["field"] == "who_uses").sum() == 2
    lines = changed_lines(before, contents(folder))
    assert {name: len(rows) for name, rows in lines.items()} == {
        "tools.csv": 1,
        "evidence.csv": len(TOOL),
        "prices.csv": 1,
    }
    with (folder / "tools.csv").open(encoding="utf-8", newline="") as stream:
        keys = [row[0] for row in csv.reader(stream)][1:]
    assert keys == sorted(keys)


def test_a_branch_that_was_added_is_known_by_its_words_and_codes(folder):
    page = {**PAGE, "note": "invented for this test"}

    catalog = hr.add_branch(
        folder,
        {
            "branch": BRANCH,
            "source": PAGE,
            "branch_families": {"family": "leather", "rubric": "Work by hand on small pieces."},
            "naf_2025": [{**page, "naf_2025": "32.12Y", "naf_rev2": "32.12Z"}],
        },
    )

    for written in ("bijouterie", "joaillerie d'art", "joaillerie d’art", "IDCC 567", "32.12Z", "32.12Y"):
        found = hr.CompanyProfile.from_dict({"branch": written, "headcount": 8}, catalog)
        assert found.branch == "jewellery"
    assert catalog.table("branch_families").set_index("branch").loc["jewellery", "family"] == "leather"


WRONG = {
    "a wrong word": (
        {"tool": {**TOOL, "kind": "sofware"}, "source": PAGE},
        hr.CatalogError,
        "tools.csv, new row, column kind: must be .* Got 'sofware'. Nearest: software",
    ),
    "a wrong item": (
        {"tool": {**TOOL, "functions": ["lms", "authorin"]}, "source": PAGE},
        hr.CatalogError,
        "column functions: .* Got 'authorin'. Nearest: authoring",
    ),
    "a wrong item of a closed list": (
        {"tool": {**TOOL, "who_uses": ["staf"]}, "source": PAGE},
        hr.CatalogError,
        "column who_uses: .* Got 'staf'. Nearest: staff",
    ),
    "a key that is taken": (
        {"tool": {**TOOL, "tool_id": "moodle"}, "source": PAGE},
        hr.CatalogError,
        "column tool_id: must be new. Got 'moodle' again",
    ),
    "an empty cell": (
        {"tool": {**TOOL, "name": "  "}, "source": PAGE},
        hr.CatalogError,
        "column name: must be filled",
    ),
    "no number": (
        {"tool": {**TOOL, "price_eur": "cher"}, "source": PAGE},
        hr.CatalogError,
        "column price_eur: must be a number. Got 'cher'",
    ),
    "a suite that is not there": (
        {"tool": {**TOOL, "module_of": "moodel"}, "source": PAGE},
        hr.CatalogError,
        "column module_of: must be a key that exists. Got 'moodel'. Nearest: moodle",
    ),
    "an unknown column": (
        {"tool": {**TOOL, "prix": 3}, "source": PAGE},
        hr.UnknownNameError,
        "tools must be a column of tools. Got 'prix'",
    ),
    "no source": (
        {"tool": TOOL, "sources": {"name": PAGE}},
        hr.InvalidValueError,
        "sources.functions must be the page of a filled cell",
    ),
    "a source of an empty cell": (
        {"tool": TOOL, "source": PAGE, "sources": {"licence": PAGE}},
        hr.UnknownNameError,
        "sources must be a cell that is filled. Got 'licence'",
    ),
    "inferred from nothing": (
        {"tool": TOOL, "source": {**PAGE, "basis": "inferred"}},
        hr.InvalidValueError,
        "must be with a note that says from what",
    ),
    "a wrong address": (
        {"tool": TOOL, "source": {**PAGE, "url": "atelier.example"}},
        hr.CatalogError,
        "evidence.csv, new row, column url",
    ),
    "an unknown table": (
        {"tool": TOOL, "source": PAGE, "price": []},
        hr.UnknownNameError,
        "table must be .* Got 'price'. Nearest: prices",
    ),
    "what only the check of the whole finds": (
        {"tool": {**TOOL, "headcount_min": 50, "headcount_max": 10}, "source": PAGE},
        hr.CatalogError,
        "tools.csv, row [0-9]+, column headcount_max: The upper bound must be at least the lower",
    ),
}


@pytest.mark.parametrize(("told", "error", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_and_no_file_changes(monkeypatch, told, error, message):
    monkeypatch.setattr("hrtools_reco.files.catalog_files.load_catalog", lambda _: hr.load_catalog())  # quick
    before = contents(FOLDER)

    with pytest.raises(error, match=message):
        hr.add_tool(FOLDER, told)

    assert contents(FOLDER) == before


def test_a_problem_that_the_catalog_had_before_is_no_hindrance(folder):
    evidence = (folder / "evidence.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "evidence.csv").write_text("".join(evidence[:1] + evidence[2:]), encoding="utf-8")

    assert hr.add_tool(folder, {"tool": TOOL, "source": PAGE}).tool("atelier-films").name == "Atelier Films"


def test_files_saved_by_a_spreadsheet_keep_their_form(folder):
    for name in ("tools", "evidence"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        cells = [[{"true": "VRAI", "false": "FAUX"}.get(cell, cell) for cell in row] for row in rows]
        with (folder / f"{name}.csv").open("w", encoding="cp1252", newline="", errors="replace") as stream:
            csv.writer(stream, delimiter=";").writerows(cells)
    before = contents(folder)

    hr.add_tool(folder, {"tool": TOOL, "source": PAGE})

    after = contents(folder)
    (line,) = changed_lines(before, after)["tools.csv"]
    assert "Films des gestes d’un atelier." in line.decode("cp1252")
    assert ";19,5;per_month;VRAI;" in line.decode("cp1252")
    assert after["tools.csv"].count(b"\r\n") == before["tools.csv"].count(b"\r\n") + 1
    assert hr.load_catalog(folder).tool("atelier-films").price_eur == 19.5
    with pytest.raises(hr.CatalogError, match=r"its encoding .cp1252. has no 'Ł'"):
        hr.add_tool(folder, {"tool": {**TOOL, "tool_id": "lodz", "name": "Łódź"}, "source": PAGE})


cells = st.text(alphabet="ab;,\"\n'é €", max_size=6)


@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=5),
    new=st.tuples(cells, cells),
    end=st.booleans(),
)
def test_a_row_that_is_added_is_read_back_and_the_others_are_as_they_were(tmp_path_factory, rows, new, end):
    path = tmp_path_factory.mktemp("table") / "table.csv"
    resource = {"path": "table.csv", "schema": {"fields": [{"name": "k"}, {"name": "v"}]}}
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([("k", "v"), *(("k" + k, v) for k, v in rows)])
    if not end:
        path.write_bytes(path.read_bytes()[:-1])
    before = CsvTable(path, resource).frame().fillna("").to_numpy().tolist()
    row = ["k" + new[0], new[1]]

    path.write_bytes(CsvTable(path, resource).with_rows([dict(zip("kv", row, strict=True))]))

    after = CsvTable(path, resource).frame().fillna("").to_numpy().tolist()
    assert before in [after[:at] + after[at + 1 :] for at in range(len(after)) if after[at] == row]


def test_files_are_replaced_all_or_none(tmp_path, monkeypatch):
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for path in paths:
        path.write_bytes(b"old")
    replace, done = os.replace, []

    def fail_at_second(source, target):
        done.append(target)
        if len(done) == 2:
            raise OSError("no more")
        replace(source, target)

    monkeypatch.setattr("os.replace", fail_at_second)

    with pytest.raises(OSError, match="no more"):
        replace_together(dict.fromkeys(paths, b"new"))

    assert [path.read_bytes() for path in paths] == [b"old"] * 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv", "c.csv"]


def run(*args, **options):
    """Run a command."""
    return CliRunner().invoke(app, ["catalog", *map(str, args)], **options)


def examples():
    """Return the examples of the guide by the table that they fill."""
    blocks = re.findall(r"```toml.*?\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return {what: block for block in blocks for what in ("tool", "branch") if block.startswith(f"[{what}]")}


@pytest.mark.parametrize(("what", "key"), [("tool", "atelier-films"), ("branch", "jewellery")])
def test_the_examples_of_the_guide_are_added_and_nothing_is_asked(folder, tmp_path, what, key):
    told = tmp_path / "new.toml"
    told.write_text(examples()[what], encoding="utf-8")

    found = run(f"add-{what}", "--catalog", folder, "--from", told)

    assert found.exit_code == 0, found.output
    assert f"{key} est dans le catalogue" in found.output
    assert key in hr.load_catalog(folder).keys({"tool": "tools", "branch": "branches"}[what])


def test_a_json_file_tells_the_same(folder, tmp_path):
    told = tmp_path / "new.json"
    told.write_text(json.dumps({"branch": BRANCH, "source": PAGE}), encoding="utf-8")

    found = run("add-branch", "--catalog", folder, "--from", told, "--lang", "en")

    assert "Rows added: branch_evidence 7, branches 1." in " ".join(found.output.split())
    assert hr.load_catalog(folder).branches.set_index("branch").loc["jewellery", "name_fr"] == "Bijouterie"


def typed(cells, url=PAGE["url"]):
    """Return what a person types for the cells of a tool, in the order of the columns."""
    lines, pages = [], 0
    for column in hr.load_catalog().tools.columns:
        given = cells.get(column, [""])
        lines += given
        if given[-1] and column != "tool_id":
            lines += [url, "2026-11-20", ""] if not pages else ["", "du film" if column == "who_uses" else ""]
            pages += 1
    return "\n".join([*lines, "oui", ""])


ANSWERS = {
    "tool_id": ["Atelier Films", "atelier-films"],  # the first one is no key
    "name": ["", "Atelier Films"],
    "functions": ["on_the_jo", "on_the_job, Création de contenus de formation"],
    "summary_en": ["Films."],
    "summary_fr": ["Films d'atelier."],
    "branches": ["all"],
    "regions": ["all"],
    "price_from": ["non"],
    "status": ["active"],
    "kind": ["software"],
    "who_uses": ["staff, head"],
}


def test_the_command_asks_in_french_until_each_cell_is_right(folder):
    found = run("add-tool", "--catalog", folder, input=typed(ANSWERS))

    assert found.exit_code == 0, found.output
    assert "Cette cellule est à remplir" in found.output
    assert "« on_the_jo » ne convient pas à functions" in " ".join(
        found.output.replace("\u00a0", " ").split()
    )
    assert "Choix les plus proches : on_the_job" in found.output.replace("\u00a0", " ")
    catalog = hr.load_catalog(folder)
    tool = catalog.tool("atelier-films")
    assert (tool.functions, tool.price_from) == (("on_the_job", "authoring"), False)
    evidence = catalog.evidence.query("tool_id == 'atelier-films'").set_index("field")
    assert set(evidence["url"]) == {PAGE["url"]}
    assert evidence.loc["who_uses", ["basis", "note"]].tolist() == ["inferred", "du film"]
    assert evidence.loc["name", "basis"] == "stated"


@pytest.mark.parametrize("given", ["atelier-films\nq\n", typed(ANSWERS).replace("\noui\n", "\nnon\n")])
def test_who_leaves_or_says_no_writes_nothing(folder, given):
    before = contents(folder)

    found = run("add-tool", "--catalog", folder, input=given)

    assert found.exit_code == 0
    assert "Rien n’est écrit" in found.output
    assert contents(folder) == before


def test_what_was_typed_is_not_lost_when_the_catalog_refuses_it(folder):
    answers = {**ANSWERS, "headcount_min": ["50"], "headcount_max": ["10"]}

    found = run("add-tool", "--catalog", folder, input=typed(answers))

    assert found.exit_code == 2
    assert '"headcount_min": "50"' in found.output
    assert "atelier-films" not in hr.load_catalog(folder).tool_ids


def test_each_column_that_is_asked_for_has_its_question_in_french():
    for resource in hr.load_catalog().descriptor["resources"]:
        if resource["name"] in ("tools", "branches"):
            assert all(field.get("hrtools:ask_fr") for field in resource["schema"]["fields"])


@pytest.mark.parametrize(
    ("text", "suffix"), [("[tool", ".toml"), ("{", ".json"), ("[]", ".json"), ("[branch]", ".toml")]
)
def test_a_file_that_is_none_is_refused(folder, tmp_path, text, suffix):
    told = tmp_path / f"new{suffix}"
    told.write_text(text, encoding="utf-8")

    found = run("add-tool", "--catalog", folder, "--from", told)

    assert found.exit_code == 2
    assert "--from : attendu un fichier .toml ou .json avec [tool]" in found.stderr
