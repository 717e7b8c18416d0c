"""The page of one branch for its OPCO: what its firms would need, counted from an answer."""

from __future__ import annotations

from datetime import date, datetime
from os import PathLike
from pathlib import Path

import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import write_euros, write_number, write_share
from hrtools_reco.columns import BRANCH
from hrtools_reco.firms import SIZE, vocabulary_of
from hrtools_reco.outlook import opportunities
from hrtools_reco.overview import GroupSummary
from hrtools_reco.page.branch import opportunities_section, sources_section
from hrtools_reco.page.chart import Bar, bar_chart
from hrtools_reco.page.html_file import checked_path, html_page, write_page
from hrtools_reco.page.markup import Content, Html, link, tag
from hrtools_reco.page.sheet import Paper, bullets, data_table, table_row
from hrtools_reco.texts import check_lang

_N_TOOLS, _N_TOOLS_BY_SIZE, _N_FUNCTIONS = 10, 3, 8
_LIMITS = ("view_limit_advice", "view_limit_known", "view_limit_simulated")
_LIMITS_OF_ALL = ("limit_judgement", "limit_popularity", "limit_prices")


def branch_report(
    summary: GroupSummary,
    branch: str,
    path: str | PathLike[str],
    lang: str = "fr",
    *,
    on: date | None = None,
) -> Path:
    """Write what the firms of one branch would need as a page to read and to print.

    The page is one HTML file: it needs no network and no script. It is written whole or not at all; a file
    that stands there is replaced.

    Parameters
    ----------
    summary : GroupSummary
        Counts by branch, or by branch and size.
    branch : str
        Key, name, alias, IDCC or NAF code of the branch.
    path : path-like
        File to write, ``.html`` or ``.htm``, in a folder that exists.
    lang : {"fr", "en"}, default="fr"
        Language.
    on : date, optional
        Day of the page. ``None`` is today.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InvalidValueError
        If the firms are not grouped by branch, or by more than branch and size; if the branch has no firm,
        a value is wrong, or the file cannot be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import hrtools_reco as hr
    >>> batch = hr.ToolRecommender().fit().recommend_batch(hr.simulate_firms(200, seed=1))
    >>> with TemporaryDirectory() as folder:
    ...     written = hr.branch_report(hr.summarise(batch), "couture", Path(folder) / "couture.html")
    ...     written.read_text(encoding="utf-8").count("<h2")
    10
    """
    check_lang(lang)
    target = checked_path(path)
    day = date.today() if on is None else on
    if not isinstance(day, date):
        raise invalid("on", "a day, as datetime.date", on)
    if BRANCH not in summary.by or set(summary.by) - {BRANCH, SIZE}:
        raise invalid("summary", "grouped by branch, or by branch and size", ", ".join(summary.by))
    key = vocabulary_of(summary.catalog).branch(branch)
    paper = Paper(catalog=summary.catalog, lang=lang, on=day.date() if isinstance(day, datetime) else day)
    write_page(target, _document(paper, key, summary.of(branch=key)))
    return target


def _document(paper: Paper, branch: str, counts: GroupSummary) -> str:
    """Return the whole page."""
    name, title = paper.label("branches", branch), paper.text("page_view_title")
    first = tuple(_by_tool(counts)["tool_id"])
    found = opportunities(branch, paper.catalog, tools=first) if first else None
    sections = [
        _firms_section(paper, counts),
        _tools_section(paper, counts),
        _functions_section(paper, counts),
        _needs_section(paper, counts),
        _maturity_section(paper, counts),
        _money_section(paper, counts),
        opportunities_section(paper, found) if found else None,
        sources_section(paper) if found else None,
        _limits_section(paper),
    ]
    header = tag(
        "header",
        tag("p", paper.text("page_made_on", day=paper.day(paper.on)), class_="day"),
        tag("h1", title),
        tag("p", name, class_="for"),
    )
    footer = tag("footer", tag("p", paper.text("page_footer", version=paper.catalog.version)))
    body = tag("body", header, tag("main", _brief(paper, counts), sections), footer)
    return html_page(f"{title} – {name}", body, paper.lang)


def _by_tool(counts: GroupSummary) -> pd.DataFrame:
    """Count the firms of each tool over all sizes, most first."""
    total = counts.tools.groupby("tool_id", sort=True)["n_firms"].sum().reset_index()
    return total.sort_values(["n_firms", "tool_id"], ascending=[False, True], ignore_index=True)


