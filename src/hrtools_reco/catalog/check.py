"""Check a catalog: what it holds, what it covers, what has grown old, what is not as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_number
from hrtools_reco.catalog.ageing import ageing, end_of_period
from hrtools_reco.catalog.catalog import RETIRED, Catalog, split_list
from hrtools_reco.catalog.costs import YearlyCosts
from hrtools_reco.catalog.csv_tables import CsvTable
from hrtools_reco.catalog.problems import Problem, evidence_problems, list_problems, references, tool_problems
from hrtools_reco.columns import TOOL_ID

_DATED_BY = {
    "status": "status_as_of",
    "price_model": "price_as_of",
    "price_eur": "price_as_of",
    "price_unit": "price_as_of",
}


@dataclass(frozen=True, kw_only=True)
class CatalogReport:
    """What a check of a catalog found.

    Attributes
    ----------
    counts : DataFrame
        ``column, value, n_tools``: tools by kind, status and pillar (a tool may serve both pillars).
    coverage : DataFrame
        Tools on offer by function and size class; the index is ``pillar, function``, a column such as
        ``"10-19"`` is a class of headcount. A tool counts in each class that its bounds touch.
    known : DataFrame
        ``column, n_known, share``: filled cells of each column of ``tools``; the share is from 0 to 1.
    old : DataFrame
        ``tool_id, field, as_of, age_months``: facts of tools on offer that are older than asked for, the
        oldest first. A date without day or month counts as the end of its period.
    look_up : DataFrame
        ``tool_id, field, as_of, query``: what to look up next, a ``status`` or a ``price`` that is too old or
        not known, its last date (empty: none) and the words that could find it; the most important tools
        first.
    n_undated : int
        Facts of tools on offer whose sources show no date.
    n_references : int
        References from one row to another that were followed.
    problems : DataFrame
        ``file, row, column, value, message, message_fr``: what is not as it should be; ``row`` is the line
        of the file on which the row begins, the first line being 1; without a file, the header is row 1.
    """

    counts: pd.DataFrame
    coverage: pd.DataFrame
    known: pd.DataFrame
    old: pd.DataFrame
    look_up: pd.DataFrame
    n_undated: int
    n_references: int
    problems: pd.DataFrame


def check_catalog(
    catalog: Catalog,
    older_than_months: float = 12,
    on: date | None = None,
    importance: Mapping[str, float] | None = None,
) -> CatalogReport:
    """Check a catalog beyond its schema, and say what it holds and covers.

    Parameters
    ----------
    catalog : Catalog
        Catalog to check.
    older_than_months : float, default=12
        Age in months, at least 0, from which a fact is old.
    on : date, optional
        Day on which the age is taken. ``None`` is today.
    importance : mapping of str to float, optional
        How much each tool matters, by its key, such as how often it is recommended. ``None``: by key.

    Returns
    -------
    CatalogReport
        Counts, coverage, known cells, old facts and problems.

    Raises
    ------
    InvalidValueError
        If the age is no number or is negative.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> from hrtools_reco.catalog import check_catalog
    >>> report = check_catalog(load_catalog())
    >>> len(report.problems)
    0
    """
    months = check_number("older_than_months", older_than_months, 0, unit="of months")
    day = on or date.today()
    dated = _dated_facts(catalog, day)
    old = dated[dated["age_months"] > months].sort_values("age_months", ascending=False, kind="stable")
    found = [*list_problems(catalog), *evidence_problems(catalog), *tool_problems(catalog)]
    n_references = 0
    for n_followed, problems in references(catalog):
        n_references += n_followed
        found += problems
    return CatalogReport(
        counts=_counts(catalog),
        coverage=_coverage(catalog),
        known=_known(catalog),
        old=old.reset_index(drop=True),
        look_up=_look_up(catalog, day, importance or {}),
        n_undated=int(dated["age_months"].isna().sum()),
        n_references=n_references,
        problems=_in_files(
            pd.DataFrame([vars(problem) for problem in found], columns=list(Problem.__annotations__)), catalog
        ),
    )


def _in_files(problems: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Name the lines of the files on which the rows begin."""
    if catalog.folder is None or problems.empty:
        return problems
    placed = problems.copy()
    for resource in catalog.descriptor["resources"]:
        here = problems["file"] == resource["path"]
        if here.any():
            source = CsvTable(catalog.folder.joinpath(resource["path"]), resource)
            lines = np.array(source.lines())
            if resource["name"] == "tools":  # the catalog has them ordered by their key
                lines = lines[source.frame()[TOOL_ID].argsort(kind="stable").to_numpy()]
            placed.loc[here, "row"] = lines[problems.loc[here, "row"].to_numpy(dtype=int) - 2]
    return placed


def _pillars(catalog: Catalog) -> pd.Series:
    """Return the pillars of each tool, as a list."""
    pillar_of = dict(zip(catalog.functions["function"], catalog.functions["pillar"], strict=True))
    return catalog.tools["functions"].map(
        lambda cell: sorted({pillar_of[function] for function in split_list(cell) if function in pillar_of})
    )


