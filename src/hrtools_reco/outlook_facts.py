"""What the catalog says of the occupations, the hiring and the training of a branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.wording import write_number, write_share

LANGUAGES = ("fr", "en")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A page on which a fact was read.

    Attributes
    ----------
    url : str
        Address.
    page_date : str or None
        Date that the page shows; None where it shows none.
    basis : {"stated", "inferred"}
        Whether the page says so, or it is our reading.
    """

    url: str
    page_date: str | None
    basis: str


@dataclass(frozen=True, kw_only=True)
class BranchFact:
    """A sentence about a branch.

    Attributes
    ----------
    key : str
        Key of the statistic or of the habit.
    topic : str
        What it is about: ``hiring``, ``training``, ``ages`` …
    text_fr, text_en : str
        The sentence.
    scope_fr, scope_en : str or None
        What a figure covers, and by whom.
    as_of : str or None
        Year or day that it is about; None where it is not told.
    source : Source
        Where it was read.
    needs : tuple of str
        Needs of a firm that it speaks to.
    """

    key: str
    topic: str
    text_fr: str
    text_en: str
    scope_fr: str | None
    scope_en: str | None
    as_of: str | None
    source: Source
    needs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FunctionTools:
    """A function that answers, and tools for it.

    Attributes
    ----------
    function : str
        Key of the function.
    tools : tuple of str
        Keys of the tools, the first to look at first.
    """

    function: str
    tools: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OccupationOutlook:
    """An occupation of a branch and how digital tools change it.

    Attributes
    ----------
    occupation_id : str
        Key.
    rome_code, rome_label : str
        Code and label in ROME, the State's list of occupations.
    name_fr, name_en : str
        Everyday name.
    basis : {"stated", "inferred"}
        Whether a page says that the branch has this occupation.
    change_fr, change_en : str or None
        How digital tools change the work; None where no source was found.
    change_sources : tuple of Source
        Pages that say so, the newest first; empty where there is none.
    tension_fr, tension_en : str or None
        How hard the post is to fill; None where no source was found.
    tension_sources : tuple of Source
        Pages that say so.
    answers : tuple of FunctionTools
        Functions that help with it.
    """

    occupation_id: str
    rome_code: str
    rome_label: str
    name_fr: str
    name_en: str
    basis: str
    change_fr: str | None
    change_en: str | None
    change_sources: tuple[Source, ...]
    tension_fr: str | None
    tension_en: str | None
    tension_sources: tuple[Source, ...]
    answers: tuple[FunctionTools, ...]


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
            f"text_{lang}": sentence[f"text_{lang}"].format(
                value=_written(row["value"], sentence["unit"], lang)
            )
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


def _written(value: float, unit: str, lang: str) -> str:
    """Write a figure in its unit."""
    return write_share(value, lang) if unit == "share" else write_number(value, lang, 1)


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
