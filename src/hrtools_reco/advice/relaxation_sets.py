"""Which rules each closed tool fails, for many firms at once: the sets that could be given up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco.answer import Engine, Tested
from hrtools_reco.columns import COMPANY_ID, LIST_SEPARATOR, N_UNLOCKED, RANK, RULES, SCORE, STATUS, TOOL_ID
from hrtools_reco.rules import FAIL, FIT, TO_CHECK, UNKNOWN

LARGEST_SET = 3
_Pairs = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class RelaxationSets:
    """Sets of rules to give up, by firm and then the most useful first, and the best tools of each.

    Attributes
    ----------
    rules : tuple of tuple of int
        The distinct sets, as positions in the rules of the engine.
    firm, kind, n_unlocked : ndarray of int of shape (n_sets,)
        For each set its firm, its position in ``rules``, and how many tools wait for exactly it.
    owner, rank, tool : ndarray of int of shape (n_shown,)
        For each tool that is shown the position of its set, its rank (from 1) and its column.
    score, is_open : ndarray of shape (n_shown,)
        Its score, and whether something is to be asked still.
    """

    rules: tuple[tuple[int, ...], ...]
    firm: np.ndarray
    kind: np.ndarray
    n_unlocked: np.ndarray
    owner: np.ndarray
    rank: np.ndarray
    tool: np.ndarray
    score: np.ndarray
    is_open: np.ndarray


def relaxation_sets(engine: Engine, tested: Tested, k: int) -> RelaxationSets:
    """Find the minimal sets of at most three relaxable rules to give up.

    The rules that a tool fails are the one set that must be given up for it; tools are grouped by it.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    tested : Tested
        The firms.
    k : int
        Largest number of tools shown of a set.

    Returns
    -------
    RelaxationSets
        Of each firm the smallest sets first, then those with the best tool.
    """
    firm, tool, code, is_open = _closed_pairs(engine, tested)
    codes, kind = np.unique(code, return_inverse=True)
    rules = tuple(_decoded(int(one), len(engine.rules)) for one in codes)
    score = tested.scores[firm, tool]
    order = np.lexsort((tool, -score, kind, firm))
    firm, tool, kind, score, is_open = firm[order], tool[order], kind[order], score[order], is_open[order]
    starts = np.flatnonzero(np.diff(firm, prepend=-1) | np.diff(kind, prepend=-1))
    sizes = np.diff(starts, append=len(firm))
    size_of = np.array([len(one) for one in rules], dtype=np.int64)
    by_name = _places([tuple(engine.rules[at].name for at in one) for one in rules])
    sets = np.lexsort((by_name[kind[starts]], -score[starts], size_of[kind[starts]], firm[starts]))
    shown = np.minimum(sizes[sets], k)
    owner = np.repeat(np.arange(len(sets)), shown)
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(shown) - shown, shown)
    at = starts[sets][owner] + rank
    return RelaxationSets(
        rules=rules,
        firm=firm[starts[sets]],
        kind=kind[starts[sets]],
        n_unlocked=sizes[sets],
        owner=owner,
        rank=rank + 1,
        tool=tool[at],
        score=score[at],
        is_open=is_open[at],
    )


def relaxation_frame(engine: Engine, tested: Tested, k: int) -> pd.DataFrame:
    """Write the sets of many firms as a table, one row for each set and tool."""
    sets = relaxation_sets(engine, tested, k)
    names = [LIST_SEPARATOR.join(engine.rules[at].name for at in one) for one in sets.rules]
    firm = sets.firm[sets.owner]
    first = np.searchsorted(sets.firm, sets.firm)  # the first set of the same firm
    return pd.DataFrame(
        {
            COMPANY_ID: tested.firms.company_id[firm],
            "set": (np.arange(len(first)) - first + 1)[sets.owner],
            RULES: np.array([*names, None], dtype=object)[sets.kind[sets.owner]],
            N_UNLOCKED: sets.n_unlocked[sets.owner],
            RANK: sets.rank,
            TOOL_ID: np.array(engine.catalog.tool_ids, dtype=object)[sets.tool],
            SCORE: sets.score.astype(float),
            STATUS: np.array([FIT, TO_CHECK], dtype=object)[sets.is_open.astype(int)],
        }
    )


def _closed_pairs(engine: Engine, tested: Tested) -> _Pairs:
    """Return firm, tool, code of the failed rules, and whether a rule is unknown, of pairs to be opened."""
    shape, base = tested.scores.shape, len(engine.rules) + 1
    code, n_failed = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.uint8)
    barred, is_open = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    eligibility = tested.eligibility
    for at, (rule, outcomes, group) in enumerate(
        zip(engine.rules, eligibility.outcomes, eligibility.codes, strict=True), start=1
    ):
        failed = (outcomes == FAIL)[group]
        is_open |= (outcomes == UNKNOWN)[group]
        if rule.relaxable:
            code = np.where(failed & (n_failed < LARGEST_SET), code * base + at, code)
            n_failed += failed
        else:
            barred |= failed
    firm, tool = np.nonzero((n_failed > 0) & (n_failed <= LARGEST_SET) & ~barred)
    return firm, tool, code[firm, tool], is_open[firm, tool]


def _decoded(code: int, n_rules: int) -> tuple[int, ...]:
    """Return the positions of the rules that a code stands for, in the order of the rules."""
    places = []
    while code:
        code, at = divmod(code, n_rules + 1)
        places.append(at - 1)
    return tuple(reversed(places))


def _places(names: list[tuple[str, ...]]) -> np.ndarray:
    """Return the place of each tuple of names once they are sorted."""
    ordered = {name: place for place, name in enumerate(sorted(names))}
    return np.array([ordered[name] for name in names], dtype=np.int64)
