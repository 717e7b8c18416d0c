"""The judgement of each tool, against a plain reading of its table."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from oracle import BY_ID, items, read, worth_from
from strategies import CATALOG

import hrtools_reco as hr
from hrtools_reco.catalog import Judgement
from hrtools_reco.firms import firms_of
from hrtools_reco.model.encoding import ProfileEncoder
from hrtools_reco.model.judgement import judgement_weights

ENCODER = ProfileEncoder(CATALOG)
SAID = Judgement(CATALOG)
POINTS = {row["part"]: float(row["points"]) for row in read("judgement_weights")}


def rows_of(tool_id):
    """Return what each expert says of a tool."""
    return [row for row in read("tool_judgements") if row["tool_id"] == tool_id]


def mean(rows, column, empty=0.0):
    """Return the mean of a column over the experts."""
    return sum(float(row[column] or empty) for row in rows) / len(rows)


def points(tool_id, **fields):
    """Return the points of a tool for a firm whose values stand on knots."""
    table = firms_of(hr.CompanyProfile(**fields), CATALOG)
    weights = judgement_weights(CATALOG, ENCODER.features)
    return (ENCODER.encode(table) @ weights)[0, CATALOG.position(tool_id)]


@pytest.mark.parametrize("tool_id", ["mercateam", "france-travail-pro", "taleez"])
def test_the_points_are_the_sum_of_the_parts(tool_id):
    rows, needs = rows_of(tool_id), CATALOG.keys("needs")
    urgency = dict.fromkeys(needs, 0) | {"hiring": 75, "knowhow_leaving": 50}
    scores = {"it_base": 25, "skills": 75}

    found = points(
        tool_id,
        branch="textile",
        headcount=50,
        needs=urgency,
        maturity=scores,
        facts={"internet": False},
        budget_eur_per_year=200,
    )

    lows = (1, 5, 10, 20, 50, 100, 250)
    middles = [(low * (high - 1)) ** 0.5 for low, high in pairwise(lows)] + [500.0]
    size = np.interp(np.log(50), np.log(middles), [mean(rows, f"grade_from_{low}") for low in lows])
    expected = POINTS["start"] + POINTS["size"] * size
    expected += POINTS["anyway"] * mean(rows, "anyway") + POINTS["first_choice"] * mean(rows, "first_choice")
    for need, value in urgency.items():
        expected += POINTS["need"] * value / 100 * mean(rows, f"need_{need}")
    for dimension, score in scores.items():
        expected -= POINTS["readiness"] * max(mean(rows, f"ready_{dimension}") - score, 0) / 100
        expected -= POINTS["outgrown"] * max(score - mean(rows, f"outgrown_{dimension}", 100.0), 0) / 100
    expected -= POINTS["facts"] * sum("internet" in items(row["asks"]) for row in rows) / len(rows)
    budget = sum(np.log10(1 + float(row["budget_from_eur"])) for row in rows) / len(rows)
    expected -= POINTS["budget"] * max(budget - np.log10(201), 0)
    assert found == pytest.approx(expected, abs=0.05)


def test_a_tool_that_nobody_has_judged_has_no_points():
    weights = judgement_weights(CATALOG, ENCODER.features)

    assert not weights[:, ~SAID.judged].any()
    assert SAID.judged.sum() == len({row["tool_id"] for row in read("tool_judgements")})


def test_between_two_sizes_the_grade_is_between_theirs():
    heads = np.array([1.0, SAID.heads[2], (SAID.heads[2] * SAID.heads[3]) ** 0.5, 5000.0])

    found = SAID.grades_at(heads)

    grades = SAID.grades
    assert np.allclose(found, [grades[0], grades[2], (grades[2] + grades[3]) / 2, grades[-1]])


@pytest.mark.parametrize(
    ("tool_id", "sizes"),
    [("taleez", (8, 15)), ("mercateam", (10, 20)), ("canva", (0, 0)), ("workday-hcm", (250, 500))],
)
def test_software_is_worth_it_from_the_size_at_which_experts_find_it_of_use(tool_id, sizes):
    knots = CATALOG.table("scales").query("scale == 'worth_from'")["knot"].to_numpy()

    found = SAID.size_from(CATALOG.setting("worth_grade"), knots)[CATALOG.position(tool_id)]

    assert (0 if found == knots[0] else found) == worth_from(BY_ID[tool_id])
    assert sizes[0] <= worth_from(BY_ID[tool_id]) <= sizes[1]


def test_three_experts_or_the_editors_have_judged_a_tool():
    experts = CATALOG.table("tool_judgements").groupby("tool_id")["expert"].agg(set)

    assert all(said in ({"adviser", "owner", "consultant"}, {"editor"}) for said in experts)


def test_stand_ins_stand_once_and_are_of_one_kind_and_function():
    tools = CATALOG.tools.set_index("tool_id")
    first = tools["functions"].str.split("|").str[0]

    for row in read("stand_ins"):
        one, other = row["tool_id"], row["stand_in"]
        assert one < other
        assert tools.at[one, "kind"] == tools.at[other, "kind"]
        assert first[one] == first[other]
