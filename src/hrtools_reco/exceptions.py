"""The errors of the library: every one is a ``ValueError`` that says what is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


def plain(value: object) -> object:
    """Return a NumPy scalar as the Python value that a reader expects to see."""
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value


class InvalidValueError(ValueError):
    """A value that a field cannot take.

    Parameters
    ----------
    name : str
        Field that holds the value.
    right : str
        What is right, with its unit.
    got : object
        What came.
    hint : str, default=""
        Where to look, or the nearest valid choices.

    Examples
    --------
    >>> print(InvalidValueError("headcount", "a whole number of employees, at least 1", 0))
    headcount must be a whole number of employees, at least 1. Got 0.
    """

    def __init__(self, name: str, right: str, got: object, hint: str = "") -> None:
        self.name, self.right, self.got, self.hint = name, right, plain(got), hint
        super().__init__(f"{name} must be {right}. Got {self.got!r}.{' ' + hint if hint else ''}")


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
        Position of the row in the table, from 0.
    column : str
        Column of the cell.
    value : object
        What came.
    message : str
        What is right.
    """

    row: int
    column: str
    value: object
    message: str


class InvalidTableError(ValueError):
    """A table with refused cells; ``rejects`` lists every one of them.

    Parameters
    ----------
    rejects : sequence of Reject
        The refused cells, at least one, in the order of the rows.
    """

    def __init__(self, rejects: Sequence[Reject]) -> None:
        self.rejects = tuple(rejects)
        shown = [f"row {reject.row}: {reject.message}" for reject in self.rejects[:5]]
        more = len(self.rejects) - len(shown)
        super().__init__("\n".join(shown) + (f"\n… and {more} more" if more else ""))


class CatalogError(ValueError):
    """A catalog that breaks its schema: file, row and column are named."""


class LoadError(ValueError):
    """A saved recommender that is refused: changed, truncated, foreign or unknown."""
