"""What the rules leave to each of many firms, counted chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from hrtools_reco.catalog import Catalog, naming, need_answers
from hrtools_reco.firms import Firms
from hrtools_reco.rules import FIT, PASS, PREPARE, STATUSES, TO_CHECK, ReadinessRule, Rule, evaluate_rules

_CHUNK = 4096


@dataclass(frozen=True, kw_only=True)
class Census:
    """What the rules leave to each firm.

    Attributes
    ----------
    n_fit, n_to_check : ndarray of int of shape (n_firms,)
        Tools of each status.
    n_stopped : ndarray of int of shape (n_firms, n_rules)
        Tools that each rule does not pass.
    served_functions : ndarray of bool of shape (n_firms, n_functions)
        Whether a tool for each function fits.
    served_needs : ndarray of bool of shape (n_firms, n_needs)
        Whether a tool that answers each need fits.
    waiting : ndarray of bool of shape (n_firms, n_dimensions)
        Dimensions whose gates hold back a tool that nothing else excludes.
    """

    n_fit: np.ndarray
    n_to_check: np.ndarray
    n_stopped: np.ndarray
    served_functions: np.ndarray
    served_needs: np.ndarray
    waiting: np.ndarray


def take_census(firms: Firms, rules: Sequence[Rule], catalog: Catalog) -> Census:
    """Hold firms against the rules and count what is left to each.

    Parameters
    ----------
    firms : Firms
        The firms, at least one.
    rules : sequence of Rule
        The rules.
    catalog : Catalog
        Catalog of the tools.

    Returns
    -------
    Census
        The counts, firm by firm.
    """
    parts = list(_parts(firms, rules, catalog))
    names = [item.name for item in fields(Census)]
    return Census(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _parts(firms: Firms, rules: Sequence[Rule], catalog: Catalog) -> Iterator[Census]:
    """Yield the census of each chunk."""
    serves = naming(catalog, "functions", catalog.keys("functions")).T.astype(np.float32)
    answers = (need_answers(catalog) >= catalog.setting("answers_from")).T.astype(np.float32)
    gates = [rule for rule in rules if isinstance(rule, ReadinessRule)]
    for start in range(0, len(firms), _CHUNK):
        chunk = firms.take(slice(start, start + _CHUNK))
        found = evaluate_rules(rules, chunk)
        status = found.statuses()
        fitting = (status == STATUSES.index(FIT)).astype(np.float32)
        prepare = status == STATUSES.index(PREPARE)
        waiting = np.zeros((len(chunk), len(catalog.keys("dimensions"))), dtype=bool)
        for rule in gates:
            waiting |= rule.holding_back(chunk, prepare)
        yield Census(
            n_fit=found.count(FIT),
            n_to_check=found.count(TO_CHECK),
            n_stopped=np.column_stack(
                [
                    (outcomes != PASS).sum(axis=1)[code]
                    for outcomes, code in zip(found.outcomes, found.codes, strict=True)
                ]
            ),
            served_functions=fitting @ serves > 0,
            served_needs=fitting @ answers > 0,
            waiting=waiting,
        )
