"""Docstrings of public names: numpydoc, held against the real signatures."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import pkgutil
import re
import tomllib
from collections import OrderedDict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from numpydoc.docscrape import get_doc_object
from numpydoc.validate import ERROR_MSGS, Validator, validate

import hrtools_reco as hr

PYPROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
CONFIG = PYPROJECT["tool"]["numpydoc_validation"]
CHECKS = set(ERROR_MSGS) - set(CONFIG["checks"])  # "all" but those listed
METHODS = (classmethod, staticmethod, property, functools.cached_property)


class SignatureValidator(Validator):
    """A validator that knows dataclasses and inherited constructors."""

    def __init__(self, obj_name: str) -> None:
        super().__init__(get_doc_object(Validator._load_obj(obj_name)))

    @property
    def signature_parameters(self) -> tuple[str, ...]:
        """Return the parameters that this very class or function takes."""
        inherited = inspect.isclass(self.obj) and "__init__" not in vars(self.obj)
        return () if inherited else super().signature_parameters

    @property
    def doc_all_parameters(self) -> OrderedDict[str, tuple[str, list[str]]]:
        """Return what is documented: the fields of a dataclass may stand under "Attributes"."""
        fields_only = dataclasses.is_dataclass(self.obj) and not self.doc["Parameters"]
        return self._doc_parameters(["Attributes"]) if fields_only else super().doc_all_parameters


def defined_in(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the public classes and functions that a module defines."""
    for name, value in vars(module).items():
        is_code = inspect.isclass(value) or inspect.isfunction(inspect.unwrap(value))
        if is_code and value.__module__ == module.__name__ and not name.startswith("_"):
            yield name, value


def public_names() -> Iterator[str]:
    """Yield every public class, function, method and property of the package."""
    for found in pkgutil.iter_modules(hr.__path__, "hrtools_reco."):
        if found.name.startswith("hrtools_reco._") or found.ispkg:
            continue
        for name, value in defined_in(import_module(found.name)):
            yield f"{found.name}.{name}"
            for part, method in vars(value).items() if inspect.isclass(value) else ():
                if not part.startswith("_") and (inspect.isfunction(method) or isinstance(method, METHODS)):
                    yield f"{found.name}.{name}.{part}"


NAMES = [name for name in public_names() if not any(re.search(rule, name) for rule in CONFIG["exclude"])]


@pytest.mark.parametrize("name", NAMES)
def test_a_docstring_says_what_the_signature_says(name):
    found = validate(name, validator_cls=SignatureValidator)["errors"]

    problems = [f"{code} {message}" for code, message in found if code in CHECKS]
    assert not problems, "\n".join(problems)


def test_everything_public_but_errors_shows_an_example():
    names = [name for name, module in hr._MODULE_OF.items() if module != "exceptions"]

    assert [name for name in names if ">>> " not in (inspect.getdoc(getattr(hr, name)) or "")] == []
