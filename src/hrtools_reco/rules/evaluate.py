"""Hold firms against rules, once for each group that a rule tells apart; what a rule says is checked here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from hrtools_reco._checks import invalid
from hrtools_reco.exceptions import HRToolsError
from hrtools_reco.firms import Firms, Remedy
from hrtools_reco.rules.core import FAIL, PASS, STATUSES, UNKNOWN, Rule
from hrtools_reco.rules.groups import combine_codes
from hrtools_reco.texts import Text

Said = TypeVar("Said")

# Bits of a pair, joined over the rules by a bitwise or; the status follows from them. An outcome (0, 1, 2) is
# its own bit, but that a rule other than readiness which fails counts 4.
_UNKNOWN_BIT = UNKNOWN
_STATUS_OF_BITS = np.array([0, 1, 2, 2, 3, 3, 3, 3], dtype=np.uint8)


_RIGHT_OUTCOMES = f"PASS ({PASS}), UNKNOWN ({UNKNOWN}) or FAIL ({FAIL}), as whole numbers"

# Up to so many firms, finding those that share a signature costs more than it saves.
_FEW = 16


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """Statuses of all pairs.

    Attributes
    ----------
    bits : ndarray of uint8 of shape (n_firms, n_tools)
        What the rules say of each pair.
    outcomes : tuple of ndarray of uint8 of shape (n_groups_of_the_rule, n_tools)
        Outcomes of each rule, in the order of the rules, once for each group of firms that it tells apart.
    codes : tuple of ndarray of int of shape (n_firms,)
        Group of each firm for each rule.
    """

    bits: np.ndarray
    outcomes: tuple[np.ndarray, ...]
    codes: tuple[np.ndarray, ...]

    @property
    def recommendable(self) -> np.ndarray:
        """Whether each tool may be recommended, of shape (n_firms, n_tools)."""
        return self.bits <= _UNKNOWN_BIT

    def statuses(self) -> np.ndarray:
        """Return positions in ``STATUSES``, of shape (n_firms, n_tools)."""
        found: np.ndarray = _STATUS_OF_BITS[self.bits]
        return found

    def statuses_at(self, rows: np.ndarray, tools: np.ndarray) -> np.ndarray:
        """Return positions in ``STATUSES`` of some pairs, of shape (n_pairs,)."""
        found: np.ndarray = _STATUS_OF_BITS[self.bits[rows, tools]]
        return found

    def outcomes_at(self, rows: np.ndarray, tools: np.ndarray) -> np.ndarray:
        """Return the outcome of each rule for some pairs, of shape (n_rules, n_pairs)."""
        pairs = zip(self.outcomes, self.codes, strict=True)
        found = [table[code[rows], tools] for table, code in pairs]
        return np.array(found, dtype=np.uint8).reshape(len(found), len(tools))

    def count(self, status: str) -> np.ndarray:
        """Count the tools of a status for each firm, of shape (n_firms,)."""
        first, *others = np.flatnonzero(STATUSES.index(status) == _STATUS_OF_BITS)
        # Below the first, a whole number of eight bits without a sign wraps around to a large one.
        return np.count_nonzero(self.bits - np.uint8(first) <= len(others), axis=1)


def evaluate_rules(rules: Sequence[Rule], firms: Firms) -> Eligibility:
    """Evaluate rules, once for each group of firms that share a rule signature.

    Parameters
    ----------
    rules : sequence of Rule
        The rules; without any, every tool fits every firm.
    firms : Firms
        The firms.

    Returns
    -------
    Eligibility
        The statuses of all pairs. The order of the rules does not matter.

    Raises
    ------
    InvalidValueError
        If a rule fails, or returns what is no outcome of each pair; the rule is named.
    """
    tested = [_outcomes_by_group(rule, firms) for rule in rules]
    pairs = [(rule, table) for rule, (table, _) in zip(rules, tested, strict=True) if len(table) == 1]
    bits = np.tile(_joined(pairs, firms.n_tools), (len(firms), 1))
    row = np.empty_like(bits)
    for rule, (table, code) in zip(rules, tested, strict=True):
        if len(table) > 1:
            weighed = _checked_range(rule, table) if rule.readiness else _checked_range(rule, table) * table
            bits |= np.take(weighed, code, axis=0, out=row, mode="clip")
    return Eligibility(
        bits=bits,
        outcomes=tuple(outcomes for outcomes, _ in tested),
        codes=tuple(code for _, code in tested),
    )


def _joined(pairs: Sequence[tuple[Rule, np.ndarray]], n_tools: int) -> np.ndarray:
    """Join the outcomes of rules that say the same of all firms: FAIL is 2 for readiness, else 2 × 2."""
    tables = np.concatenate([np.zeros((1, n_tools), dtype=np.uint8), *(table for _, table in pairs)])
    if tables.max(initial=PASS) > FAIL:
        for rule, table in pairs:
            _checked_range(rule, table)
    weights = tables.copy()
    weights[[False, *(rule.readiness for rule, _ in pairs)]] = 1
    joined: np.ndarray = np.bitwise_or.reduce(tables * weights, axis=0)
    return joined


def rule_outcomes(rule: Rule, firms: Firms) -> tuple[np.ndarray, np.ndarray]:
    """Return the outcomes of a rule by group, and the group of each firm."""
    outcomes, codes = _outcomes_by_group(rule, firms)
    return _checked_range(rule, outcomes), codes


def _outcomes_by_group(rule: Rule, firms: Firms) -> tuple[np.ndarray, np.ndarray]:
    """Return the same, whole numbers of eight bits that may still be no outcomes."""
    signature = _asked(rule, "signature", lambda: rule.signature(firms)) if len(firms) > _FEW else None
    if signature is None:
        codes, tested = np.arange(len(firms)), firms
    else:
        codes, firsts = combine_codes([_checked_signature(rule, signature, firms)])
        tested = firms.lend(firsts)
    outcomes = _checked_outcomes(rule, _asked(rule, "outcomes", lambda: rule.outcomes(tested)), tested)
    return outcomes, codes if len(outcomes) == len(tested) else np.zeros(len(firms), dtype=int)


def _asked(rule: Rule, method: str, ask: Callable[[], Said]) -> Said:
    """Return what a rule says; whatever it raises becomes an error that names it."""
    try:
        return ask()
    except HRToolsError:
        raise
    except Exception as error:
        raise invalid(f"{method} of the rule {rule.name!r}", "computed without an error", error) from error


def _checked_signature(rule: Rule, signature: object, firms: Firms) -> np.ndarray:
    """Return the signature of a rule if it is a whole number for each firm."""
    numbers = np.asarray(signature) if isinstance(signature, np.ndarray | Sequence) else np.empty(0)
    if numbers.shape != (len(firms),) or numbers.dtype.kind not in "iu":
        right = f"None, or an array of whole numbers of the shape ({len(firms)},)"
        raise invalid(f"signature of the rule {rule.name!r}", right, signature)
    return numbers


def _checked_outcomes(rule: Rule, found: object, firms: Firms) -> np.ndarray:
    """Return the outcomes of a rule if they are whole numbers, one for each pair."""
    name, shapes = f"outcomes of the rule {rule.name!r}", ((len(firms), firms.n_tools), (1, firms.n_tools))
    if not isinstance(found, np.ndarray) or found.shape not in shapes:
        right = f"an array of the shape {shapes[0]} or {shapes[1]}: firms (or 1) × tools of the catalog"
        raise invalid(name, right, found.shape if isinstance(found, np.ndarray) else found)
    if found.dtype.kind not in "iu":
        raise invalid(name, _RIGHT_OUTCOMES, found.dtype)
    return found if found.dtype == np.uint8 else _checked_range(rule, found).astype(np.uint8)


def _checked_range(rule: Rule, found: np.ndarray) -> np.ndarray:
    """Return the outcomes of a rule if they are PASS, UNKNOWN or FAIL."""
    if found.size and (found.max() > FAIL or (found.dtype.kind == "i" and found.min() < PASS)):
        wrong = found[(found > FAIL) | (found < PASS)][0]
        raise invalid(f"outcomes of the rule {rule.name!r}", _RIGHT_OUTCOMES, wrong)
    return found


def check_rules(rules: object) -> list[Rule]:
    """Return rules as a list.

    Parameters
    ----------
    rules : sequence of Rule
        The rules.

    Returns
    -------
    list of Rule
        The rules.

    Raises
    ------
    InvalidValueError
        If it is no sequence of rules, a rule has no name, or two have one name.
    """
    right = "a list of rules, each with a name of its own"
    if not isinstance(rules, Sequence) or isinstance(rules, str):
        raise invalid("rules", right, rules)
    for rule in rules:
        if not isinstance(rule, Rule) or not rule.name:
            raise invalid("rules", right, rule)
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise invalid("rules", right, name, "It stands there twice.")
    return list(rules)


def gap_of(rule: Rule, firms: Firms, tool: int, outcome: int) -> Text:
    """Return the gap that a rule names; see ``Rule.gap``."""
    gap = _asked(rule, "gap", lambda: rule.gap(firms, tool, outcome))
    if not isinstance(gap, Text):
        raise invalid(f"gap of the rule {rule.name!r}", "a Text in French and English", gap)
    return gap


def remedies_of(rule: Rule, firms: Firms, tool: int) -> tuple[Remedy, ...]:
    """Return what would make a rule pass, nothing if nothing can; see ``Rule.remedies``."""
    remedies = _asked(rule, "remedies", lambda: rule.remedies(firms, tool))
    right = "None, or a tuple of Remedy"
    if remedies is not None and not isinstance(remedies, tuple | list):
        raise invalid(f"remedies of the rule {rule.name!r}", right, remedies)
    for remedy in remedies or ():
        if not isinstance(remedy, Remedy):
            raise invalid(f"remedies of the rule {rule.name!r}", right, remedy)
    return tuple(remedies or ())
