"""Write a file whole or not at all: a draft beside the target takes its place at the end."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from hrtools_reco._checks import check_path, invalid

# On Windows an open file cannot be removed: that is lock enough.
fcntl: Any = None if sys.platform == "win32" else import_module("fcntl")
_TOKEN = r"[0-9a-f]{16}"
_LONGEST_NAME = 100
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_YOUNG = 2.0  # seconds in which an empty draft may be one that is being made


@contextmanager
def whole_file(target: str | os.PathLike[str], name: str = "target") -> Iterator[BinaryIO]:
    """Open a draft that takes the place of a file when the block ends, and vanishes when it fails.

    The draft has a random name, is made anew and never through a link; drafts that a killed run has left
    for the same target are removed. A target that is a link is replaced, not followed.

    Parameters
    ----------
    target : path-like
        File to write; one that stands there is kept until it is replaced.
    name : str, default="target"
        Name of the field that errors speak of.

    Yields
    ------
    BinaryIO
        The open draft.

    Raises
    ------
    InvalidValueError
        If the file cannot be written there, or the disk is full.
    """
    place = _checked_place(check_path(name, target), name)
    draft, right = _draft_path(place), "a file that can be written"
    try:
        stream: BinaryIO = os.fdopen(
            os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | _no_link(), 0o666), "w+b"
        )
    except OSError as error:
        raise invalid(name, right, str(target), f"{error.strerror}.") from error
    with _removed_on_failure(draft), _room_told(target, right, name), stream:
        _lock(stream.fileno())
        yield stream
        if not stream.closed:
            stream.flush()
            os.fsync(stream.fileno())
        if fcntl is None:
            stream.close()
        os.replace(draft, place)


@contextmanager
def scratch_file(target: Path) -> Iterator[Path]:
    """Make a file beside a target that vanishes with the block; if this run is killed, the next removes it.

    Parameters
    ----------
    target : Path
        File or folder of the answers, which is left alone.

    Yields
    ------
    Path
        The file, still empty.

    Raises
    ------
    InvalidValueError
        If no file can be made there.
    """
    draft = _draft_path(Path(os.path.abspath(target)))
    try:
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | _no_link(), 0o600)
    except OSError as error:
        raise invalid(
            "target", "in a folder that can be written", str(target), f"{error.strerror}."
        ) from error
    try:
        _lock(handle)
        with _room_told(target, "in a folder with room", "target"):
            yield draft
    finally:
        os.close(handle)
        draft.unlink(missing_ok=True)


def clear_drafts(folder: Path) -> None:
    """Remove every draft of a folder that only this run writes to.

    Parameters
    ----------
    folder : Path
        The folder; none of its drafts is in use.
    """
    pattern = re.compile(r"\..+\." + _TOKEN + r"\.part")
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink(missing_ok=True)


def _checked_place(target: Path, name: str) -> Path:
    """Return where a file goes, cleared of the drafts of killed runs."""
    right = "a file in a folder that exists"
    place = Path(os.path.abspath(target))
    if not place.parent.is_dir():
        raise invalid(name, right, str(target))
    if os.path.lexists(place) and not stat.S_ISREG(place.lstat().st_mode) and not place.is_symlink():
        raise invalid(name, right, str(target), "Something else has this name.")
    _clear_leftovers(place)
    return place


def _draft_path(place: Path) -> Path:
    """Return a random name beside the target."""
    return place.with_name(f"{_draft_head(place)}{secrets.token_hex(8)}.part")


def _draft_head(place: Path) -> str:
    """Return how the names of drafts of a target start."""
    return f".{place.name[:_LONGEST_NAME]}."


def _clear_leftovers(place: Path) -> None:
    """Remove the drafts of runs that were killed: nobody holds a lock on them any more."""
    pattern = re.compile(re.escape(_draft_head(place)) + _TOKEN + r"\.part")
    with contextlib.suppress(OSError), os.scandir(place.parent) as entries:
        for entry in entries:
            if (
                pattern.fullmatch(entry.name)
                and entry.is_file(follow_symlinks=False)
                and _is_dead(Path(entry.path))
            ):
                Path(entry.path).unlink()


def _is_dead(draft: Path) -> bool:
    """Tell whether the run that made a draft is over."""
    if fcntl is None:
        return True
    try:
        handle = os.open(draft, os.O_RDONLY | _no_link())
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        told = os.fstat(handle)
        return bool(told.st_size) or time.time() - told.st_mtime > _YOUNG
    except OSError:
        return False
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    """Show other runs that this one is alive, where the file system can."""
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _no_link() -> int:
    """Return the flag that refuses to open a link, where there is one."""
    return getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def _removed_on_failure(draft: Path) -> Iterator[None]:
    """Remove a draft if the block fails."""
    try:
        yield
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@contextmanager
def _room_told(target: str | os.PathLike[str], right: str, name: str) -> Iterator[None]:
    """Say which file it was that did not fit on the disk."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise invalid(name, right, str(target), f"{error.strerror}.") from error


def replace_together(contents: Mapping[Path, bytes]) -> None:
    """Give several files new contents, all or none.

    Every draft is written before the first file is replaced. If one cannot be replaced, those before it are
    put back.

    Parameters
    ----------
    contents : mapping of Path to bytes
        New content by file; each file is there already.

    Raises
    ------
    InvalidValueError
        If a file cannot be written, or the disk is full.
    """
    before = {path: path.read_bytes() for path in contents}
    replaced: list[Path] = []
    try:
        with contextlib.ExitStack() as drafts:
            for path, content in reversed([*contents.items()]):  # the last one opened is replaced first
                drafts.enter_context(_noted(path, replaced))
                drafts.enter_context(whole_file(path)).write(content)
    except BaseException:
        for path in replaced:
            with whole_file(path) as stream:
                stream.write(before[path])
        raise


@contextmanager
def _noted(path: Path, done: list[Path]) -> Iterator[None]:
    """Note a file once the block has gone well."""
    yield
    done.append(path)
