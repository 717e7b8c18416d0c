"""Many firms as arrays: what rules, encoding and ranking work on."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.columns import (
    BUDGET,
    COMPANY_ID,
    EXCLUDED,
    INSTALLED,
    MATURITY_ESTIMATED,
    REFUSED,
    REGION,
)
from hrtools_reco.exceptions import Reject
from hrtools_reco.firms.columns import FirmReader, check_headers
from hrtools_reco.firms.fields import NESTED, Fields
from hrtools_reco.firms.profiles import CompanyProfile
from hrtools_reco.firms.readers import Column, as_objects, settled


@dataclass(frozen=True, kw_only=True, eq=False)
class Firms:
    """Checked profiles as arrays, one entry for each firm; what is unknown is NaN, -1 or an open interval.

    Attributes
    ----------
    company_id : ndarray of shape (n_firms,)
        Keys of the firms, text or whole numbers, as they came.
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
        1 has it, 0 has it not, -1 unknown; stated or implied.
    implied : ndarray of int16 of shape (n_firms, n_facts)
        Row of the table ``implied_facts`` that a fact follows from; -1 where it is stated or unknown.
    budget : ndarray of shape (n_firms,)
        Euros a year; NaN if not stated.
    installed : ndarray of bool of shape (n_firms, n_tools + n_functions)
        What is in place: tools, then functions served by a product that the catalog does not hold.
    excluded : ndarray of bool of shape (n_firms, n_tools)
        Tools that are to be left out of the answer.
    refused : ndarray of bool of shape (n_firms, n_tools)
        Tools that the firm has seen and does not want.

    Examples
    --------
    A rule of one's own reads them:

    >>> import numpy as np
    >>> import hrtools_reco as hr
    >>> class Staffed(hr.Rule):
    ...     name, labels = "staffed", {"fr": "A des salariés", "en": "Has staff"}
    ...     def outcomes(self, firms: hr.Firms) -> np.ndarray:
    ...         has_staff = np.where(firms.headcount_low > 0, hr.PASS, hr.UNKNOWN)
    ...         outcome = np.where(firms.headcount_high > 0, has_staff, hr.FAIL)
    ...         return outcome[:, None].repeat(firms.n_tools, axis=1)
    >>> recommender = hr.ToolRecommender(rules=[Staffed()]).fit()
    >>> len(recommender.recommend({"branch": "couture", "headcount": 0}))
    0
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
    implied: np.ndarray
    budget: np.ndarray
    installed: np.ndarray
    excluded: np.ndarray
    refused: np.ndarray

    def __len__(self) -> int:
        return len(self.company_id)

    @property
    def n_tools(self) -> int:
        """Number of tools of the catalog."""
        return self.excluded.shape[1]

    @functools.cached_property
    def in_place(self) -> np.ndarray:
        """Positions of what any of the firms runs, among the columns of ``installed``."""
        is_one_row = len(self) == 1 or (len(self) > 0 and self.installed.strides[0] == 0)
        return np.flatnonzero(self.installed[0] if is_one_row else self.installed.any(axis=0))

    def take(self, rows: slice | np.ndarray) -> Firms:
        """Return some firms, in the order asked for.

        Parameters
        ----------
        rows : slice or ndarray of int or bool
            Which firms.

        Returns
        -------
        Firms
            The firms.
        """
        return Firms(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})

    def lend(self, rows: np.ndarray) -> Firms:
        """Return some firms to be read only: what is one row repeated is not copied.

        Parameters
        ----------
        rows : ndarray of int
            Which firms.

        Returns
        -------
        Firms
            The firms.
        """
        lent = {}
        for item in fields(self):
            values = getattr(self, item.name)
            repeated = values.ndim > 1 and len(values) > 1 and values.strides[0] == 0
            shape = (len(rows), *values.shape[1:])
            lent[item.name] = np.broadcast_to(values[0], shape) if repeated else values[rows]
        return Firms(**lent)


