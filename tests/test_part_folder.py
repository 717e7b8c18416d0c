"""A folder as target: killed at any moment and started again, it ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import joblib
import pandas as pd
import pytest
from ungraded import ungrade

import hrtools_reco as hr

SIZE = 5  # firms that are worked on at a time: a part holds four times as many
N_FIRMS = 50
# Each run is a process of its own, killed at its n-th call of a function; all are forked off one that has
# loaded the library.
KILLED = """
    import os, signal, sys
    import hrtools_reco as hr
    source, target, *moments = sys.argv[1:]
    recommender = hr.ToolRecommender().fit()
    for moment in moments:
        step, at = moment.split(":")
        if os.fork():
            print(os.waitstatus_to_exitcode(os.wait()[1]))
            continue
        real, calls = getattr(os, step), []
        def deadly(*arguments):
            calls.append(step)
            if len(calls) == int(at):
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments)
        setattr(os, step, deadly)
        hr.recommend_file(source, target, 3, on_error="collect", chunk_size=5, recommender=recommender)
        os._exit(0)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a file of firms: one of them wrong, and one whose key stands in an earlier part."""
    firms = hr.simulate_firms(N_FIRMS, seed=1)
    firms.loc[30, "branch"] = "sabots"
    firms.loc[45, "company_id"] = firms.loc[2, "company_id"]
    path = tmp_path_factory.mktemp("firms") / "firms.parquet"
    firms.to_parquet(path)
    return path


def run(source, target, **options):
    """Answer a file as the killed runs do."""
    return hr.recommend_file(source, target, 3, **{"on_error": "collect", "chunk_size": SIZE} | options)


def content(folder: Path) -> dict[str, bytes]:
    """Return what stands in a folder, at any depth."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, source, recommender):
    """Return the content of a folder that one run has filled."""
    folder = tmp_path_factory.mktemp("whole") / "recs"
    run(source, folder, recommender=recommender)
    return content(folder)


def test_a_folder_holds_the_answer_to_the_whole_file(tmp_path, source, recommender):
    summary = run(source, tmp_path / "recs", recommender=recommender, contributions=True)

    firms = hr.read_companies_file(source)
    expected = recommender.recommend_batch(firms, 3, contributions=True, on_error="collect")
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "recs"), expected.frame, check_dtype=False, check_names=False
    )
    assert summary.accounts() == expected.accounts()
    kept = pd.concat([pd.read_csv(path) for path in sorted((tmp_path / "recs/_rejects").iterdir())])
    assert kept["row"].tolist() == [32, 47]
    assert kept["message"].tolist() == expected.rejects["message"].tolist()


def test_killed_at_any_moment_and_started_again_it_ends_with_the_same_bytes(
    tmp_path, source, recommender, undisturbed
):
    target = tmp_path / "recs"
    # Before there is a manifest; in the middle of the first part; before the answers of the second.
    moments = ["replace:1", "fsync:3", "replace:5"]
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(source), str(target), *moments]

    died = subprocess.run(command, capture_output=True, text=True)
    parts = {name for name in content(target) if name.startswith("part-")}
    told = []
    run(source, target, recommender=recommender, progress=lambda n, _: told.append(n))

    assert died.stdout.split() == [str(-signal.SIGKILL)] * len(moments), died.stderr
    assert parts == {"part-00000.parquet"}, "the last of the killed runs has left one part"
    assert told[0] > 4 * SIZE, "the part that was there is not answered again"
    assert content(target) == undisturbed


def test_a_part_that_was_cut_is_written_anew(tmp_path, source, recommender, undisturbed):
    run(source, tmp_path / "recs", recommender=recommender)
    part = tmp_path / "recs" / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:-10])

    run(source, tmp_path / "recs", recommender=recommender)

    assert content(tmp_path / "recs") == undisturbed


def test_what_a_dead_run_has_left_is_cleared(tmp_path, source, recommender, undisturbed):
    run(source, tmp_path / "recs", recommender=recommender)
    for name in (".model", "_rejects/.part-00009.csv", "_parts/.part-00009.json"):
        (tmp_path / "recs" / f"{name}.{'0' * 16}.part").write_text("left behind")
    (tmp_path / "recs" / "_running").touch()

    run(source, tmp_path / "recs", recommender=recommender)

    assert content(tmp_path / "recs") == undisturbed


def test_a_run_that_failed_keeps_its_parts_and_leaves_nothing_else(tmp_path, source, recommender):
    with pytest.raises(hr.InvalidTableError, match="row 32: branch must be"):
        run(source, tmp_path / "recs", recommender=recommender, on_error="raise")

    assert {name for name in content(tmp_path / "recs") if not name.startswith("_parts")} == {
        "_manifest.json",
        "part-00000.parquet",
    }


def test_a_run_that_failed_before_its_first_part_leaves_no_folder(tmp_path, recommender):
    (tmp_path / "firms.csv").write_text("company_id;branch;headcount\na;sabots;4\n")

    with pytest.raises(hr.InvalidTableError, match="row 2: branch must be"):
        run(tmp_path / "firms.csv", tmp_path / "recs", recommender=recommender, on_error="raise")

    assert [path.name for path in tmp_path.iterdir()] == ["firms.csv"]


class Lenient(hr.Rule):
    """A rule that nothing fails."""

    name = "lenient"

    def outcomes(self, firms):
        return hr.PASS + 0 * firms.excluded.astype(int)