def _counts(catalog: Catalog) -> pd.DataFrame:
    """Count tools by kind, status and pillar."""
    columns = {
        "kind": catalog.tools["kind"],
        "status": catalog.tools["status"],
        "pillar": _pillars(catalog).explode(),
    }
    parts = []
    for name, values in columns.items():
        counted = values.value_counts().rename_axis("value").reset_index(name="n_tools")
        parts.append(counted.assign(column=name))
    return pd.concat(parts, ignore_index=True)[["column", "value", "n_tools"]]


def _coverage(catalog: Catalog) -> pd.DataFrame:
    """Count the tools on offer by function and size class."""
    scales = catalog.table("scales")
    starts = sorted(scales.loc[scales["scale"] == "headcount", "knot"].astype(int))
    ends = [start - 1 for start in starts[1:]]
    names = [f"{start}-{end}" for start, end in zip(starts, ends, strict=False)] + [f"{starts[-1]}+"]
    tools = catalog.tools[catalog.tools["status"] != RETIRED]
    low = tools["headcount_min"].fillna(0).to_numpy()[:, None]
    high = tools["headcount_max"].fillna(np.inf).to_numpy()[:, None]
    touched = (low <= np.array([*ends, np.inf])) & (high >= np.array(starts))
    offered = pd.DataFrame(touched, columns=names, index=tools.index).assign(
        function=tools["functions"].map(split_list)
    )
    table = offered.explode("function").groupby("function")[names].sum().astype(int)
    functions = catalog.functions.sort_values(["pillar", "function"])
    table = table.reindex(functions["function"], fill_value=0)
    table.index = pd.MultiIndex.from_frame(functions[["pillar", "function"]])
    return table


def _known(catalog: Catalog) -> pd.DataFrame:
    """Count the filled cells of each column of the tools."""
    filled = catalog.tools.notna()
    return pd.DataFrame(
        {"column": filled.columns, "n_known": filled.sum().to_numpy(), "share": filled.mean().to_numpy()}
    )


def _look_up(catalog: Catalog, on: date, importance: Mapping[str, float]) -> pd.DataFrame:
    """List what is too old or not known of the tools on offer, with the words that could find it."""
    tools, aged = catalog.tools, ageing(catalog, on)
    offered = (tools["status"] != RETIRED).to_numpy()
    unknown = YearlyCosts(catalog).sold & ~aged.has_price
    found = {
        "status": (offered & aged.status_old, aged.status_as_of),
        "price": (offered & (aged.price_old | unknown), aged.price_as_of),
    }
    rows = [
        {
            TOOL_ID: tool.tool_id,
            "field": field,
            "as_of": str(as_of[place]),
            "query": _query(catalog, field, tool, on),
        }
        for field, (wanted, as_of) in found.items()
        for place, tool in enumerate(tools.itertuples())
        if wanted[place]
    ]
    listed = pd.DataFrame(rows, columns=[TOOL_ID, "field", "as_of", "query"])
    weight = listed[TOOL_ID].map(dict(importance)).fillna(0.0).astype(float)
    order = listed.assign(weight=-weight).sort_values(["weight", TOOL_ID, "field"], kind="stable").index
    return listed.loc[order].reset_index(drop=True)


def _query(catalog: Catalog, field: str, tool: Any, on: date) -> str:
    """Write the words that could find a fact; the maker is left out where the name says it."""
    vendor = "" if pd.isna(tool.vendor) or tool.vendor in tool.name else tool.vendor
    words = catalog.text(f"look_up_{field}", "fr", name=tool.name, vendor=vendor, year=on.year)
    return " ".join(words.split())


def _dated_facts(catalog: Catalog, on: date) -> pd.DataFrame:
    """Date the facts of the tools on offer by their own date, or else by the newest of their sources."""
    tools = catalog.tools.set_index(TOOL_ID)
    offered = tools.index[tools["status"] != RETIRED]
    evidence = catalog.evidence[catalog.evidence[TOOL_ID].isin(offered)]
    ends = evidence["page_date"].map(end_of_period, na_action="ignore")
    dated = evidence.assign(as_of=ends.where(ends.notna(), ""))  # an undated source is older than any other
    facts = dated.groupby([TOOL_ID, "field"], sort=False)["as_of"].max().reset_index()
    facts["as_of"] = facts["as_of"].where(facts["as_of"] != "")
    for field, column in _DATED_BY.items():
        own = tools[column].map(end_of_period, na_action="ignore").reindex(facts[TOOL_ID]).to_numpy()
        facts["as_of"] = facts["as_of"].where((facts["field"] != field) | pd.isna(own), own)
    days = pd.to_datetime(pd.Series([on] * len(facts))) - pd.to_datetime(facts["as_of"])
    return facts.assign(age_months=(days.dt.days / 365.2425 * 12).round(1))
