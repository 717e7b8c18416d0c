"""Rules: against the plain oracle, and the promises of the three outcomes."""

from __future__ import annotations

import numpy as np
import oracle
import pytest
from hypothesis import assume, given, settings, strategies as st
from strategies import FACTS, firms, frame_of, tables

import hrtools_reco as hr
from hrtools_reco.rules.groups import bit_codes, combine_codes

RECOMMENDER = hr.ToolRecommender().fit()
TOOL_IDS = [tool["tool_id"] for tool in oracle.TOOLS]
WORSE = {"pass": 0, "unknown": 1, "fail": 2}


def outcome(firm, tool_id, rule):
    """Return the outcome of one rule."""
    explanation = RECOMMENDER.explain(firm, tool_id)
    return next(result.outcome for result in explanation.rules if result.name == rule)


@settings(max_examples=12)
@given(drawn=tables(max_size=4))
def test_every_rule_says_what_the_plain_version_says(drawn):
    found = RECOMMENDER.eligibility(frame_of(drawn), by_rule=True)

    for place, firm in enumerate(drawn):
        for at, tool in enumerate(oracle.TOOLS):
            row = found.iloc[place * len(TOOL_IDS) + at]
            assert (row["company_id"], row["tool_id"]) == (firm["company_id"], tool["tool_id"])
            expected = oracle.outcomes(firm, tool)
            assert {name: row[f"rule_{name}"] for name in expected} == expected, tool["tool_id"]
            assert row["status"] == oracle.status(firm, tool)


@settings(max_examples=12)
@given(drawn=tables(min_size=2))
def test_firms_of_one_signature_share_the_outcomes_that_each_would_get_alone(drawn):
    together = RECOMMENDER.eligibility(frame_of(drawn), wide=True)

    for firm in drawn:
        alone = RECOMMENDER.eligibility(frame_of([firm]), wide=True)
        assert together.loc[firm["company_id"]].tolist() == alone.iloc[0].tolist()


@settings(max_examples=15)
@given(firm=firms(), fact=st.sampled_from(FACTS))
def test_an_unknown_fact_never_excludes(firm, fact):
    known = {key: value for key, value in firm.get("facts", {}).items() if key != fact}
    assume(fact not in oracle.implied({**firm, "facts": known}))
    unknown = RECOMMENDER.eligibility({**firm, "facts": known}, wide=True).iloc[0]
    denied = RECOMMENDER.eligibility({**firm, "facts": {**known, fact: False}}, wide=True).iloc[0]
    given_ = RECOMMENDER.eligibility({**firm, "facts": {**known, fact: True}}, wide=True).iloc[0]

    assert not ((unknown == "excluded") & (given_ != "excluded")).any()
    assert not ((unknown == "fit") & (denied == "excluded")).any()


@settings(max_examples=15)
@given(firm=firms(), field=st.sampled_from(["region", "budget_eur_per_year", "maturity", "facts"]))
def test_forgetting_a_field_never_turns_a_rule_into_a_failure(firm, field):
    forgotten = {key: value for key, value in firm.items() if key != field}
    before = RECOMMENDER.eligibility(firm, by_rule=True)
    after = RECOMMENDER.eligibility(forgotten, by_rule=True)

    for rule in ("rule_region", "rule_budget", "rule_readiness", "rule_requirements"):
        assert not ((before[rule] != "fail") & (after[rule] == "fail")).any()


@settings(max_examples=15)
@given(firm=firms(), more=st.sampled_from([1.0, 500.0, 1e5]))
def test_a_larger_budget_never_makes_an_eligible_tool_ineligible(firm, more):
    stated = firm.get("budget_eur_per_year", 0.0)
    before = RECOMMENDER.eligibility({**firm, "budget_eur_per_year": stated}, wide=True).iloc[0]
    after = RECOMMENDER.eligibility({**firm, "budget_eur_per_year": stated + more}, wide=True).iloc[0]

    assert not (before.isin(["fit", "to_check"]) & after.isin(["prepare", "excluded"])).any()


@settings(max_examples=15)
@given(firm=firms(), raised=st.floats(0, 100))
def test_a_higher_score_never_makes_a_ready_firm_unready(firm, raised):
    maturity = firm.get("maturity", {})
    higher = {key: max(value, raised) for key, value in maturity.items()}
    before = RECOMMENDER.eligibility(firm, by_rule=True)["rule_readiness"].map(WORSE)
    after = RECOMMENDER.eligibility({**firm, "maturity": higher}, by_rule=True)["rule_readiness"].map(WORSE)

    assert (after <= before).all()


