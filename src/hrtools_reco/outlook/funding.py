"""Which funding a firm can ask for on a given day, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_choice, invalid
from hrtools_reco.catalog import Catalog, catalog_of, months_since, split_list, write_day
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.firms import CompanyProfile, vocabulary_of
from hrtools_reco.outlook.payers import opco_of
from hrtools_reco.texts import LANGUAGES, check_lang, filled
from hrtools_reco.views import Result

APPLIES = "applies"
TO_CHECK = "to_check"


@dataclass(frozen=True, kw_only=True)
class FundingOffer(Result):
    """A funding record that a firm can ask for on a day.

    Attributes
    ----------
    funding_id : str
        Key of the record.
    status : {"applies", "to_check"}
        Whether all that the record says is met, or something is unknown: its dates, or the exact headcount.
    opco : str or None
        OPCO of the branch, which says what holds today.
    device_fr, device_en : str
        Name of the device.
    who_fr, who_en : str
        Who can ask.
    rule_fr, rule_en : str
        What it pays for and on what terms.
    amount_fr, amount_en : str or None
        Amount with the text or year that it comes from; None where no dated source gives one.
    reasons_fr, reasons_en : tuple of str
        Why it is offered, whether it is known what follows an end that is near, and what is to be checked
        with whom.
    valid_from, valid_to : date or None
        First and last day; None where unknown.
    url : str
        Page that says so.
    other_urls : tuple of str
        Further pages.
    page_date : str or None
        Date that the page shows.
    functions : tuple of str
        Functions of the catalog that it can pay for.
    note : str or None
        Limits of the record.

    Examples
    --------
    >>> from datetime import date
    >>> import hrtools_reco as hr
    >>> offer = hr.funding({"branch": "footwear", "headcount": 18}, date(2026, 11, 24))[0]
    >>> offer.device_en[:15], offer.reasons_en[0]
    ('Temporary grant', 'Open from 8...March 2026 to 31...December 2026.')
    """

    funding_id: str
    status: str
    opco: str | None
    device_fr: str
    device_en: str
    who_fr: str
    who_en: str
    rule_fr: str
    rule_en: str
    amount_fr: str | None
    amount_en: str | None
    reasons_fr: tuple[str, ...]
    reasons_en: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    url: str
    other_urls: tuple[str, ...]
    page_date: str | None
    functions: tuple[str, ...]
    note: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON; a day is text as ``2026-03-08``.

        Returns
        -------
        dict
            The fields by name.
        """
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        values = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}

    def to_frame(self) -> pd.DataFrame:
        """Return the offer as a table of one row.

        Returns
        -------
        DataFrame
            The fields as columns; list cells are text joined by ``|``.
        """
        cells = self.to_dict()
        return pd.DataFrame([{key: "|".join(v) if isinstance(v, list) else v for key, v in cells.items()}])

    def to_text(self, lang: str = "fr") -> str:
        """Return the offer as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            Name, terms, amount, why it is offered, and the page that says so.
        """
        told = {
            name: getattr(self, f"{name}_{check_lang(lang)}") for name in ("device", "who", "rule", "amount")
        }
        lines = [f"  {said}" for key, said in told.items() if said and key != "device"]
        reasons = [f"  {reason}" for reason in getattr(self, f"reasons_{lang}")]
        return "\n".join([told["device"], *lines, *reasons, f"  {self.url}"])


def funding(
    profile: CompanyProfile | Mapping[str, Any],
    on: date,
    *,
    functions: Collection[str] | None = None,
    catalog: Catalog | None = None,
) -> tuple[FundingOffer, ...]:
    """List the funding that a firm can ask for on a day.

    A record whose last day is past, or whose first day is to come, is not offered. A record with an unknown
    day is offered to be checked, and so is one whose limit of headcount lies inside the band of the firm.

    Parameters
    ----------
    profile : CompanyProfile or mapping
        The firm, or its fields; branch and headcount (or band) count.
    on : date
        Day on which the firm would ask.
    functions : collection of str, optional
        Functions to pay for; None is any.
    catalog : Catalog, optional
        Catalog that holds the records. ``None`` is the bundled one.

    Returns
    -------
    tuple of FundingOffer
        Those that apply, then those to check, each in the order of their keys.

    Raises
    ------
    InvalidValueError
        If the day is no date, or the profile is wrong.
    UnknownNameError
        If a function is unknown.
    CatalogError
        If a record holds a day that is none.

    Examples
    --------
    >>> from datetime import date
    >>> import hrtools_reco as hr
    >>> offers = hr.funding({"branch": "footwear", "headcount": 18}, date(2026, 11, 24))
    >>> [(offer.funding_id, offer.status, offer.opco) for offer in offers][0]
    ('apprentice_grant_2026_under_250', 'applies', 'Opco 2i')
    """
    if not isinstance(on, date):
        raise invalid("on", "a day, as datetime.date", on)
    day = on.date() if isinstance(on, datetime) else on
    tables = catalog_of(catalog)
    for function in functions or ():
        check_choice("function", function, tables.keys("functions"), "a function of the catalog")
    firm = profile if isinstance(profile, CompanyProfile) else CompanyProfile(**profile, catalog=tables)
    records = _records(tables)
    told = [record | {"is_followed": _is_followed(record, records)} for record in records]
    offers = [_offer(record, firm, day, tables) for record in told]
    found = [offer for offer in offers if offer is not None]
    wanted = [offer for offer in found if functions is None or set(offer.functions) & set(functions)]
    return tuple(sorted(wanted, key=lambda offer: (offer.status != APPLIES, offer.funding_id)))


