"""Columns of an answer, with text held once: as pandas or as Arrow without a step of Python for each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from hrtools_reco.columns import (
    CERTAINTY,
    COMPANY_ID,
    CONTRIBUTION_PREFIX,
    N_FIT,
    N_TO_CHECK,
    RANK,
    REASONS,
    SCORE,
    STATUS,
    TOOL_ID,
)
from hrtools_reco.model import BLOCKS


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A column as positions in its values.

    Attributes
    ----------
    values : ndarray of shape (n_values,)
        Values.
    codes : ndarray of int of shape (n_rows,)
        Position of the value of each row.
    """

    values: np.ndarray
    codes: np.ndarray


Columns: TypeAlias = "Mapping[str, Coded | np.ndarray]"

_ALWAYS = (COMPANY_ID, RANK, TOOL_ID, SCORE, STATUS, N_FIT, N_TO_CHECK, CERTAINTY)


def answer_columns(
    found: Columns, contributions: np.ndarray | None = None, reasons: list[str] | None = None
) -> dict[str, Coded | np.ndarray]:
    """Put the columns of an answer in their order: the one place where this is done.

    Parameters
    ----------
    found : mapping of str to Coded or ndarray
        ``company_id, rank, tool_id, score, status, n_fit, n_to_check, certainty``.
    contributions : ndarray of shape (n_recommendations, 7), optional
        Points by block.
    reasons : list of str, optional
        Reasons of each recommendation, in one text.

    Returns
    -------
    dict of str to Coded or ndarray
        The columns.
    """
    columns = {name: found[name] for name in _ALWAYS}
    if contributions is not None:
        points = np.ascontiguousarray(contributions.T)
        columns |= {CONTRIBUTION_PREFIX + block: points[at] for at, block in enumerate(BLOCKS)}
    if reasons is not None:
        codes, values = pd.factorize(np.array(reasons, dtype=object))
        columns[REASONS] = Coded(values=values, codes=codes)
    return columns


def frame_of(columns: Columns) -> pd.DataFrame:
    """Return columns as a plain frame.

    Parameters
    ----------
    columns : mapping of str to Coded or ndarray
        The columns, of one length.

    Returns
    -------
    DataFrame
        Each coded column has the type that pandas gives its values.
    """
    return pd.DataFrame({name: _pandas_column(column) for name, column in columns.items()})


def _pandas_column(column: Coded | np.ndarray) -> Any:
    """Return a column as an array of pandas."""
    if isinstance(column, Coded):
        return pd.Series(column.values).array.take(column.codes)
    return column
