"""The command ``form``: the questionnaire to fill in a browser or on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hrtools_reco.catalog import load_catalog
from hrtools_reco.cli.options import CatalogFolder, Language
from hrtools_reco.cli.view import Lang
from hrtools_reco.diagnostic import CORE, FULL
from hrtools_reco.page.answer_form import PRINT, WEB, write_form


def form(
    target: Annotated[Path, typer.Argument(metavar="FICHIER", help="Fichier à écrire, .html.")],
    paper: Annotated[bool, typer.Option("--print", help="À imprimer, avec les clés de réponse.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Toutes les questions.")] = False,
    catalog: CatalogFolder = None,
    lang: Language = Lang.fr,
) -> None:
    """Write the questionnaire as a web form, or as a form to print."""
    kind, length = PRINT if paper else WEB, FULL if full else CORE
    write_form(target, kind, length, lang.value, catalog=load_catalog(catalog))
