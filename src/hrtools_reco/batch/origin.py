"""What an answer depends on, as short texts: its input, catalog, model and options."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.batch.answers import Wanted
from hrtools_reco.catalog import Catalog, versions_of
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT
from hrtools_reco.firms import read_companies
from hrtools_reco.recommender import ToolRecommender

_TRIED_HEADCOUNTS = (0, 3, 12, 60, 400)


class Origin:
    """The files that a run reads, as they were when it began.

    Parameters
    ----------
    files : sequence of Path
        The files.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._before = self._states()

    def described(self) -> dict[str, Any]:
        """Return number, size and digest of the files; the name of one alone does not count."""
        digest = hashlib.sha256()
        top = os.path.commonpath([path.parent for path in self._files])
        for path in self._files:
            if len(self._files) > 1:  # folders may tell a column
                digest.update(os.path.relpath(path, top).encode())
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        size = sum(size for size, _ in self._before)
        return {"files": len(self._files), "bytes": size, "digest": digest.hexdigest()}

    def check_unchanged(self) -> None:
        """Refuse files that were changed or taken away since."""
        if self._states() != self._before:
            raise invalid("source", "left as it is while it is read", str(self._files[0]), "It has changed.")

    def _states(self) -> list[tuple[int, int]]:
        """Return size and time of each file."""
        try:
            return [(told.st_size, told.st_mtime_ns) for told in (path.stat() for path in self._files)]
        except OSError as error:
            raise invalid(
                "source", "a file that exists", str(error.filename), f"{error.strerror}."
            ) from error


def made_from(
    origin: Origin, recommender: ToolRecommender, wanted: Wanted, options: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Describe what the parts of an answer depend on.

    Parameters
    ----------
    origin : Origin
        The input.
    recommender : ToolRecommender
        The fitted recommender.
    wanted : Wanted
        What is asked for of each firm.
    options : mapping
        Further options, as JSON values.

    Returns
    -------
    dict of str to dict
        ``input, catalog, model`` and ``options``, each with plain values by name.
    """
    catalog = recommender.catalog_
    versions = versions_of(catalog).to_dict()
    library = versions.pop("library")
    return {
        "input": origin.described(),
        "catalog": {
            **{f"{name} version": told for name, told in versions.items()},
            "digest": _tables(catalog),
        },
        "model": {"library version": library, "digest": _model(recommender)},
        "options": {**vars(wanted), **options},
    }


def _tables(catalog: Catalog) -> str:
    """Return a digest of all tables of a catalog."""
    digest = hashlib.sha256()
    for name in sorted(catalog.table_names):
        table = catalog.table(name)
        digest.update(repr((name, [*map(str, table.columns)])).encode())
        digest.update(pd.util.hash_pandas_object(table.astype(str), index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _model(recommender: ToolRecommender) -> str:
    """Return a digest of parameters, weights, and what the rules say of a few firms of each branch."""
    model, catalog = recommender.model_, recommender.catalog_
    given = recommender.get_params(deep=False)
    told = {name: repr(value) for name, value in given.items() if name not in ("catalog", "rules")}
    rules = [(type(rule).__module__, type(rule).__qualname__, rule.name) for rule in recommender.rules_]
    digest = hashlib.sha256(repr((sorted(told.items()), rules)).encode())
    for part in (model.prior, model.history, model.between):
        digest.update(b"-" if part is None else np.ascontiguousarray(part).tobytes())
    branches = catalog.keys("branches")
    tried = pd.DataFrame(
        {
            BRANCH: np.repeat(np.array(branches, dtype=object), len(_TRIED_HEADCOUNTS)),
            HEADCOUNT: np.tile(_TRIED_HEADCOUNTS, len(branches)),
        }
    )
    firms, *_ = read_companies(tried.assign(**{COMPANY_ID: np.arange(len(tried))}), catalog)
    digest.update(np.ascontiguousarray(recommender.engine_.statuses(firms)).tobytes())
    return digest.hexdigest()
