"""The page: one self-contained HTML file that a head of firm can read, print and keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import Any

from hrtools_reco._checks import check_choice, check_count, invalid
from hrtools_reco.advice import NextQuestion, Prices, Roadmap
from hrtools_reco.answer import Recommendations
from hrtools_reco.catalog import YearlyCosts
from hrtools_reco.firms import CompanyProfile, firms_of
from hrtools_reco.outlook import funding, opportunities
from hrtools_reco.page.branch import branch_section, funding_section, limits_section, sources_section
from hrtools_reco.page.brief import brief_section
from hrtools_reco.page.firm import firm_line, firm_section, questions_section
from hrtools_reco.page.html_file import checked_path, html_page, write_page
from hrtools_reco.page.markup import Html, tag
from hrtools_reco.page.sheet import Sheet, bullets
from hrtools_reco.page.stages import roadmap_section
from hrtools_reco.page.tools import in_two_parts, tools_section
from hrtools_reco.recommender import ToolRecommender

SECTIONS = ("tools", "roadmap", "questions", "funding", "firm", "opportunities", "sources", "limits")
# How far down the list both parts are looked for: further down nothing is worth a place on the page.
_DEPTH = 20
_ASKED = 5


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
    target = checked_path(path)
    text = report_text(
        profile, lang, recommender=recommender, k=k, on=on, firm_name=firm_name, answers=answers
    )
    write_page(target, text)
    return target


def report_text(
    profile: CompanyProfile | Mapping[str, Any],
    lang: str,
    *,
    recommender: ToolRecommender | None = None,
    k: int = 5,
    on: date | None = None,
    firm_name: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> str:
    """Return the plan of one firm as the text of a page; arguments as in `report`."""
    check_choice("lang", lang, ("fr", "en"), '"fr" or "en"')
    check_count("k", k, unit="of recommendations")
    day = date.today() if on is None else on
    if not isinstance(day, date):
        raise invalid("on", "a day, as datetime.date", on)
    used = ToolRecommender().fit() if recommender is None else recommender
    found = used.recommend(profile, max(k, _DEPTH))
    sheet = Sheet(
        profile=found.profile,
        catalog=used.catalog_,
        lang=lang,
        on=day.date() if isinstance(day, datetime) else day,
    )
    asked = used.next_questions(found.profile, n=_ASKED, answers=answers)
    return _document(sheet, used.roadmap(found.profile), found, asked, k, firm_name)


def _document(
    sheet: Sheet,
    plan: Roadmap,
    found: Recommendations,
    asked: Sequence[NextQuestion],
    k: int,
    firm_name: str | None,
) -> str:
    """Return the whole page."""
    catalog, lang = sheet.catalog, sheet.lang
    supports, tools = in_two_parts(found, catalog, k)
    prices = Prices(catalog, YearlyCosts(catalog), firms_of(found.profile, catalog))
    offers = funding(found.profile, sheet.on, catalog=catalog)
    missing = found.shortfall.reason(lang) if found.shortfall and len(tools) < k else None
    brief = brief_section(sheet, plan)
    sections = [
        tools_section(sheet, supports, tools, prices, missing),
        roadmap_section(sheet, plan),
        questions_section(sheet, plan, tools, asked),
        funding_section(sheet, offers, {step.tool.functions[0] for step in plan.steps}),
        firm_section(sheet),
        branch_section(sheet, opportunities(found.profile.branch, catalog)),
        sources_section(sheet),
        limits_section(sheet),
    ]
    own = str(found.profile.company_id)
    name = firm_name or (sheet.text("page_your_firm") if own == "company" else own)
    body = tag(
        "body",
        _header(sheet, name, found.estimate_note(lang)),
        tag("main", brief, _contents(sheet), sections),
        tag("footer", tag("p", sheet.text("page_footer", version=catalog.version))),
    )
    glossary = catalog.table("glossary")
    terms = dict(zip(glossary["term"], glossary[lang], strict=True))
    return html_page(f"{sheet.text('page_title')} – {name}", body, lang, terms)


def _header(sheet: Sheet, name: str, note: str | None) -> Html:
    """Return the title of the page, the firm and the day, and whether it all rests on estimates."""
    return tag(
        "header",
        tag("p", sheet.text("page_made_on", day=sheet.day(sheet.on)), class_="day"),
        tag("h1", sheet.text("page_title")),
        tag("p", sheet.text("page_for", firm=name), class_="for"),
        tag("p", firm_line(sheet), class_="line"),
        tag("p", note, class_="note estimate") if note else None,
    )


def _contents(sheet: Sheet) -> Html:
    """Return links to the sections, for the screen only."""
    names = {name: sheet.text(f"page_{name}", day=sheet.day(sheet.on)) for name in SECTIONS}
    links = bullets(tag("a", text, href=f"#{name}") for name, text in names.items())
    return tag("nav", links, aria_label=sheet.text("page_contents"))
