"""Read the CSV files of a catalog as they are described, or as a French spreadsheet saves them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import Any

import pandas as pd

from hrtools_reco.exceptions import CatalogError

_UTF8, _FRENCH_WINDOWS = "utf-8", "cp1252"
_SEPARATORS = (",", ";", "\t")
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
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
        self._file = resource["path"]
        text = _decode(path.read_bytes(), resource.get("encoding") or _UTF8, self._file)
        marked = _SEP_LINE.match(text)
        self._skipped = 1 if marked else 0
        self._text = text[marked.end() :] if marked else text
        dialect = resource.get("dialect") or {}
        expected = [field["name"] for field in resource["schema"]["fields"]]
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
        return next(csv.reader(io.StringIO(self._text), delimiter=separator, quotechar=self._quote), [])

    def frame(self) -> pd.DataFrame:
        """Return the cells as text; an empty one is missing."""
        try:
            return pd.read_csv(
                io.StringIO(self._text),
                sep=self._separator,
                quotechar=self._quote,
                dtype=str,
                keep_default_na=False,
                na_values=[""],
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            reason = str(error).removeprefix("Error tokenizing data. C error: ").strip()
            raise CatalogError(f"{self._file}: must be a table with one header line. {reason}.") from None

    def lines(self) -> list[int]:
        """Return the line of the file on which each row begins, the first line being 1."""
        stream = io.StringIO(self._text)
        reader = csv.reader(stream, delimiter=self._separator, quotechar=self._quote)
        starts, begins = [], 1 + self._skipped
        for record in reader:
            if record:
                starts.append(begins)
            begins = reader.line_num + 1 + self._skipped
        return starts[1:]


def _decode(raw: bytes, encoding: str, file: str) -> str:
    """Decode a file, by the way of French spreadsheets if it is not in its own encoding."""
    own = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    for tried in dict.fromkeys((own, _FRENCH_WINDOWS)):
        try:
            return raw.decode(tried)
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
        except LookupError:
            raise CatalogError(f"{file}: its encoding must be a known one. Got {encoding!r}.") from None
    raise CatalogError(
        f"{file}, row {line}: must be in {encoding}. Got a byte that is no letter. "
        "Save it again as “CSV UTF-8” in the spreadsheet."
    )


def with_decimal_points(cells: pd.Series) -> pd.Series:
    """Write numbers with a decimal comma as numbers with a point."""
    return cells.str.replace(_DECIMAL_COMMA, r"\1.\2", regex=True)
