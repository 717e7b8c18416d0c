"""Who pays for tools and courses, at the size of a firm."""

from __future__ import annotations

from dataclasses import dataclass

from hrtools_reco.catalog import Catalog
from hrtools_reco.firms import CompanyProfile, vocabulary_of
from hrtools_reco.texts import LANGUAGES, Text, filled


@dataclass(frozen=True, kw_only=True)
class Payer:
    """Who pays at a size.

    Attributes
    ----------
    text : Text
        One or two sentences.
    url : str
        Page that says so.
    page_date : str or None
        Date that the page shows.
    """

    text: Text
    url: str
    page_date: str | None


def who_pays(profile: CompanyProfile, catalog: Catalog) -> Payer | None:
    """Say who pays for the tools and the courses of a firm.

    Parameters
    ----------
    profile : CompanyProfile
        The firm; a band of headcount counts by its lower end.
    catalog : Catalog
        Catalog with the table ``payers``.

    Returns
    -------
    Payer or None
        ``None`` where the table has no row for a firm of that size.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> from hrtools_reco.outlook import who_pays
    >>> catalog = hr.load_catalog()
    >>> print(who_pays(hr.CompanyProfile(branch="footwear", headcount=60), catalog).text("en"))
    Opco 2i, your skills operator (OPCO), no longer pays the training plan from 50 employees on: ...
    """
    table = catalog.table("payers")
    band = vocabulary_of(catalog).bands.get(str(profile.headcount_band), (0.0, 0.0))
    size = band[0] if profile.headcount is None else float(profile.headcount)
    rows = table[table["headcount_from"] <= size].sort_values("headcount_from")
    if rows.empty:
        return None
    row = rows.iloc[-1]
    opco = opco_of(catalog, profile.branch)
    key = "payer_own_opco" if opco is None else "payer_opco"
    texts = [filled(str(row[f"text_{lang}"]), opco=catalog.text(key, lang, opco=opco)) for lang in LANGUAGES]
    dated = row["page_date"]
    return Payer(text=Text(*texts), url=str(row["url"]), page_date=dated if isinstance(dated, str) else None)


def opco_of(catalog: Catalog, branch: str) -> str | None:
    """Return the OPCO of a branch, if the catalog knows it."""
    opco = catalog.branches.set_index("branch")["opco"].dropna().get(branch)
    return None if opco is None else str(opco)
