"""What goes wrong in a run is one line that names the file; what was done is kept, and nothing else is."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.batch.summary import Tally
from hrtools_reco.cli import batch as command
from hrtools_reco.cli.app import app

CSV = "company_id;branch;headcount\n" + "".join(f"f{at};couture;{at + 1}\n" for at in range(60))
PER_PART = 20
ON_UNIX = pytest.mark.skipif(sys.platform == "win32", reason="no such limits and signals there")


def run(source, target, recommender, **options):
    """Answer a file, twenty firms a part."""
    return hr.recommend_file(source, target, 2, chunk_size=5, recommender=recommender, **options)


def names(folder: Path) -> list[str]:
    """Return the files of a folder, at any depth."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def parts(n: int) -> list[str]:
    """Return the files of a folder of which so many parts are done."""
    numbered = [f"part-{at:05d}" for at in range(n)]
    return sorted(
        [
            "_manifest.json",
            *(f"_parts/{name}.json" for name in numbered),
            *(f"{name}.parquet" for name in numbered),
        ]
    )


@pytest.fixture
def source(tmp_path):
    """Return a file of sixty firms, three parts."""
    path = tmp_path / "firms.csv"
    path.write_text(CSV)
    return path


@contextmanager
def full_disk():
    """Give a function that lets files grow to some bytes only; at the end they may grow again.

    The limit is gone before the test is over: what pytest writes may go to a file, too.
    """
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield lambda n_bytes: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@ON_UNIX
@pytest.mark.parametrize("target", ["recs.csv", "recs.parquet", "recs.jsonl"])
def test_a_disk_that_is_full_is_told_with_the_file_and_no_draft_stays(tmp_path, source, recommender, target):
    wrong = rf"target must be .* Got '.*{target}'\. File too large"
    with full_disk() as fill:
        fill(1000)
        with pytest.raises(hr.InvalidValueError, match=wrong):
            run(source, tmp_path / target, recommender)

    assert names(tmp_path) == ["firms.csv"]


@ON_UNIX
def test_the_parts_that_found_room_are_kept_and_the_next_run_goes_on(tmp_path, source, recommender):
    wrong = r"Got '.*recs/_?part.*'\. File too large"
    with full_disk() as fill, pytest.raises(hr.InvalidValueError, match=wrong):
        run(source, tmp_path / "recs", recommender, progress=lambda n_firms, share: fill(1000))
    left = names(tmp_path / "recs")
    summary = run(source, tmp_path / "recs", recommender)

    assert [name for name in left if not name.startswith("_parts")] == [
        "_manifest.json",
        "part-00000.parquet",
    ]
    assert summary.accounts() == {"read": 60, "served": 60, "short": 0, "refused": 0}


def test_a_damaged_parquet_file_is_named_and_what_could_be_read_is_kept(tmp_path, recommender):
    path = tmp_path / "firms.parquet"
    hr.simulate_firms(60, seed=1).to_parquet(path, row_group_size=PER_PART)
    content = bytearray(path.read_bytes())
    third = pq.read_metadata(path).row_group(2).column(0).dictionary_page_offset
    content[third : third + 100] = bytes(100)
    path.write_bytes(content)

    with pytest.raises(hr.InvalidValueError, match=r"source must be a Parquet file\. Got '.*firms\.parquet'"):
        run(path, tmp_path / "recs", recommender)

    assert names(tmp_path / "recs") == parts(2)


def test_a_file_in_utf_16_that_was_cut_is_named(tmp_path, source, recommender):
    source.write_bytes(CSV.encode("utf-16")[:-3])

    with pytest.raises(hr.InvalidValueError, match=r"Got '.*firms\.csv'\. After row 60: .*truncated data"):
        run(source, tmp_path / "recs.csv", recommender, on_error="collect")

    assert names(tmp_path) == ["firms.csv"]


