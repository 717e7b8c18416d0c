"""The honest baselines: random, popularity, popularity in the segment, neighbours, rules, prior."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hrtools_reco import metrics
from hrtools_reco._checks import check_count, check_number, invalid
from hrtools_reco.columns import BRANCH, COMPANY_ID
from hrtools_reco.evaluation.contracts import FrameRecommender, FromFrame, Recommender
from hrtools_reco.evaluation.segments import SIZE, segment_of
from hrtools_reco.evaluation.splits import draws_of_firms
from hrtools_reco.metrics import FloatArray, IntArray


def cells(
    name: str, table: pd.DataFrame | None, rows: pd.Index[Any], columns: pd.Index[Any] | None = None
) -> Any:
    """Read a table at the rows and columns asked for: all must be there."""
    if table is None:
        return None
    wanted = table.columns if columns is None else columns
    for asked, there in ((rows, table.index), (wanted, table.columns)):
        missing = asked.difference(there)
        if len(missing):
            raise invalid(name, f"a table that holds {missing[0]!r}", f"shape {table.shape}")
    return table.loc[rows, wanted].to_numpy()


class _Baseline(BaseEstimator, ABC):
    """Rank by a score among the tools that are eligible and not known."""

    eligible: pd.DataFrame | None

    def rank(self, profiles: pd.DataFrame, known: pd.DataFrame, k: int) -> IntArray:
        """List the tools of the best scores.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row.
        known : DataFrame of shape (n_firms, n_tools)
            What is known of their tools: these are not listed.
        k : int
            Length of a list.

        Returns
        -------
        ndarray of int of shape (n_firms, k)
            Positions of columns of ``known``, best first, -1 where a list is shorter.
        """
        allowed = known.to_numpy() <= 0
        if self.eligible is not None:
            allowed &= cells("eligible", self.eligible, known.index, known.columns).astype(bool)
        return metrics.rank_scores(self._scores(profiles, known), k=k, eligible=allowed)

    @abstractmethod
    def _scores(self, profiles: pd.DataFrame, known: pd.DataFrame) -> FloatArray:
        """Score every firm and tool."""


class RandomBaseline(_Baseline):
    """Rank at random; with ``eligible`` it is the rules alone.

    Parameters
    ----------
    eligible : DataFrame of bool of shape (n_firms, n_tools), default=None
        What the rules allow, ``company_id`` as index, a column per tool. None allows all.
    random_state : int, default=0
        Seed. A firm gets the same order alone and among others.

    Examples
    --------
    >>> firms = pd.DataFrame({"company_id": ["f1"]})
    >>> known = pd.DataFrame([[1, 0]], index=["f1"], columns=["a", "b"])
    >>> RandomBaseline().fit(firms, known).rank(firms, known, k=2)
    array([[ 1, -1]])
    """

    def __init__(self, *, eligible: pd.DataFrame | None = None, random_state: int = 0) -> None:
        self.eligible = eligible
        self.random_state = random_state

    def fit(self, profiles: pd.DataFrame, adoptions: pd.DataFrame) -> RandomBaseline:
        """Learn nothing.

        Parameters
        ----------
        profiles : DataFrame
            Not read.
        adoptions : DataFrame
            Not read.

        Returns
        -------
        RandomBaseline
            Itself.
        """
        return self

    def _scores(self, profiles: pd.DataFrame, known: pd.DataFrame) -> FloatArray:
        """Draw a number for every firm and tool."""
        return draws_of_firms(known.index, known.shape[1], self.random_state)


class PopularityBaseline(_Baseline):
    """Rank by the share of firms that have a tool, among all or among those of the same segment.

    Parameters
    ----------
    by : sequence of str, default=()
        Segments as :func:`segment_of` knows them; the firms that share all of them are one group.
    smoothing : float, default=10
        Number of average firms that are added to each group, so that a small group leans on all firms.
    eligible : DataFrame of bool of shape (n_firms, n_tools), default=None
        What the rules allow, ``company_id`` as index, a column per tool. None allows all.

    Examples
    --------
    >>> firms = pd.DataFrame({"company_id": ["f1", "f2"], "branch": ["laundry", "shoes"]})
    >>> adoptions = pd.DataFrame([[1, 0], [1, 1]], index=["f1", "f2"], columns=["a", "b"])
    >>> PopularityBaseline().fit(firms, adoptions).rank(firms, adoptions * 0, k=1)
    array([[0],
           [0]])
    """

    def __init__(
        self, *, by: Sequence[str] = (), smoothing: float = 10.0, eligible: pd.DataFrame | None = None
    ) -> None:
        self.by = by
        self.smoothing = smoothing
        self.eligible = eligible

    def fit(
        self, profiles: pd.DataFrame, adoptions: pd.DataFrame, shown: pd.DataFrame | None = None
    ) -> PopularityBaseline:
        """Count who has what.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row.
        adoptions : DataFrame of shape (n_firms, n_tools)
            Grades of the same firms.
        shown : DataFrame of bool of shape (n_firms, n_tools), default=None
            Tools that each firm could see: shares are of those that saw a tool, and a tool that few saw leans
            on the share of all tools as a small group does on all firms. None counts all firms.

        Returns
        -------
        PopularityBaseline
            Itself.
        """
        smoothing = check_number("smoothing", self.smoothing, 0.0, unit="of firms")
        everywhere = pd.DataFrame(1.0, index=adoptions.index, columns=adoptions.columns)
        seen = everywhere if shown is None else shown.astype(float)
        taken = adoptions * seen
        self.share_ = taken.mean()
        if shown is not None:
            usual = taken.to_numpy().sum() / max(seen.to_numpy().sum(), 1.0)
            share = (taken.sum() + smoothing * usual) / (seen.sum() + smoothing)
            self.share_ = share.fillna(usual)  # without smoothing, what no firm saw has none of its own
        if self.by:
            groups = self._groups(profiles)
            added = smoothing * self.share_
            self.group_share_ = (taken.groupby(groups).sum() + added) / (
                seen.groupby(groups).sum() + smoothing
            )
        return self

    def _groups(self, profiles: pd.DataFrame) -> Any:
        """Name the group of each firm."""
        first, *others = (segment_of(profiles, name) for name in self.by)
        return first.str.cat(pd.concat(others, axis=1), sep=" × ").to_numpy() if others else first.to_numpy()

    def _scores(self, profiles: pd.DataFrame, known: pd.DataFrame) -> FloatArray:
        """Read the share of each tool in the group of each firm."""
        overall = np.tile(self.share_.to_numpy(), (len(profiles), 1))
        if not self.by:
            return overall
        found = self.group_share_.reindex(self._groups(profiles)).to_numpy()
        return np.where(np.isnan(found), overall, found)


class NeighboursBaseline(_Baseline):
    """Rank by what the firms of the nearest profiles have.

    Parameters
    ----------
    n_neighbors : int, default=30
        Number of firms, cut to those there are.
    eligible : DataFrame of bool of shape (n_firms, n_tools), default=None
        What the rules allow, ``company_id`` as index, a column per tool. None allows all.

    Examples
    --------
    >>> firms = pd.DataFrame({"company_id": ["f1", "f2"], "headcount": [5, 200]})
    >>> adoptions = pd.DataFrame([[1, 0], [0, 1]], index=["f1", "f2"], columns=["a", "b"])
    >>> NeighboursBaseline(n_neighbors=1).fit(firms, adoptions).rank(firms, adoptions * 0, k=1)
    array([[0],
           [1]])
    """

    def __init__(self, *, n_neighbors: int = 30, eligible: pd.DataFrame | None = None) -> None:
        self.n_neighbors = n_neighbors
        self.eligible = eligible

    def fit(self, profiles: pd.DataFrame, adoptions: pd.DataFrame) -> NeighboursBaseline:
        """Keep the firms: numbers standardised, names one-hot, a missing number at the median and marked.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row; every column but ``company_id`` is used.
        adoptions : DataFrame of shape (n_firms, n_tools)
            Grades of the same firms.

        Returns
        -------
        NeighboursBaseline
            Itself.
        """
        features = _features(profiles)
        if features.empty:
            raise invalid("profiles", f"a table with a column beside {COMPANY_ID}", list(profiles.columns))
        numbers = features.select_dtypes("number").columns
        impute = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
        names = features.columns.difference(numbers)
        self.encoder_ = ColumnTransformer(
            [
                ("numbers", make_pipeline(impute, StandardScaler()), numbers),
                ("names", OneHotEncoder(handle_unknown="ignore", sparse_output=False), names),
            ]
        )
        nearest = min(check_count("n_neighbors", self.n_neighbors, unit="of firms"), len(features))
        self.neighbors_ = NearestNeighbors(n_neighbors=nearest).fit(self.encoder_.fit_transform(features))
        self.adoptions_ = adoptions.to_numpy(dtype=float)
        return self

    def _scores(self, profiles: pd.DataFrame, known: pd.DataFrame) -> FloatArray:
        """Average what the neighbours have, with one average firm among them."""
        nearest = self.neighbors_.kneighbors_graph(self.encoder_.transform(_features(profiles)))
        scores: FloatArray = nearest @ self.adoptions_ + self.adoptions_.mean(axis=0)
        return scores


def _features(profiles: pd.DataFrame) -> pd.DataFrame:
    """Take what describes a firm: numbers as they are, all else as text."""
    features = profiles.drop(columns=COMPANY_ID)
    names = features.columns.difference(features.select_dtypes("number").columns)
    return features.assign(**{str(name): segment_of(features, name).astype(object) for name in names})


def default_baselines(
    *,
    segments: Sequence[str] = (BRANCH, SIZE),
    eligible: pd.DataFrame | None = None,
    prior: FrameRecommender | None = None,
    random_state: int = 0,
) -> dict[str, Recommender]:
    """Name the baselines that a recommender must beat before it is believed.

    Parameters
    ----------
    segments : sequence of str, default=("branch", "size")
        Segments within which popularity is counted.
    eligible : DataFrame of bool of shape (n_firms, n_tools), default=None
        What the rules allow. It adds ``rules_only``: a random order of the eligible tools.
    prior : FrameRecommender, default=None
        It adds ``prior_only``: this recommender, fitted without history.
    random_state : int, default=0
        Seed.

    Returns
    -------
    dict of str to Recommender
        Name to baseline.

    Examples
    --------
    >>> list(default_baselines())
    ['random', 'popularity', 'profile_neighbours', 'popularity_in_segment']
    """
    found: dict[str, Recommender] = {
        "random": RandomBaseline(random_state=random_state),
        "popularity": PopularityBaseline(),
        "profile_neighbours": NeighboursBaseline(),
    }
    if segments:
        found["popularity_in_segment"] = PopularityBaseline(by=tuple(segments))
    if eligible is not None:
        found["rules_only"] = RandomBaseline(eligible=eligible, random_state=random_state)
    if prior is not None:
        found["prior_only"] = FromFrame(prior, learn=False)
    return found
