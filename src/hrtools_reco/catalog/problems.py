"""Find the cells of a catalog that are not as they should be, beyond its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco.catalog.catalog import Catalog, split_list
from hrtools_reco.catalog.csv_tables import IS_LIST, ITEMS_OF
from hrtools_reco.columns import TOOL_ID

_OWN_SOURCE = ("url", "page_date")  # columns that are the source of their row, and need none


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One cell that is not as it should be."""

    file: str
    row: int
    column: str
    value: object
    message: str
    message_fr: str


def _resources(catalog: Catalog) -> Iterator[tuple[Mapping[str, Any], pd.DataFrame]]:
    """Yield the description and the table of each resource."""
    for resource in catalog.descriptor["resources"]:
        yield resource, catalog.table(resource["name"])


def list_problems(catalog: Catalog) -> Iterator[Problem]:
    """Yield list cells with an empty or a repeated item."""
    for resource, table in _resources(catalog):
        for field in resource["schema"]["fields"]:
            if not (field.get(IS_LIST) or ITEMS_OF in field):
                continue
            for row, cell in table[field["name"]].dropna().items():
                items = split_list(cell)
                if len(set(items)) < len(items) or not all(item.strip() for item in items):
                    yield _at(catalog, resource, row, field["name"], cell, "problem_list")


def references(catalog: Catalog) -> Iterator[tuple[int, list[Problem]]]:
    """Yield, for each kind of reference, how many were followed and which lead nowhere."""
    for resource, table in _resources(catalog):
        for field in resource["schema"]["fields"]:
            if ITEMS_OF in field:
                name, column = field[ITEMS_OF].split(".")
                known = {*catalog.table(name)[column], *field.get("hrtools:itemsAlso", [])}
                items = table[field["name"]].dropna().map(split_list).explode()
                yield len(items), _lost(catalog, resource, field["name"], items, known, f"{name}.{column}")
        for key in resource["schema"].get("foreignKeys", []):
            here, there = _listed(key["fields"]), _listed(key["reference"]["fields"])
            name = key["reference"]["resource"] or resource["name"]
            target = catalog.table(name)[there].itertuples(index=False, name=None)
            stated = table[here].dropna(how="all")
            cells = pd.Series(list(stated.itertuples(index=False, name=None)), stated.index, dtype=object)
            yield len(cells), _lost(catalog, resource, here[0], cells, set(target), f"{name}.{there[0]}")


def _lost(
    catalog: Catalog,
    resource: Mapping[str, Any],
    column: str,
    cells: pd.Series,
    known: set[Any],
    target: str,
) -> list[Problem]:
    """List the references that lead nowhere."""
    lost = cells[~cells.map(lambda cell: cell in known).astype(bool)]
    return [
        _at(catalog, resource, row, column, cell, "problem_reference", target=target)
        for row, cell in lost.items()
    ]


def _listed(names: str | list[str]) -> list[str]:
    """Return a list of names given as one name or as a list."""
    return [names] if isinstance(names, str) else list(names)


def evidence_problems(catalog: Catalog) -> Iterator[Problem]:
    """Yield filled cells without a source, and sources of empty cells."""
    for resource, evidence in _resources(catalog):
        if not {"field", "basis"} <= set(evidence.columns):
            continue
        reference = resource["schema"]["foreignKeys"][0]
        key = _listed(reference["fields"])[0]
        name = reference["reference"]["resource"]
        target = next(other for other, _ in _resources(catalog) if other["name"] == name)
        yield from _uncovered(catalog, target, catalog.table(name), resource, evidence, key)


def _uncovered(
    catalog: Catalog,
    resource: Mapping[str, Any],
    table: pd.DataFrame,
    source: Mapping[str, Any],
    evidence: pd.DataFrame,
    key: str,
) -> Iterator[Problem]:
    """Yield filled cells of a table without a row of evidence, and rows of evidence for an empty cell."""
    sourced = set(zip(evidence[key], evidence["field"], strict=True))
    filled = {
        (owner, column): (number, cell)
        for column in table.columns.drop([key, *_OWN_SOURCE], errors="ignore")
        for number, owner, cell in zip(table.index, table[key], table[column], strict=True)
        if not pd.isna(cell) and not column.endswith("_basis")
    }
    for (owner, column), (number, cell) in filled.items():
        if (owner, column) not in sourced:
            told = {"source": source["path"], "name": key, "owner": owner}
            yield _at(catalog, resource, number, column, cell, "problem_unsourced", **told)
    for number, pair in zip(evidence.index, zip(evidence[key], evidence["field"], strict=True), strict=True):
        if pair not in filled and pair[1] in table:
            told = {"name": key, "owner": pair[0]}
            yield _at(catalog, source, number, "field", pair[1], "problem_empty", **told)


def tool_problems(catalog: Catalog) -> Iterator[Problem]:
    """Yield tools whose cells contradict each other."""
    resource = next(resource for resource, _ in _resources(catalog) if resource["name"] == "tools")
    tools, priced_abroad = catalog.tools, set(catalog.table("prices")[TOOL_ID])
    priced = (tools["price_eur"] > 0) | (tools["price_fixed_eur"] > 0)
    unpriced = tools["price_eur"].isna() & tools["price_fixed_eur"].isna()
    listed = tools[TOOL_ID].isin(priced_abroad)
    faults = {
        "problem_no_unit": ("price_unit", priced & tools["price_unit"].isna()),
        "problem_no_price": ("price_eur", unpriced & tools["price_unit"].notna()),
        "problem_no_plan": ("price_currency", tools["price_currency"].notna() & ~listed),
        "problem_seats": ("price_min_seats", tools["price_min_seats"].notna() & unpriced & ~listed),
        "problem_bounds": ("headcount_max", tools["headcount_max"] < tools["headcount_min"]),
    }
    for message, (column, wrong) in faults.items():
        for row in tools.index[wrong.fillna(False).astype(bool)]:
            told = {"name": TOOL_ID, "owner": tools[TOOL_ID].iloc[row]}
            yield _at(catalog, resource, row, column, tools[column].iloc[row], message, **told)


def _at(
    catalog: Catalog,
    resource: Mapping[str, Any],
    index: Any,
    column: str,
    value: object,
    message: str,
    **told: object,
) -> Problem:
    """Say where a problem stands, and what it is."""
    return Problem(
        file=resource["path"],
        row=int(index) + 2,
        column=column,
        value=value,
        message=catalog.text(message, "en", **told),
        message_fr=catalog.text(message, "fr", **told),
    )
