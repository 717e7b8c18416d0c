"""Modules of optional dependencies, imported when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hrtools_reco._checks import invalid


def extra_module(name: str, extra: str) -> Any:
    """Import a module of an optional dependency, or raise an error that names the extra."""
    try:
        return import_module(name)
    except ImportError as error:
        hint = f'It is in an extra: pip install "hrtools-reco[{extra}]".'
        raise invalid(name.split(".")[0], "installed for this", None, hint) from error
