"""Draw firms again and again: bootstrap means and percentile intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hrtools_reco._checks import check_count, check_number, invalid
from hrtools_reco.metrics import FloatArray

FEWEST_FIRMS = 10  # under this number an interval would promise too much


def bootstrap_means(
    values: ArrayLike, *, weights: ArrayLike | None = None, n_boot: int = 1000, random_state: int = 0
) -> FloatArray:
    """Draw firms with replacement and average each column again.

    All columns are averaged over the same draws, so a difference of two columns is a paired one.

    Parameters
    ----------
    values : array-like of shape (n_firms, n_columns)
        Figures per firm; NaN is left out of the mean of its column.
    weights : array-like of shape (n_firms, n_columns), default=None
        How much a figure counts, at least 0. None weights all alike.
    n_boot : int, default=1000
        Number of draws.
    random_state : int, default=0
        Seed.

    Returns
    -------
    ndarray of shape (n_boot, n_columns)
        Means, NaN where a draw holds no figure.

    Examples
    --------
    >>> bootstrap_means([[0.0, 2.0], [1.0, 2.0]], n_boot=3).shape
    (3, 2)
    """
    table = np.asarray(values, dtype=float)
    if table.ndim != 2 or not len(table):
        raise invalid(
            "values", "numbers of shape (n_firms, n_columns), at least one firm", f"shape {table.shape}"
        )
    counted = np.where(np.isnan(table), 0.0, 1.0 if weights is None else np.asarray(weights, dtype=float))
    sums = resampled_sums(np.hstack([np.nan_to_num(table) * counted, counted]), n_boot, random_state)
    width = table.shape[1]
    means: FloatArray = np.divide(
        sums[:, :width], sums[:, width:], out=np.full((len(sums), width), np.nan), where=sums[:, width:] > 0
    )
    return means


def resampled_sums(values: FloatArray, n_boot: int, random_state: int) -> FloatArray:
    """Sum the rows of many draws with replacement, a block of draws at a time."""
    rng, n_rows = np.random.default_rng(random_state), len(values)
    left, block, parts = check_count("n_boot", n_boot), max(1, 2_000_000 // n_rows), []
    while left > 0:
        n_draws = min(block, left)
        drawn = rng.integers(n_rows, size=(n_draws, n_rows)) + n_rows * np.arange(n_draws)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=n_draws * n_rows).reshape(n_draws, n_rows)
        parts.append(counts.astype(float) @ values)
        left -= n_draws
    return np.vstack(parts)


def interval(draws: FloatArray, level: float) -> FloatArray:
    """Take the percentile interval of each column."""
    inside = check_number("level", level, 0.0, 1.0)
    bounds: FloatArray = np.nanquantile(draws, [(1 - inside) / 2, (1 + inside) / 2], axis=0)
    return bounds
