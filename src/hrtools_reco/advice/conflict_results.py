"""Rules that together leave no tool, as they go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco.advice.rule_sets import RuleSets
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import COMPANY_ID, LIST_SEPARATOR, RULES
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.texts import Text


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A minimal set of rules that leave no tool together; without any one of them a tool remains.

    Attributes
    ----------
    rules : tuple of str
        Keys of the rules.
    labels : tuple of Text
        Names of the rules.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firm = {"branch": "couture", "headcount": 12, "budget_eur_per_year": 0}
    >>> hr.ToolRecommender().fit().conflicts(firm, only="mobile_learning")[0].rules
    ('budget',)
    """

    rules: tuple[str, ...]
    labels: tuple[Text, ...]

    @property
    def key(self) -> str:
        """The keys of the rules joined by ``|``."""
        return LIST_SEPARATOR.join(self.rules)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``rules, labels``.
        """
        return {"rules": list(self.rules), "labels": [label.to_dict() for label in self.labels]}


class Conflicts(RuleSets[Conflict]):
    """Why a firm is left without any tool: each set of rules that shuts out all, the smallest first.

    Parameters
    ----------
    profile : CompanyProfile
        The firm.
    items : sequence of Conflict
        The sets; none if a tool remains.
    n_open, n_allowed : int
        Tools that may be recommended, and those that no rule of law, retirement or readiness bars.
    catalog : Catalog
        Catalog of the texts.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> found = hr.ToolRecommender().fit().conflicts({"branch": "couture", "headcount": 12})
    >>> len(found), found.n_open > 0
    (0, True)
    """

    def __init__(
        self,
        profile: CompanyProfile,
        items: Sequence[Conflict],
        *,
        n_open: int,
        n_allowed: int,
        catalog: Catalog,
    ) -> None:
        super().__init__(profile, items, catalog=catalog)
        self.n_open = n_open
        self.n_allowed = n_allowed

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each set.

        Returns
        -------
        DataFrame
            ``company_id, rules`` (joined by ``|``).
        """
        rows = [(self.profile.company_id, one.key) for one in self._items]
        return pd.DataFrame(rows, columns=[COMPANY_ID, RULES])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``n_open, n_allowed, conflicts``.
        """
        return {
            "n_open": self.n_open,
            "n_allowed": self.n_allowed,
            "conflicts": [one.to_dict() for one in self._items],
        }

    def to_text(self, lang: str = "fr") -> str:
        """Return the sets as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            How many tools remain or, where none does, each set on a line.
        """
        text = self._catalog.text
        if self.n_open:
            return text("conflicts_none", lang, n=self.n_open)
        if not self._items:
            return text("conflicts_barred", lang)
        lines = [text("conflicts_title", lang)]
        return "\n".join([*lines, *("  " + " + ".join(label(lang) for label in one.labels) for one in self)])
