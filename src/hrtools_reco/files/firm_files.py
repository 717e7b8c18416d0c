"""Read files of firms, CSV or Parquet, chunk by chunk; French CSV files as they are."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from os import PathLike
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid, refused
from hrtools_reco.exceptions import InvalidTableError, Reject

CSV, PARQUET = ".csv", ".parquet"
SUFFIXES = (CSV, PARQUET)
FIRST_ROW = 2  # as a spreadsheet counts: the header is row 1
WHOLE_ROW = "(row)"
_SEPARATORS = (",", ";", "\t")
_BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class CompanyChunk:
    """Some consecutive firms of a file.

    Attributes
    ----------
    companies : DataFrame
        The firms; every cell of a CSV file is text, or ``None`` where it is empty.
    rows : ndarray of int of shape (n_firms,)
        Row of each firm in the file, as a spreadsheet counts: the header is row 1.
    rejects : tuple of Reject
        Rows that cannot be split into the columns of the header.
    share : float
        Share of the file that has been read, from 0 to 1.
    """

    companies: pd.DataFrame
    rows: np.ndarray
    rejects: tuple[Reject, ...]
    share: float


def read_companies_file(path: str | PathLike[str]) -> pd.DataFrame:
    r"""Read a whole file of firms as a table, ready for ``recommend_batch``.

    Parameters
    ----------
    path : path-like
        A ``.csv`` file (separated by comma, semicolon or tab; UTF-8 with or without a byte order mark,
        UTF-16 or Windows-1252) or a ``.parquet`` file (extra ``io``).

    Returns
    -------
    DataFrame
        One firm a row. Cells of a CSV file stay text, so that a code such as the IDCC ``"0018"`` keeps its
        zeros; ``recommend_batch`` reads numbers from it, decimal commas too. Blank rows are left out.

    Raises
    ------
    InvalidTableError
        If a row has more cells than the header.
    InvalidValueError
        If there is no such file, or it is not of one of these kinds.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import hrtools_reco as hr
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "firms.csv"
    ...     _ = path.write_bytes("company_id;branch;headcount\nmétier à tisser;0018;12\n".encode("cp1252"))
    ...     hr.read_companies_file(path)
            company_id branch headcount
    0  métier à tisser   0018        12
    """
    chunks = list(company_chunks(path, 1 << 16))
    if rejects := [reject for chunk in chunks for reject in chunk.rejects]:
        raise InvalidTableError(rejects)
    return pd.concat([chunk.companies for chunk in chunks], ignore_index=True)


def company_chunks(path: str | PathLike[str], chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of a file, at most ``chunk_size`` at a time; at least one chunk, which may be empty."""
    source = checked_suffix("source", path)
    if not source.is_file():
        raise invalid("source", "a file that exists", str(path))
    chunks = _parquet_chunks if source.suffix.lower() == PARQUET else _csv_chunks
    return chunks(source, chunk_size)


def checked_suffix(name: str, path: str | PathLike[str], suffixes: Sequence[str] = SUFFIXES) -> Path:
    """Return a path whose suffix is among those that can be read and written."""
    checked = Path(path)
    if checked.suffix.lower() not in suffixes:
        hint = "Save the sheet as CSV." if checked.suffix.lower() in (".xlsx", ".xls", ".ods") else ""
        raise invalid(name, f"a file whose name ends in {' or '.join(suffixes)}", str(path), hint)
    return checked


def pyarrow_module(name: str) -> Any:
    """Import a module of pyarrow, or raise an error that names the extra."""
    try:
        return import_module(name)
    except ImportError as error:
        right = "installed, to read and write Parquet files"
        hint = 'It is in an extra: pip install "hrtools-reco[io]".'
        raise invalid("pyarrow", right, None, hint) from error


