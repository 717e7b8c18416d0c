"""Some consecutive rows of a file, and what is left out of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hrtools_reco.exceptions import Reject

FIRST_ROW = 2  # as a spreadsheet counts: the header is row 1
WHOLE_ROW = "(row)"


@dataclass(frozen=True, kw_only=True)
class CompanyChunk:
    """Some consecutive firms of a file.

    Attributes
    ----------
    companies : DataFrame or Table
        The firms; every cell of a CSV file is text, or ``None`` where it is empty. Columns of Arrow if those
        of a Parquet file were asked for.
    rows : ndarray of int of shape (n_firms,)
        Row of each firm in the file, as a spreadsheet counts: the header is row 1.
    rejects : tuple of Reject
        Rows that cannot be split into the columns of the header.
    share : float
        Share of the file that has been read, from 0 to 1.
    """

    companies: Any
    rows: np.ndarray
    rejects: tuple[Reject, ...]
    share: float


def empty_chunk(companies: Any) -> CompanyChunk:
    """Return a file without firms."""
    return CompanyChunk(companies=companies, rows=np.empty(0, dtype=int), rejects=(), share=1.0)
