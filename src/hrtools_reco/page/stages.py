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
    return sheet.section(
        "roadmap",
        tag("p", sheet.text("page_roadmap_intro")),
        tag("ol", stages, class_="stages"),
        bullets(left),
    )


def _step(sheet: Sheet, found: Roadmap, step: Step) -> list[Html]:
    """Return one step: its price and its status, then what to do first and what comes after."""
    said = f" – {step.price(sheet.lang)}, {found.status_words(step, sheet.lang)}"
    head = tag("p", tag("strong", step.tool.name), said, class_="step")
    return [head, sheet.pairs([(label, text) for label, text in found.step_lines(step, sheet.lang)])]
