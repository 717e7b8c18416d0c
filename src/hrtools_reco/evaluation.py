"""Measure recommenders on firms whose tools are known: splits, baselines, intervals, off-policy values.

Anything with ``fit(profiles, adoptions)`` and ``rank(profiles, known, k)`` can be measured
(:class:`Recommender`); a recommender that answers in frames is adapted by :class:`FromFrame`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hrtools_reco import metrics
from hrtools_reco._checks import check_count, check_number, invalid, unknown_name
from hrtools_reco.catalog import load_catalog
from hrtools_reco.columns import (
    BRANCH,
    COMPANY_ID,
    HEADCOUNT,
    HEADCOUNT_BAND,
    INSTALLED,
    LIST_SEPARATOR,
    RANK,
    TOOL_ID,
)
from hrtools_reco.metrics import FloatArray, IntArray

SIZE = "size"
UNKNOWN = "unknown"
_IPS, _IPS_WEIGHT = "ips_recall", "ips_weight"
_SIZES = {
    "0-9": 10,
    "10-49": 50,
    "50-249": 250,
    "250+": np.inf,
}  # class: first headcount above it (2003/361/EC)
_FEWEST_FIRMS = 10  # under this number an interval would promise too much

Table: TypeAlias = pd.DataFrame


# --------------------------------------------------------------------------------------------- the contract
@runtime_checkable
class Recommender(Protocol):
    """What can be measured: it learns from firms, then ranks tools for other firms."""

    def fit(self, profiles: Table, adoptions: Table) -> object:
        """Learn; a second call forgets the first.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row, in the columns of profiles, without ``installed``.
        adoptions : DataFrame of shape (n_firms, n_tools)
            Grades, at least 0, or 0/1: the same firms in the same order, ``company_id`` as index, a column
            per ``tool_id``, sorted.

        Returns
        -------
        object
            Anything; the recommender itself is used.
        """

    def rank(self, profiles: Table, known: Table, k: int) -> IntArray:
        """List tools that a firm is not known to have.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row, never one of those learnt from.
        known : DataFrame of shape (n_firms, n_tools)
            What is known of the tools these firms have, laid out as the adoptions; 0 where unknown.
        k : int
            Length of a list.

        Returns
        -------
        ndarray of int of shape (n_firms, k)
            Positions of columns of ``known``, best first, -1 where a list is shorter.
        """


@runtime_checkable
class FrameRecommender(Protocol):
    """What answers in frames, as ``ToolRecommender`` does."""

    def fit(self, profiles: Table | None = None, adoptions: Table | None = None) -> object:
        """Learn, from no history where both are None.

        Parameters
        ----------
        profiles : DataFrame, default=None
            One firm a row.
        adoptions : DataFrame of shape (n_firms, n_tools), default=None
            Grades of the same firms, ``company_id`` as index.

        Returns
        -------
        object
            Anything; the recommender itself is used.
        """

    def recommend_frame(self, companies: Table, k: int = 5) -> Table:
        """Recommend tools to firms.

        Parameters
        ----------
        companies : DataFrame
            One firm a row.
        k : int, default=5
            Length of a list.

        Returns
        -------
        DataFrame
            At least ``company_id``, ``rank`` (from 1) and ``tool_id``.
        """


class FromFrame(BaseEstimator):
    """Adapt a recommender that answers in frames: what is known goes in as ``installed``.

    Parameters
    ----------
    recommender : object
        It has ``fit`` and ``recommend_frame``; it is copied, never changed.
    learn : bool, default=True
        False fits it without history: the prior alone.

    Examples
    --------
    >>> class First:
    ...     def fit(self, profiles=None, adoptions=None): ...
    ...     def recommend_frame(self, companies, k=5):
    ...         return pd.DataFrame({"company_id": companies["company_id"], "rank": 1, "tool_id": "b"})
    >>> firms = pd.DataFrame({"company_id": ["f1"], "branch": ["laundry"]})
    >>> known = pd.DataFrame([[1, 0]], index=["f1"], columns=["a", "b"])
    >>> FromFrame(First()).fit(firms, known).rank(firms, known, k=2)
    array([[ 1, -1]])
    """

    def __init__(self, recommender: Any, *, learn: bool = True) -> None:
        self.recommender = recommender
        self.learn = learn

    def fit(self, profiles: Table, adoptions: Table) -> FromFrame:
        """Fit a copy of the recommender.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row.
        adoptions : DataFrame of shape (n_firms, n_tools)
            Grades of the same firms, ``company_id`` as index.

        Returns
        -------
        FromFrame
            Itself.
        """
        self.recommender_ = clone(self.recommender, safe=False)
        self.recommender_.fit(*((profiles, adoptions) if self.learn else (None, None)))
        return self

    def rank(self, profiles: Table, known: Table, k: int) -> IntArray:
        """List tools by the frame that the recommender returns.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row.
        known : DataFrame of shape (n_firms, n_tools)
            What is known of their tools; given as ``installed``, empty where nothing is known.
        k : int
            Length of a list.

        Returns
        -------
        ndarray of int of shape (n_firms, k)
            Positions of columns of ``known``, best first, -1 where a list is shorter.
        """
        tool_ids = known.columns.to_numpy()
        installed = [LIST_SEPARATOR.join(tool_ids[row]) or None for row in known.to_numpy() > 0]
        companies = profiles.assign(**{INSTALLED: pd.Series(installed, index=profiles.index, dtype=object)})
        answer = self.recommender_.recommend_frame(companies, k=k)
        rows = pd.Index(profiles[COMPANY_ID]).get_indexer(answer[COMPANY_ID])
        columns = known.columns.get_indexer(answer[TOOL_ID])
        if (columns < 0).any():
            stranger = answer[TOOL_ID].to_numpy()[columns < 0][0]
            raise unknown_name(
                TOOL_ID, stranger, tool_ids, "one of tool_ids: name there all that may be listed"
            )
        ranked = np.full((len(profiles), k), -1, dtype=np.int64)
        ranked[rows, answer[RANK].to_numpy() - 1] = columns
        return ranked


# --------------------------------------------------------------------------------------------- the segments
def segment_of(profiles: Table, name: str) -> pd.Series[str]:
    """Name the segment of each firm.

    Parameters
    ----------
    profiles : DataFrame
        One firm a row.
    name : str
        A column of profiles, or ``"size"``: 0-9, 10-49, 50-249 or 250+ employees, read from ``headcount`` or
        else from ``headcount_band``.

    Returns
    -------
    Series of str
        One name per firm, ``"unknown"`` where the column is empty.

    Examples
    --------
    >>> segment_of(pd.DataFrame({"headcount": [3, 18, None]}), "size").tolist()
    ['0-9', '10-49', 'unknown']
    """
    if name == SIZE and SIZE not in profiles:
        return _size_class(profiles)
    if name not in profiles:
        raise unknown_name(
            "segment", name, [*map(str, profiles.columns), SIZE], "a column of profiles, or size"
        )
    values = profiles[name].astype(object)
    return values.where(values.notna(), UNKNOWN).astype(str)


def _size_class(profiles: Table) -> pd.Series[str]:
    """Cut headcounts into size classes."""
    if not {HEADCOUNT, HEADCOUNT_BAND} & set(profiles.columns):
        raise invalid("profiles", f"a table with {HEADCOUNT} or {HEADCOUNT_BAND}", list(profiles.columns))
    count = pd.Series(np.nan, index=profiles.index)
    if HEADCOUNT_BAND in profiles:
        bands = load_catalog().table("headcount_bands").set_index("band")["headcount_min"]
        count = profiles[HEADCOUNT_BAND].map(bands).astype(float)
    if HEADCOUNT in profiles:
        count = profiles[HEADCOUNT].astype(float).fillna(count)
    cut = pd.cut(count, [0, *_SIZES.values()], right=False, labels=list(_SIZES))
    return cut.astype(object).where(cut.notna(), UNKNOWN).astype(str)


# -------------------------------------------------------------------------------------------- the baselines
class _Baseline(BaseEstimator, ABC):
    """Rank by a score among the tools that are eligible and not known."""

    eligible: Table | None

    def rank(self, profiles: Table, known: Table, k: int) -> IntArray:
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
            allowed &= _cells("eligible", self.eligible, known.index, known.columns).astype(bool)
        return metrics.rank_scores(self._scores(profiles, known), k=k, eligible=allowed)

    @abstractmethod
    def _scores(self, profiles: Table, known: Table) -> FloatArray:
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

    def __init__(self, *, eligible: Table | None = None, random_state: int = 0) -> None:
        self.eligible = eligible
        self.random_state = random_state

    def fit(self, profiles: Table, adoptions: Table) -> RandomBaseline:
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

    def _scores(self, profiles: Table, known: Table) -> FloatArray:
        """Draw a number for every firm and tool."""
        return _draws_of_firms(known.index, known.shape[1], self.random_state)


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
        self, *, by: Sequence[str] = (), smoothing: float = 10.0, eligible: Table | None = None
    ) -> None:
        self.by = by
        self.smoothing = smoothing
        self.eligible = eligible

    def fit(self, profiles: Table, adoptions: Table) -> PopularityBaseline:
        """Count who has what.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row.
        adoptions : DataFrame of shape (n_firms, n_tools)
            Grades of the same firms.

        Returns
        -------
        PopularityBaseline
            Itself.
        """
        smoothing = check_number("smoothing", self.smoothing, 0.0, unit="of firms")
        self.share_ = adoptions.mean()
        if self.by:
            groups = adoptions.groupby(self._groups(profiles))
            added = smoothing * self.share_
            self.group_share_ = (groups.sum() + added).div(groups.size() + smoothing, axis=0)
        return self

    def _groups(self, profiles: Table) -> Any:
        """Name the group of each firm."""
        first, *others = (segment_of(profiles, name) for name in self.by)
        return first.str.cat(pd.concat(others, axis=1), sep=" × ").to_numpy() if others else first.to_numpy()

    def _scores(self, profiles: Table, known: Table) -> FloatArray:
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

    def __init__(self, *, n_neighbors: int = 30, eligible: Table | None = None) -> None:
        self.n_neighbors = n_neighbors
        self.eligible = eligible

    def fit(self, profiles: Table, adoptions: Table) -> NeighboursBaseline:
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

    def _scores(self, profiles: Table, known: Table) -> FloatArray:
        """Average what the neighbours have, with one average firm among them."""
        nearest = self.neighbors_.kneighbors_graph(self.encoder_.transform(_features(profiles)))
        scores: FloatArray = nearest @ self.adoptions_ + self.adoptions_.mean(axis=0)
        return scores


def _features(profiles: Table) -> Table:
    """Take what describes a firm: numbers as they are, all else as text."""
    features = profiles.drop(columns=COMPANY_ID)
    names = features.columns.difference(features.select_dtypes("number").columns)
    return features.assign(**{str(name): segment_of(features, name).astype(object) for name in names})


def default_baselines(
    *,
    segments: Sequence[str] = (BRANCH, SIZE),
    eligible: Table | None = None,
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


# ----------------------------------------------------------------------------------------------- the splits
def split_known(adoptions: Table, known_share: float = 0.5, *, random_state: int = 0) -> tuple[Table, Table]:
    """Split what each firm has into a known part and a held-out part.

    A firm with ``m`` tools shows ``floor(m × known_share)`` of them, so at least one is held out.

    Parameters
    ----------
    adoptions : DataFrame of shape (n_firms, n_tools)
        Grades, at least 0, ``company_id`` as index.
    known_share : float, default=0.5
        Share of the tools of a firm that is shown, from 0 (cold start) to under 1.
    random_state : int, default=0
        Seed. The split of a firm does not depend on the other firms.

    Returns
    -------
    known : DataFrame of shape (n_firms, n_tools)
        The grades shown, 0 elsewhere.
    held_out : DataFrame of shape (n_firms, n_tools)
        The grades held out, 0 elsewhere.

    Examples
    --------
    >>> known, held_out = split_known(pd.DataFrame([[1, 1, 1]], index=["f1"], columns=["a", "b", "c"]))
    >>> int(known.sum(axis=1).iloc[0]), int(held_out.sum(axis=1).iloc[0])
    (1, 2)
    """
    share = check_number("known_share", known_share, 0.0, 1.0)
    if share == 1.0:
        raise invalid("known_share", "under 1, so that something is held out", known_share)
    adopted = adoptions.to_numpy() > 0
    draws = np.where(adopted, _draws_of_firms(adoptions.index, adoptions.shape[1], random_state), 2.0)
    place = draws.argsort(axis=1).argsort(axis=1)
    shown = place < np.floor(adopted.sum(axis=1, keepdims=True) * share + 1e-9)
    return adoptions.where(shown, 0), adoptions.where(~shown, 0)


def _draws_of_firms(company_ids: pd.Index[Any], n_tools: int, random_state: int) -> FloatArray:
    """Draw uniform numbers that depend on the seed and on the firm's own id alone."""
    seeds = pd.util.hash_array(np.array([str(company_id) for company_id in company_ids], dtype=object))
    draws = [np.random.default_rng([random_state, int(seed)]).random(n_tools) for seed in seeds]
    return np.array(draws).reshape(len(seeds), n_tools)