DIFFERENT = {
    "k": ({"k": 2}, r"What differs: options k \(3, now 2\)\. Take another folder"),
    "columns": ({"contributions": True}, r"options contributions \(false, now true\)"),
    "chunks": ({"chunk_size": 6}, r"options chunk_size \(5, now 6\)"),
    "model": ({"recommender": "lenient"}, r"What differs: model digest \("),
    "input": ({"source": "other"}, r"What differs: input bytes \(\d+, now \d+\); input digest"),
}


@pytest.mark.parametrize(("change", "message"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_folder_of_another_run_is_refused_with_what_differs(
    tmp_path, source, recommender, undisturbed, change, message
):
    target = tmp_path / "recs"
    run(source, target, recommender=recommender)
    (tmp_path / "other.csv").write_text("company_id;branch;headcount\na;couture;4\n")
    others = {"lenient": hr.ToolRecommender(rules=[Lenient()]).fit(), "other": tmp_path / "other.csv"}
    options = {"source": source, "k": 3, "recommender": recommender, "chunk_size": SIZE} | {
        name: others.get(value, value) if isinstance(value, str) else value for name, value in change.items()
    }

    with pytest.raises(hr.InvalidValueError, match=message):
        hr.recommend_file(options.pop("source"), target, options.pop("k"), on_error="collect", **options)

    assert content(target) == undisturbed


def test_another_catalog_is_told_apart_by_its_tables_whatever_its_version(tmp_path, source, recommender):
    run(source, tmp_path / "recs", recommender=recommender)
    own = shutil.copytree(Path(__file__).parents[1] / "catalog", tmp_path / "own")
    with (own / "messages.csv").open("a", encoding="utf-8") as stream:
        stream.write("one_more,Un,One\n")

    with pytest.raises(hr.InvalidValueError, match=r"What differs: catalog digest \("):
        run(source, tmp_path / "recs", recommender=hr.ToolRecommender(hr.load_catalog(ungrade(own))).fit())


def test_a_folder_of_anything_else_is_left_alone(tmp_path, source, recommender):
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(hr.InvalidValueError, match=r"new, empty or of an earlier run.*It holds thesis\.txt"):
        run(source, tmp_path, recommender=recommender)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="no record locks there")
def test_two_runs_at_a_time_do_not_write_to_one_folder(tmp_path, source, recommender):
    code = "import fcntl, sys, time; f = open(sys.argv[1], 'ab'); fcntl.lockf(f, fcntl.LOCK_EX); print(1)"
    run(source, tmp_path / "recs", recommender=recommender)
    command = [sys.executable, "-uc", f"{code}; time.sleep(60)", str(tmp_path / "recs" / "_running")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        other.stdout.readline()

        with pytest.raises(hr.InvalidValueError, match="Another run is at work"):
            run(source, tmp_path / "recs", recommender=recommender)

        other.kill()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rejects": "r.csv"}, "rejects must be left out with a folder as target"),
        ({"excel": True}, "excel must be left out with a folder as target"),
        ({"source": "-"}, "target must be a file with standard input as source"),
        ({"target": "nowhere/recs"}, "target must be a folder in a folder that exists"),
    ],
)
def test_what_does_not_go_with_a_folder_is_refused(
    tmp_path, monkeypatch, source, recommender, options, message
):
    monkeypatch.chdir(tmp_path)
    given = {"source": source, "target": "recs", "recommender": recommender, "on_error": "collect"} | options

    with pytest.raises(hr.InvalidValueError, match=message):
        hr.recommend_file(**given)

    assert os.listdir(tmp_path) == []


def test_the_manifest_tells_what_the_answer_is_made_from_and_what_came_of_it(undisturbed):
    manifest = json.loads(undisturbed["_manifest.json"])

    assert manifest["about"].keys() == {"library", "catalog", "questionnaire", "day"}
    assert manifest["made_from"]["input"]["files"] == 1
    counts = manifest["counts"]
    assert counts["n_firms"] == N_FIRMS == counts["n_served"] + counts["n_unserved"] + counts["n_refused"]


@pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)  # Python 3.12, fork
@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_any_backend_that_joblib_is_set_to_gives_the_same_bytes(
    tmp_path, source, recommender, undisturbed, backend
):
    run(source, tmp_path / "one.parquet", recommender=recommender, contributions=True)

    with joblib.parallel_config(backend=backend, n_jobs=2):
        run(source, tmp_path / "recs", recommender=recommender)
        run(source, tmp_path / "two.parquet", recommender=recommender, contributions=True)

    assert content(tmp_path / "recs") == undisturbed
    assert (tmp_path / "two.parquet").read_bytes() == (tmp_path / "one.parquet").read_bytes()
    assert len(list(tmp_path.iterdir())) == 3, "what the processes shared is gone"


KILLED_WITH_WORKERS = """
    import os, signal, sys
    import hrtools_reco as hr
    def die(n_firms, share):
        os.kill(os.getpid(), signal.SIGKILL)
    source, target = sys.argv[1:]
    hr.recommend_file(source, target, 3, on_error="collect", chunk_size=5, n_jobs=2, progress=die)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_workers_end_with_a_killed_run_and_one_process_goes_on_from_their_parts(
    tmp_path, source, recommender, undisturbed
):
    command = [sys.executable, "-c", textwrap.dedent(KILLED_WITH_WORKERS), source, tmp_path / "recs"]
    killed = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE)
    _, said = killed.communicate()  # the workers hold the pipe too: this waits for all of them

    assert killed.returncode == -signal.SIGKILL, said.decode()
    assert any(name.startswith("part-") for name in content(tmp_path / "recs"))
    run(source, tmp_path / "recs", recommender=recommender)
    assert content(tmp_path / "recs") == undisturbed
