"""Progress of many firms at once, each measured on the questions that it answered alike both times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.diagnostic.form import Form
from hrtools_reco.diagnostic.progress import Points, common_scores, points_of
from hrtools_reco.diagnostic.tables import (
    by_version,
    checked_columns,
    headcounts_told,
    questions_of,
    read_sheet,
)
from hrtools_reco.exceptions import InvalidTableError, Reject
from hrtools_reco.firms import key_text

COLUMNS = (COMPANY_ID, "dimension", "before", "after", "change", "step", "n_questions")


def progress_table(before: pd.DataFrame, after: pd.DataFrame, form: Form, catalog: Catalog) -> pd.DataFrame:
    """Compare two tables of answers; see ``Questionnaire.compare_frames``."""
    sides = [_Side(table, name, form, catalog) for table, name in ((before, "before"), (after, "after"))]
    rows = pd.Index(sides[0].keys).get_indexer(pd.Index(sides[1].keys))
    at = [rows[rows >= 0], np.flatnonzero(rows >= 0)]
    sizes = [side.headcount[places] for side, places in zip(sides, at, strict=True)]
    headcount = np.where(np.isnan(sizes[1]), sizes[0], sizes[1])
    earlier, later = (side.points(places, headcount) for side, places in zip(sides, at, strict=True))
    ids = after[COMPANY_ID].iloc[at[1]].to_numpy(dtype=object)
    parts = [
        pd.DataFrame(dict(zip(COLUMNS, (ids, key, first, second, second - first, step, n), strict=True)))
        for key, (first, second, step, n) in common_scores(earlier, later, form).items()
    ]
    table = pd.concat(parts, ignore_index=True)
    order = np.arange(len(table)).reshape(len(parts), -1).T.ravel()
    return table.iloc[order].reset_index(drop=True)


class _Side:
    """The answers of one time."""

    def __init__(self, table: pd.DataFrame, name: str, form: Form, catalog: Catalog) -> None:
        if COMPANY_ID not in table:
            raise invalid(name, f"a table with the column {COMPANY_ID!r}", list(table.columns))
        self.keys = [key_text(key) for key in table[COMPANY_ID]]
        if len(set(self.keys)) < len(self.keys):
            twice = pd.Series(self.keys)
            raise invalid(f"{COMPANY_ID} of {name}", "unique", twice[twice.duplicated()].iloc[0])
        checked_columns(table, form)
        self.headcount, refused = headcounts_told(table, catalog)
        refused += _wrong_cells(table, self.headcount, form)
        if refused:
            raise InvalidTableError(sorted(refused, key=lambda reject: reject.row))
        self._table, self._form = table.reset_index(drop=True), form

    def points(self, places: np.ndarray, headcount: np.ndarray) -> Points:
        """Put the answers of some firms on the scale of the questionnaire, at some headcounts."""
        shape = (len(places), len(self._form.codes))
        values, same = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
        part = self._table.iloc[places].reset_index(drop=True)
        for version, rows in by_version(part, self._form):
            own = _questions_in(part, version, self._form)
            found = points_of(part.loc[rows, own], version, headcount[rows], self._form)
            values[rows], same[rows] = found.values, found.same
        return Points(values=values, same=same)


def _questions_in(table: pd.DataFrame, version: str, form: Form) -> list[str]:
    """Return the questions of a version that a table holds."""
    return [name for name in questions_of(form, version) if name in table]


def _wrong_cells(table: pd.DataFrame, headcount: np.ndarray, form: Form) -> list[Reject]:
    """Return the cells that are no answer."""
    refused: list[Reject] = []
    for version, rows in by_version(table, form):
        own = _questions_in(table, version, form)
        sheet = read_sheet(table.iloc[rows][own], version, headcount[rows], form)
        refused += [replace(reject, row=int(rows[reject.row])) for reject in sheet.rejects]
    return refused
