"""Feedback from use: what each firm was shown, took up and dropped, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_count, invalid
from hrtools_reco.catalog import Catalog, catalog_of
from hrtools_reco.columns import COMPANY_ID, TOOL_ID
from hrtools_reco.exceptions import InvalidTableError
from hrtools_reco.files import company_chunks
from hrtools_reco.firms.adoptions import ToolReader, refuse_missing
from hrtools_reco.firms.cells import is_missing, visible
from hrtools_reco.firms.readers import TableReader, settled
from hrtools_reco.tables import as_pandas, frame_of_rows, is_table

SHOWN_ON, ADOPTED_ON, DROPPED_ON = "shown_on", "adopted_on", "dropped_on"
DATES = (SHOWN_ON, ADOPTED_ON, DROPPED_ON)
COLUMNS = (COMPANY_ID, TOOL_ID, *DATES)
_ROWS_OF_CHUNK = 1 << 16
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_TAKEN = "a file of feedback, a table (pandas, polars, Arrow …) or a sequence of mappings"
_RIGHT_DAY = "a day: a date, or a text such as 2026-11-24 or 24/11/2026"


@dataclass(frozen=True, kw_only=True, eq=False)
class Feedback:
    """What firms were shown, took up and dropped, and when; ``read_feedback`` makes it.

    Attributes
    ----------
    frame : DataFrame
        One pair of firm and tool a row, in the order that came: ``company_id, tool_id, shown_on, adopted_on,
        dropped_on``, the last three as days, empty where it did not happen.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> log = [{"company_id": "a", "tool_id": "moodle", "shown_on": "2026-03-02", "adopted_on": "2026-04-01"},
    ...        {"company_id": "a", "tool_id": "indeed", "shown_on": "2026-03-02", "adopted_on": None}]
    >>> feedback = hr.read_feedback(log)
    >>> len(feedback.shown), len(feedback.adoptions), len(feedback.as_of("2026-03-15").adoptions)
    (2, 1, 0)
    """

    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def adoptions(self) -> pd.DataFrame:
        """Return the pairs in use, as ``fit`` takes them: taken up, and not dropped since."""
        return self._pairs(self.frame[ADOPTED_ON].notna() & self.frame[DROPPED_ON].isna())

    @property
    def shown(self) -> pd.DataFrame:
        """Return the pairs that the firm was shown, as ``fit`` takes them."""
        return self._pairs(self.frame[SHOWN_ON].notna())

    def as_of(self, on: date | str, *, wait_days: int = 0) -> Self:
        """Return what was known when a day began: nothing that happened on it or later.

        Parameters
        ----------
        on : date or str
            The day, as a date or such as ``"2026-11-24"``.
        wait_days : int, default=0
            Days that a firm needs to make up its mind: what it was shown later than that and has not taken up
            is left out, since it is not refused yet.

        Returns
        -------
        Feedback
            The pairs shown or taken up before that day.

        Raises
        ------
        InvalidValueError
            If a parameter is wrong.
        """
        day = np.datetime64(read_day("on", on))
        ripe = day - np.timedelta64(check_count("wait_days", wait_days, 0, "of days"), "D")
        known = {name: self.frame[name].where(self.frame[name].to_numpy() < day) for name in DATES}
        decided = (known[SHOWN_ON].to_numpy() < ripe) | known[ADOPTED_ON].notna()
        return type(self)(frame=self.frame.assign(**known)[decided].reset_index(drop=True))

    def shown_from(self, on: date | str) -> Self:
        """Return the pairs that were shown on a day or later, with what came of them.

        Parameters
        ----------
        on : date or str
            The day, as a date or such as ``"2026-11-24"``.

        Returns
        -------
        Feedback
            Those pairs.

        Raises
        ------
        InvalidValueError
            If it is no day.
        """
        late = self.frame[SHOWN_ON].to_numpy() >= np.datetime64(read_day("on", on))
        return type(self)(frame=self.frame[late].reset_index(drop=True))

    def _pairs(self, chosen: pd.Series) -> pd.DataFrame:
        """Return some pairs as a long table."""
        return self.frame.loc[chosen, [COMPANY_ID, TOOL_ID]].reset_index(drop=True)


def read_feedback(source: Any, *, catalog: Catalog | None = None, on: date | str | None = None) -> Feedback:
    """Read what firms were shown, took up and dropped, for ``fit`` and for ``evaluation``.

    A tool that was dropped is shown and not adopted. A tool that a firm was never shown stays unknown: it
    needs no row. A tool that a firm took up without having been shown it has an empty ``shown_on``: it counts
    as in place, and teaches nothing.

    Parameters
    ----------
    source : path-like, table or sequence of mappings
        One pair of firm and tool a row, in the columns ``company_id, tool_id, shown_on, adopted_on`` and, if
        tools were dropped, ``dropped_on``; more columns are not read. A file of any kind that
        ``read_companies_file`` takes, a table of any library, or rows. Days are dates, or texts such as
        ``2026-11-24`` or ``24/11/2026`` (the day first); a time of day is cut off.
    catalog : Catalog, optional
        Catalog of the tools; ``None`` is the bundled one.
    on : date or str, optional
        Day after which nothing can have happened; ``None`` is today.

    Returns
    -------
    Feedback
        Its ``adoptions`` and ``shown`` are what ``ToolRecommender.fit`` takes.

    Raises
    ------
    InvalidTableError
        If a firm or a tool is missing or unknown, a day cannot be read, lies in the future or before the one
        that it follows, or a pair stands twice. Rows are counted from 0, those of a file as a spreadsheet
        counts them.
    InvalidValueError
        If there is no such file, the source is nothing that can be read, or a column is missing.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firms = hr.simulate_firms(3, seed=1)
    >>> log = firms[["company_id"]].assign(tool_id="moodle", shown_on="02/03/2026", adopted_on="2026-04-01")
    >>> feedback = hr.read_feedback(log, on="2026-11-24")
    >>> hr.ToolRecommender().fit(firms, feedback.adoptions, feedback.shown).n_firms_
    3
    """
    table, rows = _table_of(source)
    missing = [name for name in COLUMNS[:-1] if name not in table.columns]
    if missing:
        right = f"columns of feedback: {', '.join(COLUMNS[:-1])} and, if tools were dropped, {DROPPED_ON}"
        raise invalid(missing[0], right, [*map(str, table.columns)])
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise invalid("column of feedback", "named once", twice)
    last = date.today() if on is None else read_day("on", on)
    return _Reading(table, rows, catalog_of(catalog).tool_ids, last).feedback()


def _table_of(source: Any) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table of a source, and the number of each row as a message says it."""
    if isinstance(source, str | Path):
        chunks = list(company_chunks(source, _ROWS_OF_CHUNK))
        if rejects := [reject for chunk in chunks for reject in chunk.rejects]:
            raise InvalidTableError(rejects)
        table = pd.concat([chunk.companies for chunk in chunks], ignore_index=True)
        return table, np.concatenate([chunk.rows for chunk in chunks])
    if isinstance(source, list | tuple) and all(isinstance(row, Mapping) for row in source):
        table = frame_of_rows(source)
    elif is_table(source):
        table = as_pandas(source, "source")
    else:
        raise invalid("source", _TAKEN, type(source).__name__)
    return table, np.arange(len(table))


