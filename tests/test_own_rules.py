"""Rules of one's own: what they return is checked, and the rule is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hrtools_reco as hr

CATALOG = hr.load_catalog()
N_TOOLS = len(CATALOG.tool_ids)
FIRM = {"branch": "couture", "headcount": 12}
TWO = pd.DataFrame({"company_id": ["a", "b"], "branch": "couture", "headcount": [3, 40]})
MANY = pd.DataFrame({"company_id": range(30), "branch": "couture", "headcount": 3})
NAMED = {"fr": "La mienne", "en": "Mine"}


def recommender(rules):
    return hr.ToolRecommender(rules=rules).fit()


def rule_with(**methods):
    """Return a rule of the name "mine" with some methods."""
    return type("Mine", (hr.Rule,), {"name": "mine", "labels": NAMED, **methods})()


OUTCOMES = {
    "too narrow": (np.zeros((1, 3), dtype=np.uint8), r"an array of the shape \(1, \d+\).* Got \(1, 3\)"),
    "of one dimension": (np.zeros(N_TOOLS, dtype=int), "an array of the shape"),
    "another number": (np.full((1, N_TOOLS), 7), r"PASS \(0\), UNKNOWN \(1\) or FAIL \(2\).* Got 7"),
    "a negative number": (np.full((1, N_TOOLS), -1), "PASS .* Got -1"),
    "truth values": (np.zeros((1, N_TOOLS), dtype=bool), r"PASS .* Got dtype\('bool'\)"),
    "floats": (np.full((1, N_TOOLS), np.nan), r"PASS .* Got dtype\('float64'\)"),
    "no array": ("pass", "an array of the shape .* Got 'pass'"),
    "nothing": (None, "an array of the shape .* Got None"),
}


@pytest.mark.parametrize(("found", "message"), OUTCOMES.values(), ids=list(OUTCOMES))
def test_a_rule_that_returns_anything_but_outcomes_is_named(found, message):
    rule = rule_with(outcomes=lambda self, firms: found)

    with pytest.raises(hr.InvalidValueError, match=f"outcomes of the rule 'mine' must be {message}"):
        recommender([*hr.bundled_rules(), rule]).recommend(FIRM)


def test_a_rule_that_fails_is_named_with_its_cause():
    rule = rule_with(outcomes=lambda self, firms: firms.no_such_field)

    with pytest.raises(
        hr.InvalidValueError, match="outcomes of the rule 'mine' must be computed without"
    ) as caught:
        recommender([rule]).recommend(FIRM)
    assert isinstance(caught.value.__cause__, AttributeError)


def test_a_rule_without_outcomes_says_what_it_must_define():
    with pytest.raises(
        hr.InvalidValueError, match=r"rule 'mine' must be a class that defines outcomes\(firms\)"
    ):
        recommender([rule_with()]).recommend(FIRM)


@pytest.mark.parametrize("signature", [[1.5, 2.5], np.zeros(7, dtype=int), "ab", 3], ids=str)
def test_a_signature_that_is_no_number_for_each_firm_is_refused(signature):
    rule = rule_with(
        outcomes=lambda self, firms: np.zeros((1, N_TOOLS), dtype=np.uint8),
        signature=lambda self, firms: signature,
    )

    with pytest.raises(
        hr.InvalidValueError, match="signature of the rule 'mine' must be None, or an array of whole"
    ):
        recommender([rule]).eligibility(MANY)


@pytest.mark.parametrize(
    ("rules", "got"),
    [("x", "'x'"), ([1], "1"), ([hr.Rule], "<class"), ([hr.Rule()], "<hrtools"), (5, "5"), ({}, "{}")],
    ids=["text", "number inside", "class", "without a name", "number", "dict"],
)
def test_what_is_no_list_of_rules_is_refused(rules, got):
    with pytest.raises(hr.InvalidValueError, match=f"rules must be a list of rules, .* Got {got}"):
        recommender(rules)


def test_two_rules_of_one_name_are_refused():
    rule = hr.ColumnRule(CATALOG, name="same", column="vendor_country", accepted=["FR"])

    with pytest.raises(hr.InvalidValueError, match=r"Got 'same'\. It stands there twice"):
        recommender([rule, rule])


def test_without_any_rule_every_tool_fits_every_firm():
    statuses = recommender([]).eligibility(TWO, wide=True)

    assert (statuses == "fit").all(axis=None)
    assert statuses.shape == (2, N_TOOLS)
    assert len(recommender([]).recommend(FIRM, k=4)) == 4
    assert recommender([]).explain(FIRM, "moodle").status == "fit"


def test_a_rule_that_asks_for_ever_more_ends_and_blocks():
    rule = rule_with(
        outcomes=lambda self, firms: np.full((1, N_TOOLS), hr.FAIL),
        remedies=lambda self, firms, tool: (
            hr.Remedy(field="headcount", key=None, value=int(firms.headcount_low[0]) + 1),
        ),
    )

    found = recommender([*hr.bundled_rules(), rule]).what_if(FIRM, "moodle")

    assert found.changes == ()
    assert "mine" in found.blocked_by


@pytest.mark.parametrize(
    "remedies", [lambda *_: "more", lambda *_: [3], lambda *_: 1 / 0], ids=["text", "number", "failure"]
)
def test_remedies_that_are_none_are_refused(remedies):
    rule = rule_with(outcomes=lambda self, firms: np.full((1, N_TOOLS), hr.FAIL), remedies=remedies)

    with pytest.raises(hr.InvalidValueError, match="remedies of the rule 'mine'"):
        recommender([rule]).what_if(FIRM, "moodle")


def test_a_remedy_of_a_field_that_no_firm_has_is_refused():
    with pytest.raises(
        hr.UnknownNameError, match=r"field of a remedy must be .* Got 'headcont'\. Nearest: headcount"
    ):
        hr.Remedy(field="headcont", key=None, value=3)


@pytest.mark.parametrize("tool_language", ["FR", "français", "x", 1, True, "", []])
def test_a_language_that_no_tool_speaks_is_refused(tool_language):
    with pytest.raises(hr.UnknownNameError, match="tool_language must be the ISO 639-1 code"):
        hr.ToolRecommender(tool_language=tool_language).fit()