# ------------------------------------------------------------------------------------------- the comparison
@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The figures of several recommenders on the same firms and splits.

    Attributes
    ----------
    per_firm : DataFrame
        One row per recommender and firm: ``recommender, company_id, fold``, the segments, then the measures.
    exposures : DataFrame of shape (n_tools, n_recommenders)
        Number of lists in which each tool stands.
    segments : tuple of str
        Segments that :meth:`by_segment` knows.
    measures : tuple of str
        Columns of ``per_firm`` that are measures.
    """

    per_firm: Table
    exposures: Table
    segments: tuple[str, ...]
    measures: tuple[str, ...]

    def summary(self, *, n_boot: int = 1000, level: float = 0.95, random_state: int = 0) -> Table:
        """Average every measure over firms, with bootstrap intervals.

        ``coverage`` and ``gini`` belong to all lists together and have no interval.

        Parameters
        ----------
        n_boot : int, default=1000
            Number of resamples of the firms.
        level : float, default=0.95
            Confidence of the intervals, between 0 and 1.
        random_state : int, default=0
            Seed.

        Returns
        -------
        DataFrame
            ``recommender, measure, mean, low, high, n_firms, n_without``: the last two count the firms in the
            mean, and those left out because nothing could be measured. Under 10 firms the interval is empty.
        """
        table, _ = _averages(*self._by_firm(self.per_firm), n_boot, level, random_state)
        n_firms = self.per_firm[COMPANY_ID].nunique()
        rows = [
            {
                "recommender": name,
                "measure": measure,
                "mean": figure(counts),
                "n_firms": n_firms,
                "n_without": 0,
            }
            for name, counts in self.exposures.items()
            for measure, figure in (("coverage", metrics.catalog_coverage), ("gini", metrics.gini))
        ]
        return pd.concat([table, pd.DataFrame(rows).reindex(columns=table.columns)], ignore_index=True)

    def by_segment(
        self, segment: str, *, n_boot: int = 1000, level: float = 0.95, random_state: int = 0
    ) -> Table:
        """Average every measure over the firms of each segment.

        Parameters
        ----------
        segment : str
            One of ``segments``.
        n_boot : int, default=1000
            Number of resamples of the firms.
        level : float, default=0.95
            Confidence of the intervals, between 0 and 1.
        random_state : int, default=0
            Seed.

        Returns
        -------
        DataFrame
            The segment, then the columns of :meth:`summary`.
        """
        if segment not in self.segments:
            raise unknown_name("segment", segment, self.segments)
        parts = [
            _averages(*self._by_firm(rows), n_boot, level, random_state)[0].assign(**{segment: label})
            for label, rows in sorted(self.per_firm.groupby(segment), key=_place_of_group)
        ]
        table = pd.concat(parts, ignore_index=True)
        return table[[segment, *table.columns.drop(segment)]]

    def paired(
        self, reference: str, *, n_boot: int = 1000, level: float = 0.95, random_state: int = 0
    ) -> Table:
        """Compare every recommender with one of them, firm by firm.

        Parameters
        ----------
        reference : str
            Name of the recommender that is subtracted.
        n_boot : int, default=1000
            Number of resamples of the firms.
        level : float, default=0.95
            Confidence of the intervals, between 0 and 1.
        random_state : int, default=0
            Seed.

        Returns
        -------
        DataFrame
            ``recommender, reference, measure, difference, low, high, p_value, n_firms``. The p-value is
            two-sided and agrees with the interval; it is not corrected for the number of rows.
        """
        values, weights = self._by_firm(self.per_firm)
        names = list(values.columns.unique("recommender"))
        if reference not in names:
            raise unknown_name("reference", reference, names)
        others = [name for name in names if name != reference]
        gaps = values - np.tile(values[reference].to_numpy(), len(names))
        table, draws = _averages(gaps[others], weights[others], n_boot, level, random_state)
        table["p_value"] = np.where(table["low"].notna(), _p_values(draws), np.nan)
        table.insert(1, "reference", reference)
        return table.rename(columns={"mean": "difference"})[
            ["recommender", "reference", "measure", "difference", "low", "high", "p_value", "n_firms"]
        ]

    def _by_firm(self, rows: Table) -> tuple[Table, Table]:
        """Lay the measures out, and their weights: a row per firm, a column per recommender and measure."""
        columns = [*self.measures, *({_IPS_WEIGHT} & set(rows.columns))]
        mean = rows.groupby([COMPANY_ID, "recommender"], sort=False)[columns].mean()
        parts = {name: mean.xs(name, level="recommender") for name in rows["recommender"].unique()}
        table = pd.concat(parts, axis=1, names=["recommender", "measure"])
        values = table.drop(columns=_IPS_WEIGHT, level="measure", errors="ignore")
        weights = pd.DataFrame(1.0, index=values.index, columns=values.columns)
        for name in parts if _IPS in self.measures else ():
            weights[(name, _IPS)] = table[(name, _IPS_WEIGHT)]
        return values, weights


def compare_recommenders(
    recommenders: Mapping[str, Any] | Sequence[Any],
    profiles: Table,
    adoptions: Table,
    *,
    k: int = 10,
    cv: Any = 5,
    groups: ArrayLike | None = None,
    known_share: float = 0.0,
    tool_ids: Sequence[str] | None = None,
    eligible: Table | None = None,
    attributes: Table | None = None,
    propensity: Table | None = None,
    segments: Sequence[str] | None = None,
    baselines: bool = True,
    random_state: int = 0,
    n_jobs: int | None = None,
) -> Comparison:
    """Measure recommenders and honest baselines on firms that they have not learnt from.

    Parameters
    ----------
    recommenders : mapping of str to object, or sequence of objects
        Each is a :class:`Recommender` or a :class:`FrameRecommender`. In a sequence it is named by its class.
    profiles : DataFrame
        One firm a row, ``company_id`` unique. ``installed`` is not handed on: it would give away what is
        held out.
    adoptions : DataFrame
        Long (``company_id, tool_id`` and, if graded, ``value``; of repeated pairs the highest counts) or wide
        (``company_id`` as index, a column per tool). Grades at least 0. Firms that it does not name have no
        tool.
    k : int, default=10
        Length of a list.
    cv : int or scikit-learn splitter, default=5
        Number of folds of firms, or a splitter such as ``GroupKFold`` or ``ShuffleSplit(train_size=100)``.
    groups : array-like of shape (n_firms,), default=None
        Handed to the splitter: firms of one group (establishments of one owner) stay together.
    known_share : float, default=0.0
        Share of the tools of a tested firm that is shown, from 0 (cold start) to under 1.
    tool_ids : sequence of str, default=None
        All tools that may be listed. None takes those of the adoptions.
    eligible : DataFrame of bool of shape (n_firms, n_tools), default=None
        What the rules allow. Adds ``ndcg_eligible`` and the baseline ``rules_only``.
    attributes : DataFrame of shape (n_tools, n_attributes), default=None
        What each tool is, ``tool_id`` as index, at least 0. Adds ``diversity``.
    propensity : DataFrame of shape (n_firms, n_tools), default=None
        Probability that a use of the tool could show in the log, above 0 and up to 1. Adds ``ips_recall``:
        each use counts 1 / propensity, over all firms together (self-normalised).
    segments : sequence of str, default=None
        Segments to report. None takes branch and size, where profiles have them.
    baselines : bool, default=True
        Add :func:`default_baselines`; a recommender of the same name stands in for the baseline.
    random_state : int, default=0
        Seed of folds, splits and baselines.
    n_jobs : int, default=None
        Number of processes, as in joblib.

    Returns
    -------
    Comparison
        Figures per firm, and tables of them.

    Raises
    ------
    InvalidValueError
        If a table does not fit the profiles, or a list that a recommender gives breaks the contract.

    Notes
    -----
    A firm that does not use a tool has not judged it, yet an unused tool counts as a miss: the level of a
    figure says little, the difference between two recommenders on the same firms says more. Intervals speak
    of other firms like these, not of another history to learn from.

    Where the log was written while some tools were shown and others not, a figure also rewards likeness to
    what was shown. It can tell which recommender better foresees that log. It cannot tell what firms would
    take up if other tools were shown, nor whether a tool does them good. ``ips_recall`` undoes known and
    unequal chances of being seen; nothing undoes a chance of zero. Where it was logged what was shown and
    what came of it, see :func:`off_policy_value`.

    Examples
    --------
    >>> firms = pd.DataFrame({"company_id": range(40), "branch": ["laundry", "shoes"] * 20})
    >>> used = pd.DataFrame({"company_id": range(40), "tool_id": ["lms", "ats"] * 20})
    >>> found = compare_recommenders({}, firms, used, k=1, cv=4, segments=["branch"])
    >>> table = found.summary(n_boot=200).pivot(index="recommender", columns="measure", values="mean")
    >>> float(table.loc["popularity_in_segment", "recall"])
    1.0
    """
    chosen = _segments(profiles, segments)
    labels = {name: segment_of(profiles, name).to_numpy() for name in chosen}
    wide = _adoption_table(adoptions, _company_ids(profiles), tool_ids)
    known, held_out = split_known(wide, known_share, random_state=random_state)
    trial = _Trial(
        profiles=profiles.drop(columns=INSTALLED, errors="ignore").reset_index(drop=True),
        adoptions=wide,
        known=known,
        held_out=held_out.to_numpy(),
        k=check_count("k", k),
        eligible=_cells("eligible", eligible, wide.index, wide.columns),
        propensity=_cells("propensity", propensity, wide.index, wide.columns),
        attributes=_cells("attributes", attributes, wide.columns),
    )
    named = _named(recommenders)
    if baselines:
        named = _with_baselines(named, chosen, eligible, random_state)
    splitter = KFold(cv, shuffle=True, random_state=random_state) if isinstance(cv, (int, np.integer)) else cv
    folds = list(splitter.split(trial.profiles, groups=groups))
    results = Parallel(n_jobs=n_jobs)(
        delayed(_run_fold)(trial, name, recommender, fold, train, test)
        for name, recommender in named.items()
        for fold, (train, test) in enumerate(folds)
    )
    return _comparison(trial, labels, results)


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What every fold reads."""

    profiles: Table
    adoptions: Table
    known: Table
    held_out: FloatArray
    k: int
    eligible: FloatArray | None
    propensity: FloatArray | None
    attributes: FloatArray | None


