"""Opportunities: every sentence has its source, and what answers is on offer to the branch."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from hrtools_reco.catalog.catalog import RETIRED, Catalog, load_catalog, split_list
from hrtools_reco.exceptions import AmbiguousBranchError, InvalidValueError, UnknownNameError
from hrtools_reco.outlook.opportunities import opportunities

CATALOG = load_catalog()
BRANCHES = CATALOG.keys("branches")
TOPICS = ("hiring", "training", "ages")

branches = st.sampled_from(BRANCHES)
every_branch = pytest.mark.parametrize("branch", BRANCHES)


def catalog_with(**tables: pd.DataFrame) -> Catalog:
    """Return the catalog with some tables replaced."""
    bundled = {name: CATALOG.table(name) for name in CATALOG.table_names}
    return Catalog({**bundled, **tables}, CATALOG.descriptor)


def answers_of(found):
    """Yield every function with its tools that an outlook names."""
    for part in (*found.occupations, *found.needs):
        yield from part.answers


@every_branch
def test_the_occupations_are_those_of_the_branch_and_the_sourced_ones_come_first(branch):
    found = opportunities(branch)

    table = CATALOG.table("occupation_branches")
    assert {row.occupation_id for row in found.occupations} == set(
        table.loc[table["branch"] == branch, "occupation_id"]
    )
    sourced = [bool(row.change_sources) for row in found.occupations]
    assert sourced == sorted(sourced, reverse=True)


@every_branch
def test_a_change_is_told_exactly_where_a_page_says_so(branch):
    found = opportunities(branch)

    evidence = CATALOG.table("occupation_evidence")
    for row in found.occupations:
        own = evidence[(evidence["occupation_id"] == row.occupation_id) & evidence["url"].notna()]
        for told, sources, field in (
            (row.change_en, row.change_sources, "digital_change_en"),
            (row.tension_en, row.tension_sources, "tension_en"),
        ):
            assert {source.url for source in sources} == set(own.loc[own["field"] == field, "url"])
            assert (told is not None) == bool(sources)


def test_the_newest_page_comes_first_and_one_without_a_date_last():
    found = opportunities("clothing")

    for row in found.occupations:
        dates = [source.page_date or "" for source in row.change_sources]
        assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_text_gives_each_source_and_says_where_there_is_none(lang):
    found = opportunities("leather_goods")

    text = found.to_text(lang)

    for row in found.occupations:
        assert all(source.url in text for source in row.change_sources)
    silent = [row for row in found.occupations if not row.change_sources]
    assert silent
    assert text.count(CATALOG.text("outlook_no_source_change", lang)) == len(silent)
    assert all(fact.source.url in text for topic in TOPICS for fact in found.about(topic))


def test_a_branch_of_which_nothing_is_known_says_so():
    bare = catalog_with(
        branch_habits=CATALOG.table("branch_habits").iloc[:0],
        branch_statistics=CATALOG.table("branch_statistics").iloc[:0],
        occupation_branches=CATALOG.table("occupation_branches").iloc[:0],
    )

    found = opportunities("tanning", bare)

    assert (found.occupations, found.facts, found.needs) == ((), (), ())
    assert found.to_text("en").count("No source found.") == len(TOPICS)
    assert found.to_frame().empty


@pytest.mark.parametrize(
    ("branch", "shown", "hidden"),
    [
        ("leather_goods", {"saddler": "B1809", "cobbler": "D1206"}, set()),
        ("textile_services", {"delivery_driver": "N4105", "care_presser": "D1236"}, {"presser"}),
        ("textile_care", {"care_presser": "D1236", "dry_cleaner": "D1205"}, {"delivery_driver", "presser"}),
        ("couture", {"furrier": "B1810", "milliner": "B1801", "tailor": "B1813"}, set()),
        ("clothing", {"sewing_operator": "H2423"}, {"leather_prototyper", "saddler"}),
    ],
)
def test_a_branch_sees_its_own_trades(branch, shown, hidden):
    codes = {row.occupation_id: row.rome_code for row in opportunities(branch).occupations}

    assert shown.items() <= codes.items()
    assert not hidden & set(codes)


def test_no_trade_has_the_code_of_another_as_its_second_one():
    table = load_catalog().table("occupations").set_index("occupation_id")

    for code in ("B1809", "N4105", "D1236", "B1812", "H2408", "B1813"):
        holders = [
            key
            for key, row in table.iterrows()
            if code in (row["rome_code"], *split_list(row["rome_others"]))
        ]
        assert len(holders) == 1


def test_a_shoe_repairer_reads_what_changes_in_the_trade():
    (cobbler,) = [row for row in opportunities("leather_goods").occupations if row.occupation_id == "cobbler"]

    assert "en ligne" in cobbler.change_fr
    assert "47 ans" in cobbler.tension_fr
    assert all(
        source.url.startswith("http") for source in (*cobbler.change_sources, *cobbler.tension_sources)
    )


def test_figures_become_sentences_in_both_languages():
    facts = {fact.key: fact for fact in opportunities("footwear").facts}

    assert facts["meant_to_hire_share"].text_en == "46% of the firms meant to hire"
    assert facts["meant_to_hire_share"].text_fr == "46\u00a0% des entreprises prévoyaient d’embaucher"
    assert facts["apprentice_share"].text_fr.startswith("1,3\u00a0%")
    assert facts["average_age"].text_en == "Average age of the staff: 47.2 years"
    assert facts["meant_to_hire_share"].as_of == "2025"


@every_branch
def test_a_need_is_named_where_a_figure_or_a_habit_speaks_to_it(branch):
    found = opportunities(branch)

    expected = set(CATALOG.table("branch_needs").query("branch == @branch")["need"])
    links = CATALOG.table("habit_needs")
    for habit in CATALOG.table("branch_habits").itertuples():
        if branch in split_list(habit.branches):
            expected |= set(links.loc[links["habit_id"] == habit.habit_id, "need"])
    assert {need.need for need in found.needs} == expected
    assert all(need.facts for need in found.needs)
    urgency = [need.expected or 0.0 for need in found.needs]
    assert urgency == sorted(urgency, reverse=True)


@every_branch
def test_the_functions_of_a_need_are_those_whose_main_use_it_is(branch):
    weights = CATALOG.table("function_needs")
    main = weights[weights["weight"] >= CATALOG.setting("main_use_weight")]

    for need in opportunities(branch).needs:
        named = [answer.function for answer in need.answers]

        own = main[main["need"] == need.need]
        assert set(named) == set(own["function"])
        strength = own.set_index("function")["weight"].loc[named].tolist()
        assert strength == sorted(strength, reverse=True)


@settings(max_examples=25)
@given(branch=branches, n_tools=st.integers(1, 6), tools=st.none() | st.permutations(CATALOG.tool_ids[:60]))
def test_every_tool_named_is_on_offer_to_the_branch_and_serves_the_function(branch, n_tools, tools):
    found = opportunities(branch, tools=tools, n_tools=n_tools)

    for answer in answers_of(found):
        assert len(answer.tools) <= n_tools
        for tool_id in answer.tools:
            tool = CATALOG.tool(tool_id)
            assert tool.status != RETIRED
            assert {"all", branch} & set(tool.branches)
            assert answer.function in tool.functions
            assert tools is None or tool_id in tools


@settings(max_examples=25)
@given(branch=branches, tools=st.permutations(CATALOG.tool_ids[:80]))
def test_tools_keep_the_order_they_are_given_in_those_mainly_for_the_function_first(branch, tools):
    found = opportunities(branch, tools=tools, n_tools=80)

    for answer in answers_of(found):
        main = {tool for tool in answer.tools if CATALOG.tool(tool).functions[0] == answer.function}
        assert list(answer.tools) == sorted(
            answer.tools, key=lambda tool: (tool not in main, tools.index(tool))
        )


@pytest.mark.parametrize(
    "spelling", ["1580", "Chaussure (industrie de la chaussure et des articles chaussants)"]
)
def test_a_branch_may_be_written_as_code_or_name(spelling):
    assert opportunities(spelling).branch == "footwear"


def test_the_frame_has_one_row_for_each_occupation():
    found = opportunities("textile")

    frame = found.to_frame()

    assert frame["occupation_id"].tolist() == [row.occupation_id for row in found.occupations]
    assert frame["change_url"].notna().tolist() == [bool(row.change_sources) for row in found.occupations]


@every_branch
def test_the_plain_values_are_json_and_hold_what_the_text_says(branch):
    found = opportunities(branch)

    plain = json.loads(json.dumps(found.to_dict()))

    assert plain["branch"] == branch
    assert len(plain["occupations"]) == len(found.occupations)
    assert [fact["source"]["url"] for fact in plain["facts"]] == [fact.source.url for fact in found.facts]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"branch": "fottwear"}, UnknownNameError, "Nearest: footwear"),
        ({"branch": "2002"}, AmbiguousBranchError, "textile_care"),
        ({"branch": "footwear", "tools": ["moodel"]}, UnknownNameError, "Nearest: moodle"),
        ({"branch": "footwear", "n_tools": 0}, InvalidValueError, "n_tools must be a whole number"),
    ],
    ids=["branch", "ambiguous", "tool", "n_tools"],
)
def test_a_wrong_argument_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        opportunities(**arguments)


def test_an_unknown_topic_or_language_is_named():
    found = opportunities("footwear")

    with pytest.raises(UnknownNameError, match="topic must be a topic"):
        found.about("weather")
    with pytest.raises(InvalidValueError, match="lang must be"):
        found.to_text("de")


def test_every_statistic_of_the_catalog_has_a_sentence_and_every_habit_a_branch():
    statistics = set(CATALOG.table("branch_statistics")["statistic"])

    assert statistics <= set(CATALOG.keys("statistics"))
    for cell in CATALOG.table("branch_habits")["branches"]:
        assert set(split_list(cell)) <= set(BRANCHES)
