"""The page: one self-contained HTML file that a head of firm can read, print and keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import Any

from hrtools_reco._checks import check_choice, check_count, invalid
from hrtools_reco.advice import NextQuestion
from hrtools_reco.answer import Recommendations
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.outlook import FundingOffer, funding, opportunities
from hrtools_reco.page.branch import (
    funding_section,
    limits_section,
    opco_of,
    opportunities_section,
    sources_section,
)
from hrtools_reco.page.firm import firm_section, first_question, maturity_section, questions_section
from hrtools_reco.page.html_file import checked_path, html_page, write_page
from hrtools_reco.page.markup import Html, tag
from hrtools_reco.page.sheet import Sheet, bullets
from hrtools_reco.page.stages import roadmap_section
from hrtools_reco.page.tools import PriceTags, tools_section
from hrtools_reco.recommender import ToolRecommender

SECTIONS = (
    "firm",
    "maturity",
    "tools",
    "roadmap",
    "opportunities",
    "funding",
    "questions",
    "sources",
    "limits",
)
N_QUESTIONS = 5


def report(
    profile: CompanyProfile | Mapping[str, Any],
    path: str | PathLike[str],
    lang: str = "fr",
    *,
    recommender: ToolRecommender | None = None,
    k: int = 5,
    on: date | None = None,
    firm_name: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> Path:
    """Write the plan of one firm as a page to read and to print.

    The page is one HTML file: it needs no network and no script. It is written whole or not at all; a file
    that stands there is replaced.

    Parameters
    ----------
    profile : CompanyProfile or mapping
        The firm; a mapping holds the arguments of ``CompanyProfile``.
    path : path-like
        File to write, ``.html`` or ``.htm``, in a folder that exists.
    lang : {"fr", "en"}, default="fr"
        Language.
    recommender : ToolRecommender, optional
        A fitted recommender. ``None`` is the bundled catalog and its expert prior.
    k : int, default=5
        Largest number of recommended tools, at least 1.
    on : date, optional
        Day of the plan, on which funding must be open. ``None`` is today.
    firm_name : str, optional
        Name of the firm as it is to be printed. ``None`` is its ``company_id``, if it was given one.
    answers : mapping of str to str, optional
        Answers to the questionnaire so far, as in ``ToolRecommender.next_questions``: they are not asked
        again.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InvalidValueError
        If a value is wrong, or the file cannot be written.
    NotFittedError
        If the recommender is not fitted.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from hrtools_reco.page.document import report
    >>> with TemporaryDirectory() as folder:
    ...     written = report({"branch": "maroquinerie", "headcount": 6}, Path(folder) / "plan.html")
    ...     "maroquinerie" in written.read_text(encoding="utf-8").lower()
    True
    """
    check_choice("lang", lang, ("fr", "en"), '"fr" or "en"')
    check_count("k", k, unit="of recommendations")
    target = checked_path(path)
    day = date.today() if on is None else on
    if not isinstance(day, date):
        raise invalid("on", "a day, as datetime.date", on)
    used = ToolRecommender().fit() if recommender is None else recommender
    found = used.recommend(profile, k)
    sheet = Sheet(
        profile=found.profile,
        catalog=used.catalog_,
        lang=lang,
        on=day.date() if isinstance(day, datetime) else day,
    )
    asked = used.next_questions(found.profile, n=N_QUESTIONS, answers=answers)
    write_page(target, _document(sheet, used, found, asked, firm_name))
    return target


def _document(
    sheet: Sheet,
    recommender: ToolRecommender,
    found: Recommendations,
    asked: Sequence[NextQuestion],
    firm_name: str | None,
) -> str:
    """Return the whole page."""
    catalog, lang = sheet.catalog, sheet.lang
    eligible = recommender.recommend(found.profile, k=len(catalog.tools))
    offers = funding(found.profile, sheet.on, catalog=catalog)
    prices = PriceTags(sheet)
    sections = [
        firm_section(sheet),
        maturity_section(sheet),
        tools_section(sheet, found, prices),
        roadmap_section(sheet, recommender.roadmap(found.profile)),
        opportunities_section(sheet, opportunities(found.profile.branch, catalog, tools=eligible.tool_ids)),
        funding_section(sheet, found.profile.branch, offers),
        questions_section(sheet, found, asked),
        sources_section(sheet),
        limits_section(sheet),
    ]
    own = str(found.profile.company_id)
    name = firm_name or (sheet.text("page_your_firm") if own == "company" else own)
    body = tag(
        "body",
        _header(sheet, name),
        tag("main", _brief(sheet, found, asked, offers, prices), _contents(sheet), sections),
        tag("footer", tag("p", sheet.text("page_footer", version=catalog.version))),
    )
    title = f"{sheet.text('page_title')} – {name}"
    return html_page(title, body, lang)


def _header(sheet: Sheet, name: str) -> Html:
    """Return the title of the page, the firm and the day."""
    return tag(
        "header",
        tag("p", sheet.text("page_made_on", day=sheet.day(sheet.on)), class_="day"),
        tag("h1", sheet.text("page_title")),
        tag("p", sheet.text("page_for", firm=name), class_="for"),
    )


def _brief(
    sheet: Sheet,
    found: Recommendations,
    asked: Sequence[NextQuestion],
    offers: Sequence[FundingOffer],
    prices: PriceTags,
) -> Html:
    """Return the page in a few sentences, for those who read no further."""
    text, said = sheet.text, []
    if found:
        reasons = found[0].reasons(sheet.lang)
        said.append(text("page_brief_first", tool=found[0].tool.name, reason=reasons[0] if reasons else ""))
        total, most, n_unpriced = prices.total([item.tool for item in found])
        costs = [text("page_brief_cost", cost=total) if most else text("page_brief_cost_free")]
        if n_unpriced:
            costs.append(text(f"page_brief_unpriced_{_amount(n_unpriced)}", n=n_unpriced))
        said.append(" ".join(costs))
    if question := first_question(found, asked, sheet.lang):
        said.append(text("page_brief_question", question=question))
    if offers:
        opco = opco_of(sheet.catalog, sheet.profile.branch) or text("page_own_opco")
        ask = text("page_brief_funding_ask", opco=opco)
        said.append(f"{text(f'page_brief_funding_{_amount(len(offers))}', n=len(offers))} {ask}")
    return sheet.section("brief", bullets(said))


def _contents(sheet: Sheet) -> Html:
    """Return links to the sections, for the screen only."""
    names = {name: sheet.text(f"page_{name}", day=sheet.day(sheet.on)) for name in SECTIONS}
    links = bullets(tag("a", text, href=f"#{name}") for name, text in names.items())
    return tag("nav", links, aria_label=sheet.text("page_contents"))


def _amount(number: int) -> str:
    """Return the key of a text about one thing or about several."""
    return "one" if number == 1 else "many"