@dataclass(frozen=True, kw_only=True)
class _FoldResult:
    """What one recommender reached on one fold."""

    recommender: str
    fold: int
    test: IntArray
    measures: dict[str, FloatArray]
    exposures: IntArray


def _company_ids(profiles: Table) -> pd.Index[Any]:
    """Check that every firm has an id of its own; return them in order."""
    right = f"a table with {COMPANY_ID}, never empty and never twice"
    if COMPANY_ID not in profiles:
        raise invalid("profiles", right, list(profiles.columns))
    wrong = profiles[COMPANY_ID].isna() | profiles[COMPANY_ID].duplicated()
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise invalid("profiles", right, profiles[COMPANY_ID].iloc[row], f"Row {row}.")
    company_ids: pd.Index[Any] = pd.Index(profiles[COMPANY_ID])
    return company_ids


def _segments(profiles: Table, segments: Sequence[str] | None) -> tuple[str, ...]:
    """Take the segments asked for, or those that the profiles have."""
    if segments is not None:
        return tuple(segments)
    sized = bool({HEADCOUNT, HEADCOUNT_BAND, SIZE} & set(profiles.columns))
    return tuple(name for name, there in ((BRANCH, BRANCH in profiles), (SIZE, sized)) if there)


def _adoption_table(adoptions: Table, company_ids: pd.Index[Any], tool_ids: Sequence[str] | None) -> Table:
    """Lay adoptions out wide, checked: the firms in the order given, the tools sorted."""
    wide = _pivoted(adoptions) if TOOL_ID in adoptions else adoptions
    if TOOL_ID not in adoptions and COMPANY_ID in adoptions:
        wide = adoptions.set_index(COMPANY_ID)
    tools = wide.columns if tool_ids is None else pd.Index(tool_ids)
    for name, got, right in ((COMPANY_ID, wide.index, company_ids), (TOOL_ID, wide.columns, tools)):
        strangers = got.difference(right)
        if len(strangers):
            raise unknown_name(f"adoptions: {name}", strangers[0], map(str, right))
        if got.has_duplicates:
            raise invalid(f"adoptions: {name}", "named once", got[got.duplicated()][0])
    values = wide.astype(float)
    wrong = ~((values >= 0) & (values < np.inf)).to_numpy()
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        where = f"Row {values.index[row]}, column {values.columns[column]}."
        raise invalid("adoptions", "grades, at least 0 and finite", float(values.iloc[row, column]), where)
    return values.reindex(index=company_ids, columns=tools.unique().sort_values()).fillna(0.0)


