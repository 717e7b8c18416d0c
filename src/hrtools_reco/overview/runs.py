"""Hold two runs over the same firms against each other: what entered, what left, what moved, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.answer import Basis, BatchRecommendations
from hrtools_reco.catalog import Catalog, Versions, catalog_of
from hrtools_reco.columns import COMPANY_ID, LIST_SEPARATOR, RANK, SCORE, STATUS, TOOL_ID
from hrtools_reco.firms import Firms, key_text
from hrtools_reco.rules import FAIL, STATUSES, evaluate_rules
from hrtools_reco.texts import check_lang
from hrtools_reco.views import Result, html_box, html_frame, html_rows, html_title, plain_value

CHANGES = ("entered", "left", "moved")
CAUSES = ("profile", "catalog", "rules", "model", "others")
_LIKE_BEFORE = 0.05  # points: below it a score is read as the same
_BY_TOOL = ("installed", "excluded", "refused")
_SIDES = ("_before", "_after")
_NO_TOOL = -1


@dataclass(frozen=True, kw_only=True)
class RunComparison(Result):
    """What changed between two runs, for the firms of both.

    Attributes
    ----------
    changes : DataFrame
        One row for each tool of a firm that entered its list, left it or moved in it: ``company_id, tool_id,
        change, rank_before, rank_after, score_before, score_after, status_before, status_after, why, rules``.
        ``why`` is ``profile`` (the firm is described otherwise), ``catalog``, ``rules``, ``model`` (what was
        learnt) or ``others`` (only its neighbours in the list changed); ``rules`` are those that keep it out
        of the list where it is missing, joined by ``|``.
    n_firms, n_changed : int
        Firms of both runs, and those of them whose list changed.
    n_new, n_gone : int
        Firms of the later run only, and of the earlier only.
    before, after : Versions
        What each run came from.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> recommender = hr.ToolRecommender().fit()
    >>> firm = {"company_id": "a", "branch": "footwear", "headcount": 12}
    >>> runs = [recommender.recommend_batch([firm | more]) for more in ({}, {"need_hiring": 100})]
    >>> set(hr.compare_runs(*runs).changes["why"])
    {'profile'}
    """

    changes: pd.DataFrame = field(repr=False)
    n_firms: int
    n_changed: int
    n_new: int
    n_gone: int
    before: Versions
    after: Versions

    def counts(self) -> pd.DataFrame:
        """Count changes by cause.

        Returns
        -------
        DataFrame
            One row for each cause, one column for each kind of change.
        """
        table = pd.crosstab(self.changes["why"], self.changes["change"])
        return table.reindex(index=CAUSES, columns=CHANGES, fill_value=0)

    def to_frame(self) -> pd.DataFrame:
        """Return the changes as a table.

        Returns
        -------
        DataFrame
            A copy of ``changes``.
        """
        return self.changes.copy()

    def to_text(self, lang: str = "fr") -> str:
        """Return what changed as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            How many lists changed, then for each cause how many tools entered, left and moved.
        """
        text = catalog_of(None).text
        lines = [text("runs_title", lang, n=self.n_firms, changed=self.n_changed)]
        if self.n_new or self.n_gone:
            lines.append("  " + text("runs_new_gone", lang, new=self.n_new, gone=self.n_gone))
        for cause, counts in self.counts().iterrows():
            if counts.sum():
                said = text("runs_counts", lang, **{str(name): n for name, n in counts.items()})
                lines.append(f"  {text(f'runs_{cause}', lang)}{text('colon', lang)}{said}")
        return "\n".join(lines)

    def to_html(self, lang: str = "fr") -> str:
        """Return what changed as HTML: the counts by cause, then the first changes.

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
        return html_box(html_title(head), html_rows(lines), html_frame(self.changes))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``before, after`` (versions), ``n_firms, n_changed, n_new, n_gone, changes``.
        """
        return {
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "n_firms": self.n_firms,
            "n_changed": self.n_changed,
            "n_new": self.n_new,
            "n_gone": self.n_gone,
            "changes": plain_value(self.changes),
        }


def compare_runs(before: BatchRecommendations, after: BatchRecommendations) -> RunComparison:
    """Tell what changed between two runs over the same firms, and why.

    Parameters
    ----------
    before, after : BatchRecommendations
        The earlier and the later answer of ``recommend_batch``, of this process.

    Returns
    -------
    RunComparison
        What entered, left and moved.

    Raises
    ------
    InvalidValueError
        If one of them is no such answer, or has left its firms behind.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firms = hr.simulate_firms(50, seed=1)
    >>> recommender = hr.ToolRecommender().fit()
    >>> runs = [recommender.recommend_batch(firms, exclude=names) for names in (None, "moodle")]
    >>> found = hr.compare_runs(*runs)
    >>> found.n_firms, found.n_new
    (50, 0)
    """
    sides = (_Side(before, "before"), _Side(after, "after"))
    first, second = sides
    shared = np.intersect1d(first.keys, second.keys)
    rows = [side.rows_of(shared) for side in sides]
    changes = _changed_rows(first, second, shared)
    causes = _Causes(first, second, shared, rows, changes)
    told = changes.assign(
        **{f"{STATUS}{end}": names for end, names in zip(_SIDES, causes.statuses, strict=True)},
        why=causes.why(),
        rules=causes.rules(),
    )
    ids = pd.Series(first.basis.firms.company_id[rows[0]], index=shared, dtype=object)
    columns = [COMPANY_ID, TOOL_ID, "change"]
    columns += [f"{name}{end}" for name in (RANK, SCORE, STATUS) for end in _SIDES]
    return RunComparison(
        changes=told.assign(**{COMPANY_ID: told["key"].map(ids)})[[*columns, "why", "rules"]],
        n_firms=len(shared),
        n_changed=int(told["key"].nunique()),
        n_new=len(second.keys) - len(shared),
        n_gone=len(first.keys) - len(shared),
        before=before.versions,
        after=after.versions,
    )


class _Side:
    """One run: its firms by key, and its list."""

    def __init__(self, batch: BatchRecommendations, name: str) -> None:
        if not isinstance(batch, BatchRecommendations):
            raise invalid(name, "an answer of recommend_batch", type(batch).__name__)
        if batch.basis is None:
            hint = "Recommend again in this process."
            raise invalid(name, "an answer that still has its firms", "one that was saved or sent", hint)
        self.basis: Basis = batch.basis
        self.keys = np.array([key_text(key) for key in self.basis.firms.company_id.tolist()], dtype=object)
        frame = batch.to_pandas().frame[[COMPANY_ID, TOOL_ID, RANK, SCORE]]
        self.list = frame.assign(key=frame.pop(COMPANY_ID).map(_plain_key))
        self.eligibility = evaluate_rules(self.basis.rules, self.basis.firms)

    def rows_of(self, keys: np.ndarray) -> np.ndarray:
        """Return the position of some firms."""
        return pd.Index(self.keys).get_indexer(pd.Index(keys))

    def outcomes(self, keys: pd.Series, tools: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return statuses, outcomes of the rules, and whether the catalog holds the tool, of some pairs."""
        columns = pd.Index(self.basis.catalog.tool_ids).get_indexer(pd.Index(tools))
        held = columns != _NO_TOOL
        rows, at = self.rows_of(keys.to_numpy())[held], columns[held]
        outcomes = np.zeros((len(self.basis.rules), len(tools)), dtype=np.uint8)
        outcomes[:, held] = self.eligibility.outcomes_at(rows, at)
        statuses = np.full(len(tools), None, dtype=object)
        statuses[held] = np.array(STATUSES, dtype=object)[self.eligibility.statuses()[rows, at]]
        return statuses, outcomes, held


