"""The formats in which answers are written: how rows are packed, and how packed rows become a file."""

from __future__ import annotations

import csv
import io
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_choice, invalid
from hrtools_reco.extras import extra_module
from hrtools_reco.tables import arrow_table

CSV, PARQUET, XLSX, JSONL = ".csv", ".parquet", ".xlsx", ".jsonl"
ABOUT = "hrtools_reco"
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the last four are wide ones
_MOST_SHEET_ROWS = 2**20


class Writer(ABC):
    """Takes packed rows, in order, and writes them to a stream."""

    @abstractmethod
    def write(self, packed: Any) -> None:
        """Add packed rows."""

    @abstractmethod
    def close(self) -> None:
        """Write what ends the file; the stream stays open."""


@dataclass(frozen=True, kw_only=True)
class AnswerFormat(ABC):
    """How answers become a file. Rows are packed where they were made, maybe in another process.

    Attributes
    ----------
    raw : bool
        Whether text stays as it is even where a spreadsheet would take it for a formula.
    about : str
        What the answer comes from, as JSON, for formats that have a place for it.
    """

    takes_arrow: ClassVar[bool] = False  # whether ``pack`` takes an Arrow table too
    raw: bool = False
    about: str = "{}"

    @abstractmethod
    def pack(self, rows: Any) -> Any:
        """Turn a frame of rows into what the writer takes."""

    @abstractmethod
    def writer(self, stream: BinaryIO, empty: pd.DataFrame) -> Writer:
        """Return a writer of rows with the columns of ``empty``."""


@dataclass(frozen=True, kw_only=True)
class CsvFormat(AnswerFormat):
    """CSV: UTF-8 and commas, or what a double click in a French Excel opens.

    Attributes
    ----------
    raw : bool
        Whether text stays as it is even where a spreadsheet would take it for a formula.
    about : str
        What the answer comes from; CSV has no place for it.
    excel : bool
        Whether to write semicolons, decimal commas with two places, a byte order mark and Windows line ends.
    """

    excel: bool = False

    def pack(self, rows: pd.DataFrame) -> bytes:
        """Write rows, without header, as ``to_csv`` does; a text that comes often is looked at once."""
        harmless = rows if self.raw else harmless_text(rows)
        columns = [self._cells(harmless.iloc[:, at]) for at in range(harmless.shape[1])]
        separator, end = self._marks
        lines = map(separator.join, zip(*columns, strict=True))
        return "".join(f"{line}{end}" for line in lines).encode()

    @property
    def _marks(self) -> tuple[str, str]:
        """What stands between cells, and at the end of a line."""
        return (";", "\r\n") if self.excel else (",", "\n")

    def _cells(self, column: pd.Series) -> list[str]:
        """Write the cells of a column, with quotation marks where they need them."""
        if column.dtype.kind in "iu" and isinstance(column.dtype, np.dtype):
            return list(map(str, column.tolist()))
        if column.dtype.kind == "f" and isinstance(column.dtype, np.dtype):
            cells = column.round(2).tolist() if self.excel else column.tolist()
            texts = ["" if cell != cell else repr(cell) for cell in cells]
            return [text.replace(".", ",") for text in texts] if self.excel else texts
        codes, values = _distinct(column)
        return list(map([*map(self._quoted, values.tolist()), ""].__getitem__, codes.tolist()))

    def _quoted(self, cell: object) -> str:
        """Write one cell as the module ``csv`` does."""
        separator, end = self._marks
        return self.lines([[cell, ""]]).decode().removesuffix(separator + end)

    def writer(self, stream: BinaryIO, empty: pd.DataFrame) -> Writer:
        """Return a writer that has written the header."""
        stream.write(self.lines([empty.columns], start=True))
        return _BytesWriter(stream)

    def lines(self, rows: Iterable[Iterable[object]], *, start: bool = False) -> bytes:
        """Write some lines, those that start a file with its mark."""
        text = io.StringIO()
        separator, end = self._marks
        csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
        return text.getvalue().encode("utf-8-sig" if self.excel and start else "utf-8")


@dataclass(frozen=True, kw_only=True)
class JsonLinesFormat(AnswerFormat):
    """One JSON object a line.

    Attributes
    ----------
    raw : bool
        Text is always as it is here.
    about : str
        What the answer comes from, as JSON.
    """

    def pack(self, rows: pd.DataFrame) -> bytes:
        """Write rows as lines."""
        if rows.empty:
            return b""
        text: str = rows.to_json(orient="records", lines=True, force_ascii=False, double_precision=15)
        return (text if text.endswith("\n") else f"{text}\n").encode("utf-8", "backslashreplace")

    def writer(self, stream: BinaryIO, empty: pd.DataFrame) -> Writer:
        """Return a writer of lines."""
        return _BytesWriter(stream)


@dataclass(frozen=True, kw_only=True)
class ParquetFormat(AnswerFormat):
    """Parquet, with types that do not depend on the rows.

    Attributes
    ----------
    raw : bool
        Text is always as it is here.
    about : str
        What the answer comes from, as JSON.
    """

    takes_arrow: ClassVar[bool] = True

    def pack(self, rows: Any) -> Any:
        """Turn a frame of rows into an Arrow table; one that is a table stays as it is."""
        return arrow_table(rows) if isinstance(rows, pd.DataFrame) else rows

    def writer(self, stream: BinaryIO, empty: pd.DataFrame) -> Writer:
        """Return a writer of row groups."""
        return _ParquetWriter(stream, self.pack(empty), self.about)


