"""What one cell says, whatever its type: nothing, yes or no, a number, a list of names, a key."""

from __future__ import annotations

import numbers
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.columns import COMPANY_ID, LIST_SEPARATOR

# What takes no place in print: blanks of all widths, joiners, byte order marks.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_NOTHING = {"", "na", "n/a", "#n/a", "<na>", "nan", "nat", "none", "null"}  # as pandas reads a file
_TRUTH = dict.fromkeys(("true", "vrai", "yes", "y", "oui", "o", "1", "1.0", "1,0"), True) | dict.fromkeys(
    ("false", "faux", "no", "n", "non", "0", "0.0", "0,0"), False
)
_SIGN, _DIGIT = "[+-]?", "[0-9]"
_EXPONENT = rf"(?:[eE]{_SIGN}{_DIGIT}{{1,3}})?"
_PLAIN_NUMBER = re.compile(rf"{_SIGN}(?:{_DIGIT}+(?:[.,]{_DIGIT}*)?|[.,]{_DIGIT}+){_EXPONENT}")
_GROUPED_NUMBER = re.compile(
    rf"{_SIGN}{_DIGIT}{{1,3}}([ .,'’]){_DIGIT}{{3}}(?:\1{_DIGIT}{{3}})*(?:(?!\1)[.,]{_DIGIT}+)?"
)
_EITHER = re.compile(rf"{_SIGN}[1-9]{_DIGIT}{{0,2}}[.,]{_DIGIT}{{3}}")
_EUROS = re.compile(r"^(?:€|eur)\s*|\s*(?:€|eur|euros?)$", re.IGNORECASE)
_LONGEST_NUMBER, _LONGEST_NAME = 60, 300
_LARGEST_KEY = 2**63


def is_missing(cell: object) -> bool:
    """Tell whether a cell holds nothing: None, blanks, NaN, NA, NaT, or a word that pandas reads so."""
    if isinstance(cell, str):
        return _word(cell[:_LONGEST_NAME]) in _NOTHING and not visible(cell[_LONGEST_NAME:])
    if isinstance(cell, Decimal):
        return cell.is_nan()
    return cell is None or (pd.api.types.is_scalar(cell) and bool(pd.isna(cell)))  # type: ignore[call-overload]


def visible(text: str) -> str:
    """Return what is seen of a text: no blanks around it, nothing in it that takes no place."""
    stripped = text.strip()
    if stripped.isascii():
        return stripped
    return stripped.translate(dict.fromkeys(map(ord, _INVISIBLE))).strip()


def spoken(cell: object) -> str:
    """Return the text of a cell that names something: a text or a number; nothing for any other type."""
    if isinstance(cell, str):
        return visible(cell) if len(cell) <= _LONGEST_NAME else ""
    if is_missing(cell) or isinstance(cell, bool) or not isinstance(cell, numbers.Real | Decimal):
        return ""
    return str(cell) if -_LARGEST_KEY < cell < _LARGEST_KEY else ""  # type: ignore[operator]


def _word(text: str) -> str:
    """Reduce a word to what is compared: what is seen of it, without case and width of letters."""
    seen = visible(text)
    return (seen if seen.isascii() else unicodedata.normalize("NFKC", seen)).casefold()


def read_truth(name: str, cell: object) -> bool:
    """Read yes or no: a truth value, 1 or 0, or a word in French or English.

    Parameters
    ----------
    name : str
        Field that holds the cell.
    cell : object
        The cell, not missing.

    Returns
    -------
    bool
        What it says.

    Raises
    ------
    InvalidValueError
        If it says neither.

    Examples
    --------
    >>> [read_truth("has_internet", cell) for cell in ("Oui", "n", 1.0)]
    [True, False, True]
    """
    found = None
    if isinstance(cell, str):
        found = _TRUTH.get(_word(cell))
    elif isinstance(cell, bool | np.bool_ | numbers.Real | Decimal) and cell in (0, 1):
        found = bool(cell)
    if found is None:
        raise invalid(name, "true, false or empty (yes and no, oui and non are read too)", cell)
    return found


