"""The commands about one firm, or about each firm of a file: ``recommend`` and ``explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hrtools_reco._checks import check_choice, invalid
from hrtools_reco.answer import Recommendations
from hrtools_reco.catalog import Catalog
from hrtools_reco.cli import completion
from hrtools_reco.cli.batch import recommend_to_file
from hrtools_reco.cli.config import configured
from hrtools_reco.cli.options import (
    AsJson,
    Band,
    Branch,
    Budget,
    CatalogFolder,
    Config,
    Estimated,
    Exclude,
    Fact,
    Headcount,
    Installed,
    Language,
    Maturity,
    Need,
    Only,
    Pillar,
    Region,
    check_unused,
    firm_of,
    names_of,
    pairs_of,
    with_branch,
)
from hrtools_reco.cli.view import Lang, console, print_json, show_explanation, show_recommendations
from hrtools_reco.files import read_companies_file
from hrtools_reco.firms import REGISTERS, CompanyProfile, profiles_from_api, profiles_from_sirene


def _file_option(help: str, *names: str, metavar: str | None = None) -> Any:
    """Return an option that goes with a file of firms."""
    return typer.Option(*names, metavar=metavar, help=help, rich_help_panel="Un fichier d’entreprises")


Source = Annotated[
    Path | None,
    typer.Argument(
        metavar="FICHIER",
        help="Plusieurs entreprises : .csv, .parquet (ou dossier), .xlsx, .jsonl ; - : entrée standard.",
    ),
]
Out = Annotated[
    Path | None,
    _file_option(
        "Réponses : .csv, .parquet, .xlsx, .jsonl ; - : sortie standard ; sans terminaison : dossier.",
        metavar="FICHIER",
    ),
]
OnError = Annotated[
    str,
    _file_option(
        "raise : une cellule fausse arrête tout ; collect : elle laisse son entreprise.",
        metavar="MANIÈRE",
    ),
]
Rejects = Annotated[
    Path | None,
    _file_option("Avec --on-error collect, fichier des cellules fausses.", metavar="FICHIER"),
]
Register = Annotated[
    str | None,
    _file_option(
        "Registre d’où vient le fichier : sirene ou api (une réponse .json).", "--from", metavar="REGISTRE"
    ),
]
BranchOf = Annotated[
    list[str] | None,
    _file_option(
        "Avec --from, branche d’un code ambigu : 14.13Z=couture. À répéter.", metavar="CODE=BRANCHE"
    ),
]
Jobs = Annotated[int, _file_option("Processus de travail ; -1 : un par processeur.", metavar="NOMBRE")]
Cited = Annotated[
    bool,
    _file_option("Ajouter nom, adresse, prix et page de chaque outil, avec leurs dates.", "--cited"),
]
Excel = Annotated[bool, _file_option("Écrire le CSV comme Excel en français l’ouvre.", "--excel")]
Raw = Annotated[bool, _file_option("Laisser tel quel un texte qui ressemble à une formule.", "--raw")]
Contributions = Annotated[bool, _file_option("Ajouter d’où viennent les points.", "--contributions")]
Reasons = Annotated[bool, _file_option("Ajouter les raisons, dans la langue de --lang.", "--reasons")]


def recommend(
    source: Source = None,
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
    out: Out = None,
    register: Register = None,
    branch_of: BranchOf = None,
    on_error: OnError = "raise",
    rejects: Rejects = None,
    jobs: Jobs = 1,
    contributions: Contributions = False,
    reasons: Reasons = False,
    cited: Cited = False,
    excel: Excel = False,
    raw: Raw = False,
    k: Annotated[int, typer.Option("-k", metavar="NOMBRE", help="Nombre d’outils au plus.")] = 5,
    exclude: Exclude = None,
    only: Only = None,
    pillar: Pillar = None,
    catalog: CatalogFolder = None,
    config: Config = None,
    lang: Language = Lang.fr,
    as_json: AsJson = False,
) -> None:
    """Recommend tools to one firm, or to each firm of a file."""
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
    file_only: dict[str, Any] = {
        "out": out,
        "rejects": rejects,
        "contributions": contributions,
        "reasons": reasons,
    }
    file_only |= {"from": register, "branch_of": branch_of, "excel": excel, "raw": raw, "cited": cited}
    asked: dict[str, Any] = {"exclude": names_of(exclude), "only": names_of(only)}
    if source is None:
        check_unused(file_only, "given with a file of firms only")
        used = configured(config, catalog, pillar=pillar)
        _show(used.recommend(_checked(firm), k, **asked), used.catalog_, lang.value, as_json=as_json)
        return
    told = pairs_of("branch-of", branch_of, "14.13Z=couture")
    if register is not None and out is None:
        check_unused(firm, "given for one firm only, not with a file of firms")
        used = configured(config, catalog, pillar=pillar)
        found = used.recommend(_only_firm(source, register, told, used.catalog_, lang.value), k, **asked)
        _show(found, used.catalog_, lang.value, as_json=as_json)
        return
    check_unused(firm | {"json": as_json}, "given for one firm only, not with a file of firms")
    if out is None:
        raise invalid(
            "--out", "given with a file of firms: a .csv, .parquet, .xlsx or .jsonl file for the answers", out
        )
    options: dict[str, Any] = {
        "on_error": on_error,
        "rejects": rejects,
        "n_jobs": jobs,
        "contributions": contributions,
    }
    options["reasons"] = lang.value if reasons else None
    options |= {"register": register, "branch_of": told, "excel": excel, "raw": raw, "cited": cited} | asked
    recommend_to_file(source, out, k, configured(config, catalog, pillar=pillar), lang.value, **options)


def _only_firm(
    source: Path, register: str, branch_of: dict[str, str], catalog: Catalog, lang: str
) -> CompanyProfile:
    """Return the firm of a file of a register that holds one."""
    check_choice("--from", register, REGISTERS, "sirene or api")
    if register == "api":
        profiles, rejects = profiles_from_api(source.read_bytes(), branch_of=branch_of, catalog=catalog)
    else:
        rows = read_companies_file(source)
        profiles, rejects = profiles_from_sirene(rows, branch_of=branch_of, catalog=catalog)
    if len(profiles) == 1:
        return profiles[0]
    if not profiles and len(rejects) == 1:
        raise invalid(str(source), "a firm of a branch", rejects[0].value, rejects[0].text(lang))
    raise invalid("--out", f"given with {len(profiles) + len(rejects)} firms: a file for the answers", None)


def _show(found: Recommendations, catalog: Catalog, lang: str, *, as_json: bool) -> None:
    """Print the recommendations for one firm."""
    if as_json:
        print_json(found.to_dict())
    else:
        show_recommendations(console(), found, catalog, lang)


def _checked(firm: dict[str, Any]) -> dict[str, Any]:
    """Refuse a firm without a branch."""
    if "branch" not in firm:
        raise invalid(
            "--branch", "given, with --headcount or --headcount-band (or else a file of firms)", None
        )
    return firm


def explain(
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
    catalog: CatalogFolder = None,
    config: Config = None,
    lang: Language = Lang.fr,
    as_json: AsJson = False,
) -> None:
    """Explain the status and the score of one tool for one firm."""
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
    found = recommender.explain(with_branch(firm), tool_id)
    if as_json:
        print_json(found.to_dict())
    else:
        show_explanation(console(), found, recommender.catalog_, lang.value)
