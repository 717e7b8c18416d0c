"""The one door for firms: a table, a sequence, one profile or one mapping, read into the same arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hrtools_reco._checks import check_choice, invalid, refused
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.exceptions import InvalidTableError, InvalidValueError, Reject
from hrtools_reco.firms.arrays import Firms, firms_of_profiles, read_table
from hrtools_reco.firms.cells import key_text
from hrtools_reco.firms.fields import Fields, fields_of
from hrtools_reco.firms.implied import imply_facts
from hrtools_reco.firms.profiles import CompanyProfile
from hrtools_reco.firms.register_results import RegisterProfiles
from hrtools_reco.tables import as_pandas, is_table

_TEXT = str | bytes | bytearray | memoryview
ON_ERROR = ("raise", "collect")
_TAKEN = "a table (pandas, polars, Arrow …), a sequence of profiles or mappings, or one of them"


def firms_of(companies: Any, catalog: Catalog) -> Firms:
    """Read firms, whatever they come as; the first wrong value raises.

    Parameters
    ----------
    companies : table, sequence, CompanyProfile or mapping
        The firms, as in ``read_companies``.
    catalog : Catalog
        Catalog whose names are valid.

    Returns
    -------
    Firms
        The firms, in order.
    """
    return read_companies(companies, catalog)[0]


def profile_of(profile: CompanyProfile | Mapping[str, Any], catalog: Catalog) -> CompanyProfile:
    """Return one firm, given as a profile or as a mapping, as a profile.

    Parameters
    ----------
    profile : CompanyProfile or mapping
        The firm; a mapping holds fields of a profile or columns of a table.
    catalog : Catalog
        Catalog whose names are valid.

    Returns
    -------
    CompanyProfile
        The firm.
    """
    if isinstance(profile, CompanyProfile):
        return profile
    return CompanyProfile.from_dict(profile, catalog)


def read_companies(
    companies: Any, catalog: Catalog, *, on_error: str = "raise"
) -> tuple[Firms, np.ndarray, tuple[Reject, ...]]:
    """Read firms, whatever they come as.

    Parameters
    ----------
    companies : table, sequence, CompanyProfile or mapping
        A table of any library with one firm a row (columns as in the README: ``company_id``, ``branch`` and
        one of ``headcount`` and ``headcount_band`` are needed), a sequence of profiles or mappings, or one.
    catalog : Catalog
        Catalog whose names are valid.
    on_error : {"raise", "collect"}, default="raise"
        Whether a wrong value stops the reading or puts its firm among the rejects.

    Returns
    -------
    firms : Firms
        The firms without a wrong value.
    rows : ndarray of int
        Position in ``companies`` of each of them.
    rejects : tuple of Reject
        The refused values; empty with ``on_error="raise"``.

    Raises
    ------
    InvalidTableError
        With ``on_error="raise"``, if a value in a table or a sequence is wrong; each one is in its
        ``rejects``.
    InvalidValueError
        If one firm is wrong, a column is missing or misspelt, there is no firm, or ``companies`` is of
        another type.
    """
    check_choice("on_error", on_error, ON_ERROR, '"raise" or "collect"')
    known = fields_of(catalog)
    if isinstance(companies, CompanyProfile | Mapping):
        if on_error == "raise":
            firms = firms_of_profiles([profile_of(companies, catalog)], known)
            return imply_facts(firms, catalog), np.zeros(1, dtype=int), ()
        firms, rows, rejects = _read_sequence([companies], known)
    elif is_table(companies):
        firms, rows, rejects = read_table(as_pandas(companies, "companies"), known)
    elif isinstance(companies, RegisterProfiles):
        firms, rows, rejects = read_table(companies.frame, known)
    elif isinstance(companies, Sequence) and not isinstance(companies, _TEXT):
        firms, rows, rejects = _read_sequence(companies, known)
    else:
        raise invalid("companies", _TAKEN, type(companies).__name__, _way_out(companies))
    if rejects and on_error == "raise":
        raise InvalidTableError(rejects)
    return imply_facts(firms, catalog), rows, tuple(rejects)


def _way_out(companies: object) -> str:
    """Say how an object of another type becomes one that is taken."""
    for method in ("to_pandas", "to_frame", "to_dict"):
        if hasattr(type(companies), method):
            return f"Give its .{method}()."
    if isinstance(companies, np.ndarray):
        return "An array has no names: make a DataFrame of it, with the columns of firms."
    if hasattr(type(companies), "__iter__") and not isinstance(companies, _TEXT):
        return "Give list(…) of it."
    return ""


def _read_sequence(companies: Sequence[Any], known: Fields) -> tuple[Firms, np.ndarray, list[Reject]]:
    """Read profiles and mappings, in any mixture; a key that stands twice is refused as in a table."""
    if not len(companies):
        raise invalid("companies", "at least one firm", companies)
    profiles, rows, rejects = [], [], []
    seen: set[str] = set()
    for row, company in enumerate(companies):
        try:
            profile = profile_of(company, known.catalog)
            profile.check_against(known)
            if key_text(profile.company_id) in seen:
                raise invalid(COMPANY_ID, "unique in the table", profile.company_id)
        except InvalidValueError as error:
            rejects.append(refused(row, error.name, error.value, error))
            continue
        seen.add(key_text(profile.company_id))
        profiles.append(profile)
        rows.append(row)
    return firms_of_profiles(profiles, known), np.array(rows, dtype=int), rejects
