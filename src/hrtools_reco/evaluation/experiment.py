"""Measure recommenders on firms that they have not learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.model_selection import KFold

from hrtools_reco import metrics
from hrtools_reco._checks import check_count, invalid
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT, HEADCOUNT_BAND, INSTALLED
from hrtools_reco.evaluation.baselines import cells, default_baselines
from hrtools_reco.evaluation.comparison import IPS, IPS_WEIGHT, Comparison
from hrtools_reco.evaluation.contracts import FrameRecommender, FromFrame, Recommender, told
from hrtools_reco.evaluation.logs import Log, log_of
from hrtools_reco.evaluation.segments import SIZE, segment_of
from hrtools_reco.firms import keys_of
from hrtools_reco.metrics import BoolArray, FloatArray, IntArray
from hrtools_reco.tables import as_pandas


def compare_recommenders(
    recommenders: Mapping[str, Any] | Sequence[Any],
    profiles: Any,
    adoptions: Any,
    *,
    k: int = 10,
    cv: Any = 5,
    groups: ArrayLike | None = None,
    known_share: float = 0.0,
    tool_ids: Sequence[str] | None = None,
    shown: Any = None,
    eligible: pd.DataFrame | None = None,
    attributes: pd.DataFrame | None = None,
    propensity: pd.DataFrame | None = None,
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
    profiles : table
        Of any library: one firm a row, ``company_id`` unique. ``installed`` is not handed on: it would give
        away what is held out.
    adoptions : table, ndarray, sparse array, Feedback or TimeSplit
        As in ``ToolRecommender.fit``: long (``company_id, tool_id`` and, if graded, ``value``), wide
        (``company_id`` as index, a column per tool) or, with ``tool_ids``, an array; from 0 to 1. Firms that
        it does not name have no tool. What :func:`read_feedback` returns brings ``shown`` along. What
        :func:`split_by_time` returns is one split, by time: learnt from what was known on its day, measured
        on what was shown since, the tools in place on the day known; ``cv`` and ``known_share`` are not read.
    k : int, default=10
        Length of a list.
    cv : int or scikit-learn splitter, default=5
        Number of folds of firms, or a splitter such as ``GroupKFold`` or ``ShuffleSplit(train_size=100)``.
    groups : array-like of shape (n_firms,), default=None
        Handed to the splitter: firms of one group (establishments of one owner) stay together.
    known_share : float, default=0.0
        Share of the tools of a tested firm that is shown, from 0 (cold start) to under 1.
    tool_ids : sequence of str, default=None
        All tools that may be listed. None takes those of the adoptions and of ``shown``.
    shown : table, ndarray or sparse array, default=None
        Which tools each firm could see, in the same shapes; above 0 is shown. Recommenders and baselines
        whose ``fit`` takes it are told, and a tool that a tested firm never saw is neither hit nor miss: it
        is taken out of the list before the list is measured. None: each firm could see all tools.
    eligible : DataFrame of bool of shape (n_firms, n_tools), default=None
        What the rules allow, such as ``recommender.eligibility(firms, wide=True).isin(["fit", "to_check"])``;
        there too, ``installed`` would give away what is held out. Adds ``ndcg_eligible`` and the baseline
        ``rules_only``.
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
    InvalidTableError
        If a key of the profiles or a cell of the adoptions is wrong, or stands twice.
    InvalidValueError
        If a table does not fit the profiles, or a list that a recommender gives breaks the contract.

    Notes
    -----
    A firm that does not use a tool has not judged it, yet an unused tool counts as a miss: the level of a
    figure says little, the difference between two recommenders on the same firms says more. Intervals speak
    of other firms like these, not of another history to learn from.

    Where the log was written while some tools were shown and others not, a figure also rewards likeness to
    what was shown. It can tell which recommender better foresees that log. It cannot tell what firms would
    take up if other tools were shown, nor whether a tool does them good. With ``shown``, unseen tools no
    longer count as misses, but what was shown was chosen by somebody. ``ips_recall`` undoes known and unequal
    chances of being seen; nothing undoes a chance of zero. Where it was logged what was shown, by which
    chance, and what came of it, see :func:`off_policy_value`.

    Examples
    --------
    >>> firms = pd.DataFrame({"company_id": range(40), "branch": ["laundry", "shoes"] * 20})
    >>> used = pd.DataFrame({"company_id": range(40), "tool_id": ["lms", "ats"] * 20})
    >>> found = compare_recommenders({}, firms, used, k=1, cv=4, segments=["branch"])
    >>> table = found.summary(n_boot=200).pivot(index="recommender", columns="measure", values="mean")
    >>> float(table.loc["popularity_in_segment", "recall"])
    1.0
    """
    firms = as_pandas(profiles, "profiles")
    chosen = _segments(firms, segments)
    labels = {name: segment_of(firms, name).to_numpy() for name in chosen}
    log = log_of(adoptions, shown, keys_of(firms, "profiles"), tool_ids, known_share, random_state)
    index, columns = log.history.index, log.history.columns
    trial = _Trial(
        profiles=firms.drop(columns=INSTALLED, errors="ignore").reset_index(drop=True),
        log=log,
        k=check_count("k", k),
        eligible=cells("eligible", eligible, index, columns),
        propensity=cells("propensity", propensity, index, columns),
        attributes=cells("attributes", attributes, columns),
    )
    named = _named(recommenders)
    if baselines:
        named = _with_baselines(named, chosen, eligible, random_state)
    splitter = KFold(cv, shuffle=True, random_state=random_state) if isinstance(cv, (int, np.integer)) else cv
    folds = [log.fold] if log.fold else list(splitter.split(trial.profiles, groups=groups))
    results = Parallel(n_jobs=n_jobs)(
        delayed(_run_fold)(trial, name, recommender, fold, train, test)
        for name, recommender in named.items()
        for fold, (train, test) in enumerate(folds)
    )
    return _comparison(trial, labels, results)


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What every fold reads."""

    profiles: pd.DataFrame
    log: Log
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


def _segments(profiles: pd.DataFrame, segments: Sequence[str] | None) -> tuple[str, ...]:
    """Take the segments asked for, or those that the profiles have."""
    if segments is not None:
        return tuple(segments)
    sized = bool({HEADCOUNT, HEADCOUNT_BAND, SIZE} & set(profiles.columns))
    return tuple(name for name, there in ((BRANCH, BRANCH in profiles), (SIZE, sized)) if there)


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
    right = "an object with fit and rank, or fit and recommend_batch"
    raise invalid(f"recommenders: {name}", right, type(recommender).__name__)


def _with_baselines(
    named: dict[str, Recommender], segments: Sequence[str], eligible: pd.DataFrame | None, random_state: int
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
    log, n_tools = trial.log, trial.log.history.shape[1]
    history = log.history.iloc[train]
    seen = None if log.seen is None else log.seen.iloc[train]
    fitted.fit(trial.profiles.iloc[train].reset_index(drop=True), history, **told(fitted, seen))
    firms = trial.profiles.iloc[test].reset_index(drop=True)
    width = trial.k if log.measured is None else max(n_tools, trial.k)
    ranked = np.asarray(fitted.rank(firms, log.known.iloc[test], width))
    if ranked.ndim != 2 or len(ranked) != len(test) or ranked.shape[1] > width:
        right = f"positions of shape ({len(test)}, at most {width})"
        raise invalid(f"rank of {name}", right, f"shape {ranked.shape}")
    lists = ranked[:, : trial.k]
    found = lists if log.measured is None else _only(ranked, log.measured[test])[:, : trial.k]
    adopters = (history > 0).sum().to_numpy()
    return _FoldResult(
        recommender=name,
        fold=fold,
        test=test,
        measures=_measures(trial, test, found, adopters) | _of_lists(trial, lists, adopters, len(train)),
        exposures=metrics.exposure(lists, n_tools),
    )


def _only(ranked: IntArray, measured: BoolArray) -> IntArray:
    """Take what is not measured out of lists, and close the gaps."""
    kept = (ranked >= 0) & np.take_along_axis(measured, np.maximum(ranked, 0), axis=1)
    order = np.argsort(~kept, axis=1, kind="stable")
    closed: IntArray = np.take_along_axis(np.where(kept, ranked, -1), order, axis=1)
    return closed


def _measures(trial: _Trial, test: IntArray, ranked: IntArray, adopters: IntArray) -> dict[str, FloatArray]:
    """Compute what the lists of one fold found of what was held out."""
    relevance, k = trial.log.held_out[test], trial.k
    found = {
        "recall": metrics.recall_at_k(relevance, ranked, k=k),
        "capped_recall": metrics.recall_at_k(relevance, ranked, k=k, capped=True),
        "precision": metrics.precision_at_k(relevance, ranked, k=k),
        "ndcg": metrics.ndcg_at_k(relevance, ranked, k=k),
        "mrr": metrics.reciprocal_rank(relevance, ranked, k=k),
        "map": metrics.average_precision_at_k(relevance, ranked, k=k),
        "hit_rate": metrics.hit_at_k(relevance, ranked, k=k),
        "tail_recall": metrics.tail_recall_at_k(relevance, ranked, adopters, k=k),
    }
    if trial.eligible is not None:
        found["ndcg_eligible"] = metrics.ndcg_at_k(relevance, ranked, k=k, eligible=trial.eligible[test])
    if trial.propensity is not None:
        found[IPS] = metrics.recall_at_k(relevance, ranked, k=k, propensity=trial.propensity[test])
        found[IPS_WEIGHT] = ((relevance > 0) / trial.propensity[test]).sum(axis=1)
    return found


def _of_lists(trial: _Trial, lists: IntArray, adopters: IntArray, n_train: int) -> dict[str, FloatArray]:
    """Compute what the lists of one fold are like, whatever came of them."""
    found = {
        "novelty": metrics.novelty_at_k(lists, adopters, n_train, k=trial.k),
        "n_listed": (lists >= 0).sum(axis=1).astype(float),
    }
    if trial.attributes is not None:
        found["diversity"] = metrics.diversity_at_k(lists, trial.attributes, k=trial.k)
    return found


def _comparison(trial: _Trial, labels: Mapping[str, Any], results: Sequence[_FoldResult]) -> Comparison:
    """Put the results of all folds into tables."""
    company_ids = trial.log.history.index.to_numpy()
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
        exposures=pd.DataFrame(exposures, index=trial.log.history.columns),
        segments=tuple(labels),
        measures=tuple(name for name in results[0].measures if name != IPS_WEIGHT),
    )
