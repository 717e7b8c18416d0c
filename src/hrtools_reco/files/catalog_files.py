"""Add a tool or a branch to the folder of a catalog: checked first, then written whole or not at all."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from hrtools_reco._checks import check_mapping, check_path, invalid
from hrtools_reco.catalog import Addition, Catalog, load_catalog
from hrtools_reco.files.whole import replace_together

TABLES = {"tool": "tools", "branch": "branches"}
_LARGEST = 1_000_000
_RIGHT = "a .toml or .json file with [{what}], [source] or [sources.<column>]"


def add_tool(folder: str | PathLike[str], told: Mapping[str, Any]) -> Catalog:
    """Add a tool to the folder of a catalog.

    The rows are made, the whole catalog is checked with them in a copy, and only then the files take their
    place, all or none. Each file keeps its separator, encoding, columns and other rows as they are.

    Parameters
    ----------
    folder : path-like
        Folder of the catalog.
    told : mapping
        ``tool``: its cells by column (lists may be lists). ``sources``: by column, the page or the pages of
        its cell (``url, page_date, basis``, and ``note`` for what is inferred). ``source``: the page of every
        cell that ``sources`` does not name. Any other key is a table, such as ``prices`` or
        ``tool_judgements``, with a list of rows.

    Returns
    -------
    Catalog
        The catalog with the tool.

    Raises
    ------
    CatalogError
        If a cell is not what its column holds (the nearest choices are named), or if the catalog would have
        a problem that it has not today.
    InvalidValueError
        If a filled cell has no source, or a file cannot be written.
    UnknownNameError
        If there is no such column or table.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.add_tool("nowhere", {"tool": {"tool_id": "new-tool"}})
    Traceback (most recent call last):
    ...
    hrtools_reco.exceptions.InvalidValueError: path must be a folder that holds a data package...
    """
    return _add(folder, "tool", told)


def add_branch(folder: str | PathLike[str], told: Mapping[str, Any]) -> Catalog:
    """Add a branch to the folder of a catalog, as ``add_tool`` adds a tool.

    Parameters
    ----------
    folder : path-like
        Folder of the catalog.
    told : mapping
        ``branch``: its cells by column. ``sources``, ``source`` and further tables (``branch_statistics``,
        ``branch_needs``, ``naf_2025`` ...) as for a tool.

    Returns
    -------
    Catalog
        The catalog with the branch.

    Raises
    ------
    CatalogError
        If a cell is not what its column holds, or if the catalog would have a problem that it has not today.
    InvalidValueError
        If a filled cell has no source, or a file cannot be written.
    UnknownNameError
        If there is no such column or table.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.add_branch("nowhere", {"branch": {"branch": "jewellery"}})
    Traceback (most recent call last):
    ...
    hrtools_reco.exceptions.InvalidValueError: path must be a folder that holds a data package...
    """
    return _add(folder, "branch", told)


def _add(folder: str | PathLike[str], what: str, told: Mapping[str, Any]) -> Catalog:
    """Add a tool or a branch."""
    catalog = load_catalog(check_path("path", folder))
    parts = dict(check_mapping("told", told, f"a table with the key {what}"))
    cells, sources, source = (parts.pop(name, None) for name in (what, "sources", "source"))
    addition = Addition(catalog, TABLES[what])
    rows = addition.rows(
        check_mapping(what, cells, "a table of cells by column"),
        check_mapping("sources", sources or {}, "a table of pages by column"),
        source if source is None else check_mapping("source", source, "a page with its url"),
        parts,
    )
    contents, added = addition.checked(rows)
    replace_together({Path(folder, file): content for file, content in contents.items()})
    return added


def read_addition(path: Path, what: str) -> dict[str, Any]:
    """Read a tool or a branch from a file.

    Parameters
    ----------
    path : Path
        File ``.toml`` or ``.json``.
    what : {"tool", "branch"}
        What it must hold.

    Returns
    -------
    dict
        What ``add_tool`` or ``add_branch`` take.

    Raises
    ------
    InvalidValueError
        If it is no such file.
    """
    right = _RIGHT.format(what=what)
    try:
        raw = path.read_bytes()[:_LARGEST]
        text = raw.decode("utf-8-sig")
        content = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise invalid("--from", right, str(path), f"{error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise invalid("--from", right, str(path), f"{error}.") from error
    if not isinstance(content, dict) or not isinstance(content.get(what), dict):
        raise invalid("--from", right, str(path))
    return content
