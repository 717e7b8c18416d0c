"""Recommend tools to a file of firms, with progress on a terminal and a summary at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from hrtools_reco.batch import BatchSummary, recommend_file
from hrtools_reco.catalog import Catalog
from hrtools_reco.cli.view import console, pairs
from hrtools_reco.columns import COMPANY_ID, TOOL_ID
from hrtools_reco.files import STANDARD, company_chunks
from hrtools_reco.recommender import ToolRecommender

_SHOWN_AGAIN = (".csv", ".parquet", ".jsonl")
SHOWN_FIRMS, SHOWN_TOOLS, SHOWN_REJECTS = 10, 3, 5


def recommend_to_file(
    source: Path, target: Path, k: int, recommender: ToolRecommender, lang: str, **options: Any
) -> None:
    """Recommend tools to each firm of a file and print what came of it."""
    catalog = recommender.catalog_
    with _progress(catalog, lang) as advance:
        summary = recommend_file(
            source, target, k, recommender=recommender, progress=advance, lang=lang, **options
        )
    to_console = str(target) == STANDARD
    where = console(stderr=to_console)
    if target.suffix.lower() in _SHOWN_AGAIN:
        _show_preview(where, summary, k, catalog, lang)
    _show_summary(where, summary, k, options.get("rejects"), catalog, lang)


@contextmanager
def _progress(catalog: Catalog, lang: str) -> Iterator[Callable[[int, float], None] | None]:
    """Show how far it is, on a terminal; elsewhere there is nobody to see it."""
    errors = console(stderr=True)
    if not errors.is_terminal:
        yield None
        return
    parts = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*parts, console=errors, transient=True) as shown:
        task = shown.add_task(catalog.text("batch_running", lang, n=0), total=1.0)

        def advance(n_firms: int, share: float) -> None:
            """Move the bar."""
            shown.update(task, completed=share, description=catalog.text("batch_running", lang, n=n_firms))

        yield advance


def _show_preview(where: Console, summary: BatchSummary, k: int, catalog: Catalog, lang: str) -> None:
    """Print the tools of the first firms of the answer."""
    if not summary.n_recommendations:
        return
    first = next(company_chunks(summary.target, (SHOWN_FIRMS + 1) * k)).companies
    tools = first.groupby(COMPANY_ID, sort=False)[TOOL_ID].agg(list).head(SHOWN_FIRMS)
    where.print(Text(catalog.text("batch_preview", lang), style="bold"))
    where.print(
        pairs(
            (str(company_id), " · ".join(_short_name(catalog, tool_id) for tool_id in found[:SHOWN_TOOLS]))
            for company_id, found in tools.items()
        )
    )
    where.print()


def _short_name(catalog: Catalog, tool_id: str) -> str:
    """Return the name of a tool without what stands in brackets."""
    return catalog.tool(tool_id).name.split(" (")[0]


def _show_summary(
    where: Console, summary: BatchSummary, k: int, rejects: Path | None, catalog: Catalog, lang: str
) -> None:
    """Print the counts, and what was left out."""

    def say(key: str, **values: object) -> None:
        """Print one text of the catalog."""
        where.print(catalog.text(key, lang, **values), soft_wrap=True)

    say(
        "batch_done",
        n_firms=summary.n_firms,
        n_recommendations=summary.n_recommendations,
        target=summary.target,
    )
    if summary.n_shortfalls:
        say("batch_shortfalls", n=summary.n_shortfalls, k=k)
    for shortfall in summary.unserved[:SHOWN_REJECTS]:
        reason = shortfall.reason(lang)
        say("batch_unserved", company=shortfall.company_id, reason=reason)
    if n_more := len(summary.unserved[SHOWN_REJECTS:]):
        say("batch_more", n=n_more)
    if summary.n_refused:
        place = catalog.text("batch_rejects", lang, path=rejects) if rejects else ""
        say("batch_refused", n=summary.n_refused, n_rejects=summary.n_rejects, where=place)
    for reject in summary.rejects[:SHOWN_REJECTS]:
        say("reject", row=reject.row, column=reject.column, message=reject.message)
    if n_more := len(summary.rejects[SHOWN_REJECTS:]):
        say("batch_more", n=n_more)
