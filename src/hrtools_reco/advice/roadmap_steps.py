"""The steps of a roadmap: a tool or a piece of help, with what to do, to raise and to ask first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hrtools_reco.catalog import Tool
from hrtools_reco.columns import SCORE, STATUS, TOOL_ID
from hrtools_reco.texts import Text

NOW, NEXT, LATER = "now", "next", "later"
STAGES = (NOW, NEXT, LATER)


@dataclass(frozen=True, kw_only=True)
class Raise:
    """A dimension to raise, or to measure, before a tool fits.

    Attributes
    ----------
    dimension : str
        Key of the dimension.
    name : Text
        Its name.
    before : float or None
        Score when the stage begins; ``None`` if it is unknown or an estimate: it is to be measured.
    after : float
        Score that the tool asks for.
    act : Text
        What to do about it first.
    questions : tuple of str
        Questions of the diagnostic that show the progress, those of the short form first.
    shown_by : tuple of Text
        The first of these questions in words.
    answer_steps : int or None
        Answers to move up by one, in all, where every question is answered; ``None`` without a score.
    lifted_by : tuple of str
        Keys of tools of the earlier stages that raise it.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firm = {"branch": "textile", "headcount": 80, "needs": {"split_teams": 75}}
    >>> steps = hr.ToolRecommender().fit().roadmap({**firm, "maturity": {"it_base": 60}}).steps
    >>> {one.before for step in steps for one in step.raises}
    {None}
    """

    dimension: str
    name: Text
    before: float | None
    after: float
    act: Text
    questions: tuple[str, ...]
    shown_by: tuple[Text, ...]
    answer_steps: int | None
    lifted_by: tuple[str, ...]

    @property
    def points(self) -> float:
        """Points to gain; 0 for what is only to be measured."""
        return 0.0 if self.before is None else self.after - self.before

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name; texts by language.
        """
        return {
            "dimension": self.dimension,
            "name": self.name.to_dict(),
            "before": self.before,
            "after": self.after,
            "act": self.act.to_dict(),
            "questions": list(self.questions),
            "shown_by": [text.to_dict() for text in self.shown_by],
            "answer_steps": self.answer_steps,
            "lifted_by": list(self.lifted_by),
        }


@dataclass(frozen=True, kw_only=True)
class Gain:
    """A fact that a firm lacks and can bring about before a tool fits.

    Attributes
    ----------
    fact : str
        Key of the fact.
    name : Text
        Its name.
    act : Text
        What to do about it.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firm = {"branch": "textile", "headcount": 80, "needs": {"hiring": 75}}
    >>> steps = hr.ToolRecommender().fit().roadmap({**firm, "facts": {"internet": False}}).steps
    >>> {gain.fact for step in steps for gain in step.gains}
    {'internet'}
    """

    fact: str
    name: Text
    act: Text

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name; texts by language.
        """
        return {"fact": self.fact, "name": self.name.to_dict(), "act": self.act.to_dict()}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a roadmap: a tool or a piece of help.

    Attributes
    ----------
    stage : {"now", "next", "later"}
        When.
    tool : Tool
        The tool, service or people.
    part : {"support", "tool"}
        Whether it is people and services that help, or a tool (table ``kinds``).
    use : Text
        What it is for: the function that serves what it was chosen for, else its main one.
    need : str or None
        Need that it answers first; ``None`` where it answers a weak dimension or no need in particular.
    answers : tuple of str
        All needs and weak dimensions of the firm that it answers, the most pressing first.
    answers_named : tuple of Text
        Their names.
    first : Text
        What to do first, in one sentence.
    helper : Tool or None
        Who helps with it; ``None`` where the tool itself is people or a service that helps, or nobody is
        known to help.
    builds_on : tuple of str
        Names of what is in place and serves the same.
    raises : tuple of Raise
        Dimensions to raise or to measure before; empty for now.
    gains : tuple of Gain
        Facts to bring about before; empty for now.
    status : {"fit", "to_check"}
        Status at that stage, by running the rules on the firm as it is then.
    checks : tuple of Text
        Questions still open at that stage: they decide.
    score : float
        From 0 to 100, for the firm as it is.
    cost_eur_per_year : float or None
        Yearly cost at this headcount, at the upper end of a band; ``None`` if it is not known.
    price : Text
        What it costs in words, or that the price is to be asked.
    after : Text
        What comes after it.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firm = {"branch": "sellerie", "headcount": 6, "needs": {"knowhow_leaving": 75}}
    >>> step = hr.ToolRecommender().fit().roadmap(firm).steps[0]
    >>> step.stage, step.need, step.first("en")
    ('now', 'knowhow_leaving', 'Name who learns, list the ten skills that only the old hand has, ...')
    """

    stage: str
    tool: Tool
    part: str
    use: Text
    need: str | None
    answers: tuple[str, ...]
    answers_named: tuple[Text, ...]
    first: Text
    helper: Tool | None
    builds_on: tuple[str, ...]
    raises: tuple[Raise, ...]
    gains: tuple[Gain, ...]
    status: str
    checks: tuple[Text, ...]
    score: float
    cost_eur_per_year: float | None
    price: Text
    after: Text

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name: tools as keys and names, texts by language.
        """
        return {
            "stage": self.stage,
            TOOL_ID: self.tool.tool_id,
            "name": self.tool.name,
            "kind": self.tool.kind,
            "homepage": self.tool.homepage,
            "part": self.part,
            "use": self.use.to_dict(),
            "need": self.need,
            "answers": list(self.answers),
            "first": self.first.to_dict(),
            "helper": None if self.helper is None else self.helper.tool_id,
            "builds_on": list(self.builds_on),
            "raises": [one.to_dict() for one in self.raises],
            "gains": [one.to_dict() for one in self.gains],
            STATUS: self.status,
            "checks": [check.to_dict() for check in self.checks],
            SCORE: self.score,
            "cost_eur_per_year": self.cost_eur_per_year,
            "price": self.price.to_dict(),
            "after": self.after.to_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """A pressing need or a weak dimension that no tool open to the firm answers.

    Attributes
    ----------
    key : str
        Key of the need or of the dimension.
    name : Text
        Its name.
    first : Text
        What the firm can do by itself.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> nothing = hr.ColumnRule(hr.load_catalog(), name="none", column="kind", accepted=["none"])
    >>> firm = {"branch": "sellerie", "headcount": 6, "needs": {"mandatory_training": 75}}
    >>> roadmap = hr.ToolRecommender(rules=[nothing]).fit().roadmap(firm)
    >>> [one.key for one in roadmap.unanswered], len(roadmap)
    (['mandatory_training'], 0)
    """

    key: str
    name: Text
    first: Text

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name; texts by language.
        """
        return {"key": self.key, "name": self.name.to_dict(), "first": self.first.to_dict()}
