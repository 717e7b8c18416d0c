"""Profiles as vectors: named blocks of features, each between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike

from hrtools_reco.catalog import Catalog, write_statistic
from hrtools_reco.firms import Firms
from hrtools_reco.texts import LANGUAGES

BASE, NEED, READINESS, SIZE, BRANCH, COST, HISTORY = (
    "base",
    "need",
    "readiness",
    "size",
    "branch",
    "cost",
    "history",
)
BLOCKS = (BASE, NEED, READINESS, SIZE, BRANCH, COST, HISTORY)

# Features are multiples of 2**-7 and the weights of the prior of 2**-5, so that each product is a multiple of
# 2**-12 and a sum below 2**12 has no rounding, in single precision too: the same firm gets the same score to
# the last bit alone and in any batch.
RESOLUTION = 2.0**-7

# Entries of a stated need beside its knots: its share of all that is urgent, and its urgency in a firm
# that has grown.
SHARE, GROWN = "share", "grown"
# Entry of what is unknown: 1 for a firm of which nothing but branch and size is known.
BLANK = "all"


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One entry of the vector: the block that it counts for, where it comes from and its value there."""

    block: str
    source: str
    value: str


class Rows:
    """Where the entries of each source stand in the vector.

    Parameters
    ----------
    features : sequence of Feature
        Entries of the profile vector.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self._of: dict[str, dict[str, int]] = {}
        for position, feature in enumerate(features):
            self._of.setdefault(feature.source, {})[feature.value] = position

    def of(self, source: str, value: str | None = None) -> list[int]:
        """Return the rows of a source, or the one row of one of its values."""
        rows = self._of[source]
        return list(rows.values()) if value is None else [rows[value]]

    def knots(self, source: str) -> tuple[list[int], np.ndarray]:
        """Return the rows of the knots of a scale, and the knots."""
        rows = {value: row for value, row in self._of[source].items() if value not in (SHARE, GROWN)}
        return list(rows.values()), np.array([float(value) for value in rows])


class ProfileEncoder:
    """Write profiles as vectors φ.

    Headcount, maturity, urgency and budget are written in piecewise-linear (hat) bases: a value between two
    knots shares itself between them. What is unknown is masked: all its features are zero.

    Parameters
    ----------
    catalog : Catalog
        Catalog of branches, dimensions, needs, facts and of the knots (table ``scales``).

    Attributes
    ----------
    features : tuple of Feature
        The entries, in order.
    """

    def __init__(self, catalog: Catalog) -> None:
        scales = catalog.table("scales")
        self._knots = {str(name): rows["knot"].to_numpy() for name, rows in scales.groupby("scale")}
        self._families, self._family_of = _families(catalog)
        self.expected = ExpectedNeeds(catalog)
        self._least_need = catalog.setting("least_need_sum")
        self._grown = np.log([catalog.setting("small_headcount"), catalog.setting("grown_headcount")])
        self._n_regions = len(catalog.keys("regions"))
        taken_for_granted = set(catalog.table("requirements")["fact"].dropna())
        self._asked = [at for at, fact in enumerate(catalog.keys("facts")) if fact in taken_for_granted]
        self.features = self._list_features(catalog)
        self._hats = _Hats(*self._scales(catalog))

    def _scales(self, catalog: Catalog) -> tuple[list[int], list[np.ndarray]]:
        """Return where the hats of each scaled column begin in the vector, and their knots."""
        size, budget = np.log(self._knots["headcount"]), _log_budget(self._knots["budget"])
        maturity, need = self._knots["maturity"], self._knots["need"]
        columns = [
            ("headcount", size),
            *[(f"maturity_{key}", maturity) for key in catalog.keys("dimensions")],
            *[(f"{origin}_{key}", need) for origin in ("need", "expected") for key in catalog.keys("needs")],
            ("budget_eur_per_year", budget),
        ]
        sources = [feature.source for feature in self.features]
        return [sources.index(name) for name, _ in columns], [knots for _, knots in columns]

    def _list_features(self, catalog: Catalog) -> tuple[Feature, ...]:
        """List the features in the order in which ``encode`` writes them."""
        plain = [
            (BASE, "base", ["any"]),
            (BRANCH, "branch", catalog.keys("branches")),
            (BRANCH, "family", self._families),
            (BRANCH, "region", catalog.keys("regions")),
            (BRANCH, "region_unknown", ["any"]),
            (SIZE, "headcount", [f"{knot:g}" for knot in self._knots["headcount"]]),
            *[
                (READINESS, f"maturity_{key}", [f"{knot:g}" for knot in self._knots["maturity"]])
                for key in catalog.keys("dimensions")
            ],
            *[(READINESS, f"has_{key}", ["yes", "no"]) for key in catalog.keys("facts")],
            *[
                (NEED, f"{origin}_{key}", [*(f"{knot:g}" for knot in self._knots["need"]), *beside])
                for origin, beside in (("need", [SHARE, GROWN]), ("expected", []))
                for key in catalog.keys("needs")
            ],
            (COST, "budget_eur_per_year", [f"{knot:g}" for knot in self._knots["budget"]]),
            (COST, "unknown", ["budget", "maturity", "needs", "facts", BLANK]),
        ]
        return tuple(
            Feature(block=block, source=source, value=value)
            for block, source, values in plain
            for value in values
        )

    def encode(self, profiles: Firms, dtype: DTypeLike = np.float64) -> np.ndarray:
        """Write profiles as vectors.

        Parameters
        ----------
        profiles : Firms
            The firms.
        dtype : dtype-like, default=float64
            Type of the numbers; single precision holds them without rounding too.

        Returns
        -------
        ndarray of shape (n_firms, n_features)
            Values from 0 to 1, each a multiple of ``RESOLUTION``.
        """
        size = np.log(middle_headcount(profiles))
        stated = ~np.isnan(profiles.needs)
        expected = self.expected.at(profiles.branch, size)
        share, grown = self._beside_needs(profiles.needs, stated, expected, size)
        # What follows from size, scores or tools says nothing that these features do not say already.
        told = np.where(profiles.implied >= 0, -1, profiles.facts)
        page = _Page(len(profiles), len(self.features), dtype)
        page.mark(np.zeros(len(profiles), dtype=np.int64), 1)
        page.mark(profiles.branch, len(self._family_of))
        page.mark(self._family_of[profiles.branch], len(self._families))
        page.mark(profiles.region, self._n_regions)
        page.write(profiles.region[:, None] < 0)
        page.skip(len(self._knots["headcount"]) + len(self._knots["maturity"]) * profiles.maturity.shape[1])
        page.write(told == 1, told == 0)
        page.beside(len(self._knots["need"]), share, grown)
        page.skip(len(self._knots["need"]) * expected.shape[1] + len(self._knots["budget"]))
        page.write(self._unknown(profiles, stated, told))
        scaled = [
            size[:, None],
            profiles.maturity,
            profiles.needs,
            np.where(stated, np.nan, expected),
            _log_budget(profiles.budget)[:, None],
        ]
        self._hats.write(page.values, np.concatenate(scaled, axis=1))
        return page.values

    def _unknown(self, profiles: Firms, stated: np.ndarray, told: np.ndarray) -> np.ndarray:
        """Return the shares of budget, maturity, needs and facts that are unknown, and their product."""
        parts = (
            np.isnan(profiles.budget)[:, None],
            np.isnan(profiles.maturity),
            ~stated,
            told[:, self._asked] < 0,
        )
        shares = np.empty((len(profiles), len(parts) + 1))
        for at, part in enumerate(parts):
            np.divide(np.count_nonzero(part, axis=1), part.shape[1], out=shares[:, at])
        np.prod(shares[:, :-1], axis=1, out=shares[:, -1])
        return shares

    def _beside_needs(
        self, needs: np.ndarray, stated: np.ndarray, expected: np.ndarray, size: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the share of each stated need in all needs, and its urgency in a grown firm."""
        urgency = np.where(stated, needs, 0.0)
        rest = np.where(stated | np.isnan(expected), 0.0, expected)
        total = (urgency + rest).sum(axis=1, keepdims=True)
        grown = np.interp(size, self._grown, [0.0, 1.0])
        grown[np.isnan(size)] = 0.0
        return urgency / np.maximum(total, self._least_need), grown[:, None] * urgency / 100.0


