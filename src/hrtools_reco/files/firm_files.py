"""Files of firms, of whatever kind: one file, a folder or a pattern of them, or standard input."""

from __future__ import annotations

import glob
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from hrtools_reco._checks import check_path, invalid
from hrtools_reco.exceptions import InvalidTableError
from hrtools_reco.files.chunks import FIRST_ROW, CompanyChunk
from hrtools_reco.files.csv_files import csv_chunks
from hrtools_reco.files.json_files import jsonl_chunks
from hrtools_reco.files.parquet_files import arrow_chunks, parquet_chunks, with_columns
from hrtools_reco.files.sheet_files import sheet_chunks

STANDARD = "-"
_Reader = Callable[[Any, str, int], Iterator[CompanyChunk]]
_READERS: dict[str, _Reader] = {
    ".csv": csv_chunks,
    ".tsv": csv_chunks,
    ".txt": csv_chunks,
    ".jsonl": jsonl_chunks,
    ".ndjson": jsonl_chunks,
    ".parquet": parquet_chunks,
    ".xlsx": sheet_chunks,
    ".xlsm": sheet_chunks,
}
_MOST_IN_MEMORY = 1 << 26
_STARTS = {b"PAR1": ".parquet", b"PK\x03\x04": ".xlsx"}


def read_companies_file(path: str | PathLike[str]) -> pd.DataFrame:
    r"""Read a whole file of firms as a table, ready for ``recommend_batch``.

    Parameters
    ----------
    path : path-like
        A ``.csv`` file (separated by comma, semicolon or tab; UTF-8 with or without a byte order mark,
        UTF-16 or Windows-1252; a first line ``sep=;`` is believed), a ``.parquet`` file (extra ``io``), a
        folder or a pattern of such files, a ``.jsonl`` file of one object a line, the first sheet of an
        ``.xlsx`` workbook (extra ``excel``), or ``"-"`` for standard input.

    Returns
    -------
    DataFrame
        One firm a row. Cells of a CSV file stay text, so that a code such as the IDCC ``"0018"`` keeps its
        zeros; ``recommend_batch`` reads numbers from it, decimal commas too. Blank rows are left out.

    Raises
    ------
    InvalidTableError
        If a row has more cells than the header, or bytes of another encoding.
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


def company_chunks(
    path: str | PathLike[str], chunk_size: int, *, arrow: bool = False
) -> Iterator[CompanyChunk]:
    """Read the firms of a source chunk by chunk.

    Parameters
    ----------
    path : path-like
        A source, as in ``read_companies_file``.
    chunk_size : int
        Most firms at a time.
    arrow : bool, default=False
        Whether the firms of Parquet files stay columns of Arrow.

    Returns
    -------
    iterator of CompanyChunk
        One chunk at least, maybe empty.
    """
    if isinstance(path, str | Path) and str(path) == STANDARD:
        return _standard_chunks(chunk_size)
    files = source_files(check_path("source", path))
    if len(files) == 1 and files[0] == Path(path):
        return _file_chunks(files[0], chunk_size, arrow=arrow)
    return _several_chunks(Path(path), files, chunk_size, arrow=arrow)


def source_files(path: str | PathLike[str]) -> list[Path]:
    """Return the files of a source, in order: itself, those of a folder, or those that fit a pattern.

    Parameters
    ----------
    path : path-like
        A file, a folder of Parquet files, or a pattern such as ``"firms/*.parquet"``.

    Returns
    -------
    list of Path
        At least one file, all of one kind.

    Raises
    ------
    InvalidValueError
        If there is no such file, or they are not of one kind that can be read.
    """
    source = check_path("source", path)
    if source.is_dir():
        found = sorted(file for file in source.rglob("*.parquet") if _is_data(file.relative_to(source)))
        if not found:
            raise invalid("source", "a folder that holds .parquet files", str(path))
        return found
    if source.is_file() or not glob.has_magic(str(path)):
        _reader(source)
        if not source.is_file():
            raise invalid("source", "a file that exists", str(path))
        return [source]
    found = [Path(name) for name in sorted(glob.glob(str(path), recursive=True)) if Path(name).is_file()]
    if not found:
        raise invalid("source", "a pattern that fits a file at least", str(path))
    if len({file.suffix.lower() for file in found}) > 1:
        raise invalid("source", "a pattern that fits files of one kind", [file.name for file in found])
    return found


def _is_data(path: Path) -> bool:
    """Tell whether a file of a folder is data: engines hide what is not."""
    return not any(part.startswith((".", "_")) for part in path.parts)


def _reader(path: Path) -> _Reader:
    """Return what reads a file of this name."""
    found = _READERS.get(path.suffix.lower())
    if found is None:
        hint = (
            "Save the sheet as .xlsx or as CSV."
            if path.suffix.lower() in (".xls", ".ods", ".numbers")
            else ""
        )
        raise invalid("source", f"a file whose name ends in {', '.join(_READERS)}", str(path), hint)
    return found


def _file_chunks(path: Path, chunk_size: int, *, arrow: bool) -> Iterator[CompanyChunk]:
    """Yield the firms of one file."""
    read = _reader(path)
    if read is parquet_chunks and arrow:
        read = arrow_chunks
    if read in (arrow_chunks, parquet_chunks, sheet_chunks):  # they open a file by themselves, and better
        yield from read(path, str(path), chunk_size)
        return
    try:
        with path.open("rb") as stream:
            yield from read(stream, str(path), chunk_size)
    except OSError as error:
        raise invalid("source", "a file that can be read", str(path), f"{error.strerror}.") from error


def _several_chunks(
    source: Path, files: Sequence[Path], chunk_size: int, *, arrow: bool
) -> Iterator[CompanyChunk]:
    """Yield the firms of several files; rows are counted on, as if the files were one."""
    read_before, n_files = 0, len(files)
    for at, file in enumerate(files):
        last = read_before
        keys = _folder_keys(file, source)
        for chunk in _file_chunks(file, chunk_size, arrow=arrow):
            rows = chunk.rows + read_before
            refused = tuple(replace(reject, row=reject.row + read_before) for reject in chunk.rejects)
            last = max(
                [last, *(row - FIRST_ROW + 1 for row in [*rows[-1:], *(reject.row for reject in refused)])]
            )
            companies = with_columns(chunk.companies, keys) if keys else chunk.companies
            yield CompanyChunk(
                companies=companies, rows=rows, rejects=refused, share=(at + chunk.share) / n_files
            )
        read_before = int(last)


def _folder_keys(file: Path, source: Path) -> dict[str, str]:
    """Return the columns that the folders of a partitioned data set tell: ``branch=textile``."""
    if not source.is_dir():
        return {}
    parts = [part.partition("=") for part in file.relative_to(source).parts[:-1]]
    return {unquote(name): unquote(value) for name, equals, value in parts if name and equals}


def _standard_chunks(chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms that come from standard input; the start of the bytes tells their kind."""
    with tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY) as stream:
        shutil.copyfileobj(sys.stdin.buffer, stream)
        stream.seek(0)
        start = stream.read(4)
        kind = ".jsonl" if start[:1] == b"{" else _STARTS.get(start, ".csv")
        stream.seek(0)
        yield from _READERS[kind](stream, "standard input", chunk_size)
