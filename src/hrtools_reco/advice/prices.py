"""What tools cost one firm in a year, as numbers and in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco.advice.words import said
from hrtools_reco.catalog import Catalog, Tool, YearlyCosts, write_cost, write_euros
from hrtools_reco.firms import Firms
from hrtools_reco.texts import LANGUAGES, Text

_ONE_OFF, _PER_JOB = "one_off", "per_job"


class Prices:
    """Yearly costs of the tools for one firm.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the prices.
    costs : YearlyCosts
        Its costs as arrays.
    firm : Firms
        One firm; a band of headcount gives a range.
    """

    def __init__(self, catalog: Catalog, costs: YearlyCosts, firm: Firms) -> None:
        self._catalog = catalog
        free = costs.free_at(firm.headcount_high)[0]
        least, most = costs.interval(firm.headcount_low, firm.headcount_high)
        self._free, self._low, self._high = free, *(np.where(free, 0.0, end[0]) for end in (least, most))
        # A price per head has no most in a band without an upper end: the least is spent at any rate.
        self.most: np.ndarray = np.where(np.isinf(self._high), self._low, self._high)

    def ends(self, tool: Tool) -> tuple[float, float]:
        """Return the least and the most that a tool costs in a year, in euros; NaN where unknown."""
        place = self._catalog.position(tool.tool_id)
        return float(self._low[place]), float(self._high[place])

    def of(self, tool: Tool) -> Text:
        """Say what a tool costs in a year, or that its price is to be asked."""
        if self._free[self._catalog.position(tool.tool_id)]:
            return said(self._catalog, f"page_cost_{tool.price_model}")
        cost = self._between(*self.ends(tool))
        if cost is not None:
            key = "page_cost_once" if tool.price_unit == _ONE_OFF else "page_cost_year"
            return said(self._catalog, key, amount=cost)
        if tool.price_unit == _PER_JOB and tool.price_eur:
            return said(self._catalog, "page_cost_per_job", amount=_euros(tool.price_eur))
        return said(self._catalog, "page_cost_unknown")

    def total(self, tools: Sequence[Tool]) -> tuple[Text, float, int]:
        """Say what some tools cost together; return also the most that it is, and how many have no price."""
        known = [ends for ends in map(self.ends, tools) if np.isfinite(ends).all()]
        low, high = (sum(ends[end] for ends in known) for end in (0, 1))
        return self._between(low, high) or _euros(low), high, len(tools) - len(known)

    def _between(self, low: float, high: float) -> Text | None:
        """Write a cost or a range of costs; None where not enough is known."""
        cost = [write_cost(low, high, lang, self._catalog) for lang in LANGUAGES]
        return None if None in cost else Text(*(str(text) for text in cost))


def _euros(value: float) -> Text:
    """Write a sum in both languages."""
    return Text(*(write_euros(value, lang) for lang in LANGUAGES))
