"""What goes out about one firm and one tool: status, every rule with its gap, points and reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from hrtools_reco.answer.words import Words
from hrtools_reco.catalog import Citation, Tool
from hrtools_reco.firms import ImpliedFact
from hrtools_reco.rules import OUTCOMES, UNKNOWN
from hrtools_reco.texts import LANGUAGES, Text, check_lang
from hrtools_reco.views import Result


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """What one rule says of a firm and a tool.

    Attributes
    ----------
    name : str
        Key of the rule.
    outcome : {"pass", "unknown", "fail"}
        The outcome.
    relaxable : bool
        Whether the rule may be given up.
    label : Text
        Name of the rule.
    gap : Text or None
        What is missing (fail) or is to be asked (unknown); ``None`` for a pass.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> found = hr.ToolRecommender().fit().explain({"branch": "couture", "headcount": 3}, "moodle")
    >>> found.rules[0].name, found.rules[0].outcome
    ('status', 'pass')
    """

    name: str
    outcome: str
    relaxable: bool
    label: Text
    gap: Text | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``rule, outcome, relaxable, label, gap``.
        """
        return {
            "rule": self.name,
            "outcome": self.outcome,
            "relaxable": self.relaxable,
            "label": self.label.to_dict(),
            "gap": None if self.gap is None else self.gap.to_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class Explanation(Result):
    """Everything that the recommender holds of a firm and a tool.

    Attributes
    ----------
    tool : Tool
        The tool.
    status : {"fit", "to_check", "prepare", "excluded"}
        Status of the pair.
    score : float
        From 0 to 100.
    rules : tuple of RuleResult
        Every rule with its outcome and gap.
    contributions : mapping of str to float
        Points by block; they sum to the score.
    expectations : tuple of mapping
        Needs that were not stated but expected of the branch, each with its statistic, what this says and
        covers, its year and its source.
    implied : tuple of ImpliedFact
        Facts that nobody stated, and what they follow from: they count as known.
    said : tuple of Text
        Up to three reasons, the first one first; see ``reasons``.
    citation : Citation
        Address, price and main page of the tool.
    words : Words
        Texts of ``to_text``.
    alternatives : tuple of str
        Within a list: names of tools that do the same job for the firm and are not in it, the best first.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> explanation = hr.ToolRecommender().fit().explain({"branch": "couture", "headcount": 3}, "moodle")
    >>> explanation.status
    'excluded'
    """

    tool: Tool
    status: str
    score: float
    rules: tuple[RuleResult, ...]
    contributions: Mapping[str, float]
    expectations: tuple[Mapping[str, Any], ...]
    implied: tuple[ImpliedFact, ...]
    said: tuple[Text, ...]
    citation: Citation = field(repr=False)
    words: Words = field(repr=False, compare=False)
    alternatives: tuple[str, ...] = ()

    def reasons(self, lang: str = "fr") -> tuple[str, ...]:
        """Return the main reasons, the weightiest first.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        tuple of str
            Up to three reasons.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        """
        check_lang(lang)
        return tuple(reason(lang) for reason in self.said)

    def checks(self, lang: str = "fr") -> tuple[str, ...]:
        """Return the questions of the rules that are unknown.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        tuple of str
            One question for each unknown rule.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        """
        check_lang(lang)
        return tuple(
            rule.gap(lang)
            for rule in self.rules
            if rule.gap is not None and rule.outcome == OUTCOMES[UNKNOWN]
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``tool_id, name, homepage, price, source, status, score, rules, contributions, expectations,
            implied, reasons, checks``.
        """
        return {
            "tool_id": self.tool.tool_id,
            "name": self.tool.name,
            **self.citation.to_dict(),
            "status": self.status,
            "score": self.score,
            "rules": [rule.to_dict() for rule in self.rules],
            "contributions": dict(self.contributions),
            "expectations": [dict(row) for row in self.expectations],
            "implied": [fact.to_dict() for fact in self.implied],
            "reasons": {lang: list(self.reasons(lang)) for lang in LANGUAGES},
            "checks": {lang: list(self.checks(lang)) for lang in LANGUAGES},
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each rule.

        Returns
        -------
        DataFrame
            ``tool_id, rule, label_fr, label_en, outcome, gap_fr, gap_en`` (empty where the rule passes).
        """
        rows = [
            (self.tool.tool_id, rule.name, rule.label.fr, rule.label.en, rule.outcome)
            + ((None, None) if rule.gap is None else (rule.gap.fr, rule.gap.en))
            for rule in self.rules
        ]
        columns = ["tool_id", "rule", "label_fr", "label_en", "outcome", "gap_fr", "gap_en"]
        return pd.DataFrame(rows, columns=columns)

    def to_text(self, lang: str = "fr") -> str:
        """Return the explanation as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            Lines of text.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        """
        say = self.words.in_language(lang)
        lines = [f"{self.tool.name} – {say(f'status_{self.status}')} – {self.score:.0f}/100"]
        lines += [say.pair("why", reason, indent=2) for reason in self.reasons(lang)]
        for rule in self.rules:
            gap = f" ({rule.gap(lang)})" if rule.gap is not None else ""
            lines.append(say.line(rule.label(lang), say(f"outcome_{rule.outcome}") + gap, indent=2))
        for fact in self.implied:
            value = say("outcome_pass" if fact.value else "outcome_fail")
            said = f"{fact.label(lang)}{say('colon')}{value} ({fact.reason(lang)})"
            lines.append(say.pair("implied", said, indent=2))
        points = [f"{say(f'block_{block}')} {value:+.0f}" for block, value in self.contributions.items()]
        return "\n".join([*lines, "  " + ", ".join(points)])
