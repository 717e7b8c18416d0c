"""Files of public registers, chunk by chunk: tables of SIRENE, answers of the public search API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path

import numpy as np

from hrtools_reco._checks import check_choice, invalid
from hrtools_reco.catalog import Catalog
from hrtools_reco.exceptions import Reject
from hrtools_reco.files import CompanyChunk, company_chunks
from hrtools_reco.firms.register_results import RegisterProfiles, RegisterRejects
from hrtools_reco.firms.registers import profiles_from_api, profiles_from_sirene

SIRENE, API = "sirene", "api"
REGISTERS = (SIRENE, API)
_MOST_BYTES = 2**28


def register_chunks(
    source: str | PathLike[str],
    chunk_size: int,
    register: str,
    branch_of: Mapping[str, str] | None,
    catalog: Catalog,
    lang: str = "fr",
) -> Iterator[CompanyChunk]:
    """Yield the firms of a file of a register; every other row is among the rejects of its chunk.

    Parameters
    ----------
    source : path-like
        A table of SIRENE, as a file of firms may be, or a ``.json`` file with answers of the API.
    chunk_size : int
        Rows that are read at a time.
    register : {"sirene", "api"}
        Register that it comes from.
    branch_of : mapping of str to str or None
        Branch of codes that leave it open.
    catalog : Catalog
        Catalog of the branches.
    lang : {"fr", "en"}, default="fr"
        Language of the reasons.

    Yields
    ------
    CompanyChunk
        Firms as a table that a batch takes, with the rows of the file that they come from.
    """
    check_choice("register", register, REGISTERS, '"sirene" or "api"')
    if register == API:
        profiles, rejects = profiles_from_api(_read_json(source), branch_of=branch_of, catalog=catalog)
        rows = np.arange(1, len(profiles) + len(rejects) + 1)
        yield _chunk(profiles, rejects, rows, (), 1.0, lang)
        return
    for chunk in company_chunks(source, chunk_size):
        profiles, rejects = profiles_from_sirene(chunk.companies, branch_of=branch_of, catalog=catalog)
        yield _chunk(profiles, rejects, chunk.rows, chunk.rejects, chunk.share, lang)


def _read_json(source: str | PathLike[str]) -> bytes:
    """Return the content of a file of answers."""
    path = Path(source)
    if path.suffix.lower() != ".json" or not path.is_file():
        raise invalid("source", "a .json file with answers of the API", str(path))
    if path.stat().st_size > _MOST_BYTES:
        raise invalid("source", f"a file of at most {_MOST_BYTES} bytes", path.stat().st_size)
    return path.read_bytes()


def _chunk(
    profiles: RegisterProfiles,
    rejects: RegisterRejects,
    rows: np.ndarray,
    cut: tuple[Reject, ...],
    share: float,
    lang: str,
) -> CompanyChunk:
    """Return what was read with the rows of the file."""
    refused = (replace(reject, row=int(rows[reject.row]), message=reject.text(lang)) for reject in rejects)
    return CompanyChunk(
        companies=profiles.frame, rows=rows[profiles.rows], rejects=(*cut, *refused), share=share
    )