FIRM = {"branch": "textile", "headcount": 60}
CASES = {
    "a retired tool is never offered": (FIRM, "monster-france", "status", "fail"),
    "a tool of another branch": ({**FIRM, "branch": "footwear"}, "french-tex", "branch", "fail"),
    "a tool of the branch": (FIRM, "french-tex", "branch", "pass"),
    "a tool of another region": ({**FIRM, "region": "Bretagne"}, "heracle", "region", "fail"),
    "a region that is not known": (FIRM, "heracle", "region", "unknown"),
    "a firm over the bound of a scheme": (
        {**FIRM, "headcount": 250},
        "prestation-conseil-rh",
        "headcount",
        "fail",
    ),
    "a firm on the bound of a scheme": (
        {**FIRM, "headcount": 249},
        "prestation-conseil-rh",
        "headcount",
        "pass",
    ),
    "a band across a bound": (
        {"branch": "textile", "headcount_band": "51"},
        "personio",
        "headcount",
        "unknown",
    ),
    "a small firm and an applicant tracker": ({**FIRM, "headcount": 8}, "taleez", "function_size", "fail"),
    "a fact that the firm says it lacks": (
        {**FIRM, "facts": {"smartphone": False}},
        "safetyculture-training",
        "requirements",
        "fail",
    ),
    "a service of the head asks nothing of the staff": (
        {**FIRM, "facts": {"work_email": False, "smartphone": False, "internet": True}},
        "france-travail-pro",
        "requirements",
        "pass",
    ),
    "a price per head over the budget": ({**FIRM, "budget_eur_per_year": 100}, "payfit", "budget", "fail"),
    "a price per head within the budget": (
        {**FIRM, "budget_eur_per_year": 22188},
        "payfit",
        "budget",
        "pass",
    ),
    "a price that only the cheaper plan keeps within": (
        {**FIRM, "budget_eur_per_year": 15000},
        "payfit",
        "budget",
        "unknown",
    ),
    "an unknown price": ({**FIRM, "budget_eur_per_year": 100}, "ctc-formation", "budget", "unknown"),
    "no stated budget": (FIRM, "payfit", "budget", "unknown"),
    "software that is sold, and nothing to spend": (
        {**FIRM, "budget_eur_per_year": 0},
        "taleez",
        "budget",
        "fail",
    ),
    "a score under the gate": ({**FIRM, "maturity": {"it_base": 10}}, "taleez", "readiness", "fail"),
    "a score just under the gate is a question": (
        {**FIRM, "maturity": {"it_base": 21, "steering": 50}},
        "taleez",
        "readiness",
        "unknown",
    ),
    "an estimated score is a question": (
        {**FIRM, "maturity": {"it_base": 10, "steering": 50}, "maturity_estimated": ["it_base"]},
        "taleez",
        "readiness",
        "unknown",
    ),
    "no gate binds a public service": (
        {**FIRM, "maturity": {"it_base": 0}},
        "france-travail-pro",
        "readiness",
        "pass",
    ),
    "a second applicant tracker": ({**FIRM, "installed": ["flatchr"]}, "taleez", "equipped", "fail"),
    "a second suite": ({**FIRM, "installed": ["payfit"]}, "lucca", "equipped", "fail"),
    "a tracker that the catalog does not hold": (
        {**FIRM, "installed": ["ats"]},
        "taleez",
        "equipped",
        "fail",
    ),
    "a complement of what is in place": ({**FIRM, "installed": ["moodle"]}, "h5p", "equipped", "pass"),
    "what is in place": ({**FIRM, "installed": ["moodle"]}, "moodle", "installed", "fail"),
}


@pytest.mark.parametrize(("firm", "tool_id", "rule", "expected"), CASES.values(), ids=list(CASES))
def test_a_rule_decides(firm, tool_id, rule, expected):
    assert outcome(firm, tool_id, rule) == expected


def test_a_failed_rule_says_its_gap_in_both_languages():
    explanation = RECOMMENDER.explain({**FIRM, "headcount": 250}, "prestation-conseil-rh")

    (failed,) = [rule for rule in explanation.rules if rule.outcome == "fail"]
    assert failed.gap("en") == "headcount 250 outside 1–249"
    assert failed.gap("fr") == "effectif de 250 hors de 1–249"


