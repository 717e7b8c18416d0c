"""The commands about the catalog: ``show``, ``check``, ``add-tool`` and ``add-branch``."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hrtools_reco.catalog import Catalog, CatalogReport, check_catalog, load_catalog
from hrtools_reco.cli import additions
from hrtools_reco.cli.help import FrenchCommand, FrenchGroup
from hrtools_reco.cli.options import CatalogFolder, Language
from hrtools_reco.cli.tool import show_tool
from hrtools_reco.cli.view import Lang, columns, console
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT, NEED_PREFIX, TOOL_ID
from hrtools_reco.recommender import ToolRecommender

SHOWN_OLD, SHOWN_LOOK_UPS, SHOWN_PROBLEMS = 10, 15, 50
PROBLEMS_FOUND = 1
INVENTED_SIZES = (3, 12, 45, 180)

app = typer.Typer(
    cls=FrenchGroup, help="Regarder le catalogue des outils, et le vérifier.", add_completion=False
)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Print the help if no command is given."""
    if context.invoked_subcommand is None:
        print(context.get_help())


app.command("add-tool", cls=FrenchCommand, help="Ajouter un outil, ses cellules et leurs sources.")(
    additions.tool
)
app.command("add-branch", cls=FrenchCommand, help="Ajouter une branche, ses cellules et leurs sources.")(
    additions.branch
)


@app.command(cls=FrenchCommand, help="Afficher ce que le catalogue sait d’un outil.")
def show(
    tool_id: Annotated[str, typer.Argument(metavar="OUTIL", help="Clé de l’outil.")],
    catalog: CatalogFolder = None,
    lang: Language = Lang.fr,
) -> None:
    """Print what the catalog holds of one tool."""
    used = load_catalog(catalog)
    show_tool(console(), used.tool(tool_id), used, lang.value)


@app.command(
    cls=FrenchCommand,
    help="Afficher ce que le catalogue tient, couvre et ne sait pas ; code 1 s’il s’y trouve une erreur.",
)
def check(
    months: Annotated[float, typer.Option(help="Âge en mois à partir duquel un fait est ancien.")] = 12,
    catalog: CatalogFolder = None,
    lang: Language = Lang.fr,
) -> None:
    """Print what the catalog holds, covers and lacks; exit code 1 if something is wrong in it."""
    used = load_catalog(catalog)
    report, where = check_catalog(used, months, importance=_times_recommended(used)), console()
    _show_title(where, report, used, lang.value)
    for key, table in (("check_counts", _counts), ("check_coverage", _coverage), ("check_known", _known)):
        _show_table(where, used.text(key, lang), table(report, used, lang.value))
    _show_old(where, report, months, used, lang.value)
    _show_look_ups(where, report, used, lang.value)
    _show_problems(where, report, used, lang.value)
    if len(report.problems):
        raise typer.Exit(PROBLEMS_FOUND)


def _show_title(where: Console, report: CatalogReport, catalog: Catalog, lang: str) -> None:
    """Print which catalog this is, and how big."""
    title = catalog.text(
        "check_title",
        lang,
        version=catalog.version,
        n_tools=len(catalog.tools),
        n_evidence=len(catalog.evidence),
        n_references=report.n_references,
    )
    where.print(Text(title, style="bold"))
    where.print()


def _show_table(where: Console, title: str, table: Table) -> None:
    """Print a table under its title."""
    where.print(Text(title, style="bold"))
    where.print(table)
    where.print()


def _counts(report: CatalogReport, catalog: Catalog, lang: str) -> Table:
    """Return the tools by kind, status and pillar."""
    text, kinds = catalog.text, catalog.labels("kinds", lang)
    heads = [text("column", lang), "", text("count", lang)]
    table = columns(heads, n_texts=2)
    for row in report.counts.itertuples():
        prefix = {"status": "tool_status", "pillar": "pillar"}.get(str(row.column))
        label = text(f"{prefix}_{row.value}", lang) if prefix else kinds[str(row.value)]
        table.add_row(text(str(row.column), lang), label, str(row.n_tools))
    return table


