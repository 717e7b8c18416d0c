"""The package as a whole: what is public, what an import costs, what is shipped."""

from __future__ import annotations

import ast
import pkgutil
import subprocess
import sys
from importlib import import_module, metadata, resources
from pathlib import Path

import pytest

import hrtools_reco as hr

PROJECT = Path(__file__).parents[1]
HEAVY = ["joblib", "matplotlib", "numpy", "pandas", "polars", "pyarrow", "rich", "scipy", "sklearn", "typer"]


def loaded_after(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(run.stdout.splitlines())


def test_importing_the_package_loads_no_heavy_library():
    loaded = loaded_after("import hrtools_reco")

    assert "hrtools_reco" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_importing_the_package_loads_none_of_its_modules():
    loaded = loaded_after("import hrtools_reco; dir(hrtools_reco); hrtools_reco.__all__")

    assert [name for name in loaded if name.startswith("hrtools_reco.")] == []


@pytest.mark.parametrize("name", hr.__all__)
def test_every_public_name_is_what_its_module_defines(name):
    module = import_module(f"hrtools_reco.{hr._MODULE_OF[name]}")

    value = getattr(hr, name)

    assert value is vars(module)[name]
    assert getattr(value, "__module__", module.__name__) == module.__name__  # a constant has none


def test_the_stub_declares_exactly_the_public_names():
    tree = ast.parse((PROJECT / "src/hrtools_reco/__init__.pyi").read_text(encoding="utf-8"))

    declared = {
        alias.asname: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "hrtools_reco"
        for alias in node.names
    }

    assert declared == {name: f"hrtools_reco.{module}" for name, module in hr._MODULE_OF.items()}


def test_no_public_name_is_also_the_name_of_a_module():
    modules = {module.name for module in pkgutil.iter_modules(hr.__path__)}

    assert modules.isdisjoint(hr.__all__)


def test_the_version_and_the_part_that_measures_are_at_hand():
    code = "import hrtools_reco as hr; print(hr.__version__, hr.evaluation.ndcg_at_k.__name__)"

    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert run.stdout.split() == [metadata.version("hrtools-reco"), "ndcg_at_k"]


def test_dir_lists_the_public_names():
    assert dir(hr) == sorted(hr.__all__)


def test_a_star_import_brings_the_public_names():
    names: dict[str, object] = {}

    exec("from hrtools_reco import *", names)

    assert set(hr.__all__) <= set(names)


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="module 'hrtools_reco' has no attribute 'recomend'"):
        hr.recomend  # noqa: B018


def test_the_catalog_folder_is_shipped_whole_and_is_the_only_copy():
    shipped = resources.files("hrtools_reco.catalog_data")

    files = {path.name: path.read_bytes() for path in shipped.iterdir() if path.is_file()}

    folder = {path.name: path.read_bytes() for path in (PROJECT / "catalog").iterdir() if path.is_file()}
    assert "datapackage.json" in files
    assert files == folder
    assert not (PROJECT / "src/hrtools_reco/catalog_data").exists()


def test_the_package_says_that_it_is_typed_and_under_which_licences():
    about = metadata.metadata("hrtools-reco")

    assert resources.files(hr).joinpath("py.typed").is_file()
    assert about["License-Expression"] == "MIT AND CC-BY-4.0"
    assert about.get_all("License-File") == ["LICENSE"]


def test_the_run_time_needs_four_libraries_and_pins_none_from_above():
    needs = [need for need in metadata.requires("hrtools-reco") or [] if "extra ==" not in need]

    assert sorted(need.split(">=")[0] for need in needs) == ["joblib", "numpy", "pandas", "scikit-learn"]
    assert not any(sign in need for need in needs for sign in ("<", "==", "~="))


@pytest.mark.parametrize("module", sorted(module.name for module in pkgutil.iter_modules(hr.__path__)))
def test_every_module_opens_with_one_line_that_says_what_it_is_for(module):
    doc = import_module(f"hrtools_reco.{module}").__doc__

    assert doc
    assert len(doc.strip().split("\n\n")[0].splitlines()) == 1
