"""Opportunities: how digital tools change the occupations of a branch, and what answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco._checks import check_choice, check_count
from hrtools_reco.catalog import EVERYWHERE, RETIRED, Catalog, Source, Tool, catalog_of, write_day
from hrtools_reco.columns import LIST_SEPARATOR
from hrtools_reco.firms import vocabulary_of
from hrtools_reco.outlook.facts import LANGUAGES, ToolFinder, read_facts, read_needs, read_occupations
from hrtools_reco.outlook.parts import BranchFact, NeedOutlook, OccupationOutlook
from hrtools_reco.views import Result


@dataclass(frozen=True, kw_only=True)
class Opportunities(Result):
    """What changes in a branch, and what answers.

    Attributes
    ----------
    branch : str
        Key of the branch.
    name_fr, name_en : str
        Its name.
    occupations : tuple of OccupationOutlook
        Its occupations.
    facts : tuple of BranchFact
        What is known of how it hires, trains and ages, and of its size.
    needs : tuple of NeedOutlook
        Needs that these facts speak to, the most pressing first.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> from hrtools_reco.outlook.opportunities import opportunities
    >>> found = opportunities("leather_goods")
    >>> cutter = next(row for row in found.occupations if row.occupation_id == "cutter")
    >>> cutter.rome_code, [answer.function for answer in cutter.answers]
    ('H2409', ['course_library', 'on_the_job'])
    """

    branch: str
    name_fr: str
    name_en: str
    occupations: tuple[OccupationOutlook, ...]
    facts: tuple[BranchFact, ...]
    needs: tuple[NeedOutlook, ...]
    _catalog: Catalog

    def about(self, topic: str) -> tuple[BranchFact, ...]:
        """Return the facts about one topic.

        Parameters
        ----------
        topic : str
            ``hiring``, ``training``, ``ages``, ``contracts`` or ``size``.

        Returns
        -------
        tuple of BranchFact
            The facts; none where no source was found.

        Raises
        ------
        UnknownNameError
            If there is no such topic.
        """
        known = sorted({*self._catalog.table("statistics")["topic"], *(fact.topic for fact in self.facts)})
        check_choice("topic", topic, known, "a topic of the table statistics")
        return tuple(fact for fact in self.facts if fact.topic == topic)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``branch, name_fr, name_en, occupations, facts, needs``.
        """
        names = ("branch", "name_fr", "name_en")
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        for name in ("occupations", "facts", "needs"):
            plain[name] = [item.to_dict() for item in getattr(self, name)]
        return plain

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each occupation.

        Returns
        -------
        DataFrame
            ``branch, occupation_id, rome_code, name_fr, name_en, change_fr, change_en, change_url,
            change_date`` (of the newest page, empty where there is no source), ``tension_fr, tension_en,
            functions`` and ``tools`` (keys joined by ``|``).
        """
        names = ["occupation_id", "rome_code", "name_fr", "name_en", "change_fr", "change_en"]
        rows = []
        for row in self.occupations:
            newest = row.change_sources[0] if row.change_sources else None
            tools = dict.fromkeys(tool for answer in row.answers for tool in answer.tools)
            rows.append(
                {
                    "branch": self.branch,
                    **{name: getattr(row, name) for name in names},
                    "change_url": newest.url if newest else None,
                    "change_date": newest.page_date if newest else None,
                    "tension_fr": row.tension_fr,
                    "tension_en": row.tension_en,
                    "functions": LIST_SEPARATOR.join(answer.function for answer in row.answers),
                    "tools": LIST_SEPARATOR.join(tools),
                }
            )
        columns = ["branch", *names, "change_url", "change_date", "tension_fr", "tension_en"]
        return pd.DataFrame(rows, columns=[*columns, "functions", "tools"])

    def to_text(self, lang: str = "fr") -> str:
        """Return the opportunities as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            Lines of text.
        """
        check_choice("lang", lang, LANGUAGES, '"fr" or "en"')
        text = self._catalog.text
        lines = [f"{text('outlook_title', lang)} – {getattr(self, f'name_{lang}')}"]
        for topic in ("hiring", "training", "ages"):
            lines += ["", text(f"outlook_{topic}", lang)]
            lines += [f"- {self._fact(fact, lang)}" for fact in self.about(topic)] or [
                f"- {text('outlook_no_source', lang)}"
            ]
        lines += ["", text("outlook_occupations", lang)]
        for row in self.occupations:
            lines += self._occupation(row, lang)
        return "\n".join(lines)

    def _fact(self, fact: BranchFact, lang: str) -> str:
        """Return a fact with its source."""
        scope = getattr(fact, f"scope_{lang}")
        said = f"{getattr(fact, f'text_{lang}')} ({scope})" if scope else getattr(fact, f"text_{lang}")
        return f"{said} [{self._sources([fact.source], lang)}]"

    def _occupation(self, row: OccupationOutlook, lang: str) -> list[str]:
        """Return the lines of an occupation."""
        text, names = self._catalog.text, self._catalog.labels("functions", lang)
        change = getattr(row, f"change_{lang}") or text("outlook_no_source_change", lang)
        cited = f" [{self._sources(row.change_sources, lang)}]" if row.change_sources else ""
        lines = [f"- {getattr(row, f'name_{lang}')} (ROME {row.rome_code})", f"  {change}{cited}"]
        if row.tension_sources:
            tension = getattr(row, f"tension_{lang}")
            cited = self._sources(row.tension_sources, lang)
            lines.append(f"  {text('outlook_tension', lang, tension=tension)} [{cited}]")
        for answer in row.answers:
            tools = ", ".join(self._catalog.tool(tool).name for tool in answer.tools)
            lines.append(f"  → {names[answer.function]} : {tools or text('outlook_no_tool', lang)}")
        return lines

    def _sources(self, sources: Iterable[Source], lang: str) -> str:
        """Return addresses with their dates."""
        undated = self._catalog.text("undated", lang)
        said = []
        for source in sources:
            dated = write_day(source.page_date, lang, self._catalog) if source.page_date else undated
            said.append(f"{source.url}, {dated}")
        return " ; ".join(said)


def opportunities(
    branch: str, catalog: Catalog | None = None, *, tools: Sequence[str] | None = None, n_tools: int = 3
) -> Opportunities:
    """Show how digital tools change the occupations of a branch, how it hires and trains, and what answers.

    Every sentence has its source; where none was found, this is said. Tools are never ordered by popularity.

    Parameters
    ----------
    branch : str
        Key, name, alias, IDCC or NAF code of the branch.
    catalog : Catalog, optional
        Catalog of the tables. ``None`` is the bundled one.
    tools : sequence of str, optional
        Keys of the tools that may be named, the first to look at first, such as the ``tool_ids`` of a
        recommendation. ``None`` is every tool on offer to the branch: those made for it first, then those of
        a kind that is worth most to any firm, then by key. A tool that is closed, or not open to the branch,
        is never named.
    n_tools : int, default=3
        Most tools named for a function, at least 1.

    Returns
    -------
    Opportunities
        Occupations, facts and needs of the branch.

    Raises
    ------
    UnknownNameError
        If the branch or a tool is unknown.
    AmbiguousBranchError
        If a code fits several branches.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> from hrtools_reco.outlook.opportunities import opportunities
    >>> found = opportunities("Maroquinerie")
    >>> found.about("training")[0].source.page_date
    '2016-03-02'
    """
    used = catalog_of(catalog)
    key = vocabulary_of(used).branch(branch)
    wanted = used.tool_ids if tools is None else tuple(dict.fromkeys(tools))
    offered = [tool for tool in map(used.tool, wanted) if _is_open(tool, key)]
    if tools is None:
        worth = used.table("kinds").set_index("kind")["base_worth"]
        offered.sort(
            key=lambda tool: (key not in tool.sector_branches, -worth.get(tool.kind, 0.0), tool.tool_id)
        )
    finder = ToolFinder(used, [tool.tool_id for tool in offered], check_count("n_tools", n_tools))
    facts = read_facts(used, key)
    names = {lang: used.labels("branches", lang)[key] for lang in LANGUAGES}
    return Opportunities(
        branch=key,
        name_fr=names["fr"],
        name_en=names["en"],
        occupations=read_occupations(used, key, finder),
        facts=facts,
        needs=read_needs(used, key, facts, finder),
        _catalog=used,
    )


def _is_open(tool: Tool, branch: str) -> bool:
    """Tell whether a tool is on offer to a branch."""
    open_to_branch = not tool.branches or EVERYWHERE in tool.branches or branch in tool.branches
    return tool.status != RETIRED and open_to_branch
