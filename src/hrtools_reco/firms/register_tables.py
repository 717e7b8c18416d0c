"""Rows of public registers, brought to one set of text columns; what is missing is None."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import fold, invalid
from hrtools_reco.columns import COMPANY_ID, LIST_SEPARATOR
from hrtools_reco.tables import as_pandas, is_table

KEY, NAF, NAF_25, VERSION, IDCC_LIST = "key", "naf", "naf_25", "naf_version", "idcc"
BAND, REGION_CODE, PLACE, STATE, DIFFUSION = "band", "region_code", "place", "state", "diffusion"
FIELDS = (KEY, NAF, NAF_25, VERSION, IDCC_LIST, BAND, REGION_CODE, PLACE, STATE, DIFFUSION)

# Columns of the stock files of SIRENE (establishments, legal units), then usual short names; the first that
# is filled counts. The headcount of the legal unit comes first: thresholds of law hold for the whole firm.
_SIRENE = {
    "siret": ("siret",),
    "siren": ("siren",),
    "own_key": (COMPANY_ID, "row_id"),
    "establishment": ("activitePrincipaleEtablissement", "naf", "naf_compact", "code_naf", "ape", "code_ape"),
    "legal_unit": ("activitePrincipaleUniteLegale",),
    "version": ("nomenclatureActivitePrincipaleEtablissement", "naf_version"),
    "legal_version": ("nomenclatureActivitePrincipaleUniteLegale",),
    NAF_25: ("activitePrincipaleNAF25Etablissement", "activitePrincipaleNAF25UniteLegale", "naf_2025"),
    IDCC_LIST: ("idcc", "liste_idcc"),
    BAND: ("trancheEffectifsUniteLegale", "trancheEffectifsEtablissement", "headcount_band"),
    "commune": ("codeCommuneEtablissement", "code_commune", "commune"),
    "department": ("codeDepartementEtablissement", "department", "departement"),
    "postcode": ("codePostalEtablissement", "code_postal", "postcode"),
    REGION_CODE: ("codeRegionEtablissement", "code_region"),
    STATE: ("etatAdministratifEtablissement", "etatAdministratifUniteLegale", "etat_administratif"),
    DIFFUSION: ("statutDiffusionEtablissement", "statutDiffusionUniteLegale", "statut_diffusion"),
}
_WIDTHS = {"siret": 14, "siren": 9, "commune": 5, "postcode": 5, "department": 2, BAND: 2, REGION_CODE: 2}
_MISSING = ("", "[ND]", "nan", "None", "<NA>", "NaT")
_PLACE = r"(97\d|2[AB]|\d{2})(?:\d{2,3})?"


def sirene_rows(records: Any) -> tuple[pd.DataFrame, dict[str, str]]:
    """Bring rows of SIRENE to the columns ``FIELDS``, and tell which column of theirs each comes from."""
    table = _as_table(records)
    by_fold = {fold(name): name for name in table.columns}
    there = {
        field: [by_fold[fold(name)] for name in names if fold(name) in by_fold]
        for field, names in _SIRENE.items()
    }
    if not (there["establishment"] or there["legal_unit"] or there[NAF_25] or there[IDCC_LIST]):
        right = "a table of SIRENE, with a column such as activitePrincipaleEtablissement"
        raise invalid("frame", right, [str(name) for name in table.columns][:20])
    cells = {
        field: [_text(table[name], _WIDTHS.get(field, 0)) for name in names] for field, names in there.items()
    }
    first = {field: _first_filled(columns, len(table)) for field, columns in cells.items()}
    places = [_department(first[name]) for name in ("commune", "department", "postcode")]
    own_activity = first["establishment"].notna()
    rows = pd.DataFrame(
        {
            KEY: _first_filled([first["siret"], first["siren"], first["own_key"]], len(table)),
            NAF: first["establishment"].fillna(first["legal_unit"]),
            NAF_25: first[NAF_25],
            VERSION: first["version"].where(own_activity, first["legal_version"]),
            IDCC_LIST: first[IDCC_LIST],
            BAND: first[BAND],
            REGION_CODE: first[REGION_CODE],
            PLACE: _first_filled(places, len(table)),
            STATE: _any_of(cells[STATE], ("F", "C"), len(table)),
            DIFFUSION: _any_of(cells[DIFFUSION], ("N", "P"), len(table)),
        },
        dtype=object,
    )
    activity = there["establishment"] or there["legal_unit"] or there[NAF_25]
    sources = {NAF: activity, IDCC_LIST: there[IDCC_LIST], BAND: there[BAND]}
    sources |= {STATE: there[STATE], DIFFUSION: there[DIFFUSION]}
    return rows, {field: names[0] for field, names in sources.items() if names}


def api_rows(answer: Any) -> pd.DataFrame:
    """Bring the firms of an answer of the public search API to the columns ``FIELDS``."""
    rows = [_api_row(record) for record in _api_records(answer)]
    return pd.DataFrame(rows, columns=list(FIELDS), dtype=object)


def _as_table(records: Any) -> pd.DataFrame:
    """Return one record, or many, as a frame with rows counted from 0."""
    if is_table(records):
        return as_pandas(records, "frame").reset_index(drop=True)
    if isinstance(records, pd.Series):
        records = records.to_dict()
    if isinstance(records, Mapping):
        records = [records]
    if not isinstance(records, Sequence) or not all(isinstance(row, Mapping) for row in records):
        raise invalid("frame", "a DataFrame, one record or a list of records", type(records).__name__)
    return pd.DataFrame.from_records(list(records))


def _text(column: pd.Series, width: int) -> pd.Series:
    """Return cells as text without blanks around; codes that were read as numbers get their zeros back."""
    text = column.astype(object).map(_cell, na_action="ignore").astype(object)
    text = text.where(text.notna() & ~text.isin(_MISSING), None)
    if width:
        digits = text.str.fullmatch(r"\d+").eq(True)
        text = text.where(~digits, text.str.zfill(width))
    return text


def _cell(value: object) -> str:
    """Write one cell as text; a list becomes a list cell, a whole float loses its point."""
    if isinstance(value, list | tuple | set | np.ndarray):
        return LIST_SEPARATOR.join(_cell(item) for item in value if item is not None)
    return str(value).strip().removesuffix(".0")


def _first_filled(columns: Sequence[pd.Series], n_rows: int) -> pd.Series:
    """Return, row by row, the first of some columns that is filled."""
    found = pd.Series([None] * n_rows, dtype=object)
    for column in columns:
        found = found.where(found.notna(), column)
    return found


def _any_of(columns: Sequence[pd.Series], values: tuple[str, ...], n_rows: int) -> pd.Series:
    """Return the value of the first column that has one of some values; None where no column has."""
    return _first_filled([column.where(column.isin(values), None) for column in columns], n_rows)


def _department(column: pd.Series) -> pd.Series:
    """Return the department of the code of a place: a department, a commune or a postcode."""
    return column.str.extract(rf"^{_PLACE}$", expand=False).astype(object)


def _api_records(answer: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the firms of an answer: its text, the answer itself, its list of results, or one of them."""
    if isinstance(answer, str | bytes | bytearray):
        try:
            answer = json.loads(answer)
        except ValueError as error:
            raise invalid("answer", "JSON", str(answer[:40]), str(error)) from error
    if isinstance(answer, Mapping) and "results" in answer:
        answer = answer["results"]
    records = [answer] if isinstance(answer, Mapping) else answer
    right = "an answer of the API recherche-entreprises, its results, or one of them"
    if not isinstance(records, Sequence) or isinstance(records, str):
        raise invalid("answer", right, type(answer).__name__)
    for record in records:
        if not isinstance(record, Mapping) or not ("siren" in record or "results" in record):
            raise invalid("answer", right, record)
        if "results" in record:
            yield from _api_records(record)
        else:
            yield record


