"""Recommend tools to a file of firms, with progress on a terminal and a summary at the end."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from hrtools_reco.batch import BatchSummary, recommend_file
from hrtools_reco.catalog import Catalog, write_number
from hrtools_reco.cli.french import spoken
from hrtools_reco.cli.view import LABEL, console, pairs
from hrtools_reco.columns import COMPANY_ID, TOOL_ID
from hrtools_reco.files import STANDARD, company_chunks
from hrtools_reco.recommender import ToolRecommender
from hrtools_reco.texts import visible

_SHOWN_AGAIN = (".csv", ".parquet", ".jsonl")
SHOWN_FIRMS, SHOWN_TOOLS, SHOWN_REJECTS, SHOWN_REASONS = 10, 3, 5, 3
_STOPPED = 128  # exit codes of a run that a signal has stopped start here


class _Stopped(KeyboardInterrupt):
    """The run is to end, as with the keys Control and C; ``args`` holds the signal."""


def recommend_to_file(
    source: Path, target: Path, k: int, recommender: ToolRecommender, lang: str, **options: Any
) -> None:
    """Recommend tools to each firm of a file and print what came of it."""
    catalog = recommender.catalog_
    with _stopped_in_one_line(target, catalog, lang), _progress(catalog, lang) as advance:
        summary = recommend_file(
            source, target, k, recommender=recommender, progress=advance, lang=lang, **options
        )
    to_console = str(target) == STANDARD
    where = console(stderr=to_console)
    if target.suffix.lower() in _SHOWN_AGAIN or target.is_dir():
        _show_preview(where, summary, k, catalog, lang)
    _show_summary(where, summary, k, options.get("rejects"), catalog, lang)


@contextmanager
def _stopped_in_one_line(target: Path, catalog: Catalog, lang: str) -> Iterator[None]:
    """Let a signal end the run as an error does, so that nothing is left behind, and say so in one line."""

    def stop(number: int, _: object) -> None:
        """Raise once: what comes while the run cleans up is too late."""
        for other in (signal.SIGINT, signal.SIGTERM):
            signal.signal(other, signal.SIG_IGN)
        raise _Stopped(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except _Stopped as stopped:
        key = "batch_stopped_folder" if target.is_dir() else "batch_stopped_file"
        print("hrtools-reco:", visible(catalog.text(key, lang, target=target)), file=sys.stderr)
        raise typer.Exit(_STOPPED + stopped.args[0]) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(catalog: Catalog, lang: str) -> Iterator[Callable[[int, float], None] | None]:
    """Show how far it is, how fast and how long it takes, on a terminal; elsewhere nobody would see it."""
    errors = console(stderr=True)
    if not errors.is_terminal:
        yield None
        return
    parts = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*parts, console=errors, transient=True) as shown:
        task = shown.add_task(catalog.text("batch_running", lang, n=0), total=1.0)
        start = time.monotonic()

        def advance(n_firms: int, share: float) -> None:
            """Move the bar."""
            rate = write_number(n_firms / max(time.monotonic() - start, 1e-3), lang)
            done = catalog.text("batch_running", lang, n=write_number(n_firms, lang))
            told = f"{done} ({catalog.text('batch_rate', lang, n=rate)})"
            shown.update(task, completed=share, description=told)

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
    counts = {name: write_number(n, lang) for name, n in summary.accounts().items()}
    say("batch_accounts", **counts)
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
        message = spoken(reject.message.removeprefix(f"{reject.column} "), lang)
        say("reject", row=reject.row, column=reject.column, message=message)
    if n_more := len(summary.rejects[SHOWN_REJECTS:]):
        say("batch_more", n=n_more)
    refusals = [(spoken(what, lang), n) for what, n in summary.refusals]
    _show_counts(where, catalog.text("batch_refusals", lang), refusals, lang)
    reasons = [(reason(lang), n) for reason, n in summary.reasons]
    _show_counts(where, catalog.text("batch_reasons", lang, k=k), reasons, lang)
    _show_tools(where, summary, catalog, lang)


def _show_counts(where: Console, title: str, counts: Sequence[tuple[str, int]], lang: str) -> None:
    """Print the most frequent of some texts, if there are any."""
    if counts:
        where.print()
        where.print(Text(title, style="bold"))
        where.print(pairs((write_number(n, lang), text) for text, n in counts[:SHOWN_REASONS]))


def _show_tools(where: Console, summary: BatchSummary, catalog: Catalog, lang: str) -> None:
    """Print the most recommended tools of each branch."""
    if not summary.tools:
        return
    labels, of_branch = catalog.labels("branches", lang), dict[str, list[str]]()
    for branch, tool_id, n in summary.tools:
        told = f"{_short_name(catalog, tool_id)} ({write_number(n, lang)})"
        of_branch.setdefault(labels[branch].split(" (")[0], []).append(told)
    where.print()
    where.print(Text(catalog.text("batch_tools", lang), style="bold"))
    for branch, tools in of_branch.items():
        where.print(Text.assemble((f"{branch}  ", LABEL), " · ".join(tools[:SHOWN_TOOLS])))
