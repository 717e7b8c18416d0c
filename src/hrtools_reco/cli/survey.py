"""The command ``survey``: the answers of a survey tool become a table of firms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hrtools_reco.answer import reject_frame
from hrtools_reco.catalog import load_catalog
from hrtools_reco.cli.options import CatalogFolder, Language
from hrtools_reco.cli.view import Lang, console
from hrtools_reco.diagnostic import load_questionnaire, read_survey
from hrtools_reco.files import harmless_text, whole_file


def survey(
    source: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="Export de l’outil d’enquête, .csv ou .xlsx.")
    ],
    target: Annotated[
        Path,
        typer.Option("--out", metavar="FICHIER", help="Entreprises et scores, .csv, pour « recommend »."),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FICHIER", help="Colonnes et codes de l’enquête, .toml ou .csv."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FICHIER", help="Cellules refusées, .csv, avec ligne et colonne."),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Laisser tel quel un texte qui ressemble à une formule.")
    ] = False,
    catalog: CatalogFolder = None,
    lang: Language = Lang.fr,
) -> None:
    """Read the export of a survey, score each respondent, and write a table of firms."""
    used = load_catalog(catalog)
    found = read_survey(source, mapping, catalog=used)
    scored = load_questionnaire(used).score_frame(found.to_frame())
    frames = {target: scored} | ({rejects: reject_frame(found.rejects)} if rejects else {})
    for path, frame in frames.items():
        with whole_file(path, "--out") as stream:
            shown = frame if raw else harmless_text(frame)
            stream.write(shown.to_csv(index=False).encode("utf-8"))
    console().print(found.to_text(lang.value), markup=False)