def _plain_key(key: object) -> str:
    """Return the key of a firm as it is compared."""
    return key_text(key) if isinstance(key, str | int) else str(key)


def _changed_rows(first: _Side, second: _Side, shared: np.ndarray) -> pd.DataFrame:
    """Return what entered, left or moved, in the order of the firms of the later run."""
    lists = [side.list[side.list["key"].isin(shared)] for side in (first, second)]
    both = lists[0].merge(lists[1], on=["key", TOOL_ID], how="outer", suffixes=_SIDES)
    ranks = both[f"{RANK}_before"], both[f"{RANK}_after"]
    both["change"] = np.select([ranks[0].isna(), ranks[1].isna(), ranks[0] != ranks[1]], CHANGES, "")
    order = second.rows_of(both["key"].to_numpy())
    changed = both.assign(order=order, place=ranks[1].fillna(np.inf))
    changed = changed.sort_values(["order", "place", f"{RANK}_before"], kind="stable", ignore_index=True)
    stirred = changed.loc[_score_moved(changed), "key"].unique()
    kept = changed[changed["change"] != ""].reset_index(drop=True)
    return kept.assign(firm_rescored=kept["key"].isin(stirred))


def _score_moved(table: pd.DataFrame) -> pd.Series:
    """Tell where the score of a tool in both lists is another one."""
    return (table[f"{SCORE}_before"] - table[f"{SCORE}_after"]).abs() > _LIKE_BEFORE


