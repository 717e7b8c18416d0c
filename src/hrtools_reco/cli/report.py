"""The command ``report``: the page of one firm."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from hrtools_reco._checks import invalid
from hrtools_reco.cli.config import configured
from hrtools_reco.cli.options import (
    Band,
    Branch,
    Budget,
    CatalogFolder,
    Config,
    Estimated,
    Fact,
    Headcount,
    Installed,
    Language,
    Maturity,
    Need,
    Region,
    firm_of,
    with_branch,
)
from hrtools_reco.cli.view import Lang
from hrtools_reco.page.document import report as write_report
from hrtools_reco.texts import visible


def report(
    out: Annotated[Path, typer.Argument(metavar="FICHIER", help="Fichier de la page, .html.")],
    branch: Branch = None,
    headcount: Headcount = None,
    headcount_band: Band = None,
    region: Region = None,
    maturity: Maturity = None,
    estimated: Estimated = None,
    need: Need = None,
    fact: Fact = None,
    budget: Budget = None,
    installed: Installed = None,
    name: Annotated[str | None, typer.Option(metavar="NOM", help="Nom de l’entreprise.")] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Jour des aides, par exemple 2026-11-24.")
    ] = None,
    k: Annotated[int, typer.Option("-k", metavar="NOMBRE", help="Nombre d’outils au plus.")] = 5,
    catalog: CatalogFolder = None,
    config: Config = None,
    lang: Language = Lang.fr,
) -> None:
    """Write the plan of one firm as a page to read and to print."""
    firm = firm_of(
        branch=branch,
        headcount=headcount,
        headcount_band=headcount_band,
        region=region,
        maturity=maturity,
        estimated=estimated,
        need=need,
        fact=fact,
        budget=budget,
        installed=installed,
    )
    recommender = configured(config, catalog)
    path = write_report(
        with_branch(firm), out, lang.value, recommender=recommender, k=k, on=_day(on), firm_name=name
    )
    print(visible(str(path)))


def _day(written: str | None) -> date | None:
    """Read a date."""
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise invalid("--on", "a date such as 2026-11-24", written) from None
