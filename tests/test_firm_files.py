"""Reading files of firms: separators, encodings, rows, and what is no such file."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from hrtools_reco.exceptions import InvalidTableError, InvalidValueError
from hrtools_reco.files.firm_files import company_chunks, read_companies_file

FRENCH = Path(__file__).parent / "data" / "firms_fr_windows1252.csv"
FIRMS = [["company_id", "branch", "headcount"], ["sellerie-de-l'étang", "0018", "12"], ["b", "", "3,5"]]


def write(path: Path, rows: list[list[str]], separator: str = ";", encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
def test_a_csv_is_read_whatever_its_separator_and_encoding(tmp_path, separator, encoding):
    firms = [[cell.replace(",", ".") for cell in row] for row in FIRMS]
    path = write(tmp_path / "firms.csv", firms, separator, encoding)

    read = read_companies_file(path)

    assert read.columns.tolist() == firms[0]
    assert read.fillna("").to_numpy().tolist() == firms[1:]


def test_the_french_file_is_read_as_it_is():
    read = read_companies_file(FRENCH)

    assert read["branch"].tolist()[1] == "0018"
    assert read["headcount_band"].tolist()[2:4] == ["01", "11"]
    assert read["maturity_recruitment"].tolist()[0] == "32,5"
    assert read["company_id"].tolist()[3] == "cœur-de-cuir"
    assert read["remarque"].tolist()[0] == "Dit : « le bois ; pas le cuir »"


def test_a_letter_that_is_not_ascii_is_found_however_late(tmp_path):
    rows = [["company_id", "branch"], *[[f"firm-{n}", "pressing"] for n in range(100_000)], ["é", "pressing"]]
    path = write(tmp_path / "firms.csv", rows, encoding="cp1252")

    last = read_companies_file(path)["company_id"].iloc[-1]

    assert path.stat().st_size > 1 << 20
    assert last == "é"


def test_blank_rows_count_as_rows_and_are_no_firms(tmp_path):
    path = write(tmp_path / "firms.csv", [*FIRMS[:2], [""], ["", "", ""], [" ", "", ""], FIRMS[2], [""]])

    (chunk,) = company_chunks(path, 10)

    assert chunk.companies["company_id"].tolist() == ["sellerie-de-l'étang", "b"]
    assert chunk.rows.tolist() == [2, 6]


def test_cells_that_are_left_out_at_the_end_are_empty_and_blanks_around_a_cell_are_dropped(tmp_path):
    path = write(
        tmp_path / "firms.csv",
        [["company_id ", " branch", "headcount", ""], [" a "], ["b", "couture", "4", ""]],
    )

    read = read_companies_file(path)

    assert read.columns.tolist() == ["company_id", "branch", "headcount"]
    assert read.fillna("").to_numpy().tolist() == [["a", "", ""], ["b", "couture", "4"]]


def test_a_cell_between_quotation_marks_may_hold_the_separator_and_a_line_break(tmp_path):
    path = write(tmp_path / "firms.csv", [["company_id", "note"], ["a", '"x ; ""y""\nz"'], ["b", ""]])

    (chunk,) = company_chunks(path, 10)

    assert chunk.companies["note"].tolist() == ['x ; "y"\nz', None]
    assert chunk.rows.tolist() == [2, 3]


def test_a_row_that_is_too_wide_is_refused_where_it_stands(tmp_path):
    path = write(tmp_path / "firms.csv", [*FIRMS[:2], ["c", "pressing", "4", "5"], FIRMS[2]])

    (chunk,) = company_chunks(path, 10)

    assert [(reject.row, reject.value) for reject in chunk.rejects] == [(3, "c|pressing|4|5")]
    assert chunk.rows.tolist() == [2, 4]
    with pytest.raises(InvalidTableError, match=r"row 3: row must be 3 cells wide.* Got 4\."):
        read_companies_file(path)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("n_firms", [0, 1, 4, 7])
def test_chunks_hold_every_firm_once_and_say_how_far_they_are(tmp_path, suffix, n_firms):
    firms = pd.DataFrame({"company_id": [str(n) for n in range(n_firms)], "headcount": 3}, dtype=object)
    path = tmp_path / f"firms{suffix}"
    firms.to_csv(path, index=False) if suffix == ".csv" else firms.astype(str).to_parquet(path)

    chunks = list(company_chunks(path, 3))

    assert [len(chunk.companies) for chunk in chunks] == {0: [0], 1: [1], 4: [3, 1], 7: [3, 3, 1]}[n_firms]
    assert [row for chunk in chunks for row in chunk.rows] == list(range(2, n_firms + 2))
    assert chunks[-1].share == 1.0
    assert [chunk.share for chunk in chunks] == sorted(chunk.share for chunk in chunks)
    assert read_companies_file(path)["company_id"].tolist() == firms["company_id"].tolist()


def test_parquet_cells_do_not_depend_on_the_other_cells_of_their_chunk(tmp_path):
    firms = pd.DataFrame(
        {
            "company_id": pd.array([1, 2, 3], dtype="Int64"),
            "branch": pd.Categorical(["couture", "0018", "couture"]),
            "headcount": pd.array([4, None, 6], dtype="Int64"),
            "installed": [["moodle", "lucca"], None, []],
        }
    )
    firms.to_parquet(tmp_path / "firms.parquet")

    read = read_companies_file(tmp_path / "firms.parquet")

    assert read["headcount"].tolist() == [4, None, 6]
    assert read["branch"].tolist() == ["couture", "0018", "couture"]
    assert list(read["installed"][0]) == ["moodle", "lucca"]


WRONG_FILES = {
    "missing": (None, r"source must be a file that exists\. Got '.*missing\.csv'"),
    "empty": (b"", "source must be a CSV file that starts with a header"),
    "blank header": (b";;\na;b;c\n", "source must be a CSV file that starts with a header"),
    "binary": (b"PK\x03\x04\x00\x00", r"source must be a text file in UTF-8.*Save the sheet as CSV\."),
    "no encoding": (b"company_id;branch\n\xe9\x81;couture\n", "source must be a text file in UTF-8"),
    "open quotation": (
        b'company_id;branch\n"a;couture\nb;couture\n',
        "source must be a CSV file.*quotation mark",
    ),
    "text after quotation": (b'company_id;branch\n"a"b;couture\n', "source must be a CSV file.*After row 1"),
}


@pytest.mark.parametrize(("content", "message"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_what_is_no_csv_file_is_refused(tmp_path, content, message):
    path = tmp_path / ("missing.csv" if content is None else "firms.csv")
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(InvalidValueError, match=message):
        read_companies_file(path)


def test_what_is_no_parquet_file_is_refused(tmp_path):
    (tmp_path / "firms.parquet").write_bytes(b"company_id;branch\n")

    with pytest.raises(InvalidValueError, match=r"source must be a Parquet file\. Got '.*firms\.parquet'"):
        read_companies_file(tmp_path / "firms.parquet")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("firms.ods", r"ends in \.csv, .*\.xlsx.* Got 'firms\.ods'\. Save the sheet as \.xlsx or as CSV"),
        ("firms", "ends in"),
    ],
)
def test_another_kind_of_file_is_refused_with_a_way_out(name, message):
    with pytest.raises(InvalidValueError, match=message):
        read_companies_file(name)


def test_a_parquet_file_without_pyarrow_names_the_extra(tmp_path, monkeypatch):
    (tmp_path / "firms.parquet").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(InvalidValueError, match=r'pip install "hrtools-reco\[io\]"'):
        read_companies_file(tmp_path / "firms.parquet")


def test_a_workbook_without_openpyxl_names_the_extra(tmp_path, monkeypatch):
    (tmp_path / "firms.xlsx").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "openpyxl", None)

    with pytest.raises(InvalidValueError, match=r'pip install "hrtools-reco\[excel\]"'):
        read_companies_file(tmp_path / "firms.xlsx")


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_first_line_that_tells_the_separator_is_believed_and_is_no_row(tmp_path, first):
    path = write(tmp_path / "firms.csv", [[first], ["company_id", "branch"], ["a", "x,y,z"]])

    (chunk,) = company_chunks(path, 10)

    assert chunk.companies.to_numpy().tolist() == [["a", "x,y,z"]]
    assert chunk.rows.tolist() == [2]


def test_a_row_in_another_encoding_is_refused_and_the_others_are_not_garbled(tmp_path):
    path = tmp_path / "firms.csv"
    path.write_bytes(
        "company_id;branch\nforêt;couture\n".encode() + "Entrée;couture\nb;pressing\n".encode("cp1252")
    )

    (chunk,) = company_chunks(path, 10)

    assert chunk.companies["company_id"].tolist() == ["forêt", "b"]
    assert [(reject.row, reject.value) for reject in chunk.rejects] == [(3, r"Entr\xe9e|couture")]
    with pytest.raises(InvalidTableError, match="row 3: row must be in UTF-8, as the rest of the file"):
        read_companies_file(path)


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16", "utf-16-le"])
def test_a_text_that_is_cut_in_a_letter_is_refused_with_the_row(tmp_path, encoding):
    path = tmp_path / "firms.csv"
    path.write_bytes("company_id;branch\na;couture\nb;pressing".encode(encoding)[:-1])

    with pytest.raises(InvalidValueError, match=r"source must be (text in|a text file in)"):
        read_companies_file(path)


def workbook(path, rows):
    """Write rows to the first sheet of a workbook, and something else to a second."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.create_sheet("autre").append(["x"])
    book.save(path)
    return path