def _n_firms(counts: GroupSummary) -> int:
    """Return how many firms are counted."""
    return int(counts.groups["n_firms"].sum())


def _means(counts: GroupSummary) -> pd.Series:
    """Return the mean of the known scores of each dimension; NaN where none is known."""
    table = counts.maturity.assign(total=counts.maturity["mean"].fillna(0.0) * counts.maturity["n_known"])
    sums = table.groupby("dimension", sort=False)[["total", "n_known"]].sum()
    return sums["total"] / sums["n_known"]


def _brief(paper: Paper, counts: GroupSummary) -> Html:
    """Return the page in a few sentences."""
    text, n = paper.text, _n_firms(counts)
    served = int(counts.groups["n_served"].sum())
    numbers = {"n": write_number(n, paper.lang), "served": write_number(served, paper.lang)}
    said = [text("page_view_brief_firms", **numbers)]
    tools, needs, means = _by_tool(counts), _needs(counts), _means(counts).dropna()
    if len(tools):
        name, share = paper.catalog.tool(tools["tool_id"][0]).name, tools["n_firms"][0] / n
        said.append(text("page_view_brief_tool", tool=name, share=write_share(share, paper.lang)))
    if len(needs) and needs["share"].max() > 0:
        worst = needs.sort_values("share", ascending=False, kind="stable").iloc[0]
        share = write_share(worst["share"], paper.lang)
        said.append(text("page_view_brief_need", need=paper.label("needs", worst["need"]), share=share))
    if len(means):
        name = paper.label("dimensions", str(means.idxmin()))
        said.append(text("page_view_brief_dimension", name=name, score=f"{means.min():.0f}"))
    return paper.section("brief", bullets(said))


def _size_name(paper: Paper, size: str) -> str:
    """Return the name of a class of size."""
    names = paper.catalog.labels("size_classes", paper.lang)
    return names.get(size, paper.text("page_view_size_unknown"))


def _firms_section(paper: Paper, counts: GroupSummary) -> Html:
    """Return how many firms of each size are counted, and how many tools fit them."""
    heads = [paper.text(f"page_view_{key}") for key in ("size", "count", "fit", "unserved")]
    groups, rows = counts.groups, []
    for row in groups.to_dict("records"):
        name = _size_name(paper, row[SIZE]) if SIZE in groups else paper.text("page_view_size_all")
        cells = [write_number(row["n_firms"], paper.lang), write_number(row["mean_fit"], paper.lang)]
        cells.append(write_number(row["n_unserved"], paper.lang))
        rows.append(table_row(name, list(zip(heads[1:], cells, strict=True))))
    return paper.section("view_firms", data_table(paper.text("page_view_firms_table"), heads, rows))


def _tools_section(paper: Paper, counts: GroupSummary) -> Html:
    """Return the tools that are recommended most, in all and by size."""
    text, n = paper.text, _n_firms(counts)
    heads = [text("page_view_tool"), text("page_view_for"), text("page_view_share")]
    rows = []
    for tool_id, n_own in _by_tool(counts).head(_N_TOOLS).itertuples(index=False):
        tool = paper.catalog.tool(tool_id)
        functions = bullets(paper.label("functions", key) for key in tool.functions[:2])
        cells = [(heads[1], functions), (heads[2], write_share(n_own / n, paper.lang))]
        rows.append(table_row(link(tool.name, tool.homepage or ""), cells))
    return paper.section(
        "view_tools",
        tag("p", text("page_view_tools_intro")),
        data_table(text("page_view_tools_table"), heads, rows),
        _tools_by_size(paper, counts) if SIZE in counts.by else None,
    )


def _tools_by_size(paper: Paper, counts: GroupSummary) -> Html:
    """Return the first tools of each size."""
    heads = [paper.text("page_view_size"), paper.text("page_view_tool")]
    rows = []
    for size, own in counts.tools.groupby(SIZE, sort=False):
        first = own.head(_N_TOOLS_BY_SIZE)
        named = [
            f"{paper.catalog.tool(tool).name} ({write_share(share, paper.lang)})"
            for tool, share in zip(first["tool_id"], first["share"], strict=True)
        ]
        rows.append(table_row(_size_name(paper, str(size)), [(heads[1], bullets(named))]))
    return data_table(paper.text("page_view_tools_size_table"), heads, rows)


