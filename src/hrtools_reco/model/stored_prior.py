"""The solved weights of the bundled catalog, stored beside a digest of what they were solved from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, ageing
from hrtools_reco.model.encoding import Feature

_FILE = files("hrtools_reco.model").joinpath("expert_prior.npz")
_KEYS = ("branches", "dimensions", "facts", "functions", "needs", "regions")
_TABLES = {
    *("tools", "kinds", "suites", "niche_tools", "requirements", "function_fit", "function_gates"),
    *("function_needs", "fact_functions", "implied_facts", "branch_families", "branch_needs", "size_needs"),
    *("prices", "seat_kinds", "currency_rates", "scales", "settings", "budget_fit", "caution"),
    *("tool_judgements", "judgement_weights", "prior_weights", "prior_freedom"),
    *("expert_firms", "expert_tools", "expert_grades"),
}
_OTHER_SETTINGS = ("history_", "certainty_")  # that the prior does not read
# Texts that nothing is computed from.
_TEXTS = [
    "rubric",
    "name",
    "vendor",
    "homepage",
    "summary_en",
    "summary_fr",
    "features",
    "label_en",
    "label_fr",
]


def digest_inputs(catalog: Catalog, features: Sequence[Feature]) -> str:
    """Return a digest of all that the prior is solved from.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables of judgement.
    features : sequence of Feature
        Entries of the profile vector.

    Returns
    -------
    str
        Hexadecimal; texts that nothing is computed from do not count.
    """
    said = repr([[(one.source, one.value) for one in features], [catalog.keys(name) for name in _KEYS]])
    digest = hashlib.sha256(said.encode())
    for name in sorted(set(catalog.table_names) & _TABLES):
        table = catalog.table(name)
        if name == "settings":
            table = table[~table["setting"].str.startswith(_OTHER_SETTINGS)]
        for column in table.columns.difference(_TEXTS):
            digest.update(f"\x1d{name}.{column}\x1e".encode())
            digest.update(_cells(table[column]))
    digest.update(ageing(catalog).status_old.tobytes())
    return digest.hexdigest()


def read_stored(digest: str) -> np.ndarray | None:
    """Return the stored weights, in steps, if they were solved from these inputs.

    Parameters
    ----------
    digest : str
        Digest of the inputs.

    Returns
    -------
    ndarray of shape (n_features, n_tools) or None
        Whole numbers of steps; ``None`` if the inputs are others.
    """
    solved_from, steps = _read_file()
    return steps.copy() if solved_from == digest else None


def write_stored(path: Path, digest: str, steps: np.ndarray) -> None:
    """Store solved weights.

    Parameters
    ----------
    path : Path
        The file.
    digest : str
        Digest of the inputs.
    steps : ndarray of shape (n_features, n_tools)
        The weights as whole numbers of steps.
    """
    with path.open("wb") as stream:
        np.savez_compressed(stream, digest=np.array(digest), steps=steps.astype(np.int16))


@cache
def _read_file() -> tuple[str, np.ndarray]:
    """Read the stored weights once."""
    if not _FILE.is_file():
        return "", np.zeros((0, 0))
    with _FILE.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        return str(stored["digest"]), stored["steps"].astype(float)


def _cells(column: pd.Series) -> bytes:
    """Write the cells of a column as text."""
    return "\x1f".join(map(str, column.to_numpy(dtype=object).tolist())).encode()