def test_the_first_sheet_of_a_workbook_is_read_with_its_types_and_rows(tmp_path):
    rows = [
        [None],
        ["company_id ", "branch", "headcount", None],
        ["a", "0018", 12],
        [None, " "],
        ["b", None, 3.5, "x"],
    ]
    path = workbook(tmp_path / "firms.xlsx", rows)

    chunks = list(company_chunks(path, 1))

    firms = pd.concat([chunk.companies for chunk in chunks])
    assert firms.columns.tolist() == ["company_id", "branch", "headcount"]
    assert firms.to_numpy().tolist() == [["a", "0018", 12], ["b", None, 3.5]]
    assert [row for chunk in chunks for row in chunk.rows] == [3, 5]
    assert chunks[-1].share == 1.0


@pytest.mark.parametrize("content", [b"company_id;branch\n", b"PK\x03\x04 cut", b""])
def test_what_is_no_workbook_is_refused(tmp_path, content):
    (tmp_path / "firms.xlsx").write_bytes(content)

    with pytest.raises(InvalidValueError, match="source must be an Excel workbook"):
        read_companies_file(tmp_path / "firms.xlsx")


def test_a_workbook_without_a_header_is_refused(tmp_path):
    with pytest.raises(InvalidValueError, match="first sheet starts with a header"):
        read_companies_file(workbook(tmp_path / "firms.xlsx", []))


