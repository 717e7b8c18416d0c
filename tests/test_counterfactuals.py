"""Rules to give up and changes to make, each run again to prove it, against brute force."""

from __future__ import annotations

import itertools
import json
import math
from html import escape

import oracle
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from strategies import CATALOG, DIMENSIONS, FACTS, firms, frame_of

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
ANYTHING = ("headcount", "maturity", "facts", "budget_eur_per_year", "installed")
RELAXABLE = [rule.name for rule in RECOMMENDER.rules_ if rule.relaxable]
TOOL_IDS = [tool["tool_id"] for tool in oracle.TOOLS]


@settings(max_examples=40)
@given(firm=firms(), tool_id=st.sampled_from(TOOL_IDS))
def test_the_changes_make_the_tool_fit_or_the_rules_in_the_way_are_named(firm, tool_id):
    found = RECOMMENDER.what_if(firm, tool_id)

    again = RECOMMENDER.explain(found.profile, tool_id)
    stated = json.loads(json.dumps(found.profile.to_dict()))
    outcomes = oracle.outcomes(stated, oracle.BY_ID[tool_id])
    assert again.status == found.status == oracle.status(stated, oracle.BY_ID[tool_id])
    assert found.possible == (found.status in ("fit", "to_check"))
    assert len(found.reasons) == len(found.blocked_by)
    assert all(isinstance(reason, hr.Text) and reason.fr and reason.en for reason in found.reasons)
    if found.status in ("fit", "to_check"):
        assert {name for name, outcome in outcomes.items() if outcome != "pass"} == set(found.blocked_by)
    else:
        assert found.changes == ()
        assert found.profile.to_dict() == hr.CompanyProfile(**firm).to_dict()


@settings(max_examples=40)
@given(firm=firms(), tool_id=st.sampled_from(TOOL_IDS))
def test_no_change_can_be_left_out_and_no_score_can_be_lower(firm, tool_id):
    found = RECOMMENDER.what_if(firm, tool_id)

    start = hr.CompanyProfile(**firm).to_dict()
    for change in found.changes:
        fields = found.profile.to_dict()
        if change.field == "installed":
            fields["installed"] = [*fields["installed"], change.key]
        elif change.key is not None:
            fields[change.field][change.key] = start[change.field].get(change.key)
            if change.key in start["maturity_estimated"]:
                fields["maturity_estimated"] = [*fields["maturity_estimated"], change.key]
        else:
            fields[change.field] = start[change.field]
            if change.field == "headcount":
                fields["headcount_band"] = start["headcount_band"]
        assert not_fit(fields, tool_id, found), change
        if change.field == "maturity" and change.key not in start["maturity_estimated"]:
            assert not_fit(with_score(found.profile, change.key, change.after - 1), tool_id, found)


def with_score(profile, dimension, score):
    """Return the fields of a profile with one score replaced."""
    fields = profile.to_dict()
    return {**fields, "maturity": {**fields["maturity"], dimension: score}}


def not_fit(fields, tool_id, found):
    """Tell whether a firm has more rules in the way than were named."""
    rules = RECOMMENDER.explain(fields, tool_id).rules
    return {rule.name for rule in rules if rule.outcome != "pass"} > set(found.blocked_by) or any(
        rule.outcome == "fail" for rule in rules
    )


def is_within_reach(tool):
    """Tell whether facts and scores are all that a firm of 60 with a budget may lack for a tool."""
    firm = {"branch": "textile", "headcount": 60, "budget_eur_per_year": 1e6, "region": "Grand Est"}
    full = {**firm, "facts": dict.fromkeys(FACTS, True), "maturity": dict.fromkeys(DIMENSIONS, 100.0)}
    return oracle.status(full, tool) == "fit" and oracle.status(firm, tool) != "fit"


@settings(max_examples=15)
@given(
    facts=st.dictionaries(st.sampled_from(FACTS), st.booleans()),
    maturity=st.dictionaries(st.sampled_from(DIMENSIONS), st.sampled_from((0.0, 24.0, 40.0, 75.0))),
    tool_id=st.sampled_from([tool["tool_id"] for tool in oracle.TOOLS if is_within_reach(tool)]),
)
def test_no_fewer_facts_and_scores_would_do(facts, maturity, tool_id):
    firm = {"branch": "textile", "headcount": 60, "region": "Grand Est", "budget_eur_per_year": 1e6}
    firm |= {"facts": facts, "maturity": maturity}

    found = RECOMMENDER.what_if(firm, tool_id)

    assert found.possible
    edits = [("facts", key, True) for key in FACTS if facts.get(key) is not True]
    # A score far above the one asked for may imply a fact; nobody is told to reach it instead of being asked.
    asked = {change.key: change.after for change in found.changes if change.field == "maturity"}
    edits += [("maturity", key, asked.get(key, 100.0)) for key in DIMENSIONS]
    tried = []
    for fewer in itertools.combinations(edits, max(len(found.changes) - 1, 0)):
        changed = {**firm, "facts": dict(facts), "maturity": dict(maturity)}
        for field, key, value in fewer:
            changed[field][key] = value
        tried.append({**changed, "company_id": str(len(tried))})
    statuses = RECOMMENDER.eligibility(frame_of(tried), wide=True)[tool_id]
    assert found.changes == () or "fit" not in set(statuses)


