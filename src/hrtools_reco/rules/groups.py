"""Numbers for firms that are alike, so that a rule tests each kind of firm once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

_LARGEST_CODE = 2**62


def combine_codes(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Give a number to each distinct row of columns; also return where each comes first."""
    combined, n_codes = np.zeros(len(columns[0]), dtype=np.int64), 1
    if len(combined) == 1:
        return combined, combined
    for column in columns:
        own, n_own = _whole_numbers(column)
        if n_codes * n_own > _LARGEST_CODE:
            combined, kinds = pd.factorize(combined)
            n_codes = len(kinds)
        combined, n_codes = combined * n_own + own, n_codes * n_own
    codes, kinds = pd.factorize(combined)
    firsts = np.empty(len(kinds), dtype=np.int64)
    firsts[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, firsts


def _whole_numbers(column: np.ndarray) -> tuple[np.ndarray, int]:
    """Write a column as numbers from 0, and return a bound that none of them reaches."""
    if column.dtype.kind in "iub":
        low, high = int(column.min()), int(column.max())
        if high - low < 2**31:
            return column.astype(np.int64) - low, high - low + 1
    codes, values = pd.factorize(column, use_na_sentinel=False)
    return codes, max(len(values), 1)


def bit_codes(flags: np.ndarray) -> np.ndarray:
    """Give a number to each row of a table of truth values by what stands in them."""
    codes = np.zeros(len(flags), dtype=np.int64)
    if not len(flags) or (flags.strides[0] == 0 and not flags[0].any()):  # one row that stands for all
        return codes
    rows = np.flatnonzero(flags.any(axis=1))
    if len(rows):
        packed = np.packbits(flags[rows], axis=1)
        words = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.int64)
        codes[rows] = combine_codes(list(words[:, words.any(axis=0)].T))[0] + 1
    return codes
