"""What the command line shows: colours and frames on a terminal, plain text where it is piped."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import IO, Any, cast

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from hrtools_reco.answer import Explanation, Recommendation, Recommendations
from hrtools_reco.catalog import Catalog, typeset, write_day
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.texts import visible

WIDEST = 100
STATUS_STYLES = {
    "fit": "bold green",
    "to_check": "bold yellow",
    "prepare": "bold cyan",
    "excluded": "bold red",
}
OUTCOME_STYLES = {"pass": "green", "unknown": "yellow", "fail": "bold red"}
LABEL = "dim"


class Lang(StrEnum):
    """The languages of what is shown."""

    fr = "fr"
    en = "en"


# Lines are wrapped at plain blanks only: no-break ones are letters until a line is written.
_HELD = {"\u00a0": "\ue000", "\u202f": "\ue001"}
_HOLD, _RELEASE = str.maketrans(_HELD), str.maketrans({held: blank for blank, held in _HELD.items()})


class _Stream:
    """A stream that writes no-break blanks, and in a pipe no blanks at the end of a line."""

    def __init__(self, stream: IO[str], *, piped: bool) -> None:
        self._stream, self._piped = stream, piped

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write text as it is to be read."""
        lines = text.translate(_RELEASE).split("\n")
        return self._stream.write("\n".join(line.rstrip(" ") if self._piped else line for line in lines))


class _Console(Console):
    """A console on which nothing but its own styles moves the cursor."""

    def render(self, *args: Any, **options: Any) -> Iterable[Segment]:
        """Render, with the control characters of texts shown by their codes."""
        for segment in super().render(*args, **options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))


def console(*, stderr: bool = False) -> Console:
    """Return a console that takes text as it is, no wider than reads well."""
    made = _Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    made.file = cast(IO[str], _Stream(made.file, piped=not made.is_terminal))
    made.width = min(made.width, WIDEST)
    return made


def typeset_held(text: str, lang: str) -> str:
    """Typeset a text, its no-break blanks held together until the line is written."""
    return typeset(text, lang).translate(_HOLD)


