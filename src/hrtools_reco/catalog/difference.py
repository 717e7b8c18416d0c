"""What changed from one catalog to another: rows that came, went, or hold other cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog.merging import TOOLS, Tables, cell_texts, key_columns, keys_of, unlike
from hrtools_reco.texts import Text, filled
from hrtools_reco.views import Result

ADDED, REMOVED, CHANGED = CHANGES = ("added", "removed", "changed")
_COLUMNS = ["table", "key", "change", "column", "before", "after"]
_MOST_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class CatalogDiff(Result):
    """What changed from one catalog to another.

    Attributes
    ----------
    changes : DataFrame
        ``table, key, change, column, before, after``: a row that was ``added`` or ``removed`` stands once,
        without a column; a row that ``changed`` once for each of its cells, as text. ``key`` is its primary
        key, parts joined by ``|``.
    before, after : str
        Versions of the two catalogs.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> catalog = hr.load_catalog()
    >>> catalog.diff(catalog).changes.empty
    True
    """

    changes: pd.DataFrame = field(repr=False)
    before: str
    after: str
    _texts: Mapping[str, Text] = field(repr=False)

    def counts(self) -> pd.DataFrame:
        """Count rows by table and kind of change.

        Returns
        -------
        DataFrame
            One row for each table in which something changed, columns ``added, removed, changed``.
        """
        rows = self.changes.drop_duplicates(["table", "key", "change"])
        found = pd.crosstab(rows["table"], rows["change"]).reindex(columns=CHANGES, fill_value=0)
        return found.loc[rows["table"].unique()].rename_axis(columns=None)

    def to_frame(self) -> pd.DataFrame:
        """Return the changes as a table.

        Returns
        -------
        DataFrame
            A copy of ``changes``.
        """
        return self.changes.copy()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``before, after`` (versions) and ``changes``.
        """
        rows = self.changes.astype(object).where(self.changes.notna(), None)
        return {"before": self.before, "after": self.after, "changes": rows.to_dict("records")}

    def to_text(self, lang: str = "fr") -> str:
        """Return the changes as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            The two versions, how many rows of each table changed, and the tools that came or went.
        """
        said = {key: text(lang) for key, text in self._texts.items()}
        if self.changes.empty:
            return filled(said["diff_nothing"], before=self.before, after=self.after)
        lines = [filled(said["diff_title"], before=self.before, after=self.after)]
        lines += [
            "  " + filled(said["diff_table"], table=table, **dict(zip(CHANGES, row, strict=True)))
            for table, row in zip(self.counts().index, self.counts().to_numpy().tolist(), strict=True)
        ]
        lines += ["  " + line for line in self._tool_lines(said)]
        return "\n".join(lines)

    def _tool_lines(self, said: Mapping[str, str]) -> Iterator[str]:
        """Name the tools that came or went."""
        tools = self.changes[self.changes["table"] == TOOLS]
        for change in (ADDED, REMOVED):
            names = tools.loc[tools["change"] == change, "key"].tolist()
            if names:
                more = "…" if len(names) > _MOST_NAMED else ""
                yield filled(said[f"diff_{change}"], names=", ".join(names[:_MOST_NAMED]) + more)


def changed_rows(resources: Mapping[str, Mapping[str, Any]], before: Tables, after: Tables) -> pd.DataFrame:
    """Return what changed from some tables to others, in the order of the tables and of their rows.

    Parameters
    ----------
    resources : mapping of str to mapping
        Description of each table of both sides.
    before, after : mapping of str to DataFrame
        The tables.

    Returns
    -------
    DataFrame
        The changes of ``CatalogDiff``.
    """
    tables = ((name, resource, before.get(name), after.get(name)) for name, resource in resources.items())
    parts = [part for part in (_table_changes(*one) for one in tables) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS, dtype=object)


def _table_changes(
    name: str, resource: Mapping[str, Any], before: pd.DataFrame | None, after: pd.DataFrame | None
) -> pd.DataFrame:
    """Return what changed in one table."""
    if before is not None and after is not None and before.equals(after):
        return pd.DataFrame()
    first, second = sides = [_keyed(resource, before), _keyed(resource, after)]
    columns = list(dict.fromkeys([*first.columns, *second.columns]))
    kept = first.index[first.index.isin(second.index)]
    old, new = (side.loc[kept].reindex(columns=columns) for side in sides)
    rows, places = np.nonzero(unlike(old, new).to_numpy())
    cells = pd.DataFrame(
        {
            "key": kept[rows],
            "change": CHANGED,
            "column": np.array(columns, dtype=object)[places],
            "before": old.to_numpy(dtype=object)[rows, places],
            "after": new.to_numpy(dtype=object)[rows, places],
        }
    )
    gone, come = (
        first.index.difference(second.index, sort=False),
        second.index.difference(first.index, sort=False),
    )
    whole = [
        pd.DataFrame({"key": keys, "change": change}) for keys, change in ((gone, REMOVED), (come, ADDED))
    ]
    found = pd.concat([*whole, cells], ignore_index=True).astype(object)
    return found.assign(table=name).reindex(columns=_COLUMNS).astype(object)


def _keyed(resource: Mapping[str, Any], table: pd.DataFrame | None) -> pd.DataFrame:
    """Return a table as text by its key; of rows that are wholly alike the first."""
    if table is None:
        return pd.DataFrame(index=pd.Index([], dtype=object))
    columns = [name for name in key_columns(resource) if name in table]
    texts = table.apply(cell_texts).set_axis(keys_of(table, columns), axis=0)
    return texts[~texts.index.duplicated()]