def _functions_section(paper: Paper, counts: GroupSummary) -> Html:
    """Return the functions of which no tool fits most firms."""
    heads = [paper.text("page_view_function"), paper.text("page_view_share")]
    without = counts.functions.groupby("function")["n_without"].sum() / _n_firms(counts)
    first = without.sort_values(ascending=False, kind="stable").head(_N_FUNCTIONS)
    rows = [
        table_row(paper.label("functions", str(key)), [(heads[1], write_share(share, paper.lang))])
        for key, share in first.items()
    ]
    table = data_table(paper.text("page_view_functions_table"), heads, rows)
    return paper.section("view_functions", tag("p", paper.text("page_view_functions_intro")), table)


def _needs(counts: GroupSummary) -> pd.DataFrame:
    """Sum the needs that were told over all sizes."""
    total = counts.needs.groupby("need", sort=False)[["n_stated", "n_without"]].sum().reset_index()
    total = total[total["n_stated"] > 0]
    return total.assign(share=total["n_without"] / total["n_stated"])


def _needs_section(paper: Paper, counts: GroupSummary) -> Html:
    """Return the needs that were told, and how many firms have no fitting tool for them."""
    heads = [paper.text(f"page_view_{key}") for key in ("need", "stated", "without")]
    rows = []
    for row in _needs(counts).to_dict("records"):
        counted = (row["n_stated"], row["n_without"])
        cells = [write_number(number, paper.lang) for number in counted]
        rows.append(table_row(paper.label("needs", row["need"]), list(zip(heads[1:], cells, strict=True))))
    return paper.section("view_needs", data_table(paper.text("page_view_needs_table"), heads, rows))


def _maturity_section(paper: Paper, counts: GroupSummary) -> Html:
    """Return the mean maturity as a chart, and where a weak point holds tools back."""
    levels = paper.catalog.table("levels")
    bars = []
    for key, mean in _means(counts).items():
        known = None if pd.isna(mean) else float(mean)
        said = paper.text("page_not_measured") if known is None else f"{known:.0f}"
        bars.append(Bar(name=paper.label("dimensions", str(key)), value=known, said=said))
    described = ". ".join(paper.text("page_chart_row", name=bar.name, said=bar.said) for bar in bars)
    bounds = [float(low) for low in levels["score_min"]]
    chart = tag("figure", bar_chart(bars, bounds, paper.text("page_view_maturity_intro"), described))
    waiting = counts.maturity.groupby("dimension", sort=False)["n_waiting"].sum() / _n_firms(counts)
    held = [
        paper.text(
            "page_view_waiting_row",
            name=paper.label("dimensions", str(key)),
            share=write_share(share, paper.lang),
        )
        for key, share in waiting[waiting > 0].sort_values(ascending=False, kind="stable").items()
    ]
    note: Content = [tag("p", paper.text("page_view_waiting")), bullets(held)] if held else None
    return paper.section("view_maturity", tag("p", paper.text("page_view_maturity_intro")), chart, note)


def _money_section(paper: Paper, counts: GroupSummary) -> Html:
    """Return budgets and prices, as far as they are known."""
    money, lang = counts.money, paper.lang
    medians = money.loc[money["n_budgets"] > 0, "budget_median"]
    rows: list[tuple[str, Content]] = [
        (paper.text("page_view_budgets"), write_number(money["n_budgets"].sum(), lang)),
        (paper.text("page_view_budget_median"), _range(medians, lang)),
        (paper.text("page_view_priced"), write_number(money["n_priced"].sum(), lang)),
        (paper.text("page_view_unpriced"), write_number(money["n_unpriced"].sum(), lang)),
        (paper.text("page_view_cost"), write_euros(float(money["cost_sum"].sum()), lang)),
    ]
    return paper.section("view_money", paper.pairs(rows))


def _range(values: pd.Series, lang: str) -> str | None:
    """Write the lowest and the highest of some sums; nothing where there is none."""
    if values.empty:
        return None
    ends = sorted({float(values.min()), float(values.max())})
    return " – ".join(write_euros(end, lang) for end in ends)


def _limits_section(paper: Paper) -> Html:
    """Return what the reader must not take this page for."""
    keys = (*_LIMITS, *_LIMITS_OF_ALL)
    return paper.section("view_limits", bullets(paper.text(f"page_{key}") for key in keys))
