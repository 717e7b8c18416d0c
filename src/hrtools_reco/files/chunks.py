"""Some consecutive rows of a file, and what is left out of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco.exceptions import Reject

FIRST_ROW = 2  # as a spreadsheet counts: the header is row 1
WHOLE_ROW = "(row)"


@dataclass(frozen=True, kw_only=True)
class CompanyChunk:
    """Some consecutive firms of a file.

    Attributes
    ----------
    companies : DataFrame
        The firms; every cell of a CSV file is text, or ``None`` where it is empty.
    rows : ndarray of int of shape (n_firms,)
        Row of each firm in the file, as a spreadsheet counts: the header is row 1.
    rejects : tuple of Reject
        Rows that cannot be split into the columns of the header.
    share : float
        Share of the file that has been read, from 0 to 1.
    """

    companies: pd.DataFrame
    rows: np.ndarray
    rejects: tuple[Reject, ...]
    share: float


def empty_chunk(frame: pd.DataFrame) -> CompanyChunk:
    """Return a file without firms."""
    return CompanyChunk(companies=frame, rows=np.empty(0, dtype=int), rejects=(), share=1.0)
