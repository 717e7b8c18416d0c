"""Answers that do not go together: told at once, never overruled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.diagnostic.maturity import Flags, Floats
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.texts import Text

_TRUTHS = {"false": 0, "true": 1}


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Two answers, or an answer and a headcount, that cannot both be so, or seldom are.

    Attributes
    ----------
    contradiction : str
        Key in the table ``contradictions``.
    severity : {"contradiction", "unlikely"}
        Whether it cannot be, or seldom is.
    questions : tuple of str
        Questions, or facts, to look at again.
    text : Text
        What does not go together.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> found = hr.load_questionnaire().score({"IT1": "o0", "HR2": "o4"}).contradictions
    >>> [(one.severity, one.questions) for one in found]
    [('contradiction', ('IT1', 'HR2'))]
    """

    contradiction: str
    severity: str
    questions: tuple[str, ...]
    text: Text

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name.
        """
        plain = {"contradiction": self.contradiction, "severity": self.severity}
        return plain | {"questions": list(self.questions), "text": self.text.to_dict()}


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One question, or fact, and the answers that a pair speaks of."""

    name: str
    column: int
    is_fact: bool
    answers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One row of the table: clauses that do not hold together within some headcounts."""

    told: Contradiction
    clauses: tuple[Clause, ...]
    low: float
    high: float

    def holds(self, chosen: np.ndarray, direct: Floats, headcount: Floats) -> Flags:
        """Tell of each firm whether it applies; an unknown headcount is within no bounds."""
        found = np.ones(len(chosen), dtype=bool)
        if np.isfinite(self.low) or np.isfinite(self.high):
            found &= (headcount >= self.low) & (headcount <= self.high)
        for clause in self.clauses:
            given = direct[:, clause.column] if clause.is_fact else chosen[:, clause.column]
            found &= np.logical_or.reduce([given == answer for answer in clause.answers])
        return found


def read_pairs(tables: Catalog, codes: Mapping[str, Sequence[str]], facts: Sequence[str]) -> tuple[Pair, ...]:
    """Read the table of contradictions.

    Parameters
    ----------
    tables : Catalog
        A catalog, or any object whose ``table(name)`` gives its tables.
    codes : mapping of str to sequence of str
        Answers of each question, in order.
    facts : sequence of str
        Facts, in order.

    Returns
    -------
    tuple of Pair
        The pairs, in the order in which they are told.

    Raises
    ------
    CatalogError
        If a row names an unknown question, fact or answer, or bounds nothing.
    """
    pairs = []
    for row in tables.table("contradictions").sort_values("position").to_dict("records"):
        names = [row["first"], row["second"]]
        clauses = tuple(
            _clause(row, name, cell, codes, facts)
            for name, cell in zip(names, [row["first_answers"], row["second_answers"]], strict=True)
            if isinstance(name, str)
        )
        low, high = row["headcount_min"], row["headcount_max"]
        if len(clauses) == 1 and pd.isna(low) and pd.isna(high):
            raise CatalogError(
                f"contradictions.csv, {row['contradiction']}: must name a second question or a headcount. "
                "Got neither."
            )
        told = Contradiction(
            contradiction=row["contradiction"],
            severity=row["severity"],
            questions=tuple(clause.name for clause in clauses),
            text=Text(row["text_fr"], row["text_en"]),
        )
        low, high = -np.inf if pd.isna(low) else low, np.inf if pd.isna(high) else high
        pairs.append(Pair(told=told, clauses=clauses, low=low, high=high))
    return tuple(pairs)


def _clause(
    row: Mapping[Any, Any], name: str, cell: object, codes: Mapping[str, Sequence[str]], facts: Sequence[str]
) -> Clause:
    """Return one half of a row."""
    options = list(_TRUTHS) if name in facts else list(codes.get(name, ()))
    answers = split_list(cell)
    if not answers or not set(answers) <= set(options):
        raise CatalogError(
            f"contradictions.csv, {row['contradiction']}: {name} must be a question or a fact, with answers "
            f"of its own. Got {cell!r}."
        )
    is_fact = name in facts
    column = facts.index(name) if is_fact else list(codes).index(name)
    places = tuple(_TRUTHS[one] if is_fact else options.index(one) for one in answers)
    return Clause(name=name, column=column, is_fact=is_fact, answers=places)
