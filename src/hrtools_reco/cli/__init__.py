"""The command ``hrtools-reco``: what starts it, and what it says without the extra that it needs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

NEEDS = ("typer", "rich")


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line; the arguments are those of the process unless given."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows "?" instead
    try:
        import_module("hrtools_reco.cli.app").app(args=args, prog_name="hrtools-reco")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in NEEDS:
            raise
        print(
            'hrtools-reco: the command line is in an extra: pip install "hrtools-reco[cli]"', file=sys.stderr
        )
        sys.exit(2)
