"""Yearly costs of the tools at a headcount, as bills are made, as far as the catalog knows the prices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from hrtools_reco.catalog.catalog import Catalog
from hrtools_reco.columns import TOOL_ID

_FREE_MODELS = ("free", "freemium", "open_source")
_WITH_PAID_PLANS = "freemium"
_TIMES_A_YEAR = {"month": 12.0, "year": 1.0, "once": 1.0, "job": np.nan}
_UNITS = {  # price_unit of tools.csv: the period, and whether it is for each seat
    "per_month": ("month", False),
    "per_user_per_month": ("month", True),
    "per_year": ("year", False),
    "per_user_per_year": ("year", True),
    "per_job": ("job", False),
    "one_off": ("once", False),
}
_NO_UNIT = ("job", False)  # no yearly cost
_SEATS_NOT_TOLD = "unknown"
_KEPT = 4096  # answers to single headcounts that are kept
_PLAN_COLUMNS = [
    "tool",
    "edition",
    "fixed",
    "per_seat",
    "is_from",
    "min_seats",
    "included_seats",
    "max_seats",
]


class YearlyCosts:
    """What each tool may cost in a year, from the least to the most, in euros before tax.

    A plan bills a fixed part and a part for each seat, with a least number of seats. Plans of one edition are
    sizes of one offer, of which the cheapest that covers the firm is bought. Editions are never added up:
    several of them leave an interval, as does a number of seats that is not told. What is not known makes the
    end that it moves unknown, never zero. Prices in another currency are weighed by the table
    ``currency_rates``.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the prices.

    Attributes
    ----------
    free : ndarray of bool of shape (n_tools,)
        Tools that can be started without paying (free, with a free plan, or open source).
    sold : ndarray of bool of shape (n_tools,)
        Software that is not known to be free, whatever its price.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> catalog = load_catalog()
    >>> least, most = YearlyCosts(catalog).interval(np.array([3.0]))
    >>> payfit = catalog.position("payfit")
    >>> float(least[0, payfit]), float(most[0, payfit])
    (936.0, 1668.0)
    """

    def __init__(self, catalog: Catalog) -> None:
        tools = catalog.tools
        self.free = tools["price_model"].isin(_FREE_MODELS).to_numpy()
        self.sold = (~tools["price_model"].isin(_FREE_MODELS) & (tools["kind"] == "software")).to_numpy()
        plans = _plans(catalog).sort_values(["tool", "edition"], kind="stable", ignore_index=True)
        self._plan = {name: plans[name].to_numpy() for name in plans.columns}
        tool, edition = self._plan["tool"], plans.groupby(["tool", "edition"]).ngroup().to_numpy()
        self._edition_starts = np.flatnonzero(np.diff(edition, prepend=-1))
        self._priced, self._tool_starts = np.unique(tool[self._edition_starts], return_index=True)
        self._costs_nothing = (self._plan["fixed"] == 0) & (self._plan["per_seat"] == 0)
        freemium = (tools["price_model"] == _WITH_PAID_PLANS).to_numpy()
        has_free, has_paid, has_plan = (
            np.isin(np.arange(len(tools)), tool[kept])
            for kept in (self._costs_nothing, ~self._costs_nothing, slice(None))
        )
        self._only_free = self.free & ~freemium & ~has_plan
        self._from_zero = self._only_free | (freemium & ~has_free)  # limits of the free plan are not told
        self._most_unknown = freemium & ~has_paid
        self._of_one: dict[tuple[str, float], np.ndarray] = {}

    def interval(
        self, headcount: np.ndarray, headcount_high: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the most that each tool costs each firm in a year.

        Parameters
        ----------
        headcount : ndarray of shape (n_firms,)
            Employees; the lower end where the number is not known. An owner without staff takes one seat.
        headcount_high : ndarray of shape (n_firms,), optional
            The upper end, may be infinite. ``None`` is the same number.

        Returns
        -------
        least : ndarray of shape (n_firms, n_tools)
            Euros a year, never falling as the headcount rises; NaN where it is not known.
        most : ndarray of shape (n_firms, n_tools)
            The same for the upper end.
        """
        high = headcount if headcount_high is None else headcount_high
        return self._once_for_each(headcount, self._least), self._once_for_each(high, self._most)

    def free_at(self, headcount: np.ndarray) -> np.ndarray:
        """Tell which tools surely cost nothing: free ones, and free plans that are large enough.

        Parameters
        ----------
        headcount : ndarray of shape (n_firms,)
            Employees, at the upper end where the number is not known.

        Returns
        -------
        ndarray of bool of shape (n_firms, n_tools)
            False for a free plan whose limits are not told.
        """
        return self._once_for_each(headcount, self._covered_for_free)

    def _once_for_each(
        self, headcount: np.ndarray, compute: Callable[[np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Compute what depends on the headcount alone once for each distinct one; one of its own is kept."""
        if len(headcount) != 1:
            distinct, firm = np.unique(np.asarray(headcount, dtype=float), return_inverse=True)
            return compute(distinct)[firm.ravel()]
        key = (compute.__name__, float(headcount[0]))
        if key not in self._of_one:
            if len(self._of_one) >= _KEPT:
                self._of_one.clear()
            self._of_one[key] = compute(np.asarray(headcount, dtype=float))
            self._of_one[key].setflags(write=False)
        return self._of_one[key]

    def _least(self, headcount: np.ndarray) -> np.ndarray:
        """Return the cheapest plan that covers the fewest seats."""
        bill, covers = self._bills(headcount, "least")
        least = np.full((len(headcount), len(self.free)), np.nan)
        cheapest = self._by_tool(self._by_edition(np.where(covers, bill, np.inf), np.minimum), np.minimum)
        least[:, self._priced] = np.where(np.isinf(cheapest), np.nan, cheapest)
        least[:, self._from_zero] = 0.0
        return least

    def _most(self, headcount: np.ndarray) -> np.ndarray:
        """Return the dearest edition at the most seats; one that the firm outgrows keeps its last bill."""
        bill, covers = self._bills(headcount, "most")
        last = self._by_edition(bill, np.maximum)
        covered = self._by_edition(np.where(covers, bill, np.inf), np.minimum)
        any_covers = self._by_edition(covers, np.logical_or)
        dearest = self._by_tool(np.where(any_covers, covered, last), np.maximum)
        known = self._by_tool(any_covers, np.logical_or) & ~self._by_tool(
            self._by_edition(self._plan["is_from"][None, :], np.logical_or), np.logical_or
        )
        most = np.full((len(headcount), len(self.free)), np.nan)
        most[:, self._priced] = np.where(known, dearest, np.nan)
        most[:, self._only_free] = 0.0
        most[:, self._most_unknown] = np.nan
        return most

    def _covered_for_free(self, headcount: np.ndarray) -> np.ndarray:
        """Tell which tools have a plan without charge that covers the most seats."""
        _, covers = self._bills(headcount, "most")
        found = np.tile(self._only_free, (len(headcount), 1))
        free_plan = self._by_tool(
            self._by_edition(covers & self._costs_nothing, np.logical_or), np.logical_or
        )
        found[:, self._priced] |= free_plan
        return found

    def _bills(self, headcount: np.ndarray, end: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the bill of each plan, and whether it covers the firm, each of shape (n_firms, n_plans)."""
        plan, heads = self._plan, np.maximum(headcount, 1.0)[:, None]
        seats = np.maximum(np.floor(plan[end] + _times(plan[f"{end}_share"], heads) + 1e-9), 1.0)
        sold = np.maximum(np.minimum(seats, plan["max_seats"]), plan["min_seats"])
        charged = np.maximum(sold - plan["included_seats"], 0.0)
        return plan["fixed"] + _times(plan["per_seat"], charged), seats <= plan["max_seats"]

    def _by_edition(self, values: np.ndarray, reduce: np.ufunc) -> np.ndarray:
        """Reduce the plans of each edition."""
        found: np.ndarray = reduce.reduceat(values, self._edition_starts, axis=1)
        return found

    def _by_tool(self, values: np.ndarray, reduce: np.ufunc) -> np.ndarray:
        """Reduce the editions of each tool that has a plan."""
        found: np.ndarray = reduce.reduceat(values, self._tool_starts, axis=1)
        return found


def _times(factor: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Multiply, where nothing of an infinite amount is nothing."""
    product: np.ndarray = factor * np.where(factor == 0, 0.0, amount)
    return product


def _plans(catalog: Catalog) -> pd.DataFrame:
    """Return every plan in euros a year, with the seats that it takes at a headcount."""
    plans = pd.concat([_entry_plans(catalog), _further_plans(catalog)], ignore_index=True)
    limits = {"min_seats": 1.0, "included_seats": 0.0, "max_seats": np.inf}
    seats = catalog.table("seat_kinds").set_index("seats")[["least", "least_share", "most", "most_share"]]
    return plans.fillna(limits).join(seats, on="seats").drop(columns="seats")


def _entry_plans(catalog: Catalog) -> pd.DataFrame:
    """Return the plans that ``tools.csv`` tells."""
    tools = catalog.tools[
        (catalog.tools["price_eur"].fillna(0) + catalog.tools["price_fixed_eur"].fillna(0)) > 0
    ]
    units = [_UNITS.get(unit, _NO_UNIT) for unit in tools["price_unit"]]
    times = pd.Series([_TIMES_A_YEAR[period] for period, _ in units], index=tools.index, dtype=float)
    by_seat = pd.Series([for_seats for _, for_seats in units], index=tools.index, dtype=bool)
    price, fixed = tools["price_eur"].fillna(0.0), tools["price_fixed_eur"].fillna(0.0)
    return pd.DataFrame(
        {
            "tool": tools.index,
            "edition": "",
            "fixed": times * (fixed + price.where(~by_seat, 0.0)),
            "per_seat": times * price.where(by_seat, 0.0),
            "is_from": tools["price_from"].fillna(False).astype(bool),
            "min_seats": tools["price_min_seats"],
            "included_seats": np.nan,
            "max_seats": np.nan,
            "seats": tools["price_seats"].fillna(_SEATS_NOT_TOLD),
        }
    )


def _further_plans(catalog: Catalog) -> pd.DataFrame:
    """Return the plans of the table ``prices``."""
    prices = catalog.table("prices")
    rates = catalog.table("currency_rates").set_index("currency")["eur"]
    times = prices["period"].map(_TIMES_A_YEAR) * prices["currency"].map(rates)
    positions = {tool_id: position for position, tool_id in enumerate(catalog.tool_ids)}
    written = prices.assign(
        tool=prices[TOOL_ID].map(positions),
        edition=prices["edition"].fillna(""),
        fixed=times * prices["fixed"],
        per_seat=times * prices["per_seat"],
        is_from=prices["is_from"].astype(bool),
        seats=prices["seats"].fillna(_SEATS_NOT_TOLD),
    )
    return written[[*_PLAN_COLUMNS, "seats"]]
