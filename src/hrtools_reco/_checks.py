"""The one place where an error about a value is built."""

from __future__ import annotations

import collections
import difflib
import functools
import math
import numbers
import os
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, SupportsInt

from hrtools_reco.exceptions import InvalidValueError, Reject, UnknownNameError, as_text

LARGEST_COUNT = 2**31 - 1
_COMPARED_NAMES = 12


def fold(text: str) -> str:
    """Reduce a name to what is compared: no case, accents, blanks or punctuation."""
    decomposed = unicodedata.normalize("NFKD", str(text).replace("œ", "oe").replace("Œ", "oe"))
    return "".join(c for c in decomposed.casefold() if c.isalnum())


def nearest(value: object, choices: Iterable[str], n: int = 3) -> list[str]:
    """Find the choices whose folded spelling is nearest to a value."""
    return _Spellings.of(tuple(choices)).nearest(fold(as_text(value)), n)


class _Spellings:
    """Folded names, indexed by pairs of letters, so that few of them are held against a misspelt one."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        by_fold: dict[str, str] = {}
        for choice in choices:
            by_fold.setdefault(fold(choice), str(choice))
        self._by_fold = by_fold
        self._holders: dict[str, list[str]] = {}
        for name in by_fold:
            for pair in _pairs(name):
                self._holders.setdefault(pair, []).append(name)

    @staticmethod
    @functools.lru_cache(maxsize=64)
    def of(choices: tuple[str, ...]) -> _Spellings:
        """Return the spellings of some choices, made once."""
        return _Spellings(choices)

    def nearest(self, text: str, n: int) -> list[str]:
        """Find the choices nearest to a folded text, among those that share most pairs of letters with it."""
        pairs = _pairs(text)
        shared = collections.Counter(name for pair in pairs for name in self._holders.get(pair, ()))
        alike = sorted(shared, key=lambda name: (-shared[name] / (len(pairs) + len(name) + 1), name))
        found = difflib.get_close_matches(text, alike[:_COMPARED_NAMES], n=n, cutoff=0.5)
        return [self._by_fold[name] for name in found]


def _pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring letters of a text, its first and last letter with a blank."""
    padded = f" {text} "
    return {padded[at : at + 2] for at in range(len(padded) - 1)}


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


def unknown_item(
    name: str, item: object, cell: object, choices: Iterable[str], right: str
) -> UnknownNameError:
    """Build the error of an unknown name within a list: it speaks of the name, its value is the list."""
    error = unknown_name(name, item, choices, right)
    error.value = as_text(cell)
    return error


def check_choice(name: str, value: object, choices: Iterable[str], right: str = "") -> str:
    """Return a name that is among the choices, or raise with the nearest ones."""
    known = list(choices)
    if isinstance(value, str) and value in known:
        return value
    raise unknown_name(name, value, known, right or f"one of {len(known)} known names")


def refused(row: SupportsInt, column: str, value: object, message: object) -> Reject:
    """Build the record of a refused cell."""
    return Reject(row=int(row), column=str(column), value=as_text(value), message=str(message))


def check_number(name: str, value: object, low: float, high: float = math.inf, unit: str = "") -> float:
    """Return a finite number within bounds, or raise."""
    bounds = f"from {low:g} to {high:g}" if high != math.inf else f"at least {low:g}"
    right = f"a number {bounds}{' ' + unit if unit else ''}"
    number = _as_float(value)
    if not math.isfinite(number) or not low <= number <= high:
        raise invalid(name, right, value)
    return number


def _as_float(value: object) -> float:
    """Return a number as a float; NaN for what is none."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def check_count(name: str, value: object, low: int = 1, unit: str = "", high: int = LARGEST_COUNT) -> int:
    """Return a whole number of at least ``low``, or raise; what no computer counts is refused too."""
    bound = f" and at most {high}" if high != LARGEST_COUNT else ""
    right = f"a whole number{' ' + unit if unit else ''}, at least {low}{bound}"
    number = int(value) if not isinstance(value, bool) and isinstance(value, numbers.Integral) else None
    if number is None or not low <= number <= high:
        raise invalid(name, right, value)
    return number


def check_flag(name: str, value: object) -> bool:
    """Return a truth value, or raise."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise invalid(name, "True or False", value)
    return bool(value)


def check_names(name: str, values: object, choices: Iterable[str]) -> tuple[str, ...]:
    """Return names that are all among the choices, or raise with the nearest ones."""
    known = tuple(choices)
    if not isinstance(values, list | tuple | set | frozenset):
        raise invalid(name, f"a list of names among {', '.join(known)}", values)
    return tuple(check_choice(name, value, known) for value in values)


def check_mapping(name: str, value: object, right: str) -> Mapping[Any, Any]:
    """Return a mapping, or raise."""
    if not isinstance(value, Mapping):
        raise invalid(name, right, value)
    return value


def check_path(name: str, value: object) -> Path:
    """Return a path that a file system can hold, or raise."""
    if isinstance(value, str | os.PathLike):
        try:
            path = Path(value)
            path.exists()
        except (OSError, ValueError, TypeError):
            pass
        else:
            return path
    raise invalid(name, "a path", value)
