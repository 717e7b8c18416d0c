"""What a recommender answers about one firm: a sequence of recommendations, and views of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, overload

import numpy as np
import pandas as pd

from hrtools_reco.answer.coded import answer_columns, frame_of
from hrtools_reco.answer.explanation import Explanation
from hrtools_reco.answer.shortfalls import Shortfall
from hrtools_reco.answer.words import SUPPORT, Speaker, Words, estimate_note
from hrtools_reco.catalog import Tool, Versions
from hrtools_reco.columns import CERTAINTY, COMPANY_ID, N_FIT, N_TO_CHECK, RANK, SCORE, STATUS, TOOL_ID
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.model import BLOCKS
from hrtools_reco.texts import LANGUAGES
from hrtools_reco.views import Result, html_box, html_notes, html_rows, html_table, html_title


class Explanations:
    """The explanations of a list: made together on first use, then kept.

    Parameters
    ----------
    make : callable
        Makes them all, in the order of the list. A pickle holds what it makes, not what it is made from.
    """

    def __init__(self, make: Callable[[], tuple[Explanation, ...]]) -> None:
        self._make: Callable[[], tuple[Explanation, ...]] | None = make
        self._made: tuple[Explanation, ...] = ()

    def all(self) -> tuple[Explanation, ...]:
        """Return the explanations."""
        if self._make is not None:
            self._made, self._make = self._make(), None
        return self._made

    def __getstate__(self) -> dict[str, Any]:
        return {"_make": None, "_made": self.all()}


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """One recommended tool.

    Attributes
    ----------
    rank : int
        From 1.
    tool : Tool
        The tool.
    score : float
        From 0 to 100.
    status : {"fit", "to_check"}
        Whether every rule passes or some are unknown.
    part : {"support", "tool"}
        In which part of the list it is read: people and services to lean on, or tools to use.
    certainty : {"sure", "likely", "guess"}
        How often places of such a score were right, on other firms than those learned from: graded ones
        without a history, those of the history with one.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.recommend({"branch": "tanning", "headcount": 9})[0].rank
    1
    """

    rank: int
    tool: Tool
    score: float
    status: str
    part: str
    certainty: str
    _explanations: Explanations = field(repr=False, compare=False)

    @property
    def tool_id(self) -> str:
        """Key of the tool."""
        return self.tool.tool_id

    @property
    def explanation(self) -> Explanation:
        """Every rule, contribution and reason."""
        return self._explanations.all()[self.rank - 1]

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Names of tools that do the same job for the firm and stand behind this one, the best first."""
        return self.explanation.alternatives

    @property
    def contributions(self) -> Mapping[str, float]:
        """Points by block; they sum to the score."""
        return self.explanation.contributions

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
        return self.explanation.reasons(lang)

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
        return self.explanation.checks(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the recommendation as plain values, ready for JSON.

        Returns
        -------
        dict
            Rank, what the tool is, homepage, price (or ``"to ask"``), main page with its date, score, status,
            contributions, reasons and checks in both languages.
        """
        tool = self.tool
        return {
            "rank": self.rank,
            "tool_id": self.tool_id,
            "name": tool.name,
            "kind": tool.kind,
            "part": self.part,
            "functions": list(tool.functions),
            "summary": {"fr": tool.summary_fr, "en": tool.summary_en},
            **self.explanation.citation.to_dict(),
            "score": self.score,
            "status": self.status,
            "certainty": self.certainty,
            "alternatives": list(self.alternatives),
            "contributions": dict(self.contributions),
            "reasons": {lang: list(self.reasons(lang)) for lang in LANGUAGES},
            "checks": {lang: list(self.checks(lang)) for lang in LANGUAGES},
        }


class Recommendations(Result, Sequence[Recommendation]):
    """The recommended tools of one firm, best first; a slice of them is one as well.

    Parameters
    ----------
    profile : CompanyProfile
        The firm.
    items : sequence of Recommendation
        The recommendations, by rank.
    n_fit, n_to_check : int
        Tools of the catalog with these statuses.
    shortfall : Shortfall or None
        Set if there are fewer than asked for.
    words : Words
        Texts of the views.
    versions : Versions
        Versions of the library, the catalog and the questionnaire that it comes from.
    day : date
        Day on which it was made.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> answer = hr.recommend({"branch": "tanning", "headcount": 9}, k=4)
    >>> len(answer.to_frame()), type(answer[:2]).__name__
    (4, 'Recommendations')
    """

    def __init__(
        self,
        profile: CompanyProfile,
        items: Sequence[Recommendation],
        *,
        n_fit: int,
        n_to_check: int,
        shortfall: Shortfall | None,
        words: Words,
        versions: Versions,
        day: date,
    ) -> None:
        self.profile = profile
        self.n_fit, self.n_to_check = n_fit, n_to_check
        self.shortfall = shortfall
        self._items = tuple(items)
        self._words = words
        self.versions, self.day = versions, day

    @overload
    def __getitem__(self, index: int) -> Recommendation: ...
    @overload
    def __getitem__(self, index: slice) -> Recommendations: ...
    def __getitem__(self, index: int | slice) -> Recommendation | Recommendations:
        if not isinstance(index, slice):
            return self._items[index]
        return Recommendations(
            self.profile,
            self._items[index],
            n_fit=self.n_fit,
            n_to_check=self.n_to_check,
            shortfall=self.shortfall,
            words=self._words,
            versions=self.versions,
            day=self.day,
        )

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Recommendations):
            return NotImplemented
        return self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._items)

    def _content(self) -> tuple[object, ...]:
        """Return what two equal answers share."""
        return self.profile, self._items, self.n_fit, self.n_to_check, self.shortfall

    def __repr__(self) -> str:
        return f"Recommendations({[item.tool_id for item in self._items]})"

    @property
    def tool_ids(self) -> tuple[str, ...]:
        """Keys of the tools, best first."""
        return tuple(item.tool_id for item in self._items)

    @property
    def supports(self) -> tuple[Recommendation, ...]:
        """People and services to lean on, best first."""
        return tuple(item for item in self._items if item.part == SUPPORT)

    @property
    def tools(self) -> tuple[Recommendation, ...]:
        """Tools to use, best first."""
        return tuple(item for item in self._items if item.part != SUPPORT)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each recommendation, with contributions.

        Returns
        -------
        DataFrame
            The columns of ``BatchRecommendations.frame`` with contributions.
        """
        items, n_items = self._items, len(self._items)
        points = np.zeros((n_items, len(BLOCKS)))
        points[:] = [list(item.contributions.values()) for item in items]
        found = {
            COMPANY_ID: np.array([self.profile.company_id] * n_items, dtype=object),
            RANK: np.array([item.rank for item in items], dtype=np.int64),
            TOOL_ID: np.array(self.tool_ids, dtype=object),
            SCORE: np.array([item.score for item in items], dtype=float),
            STATUS: np.array([item.status for item in items], dtype=object),
            N_FIT: np.full(n_items, self.n_fit),
            N_TO_CHECK: np.full(n_items, self.n_to_check),
            CERTAINTY: np.array([item.certainty for item in items], dtype=object),
        }
        return frame_of(answer_columns(found, points))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``versions, day, profile, estimated`` (dimensions whose score is an estimate), ``n_fit,
            n_to_check, recommendations, shortfall``.
        """
        return {
            "versions": self.versions.to_dict(),
            "day": self.day.isoformat(),
            "profile": self.profile.to_dict(),
            "estimated": list(self.profile.estimates),
            "n_fit": self.n_fit,
            "n_to_check": self.n_to_check,
            "recommendations": [item.to_dict() for item in self._items],
            "shortfall": None if self.shortfall is None else self.shortfall.to_dict(),
        }

    def _shown(self, item: Recommendation, say: Speaker) -> dict[str, str]:
        """Return what is shown of one recommendation."""
        separator = say("reason_separator")
        return {
            "functions": ", ".join(say(f"function_{function}") for function in item.tool.functions),
            "status": say(f"status_{item.status}"),
            "certainty": say(f"certainty_{item.certainty}"),
            "why": separator.join(item.reasons(say.lang)),
            "alternatives": ", ".join(item.alternatives),
            "checks": separator.join(item.checks(say.lang)),
        }

    def _text_of(self, item: Recommendation, say: Speaker) -> list[str]:
        """Write one recommendation as lines of text."""
        shown = self._shown(item, say)
        lines = [
            f"{item.rank}. {item.tool.name} – {item.score:.0f}/100 – {shown['status']}"
            f" – {shown['certainty']}",
            f"   {shown['functions']}",
        ]
        for key in ("why", "alternatives", "checks"):
            lines += [say.pair(key, shown[key], indent=3)] if shown[key] else []
        return lines

    def to_text(self, lang: str = "fr") -> str:
        """Return the answer as text, in two parts: whom to lean on, and tools to use.

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
        say = self._words.in_language(lang)
        lines = [say("title"), *self._notes(lang)]
        for key, part in (("part_support", self.supports), ("part_tool", self.tools)):
            lines += [say(key)] if part else []
            lines += [line for item in part for line in self._text_of(item, say)]
        if self.shortfall:
            lines.append(self.shortfall.reason(lang))
        return "\n".join([*lines, say("note"), self._cited(say)])

    def _notes(self, lang: str) -> list[str]:
        """Say that the list rests on estimates, if it does."""
        note = self.estimate_note(lang)
        return [] if note is None else [note]

    def estimate_note(self, lang: str = "fr") -> str | None:
        """Say that the list rests on an estimate of maturity.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str or None
            One sentence; None where no score is an estimate.
        """
        return estimate_note(self.profile, self._words.texts, lang)

    def _cited(self, say: Speaker) -> str:
        """Say what the answer comes from."""
        return say("cited_from", **self.versions.to_dict(), day=self.day.isoformat())

    def _html_of(self, item: Recommendation, say: Speaker) -> tuple[str, ...]:
        """Return one recommendation as the cells of a row."""
        shown = self._shown(item, say)
        name = item.tool.name
        if item.alternatives:
            name += f" ({say.pair('alternatives', shown['alternatives'])})"
        cells = (str(item.rank), name, shown["functions"], f"{item.score:.0f}")
        return (*cells, f"{shown['status']}, {shown['certainty']}", shown["why"], shown["checks"])

    def to_html(self, lang: str = "fr") -> str:
        """Return the answer as an HTML table in two parts; every text is escaped.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            HTML.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        """
        say = self._words.in_language(lang)
        heads = ["", *(say(key) for key in ("tool", "functions", "score", "status", "why", "checks"))]
        parts = [html_title(f"{say('title')} {say('for_firm', company=self.profile.company_id)}")]
        parts.append(html_notes(self._notes(lang)))
        for key, part in (("part_support", self.supports), ("part_tool", self.tools)):
            if part:
                parts += [
                    html_rows([say(key)]),
                    html_table(heads, (self._html_of(item, say) for item in part)),
                ]
        foot = [] if self.shortfall is None else [self.shortfall.reason(lang)]
        return html_box(*parts, html_notes([*foot, say("note"), self._cited(say)]))
