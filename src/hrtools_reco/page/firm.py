"""The parts of the page about the firm: its facts, its maturity, the questions still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hrtools_reco.advice import NextQuestion
from hrtools_reco.answer import Recommendations
from hrtools_reco.catalog import write_euros, write_number
from hrtools_reco.page.chart import Bar, bar_chart
from hrtools_reco.page.markup import Content, Html, joined, tag
from hrtools_reco.page.sheet import Sheet, bullets


def firm_section(sheet: Sheet) -> Html:
    """Return what is known of the firm; what it did not say is named as such where it matters."""
    profile, text = sheet.profile, sheet.text
    unknown = text("not_stated")
    budget = profile.budget_eur_per_year
    rows: list[tuple[str, Content]] = [
        (text("page_branch"), sheet.label("branches", profile.branch)),
        (text("page_headcount"), _headcount(sheet)),
        (text("page_region"), sheet.label("regions", profile.region) if profile.region else unknown),
        (text("page_budget"), unknown if budget is None else write_euros(budget, sheet.lang)),
        (text("page_installed"), bullets(_installed(sheet)) or unknown),
        (text("page_needs"), bullets(_needs(sheet)) or unknown),
        (text("page_has"), _facts(sheet, has=True)),
        (text("page_has_not"), _facts(sheet, has=False)),
    ]
    return sheet.section("firm", sheet.pairs(rows, "pairs firm"))


def _headcount(sheet: Sheet) -> str:
    """Say how many people the firm employs."""
    profile = sheet.profile
    if profile.headcount is None:
        return sheet.label("headcount_bands", str(profile.headcount_band))
    return sheet.text("employees", headcount=write_number(profile.headcount, sheet.lang))


def _installed(sheet: Sheet) -> Iterable[str]:
    """Yield what is in place: tools by name, other products by what they are for."""
    for key in sheet.profile.installed:
        if key in sheet.catalog.tool_ids:
            yield sheet.catalog.tool(key).name
        else:
            yield sheet.text("page_other_product", function=sheet.label("functions", key))


def _needs(sheet: Sheet) -> Iterable[str]:
    """Yield the stated needs, the most pressing first."""
    for need, urgency in sorted(sheet.profile.needs.items(), key=lambda item: -item[1]):
        yield sheet.text("page_score_of", name=sheet.label("needs", need), score=f"{urgency:.0f}")


def _facts(sheet: Sheet, *, has: bool) -> Html | None:
    """Return what the firm says that it has, or has not."""
    return bullets(sheet.label("facts", fact) for fact, value in sheet.profile.facts.items() if value is has)


def maturity_section(sheet: Sheet) -> Html:
    """Return the chart of the maturity, and in words its highest and its lowest point."""
    profile, text = sheet.profile, sheet.text
    if not profile.maturity:
        return sheet.section("maturity", tag("p", text("page_maturity_none")), _chart(sheet))
    estimated = any(dimension in profile.maturity for dimension in profile.maturity_estimated)
    return sheet.section(
        "maturity",
        tag("p", text("page_maturity_intro"), " ", _levels(sheet)),
        tag(
            "div",
            _chart(sheet),
            tag("div", bullets(_ends(sheet)), tag("p", text("page_estimated_note")) if estimated else None),
            class_="beside",
        ),
    )


def _levels(sheet: Sheet) -> str:
    """Name the levels with their bounds."""
    table = sheet.catalog.table("levels")
    ranges = [
        sheet.text("page_level_range", name=name.lower(), low=f"{low:.0f}", high=f"{min(high, 100.0):.0f}")
        for name, low, high in zip(
            table[f"name_{sheet.lang}"], table["score_min"], table["score_below"].fillna(100.0), strict=True
        )
    ]
    return sheet.text("page_levels", levels=", ".join(ranges))


def _chart(sheet: Sheet) -> Html:
    """Draw each dimension as a bar."""
    bars = []
    for dimension in sheet.catalog.keys("dimensions"):
        value = sheet.profile.maturity.get(dimension)
        estimated = value is not None and dimension in sheet.profile.maturity_estimated
        said = sheet.text("page_not_measured") if value is None else _level(sheet, value)
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
    what = sheet.catalog.table("dimensions").set_index("dimension")[f"what_{sheet.lang}"]
    if scores[best] > scores[least]:
        name, score = sheet.label("dimensions", best), f"{scores[best]:.0f}"
        yield sheet.text("page_maturity_best", name=name, score=score)
    name, score = sheet.label("dimensions", least), f"{scores[least]:.0f}"
    yield sheet.text("page_maturity_least", name=name, score=score, what=what[least])


def questions_section(sheet: Sheet, found: Recommendations, asked: Sequence[NextQuestion]) -> Html:
    """Return the open questions: those that change the list, with boxes to tick, then those of the rules."""
    useful = [question for question in asked if question.gain > 0]
    place = 1 if sheet.lang == "fr" else 2
    forms = [
        tag(
            "li",
            tag("p", question.text(sheet.lang), class_="question"),
            bullets((option[place] for option in question.options), "options"),
        )
        for question in useful
    ]
    said = {question.text(sheet.lang) for question in useful}
    checks = {text: names for text, names in _checks(found, sheet.lang).items() if text not in said}
    others = bullets(
        joined(text, tag("span", f" ({names})", class_="date")) for text, names in checks.items()
    )
    return sheet.section(
        "questions",
        [tag("p", sheet.text("page_questions_intro")), tag("ol", forms, class_="questions")]
        if forms
        else None,
        [tag("p", sheet.text("page_questions_rules")), others] if others else None,
        None if forms or others else tag("p", sheet.text("page_questions_none")),
    )


def _checks(found: Recommendations, lang: str) -> dict[str, str]:
    """Return each question of a rule with the names of the tools that it decides on."""
    names: dict[str, list[str]] = {}
    for item in found:
        for check in item.checks(lang):
            names.setdefault(check, []).append(item.tool.name)
    return {check: ", ".join(tools) for check, tools in names.items()}


def first_question(found: Recommendations, asked: Sequence[NextQuestion], lang: str) -> str | None:
    """Return the question to settle first: the one that changes the list most, else one of a rule."""
    useful = [question.text(lang) for question in asked if question.gain > 0]
    return next(iter([*useful, *_checks(found, lang)]), None)
