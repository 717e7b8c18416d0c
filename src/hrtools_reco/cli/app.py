"""The commands of ``hrtools-reco``, put together; an error is one line, with exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from itertools import pairwise
from typing import Annotated, Any, NoReturn

import typer

from hrtools_reco.cli.french import spoken
from hrtools_reco.cli.help import FrenchCommand, FrenchGroup
from hrtools_reco.exceptions import InvalidTableError
from hrtools_reco.texts import visible

FAILED, STOPPED = 2, 130
# Where each command stands (with its own commands, for "catalog"), and what it does.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "recommend": ("firm", "Recommander des outils à une entreprise, ou à chacune d’un fichier."),
    "explain": ("firm", "Expliquer le statut et la note d’un outil pour une entreprise."),
    "relax": ("advice", "Dire quelles règles lever, et quels outils cela ouvre."),
    "what-if": ("advice", "Dire le moins à changer pour qu’un outil convienne."),
    "diagnose": ("diagnose", "Poser les questions qui changent le plus la liste, puis recommander."),
    "form": ("form", "Écrire le questionnaire comme page à remplir ou à imprimer."),
    "survey": ("survey", "Lire l’export d’une enquête et en faire un fichier d’entreprises."),
    "report": ("report", "Écrire le plan d’une entreprise comme page à lire et à imprimer."),
    "serve": ("serve", "Servir la bibliothèque aux applications, aux navigateurs et aux assistants."),
    "catalog": ("catalog", "Regarder le catalogue des outils, et le vérifier."),
}


class Commands(FrenchGroup):
    """The commands, each loaded when it is asked for; errors are one line on the standard error stream."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands without loading any."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load a command; for a name that is none, ``None``, and all of them, to suggest the nearest."""
        for name in [cmd_name] if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                self.commands[name] = _loaded(name)
        return super().get_command(ctx, cmd_name)

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run the command that the arguments name, and leave with its exit code."""
        given = options.get("args") or (args[0] if args else None) or sys.argv[1:]
        try:
            code = super().main(*args, **options | {"standalone_mode": False})
        except (ValueError, OSError) as error:
            code = _fail(error, _language(given))
        except typer.Abort:
            code = STOPPED
        except Exception as error:
            # Usage errors: newer typers bring their own, older ones those of click; both say themselves.
            if not hasattr(error, "format_message"):
                raise
            code = _fail(error, _language(given))
        sys.exit(code or 0)


def _loaded(name: str) -> Any:
    """Load a command, or a group of commands that a part puts together itself."""
    module, said = COMMANDS[name]
    part = import_module(f"hrtools_reco.cli.{module}")
    own = getattr(part, "app", None)
    if own is None:
        own = typer.Typer(add_completion=False)
        own.command(name, help=said, cls=FrenchCommand)(getattr(part, name.replace("-", "_")))
    command = typer.main.get_command(own)
    command.name = name
    return command


def _language(words: Sequence[str]) -> str:
    """Return the language that the words of a command ask for, right or wrong as they may be."""
    given = " ".join(map(str, words)).replace("--lang=", "--lang ").split()
    return "en" if ("--lang", "en") in pairwise(given) else "fr"


def _fail(error: Exception, lang: str) -> int:
    """Print an error as one line."""
    if isinstance(error, InvalidTableError):
        message, typed = _first_reject(error), False
    else:
        message, typed = getattr(error, "format_message", error.__str__)(), True
    said = " ".join(spoken(message, lang, typed=typed).split())
    print("hrtools-reco:", visible(said), file=sys.stderr)
    return FAILED


def _first_reject(error: InvalidTableError) -> str:
    """Say where the first wrong cell is, and how to see the others."""
    first, n_more = error.rejects[0], len(error.rejects) - 1
    more = f" And {n_more} more wrong cells at least." if n_more else ""
    ways = " --on-error collect leaves such firms out, --rejects FILE lists them."
    message = first.message.removeprefix(f"{first.column} ")
    return f"row {first.row}, column {first.column}: {message}{more}{ways}"


def _print_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        print(version("hrtools-reco"))
        raise typer.Exit


app = typer.Typer(
    cls=Commands,
    pretty_exceptions_enable=False,
    help="Recommander des outils numériques pour recruter et former, avec les raisons.",
)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Afficher la version.")
    ] = False,
) -> None:
    """Print the help if no command is given."""
    if context.invoked_subcommand is None:
        print(context.get_help())
