"""Write the recommendations of many firms to files, each of them whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.columns import COMPANY_ID, N_FIT, N_TO_CHECK, RANK, REASONS, STATUS, TOOL_ID
from hrtools_reco.exceptions import Reject
from hrtools_reco.files.firm_files import CSV, PARQUET, checked_suffix, pyarrow_module

Packer = Callable[[pd.DataFrame], Any]
REJECT_COLUMNS = ("row", "column", "value", "message")
_TEXTS = (COMPANY_ID, TOOL_ID, STATUS, REASONS)
_COUNTS = (RANK, N_FIT, N_TO_CHECK)


def pack_csv(answer: pd.DataFrame) -> bytes:
    """Write rows of an answer as CSV, without header."""
    return answer.to_csv(index=False, header=False, lineterminator="\n").encode()


def pack_parquet(answer: pd.DataFrame) -> Any:
    """Write rows of an answer as an Arrow table whose types do not depend on the rows."""
    arrow = pyarrow_module("pyarrow")
    types = {**dict.fromkeys(_TEXTS, arrow.string()), **dict.fromkeys(_COUNTS, arrow.int64())}
    schema = arrow.schema([(name, types.get(name, arrow.float64())) for name in answer.columns])
    columns = [arrow.array(answer[column.name], type=column.type) for column in schema]
    return arrow.Table.from_arrays(columns, schema=schema)


class AnswerFiles:
    """The files of an answer: drafts beside their targets, which ``commit`` puts in place.

    Parameters
    ----------
    source : path-like
        File of the firms: neither target may be it.
    target : path-like
        File of the recommendations, ``.csv`` or ``.parquet``.
    rejects : path-like or None
        File of the wrong cells, ``.csv``.
    empty : DataFrame
        The columns of the answer.
    """

    def __init__(
        self,
        source: str | PathLike[str],
        target: str | PathLike[str],
        rejects: str | PathLike[str] | None,
        empty: pd.DataFrame,
    ) -> None:
        self.target = checked_suffix("target", target)
        self.packer: Packer = pack_parquet if self.target.suffix.lower() == PARQUET else pack_csv
        self._empty = empty
        self._paths = {"target": self.target}
        if rejects is not None:
            self._paths["rejects"] = checked_suffix("rejects", rejects, (CSV,))
        taken = [Path(source).resolve()]
        for name, path in self._paths.items():
            if path.resolve() in taken:
                raise invalid(name, "a file of its own", str(path))
            taken.append(path.resolve())
        self._drafts: dict[str, _Draft] = {}
        self._answers: _CsvAnswers | _ParquetAnswers | None = None

    def __enter__(self) -> Self:
        try:
            for name, path in self._paths.items():
                self._drafts[name] = _Draft(name, path)
            kind = _ParquetAnswers if self.packer is pack_parquet else _CsvAnswers
            self._answers = kind(self._drafts["target"].stream, self._empty)
            self._write_rejects([REJECT_COLUMNS])
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    def write(self, answer: Any, rejects: Iterable[Reject]) -> None:
        """Add a packed answer, and wrong cells if there is a file for them."""
        if self._answers is not None:
            self._answers.write(answer)
        self._write_rejects((cell.row, cell.column, cell.value, cell.message) for cell in rejects)

    def _write_rejects(self, rows: Iterable[Iterable[object]]) -> None:
        """Add rows to the file of the wrong cells, if there is one."""
        if "rejects" in self._drafts:
            self._drafts["rejects"].stream.write(_csv_lines(rows))

    def commit(self) -> None:
        """Put the files in place, that of the recommendations last."""
        if self._answers is not None:
            self._answers.close()
        for draft in reversed(self._drafts.values()):
            draft.commit()

    def _discard(self) -> None:
        """Remove the drafts that are not in place."""
        if self._answers is not None:
            self._answers.close()
        for draft in self._drafts.values():
            draft.discard()


class _CsvAnswers:
    """Takes packed answers and writes them as CSV, under a header."""

    def __init__(self, stream: BinaryIO, empty: pd.DataFrame) -> None:
        self._stream = stream
        self._stream.write(_csv_lines([empty.columns]))

    def write(self, answer: bytes) -> None:
        """Add rows."""
        self._stream.write(answer)

    def close(self) -> None:
        """Leave the stream as it is: nothing is held back."""


class _ParquetAnswers:
    """Takes packed answers and writes them as row groups of a Parquet file."""

    def __init__(self, stream: BinaryIO, empty: pd.DataFrame) -> None:
        schema = pack_parquet(empty).schema
        self._writer = pyarrow_module("pyarrow.parquet").ParquetWriter(stream, schema)

    def write(self, answer: Any) -> None:
        """Add rows."""
        if answer.num_rows:
            self._writer.write_table(answer)

    def close(self) -> None:
        """Write what ends the file."""
        self._writer.close()


def _csv_lines(rows: Iterable[Iterable[object]]) -> bytes:
    """Write rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


class _Draft:
    """A file beside its target, under another name until it is whole."""

    def __init__(self, name: str, target: Path) -> None:
        self._target = target.resolve()
        self._path = self._target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        if not self._target.parent.is_dir() or self._target.is_dir():
            raise invalid(name, "a file in a folder that exists", str(target))
        try:
            self.stream: BinaryIO = self._path.open("xb")
        except OSError as error:
            raise invalid(name, "a file that can be written", str(target), f"{error.strerror}.") from error

    def commit(self) -> None:
        """Take the place of the target."""
        self.stream.close()
        os.replace(self._path, self._target)

    def discard(self) -> None:
        """Remove the draft, unless it has taken its place."""
        self.stream.close()
        self._path.unlink(missing_ok=True)