def print_json(value: object) -> None:
    """Print JSON as UTF-8, whatever the console speaks."""
    text = visible(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def framed(where: Console, content: RenderableType) -> RenderableType:
    """Put a frame around, on a terminal; indent by nothing and leave a blank line elsewhere."""
    if where.is_terminal:
        return Panel(content, box=box.ROUNDED, border_style="dim", padding=(0, 1))
    return Padding(content, (0, 0, 1, 0))


def indented(*content: RenderableType) -> RenderableType:
    """Put content under a numbered heading."""
    return Padding(Group(*content), (0, 0, 0, 3))


def pairs(rows: Iterable[tuple[str, RenderableType | str]]) -> Table:
    """Return labels and what they stand for, side by side; what is empty is left out."""
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(style=LABEL, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for label, content in rows:
        if content:
            grid.add_row(label, content)
    return grid


def columns(heads: Sequence[str], n_texts: int = 1) -> Table:
    """Return a table whose first columns hold text and whose others hold numbers."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for position, head in enumerate(heads):
        is_text = position < n_texts
        table.add_column(head, justify="left" if is_text else "right", overflow="fold", no_wrap=not is_text)
    return table


def heading(
    name: str, score: float, status: str, catalog: Catalog, lang: str, certainty: str | None = None
) -> Table:
    """Return one line: the name of a tool, its score, how sure its place is, and its status."""
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    sure = "" if certainty is None else catalog.text(f"certainty_{certainty}", lang) + ", "
    right = Text.assemble(
        (f"{score:.0f}/100  ", "bold"), sure, (catalog.text(f"status_{status}", lang), STATUS_STYLES[status])
    )
    grid.add_row(Text(name, style="bold"), right)
    return grid


def describe_firm(profile: CompanyProfile, catalog: Catalog, lang: str) -> str:
    """Say in one line which firm this is: branch, headcount, region."""
    branch = catalog.labels("branches", lang)[profile.branch].split(" (")[0]
    if profile.headcount is not None:
        key = {0: "employee_none", 1: "employee_one"}.get(profile.headcount, "employees")
        size = catalog.text(key, lang, headcount=profile.headcount)
    else:
        size = catalog.labels("headcount_bands", lang)[str(profile.headcount_band)]
    region = catalog.labels("regions", lang)[profile.region] if profile.region else None
    return " · ".join(part for part in (branch, size, region) if part)


def show_recommendations(where: Console, found: Recommendations, catalog: Catalog, lang: str) -> None:
    """Print the recommended tools of one firm, the questions to settle, and what falls short."""
    where.print(Text(catalog.text("title", lang), style="bold"))
    where.print(Text(describe_firm(found.profile, catalog, lang), style=LABEL))
    if note := found.estimate_note(lang):
        where.print(Text(typeset_held(note, lang), style=LABEL))
    where.print()
    for title, items in (("part_support", found.supports), ("part_tool", found.tools)):
        if items:
            where.print(Text(catalog.text(title, lang), style="bold"))
        for item in items:
            where.print(framed(where, _recommendation(item, catalog, lang)))
    _show_questions(where, found, catalog, lang)
    if found.shortfall:
        where.print(typeset_held(found.shortfall.reason(lang), lang))
    elif not found:
        where.print(typeset_held(catalog.text("nothing", lang), lang))
    where.print(Text(typeset_held(catalog.text("note", lang), lang), style=LABEL))


def _recommendation(item: Recommendation, catalog: Catalog, lang: str) -> RenderableType:
    """Return what is shown of one recommended tool."""
    tool, names = item.tool, catalog.labels("functions", lang)
    summary = tool.summary_fr if lang == "fr" else tool.summary_en
    return Group(
        heading(f"{item.rank}. {tool.name}", item.score, item.status, catalog, lang, item.certainty),
        indented(
            Text(typeset_held(summary or ", ".join(names[function] for function in tool.functions), lang)),
            pairs(
                [
                    (
                        catalog.text("why", lang),
                        typeset_held(catalog.text("reason_separator", lang).join(item.reasons(lang)), lang),
                    ),
                    (catalog.text("website", lang), tool.homepage or ""),
                ]
            ),
        ),
    )


def _show_questions(where: Console, found: Recommendations, catalog: Catalog, lang: str) -> None:
    """Print each open question once, with the ranks of the tools that it is asked for."""
    ranks: dict[str, list[str]] = {}
    for item in found:
        for question in item.checks(lang):
            ranks.setdefault(question, []).append(str(item.rank))
    if not ranks:
        return
    if where.is_terminal:
        where.print()
    where.print(Text(catalog.text("questions", lang), style="bold"))
    rows = (
        (
            "-",
            Text.assemble(
                typeset_held(question, lang),
                (f"  ({catalog.text('for_tools', lang, ranks=', '.join(of))})", LABEL),
            ),
        )
        for question, of in ranks.items()
    )
    where.print(pairs(rows))
    where.print()


def show_explanation(where: Console, found: Explanation, catalog: Catalog, lang: str) -> None:
    """Print everything that is held of one firm and one tool."""
    text = catalog.text
    where.print(
        framed(
            where,
            Group(
                heading(found.tool.name, found.score, found.status, catalog, lang),
                pairs([(text("why", lang), text("reason_separator", lang).join(found.reasons(lang)))]),
            ),
        )
    )
    where.print(Text(text("rules", lang), style="bold"))
    where.print(_rules(found, catalog, lang))
    where.print()
    where.print(Text(text("contributions", lang), style="bold"))
    points = (
        (text(f"block_{block}", lang), f"{value:+5.0f}") for block, value in found.contributions.items()
    )
    where.print(pairs(points))
    if found.expectations:
        where.print()
        where.print(Text(text("expectations", lang), style="bold"))
        where.print(pairs(_expectations(found, catalog, lang)))
        for url in dict.fromkeys(row["url"] for row in found.expectations):
            where.print(url, style=LABEL, soft_wrap=True)


def _rules(found: Explanation, catalog: Catalog, lang: str) -> Table:
    """Return each rule with its outcome and what is missing."""
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for rule in found.rules:
        outcome = Text(catalog.text(f"outcome_{rule.outcome}", lang), style=OUTCOME_STYLES[rule.outcome])
        grid.add_row(
            rule.label(lang), outcome, "" if rule.gap is None else typeset_held(rule.gap(lang), lang)
        )
    return grid


def _expectations(found: Explanation, catalog: Catalog, lang: str) -> Iterable[tuple[str, str]]:
    """Yield each need that was expected and not stated, with the figure it rests on, its scope and day."""
    names = catalog.labels("needs", lang)
    for row in found.expectations:
        day = write_day(row["as_of"], lang, catalog) if row["as_of"] else None
        told = {"said": row[f"said_{lang}"], "scope": ", ".join(filter(None, (row[f"scope_{lang}"], day)))}
        said = catalog.text("expectation", lang, score=f"{row['expected']:.0f}", **told)
        yield names[row["need"]], typeset_held(said, lang)
