"""From a log of adoption to what is learnt, what is known, and what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.evaluation.splits import TimeSplit, split_known
from hrtools_reco.firms import Feedback, adoptions_of
from hrtools_reco.metrics import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Log:
    """What is learnt of each firm, what is known of it when it is tested, and what it is measured on.

    Attributes
    ----------
    history : DataFrame of shape (n_firms, n_tools)
        Grades to learn from, ``company_id`` as index, a column per tool.
    seen : DataFrame of bool of shape (n_firms, n_tools) or None
        Tools that each firm could see, for those who learn.
    known : DataFrame of shape (n_firms, n_tools)
        Tools that are known when a firm is tested.
    held_out : ndarray of shape (n_firms, n_tools)
        Grades that are measured.
    measured : ndarray of bool of shape (n_firms, n_tools) or None
        Pairs that can be a hit or a miss; ``None`` for all.
    fold : tuple of two ndarray of int, or None
        Firms to learn from and to measure, where the log itself tells.
    """

    history: pd.DataFrame
    seen: pd.DataFrame | None
    known: pd.DataFrame
    held_out: FloatArray
    measured: BoolArray | None
    fold: tuple[IntArray, IntArray] | None = None


def log_of(
    adoptions: Any,
    shown: Any,
    company_ids: np.ndarray,
    tool_ids: Sequence[str] | None,
    known_share: float,
    random_state: int,
) -> Log:
    """Read a log: what each firm has is parted into known and held out by chance, or by time.

    Parameters
    ----------
    adoptions, shown : table, ndarray, sparse array, Feedback or TimeSplit
        As in ``compare_recommenders``.
    company_ids : ndarray of shape (n_firms,)
        Keys of the firms.
    tool_ids : sequence of str or None
        Tools that may be listed.
    known_share : float
        Share of the tools of a firm that is known.
    random_state : int
        Seed.

    Returns
    -------
    Log
        The log; what a firm could not see is not measured.
    """
    if isinstance(adoptions, TimeSplit):
        if shown is not None:
            raise invalid(
                "shown", "None where the split is by time: feedback tells what was shown", "a table"
            )
        return _log_by_time(adoptions, company_ids, tool_ids)
    if isinstance(adoptions, Feedback):
        adoptions, shown = adoptions.adoptions, adoptions.shown if shown is None else shown
    if shown is None:
        (wide,), seen = _tables([adoptions], company_ids, tool_ids), None
    else:
        wide, seen = _tables([adoptions, shown], company_ids, tool_ids)
        seen = seen > 0
    known, held_out = split_known(wide, known_share, random_state=random_state)
    measured = None if seen is None else seen.to_numpy()
    relevant = held_out.to_numpy() if measured is None else np.where(measured, held_out.to_numpy(), 0.0)
    return Log(history=wide, seen=seen, known=known, held_out=relevant, measured=measured)


def _log_by_time(parts: TimeSplit, company_ids: np.ndarray, tool_ids: Sequence[str] | None) -> Log:
    """Learn from what came before, and measure what was shown after."""
    found = [table for part in (parts.before, parts.after) for table in (part.adoptions, part.shown)]
    history, seen, later, shown = _tables(found, company_ids, tool_ids)
    measured = shown.to_numpy() > 0
    train = np.flatnonzero((seen > 0).to_numpy().any(axis=1))
    return Log(
        history=history,
        seen=seen > 0,
        known=history,
        held_out=np.where(measured, later.to_numpy(), 0.0),
        measured=measured,
        fold=(train, np.flatnonzero(measured.any(axis=1))),
    )


def _tables(
    found: Sequence[Any], company_ids: np.ndarray, tool_ids: Sequence[str] | None
) -> list[pd.DataFrame]:
    """Lay tables of pairs out wide: the firms in the order given, the tools of all of them sorted."""
    if tool_ids is None:
        named = [adoptions_of(table, company_ids).tool_ids for table in found]
        tool_ids = [tool_id for tools in named for tool_id in tools]
    columns = pd.Index(sorted(set(tool_ids)))
    index = pd.Index(company_ids, name=COMPANY_ID)
    return [
        pd.DataFrame(
            adoptions_of(table, company_ids, columns.tolist()).matrix.toarray(), index=index, columns=columns
        )
        for table in found
    ]
