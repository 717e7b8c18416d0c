"""Ridge on a table of pairs, with a covariance of its rows and one of its columns."""

from __future__ import annotations

import numpy as np

from hrtools_reco.exceptions import CatalogError

# Solved to a thousandth of the step to which weights are rounded.
_TOLERANCE = 1e-8
_MAX_ROUNDS = 500


def two_way_ridge(
    rows: np.ndarray, columns: np.ndarray, target: np.ndarray, weight: np.ndarray, penalty: float
) -> np.ndarray:
    """Solve a weighted ridge whose covariance is rows ⊗ columns, on the pairs of positive weight.

    Conjugate gradients, preconditioned by the ridge in which all pairs of a row weigh alike: that one has a
    closed form.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_rows)
        Covariance of the rows.
    columns : ndarray of shape (n_columns, n_columns)
        Covariance of the columns.
    target : ndarray of shape (n_rows, n_columns)
        What is to be explained.
    weight : ndarray of shape (n_rows, n_columns)
        Weight of each pair, at least 0; one of weight 0 teaches nothing.
    penalty : float
        Penalty, in units of one pair of weight 1, above 0.

    Returns
    -------
    ndarray of shape (n_rows, n_columns)
        Dual coefficients A: the fit is rows · A · columns.

    Raises
    ------
    CatalogError
        If the ridge does not converge.
    """
    root = np.sqrt(weight)
    level = root.max(axis=1, keepdims=True, initial=0.0)
    row_values, row_vectors = np.linalg.eigh(level * rows * level.T)
    column_values, column_vectors = np.linalg.eigh(columns)
    shrink = 1.0 / (np.outer(np.maximum(row_values, 0.0), np.maximum(column_values, 0.0)) + penalty)

    def solved_alike(residual: np.ndarray) -> np.ndarray:
        """Solve the ridge of equal weights."""
        inner = row_vectors.T @ residual @ column_vectors
        return np.where(root > 0, row_vectors @ (inner * shrink) @ column_vectors.T, 0.0)

    solution = np.zeros_like(target)
    residual = root * target
    least = _TOLERANCE * np.linalg.norm(residual)
    direction = better = solved_alike(residual)
    gain = float(np.vdot(residual, better))
    for _ in range(_MAX_ROUNDS):
        if np.linalg.norm(residual) <= least:
            return root * solution
        applied = root * (rows @ (root * direction) @ columns) + penalty * direction
        step = gain / float(np.vdot(direction, applied))
        solution = solution + step * direction
        residual = residual - step * applied
        better = solved_alike(residual)
        gain, before = float(np.vdot(residual, better)), gain
        direction = better + gain / before * direction
    raise CatalogError("prior_freedom.csv: the ridge of the graded firms must converge; raise the penalty.")
