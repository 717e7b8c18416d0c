"""Docstrings: numpydoc, held against the real signatures.

What ``import hrtools_reco`` offers documents every parameter and what it returns. A name that modules only
share may have a single line; as soon as it has sections, they too must say what the signature says.
"""

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
MISSING_SECTIONS = {"PR01", "RT01", "YD01"}
METHODS = (classmethod, staticmethod, property, functools.cached_property)


class SignatureValidator(Validator):
    """A validator that knows dataclasses, protocols and inherited constructors."""

    def __init__(self, obj_name: str) -> None:
        super().__init__(get_doc_object(Validator._load_obj(obj_name)))

    @property
    def signature_parameters(self) -> tuple[str, ...]:
        """Return the public parameters that this very class or function takes."""
        no_constructor = inspect.isclass(self.obj) and (
            "__init__" not in vars(self.obj) or getattr(self.obj, "_is_protocol", False)
        )
        names = () if no_constructor else super().signature_parameters
        return tuple(name for name in names if not name.startswith("_"))

    @property
    def doc_all_parameters(self) -> OrderedDict[str, tuple[str, list[str]]]:
        """Return what is documented: the fields of a dataclass may stand under "Attributes"."""
        fields_only = dataclasses.is_dataclass(self.obj) and not self.doc["Parameters"]
        return self._doc_parameters(["Attributes"]) if fields_only else super().doc_all_parameters


def defined_in(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the classes and functions without underscore that a module defines."""
    for name, value in vars(module).items():
        is_code = inspect.isclass(value) or inspect.isfunction(inspect.unwrap(value))
        if is_code and value.__module__ == module.__name__ and not name.startswith("_"):
            yield name, value


def documented() -> Iterator[tuple[str, bool]]:
    """Yield each class, function, method and property, and whether a single line will do."""
    for found in pkgutil.walk_packages(hr.__path__, "hrtools_reco."):
        if found.ispkg or "._" in found.name:
            continue
        for name, value in defined_in(import_module(found.name)):
            shared_only = hr._MODULE_OF.get(name) != found.name.removeprefix("hrtools_reco.")
            yield f"{found.name}.{name}", shared_only
            for part, method in vars(value).items() if inspect.isclass(value) else ():
                if not part.startswith("_") and (inspect.isfunction(method) or isinstance(method, METHODS)):
                    overrides = any(part in vars(base) for base in value.__mro__[1:])
                    yield f"{found.name}.{name}.{part}", shared_only or overrides


CASES = [case for case in documented() if not any(re.search(rule, case[0]) for rule in CONFIG["exclude"])]


def test_the_docstrings_of_every_part_are_looked_at():
    parts = {name.split(".")[1] for name, _ in CASES}

    assert len(CASES) > 400
    assert {"advice", "answer", "catalog", "diagnostic", "evaluation", "files", "firms", "model"} <= parts


@pytest.mark.parametrize(("name", "may_be_one_line"), CASES, ids=[name for name, _ in CASES])
def test_a_docstring_says_what_the_signature_says(name, may_be_one_line):
    found = validate(name, validator_cls=SignatureValidator)
    is_one_line = "\n" not in found["docstring"]

    left_out = MISSING_SECTIONS if may_be_one_line and is_one_line else set()
    problems = [f"{code} {message}" for code, message in found["errors"] if code in CHECKS - left_out]

    assert not problems, "\n".join(problems)


def test_everything_public_but_errors_and_constants_shows_an_example():
    public = {name: getattr(hr, name) for name, module in hr._MODULE_OF.items() if module != "exceptions"}

    silent = [
        n for n, value in public.items() if callable(value) and ">>> " not in (inspect.getdoc(value) or "")
    ]

    assert silent == []
