"""Numbers, sums, days and punctuation as they are written in French and in English."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from hrtools_reco.columns import LIST_SEPARATOR
from hrtools_reco.texts import filled

THIN, HARD = "\u202f", "\u00a0"
_SPACED = re.compile(r" +(?=[;?!])")
_COLON = re.compile(r" +(?=[:»])")
_UNIT = re.compile(r"(?<=\d)[ \u00a0](?=[%€]|\d{3}(?!\d))")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


class Texts(Protocol):
    """What words are taken from: a catalog."""

    def text(self, key: str, lang: str, **values: object) -> str:
        """Fill a text."""

    def labels(self, name: str, lang: str) -> Mapping[str, str]:
        """Return the labels of a table by key."""

    def table(self, name: str) -> pd.DataFrame:
        """Return a table."""


def label_of(catalog: Texts, table: str, key: str, lang: str) -> str:
    """Return the label of a key; a key that the table does not know stays as it is."""
    return catalog.labels(table, lang).get(key, key)


def tool_lines(tool: Any, lang: str, catalog: Texts) -> list[str]:
    """Write what a tool is: its name first, then what is known of it, one line each.

    Parameters
    ----------
    tool : Tool
        The tool.
    lang : {"fr", "en"}
        Language.
    catalog : Catalog
        Catalog of the words.

    Returns
    -------
    list of str
        Lines; what is unknown is left out.
    """
    kind = label_of(catalog, "kinds", tool.kind, lang) if tool.kind else None
    told = {
        "functions": ", ".join(label_of(catalog, "functions", name, lang) for name in tool.functions),
        "view_vendor": tool.vendor,
        "view_headcount": _headcounts(tool, lang, catalog),
        "view_price": write_price(tool, lang, catalog),
        "view_requirements": ", ".join(
            inside(label_of(catalog, "requirements", name, lang)) for name in tool.requirements
        ),
        "view_site": tool.homepage,
    }
    colon = catalog.text("colon", lang)
    lines = [" – ".join(part for part in (tool.name, kind) if part)]
    lines += [f"  {said}" for said in [tool.summary_fr if lang == "fr" else tool.summary_en] if said]
    return lines + [f"  {catalog.text(key, lang)}{colon}{said}" for key, said in told.items() if said]


def _headcounts(tool: Any, lang: str, catalog: Texts) -> str | None:
    """Write for which headcounts a tool is made."""
    low, high = tool.headcount_min, tool.headcount_max
    ends = {"low": low, "high": high}
    known = "_".join(name for name, value in ends.items() if value is not None)
    values = {name: write_number(value, lang) for name, value in ends.items() if value is not None}
    return catalog.text(f"view_headcount_{known}", lang, **values) if known else None


def write_number(value: float, lang: str, digits: int = 0) -> str:
    """Write a number with its thousands apart and at most some decimals.

    Parameters
    ----------
    value : float
        The number.
    lang : {"fr", "en"}
        Language.
    digits : int, default=0
        Most decimals; zeros at the end are left out.

    Returns
    -------
    str
        The number.

    Examples
    --------
    >>> write_number(32670, "en"), write_number(1.10, "fr", 1)
    ('32,670', '1,1')
    """
    text = f"{value:,.{digits}f}"
    return _signs(text.rstrip("0").removesuffix(".") if "." in text else text, lang)


def _signs(text: str, lang: str) -> str:
    """Put the signs of a language between thousands and before decimals."""
    return text.replace(",", THIN).replace(".", ",") if lang == "fr" else text


def write_share(share: float, lang: str) -> str:
    """Write a share from 0 to 1 as a percentage, with a decimal under 10 %."""
    text = write_number(100 * share, lang, 1 if share < 0.1 else 0)
    return f"{text}{HARD}%" if lang == "fr" else f"{text}%"


def write_euros(value: float, lang: str) -> str:
    """Write a sum in euros, with cents only under 100 euros."""
    cents = value < 100 and round(value, 2) != round(value)
    text = _signs(f"{value:,.{2 if cents else 0}f}", lang)
    return f"{text}{HARD}€" if lang == "fr" else f"€{text}"


def write_cost(least: float, most: float, lang: str, catalog: Texts) -> str | None:
    """Write what something costs in a year, from the least to the most.

    Parameters
    ----------
    least, most : float
        Euros a year; NaN for an end that is not known.
    lang : {"fr", "en"}
        Language.
    catalog : Catalog
        Catalog with the texts.

    Returns
    -------
    str or None
        ``None`` where not even the least is known, or where it is nothing and the most is not known.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> write_cost(1200.0, float("nan"), "en", load_catalog())
    'from €1,200'
    """
    open_end = not math.isfinite(most)
    if math.isnan(least) or (open_end and least == 0):
        return None
    low = write_euros(least, lang)
    if open_end:
        return catalog.text("cost_from", lang, low=low)
    high = write_euros(most, lang)
    return low if low == high else catalog.text("cost_between", lang, low=low, high=high)


def write_price(tool: Any, lang: str, catalog: Texts) -> str | None:
    """Write how a tool is priced, and what its entry plan bills.

    Parameters
    ----------
    tool : Tool
        The tool.
    lang : {"fr", "en"}
        Language.
    catalog : Catalog
        Catalog of the tool.

    Returns
    -------
    str or None
        ``None`` where nothing is known.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> catalog = load_catalog()
    >>> write_price(catalog.tool("payfit"), "en", catalog)
    'per user, €49 per month + €20 per user and month'
    """
    model = catalog.text(f"price_model_{tool.price_model}", lang) if tool.price_model else None
    amount = _entry_price(tool, lang, catalog) or _foreign_price(tool, lang, catalog)
    return ", ".join(part for part in (model, amount) if part) or None


def _entry_price(tool: Any, lang: str, catalog: Texts) -> str | None:
    """Write the entry plan that ``tools.csv`` tells."""
    if tool.price_unit is None or not (tool.price_eur or tool.price_fixed_eur):
        return None
    parts = []
    if tool.price_fixed_eur:
        period = tool.price_unit.replace("per_user_", "")
        parts.append(
            f"{write_euros(tool.price_fixed_eur, lang)} {catalog.text(f'price_unit_{period}', lang)}"
        )
    if tool.price_eur:
        unit = catalog.text(f"price_unit_{tool.price_unit}", lang)
        parts.append(catalog.text("price", lang, amount=write_euros(tool.price_eur, lang), unit=unit))
    said = " + ".join(parts)
    if tool.price_from:
        said = catalog.text("cost_from", lang, low=said)
    if tool.price_min_seats:
        said = catalog.text("price_least_seats", lang, price=said, seats=f"{tool.price_min_seats:.0f}")
    return said


def _foreign_price(tool: Any, lang: str, catalog: Texts) -> str | None:
    """Write the lowest plan in another currency."""
    if tool.price_currency is None:
        return None
    prices = catalog.table("prices")
    rows = prices[(prices["tool_id"] == tool.tool_id) & (prices["fixed"] + prices["per_seat"] > 0)]
    if rows.empty:
        return None
    plan = rows.sort_values(["per_seat", "fixed"], kind="stable").iloc[0]
    parts = []
    for amount, per_seat in ((plan["fixed"], ""), (plan["per_seat"], "user_per_")):
        if amount:
            unit = catalog.text(f"price_unit_per_{per_seat}{plan['period']}", lang)
            number = write_number(amount, lang, 2)
            parts.append(catalog.text("price", lang, amount=f"{number}{HARD}{plan['currency']}", unit=unit))
    return catalog.text("cost_from", lang, low=" + ".join(parts))


def write_day(day: str, lang: str, catalog: Texts) -> str:
    """Write a day, a month or a year given as ``2026-03-08``, ``2026-03`` or ``2026``.

    Parameters
    ----------
    day : str
        The day; text that is none comes back as it is.
    lang : {"fr", "en"}
        Language.
    catalog : Catalog
        Catalog with the names of the months.

    Returns
    -------
    str
        The day in words.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> print(write_day("2026-03-01", "en", load_catalog()))
    1...March 2026
    >>> print(write_day("2024-02", "fr", load_catalog()))
    février...2024
    """
    parts = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d{2}))?)?", day)
    if parts is None:
        return day
    year, month, number = parts.groups()
    words = [year]
    if month:
        words.insert(0, catalog.text("month_names", lang).split(LIST_SEPARATOR)[int(month) - 1])
    if number:
        first = "1er" if lang == "fr" and number == "01" else str(int(number))
        words.insert(0, first)
    return HARD.join(words[:2]) + "".join(f" {word}" for word in words[2:])


def inside(text: str) -> str:
    """Begin a label with a small letter, as inside a sentence; an acronym stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def write_statistic(statistic: str, value: float, lang: str, catalog: Texts) -> str:
    """Write a figure of a branch as a sentence, in its unit.

    Parameters
    ----------
    statistic : str
        Key in the table ``statistics``.
    value : float
        The figure, a share from 0 to 1 or a number.
    lang : {"fr", "en"}
        Language.
    catalog : Catalog
        Catalog of the table.

    Returns
    -------
    str
        The sentence, without a full stop.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> write_statistic("apprentice_share", 0.0442, "en", load_catalog())
    '4.4% of the staff are apprentices'
    """
    sentence = catalog.table("statistics").set_index("statistic").loc[statistic]
    figure = write_share(value, lang) if sentence["unit"] == "share" else write_number(value, lang, 1)
    return filled(str(sentence[f"text_{lang}"]), value=figure)


def typeset(text: str, lang: str) -> str:
    """Put typographic apostrophes, and in French the blanks that keep a sign with its word.

    Parameters
    ----------
    text : str
        A sentence with plain blanks.
    lang : {"fr", "en"}
        Language.

    Returns
    -------
    str
        The sentence, its words unchanged.

    Examples
    --------
    >>> typeset("Qui l'a fait ?", "fr") == "Qui l’a fait\u202f?"
    True
    """
    curled = _APOSTROPHE.sub("’", text)
    if lang != "fr":
        return curled
    spaced = _COLON.sub(HARD, _SPACED.sub(THIN, curled)).replace("« ", f"«{HARD}")
    return _UNIT.sub(HARD, spaced)
