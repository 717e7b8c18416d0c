"""A folder of parts that a run fills, and that the next run goes on with when that one was killed.

A folder holds ``_manifest.json`` (what the parts are made from), ``part-00000.parquet`` and so on (the
answers; engines read them as one table and hide what starts with ``_``), and for each part
``_parts/part-00000.json`` (its counts), ``_rejects/part-00000.csv`` and ``_shortfalls/part-00000.csv`` where
there are any. A part is there once its answers are: they are written last, in one step that a dying process
does whole or not at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.files.answer_formats import AnswerFormat, CsvFormat
from hrtools_reco.files.whole import clear_drafts, whole_file

# Record locks, unlike those of ``whole``, are not handed on to the workers of a run that is killed.
fcntl: Any = None if sys.platform == "win32" else import_module("fcntl")
MANIFEST, LOCK, COUNTS = "_manifest.json", "_running", "_parts"
LISTS = ("rejects", "shortfalls")
FORMAT, FORMAT_VERSION = "hrtools-reco parts", 1
_FOLDERS = (COUNTS, *(f"_{name}" for name in LISTS))
_OURS = re.compile(r"part-\d{5,}\.parquet|\..+\.part|" + "|".join((MANIFEST, LOCK, *_FOLDERS)))


@dataclass(frozen=True, kw_only=True)
class PartWriter:
    """Writes the files of one part; it can be sent to another process.

    Attributes
    ----------
    folder : Path
        The folder.
    format : AnswerFormat
        Format of the answers.
    empty : object
        The columns of an answer, packed, for a part without any.
    lines : CsvFormat
        Format of what is kept beside them.
    """

    folder: Path
    format: AnswerFormat
    empty: Any
    lines: CsvFormat

    def write(
        self, number: int, answer: Any, lists: Mapping[str, pd.DataFrame], counts: Mapping[str, Any]
    ) -> None:
        """Write a part: what belongs to it first, its answers last."""
        for name, table in lists.items():
            place = self._place(f"_{name}", number, "csv")
            if table.empty:
                place.unlink(missing_ok=True)
                continue
            with whole_file(place) as stream:
                writer = self.lines.writer(stream, table)
                writer.write(self.lines.pack(table))
        with whole_file(self._place(COUNTS, number, "json")) as stream:
            stream.write(_as_json(counts))
        with whole_file(self.part(number)) as stream:
            parts = self.format.writer(stream, self.empty)
            parts.write(answer)
            parts.close()

    def part(self, number: int) -> Path:
        """Return the file of the answers of a part."""
        return self._place("", number, "parquet")

    def counts(self, number: int) -> dict[str, Any] | None:
        """Return the counts of a part that is there; None for one that is not, or cannot be read."""
        try:
            with self.part(number).open("rb") as stream:
                stream.seek(-4, os.SEEK_END)
                whole = stream.read() == b"PAR1"
            kept: dict[str, Any] = json.loads(self._place(COUNTS, number, "json").read_bytes())
        except (OSError, ValueError):
            return None
        return kept if whole else None

    def _place(self, folder: str, number: int, ending: str) -> Path:
        """Return where a file of a part stands."""
        return self.folder / folder / f"part-{number:05d}.{ending}"


class PartFolder:
    """A folder that one run at a time fills with parts.

    Parameters
    ----------
    folder : Path
        The folder: a new one, an empty one, or one that the same run has begun.
    made_from : mapping
        What the parts depend on, as JSON values: two levels, each named for a reader.
    about : mapping
        What the answer can be cited by; that of the run which began the folder stays.

    Attributes
    ----------
    about : dict
        What the answer can be cited by.
    """

    def __init__(
        self, folder: Path, made_from: Mapping[str, Mapping[str, Any]], about: Mapping[str, Any]
    ) -> None:
        self.folder = folder
        self._made_from = json.loads(_as_json(made_from))
        self.about = json.loads(_as_json(about))  # in the order in which the next run reads it
        self._lock: Any = None
        self._was_there = False

    def __enter__(self) -> Self:
        self._check_place()
        self._was_there = self.folder.is_dir()
        try:
            self.folder.mkdir(exist_ok=True)
            self._take_lock()
        except OSError as error:
            raise self._wrong("a folder that can be written", f"{error.strerror}.") from error
        try:
            self._begin()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def finish(self, counts: Mapping[str, Any]) -> None:
        """Note in the manifest that all parts are there, and their counts together."""
        self._write_manifest(counts)

    def _wrong(self, right: str, hint: str) -> Exception:
        """Build the error of a folder that is not taken."""
        return invalid("target", right, str(self.folder), hint)

    def _check_place(self) -> None:
        """Refuse to write into what is not a folder of parts."""
        folder = self.folder
        if not Path(os.path.abspath(folder)).parent.is_dir():
            raise self._wrong("a folder in a folder that exists", "")
        if os.path.lexists(folder) and not folder.is_dir():
            right = "a folder, or a file whose name ends in .csv, .parquet, .xlsx or .jsonl"
            raise self._wrong(right, "Something else has this name.")
        if not folder.is_dir():
            return
        names = {path.name for path in folder.iterdir()}
        foreign = sorted(name for name in names if not _OURS.fullmatch(name))
        if foreign or (MANIFEST not in names and any(name.startswith("part-") for name in names)):
            found = foreign[0] if foreign else f"no {MANIFEST}"
            raise self._wrong("a folder that is new, empty or of an earlier run", f"It holds {found}.")

    def _take_lock(self) -> None:
        """Keep other runs out, where the file system can."""
        self._lock = (self.folder / LOCK).open("ab")
        if fcntl is None:
            return
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            self._lock.close()
            raise self._wrong("a folder that no other run writes to", "Another run is at work.") from error
        except OSError:  # a file system without locks
            pass

    def _begin(self) -> None:
        """Hold the manifest against this run, or write it; clear what a dead run has left."""
        for name in ("", *_FOLDERS):
            clear_drafts(self.folder / name)
        known = self._read_manifest()
        if known is not None:
            if differs := list(_differences(known["made_from"], self._made_from)):
                hint = "Take another folder, or remove this one."
                raise self._wrong(
                    "a folder that the same run has begun", f"What differs: {'; '.join(differs)}. {hint}"
                )
            self.about = known["about"]
            return
        try:
            for name in _FOLDERS:
                (self.folder / name).mkdir(exist_ok=True)
        except OSError as error:
            raise self._wrong("a folder that can be written", f"{error.strerror}.") from error
        self._write_manifest(None)

    def _read_manifest(self) -> dict[str, Any] | None:
        """Return the manifest of the folder, if there is one."""
        path = self.folder / MANIFEST
        if not path.exists():
            return None
        try:
            known: dict[str, Any] = json.loads(path.read_bytes())
            if (known["format"], known["format_version"]) == (FORMAT, FORMAT_VERSION):
                return known
        except (OSError, ValueError, KeyError, TypeError):
            pass
        raise self._wrong("a folder whose manifest can be read", f"See {MANIFEST}.")

    def _write_manifest(self, counts: Mapping[str, Any] | None) -> None:
        """Write what the parts are made from, and once all are there their counts."""
        manifest = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "made_from": self._made_from,
            "about": self.about,
            "counts": counts,
        }
        with whole_file(self.folder / MANIFEST) as stream:
            stream.write(_as_json(manifest))

    def _leave(self) -> None:
        """Remove drafts and lock, and a folder of this run that no part came into."""
        for name in ("", *_FOLDERS):
            clear_drafts(self.folder / name)
        if not any(self.folder.glob("part-*.parquet")) and self._is_own():
            for path in (self.folder / MANIFEST, *self.folder.glob("_*/part-*")):
                path.unlink(missing_ok=True)
            for name in _FOLDERS:
                with contextlib.suppress(OSError):
                    (self.folder / name).rmdir()
        (self.folder / LOCK).unlink(missing_ok=True)
        self._lock.close()
        if not self._was_there:
            with contextlib.suppress(OSError):  # parts are there
                self.folder.rmdir()

    def _is_own(self) -> bool:
        """Tell whether the manifest is that of this run, if there is one."""
        try:
            known = self._read_manifest()
        except ValueError:
            return False
        return known is None or known["made_from"] == self._made_from


def _as_json(value: object) -> bytes:
    """Write plain values as text that does not depend on the order in which they came."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _differences(known: Mapping[str, Any], now: Mapping[str, Any]) -> Sequence[str]:
    """Say what two runs do not share, part by part."""
    return [
        f"{part} {name} ({_short(known.get(part, {}).get(name))}, now {_short(now.get(part, {}).get(name))})"
        for part in sorted({*known, *now})
        for name in sorted({*known.get(part, {}), *now.get(part, {})})
        if known.get(part, {}).get(name) != now.get(part, {}).get(name)
    ]


def _short(value: object) -> str:
    """Show a value in few letters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 24 else f"{text[:12]}…{text[-4:]}"