def _pivoted(adoptions: Table) -> Table:
    """Turn a long table of adoptions into a wide one; of repeated pairs the highest grade counts."""
    if COMPANY_ID not in adoptions:
        raise invalid("adoptions", f"a table with {COMPANY_ID} and {TOOL_ID}", list(adoptions.columns))
    rows = adoptions if "value" in adoptions else adoptions.assign(value=1.0)
    if rows["value"].isna().any():
        row = int(np.flatnonzero(rows["value"].isna())[0])
        raise invalid("adoptions", "grades, at least 0 and finite", float("nan"), f"Row {row}, column value.")
    return rows.groupby([COMPANY_ID, TOOL_ID], observed=True)["value"].max().unstack(fill_value=0)


def _cells(name: str, table: Table | None, rows: pd.Index[Any], columns: pd.Index[Any] | None = None) -> Any:
    """Read a table at the rows and columns asked for: all must be there."""
    if table is None:
        return None
    wanted = table.columns if columns is None else columns
    for asked, there in ((rows, table.index), (wanted, table.columns)):
        missing = asked.difference(there)
        if len(missing):
            raise invalid(name, f"a table that holds {missing[0]!r}", f"shape {table.shape}")
    return table.loc[rows, wanted].to_numpy()


def _named(recommenders: Mapping[str, Any] | Sequence[Any]) -> dict[str, Recommender]:
    """Give each recommender its name, and one contract to all."""
    if isinstance(recommenders, Mapping):
        pairs = list(recommenders.items())
    else:
        pairs = [(type(recommender).__name__, recommender) for recommender in recommenders]
    names = [name for name, _ in pairs]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise invalid("recommenders", "a mapping of names where two are of one class", twice[0])
    return {name: _adapted(name, recommender) for name, recommender in pairs}


