"""Columns of the tools as arrays: first functions, gates, list cells as indicators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco.catalog import EVERYWHERE, Catalog, split_list

_LIGHT = {"internet", "own_email"}


def primary_functions(catalog: Catalog) -> list[str]:
    """Return the first function of each tool."""
    return [split_list(cell)[0] for cell in catalog.tools["functions"]]


def gated_tools(catalog: Catalog) -> np.ndarray:
    """Tell for each tool whether the gates of its function bind it."""
    kinds = catalog.table("kinds").set_index("kind")["gated"]
    return kinds.loc[catalog.tools["kind"]].to_numpy(dtype=bool)


def light_tools(catalog: Catalog) -> np.ndarray:
    """Tell for each tool whether nothing but a connection and the head's mailbox is asked for."""
    return np.array([set(split_list(cell)) <= _LIGHT for cell in catalog.tools["requirements"]], dtype=bool)


def naming(catalog: Catalog, column: str, keys: Sequence[str]) -> np.ndarray:
    """Tell for each key and tool whether a list cell names the key itself, of shape (n_keys, n_tools)."""
    cells = [split_list(cell) for cell in catalog.tools[column]]
    return np.array([[key in cell and EVERYWHERE not in cell for cell in cells] for key in keys], dtype=bool)


def admitting(catalog: Catalog, column: str, keys: Sequence[str]) -> np.ndarray:
    """Tell for each key and tool whether a list cell names the key or ``all``, of shape (n_keys, n_tools)."""
    cells = [split_list(cell) for cell in catalog.tools[column]]
    return np.array([[key in cell or EVERYWHERE in cell for cell in cells] for key in keys], dtype=bool)
