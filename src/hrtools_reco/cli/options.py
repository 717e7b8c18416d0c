"""The options that several commands share, and the firm that they describe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from hrtools_reco._checks import invalid
from hrtools_reco.cli import completion
from hrtools_reco.cli.french import option_of
from hrtools_reco.cli.view import Lang
from hrtools_reco.columns import LIST_SEPARATOR

FIRM = "L’entreprise"


def _firm_option(metavar: str, help: str, *names: str, proposed: Callable[..., Any] | None = None) -> Any:
    """Return an option that describes the firm, with what a shell proposes for it."""
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel=FIRM, autocompletion=proposed)


Branch = Annotated[
    str | None,
    _firm_option("NOM", "Nom ou mot courant, clé, IDCC ou code NAF.", proposed=completion.branches),
]
Headcount = Annotated[str | None, _firm_option("NOMBRE", "Nombre de salariés.")]
Band = Annotated[
    str | None,
    _firm_option(
        "CODE",
        "Tranche SIRENE, 03 par exemple, à défaut du nombre.",
        "--headcount-band",
        proposed=completion.bands,
    ),
]
Region = Annotated[str | None, _firm_option("NOM", "Région ou département.", proposed=completion.regions)]
Maturity = Annotated[
    list[str] | None,
    _firm_option(
        "NOM=NOTE",
        "Note de 0 à 100 : recruitment=30. À répéter.",
        proposed=completion.dimensions,
    ),
]
Estimated = Annotated[list[str] | None, _firm_option("NOM", "Dimension seulement estimée.")]
Need = Annotated[
    list[str] | None,
    _firm_option("NOM=NOTE", "Urgence de 0 à 100 : hiring=75. À répéter.", proposed=completion.needs),
]
Fact = Annotated[
    list[str] | None,
    _firm_option(
        "NOM=oui|non",
        "Ce que vous avez ou non : internet=oui. À répéter.",
        proposed=completion.facts,
    ),
]
Budget = Annotated[str | None, _firm_option("EUROS", "Euros par an pour des outils.")]
Installed = Annotated[
    list[str] | None,
    _firm_option(
        "OUTIL",
        "Clé d’un outil en place ; d’une fonction, pour tout autre produit.",
        proposed=completion.tools,
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NOM",
        help="Ne pas montrer : un outil, une fonction, un type ou un éditeur. À répéter.",
        autocompletion=completion.tools,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NOM",
        help="Ne montrer que : outil, fonction, type ou éditeur. À répéter.",
        autocompletion=completion.tools,
    ),
]
Pillar = Annotated[str | None, typer.Option(metavar="VOLET", help="Seulement recruitment ou training.")]
CatalogFolder = Annotated[
    Path | None, typer.Option("--catalog", metavar="DOSSIER", help="Dossier d’un catalogue à vous.")
]
Config = Annotated[Path | None, typer.Option("--config", metavar="FICHIER", help="Fichier TOML d’options.")]
Language = Annotated[Lang, typer.Option(help="Langue de ce qui est affiché.")]
AsJson = Annotated[bool, typer.Option("--json", help="Afficher du JSON.")]


def firm_of(
    *,
    branch: str | None,
    headcount: str | None,
    headcount_band: str | None,
    region: str | None,
    maturity: Sequence[str] | None,
    estimated: Sequence[str] | None,
    need: Sequence[str] | None,
    fact: Sequence[str] | None,
    budget: str | None,
    installed: Sequence[str] | None,
) -> dict[str, Any]:
    """Return the given options as arguments of a profile, which reads and checks their text."""
    values = {
        "branch": branch,
        "headcount": headcount,
        "headcount_band": headcount_band,
        "region": region,
        "maturity": pairs_of("maturity", maturity, "recruitment=30"),
        "maturity_estimated": _items(estimated),
        "needs": pairs_of("need", need, "hiring=75"),
        "facts": pairs_of("fact", fact, "internet=oui"),
        "budget_eur_per_year": budget,
        "installed": _items(installed),
    }
    return {name: value for name, value in values.items() if value}


def with_branch(firm: dict[str, Any]) -> dict[str, Any]:
    """Return a firm that has a branch, or raise."""
    if "branch" not in firm:
        raise invalid("--branch", "given, with --headcount or --headcount-band", None)
    return firm


def pairs_of(name: str, given: Sequence[str] | None, example: str) -> dict[str, str]:
    """Split options of the form key=value."""
    pairs: dict[str, str] = {}
    for text in given or ():
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            raise invalid(f"--{name}", f"of the form {example}", text)
        if key in pairs:
            raise invalid(f"--{name}", "given once for each name", text)
        pairs[key] = value
    return pairs


def names_of(given: Sequence[str] | None) -> list[str] | None:
    """Return names to leave out or to keep; None if none is given."""
    return list(_items(given)) or None


def _items(given: Sequence[str] | None) -> tuple[str, ...]:
    """Split options that may hold several keys."""
    return tuple(item for text in given or () for item in text.split(LIST_SEPARATOR))


def check_unused(given: dict[str, Any], right: str) -> None:
    """Refuse the options that do not go with the others."""
    for name, value in given.items():
        if value:
            got = ", ".join(value) if isinstance(value, list | tuple | dict) else str(value)
            raise invalid(option_of(name) or f"--{name.replace('_', '-')}", right, got)