def _adapted(name: str, recommender: Any) -> Recommender:
    """Take a recommender as it is, or adapt one that answers in frames."""
    if isinstance(recommender, Recommender):
        return recommender
    if isinstance(recommender, FrameRecommender):
        return FromFrame(recommender)
    right = "an object with fit and rank, or fit and recommend_frame"
    raise invalid(f"recommenders: {name}", right, type(recommender).__name__)


def _with_baselines(
    named: dict[str, Recommender], segments: Sequence[str], eligible: Table | None, random_state: int
) -> dict[str, Recommender]:
    """Add the baselines whose names are free."""
    prior = next((r.recommender for r in named.values() if isinstance(r, FromFrame)), None)
    honest = default_baselines(segments=segments, eligible=eligible, prior=prior, random_state=random_state)
    return {**named, **{name: baseline for name, baseline in honest.items() if name not in named}}


def _run_fold(
    trial: _Trial, name: str, recommender: Recommender, fold: int, train: IntArray, test: IntArray
) -> _FoldResult:
    """Fit a copy on some firms, rank for the others and measure the lists."""
    fitted: Any = clone(recommender, safe=False)
    history = trial.adoptions.iloc[train]
    fitted.fit(trial.profiles.iloc[train].reset_index(drop=True), history)
    firms = trial.profiles.iloc[test].reset_index(drop=True)
    ranked = np.asarray(fitted.rank(firms, trial.known.iloc[test], trial.k))
    if ranked.ndim != 2 or len(ranked) != len(test) or ranked.shape[1] > trial.k:
        right = f"positions of shape ({len(test)}, at most {trial.k})"
        raise invalid(f"rank of {name}", right, f"shape {ranked.shape}")
    adopters = (history > 0).sum().to_numpy()
    return _FoldResult(
        recommender=name,
        fold=fold,
        test=test,
        measures=_measures(trial, test, ranked, adopters, len(train)),
        exposures=metrics.exposure(ranked, len(adopters)),
    )


