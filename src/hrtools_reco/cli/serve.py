"""The command that answers over HTTP, or as tools of an assistant."""

from __future__ import annotations

from typing import Annotated

import typer

from hrtools_reco.cli.config import configured
from hrtools_reco.cli.options import CatalogFolder, Config
from hrtools_reco.extras import extra_module
from hrtools_reco.serve import create_app, create_mcp


def serve(
    host: Annotated[str, typer.Option(metavar="HÔTE", help="Adresse d’écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", help="Port d’écoute.")] = 8000,
    mcp: Annotated[
        bool,
        typer.Option("--mcp", help="Parler le Model Context Protocol (entrée et sortie standard)."),
    ] = False,
    catalog: CatalogFolder = None,
    config: Config = None,
) -> None:
    """Answer applications over HTTP, a browser, or an assistant."""
    recommender = configured(config, catalog)
    if mcp:
        create_mcp(recommender).run()
        return
    extra_module("uvicorn", "serve").run(create_app(recommender), host=host, port=port)
