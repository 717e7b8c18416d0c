"""The figures of several recommenders on the same firms, and tables of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco import metrics
from hrtools_reco._checks import unknown_name
from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.evaluation.intervals import FEWEST_FIRMS, bootstrap_means, interval
from hrtools_reco.evaluation.segments import place_of_group
from hrtools_reco.metrics import FloatArray, IntArray

IPS, IPS_WEIGHT = "ips_recall", "ips_weight"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The figures of several recommenders on the same firms and splits.

    Attributes
    ----------
    per_firm : DataFrame
        One row per recommender and firm: ``recommender, company_id, fold``, the segments, then the measures.
    exposures : DataFrame of shape (n_tools, n_recommenders)
        Number of lists in which each tool stands.
    segments : tuple of str
        Segments that :meth:`by_segment` knows.
    measures : tuple of str
        Columns of ``per_firm`` that are measures.

    Examples
    --------
    >>> firms = np.repeat(range(10), 2)
    >>> rows = pd.DataFrame({"recommender": ["a", "b"] * 10, "company_id": firms, "mrr": 0.5})
    >>> exposures = pd.DataFrame({"a": [10, 0], "b": [5, 5]}, index=["ats", "lms"])
    >>> found = Comparison(per_firm=rows, exposures=exposures, segments=(), measures=("mrr",))
    >>> found.paired("a")[["recommender", "difference", "p_value"]].values.tolist()
    [['b', 0.0, 1.0]]
    """

    per_firm: pd.DataFrame
    exposures: pd.DataFrame
    segments: tuple[str, ...]
    measures: tuple[str, ...]

    def summary(self, *, n_boot: int = 1000, level: float = 0.95, random_state: int = 0) -> pd.DataFrame:
        """Average every measure over firms, with bootstrap intervals.

        ``coverage`` and ``gini`` belong to all lists together and have no interval.

        Parameters
        ----------
        n_boot : int, default=1000
            Number of resamples of the firms.
        level : float, default=0.95
            Confidence of the intervals, between 0 and 1.
        random_state : int, default=0
            Seed.

        Returns
        -------
        DataFrame
            ``recommender, measure, mean, low, high, n_firms, n_without``: the last two count the firms in the
            mean, and those left out because nothing could be measured. Under 10 firms the interval is empty.
        """
        table, _ = _averages(*self._by_firm(self.per_firm), n_boot, level, random_state)
        n_firms = self.per_firm[COMPANY_ID].nunique()
        rows = [
            {
                "recommender": name,
                "measure": measure,
                "mean": figure(counts),
                "n_firms": n_firms,
                "n_without": 0,
            }
            for name, counts in self.exposures.items()
            for measure, figure in (("coverage", metrics.catalog_coverage), ("gini", metrics.gini))
        ]
        return pd.concat([table, pd.DataFrame(rows).reindex(columns=table.columns)], ignore_index=True)

    def by_segment(
        self, segment: str, *, n_boot: int = 1000, level: float = 0.95, random_state: int = 0
    ) -> pd.DataFrame:
        """Average every measure over the firms of each segment.

        Parameters
        ----------
        segment : str
            One of ``segments``.
        n_boot : int, default=1000
            Number of resamples of the firms.
        level : float, default=0.95
            Confidence of the intervals, between 0 and 1.
        random_state : int, default=0
            Seed.

        Returns
        -------
        DataFrame
            The segment, then the columns of :meth:`summary`.
        """
        if segment not in self.segments:
            raise unknown_name("segment", segment, self.segments)
        parts = [
            _averages(*self._by_firm(rows), n_boot, level, random_state)[0].assign(**{segment: label})
            for label, rows in sorted(self.per_firm.groupby(segment), key=place_of_group)
        ]
        table = pd.concat(parts, ignore_index=True)
        return table[[segment, *table.columns.drop(segment)]]

    def paired(
        self, reference: str, *, n_boot: int = 1000, level: float = 0.95, random_state: int = 0
    ) -> pd.DataFrame:
        """Compare every recommender with one of them, firm by firm.

        Parameters
        ----------
        reference : str
            Name of the recommender that is subtracted.
        n_boot : int, default=1000
            Number of resamples of the firms.
        level : float, default=0.95
            Confidence of the intervals, between 0 and 1.
        random_state : int, default=0
            Seed.

        Returns
        -------
        DataFrame
            ``recommender, reference, measure, difference, low, high, p_value, n_firms``. The p-value is
            two-sided and agrees with the interval; it is not corrected for the number of rows.
        """
        values, weights = self._by_firm(self.per_firm)
        names = list(values.columns.unique("recommender"))
        if reference not in names:
            raise unknown_name("reference", reference, names)
        others = [name for name in names if name != reference]
        gaps = values - np.tile(values[reference].to_numpy(), len(names))
        table, draws = _averages(gaps[others], weights[others], n_boot, level, random_state)
        table["p_value"] = np.where(table["low"].notna(), _p_values(draws), np.nan)
        table.insert(1, "reference", reference)
        return table.rename(columns={"mean": "difference"})[
            ["recommender", "reference", "measure", "difference", "low", "high", "p_value", "n_firms"]
        ]

    def _by_firm(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Lay the measures out, and their weights: a row per firm, a column per recommender and measure."""
        columns = [*self.measures, *({IPS_WEIGHT} & set(rows.columns))]
        mean = rows.groupby([COMPANY_ID, "recommender"], sort=False)[columns].mean()
        parts = {name: mean.xs(name, level="recommender") for name in rows["recommender"].unique()}
        table = pd.concat(parts, axis=1, names=["recommender", "measure"])
        values = table.drop(columns=IPS_WEIGHT, level="measure", errors="ignore")
        weights = pd.DataFrame(1.0, index=values.index, columns=values.columns)
        for name in parts if IPS in self.measures else ():
            weights[(name, IPS)] = table[(name, IPS_WEIGHT)]
        return values, weights


def _averages(
    values: pd.DataFrame, weights: pd.DataFrame, n_boot: int, level: float, random_state: int
) -> tuple[pd.DataFrame, FloatArray]:
    """Average each column over firms, with an interval where firms are enough; return the draws as well."""
    there = values.notna()
    n_firms = there.sum().to_numpy()
    draws = bootstrap_means(values, weights=weights, n_boot=n_boot, random_state=random_state)
    enough = n_firms >= FEWEST_FIRMS
    bounds = np.full((2, len(n_firms)), np.nan)
    bounds[:, enough] = interval(draws[:, enough], level)
    table = values.columns.to_frame(index=False)
    mean = (values * weights).sum() / weights.where(there).sum()
    figures = {"mean": mean.to_numpy(), "low": bounds[0], "high": bounds[1]}
    return table.assign(**figures, n_firms=n_firms, n_without=len(values) - n_firms), draws


def _p_values(draws: FloatArray) -> FloatArray:
    """Compute how rarely the differences of each column lie on the other side of 0, both ways."""
    rarer: IntArray = np.minimum((draws <= 0).sum(axis=0), (draws >= 0).sum(axis=0))
    return np.minimum(1.0, 2.0 * (rarer + 1) / (len(draws) + 1)).astype(float)