def _coverage(report: CatalogReport, catalog: Catalog, lang: str) -> Table:
    """Return the tools on offer by function and headcount, one section for each pillar."""
    labels = catalog.labels("functions", lang)
    heads = [catalog.text("function", lang), *report.coverage.columns]
    table = columns(heads)
    shown_pillar = ""
    for row in report.coverage.reset_index().to_dict("records"):
        pillar, function, *counts = row.values()
        if pillar != shown_pillar:
            table.add_row(Text(catalog.text(f"pillar_{pillar}", lang), style="bold"))
            shown_pillar = pillar
        cells = [Text(str(count), style="" if count else "bold red") for count in counts]
        table.add_row(labels[function], *cells)
    return table


def _known(report: CatalogReport, catalog: Catalog, lang: str) -> Table:
    """Return the filled cells of each column of the tools."""
    heads = [catalog.text(key, lang) for key in ("column", "count", "share")]
    table = columns(heads)
    for row in report.known.itertuples():
        table.add_row(str(row.column), str(row.n_known), f"{row.share:.0%}")
    return table


def _show_old(where: Console, report: CatalogReport, months: float, catalog: Catalog, lang: str) -> None:
    """Print how many facts are old, and the tools that have the oldest."""
    text, old = catalog.text, report.old
    counts = {"n_old": len(old), "n_tools": old[TOOL_ID].nunique(), "n_undated": report.n_undated}
    where.print(text("check_old", lang, months=f"{months:g}", **counts))
    where.print()
    if not len(old):
        return
    heads = [text(key, lang) for key in ("tool", "facts", "oldest")]
    table = columns(heads)
    by_tool = old.groupby(TOOL_ID, sort=False).agg(n_facts=("field", "size"), oldest=("age_months", "max"))
    for row in by_tool.head(SHOWN_OLD).itertuples():
        table.add_row(str(row.Index), str(row.n_facts), text("months", lang, n=f"{row.oldest:.0f}"))
    _show_table(where, text("check_oldest", lang), table)


def _times_recommended(catalog: Catalog) -> dict[str, float]:
    """Count how often each tool is recommended, over a firm of each branch and size with each need."""
    firms = [
        {
            COMPANY_ID: f"{branch}-{headcount}-{need}",
            BRANCH: branch,
            HEADCOUNT: headcount,
            NEED_PREFIX + need: 100,
        }
        for branch in catalog.keys("branches")
        for headcount in INVENTED_SIZES
        for need in catalog.keys("needs")
    ]
    found = ToolRecommender(catalog).fit().recommend_batch(pd.DataFrame(firms)).frame
    return dict(found[TOOL_ID].value_counts().astype(float))


def _show_look_ups(where: Console, report: CatalogReport, catalog: Catalog, lang: str) -> None:
    """Print what to look up next, and the words that could find it."""
    wanted = report.look_up
    if not len(wanted):
        return
    heads = [catalog.text(key, lang) for key in ("tool", "facts", "oldest", "look_up_query")]
    table = columns(heads, n_texts=4)
    for row in wanted.head(SHOWN_LOOK_UPS).itertuples():
        field = catalog.text(f"look_up_field_{row.field}", lang)
        seen = str(row.as_of) or catalog.text("undated", lang)
        table.add_row(str(row.tool_id), field, seen, str(row.query))
    _show_table(where, catalog.text("check_look_up", lang), table)
    if (n_more := len(wanted) - SHOWN_LOOK_UPS) > 0:
        where.print(catalog.text("look_up_more", lang, n=n_more))
        where.print()


def _show_problems(where: Console, report: CatalogReport, catalog: Catalog, lang: str) -> None:
    """Print what is not as it should be."""
    problems = report.problems
    if not len(problems):
        where.print(Text(catalog.text("check_fine", lang), style="green"))
        return
    where.print(Text(catalog.text("check_problems", lang, n=len(problems)), style="bold red"))
    for row in problems.head(SHOWN_PROBLEMS).itertuples():
        place = catalog.text("problem_place", lang, file=row.file, row=row.row, column=row.column)
        message = str(row.message_fr if lang == "fr" else row.message)
        where.print(f"{place} {message} [{row.value}]", soft_wrap=True)
    if n_more := len(problems) - SHOWN_PROBLEMS:
        where.print(catalog.text("batch_more", lang, n=n_more) if n_more > 0 else "")
