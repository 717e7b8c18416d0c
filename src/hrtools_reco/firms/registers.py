"""Firms from public registers: profiles for those of the branches, and for every other row its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, catalog_of
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT_BAND, LIST_SEPARATOR, REGION
from hrtools_reco.exceptions import InvalidValueError
from hrtools_reco.firms.register_branches import RegisterBranches
from hrtools_reco.firms.register_results import RegisterProfiles, RegisterRejects
from hrtools_reco.firms.register_tables import (
    BAND,
    DIFFUSION,
    IDCC_LIST,
    KEY,
    NAF,
    NAF_25,
    PLACE,
    REGION_CODE,
    STATE,
    VERSION,
    api_rows,
    sirene_rows,
)
from hrtools_reco.firms.vocabulary import vocabulary_of

_CODES = [NAF, NAF_25, VERSION, IDCC_LIST]
_API_COLUMNS = {
    KEY: "siren",
    NAF: "activite_principale",
    IDCC_LIST: "liste_idcc",
    BAND: "tranche_effectif_salarie",
    STATE: "etat_administratif",
    DIFFUSION: "statut_diffusion",
}


def profiles_from_sirene(
    frame: Any, *, branch_of: Mapping[str, str] | None = None, catalog: Catalog | None = None
) -> tuple[RegisterProfiles, RegisterRejects]:
    """Read firms from rows of the SIRENE register.

    The branch comes from the activity (NAF rev. 2 or NAF 2025), or from the agreement (IDCC) where a column
    ``idcc`` was joined; the headcount from the band, that of the legal unit first, and is unknown where the
    band is empty or ``NN``; the region from the commune, the department or the postcode.

    Parameters
    ----------
    frame : table, mapping or list of mappings
        Rows of the stock files of establishments or of legal units, one record or many; short column names
        such as ``siret, naf, headcount_band, department`` are read too.
    branch_of : mapping of str to str, optional
        Branch of codes that leave it open, for the whole file: ``{"14.13Z": "clothing"}``.
    catalog : Catalog, optional
        Catalog of the branches. ``None`` is the bundled one.

    Returns
    -------
    profiles : RegisterProfiles
        The firms of the branches, in the order of the rows.
    rejects : RegisterRejects
        Every other row, with its reason: closed, not open to distribution, of another trade, or a question.

    Raises
    ------
    InvalidValueError
        If there is no column of activities or agreements, or ``branch_of`` is wrong.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> rows = [{"siren": "1", "naf": "96.01B"}, {"siren": "2", "naf": "47.71Z"}]
    >>> rows += [{"siren": "3", "naf": "14.13Z"}]
    >>> profiles, rejects = hr.profiles_from_sirene(rows)
    >>> [profile.branch for profile in profiles], [reject.reason for reject in rejects]
    (['textile_care'], ['retail', 'ambiguous'])
    >>> len(hr.profiles_from_sirene(rows, branch_of={"14.13Z": "clothing"})[0])
    2
    """
    rows, columns = sirene_rows(frame)
    return _read(rows, columns, catalog_of(catalog), branch_of)


def profiles_from_api(
    answer: Any, *, branch_of: Mapping[str, str] | None = None, catalog: Catalog | None = None
) -> tuple[RegisterProfiles, RegisterRejects]:
    """Read firms from an answer of the public API *recherche d'entreprises*.

    Each result is one legal unit. Its agreements (several, maybe) win over its activity; the place is that of
    its seat.

    Parameters
    ----------
    answer : mapping, list of mappings or str
        The answer, its ``results``, one of them, several answers, or their JSON text.
    branch_of : mapping of str to str, optional
        Branch of codes that leave it open: ``{"14.13Z": "clothing"}``.
    catalog : Catalog, optional
        Catalog of the branches. ``None`` is the bundled one.

    Returns
    -------
    profiles : RegisterProfiles
        The firms of the branches, in the order of the results.
    rejects : RegisterRejects
        Every other result, with its reason.

    Raises
    ------
    InvalidValueError
        If it is no such answer, or ``branch_of`` is wrong.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firm = {"siren": "552000000", "activite_principale": "14.13Z", "tranche_effectif_salarie": "11"}
    >>> firm |= {"siege": {"departement": "44"}, "complements": {"liste_idcc": ["0303", "1486"]}}
    >>> profiles, rejects = hr.profiles_from_api({"results": [firm]})
    >>> profiles[0].branch, profiles[0].region
    ('couture', 'Pays de la Loire')
    """
    return _read(api_rows(answer), _API_COLUMNS, catalog_of(catalog), branch_of)


def _read(
    rows: pd.DataFrame,
    columns: Mapping[str, str],
    catalog: Catalog,
    branch_of: Mapping[str, str] | None,
) -> tuple[RegisterProfiles, RegisterRejects]:
    """Part rows into profiles and rejects."""
    keys = rows[KEY].where(rows[KEY].notna(), [f"row {row}" for row in range(1, len(rows) + 1)])
    found = _verdicts(rows, columns, RegisterBranches(catalog, branch_of))
    bands = _bands(rows[BAND], catalog)
    open_rows = rows[DIFFUSION].isna() & rows[STATE].isna()
    for refused, reason, field in (
        (rows[BAND].notna() & bands.isna(), "odd_band", BAND),
        (open_rows & keys.where(open_rows, keys.index.to_series()).duplicated(), "twice", KEY),
        (rows[DIFFUSION].notna(), "not_diffusible", DIFFUSION),
        (rows[STATE].notna(), "closed", STATE),
    ):
        _refuse(found, refused, reason, columns.get(field, field), rows[field], keys, catalog)
    kept = found["reason"].isna()
    frame = pd.DataFrame(
        {
            COMPANY_ID: keys,
            BRANCH: found[BRANCH],
            REGION: _regions(rows, catalog),
            HEADCOUNT_BAND: bands,
            "naf": found["naf"],
            "naf_version": found["naf_version"],
            "idcc": rows[IDCC_LIST],
            "department": rows[PLACE],
        },
        dtype=object,
    )
    rejects = found.assign(row=np.arange(len(rows)), **{COMPANY_ID: keys})[~kept].fillna({"value": ""})
    order = ["row", COMPANY_ID, "reason", "column", "value", "candidates", "message_fr", "message_en"]
    return (
        RegisterProfiles(frame[kept].reset_index(drop=True), np.flatnonzero(kept), catalog),
        RegisterRejects(rejects[order].reset_index(drop=True)),
    )


def _verdicts(rows: pd.DataFrame, columns: Mapping[str, str], branches: RegisterBranches) -> pd.DataFrame:
    """Return what the codes of each row say; each distinct set of codes is weighed once."""
    codes = rows[_CODES].where(rows[_CODES].notna(), "")
    group, distinct = pd.factorize(pd.MultiIndex.from_frame(codes))
    said = [branches.verdict(*(code or None for code in combination)) for combination in distinct]
    table = pd.DataFrame(
        {
            BRANCH: [one.branch for one in said],
            "naf": [one.naf for one in said],
            "naf_version": [one.naf_version for one in said],
            "reason": [one.reason for one in said],
            "column": [columns.get(one.field, one.field) for one in said],
            "value": [one.value for one in said],
            "candidates": [LIST_SEPARATOR.join(one.candidates) or None for one in said],
            "message_fr": [one.text.fr if one.text else None for one in said],
            "message_en": [one.text.en if one.text else None for one in said],
        },
        dtype=object,
    )
    return table.iloc[group].reset_index(drop=True)


def _refuse(
    found: pd.DataFrame,
    refused: pd.Series,
    reason: str,
    column: str,
    values: pd.Series,
    keys: pd.Series,
    catalog: Catalog,
) -> None:
    """Write a reason that comes before what the codes say into some rows."""
    at = np.flatnonzero(refused)
    if not len(at):
        return
    shown = values if reason == "odd_band" else keys
    cells: dict[str, Any] = {"reason": reason, "column": column, "value": values.iloc[at].to_numpy()}
    cells |= {"candidates": None}
    for lang in ("fr", "en"):
        cells[f"message_{lang}"] = [
            catalog.text(f"register_{reason}", lang, code=code) for code in shown.iloc[at]
        ]
    for name, value in cells.items():
        found.loc[at, name] = value


def _bands(column: pd.Series, catalog: Catalog) -> pd.Series:
    """Return headcount bands as the catalog writes them; None if unknown or not known to be one."""
    words = vocabulary_of(catalog)

    def read(text: str) -> str | None:
        """Read one band."""
        try:
            return words.band(text)
        except InvalidValueError:
            return None

    bands = column.map({text: read(text) for text in column.dropna().unique()}).astype(object)
    return bands.where(bands.notna(), None)


def _regions(rows: pd.DataFrame, catalog: Catalog) -> pd.Series:
    """Return the region of each row: by its own code, or by the department of its place."""
    regions = catalog.table("regions").set_index("insee_code")["region"].to_dict()
    if "departments" not in catalog.table_names:
        return rows[REGION_CODE].map(regions).astype(object)
    departments = catalog.table("departments").set_index("department")["region"].to_dict()
    departments["20"] = departments.get("2A")  # postcodes of Corsica
    found = rows[REGION_CODE].map(regions).astype(object).fillna(rows[PLACE].map(departments))
    return found.where(found.notna(), None)