def test_a_tool_that_fits_needs_no_change():
    firm = {"branch": "couture", "headcount": 12, "facts": {"internet": True}}

    found = RECOMMENDER.what_if(firm, "france-travail-pro")

    assert found.changes == ()
    assert found.possible
    assert found.to_text("fr") == "France Travail Pro : convient maintenant"


def test_what_is_unknown_is_to_confirm_and_what_is_known_to_change():
    firm = {
        "branch": "couture",
        "headcount": 30,
        "maturity": {"it_base": 10},
        "budget_eur_per_year": 20,
        "facts": {"internet": False},
    }

    found = RECOMMENDER.what_if(firm, "360learning")

    kinds = {
        (change.field, change.key): (change.kind, change.before, change.after) for change in found.changes
    }
    assert kinds[("maturity", "it_base")] == ("change", 10.0, 40.0)
    assert kinds[("budget_eur_per_year", None)] == ("change", 20.0, 2478.0)
    assert kinds[("maturity", "steering")] == ("confirm", None, 40.0)
    assert kinds[("facts", "internet")] == ("change", False, True)
    text = found.to_text("fr")
    assert "360Learning : conviendra une fois ces points réglés" in text
    assert "À changer : Budget en euros par an : 20 → 2\u202f478" in text
    assert "À confirmer : Le score « Temps, argent et méthode » atteint-il 40 sur 100 ?" in text
    assert "To change: IT base and security: 10 → 40" in found.to_text("en")


@pytest.mark.parametrize(
    ("band", "kind", "before"), [("NN", "confirm", None), ("03", "change", "6–9")], ids=["in", "under"]
)
def test_a_headcount_within_the_band_is_to_confirm_one_beyond_it_to_change(band, kind, before):
    firm = {"branch": "footwear", "headcount_band": band, "budget_eur_per_year": 5000}

    found = RECOMMENDER.what_if(firm, "netopen", actionable=ANYTHING)

    (change,) = [change for change in found.changes if change.field == "headcount"]
    worth_from = oracle.worth_from(oracle.BY_ID["netopen"])
    assert (change.kind, change.before, change.after) == (kind, before, worth_from)
    assert found.profile.headcount == worth_from
    assert found.profile.headcount_band is None


def test_an_estimate_that_is_more_than_enough_is_only_to_confirm():
    firm = {"branch": "couture", "headcount": 30, "maturity": {"it_base": 60, "steering": 30}}

    found = RECOMMENDER.what_if({**firm, "maturity_estimated": ["it_base", "steering"]}, "netopen")

    scores = {
        change.key: (change.kind, change.after) for change in found.changes if change.field == "maturity"
    }
    assert scores["it_base"] == ("confirm", 60.0)
    assert scores["steering"] == ("confirm", 40.0)
    assert found.profile.maturity_estimated == ()


@pytest.mark.parametrize("band", ["00", "53", "NN"])
def test_a_price_per_head_can_be_met_by_a_firm_of_any_band(band):
    firm = {"branch": "footwear", "headcount_band": band}

    found = RECOMMENDER.what_if(firm, "coursera-business", actionable=ANYTHING)

    assert found.possible
    assert found.profile.budget_eur_per_year == pytest.approx(340.89 * found.profile.headcount, abs=1)


def test_a_budget_that_is_enough_is_not_asked_for_again():
    firm = {"branch": "footwear", "headcount_band": "53", "budget_eur_per_year": 1e7}

    found = RECOMMENDER.what_if(firm, "coursera-business")

    assert found.possible
    assert found.profile.headcount == 10_000
    assert "budget_eur_per_year" not in {change.field for change in found.changes}


@pytest.mark.parametrize("order", [1, -1], ids=["as_bundled", "reversed"])
def test_a_change_that_makes_another_rule_ask_for_more_is_followed_up(order):
    recommender = hr.ToolRecommender(rules=RECOMMENDER.rules_[::order]).fit()

    found = recommender.what_if({"branch": "couture", "headcount": 12}, "360learning", actionable=ANYTHING)

    changes = {change.field: change.after for change in found.changes if change.key is None}
    worth_from = oracle.worth_from(oracle.BY_ID["360learning"])
    assert changes == {
        "headcount": worth_from,
        "budget_eur_per_year": math.ceil(oracle.most_cost(oracle.BY_ID["360learning"], worth_from)),
    }
    assert found.possible


