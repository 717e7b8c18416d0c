"""Exact contributions: what each block of features gives to a score."""

from __future__ import annotations

import numpy as np

from hrtools_reco.model import BASE, BLOCKS, HISTORY, LinearModel, ProfileEncoder


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

    def blocks(self, sources: np.ndarray) -> np.ndarray:
        """Sum the points of each block, of shape (n_pairs, 7), before a score is cut off at 0 or 100."""
        blocks: np.ndarray = sources @ self._member
        return blocks

    def contributions(self, sources: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Sum the contributions of each block.

        Parameters
        ----------
        sources : ndarray of shape (n_pairs, n_sources)
            Contributions by source.
        scores : ndarray of shape (n_pairs,)
            Scores; what is cut off at 0 or at 100 is taken from ``base``.

        Returns
        -------
        ndarray of shape (n_pairs, 7)
            Points by block, in the order of ``BLOCKS``; each row sums to its score.
        """
        blocks = self.blocks(sources)
        blocks[:, BLOCKS.index(BASE)] += scores - blocks.sum(axis=1)
        return blocks
