"""Write the recommendations of many firms to files, each of them whole or not at all."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, nullcontext, suppress
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.exceptions import Reject
from hrtools_reco.files.answer_formats import CSV, CsvFormat, Writer, answer_format, harmless_text
from hrtools_reco.files.firm_files import STANDARD
from hrtools_reco.files.whole import whole_file
from hrtools_reco.texts import visible

REJECT_COLUMNS = ("row", "column", "value", "message")


class _Terminal:
    """Standard output that is a terminal: control characters of cells are shown by their codes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._decoder = stream, codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, content: bytes) -> int:
        """Write bytes of UTF-8 as they are to be read."""
        text = self._decoder.decode(bytes(content)).replace("\r\n", "\n")
        return self._stream.write(visible(text).encode("utf-8"))


def _standard_output() -> BinaryIO:
    """Return the standard output, for bytes; a pipe gets every byte as it is."""
    plain = sys.stdout.buffer
    return cast(BinaryIO, _Terminal(plain)) if sys.stdout.isatty() else plain


class AnswerFiles:
    """The files of an answer: drafts beside their targets, which take their places when the block ends.

    Parameters
    ----------
    source : path-like
        File of the firms: neither target may be it.
    target : path-like
        File of the recommendations, ``.csv, .parquet, .xlsx`` or ``.jsonl``; ``"-"`` is CSV to standard
        output, which cannot be taken back.
    rejects : path-like or None
        File of the wrong cells, ``.csv``.
    empty : DataFrame
        The columns of the answer.
    excel : bool, default=False
        Whether CSV files are for a French Excel.
    raw : bool, default=False
        Whether text that a spreadsheet would take for a formula stays as it is.
    about : mapping, optional
        What the answer comes from, for formats that have a place for it.
    """

    def __init__(
        self,
        source: str | PathLike[str],
        target: str | PathLike[str],
        rejects: str | PathLike[str] | None,
        empty: pd.DataFrame,
        *,
        excel: bool = False,
        raw: bool = False,
        about: Mapping[str, object] | None = None,
    ) -> None:
        self.target = Path(target)
        ending = CSV if str(target) == STANDARD else self.target.suffix.lower()
        self.format = answer_format("target", ending, excel=excel, raw=raw, about=json.dumps(about or {}))
        self._empty = empty
        self._paths = {"target": self.target}
        self._lines = CsvFormat(excel=excel, raw=raw)
        if rejects is not None:
            self._paths["rejects"] = Path(rejects)
            if self._paths["rejects"].suffix.lower() != CSV:
                raise invalid("rejects", "a file whose name ends in .csv", str(rejects))
        taken = [Path(source).resolve()]
        for name, path in self._paths.items():
            if str(path) != STANDARD and path.resolve() in taken:
                raise invalid(name, "a file of its own", str(path))
            taken.append(path.resolve())
        self._stack = ExitStack()
        self._streams: dict[str, BinaryIO] = {}
        self._answers: Writer | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:  # the target is opened first, so that it is the last to take its place
            for name, path in self._paths.items():
                to_console = str(path) == STANDARD
                stream = _standard_output() if to_console else stack.enter_context(whole_file(path, name))
                self._streams[name] = stream
            self._answers = self.format.writer(self._streams["target"], self._empty)
            stack.push(self._end)
            if "rejects" in self._streams:
                self._streams["rejects"].write(self._lines.lines([REJECT_COLUMNS], start=True))
            self._stack = stack.pop_all()
        return self

    def _end(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what ends the file of the answers; after a failure nobody will read it."""
        with nullcontext() if kind is None else suppress(Exception):
            if self._answers is not None:
                self._answers.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def write(self, answer: Any, rejects: Iterable[Reject]) -> None:
        """Add a packed answer, and wrong cells if there is a file for them."""
        if self._answers is not None:
            self._answers.write(answer)
        if "rejects" in self._streams:
            cells = [(cell.row, cell.column, cell.value, cell.message) for cell in rejects]
            table = pd.DataFrame(cells, columns=REJECT_COLUMNS, dtype=object)
            shown = table if self._lines.raw else harmless_text(table)
            self._streams["rejects"].write(self._lines.lines(shown.to_numpy().tolist()))
