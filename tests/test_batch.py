"""Whole files of firms: the answer of one frame, every firm accounted for, files whole or not at all."""

from __future__ import annotations

import csv
import functools
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr
from hrtools_reco.batch import recommend_file
from hrtools_reco.exceptions import InvalidTableError, InvalidValueError

FRENCH = Path(__file__).parent / "data" / "firms_fr_windows1252.csv"
SAMPLE = Path(__file__).parents[1] / "notebooks" / "sample_firms.csv"
HEADER = ["company_id", "branch", "headcount", "maturity_recruitment", "need_hiring"]
firms = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d", "é", "f", ""]),  # few keys: some come twice, some are missing
        st.sampled_from(["maroquinerie", "0018", "pressing", "sabots", ""]),
        st.sampled_from(["1", "18", "300", "0", ""]),
        st.sampled_from(["30", "32,5", "101", ""]),
        st.sampled_from(["75", ""]),
    ).filter(any),
    min_size=1,
    max_size=12,
)


class NothingFor(hr.Rule):
    """A rule that leaves nothing to firms of fewer than five, and one tool to the others."""

    name = "nothing_for_small"

    def outcomes(self, profiles):
        fails = np.full((len(profiles), len(hr.load_catalog().tools)), hr.FAIL, dtype=np.int8)
        fails[profiles.headcount_low >= 5, 0] = hr.PASS
        return fails


@functools.cache
def recommender() -> hr.ToolRecommender:
    return hr.ToolRecommender().fit()


