"""The first screen: what to do first, which tool to aim at within a year, who pays at this size."""

from __future__ import annotations

from hrtools_reco.advice import Roadmap, Step
from hrtools_reco.outlook import who_pays
from hrtools_reco.page.markup import Html, joined, tag
from hrtools_reco.page.sheet import Sheet


def brief_section(sheet: Sheet, plan: Roadmap) -> Html:
    """Return the page in three sentences, for those who read no further."""
    rows = [
        tag("li", tag("strong", sheet.text(f"page_brief_{name}")), tag("p", said))
        for name, said in (
            ("first", _first(sheet, plan)),
            ("goal", _goal(sheet, plan)),
            ("pays", _pays(sheet)),
        )
        if said
    ]
    return sheet.section("brief", tag("ol", rows, class_="brief"))


def _first(sheet: Sheet, plan: Roadmap) -> Html | None:
    """Say the first thing to do, and with whom."""
    if plan.steps:
        step = plan.steps[0]
        first, name = step.first(sheet.lang), step.tool.name.split(" (")[0]
        if step.part != "support" or name in first:
            return joined(first)
        return joined(first, " ", sheet.text("page_brief_with", tool=name, price=step.price(sheet.lang)))
    return joined(plan.unanswered[0].first(sheet.lang)) if plan.unanswered else None


def _goal(sheet: Sheet, plan: Roadmap) -> Html | None:
    """Name the tool to aim at; without one, say what decides."""
    goal = plan.goal
    if goal is None or goal.stage == "now":
        key = "page_brief_ask" if plan.questions else "page_brief_no_goal"
        return joined(sheet.text(key))
    return joined(sheet.text("page_brief_tool", **_told(sheet, goal)))


def _told(sheet: Sheet, goal: Step) -> dict[str, str]:
    """Return the name, the use and the price of a tool."""
    use = goal.use(sheet.lang)
    return {
        "tool": goal.tool.name.split(" (")[0],
        "use": use[:1].lower() + use[1:],
        "price": goal.price(sheet.lang),
    }


def _pays(sheet: Sheet) -> Html | None:
    """Say who pays."""
    payer = who_pays(sheet.profile, sheet.catalog)
    if payer is None:
        return None
    return joined(payer.text(sheet.lang), " ", sheet.cite([(payer.url, payer.page_date)]))
