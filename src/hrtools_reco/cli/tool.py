"""One tool of the catalog, as the command line shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console, Group
from rich.text import Text

from hrtools_reco.catalog import EVERYWHERE, Catalog, Tool, write_price
from hrtools_reco.cli.view import framed, pairs
from hrtools_reco.columns import TOOL_ID


def show_tool(where: Console, tool: Tool, catalog: Catalog, lang: str) -> None:
    """Print what the catalog holds of one tool; what is unknown is left out."""
    summary = tool.summary_fr if lang == "fr" else tool.summary_en
    name = Text.assemble((tool.name, "bold"), (f"  {tool.tool_id}", "dim"))
    where.print(framed(where, Group(name, Text(summary or ""))))
    where.print(pairs(_facts(tool, catalog, lang)))


def _facts(tool: Tool, catalog: Catalog, lang: str) -> Iterator[tuple[str, str]]:
    """Yield the label and the text of each known fact."""
    text = catalog.text

    def labelled(table: str, keys: Iterable[str]) -> str:
        """Join the labels of some keys of a table."""
        labels = {**catalog.labels(table, lang), EVERYWHERE: text("all", lang)}
        return ", ".join(labels[key].split(" (")[0] for key in keys)

    def worded(prefix: str, keys: Iterable[str]) -> str:
        """Join the texts of some keys of an enumeration."""
        return ", ".join(text(f"{prefix}_{key}", lang) for key in keys)

    facts = {
        "kind": labelled("kinds", [tool.kind] if tool.kind else []),
        "functions": labelled("functions", tool.functions),
        "vendor": " – ".join(part for part in (tool.vendor, tool.vendor_country) if part),
        "price": _price(tool, catalog, lang),
        "headcount": _headcount(tool, catalog, lang),
        "branches": labelled("branches", tool.branches),
        "sector_branches": labelled("branches", tool.sector_branches),
        "regions": labelled("regions", tool.regions),
        "who_uses": worded("who", tool.who_uses),
        "requirements": labelled("requirements", tool.requirements),
        "staff_login": labelled("login_kinds", tool.staff_login),
        "hardware": labelled("hardware_kinds", tool.hardware),
        "features": ", ".join(tool.features) if lang == "fr" else "",  # the catalog has them in French only
        "hosting": worded("hosting", tool.hosting),
        "data_in_eu": "" if tool.data_in_eu is None else text("yes" if tool.data_in_eu else "no", lang),
        "languages": ", ".join(tool.languages),
        "licence": _licence(tool, catalog, lang),
        "standards": ", ".join(tool.standards),
        "module_of": tool.module_of or "",
        "status": _dated(worded("tool_status", [tool.status or ""]), tool.status_as_of, catalog, lang),
    }
    for name, fact in facts.items():
        yield text(f"field_{name}", lang), fact
    yield text("website", lang), tool.homepage or ""
    yield text("evidence", lang), _evidence(tool, catalog, lang)


def _dated(value: str, date: str | None, catalog: Catalog, lang: str) -> str:
    """Add the date of a fact, if it has one of its own."""
    return catalog.text("as_of", lang, value=value, date=date) if date else value


def _price(tool: Tool, catalog: Catalog, lang: str) -> str:
    """Say how a tool is priced, and its price if known."""
    said = write_price(tool, lang, catalog) or ""
    return _dated(said, tool.price_as_of, catalog, lang) if said else ""


def _licence(tool: Tool, catalog: Catalog, lang: str) -> str:
    """Say under which licence a tool is: an SPDX name stays as it is."""
    key = f"licence_{tool.licence}"
    return catalog.text(key, lang) if key in catalog.messages[lang] else tool.licence or ""


def _headcount(tool: Tool, catalog: Catalog, lang: str) -> str:
    """Say which headcounts a tool is offered to."""
    low, high = tool.headcount_min, tool.headcount_max
    key = {(True, True): "range", (True, False): "range_from", (False, True): "range_to"}.get(
        (low is not None, high is not None)
    )
    bounds = {"low": f"{low or 0:.0f}", "high": f"{high or 0:.0f}"}
    return catalog.text(key, lang, **bounds) if key else ""


def _evidence(tool: Tool, catalog: Catalog, lang: str) -> str:
    """Say on how many pages the facts rest, and how new they are."""
    rows = catalog.evidence[catalog.evidence[TOOL_ID] == tool.tool_id]
    dates = rows["page_date"].dropna()
    newest = max(dates) if len(dates) else catalog.text("undated", lang)
    return catalog.text(
        "evidence_count", lang, n_facts=rows["field"].nunique(), n_pages=rows["url"].nunique(), newest=newest
    )
