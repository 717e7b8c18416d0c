"""Facts that follow from what else is known of a firm."""

from __future__ import annotations

import numpy as np
import oracle
import pytest
from hypothesis import given, strategies as st
from strategies import firms

import hrtools_reco as hr
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.firms import Remedy, changed_firms, changed_profile, firms_of, implied_facts

CATALOG = hr.load_catalog()
FACTS = CATALOG.keys("facts")


def arrays_of(firm: dict):
    """Return one firm as arrays."""
    return firms_of(hr.CompanyProfile(**firm), CATALOG)


@given(firm=firms())
def test_a_fact_is_implied_as_the_table_says_and_only_where_it_is_not_stated(firm):
    table = arrays_of(firm)

    implied = {item.fact: (item.value, item.reason.fr) for item in implied_facts(table, CATALOG)}

    rows = oracle.implied(firm)
    assert implied == {key: (row["value"] == "true", row["text_fr"]) for key, row in rows.items()}
    stated = firm.get("facts", {})
    known = {key: bool(value) for key, value in zip(FACTS, table.facts[0], strict=True) if value >= 0}
    assert known == stated | {key: value for key, (value, _) in implied.items()}


@given(firm=firms())
def test_a_profile_holds_what_was_stated_and_nothing_that_was_implied(firm):
    assert dict(hr.CompanyProfile(**firm).facts) == firm.get("facts", {})


@given(several=st.lists(firms(), min_size=1, max_size=5))
def test_a_firm_is_thought_through_the_same_alone_and_among_others(several):
    profiles = [hr.CompanyProfile(**firm, company_id=row) for row, firm in enumerate(several)]

    together = firms_of(profiles, CATALOG)

    for row, firm in enumerate(several):
        np.testing.assert_array_equal(together.facts[row], arrays_of(firm).facts[0])
        assert implied_facts(together, CATALOG, row) == implied_facts(arrays_of(firm), CATALOG)


@given(
    firm=firms(),
    change=st.sampled_from(
        [
            Remedy(field="headcount", key=None, value=300),
            Remedy(field="maturity", key="it_base", value=100.0),
            Remedy(field="facts", key="internet", value=False),
            Remedy(field="installed", key="eurecia", value=True),
        ]
    ),
)
def test_a_changed_firm_is_thought_through_again(firm, change):
    profile = hr.CompanyProfile(**firm)

    changed = changed_firms(arrays_of(firm), [change], CATALOG)

    expected = firms_of([changed_profile(profile, [change], CATALOG)], CATALOG)
    np.testing.assert_array_equal(changed.facts, expected.facts)
    np.testing.assert_array_equal(changed.implied, expected.implied)


def test_an_estimate_implies_nothing():
    firm = {
        "branch": "couture",
        "headcount": 6,
        "maturity": {"it_base": 90},
        "maturity_estimated": ["it_base"],
    }

    assert implied_facts(arrays_of(firm), CATALOG) == ()


@pytest.mark.parametrize(
    ("firm", "fact"),
    [
        ({"headcount": 140}, "internet"),
        ({"headcount": 140}, "hr_person"),
        ({"headcount": 3}, "hr_person"),
        ({"headcount": 9, "maturity": {"it_base": 50}}, "internet"),
    ],
)
def test_what_is_implied_is_not_asked(recommender, firm, fact):
    asked = recommender.next_questions({"branch": "couture", **firm}, n=99)

    assert fact not in {question.question for question in asked}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"source": "fact", "key": "internet", "fact": "internet"},
            "row 2: a fact must follow from facts of rows",
        ),
        ({"source": "maturity", "key": "it_bass"}, "row 2, column key: must be a key that 'maturity' knows"),
        (
            {"source": "installed", "key": "nothing"},
            "row 2, column key: must be a key that 'installed' knows",
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_refused(cells, message):
    tables = {name: CATALOG.table(name) for name in CATALOG.table_names}
    one = CATALOG.table("implied_facts").iloc[[0]].assign(**cells)
    broken = hr.Catalog({**tables, "implied_facts": one}, CATALOG.descriptor)

    with pytest.raises(CatalogError, match=message):
        firms_of({"branch": "couture", "headcount": 9}, broken)


def test_an_explanation_tells_what_was_implied_and_from_what(recommender):
    firm = {"branch": "clothing", "headcount": 45, "maturity": {"it_base": 70}}

    found = recommender.explain(firm, "taleez")

    told = {fact["fact"]: fact["reason"]["fr"] for fact in found.to_dict()["implied"]}
    assert "internet" in told
    assert told["internet"] in found.to_text("fr")
    assert "internet" not in {
        fact.fact for fact in recommender.explain({**firm, "facts": {"internet": True}}, "taleez").implied
    }
