"""A fitted recommender on disk: a manifest with checksums, a catalog as CSV, arrays without pickle.

A folder holds ``manifest.json`` and one folder of data, named after its content, to which the manifest
points. A new archive brings a folder of its own; then the manifest is replaced, in one step that a dying
process does whole or not at all; then what no manifest points to is cleared.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import Catalog, read_package, write_package
from hrtools_reco.exceptions import HRToolsError, LoadError

FORMAT, FORMAT_VERSION = "hrtools-reco recommender", 2
MANIFEST, CATALOG_FOLDER, COMPANIES = "manifest.json", "catalog", "companies.json"
_PLAIN_NAME = re.compile(rf"({CATALOG_FOLDER}/)?[A-Za-z0-9_-]{{1,80}}\.(npy|csv|json)")
_DATA_FOLDER = re.compile(r"[0-9a-f]{16}")
_LEFTOVER = re.compile(r"[0-9a-f]{16}(\.new)?|manifest\.[0-9a-f]{16}\.new")
_MOST_MANIFEST_BYTES = 2**20
_KINDS = ("f4", "f8", "i4", "i8")


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
    """Write an archive whole or not at all: whenever the process dies, an earlier one is still there.

    Parameters
    ----------
    archive : Archive
        What to save.
    folder : Path
        Where to: a new folder, an empty one, or an earlier archive, which is replaced.

    Raises
    ------
    InvalidValueError
        If the folder holds anything else, its parent does not exist, or it cannot be written.
    """
    _check_target(folder)
    try:
        folder.mkdir(exist_ok=True)
        _write(archive, folder)
    except OSError as error:
        right = "a folder that can be written"
        raise invalid("folder", right, str(folder), f"{error.strerror or error}.") from error


def _check_target(folder: Path) -> None:
    """Refuse to write over what is not an archive."""
    if not folder.parent.is_dir():
        raise invalid("folder", "in a folder that exists", str(folder))
    if not os.path.lexists(folder):
        return
    is_folder = folder.is_dir() and not folder.is_symlink()
    names = {path.name for path in folder.iterdir()} if is_folder else {""}
    ours = all(_LEFTOVER.fullmatch(name) for name in names - {MANIFEST})
    if not is_folder or not ours or (MANIFEST in names and not _is_ours(folder / MANIFEST)):
        raise invalid("folder", "new, empty, or an earlier saved recommender", str(folder))


def _is_ours(manifest: Path) -> bool:
    """Tell whether a manifest is one that an archive has."""
    if manifest.is_symlink() or not manifest.is_file():
        return False
    with manifest.open("rb") as stream:
        return FORMAT.encode() in stream.read(_MOST_MANIFEST_BYTES)


def _write(archive: Archive, folder: Path) -> None:
    """Write the data, then the manifest that points to it, then clear what nothing points to."""
    before = {path.name for path in folder.iterdir()}
    token = secrets.token_hex(8)
    draft, written = folder / f"{token}.new", folder / f"{MANIFEST.removesuffix('.json')}.{token}.new"
    try:
        draft.mkdir()
        _write_data(archive, draft)
        manifest = _manifest_of(archive, draft)
        manifest["data"] = data = _digest(manifest)
        if not (folder / data).exists():
            draft.rename(folder / data)
        with written.open("xb") as stream:
            stream.write(_as_json(manifest))
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(folder / MANIFEST)
    except BaseException:
        _clear(folder, {path.name for path in folder.iterdir()} - before)
        raise
    _clear(folder, {path.name for path in folder.iterdir()} - {MANIFEST, data})


def _as_json(manifest: Mapping[str, Any]) -> bytes:
    """Write a manifest as text."""
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode()


def _digest(manifest: Mapping[str, Any]) -> str:
    """Return the name of the folder of the data that a manifest describes."""
    return hashlib.sha256(_as_json(manifest)).hexdigest()[:16]


def _clear(folder: Path, names: set[str]) -> None:
    """Remove some files and folders."""
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _write_data(archive: Archive, draft: Path) -> None:
    """Write every file of data and wait until they are on the disk."""
    (draft / CATALOG_FOLDER).mkdir()
    tables = {name: archive.catalog.table(name) for name in archive.catalog.table_names}
    write_package(draft / CATALOG_FOLDER, archive.catalog.descriptor, tables)
    for name, array in archive.arrays.items():
        with (draft / f"{name}.npy").open("xb") as stream:
            np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
    (draft / COMPANIES).write_text(json.dumps(archive.company_ids, ensure_ascii=False), encoding="utf-8")
    for path in _files_in(draft):
        with path.open("rb") as stream:
            os.fsync(stream.fileno())


def _manifest_of(archive: Archive, draft: Path) -> dict[str, Any]:
    """Describe the data that was written."""
    catalog = archive.catalog
    questionnaire = catalog.table("questionnaire") if "questionnaire" in catalog.table_names else None
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "library_version": version("hrtools-reco"),
        "catalog_version": catalog.version,
        "questionnaire_version": None if questionnaire is None else str(questionnaire["version"].iloc[-1]),
        "parameters": dict(archive.parameters),
        "files": {
            path.relative_to(draft).as_posix(): {"size": path.stat().st_size, "sha256": _sha256(path)}
            for path in _files_in(draft)
        },
        "arrays": {
            name: {"dtype": array.dtype.str.lstrip("<=|"), "shape": list(array.shape)}
            for name, array in archive.arrays.items()
        },
    }


def _files_in(folder: Path) -> list[Path]:
    """List the files below a folder, in one order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def read_archive(folder: Path) -> Archive:
    """Read an archive; nothing in it is run, and nothing outside of it is read.

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
        If a file is changed, cut, too large, missing, not listed, or anything but a plain file; if the
        format or its version is unknown; if an array is not what the manifest says.
    """
    manifest = _read_manifest(folder)
    data = folder / manifest["data"]
    _check_folder(folder, manifest["data"])
    _check_files(data, manifest["files"])
    arrays = {
        name: _read_array(data, name, told, manifest["files"]) for name, told in manifest["arrays"].items()
    }
    try:
        descriptor, tables = read_package(data / CATALOG_FOLDER)
        catalog = Catalog(tables, descriptor)
    except (HRToolsError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise LoadError(f"{folder}: the catalog cannot be read: {error}") from error
    return Archive(
        parameters=manifest["parameters"], catalog=catalog, arrays=arrays, company_ids=_read_companies(data)
    )


def _read_companies(data: Path) -> tuple[str, ...]:
    """Read the keys of the firms of the history: a list of different texts."""
    try:
        names = json.loads((data / COMPANIES).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise LoadError(f"{data / COMPANIES}: must be JSON. {error}") from error
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise LoadError(f"{data / COMPANIES}: must be a list of texts.")
    if len(set(names)) < len(names):
        raise LoadError(f"{data / COMPANIES}: must name each firm once.")
    return tuple(names)


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest and refuse what it does not know."""
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        raise LoadError(f"{folder}: there must be a file {MANIFEST}, written by ToolRecommender.save.")
    if path.stat().st_size > _MOST_MANIFEST_BYTES:
        raise LoadError(f"{path}: must be at most {_MOST_MANIFEST_BYTES} bytes. Got {path.stat().st_size}.")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
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
    if not isinstance(manifest.get("data"), str) or not _DATA_FOLDER.fullmatch(manifest["data"]):
        raise LoadError(f"{path}: data must be the name of the folder of data, 16 hexadecimal digits.")
    return manifest


def _check_folder(folder: Path, data: str) -> None:
    """Refuse whatever stands beside the manifest and is neither its data nor a leftover of a dead process."""
    for path in folder.iterdir():
        if path.name != MANIFEST and not _LEFTOVER.fullmatch(path.name):
            raise LoadError(f"{folder}: {path.name} must not be there.")
    if (folder / data).is_symlink() or not (folder / data).is_dir():
        raise LoadError(f"{folder / data}: must be there, as a folder.")


def _check_files(data: Path, listed: Mapping[str, Any]) -> None:
    """Hold every file against the manifest; a file that is not listed is refused too."""
    for name, told in listed.items():
        if not _PLAIN_NAME.fullmatch(name):
            raise LoadError(f"{data}: {name!r} must be the plain name of a file in the folder.")
        if not isinstance(told, dict):
            raise LoadError(f"{data / name}: the manifest must tell its size and its checksum.")
    for path in data.rglob("*"):
        name, mode = path.relative_to(data).as_posix(), path.lstat().st_mode
        if name not in listed and not (name == CATALOG_FOLDER and stat.S_ISDIR(mode)):
            raise LoadError(f"{data}: {name} must not be there.")
    for name, told in listed.items():
        path = data / name
        if not os.path.lexists(path) or not stat.S_ISREG(path.lstat().st_mode):
            raise LoadError(f"{path}: must be there, as a file.")
        if path.stat().st_size != told.get("size"):
            raise LoadError(f"{path}: must be of {told.get('size')} bytes. Got {path.stat().st_size}.")
        if _sha256(path) != told.get("sha256"):
            raise LoadError(f"{path}: was changed since it was saved.")


def _read_array(data: Path, name: str, told: object, listed: Mapping[str, Any]) -> np.ndarray:
    """Map an array into memory, and refuse one that is not as told or not finite.

    The head of the file is not parsed: it must be, byte for byte, that of the array that the manifest tells.
    """
    path = data / f"{name}.npy"
    if f"{name}.npy" not in listed:
        raise LoadError(f"{path}: must be listed in the manifest.")
    told = told if isinstance(told, dict) else {}
    kind, shape = told.get("dtype"), told.get("shape")
    if kind not in _KINDS or not isinstance(shape, list) or not all(_is_length(size) for size in shape):
        raise LoadError(f"{path}: must be an array of numbers of a known kind. Got {kind!r}, {shape!r}.")
    head = _head(kind, tuple(shape))
    size = len(head) + prod(shape) * np.dtype(kind).itemsize
    with path.open("rb") as stream:
        begins = stream.read(len(head))
    if begins != head or path.stat().st_size != size:
        raise LoadError(f"{path}: must be an array of numbers, of {kind} and shape {shape}.")
    if not prod(shape):
        return np.zeros(shape, dtype=f"<{kind}")
    array = np.memmap(path, dtype=f"<{kind}", mode="r", offset=len(head), shape=tuple(shape))
    if not np.isfinite(array).all():
        raise LoadError(f"{path}: must hold finite numbers.")
    return array


def _is_length(size: object) -> bool:
    """Tell whether a value is a length that an axis can have."""
    return isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**40


def _head(kind: str, shape: tuple[int, ...]) -> bytes:
    """Return the first bytes of the file that ``numpy.save`` writes of such an array."""
    stream = io.BytesIO()
    told = {"descr": f"<{kind}", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, told)
    return stream.getvalue()


def _sha256(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
