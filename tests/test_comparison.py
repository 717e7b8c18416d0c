"""Two tools side by side, and many pairs as a table: the same numbers as one explanation."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings, strategies as st
from strategies import firms, frame_of, tables
from worlds import RECOMMENDER

import hrtools_reco as hr

TOOL_IDS = RECOMMENDER.catalog_.tool_ids


@settings(max_examples=15)
@given(drawn=tables(), wanted=st.lists(st.sampled_from(TOOL_IDS), min_size=1, max_size=4))
def test_the_table_of_explanations_says_what_each_explanation_says(drawn, wanted):
    table = RECOMMENDER.explain_batch(frame_of(drawn), wanted, reasons="fr")

    pairs = [(firm, tool_id) for firm in drawn for tool_id in wanted]
    assert table[["company_id", "tool_id"]].values.tolist() == [[f["company_id"], t] for f, t in pairs]
    for (firm, tool_id), row in zip(pairs, table.to_dict("records"), strict=True):
        alone = RECOMMENDER.explain(firm, tool_id)
        assert (row["status"], row["score"]) == (alone.status, alone.score)
        for outcome, column in (("fail", "failed"), ("unknown", "unknown")):
            assert row[column] == "|".join(rule.name for rule in alone.rules if rule.outcome == outcome)
        for block, value in alone.contributions.items():
            assert row[f"contribution_{block}"] == pytest.approx(value, abs=1e-9)
        assert all(reason in row["reasons"] for reason in alone.reasons("fr"))


@settings(max_examples=25)
@given(firm=firms(), pair=st.lists(st.sampled_from(TOOL_IDS), min_size=2, max_size=2))
def test_the_points_between_two_tools_sum_to_the_difference_of_their_scores(firm, pair):
    found = RECOMMENDER.compare(firm, *pair)

    assert sum(found.points.values()) == pytest.approx(found.first.score - found.second.score, abs=1e-6)
    assert found.first == RECOMMENDER.explain(firm, pair[0])
    assert set(found.rules) == {
        one.name
        for one, other in zip(found.first.rules, found.second.rules, strict=True)
        if one.outcome != other.outcome
    }


def test_a_comparison_can_be_read_as_text_frame_and_json():
    found = RECOMMENDER.compare({"branch": "couture", "headcount": 60}, "flatchr", "moodle")

    assert {"Flatchr", "Moodle LMS"} <= {line.split(" – ")[0] for line in found.to_text("en").splitlines()}
    assert found.to_frame().columns.tolist() == ["flatchr", "moodle"]
    assert json.loads(json.dumps(found.to_dict()))["first"]["tool_id"] == "flatchr"
    with pytest.raises(hr.UnknownNameError, match=r"lang must be .* Got 'de'"):
        found.to_text("de")


@pytest.mark.parametrize("call", [RECOMMENDER.explain_batch, RECOMMENDER.compare], ids=lambda c: c.__name__)
def test_an_unknown_tool_is_named_with_the_nearest(call):
    arguments = (["moodel"],) if call.__name__ == "explain_batch" else ("moodel", "moodle")
    firm = {"company_id": "a", "branch": "couture", "headcount": 60}

    with pytest.raises(hr.UnknownNameError, match=r"Got 'moodel'. Nearest: moodle"):
        call([firm] if call.__name__ == "explain_batch" else firm, *arguments)