@dataclass(frozen=True, kw_only=True)
class SheetFormat(AnswerFormat):
    """An Excel workbook of one sheet; text is text there, so keys keep their zeros.

    Attributes
    ----------
    raw : bool
        Text is always as it is here.
    about : str
        What the answer comes from, as JSON.
    """

    def pack(self, rows: pd.DataFrame) -> list[list[Any]]:
        """Turn rows into cells."""
        columns = [rows[name].astype(object).where(rows[name].notna(), None).tolist() for name in rows]
        return [list(row) for row in zip(*columns, strict=True)]

    def writer(self, stream: BinaryIO, empty: pd.DataFrame) -> Writer:
        """Return a writer of one sheet."""
        return _SheetWriter(stream, [str(name) for name in empty.columns], self.about)


class _BytesWriter(Writer):
    """Writes bytes as they come."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, packed: bytes) -> None:
        """Add bytes."""
        self._stream.write(packed)

    def close(self) -> None:
        """Leave the stream as it is: nothing is held back."""


class _ParquetWriter(Writer):
    """Writes Arrow tables as row groups; the first that has rows tells the types."""

    def __init__(self, stream: BinaryIO, empty: Any, about: str) -> None:
        self._stream, self._empty, self._about = stream, empty, about
        self._parquet = extra_module("pyarrow.parquet", "io")
        self._writer: Any = None

    def _opened(self, schema: Any) -> Any:
        """Return the writer of the file, begun with the first rows."""
        if self._writer is None:
            told = schema.with_metadata({ABOUT: self._about})
            self._writer = self._parquet.ParquetWriter(self._stream, told)
        return self._writer

    def write(self, packed: Any) -> None:
        """Add rows."""
        if packed.num_rows:
            self._opened(packed.schema).write_table(packed)

    def close(self) -> None:
        """Write what ends the file."""
        self._opened(self._empty.schema).close()


class _SheetWriter(Writer):
    """Writes rows to a sheet that is kept on the disk until it is put into the workbook."""

    def __init__(self, stream: BinaryIO, names: Sequence[str], about: str) -> None:
        book = extra_module("openpyxl", "excel").Workbook(write_only=True)
        self._cell = extra_module("openpyxl.cell", "excel").WriteOnlyCell
        self._stream, self._book, self._n_rows = stream, book, 1
        book.properties.title, book.properties.description = "hrtools_reco", about
        self._sheet = book.create_sheet("recommandations")
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._text(name) for name in names])

    def write(self, packed: list[list[Any]]) -> None:
        """Add rows."""
        self._n_rows += len(packed)
        if self._n_rows > _MOST_SHEET_ROWS:
            right = f"a file of another kind: a sheet holds {_MOST_SHEET_ROWS} rows"
            raise invalid("target", right, f"{self._n_rows} rows", "Write .parquet or .csv.")
        for row in packed:
            self._sheet.append([self._text(cell) if isinstance(cell, str) else cell for cell in row])

    def _text(self, text: str) -> Any:
        """Return a cell that is text, whatever it looks like."""
        readable = "".join(c for c in text if c >= " " or c in "\t\n\r")[:32_767]
        cell = self._cell(self._sheet, value=readable.encode("utf-8", "replace").decode())
        cell.data_type = "s"
        return cell

    def close(self) -> None:
        """Put the workbook together."""
        self._book.save(self._stream)


def harmless_text(rows: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet would run as a formula; numbers are left alone.

    Parameters
    ----------
    rows : DataFrame
        Any table.

    Returns
    -------
    DataFrame
        The table, a copy where anything changes.
    """
    changed: dict[str, pd.Series] = {}
    for name in map(str, rows.select_dtypes(exclude=["number", "bool"])):
        codes, cells = _distinct(rows[name])
        risky = np.array([isinstance(cell, str) and bool(_FORMULA.match(cell)) for cell in cells], dtype=bool)
        risky[risky] = pd.to_numeric(pd.Series(cells[risky]), errors="coerce").isna()
        if risky.any():
            cells[risky] = [f"'{cell}" for cell in cells[risky]]
            made = np.array([*cells, None], dtype=object)[codes]
            changed[name] = pd.DataFrame({name: made}, index=rows.index, dtype=object)[name]
    return rows.assign(**changed) if changed else rows


def _distinct(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return codes (-1 where nothing stands) and cells; only a column of text is searched for equal ones."""
    if pd.api.types.infer_dtype(column, skipna=True) in ("string", "empty"):
        codes, cells = pd.factorize(column)
        return codes, np.array(cells, dtype=object)
    codes = np.where(column.isna(), -1, np.arange(len(column)))
    return codes, column.to_numpy(dtype=object, copy=True)


def answer_format(name: str, ending: str, *, excel: bool, raw: bool, about: str) -> AnswerFormat:
    """Return the format that the ending of a name asks for.

    Parameters
    ----------
    name : str
        Field that errors speak of.
    ending : str
        ``.csv, .parquet, .xlsx`` or ``.jsonl``.
    excel : bool
        Whether CSV is for a French Excel.
    raw : bool
        Whether text that looks like a formula stays as it is.
    about : str
        What the answer comes from, as JSON.

    Returns
    -------
    AnswerFormat
        The format.

    Raises
    ------
    InvalidValueError
        If ``excel`` goes with another format than CSV.
    """
    formats: dict[str, AnswerFormat] = {
        CSV: CsvFormat(excel=excel, raw=raw),
        JSONL: JsonLinesFormat(),
        PARQUET: ParquetFormat(about=about),
        XLSX: SheetFormat(about=about),
    }
    check_choice(name, ending, formats, f"a file whose name ends in {', '.join(formats)}")
    if excel and ending != CSV:
        raise invalid("excel", f"False with a target {ending}: it says how CSV is written", excel)
    return formats[ending]
