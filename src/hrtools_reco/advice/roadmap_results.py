"""The roadmap of a firm, as it goes out: frame, dict, text and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from hrtools_reco.advice.roadmap_steps import NOW, STAGES, Raise, Step, Unanswered
from hrtools_reco.advice.words import short_name
from hrtools_reco.answer import estimate_note
from hrtools_reco.catalog import write_euros
from hrtools_reco.columns import COMPANY_ID, SCORE, STATUS, TOOL_ID
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.rules import FIT
from hrtools_reco.texts import Text, check_lang, filled, visible_html
from hrtools_reco.views import Result, html_box, html_notes


@dataclass(frozen=True, kw_only=True)
class Roadmap(Result):
    """What a firm can take up now, next and later.

    Attributes
    ----------
    profile : CompanyProfile
        The firm.
    steps : tuple of Step
        The steps by stage.
    unanswered : tuple of Unanswered
        Pressing needs and weak dimensions for which the catalog holds nothing that is open to the firm.
    questions : tuple of Text
        Questions to answer first, where only branch and headcount are known; empty otherwise.
    profiles : mapping of str to CompanyProfile
        The firm after each stage: dimensions raised, facts brought about, tools in place.
    limits : mapping of str to int
        Most steps that a firm of this size takes up at each stage.
    words : mapping of str to Text
        The texts around the steps.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> recommender = hr.ToolRecommender().fit()
    >>> roadmap = recommender.roadmap({"branch": "footwear", "headcount": 30, "needs": {"hiring": 75}})
    >>> roadmap.stage("now")[0].need
    'hiring'
    """

    profile: CompanyProfile
    steps: tuple[Step, ...]
    unanswered: tuple[Unanswered, ...]
    questions: tuple[Text, ...]
    profiles: Mapping[str, CompanyProfile]
    limits: Mapping[str, int]
    words: Mapping[str, Text] = field(repr=False, compare=False)

    @property
    def known_cost_eur_per_year(self) -> float:
        """Yearly cost of all steps together, as far as it is known."""
        return sum(step.cost_eur_per_year or 0.0 for step in self.steps)

    @property
    def goal(self) -> Step | None:
        """The tool to aim at within a year: the first of next, else of later, else of now; tools first."""
        ahead = [step for step in self.steps if step.stage != NOW] or list(self.steps)
        tools = [step for step in ahead if step.part == "tool"]
        return next(iter(tools or ahead), None)

    def stage(self, name: str) -> tuple[Step, ...]:
        """Return the steps of a stage.

        Parameters
        ----------
        name : {"now", "next", "later"}
            The stage.

        Returns
        -------
        tuple of Step
            Its steps.
        """
        return tuple(step for step in self.steps if step.stage == name)

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each step.

        Returns
        -------
        DataFrame
            ``company_id, stage, tool_id, name, need, score, status, cost_eur_per_year, raises`` (as
            ``dimension:before>after`` joined by ``|``, with ``?`` for a score to be measured).
        """
        rows = [
            (
                self.profile.company_id,
                step.stage,
                step.tool.tool_id,
                step.tool.name,
                step.need,
                step.score,
                step.status,
                step.cost_eur_per_year,
                "|".join(f"{one.dimension}:{_score(one.before)}>{one.after:g}" for one in step.raises),
            )
            for step in self.steps
        ]
        columns = [COMPANY_ID, "stage", TOOL_ID, "name", "need", SCORE, STATUS, "cost_eur_per_year", "raises"]
        return pd.DataFrame(rows, columns=columns).astype({"cost_eur_per_year": float, SCORE: float})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The steps by stage, then ``unanswered``, ``questions``, ``limits``, ``known_cost_eur_per_year``,
            ``profile, estimated`` (dimensions whose score is an estimate) and ``profiles`` (the firm after
            each stage).
        """
        stages = {stage: [step.to_dict() for step in self.stage(stage)] for stage in STAGES}
        return {
            **stages,
            "unanswered": [one.to_dict() for one in self.unanswered],
            "questions": [question.to_dict() for question in self.questions],
            "limits": dict(self.limits),
            "known_cost_eur_per_year": self.known_cost_eur_per_year,
            "profile": self.profile.to_dict(),
            "estimated": list(self.profile.estimates),
            "profiles": {stage: profile.to_dict() for stage, profile in self.profiles.items()},
        }

    def step_lines(self, step: Step, lang: str = "fr") -> tuple[tuple[str, str], ...]:
        """Say all of a step that its name, its price and its status do not say.

        Parameters
        ----------
        step : Step
            One step of this roadmap.
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        tuple of (str, str)
            Labels and sentences, in the order in which they are read.
        """
        label = {key: text(check_lang(lang)) for key, text in self.words.items()}
        rows = []
        if step.answers_named:
            rows.append((label["plan_answers"], ", ".join(name(lang) for name in step.answers_named)))
        rows.append((label["plan_first"], step.first(lang)))
        if step.builds_on:
            rows.append((label["plan_builds_on"], ", ".join(step.builds_on)))
        if step.helper is not None:
            rows.append((label["plan_helper"], short_name(step.helper)))
        for one in step.raises:
            rows.append((label["plan_before"], self._raised(one, lang)))
        rows += [(label["plan_before"], gain.act(lang)) for gain in step.gains]
        rows += [(label["plan_check"], check(lang)) for check in step.checks]
        return (*rows, (label["plan_after"], step.after(lang)))

    def _raised(self, one: Raise, lang: str) -> str:
        """Say how far to raise a dimension, by what act, and what shows it."""
        key = "plan_measure" if one.before is None else "plan_raise"
        shown = " ".join(question(lang) for question in one.shown_by)
        return filled(
            self.words[key](lang),
            name=one.name(lang),
            before=_score(one.before),
            after=f"{one.after:g}",
            act=one.act(lang),
            shown=shown,
        )

    def status_words(self, step: Step, lang: str = "fr") -> str:
        """Say the status of a step.

        Parameters
        ----------
        step : Step
            One step of this roadmap.
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            Its status, in words: what fits later does not fit now.
        """
        later = step.status == FIT and step.stage != NOW
        return self.words["stage_fit" if later else f"status_{step.status}"](lang)

    def to_text(self, lang: str = "fr") -> str:
        """Return the roadmap as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            Lines of text; a stage without steps is left out.
        """
        text = {key: said(check_lang(lang)) for key, said in self.words.items()}
        lines = self._notes(lang)
        for stage in STAGES:
            if self.stage(stage):
                lines.append(text[f"stage_{stage}"])
            for step in self.stage(stage):
                lines.append(f"  {step.tool.name} – {self.status_words(step, lang)} – {step.price(lang)}")
                lines += [f"    {label}{text['colon']}{told}" for label, told in self.step_lines(step, lang)]
        for one in self.unanswered:
            lines.append(filled(text["plan_unanswered"], name=one.name(lang), act=one.first(lang)))
        if self.questions:
            lines.append(text["plan_questions"])
            lines += [f"  – {question(lang)}" for question in self.questions]
        if self.known_cost_eur_per_year or self.profile.budget_eur_per_year is not None:
            lines.append(self.cost_words(lang))
        return "\n".join([*lines, text["note"]])

    def _notes(self, lang: str) -> list[str]:
        """Say that the plan rests on estimates, if it does."""
        note = estimate_note(self.profile, self.words, lang)
        return [] if note is None else [note]

    def cost_words(self, lang: str = "fr") -> str:
        """Say what is known of the yearly cost of all steps, beside the budget.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            One sentence.
        """
        budget = self.profile.budget_eur_per_year
        key = "plan_cost" if budget is None else "plan_cost_budget"
        cost, most = (write_euros(value or 0.0, lang) for value in (self.known_cost_eur_per_year, budget))
        return filled(self.words[key](lang), cost=cost, budget=most)

    def to_html(self, lang: str = "fr") -> str:
        """Return the roadmap as HTML; every text is escaped.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            HTML.
        """
        text = {key: said(check_lang(lang)) for key, said in self.words.items()}
        parts = [html_notes(self._notes(lang))]
        for stage in STAGES:
            if self.stage(stage):
                parts.append(f"<h4>{visible_html(text[f'stage_{stage}'])}</h4>")
            for step in self.stage(stage):
                head = f"<strong>{visible_html(step.tool.name)}</strong>"
                told = f" – {self.status_words(step, lang)} – {step.price(lang)}"
                rows = "".join(
                    f"<li>{visible_html(label + text['colon'] + line)}</li>"
                    for label, line in self.step_lines(step, lang)
                )
                parts.append(f"<p>{head}{visible_html(told)}</p><ul>{rows}</ul>")
        for one in self.unanswered:
            said = filled(text["plan_unanswered"], name=one.name(lang), act=one.first(lang))
            parts.append(f"<p>{visible_html(said)}</p>")
        if self.questions:
            rows = "".join(f"<li>{visible_html(question(lang))}</li>" for question in self.questions)
            parts.append(f"<p>{visible_html(text['plan_questions'])}</p><ul>{rows}</ul>")
        return html_box(*parts, html_notes([text["note"]]))


def _score(score: float | None) -> str:
    """Write a score that may be unknown."""
    return "?" if score is None else f"{score:g}"
