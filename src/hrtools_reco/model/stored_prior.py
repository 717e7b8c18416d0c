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
# Tables of the prior that are large and that nothing else reads.
_SOLVER_ONLY = {"expert_firms", "expert_tools", "expert_grades", "prior_weights", "prior_freedom"}
_TABLES = {
    *("tools", "kinds", "suites", "niche_tools", "requirements", "function_fit", "function_gates"),
    *("function_needs", "fact_functions", "implied_facts", "branch_families", "branch_needs", "size_needs"),
    *("prices", "seat_kinds", "currency_rates", "scales", "settings", "budget_fit", "caution"),
    *("tool_judgements", "judgement_weights"),
    *_SOLVER_ONLY,
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


def digest_inputs(catalog: Catalog, features: Sequence[Feature], *, by_cell: bool = True) -> str:
    """Return a digest of all that the prior is solved from.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables of judgement.
    features : sequence of Feature
        Entries of the profile vector.
    by_cell : bool, default=True
        Whether to read all tables; ``False`` takes the files of the graded firms of the shipped catalog as
        they are, so that a process need not read them.

    Returns
    -------
    str
        Hexadecimal; texts that nothing is computed from do not count.
    """
    said = repr([[(one.source, one.value) for one in features], [catalog.keys(name) for name in _KEYS]])
    digest = hashlib.sha256(said.encode())
    of_files = None if by_cell else catalog.file_digest(_SOLVER_ONLY)
    read = _TABLES if of_files is None else _TABLES - _SOLVER_ONLY
    digest.update(repr(of_files).encode())
    for name in sorted(set(catalog.table_names) & read):
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
    return steps.copy() if digest in solved_from else None


def write_stored(path: Path, digests: Sequence[str], steps: np.ndarray) -> None:
    """Store solved weights.

    Parameters
    ----------
    path : Path
        The file.
    digests : sequence of str
        Digests of the inputs, by cell and not.
    steps : ndarray of shape (n_features, n_tools)
        The weights as whole numbers of steps.
    """
    with path.open("wb") as stream:
        np.savez_compressed(stream, digests=np.array(digests), steps=steps.astype(np.int16))


@cache
def _read_file() -> tuple[frozenset[str], np.ndarray]:
    """Read the stored weights once."""
    if not _FILE.is_file():
        return frozenset(), np.zeros((0, 0))
    with _FILE.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        return frozenset(stored["digests"].tolist()), stored["steps"].astype(float)


def _cells(column: pd.Series) -> bytes:
    """Write the cells of a column as text."""
    return "\x1f".join(map(str, column.to_numpy(dtype=object).tolist())).encode()
