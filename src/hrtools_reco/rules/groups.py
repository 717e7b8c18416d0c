"""Numbers for firms that are alike, so that a rule tests each kind of firm once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def combine_codes(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Give a number to each distinct row of integer columns; also return where each comes first."""
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    if len(combined) == 1:
        return combined, combined
    for column in columns:
        own, values = pd.factorize(column)
        combined, _ = pd.factorize(combined * max(len(values), 1) + own)
    firsts = np.flatnonzero(~pd.Series(combined).duplicated().to_numpy())
    return combined, firsts


def bit_codes(flags: np.ndarray) -> np.ndarray:
    """Give a number to each row of a table of truth values by what stands in them."""
    used = np.flatnonzero(flags.any(axis=0))
    parts = [flags[:, used[start : start + 62]] for start in range(0, len(used), 62)]
    columns = [part @ (1 << np.arange(part.shape[1], dtype=np.int64)) for part in parts]
    return combine_codes(columns)[0] if columns else np.zeros(len(flags), dtype=np.int64)
