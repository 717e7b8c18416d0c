"""What would change the answer, as it goes out: changes of a profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco.catalog import Catalog, Tool, write_number
from hrtools_reco.columns import TOOL_ID
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.rules import TO_CHECK
from hrtools_reco.texts import LANGUAGES, Text
from hrtools_reco.views import Record, Result

CHANGE, CONFIRM = "change", "confirm"
_THOUSAND = 1000


@dataclass(frozen=True, kw_only=True)
class Change(Record):
    """One change of a profile.

    Attributes
    ----------
    field : str
        Field of the profile.
    key : str or None
        Key within the field.
    before, after : object
        Value now (``None`` if unknown, the bounds as text if a band is known) and then.
    kind : {"change", "confirm"}
        Whether the firm must change, or only say what is not known yet.
    rule : str
        Rule that asks for it.
    label : Text
        What changes.
    question : Text or None
        What to ask the firm; ``None`` for a change.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> found = hr.ToolRecommender().fit().what_if({"branch": "couture", "headcount": 12}, "walt")
    >>> all(isinstance(change, hr.Change) for change in found.changes)
    True
    """

    field: str
    key: str | None
    before: object
    after: object
    kind: str
    rule: str
    label: Text
    question: Text | None


@dataclass(frozen=True, kw_only=True)
class WhatIf(Result):
    """The fewest changes of a profile that make a tool fit.

    Attributes
    ----------
    tool : Tool
        The tool.
    changes : tuple of Change
        What to change or to confirm; empty if the tool fits already, or if nothing that the firm does helps.
    status : str
        Status after the changes, by running the rules again.
    blocked_by : tuple of str
        Rules that no change of the profile makes pass.
    reasons : tuple of Text
        For each of these rules what stands in the way, or what to ask about the tool.
    possible : bool
        Whether no rule fails after the changes. Where a price or a language is not known the tool is still
        possible, and ``reasons`` says what to ask.
    profile : CompanyProfile
        The profile after the changes.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> found = hr.ToolRecommender().fit().what_if({"branch": "couture", "headcount": 12}, "walt")
    >>> found.tool.tool_id
    'walt'
    """

    tool: Tool
    changes: tuple[Change, ...]
    status: str
    blocked_by: tuple[str, ...]
    reasons: tuple[Text, ...]
    possible: bool
    profile: CompanyProfile
    _catalog: Catalog

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``tool_id, possible, status, blocked_by, reasons, changes, profile``.
        """
        changes = [change.to_dict() for change in self.changes]
        return {
            TOOL_ID: self.tool.tool_id,
            "possible": self.possible,
            "status": self.status,
            "blocked_by": list(self.blocked_by),
            "reasons": {lang: [reason(lang) for reason in self.reasons] for lang in LANGUAGES},
            "changes": changes,
            "profile": self.profile.to_dict(),
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each change.

        Returns
        -------
        DataFrame
            ``tool_id, field, key, before, after, kind, rule``.
        """
        columns = ["field", "key", "before", "after", "kind", "rule"]
        rows = [[self.tool.tool_id, *(getattr(one, name) for name in columns)] for one in self.changes]
        return pd.DataFrame(rows, columns=[TOOL_ID, *columns], dtype=object)

    def to_text(self, lang: str = "fr") -> str:
        """Return the changes as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            What becomes of the tool, then one line for each change, question and obstacle.
        """
        text = self._catalog.text
        settled = "after" if self.changes else "now"
        lines = [text(f"what_if_{self.status}_{settled}", lang, tool=self.tool.name)]
        for change in self.changes:
            lines.append("  " + text(f"what_if_{change.kind}", lang, what=self._said(change, lang)))
        asked = "what_if_ask" if self.status == TO_CHECK else "what_if_blocked"
        lines += ["  " + text(asked, lang, what=reason(lang)) for reason in self.reasons]
        return "\n".join(lines)

    def _said(self, change: Change, lang: str) -> str:
        """Say a change, or ask what is to be confirmed."""
        if change.question is not None:
            return change.question(lang)
        values = [_shown(value, self._catalog, lang) for value in (change.before, change.after)]
        return self._catalog.text(
            "what_if_values", lang, name=change.label(lang), before=values[0], after=values[1]
        )


def _shown(value: object, catalog: Catalog, lang: str) -> str:
    """Write a value of a profile."""
    if isinstance(value, bool):
        return catalog.text("outcome_pass" if value else "outcome_fail", lang)
    if isinstance(value, int | float) and value >= _THOUSAND:
        return write_number(round(value), lang)
    return f"{value:g}" if isinstance(value, float) else str(value)
