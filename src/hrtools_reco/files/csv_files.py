"""Read CSV files as people have them: French or not, with or without a mark, chunk by chunk."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO, TextIO

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.exceptions import Reject
from hrtools_reco.files.chunks import WHOLE_ROW, CompanyChunk, empty_chunk

_SEPARATORS = (",", ";", "\t")
_BLOCK = 1 << 20
_LONGEST_HEADER = 1 << 16
_SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it starts with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# A letter that is not ASCII as UTF-8 writes it, and a byte that is none.
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_STRAY = re.compile("[\udc80-\udcff]")


def csv_chunks(raw: BinaryIO, name: str, chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of a CSV file; rows are counted as a spreadsheet does.

    Parameters
    ----------
    raw : BinaryIO
        The file, from which one can read again from the start; it stays open.
    name : str
        Name that errors speak of.
    chunk_size : int
        Most firms at a time.

    Yields
    ------
    CompanyChunk
        The firms as text; rows that cannot be read are among the rejects.
    """
    size = max(raw.seek(0, 2), 1)
    stream = TextIOWrapper(raw, encoding=_encoding(raw, name), errors="surrogateescape", newline="")
    try:
        table = _CsvTable(name, stream)
        n_chunks = 0
        while chunk := table.next_rows(chunk_size):
            records, rows, rejects = chunk
            share = min(raw.tell() / size, 1.0)
            yield CompanyChunk(companies=table.frame(records), rows=rows, rejects=rejects, share=share)
            n_chunks += 1
        if not n_chunks:
            yield empty_chunk(table.frame([]))
    finally:
        stream.detach()


class _CsvTable:
    """The header and the rows to come of a CSV file."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self._name, self._row = name, 0
        separator = self._separator(stream)
        self._reader = csv.reader(stream, delimiter=separator, strict=True)
        header = next(self._cells(), [])
        if not any(header):
            raise invalid("source", "a CSV file that starts with a header", name)
        if any(map(_STRAY.search, header)):
            raise invalid(
                "source", "a CSV file in one encoding", name, "The header has bytes of another one."
            )
        self._width = len(header)
        self._named = [position for position, title in enumerate(header) if title]
        self._names = [header[position] for position in self._named]
        self._all_named = len(self._named) == self._width

    def _separator(self, stream: TextIO) -> str:
        """Return the separator that a line ``sep=;`` tells, or else the one that splits the header most."""
        try:
            first = stream.readline(_LONGEST_HEADER)
            if told := _SEP_LINE.fullmatch(first.strip()):
                return told[1]
            stream.seek(0)
        except UnicodeError as error:
            raise invalid("source", "text in the encoding that its first bytes tell", self._name) from error
        if len(first) == _LONGEST_HEADER:
            raise invalid(
                "source", f"a CSV file with a header of less than {_LONGEST_HEADER} characters", self._name
            )
        return max(_SEPARATORS, key=lambda separator: len(next(csv.reader([first], delimiter=separator), [])))

    def frame(self, records: list[list[str | None]]) -> pd.DataFrame:
        """Return some rows as a table of text."""
        return pd.DataFrame(records, columns=pd.Index(self._names), dtype=object)

    def next_rows(self, n_rows: int) -> tuple[list[list[str | None]], np.ndarray, tuple[Reject, ...]] | None:
        """Read up to so many rows; None at the end of the file."""
        records: list[list[str | None]] = []
        rows: list[int] = []
        rejects: list[Reject] = []
        for cells in self._cells():
            if refused := self._refused(cells):
                rejects.append(refused)
            elif any(cells):
                missing = self._width - len(cells)
                padded = cells if not missing else (cells + [""] * missing)[: self._width]
                named = padded if self._all_named else [padded[position] for position in self._named]
                records.append([cell or None for cell in named])
                rows.append(self._row)
            if len(rows) + len(rejects) == n_rows:
                break
        if not rows and not rejects:
            return None
        return records, np.array(rows, dtype=int), tuple(rejects)

    def _cells(self) -> Iterator[list[str]]:
        """Yield the cells of each row, without blanks around them, and count the rows."""
        try:
            for cells in self._reader:
                self._row += 1
                yield list(map(str.strip, cells))
        except csv.Error as error:
            hint = f"After row {self._row}: {error}. Is a quotation mark missing?"
            raise invalid("source", "a CSV file", self._name, hint) from error
        except UnicodeError as error:
            right = "text in the encoding that its first bytes tell"
            raise invalid("source", right, self._name, f"After row {self._row}: {error}.") from error

    def _refused(self, cells: list[str]) -> Reject | None:
        """Refuse a row with more cells than the header, or with bytes of another encoding."""
        if any(cells[self._width :]):
            hint = "A cell that holds the separator must stand between quotation marks."
            error = invalid("row", f"{self._width} cells wide, as the header is", len(cells), hint)
        elif not "".join(cells).isascii() and any(map(_STRAY.search, cells)):
            error = invalid(
                "row", "in UTF-8, as the rest of the file", _shown(cells), "Save the file once more as UTF-8."
            )
        else:
            return None
        return Reject(row=self._row, column=WHOLE_ROW, value=_shown(cells), message=str(error))


def _shown(cells: list[str]) -> str:
    """Write a row in one line, stray bytes by their number."""
    return "|".join(cells).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _encoding(raw: BinaryIO, name: str) -> str:
    """Tell the encoding of a file: by its mark; else UTF-8 if most of its letters are, else Windows-1252."""
    raw.seek(0)
    start = raw.read(4)
    raw.seek(0)
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding
    hint = "Save the sheet as CSV."
    n_letters = n_stray = 0
    fits = True
    while block := raw.read(_BLOCK) + raw.readline(_BLOCK):
        if b"\0" in block:
            raise invalid("source", "a text file in UTF-8, UTF-16 or Windows-1252", name, hint)
        if not block.isascii():
            rest, found = _LETTER.subn(b"", block)
            n_letters, n_stray = n_letters + found, n_stray + len(_HIGH.findall(rest))
            fits = fits and _is_windows(block)
    raw.seek(0)
    if n_letters >= n_stray:
        return "utf-8"
    if not fits:
        raise invalid("source", "a text file in UTF-8, UTF-16 or Windows-1252", name, hint)
    return "cp1252"


def _is_windows(block: bytes) -> bool:
    """Tell whether every byte is a letter or a sign in Windows-1252."""
    try:
        block.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True