def test_lines_of_json_are_firms_and_other_lines_are_refused(tmp_path):
    path = tmp_path / "firms.jsonl"
    path.write_text(
        '{"company_id": "é", "headcount": 3}\n\n[1]\n{"company_id": "b", "branch": null}\n{\n', "utf-8"
    )

    (chunk,) = company_chunks(path, 10)

    assert chunk.rows.tolist() == [1, 4]
    assert chunk.companies["company_id"].tolist() == ["é", "b"]
    assert [(reject.row, reject.value) for reject in chunk.rejects] == [(3, "[1]"), (5, "{")]


@pytest.mark.parametrize("as_pattern", [False, True], ids=["folder", "pattern"])
def test_a_folder_or_a_pattern_of_files_is_read_as_one_file(tmp_path, as_pattern):
    folder = tmp_path / "firms"
    folder.mkdir()
    for part, keys in {"b": ["3"], "a": ["1", "2"], "_log": ["0"]}.items():
        pd.DataFrame({"company_id": keys}).to_parquet(folder / f"{part}.parquet")

    chunks = list(company_chunks(str(folder / "[ab]*.parquet") if as_pattern else folder, 1))

    assert [key for chunk in chunks for key in chunk.companies["company_id"]] == ["1", "2", "3"]
    assert [row for chunk in chunks for row in chunk.rows] == [2, 3, 4]
    assert [chunk.share for chunk in chunks] == [0.25, 0.5, 1.0]


def test_the_folders_of_a_partitioned_data_set_are_columns(tmp_path):
    part = tmp_path / "branch=textile%5Fcare"
    part.mkdir()
    pd.DataFrame({"company_id": ["a"]}).to_parquet(part / "0.parquet")

    assert read_companies_file(tmp_path).to_dict("list") == {"company_id": ["a"], "branch": ["textile_care"]}


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl", "xlsx"])
def test_standard_input_is_read_whatever_its_kind(tmp_path, monkeypatch, kind):
    firms, path = pd.DataFrame({"company_id": ["é"], "branch": ["0018"]}), tmp_path / f"firms.{kind}"
    {
        "csv": lambda: firms.to_csv(path, index=False, sep=";"),
        "parquet": lambda: firms.to_parquet(path),
        "jsonl": lambda: firms.to_json(path, orient="records", lines=True),
        "xlsx": lambda: workbook(path, [firms.columns.tolist(), *firms.to_numpy().tolist()]),
    }[kind]()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(path.read_bytes())))

    assert read_companies_file("-").to_dict("list") == {"company_id": ["é"], "branch": ["0018"]}


SOURCES = {
    "an empty folder": ("empty", r"a folder that holds \.parquet files"),
    "a pattern of nothing": ("*.parquet", "a pattern that fits a file at least"),
    "a pattern of two kinds": ("firms.*", "a pattern that fits files of one kind"),
}


@pytest.mark.parametrize(("source", "message"), SOURCES.values(), ids=SOURCES)
def test_files_of_no_use_together_are_refused(tmp_path, source, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "firms.csv").touch()
    (tmp_path / "firms.jsonl").touch()

    with pytest.raises(InvalidValueError, match=message):
        company_chunks(str(tmp_path / source), 10)