def _measures(
    trial: _Trial, test: IntArray, ranked: IntArray, adopters: IntArray, n_train: int
) -> dict[str, FloatArray]:
    """Compute every measure of the lists of one fold."""
    relevance, k = trial.held_out[test], trial.k
    found = {
        "recall": metrics.recall_at_k(relevance, ranked, k=k),
        "capped_recall": metrics.recall_at_k(relevance, ranked, k=k, capped=True),
        "precision": metrics.precision_at_k(relevance, ranked, k=k),
        "ndcg": metrics.ndcg_at_k(relevance, ranked, k=k),
        "mrr": metrics.reciprocal_rank(relevance, ranked, k=k),
        "map": metrics.average_precision_at_k(relevance, ranked, k=k),
        "hit_rate": metrics.hit_at_k(relevance, ranked, k=k),
        "tail_recall": metrics.tail_recall_at_k(relevance, ranked, adopters, k=k),
        "novelty": metrics.novelty_at_k(ranked, adopters, n_train, k=k),
        "n_listed": (ranked >= 0).sum(axis=1).astype(float),
    }
    if trial.eligible is not None:
        found["ndcg_eligible"] = metrics.ndcg_at_k(relevance, ranked, k=k, eligible=trial.eligible[test])
    if trial.propensity is not None:
        found[_IPS] = metrics.recall_at_k(relevance, ranked, k=k, propensity=trial.propensity[test])
        found[_IPS_WEIGHT] = ((relevance > 0) / trial.propensity[test]).sum(axis=1)
    if trial.attributes is not None:
        found["diversity"] = metrics.diversity_at_k(ranked, trial.attributes, k=k)
    return found


