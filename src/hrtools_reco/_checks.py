"""The one place where an error about a value is built."""

from __future__ import annotations

import difflib
import math
import unicodedata
from collections.abc import Iterable

from hrtools_reco.exceptions import InvalidValueError, UnknownNameError


def fold(text: str) -> str:
    """Reduce a name to what is compared: no case, accents, blanks or punctuation."""
    decomposed = unicodedata.normalize("NFKD", str(text).replace("œ", "oe").replace("Œ", "oe"))
    return "".join(c for c in decomposed.casefold() if c.isalnum())


def nearest(value: object, choices: Iterable[str], n: int = 3) -> list[str]:
    """Find the choices whose folded spelling is nearest to a value."""
    by_fold: dict[str, str] = {}
    for choice in choices:
        by_fold.setdefault(fold(choice), str(choice))
    found = difflib.get_close_matches(fold(str(value)), list(by_fold), n=n, cutoff=0.5)
    return [by_fold[key] for key in found]


def invalid(name: str, right: str, got: object, hint: str = "") -> InvalidValueError:
    """Build the error of a value that a field cannot take."""
    return InvalidValueError(name, right, got, hint)


def unknown_name(name: str, got: object, choices: Iterable[str], right: str = "") -> UnknownNameError:
    """Build the error of an unknown name, with the nearest known ones."""
    known = list(choices)
    close = nearest(got, known)
    if close:
        hint = f"Nearest: {', '.join(close)}."
    elif len(known) <= 12:
        hint = f"Known: {', '.join(known)}."
    else:
        hint = ""
    return UnknownNameError(name, right or "a known name", got, hint)


def check_choice(name: str, value: object, choices: Iterable[str], right: str = "") -> str:
    """Return a name that is among the choices, or raise with the nearest ones."""
    known = list(choices)
    if isinstance(value, str) and value in known:
        return value
    raise unknown_name(name, value, known, right or f"one of {len(known)} known names")


def check_number(name: str, value: object, low: float, high: float = math.inf, unit: str = "") -> float:
    """Return a finite number within bounds, or raise."""
    bounds = f"from {low:g} to {high:g}" if high != math.inf else f"at least {low:g}"
    right = f"a number {bounds}{' ' + unit if unit else ''}"
    if isinstance(value, bool) or (not isinstance(value, (int, float)) and not hasattr(value, "__float__")):
        raise invalid(name, right, value)
    number = float(value)
    if not math.isfinite(number) or not low <= number <= high:
        raise invalid(name, right, value)
    return number


def check_count(name: str, value: object, low: int = 1, unit: str = "") -> int:
    """Return a whole number of at least ``low``, or raise."""
    right = f"a whole number{' ' + unit if unit else ''}, at least {low}"
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise invalid(name, right, value)
    number = int(value)
    if number < low:
        raise invalid(name, right, value)
    return number
