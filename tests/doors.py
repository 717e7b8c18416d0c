"""The doors through which files and bodies come in: each answers, or refuses with the library's own error."""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from fastapi.testclient import TestClient
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.catalog.datapackage import read_package, write_package
from hrtools_reco.cli.app import app
from hrtools_reco.serve import create_app

CORPUS = Path(__file__).parent / "corpus"
_SMALL = ("regions", "departments", "kinds", "headcount_bands", "statistics")


@functools.cache
def recommender() -> hr.ToolRecommender:
    """Return a recommender with the expert prior."""
    return hr.ToolRecommender().fit()


@functools.cache
def _client() -> TestClient:
    return TestClient(create_app(recommender()))


@functools.cache
def package() -> Path:
    """Write a small data package of some tables that lean on each other only."""
    folder = Path(tempfile.mkdtemp(prefix="package-"))
    catalog = hr.load_catalog()
    descriptor = catalog.descriptor
    kept = [resource for resource in descriptor["resources"] if resource["name"] in _SMALL]
    write_package(folder, {**descriptor, "resources": kept}, {name: catalog.table(name) for name in _SMALL})
    return folder


@functools.cache
def kept() -> Path:
    """Save a recommender."""
    folder = Path(tempfile.mkdtemp(prefix="kept-")) / "kept"
    recommender().save(folder)
    return folder


def _with_file(folder: Path, name: str, content: bytes, read: Callable[[Path], object]) -> None:
    """Read a folder in which one file has other bytes, and put the file back."""
    target = next(path for path in sorted(folder.rglob(name)))
    before = target.read_bytes()
    target.write_bytes(content)
    try:
        read(folder)
    finally:
        target.write_bytes(before)


def _as_file(read: Callable[[Path], object]) -> Callable[[str, bytes], None]:
    """Return a door for bytes that stand in a file of that name."""

    def door(name: str, content: bytes) -> None:
        folder = Path(tempfile.mkdtemp(prefix="door-"))
        try:
            (folder / name).write_bytes(content)
            read(folder / name)
        finally:
            shutil.rmtree(folder)

    return door


def _answer(path: Path) -> None:
    """Read firms, and answer each."""
    recommender().recommend_batch(hr.read_companies_file(path), 1, on_error="collect")


def _take_up(path: Path) -> None:
    """Go on with answers that were kept, and leave at the first question."""
    found = CliRunner().invoke(app, ["diagnose", "--answers", str(path)])
    if found.exit_code == 2:
        raise hr.HRToolsError(found.output)
    if not isinstance(found.exception, SystemExit | None):
        raise found.exception


def _post(name: str, content: bytes) -> None:
    """Send a body; whatever the server raises comes through."""
    answer = _client().post(f"/{name}", content=content, headers={"content-type": "application/json"})
    assert answer.status_code < 500, answer.status_code
    json.loads(answer.text)


# The name of an input ends in that of the file that it stands for (or of the address that it is sent to).
DOORS: Mapping[str, Callable[[str, bytes], None]] = {
    "firms": _as_file(_answer),
    "answers": _as_file(_take_up),
    "package": lambda name, content: _with_file(package(), name, content, read_package),
    "kept": lambda name, content: _with_file(kept(), name, content, hr.load_recommender),
    "bodies": _post,
}


def enter(door: str, name: str, content: bytes) -> bool:
    """Bring bytes to a door; tell whether they were taken. Anything but an error of the library comes out."""
    try:
        DOORS[door](name, content)
    except hr.HRToolsError:
        return False
    return True
