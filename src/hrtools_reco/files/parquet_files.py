"""Read Parquet files, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from hrtools_reco._checks import invalid
from hrtools_reco.extras import extra_module
from hrtools_reco.files.chunks import FIRST_ROW, CompanyChunk, empty_chunk
from hrtools_reco.tables import plain_frame


def parquet_chunks(source: Path | BinaryIO, name: str, chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of a Parquet file.

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
        The firms.
    """
    arrow, parquet = extra_module("pyarrow", "io"), extra_module("pyarrow.parquet", "io")
    try:
        with parquet.ParquetFile(source) as file:
            n_rows, start = file.metadata.num_rows, 0
            for batch in file.iter_batches(batch_size=chunk_size):
                frame = plain_frame(batch)
                rows = np.arange(start, start + len(frame)) + FIRST_ROW
                start += len(frame)
                yield CompanyChunk(companies=frame, rows=rows, rejects=(), share=start / n_rows)
            if not start:
                yield empty_chunk(plain_frame(file.schema_arrow.empty_table()))
    except (arrow.ArrowException, OSError) as error:
        raise invalid("source", "a Parquet file", name, str(error).partition("\n")[0]) from error
