"""Read files of one JSON object a line, chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.exceptions import Reject
from hrtools_reco.files.chunks import WHOLE_ROW, CompanyChunk, empty_chunk


def jsonl_chunks(raw: BinaryIO, name: str, chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of a file of JSON lines, whose keys are the columns of a table of firms.

    Parameters
    ----------
    raw : BinaryIO
        The file, from which one can read again from the start.
    name : str
        Name that errors speak of.
    chunk_size : int
        Most firms at a time.

    Yields
    ------
    CompanyChunk
        The firms; lines that are no object are among the rejects. ``rows`` counts lines from 1.
    """
    size = max(raw.seek(0, 2), 1)
    raw.seek(0)
    lines = ((row, line.strip()) for row, line in enumerate(raw, start=1))
    filled = ((row, line) for row, line in lines if line)
    n_chunks = 0
    while some := list(islice(filled, chunk_size)):
        read = [(row, _object(row, line)) for row, line in some]
        objects = [(row, value) for row, value in read if isinstance(value, dict)]
        if not n_chunks and not objects:
            raise invalid("source", "a file of JSON objects, one a line", name)
        yield CompanyChunk(
            companies=pd.DataFrame.from_records([value for _, value in objects]).astype(object),
            rows=np.array([row for row, _ in objects], dtype=int),
            rejects=tuple(value for _, value in read if isinstance(value, Reject)),
            share=min(raw.tell() / size, 1.0),
        )
        n_chunks += 1
    if not n_chunks:
        yield empty_chunk(pd.DataFrame())


def _object(row: int, line: bytes) -> dict[str, Any] | Reject:
    """Read one line, or refuse it."""
    try:
        value = json.loads(line)
        if b"\\ud" in line.lower():  # half a surrogate pair is no text
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    shown = line[:200].decode("utf-8", "backslashreplace")
    error = invalid("row", "a JSON object", shown)
    return Reject(row=row, column=WHOLE_ROW, value=shown, message=str(error))
