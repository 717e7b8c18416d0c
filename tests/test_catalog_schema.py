"""The description of a catalog: what is read of it, and which patterns may be matched."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given, strategies as st

import hrtools_reco as hr
from hrtools_reco.catalog.datapackage import write_package
from hrtools_reco.catalog.patterns import is_safe
from hrtools_reco.catalog.schema import check_schema

UNSAFE = [
    "^(a+)+$",
    "(a|a)*b",
    "(ab)+",
    "(ab){2,9}",
    "a*a*",
    "a+b*",
    "a{1,}b+",
    "a{101}",
    "a{0,99}b{0,99}",
    "a?" * 7,
    "(a|a)" * 7,
    "|".join("a" * 101),
    "(?:a+)b",
    "(?=a)b",
    r"(a)\1",
    "a++",
    "a+?",
    "a{2}{2}",
    "*",
    "(",
    ")",
    "[a",
    "[[a]]",
    "[z-a]",
    "[a--b]",
    r"\N{BULLET}",
    "a{5,2}",
    "a" * 301,
    5,
    None,
    ["a"],
]
SAFE = [
    "^FR[0-9]{11}$",
    r"^\d{3}-[A-Z]{2}$",
    "^(a|b|c|d|e|f|g|h|i)$",
    "[a-z-]+",
    "^[^|]+$",
    "^x(y)?z*$",
    "a{3,}",
    "é.ß",
    r"^\+33\s\d+$",
]


@pytest.mark.parametrize("pattern", UNSAFE, ids=str)
def test_a_pattern_that_could_take_for_ever_is_unsafe(pattern):
    assert not is_safe(pattern)


@pytest.mark.parametrize("pattern", SAFE)
def test_a_simple_pattern_is_safe(pattern):
    assert is_safe(pattern)


def test_the_shipped_patterns_are_safe(catalog):
    limits = [
        field.get("constraints", {})
        for resource in catalog.descriptor["resources"]
        for field in resource["schema"]["fields"]
    ]

    assert [limit["pattern"] for limit in limits if not is_safe(limit.get("pattern", ""))] == []


PIECES = st.sampled_from(
    ["a", "[ab]", "(", ")", "|", "*", "+", "?", "{0,9}", "{9}", "{1,}", "b", ".", "^", "$"]
)


@given(pattern=st.lists(PIECES, max_size=24).map("".join))
def test_a_safe_pattern_matches_in_no_time(pattern):
    if not is_safe(pattern):
        return
    start = time.process_time()

    re.compile(pattern).fullmatch("ab" * 100 + "a" * 2000 + "c")

    assert time.process_time() - start < 2


def test_a_catalog_with_a_pattern_that_could_take_for_ever_is_refused(tmp_path, catalog):
    descriptor = catalog.descriptor
    constraints(descriptor, "name")["pattern"] = "^(a+)+$"
    write_package(tmp_path, descriptor, {name: catalog.table(name) for name in catalog.table_names})

    with pytest.raises(hr.CatalogError, match=r"json: tools.name: pattern must be .* no repeated group.*a\+"):
        hr.load_catalog(tmp_path)


def tools_of(descriptor):
    """Return the description of the tools."""
    return next(resource for resource in descriptor["resources"] if resource["name"] == "tools")


def field_of(descriptor, name):
    """Return the description of a column of the tools."""
    return next(field for field in tools_of(descriptor)["schema"]["fields"] if field["name"] == name)


def constraints(descriptor, name):
    """Return the constraints of a column of the tools."""
    return field_of(descriptor, name).setdefault("constraints", {})


ODD = {
    "created": (lambda d: d.update(created="soon"), "created must be a day"),
    "created number": (lambda d: d.update(created=20260101), "created must be a day"),
    "twice": (lambda d: d["resources"].append(tools_of(d)), "tools: name must be the name of one table"),
    "encoding": (lambda d: tools_of(d).update(encoding=5), "tools: encoding must be text"),
    "dialect": (lambda d: tools_of(d).update(dialect=[]), "tools: dialect must be an object"),
    "separator": (
        lambda d: tools_of(d).update(dialect={"delimiter": ";;"}),
        "delimiter must be one character",
    ),
    "quote": (lambda d: tools_of(d).update(dialect={"quoteChar": "\n"}), "quoteChar must be one character"),
    "fields": (lambda d: tools_of(d)["schema"].update(fields={}), "fields must be a list of columns"),
    "no fields": (lambda d: tools_of(d)["schema"].pop("fields"), "fields must be a list of columns"),
    "field": (lambda d: tools_of(d)["schema"]["fields"].append(5), "fields must be a list of columns"),
    "field twice": (
        lambda d: tools_of(d)["schema"]["fields"].append({"name": "name"}),
        "fields must be a list of columns with different names",
    ),
    "type": (lambda d: field_of(d, "name").update(type=[]), "tools.name: type must be one of string"),
    "constraints": (lambda d: field_of(d, "name").update(constraints=5), "constraints must be an object"),
    "required": (lambda d: constraints(d, "name").update(required="no"), "required must be true or false"),
    "minimum": (lambda d: constraints(d, "price_eur").update(minimum="0"), "minimum must be a number"),
    "enum": (lambda d: constraints(d, "name").update(enum="a"), "enum must be a list of words"),
    "true values": (
        lambda d: field_of(d, "name").update(trueValues=[1]),
        "trueValues must be a list of texts",
    ),
    "items": (lambda d: field_of(d, "name").update({"hrtools:itemsOf": "x"}), "itemsOf must be a table and"),
    "key": (
        lambda d: tools_of(d)["schema"].update(primaryKey="x"),
        "primaryKey must be the name of a column",
    ),
    "references": (lambda d: tools_of(d)["schema"].update(foreignKeys=5), "foreignKeys must be a list"),
    "reference": (
        lambda d: tools_of(d)["schema"].update(
            foreignKeys=[{"fields": "name", "reference": {"resource": "x", "fields": "y"}}]
        ),
        "foreignKeys must be a list of references",
    ),
}


@pytest.mark.parametrize(("change", "message"), ODD.values(), ids=list(ODD))
def test_an_odd_description_says_what_is_right(catalog, change, message):
    descriptor = json.loads(json.dumps(catalog.descriptor))
    change(descriptor)

    with pytest.raises(hr.CatalogError, match=rf"^datapackage\.json: .*{message}"):
        check_schema("datapackage.json", descriptor)
