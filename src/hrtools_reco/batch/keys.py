"""The keys of the firms that were read so far, in twelve bytes each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.files import firm_frame
from hrtools_reco.firms.readers import TableReader

_HASH_KEYS = ("hrtools_reco/key", "hrtools_reco/two")  # of sixteen bytes


class SeenKeys:
    """Tells which firms of a chunk have the key of a firm of an earlier one.

    Keys are kept as 96 bits of SipHash: of ten million different keys, two share them once in 10**15 files.
    Runs of sorted numbers are merged when they have grown alike, so that each is copied a few times only.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []

    def repeated(self, companies: Any) -> np.ndarray:
        """Return the rows of a chunk whose key was seen before, and remember all its keys.

        Parameters
        ----------
        companies : DataFrame or Table
            The chunk.

        Returns
        -------
        ndarray of int
            Rows, from 0.
        """
        names = companies.columns if isinstance(companies, pd.DataFrame) else companies.column_names
        if list(names).count(COMPANY_ID) != 1:
            return np.empty(0, dtype=np.int64)  # the table is refused when it is read
        if isinstance(companies, pd.DataFrame):
            cells = companies[[COMPANY_ID]]
        else:
            cells = firm_frame(companies.select([COMPANY_ID]))
        texts = TableReader(cells, {}).keys(COMPANY_ID)[1]
        if texts.dtype != object:  # of numbers, the text is what is compared
            texts = texts.astype(str).astype(object)
        rows = np.flatnonzero(pd.notna(texts))
        first, second = (
            pd.util.hash_array(texts[rows], hash_key=key, categorize=False) for key in _HASH_KEYS
        )
        second = second.astype(np.uint32)
        found = np.zeros(len(rows), dtype=bool)
        for seen, beside in self._runs:
            at = np.minimum(np.searchsorted(seen, first), len(seen) - 1)
            found |= (seen[at] == first) & (beside[at] == second)
        self._remember(first[~found], second[~found])
        return rows[found]

    def _remember(self, first: np.ndarray, second: np.ndarray) -> None:
        """Add keys as a run, and merge runs of like length."""
        order = np.argsort(first)
        if len(order):
            self._runs.append((first[order], second[order]))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
            (long, long_beside), (short, short_beside) = self._runs[-2], self._runs.pop()
            at = np.searchsorted(long, short)
            self._runs[-1] = (np.insert(long, at, short), np.insert(long_beside, at, short_beside))
