"""The roadmap of a firm, as it goes out: stages, their tools, and what to raise between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco.catalog import Catalog, Tool, write_euros
from hrtools_reco.columns import COMPANY_ID, SCORE, STATUS, TOOL_ID
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.rules import FIT

NOW, NEXT, LATER = "now", "next", "later"
STAGES = (NOW, NEXT, LATER)
_SHOWN_QUESTIONS = 2


@dataclass(frozen=True, kw_only=True)
class Raise:
    """A dimension to raise, or to measure, before a tool fits.

    Attributes
    ----------
    dimension : str
        Key of the dimension.
    before : float or None
        Score when the stage begins; ``None`` if it is unknown or an estimate: it is to be measured.
    after : float
        Score that the tool asks for.
    questions : tuple of str
        Questions of the diagnostic that show the progress, those of the short form first.
    answer_steps : int or None
        Answers to move up by one, in all, where every question is answered; ``None`` without a score.
    lifted_by : tuple of str
        Keys of tools of the earlier stages that raise it.
    """

    dimension: str
    before: float | None
    after: float
    questions: tuple[str, ...]
    answer_steps: int | None
    lifted_by: tuple[str, ...]

    @property
    def points(self) -> float:
        """Points to gain; 0 for what is only to be measured."""
        return 0.0 if self.before is None else self.after - self.before


@dataclass(frozen=True, kw_only=True)
class Step:
    """One tool of a roadmap.

    Attributes
    ----------
    stage : {"now", "next", "later"}
        When.
    tool : Tool
        The tool.
    score : float
        From 0 to 100, for the firm as it is.
    status : {"fit", "to_check"}
        Status at that stage, by running the rules on the firm as it is then.
    checks : mapping of str to tuple of str
        Questions still open at that stage, by language.
    raises : tuple of Raise
        What to raise before; empty for now.
    cost_eur_per_year : float or None
        Yearly cost at this headcount, at the upper end of a band; ``None`` if it is not known.
    """

    stage: str
    tool: Tool
    score: float
    status: str
    checks: Mapping[str, tuple[str, ...]]
    raises: tuple[Raise, ...]
    cost_eur_per_year: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields, the tool as key and name.
        """
        return {
            TOOL_ID: self.tool.tool_id,
            "name": self.tool.name,
            SCORE: self.score,
            STATUS: self.status,
            "checks": {lang: list(texts) for lang, texts in self.checks.items()},
            "cost_eur_per_year": self.cost_eur_per_year,
            "raises": [
                {
                    **vars(one),
                    "questions": list(one.questions),
                    "lifted_by": list(one.lifted_by),
                }
                for one in self.raises
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Roadmap:
    """What a firm can take up now, next and later.

    Attributes
    ----------
    profile : CompanyProfile
        The firm.
    steps : tuple of Step
        The tools by stage, the best first.
    profiles : mapping of str to CompanyProfile
        The firm after each stage: dimensions raised, tools in place.
    limits : mapping of str to int
        Most tools that a firm of this size takes up at each stage.
    """

    profile: CompanyProfile
    steps: tuple[Step, ...]
    profiles: Mapping[str, CompanyProfile]
    limits: Mapping[str, int]
    _catalog: Catalog

    @property
    def known_cost_eur_per_year(self) -> float:
        """Yearly cost of all steps together, as far as it is known."""
        return sum(step.cost_eur_per_year or 0.0 for step in self.steps)

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

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each step.

        Returns
        -------
        DataFrame
            ``company_id, stage, tool_id, name, score, status, cost_eur_per_year, raises`` (as
            ``dimension:before>after`` joined by ``|``, with ``?`` for a score to be measured).
        """
        rows = [
            (
                self.profile.company_id,
                step.stage,
                step.tool.tool_id,
                step.tool.name,
                step.score,
                step.status,
                step.cost_eur_per_year,
                "|".join(f"{one.dimension}:{_score(one.before)}>{one.after:g}" for one in step.raises),
            )
            for step in self.steps
        ]
        columns = [COMPANY_ID, "stage", TOOL_ID, "name", SCORE, STATUS, "cost_eur_per_year", "raises"]
        return pd.DataFrame(rows, columns=columns).astype({"cost_eur_per_year": float})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The steps by stage, then ``limits``, ``known_cost_eur_per_year``, ``profile`` and ``profiles``
            (the firm after each stage).
        """
        stages = {stage: [step.to_dict() for step in self.stage(stage)] for stage in STAGES}
        return {
            **stages,
            "limits": dict(self.limits),
            "known_cost_eur_per_year": self.known_cost_eur_per_year,
            "profile": self.profile.to_dict(),
            "profiles": {stage: profile.to_dict() for stage, profile in self.profiles.items()},
        }

    def to_text(self, lang: str = "en") -> str:
        """Return the roadmap as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        str
            Lines of text.
        """
        text, budget = self._catalog.text, self.profile.budget_eur_per_year
        lines = []
        for stage in STAGES:
            lines.append(text("stage_limit", lang, stage=text(f"stage_{stage}", lang), n=self.limits[stage]))
            for step in self.stage(stage):
                lines += self._step_lines(step, lang)
            if not self.stage(stage):
                lines.append(f"  {text('stage_empty', lang)}")
        cost = write_euros(self.known_cost_eur_per_year, lang)
        stated = text("not_stated", lang) if budget is None else write_euros(budget, lang)
        lines.append(text("roadmap_cost", lang, cost=cost, budget=stated))
        return "\n".join([*lines, text("note", lang)])

    def _step_lines(self, step: Step, lang: str) -> list[str]:
        """Return what is said of one tool: what it costs, what to check, what to raise before."""
        text, cost = self._catalog.text, step.cost_eur_per_year
        price = text("cost_unknown" if cost is None else "cost_none", lang)
        if cost:
            price = text("cost_year", lang, cost=write_euros(cost, lang))
        when = "stage_fit" if step.status == FIT and step.stage != NOW else f"status_{step.status}"
        lines = [f"  {step.tool.name} – {text(when, lang)} – {price}"]
        lines += [f"    {text('check_one', lang, check=check)}" for check in step.checks[lang]]
        for one in step.raises:
            lines += self._raise_lines(one, lang)
        return lines

    def _raise_lines(self, one: Raise, lang: str) -> list[str]:
        """Return how far to raise a dimension, what helps, and what shows it."""
        text, name = self._catalog.text, self._catalog.labels("dimensions", lang)[one.dimension]
        kind = "measure_first" if one.before is None else "raise_first"
        lines = ["    " + text(kind, lang, name=name, before=_score(one.before), after=f"{one.after:g}")]
        if one.lifted_by:
            tools = ", ".join(self._catalog.tool(tool).name for tool in one.lifted_by)
            lines.append("      " + text("helped_by", lang, tools=tools))
        asked = self._catalog.table("questions").set_index("question")[f"text_{lang}"]
        if one.answer_steps is not None:
            lines.append("      " + text("answer_steps", lang, n=one.answer_steps))
        return lines + [f"      – {asked[question]}" for question in one.questions[:_SHOWN_QUESTIONS]]

    def __str__(self) -> str:
        return self.to_text()


def _score(score: float | None) -> str:
    """Write a score that may be unknown."""
    return "?" if score is None else f"{score:g}"