@dataclass(frozen=True, kw_only=True)
class NumberReader:
    """Reads the numbers of one field.

    A blank, a point, a comma or an apostrophe between groups of three digits is understood, and a decimal
    comma as well as a decimal point. Where both readings are possible ("1,500"), the number is refused.

    Attributes
    ----------
    name : str
        Field.
    right : str
        What is right, with its unit.
    low, high : float
        Bounds, both allowed.
    whole : bool
        Whether a part of one is refused.
    is_money : bool
        Whether the word euro may stand beside the number.
    """

    name: str
    right: str
    low: float
    high: float
    whole: bool = False
    is_money: bool = False

    def __call__(self, cell: object) -> float:
        """Read a cell that is not missing, or raise."""
        number = self._number_of(cell)
        if number is None or not self.low <= number <= self.high or (self.whole and number % 1 != 0):
            raise invalid(self.name, self.right, cell)
        return int(number) if self.whole else float(number)

    def takes(self, values: np.ndarray) -> np.ndarray:
        """Tell which numbers of an array are right."""
        right: np.ndarray = (values >= self.low) & (values <= self.high)
        return right & (values % 1 == 0) if self.whole else right

    def _number_of(self, cell: object) -> float | Decimal | None:
        """Return the number that a cell holds, None if it holds none."""
        if isinstance(cell, str):
            return self._number_in(cell) if len(cell) <= _LONGEST_NUMBER else None
        if isinstance(cell, Decimal):
            return cell
        if not isinstance(cell, bool) and isinstance(cell, numbers.Real):
            return cell  # type: ignore[return-value] # compares as a float does, and may be larger than any
        return None

    def _number_in(self, cell: str) -> float | None:
        """Return the number that a text holds."""
        seen = unicodedata.normalize("NFKC", visible(cell)).replace("\u2212", "-")
        text = _EUROS.sub("", seen, count=1) if self.is_money else seen
        if _EITHER.fullmatch(text) and self.high >= 1000:
            whole, decimals = re.split("[.,]", text)
            hint = f"Write {whole}{decimals}, or {f'{whole}.{decimals}'.rstrip('0').rstrip('.')}."
            raise invalid(self.name, f"{self.right}, and not to be taken in two ways", cell, hint)
        if _PLAIN_NUMBER.fullmatch(text):
            return float(text.replace(",", "."))
        if match := _GROUPED_NUMBER.fullmatch(text):
            return float(text.replace(match[1], "").replace(",", "."))
        return None


def read_items(name: str, cell: object) -> tuple[str, ...]:
    """Read a list of names: text with ``|`` between them, or a list, tuple, set or array of texts.

    Parameters
    ----------
    name : str
        Field that holds the cell.
    cell : object
        The cell, not missing.

    Returns
    -------
    tuple of str
        The names, each once; in order, those of a set sorted.

    Raises
    ------
    InvalidValueError
        If it is no list of texts.

    Examples
    --------
    >>> read_items("installed", "moodle | payfit|")
    ('moodle', 'payfit')
    """
    items = list(cell.split(LIST_SEPARATOR)) if isinstance(cell, str) else as_items(cell)
    if items is None or not all(isinstance(item, str) for item in items):
        raise invalid(name, f"a list of texts, or a text with {LIST_SEPARATOR} between the names", cell)
    names = [text for item in items if (text := visible(str(item)))]
    return tuple(sorted(set(names)) if isinstance(cell, set | frozenset) else dict.fromkeys(names))


def as_items(cell: object) -> list[Any] | None:
    """Return the items of a list, tuple, set or array that are not missing; None for any other object."""
    if isinstance(cell, np.ndarray) and cell.ndim != 1:
        return None
    if isinstance(cell, list | tuple | set | frozenset | np.ndarray):
        return [item for item in cell if not is_missing(item)]
    return None


def read_key(cell: object) -> str | int:
    """Read the key of a firm: text or a whole number, kept as it came.

    Parameters
    ----------
    cell : object
        The cell.

    Returns
    -------
    str or int
        The key.

    Raises
    ------
    InvalidValueError
        If it is empty, or of another type. A float is no key: it may have lost digits.
    """
    if is_blank(cell):
        raise invalid(COMPANY_ID, "there: each firm needs a key", cell)
    if isinstance(cell, str) and _is_writable(cell):
        return str(cell)
    is_whole = isinstance(cell, numbers.Integral) and not isinstance(cell, bool)
    if is_whole and -_LARGEST_KEY <= int(cell) < _LARGEST_KEY:  # type: ignore[call-overload]
        return int(cell)  # type: ignore[call-overload]
    right = "a text or a whole number of at most 18 digits"
    hint = 'A column of floats becomes one of whole numbers by .astype("Int64").'
    raise invalid(COMPANY_ID, right, cell, hint if isinstance(cell, float | np.floating) else "")


def is_blank(cell: object) -> bool:
    """Tell whether a key is empty: words such as "NA" may be a name."""
    return not visible(cell) if isinstance(cell, str) else is_missing(cell)


def key_text(key: str | int) -> str:
    """Reduce a key to what is compared: 1 and "1" are one key, and so are "a" and "a "."""
    return str(key) if isinstance(key, int) else unicodedata.normalize("NFC", visible(key))


def _is_writable(text: str) -> bool:
    """Tell whether a text can be written to a file: no half of a surrogate pair."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