def read_table(companies: pd.DataFrame, known: Fields) -> tuple[Firms, np.ndarray, list[Reject]]:
    """Read a table of firms; return those without a wrong cell, their rows, and the refused cells by row."""
    check_headers(companies, known.readers)
    reader = FirmReader(companies, known)
    company_id, branch = reader.unique_keys(COMPANY_ID), reader.branch()
    low, high = reader.headcount()
    facts = np.column_stack([reader.truths(name) for name in known.columns("facts")])
    lists = {name: reader.read(name) for name in (INSTALLED, MATURITY_ESTIMATED, EXCLUDED, REFUSED)}
    firms = Firms(
        company_id=company_id,
        branch=branch,
        region=reader.read(REGION).positions(known.words.regions),
        headcount_low=low,
        headcount_high=high,
        maturity=np.column_stack([reader.numbers(name) for name in known.columns("maturity")]),
        needs=np.column_stack([reader.numbers(name) for name in known.columns("needs")]),
        facts=facts,
        implied=np.full(facts.shape, -1, dtype=np.int16),
        budget=reader.numbers(BUDGET),
        **_marks(lists, known),
    )
    rejects = sorted(reader.rejects, key=lambda reject: reject.row)
    kept = np.arange(len(firms))
    if rejects:
        kept = np.setdiff1d(kept, [reject.row for reject in rejects])
        firms = firms.take(kept)
    return replace(firms, company_id=settled(firms.company_id)), kept, rejects


def firms_of_profiles(profiles: Sequence[CompanyProfile], known: Fields) -> Firms:
    """Write checked profiles as arrays; a name that the catalog does not hold raises."""
    for profile in profiles:
        profile.check_against(known)
    words = known.words
    at_branch, at_region = _places(words.branches), {None: -1} | _places(words.regions)
    sizes = np.array([_size(profile, known) for profile in profiles], dtype=float).reshape(-1, 2)
    lists = {
        name: _column([getattr(profile, name) for profile in profiles])
        for name in (INSTALLED, MATURITY_ESTIMATED, EXCLUDED, REFUSED)
    }
    numbers = {
        name: np.array(
            [[getattr(profile, name).get(key, np.nan) for key in known.keys[name]] for profile in profiles],
            dtype=float,
        ).reshape(len(profiles), len(known.keys[name]))
        for name in NESTED
    }
    return Firms(
        company_id=settled(as_objects([profile.company_id for profile in profiles])),
        branch=np.array([at_branch[profile.branch] for profile in profiles], dtype=np.int64),
        region=np.array([at_region[profile.region] for profile in profiles], dtype=np.int64),
        headcount_low=sizes[:, 0],
        headcount_high=sizes[:, 1],
        maturity=numbers["maturity"],
        needs=numbers["needs"],
        facts=np.nan_to_num(numbers["facts"], nan=-1).astype(np.int8),
        implied=np.full(numbers["facts"].shape, -1, dtype=np.int16),
        budget=np.array([profile.budget_eur_per_year for profile in profiles], dtype=float),
        **_marks(lists, known),
    )


def _size(profile: CompanyProfile, known: Fields) -> tuple[float, float]:
    """Return the interval that holds the headcount of a firm."""
    if profile.headcount is not None:
        return profile.headcount, profile.headcount
    return known.words.bands[str(profile.headcount_band)]


def _places(keys: Iterable[Any]) -> dict[Any, int]:
    """Map each key to its position."""
    return {key: position for position, key in enumerate(keys)}


def _column(cells: Sequence[tuple[str, ...]]) -> Column:
    """Write lists, one for each firm, as a column."""
    values = list(dict.fromkeys(cell for cell in cells if cell))
    places = _places(values)
    return Column(codes=np.array([places.get(cell, -1) for cell in cells]), values=values)


def _marks(lists: Mapping[str, Column], known: Fields) -> dict[str, np.ndarray]:
    """Write the fields that are lists as truth values."""
    words = known.words
    n_tools = len(known.catalog.tool_ids)
    dimensions = _places(known.keys["maturity"])
    return {
        "installed": lists[INSTALLED].flags(words.places.__getitem__, len(words.installable)),
        "estimated": lists[MATURITY_ESTIMATED].flags(dimensions.__getitem__, len(dimensions)),
        "excluded": lists[EXCLUDED].flags(lambda name: list(words.groups[name]), n_tools),
        "refused": lists[REFUSED].flags(lambda name: list(words.groups[name]), n_tools),
    }
