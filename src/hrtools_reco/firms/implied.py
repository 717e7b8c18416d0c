"""Facts that follow from what else is known of a firm: they count as known, say so, and are not asked."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, primary_functions
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.firms.arrays import Firms

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
    text_fr, text_en : str
        What it follows from, as the end of a sentence.
    """

    fact: str
    value: bool
    text_fr: str
    text_en: str


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

    def holds(self, firms: Firms, facts: np.ndarray) -> np.ndarray:
        """Tell of each firm whether the row speaks of it; what is unknown or estimated never does."""
        if self.source == "headcount":
            return np.asarray((firms.headcount_low >= self.low) & (firms.headcount_high <= self.high))
        if self.source == "installed":
            return np.asarray(firms.installed[:, self.columns].any(axis=1))
        array = {"maturity": firms.maturity, "need": firms.needs, "fact": facts}[self.source]
        values = array[:, self.columns[0]]
        known = (values >= self.low) & (values <= self.high)
        return known & ~firms.estimated[:, self.columns[0]] if self.source == "maturity" else known


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
    facts = np.where(firms.implied >= 0, -1, firms.facts).astype(np.int8)
    implied = np.full(facts.shape, -1, dtype=np.int16)
    for row in _rows(catalog):
        open_ = facts[:, row.fact] < 0
        if open_.any():
            found = open_ & row.holds(firms, facts)
            facts[found, row.fact], implied[found, row.fact] = row.value, row.position
    return replace(firms, facts=facts, implied=implied)


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
    table, facts = catalog.table("implied_facts"), catalog.keys("facts")
    return tuple(
        ImpliedFact(
            fact=facts[at],
            value=bool(firms.facts[row, at]),
            text_fr=table["text_fr"].iloc[firms.implied[row, at]],
            text_en=table["text_en"].iloc[firms.implied[row, at]],
        )
        for at in np.flatnonzero(firms.implied[row] >= 0)
    )


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
