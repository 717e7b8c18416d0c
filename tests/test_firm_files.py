"""Reading files of firms: separators, encodings, rows, and what is no such file."""

from __future__ import annotations

import sys
from pathlib import Path

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
        ("firms.xlsx", r"ends in \.csv or \.parquet\. Got 'firms\.xlsx'\. Save the sheet as CSV"),
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
