"""What experts judge of each tool, on average: the table ``tool_judgements`` as arrays."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from hrtools_reco.catalog.catalog import Catalog, split_list

_GRADE = "grade_from_"


class Judgement:
    """The table ``tool_judgements``: what experts say of each tool, on average.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the table ``tool_judgements``; without it no tool is judged.

    Attributes
    ----------
    judged : ndarray of bool of shape (n_tools,)
        Tools that an expert has judged; all else is 0 for the others.
    heads : ndarray of shape (n_sizes,)
        Employees in the middle of each class of sizes.
    grades : ndarray of shape (n_sizes, n_tools)
        Grade at each size, from -1 to 3.
    needs : ndarray of shape (n_needs, n_tools)
        How strongly the tool answers each need, from 0 to 3.
    ready : ndarray of shape (n_dimensions, n_tools)
        Maturity score from which the tool works, from 0 to 100.
    outgrown : ndarray of shape (n_dimensions, n_tools)
        Maturity score from which a firm has outgrown it; 100 is never.
    asks : ndarray of shape (n_facts, n_tools)
        Share of the experts who ask for each fact.
    budget : ndarray of shape (n_tools,)
        Yearly digital budget from which the tool is thinkable, as log10(1 + EUR).
    anyway : ndarray of shape (n_tools,)
        Worth to a firm without a pressing need, from 0 to 3.
    first_choice : ndarray of shape (n_tools,)
        How often it is named first among its stand-ins, from 0 to 1.
    """

    def __init__(self, catalog: Catalog) -> None:
        empty = pd.DataFrame(columns=["tool_id", "asks", "budget_from_eur", "anyway", "first_choice"])
        table = catalog.table("tool_judgements") if "tool_judgements" in catalog.table_names else empty
        places = {tool_id: place for place, tool_id in enumerate(catalog.tool_ids)}
        owner = np.array([places[tool_id] for tool_id in table["tool_id"]], dtype=np.int64)
        n_experts = np.bincount(owner, minlength=len(places))
        self.judged = n_experts > 0

        def mean(cells: np.ndarray, nothing: float = 0.0) -> np.ndarray:
            """Return the mean of rows of cells over the experts, a column for each tool."""
            sums = np.zeros((len(places), cells.shape[1]))
            np.add.at(sums, owner, np.where(np.isnan(cells), nothing, cells))
            found: np.ndarray = np.where(self.judged, sums.T / np.maximum(n_experts, 1), nothing)
            return found

        def columns(names: Sequence[str]) -> np.ndarray:
            """Return some columns; one that is not there is empty."""
            return table.reindex(columns=list(names)).to_numpy(dtype=float)

        sizes = [str(name) for name in table.columns if str(name).startswith(_GRADE)]
        lows = np.array([float(name.removeprefix(_GRADE)) for name in sizes])
        self.heads = np.sqrt(lows * np.append(lows[1:] - 1.0, 4.0 * lows[-1:]))
        self.grades = mean(columns(sizes))
        self.needs = mean(columns([f"need_{key}" for key in catalog.keys("needs")]))
        dimensions = catalog.keys("dimensions")
        self.ready = mean(columns([f"ready_{key}" for key in dimensions]))
        self.outgrown = mean(columns([f"outgrown_{key}" for key in dimensions]), nothing=100.0)
        asked, facts = [split_list(cell) for cell in table["asks"]], catalog.keys("facts")
        marks = [float(fact in cell) for cell in asked for fact in facts]
        self.asks = mean(np.array(marks).reshape(len(asked), len(facts)))
        self.budget = mean(np.log10(1.0 + columns(["budget_from_eur"])))[0]
        self.anyway, self.first_choice = mean(columns(["anyway", "first_choice"]))

    def size_from(self, grade: float, headcounts: np.ndarray) -> np.ndarray:
        """Return the first of some headcounts at which each tool reaches a grade, or else its best one."""
        grades = self.grades_at(headcounts)
        first: np.ndarray = headcounts[(grades >= np.minimum(grade, grades.max(axis=0))).argmax(axis=0)]
        return first

    def grades_at(self, headcount: np.ndarray) -> np.ndarray:
        """Return the grades at some headcounts, of shape (n_headcounts, n_tools)."""
        if not len(self.heads):
            return np.zeros((len(headcount), len(self.judged)))
        size = np.interp(np.log(np.maximum(headcount, 1.0)), np.log(self.heads), np.arange(len(self.heads)))
        low = np.minimum(size.astype(int), len(self.heads) - 2)
        share = (size - low)[:, None]
        return (1.0 - share) * self.grades[low] + share * self.grades[low + 1]


@functools.lru_cache(maxsize=8)
def judgement_of(catalog: Catalog) -> Judgement:
    """Return the judgement of the tools of a catalog, read once."""
    return Judgement(catalog)
