"""Firms: one profile as an object, many as columns, both through one validation path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_choice, refused
from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.columns import (
    BRANCH,
    BUDGET,
    COMPANY_ID,
    FACT_PREFIX,
    HEADCOUNT,
    HEADCOUNT_BAND,
    INSTALLED,
    LIST_SEPARATOR,
    MATURITY_ESTIMATED,
    MATURITY_PREFIX,
    NEED_PREFIX,
    REGION,
)
from hrtools_reco.exceptions import InvalidTableError, Reject
from hrtools_reco.firms.columns import ColumnReader, Problem, check_company_ids, check_headers, known_columns
from hrtools_reco.firms.vocabulary import vocabulary_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Firms:
    """Checked profiles as arrays, one entry for each firm; what is unknown is NaN, -1 or an open interval.

    Attributes
    ----------
    company_id : ndarray of shape (n_firms,)
        Keys of the firms, as text.
    branch, region : ndarray of int of shape (n_firms,)
        Position in the catalog's table; -1 for an unknown region.
    headcount_low, headcount_high : ndarray of shape (n_firms,)
        Interval that holds the headcount; both ends are equal where the number is known.
    maturity : ndarray of shape (n_firms, n_dimensions)
        Scores from 0 to 100; NaN if unknown.
    estimated : ndarray of bool of shape (n_firms, n_dimensions)
        Scores that are estimates: they may rank, no rule may hold them against a tool.
    needs : ndarray of shape (n_firms, n_needs)
        Urgency from 0 to 100; NaN if unknown.
    facts : ndarray of int8 of shape (n_firms, n_facts)
        1 has it, 0 has it not, -1 unknown.
    budget : ndarray of shape (n_firms,)
        Euros a year; NaN if not stated.
    installed : ndarray of bool of shape (n_firms, n_tools + n_functions)
        What is in place: tools, then functions served by a product that the catalog does not hold.
    """

    company_id: np.ndarray
    branch: np.ndarray
    region: np.ndarray
    headcount_low: np.ndarray
    headcount_high: np.ndarray
    maturity: np.ndarray
    estimated: np.ndarray
    needs: np.ndarray
    facts: np.ndarray
    budget: np.ndarray
    installed: np.ndarray

    def __len__(self) -> int:
        return len(self.company_id)

    def take(self, rows: slice | np.ndarray) -> Firms:
        """Return some firms, in the order asked for."""
        return Firms(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})


@dataclass(frozen=True, kw_only=True)
class CompanyProfile:
    """One firm; branch and headcount suffice, all else may be missing.

    Parameters
    ----------
    branch : str
        Key, French or English name, alias, IDCC (``"2528"``) or NAF rev. 2 code (``"15.12Z"``); case,
        accents and blanks are forgiven. Kept as the key.
    headcount : int, optional
        Number of employees, at least 1. Either this or the band is needed.
    headcount_band : str, optional
        SIRENE band, such as ``"03"`` (6 to 9 employees): the headcount is then an interval. ``"NN"`` or an
        empty text says that a register does not know it.
    company_id : str, default="company"
        Key of the firm.
    maturity : mapping of str to float, optional
        Score from 0 to 100 of each known dimension.
    needs : mapping of str to float, optional
        Urgency from 0 to 100 of each known need.
    facts : mapping of str to bool, optional
        What the firm has; a fact left out is unknown.
    region : str, optional
        French region: name, alias or INSEE code.
    budget_eur_per_year : float, optional
        What it can spend on tools in a year, in euros.
    installed : sequence of str, default=()
        Keys of tools in place; a function key such as ``"ats"`` stands for a product that the catalog
        does not hold.
    maturity_estimated : sequence of str, default=()
        Dimensions whose score is an estimate: it may rank, no rule holds it against a tool.
    catalog : Catalog, optional
        Catalog whose names are valid. ``None`` is the bundled one.

    Raises
    ------
    InvalidValueError
        If a value is wrong; the field, what came and what is right are named.
    AmbiguousBranchError
        If a code fits several branches.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> profile = hr.CompanyProfile(branch="Maroquinerie", headcount=18, needs={"hiring": 75})
    >>> profile.branch
    'leather_goods'
    """

    branch: str
    headcount: int | None = None
    headcount_band: str | None = None
    company_id: str = "company"
    maturity: Mapping[str, float] = field(default_factory=dict)
    needs: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, bool] = field(default_factory=dict)
    region: str | None = None
    budget_eur_per_year: float | None = None
    installed: Sequence[str] = ()
    maturity_estimated: Sequence[str] = ()
    catalog: InitVar[Catalog | None] = None

    def __post_init__(self, catalog: Catalog | None) -> None:
        used = catalog or load_catalog()
        for name, table_name in (("maturity", "dimensions"), ("needs", "needs"), ("facts", "facts")):
            known = {key: value for key, value in dict(getattr(self, name)).items() if not _is_missing(value)}
            for key in known:
                check_choice(name, key, used.keys(table_name), f"given for one of the {table_name}")
            object.__setattr__(self, name, known)
        table, problems = read_profiles(self._as_columns(), used)
        if problems:
            raise problems[0].error
        set_field = object.__setattr__
        set_field(self, "branch", used.keys("branches")[table.branch[0]])
        set_field(self, "region", used.keys("regions")[table.region[0]] if table.region[0] >= 0 else None)
        set_field(self, "company_id", str(table.company_id[0]))
        if self.headcount is not None:
            set_field(self, "headcount", int(table.headcount_low[0]))
        if self.headcount_band is not None:
            set_field(self, "headcount_band", vocabulary_of(used).band(self.headcount_band))
        set_field(self, "budget_eur_per_year", None if np.isnan(table.budget[0]) else float(table.budget[0]))
        set_field(self, "installed", vocabulary_of(used).installed(self.installed))
        set_field(self, "maturity_estimated", tuple(self.maturity_estimated))
        for name, keys, cells in (
            ("maturity", used.keys("dimensions"), table.maturity[0].tolist()),
            ("needs", used.keys("needs"), table.needs[0].tolist()),
            ("facts", used.keys("facts"), [bool(fact) for fact in table.facts[0]]),
        ):
            stated = getattr(self, name)
            values = {key: cell for key, cell in zip(keys, cells, strict=True) if key in stated}
            set_field(self, name, MappingProxyType(values))
        set_field(self, "_table", (used, table))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.to_dict(),)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values, ready for JSON.

        Returns
        -------
        dict
            Field names to values, as the constructor takes them.
        """
        values: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Mapping):
                values[item.name] = dict(value)
            else:
                values[item.name] = list(value) if isinstance(value, tuple) else value
        return values

    def _as_columns(self) -> pd.DataFrame:
        """Write the profile as a table of one row."""
        row: dict[str, object] = {
            COMPANY_ID: self.company_id,
            BRANCH: self.branch,
            REGION: self.region,
            HEADCOUNT: self.headcount,
            HEADCOUNT_BAND: self.headcount_band,
            BUDGET: self.budget_eur_per_year,
            INSTALLED: _joined(self.installed),
            MATURITY_ESTIMATED: _joined(self.maturity_estimated),
        }
        for values, prefix in (
            (self.maturity, MATURITY_PREFIX),
            (self.needs, NEED_PREFIX),
            (self.facts, FACT_PREFIX),
        ):
            row.update({prefix + str(key): value for key, value in values.items()})
        if _is_missing(self.headcount_band):
            del row[HEADCOUNT_BAND]
        return pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in row.items()})


