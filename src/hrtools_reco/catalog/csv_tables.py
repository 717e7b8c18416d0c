"""Read the CSV files of a catalog, as described or as a French spreadsheet saves them, and add rows."""

from __future__ import annotations

import bisect
import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import Any

import pandas as pd

from hrtools_reco.exceptions import CatalogError, shortened

ITEMS_OF, IS_LIST = "hrtools:itemsOf", "hrtools:list"  # what the schema of a column says beyond the standard
_UTF8, _FRENCH_WINDOWS = "utf-8", "cp1252"
_SEPARATORS = (",", ";", "\t")
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_FRENCH_TRUTH = {"true": "vrai", "false": "faux"}
_DECIMAL_COMMA = re.compile(r"(-?\d+),(\d+)")


class CsvTable:
    """One CSV file of a data package, as text cells.

    The ``encoding`` and the ``dialect`` of its resource are obeyed. Without a dialect, and where it is not
    kept, a file is read as French spreadsheets save it: semicolons or tabs, Windows-1252, a line ``sep=;``.

    Parameters
    ----------
    path : Traversable
        The file.
    resource : mapping
        Its description.

    Raises
    ------
    CatalogError
        If the file cannot be read; file and line are named.
    """

    def __init__(self, path: Traversable, resource: Mapping[str, Any]) -> None:
        self._file, self._fields = resource["path"], resource["schema"]["fields"]
        text, self._encoding = _decode(path.read_bytes(), resource.get("encoding") or _UTF8, self._file)
        marked = _SEP_LINE.match(text)
        self._skipped = 1 if marked else 0
        self._mark, self._text = (marked[0], text[marked.end() :]) if marked else ("", text)
        dialect = resource.get("dialect") or {}
        expected = [field["name"] for field in self._fields]
        told = [dialect["delimiter"]] if "delimiter" in dialect else []
        self._quote = dialect.get("quoteChar", '"')
        self._separator = self._find_separator(
            [*told, *([marked[1]] if marked else []), *_SEPARATORS], expected
        )

    def _find_separator(self, tried: Sequence[str], expected: list[str]) -> str:
        """Return the first separator that gives the columns of the schema, else the one with most of them."""
        found = {separator: self._header(separator) for separator in dict.fromkeys(tried)}
        exact = (separator for separator, header in found.items() if set(header) == set(expected))
        most = max(found, key=lambda separator: len(set(found[separator]) & set(expected)))
        return next(exact, most)

    def _header(self, separator: str) -> list[str]:
        """Return the first line, split."""
        try:
            return next(csv.reader(io.StringIO(self._text), delimiter=separator, quotechar=self._quote), [])
        except (csv.Error, ValueError) as error:
            raise self._no_table(str(error)) from None

    def _no_table(self, reason: str) -> CatalogError:
        """Build the error of a file that is no table."""
        return CatalogError(f"{self._file}: must be a table with one header line. {shortened(reason)}.")

    def frame(self) -> pd.DataFrame:
        """Return the cells as text; an empty one is missing."""
        try:
            read = pd.read_csv(
                io.StringIO(self._text),
                sep=self._separator,
                quotechar=self._quote,
                dtype=str,
                keep_default_na=False,
                na_values=[""],
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
            raise self._no_table(
                str(error).removeprefix("Error tokenizing data. C error: ").strip()
            ) from None
        if not isinstance(read.index, pd.RangeIndex):
            raise self._no_table("A row has more cells than the header")
        return read

    def lines(self) -> list[int]:
        """Return the line of the file on which each row begins, the first line being 1."""
        stream = io.StringIO(self._text)
        reader = csv.reader(stream, delimiter=self._separator, quotechar=self._quote)
        starts, begins = [], 1 + self._skipped
        try:
            for record in reader:
                if record:
                    starts.append(begins)
                begins = reader.line_num + 1 + self._skipped
        except csv.Error as error:
            raise self._no_table(f"Line {reader.line_num + self._skipped}: {error}") from None
        return starts[1:]

    def with_rows(self, rows: Sequence[Mapping[str, str]]) -> bytes:
        """Return the file with further rows, all else as it stands, to the byte.

        Where the rows are sorted by their first column, a new one goes to its place, else to the end. Truth
        values and decimals are written as those of the file are.

        Parameters
        ----------
        rows : sequence of mapping
            Cells by column, as the schema writes them; a column that is left out is empty.

        Returns
        -------
        bytes
            The content of the new file.

        Raises
        ------
        CatalogError
            If the encoding of the file has no such letter.
        """
        cells, newline = self.frame(), "\r\n" if "\r\n" in self._text else "\n"
        keys = cells.iloc[:, 0].fillna("").tolist()
        is_sorted = keys == sorted(keys)
        lines = [line + "\n" for line in self._text.split("\n")]
        lines[-1] = lines[-1][:-1]
        starts = [line - 1 - self._skipped for line in self.lines()]
        added: dict[int, list[str]] = {}
        for row in rows:
            spoken = [self._as_saved(field, row.get(field["name"], ""), cells) for field in self._fields]
            place = bisect.bisect_right(keys, spoken[0]) if is_sorted else len(keys)
            line = starts[place] if place < len(starts) else len(lines)
            added.setdefault(line, []).append(self._line(spoken, newline))
        if len(lines) in added and lines[-1]:
            lines[-1] += newline
        parts = [text for at in range(len(lines) + 1) for text in (*added.get(at, ()), *lines[at : at + 1])]
        try:
            return "".join((self._mark, *parts)).encode(self._encoding)
        except UnicodeEncodeError as error:
            letter = error.object[error.start]
            raise CatalogError(
                f"{self._file}: its encoding ({self._encoding}) has no {letter!r}. "
                "Save it again as “CSV UTF-8” in the spreadsheet."
            ) from None

    def _line(self, cells: Sequence[str], newline: str) -> str:
        """Write the cells of a row."""
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=self._separator, quotechar=self._quote, lineterminator=newline)
        writer.writerow(cells)
        return stream.getvalue()

    def _as_saved(self, field: Mapping[str, Any], cell: str, cells: pd.DataFrame) -> str:
        """Write a truth value or a decimal as the cells beside it are written."""
        kind, others = field.get("type", "string"), cells[field["name"]].dropna()
        if kind == "boolean" and others.str.lower().isin(_FRENCH_TRUTH.values()).any():
            return _FRENCH_TRUTH.get(cell, cell).upper()
        if kind in ("integer", "number") and self._separator != ",":
            return cell.replace(".", ",")
        return cell


def _decode(raw: bytes, encoding: str, file: str) -> tuple[str, str]:
    """Decode a file in its own encoding, or else that of French spreadsheets; return the encoding too."""
    own = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    for tried in dict.fromkeys((own, _FRENCH_WINDOWS)):
        try:
            text = raw.decode(tried)
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
        except LookupError:
            raise CatalogError(f"{file}: its encoding must be a known one. Got {encoding!r}.") from None
        else:
            unmarked = tried == "utf-8-sig" and not raw.startswith(codecs.BOM_UTF8)
            return text, _UTF8 if unmarked else tried
    raise CatalogError(
        f"{file}, row {line}: must be in {encoding}. Got a byte that is no letter. "
        "Save it again as “CSV UTF-8” in the spreadsheet."
    )


def with_decimal_points(cells: pd.Series) -> pd.Series:
    """Write numbers with a decimal comma as numbers with a point."""
    return cells.str.replace(_DECIMAL_COMMA, r"\1.\2", regex=True)
