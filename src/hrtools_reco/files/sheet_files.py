"""Read Excel workbooks, chunk by chunk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.extras import extra_module
from hrtools_reco.files.chunks import CompanyChunk, empty_chunk


def sheet_chunks(source: Path | BinaryIO, name: str, chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of the first sheet of a workbook; its header is the first row that is not blank.

    Parameters
    ----------
    source : Path or BinaryIO
        The file.
    name : str
        Name that errors speak of.
    chunk_size : int
        Most firms at a time.

    Yields
    ------
    CompanyChunk
        The firms; numbers, dates and truth values keep their types.
    """
    load = extra_module("openpyxl", "excel").load_workbook
    try:
        book = load(source, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        filled = _filled_rows(sheet)
        header = next(filled, (0, []))[1]
        names = [str(cell).strip() if cell is not None else "" for cell in header]
        if not any(names):
            raise invalid("source", "a workbook whose first sheet starts with a header", name)
        n_rows, n_read = max(sheet.max_row or 1, 1), 0
        while some := list(islice(filled, chunk_size)):
            rows = np.array([row for row, _ in some])
            n_read += len(some)
            yield CompanyChunk(
                companies=_frame([cells for _, cells in some], names),
                rows=rows,
                rejects=(),
                share=min(int(rows[-1]) / max(n_rows, int(rows[-1])), 1.0),
            )
        if not n_read:
            yield empty_chunk(_frame([], names))
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, ParseError, OSError, IndexError, EOFError) as error:
        if type(error).__module__.startswith("hrtools_reco"):
            raise
        raise invalid("source", "an Excel workbook (.xlsx)", name, f"{error}") from error


def _filled_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows that are not blank, with their number."""
    for row, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        plain = [cell.strip() or None if isinstance(cell, str) else cell for cell in cells]
        if any(cell is not None for cell in plain):
            yield row, plain


def _frame(rows: list[list[Any]], names: list[str]) -> pd.DataFrame:
    """Return rows as a table of the columns that have a name."""
    named = [at for at, name in enumerate(names) if name]
    cells = [[row[at] if at < len(row) else None for at in named] for row in rows]
    return pd.DataFrame(cells, columns=pd.Index([names[at] for at in named]), dtype=object)
