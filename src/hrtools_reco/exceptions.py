"""The errors of the library: every one is a ``ValueError`` that says what is right.

::

    HRToolsError                  whatever the library refuses
    ├── InvalidValueError         a value that a field cannot take
    │   ├── UnknownNameError      a name that stands in no table
    │   ├── AmbiguousBranchError  a code that fits several branches
    │   └── InvalidTableError     a table with refused cells
    ├── CatalogError              a catalog that breaks its schema
    ├── LoadError                 a saved recommender that is refused
    └── NotFittedError            a model that is asked before ``fit``

Each of them can be pickled, so it crosses the border of a process. ``NotFittedError`` is that of scikit-learn
too; it stands in a module of its own, so that errors can be caught without loading scikit-learn.
"""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LONGEST_TEXT = 200
_BRIEF = reprlib.Repr()
_BRIEF.maxlist = _BRIEF.maxtuple = _BRIEF.maxset = _BRIEF.maxfrozenset = _BRIEF.maxdict = 50
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = _LONGEST_TEXT


def shown(value: object) -> str:
    """Write any object as a message shows it: as Python writes it, never long, and never a failure."""
    try:
        if isinstance(value, str | bytes):
            text = repr(value[: _LONGEST_TEXT + 1])
        elif type(value) in (list, tuple, dict, set, frozenset):
            text = _BRIEF.repr(value)
        else:
            text = repr(plain(value))
    except Exception:
        text = f"a value of the type {type(value).__name__}"
    return shortened(text)


def as_text(value: object) -> str:
    """Write any object as the text of a cell: words as they are, a missing one as nothing."""
    if value is None:
        return ""
    return shortened(value) if isinstance(value, str) else shown(value)


def shortened(text: str) -> str:
    """Cut a long text, so that it can be written."""
    return writable(f"{text[:_LONGEST_TEXT]}…" if len(text) > _LONGEST_TEXT else text)


def writable(text: str) -> str:
    """Write what no file can hold (half a surrogate pair) by its code."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def plain(value: object) -> object:
    """Return a NumPy scalar as the Python value that a reader expects to see."""
    is_scalar = type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0
    return value.item() if is_scalar and hasattr(value, "item") else value


class HRToolsError(ValueError):
    """Whatever the library refuses: the base of all its errors.

    Parameters
    ----------
    message : str
        What is right, and what came.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> try:
    ...     hr.recommend({"branch": "couture", "headcount": -1})
    ... except hr.HRToolsError as error:
    ...     print(type(error).__name__)
    InvalidValueError
    """

    def __init__(self, message: str) -> None:
        super().__init__(writable(message))

    def __reduce__(self) -> tuple[Any, ...]:
        return _made_again, (type(self), str(self), dict(vars(self)))


def _made_again(kind: type[HRToolsError], message: str, state: Mapping[str, Any]) -> HRToolsError:
    """Make an error again from its message and its attributes."""
    error = kind.__new__(kind, message)
    vars(error).update(state)
    return error


class InvalidValueError(HRToolsError):
    """A value that a field cannot take.

    Parameters
    ----------
    name : str
        Field that holds the value.
    right : str
        What is right, with its unit.
    got : object
        What came; the error keeps it as the message shows it (``got``), and as the text of a cell
        (``value``).
    hint : str, default=""
        Where to look, or the nearest valid choices.

    Examples
    --------
    >>> print(InvalidValueError("headcount", "a whole number of employees, at least 0", -1))
    headcount must be a whole number of employees, at least 0. Got -1.
    """

    def __init__(self, name: str, right: str, got: object, hint: str = "") -> None:
        self.name, self.right, self.hint = shortened(str(name)), right, hint
        self.got, self.value = shown(got), as_text(got)
        super().__init__(f"{self.name} must be {right}. Got {self.got}.{' ' + hint if hint else ''}")


class UnknownNameError(InvalidValueError):
    """A name that stands in no table: a branch, a tool, a dimension, a column."""


class AmbiguousBranchError(InvalidValueError):
    """A code that leaves the branch open: the message names the candidates and what would decide.

    Parameters
    ----------
    name : str
        Field that holds the value.
    right : str
        What is right.
    got : object
        What came.
    hint : str, default=""
        The candidates, and what would decide.
    candidates : tuple of str, default=()
        Keys of the branches that it may be.
    """

    def __init__(
        self, name: str, right: str, got: object, hint: str = "", candidates: tuple[str, ...] = ()
    ) -> None:
        super().__init__(name, right, got, hint)
        self.candidates = candidates


@dataclass(frozen=True, kw_only=True)
class Reject:
    """One refused cell of a table.

    Attributes
    ----------
    row : int
        Position of the row in what came in, from 0.
    column : str
        Column of the cell.
    value : str
        What came, as text; a long one is cut.
    message : str
        What is right.
    """

    row: int
    column: str
    value: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``row, column, value, message``.
        """
        return {"row": self.row, "column": self.column, "value": self.value, "message": self.message}


class InvalidTableError(InvalidValueError):
    """A table with refused cells; ``rejects`` lists every one of them.

    Parameters
    ----------
    rejects : sequence of Reject
        The refused cells, at least one, in the order of the rows.
    """

    def __init__(self, rejects: Sequence[Reject]) -> None:
        self.rejects = tuple(rejects)
        first = self.rejects[0]
        self.name, self.right, self.hint = first.column, first.message, ""
        self.got = self.value = first.value
        lines = [f"row {reject.row}: {reject.message}" for reject in self.rejects[:5]]
        more = len(self.rejects) - len(lines)
        HRToolsError.__init__(self, "\n".join(lines) + (f"\n… and {more} more" if more else ""))


class CatalogError(HRToolsError):
    """A catalog that breaks its schema: file, row and column are named."""


class LoadError(HRToolsError):
    """A saved recommender that is refused: changed, truncated, foreign or unknown."""
