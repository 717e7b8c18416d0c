"""Count an answer by branch, size, region or level: what firms would need, as frames and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_choice, invalid
from hrtools_reco.answer import Basis, BatchRecommendations
from hrtools_reco.catalog import Catalog, YearlyCosts
from hrtools_reco.columns import BRANCH, COMPANY_ID, RANK, TOOL_ID
from hrtools_reco.firms import SIZE, Groups, group_firms
from hrtools_reco.overview.census import Census, take_census
from hrtools_reco.overview.picture import KEYS, draw_bars, topic_values
from hrtools_reco.texts import check_lang
from hrtools_reco.views import Result, html_box, html_frame, html_rows, html_title, plain_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CHUNK = 4096


@dataclass(frozen=True, kw_only=True)
class GroupSummary(Result):
    """What groups of firms would need; each frame starts with the columns that the firms are grouped by.

    Attributes
    ----------
    by : tuple of str
        The groupings.
    groups : DataFrame
        ``n_firms``; ``n_served`` (at least one recommendation), ``n_short`` (fewer than asked for) and
        ``n_unserved`` (none); ``mean_fit`` and ``mean_to_check`` (tools of the catalog for a firm).
    tools : DataFrame
        ``tool_id, n_firms`` (to which it is recommended), ``share`` of the firms of the group, from 0 to 1,
        and ``mean_rank``; most recommended first.
    functions : DataFrame
        ``function, n_without`` (firms that no tool of it fits) and their ``share``.
    needs : DataFrame
        ``need, n_stated`` (firms that told a real need: ``need_is_real``), ``n_without`` (of these, firms
        that no tool which answers it fits) and their ``share``; NaN where none told it.
    maturity : DataFrame
        ``dimension, n_known, mean`` (of the known scores, from 0 to 100), ``n_waiting`` (firms for which its
        gates hold back a tool that nothing else excludes) and their ``share``.
    money : DataFrame
        ``n_budgets, budget_median`` (euros a year, of those that told it), ``n_priced`` and ``n_unpriced``
        (recommendations), ``cost_median`` and ``cost_sum`` (euros a year: the known yearly prices of the
        whole list of a firm, and of all lists).
    catalog : Catalog
        Catalog of the names.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firms = hr.simulate_firms(200, seed=1)
    >>> summary = hr.summarise(hr.ToolRecommender().fit().recommend_batch(firms), by="branch")
    >>> int(summary.groups["n_firms"].sum())
    200
    """

    by: tuple[str, ...]
    groups: pd.DataFrame
    tools: pd.DataFrame
    functions: pd.DataFrame
    needs: pd.DataFrame
    maturity: pd.DataFrame
    money: pd.DataFrame
    catalog: Catalog

    def to_frame(self) -> pd.DataFrame:
        """Return all counts as one long frame.

        Returns
        -------
        DataFrame
            The columns of ``by``, then ``topic`` (name of the frame), ``key`` (tool, function, need or
            dimension; empty for counts of the group), ``measure`` and ``value``.
        """
        parts = []
        for topic in ("groups", *KEYS, "money"):
            table: pd.DataFrame = getattr(self, topic)
            own = [*self.by, KEYS[topic]] if topic in KEYS else list(self.by)
            long = table.melt(id_vars=own, var_name="measure", value_name="value")
            long = long.rename(columns={KEYS.get(topic, ""): "key"}).assign(topic=topic)
            parts.append(long.assign(key=long["key"] if topic in KEYS else ""))
        whole = pd.concat(parts, ignore_index=True)
        return whole[[*self.by, "topic", "key", "measure", "value"]].astype({"value": float})

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            ``by``, then the rows of each frame by its name.
        """
        return {
            "by": list(self.by),
            **{name: plain_value(getattr(self, name)) for name in ("groups", *KEYS, "money")},
        }

    def to_text(self, lang: str = "fr") -> str:
        """Return the summary as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            How many firms there are and are served, then the tools that are recommended most.
        """
        n_firms = int(self.groups["n_firms"].sum())
        counts = {name: int(self.groups[name].sum()) for name in ("n_served", "n_short", "n_unserved")}
        lines = [self.catalog.text("summary_title", lang, n=n_firms, groups=len(self.groups))]
        lines.append("  " + self.catalog.text("summary_counts", lang, **counts))
        lines.append("  " + self.catalog.text("overview_title_tools", lang, n=n_firms))
        for tool_id, share in topic_values(self.tools, "tools", n_firms).head(5).items():
            lines.append(f"    {self.catalog.tool(str(tool_id)).name} – {share:.0f} %")
        return "\n".join(lines)

    def to_html(self, lang: str = "fr") -> str:
        """Return the summary as HTML, with the counts of the first groups.

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
        return html_box(html_title(head), html_rows(lines), html_frame(self.groups))

    def of(self, **group: str) -> GroupSummary:
        """Keep some groups.

        Parameters
        ----------
        **group : str
            A grouping and the key to keep, such as ``branch="tanning"``.

        Returns
        -------
        GroupSummary
            The same frames with fewer rows.

        Raises
        ------
        InvalidValueError
            If the firms are not grouped by it, or there is no such group.
        """
        frames = {name: getattr(self, name) for name in ("groups", "money", *KEYS)}
        for name, key in group.items():
            if name not in self.by:
                raise invalid("group", f"one of the groupings {', '.join(self.by)}", name)
            if key not in set(self.groups[name]):
                raise invalid(name, "a group of the summary", key, f"It has {_listed(self.groups[name])}.")
            frames = {
                title: table[table[name] == key].reset_index(drop=True) for title, table in frames.items()
            }
        return GroupSummary(by=self.by, catalog=self.catalog, **frames)

    def plot(self, topic: str = "tools", ax: Axes | None = None, *, lang: str = "fr", n: int = 10) -> Axes:
        """Draw one topic over all groups as bars (extra ``plot``).

        Parameters
        ----------
        topic : {"tools", "functions", "needs", "maturity"}, default="tools"
            Shares of firms to which tools are recommended, without a tool for a function, or without one for
            a need that they told; or the mean of each maturity score.
        ax : matplotlib.axes.Axes, optional
            Where to draw. ``None`` is a new figure.
        lang : {"fr", "en"}, default="fr"
            Language.
        n : int, default=10
            Most bars, at least 1.

        Returns
        -------
        matplotlib.axes.Axes
            The picture.

        Raises
        ------
        InvalidValueError
            If there is no such topic or language, or matplotlib is not installed.
        """
        check_choice("topic", topic, KEYS)
        n_firms = int(self.groups["n_firms"].sum())
        values = topic_values(getattr(self, topic), topic, n_firms)
        return draw_bars(values, topic, ax, n, n_firms, self.catalog, lang)


def summarise(batch: BatchRecommendations, by: str | Sequence[str] = (BRANCH, SIZE)) -> GroupSummary:
    """Count an answer by groups of firms.

    Parameters
    ----------
    batch : BatchRecommendations
        An answer of this process: one that was saved or sent has left its firms behind.
    by : str or sequence of str, default=("branch", "size")
        One or several of ``branch, region, size, level`` (of maturity).

    Returns
    -------
    GroupSummary
        Counts by group. Refused firms are in none.

    Raises
    ------
    InvalidValueError
        If the answer has left its firms behind, or there is no such grouping.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> batch = hr.ToolRecommender().fit().recommend_batch(hr.simulate_firms(300, seed=1), k=3)
    >>> summary = hr.summarise(batch, by=["branch", "size"])
    >>> list(summary.groups.columns[:3])
    ['branch', 'size', 'n_firms']
    """
    if not isinstance(batch, BatchRecommendations):
        raise invalid("batch", "an answer of recommend_batch", type(batch).__name__)
    if batch.basis is None:
        hint = "Recommend again in this process."
        raise invalid("batch", "an answer that still has its firms", "one that was saved or sent", hint)
    basis = batch.basis
    groups = group_firms(basis.firms, by, basis.catalog)
    names = tuple(str(name) for name in groups.table)
    counts = _Counts(batch.to_pandas(), basis, groups)
    return GroupSummary(by=names, catalog=basis.catalog, **counts.frames())


class _Counts:
    """The frames of a summary, each from arrays over the firms."""

    def __init__(self, batch: BatchRecommendations, basis: Basis, groups: Groups) -> None:
        self._groups, self._catalog, self._firms = groups, basis.catalog, basis.firms
        self._census: Census = take_census(basis.firms, basis.rules, basis.catalog)
        self._n = self._sum(np.ones(len(groups.code)))
        self._batch = batch
        self._row = pd.Index(basis.firms.company_id).get_indexer(pd.Index(batch.frame[COMPANY_ID]))
        self._tool = pd.Index(basis.catalog.tool_ids).get_indexer(pd.Index(batch.frame[TOOL_ID]))

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return all frames."""
        catalog, census = self._catalog, self._census
        needs = self._firms.needs >= catalog.setting("need_is_real")
        maturity = self._firms.maturity
        return {
            "groups": self._group_counts(),
            "tools": self._tool_counts(),
            "functions": self._long("function", "functions", n_without=self._sum(~census.served_functions)),
            "needs": self._long(
                "need",
                "needs",
                of="n_stated",
                n_stated=self._sum(needs),
                n_without=self._sum(needs & ~census.served_needs),
            ),
            "maturity": self._long(
                "dimension",
                "dimensions",
                n_known=self._sum(~np.isnan(maturity)),
                mean=_ratio(self._sum(np.nan_to_num(maturity)), self._sum(~np.isnan(maturity))),
                n_waiting=self._sum(census.waiting),
            ),
            "money": self._money(),
        }

    def _sum(self, values: np.ndarray) -> np.ndarray:
        """Sum rows of firms by group."""
        table = pd.DataFrame(values).groupby(self._groups.code).sum()
        return np.asarray(table.to_numpy(dtype=float)).reshape(len(self._groups), *values.shape[1:])

    def _framed(self, **columns: np.ndarray) -> pd.DataFrame:
        """Put columns of one number a group beside its names."""
        counted = {name: _whole(name, values) for name, values in columns.items()}
        return self._groups.table.assign(**counted)

    def _long(self, key: str, table: str, of: str | None = None, **columns: np.ndarray) -> pd.DataFrame:
        """Put columns of one number a group and key beside both, with the share of the last one."""
        keys = self._catalog.keys(table)
        repeated = self._groups.table.loc[np.repeat(np.arange(len(self._groups)), len(keys))]
        whole = columns[of] if of else np.repeat(self._n[:, None], len(keys), axis=1)
        counted = {name: _whole(name, values.ravel()) for name, values in columns.items()}
        share = _ratio(list(columns.values())[-1], whole).ravel()
        named = {key: np.tile(np.array(keys, dtype=object), len(self._groups))}
        return repeated.reset_index(drop=True).assign(**named, **counted, share=share)

    def _group_counts(self) -> pd.DataFrame:
        """Count firms, those that got less than asked for, and the tools for a firm."""
        got = np.bincount(self._row, minlength=len(self._groups.code))
        short = pd.Index(self._firms.company_id).isin(self._batch.shortfalls[COMPANY_ID])
        return self._framed(
            n_firms=self._n,
            n_served=self._sum(got > 0),
            n_short=self._sum(short),
            n_unserved=self._sum(got == 0),
            mean_fit=self._sum(self._census.n_fit) / self._n,
            mean_to_check=self._sum(self._census.n_to_check) / self._n,
        )

    def _tool_counts(self) -> pd.DataFrame:
        """Count to how many firms each tool is recommended."""
        rows = pd.DataFrame(
            {
                "group": self._groups.code[self._row],
                "tool": self._tool,
                RANK: self._batch.frame[RANK].to_numpy(),
            }
        )
        found = rows.groupby(["group", "tool"])[RANK].agg(["size", "mean"]).reset_index()
        found = found.sort_values(["group", "size", "tool"], ascending=[True, False, True])
        group = found["group"].to_numpy()
        return (
            self._groups.table.loc[group]
            .reset_index(drop=True)
            .assign(
                tool_id=np.array(self._catalog.tool_ids, dtype=object)[found["tool"]],
                n_firms=found["size"].to_numpy(),
                share=found["size"].to_numpy() / self._n[group],
                mean_rank=found["mean"].to_numpy(),
            )
        )

    def _money(self) -> pd.DataFrame:
        """Sum the known yearly prices of what is recommended, beside the budgets that were told."""
        cost = self._costs()
        priced = ~np.isnan(cost)
        n, group = len(self._groups.code), self._groups.code
        known = np.bincount(self._row, weights=np.nan_to_num(cost), minlength=n)
        whole = np.bincount(self._row, weights=~priced, minlength=n) == 0
        budget = self._firms.budget
        return self._framed(
            n_budgets=self._sum(~np.isnan(budget)),
            budget_median=pd.Series(budget).groupby(group).median().to_numpy(),
            n_priced=self._sum(np.bincount(self._row, weights=priced, minlength=n)),
            n_unpriced=self._sum(np.bincount(self._row, weights=~priced, minlength=n)),
            cost_median=pd.Series(np.where(whole, known, np.nan)).groupby(group).median().to_numpy(),
            cost_sum=self._sum(known),
        )

    def _costs(self) -> np.ndarray:
        """Return the most that each recommendation costs its firm in a year; NaN if unknown."""
        heads = np.where(np.isinf(self._firms.headcount_high), np.nan, self._firms.headcount_high)
        costs = YearlyCosts(self._catalog)
        found = np.empty(len(self._row))
        for start in range(0, len(found), _CHUNK):
            part = slice(start, start + _CHUNK)
            own, each = heads[self._row[part]], np.arange(len(found[part]))
            most = np.where(costs.free_at(own), 0.0, costs.interval(own)[1])
            found[part] = most[each, self._tool[part]]
        return found


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide; NaN where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0)


def _whole(name: str, values: np.ndarray) -> np.ndarray:
    """Return counts as whole numbers."""
    return values.astype(np.int64) if name.startswith("n_") else values


def _listed(values: pd.Series) -> str:
    """List the distinct values of a column."""
    return ", ".join(map(str, dict.fromkeys(values)))