def _is_missing(value: object) -> bool:
    """Tell whether a value stands for an unknown one."""
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _joined(names: object) -> object:
    """Join a list of names into a list cell."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        return names
    return LIST_SEPARATOR.join(str(name) for name in names)


def _rebuild(values: dict[str, Any]) -> CompanyProfile:
    """Make a profile again from its fields."""
    return CompanyProfile(**values)


def profile_table(profiles: Sequence[CompanyProfile], catalog: Catalog) -> Firms:
    """Write profiles as arrays.

    Parameters
    ----------
    profiles : sequence of CompanyProfile
        At least one firm.
    catalog : Catalog
        Catalog of the recommender; a profile made with another one is read again.

    Returns
    -------
    Firms
        The firms, in order.
    """
    parts = []
    for profile in profiles:
        made_with, table = profile._table  # type: ignore[attr-defined]
        if made_with is not catalog:
            table, problems = read_profiles(profile._as_columns(), catalog)
            if problems:
                raise problems[0].error
        parts.append(table)
    if len(parts) == 1:
        return parts[0]
    return Firms(
        **{item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Firms)}
    )


def read_companies(
    companies: pd.DataFrame, catalog: Catalog, *, on_error: str = "raise"
) -> tuple[Firms, np.ndarray, tuple[Reject, ...]]:
    """Read a table of firms.

    Parameters
    ----------
    companies : DataFrame
        One firm a row; columns as in the README. ``company_id``, ``branch`` and one of ``headcount`` and
        ``headcount_band`` are needed.
    catalog : Catalog
        Catalog whose names are valid.
    on_error : {"raise", "collect"}, default="raise"
        Whether a wrong cell stops the reading or puts its row among the rejects.

    Returns
    -------
    table : Firms
        The firms without a wrong cell.
    rows : ndarray of int
        Position in ``companies`` of each firm of the table.
    rejects : tuple of Reject
        The refused cells; empty with ``on_error="raise"``.

    Raises
    ------
    InvalidTableError
        With ``on_error="raise"``, if a cell is wrong; every refused cell is in its ``rejects``.
    InvalidValueError
        If a column is missing or misspelt, or the table is empty.
    """
    table, problems = read_profiles(companies, catalog)
    rejects = tuple(
        refused(problem.row, problem.column, problem.value, problem.error)
        for problem in sorted(problems, key=lambda problem: problem.row)
    )
    if rejects and on_error == "raise":
        raise InvalidTableError(rejects)
    kept = np.setdiff1d(np.arange(len(table)), [reject.row for reject in rejects])
    return table.take(kept) if rejects else table, kept, rejects


def read_profiles(companies: pd.DataFrame, catalog: Catalog) -> tuple[Firms, list[Problem]]:
    """Check and convert every column; a wrong cell becomes a problem and counts as unknown."""
    check_headers(companies, known_columns(catalog))
    reader = ColumnReader(companies, catalog)
    dimensions, needs, facts = (catalog.keys(name) for name in ("dimensions", "needs", "facts"))
    low, high = reader.headcount()
    table = Firms(
        company_id=check_company_ids(reader),
        branch=reader.branch(),
        region=reader.region(),
        headcount_low=low,
        headcount_high=high,
        maturity=reader.scores(MATURITY_PREFIX, dimensions),
        estimated=reader.flags(MATURITY_ESTIMATED, dimensions),
        needs=reader.scores(NEED_PREFIX, needs),
        facts=reader.facts(facts),
        budget=reader.budget(),
        installed=reader.flags(INSTALLED, vocabulary_of(catalog).installable),
    )
    return table, reader.problems
