"""Read Parquet files, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.extras import extra_module
from hrtools_reco.files.chunks import FIRST_ROW, CompanyChunk, empty_chunk
from hrtools_reco.tables import plain_frame


def parquet_chunks(source: Path | BinaryIO, name: str, chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of a Parquet file, as frames of plain cells.

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
    for chunk in arrow_chunks(source, name, chunk_size):
        yield replace(chunk, companies=plain_frame(chunk.companies))


def arrow_chunks(source: Path | BinaryIO, name: str, chunk_size: int) -> Iterator[CompanyChunk]:
    """Yield the firms of a Parquet file, as the columns of Arrow that are read.

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
                rows = np.arange(start, start + batch.num_rows) + FIRST_ROW
                start += batch.num_rows
                table = arrow.Table.from_batches([batch])
                yield CompanyChunk(companies=table, rows=rows, rejects=(), share=start / n_rows)
            if not start:
                yield empty_chunk(file.schema_arrow.empty_table())
    except (arrow.ArrowException, OSError) as error:
        raise invalid("source", "a Parquet file", name, str(error).partition("\n")[0]) from error


def firm_frame(table: Any) -> pd.DataFrame:
    """Turn Arrow columns of firms into a frame that is read by column, without an object for each cell.

    Text becomes codes, numbers and truth values keep their types, holes included; keys are the one column
    of objects. Whatever else there is becomes plain cells.

    Parameters
    ----------
    table : Table
        Columns of pyarrow, which may hold a name twice.

    Returns
    -------
    DataFrame
        The same columns and rows.
    """
    columns = [_column(name, table.column(at)) for at, name in enumerate(table.column_names)]
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(table.num_rows), copy=False)
    frame.columns = pd.Index(table.column_names, dtype=object)
    return frame


def _column(name: str, cells: Any) -> Any:
    """Return one column in the type that is read fastest."""
    arrow = extra_module("pyarrow", "io")
    kinds = arrow.types
    if kinds.is_string(cells.type) or kinds.is_large_string(cells.type):
        if name == COMPANY_ID:
            return pd.Series(cells.to_numpy(), dtype=object)
        return cells.combine_chunks().dictionary_encode().to_pandas()
    if kinds.is_float64(cells.type):
        return cells.to_numpy()
    if kinds.is_boolean(cells.type):
        return cells.to_pandas(types_mapper={cells.type: pd.BooleanDtype()}.get)
    if kinds.is_signed_integer(cells.type) and cells.null_count and name != COMPANY_ID:
        return cells.cast(arrow.int64()).to_pandas(types_mapper={arrow.int64(): pd.Int64Dtype()}.get)
    return plain_frame(arrow.table({name: cells}))[name].array


def with_columns(companies: Any, cells: Mapping[str, str]) -> Any:
    """Return a table of pandas or Arrow with some columns of one text each, in place of any of that name."""
    if isinstance(companies, pd.DataFrame):
        return companies.assign(**cells)
    arrow = extra_module("pyarrow", "io")
    table = companies
    for name, cell in cells.items():
        column = arrow.repeat(arrow.scalar(cell, arrow.string()), table.num_rows)
        at = table.schema.get_field_index(name)
        table = table.append_column(name, column) if at < 0 else table.set_column(at, name, column)
    return table
