"""Rules with three outcomes, evaluated for all pairs of firms and tools at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_choice
from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.firms import Firms, Remedy
from hrtools_reco.texts import Text

PASS, UNKNOWN, FAIL = 0, 1, 2
OUTCOMES = ("pass", "unknown", "fail")

FIT, TO_CHECK, PREPARE, EXCLUDED = "fit", "to_check", "prepare", "excluded"
STATUSES = (FIT, TO_CHECK, PREPARE, EXCLUDED)

# Bits of a pair, joined over the rules by a bitwise or; the status follows from them.
_UNKNOWN_BIT, _READINESS_BIT, _EXCLUDED_BIT = 1, 2, 4
_STATUS_OF_BITS = np.array([0, 1, 2, 2, 3, 3, 3, 3], dtype=np.uint8)


class Rule:
    """A named test of a pair of a firm and a tool; subclass it to add one's own.

    Attributes
    ----------
    name : str
        Key of the rule.
    relaxable : bool
        Whether a user may give the rule up.
    readiness : bool
        Whether failing means "prepare first" rather than "excluded".
    label : Text or None
        Name of the rule; its key stands in where there is none.

    Examples
    --------
    >>> import numpy as np
    >>> import hrtools_reco as hr
    >>> class VendorInFrance(hr.Rule):
    ...     name, label = "vendor_in_france", hr.Text("Éditeur français", "French vendor")
    ...     def __init__(self, catalog):
    ...         country = catalog.tools["vendor_country"]
    ...         self._outcome = np.select([country.isna(), country != "FR"], [hr.UNKNOWN, hr.FAIL], hr.PASS)
    ...     def outcomes(self, firms):
    ...         return self._outcome[None, :]
    >>> catalog = hr.load_catalog()
    >>> rules = [*hr.bundled_rules(catalog), VendorInFrance(catalog)]
    >>> recommender = hr.ToolRecommender(rules=rules).fit()
    """

    name: str = ""
    relaxable: bool = True
    readiness: bool = False
    label: Text | None = None

    @property
    def title(self) -> Text:
        """Name of the rule as it is shown."""
        return self.label or Text(self.name, self.name)

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool.

        Parameters
        ----------
        firms : Firms
            The firms.

        Returns
        -------
        ndarray of shape (n_firms, n_tools) or (1, n_tools)
            ``PASS``, ``UNKNOWN`` or ``FAIL`` for each pair; one row if the firm does not matter.
        """
        raise TypeError(f"the rule {self.name!r} must define outcomes(firms)")

    def signature(self, firms: Firms) -> np.ndarray | None:
        """Give each firm a number, so that equal numbers have equal outcomes.

        Parameters
        ----------
        firms : Firms
            The firms.

        Returns
        -------
        ndarray of int of shape (n_firms,) or None
            The numbers; ``None`` tests each firm by itself.
        """
        return None

    def gap(self, firms: Firms, tool: int, outcome: int) -> Text:
        """Say what is missing for one firm and one tool.

        Parameters
        ----------
        firms : Firms
            One firm.
        tool : int
            Position of the tool in the catalog.
        outcome : {UNKNOWN, FAIL}
            What the rule said of them.

        Returns
        -------
        Text
            The gap of a failed rule, the question to ask for an unknown one.
        """
        return self.title

    def remedies(self, firms: Firms, tool: int) -> tuple[Remedy, ...] | None:
        """Say what would make the rule pass for one firm and one tool.

        Parameters
        ----------
        firms : Firms
            One firm.
        tool : int
            Position of the tool in the catalog.

        Returns
        -------
        tuple of Remedy or None
            The fewest changes of the profile; ``None`` if no change of it can help.
        """
        return None


