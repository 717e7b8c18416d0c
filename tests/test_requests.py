"""What a call leaves out or keeps, and what a firm does not want: shown like a rule, never recommended."""

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr

CATALOG = hr.load_catalog()
RECOMMENDER = hr.ToolRecommender().fit()
FIRM = {"branch": "leather_goods", "headcount": 45, "needs": {"hiring": 75}, "maturity": {"it_base": 60}}
K = len(CATALOG.tool_ids)
VENDORS = sorted(CATALOG.tools["vendor"].dropna().unique())


def groups_of(tool):
    """Return every name that stands for a tool."""
    return {tool.tool_id, tool.kind, tool.vendor, *tool.functions}


# Where a tool and a function have one name, the name is the tool: neither is drawn.
names = st.lists(
    st.one_of(
        st.sampled_from(sorted(set(CATALOG.tool_ids) - set(CATALOG.keys("functions")))),
        st.sampled_from(sorted(set(CATALOG.keys("functions")) - set(CATALOG.tool_ids))),
        st.sampled_from(CATALOG.keys("kinds")),
        st.sampled_from(VENDORS),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=25)
@given(excluded=names)
def test_what_is_excluded_is_not_recommended_and_no_other_status_changes(excluded):
    before = RECOMMENDER.eligibility(FIRM).set_index("tool_id")["status"]
    after = RECOMMENDER.eligibility({**FIRM, "excluded": excluded}).set_index("tool_id")["status"]

    left_out = [bool(groups_of(CATALOG.tool(tool_id)) & set(excluded)) for tool_id in CATALOG.tool_ids]
    assert (after[left_out] == "excluded").all()
    others = [not out for out in left_out]
    pd.testing.assert_series_equal(after[others], before[others])
    recommended = RECOMMENDER.recommend(FIRM, K, exclude=excluded)
    assert not any(groups_of(item.tool) & set(excluded) for item in recommended)


@settings(max_examples=25)
@given(only=names)
def test_what_is_kept_is_all_that_is_recommended(only):
    kept = [tool_id for tool_id in CATALOG.tool_ids if groups_of(CATALOG.tool(tool_id)) & set(only)]

    found = RECOMMENDER.recommend(FIRM, K, only=only)

    assert all(groups_of(item.tool) & set(only) for item in found)
    assert found.tool_ids == RECOMMENDER.recommend(FIRM, K, only=kept).tool_ids


@settings(max_examples=15)
@given(excluded=names, refused=names)
def test_the_columns_of_a_firm_do_what_the_call_does(excluded, refused):
    row = {"company_id": "a", "branch": "leather_goods", "headcount": 45}
    table = pd.DataFrame([row | {"excluded": "|".join(excluded), "refused": "|".join(refused)}])

    by_column = RECOMMENDER.recommend_batch(table, 20).frame["tool_id"].tolist()
    by_call = RECOMMENDER.recommend_batch(pd.DataFrame([row]), 20, exclude=[*excluded, *refused]).frame

    assert by_column == by_call["tool_id"].tolist()


@pytest.mark.parametrize(
    ("field", "said"),
    [("excluded", "écarté à votre demande"), ("refused", "vous l’avez vu et n’en voulez pas")],
)
def test_an_explanation_shows_it_like_a_rule(field, said):
    found = RECOMMENDER.explain({**FIRM, field: ["moodle"]}, "moodle")

    rule = {rule.name: rule for rule in found.rules}[field]
    assert (found.status, rule.outcome, rule.relaxable) == ("excluded", "fail", False)
    assert rule.gap("fr") == said


def test_statuses_tell_which_rule_it_was():
    statuses = RECOMMENDER.eligibility({**FIRM, "refused": ["lms"]}, by_rule=True).set_index("tool_id")

    assert statuses.loc["moodle", "rule_refused"] == "fail"
    assert statuses.loc["moodle", "rule_excluded"] == "pass"


def test_a_request_holds_beside_rules_of_ones_own():
    recommender = hr.ToolRecommender(rules=[]).fit()
    first = recommender.recommend(FIRM, 1)[0].tool_id

    assert first not in recommender.recommend(FIRM, K, exclude=first).tool_ids
    assert first not in recommender.recommend({**FIRM, "refused": [first]}, K).tool_ids


def test_names_are_forgiven_their_case_and_the_one_liner_takes_them_too():
    assert all(item.tool.kind == "software" for item in hr.recommend(FIRM, 5, only="Software"))
    assert (
        hr.recommend(FIRM, 5, exclude=["MOODLE"]).tool_ids == hr.recommend(FIRM, 5, exclude="moodle").tool_ids
    )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"exclude": ["moodel"]}, "exclude must be the key of a tool.* Got 'moodel'. Nearest: moodle"),
        ({"only": "softwere"}, "only must be the key of a tool.* Nearest: software"),
        ({"only": []}, "only must be a name at least"),
    ],
)
def test_a_name_that_stands_for_nothing_is_told(request_, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        RECOMMENDER.recommend(FIRM, **request_)
    with pytest.raises(hr.InvalidValueError, match=message):
        RECOMMENDER.recommend_batch([FIRM], **request_)


def test_a_list_that_a_request_leaves_short_says_why():
    found = RECOMMENDER.recommend(FIRM, 5, only="moodle")

    assert found.shortfall.missing >= 4
    assert "Non écarté" in found.shortfall.reason("fr")


def test_what_a_firm_has_refused_is_learned_as_shown_and_not_adopted(monkeypatch):
    told = {}

    def keep(history, *args, **options):
        told["observed"] = history.observed
        raise StopIteration

    monkeypatch.setattr("hrtools_reco.recommender.learn_history", keep)
    firms = [{**FIRM, "company_id": "a", "refused": ["taleez"]}, {**FIRM, "company_id": "b"}]
    pairs = pd.DataFrame({"company_id": ["a", "b"], "tool_id": ["moodle", "moodle"]})

    with pytest.raises(StopIteration):
        hr.ToolRecommender(rules=[]).fit(firms, pairs, shown=pairs)

    assert told["observed"][:, CATALOG.position("taleez")].tolist() == [True, False]
