"""Numbers, sums, days and punctuation as they are written in French and in English."""

from __future__ import annotations

import re

from hrtools_reco.catalog.catalog import Catalog
from hrtools_reco.columns import LIST_SEPARATOR

THIN, HARD = "\u202f", "\u00a0"
_SPACED = re.compile(r" +(?=[;?!])")
_COLON = re.compile(r" +(?=[:»])")
_UNIT = re.compile(r"(?<=\d)[ \u00a0](?=[%€]|\d{3}(?!\d))")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


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


def write_day(day: str, lang: str, catalog: Catalog) -> str:
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
