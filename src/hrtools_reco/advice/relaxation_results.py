"""Rules to give up, as they go out: each minimal set with the tools that ask for exactly it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco.advice.rule_sets import RuleSets
from hrtools_reco.catalog import Tool
from hrtools_reco.columns import COMPANY_ID, LIST_SEPARATOR, N_UNLOCKED, RULES, SCORE, STATUS, TOOL_ID
from hrtools_reco.rules import FIT
from hrtools_reco.texts import Text


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """A minimal set of rules to give up, and the tools that ask for exactly this set.

    Attributes
    ----------
    rules : tuple of str
        Keys of the rules.
    labels : tuple of Text
        Names of the rules.
    tools : tuple of Tool
        The best of the unlocked tools, best first.
    scores : tuple of float
        Their scores.
    statuses : tuple of {"fit", "to_check"}
        Their statuses once the rules are given up.
    gaps : tuple of Text
        What each of them fails today.
    n_unlocked : int
        All tools that fail these rules and no other. What fails fewer of them is in a set of its own, and is
        unlocked as well.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> one = hr.ToolRecommender().fit().relax({"branch": "couture", "headcount": 12})[0]
    >>> len(one.tools) == len(one.scores) <= one.n_unlocked
    True
    """

    rules: tuple[str, ...]
    labels: tuple[Text, ...]
    tools: tuple[Tool, ...]
    scores: tuple[float, ...]
    statuses: tuple[str, ...]
    gaps: tuple[Text, ...]
    n_unlocked: int

    @property
    def key(self) -> str:
        """The keys of the rules joined by ``|``."""
        return LIST_SEPARATOR.join(self.rules)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``rules, labels, n_unlocked, tools``.
        """
        return {
            "rules": list(self.rules),
            "labels": [label.to_dict() for label in self.labels],
            "n_unlocked": self.n_unlocked,
            "tools": [
                {
                    TOOL_ID: tool.tool_id,
                    "name": tool.name,
                    SCORE: self.scores[place],
                    STATUS: self.statuses[place],
                    "gap": self.gaps[place].to_dict(),
                }
                for place, tool in enumerate(self.tools)
            ],
        }


class Relaxations(RuleSets[Relaxation]):
    """The sets of rules that a firm could give up, the smallest first, then those with the best tool.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> found = hr.ToolRecommender().fit().relax({"branch": "couture", "headcount": 12})
    >>> [len(one.rules) for one in found] == sorted(len(one.rules) for one in found)
    True
    """

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each set and tool.

        Returns
        -------
        DataFrame
            ``company_id, rules`` (joined by ``|``), ``n_unlocked, tool_id, name, score, status``.
        """
        rows = [
            (self.profile.company_id, one.key, one.n_unlocked, tool.tool_id, tool.name, *rest)
            for one in self._items
            for tool, *rest in zip(one.tools, one.scores, one.statuses, strict=True)
        ]
        columns = [COMPANY_ID, RULES, N_UNLOCKED, TOOL_ID, "name", SCORE, STATUS]
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> list[dict[str, Any]]:
        """Return plain values, ready for JSON.

        Returns
        -------
        list of dict
            One for each set.
        """
        return [one.to_dict() for one in self._items]

    def to_text(self, lang: str = "fr") -> str:
        """Return the sets as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            For each set its rules, then the tools that wait for it, each with what it fails.
        """
        text = self._catalog.text
        lines = [text("relax_title" if self._items else "relax_nothing", lang)]
        for one in self._items:
            names = " + ".join(label(lang) for label in one.labels)
            lines.append(text("relax_set", lang, rules=names, n=one.n_unlocked))
            for tool, score, status, gap in zip(one.tools, one.scores, one.statuses, one.gaps, strict=True):
                said = "relax_fit" if status == FIT else "status_" + status
                lines.append(f"  {tool.name} – {score:.0f}/100 – {text(said, lang)} ({gap(lang)})")
        return "\n".join(lines)