class _Causes:
    """Why tools entered, left or moved."""

    def __init__(
        self,
        first: _Side,
        second: _Side,
        shared: np.ndarray,
        rows: Sequence[np.ndarray],
        changes: pd.DataFrame,
    ) -> None:
        self._changes = changes
        self._sides = (first, second)
        found = [side.outcomes(changes["key"], changes[TOOL_ID]) for side in self._sides]
        self.statuses = [statuses for statuses, _, _ in found]
        self._failed = [outcomes == FAIL for _, outcomes, _ in found]
        self._held = [held for _, _, held in found]
        told_otherwise = _profiles_changed(first.basis, second.basis, rows)
        self._profile = changes["key"].map(pd.Series(told_otherwise, index=shared)).to_numpy(dtype=bool)

    def why(self) -> np.ndarray:
        """Return the cause of each change."""
        same_catalog = _tables_equal(self._sides[0].basis.catalog, self._sides[1].basis.catalog)
        missing = ~(self._held[0] & self._held[1])
        restated = self.statuses[0] != self.statuses[1]
        rescored = _score_moved(self._changes).to_numpy() | self._changes["firm_rescored"].to_numpy()
        return np.select(
            [
                self._profile,
                missing | ((restated | rescored) & (not same_catalog)),
                restated,
                rescored,
            ],
            CAUSES[:-1],
            CAUSES[-1],
        ).astype(object)

    def rules(self) -> np.ndarray:
        """Name the rules that fail on the side where a tool is missing."""
        said = np.full(len(self._changes), None, dtype=object)
        for side, change in enumerate(CHANGES[:2]):
            missing = (self._changes["change"] == change).to_numpy()
            marks, kind = np.unique(self._failed[side][:, missing].T, axis=0, return_inverse=True)
            rules = self._sides[side].basis.rules
            names = [
                LIST_SEPARATOR.join(rule.name for rule, mark in zip(rules, row, strict=True) if mark) or None
                for row in marks
            ]
            said[missing] = np.array([*names, None], dtype=object)[:-1][kind.ravel()]
        return said


def _tables_equal(first: Catalog, second: Catalog) -> bool:
    """Tell whether two catalogs hold the same."""
    if first is second:
        return True
    return first.table_names == second.table_names and all(
        first.table(name).equals(second.table(name)) for name in first.table_names
    )


def _profiles_changed(first: Basis, second: Basis, rows: Sequence[np.ndarray]) -> np.ndarray:
    """Tell which firms are described otherwise, as far as both catalogs have words for it."""
    described = [
        _described(basis.firms.take(at), basis.catalog)
        for basis, at in zip((first, second), rows, strict=True)
    ]
    changed = np.zeros(len(rows[0]), dtype=bool)
    for name in described[0].keys() & described[1].keys():
        one, other = described[0][name], described[1][name]
        if one.dtype.kind == "f":
            changed |= ~((one == other) | (np.isnan(one) & np.isnan(other)))
        else:
            changed |= one != other
    return changed


def _described(firms: Firms, catalog: Catalog) -> dict[str, np.ndarray]:
    """Return what is known of firms, one column for each name of the catalog."""
    regions = np.array([*catalog.keys("regions"), ""], dtype=object)
    columns: dict[str, np.ndarray] = {
        "branch": np.array(catalog.keys("branches"), dtype=object)[firms.branch],
        "region": regions[firms.region],
        "low": firms.headcount_low,
        "high": firms.headcount_high,
        "budget": firms.budget,
    }
    for table, values in (("dimensions", firms.maturity), ("needs", firms.needs), ("facts", firms.facts)):
        columns |= {f"{table} {key}": values[:, at] for at, key in enumerate(catalog.keys(table))}
    for name in _BY_TOOL:
        marks = getattr(firms, name)
        stated = np.flatnonzero(marks.any(axis=0))
        items = (*catalog.tool_ids, *catalog.keys("functions"))
        columns |= {f"{name} {items[at]}": marks[:, at] for at in stated}
    return columns
