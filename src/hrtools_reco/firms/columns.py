"""Read the columns of a table of firms: each is converted whole, each wrong cell is recorded."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid, unknown_name
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import (
    BRANCH,
    BUDGET,
    COMPANY_ID,
    FACT_PREFIX,
    HEADCOUNT,
    HEADCOUNT_BAND,
    INSTALLED,
    MATURITY_ESTIMATED,
    MATURITY_PREFIX,
    NEED_PREFIX,
    REGION,
)
from hrtools_reco.exceptions import InvalidValueError, UnknownNameError
from hrtools_reco.firms.vocabulary import vocabulary_of

MAX_HEADCOUNT = 500_000
MAX_BUDGET = 1e9
_LIKE_A_KNOWN_COLUMN = 0.8


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One wrong cell, with the error that a single profile would raise for it."""

    row: int
    column: str
    value: object
    error: InvalidValueError


def known_columns(catalog: Catalog) -> list[str]:
    """List the columns that a table of firms may have."""
    plain = [COMPANY_ID, BRANCH, REGION, HEADCOUNT, HEADCOUNT_BAND, BUDGET, INSTALLED, MATURITY_ESTIMATED]
    prefixed = [
        prefix + key
        for prefix, name in ((MATURITY_PREFIX, "dimensions"), (NEED_PREFIX, "needs"), (FACT_PREFIX, "facts"))
        for key in catalog.keys(name)
    ]
    return plain + prefixed