def _api_row(record: Mapping[str, Any]) -> dict[str, object]:
    """Bring one firm of the API to the columns ``FIELDS``: the legal unit, and the place of its seat."""
    seat = _mapping(record.get("siege"))
    sites = record.get("matching_etablissements") or ()
    listed = [_mapping(part).get("liste_idcc") for part in (record.get("complements"), seat, *sites)]
    codes = [str(code) for codes in listed if isinstance(codes, list | tuple) for code in codes if code]
    state, diffusion = record.get("etat_administratif"), record.get("statut_diffusion")
    places = [_plain(seat.get(name)) for name in ("departement", "commune", "code_postal")]
    departments = _department(pd.Series(places, dtype=object)).dropna()
    return {
        KEY: _plain(record["siren"]),
        NAF: _plain(record.get("activite_principale")),
        NAF_25: _plain(record.get("activite_principale_naf25")),
        VERSION: None,
        IDCC_LIST: LIST_SEPARATOR.join(dict.fromkeys(codes)) or None,
        BAND: _plain(record.get("tranche_effectif_salarie")),
        REGION_CODE: _plain(seat.get("region")),
        PLACE: departments.iloc[0] if len(departments) else None,
        STATE: state if state in ("C", "F") else None,
        DIFFUSION: diffusion if diffusion in ("N", "P") else None,
    }


def _mapping(value: object) -> Mapping[str, Any]:
    """Return a part of an answer that should be a mapping; what is no mapping holds nothing."""
    return value if isinstance(value, Mapping) else {}


def _plain(value: object) -> str | None:
    """Return a cell of an answer as text; None if it is empty."""
    return None if value is None or _cell(value) in _MISSING else _cell(value)