def _comparison(trial: _Trial, labels: Mapping[str, Any], results: Sequence[_FoldResult]) -> Comparison:
    """Put the results of all folds into tables."""
    company_ids = trial.adoptions.index.to_numpy()
    parts = [
        pd.DataFrame(
            {"recommender": result.recommender, COMPANY_ID: company_ids[result.test], "fold": result.fold}
            | {name: values[result.test] for name, values in labels.items()}
            | result.measures
        )
        for result in results
    ]
    exposures: dict[str, IntArray] = {}
    for result in results:
        exposures[result.recommender] = exposures.get(result.recommender, 0) + result.exposures
    return Comparison(
        per_firm=pd.concat(parts, ignore_index=True),
        exposures=pd.DataFrame(exposures, index=trial.adoptions.columns),
        segments=tuple(labels),
        measures=tuple(name for name in results[0].measures if name != _IPS_WEIGHT),
    )


# -------------------------------------------------------------------------------------------- the intervals
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
    sums = _resampled_sums(np.hstack([np.nan_to_num(table) * counted, counted]), n_boot, random_state)
    width = table.shape[1]
    means: FloatArray = np.divide(
        sums[:, :width], sums[:, width:], out=np.full((len(sums), width), np.nan), where=sums[:, width:] > 0
    )
    return means


def _resampled_sums(values: FloatArray, n_boot: int, random_state: int) -> FloatArray:
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


def _interval(draws: FloatArray, level: float) -> FloatArray:
    """Take the percentile interval of each column."""
    inside = check_number("level", level, 0.0, 1.0)
    bounds: FloatArray = np.nanquantile(draws, [(1 - inside) / 2, (1 + inside) / 2], axis=0)
    return bounds


def _averages(
    values: Table, weights: Table, n_boot: int, level: float, random_state: int
) -> tuple[Table, FloatArray]:
    """Average each column over firms, with an interval where firms are enough; return the draws as well."""
    there = values.notna()
    n_firms = there.sum().to_numpy()
    draws = bootstrap_means(values, weights=weights, n_boot=n_boot, random_state=random_state)
    enough = n_firms >= _FEWEST_FIRMS
    bounds = np.full((2, len(n_firms)), np.nan)
    bounds[:, enough] = _interval(draws[:, enough], level)
    table = values.columns.to_frame(index=False)
    mean = (values * weights).sum() / weights.where(there).sum()
    figures = {"mean": mean.to_numpy(), "low": bounds[0], "high": bounds[1]}
    return table.assign(**figures, n_firms=n_firms, n_without=len(values) - n_firms), draws


def _place_of_group(group: tuple[Any, Table]) -> tuple[int, str]:
    """Place size classes by size, and all other groups by name."""
    label = str(group[0])
    return list(_SIZES).index(label) if label in _SIZES else len(_SIZES), label


