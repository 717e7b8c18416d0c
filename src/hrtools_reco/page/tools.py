"""The list, read in two parts: the people and services that help, and the tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hrtools_reco.advice import Prices
from hrtools_reco.answer import Recommendation, Recommendations
from hrtools_reco.catalog import Catalog, Tool, need_strengths, write_price
from hrtools_reco.columns import TOOL_ID
from hrtools_reco.page.markup import Html, joined, link, tag
from hrtools_reco.page.sheet import Sheet, bullets

N_SUPPORTS = 3
_PAGES_CITED = 2


def in_two_parts(
    found: Recommendations, catalog: Catalog, n_tools: int
) -> tuple[list[Recommendation], list[Recommendation]]:
    """Return the first people and services that help, one of each house, and the first tools.

    A firm that told a real need is shown tools that answer one.

    Parameters
    ----------
    found : Recommendations
        The list.
    catalog : Catalog
        Catalog of the tools.
    n_tools : int
        Most tools.

    Returns
    -------
    tuple of two lists of Recommendation
        Supports, then tools.
    """
    supports: dict[str, Recommendation] = {}
    for item in found.supports:
        supports.setdefault((item.tool.vendor or item.tool.name).split(" (")[0], item)
    useful = _answering(found.profile.needs, catalog)
    tools = [item for item in found.tools if useful[catalog.position(item.tool_id)]]
    return list(supports.values())[:N_SUPPORTS], tools[:n_tools]


def _answering(needs: Mapping[str, float], catalog: Catalog) -> np.ndarray:
    """Tell which tools answer one of the real needs that were told; all do if none was."""
    real = [needs.get(need, 0.0) >= catalog.setting("need_is_real") for need in catalog.keys("needs")]
    if not any(real):
        return np.ones(len(catalog.tool_ids), dtype=bool)
    return np.any(need_strengths(catalog)[real] >= catalog.setting("answers_from"), axis=0)


def tools_section(
    sheet: Sheet,
    supports: Sequence[Recommendation],
    tools: Sequence[Recommendation],
    prices: Prices,
    shortfall: str | None,
) -> Html:
    """Return both parts; one that is empty is left out."""
    text = sheet.text
    if not supports and not tools:
        return sheet.section("tools", tag("p", text("nothing")), _note(shortfall))
    said: set[str] = set()
    cards = [_card(sheet, item, prices, _own_reasons(item, sheet.lang, said)) for item in tools]
    return sheet.section(
        "tools",
        [tag("h3", text("page_supports")), bullets((_support(sheet, item) for item in supports), "supports")]
        if supports
        else None,
        [tag("h3", text("page_own_tools")), tag("ol", cards, class_="tools")] if cards else None,
        None if cards else _note(shortfall or text("page_no_tools")),
    )


def _note(said: str | None) -> Html | None:
    """Return a remark under the list."""
    return tag("p", said, class_="note") if said else None


def _own_reasons(item: Recommendation, lang: str, said: set[str]) -> list[str]:
    """Return the strongest reason, and the first of the others that no tool above has given already."""
    strongest, others = item.reasons(lang)[:1], item.reasons(lang)[1:]
    own = [*strongest, *[reason for reason in others if reason not in said][:1]]
    said.update(own)
    return own


def _support(sheet: Sheet, item: Recommendation) -> Html:
    """Return one line about who helps."""
    name = tag("strong", item.tool.name)
    sure = tag("span", sheet.text(f"certainty_{item.certainty}"), class_=f"chip {item.certainty}")
    return joined(name, " ", sure, " ", _summary(sheet, item.tool), " ", _site(item.tool))


def _card(sheet: Sheet, item: Recommendation, prices: Prices, reasons: Sequence[str]) -> Html:
    """Return one tool: what it costs, what it is, why it is here, what else it asks for."""
    tool, text = item.tool, sheet.text
    why = joined(tag("strong", text("why")), text("colon"), " ; ".join(reasons), ".") if reasons else None
    conditions = _conditions(sheet, tool)
    return tag(
        "li",
        tag(
            "p",
            tag("strong", tool.name, class_="name"),
            " ",
            tag("span", text(f"status_{item.status}"), class_=f"chip {item.status}"),
            " ",
            tag("span", text(f"certainty_{item.certainty}"), class_=f"chip {item.certainty}"),
            " ",
            tag("span", prices.of(tool)(sheet.lang), class_="price"),
            class_="head",
        ),
        tag("p", _summary(sheet, tool), " ", _site(tool), " ", sheet.cite(_pages(sheet, tool))),
        tag("p", why) if why else None,
        tag("p", text("page_takes_for_granted"), text("colon"), conditions, ".", class_="date")
        if conditions
        else None,
        tag("p", _price(sheet, tool), class_="date") if _price(sheet, tool) else None,
        id=f"tool-{item.rank}",
    )


def _summary(sheet: Sheet, tool: Tool) -> str:
    """Return what a tool is, as a sentence."""
    said = sheet.own(tool, "summary") or sheet.label("functions", tool.functions[0])
    return said if said.endswith(".") else f"{said}."


def _site(tool: Tool) -> Html | None:
    """Return a link to the site."""
    if not tool.homepage:
        return None
    shown = tool.homepage.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return link(shown.split("/")[0], tool.homepage)


def _conditions(sheet: Sheet, tool: Tool) -> str | None:
    """Return what a tool takes for granted and no rule tests."""
    table = sheet.catalog.table("requirements").set_index("requirement")
    untested = set(table.index[table["fact"].isna()])
    return ", ".join(sheet.label("requirements", name) for name in tool.requirements if name in untested)


def _price(sheet: Sheet, tool: Tool) -> str | None:
    """Say how a tool is priced, and when the price was read; nothing where no price is told."""
    if not (tool.price_eur or tool.price_fixed_eur or tool.price_currency):
        return None
    text = sheet.text
    said = text("page_priced", price=write_price(tool, sheet.lang, sheet.catalog))
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
    trusted = [(url, day if isinstance(day, str) else None) for url, day in pages if sheet.is_trusted(url)]
    return trusted[:_PAGES_CITED]