def test_every_rule_that_fails_or_is_unknown_has_something_to_say():
    firm = {"branch": "textile", "headcount_band": "12", "maturity": {"it_base": 10}, "installed": ["payfit"]}
    for tool_id in TOOL_IDS:
        for rule in RECOMMENDER.explain(firm, tool_id).rules:
            assert (rule.gap is not None) == (rule.outcome != "pass")
            said = [] if rule.gap is None else [rule.gap.fr, rule.gap.en]
            assert all(text and "{" not in text for text in said), said


def test_the_parameters_of_the_rules_are_kept():
    firm = {"branch": "textile", "headcount": 60}
    saas = hr.ToolRecommender(hosting=["self_hosted"], pillar="training", tool_language="en").fit()

    found = saas.eligibility(firm, by_rule=True).set_index("tool_id")

    assert found.at["taleez", "rule_pillar"] == "fail"
    assert found.at["taleez", "rule_hosting"] == "fail"
    assert found.at["moodle", "rule_hosting"] == "pass"
    assert found.at["french-tex", "rule_language"] == "fail"


def test_a_rule_of_ones_own_excludes(catalog):
    rule = hr.ColumnRule(catalog, name="french", column="vendor_country", accepted=["FR"])
    own = hr.ToolRecommender(rules=[*hr.bundled_rules(catalog), rule]).fit()

    found = own.eligibility({"branch": "textile", "headcount": 60}, by_rule=True).set_index("tool_id")

    assert found.at["moodle", "rule_french"] == "fail"
    assert found.at["moodle", "status"] == "excluded"
    assert found.at["taleez", "rule_french"] == "pass"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"pillar": "recruiting"}, "pillar must be .* Got 'recruiting'. Nearest: recruitment."),
        ({"hosting": ["cloud"]}, "hosting must be .* Got 'cloud'"),
        ({"max_per_function": 0}, "max_per_function must be a whole number of tools, at least 1. Got 0."),
    ],
)
def test_a_wrong_parameter_is_refused(parameters, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        hr.ToolRecommender(**parameters).fit()


def test_statuses_are_counted_as_they_are_listed():
    drawn = [{"company_id": "a", **FIRM}, {"company_id": "b", "branch": "couture", "headcount": 3}]
    wide = RECOMMENDER.eligibility(frame_of(drawn), wide=True)
    frame = RECOMMENDER.recommend_batch(frame_of(drawn), k=1).frame.set_index("company_id")

    assert frame["n_fit"].tolist() == (wide == "fit").sum(axis=1).tolist()
    assert frame["n_to_check"].tolist() == (wide == "to_check").sum(axis=1).tolist()
    assert np.isin(wide.to_numpy(), ["fit", "to_check", "prepare", "excluded"]).all()


@settings(max_examples=60)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([0, -5, 2**40, -(2**40)]),
            st.sampled_from([float("nan"), 0.0, -1.5, 3.25]),
            st.booleans(),
            st.sampled_from([-(2**62), 0, 2**62]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_rows_share_a_number_only_if_they_are_equal(rows):
    columns = [np.array(column) for column in zip(*rows, strict=True)]

    codes, firsts = combine_codes(columns * 3)

    keys = [repr(row) for row in rows]
    assert [keys.index(key) for key in dict.fromkeys(keys)] == firsts.tolist()
    assert codes.tolist() == [list(dict.fromkeys(keys)).index(key) for key in keys]


@settings(max_examples=30)
@given(rows=st.lists(st.sets(st.sampled_from([0, 1, 63, 64, 130, 199])), min_size=1, max_size=12))
def test_flags_share_a_number_only_if_they_are_equal(rows):
    flags = np.zeros((len(rows), 200), dtype=bool)
    for row, places in enumerate(rows):
        flags[row, sorted(places)] = True

    codes = bit_codes(flags)

    for first, code in zip(rows, codes, strict=True):
        assert [other == first for other in rows] == (codes == code).tolist()


def test_kinds_keep_tools_of_some_kinds_only():
    firm = {"branch": "clothing", "headcount": 90, "needs": {"hiring": 100}, "facts": {"hr_person": True}}
    software = hr.ToolRecommender(kinds=["software"]).fit()

    found = software.recommend(firm, k=10)

    assert {item.tool.kind for item in found} == {"software"}
    (failed,) = [rule for rule in software.explain(firm, "opco2i-services").rules if rule.name == "kind"]
    assert (failed.outcome, failed.gap("fr")) == ("fail", "service public ; demandé : logiciel")
    with pytest.raises(hr.UnknownNameError, match=r"kinds must be .* Got 'softwares'\. Nearest: software"):
        hr.ToolRecommender(kinds=["softwares"]).fit()