def _p_values(draws: FloatArray) -> FloatArray:
    """Compute how rarely the differences of each column lie on the other side of 0, both ways."""
    rarer: IntArray = np.minimum((draws <= 0).sum(axis=0), (draws >= 0).sum(axis=0))
    return np.minimum(1.0, 2.0 * (rarer + 1) / (len(draws) + 1)).astype(float)


# ----------------------------------------------------------------------------------------------- off policy
def off_policy_value(
    log: Table,
    lists: Table,
    *,
    min_propensity: float = 0.0,
    n_boot: int = 1000,
    level: float = 0.95,
    random_state: int = 0,
) -> Table:
    """Estimate what share of the tools of new lists would be taken up, from a log of tools that were shown.

    Self-normalised inverse-propensity weighting: the outcomes of the logged pairs that the new lists name
    too, each weighted by 1 / propensity.

    Parameters
    ----------
    log : DataFrame
        One row per firm and tool shown: ``company_id, tool_id, propensity, value``. The propensity is the
        probability with which the logging policy showed that tool to that firm, above 0 and up to 1; the
        value is what came of it, at least 0, 0 where it was not taken up.
    lists : DataFrame
        The lists to be valued: ``company_id, tool_id``, as ``recommend_frame`` returns them.
    min_propensity : float, default=0.0
        Smaller propensities count as this one: less noise, some bias.
    n_boot : int, default=1000
        Number of resamples of the firms.
    level : float, default=0.95
        Confidence of the interval, between 0 and 1.
    random_state : int, default=0
        Seed.

    Returns
    -------
    DataFrame
        One row: ``value, low, high``; ``unweighted``, the plain mean of the same pairs; ``n_pairs, n_firms``
        they come from; ``effective_pairs``, how many equally weighted pairs would be as certain;
        ``shown_share``, the share of the new lists that was ever shown to the firm.

    Raises
    ------
    InvalidValueError
        If a column is missing or a value is out of range.

    Notes
    -----
    The estimate holds if the propensities are right, every listed tool had a chance to be shown, and the
    outcome of a tool does not depend on what was shown beside it or at which rank. A pair that could not be
    shown is not valued at all: lists with many such pairs are valued by a part of themselves. With few
    ``effective_pairs`` a handful of rare outcomes decides. Taking up a tool is not yet profiting from it.

    References
    ----------
    Swaminathan, A. and Joachims, T. (2015). The self-normalized estimator for counterfactual learning.
    NeurIPS.

    Examples
    --------
    >>> log = pd.DataFrame({"company_id": ["f1", "f2", "f3"], "tool_id": ["lms", "lms", "ats"],
    ...                     "propensity": [0.5, 0.25, 0.5], "value": [1, 0, 1]})
    >>> lists = pd.DataFrame({"company_id": ["f1", "f2", "f3"], "tool_id": "lms"})
    >>> off_policy_value(log, lists)[["value", "unweighted", "shown_share"]].round(3).values.tolist()
    [[0.333, 0.5, 0.667]]
    """
    shown = _checked_log(log)
    listed = lists[[COMPANY_ID, TOOL_ID]].drop_duplicates()
    pairs = shown.merge(listed, on=[COMPANY_ID, TOOL_ID])
    weights = 1.0 / np.maximum(pairs["propensity"], check_number("min_propensity", min_propensity, 0.0, 1.0))
    sums = (
        pairs.assign(gain=weights * pairs["value"], weight=weights)
        .groupby(COMPANY_ID)[["gain", "weight"]]
        .sum()
    )
    low, high = np.nan, np.nan
    if len(sums) >= _FEWEST_FIRMS:
        draws = _resampled_sums(sums.to_numpy(), n_boot, random_state)
        low, high = _interval(draws[:, :1] / draws[:, 1:], level)[:, 0]
    met = len(pairs[[COMPANY_ID, TOOL_ID]].drop_duplicates())
    row = {
        "value": sums["gain"].sum() / sums["weight"].sum() if len(sums) else np.nan,
        "low": low,
        "high": high,
        "unweighted": pairs["value"].mean(),
        "n_pairs": len(pairs),
        "n_firms": len(sums),
        "effective_pairs": weights.sum() ** 2 / (weights**2).sum() if len(pairs) else 0.0,
        "shown_share": met / len(listed) if len(listed) else np.nan,
    }
    return pd.DataFrame([row])


def _checked_log(log: Table) -> Table:
    """Check the columns and values of a log of shown tools."""
    for name in (COMPANY_ID, TOOL_ID, "propensity", "value"):
        if name not in log:
            raise invalid("log", f"a table with {name}", list(log.columns))
    for name, right, wrong in (
        (
            "propensity",
            "a probability above 0 and up to 1",
            ~log["propensity"].between(0, 1, inclusive="right"),
        ),
        ("value", "a number, at least 0 and finite", ~log["value"].between(0, np.inf, inclusive="left")),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise invalid(f"log: {name}", right, float(log[name].iloc[row]), f"Row {row}.")
    return log
