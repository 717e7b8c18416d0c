"""The part of the page that says what to take up now, next and later."""

from __future__ import annotations

from hrtools_reco.advice import STAGES, Raise, Roadmap, Step
from hrtools_reco.page.markup import Content, Html, joined, tag
from hrtools_reco.page.sheet import Sheet, bullets
from hrtools_reco.page.tools import PriceTags

_QUESTIONS_SHOWN = 2


def roadmap_section(sheet: Sheet, found: Roadmap, prices: PriceTags) -> Html:
    """Return the stages one below the other, each with its tools and what to raise before."""
    stages = [
        tag(
            "li",
            tag("h3", sheet.text(f"stage_{stage}")),
            bullets((_step(sheet, step, prices) for step in found.stage(stage)), "steps")
            or tag("p", sheet.text("stage_empty"), class_="missing"),
        )
        for stage in STAGES
    ]
    return sheet.section(
        "roadmap", tag("p", sheet.text("page_roadmap_intro")), tag("ol", stages, class_="stages")
    )


def _step(sheet: Sheet, step: Step, prices: PriceTags) -> Html:
    """Return one tool: what it costs, whether something is to be checked, what to raise before."""
    said = f" – {prices.write(step.tool)}"
    if step.status != "fit":
        said += f", {sheet.text(f'status_{step.status}')}"
    raises: Content = bullets(_raise(sheet, one) for one in step.raises)
    return joined(tag("strong", step.tool.name), said, raises)


def _raise(sheet: Sheet, one: Raise) -> Html:
    """Say how far a dimension is to be raised, what helps, and by which questions it shows."""
    text = sheet.text
    name, after = sheet.label("dimensions", one.dimension), f"{one.after:.0f}"
    if one.before is None:
        lines = [text("measure_first", name=name, after=after) + "."]
    else:
        lines = [text("page_raise", name=name, before=f"{one.before:.0f}", after=after)]
    if one.lifted_by:
        tools = ", ".join(sheet.catalog.tool(tool).name for tool in one.lifted_by)
        lines.append(text("page_raise_helped", tools=tools))
    asked = sheet.catalog.table("questions").set_index("question")[f"text_{sheet.lang}"]
    questions = " ".join(str(asked[question]) for question in one.questions[:_QUESTIONS_SHOWN])
    shown = tag("span", text("page_raise_shown", questions=questions), class_="date")
    return joined(" ".join(lines), " ", shown)
