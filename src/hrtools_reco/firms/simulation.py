"""Invent firms of the branches from their statistics: for trials and figures of speed, never as evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_count
from hrtools_reco.catalog import RETIRED, Catalog, catalog_of, split_list
from hrtools_reco.columns import (
    BRANCH,
    BUDGET,
    COMPANY_ID,
    FACT_PREFIX,
    HEADCOUNT,
    HEADCOUNT_BAND,
    INSTALLED,
    LIST_SEPARATOR,
    MATURITY_PREFIX,
    NEED_PREFIX,
    REGION,
    TOOL_ID,
)

_MOST_FIRMS = 10_000_000
_INSTALLED_PREFIX = "installed_"
_OF_THE_REGISTER = (COMPANY_ID, BRANCH, REGION, HEADCOUNT, HEADCOUNT_BAND)
_MATURITY_STEP, _NEED_STEP, _BUDGET_STEP = 5.0, 25.0, 50.0  # the answers of the questionnaire; round sums


def simulate_firms(n: int, seed: int = 0, catalog: Catalog | None = None) -> pd.DataFrame:
    """Invent firms of the eight branches, as many as asked for.

    Branches and sizes follow the published figures (table ``simulated_sizes``); all else is judgement (table
    ``simulation``, each number with its rubric): maturity rises with size and is shared by the dimensions,
    needs hang together, facts and tools in place follow maturity, a quarter of the firms is known from the
    register only, and the others leave cells empty. **The firms are invented: use them to try a catalog, to
    test a program or to measure speed, never as evidence about a branch.**

    Parameters
    ----------
    n : int
        Number of firms, at least 1.
    seed : int, default=0
        Seed, at least 0. Firms of different seeds have different keys.
    catalog : Catalog, optional
        Catalog of the tables. ``None`` is the bundled one.

    Returns
    -------
    DataFrame of shape (n, n_columns)
        A table that ``recommend_batch`` reads: ``company_id, branch, region, headcount, headcount_band``,
        maturity and needs from 0 to 100, facts, ``budget_eur_per_year`` and ``installed``.

    Raises
    ------
    InvalidValueError
        If the number or the seed is no whole number or too low.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firms = hr.simulate_firms(1000, seed=1)
    >>> bool((firms["headcount"].dropna() < 50).mean() > 0.85)
    True
    """
    n_firms, used = check_count("n", n, high=_MOST_FIRMS), catalog_of(catalog)
    checked_seed = check_count("seed", seed, low=0)
    return _Simulation(used, n_firms, np.random.default_rng(checked_seed)).table(f"sim-{checked_seed}-")


class _Simulation:
    """One drawing of firms: the columns drawn so far and the hidden traits that columns share."""

    def __init__(self, catalog: Catalog, n: int, draw: np.random.Generator) -> None:
        self._catalog, self._n, self._draw = catalog, n, draw
        self._rows = dict(iter(catalog.table("simulation").groupby("part")))
        self._traits: dict[str, np.ndarray] = {}
        self._columns: dict[str, np.ndarray] = {}

    def table(self, prefix: str) -> pd.DataFrame:
        """Draw all columns, then the holes."""
        catalog = self._catalog
        self._draw_branch_and_size()
        for key in catalog.keys("dimensions"):
            drawn = self._score(MATURITY_PREFIX + key, self._mean(MATURITY_PREFIX + key))
            self._columns[MATURITY_PREFIX + key] = _rounded(drawn, _MATURITY_STEP)
        for key in catalog.keys("needs"):
            mean = self._mean(NEED_PREFIX + key) + self._branch_shift(key)
            self._columns[NEED_PREFIX + key] = _rounded(self._score(NEED_PREFIX + key, mean), _NEED_STEP)
        facts = {FACT_PREFIX + key: self._fact(key) for key in catalog.keys("facts")}
        budget = np.exp(self._score(BUDGET, np.log(self._mean(BUDGET))))
        columns: dict[str, object] = {
            COMPANY_ID: prefix + pd.Series(np.arange(self._n)).astype(str),
            BRANCH: np.array(catalog.keys("branches"), dtype=object)[self._branch],
            REGION: self._regions(),
            HEADCOUNT: pd.Series(self._columns[HEADCOUNT]).astype("Int64"),
            HEADCOUNT_BAND: self._bands(),
            **{name: values for name, values in self._columns.items() if name != HEADCOUNT},
            **facts,
            BUDGET: np.round(budget / _BUDGET_STEP) * _BUDGET_STEP,
            INSTALLED: self._installed(),
        }
        return self._with_holes(pd.DataFrame(columns))

    def _draw_branch_and_size(self) -> None:
        """Draw a class of branch and size, then a headcount in it, small ones more often."""
        sizes = self._catalog.table("simulated_sizes")
        weight = sizes["firms"].to_numpy()
        cells = self._draw.choice(len(sizes), self._n, p=weight / weight.sum())
        branches = self._catalog.keys("branches")
        self._branch = np.array([branches.index(key) for key in sizes[BRANCH]])[cells]
        low = np.log(sizes["headcount_from"].to_numpy())[cells]
        high = np.log(sizes["headcount_to"].to_numpy() + 1.0)[cells]
        self._columns[HEADCOUNT] = np.floor(np.exp(self._draw.uniform(low, high)))

    def _mean(self, column: str) -> np.ndarray:
        """Return the mean of a column for each firm."""
        return self._along("mean", column)

    def _along(self, part: str, key: str) -> np.ndarray:
        """Read a number of the table between its rows, along the column that drives it."""
        rows = self._rows[part]
        own = rows[rows["key"] == key].sort_values("at")
        if own.empty:
            return np.zeros(self._n)
        driver = own["driver"].iloc[0]
        scale = np.log if driver == HEADCOUNT else np.asarray
        return np.interp(scale(self._columns[driver]), scale(own["at"].to_numpy()), own["value"].to_numpy())

    def _one(self, part: str, key: str) -> float:
        """Read a number of the table that nothing drives, 0 where there is none."""
        rows = self._rows[part]
        return float(rows.loc[rows["key"] == key, "value"].sum())

    def _score(self, column: str, mean: np.ndarray) -> np.ndarray:
        """Draw a column around its mean: partly from traits that it shares, partly of its own."""
        links = self._rows["link"]
        own = links[links["key"] == column]
        shared = np.zeros(self._n)
        for trait, weight in zip(own["driver"], own["value"], strict=True):
            if trait not in self._traits:
                self._traits[trait] = self._draw.standard_normal(self._n)
            shared += weight * self._traits[trait]
        alone = np.sqrt(max(0.0, 1.0 - float((own["value"] ** 2).sum())))
        return mean + self._one("spread", column) * (shared + alone * self._draw.standard_normal(self._n))

    def _branch_shift(self, need: str) -> np.ndarray:
        """Return by how much the branches differ in what is expected of a need."""
        table = self._catalog.table("branch_needs")
        expected = table[table["need"] == need].set_index("branch")["expected"]
        shift = (expected - expected.mean()).reindex(list(self._catalog.keys("branches"))).fillna(0.0)
        return shift.to_numpy()[self._branch]

    def _happens(self, key: str) -> np.ndarray:
        """Draw which firms have a fact or a tool."""
        return self._draw.random(self._n) < self._along("share", key)

    def _fact(self, key: str) -> pd.Series:
        """Draw a fact as a column that can be empty."""
        return pd.Series(self._happens(FACT_PREFIX + key)).astype("boolean")

    def _regions(self) -> np.ndarray:
        """Draw a region of each firm: by weight, more often in an old home of its trade."""
        rows = self._rows["region"]
        regions, branches = list(self._catalog.keys("regions")), list(self._catalog.keys("branches"))
        plain = rows[rows["driver"].isna()].set_index("key")["value"].reindex(regions).fillna(0.0)
        weights = np.tile(plain.to_numpy(), (len(branches), 1))
        homes = rows[rows["driver"].notna()]
        for branch, region, times in zip(homes["driver"], homes["key"], homes["value"], strict=True):
            weights[branches.index(branch), regions.index(region)] *= times
        steps = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
        drawn = self._draw.random(self._n)
        found = np.empty(self._n, dtype=np.int64)
        for position in range(len(branches)):
            firms = self._branch == position
            found[firms] = np.searchsorted(steps[position], drawn[firms], side="right")
        return np.array(regions, dtype=object)[np.minimum(found, len(regions) - 1)]

    def _bands(self) -> np.ndarray:
        """Return the SIRENE band of each headcount."""
        bands = self._catalog.table("headcount_bands").dropna(subset=["headcount_min"])
        bands = bands.sort_values("headcount_min")
        at = np.searchsorted(bands["headcount_min"].to_numpy(), self._columns[HEADCOUNT], side="right") - 1
        return bands["band"].to_numpy(dtype=object)[at]

    def _installed(self) -> pd.Series:
        """Draw tools in place: for each function, some of the firms have one of its software tools."""
        tools = self._catalog.tools
        software = tools[(tools["kind"] == "software") & (tools["status"] != RETIRED)]
        first = software["functions"].map(lambda cell: split_list(cell)[0])
        listed = pd.Series("", index=range(self._n), dtype=object)
        keys = self._rows["share"]["key"].drop_duplicates()
        for key in keys[keys.str.startswith(_INSTALLED_PREFIX)]:
            offered = software.loc[first == key.removeprefix(_INSTALLED_PREFIX), TOOL_ID].to_numpy(
                dtype=object
            )
            firms = np.flatnonzero(self._happens(key))
            if len(offered):
                listed.iloc[firms] += (
                    LIST_SEPARATOR + offered[self._draw.integers(len(offered), size=len(firms))]
                )
        return listed.str.removeprefix(LIST_SEPARATOR).where(listed != "")

    def _with_holes(self, table: pd.DataFrame) -> pd.DataFrame:
        """Empty cells: of firms known from the register only, and here and there."""
        silent = self._draw.random(self._n) < self._one("missing", "diagnostic")
        told = {}
        for name, column in table.items():
            empty = self._draw.random(self._n) < self._missing_share(str(name))
            told[name] = column.mask(empty if name in _OF_THE_REGISTER else empty | silent)
        return pd.DataFrame(told)

    def _missing_share(self, column: str) -> float:
        """Return the share of empty cells of a column, told for it or for all columns of its prefix."""
        prefix = column.split("_", 1)[0] + "_"
        return self._one("missing", column) or self._one("missing", prefix)


def _rounded(values: np.ndarray, step: float) -> np.ndarray:
    """Bring scores into 0 to 100, in steps."""
    return np.clip(np.round(values / step) * step, 0.0, 100.0) + 0.0  # no negative zero
