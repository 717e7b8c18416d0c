"""Columns of the tools as arrays: first functions, gates, list cells as indicators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco.catalog.catalog import EVERYWHERE, Catalog, split_list
from hrtools_reco.catalog.judgement import judgement_of

_LIGHT = {"internet", "own_email"}


STRONGEST = 3.0  # grade of the strongest answer to a need in tool_judgements


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


def need_answers(catalog: Catalog) -> np.ndarray:
    """Tell how far each tool answers each need, through the best of its functions.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the table ``function_needs``.

    Returns
    -------
    ndarray of shape (n_needs, n_tools)
        Share from 0 to 1; a function that is not the first counts less.
    """
    functions, needs = catalog.keys("functions"), catalog.keys("needs")
    answered = catalog.table("function_needs").pivot(index="function", columns="need", values="weight")
    by_function = answered.reindex(index=list(functions), columns=list(needs)).fillna(0.0).to_numpy()
    serves = naming(catalog, "functions", functions) * catalog.setting("secondary_function_share")
    first = [functions.index(function) for function in primary_functions(catalog)]
    serves[first, np.arange(len(first))] = 1.0
    answers: np.ndarray = np.max(serves[:, None, :] * by_function[:, :, None], axis=0)
    return answers


def need_strengths(catalog: Catalog) -> np.ndarray:
    """Tell how strongly each tool answers each need: as the experts judge it, else through its functions.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables ``tool_judgements`` and ``function_needs``.

    Returns
    -------
    ndarray of shape (n_needs, n_tools)
        From 0 to 1; 1 is the strongest answer that an expert can give.
    """
    said = judgement_of(catalog)
    return np.where(said.judged, said.needs / STRONGEST, need_answers(catalog))


def worth_anyway(catalog: Catalog) -> np.ndarray:
    """Return what each tool is worth to a firm without a pressing need, from 0 to 3, of shape (n_tools,)."""
    return judgement_of(catalog).anyway


def sorts_of_tools(catalog: Catalog) -> np.ndarray:
    """Return a number for the sort of each tool, by which a list is balanced, of shape (n_tools,)."""
    kinds = catalog.table("kinds").set_index("kind")["sort"]
    return np.unique(kinds.loc[catalog.tools["kind"]].to_numpy(dtype=str), return_inverse=True)[1]


def doors_of_one_house(catalog: Catalog) -> np.ndarray:
    """Return the columns of each service and of a part of it with the same first function, (2, n_pairs)."""
    places = {tool_id: place for place, tool_id in enumerate(catalog.tool_ids)}
    parts, functions = catalog.tools["module_of"].map(places), primary_functions(catalog)
    pairs = [
        (int(whole), part)
        for part, whole in enumerate(parts)
        if whole == whole and functions[int(whole)] == functions[part]
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2).T


def stand_in_pairs(catalog: Catalog) -> np.ndarray:
    """Tell for each two tools whether they do the same job, of shape (n_tools, n_tools); symmetric."""
    pairs = np.zeros((len(catalog.tools), len(catalog.tools)), dtype=bool)
    if "stand_ins" in catalog.table_names:
        table = catalog.table("stand_ins")
        one, other = ([catalog.position(key) for key in table[name]] for name in ("tool_id", "stand_in"))
        pairs[one, other] = pairs[other, one] = True
    return pairs
