"""Facts that follow from what else is known of a firm: they count as known, say so, and are not asked."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, primary_functions
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.firms.arrays import Firms
from hrtools_reco.texts import LANGUAGES, Text

SUITE = "suite"
_ARRAYS = {"maturity": "dimensions", "need": "needs", "fact": "facts"}


@dataclass(frozen=True, kw_only=True)
class ImpliedFact:
    """A fact that nobody stated, and what it follows from.

    Attributes
    ----------
    fact : str
        The fact.
    value : bool
        Whether the firm has it.
    label : Text
        Name of the fact.
    reason : Text
        What it follows from, as the end of a sentence.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firm = {"branch": "clothing", "headcount": 45}
    >>> hr.ToolRecommender().fit().explain(firm, "taleez").implied[0].fact
    'internet'
    """

    fact: str
    value: bool
    label: Text
    reason: Text

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``fact, value, label, reason``.
        """
        return {
            "fact": self.fact,
            "value": self.value,
            "label": self.label.to_dict(),
            "reason": self.reason.to_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One row of the table: where a firm is looked at, between which bounds, and what follows."""

    position: int
    fact: int
    value: int
    source: str
    columns: tuple[int, ...]
    low: float
    high: float

    def holds(self, known: _Known) -> Any:
        """Tell whether the row speaks of a firm; what is unknown or estimated never does."""
        if self.source == "headcount":
            return (known.low >= self.low) & (known.high <= self.high)
        if self.source == "installed":
            return known.runs(self.columns)
        values = known.columns[self.source][self.columns[0]]
        within = (values >= self.low) & (values <= self.high)
        return within & ~known.estimated[self.columns[0]] if self.source == "maturity" else within


class _Known:
    """What is known of firms, column by column: arrays, or plain numbers (which are faster) for one firm."""

    def __init__(self, firms: Firms) -> None:
        one = len(firms) == 1
        split = (lambda array: array[0].tolist()) if one else (lambda array: list(array.T))
        stated = np.where(firms.implied >= 0, -1, firms.facts)
        self.columns = {"maturity": split(firms.maturity), "need": split(firms.needs), "fact": split(stated)}
        self.estimated = [np.bool_(flag) for flag in firms.estimated[0]] if one else list(firms.estimated.T)
        self.low, self.high = (
            split(ends[:, None])[0] for ends in (firms.headcount_low, firms.headcount_high)
        )
        self._installed, self._one = firms.installed, one
        self._used = frozenset(firms.in_place.tolist())

    def runs(self, items: tuple[int, ...]) -> Any:
        """Tell whether any of some items is in place."""
        used = [item for item in items if item in self._used]
        return bool(used) if self._one or not used else self._installed[:, used].any(axis=1)


def imply_facts(firms: Firms, catalog: Catalog) -> Firms:
    """Fill the facts that follow from what else is known.

    A stated fact always goes first. Of several rows that speak of a firm, the first of the table decides.

    Parameters
    ----------
    firms : Firms
        The firms; facts that were implied before are thought through again.
    catalog : Catalog
        Catalog with the table ``implied_facts``.

    Returns
    -------
    Firms
        The firms with ``facts`` and ``implied`` filled.
    """
    known = _Known(firms)
    facts = known.columns["fact"]
    implied: list[Any] = [-1 for _ in facts]
    for row in _rows(catalog):
        found = (facts[row.fact] < 0) & row.holds(known)
        if isinstance(found, np.ndarray):
            facts[row.fact] = np.where(found, row.value, facts[row.fact])
            implied[row.fact] = np.where(found, row.position, implied[row.fact])
        elif found:
            facts[row.fact], implied[row.fact] = row.value, row.position
    return replace(
        firms,
        facts=_columns_of(facts, len(firms), np.int8),
        implied=_columns_of(implied, len(firms), np.int16),
    )


def _columns_of(columns: Sequence[Any], n_firms: int, dtype: type[np.generic]) -> np.ndarray:
    """Put columns, arrays or numbers, side by side."""
    table = np.empty((n_firms, len(columns)), dtype=dtype)
    for position, column in enumerate(columns):
        table[:, position] = column
    return table


def implied_facts(firms: Firms, catalog: Catalog, row: int = 0) -> tuple[ImpliedFact, ...]:
    """Return what was implied for one firm, in the order of the facts.

    Parameters
    ----------
    firms : Firms
        The firms.
    catalog : Catalog
        Catalog with the table ``implied_facts``.
    row : int, default=0
        Position of the firm.

    Returns
    -------
    tuple of ImpliedFact
        The facts, with what each follows from.
    """
    at_facts = np.flatnonzero(firms.implied[row] >= 0)
    facts, said = catalog.keys("facts"), _reasons(catalog) if len(at_facts) else ()
    labels = [catalog.labels("facts", lang) for lang in LANGUAGES]
    return tuple(
        ImpliedFact(
            fact=facts[at],
            value=bool(firms.facts[row, at]),
            label=Text(*(names[facts[at]] for names in labels)),
            reason=said[firms.implied[row, at]],
        )
        for at in at_facts.tolist()
    )


@functools.lru_cache(maxsize=8)
def _reasons(catalog: Catalog) -> tuple[Text, ...]:
    """Return what each row of the table rests on."""
    table = catalog.table("implied_facts")
    return tuple(Text(fr, en) for fr, en in zip(table["text_fr"], table["text_en"], strict=True))


@functools.lru_cache(maxsize=8)
def _rows(catalog: Catalog) -> tuple[_Row, ...]:
    """Read the table once; a fact follows only from facts that are settled in the rows above."""
    table, facts = catalog.table("implied_facts"), catalog.keys("facts")
    rows = []
    for position, cells in enumerate(table.to_dict("records")):
        source, key = cells["source"], cells["key"]
        if source == "fact" and key in set(table["fact"].iloc[position:]):
            raise CatalogError(
                f"implied_facts.csv, row {position + 2}: a fact must follow from facts of rows above it. "
                f"Got {key!r}, which a row from here on implies."
            )
        rows.append(
            _Row(
                position=position,
                fact=facts.index(cells["fact"]),
                value=int(cells["value"]),
                source=source,
                columns=_columns(catalog, source, key, position),
                low=-np.inf if pd.isna(cells["at_least"]) else float(cells["at_least"]),
                high=np.inf if pd.isna(cells["at_most"]) else float(cells["at_most"]),
            )
        )
    return tuple(rows)


def _columns(catalog: Catalog, source: str, key: object, position: int) -> tuple[int, ...]:
    """Return the columns of the array that a row looks at."""
    if source == "headcount":
        return ()
    known = catalog.keys(_ARRAYS[source]) if source in _ARRAYS else ()
    if source == "installed":
        found = _installable(catalog, str(key))
    else:
        found = (known.index(str(key)),) if key in known else ()
    if not found:
        raise CatalogError(
            f"implied_facts.csv, row {position + 2}, column key: must be a key that {source!r} knows. "
            f"Got {key!r}."
        )
    return found


def _installable(catalog: Catalog, key: str) -> tuple[int, ...]:
    """Return the columns of what counts as in place: a tool, those of a function or a kind, or suites."""
    ids, functions, tools = catalog.tool_ids, catalog.keys("functions"), catalog.tools
    if key in ids:
        return (ids.index(key),)
    if key in functions:
        first = np.flatnonzero(np.array(primary_functions(catalog)) == key)
        return (*first.tolist(), len(ids) + functions.index(key))
    if key == SUITE:
        return tuple(ids.index(tool) for tool in catalog.table("suites")["tool_id"])
    return tuple(np.flatnonzero(tools["kind"] == key).tolist())
