"""How an answer is cited: the versions that it comes from, and for each tool its price and its main page."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import pandas as pd

from hrtools_reco.catalog.catalog import Catalog, Tool
from hrtools_reco.catalog.wording import write_price
from hrtools_reco.columns import TOOL_ID
from hrtools_reco.texts import LANGUAGES, Text

TO_ASK = "to ask"
_FREE = ("free", "open_source")
_SAYS_LITTLE = ("homepage", "vendor", "vendor_country")  # mostly read off the address alone


@dataclass(frozen=True, kw_only=True)
class Source:
    """A page on which facts were read.

    Attributes
    ----------
    url : str
        Address.
    page_date : str or None
        Date that the page shows; None where it shows none.
    basis : {"stated", "inferred"}
        Whether the page says so, or it is our reading.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> from hrtools_reco.catalog import citations_of
    >>> citations_of(load_catalog()).of("moodle").source.basis
    'stated'
    """

    url: str
    page_date: str | None
    basis: str

    def to_dict(self) -> dict[str, str | None]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``url, date, basis``.
        """
        return {"url": self.url, "date": self.page_date, "basis": self.basis}


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a tool costs, as far as it is known; the entry plan where there are several.

    Attributes
    ----------
    model : str or None
        How it is priced: ``free, freemium, open_source, flat, per_user, per_job`` or ``quote``.
    amount : float or None
        Price per ``unit``, without the fixed part; ``None`` where it must be asked.
    fixed : float or None
        Fixed part per period.
    currency : str
        ISO 4217 code.
    unit : str or None
        What the price is for, such as ``per_user_per_month``; ``None`` for a tool that is free.
    date : str or None
        When the price was read.
    text : Text
        The price in words.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> from hrtools_reco.catalog import citations_of
    >>> price = citations_of(load_catalog()).of("payfit").price
    >>> price.amount, price.unit
    (20.0, 'per_user_per_month')
    """

    model: str | None
    amount: float | None
    fixed: float | None
    currency: str
    unit: str | None
    date: str | None
    text: Text

    def to_dict(self) -> dict[str, Any] | str:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict or str
            Keys ``model, amount, fixed, currency, unit, date, text``; or ``"to ask"``.
        """
        if self.amount is None:
            return TO_ASK
        return {
            "model": self.model,
            "amount": self.amount,
            "fixed": self.fixed,
            "currency": self.currency,
            "unit": self.unit,
            "date": self.date,
            "text": self.text.to_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What an answer says of a tool so that it can be checked.

    Attributes
    ----------
    homepage : str or None
        Address of the tool.
    price : Price
        What it costs.
    source : Source or None
        The page on which most of what is said of it rests.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> from hrtools_reco.catalog import citations_of
    >>> sorted(citations_of(load_catalog()).of("moodle").to_dict())
    ['homepage', 'price', 'source']
    """

    homepage: str | None
    price: Price
    source: Source | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``homepage, price, source``.
        """
        return {
            "homepage": self.homepage,
            "price": self.price.to_dict(),
            "source": None if self.source is None else self.source.to_dict(),
        }


@dataclass(frozen=True, kw_only=True)
class Versions:
    """What an answer comes from.

    Attributes
    ----------
    library : str
        Version of the library.
    catalog : str
        Version of the catalog.
    questionnaire : str or None
        Version of the questionnaire; ``None`` in a catalog without one.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> from hrtools_reco.catalog import versions_of
    >>> sorted(versions_of(load_catalog()).to_dict())
    ['catalog', 'library', 'questionnaire']
    """

    library: str
    catalog: str
    questionnaire: str | None

    def to_dict(self) -> dict[str, str | None]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``library, catalog, questionnaire``.
        """
        return {"library": self.library, "catalog": self.catalog, "questionnaire": self.questionnaire}


@functools.lru_cache(maxsize=8)
def versions_of(catalog: Catalog) -> Versions:
    """Return the versions that an answer over a catalog comes from."""
    has_questions = "questionnaire" in catalog.table_names
    questionnaire = str(catalog.table("questionnaire")["version"].iloc[-1]) if has_questions else None
    return Versions(library=version("hrtools-reco"), catalog=catalog.version, questionnaire=questionnaire)


class Citations:
    """The citations of a catalog, each made once.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tools.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._sources = _main_sources(catalog.evidence, catalog.tools.set_index(TOOL_ID)["homepage"])
        self._foreign = _foreign_plans(catalog)
        self._made: dict[str, Citation] = {}

    def of(self, tool_id: str) -> Citation:
        """Return the citation of one tool."""
        if tool_id not in self._made:
            tool = self._catalog.tool(tool_id)
            self._made[tool_id] = Citation(
                homepage=tool.homepage, price=self._price(tool), source=self._sources.get(tool_id)
            )
        return self._made[tool_id]

    def _price(self, tool: Tool) -> Price:
        """Return what a tool costs."""
        amount, fixed, unit, currency = tool.price_eur, tool.price_fixed_eur, tool.price_unit, "EUR"
        if amount is None and tool.price_model in _FREE:
            amount = 0.0
        if amount is None and tool.tool_id in self._foreign:
            amount, fixed, unit, currency = self._foreign[tool.tool_id]
        text = Text(*(write_price(tool, lang, self._catalog) or self._to_ask(lang) for lang in LANGUAGES))
        return Price(
            model=tool.price_model,
            amount=None if amount is None else float(amount),
            fixed=None if fixed is None else float(fixed),
            currency=currency,
            unit=unit,
            date=tool.price_as_of,
            text=text,
        )

    def _to_ask(self, lang: str) -> str:
        """Say that a price must be asked."""
        return self._catalog.text("page_cost_unknown", lang)


@functools.lru_cache(maxsize=8)
def citations_of(catalog: Catalog) -> Citations:
    """Return the citations of a catalog, made once."""
    return Citations(catalog)


def _main_sources(evidence: pd.DataFrame, homepages: pd.Series) -> dict[str, Source]:
    """Return the main page of each tool: its own first, then the one that states most, then the newest."""
    telling = evidence[~evidence["field"].isin(_SAYS_LITTLE)]
    own = _domain(telling["url"]) == _domain(telling[TOOL_ID].map(homepages))
    pages = (
        telling.assign(
            own=own, stated=telling["basis"] == "stated", page_date=telling["page_date"].fillna("")
        )
        .groupby([TOOL_ID, "url"], as_index=False)
        .agg(
            own=("own", "max"),
            stated=("stated", "sum"),
            facts=("field", "nunique"),
            page_date=("page_date", "max"),
        )
        .sort_values(
            [TOOL_ID, "own", "stated", "facts", "page_date", "url"],
            ascending=[True, False, False, False, False, True],
            kind="stable",
        )
        .drop_duplicates(TOOL_ID)
    )
    return {
        row[TOOL_ID]: Source(
            url=row["url"],
            page_date=row["page_date"] or None,
            basis="stated" if row["stated"] else "inferred",
        )
        for row in pages.to_dict("records")
    }


def _domain(addresses: pd.Series) -> pd.Series:
    """Return the last two parts of the host of addresses, by which a page is known as that of a vendor."""
    hosts = addresses.str.extract(r"^https?://([^/:?#]+)", expand=False).str.lower()
    return hosts.str.extract(r"([^.]+\.[^.]+)$", expand=False)


def _foreign_plans(catalog: Catalog) -> dict[str, tuple[float, float | None, str, str]]:
    """Return the lowest paid plan of tools whose list price is in another currency."""
    if "prices" not in catalog.table_names:
        return {}
    prices = catalog.table("prices")
    paid = prices[(prices["fixed"] + prices["per_seat"] > 0) & (prices["currency"] != "EUR")]
    lowest = paid.sort_values(["per_seat", "fixed"], kind="stable").drop_duplicates(TOOL_ID)
    return {
        row[TOOL_ID]: (
            row["per_seat"] or row["fixed"],
            row["fixed"] if row["per_seat"] and row["fixed"] else None,
            f"per_{'user_per_' if row['per_seat'] else ''}{row['period']}",
            row["currency"],
        )
        for row in lowest.to_dict("records")
    }
