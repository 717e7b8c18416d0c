"""The picture of a summary: horizontal bars, the longest on top."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_count, invalid
from hrtools_reco.catalog import Catalog, typeset, write_number
from hrtools_reco.columns import TOOL_ID
from hrtools_reco.texts import check_lang

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEYS = {"tools": TOOL_ID, "functions": "function", "needs": "need", "maturity": "dimension"}
_LABELS = {"functions": "functions", "needs": "needs", "maturity": "dimensions"}
BAR, TRACK = "#7a3e1d", "#ece5d8"


def topic_values(table: pd.DataFrame, topic: str, n_firms: int) -> pd.Series:
    """Return the value of each key of a topic over all groups, in percent or points, largest first.

    Parameters
    ----------
    table : DataFrame
        The frame of the topic in a summary.
    topic : {"tools", "functions", "needs", "maturity"}
        What is measured.
    n_firms : int
        Firms of all groups.

    Returns
    -------
    Series
        Values from 0 to 100 by key; a key that concerns no firm is left out.
    """
    key = KEYS[topic]
    if topic == "maturity":
        table = table.assign(total=table["mean"].fillna(0.0) * table["n_known"])
    counts = table.groupby(key, sort=False).sum(numeric_only=True)
    if topic == "maturity":
        values = counts["total"] / counts["n_known"]
    elif topic == "needs":
        values = 100 * counts["n_without"] / counts["n_stated"]
    else:
        values = 100 * counts["n_firms" if topic == "tools" else "n_without"] / n_firms
    return values.dropna().sort_values(ascending=False, kind="stable")


def key_label(catalog: Catalog, topic: str, key: str, lang: str) -> str:
    """Return the name of a key of a topic."""
    return catalog.tool(key).name if topic == "tools" else catalog.labels(_LABELS[topic], lang)[key]


def draw_bars(
    values: pd.Series, topic: str, ax: Axes | None, n: int, n_firms: int, catalog: Catalog, lang: str
) -> Axes:
    """Draw the largest values of a topic as bars; see ``GroupSummary.plot``."""
    check_lang(lang)
    kept = values.head(check_count("n", n, unit="of bars"))[::-1]
    axes = new_axes(len(kept)) if ax is None else ax
    names = [typeset(key_label(catalog, topic, str(key), lang), lang) for key in kept.index]
    axes.barh(names, np.full(len(kept), 100.0), color=TRACK)
    bars = axes.barh(names, kept.to_numpy(), color=BAR)
    axes.bar_label(bars, fmt="{:.0f}", padding=3)
    axes.set_xlim(0, 100)
    axes.set_xlabel(typeset(catalog.text(f"overview_axis_{topic}", lang), lang))
    title = catalog.text(f"overview_title_{topic}", lang, n=write_number(n_firms, lang))
    axes.set_title(typeset(title, lang), loc="left")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return axes


def new_axes(n_bars: int) -> Any:
    """Return the axes of a new figure, tall enough for its bars."""
    try:
        pyplot = import_module("matplotlib.pyplot")
    except ImportError as error:
        hint = 'It is in an extra: pip install "hrtools-reco[plot]".'
        raise invalid("matplotlib", "installed, to draw", None, hint) from error
    _, axes = pyplot.subplots(figsize=(8, 1.2 + 0.38 * max(n_bars, 1)), layout="constrained")
    return axes
