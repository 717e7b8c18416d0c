"""The recommender of a command: over one's own catalog, with options from a small TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from hrtools_reco._checks import invalid, unknown_name
from hrtools_reco.catalog import load_catalog
from hrtools_reco.recommender import ToolRecommender

_CATALOG, _NONE = "catalog", "none"
_CODE = ("rules",)  # what a file cannot hold


def configured(config: Path | None, catalog: Path | None, **options: Any) -> ToolRecommender:
    """Return a fitted recommender; options of the command line win over those of the file."""
    told = {} if config is None else _read(config)
    folder = catalog or told.pop(_CATALOG, None)
    told.pop(_CATALOG, None)
    given = {name: value for name, value in options.items() if value is not None}
    return ToolRecommender(load_catalog(folder), **told | given).fit()


def _read(config: Path) -> dict[str, Any]:
    """Read the options of a file; the text ``none`` stands for None, which TOML has not."""
    try:
        with config.open("rb") as stream:
            told = tomllib.load(stream)
    except FileNotFoundError as error:
        raise invalid("--config", "a file that exists", str(config)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise invalid("--config", "a TOML file", str(config), f"{error}.") from error
    known = sorted(set(ToolRecommender().get_params()) - set(_CODE))
    for name in told:
        if name not in known:
            raise unknown_name("--config", name, known, "a file of options of the recommender")
    if _CATALOG in told:
        told[_CATALOG] = config.parent / str(told[_CATALOG])
    return {name: None if value == _NONE else value for name, value in told.items()}