def test_a_file_that_vanishes_in_between_is_named(tmp_path, source, recommender):
    second = tmp_path / "more.csv"
    second.write_text(CSV.replace("\nf", "\ng"))

    with pytest.raises(hr.InvalidValueError, match=r"Got '.*more\.csv'\. No such file or directory"):
        run(
            tmp_path / "*.csv",
            tmp_path / "recs",
            recommender,
            progress=lambda n_firms, share: second.unlink(missing_ok=True),
        )

    assert names(tmp_path / "recs") == parts(3)


def test_a_file_that_changes_in_between_is_told(tmp_path, source, recommender):
    def change(n_firms: int, share: float) -> None:
        source.write_text(CSV.replace("couture", "textile"))

    with pytest.raises(hr.InvalidValueError, match=r"source must be left as it is while it is read"):
        run(source, tmp_path / "recs", recommender, progress=change)


@pytest.mark.skipif(sys.platform != "linux", reason="no folder there that even root cannot write to")
@pytest.mark.parametrize("target", ["/proc/recs", "/proc/recs.csv"])
def test_a_place_that_cannot_be_written_is_named(source, recommender, target):
    with pytest.raises(hr.InvalidValueError, match=rf"target must be .* can be written\. Got '{target}'"):
        run(source, target, recommender)


@ON_UNIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize(
    ("target", "line", "left"),
    [
        ("recs", "garde les parties faites ; la même commande reprend", parts(1)),
        ("recs.csv", "n’a pas été écrit", []),
    ],
)
def test_a_signal_ends_the_command_with_one_line(
    tmp_path, source, monkeypatch, number, code, target, line, left
):
    def stopped(*arguments, **options):
        return hr.recommend_file(
            *arguments,
            **options | {"chunk_size": 5, "progress": lambda n_firms, share: os.kill(os.getpid(), number)},
        )

    monkeypatch.setattr(command, "recommend_file", stopped)
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    found = CliRunner().invoke(app, ["recommend", str(source), "--out", str(tmp_path / target)])

    assert found.exit_code == code
    said = found.stderr.replace("\u00a0", " ").splitlines()
    assert len(said) == 1
    assert said[0].startswith(f"hrtools-reco: Arrêté. {tmp_path / target} {line}")
    assert names(tmp_path) == sorted(["firms.csv", *(f"recs/{name}" for name in left)])
    assert before == (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))


def test_a_firm_that_is_lost_is_an_error():
    with pytest.raises(hr.HRToolsError, match="recs: 3 firms were read, but 2 are accounted for"):
        Tally(n_firms=3, n_served=1, n_refused=1).summary(Path("recs"), 5, (), ())


def test_the_command_says_what_came_of_every_firm(tmp_path, source):
    source.write_text(CSV.replace("f7;couture", "f7;sabots"))
    target = tmp_path / "recs"

    found = CliRunner().invoke(
        app, ["recommend", str(source), "--out", str(target), "--on-error", "collect", "-k", "300"]
    )

    said = found.output.replace("\u00a0", " ").replace("\u202f", " ")
    assert "entreprises lues : 60 ; servies : 59 ; sans outil : 0 ; refusées : 1" in said
    assert "Ce qui est à corriger\n1  branch : attendu le nom" in said
    assert "Pourquoi moins de 300 recommandations" in said
    rows = pd.read_parquet(target)
    tool, n = rows["tool_id"].value_counts(sort=True).pipe(lambda counts: (counts.index[0], counts.iloc[0]))
    assert n == 59, f"{tool} goes to all"
    assert "(59) · " in said


@pytest.mark.parametrize(("terminal", "told"), [({"FORCE_COLOR": "1"}, True), ({}, False)])
def test_progress_with_its_rate_is_shown_on_a_terminal_only(tmp_path, source, terminal, told):
    found = CliRunner(env=terminal).invoke(
        app, ["recommend", str(source), "--out", str(tmp_path / "recs.csv")]
    )

    assert found.exit_code == 0
    assert ("Entreprises traitées" in found.stderr and "par seconde" in found.stderr) is told
