"""What the catalog says of the occupations, the hiring and the training of a branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from hrtools_reco.catalog import Catalog, Source, split_list, write_statistic
from hrtools_reco.outlook.parts import BranchFact, FunctionTools, NeedOutlook, OccupationOutlook

LANGUAGES = ("fr", "en")


class ToolFinder:
    """Finds tools by function among those that a branch can use.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tools.
    tool_ids : iterable of str
        The tools, the first to look at first.
    n_tools : int
        Most tools for a function.
    """

    def __init__(self, catalog: Catalog, tool_ids: Iterable[str], n_tools: int) -> None:
        self._n_tools = n_tools
        self._by_function: dict[str, tuple[list[str], list[str]]] = {}
        for tool_id in tool_ids:
            for place, function in enumerate(catalog.tool(tool_id).functions):
                self._by_function.setdefault(function, ([], []))[min(place, 1)].append(tool_id)

    def answer(self, function: str) -> FunctionTools:
        """Return a function with its tools; those that are mainly for it come first."""
        main, others = self._by_function.get(function, ([], []))
        return FunctionTools(function=function, tools=tuple([*main, *others][: self._n_tools]))


def read_facts(catalog: Catalog, branch: str) -> tuple[BranchFact, ...]:
    """Read the figures and the habits of a branch, each with what it speaks to.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tables.
    branch : str
        Key of the branch.

    Returns
    -------
    tuple of BranchFact
        Habits, then figures, in the order of their tables.
    """
    return (*_habits(catalog, branch), *_figures(catalog, branch))


def _habits(catalog: Catalog, branch: str) -> Iterator[BranchFact]:
    """Yield the facts about how a branch hires and trains."""
    needs = catalog.table("habit_needs").groupby("habit_id")["need"].agg(tuple).to_dict()
    for row in _rows(catalog.table("branch_habits")):
        if branch in split_list(row["branches"]):
            yield BranchFact(
                key=row["habit_id"],
                topic=row["topic"],
                text_fr=row["text_fr"],
                text_en=row["text_en"],
                scope_fr=None,
                scope_en=None,
                as_of=row["as_of"],
                source=_source(row),
                needs=needs.get(row["habit_id"], ()),
            )


def _figures(catalog: Catalog, branch: str) -> Iterator[BranchFact]:
    """Yield the figures of a branch as sentences."""
    sentences = catalog.table("statistics").set_index("statistic")
    expected = catalog.table("branch_needs").query("branch == @branch")
    for row in _rows(catalog.table("branch_statistics").query("branch == @branch")):
        sentence = sentences.loc[row["statistic"]]
        # A figure is given several times where sources differ: the need rests on one of them.
        same = (expected["statistic"] == row["statistic"]) & (expected["value"] == row["value"])
        texts = {
            f"text_{lang}": write_statistic(row["statistic"], row["value"], lang, catalog)
            for lang in LANGUAGES
        }
        yield BranchFact(
            key=row["statistic"],
            topic=sentence["topic"],
            **texts,
            scope_fr=row["scope_fr"],
            scope_en=row["scope"],
            as_of=row["as_of"],
            source=_source(row),
            needs=tuple(expected.loc[same, "need"]),
        )


def read_occupations(catalog: Catalog, branch: str, tools: ToolFinder) -> tuple[OccupationOutlook, ...]:
    """Read the occupations of a branch.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tables.
    branch : str
        Key of the branch.
    tools : ToolFinder
        Finder of the tools of the branch.

    Returns
    -------
    tuple of OccupationOutlook
        Those of which a source says how digital changes them first, then in the order of the table.
    """
    found_in = catalog.table("occupation_branches").query("branch == @branch")
    basis = dict(zip(found_in["occupation_id"], found_in["basis"], strict=True))
    evidence = catalog.table("occupation_evidence")
    answers = catalog.table("occupation_functions").groupby("occupation_id")["function"].agg(list).to_dict()
    found = []
    for row in _rows(catalog.table("occupations")):
        key = row["occupation_id"]
        if key not in basis:
            continue
        own = evidence[evidence["occupation_id"] == key]
        change, tension = (_sources(own, f"{name}_en") for name in ("digital_change", "tension"))
        found.append(
            OccupationOutlook(
                **{name: row[name] for name in ("occupation_id", "rome_code", "name_fr", "name_en")},
                rome_label=row["rome_label"] or "",
                basis=basis[key],
                change_fr=row["digital_change_fr"] if change else None,
                change_en=row["digital_change_en"] if change else None,
                change_sources=change,
                tension_fr=row["tension_fr"] if tension else None,
                tension_en=row["tension_en"] if tension else None,
                tension_sources=tension,
                answers=tuple(tools.answer(function) for function in answers.get(key, ())),
            )
        )
    return tuple(sorted(found, key=lambda occupation: not occupation.change_sources))


def read_needs(
    catalog: Catalog, branch: str, facts: Sequence[BranchFact], finder: ToolFinder
) -> tuple[NeedOutlook, ...]:
    """Read the needs that facts of a branch speak to, and what answers them.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tables.
    branch : str
        Key of the branch.
    facts : sequence of BranchFact
        The facts.
    finder : ToolFinder
        Finder of the tools of the branch.

    Returns
    -------
    tuple of NeedOutlook
        The needs, the one most expected of the branch first.
    """
    table = catalog.table("branch_needs").query("branch == @branch")
    expected = dict(zip(table["need"], table["expected"], strict=True))
    weights = catalog.table("function_needs")
    main = weights[weights["weight"] >= catalog.setting("main_use_weight")]
    ranked = main.sort_values(["weight", "function"], ascending=[False, True])
    found = []
    for need in catalog.keys("needs"):
        speaking = tuple(fact for fact in facts if need in fact.needs)
        if speaking:
            functions = ranked.loc[ranked["need"] == need, "function"]
            answers = tuple(finder.answer(function) for function in functions)
            found.append(NeedOutlook(need=need, expected=expected.get(need), facts=speaking, answers=answers))
    return tuple(sorted(found, key=lambda item: -(item.expected or 0.0)))


def _sources(evidence: pd.DataFrame, field: str) -> tuple[Source, ...]:
    """Return the pages of a field, the newest first, those without a date last."""
    rows = sorted(
        _rows(evidence[evidence["field"] == field]), key=lambda row: row["page_date"] or "", reverse=True
    )
    return tuple(_source(row) for row in rows)


def _source(row: Mapping[str, Any]) -> Source:
    """Return the source that stands in a row; a statistic is stated."""
    return Source(url=row["url"], page_date=row["page_date"], basis=row.get("basis", "stated"))


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table; an empty cell is None."""
    for row in table.to_dict("records"):
        yield {str(key): None if pd.isna(value) else value for key, value in row.items()}