def test_a_second_tool_for_a_function_asks_for_the_first_one_to_go():
    firm = {"branch": "couture", "headcount": 30, "installed": ["moodle", "taleez"]}

    found = RECOMMENDER.what_if(firm, "netopen")

    assert found.profile.installed == ("taleez",)
    assert "À changer : Outil en place (Moodle LMS) : oui → non" in found.to_text("fr")


@pytest.mark.parametrize(
    ("tool_id", "rules", "possible", "said"),
    [
        ("monster-france", ("status",), False, "Vous n’y pouvez rien : n’est plus proposé"),
        ("french-tex", ("branch",), False, "Vous n’y pouvez rien : réservé à Textile"),
        ("mercateam", ("budget",), True, "À demander sur l’outil : Demandez à Mercateam"),
        ("taleez", ("budget",), True, "Pouvez-vous mettre au moins 1\u202f188\u00a0€ par an dans Taleez ?"),
    ],
)
def test_what_a_firm_cannot_change_is_named_and_a_price_is_only_to_be_asked(tool_id, rules, possible, said):
    found = RECOMMENDER.what_if({"branch": "couture", "headcount": 30}, tool_id)

    assert found.blocked_by == rules
    assert found.possible == possible
    assert found.to_dict()["possible"] == possible
    assert said in found.to_text("fr")


def test_a_rule_of_the_user_says_what_it_needs_or_is_named():
    class Unmet(hr.Rule):
        name = "unmet"

        def outcomes(self, profiles):
            return pd.Series(hr.FAIL, index=range(len(CATALOG.tools))).to_numpy()[None, :]

    recommender = hr.ToolRecommender(rules=[*RECOMMENDER.rules_, Unmet()]).fit()

    found = recommender.what_if({"branch": "couture", "headcount": 30}, "france-travail-pro")

    assert found.blocked_by == ("unmet",)
    assert found.changes == ()


def test_the_profile_stays_as_it_is():
    profile = hr.CompanyProfile(branch="couture", headcount=30, installed=["payfit"])
    before = profile.to_dict()

    RECOMMENDER.what_if(profile, "lucca")
    RECOMMENDER.relax(profile)
    RECOMMENDER.roadmap(profile)

    assert profile.to_dict() == before


def test_nobody_is_told_to_be_of_another_size_unless_the_size_may_change():
    firm = {"branch": "maroquinerie", "headcount": 6, "budget_eur_per_year": 90000}

    plain = RECOMMENDER.what_if(firm, "taleez")
    free = RECOMMENDER.what_if(firm, "taleez", actionable=ANYTHING)

    assert plain.changes == ()
    assert "function_size" in plain.blocked_by
    assert "headcount" in {change.field for change in free.changes}


def test_no_more_changes_are_proposed_than_asked_for():
    firm = {"branch": "couture", "headcount": 30, "maturity": {"it_base": 5, "steering": 5}}
    needed = RECOMMENDER.what_if(firm, "taleez").changes

    assert len(needed) > 1
    assert RECOMMENDER.what_if(firm, "taleez", max_changes=len(needed)).changes == needed
    assert RECOMMENDER.what_if(firm, "taleez", max_changes=len(needed) - 1).changes == ()


@pytest.mark.parametrize(
    ("bounds", "message"),
    [({"actionable": ["branch"]}, "actionable must be a field"), ({"max_changes": 0}, "max_changes must be")],
    ids=["branch", "none"],
)
def test_wrong_bounds_are_refused(bounds, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        RECOMMENDER.what_if({"branch": "couture", "headcount": 30}, "taleez", **bounds)


def test_more_changes_than_allowed_leave_a_tool_impossible_and_none_proposed():
    firm = {"branch": "couture", "headcount": 30, "maturity": {"it_base": 10}, "facts": {"internet": False}}
    needed = RECOMMENDER.what_if(firm, "360learning").changes
    assert len(needed) > 2

    found = RECOMMENDER.what_if(firm, "360learning", max_changes=2)

    assert not found.possible
    assert found.changes == ()


def test_changes_are_seen_in_a_notebook_in_the_look_of_the_page():
    found = RECOMMENDER.what_if({"branch": "couture", "headcount": 30}, "360learning")
    change = next(change for change in found.changes if change.kind == "confirm")

    seen = found._repr_html_()

    assert '<div class="hrtools">' in seen
    assert change.question is not None
    assert escape(change.question.fr) in seen
    assert escape(change.question.en) in found.to_html("en")
    assert change.to_dict()["label"] == {"fr": change.label.fr, "en": change.label.en}
