"""The rule about what the firm wants: nothing that answers only what it said to be without."""

from __future__ import annotations

import numpy as np

from hrtools_reco.catalog import Catalog, need_strengths, worth_anyway
from hrtools_reco.firms import Firms
from hrtools_reco.rules.catalog_rules import CatalogRule
from hrtools_reco.rules.core import FAIL, PASS
from hrtools_reco.rules.groups import bit_codes


class NeedRule(CatalogRule):
    """At least one of the needs that the tool answers was not stated as 0.

    A need that was not stated speaks against no tool. A tool that is worth having without any pressing need
    (the experts' ``anyway`` in ``tool_judgements``) stays.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tools.
    """

    name = "need"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        answers = need_strengths(catalog) >= catalog.setting("answers_from")
        stays = worth_anyway(catalog) >= catalog.setting("worth_anyway")
        self._answers = answers & ~stays
        self._n_answered = np.where(self._answers.any(axis=0), self._answers.sum(axis=0), np.inf)

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        without = (firms.needs == 0).astype(np.float32) @ self._answers.astype(np.float32)
        return np.where(without == self._n_answered, FAIL, PASS).astype(np.uint8)

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return bit_codes(firms.needs == 0)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        names = list(self._catalog.labels("needs", lang).values())
        needed = [names[need] for need in np.flatnonzero(self._answers[:, tool])]
        return {"needed": ", ".join(name[0].lower() + name[1:] for name in needed)}
