"""First acts: what a head can do this month, for a need, a weak dimension, a missing fact or a tool."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.texts import Text

NEED, DIMENSION, FACT, FUNCTION = "need", "dimension", "fact", "function"


@dataclass(frozen=True, kw_only=True)
class Act:
    """One sentence that says what to do first, and who helps with it.

    Attributes
    ----------
    text : Text
        The sentence.
    helpers : tuple of int
        Positions of the tools that help, the first to ask first.
    """

    text: Text
    helpers: tuple[int, ...]


class FirstActs:
    """The table ``first_acts``, by what an act is for.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the table.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._rows: dict[tuple[str, str], list[tuple[float, float, Act]]] = {}
        for row in catalog.table("first_acts").to_dict("records"):
            helpers = tuple(catalog.position(key) for key in split_list(row["helpers"]))
            act = Act(text=Text(row["text_fr"], row["text_en"]), helpers=helpers)
            rows = self._rows.setdefault((row["kind"], row["target"]), [])
            rows.append((float(row["score_from"]), float(row["headcount_from"]), act))

    def find(self, kind: str, target: str, size: float, score: float = 0.0) -> Act | None:
        """Return the act for a firm of a size and a score; None where the table has none."""
        fitting = [
            (score_from, size_from, act)
            for score_from, size_from, act in self._rows.get((kind, target), ())
            if score_from <= score and size_from <= size
        ]
        return max(fitting, key=lambda row: row[:2])[2] if fitting else None


@functools.lru_cache(maxsize=8)
def first_acts(catalog: Catalog) -> FirstActs:
    """Return the first acts of a catalog, read once."""
    return FirstActs(catalog)