class _Page:
    """Vectors in the making, filled from left to right."""

    def __init__(self, n_firms: int, n_features: int, dtype: DTypeLike) -> None:
        self.values = np.zeros((n_firms, n_features), dtype=dtype)
        self._flat, self._starts = self.values.reshape(-1), np.arange(n_firms) * n_features
        self._at = 0

    def mark(self, positions: np.ndarray, n_values: int) -> None:
        """Write positions as indicator columns; -1 is a row of zeros."""
        known = np.flatnonzero(positions >= 0)
        self._flat[self._starts[known] + (self._at + positions[known])] = 1.0
        self._at += n_values

    def write(self, *columns: np.ndarray) -> None:
        """Write columns of values, of several tables in turn."""
        self.beside(0, *columns)

    def beside(self, n_before: int, *columns: np.ndarray) -> None:
        """Write columns of values, of several tables in turn, each turn behind so many places left free."""
        width, n_turns = n_before + len(columns), columns[0].shape[1]
        for place, table in enumerate(columns, start=n_before):
            self.values[:, self._at + place : self._at + width * n_turns : width] = _rounded(table)
        self._at += width * n_turns

    def skip(self, n_values: int) -> None:
        """Leave places free, for what is written at once."""
        self._at += n_values


class _Hats:
    """The hat bases of several columns, each with knots of its own, written at once.

    Parameters
    ----------
    places : sequence of int
        Where the values of each column begin in the vector.
    knots : sequence of ndarray
        Knots of each column, rising.
    """

    def __init__(self, places: Sequence[int], knots: Sequence[np.ndarray]) -> None:
        n_knots = np.array([len(own) for own in knots])
        starts = np.cumsum(n_knots) - n_knots
        self._low = np.array([own[0] for own in knots])
        self._high = np.array([own[-1] for own in knots])
        self._knots = np.concatenate(knots)
        self._widths = np.diff(self._knots, append=0.0)
        # One line holds the scales one after the other, so that one search finds the knot below each value.
        self._moves = np.cumsum(self._high - self._low + 1.0) - self._high
        self._line = self._knots + np.repeat(self._moves, n_knots)
        self._last = starts + n_knots - 2
        self._to_place = np.asarray(places) - starts

    def write(self, vectors: np.ndarray, values: np.ndarray) -> None:
        """Write values into vectors; an unknown one is a run of zeros.

        Parameters
        ----------
        vectors : ndarray of shape (n_firms, n_features)
            Vectors to write into.
        values : ndarray of shape (n_firms, n_columns)
            Values of the columns; NaN is unknown.
        """
        rows, columns = np.nonzero(values == values)
        inside = values[rows, columns].clip(self._low[columns], self._high[columns])
        cell = self._line.searchsorted(inside + self._moves[columns], side="right") - 1
        cell = np.minimum(cell, self._last[columns])
        share = _rounded((inside - self._knots[cell]) / self._widths[cell])
        place = rows * vectors.shape[1] + (cell + self._to_place[columns])
        flat = vectors.reshape(-1)
        flat[place] = 1.0 - share
        flat[place + 1] = share


