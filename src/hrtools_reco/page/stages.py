"""The part of the page that says what to take up now, next and later."""

from __future__ import annotations

from hrtools_reco.advice import STAGES, Roadmap, Step
from hrtools_reco.page.markup import Html, tag
from hrtools_reco.page.sheet import Sheet, bullets


def roadmap_section(sheet: Sheet, found: Roadmap) -> Html:
    """Return the stages one below the other, each with its steps; a stage without steps is left out."""
    stages = [
        tag(
            "li",
            tag("h3", sheet.text(f"stage_{stage}")),
            bullets((_step(sheet, found, step) for step in found.stage(stage)), "steps"),
        )
        for stage in STAGES
        if found.stage(stage)
    ]
    left = [
        sheet.text("plan_unanswered", name=one.name(sheet.lang), act=one.first(sheet.lang))
        for one in found.unanswered
    ]
    intro = "page_roadmap_ask" if found.questions else "page_roadmap_intro"
    is_priced = any(step.cost_eur_per_year for step in found.steps)
    return sheet.section(
        "roadmap",
        tag("p", sheet.text(intro if stages else "nothing")),
        tag("ol", stages, class_="stages") if stages else None,
        bullets(left),
        tag("p", found.cost_words(sheet.lang), class_="note") if is_priced else None,
    )


def _step(sheet: Sheet, found: Roadmap, step: Step) -> list[Html]:
    """Return one step: its price and its status, then what to do first and what comes after."""
    lang = sheet.lang
    head = tag(
        "p",
        tag("strong", step.tool.name, class_="name"),
        " ",
        tag("span", found.status_words(step, lang), class_=f"chip {step.status}"),
        " ",
        tag("span", step.price(lang), class_="price"),
        class_="head",
    )
    return [head, sheet.pairs(found.step_lines(step, lang))]