def _records(catalog: Catalog) -> list[dict[str, Any]]:
    """Return the funding records; an empty cell is None, a day a date, a list a tuple."""
    records = []
    for row in catalog.table("funding").to_dict("records"):
        record: dict[str, Any] = {str(key): None if value != value else value for key, value in row.items()}
        for name in ("valid_from", "valid_to"):
            record[name] = _day(record[name], record["funding_id"], name)
        for name in ("branches", "functions", "other_urls"):
            record[name] = split_list(record[name])
        records.append(record)
    return records


def _is_followed(record: Mapping[str, Any], records: list[dict[str, Any]]) -> bool:
    """Tell whether another record takes over from one that ends: for the same firms and functions."""
    same = ("functions", "branches", "opco", "headcount_min", "headcount_max")
    end = record["valid_to"]
    return end is not None and any(
        other["valid_from"] is not None
        and other["valid_from"] > end
        and all(other[name] == record[name] for name in same)
        for other in records
    )


def _day(cell: str | None, key: str, column: str) -> date | None:
    """Read a day of the catalog."""
    try:
        return None if cell is None else date.fromisoformat(cell)
    except ValueError:
        place = f"funding.csv, record {key}, column {column}"
        raise CatalogError(f"{place}: must be a day such as 2026-03-08, or empty. Got {cell!r}.") from None


def _offer(record: dict[str, Any], firm: CompanyProfile, day: date, catalog: Catalog) -> FundingOffer | None:
    """Return the record as an offer to the firm on a day, or None if it cannot be had."""
    start, end = record["valid_from"], record["valid_to"]
    if (start is not None and day < start) or (end is not None and end < day):
        return None
    if record["branches"] and firm.branch not in record["branches"]:
        return None
    opco = opco_of(catalog, firm.branch)
    if record["opco"] is not None and opco is not None and record["opco"] != opco:
        return None
    fits = _headcount_fits(record, firm, catalog)
    if fits is False:
        return None
    sure = bool(fits) and None not in (start, end) and (record["opco"] is None or opco is not None)
    dated = any(record[name] is not None for name in ("valid_from", "valid_to", "page_date"))
    values = record | {"status": APPLIES if sure else TO_CHECK, "opco": opco}
    for lang in LANGUAGES:
        values[f"reasons_{lang}"] = _reasons(record, fits, opco, day, lang, catalog)
        values[f"amount_{lang}"] = record[f"amount_{lang}"] if dated else None
    return FundingOffer(**{item.name: values[item.name] for item in fields(FundingOffer)})


def _reasons(
    record: dict[str, Any], fits: bool | None, opco: str | None, day: date, lang: str, catalog: Catalog
) -> tuple[str, ...]:
    """Say when the record holds and what is not known, how the headcount stands to it, and whom to ask."""
    texts = catalog.table("funding_messages").set_index("message")[lang]
    start, end = (
        None if record[name] is None else write_day(record[name].isoformat(), lang, catalog)
        for name in ("valid_from", "valid_to")
    )
    period = {(True, True): "open", (True, False): "since", (False, True): "until", (False, False): "undated"}
    when = filled(texts[period[start is not None, end is not None]], start=start, end=end)
    last = record["valid_to"]
    is_near = last is not None and -months_since(last.isoformat(), day) <= catalog.setting(
        "funding_near_months"
    )
    after = [filled(texts["after_unknown"], end=end)] if is_near and not record["is_followed"] else []
    low, high = record["headcount_min"], record["headcount_max"]
    if low is None and high is None:
        size = texts["any_headcount"]
    else:
        kind = "at_most" if low is None else "at_least" if high is None else "between"
        limit = filled(
            texts[kind], low=low and f"{low:g}", high=high and f"{high:g}", below=f"{(high or 0) + 1:g}"
        )
        size = filled(texts["headcount_fits" if fits else "headcount_unsure"], limit=limit)
    whom = [opco or texts["own_opco"], *filter(None, [record[f"ask_{lang}"]])]
    return when, *after, size, filled(texts["ask"], whom=", ".join(whom))


def _headcount_fits(record: dict[str, Any], firm: CompanyProfile, catalog: Catalog) -> bool | None:
    """Tell whether the firm is within the limits of headcount; None where its band lies on both sides."""
    if firm.headcount is not None:
        low = high = float(firm.headcount)
    else:
        low, high = vocabulary_of(catalog).bands[str(firm.headcount_band)]
    least = -np.inf if record["headcount_min"] is None else record["headcount_min"]
    most = np.inf if record["headcount_max"] is None else record["headcount_max"]
    if high < least or low > most:
        return False
    return True if least <= low and high <= most else None
