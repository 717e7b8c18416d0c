"""Find the kinds of firms for which the catalog has too little, and the tools that it never recommends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_count, invalid
from hrtools_reco.catalog import RETIRED, Catalog, catalog_of
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT, MATURITY_PREFIX, TOOL_ID
from hrtools_reco.firms import LEVEL, SIZE, group_firms
from hrtools_reco.not_fitted import check_fitted
from hrtools_reco.overview.census import take_census
from hrtools_reco.recommender import ToolRecommender
from hrtools_reco.rules import Rule
from hrtools_reco.texts import check_lang
from hrtools_reco.views import Record, Result, html_box, html_frame, html_rows, html_title

MOST_RECOMMENDED = 5


@dataclass(frozen=True, kw_only=True)
class CoverageReport(Record, Result):
    """What the catalog has for kinds of firms.

    Attributes
    ----------
    cells : DataFrame
        One row for each branch, class of size and level of maturity that occurs: ``n_firms``, ``n_thin``
        (firms that fewer than k tools fit), ``least`` and ``median`` of the tools that fit,
        ``median_to_check`` of those that may, and ``rule``: the rule that stops the most tools at the thin
        firms; missing where none is thin.
    tools : DataFrame
        ``tool_id, n_firms``: to how many firms each tool on offer is recommended, most first.
    k : int
        Recommendations asked for.
    share_recommended : float
        Share of the tools on offer that are recommended to any firm, from 0 to 1.
    share_of_five : float
        Share of all recommendations that the five most recommended tools take, from 0 to 1.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> report = hr.coverage_report(hr.simulate_firms(200, seed=1))
    >>> 0 < report.share_recommended <= 1
    True
    """

    cells: pd.DataFrame
    tools: pd.DataFrame
    k: int
    share_recommended: float
    share_of_five: float

    @property
    def thin(self) -> pd.DataFrame:
        """The cells in which fewer than k tools fit a firm."""
        return self.cells[self.cells["n_thin"] > 0].reset_index(drop=True)

    @property
    def never(self) -> tuple[str, ...]:
        """Keys of the tools on offer that are recommended to nobody."""
        return tuple(self.tools.loc[self.tools["n_firms"] == 0, TOOL_ID])

    def to_frame(self) -> pd.DataFrame:
        """Return the cells as a table.

        Returns
        -------
        DataFrame
            A copy of ``cells``.
        """
        return self.cells.copy()

    def to_text(self, lang: str = "fr") -> str:
        """Return the report as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            How many tools are recommended at all, and how many kinds of firms have too few.
        """
        text = catalog_of(None).text
        shares = {"used": f"{100 * self.share_recommended:.0f}", "five": f"{100 * self.share_of_five:.0f}"}
        lines = [text("coverage_title", lang, n=len(self.tools))]
        lines.append("  " + text("coverage_shares", lang, **shares, never=len(self.never)))
        lines.append("  " + text("coverage_thin", lang, n=len(self.thin), of=len(self.cells), k=self.k))
        return "\n".join(lines)

    def to_html(self, lang: str = "fr") -> str:
        """Return the report as HTML, with the cells in which too few tools fit.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            HTML; every text is escaped.
        """
        head, *lines = self.to_text(check_lang(lang)).split("\n")
        return html_box(html_title(head), html_rows(lines), html_frame(self.thin))


def coverage_report(
    companies: Any = None, k: int = 5, *, recommender: ToolRecommender | None = None
) -> CoverageReport:
    """Tell for which kinds of firms the catalog has too little, and which tools it never recommends.

    Parameters
    ----------
    companies : DataFrame or sequence of CompanyProfile, optional
        The firms, as ``recommend_batch`` takes them. ``None`` is a grid of one firm for each branch, class
        of size and level of maturity, of which nothing else is known.
    k : int, default=5
        Tools that a firm should have, at least 1.
    recommender : ToolRecommender, optional
        A fitted recommender. ``None`` is one over the bundled catalog.

    Returns
    -------
    CoverageReport
        Thin cells, and how the recommendations are spread over the catalog.

    Raises
    ------
    InvalidTableError
        If a cell of the firms is wrong.
    InvalidValueError
        If the table is empty or a parameter is wrong.
    NotFittedError
        If the recommender is not fitted.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> report = hr.coverage_report()
    >>> len(report.cells)
    128
    """
    n_wanted = check_count("k", k, unit="of recommendations")
    fitted = ToolRecommender().fit() if recommender is None else recommender
    check_fitted(fitted)
    table = firm_grid(fitted.catalog_) if companies is None else companies
    batch = fitted.recommend_batch(table, n_wanted).to_pandas()
    basis = batch.basis
    if basis is None:  # an answer made here keeps its firms
        raise invalid("recommender", "one whose answers keep their firms", type(fitted).__name__)
    census = take_census(basis.firms, basis.rules, basis.catalog)
    groups = group_firms(basis.firms, (BRANCH, SIZE, LEVEL), basis.catalog)
    thin = census.n_fit < n_wanted
    counts = {"thin": thin, "fit": census.n_fit, "to_check": census.n_to_check}
    by_cell = pd.DataFrame(counts).groupby(groups.code)
    cells = groups.table.assign(
        n_firms=by_cell.size().to_numpy(),
        n_thin=by_cell["thin"].sum().to_numpy(),
        least=by_cell["fit"].min().to_numpy(),
        median=by_cell["fit"].median().to_numpy(),
        median_to_check=by_cell["to_check"].median().to_numpy(),
        rule=_emptying_rule(census.n_stopped * thin[:, None], groups.code, basis.rules),
    )
    tools = _tool_counts(batch.frame[TOOL_ID], basis.catalog)
    n_first = tools["n_firms"].head(MOST_RECOMMENDED).sum()
    return CoverageReport(
        cells=cells,
        tools=tools,
        k=n_wanted,
        share_recommended=float((tools["n_firms"] > 0).mean()),
        share_of_five=float(n_first / max(len(batch.frame), 1)),
    )


def firm_grid(catalog: Catalog) -> pd.DataFrame:
    """Write one firm for each branch, class of size and level of maturity.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the branches, classes and levels.

    Returns
    -------
    DataFrame
        ``company_id, branch, headcount`` (the geometric middle of the class; half as much again as its start
        where it has no end) and all maturity scores at the middle of the level.
    """
    sizes, levels = catalog.table("size_classes"), catalog.table("levels")
    low = sizes["headcount_min"].clip(lower=1)
    heads = np.sqrt(low * sizes["headcount_max"].fillna(low * 2.25)).round().astype(int)
    middles = (levels["score_min"] + levels["score_below"].fillna(100)) / 2
    rows = list(product(catalog.keys("branches"), heads, middles))
    grid = pd.DataFrame(rows, columns=[BRANCH, HEADCOUNT, "score"])
    scores = {MATURITY_PREFIX + key: grid["score"] for key in catalog.keys("dimensions")}
    names = pd.Series("grid-" + grid.index.astype(str), name=COMPANY_ID)
    return pd.concat([names, grid[[BRANCH, HEADCOUNT]], pd.DataFrame(scores)], axis=1)


def _emptying_rule(n_stopped: np.ndarray, code: np.ndarray, rules: Sequence[Rule]) -> pd.Series:
    """Name the rule that stops the most tools in each cell, missing where none is counted."""
    total = pd.DataFrame(n_stopped).groupby(code).sum().to_numpy()
    names = pd.Series([rules[at].name for at in total.argmax(axis=1)], dtype=object)
    return names.where(total.max(axis=1) > 0)


def _tool_counts(tool_ids: pd.Series, catalog: Catalog) -> pd.DataFrame:
    """Count how often each tool on offer is recommended."""
    tools = catalog.tools
    offered = tools.loc[tools["status"] != RETIRED, TOOL_ID]
    counts = tool_ids.value_counts().reindex(offered).fillna(0).astype(np.int64)
    table = pd.DataFrame({TOOL_ID: offered.to_numpy(), "n_firms": counts.to_numpy()})
    return table.sort_values(["n_firms", TOOL_ID], ascending=[False, True], ignore_index=True)
