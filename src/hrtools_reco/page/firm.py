"""The parts of the page about the firm: what it said, its maturity, the questions still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hrtools_reco.advice import NextQuestion, Roadmap
from hrtools_reco.answer import Recommendation
from hrtools_reco.catalog import inside, write_euros, write_number
from hrtools_reco.page.chart import Bar, bar_chart
from hrtools_reco.page.markup import Content, Html, joined, tag
from hrtools_reco.page.sheet import Sheet, bullets

N_QUESTIONS, N_CHECKS = 3, 4


def firm_line(sheet: Sheet) -> str:
    """Say in one line which firm this is: branch, headcount, region."""
    profile = sheet.profile
    region = sheet.label("regions", profile.region) if profile.region else None
    parts = [sheet.label("branches", profile.branch).split(" (")[0], _headcount(sheet), region]
    return " · ".join(part for part in parts if part)


def firm_section(sheet: Sheet) -> Html:
    """Return what the plan rests on: what the firm said, and its maturity; the rest is left out."""
    profile, text = sheet.profile, sheet.text
    budget = profile.budget_eur_per_year
    rows: list[tuple[str, Content]] = [
        (text("page_branch"), sheet.label("branches", profile.branch)),
        (text("page_headcount"), _headcount(sheet)),
        (text("page_region"), sheet.label("regions", profile.region) if profile.region else None),
        (text("page_budget"), None if budget is None else write_euros(budget, sheet.lang)),
        (text("page_needs"), ", ".join(_needs(sheet))),
        (text("page_installed"), ", ".join(_installed(sheet))),
        (text("page_has"), ", ".join(_facts(sheet, has=True))),
        (text("page_has_not"), ", ".join(_facts(sheet, has=False))),
    ]
    said = sheet.pairs(rows)
    if not profile.maturity:
        return sheet.section("firm", said, tag("p", text("page_maturity_none"), class_="note"))
    return sheet.section("firm", tag("div", said, _maturity(sheet), class_="beside"))


def _headcount(sheet: Sheet) -> str:
    """Say how many people the firm employs."""
    profile = sheet.profile
    if profile.headcount is None:
        return sheet.label("headcount_bands", str(profile.headcount_band))
    key = {0: "employee_none", 1: "employee_one"}.get(profile.headcount, "employees")
    return sheet.text(key, headcount=write_number(profile.headcount, sheet.lang))


def _installed(sheet: Sheet) -> Iterable[str]:
    """Yield what is in place: tools by name, other products by what they are for."""
    for key in sheet.profile.installed:
        if key in sheet.catalog.tool_ids:
            yield sheet.catalog.tool(key).name
        else:
            yield sheet.text("page_other_product", function=inside(sheet.label("functions", key)))


def _needs(sheet: Sheet) -> Iterable[str]:
    """Yield the stated needs, the most pressing first; one that is not there is none."""
    for need, urgency in sorted(sheet.profile.needs.items(), key=lambda item: -item[1]):
        if urgency:
            name = inside(sheet.label("needs", need))
            yield sheet.text("page_score_of", name=name, score=f"{urgency:.0f}")


def _facts(sheet: Sheet, *, has: bool) -> Iterable[str]:
    """Yield what the firm says that it has, or has not."""
    for fact, value in sheet.profile.facts.items():
        if value is has:
            yield inside(sheet.label("facts", fact))


def _maturity(sheet: Sheet) -> Html:
    """Return the chart of what was measured, and in words its highest and its lowest point."""
    text, profile = sheet.text, sheet.profile
    estimated = any(dimension in profile.maturity for dimension in profile.maturity_estimated)
    return tag(
        "div",
        tag("h3", text("page_maturity")),
        _chart(sheet),
        tag("p", " ".join(_ends(sheet)), class_="note"),
        tag("p", text("page_estimated_note"), class_="note") if estimated else None,
    )


def _chart(sheet: Sheet) -> Html:
    """Draw each measured dimension as a bar."""
    bars = []
    for dimension in sheet.catalog.keys("dimensions"):
        value = sheet.profile.maturity.get(dimension)
        if value is None:
            continue
        estimated = dimension in sheet.profile.maturity_estimated
        said = _level(sheet, value)
        if estimated:
            said = sheet.text("page_estimated", said=said)
        bars.append(
            Bar(name=sheet.label("dimensions", dimension), value=value, said=said, estimated=estimated)
        )
    description = ". ".join(sheet.text("page_chart_row", name=bar.name, said=bar.said) for bar in bars)
    bounds = [float(low) for low in sheet.catalog.table("levels")["score_min"]]
    return tag("figure", bar_chart(bars, bounds, sheet.text("page_chart_name"), description))


def _level(sheet: Sheet, value: float) -> str:
    """Say a score with the name of its level."""
    table = sheet.catalog.table("levels")
    name = table.loc[table["score_min"] <= value, f"name_{sheet.lang}"].iloc[-1]
    return f"{value:.0f} – {name.lower()}"


def _ends(sheet: Sheet) -> Iterable[str]:
    """Yield the highest and the lowest dimension, if they differ."""
    scores = sheet.profile.maturity
    ordered = sorted(scores, key=lambda dimension: -scores[dimension])
    best, least = ordered[0], ordered[-1]
    if scores[best] > scores[least]:
        yield sheet.text("page_maturity_best", name=inside(sheet.label("dimensions", best)))
        yield sheet.text("page_maturity_least", name=inside(sheet.label("dimensions", least)))


def questions_section(
    sheet: Sheet, plan: Roadmap, tools: Sequence[Recommendation], asked: Sequence[NextQuestion]
) -> Html:
    """Return the open questions: those that change the list, with boxes to tick, then those of the tools."""
    lang = sheet.lang
    useful = [question for question in asked if question.gain > 0][:N_QUESTIONS]
    forms = [
        tag(
            "li",
            tag("p", question.text(lang), class_="question"),
            bullets((option.text(lang) for option in question.options), "options"),
        )
        for question in useful
    ]
    said = {question.text(lang) for question in useful}
    first = [question(lang) for question in plan.questions if question(lang) not in said]
    said |= {check(lang) for step in plan.steps for check in step.checks}
    checks = {text: names for text, names in _checks(tools, lang).items() if text not in said}
    others = [*first, *(_for_tools(text, names) for text, names in list(checks.items())[:N_CHECKS])]
    return sheet.section(
        "questions",
        [tag("p", sheet.text("page_questions_intro")), tag("ol", forms, class_="questions")]
        if forms
        else None,
        [tag("p", sheet.text("page_questions_more" if first else "page_questions_rules")), bullets(others)]
        if others
        else None,
        None if forms or others else tag("p", sheet.text("page_questions_none")),
    )


def _for_tools(text: str, names: str) -> Html:
    """Return a question with the tools that it decides on."""
    return joined(text, tag("span", f" ({names})", class_="date"))


def _checks(tools: Sequence[Recommendation], lang: str) -> dict[str, str]:
    """Return each question of a rule with the names of the tools that it decides on."""
    names: dict[str, list[str]] = {}
    for item in tools:
        for check in item.checks(lang):
            names.setdefault(check, []).append(item.tool.name.split(" (")[0])
    return {check: ", ".join(tools) for check, tools in names.items()}
