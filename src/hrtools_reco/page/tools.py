"""The part of the page about the tools: the list with its reasons, checks and costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco.answer import Recommendation, Recommendations
from hrtools_reco.catalog import Tool, YearlyCosts, write_cost, write_euros, write_price
from hrtools_reco.columns import TOOL_ID
from hrtools_reco.firms import firms_of
from hrtools_reco.page.markup import Content, Html, joined, link, tag
from hrtools_reco.page.sheet import Sheet, bullets, data_table, table_row

_FUNCTIONS_SHOWN, _PAGES_CITED = 3, 4
_ONE_OFF, _PER_JOB = "one_off", "per_job"


class PriceTags:
    """Yearly costs of the tools for one firm, as numbers and in words.

    Parameters
    ----------
    sheet : Sheet
        The page.
    """

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        table = firms_of(sheet.profile, sheet.catalog)
        costs = YearlyCosts(sheet.catalog)
        self._free = costs.free_at(table.headcount_high)[0]
        least, most = costs.interval(table.headcount_low, table.headcount_high)
        self._low, self._high = (np.where(self._free, 0.0, end[0]) for end in (least, most))

    def range(self, tool: Tool) -> tuple[float, float] | None:
        """Return the least and the most that a tool costs in a year, in euros; None where unknown."""
        low, high = self._ends(tool)
        return None if np.isnan(low) or not np.isfinite(high) else (low, high)

    def _ends(self, tool: Tool) -> tuple[float, float]:
        """Return the least and the most of a tool, NaN where unknown."""
        place = self._sheet.catalog.position(tool.tool_id)
        return float(self._low[place]), float(self._high[place])

    def write(self, tool: Tool) -> str:
        """Say what a tool costs in a year."""
        text, lang = self._sheet.text, self._sheet.lang
        if self._free[self._sheet.catalog.position(tool.tool_id)]:
            return text(f"page_cost_{tool.price_model}")
        said = write_cost(*self._ends(tool), lang, self._sheet.catalog)
        if said is None:
            if tool.price_unit == _PER_JOB and tool.price_eur:
                return text("page_cost_per_job", amount=write_euros(tool.price_eur, lang))
            return text("page_cost_unknown")
        return text("page_cost_once", amount=said) if tool.price_unit == _ONE_OFF else said

    def total(self, tools: Sequence[Tool]) -> tuple[str, float, int]:
        """Say what some tools cost together; return also the most that it is, and how many have no price."""
        text, lang = self._sheet.text, self._sheet.lang
        known = [found for found in map(self.range, tools) if found is not None]
        low, high = (sum(found[end] for found in known) for end in (0, 1))
        written = [write_euros(value, lang) for value in (low, high)]
        said = written[0] if low == high else text("page_cost_between", low=written[0], high=written[1])
        return said, high, len(tools) - len(known)


def tools_section(sheet: Sheet, found: Recommendations, prices: PriceTags) -> Html:
    """Return the recommended tools: an overview, then one after the other."""
    if not found:
        return sheet.section("tools", tag("p", sheet.text("nothing")), _shortfall(sheet, found))
    return sheet.section(
        "tools",
        tag("p", sheet.text("page_tools_intro")),
        _overview(sheet, found, prices),
        [_card(sheet, item) for item in found],
        _shortfall(sheet, found),
    )


def _shortfall(sheet: Sheet, found: Recommendations) -> Html | None:
    """Say why there are fewer tools than asked for."""
    return tag("p", found.shortfall.reason(sheet.lang), class_="note") if found.shortfall else None


def _functions(sheet: Sheet, tool: Tool) -> str:
    """Name what a tool is for, the main function first."""
    names = [sheet.label("functions", function) for function in tool.functions[:_FUNCTIONS_SHOWN]]
    return ", ".join(name if place == 0 else name[:1].lower() + name[1:] for place, name in enumerate(names))


def _overview(sheet: Sheet, found: Recommendations, prices: PriceTags) -> Html:
    """Return all tools in one table, with what they cost."""
    text = sheet.text
    heads = [text("tool"), text("page_used_for"), text("page_yearly_cost")]
    rows = [
        table_row(
            joined(f"{item.rank}. ", tag("a", item.tool.name, href=f"#tool-{item.rank}")),
            [(heads[1], _functions(sheet, item.tool)), (heads[2], prices.write(item.tool))],
        )
        for item in found
    ]
    total, _, n_unpriced = prices.total([item.tool for item in found])
    if n_unpriced:
        key = "one" if n_unpriced == 1 else "many"
        total = text(f"page_total_unpriced_{key}", total=total, n=n_unpriced)
    foot = tag(
        "tr",
        tag("th", text("page_total"), scope="row", role="rowheader", colspan=2),
        tag("td", tag("div", total), role="cell", data_label=heads[2]),
        role="row",
    )
    return data_table(text("page_tools_table"), heads, rows, foot)


def _card(sheet: Sheet, item: Recommendation) -> Html:
    """Return one tool with its reasons, checks and price."""
    tool, text = item.tool, sheet.text
    site = link(_shown(tool.homepage), tool.homepage) if tool.homepage else None
    rows: list[tuple[str, Content]] = [
        (text("why"), bullets(_sentences(item.reasons(sheet.lang)))),
        (text("checks"), bullets(item.checks(sheet.lang))),
        (text("page_takes_for_granted"), _conditions(sheet, tool)),
        (text("page_price"), _price(sheet, tool)),
    ]
    points = text("page_points", score=f"{item.score:.0f}")
    about = f"{_sentence(sheet.label('kinds', tool.kind or ''))} – {points}"
    return tag(
        "article",
        tag(
            "h3",
            tag("span", f"{item.rank}.", class_="rank"),
            " ",
            tool.name,
            " ",
            tag("span", text(f"status_{item.status}"), class_=f"chip {item.status}"),
        ),
        tag("p", about, [" – ", site] if site else None, class_="about"),
        tag("p", sheet.own(tool, "summary"), " ", sheet.cite(_pages(sheet, tool))),
        sheet.pairs(rows),
        class_="card",
        id=f"tool-{item.rank}",
    )


def _sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def _sentences(texts: Sequence[str]) -> list[str]:
    """Begin each text with a capital letter."""
    return [_sentence(text) for text in texts]


def _shown(url: str) -> str:
    """Return an address as it is read."""
    return url.removeprefix("https://").removeprefix("http://").removeprefix("www.").removesuffix("/")


def _conditions(sheet: Sheet, tool: Tool) -> Html | None:
    """Return what a tool takes for granted and no rule tests."""
    table = sheet.catalog.table("requirements").set_index("requirement")
    untested = set(table.index[table["fact"].isna()])
    return bullets(
        _sentence(sheet.label("requirements", name)) for name in tool.requirements if name in untested
    )


def _price(sheet: Sheet, tool: Tool) -> str:
    """Say how a tool is priced, and when the price was read."""
    text = sheet.text
    said = write_price(tool, sheet.lang, sheet.catalog) or text("page_cost_unknown")
    if not (tool.price_eur or tool.price_fixed_eur or tool.price_currency):
        return said
    if tool.price_as_of is None:
        return text("page_price_undated", price=said)
    exact = "_day" if len(tool.price_as_of) > len("2026-01") else ""
    return text(f"page_price_read{exact}", price=said, day=sheet.day(tool.price_as_of))


def _pages(sheet: Sheet, tool: Tool) -> list[tuple[str, str | None]]:
    """Return the pages that the facts of a tool rest on, the newest first."""
    rows = sheet.catalog.evidence
    own = rows[(rows[TOOL_ID] == tool.tool_id) & rows["url"].notna()].drop_duplicates("url")
    newest = own.sort_values("page_date", ascending=False, kind="stable", na_position="last")
    pages = zip(newest["url"], newest["page_date"], strict=True)
    return [(url, day if isinstance(day, str) else None) for url, day in pages][:_PAGES_CITED]
