"""Exact contributions: what each block of features gives to a score."""

from __future__ import annotations

import numpy as np

from hrtools_reco.model import BASE, BLOCKS, HISTORY, LinearModel, ProfileEncoder

_PAIRS = 2048  # pairs whose products stay in the cache


class Explainer:
    """Split scores into contributions.

    Parameters
    ----------
    encoder : ProfileEncoder
        Encoder of the profiles.
    model : LinearModel
        Weights of the model, in points.

    Attributes
    ----------
    sources : tuple of str
        Sources of features, in order; the last one is history.
    """

    def __init__(self, encoder: ProfileEncoder, model: LinearModel) -> None:
        self._model = model
        self._weights = np.ascontiguousarray(model.prior.T)
        blocks = [feature.block for feature in encoder.features]
        sources = [feature.source for feature in encoder.features]
        self._starts = [i for i, name in enumerate(sources) if i == 0 or sources[i - 1] != name]
        self.sources = (*(sources[start] for start in self._starts), HISTORY)
        self._source_of = np.cumsum(np.isin(np.arange(len(sources)), self._starts)) - 1
        of_source = [*(blocks[start] for start in self._starts), HISTORY]
        self._member = np.array([[block == name for name in BLOCKS] for block in of_source], dtype=float)

    def by_source(self, encoded: np.ndarray, installed: np.ndarray, tools: np.ndarray) -> np.ndarray:
        """Sum the contributions of each source of features; the last one is history.

        Parameters
        ----------
        encoded : ndarray of shape (n_pairs, n_features)
            Profile of each pair.
        installed : ndarray of bool of shape (n_pairs, n_tools)
            Tools in place at the firm of each pair.
        tools : ndarray of int of shape (n_pairs,)
            Tool of each pair.

        Returns
        -------
        ndarray of shape (n_pairs, n_sources)
            Points.
        """
        summed = np.add.reduceat(encoded * self._weights[tools], self._starts, axis=1)
        return np.column_stack([summed, self._model.history_points(encoded, installed, tools)])

    def by_block(
        self, encoded: np.ndarray, installed: np.ndarray, rows: np.ndarray, tools: np.ndarray
    ) -> np.ndarray:
        """Sum the contributions of each block, without those of its sources.

        Parameters
        ----------
        encoded : ndarray of shape (n_firms, n_features)
            Profiles.
        installed : ndarray of bool of shape (n_firms, n_tools)
            Tools in place.
        rows, tools : ndarray of int of shape (n_pairs,)
            Firm and tool of each pair.

        Returns
        -------
        ndarray of shape (n_pairs, 7)
            Points, before a score is cut off at 0 or 100.
        """
        weights = self._weights.astype(encoded.dtype)
        of_block = self._member[self._source_of].astype(encoded.dtype)
        points = np.empty((len(rows), len(BLOCKS)))
        for start in range(0, len(rows), _PAIRS):
            some = slice(start, start + _PAIRS)
            products = np.take(encoded, rows[some], axis=0)
            products *= np.take(weights, tools[some], axis=0)
            points[some] = products @ of_block
        if self._model.history is not None:
            learnt = self._model.history_points(encoded[rows], installed[rows], tools)
            points[:, BLOCKS.index(HISTORY)] += learnt
        return points

    def blocks(self, sources: np.ndarray) -> np.ndarray:
        """Sum the points of each block, of shape (n_pairs, 7), before a score is cut off at 0 or 100."""
        blocks: np.ndarray = sources @ self._member
        return blocks

    @staticmethod
    def contributions(blocks: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Return the points of each block with what was cut off taken from ``base``.

        Parameters
        ----------
        blocks : ndarray of shape (n_pairs, 7)
            Points of each block before a score is cut off.
        scores : ndarray of shape (n_pairs,)
            Scores, cut off at 0 and at 100.

        Returns
        -------
        ndarray of shape (n_pairs, 7)
            Points by block, in the order of ``BLOCKS``; each row sums to its score.
        """
        points = blocks.copy()
        points[:, BLOCKS.index(BASE)] += scores - blocks.sum(axis=1)
        return points