def _rounded(values: np.ndarray) -> np.ndarray:
    """Round values to multiples of ``RESOLUTION``."""
    if values.dtype == bool:
        return values
    rounded: np.ndarray = np.rint(values * (1.0 / RESOLUTION)) * RESOLUTION
    return rounded


class ExpectedNeeds:
    """Urgency of needs that are expected of a firm that has not stated them.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tables ``branch_needs`` and ``size_needs``.
    """

    def __init__(self, catalog: Catalog) -> None:
        needs, branches = catalog.keys("needs"), catalog.keys("branches")
        self._by_branch = np.full((len(branches), len(needs)), np.nan)
        for row in catalog.table("branch_needs").itertuples():
            self._by_branch[branches.index(row.branch), needs.index(row.need)] = row.expected
        self._catalog, self._needs = catalog, needs
        sizes = catalog.table("size_needs")
        self._shifts = [
            (needs.index(need), np.log(rows["headcount"].to_numpy()), rows["shift"].to_numpy())
            for need, rows in sizes.groupby("need")
        ]

    def of(self, profiles: Firms) -> np.ndarray:
        """Return expected urgencies from 0 to 100, of shape (n_firms, n_needs); NaN where none is."""
        return self.at(profiles.branch, np.log(middle_headcount(profiles)))

    def at(self, branch: np.ndarray, size: np.ndarray) -> np.ndarray:
        """Return the same for positions of branches and logarithms of headcounts (NaN if unknown)."""
        expected = self._by_branch[branch]
        unknown = np.isnan(size)
        for need, at, shift in self._shifts:
            moved = np.interp(size, at, shift)
            moved[unknown] = 0.0
            expected[:, need] += moved
        return expected.clip(0.0, 100.0)

    @cached_property
    def _statistics(self) -> list[list[dict[str, object]]]:
        """What each expectation of a branch rests on; few answers ask for it."""
        branches = self._catalog.keys("branches")
        found: list[list[dict[str, object]]] = [[] for _ in branches]
        for row in _with_scopes(self._catalog).to_dict("records"):
            known = {str(key): value for key, value in row.items() if key != "branch"}
            found[branches.index(row["branch"])].append(known)
        return found

    def sources(self, profiles: Firms) -> list[dict[str, object]]:
        """Return what is expected of one firm that it has not stated, each with what its figure covers."""
        expected, stated = self.of(profiles)[0], ~np.isnan(profiles.needs[0])
        own = [(row, self._needs.index(str(row["need"]))) for row in self._statistics[profiles.branch[0]]]
        return [row | {"expected": float(expected[need])} for row, need in own if not stated[need]]


