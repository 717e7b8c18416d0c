"""Tables of any kind: pandas as it is, others through Arrow, rows as dicts; and answers back in that kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.extras import extra_module

_FRAMES = "frames"
_MARKS = ("__arrow_c_stream__", "__narwhals_dataframe__", "__narwhals_lazyframe__", "collect", "execute")


@dataclass(frozen=True, kw_only=True)
class TableKind:
    """What a table was before it was read.

    Attributes
    ----------
    backend : object
        The library that it is of, as narwhals names it.
    key_type : object
        Type of its column ``company_id``; ``None`` without one.
    """

    backend: Any
    key_type: Any


# Rows as dicts, as they come from JSON.
ROWS_OF_DICTS = TableKind(backend="dicts", key_type=None)


def kind_of_rows(value: Any) -> TableKind | None:
    """Return the kind of a list of mappings; ``None`` for anything else."""
    is_list = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    return ROWS_OF_DICTS if is_list and all(isinstance(row, Mapping) for row in value) else None


def is_table(value: object) -> bool:
    """Tell whether a value is a table of any library, pandas or another; one column alone is none."""
    kind = type(value)
    if isinstance(value, pd.DataFrame):
        return True
    return any(hasattr(kind, mark) for mark in _MARKS) and not hasattr(kind, "to_frame")


def read_any_table(value: Any, name: str) -> tuple[pd.DataFrame, TableKind | None]:
    """Return a table as a pandas frame, and what it was; ``None`` for one that was pandas.

    Parameters
    ----------
    value : DataFrame, polars or Arrow table, or anything with the Arrow interface
        The table; a lazy one is collected.
    name : str
        Name that errors speak of.

    Returns
    -------
    frame : DataFrame
        The same columns and rows.
    kind : TableKind or None
        What ``as_it_came`` needs.

    Raises
    ------
    InvalidValueError
        If it is no table, or the extra ``frames`` is missing.
    """
    if isinstance(value, pd.DataFrame):
        return value, None
    narwhals = extra_module("narwhals.stable.v2", _FRAMES)
    arrow = extra_module("pyarrow", _FRAMES)
    try:
        table = narwhals.from_native(value, pass_through=True)
        if table is value:
            table = narwhals.from_arrow(value, backend="pyarrow")
        if isinstance(table, narwhals.LazyFrame):
            table = table.collect()
        columns = table.to_arrow()
    except (TypeError, ValueError, AttributeError, arrow.ArrowException) as error:
        right = "a table: pandas, polars, Arrow, or anything with the Arrow interface"
        raise invalid(name, right, type(value).__name__, f"{error}".partition("\n")[0]) from error
    key_type = table.schema.get(COMPANY_ID)
    return plain_frame(columns), TableKind(backend=table.implementation, key_type=key_type)


def frame_of_rows(rows: Sequence[Mapping[Any, Any]]) -> pd.DataFrame:
    """Return rows as a frame whose cells stay what they are; a cell that a row lacks is missing."""
    return pd.DataFrame(list(rows), dtype=object)  # no type is guessed, and no text is refused on the way


def as_pandas(value: Any, name: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table of any kind as a pandas frame; an empty list of dicts has the columns that are named."""
    if kind_of_rows(value) is None:
        return read_any_table(value, name)[0]
    return pd.DataFrame(list(value), columns=None if len(value) else list(columns))


def as_it_came(frame: pd.DataFrame, kind: TableKind | None) -> Any:
    """Return an answer as a table of the kind that came in, its keys of the type that came in.

    Parameters
    ----------
    frame : DataFrame
        The answer.
    kind : TableKind or None
        What ``read_any_table`` told.

    Returns
    -------
    DataFrame, table of another library, or list of dict
        The answer; ``frame`` itself for pandas.
    """
    if kind is None:
        return frame
    if kind is ROWS_OF_DICTS:
        return frame.astype(object).where(frame.notna(), None).to_dict("records")
    narwhals = extra_module("narwhals.stable.v2", _FRAMES)
    typed = {name: _typed(column) for name, column in frame.items()}
    table = narwhals.from_arrow(arrow_table(pd.DataFrame(typed)), backend=kind.backend)
    if kind.key_type is not None and COMPANY_ID in table.columns:
        table = table.with_columns(narwhals.col(COMPANY_ID).cast(kind.key_type))
    return table.to_native()


def _typed(column: pd.Series) -> pd.Series:
    """Return a column of objects with the type that its cells have in common, if they have one."""
    kinds = {"boolean": "boolean", "integer": "Int64", "floating": "float64"}
    inferred = pd.api.types.infer_dtype(column, skipna=True) if column.dtype == object else ""
    return column.astype(pd.api.types.pandas_dtype(kinds[inferred])) if inferred in kinds else column


def plain_frame(table: Any) -> pd.DataFrame:
    """Turn Arrow columns into a frame whose cells do not depend on what else is in the batch.

    Parameters
    ----------
    table : Table or RecordBatch
        Columns of pyarrow.

    Returns
    -------
    DataFrame
        The same columns; whole numbers with holes stay whole, categories become their texts.
    """
    frame: pd.DataFrame = table.to_pandas(integer_object_nulls=True, ignore_metadata=True)
    coded = frame.select_dtypes("category").columns
    return frame.astype({name: frame[name].cat.categories.dtype for name in coded})


def arrow_table(frame: pd.DataFrame) -> Any:
    """Turn a frame into an Arrow table whose types do not depend on its rows.

    Parameters
    ----------
    frame : DataFrame
        Columns of whole numbers, numbers, truth values or text; whatever else there is becomes text.

    Returns
    -------
    Table
        The same columns.
    """
    arrow = extra_module("pyarrow", "io")
    kinds = {
        "i": arrow.int64(),
        "u": arrow.int64(),
        "f": arrow.float64(),
        "b": arrow.bool_(),
    }
    columns, fields = [], []
    for name, dtype in frame.dtypes.items():
        kind = kinds.get(getattr(dtype, "kind", "O"), arrow.string())
        cells = frame[name].map(str, na_action="ignore") if kind == arrow.string() else frame[name]
        columns.append(arrow.array(cells, kind, from_pandas=True))
        fields.append((str(name), kind))
    return arrow.table(columns, schema=arrow.schema(fields))