def check_headers(companies: pd.DataFrame, known: Sequence[str]) -> None:
    """Refuse an empty table, a column that is missing and one that looks like a misspelt one."""
    if not isinstance(companies, pd.DataFrame):
        raise invalid("companies", "a pandas DataFrame", type(companies).__name__)
    names = [str(name) for name in companies.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise invalid("column", "named once", twice[0])
    for name in names:
        close = difflib.get_close_matches(name, known, n=1, cutoff=_LIKE_A_KNOWN_COLUMN)
        prefixed = name.startswith((MATURITY_PREFIX, NEED_PREFIX, FACT_PREFIX))
        if name not in known and (prefixed or (close and close[0] not in names)):
            raise unknown_name("column", name, known, "a column of a table of firms")
    for name in (COMPANY_ID, BRANCH):
        if name not in names:
            raise UnknownNameError("column", f"there: {name!r} is needed", names)
    if HEADCOUNT not in names and HEADCOUNT_BAND not in names:
        raise UnknownNameError("column", f"there: {HEADCOUNT!r} or {HEADCOUNT_BAND!r} is needed", names)
    if not len(companies):
        raise invalid("companies", "a table of at least one firm", f"{len(companies)} rows")


class ColumnReader:
    """Converts columns of one table and keeps the problems found on the way.

    Parameters
    ----------
    companies : DataFrame
        The table, with checked headers.
    catalog : Catalog
        Catalog whose names are valid.
    """

    def __init__(self, companies: pd.DataFrame, catalog: Catalog) -> None:
        self._companies = companies
        self._catalog = catalog
        self._words = vocabulary_of(catalog)
        self.problems: list[Problem] = []

    def __len__(self) -> int:
        return len(self._companies)

    def column(self, name: str) -> pd.Series | None:
        """Return a column, or None if the table has no such column."""
        if name not in self._companies:
            return None
        return self._companies[name].reset_index(drop=True)

    def add(self, rows: np.ndarray, name: str, cells: Any, make: Callable[[Any], InvalidValueError]) -> None:
        """Record a problem for each of some rows."""
        for row in rows:
            value = cells.iloc[row] if isinstance(cells, pd.Series) else cells
            self.problems.append(Problem(row=int(row), column=name, value=value, error=make(value)))

    def numbers(self, name: str, low: float, high: float, right: str, *, whole: bool = False) -> np.ndarray:
        """Convert a column of numbers; decimal commas are read."""
        column = self.column(name)
        if column is None:
            return np.full(len(self), np.nan)
        values, missing = _to_float(column)
        wrong = ~missing & ~((values >= low) & (values <= high))
        if whole:
            with np.errstate(invalid="ignore"):
                wrong |= (values % 1 != 0) & ~np.isnan(values)
        self.add(np.flatnonzero(wrong), name, column, partial(invalid, name, right))
        return np.where(wrong, np.nan, values)

    def headcount(self) -> tuple[np.ndarray, np.ndarray]:
        """Convert headcounts and bands into intervals."""
        right = f"a whole number of employees, at least 1 and at most {MAX_HEADCOUNT}"
        exact = self.numbers(HEADCOUNT, 1, MAX_HEADCOUNT, right, whole=True)
        bands = self.named(HEADCOUNT_BAND, self._words.band)
        limits = np.array([*self._words.bands.values(), (0.0, np.inf)])
        positions = {code: position for position, code in enumerate(self._words.bands)}
        codes = np.array([positions.get(band, -1) for band in bands.uniques], dtype=int)
        codes = np.append(codes, -1)[bands.codes]
        low, high = limits[codes, 0], limits[codes, 1]
        stated = ~np.isnan(exact)
        self._check_headcount(exact, codes, low, high)
        return np.where(stated, exact, low), np.where(stated, exact, high)

    def _check_headcount(
        self, exact: np.ndarray, codes: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> None:
        """Refuse a firm without headcount and one whose number is outside its band.

        Where there is a column of bands, its empty cells say that the register does not know the headcount.
        """
        refused = [problem.row for problem in self.problems if problem.column in (HEADCOUNT, HEADCOUNT_BAND)]
        missing = np.isnan(exact) & (codes < 0) & (HEADCOUNT_BAND not in self._companies)
        missing[refused] = False
        right = "known: give the number of employees or a SIRENE band"
        self.add(np.flatnonzero(missing), HEADCOUNT, None, partial(invalid, HEADCOUNT, right))
        outside = (codes >= 0) & ~np.isnan(exact) & ((exact < low) | (exact > high))
        for row in np.flatnonzero(outside):
            right = f"within its band, from {low[row]:g} to {high[row]:g} employees"
            self.add(
                np.array([row]),
                HEADCOUNT,
                int(exact[row]),
                partial(invalid, HEADCOUNT, right),
            )

    def branch(self) -> np.ndarray:
        """Convert branches into positions."""
        named = self.named(BRANCH, self._words.branch, "known: a key, a name, an IDCC or a NAF code")
        return named.positions(self._words.branches)

    def region(self) -> np.ndarray:
        """Convert regions into positions, -1 where unknown."""
        return self.named(REGION, self._words.region).positions(self._words.regions)

    def budget(self) -> np.ndarray:
        """Convert yearly budgets."""
        return self.numbers(BUDGET, 0, MAX_BUDGET, "a number of euros a year, at least 0")

    def scores(self, prefix: str, keys: Sequence[str]) -> np.ndarray:
        """Convert columns of scores from 0 to 100."""
        right = "a number from 0 to 100, or empty"
        return np.column_stack([self.numbers(prefix + key, 0, 100, right) for key in keys])

    def facts(self, keys: Sequence[str]) -> np.ndarray:
        """Convert facts into 1, 0 and -1."""
        columns = np.full((len(self), len(keys)), -1, dtype=np.int8)
        for position, key in enumerate(keys):
            name = FACT_PREFIX + key
            named = self.named(name, partial(self._words.fact, name))
            truth = np.array(
                [-1 if item is None else int(item) for item in named.uniques] + [-1], dtype=np.int8
            )
            columns[:, position] = truth[named.codes]
        return columns

    def flags(self, name: str, keys: Sequence[str]) -> np.ndarray:
        """Convert list cells into one truth value for each key."""
        column = self.column(name)
        if column is None:
            return np.zeros((len(self), len(keys)), dtype=bool)
        if column.dtype == object:
            column = column.map(
                lambda cell: cell if isinstance(cell, str) else "|".join(cell), na_action="ignore"
            )
        named = self.named(name, lambda cell: self._listed(name, cell, keys), column=column)
        positions = {key: position for position, key in enumerate(keys)}
        rows = np.zeros((len(named.uniques) + 1, len(keys)), dtype=bool)
        for row, items in enumerate(named.uniques):
            rows[row, [positions[item] for item in items or ()]] = True
        return rows[named.codes]

    def _listed(self, name: str, cell: str, keys: Sequence[str]) -> tuple[str, ...]:
        """Split a list cell whose items must be among some keys."""
        if name == INSTALLED:
            return self._words.installed(cell)
        items = tuple(item.strip() for item in cell.split("|") if item.strip())
        for item in items:
            if item not in keys:
                raise unknown_name(name, item, keys)
        return items

    def named(
        self, name: str, read: Callable[[Any], Any], needed: str = "", column: pd.Series | None = None
    ) -> Named:
        """Read each distinct value of a column once; a value that cannot be read is a problem."""
        cells = self.column(name) if column is None else column
        if cells is None:
            return Named(codes=np.full(len(self), -1), uniques=[])
        codes, uniques = pd.factorize(cells)
        read_values: list[Any] = []
        for position, value in enumerate(uniques):
            if _is_blank(value):
                codes = np.where(codes == position, -1, codes)
                read_values.append(None)
                continue
            try:
                read_values.append(read(value))
            except InvalidValueError as error:
                read_values.append(None)
                refused = np.flatnonzero(codes == position)
                self.problems += [
                    Problem(row=int(row), column=name, value=value, error=error) for row in refused
                ]
        if needed:
            self.add(np.flatnonzero(codes < 0), name, None, partial(invalid, name, needed))
        return Named(codes=codes, uniques=read_values)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A column as codes (-1 for missing) into its distinct values, as read."""

    codes: np.ndarray
    uniques: list[Any]

    def positions(self, keys: Sequence[str]) -> np.ndarray:
        """Return the position among some keys of each cell, -1 where there is none."""
        where = {key: position for position, key in enumerate(keys)}
        found = np.array([where.get(value, -1) for value in self.uniques] + [-1], dtype=np.int64)
        return found[self.codes]


def check_company_ids(reader: ColumnReader) -> np.ndarray:
    """Return the keys of the firms as text; an empty or a repeated one is a problem."""
    column = reader.column(COMPANY_ID)
    assert column is not None, "headers are checked before"
    missing = column.isna() | column.isin(("", " "))
    twice = column.duplicated() & ~missing
    right = "there: each firm needs a key"
    reader.add(np.flatnonzero(missing), COMPANY_ID, None, partial(invalid, COMPANY_ID, right))
    right_twice = "unique in the table"
    reader.add(np.flatnonzero(twice), COMPANY_ID, column, partial(invalid, COMPANY_ID, right_twice))
    return column.astype(object).where(~missing, "").astype(str).to_numpy(dtype=object)


def _is_blank(value: object) -> bool:
    """Tell whether a cell holds nothing but blanks."""
    return isinstance(value, str) and not value.strip()


def _to_float(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Convert a column to floats and tell what is missing; what is no number becomes NaN."""
    missing = column.isna().to_numpy(copy=True)
    if pd.api.types.is_bool_dtype(column.dtype):
        return np.full(len(column), np.nan), missing
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan, copy=True)
    if column.dtype != object and not isinstance(column.dtype, pd.StringDtype):
        return values, missing
    if pd.api.types.infer_dtype(column, skipna=True) not in ("string", "floating", "integer"):
        truths = column.map(lambda cell: isinstance(cell, bool | np.bool_)).to_numpy(dtype=bool)
        values[truths] = np.nan
    odd = np.flatnonzero(np.isnan(values) & ~missing)
    cleaned = (
        column.iloc[odd].astype(str).str.replace(r"\s", "", regex=True).str.replace(",", ".", regex=False)
    )
    values[odd] = pd.to_numeric(cleaned, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    missing[odd[(cleaned == "").to_numpy(dtype=bool)]] = True
    return values, missing
