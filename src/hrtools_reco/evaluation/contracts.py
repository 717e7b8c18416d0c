"""What a recommender needs to be measured, and the adapter of those that answer in frames."""

from __future__ import annotations

from inspect import signature
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from hrtools_reco._checks import unknown_name
from hrtools_reco.columns import COMPANY_ID, INSTALLED, LIST_SEPARATOR, RANK, TOOL_ID
from hrtools_reco.metrics import IntArray


@runtime_checkable
class Recommender(Protocol):
    """What can be measured: it learns from firms, then ranks tools for other firms.

    If its ``fit`` takes ``shown`` too, it is told which tools each firm could see, where that is known.

    Examples
    --------
    >>> isinstance(FromFrame(None), Recommender)
    True
    """

    def fit(self, profiles: pd.DataFrame, adoptions: pd.DataFrame) -> object:
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

    def rank(self, profiles: pd.DataFrame, known: pd.DataFrame, k: int) -> IntArray:
        """List tools that a firm is not known to have.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row, never one of those learnt from unless the split is by time.
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
    """What answers in frames, as ``ToolRecommender`` does.

    Examples
    --------
    >>> isinstance(FromFrame(None), FrameRecommender)
    False
    """

    def fit(self, profiles: pd.DataFrame | None = None, adoptions: pd.DataFrame | None = None) -> object:
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

    def recommend_batch(self, companies: pd.DataFrame, k: int = 5) -> Any:
        """Recommend tools to firms.

        Parameters
        ----------
        companies : DataFrame
            One firm a row.
        k : int, default=5
            Length of a list.

        Returns
        -------
        object
            Its ``frame`` is a DataFrame with at least ``company_id``, ``rank`` (from 1) and ``tool_id``.
        """


class FromFrame(BaseEstimator):
    """Adapt a recommender that answers in frames: what is known goes in as ``installed``.

    Parameters
    ----------
    recommender : object
        It has ``fit`` and ``recommend_batch``; it is copied, never changed.
    learn : bool, default=True
        False fits it without history: the prior alone.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> class First:
    ...     def fit(self, profiles=None, adoptions=None): ...
    ...     def recommend_batch(self, companies, k=5):
    ...         ids = companies["company_id"]
    ...         return SimpleNamespace(frame=pd.DataFrame({"company_id": ids, "rank": 1, "tool_id": "b"}))
    >>> firms = pd.DataFrame({"company_id": ["f1"], "branch": ["laundry"]})
    >>> known = pd.DataFrame([[1, 0]], index=["f1"], columns=["a", "b"])
    >>> FromFrame(First()).fit(firms, known).rank(firms, known, k=2)
    array([[ 1, -1]])
    """

    def __init__(self, recommender: Any, *, learn: bool = True) -> None:
        self.recommender = recommender
        self.learn = learn

    def fit(
        self, profiles: pd.DataFrame, adoptions: pd.DataFrame, shown: pd.DataFrame | None = None
    ) -> FromFrame:
        """Fit a copy of the recommender.

        Parameters
        ----------
        profiles : DataFrame
            One firm a row.
        adoptions : DataFrame of shape (n_firms, n_tools)
            Grades of the same firms, ``company_id`` as index.
        shown : DataFrame of bool of shape (n_firms, n_tools), default=None
            Tools that each firm could see; handed on to a recommender whose ``fit`` takes it.

        Returns
        -------
        FromFrame
            Itself.
        """
        self.recommender_ = clone(self.recommender, safe=False)
        if self.learn:
            self.recommender_.fit(profiles, adoptions, **told(self.recommender_, shown))
        else:
            self.recommender_.fit(None, None)
        return self

    def rank(self, profiles: pd.DataFrame, known: pd.DataFrame, k: int) -> IntArray:
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
        answer = self.recommender_.recommend_batch(companies, k=k).frame
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


def told(recommender: Any, shown: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Return what was shown as an argument of ``fit``, where it is known and that ``fit`` takes it."""
    takes = shown is not None and "shown" in signature(recommender.fit).parameters
    return {"shown": shown} if takes and shown is not None else {}
