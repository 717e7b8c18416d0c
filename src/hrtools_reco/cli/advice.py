"""The commands about what would change an answer: ``relax`` and ``what-if``."""

from __future__ import annotations

from typing import Annotated

import typer

from hrtools_reco.advice import Relaxations, WhatIf
from hrtools_reco.cli import completion
from hrtools_reco.cli.config import configured
from hrtools_reco.cli.options import (
    AsJson,
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
from hrtools_reco.cli.view import Lang, console, print_json


def relax(
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
    k: Annotated[int, typer.Option("-k", metavar="NOMBRE", help="Nombre d’outils au plus par levée.")] = 5,
    catalog: CatalogFolder = None,
    config: Config = None,
    lang: Language = Lang.fr,
    as_json: AsJson = False,
) -> None:
    """Tell which rules a firm would give up, and which tools that opens."""
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
    found = configured(config, catalog).relax(with_branch(firm), k)
    _show(found, lang.value, as_json=as_json)


def what_if(
    tool_id: Annotated[
        str, typer.Argument(metavar="OUTIL", help="Clé de l’outil.", autocompletion=completion.tools)
    ],
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
    most: Annotated[
        int | None, typer.Option("--most", metavar="NOMBRE", help="Nombre de changements au plus.")
    ] = None,
    catalog: CatalogFolder = None,
    config: Config = None,
    lang: Language = Lang.fr,
    as_json: AsJson = False,
) -> None:
    """Tell the fewest changes of a firm that make a tool fit."""
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
    found = configured(config, catalog).what_if(with_branch(firm), tool_id, max_changes=most)
    _show(found, lang.value, as_json=as_json)


def _show(found: Relaxations | WhatIf, lang: str, *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        print_json(found.to_dict())
    else:
        console().print(found.to_text(lang), markup=False, highlight=False)
