"""Two tools side by side for one firm: what speaks for the one, what for the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco.answer.explanation import Explanation
from hrtools_reco.columns import CONTRIBUTION_PREFIX, RULE_PREFIX, SCORE, STATUS, TOOL_ID
from hrtools_reco.views import Result


@dataclass(frozen=True, kw_only=True)
class ToolComparison(Result):
    """Two explanations of one firm, and where they differ.

    Attributes
    ----------
    first, second : Explanation
        The two tools.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firm = {"branch": "couture", "headcount": 60, "needs": {"hiring": 75}}
    >>> found = hr.ToolRecommender().fit().compare(firm, "flatchr", "moodle")
    >>> found.points["need"] > 0
    True
    """

    first: Explanation
    second: Explanation

    @property
    def points(self) -> dict[str, float]:
        """Points by block that the first tool has more than the second; their sum is that of the scores."""
        return {
            block: value - self.second.contributions[block]
            for block, value in self.first.contributions.items()
        }

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of the rules that do not say the same of both."""
        pairs = zip(self.first.rules, self.second.rules, strict=True)
        return tuple(one.name for one, other in pairs if one.outcome != other.outcome)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``first, second`` (explanations), ``points``, ``rules``.
        """
        return {
            "first": self.first.to_dict(),
            "second": self.second.to_dict(),
            "points": self.points,
            "rules": list(self.rules),
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one column for each tool.

        Returns
        -------
        DataFrame
            Rows ``status``, ``score``, ``contribution_<block>`` and ``rule_<name>``.
        """
        columns = {}
        for found in (self.first, self.second):
            cells: dict[str, object] = {STATUS: found.status, SCORE: found.score}
            cells |= {CONTRIBUTION_PREFIX + block: value for block, value in found.contributions.items()}
            cells |= {RULE_PREFIX + rule.name: rule.outcome for rule in found.rules}
            columns[found.tool.tool_id] = pd.Series(cells, dtype=object)
        return pd.DataFrame(columns).rename_axis(columns=TOOL_ID)

    def to_text(self, lang: str = "fr") -> str:
        """Return the comparison as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            One line for each tool, each reason, each block and each rule in which they differ.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        """
        say = self.first.words.in_language(lang)
        lines = []
        for found in (self.first, self.second):
            lines.append(f"{found.tool.name} – {say(f'status_{found.status}')} – {found.score:.0f}/100")
            lines += [say.pair("why", reason, indent=2) for reason in found.reasons(lang)]
        for block, value in self.points.items():
            if round(value):
                lines.append(say.line(say(f"block_{block}"), f"{value:+.0f}", indent=2))
        told = {rule.name: rule for rule in self.second.rules}
        for rule in self.first.rules:
            if rule.name in self.rules:
                both = (say(f"outcome_{one.outcome}") for one in (rule, told[rule.name]))
                lines.append(say.line(rule.label(lang), " | ".join(both), indent=2))
        return "\n".join(lines)