def write_firms(folder: str | Path, rows, header=HEADER) -> Path:
    path = Path(folder) / "firms.csv"
    with path.open("w", encoding="cp1252", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([header, *rows])
    return path


def in_one(source: Path, **options) -> hr.BatchRecommendations:
    return recommender().recommend_batch(hr.read_companies_file(source), on_error="collect", **options)


def check_file_is_frame(rows, chunk_size: int, n_jobs: int) -> None:
    """Hold a file that is answered in chunks against the frame that is answered in one."""
    with TemporaryDirectory() as folder:
        source, target = (
            write_firms(folder, [*rows, ("z", "couture", "4", "", "")]),
            Path(folder) / "recs.csv",
        )

        summary = recommend_file(
            source,
            target,
            k=3,
            on_error="collect",
            chunk_size=chunk_size,
            n_jobs=n_jobs,
            recommender=recommender(),
        )

        expected = in_one(source, k=3)
        rejects = [hr.Reject(**row | {"row": row["row"] + 2}) for row in expected.rejects.to_dict("records")]
        assert target.read_text(encoding="utf-8") == expected.frame.to_csv(index=False)
        assert list(summary.rejects) == rejects
        refused = {reject.row for reject in rejects}
        assert summary.n_firms == len(rows) + 1
        assert (summary.n_refused, summary.n_rejects) == (len(refused), len(rejects))
        assert summary.n_recommendations == len(expected)
        assert expected.frame["company_id"].nunique() == summary.n_firms - summary.n_refused


@given(rows=firms, chunk_size=st.integers(1, 4))
@settings(max_examples=40)
def test_a_file_in_chunks_is_the_frame_in_one(rows, chunk_size):
    check_file_is_frame(rows, chunk_size, n_jobs=1)


@given(rows=firms, chunk_size=st.integers(1, 3))
@settings(max_examples=2)
def test_a_file_in_two_processes_is_the_frame_in_one(rows, chunk_size):
    check_file_is_frame(rows, chunk_size, n_jobs=2)


@pytest.mark.parametrize("chunk_size", [1, 2, 100])
def test_parquet_in_and_out_gives_the_same_answer_as_csv(tmp_path, chunk_size):
    firms = pd.read_csv(SAMPLE, dtype={"branch": str, "headcount_band": str}).head(12)
    firms["headcount"] = firms["headcount"].astype("Int64")
    firms.to_parquet(tmp_path / "firms.parquet")
    options = {"contributions": True, "reasons": "fr"}

    recommend_file(
        tmp_path / "firms.parquet",
        tmp_path / "recs.parquet",
        recommender=recommender(),
        chunk_size=chunk_size,
        **options,
    )

    expected = recommender().recommend_batch(hr.read_companies_file(SAMPLE).head(12), **options).frame
    written = pd.read_parquet(tmp_path / "recs.parquet")
    pd.testing.assert_frame_equal(written, expected, check_dtype=False)


class OnlyOdd(hr.Rule):
    """A rule that looks at the key of a firm."""

    name = "only_odd"

    def outcomes(self, profiles):
        odd = np.array([str(key)[-1] in "13579" for key in profiles.company_id])
        return np.where(odd, hr.PASS, hr.FAIL)[:, None].repeat(profiles.n_tools, axis=1)


@pytest.mark.parametrize(
    ("rules", "k", "reasons"),
    [(None, 3, "fr"), (None, 300, None), ([OnlyOdd()], 2, None)],
    ids=["reasons", "shortfalls", "a rule that reads keys"],
)
def test_firms_that_are_alike_get_the_answer_that_each_gets_alone(tmp_path, rules, k, reasons):
    firms = hr.simulate_firms(400, seed=5)[["company_id", "branch", "headcount", "installed", "need_hiring"]]
    firms = firms.assign(headcount=firms["headcount"].fillna(3)).head(60 if k > 100 else 400)
    firms.to_parquet(tmp_path / "firms.parquet")
    used = hr.ToolRecommender(rules=rules).fit()

    summary = recommend_file(
        *(tmp_path / "firms.parquet", tmp_path / "recs.parquet", k),
        contributions=True,
        reasons=reasons,
        recommender=used,
    )

    expected = used.recommend_batch(firms, k, contributions=True, reasons=reasons)
    written = pd.read_parquet(tmp_path / "recs.parquet")
    pd.testing.assert_frame_equal(written, expected.frame, check_dtype=False)
    assert summary.n_shortfalls == len(expected.shortfalls)
    assert summary.accounts() == expected.accounts()


def test_the_contributions_of_a_file_add_up_to_the_score(tmp_path):
    recommend_file(SAMPLE, tmp_path / "recs.csv", contributions=True, recommender=recommender())

    written = pd.read_csv(tmp_path / "recs.csv")
    total = written.filter(like="contribution_").sum(axis=1)
    assert np.abs(total - written["score"]).max() < 1e-6


def test_the_sample_table_is_read_without_a_wrong_cell(tmp_path):
    summary = recommend_file(SAMPLE, tmp_path / "recs.csv", k=1, recommender=recommender())

    assert summary.n_firms >= 48
    assert summary.n_recommendations == summary.n_firms


def test_a_french_file_gives_the_same_answer_with_a_byte_order_mark(tmp_path):
    (tmp_path / "bom.csv").write_bytes(FRENCH.read_bytes().decode("cp1252").encode("utf-8-sig"))

    recommend_file(FRENCH, tmp_path / "one.csv", recommender=recommender())
    recommend_file(tmp_path / "bom.csv", tmp_path / "two.csv", recommender=recommender())

    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert "sellerie-de-l-étang" in (tmp_path / "one.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_firm_without_any_tool_is_accounted_for_with_the_reason(tmp_path, n_jobs):
    source = write_firms(tmp_path, [("a", "couture", "3", "", ""), ("b", "couture", "8", "", "")])
    strict = hr.ToolRecommender(rules=[NothingFor()]).fit()

    summary = recommend_file(
        source, tmp_path / "recs.csv", k=2, recommender=strict, n_jobs=n_jobs, chunk_size=1
    )

    assert pd.read_csv(tmp_path / "recs.csv")["company_id"].tolist() == ["b"]
    assert summary.n_shortfalls == 2
    assert [(firm.company_id, firm.missing) for firm in summary.unserved] == [("a", 2)]


def test_wrong_cells_go_to_their_file_with_the_row_of_the_source(tmp_path):
    rows = [("a", "couture", "3", "", ""), (), ("b", "sabots", "-1", "", ""), ("a", "couture", "3", "", "")]
    source = write_firms(tmp_path, [*rows, ("c", "couture", "3", "", "", "too wide")])

    summary = recommend_file(
        source,
        tmp_path / "recs.csv",
        on_error="collect",
        rejects=tmp_path / "rejects.csv",
        recommender=recommender(),
        chunk_size=2,
    )

    rejects = pd.read_csv(tmp_path / "rejects.csv")
    assert rejects.columns.tolist() == ["row", "column", "value", "message"]
    cells = list(zip(rejects["row"], rejects["column"], rejects["value"], strict=True))
    assert sorted(cells[:2]) == [(4, "branch", "sabots"), (4, "headcount", "-1")]
    assert cells[2:] == [(5, "company_id", "a"), (6, "(row)", "c|couture|3|||too wide")]
    assert (summary.n_firms, summary.n_refused, summary.n_rejects, summary.rejects) == (4, 3, 4, ())


def test_a_file_of_which_every_firm_is_refused_leaves_a_header(tmp_path):
    source = write_firms(tmp_path, [("a", "couture", "3", "", "", "too wide"), ("b", "", "", "", "")])

    for target in ("recs.csv", "recs.parquet"):
        summary = recommend_file(
            source, tmp_path / target, on_error="collect", recommender=recommender(), chunk_size=1
        )
        assert summary.n_refused == 2

    columns = pd.read_parquet(tmp_path / "recs.parquet").columns.tolist()
    assert (tmp_path / "recs.csv").read_text().splitlines() == [",".join(columns)]


@pytest.mark.parametrize("target", ["recs.csv", "recs.parquet"])
def test_an_error_leaves_the_old_file_as_it_was_and_no_other(tmp_path, target):
    source = write_firms(tmp_path, [("a", "couture", "3", "", ""), ("b", "couture", "-1", "", "")])
    (tmp_path / target).write_text("old")

    with pytest.raises(InvalidTableError, match="row 3: headcount must be a whole number") as caught:
        recommend_file(source, tmp_path / target, recommender=recommender(), chunk_size=1)

    assert [(reject.row, reject.column, reject.value) for reject in caught.value.rejects] == [
        (3, "headcount", "-1")
    ]
    assert (tmp_path / target).read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.csv", target]


def test_a_stop_from_outside_leaves_nothing_behind(tmp_path):
    def stop(n_firms: int, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recommend_file(SAMPLE, tmp_path / "recs.parquet", recommender=recommender(), progress=stop)

    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_after_each_chunk(tmp_path):
    told: list[tuple[int, float]] = []

    summary = recommend_file(
        SAMPLE,
        tmp_path / "recs.csv",
        recommender=recommender(),
        chunk_size=5,
        progress=lambda n_firms, share: told.append((n_firms, share)),
    )

    assert [n_firms for n_firms, _ in told] == [20, 40, summary.n_firms]
    assert told[-1][1] == 1.0


WRONG = {
    "on_error": ({"on_error": "skip"}, 'on_error must be "raise" or "collect". Got \'skip\''),
    "rejects": ({"rejects": "r.csv"}, 'rejects must be None with on_error="raise"'),
    "rejects kind": (
        {"on_error": "collect", "rejects": "r.parquet"},
        r"rejects must be a file whose name ends in \.csv",
    ),
    "same files": ({"on_error": "collect", "rejects": "recs.csv"}, "rejects must be a file of its own"),
    "over the source": ({"target": "firms.csv"}, "target must be a file of its own"),
    "target kind": ({"target": "recs.ods"}, r"target must be a file whose name ends in \.csv, \.jsonl"),
    "no folder": ({"target": "nowhere/recs.csv"}, "target must be a file in a folder that exists"),
    "k": ({"k": 0}, r"k must be a whole number of recommendations, at least 1\. Got 0"),
    "chunk_size": ({"chunk_size": 0}, "chunk_size must be a whole number of firms"),
    "n_jobs": ({"n_jobs": 0}, "n_jobs must be a whole number of processes"),
    "reasons": ({"reasons": "de"}, 'reasons must be "fr", "en" or None'),
    "source": ({"source": "none.csv"}, "source must be a file that exists"),
}


@pytest.mark.parametrize(("options", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_parameter_is_refused_before_a_file_is_written(tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    write_firms(tmp_path, [("a", "couture", "3", "", "")])
    arguments = {"source": "firms.csv", "target": "recs.csv", "recommender": recommender()} | options

    with pytest.raises(InvalidValueError, match=message):
        recommend_file(**arguments)

    assert [path.name for path in tmp_path.iterdir()] == ["firms.csv"]


WRONG_TABLES = {
    "misspelt": (
        ["company_id", "branche", "headcount"],
        "column must be a column of a table of firms. Got 'branche'",
    ),
    "missing": (["company_id", "headcount"], "column must be there: 'branch' is needed"),
    "twice": (["company_id", "branch", "headcount", "headcount"], "column must be named once"),
    "empty": (["company_id", "branch", "headcount"], "companies must be a table of at least one firm"),
}


@pytest.mark.parametrize("on_error", ["raise", "collect"])
@pytest.mark.parametrize(("header", "message"), WRONG_TABLES.values(), ids=WRONG_TABLES)
def test_a_table_that_cannot_be_read_is_refused_whatever_on_error(tmp_path, header, message, on_error):
    rows = [] if message.startswith("companies") else [["a", "couture", "3", "4"][: len(header)]]
    source = write_firms(tmp_path, rows, header)

    with pytest.raises(InvalidValueError, match=message):
        recommend_file(source, tmp_path / "recs.csv", on_error=on_error, recommender=recommender())


def test_without_a_recommender_the_bundled_catalog_answers(tmp_path):
    recommend_file(SAMPLE, tmp_path / "one.csv")
    recommend_file(SAMPLE, tmp_path / "two.csv", recommender=recommender())

    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


SIRENE = Path(__file__).parent / "data" / "sirene_metz.csv"


def test_a_file_of_a_register_is_answered_and_what_it_leaves_out_has_its_reason(tmp_path, recommender):
    target, rejects = tmp_path / "recs.csv", tmp_path / "rejects.csv"

    summary = hr.recommend_file(
        SIRENE, target, 2, register="sirene", rejects=rejects, recommender=recommender, chunk_size=100
    )

    told = pd.read_csv(rejects, dtype=str)
    assert (summary.n_firms, summary.n_refused, summary.n_recommendations) == (310, 229, 162)
    assert told["message"].str.contains("commerce de détail ; hors des 8 branches").sum() == 190
    assert told["row"].tolist() == sorted(told["row"], key=int)
    first = pd.read_csv(SIRENE, dtype=str).iloc[int(told["row"][0]) - 2]
    assert first["naf"] == told["value"][0]


def test_the_branch_of_an_open_code_of_a_register_is_told_once_for_a_file(tmp_path, recommender):
    options = {"register": "sirene", "recommender": recommender, "lang": "en"}

    summary = hr.recommend_file(SIRENE, tmp_path / "recs.csv", 1, branch_of={"14.13Z": "clothing"}, **options)

    assert summary.n_refused == 200
    assert not any("which of these branches" in reject.message for reject in summary.rejects)


def test_answers_of_the_api_are_a_file_of_firms_too(tmp_path, recommender):
    source = tmp_path / "answer.json"
    firms = [{"siren": str(at), "activite_principale": code} for at, code in enumerate(("13.20Z", "10.71C"))]
    source.write_text(json.dumps({"results": firms}), encoding="utf-8")

    summary = hr.recommend_file(source, tmp_path / "r.csv", 3, register="api", recommender=recommender)

    assert summary.n_recommendations == 3
    assert [(reject.row, reject.value) for reject in summary.rejects] == [(2, "10.71C")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"register": "rcs"}, 'register must be "sirene" or "api"'),
        ({"branch_of": {"14.13Z": "clothing"}}, "branch_of must be None without register"),
        ({"register": "api"}, r"source must be a \.json file with answers of the API"),
    ],
)
def test_a_register_is_one_of_those_that_are_known(tmp_path, recommender, options, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        hr.recommend_file(SIRENE, tmp_path / "r.csv", recommender=recommender, **options)
