"""Prices and statuses that have grown too old to be facts: they are questions again."""

from __future__ import annotations

import calendar
import functools
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from hrtools_reco.catalog.catalog import Catalog
from hrtools_reco.columns import TOOL_ID

DAYS_A_MONTH = 365.2425 / 12


@dataclass(frozen=True, kw_only=True)
class Ageing:
    """Which prices and statuses of a catalog are too old on a day.

    Attributes
    ----------
    price_as_of, status_as_of : ndarray of str of shape (n_tools,)
        Newest date of a price, and of a proof that the tool runs, as the catalog writes it; empty if no
        page shows one.
    has_price : ndarray of bool of shape (n_tools,)
        Whether some amount is known.
    price_old, status_old : ndarray of bool of shape (n_tools,)
        Whether it is older than the months that the settings name, or has no date. A price that the catalog
        does not know is not old.
    """

    price_as_of: np.ndarray
    status_as_of: np.ndarray
    has_price: np.ndarray
    price_old: np.ndarray
    status_old: np.ndarray


@functools.lru_cache(maxsize=8)
def ageing(catalog: Catalog, on: date | None = None) -> Ageing:
    """Tell which prices and statuses are too old to be facts.

    A tool is last seen on the newest of its own date and of the dates of its pages.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the settings ``price_months`` and ``status_months``.
    on : date, optional
        Day on which the age is taken. ``None`` is the day of the catalog, so that the same catalog gives the
        same answer on any day.

    Returns
    -------
    Ageing
        The dates and what is too old, in the order of the tools.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> catalog = load_catalog()
    >>> aged, klaxoon = ageing(catalog), catalog.position("klaxoon")
    >>> str(aged.price_as_of[klaxoon]), bool(aged.price_old[klaxoon])
    ('2018', True)
    """
    tools, prices, day = catalog.tools, catalog.table("prices"), on or catalog.day
    seen = catalog.evidence.groupby(TOOL_ID)["page_date"].max().reindex(tools[TOOL_ID]).to_numpy()
    status = _newest(tools["status_as_of"], pd.Series(seen, index=tools.index))
    plans = prices.groupby(TOOL_ID)["as_of"].max().reindex(tools[TOOL_ID]).to_numpy()
    price = _newest(tools["price_as_of"], pd.Series(plans, index=tools.index))
    has_price = (tools["price_eur"].fillna(0) + tools["price_fixed_eur"].fillna(0) > 0) | tools[TOOL_ID].isin(
        prices[TOOL_ID]
    )
    return Ageing(
        price_as_of=price,
        status_as_of=status,
        has_price=has_price.to_numpy(),
        price_old=has_price.to_numpy() & _older(price, catalog.setting("price_months"), day),
        status_old=_older(status, catalog.setting("status_months"), day),
    )


def _newest(*dates: pd.Series) -> np.ndarray:
    """Return the newest date of each row, empty where there is none; ISO dates sort as text."""
    newest: np.ndarray = pd.concat([column.fillna("") for column in dates], axis=1).max(axis=1).to_numpy()
    return newest


def _older(dates: np.ndarray, months: float, on: date) -> np.ndarray:
    """Tell which dates are older than some months; a text without a date is."""
    return np.array([not text or months_since(text, on) > months for text in dates])


def months_since(text: str, on: date) -> float:
    """Return the months from the end of a year, a month or a day, written in ISO order, to a day."""
    return (on - date.fromisoformat(end_of_period(text))).days / DAYS_A_MONTH


@functools.lru_cache(maxsize=4096)
def end_of_period(text: str) -> str:
    """Return the last day of a year, a month or a day written in ISO order."""
    year, month, day = [*map(int, text.split("-")), 0, 0][:3]
    last = day or calendar.monthrange(year, month or 12)[1]
    return date(year, month or 12, last).isoformat()
