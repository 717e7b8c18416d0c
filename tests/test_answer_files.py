"""Files of answers: each format says the same, and a French Excel opens what is written for it."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import hrtools_reco as hr
from hrtools_reco.files.answer_formats import CsvFormat, harmless_text

FIRMS = "company_id;branch;headcount\n0012;pressing;4\n=1+1;1580;60\né;couture;3\n"


@pytest.fixture
def source(tmp_path):
    """Return a file of firms, one of them with a key like a formula."""
    path = tmp_path / "firms.csv"
    path.write_text(FIRMS, encoding="utf-8")
    return path


def read(path):
    """Return a file of answers as a frame."""
    readers = {
        ".csv": lambda: pd.read_csv(path, dtype={"company_id": str}),
        ".parquet": lambda: pd.read_parquet(path),
        ".xlsx": lambda: pd.read_excel(path, dtype={"company_id": str}),
        ".jsonl": lambda: pd.read_json(path, lines=True, dtype={"company_id": str}),
    }
    return readers[path.suffix]()


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx", ".jsonl"])
def test_every_format_holds_the_answer_of_the_library(tmp_path, source, recommender, suffix):
    options = {
        "contributions": True,
        "reasons": "fr",
        "chunk_size": 2,
        "recommender": recommender,
        "raw": True,
    }

    hr.recommend_file(source, tmp_path / f"recs{suffix}", 2, **options)

    answer = recommender.recommend_batch(hr.read_companies_file(source), 2, contributions=True, reasons="fr")
    pd.testing.assert_frame_equal(read(tmp_path / f"recs{suffix}"), answer.frame, check_dtype=False)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx", ".jsonl"])
def test_a_file_without_an_answer_has_its_columns_at_least(tmp_path, recommender, suffix):
    source, target = tmp_path / "firms.csv", tmp_path / f"recs{suffix}"
    source.write_text("company_id;branch;headcount\na;sabots;4\n", encoding="utf-8")

    summary = hr.recommend_file(source, target, recommender=recommender, on_error="collect")

    assert summary.n_refused == 1
    assert list(read(target).columns) == [] if suffix == ".jsonl" else "tool_id" in read(target)


def test_csv_for_a_french_excel_has_its_mark_semicolons_and_decimal_commas(tmp_path, source, recommender):
    target, rejects = tmp_path / "recs.csv", tmp_path / "rejects.csv"
    source.write_text(FIRMS + "z;sabots;3\n", encoding="utf-8")

    hr.recommend_file(
        *(source, target, 1), excel=True, rejects=rejects, on_error="collect", recommender=recommender
    )

    for path in (target, rejects):
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\r\n") == content.count(b"\n")
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig")), delimiter=";"))
    assert [row["company_id"] for row in rows] == ["0012", "'=1+1", "é"]
    assert all("," in row["score"] and "." not in row["score"] for row in rows)
    assert hr.read_companies_file(target)["company_id"].tolist() == ["0012", "'=1+1", "é"]


def test_a_workbook_keeps_keys_as_text_and_runs_nothing(tmp_path, source, recommender):
    hr.recommend_file(source, tmp_path / "recs.xlsx", 1, recommender=recommender)

    sheet = openpyxl.load_workbook(tmp_path / "recs.xlsx").active
    keys = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in keys] == [("0012", "s"), ("=1+1", "s"), ("é", "s")]
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize(("raw", "key"), [(False, "'=1+1"), (True, "=1+1")])
def test_text_that_a_spreadsheet_would_run_is_made_harmless_unless_it_is_wanted_raw(
    tmp_path, source, recommender, raw, key
):
    hr.recommend_file(source, tmp_path / "recs.csv", 1, raw=raw, recommender=recommender)

    assert read(tmp_path / "recs.csv")["company_id"].tolist() == ["0012", key, "é"]


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_what_no_spreadsheet_opens_keeps_keys_as_they_are(tmp_path, source, recommender, ending):
    hr.recommend_file(source, tmp_path / f"recs{ending}", 1, recommender=recommender)

    assert read(tmp_path / f"recs{ending}")["company_id"].tolist() == ["0012", "=1+1", "é"]


@given(
    cells=st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(["\n=1", "\uff1d1", "=1+1"]),
            st.integers(),
            st.none(),
            st.just("-12,5"),
        ),
        min_size=1,
    )
)
def test_no_text_starts_a_formula_and_all_else_is_left_alone(cells):
    table = pd.DataFrame({"a": pd.Series(cells, dtype=object), "b": 1.5})

    made = harmless_text(table)["a"]

    for before, after in zip(table["a"], made, strict=True):
        assert after == before or (pd.isna(after) and pd.isna(before)) or after == f"'{before}"
        if isinstance(after, str) and after.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")):
            float(after)


def test_a_sheet_that_would_be_too_long_is_refused(tmp_path, source, recommender, monkeypatch):
    monkeypatch.setattr("hrtools_reco.files.answer_formats._MOST_SHEET_ROWS", 3)

    with pytest.raises(hr.InvalidValueError, match=r"a sheet holds 3 rows.*Write \.parquet or \.csv"):
        hr.recommend_file(source, tmp_path / "recs.xlsx", 1, recommender=recommender)

    assert not (tmp_path / "recs.xlsx").exists()


def test_excel_is_a_way_to_write_csv(tmp_path, source, recommender):
    with pytest.raises(hr.InvalidValueError, match=r"excel must be False with a target \.parquet"):
        hr.recommend_file(source, tmp_path / "recs.parquet", excel=True, recommender=recommender)


def test_firms_can_come_from_a_pipe_and_answers_go_into_one():
    command = [sys.executable, "-c", "from hrtools_reco.cli import main; main()"]
    command += ["recommend", "-", "--out", "-", "-k", "1"]

    found = subprocess.run(command, input=FIRMS.encode(), capture_output=True, check=True)

    rows = list(csv.DictReader(io.StringIO(found.stdout.decode())))
    assert [row["company_id"] for row in rows] == ["0012", "'=1+1", "é"]
    assert "Entreprises lues" in found.stderr.decode()


def test_lines_of_json_are_one_object_each(tmp_path, source, recommender):
    hr.recommend_file(source, tmp_path / "recs.jsonl", 2, reasons="fr", recommender=recommender)

    lines = (tmp_path / "recs.jsonl").read_text(encoding="utf-8").splitlines()

    assert [json.loads(line)["rank"] for line in lines] == [1, 2] * 3
    assert Path(tmp_path / "recs.jsonl").read_bytes().decode("utf-8").count("é") > 0


@given(
    keys=st.lists(st.one_of(st.text(max_size=5), st.sampled_from(['a"b', "c;d", "e,f", "g\nh", "i\rj", ""]))),
    numbers=st.data(),
    excel=st.booleans(),
)
def test_csv_is_what_pandas_would_write(keys, numbers, excel):
    n = len(keys)
    floats = st.floats(-1e9, 1e9) | st.just(float("nan"))
    table = pd.DataFrame(
        {
            "company_id": pd.Series(keys, dtype=object),
            "rank": np.arange(n),
            "score": numbers.draw(st.lists(floats, min_size=n, max_size=n)),
            "price": pd.Series(["", None, "12 €"] * n, dtype=object).head(n),
            "mixed": pd.Series([1, "a", None, True, 2.5] * n, dtype=object).head(n),
        }
    ).astype({"score": float})

    written = CsvFormat(raw=True, excel=excel).pack(table)

    if excel:
        table = table.round(2)
        expected = table.to_csv(index=False, header=False, sep=";", decimal=",", lineterminator="\r\n")
    else:
        expected = table.to_csv(index=False, header=False, lineterminator="\n")
    assert written == expected.encode()
