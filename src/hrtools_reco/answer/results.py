"""What a recommender answers: a sequence of recommendations, an explanation, a shortfall."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, overload

import pandas as pd

from hrtools_reco.catalog import Catalog, Tool
from hrtools_reco.columns import (
    COMPANY_ID,
    CONTRIBUTION_PREFIX,
    N_FIT,
    N_TO_CHECK,
    RANK,
    SCORE,
    SHORTFALL,
    STATUS,
    TOOL_ID,
)
from hrtools_reco.firms import CompanyProfile


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """Fewer recommendations than asked for.

    Attributes
    ----------
    company_id : str
        The firm.
    missing : int
        How many are missing, at least 1.
    reason_fr, reason_en : str
        Why, in French and in English.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.recommend({"branch": "couture", "headcount": 3}, k=250).shortfall.missing > 0
    True
    """

    company_id: str
    missing: int
    reason_fr: str
    reason_en: str


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
    labels, gaps : mapping of str to str
        Name of the rule, and what is missing or to be asked, by language; no gap for a pass.
    """

    name: str
    outcome: str
    relaxable: bool
    labels: Mapping[str, str]
    gaps: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Explanation:
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
        Needs that were not stated but expected of the branch, each with its statistic and source.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> explanation = hr.ToolRecommender().fit().explain({"branch": "couture", "headcount": 3}, "moodle")
    >>> [rule.name for rule in explanation.rules if rule.outcome == "fail"]
    ['function_size']
    """

    tool: Tool
    status: str
    score: float
    rules: tuple[RuleResult, ...]
    contributions: Mapping[str, float]
    expectations: tuple[Mapping[str, Any], ...]
    _reasons: Mapping[str, tuple[str, ...]]
    _catalog: Catalog

    def reasons(self, lang: str = "en") -> tuple[str, ...]:
        """Return the main reasons, the weightiest first.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        tuple of str
            Up to three reasons.
        """
        return self._reasons[lang]

    def checks(self, lang: str = "en") -> tuple[str, ...]:
        """Return the questions of the rules that are unknown.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        tuple of str
            One question for each unknown rule.
        """
        return tuple(rule.gaps[lang] for rule in self.rules if rule.outcome == "unknown")

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``tool_id, status, score, rules, contributions, expectations, reasons``.
        """
        return {
            "tool_id": self.tool.tool_id,
            "name": self.tool.name,
            "status": self.status,
            "score": self.score,
            "rules": [
                {
                    "rule": rule.name,
                    "outcome": rule.outcome,
                    "relaxable": rule.relaxable,
                    "gap": dict(rule.gaps),
                }
                for rule in self.rules
            ],
            "contributions": dict(self.contributions),
            "expectations": [dict(row) for row in self.expectations],
            "reasons": {lang: list(said) for lang, said in self._reasons.items()},
        }

    def to_text(self, lang: str = "en") -> str:
        """Return the explanation as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        str
            Lines of text.
        """
        text = self._catalog.text
        lines = [f"{self.tool.name} – {text('status_' + self.status, lang)} – {self.score:.0f}/100"]
        lines += [f"  {text('why', lang)} : {reason}" for reason in self.reasons(lang)]
        for rule in self.rules:
            gap = f" ({rule.gaps[lang]})" if rule.gaps else ""
            lines.append(
                f"  {rule.labels.get(lang, rule.name)} : {text('outcome_' + rule.outcome, lang)}{gap}"
            )
        points = [
            f"{text('block_' + block, lang)} {value:+.0f}" for block, value in self.contributions.items()
        ]
        return "\n".join([*lines, "  " + ", ".join(points)])

    def __str__(self) -> str:
        return self.to_text()


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
    _explain: Callable[[], Explanation]

    @property
    def tool_id(self) -> str:
        """Key of the tool."""
        return self.tool.tool_id

    @cached_property
    def explanation(self) -> Explanation:
        """Every rule, contribution and reason."""
        return self._explain()

    @property
    def contributions(self) -> Mapping[str, float]:
        """Points by block; they sum to the score."""
        return self.explanation.contributions

    def reasons(self, lang: str = "en") -> tuple[str, ...]:
        """Return the main reasons, the weightiest first.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        tuple of str
            Up to three reasons.
        """
        return self.explanation.reasons(lang)

    def checks(self, lang: str = "en") -> tuple[str, ...]:
        """Return the questions of the rules that are unknown.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        tuple of str
            One question for each unknown rule.
        """
        return self.explanation.checks(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the recommendation as plain values, ready for JSON.

        Returns
        -------
        dict
            Rank, tool, score, status, contributions, reasons and checks in both languages.
        """
        return {
            "rank": self.rank,
            "tool_id": self.tool_id,
            "name": self.tool.name,
            "functions": list(self.tool.functions),
            "score": self.score,
            "status": self.status,
            "contributions": dict(self.contributions),
            "reasons": {lang: list(self.reasons(lang)) for lang in ("fr", "en")},
            "checks": {lang: list(self.checks(lang)) for lang in ("fr", "en")},
        }


class Recommendations(Sequence[Recommendation]):
    """The recommended tools of one firm, best first.

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
    catalog : Catalog
        Catalog of the texts.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> len(hr.recommend({"branch": "tanning", "headcount": 9}, k=4).to_frame())
    4
    """

    def __init__(
        self,
        profile: CompanyProfile,
        items: Sequence[Recommendation],
        *,
        n_fit: int,
        n_to_check: int,
        shortfall: Shortfall | None,
        catalog: Catalog,
    ) -> None:
        self.profile = profile
        self.n_fit, self.n_to_check = n_fit, n_to_check
        self.shortfall = shortfall
        self._items = tuple(items)
        self._catalog = catalog

    @overload
    def __getitem__(self, index: int) -> Recommendation: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Recommendation, ...]: ...
    def __getitem__(self, index: int | slice) -> Recommendation | tuple[Recommendation, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self._items)

    def __repr__(self) -> str:
        return f"Recommendations({[item.tool_id for item in self._items]})"

    def __str__(self) -> str:
        return self.to_text()

    @property
    def tool_ids(self) -> tuple[str, ...]:
        """Keys of the tools, best first."""
        return tuple(item.tool_id for item in self._items)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each recommendation, as ``ToolRecommender.recommend_frame`` does.

        Returns
        -------
        DataFrame
            The columns of ``recommend_frame`` with contributions and the name of the tool.
        """
        missing = self.shortfall.missing if self.shortfall else 0
        rows = [
            {
                COMPANY_ID: self.profile.company_id,
                RANK: item.rank,
                TOOL_ID: item.tool_id,
                "name": item.tool.name,
                SCORE: item.score,
                STATUS: item.status,
                N_FIT: self.n_fit,
                N_TO_CHECK: self.n_to_check,
                SHORTFALL: missing,
                **{CONTRIBUTION_PREFIX + block: value for block, value in item.contributions.items()},
            }
            for item in self._items
        ]
        columns = [COMPANY_ID, RANK, TOOL_ID, "name", SCORE, STATUS, N_FIT, N_TO_CHECK, SHORTFALL]
        return pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``profile, n_fit, n_to_check, shortfall, recommendations``.
        """
        return {
            "profile": self.profile.to_dict(),
            "n_fit": self.n_fit,
            "n_to_check": self.n_to_check,
            "shortfall": None if self.shortfall is None else vars(self.shortfall).copy(),
            "recommendations": [item.to_dict() for item in self._items],
        }

    def _lines(self, item: Recommendation, lang: str) -> dict[str, str]:
        """Return what is shown of one recommendation."""
        text, names = self._catalog.text, self._catalog.labels("functions", lang)
        separator = text("reason_separator", lang)
        return {
            "functions": ", ".join(names[function] for function in item.tool.functions),
            "status": text("status_" + item.status, lang),
            "why": separator.join(item.reasons(lang)),
            "checks": separator.join(item.checks(lang)),
        }

    def to_text(self, lang: str = "en") -> str:
        """Return the answer as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        str
            Lines of text.
        """
        text = self._catalog.text
        lines = [text("title", lang)]
        for item in self._items:
            shown = self._lines(item, lang)
            lines.append(f"{item.rank}. {item.tool.name} – {item.score:.0f}/100 – {shown['status']}")
            lines.append(f"   {shown['functions']}")
            lines.append(f"   {text('why', lang)} : {shown['why']}")
            if shown["checks"]:
                lines.append(f"   {text('checks', lang)} : {shown['checks']}")
        if self.shortfall:
            lines.append(self.shortfall.reason_fr if lang == "fr" else self.shortfall.reason_en)
        return "\n".join([*lines, text("note", lang)])

    def to_html(self, lang: str = "en") -> str:
        """Return the answer as an HTML table; every text is escaped.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        str
            HTML.
        """
        text = self._catalog.text
        heads = ["", *(text(key, lang) for key in ("tool", "functions", "score", "status", "why", "checks"))]
        rows = []
        for item in self._items:
            shown = self._lines(item, lang)
            cells = [
                str(item.rank),
                item.tool.name,
                shown["functions"],
                f"{item.score:.0f}",
                shown["status"],
                shown["why"],
                shown["checks"],
            ]
            rows.append("".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in cells))
        head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in heads)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        foot = [text("note", lang)]
        if self.shortfall:
            foot.insert(0, self.shortfall.reason_fr if lang == "fr" else self.shortfall.reason_en)
        caption = f"{text('title', lang)} {text('for_firm', lang, company=self.profile.company_id)}"
        return (
            f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            + "".join(f"<p>{escape(line)}</p>" for line in foot)
        )

    def _repr_html_(self) -> str:
        return self.to_html()