class ColumnRule(Rule):
    """A rule as data: it holds a column of the tools against a list of accepted values.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tools.
    name : str
        Key of the rule.
    column : str
        Column of ``catalog.tools``; a list cell passes if one of its items is accepted.
    accepted : sequence of str
        Accepted values; an empty cell is unknown.
    label : Text, optional
        Name of the rule.
    relaxable : bool, default=True
        Whether a user may give the rule up.

    Raises
    ------
    UnknownNameError
        If the tools have no such column.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> catalog = hr.load_catalog()
    >>> rule = hr.ColumnRule(catalog, name="eu_vendor", column="vendor_country", accepted=["FR", "DE", "BE"])
    >>> rule.outcomes(None).shape == (1, len(catalog.tools))
    True
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        name: str,
        column: str,
        accepted: Sequence[str],
        label: Text | None = None,
        relaxable: bool = True,
    ) -> None:
        check_choice("column", column, catalog.tools.columns)
        self.name, self.relaxable = name, relaxable
        self.label = label
        wanted = {str(value) for value in accepted}
        cells = [cell if pd.isna(cell) else str(cell) for cell in catalog.tools[column]]
        self._outcome = np.array(
            [
                UNKNOWN if pd.isna(cell) else PASS if wanted & set(split_list(cell)) else FAIL
                for cell in cells
            ],
            dtype=np.uint8,
        )

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Return the outcome of each tool, the same for all firms; see ``Rule.outcomes``."""
        return self._outcome[None, :]

    def signature(self, firms: Firms) -> np.ndarray:
        """Give all firms one number; see ``Rule.signature``."""
        return np.zeros(len(firms), dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """Statuses of all pairs, stored once for each rule signature.

    Attributes
    ----------
    group : ndarray of int of shape (n_firms,)
        Signature of each firm.
    bits : ndarray of uint8 of shape (n_groups, n_tools)
        What the rules say of each signature.
    outcomes : tuple of ndarray of uint8 of shape (n_groups_of_the_rule, n_tools)
        Outcomes of each rule, in the order of the rules, once for each group of firms that it tells apart.
    codes : tuple of ndarray of int of shape (n_firms,)
        Group of each firm for each rule.
    """

    group: np.ndarray
    bits: np.ndarray
    outcomes: tuple[np.ndarray, ...]
    codes: tuple[np.ndarray, ...]

    @property
    def recommendable(self) -> np.ndarray:
        """Whether each tool may be recommended, of shape (n_groups, n_tools)."""
        return self.bits <= _UNKNOWN_BIT

    def status_of_group(self) -> np.ndarray:
        """Return positions in ``STATUSES``, of shape (n_groups, n_tools)."""
        found: np.ndarray = _STATUS_OF_BITS[self.bits]
        return found

    def statuses(self) -> np.ndarray:
        """Return positions in ``STATUSES``, of shape (n_firms, n_tools)."""
        found: np.ndarray = self.status_of_group()[self.group]
        return found

    def statuses_at(self, tools: np.ndarray) -> np.ndarray:
        """Return positions in ``STATUSES`` of some tools of each firm, of shape (n_firms, k)."""
        found: np.ndarray = _STATUS_OF_BITS[self.bits[self.group[:, None], tools]]
        return found

    def outcomes_at(self, rows: np.ndarray, tools: np.ndarray) -> np.ndarray:
        """Return the outcome of each rule for some pairs, of shape (n_rules, n_pairs)."""
        pairs = zip(self.outcomes, self.codes, strict=True)
        return np.array([table[code[rows], tools] for table, code in pairs], dtype=np.uint8)

    def count(self, status: str) -> np.ndarray:
        """Count the tools of a status for each firm, of shape (n_firms,)."""
        counts: np.ndarray = (_STATUS_OF_BITS[self.bits] == STATUSES.index(status)).sum(axis=1)[self.group]
        return counts


def evaluate_rules(rules: Sequence[Rule], firms: Firms) -> Eligibility:
    """Evaluate rules, once for each group of firms that share a rule signature.

    Parameters
    ----------
    rules : sequence of Rule
        The rules, at least one.
    firms : Firms
        The firms.

    Returns
    -------
    Eligibility
        The statuses of all pairs. The order of the rules does not matter.
    """
    tested = [rule_outcomes(rule, firms) for rule in rules]
    group, firsts = combine_codes([code for _, code in tested])
    bits = np.zeros((len(firsts), tested[0][0].shape[1]), dtype=np.uint8)
    for rule, (outcomes, code) in zip(rules, tested, strict=True):
        fail_bit = _READINESS_BIT if rule.readiness else _EXCLUDED_BIT
        bits |= np.array([0, _UNKNOWN_BIT, fail_bit], dtype=np.uint8)[outcomes[code[firsts]]]
    outcomes, codes = zip(*tested, strict=True)
    return Eligibility(group=group, bits=bits, outcomes=outcomes, codes=codes)


def rule_outcomes(rule: Rule, firms: Firms) -> tuple[np.ndarray, np.ndarray]:
    """Return the outcomes of a rule by group, and the group of each firm."""
    signature = rule.signature(firms) if len(firms) > 1 else None
    if signature is None:
        outcomes = rule.outcomes(firms)
        rows = np.arange(len(firms)) if len(outcomes) == len(firms) else np.zeros(len(firms), dtype=int)
        return outcomes, rows
    codes, firsts = combine_codes([signature])
    outcomes = rule.outcomes(firms.take(firsts))
    return outcomes, codes if len(outcomes) == len(firsts) else np.zeros(len(firms), dtype=int)


def combine_codes(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Give a number to each distinct row of integer columns; also return where each comes first."""
    combined = np.zeros(len(columns[0]), dtype=np.int64)
    if len(combined) == 1:
        return combined, combined
    for column in columns:
        own, values = pd.factorize(column)
        combined, _ = pd.factorize(combined * max(len(values), 1) + own)
    firsts = np.flatnonzero(~pd.Series(combined).duplicated().to_numpy())
    return combined, firsts


def bit_codes(flags: np.ndarray) -> np.ndarray:
    """Give a number to each row of a table of truth values by what stands in them."""
    used = np.flatnonzero(flags.any(axis=0))
    parts = [flags[:, used[start : start + 62]] for start in range(0, len(used), 62)]
    columns = [part @ (1 << np.arange(part.shape[1], dtype=np.int64)) for part in parts]
    return combine_codes(columns)[0] if columns else np.zeros(len(flags), dtype=np.int64)
