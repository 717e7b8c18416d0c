"""Files are written whole or not at all, whatever happens on the way."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import hrtools_reco as hr
from hrtools_reco.files.whole import whole_file


def names(folder):
    """Return what stands in a folder."""
    return sorted(path.name for path in folder.iterdir())


def write(target, content):
    """Write a target by a function."""
    with whole_file(target) as draft:
        content(draft)


def test_a_file_appears_when_it_is_whole(tmp_path):
    target = tmp_path / "a.txt"

    with whole_file(target) as stream:
        stream.write(b"new")
        assert not target.exists()

    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failure_keeps_the_earlier_file_and_leaves_nothing_behind(tmp_path, failure):
    target = tmp_path / "a.txt"
    target.write_bytes(b"earlier")

    def fail(stream):
        stream.write(b"half")
        raise failure

    with pytest.raises(failure):
        write(target, fail)

    assert target.read_bytes() == b"earlier"
    assert names(tmp_path) == ["a.txt"]


def test_a_link_is_replaced_and_what_it_leads_to_is_not_touched(tmp_path):
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "a.txt"
    elsewhere.write_bytes(b"mine")
    target.symlink_to(elsewhere)

    with whole_file(target) as stream:
        stream.write(b"new")

    assert elsewhere.read_bytes() == b"mine"
    assert not target.is_symlink()
    assert target.read_bytes() == b"new"


KILLED = """
    import pathlib, sys, time
    from hrtools_reco.files.whole import whole_file
    with whole_file(pathlib.Path(sys.argv[1])) as stream:
        stream.write(b"half"); stream.flush()
        print("half", flush=True); time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_what_a_killed_run_leaves_is_removed_by_the_next_and_a_living_one_is_left_alone(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "a")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout.readline() == "half\n"
        with whole_file(tmp_path / "a"):
            pass
        assert len(names(tmp_path)) == 2, "the draft of a living run stays"
        os.kill(run.pid, signal.SIGKILL)

    with whole_file(tmp_path / "a"):
        pass

    assert names(tmp_path) == ["a"]


def test_an_empty_draft_is_left_alone_while_it_may_be_in_the_making(tmp_path):
    draft = tmp_path / f".a.{'0' * 16}.part"
    draft.touch()

    with whole_file(tmp_path / "a"):
        pass
    assert draft.exists()
    os.utime(draft, (time.time() - 60,) * 2)
    with whole_file(tmp_path / "a"):
        pass

    assert names(tmp_path) == ["a"]


def fill(stream):
    """Write as to a disk without room."""
    stream.write(b"x")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_with_the_file(tmp_path):
    with pytest.raises(
        hr.InvalidValueError,
        match=r"target must be a file that can be written. Got .*No space left on device",
    ):
        write(tmp_path / "a.txt", fill)

    assert names(tmp_path) == []


PLACES = {
    "a folder that is missing": ("nowhere/a", "a file in a folder that exists"),
    "a folder for a file": ("folder", "Something else has this name"),
    "a pipe": ("pipe", "Something else has this name"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with a name there")
@pytest.mark.parametrize(("place", "message"), PLACES.values(), ids=PLACES)
def test_a_place_that_cannot_be_written_is_told_and_stays_as_it_is(tmp_path, place, message):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(hr.InvalidValueError, match=message), whole_file(tmp_path / place):
        pass

    assert names(tmp_path) == ["folder", "pipe"]