def read_day(name: str, cell: object) -> date:
    """Read a day: a date, or a text in ISO or French order; a time of day is cut off.

    Parameters
    ----------
    name : str
        Field that holds the cell.
    cell : object
        The cell, not missing.

    Returns
    -------
    date
        The day.

    Raises
    ------
    InvalidValueError
        If it is none.

    Examples
    --------
    >>> read_day("shown_on", "24/11/2026") == read_day("shown_on", "2026-11-24T08:00")
    True
    """
    value = pd.Timestamp(cell).to_pydatetime() if isinstance(cell, np.datetime64) else cell
    try:
        if isinstance(value, str):
            text = visible(value)
            french = _FRENCH_DAY.fullmatch(text.partition(" ")[0])
            value = (
                date(int(french[3]), int(french[2]), int(french[1]))
                if french
                else datetime.fromisoformat(text)
            )
    except ValueError:
        value = None
    if not isinstance(value, date) or is_missing(value):
        raise invalid(name, _RIGHT_DAY, cell)
    return value.date() if isinstance(value, datetime) else value


class _Reading:
    """Reads one table of feedback: each column whole, then what the columns say together."""

    def __init__(self, table: pd.DataFrame, rows: np.ndarray, tool_ids: tuple[str, ...], last: date) -> None:
        self._tools = ToolReader(tool_ids)
        self._rows, self._last = rows, np.datetime64(last)
        readers = {name: partial(read_day, name) for name in DATES}
        columns = table[[name for name in COLUMNS if name in table.columns]]
        self._reader = TableReader(columns.reset_index(drop=True), {TOOL_ID: self._tools, **readers})

    def feedback(self) -> Feedback:
        """Return what was read, or raise with what is refused."""
        keys, texts = self._reader.keys(COMPANY_ID)
        tools = self._reader.read(TOOL_ID)
        refuse_missing(self._reader, tools.codes < 0, TOOL_ID, self._tools)
        days = {name: self._days(name) for name in DATES}
        for name in DATES:
            self._refuse(name, days[name], days[name] > self._last, f"no later than {self._last}")
        self._refuse_order(days)
        names = np.array([*tools.values, None], dtype=object)[tools.codes]
        self._refuse_twice(texts, names)
        if self._reader.rejects:
            found = sorted(self._reader.rejects, key=lambda reject: reject.row)
            raise InvalidTableError([replace(one, row=int(self._rows[one.row])) for one in found])
        return Feedback(frame=pd.DataFrame({COMPANY_ID: settled(keys), TOOL_ID: names, **days}))

    def _days(self, name: str) -> np.ndarray:
        """Read a column of days; not a time where none is given."""
        found = self._reader.read(name)
        return np.array([*found.values, np.datetime64("NaT")], dtype="datetime64[s]")[found.codes]

    def _refuse_order(self, days: Mapping[str, np.ndarray]) -> None:
        """Refuse what happened before, or without, what comes first."""
        shown, adopted, dropped = (days[name] for name in DATES)
        neither = np.isnat(shown) & np.isnat(adopted)
        self._refuse(SHOWN_ON, shown, neither, f"given, where {ADOPTED_ON} is empty too")
        self._refuse(ADOPTED_ON, adopted, adopted < shown, f"no earlier than {SHOWN_ON}")
        alone = ~np.isnat(dropped) & np.isnat(adopted)
        self._refuse(DROPPED_ON, dropped, alone, f"empty where {ADOPTED_ON} is: what is dropped was taken up")
        self._refuse(DROPPED_ON, dropped, dropped < adopted, f"no earlier than {ADOPTED_ON}")

    def _refuse_twice(self, texts: np.ndarray, names: np.ndarray) -> None:
        """Refuse a pair that stands twice."""
        pairs = pd.DataFrame({COMPANY_ID: texts, TOOL_ID: names})
        for row in np.flatnonzero((pairs.duplicated() & pairs.notna().all(axis=1)).to_numpy()):
            pair = f"{texts[row]} and {names[row]}"
            error = invalid(f"{COMPANY_ID} and {TOOL_ID}", "together in one row only", pair)
            self._reader.refuse(row, TOOL_ID, pair, error)

    def _refuse(self, name: str, days: np.ndarray, wrong: np.ndarray, right: str) -> None:
        """Refuse the days of some rows, but for those that could not be read."""
        unread = set(self._reader.refused_rows(*DATES))
        for row in np.flatnonzero(wrong):
            if row not in unread:
                day = None if np.isnat(days[row]) else str(days[row].astype("datetime64[D]"))
                self._reader.refuse(row, name, day, invalid(name, right, day))
