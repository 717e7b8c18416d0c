"""What would change the answer, as it goes out: sets of rules to give up, and changes of a profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import pandas as pd

from hrtools_reco.catalog import Catalog, Tool
from hrtools_reco.columns import COMPANY_ID, SCORE, STATUS, TOOL_ID
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.rules import FIT, TO_CHECK
from hrtools_reco.texts import html_lines

CHANGE, CONFIRM = "change", "confirm"


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """A minimal set of rules to give up, and the tools that ask for exactly this set.

    Attributes
    ----------
    rules : tuple of str
        Keys of the rules.
    labels : mapping of str to tuple of str
        Names of the rules by language.
    tools : tuple of Tool
        The best of the unlocked tools, best first.
    scores : tuple of float
        Their scores.
    statuses : tuple of {"fit", "to_check"}
        Their statuses once the rules are given up.
    gaps : mapping of str to tuple of str
        What each of them fails today, by language.
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
    labels: Mapping[str, tuple[str, ...]]
    tools: tuple[Tool, ...]
    scores: tuple[float, ...]
    statuses: tuple[str, ...]
    gaps: Mapping[str, tuple[str, ...]]
    n_unlocked: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``rules, labels, n_unlocked, tools``.
        """
        return {
            "rules": list(self.rules),
            "labels": {lang: list(names) for lang, names in self.labels.items()},
            "n_unlocked": self.n_unlocked,
            "tools": [
                {
                    TOOL_ID: tool.tool_id,
                    "name": tool.name,
                    SCORE: self.scores[place],
                    STATUS: self.statuses[place],
                    "gap": {lang: texts[place] for lang, texts in self.gaps.items()},
                }
                for place, tool in enumerate(self.tools)
            ],
        }


class Relaxations(Sequence[Relaxation]):
    """The sets of rules that a firm could give up, the smallest first, then those with the best tool.

    Parameters
    ----------
    profile : CompanyProfile
        The firm.
    items : sequence of Relaxation
        The sets.
    catalog : Catalog
        Catalog of the texts.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> found = hr.ToolRecommender().fit().relax({"branch": "couture", "headcount": 12})
    >>> [len(one.rules) for one in found] == sorted(len(one.rules) for one in found)
    True
    """

    def __init__(self, profile: CompanyProfile, items: Sequence[Relaxation], *, catalog: Catalog) -> None:
        self.profile = profile
        self._items = tuple(items)
        self._catalog = catalog

    @overload
    def __getitem__(self, index: int) -> Relaxation: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Relaxation, ...]: ...
    def __getitem__(self, index: int | slice) -> Relaxation | tuple[Relaxation, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Relaxation]:
        return iter(self._items)

    def __repr__(self) -> str:
        return f"Relaxations({['|'.join(one.rules) for one in self._items]})"

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return html_lines(self.to_text())

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each set and tool.

        Returns
        -------
        DataFrame
            ``company_id, rules`` (joined by ``|``), ``n_unlocked, tool_id, name, score, status``.
        """
        rows = [
            (self.profile.company_id, "|".join(one.rules), one.n_unlocked, tool.tool_id, tool.name, *rest)
            for one in self._items
            for tool, *rest in zip(one.tools, one.scores, one.statuses, strict=True)
        ]
        columns = [COMPANY_ID, "rules", "n_unlocked", TOOL_ID, "name", SCORE, STATUS]
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> list[dict[str, Any]]:
        """Return plain values, ready for JSON.

        Returns
        -------
        list of dict
            One for each set.
        """
        return [one.to_dict() for one in self._items]

    def to_text(self, lang: str = "en") -> str:
        """Return the sets as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        str
            For each set its rules, then the tools that wait for it, each with what it fails.
        """
        text = self._catalog.text
        lines = [text("relax_title" if self._items else "relax_nothing", lang)]
        for one in self._items:
            lines.append(text("relax_set", lang, rules=" + ".join(one.labels[lang]), n=one.n_unlocked))
            for tool, score, status, gap in zip(
                one.tools, one.scores, one.statuses, one.gaps[lang], strict=True
            ):
                said = "relax_fit" if status == FIT else "status_" + status
                lines.append(f"  {tool.name} – {score:.0f}/100 – {text(said, lang)} ({gap})")
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class Change:
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
    labels : mapping of str to str
        What changes, by language.
    questions : mapping of str to str
        What to ask the firm, by language; empty for a change.

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
    labels: Mapping[str, str]
    questions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class WhatIf:
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
    reasons : mapping of str to tuple of str
        For each of these rules what stands in the way, or what to ask about the tool, by language.
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
    reasons: Mapping[str, tuple[str, ...]]
    profile: CompanyProfile
    _catalog: Catalog

    @property
    def possible(self) -> bool:
        """Whether the tool fits after the changes."""
        return self.status == FIT

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``tool_id, possible, status, blocked_by, reasons, changes, profile``.
        """
        changes = [
            {**vars(change), "labels": dict(change.labels), "questions": dict(change.questions)}
            for change in self.changes
        ]
        return {
            TOOL_ID: self.tool.tool_id,
            "possible": self.possible,
            "status": self.status,
            "blocked_by": list(self.blocked_by),
            "reasons": {lang: list(texts) for lang, texts in self.reasons.items()},
            "changes": changes,
            "profile": self.profile.to_dict(),
        }

    def to_text(self, lang: str = "en") -> str:
        """Return the changes as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
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
        lines += ["  " + text(asked, lang, what=reason) for reason in self.reasons[lang]]
        return "\n".join(lines)

    def _said(self, change: Change, lang: str) -> str:
        """Say a change, or ask what is to be confirmed."""
        if change.kind == CONFIRM:
            return change.questions[lang]
        values = [_shown(value, self._catalog, lang) for value in (change.before, change.after)]
        return self._catalog.text(
            "what_if_values", lang, name=change.labels[lang], before=values[0], after=values[1]
        )

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return html_lines(self.to_text())


def _shown(value: object, catalog: Catalog, lang: str) -> str:
    """Write a value of a profile."""
    if isinstance(value, bool):
        return catalog.text("outcome_pass" if value else "outcome_fail", lang)
    return f"{value:g}" if isinstance(value, float) else str(value)
