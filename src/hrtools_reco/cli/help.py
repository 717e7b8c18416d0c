"""The help of the commands in French: the words of typer, which knows English only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.core import TyperCommand, TyperGroup

_OPTION_HELPS = {
    "Show this message and exit.": "Afficher cette aide.",
    "Install completion for the current shell.": "Installer la complétion dans votre terminal.",
    "Install completion for the specified shell.": "Installer la complétion dans ce terminal.",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "Afficher la complétion de votre terminal, pour la copier ou l’adapter."
    ),
    "Show completion for the specified shell, to copy it or customize the installation.": (
        "Afficher la complétion de ce terminal, pour la copier ou l’adapter."
    ),
}
# "Options" and "Arguments" are French as they are.
_PAGE_WORDS = {
    "COMMANDS_PANEL_TITLE": "Commandes",
    "DEFAULT_STRING": "[par défaut : {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
}
_USAGE = "Utilisation : "
_COMMAND_PLACE = "COMMANDE [ARGUMENTS]..."


class FrenchCommand(TyperCommand):
    """A command whose help is in French."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write how the command is called."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_USAGE)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of help."""
        with _french_page(self.get_params(ctx)):
            super().format_help(ctx, formatter)


class FrenchGroup(TyperGroup):
    """A command with commands of its own, whose help is in French."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"subcommand_metavar": _COMMAND_PLACE})

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write how the command is called."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=_USAGE)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of help."""
        with _french_page(self.get_params(ctx)):
            super().format_help(ctx, formatter)


@contextmanager
def _french_page(options: list[Any]) -> Iterator[None]:
    """Let a page be written with French words; typer has its own back afterwards."""
    from typer import rich_utils  # slow, and needed for a page only

    for option in options:
        option.help = _OPTION_HELPS.get(getattr(option, "help", None) or "", getattr(option, "help", None))
    before = {name: getattr(rich_utils, name) for name in _PAGE_WORDS}
    vars(rich_utils).update(_PAGE_WORDS)
    try:
        yield
    finally:
        vars(rich_utils).update(before)