def _with_scopes(catalog: Catalog) -> pd.DataFrame:
    """Return the expected needs with what each statistic says and what it covers; empty cells are None."""
    by = ["branch", "statistic", "value", "url"]
    scopes = catalog.table("branch_statistics")[[*by, "scope", "scope_fr"]].drop_duplicates(by)
    table = catalog.table("branch_needs").drop(columns="rubric").merge(scopes, "left", by)
    for lang in LANGUAGES:
        pairs = zip(table["statistic"], table["value"], strict=True)
        table[f"said_{lang}"] = [write_statistic(name, value, lang, catalog) for name, value in pairs]
    table = table.rename(columns={"scope": "scope_en"}).astype(object)
    return table.where(table.notna(), None)


def middle_headcount(profiles: Firms) -> np.ndarray:
    """Return the geometric middle of each headcount interval; NaN if nothing is known of it."""
    low = np.maximum(profiles.headcount_low, 1.0)
    high = np.maximum(profiles.headcount_high, 1.0)
    middle = np.sqrt(low * np.where(np.isinf(high), low, high))
    return np.where((profiles.headcount_low == 0) & np.isinf(profiles.headcount_high), np.nan, middle)


def _families(catalog: Catalog) -> tuple[list[str], np.ndarray]:
    """Return the families of branches, and the family of each branch (-1 for none)."""
    table = catalog.table("branch_families").set_index("branch")["family"]
    families = sorted(set(table))
    of_branch = [families.index(table[key]) if key in table else -1 for key in catalog.keys("branches")]
    return families, np.array(of_branch)


def _log_budget(euros: np.ndarray) -> np.ndarray:
    """Bring budgets to a scale on which a doubling is about as far at every level."""
    return np.log1p(euros / 100.0)
