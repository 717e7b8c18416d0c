"""Firms of the history that are like another one, and the tools that they use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from hrtools_reco.columns import COMPANY_ID, LIST_SEPARATOR


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The firms of the history.

    Attributes
    ----------
    company_id : ndarray of shape (n_firms,)
        Keys of the firms.
    encoded : ndarray of shape (n_firms, n_features)
        The firms as vectors.
    adopted : sparse array of shape (n_firms, n_tools)
        What they adopted.
    """

    company_id: np.ndarray
    encoded: np.ndarray
    adopted: sparse.csr_array

    def nearest(self, encoded: np.ndarray, n: int, tool_ids: Sequence[str]) -> pd.DataFrame:
        """Return the n most similar firms; equal similarities are ordered by ``company_id``."""
        from sklearn.metrics.pairwise import cosine_similarity  # few ask for it, and it takes long to load

        similarity = cosine_similarity(encoded, self.encoded)[0].round(12)
        best = np.lexsort((self.company_id.astype(str), -similarity))[:n]
        names = np.array(tool_ids, dtype=object)
        used = [LIST_SEPARATOR.join(names[self.adopted[[row]].nonzero()[1]]) for row in best]
        return pd.DataFrame(
            {COMPANY_ID: self.company_id[best], "similarity": similarity[best], "tools": used}
        )
