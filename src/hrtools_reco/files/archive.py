"""A fitted recommender on disk: a manifest with checksums, a catalog as CSV, arrays without pickle."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import Catalog, read_package, write_package
from hrtools_reco.exceptions import LoadError

FORMAT, FORMAT_VERSION = "hrtools-reco recommender", 1
MANIFEST, CATALOG_FOLDER, COMPANIES = "manifest.json", "catalog", "companies.json"
_PLAIN_NAME = re.compile(rf"({CATALOG_FOLDER}/)?[A-Za-z0-9_-]+\.(npy|csv|json)")
_MOST_MANIFEST_BYTES = 2**20
_KINDS = ("f8", "i4", "i8")


@dataclass(frozen=True, kw_only=True)
class Archive:
    """What is saved of a recommender.

    Attributes
    ----------
    parameters : mapping
        Parameters of the recommender, as JSON values.
    catalog : Catalog
        The catalog.
    arrays : mapping of str to ndarray
        Numbers, by name; read back as memory maps.
    company_ids : tuple of str
        Keys of the firms of the history.
    """

    parameters: Mapping[str, Any]
    catalog: Catalog
    arrays: Mapping[str, np.ndarray]
    company_ids: tuple[str, ...]


def write_archive(archive: Archive, folder: Path) -> None:
    """Write an archive whole or not at all.

    Parameters
    ----------
    archive : Archive
        What to save.
    folder : Path
        Where to: a new folder, an empty one, or an earlier archive, which is replaced.

    Raises
    ------
    InvalidValueError
        If the folder holds anything else, or its parent does not exist.
    """
    _check_target(folder)
    draft = Path(tempfile.mkdtemp(prefix=".saving-", dir=folder.parent))
    try:
        _write_files(archive, draft)
        _swap(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _check_target(folder: Path) -> None:
    """Refuse to write over what is not an archive."""
    if not folder.parent.is_dir():
        raise invalid("folder", "in a folder that exists", str(folder))
    if folder.exists():
        is_archive = (folder / MANIFEST).is_file() and FORMAT in (folder / MANIFEST).read_text(
            "utf-8", "replace"
        )
        if folder.is_symlink() or not folder.is_dir() or not (is_archive or not any(folder.iterdir())):
            raise invalid("folder", "new, empty, or an earlier saved recommender", str(folder))


def _write_files(archive: Archive, draft: Path) -> None:
    """Write every file, the manifest last, and wait until they are on the disk."""
    (draft / CATALOG_FOLDER).mkdir()
    tables = {name: archive.catalog.table(name) for name in archive.catalog.table_names}
    write_package(draft / CATALOG_FOLDER, archive.catalog.descriptor, tables)
    for name, array in archive.arrays.items():
        np.save(draft / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    (draft / COMPANIES).write_text(json.dumps(archive.company_ids, ensure_ascii=False), encoding="utf-8")
    files = sorted(path for path in draft.rglob("*") if path.is_file())
    questionnaire = archive.catalog.table("questionnaire") if "questionnaire" in tables else None
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "library_version": version("hrtools-reco"),
        "catalog_version": archive.catalog.version,
        "questionnaire_version": None if questionnaire is None else str(questionnaire["version"].iloc[0]),
        "parameters": dict(archive.parameters),
        "files": {
            path.relative_to(draft).as_posix(): {"size": path.stat().st_size, "sha256": _sha256(path)}
            for path in files
        },
        "arrays": {
            name: {"dtype": array.dtype.str.lstrip("<=|"), "shape": list(array.shape)}
            for name, array in archive.arrays.items()
        },
    }
    (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
    for path in [*files, draft / MANIFEST]:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())


def _swap(draft: Path, folder: Path) -> None:
    """Put the draft in place; an earlier archive comes back if that fails."""
    if not folder.exists():
        draft.rename(folder)
        return
    earlier = Path(tempfile.mkdtemp(prefix=".replaced-", dir=folder.parent)) / "archive"
    folder.rename(earlier)
    try:
        draft.rename(folder)
    except OSError:
        earlier.rename(folder)
        raise
    finally:
        shutil.rmtree(earlier.parent, ignore_errors=True)


def read_archive(folder: Path) -> Archive:
    """Read an archive; nothing in it is run.

    Parameters
    ----------
    folder : Path
        Folder of the archive.

    Returns
    -------
    Archive
        Its content; arrays are read-only memory maps, so that processes share one copy.

    Raises
    ------
    LoadError
        If a file is changed, cut, too large, missing, not listed, or a link; if the format or its version
        is unknown; if an array is not what the manifest says.
    """
    manifest = _read_manifest(folder)
    _check_files(folder, manifest["files"])
    arrays = {name: _read_array(folder, name, told) for name, told in manifest["arrays"].items()}
    try:
        descriptor, tables = read_package(folder / CATALOG_FOLDER)
        company_ids = json.loads((folder / COMPANIES).read_text(encoding="utf-8"))
    except (ValueError, KeyError) as error:
        raise LoadError(f"{folder}: the catalog or the firms cannot be read: {error}") from error
    return Archive(
        parameters=manifest["parameters"],
        catalog=Catalog(tables, descriptor),
        arrays=arrays,
        company_ids=tuple(str(name) for name in company_ids),
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest and refuse what it does not know."""
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        raise LoadError(f"{folder}: there must be a file {MANIFEST}, written by ToolRecommender.save.")
    if path.stat().st_size > _MOST_MANIFEST_BYTES:
        raise LoadError(f"{path}: must be at most {_MOST_MANIFEST_BYTES} bytes. Got {path.stat().st_size}.")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise LoadError(f"{path}: must be JSON. {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise LoadError(f"{path}: must be of the format {FORMAT!r}.")
    if manifest.get("format_version") != FORMAT_VERSION:
        got = manifest.get("format_version")
        raise LoadError(
            f"{path}: format_version must be {FORMAT_VERSION}. Got {got!r}. Use the library that wrote it."
        )
    for name in ("parameters", "files", "arrays"):
        if not isinstance(manifest.get(name), dict):
            raise LoadError(f"{path}: {name} must be there.")
    return manifest


def _check_files(folder: Path, listed: Mapping[str, Mapping[str, Any]]) -> None:
    """Hold every file against the manifest; a file that is not listed is refused too."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    folders = {name for name, path in there.items() if path.is_dir() and not path.is_symlink()}
    extra = set(there) - folders - set(listed) - {MANIFEST}
    if extra or folders - {CATALOG_FOLDER}:
        raise LoadError(f"{folder}: {sorted(extra | folders - {CATALOG_FOLDER})[0]} must not be there.")
    for name, told in listed.items():
        if not _PLAIN_NAME.fullmatch(name):
            raise LoadError(f"{folder}: {name!r} must be the plain name of a file in the folder.")
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise LoadError(f"{path}: must be there, as a file.")
        if path.stat().st_size != told.get("size"):
            raise LoadError(f"{path}: must be of {told.get('size')} bytes. Got {path.stat().st_size}.")
        if _sha256(path) != told.get("sha256"):
            raise LoadError(f"{path}: was changed since it was saved.")


def _read_array(folder: Path, name: str, told: Mapping[str, Any]) -> np.ndarray:
    """Map an array into memory, and refuse one that is not as told or not finite."""
    path = folder / f"{name}.npy"
    try:
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise LoadError(f"{path}: must be an array of numbers. {error}") from error
    dtype, shape = array.dtype.str.lstrip("<=|"), list(array.shape)
    if dtype not in _KINDS or dtype != told.get("dtype") or shape != told.get("shape"):
        raise LoadError(
            f"{path}: must be of {told.get('dtype')} and shape {told.get('shape')}. Got {dtype}, {shape}."
        )
    if not np.isfinite(array).all():
        raise LoadError(f"{path}: must hold finite numbers.")
    return array


def _sha256(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