def _parquet_chunks(path: Path, chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of a Parquet file."""
    arrow, parquet = pyarrow_module("pyarrow"), pyarrow_module("pyarrow.parquet")
    try:
        file = parquet.ParquetFile(path)
    except arrow.ArrowInvalid as error:
        raise invalid("source", "a Parquet file", str(path), str(error).splitlines()[0]) from error
    with file:
        n_rows, start = file.metadata.num_rows, 0
        for batch in file.iter_batches(batch_size=chunk_size):
            frame = _plain_frame(batch)
            rows = np.arange(start, start + len(frame)) + FIRST_ROW
            start += len(frame)
            yield CompanyChunk(companies=frame, rows=rows, rejects=(), share=start / n_rows)
        if not start:
            yield _empty_chunk(_plain_frame(file.schema_arrow.empty_table()))


def _plain_frame(batch: Any) -> pd.DataFrame:
    """Turn Arrow columns into a frame whose cells do not depend on what else is in the batch."""
    frame: pd.DataFrame = batch.to_pandas(integer_object_nulls=True, ignore_metadata=True)
    coded = frame.select_dtypes("category").columns
    return frame.astype({name: frame[name].cat.categories.dtype for name in coded})


def _empty_chunk(frame: pd.DataFrame) -> CompanyChunk:
    """Return a file without firms."""
    return CompanyChunk(companies=frame, rows=np.empty(0, dtype=int), rejects=(), share=1.0)


def _csv_chunks(path: Path, chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of a CSV file."""
    size = max(path.stat().st_size, 1)
    encoding = _encoding(path)
    with path.open("rb") as raw, TextIOWrapper(raw, encoding=encoding, newline="") as stream:
        table = _CsvTable(path, stream)
        n_chunks = 0
        while chunk := table.next_rows(chunk_size):
            records, rows, rejects = chunk
            share = min(raw.tell() / size, 1.0)
            yield CompanyChunk(companies=table.frame(records), rows=rows, rejects=rejects, share=share)
            n_chunks += 1
        if not n_chunks:
            yield _empty_chunk(table.frame([]))


class _CsvTable:
    """The header and the rows to come of a CSV file."""

    def __init__(self, path: Path, stream: TextIO) -> None:
        first_line = stream.readline()
        stream.seek(0)
        self._path = path
        self._reader = csv.reader(stream, delimiter=_separator(first_line), strict=True)
        self._row = 0
        header = next(self._cells(), [])
        if not any(header):
            raise invalid("source", "a CSV file that starts with a header", str(path))
        self._width = len(header)
        self._named = [position for position, name in enumerate(header) if name]
        self._names = [header[position] for position in self._named]

    def frame(self, records: list[list[str | None]]) -> pd.DataFrame:
        """Return some rows as a table of text."""
        return pd.DataFrame(records, columns=pd.Index(self._names), dtype=object)

    def next_rows(self, n_rows: int) -> tuple[list[list[str | None]], np.ndarray, tuple[Reject, ...]] | None:
        """Read up to so many rows; None at the end of the file."""
        records: list[list[str | None]] = []
        rows: list[int] = []
        rejects: list[Reject] = []
        for cells in self._cells():
            if any(cells[self._width :]):
                rejects.append(self._too_wide(cells))
            elif any(cells):
                padded = cells + [""] * (self._width - len(cells))
                records.append([padded[position] or None for position in self._named])
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
                yield [cell.strip() for cell in cells]
        except csv.Error as error:
            hint = f"After row {self._row}: {error}. Is a quotation mark missing?"
            raise invalid("source", "a CSV file", str(self._path), hint) from error

    def _too_wide(self, cells: list[str]) -> Reject:
        """Refuse a row with more cells than the header."""
        hint = "A cell that holds the separator must stand between quotation marks."
        error = invalid("row", f"{self._width} cells wide, as the header is", len(cells), hint)
        return refused(self._row, WHOLE_ROW, "|".join(cells), error)


def _separator(header: str) -> str:
    """Return the separator that splits a header into most columns."""
    return max(_SEPARATORS, key=lambda separator: len(next(csv.reader([header], delimiter=separator), [])))


def _encoding(path: Path) -> str:
    """Tell whether a text file is UTF-8, UTF-16 or else Windows-1252."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp1252"):
        if _can_decode(path, encoding):
            return encoding
    hint = "Save the sheet as CSV."
    raise invalid("source", "a text file in UTF-8, UTF-16 or Windows-1252", str(path), hint)


def _can_decode(path: Path, encoding: str) -> bool:
    """Tell whether all of a file is text in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                if b"\0" in block:
                    return False
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
