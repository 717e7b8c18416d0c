"""Yearly costs of the tools at a headcount, as far as the catalog knows their prices."""

from __future__ import annotations

import numpy as np

from hrtools_reco.catalog.catalog import Catalog

_FREE_MODELS = ("free", "freemium", "open_source")
_PAID_MODELS = ("flat", "per_user", "per_job", "quote")
_PER_YEAR = {"per_month": 12.0, "per_year": 1.0, "one_off": 1.0, "per_job": np.nan}
_PER_USER_YEAR = {"per_user_per_month": 12.0, "per_user_per_year": 1.0}


class YearlyCosts:
    """Costs as a fixed part and a part per employee.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the prices.

    Attributes
    ----------
    fixed, per_head : ndarray of shape (n_tools,)
        Euros a year, and euros a year per employee; NaN where no price is known.
    free : ndarray of bool of shape (n_tools,)
        Tools that can be used without paying (free, with a free plan, or open source).
    sold : ndarray of bool of shape (n_tools,)
        Software that is surely paid for, whatever its price.
    """

    def __init__(self, catalog: Catalog) -> None:
        tools = catalog.tools
        price, unit, model = tools["price_eur"], tools["price_unit"], tools["price_model"]
        self.free = model.isin(_FREE_MODELS).to_numpy()
        self.sold = (model.isin(_PAID_MODELS) & (tools["kind"] == "software")).to_numpy()
        by_head = unit.isin(list(_PER_USER_YEAR)).to_numpy()
        fixed = price * unit.map(_PER_YEAR).astype(float)
        per_head = price * unit.map(_PER_USER_YEAR).astype(float)
        self.fixed = np.where(self.free | by_head, 0.0, fixed)
        self.per_head = np.where(self.free, 0.0, np.where(by_head, per_head, 0.0))

    def at(self, headcount: np.ndarray) -> np.ndarray:
        """Return yearly costs in euros, of shape (n_firms, n_tools); NaN where no price is known."""
        by_head = np.where(self.per_head == 0, 0.0, self.per_head * np.minimum(headcount, 1e9)[:, None])
        costs: np.ndarray = self.fixed + by_head
        return costs

    def distinct(self) -> YearlyCosts:
        """Return the same costs with one tool for each price that a budget can be held against."""
        pairs = np.column_stack([self.fixed, self.per_head])[~np.isnan(self.fixed) & ~self.free]
        kept = object.__new__(YearlyCosts)
        kept.fixed, kept.per_head = np.unique(pairs, axis=0).T if len(pairs) else (np.zeros(0), np.zeros(0))
        kept.free = kept.sold = np.zeros(len(kept.fixed), dtype=bool)
        return kept
