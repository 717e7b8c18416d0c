"""The package as a whole: what is public, what an import costs, what is shipped."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import pkgutil
import subprocess
import sys
import typing
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


INSIDE = {"Basis", "Speaker", "Words"}  # what an answer keeps of how it was made


def classes_in(hint):
    """Yield the classes that a type hint speaks of."""
    if isinstance(hint, type):
        yield hint
    for part in typing.get_args(hint):
        yield from classes_in(part)


def hints_of(owner):
    """Yield the hints of what a public function returns, or of the fields and methods of a public class."""
    names = {"Axes": object}  # of an optional library
    if not isinstance(owner, type):
        yield typing.get_type_hints(owner, localns=names).get("return")
        return
    if dataclasses.is_dataclass(owner):
        yield from (hint for name, hint in typing.get_type_hints(owner).items() if not name.startswith("_"))
    for name, member in inspect.getmembers(owner):
        function = member.fget if isinstance(member, property) else member
        if not name.startswith("_") and (inspect.isfunction(function) or inspect.ismethod(function)):
            yield typing.get_type_hints(function, localns=names).get("return")


def test_every_type_that_a_public_function_returns_can_be_imported_from_the_top():
    public = [getattr(hr, name) for name in hr.__all__]
    asked, known = [item for item in public if callable(item)], set(map(id, public))

    missing = {
        found.__name__
        for owner in asked
        for hint in hints_of(owner)
        for found in classes_in(hint)
        if found.__module__.startswith("hrtools_reco") and id(found) not in known
    }

    assert missing <= INSIDE


def test_whatever_speaks_refuses_a_language_that_it_does_not_speak():
    recommender = hr.ToolRecommender().fit()
    firm = {"branch": "couture", "headcount": 12}
    answers = recommender.recommend(firm)
    objects = [
        answers,
        answers[0],
        recommender.explain(firm, "moodle"),
        recommender.explain(firm, "moodle").rules[0],
        recommender.relax(firm),
        recommender.what_if(firm, "moodle"),
        recommender.roadmap(firm),
        recommender.next_questions(firm)[0],
        hr.opportunities("couture"),
        hr.load_catalog(),
        hr.load_questionnaire(),
    ]

    refused = 0
    for item in objects:
        for name in dir(type(item)):
            function = getattr(type(item), name)
            if name.startswith("_") or not inspect.isfunction(function):
                continue
            parameters = inspect.signature(function).parameters.values()
            needed = [
                one.name for one in parameters if one.default is one.empty and "VAR" not in one.kind.name
            ]
            if "lang" in [one.name for one in parameters] and set(needed) <= {"self", "lang", "name", "key"}:
                others = {one: "branches" for one in needed if one not in ("self", "lang")}
                with pytest.raises(hr.UnknownNameError, match=r"lang must be \"fr\" or \"en\"\. Got 'de'"):
                    getattr(item, name)(**others, lang="de")
                refused += 1
    assert refused >= 15
