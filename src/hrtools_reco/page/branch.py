"""The parts of the page about what surrounds the firm: its branch, funding, sources and limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from hrtools_reco.catalog import Source, inside
from hrtools_reco.outlook import (
    APPLIES,
    BranchFact,
    FunctionTools,
    FundingOffer,
    NeedOutlook,
    OccupationOutlook,
    Opportunities,
)
from hrtools_reco.page.markup import Content, Html, joined, link, tag
from hrtools_reco.page.sheet import Paper, Sheet, bullets, data_table, table_row

_ANSWERS_SHOWN = 3
_FACTS_SHOWN, _OCCUPATIONS_SHOWN, _OFFERS_SHOWN = 2, 4, 4
_LIMITS = ("judgement", "grades", "popularity", "prices", "age", "funding")


def opportunities_section(sheet: Paper, found: Opportunities) -> Html:
    """Return what changes in the branch: hiring, training, needs, occupations, and tools that answer."""
    text = sheet.text
    topics = []
    for topic in ("hiring", "training", "ages"):
        facts = bullets(_fact(sheet, fact) for fact in found.about(topic))
        topics.append(joined(tag("h3", text(f"outlook_{topic}")), facts or _none(sheet)))
    return sheet.section(
        "opportunities",
        tag("p", text("page_opportunities_intro", branch=sheet.own(found, "name").split(" (")[0])),
        topics,
        tag("h3", text("outlook_occupations")),
        _occupations(sheet, found.occupations),
        tag("h3", text("page_branch_needs")),
        _needs(sheet, found.needs) if found.needs else _none(sheet),
        _helpers(sheet, found),
    )


def _none(sheet: Paper) -> Html:
    """Say that no source was found."""
    return tag("p", sheet.text("outlook_no_source"), class_="missing")


def _cited(sheet: Paper, sources: Iterable[Source]) -> Html | None:
    """Return links to sources."""
    return sheet.cite((source.url, source.page_date) for source in sources)


def _fact(sheet: Paper, fact: BranchFact) -> Html:
    """Return a sentence about the branch with its scope, its year and its source."""
    # Brackets within brackets read badly: what stands in them is one more remark.
    scope_said = sheet.own(fact, "scope").replace(" (", ", ").replace(")", "")
    about = [part for part in (scope_said, fact.as_of and sheet.day(fact.as_of)) if part]
    scope = tag("span", f" ({', '.join(about)})", class_="date") if about else None
    return joined(sheet.own(fact, "text"), scope, " ", _cited(sheet, [fact.source]))


def _needs(sheet: Paper, needs: Sequence[NeedOutlook]) -> Html:
    """Return the needs that the facts speak to, in one table."""
    text = sheet.text
    heads = [text("page_need"), text("page_because"), text("page_answers")]
    rows = [
        table_row(
            sheet.label("needs", need.need),
            [
                (heads[1], bullets(_short(sheet, fact) for fact in need.facts)),
                (heads[2], _functions(sheet, _main_answers(need))),
            ],
        )
        for need in needs
    ]
    return data_table(text("page_needs_table"), heads, rows)


def _main_answers(need: NeedOutlook) -> tuple[FunctionTools, ...]:
    """Return the first functions that the firm can have a tool for."""
    return tuple(answer for answer in need.answers if answer.tools)[:_ANSWERS_SHOWN]


def _short(sheet: Paper, fact: BranchFact) -> Html:
    """Return a sentence about the branch with its source only."""
    return joined(sheet.own(fact, "text"), " ", _cited(sheet, [fact.source]))


def _functions(sheet: Paper, answers: Sequence[FunctionTools]) -> Content:
    """Name functions that help; the tools for them stand in a table of their own."""
    return bullets(sheet.label("functions", answer.function) for answer in answers)


def _helpers(sheet: Paper, found: Opportunities) -> Html | None:
    """Return the tools for each function that was named, once."""
    text = sheet.text
    heads = [text("function"), text("page_helping_tools")]
    groups = (row.answers for row in found.occupations if row.change_sources or row.tension_sources)
    answers = {answer.function: answer for group in groups for answer in group}
    answers |= {answer.function: answer for need in found.needs for answer in _main_answers(need)}
    rows = [
        table_row(sheet.label("functions", function), [(heads[1], _tools(sheet, answer))])
        for function, answer in answers.items()
    ]
    return data_table(text("page_helpers_table"), heads, rows) if rows else None


def _tools(sheet: Paper, answer: FunctionTools) -> Content:
    """Name the tools for a function, each with its site."""
    tools = [sheet.catalog.tool(tool) for tool in answer.tools]
    if not tools:
        return sheet.text("page_no_helper")
    return bullets(link(tool.name, tool.homepage or "") for tool in tools)


def _occupations(sheet: Paper, occupations: Sequence[OccupationOutlook]) -> Html:
    """Return the occupations of which a source says something in a table, and name the others."""
    text = sheet.text
    heads = [text("page_occupation"), text("page_change"), text("page_answers")]
    told = [row for row in occupations if row.change_sources or row.tension_sources]
    silent = [sheet.own(row, "name") for row in occupations if row not in told]
    rows = [
        table_row(
            [sheet.own(row, "name"), tag("span", text("page_rome", code=row.rome_code), class_="date block")],
            [
                (heads[1], _change(sheet, row)),
                (heads[2], _functions(sheet, row.answers)),
            ],
        )
        for row in told
    ]
    note = text("page_occupations_unsourced", names=" ; ".join(silent)) if silent else None
    return joined(
        data_table(text("page_occupations_table"), heads, rows) if rows else None,
        tag("p", note, class_="note") if note else None,
    )


def _change(sheet: Paper, row: OccupationOutlook) -> Html:
    """Say how digital tools change an occupation, and how hard it is to hire for."""
    change: Content = sheet.text("outlook_no_source")
    if row.change_sources:
        inferred = any(source.basis != "stated" for source in row.change_sources)
        read = tag("span", f" ({sheet.text('page_read_across')})", class_="date") if inferred else None
        change = joined(sheet.own(row, "change"), read, " ", _cited(sheet, row.change_sources))
    if not row.tension_sources:
        return tag("p", change)
    said = sheet.text("outlook_tension", tension=sheet.own(row, "tension"))
    tension = tag("p", tag("strong", said), " ", _cited(sheet, row.tension_sources))
    return joined(tag("p", change), tension)


def branch_section(sheet: Paper, found: Opportunities) -> Html:
    """Return what changes in the branch in short: the first facts of each kind, then the occupations."""
    text = sheet.text
    facts = [fact for topic in ("hiring", "training", "ages") for fact in found.about(topic)[:_FACTS_SHOWN]]
    told = [row for row in found.occupations if row.change_sources][:_OCCUPATIONS_SHOWN]
    changes = bullets(_change_in_short(sheet, row) for row in told)
    return sheet.section(
        "opportunities",
        bullets(_fact(sheet, fact) for fact in facts),
        [tag("h3", text("page_occupations")), changes] if changes else None,
        None if facts or changes else _none(sheet),
    )


def _change_in_short(sheet: Paper, row: OccupationOutlook) -> Html:
    """Say how digital tools change an occupation, with its newest source."""
    name = tag("strong", sheet.own(row, "name"))
    said = _ended(sheet.own(row, "change"))
    return joined(name, sheet.text("colon"), said, " ", _cited(sheet, row.change_sources[:1]))


def funding_section(sheet: Sheet, offers: Sequence[FundingOffer], answered: Collection[str]) -> Html:
    """Return the funding of the day: what serves the plan, then what applies at once; the rest by name.

    Parameters
    ----------
    sheet : Sheet
        The page.
    offers : sequence of FundingOffer
        What the firm can ask for.
    answered : collection of str
        Functions of the plan.

    Returns
    -------
    Html
        The section.
    """
    text = sheet.text
    ordered = sorted(
        offers, key=lambda offer: (offer.status != APPLIES, not set(offer.functions) & set(answered))
    )
    shown, rest = ordered[:_OFFERS_SHOWN], ordered[_OFFERS_SHOWN:]
    names = ", ".join(inside(sheet.own(offer, "device").split(" (")[0].split(",")[0]) for offer in rest)
    return sheet.section(
        "funding",
        bullets((_offer(sheet, offer) for offer in shown), "offers") or tag("p", text("page_funding_none")),
        tag("p", text("page_funding_rest", names=names), class_="note") if rest else None,
        day=sheet.day(sheet.on),
    )


def _offer(sheet: Sheet, offer: FundingOffer) -> Html:
    """Return one funding record: what it is, what it brings, when and from whom."""
    text = sheet.text
    state = text("page_funding_applies" if offer.status == APPLIES else "status_to_check")
    kind = "fit" if offer.status == APPLIES else "to_check"
    pages = [(offer.url, offer.page_date), *((url, None) for url in offer.other_urls)]
    reasons = offer.reasons_fr if sheet.lang == "fr" else offer.reasons_en
    rule = sheet.own(offer, "rule")
    amount = sheet.own(offer, "amount") or text("page_amount_unknown")
    return joined(
        tag("p", tag("strong", sheet.own(offer, "device")), " ", tag("span", state, class_=f"chip {kind}")),
        tag("p", _ended(amount), " ", _ended(rule), " ", sheet.cite(pages[:2])),
        tag("p", " ".join(reasons), class_="date"),
    )


def _ended(said: str) -> str:
    """End with a full stop, and begin with a capital letter."""
    whole = said[:1].upper() + said[1:]
    return whole if whole.endswith(".") else f"{whole}."


def sources_section(sheet: Paper) -> Html:
    """Return the pages cited so far, with their dates; to be made last."""
    return sheet.section("sources", tag("p", sheet.text("page_sources_intro")), sheet.source_list())


def limits_section(sheet: Paper) -> Html:
    """Return what the reader must not take this page for."""
    return sheet.section("limits", bullets(sheet.text(f"page_limit_{name}") for name in _LIMITS))
