"""The files of a catalog, as they are described and as a French spreadsheet saves them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

import hrtools_reco as hr
from hrtools_reco.catalog import check_catalog

FOLDER = Path(str(files("hrtools_reco.catalog_data")))


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the catalog."""
    return Path(shutil.copytree(FOLDER, tmp_path / "catalog"))


def rows_of(path):
    """Return the rows of a file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def saved_again(folder, name, delimiter=",", encoding="utf-8", change=None, first=""):
    """Save one table as another program would."""
    path = folder / f"{name}.csv"
    rows = rows_of(path)
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(map(change or list, rows))
    path.write_bytes((first + text.getvalue()).encode(encoding, errors="replace"))


def french(row):
    """Write truth values and decimals as a French spreadsheet does."""
    return [{"true": "VRAI", "false": "FAUX", "37.68": "37,68"}.get(cell, cell) for cell in row]


SAVED = {
    "semicolons and Windows-1252": {"delimiter": ";", "encoding": "cp1252", "change": french},
    "semicolons and UTF-8 with a mark": {"delimiter": ";", "encoding": "utf-8-sig", "change": french},
    "a line that names the separator": {"delimiter": ";", "first": "sep=;\r\n"},
    "tabs": {"delimiter": "\t"},
    "truth values in capitals": {"change": lambda row: [c.upper() if c == "true" else c for c in row]},
}


@pytest.mark.parametrize("how", SAVED.values(), ids=SAVED)
def test_a_table_saved_by_a_spreadsheet_is_read_the_same(copy, how):
    saved_again(copy, "tools", **how)

    read, bundled = hr.load_catalog(copy).tools, hr.load_catalog().tools

    numbers = [
        "price_eur",
        "headcount_min",
        "data_in_eu",
        "price_from",
        "price_fixed_eur",
        "tool_id",
        "status",
    ]
    assert read[numbers].equals(bundled[numbers])


def test_dialect_and_encoding_of_the_package_are_obeyed(copy):
    descriptor = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource["name"] == "regions":
            resource |= {"encoding": "utf-16", "dialect": {"delimiter": "#", "quoteChar": "'"}}
    (copy / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    rows = rows_of(copy / "regions.csv")
    with (copy / "regions.csv").open("w", encoding="utf-16", newline="") as stream:
        csv.writer(stream, delimiter="#", quotechar="'").writerows(rows)

    assert hr.load_catalog(copy).table("regions").equals(hr.load_catalog().table("regions"))


def test_what_a_spreadsheet_spoils_is_refused_with_file_row_and_reason(copy):
    def without_zeros(row):
        return [cell.lstrip("0") or cell for cell in row]

    saved_again(copy, "branches", change=without_zeros)

    with pytest.raises(hr.CatalogError, match=r"branches\.csv, row 2, column idcc: must be of the form"):
        hr.load_catalog(copy)


def test_bytes_that_are_no_text_are_refused_with_file_and_row(copy):
    raw = (copy / "kinds.csv").read_bytes().split(b"\n")
    raw[2] += b"\x81\x8d"
    (copy / "kinds.csv").write_bytes(b"\n".join(raw))

    with pytest.raises(hr.CatalogError, match=r"kinds\.csv, row 3: must be in utf-8.*CSV UTF-8"):
        hr.load_catalog(copy)


def test_a_row_with_too_many_cells_is_refused(copy):
    text = (copy / "kinds.csv").read_text(encoding="utf-8").split("\n")
    text[3] += ",one,too,many"
    (copy / "kinds.csv").write_text("\n".join(text), encoding="utf-8")

    with pytest.raises(hr.CatalogError, match=r"kinds\.csv: must be a table with one header line.*line 4"):
        hr.load_catalog(copy)


def test_an_error_names_the_true_line_behind_cells_of_several_lines(copy):
    rows = rows_of(copy / "kinds.csv")
    rows[1][-1] = "two\nlines"
    rows[3][1] = "perhaps"
    with (copy / "kinds.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)

    with pytest.raises(hr.CatalogError, match=r"kinds\.csv, row 5, column gated: must be true or false"):
        hr.load_catalog(copy)


def test_a_problem_names_the_true_line_of_a_file_that_is_not_sorted(copy):
    path = copy / "tools.csv"
    rows = rows_of(path)
    header, tools = rows[0], rows[1:]
    moved = next(row for row in tools if row[0] == "moodle")
    tools = [moved, *(row for row in tools if row is not moved)]
    moved[header.index("languages")] = "fr|fr"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *tools])

    problems = check_catalog(hr.load_catalog(copy)).problems

    found = problems[problems["column"] == "languages"].iloc[0]
    assert (found["file"], found["row"]) == ("tools.csv", 2)
    assert found["message_fr"] == "Une liste ne doit avoir ni élément vide ni élément répété."
