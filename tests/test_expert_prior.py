"""The expert prior: judgement of tools, rubric of functions and graded firms, put together."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import CATALOG

import hrtools_reco as hr
from hrtools_reco.catalog import ageing
from hrtools_reco.catalog.catalog import Catalog
from hrtools_reco.catalog.tool_arrays import need_answers
from hrtools_reco.firms import firms_of
from hrtools_reco.model import stored_prior
from hrtools_reco.model.attributes import tool_attributes
from hrtools_reco.model.encoding import RESOLUTION, ProfileEncoder
from hrtools_reco.model.expert_prior import (
    Freedom,
    expert_cases,
    prior_weights,
    sharpen,
    solve_prior,
    starting_weights,
)
from hrtools_reco.model.linear import SCORE_STEP, WEIGHT_STEP
from hrtools_reco.model.rubric import Rubric, blank_weights

ENCODER = ProfileEncoder(CATALOG)
SOLVED = solve_prior(CATALOG, ENCODER)


def without(*names, **changed):
    """Return the catalog without some tables, or with some of them changed."""
    tables = {name: CATALOG.table(name) for name in CATALOG.table_names if name not in names}
    return Catalog({**tables, **changed}, CATALOG.descriptor)


@pytest.fixture(scope="module")
def cases():
    """Return the graded firms."""
    return expert_cases(CATALOG, ENCODER)


@pytest.fixture(scope="module")
def small():
    """Return a small ridge: four firms, three tools, one pair that teaches nothing."""
    draw = np.random.default_rng(0)
    encoded = np.column_stack([np.ones(4), draw.random((4, 2))])
    weight = np.broadcast_to(np.array([[1.0], [1.0], [2.0], [1.7]]), (4, 3)).copy()
    weight[1, 2] = 0.0
    freedom = object.__new__(Freedom)
    freedom.features = np.array([0.5, 1.0, 2.0])
    root = draw.normal(size=(3, 3))
    freedom.tools = root @ root.T + np.eye(3)
    freedom.penalty = 0.7
    return encoded, draw.normal(size=(4, 3)), weight, freedom, draw.normal(size=(3, 3))


def test_the_ridge_is_that_of_the_plain_normal_equations(small):
    encoded, grades, weight, freedom, start = small

    found = sharpen(start, encoded, grades, weight, freedom)

    # One row of φ ⊗ tool for each pair that teaches; the prior covariance is diag(variances) ⊗ tools.
    pairs = np.argwhere(weight > 0)
    design = np.array([np.kron(encoded[firm], np.eye(3)[tool]) for firm, tool in pairs])
    covariance = np.kron(np.diag(freedom.features), freedom.tools)
    points = encoded @ start
    residual = np.array([grades[firm, tool] - (points[firm, tool] - 25.0) / 20.0 for firm, tool in pairs])
    noise = freedom.penalty / np.array([weight[firm, tool] for firm, tool in pairs])
    added = covariance @ design.T @ np.linalg.solve(design @ covariance @ design.T + np.diag(noise), residual)
    assert np.abs(found - start - 20.0 * added.reshape(3, 3)).max() < 1e-5


def test_what_a_rule_excludes_teaches_nothing(small):
    encoded, grades, weight, freedom, start = small
    changed = np.where(weight > 0, grades, -100.0)

    before = sharpen(start, encoded, grades, weight, freedom)

    assert np.allclose(before, sharpen(start, encoded, changed, weight, freedom), atol=1e-6)


def test_the_stored_weights_are_what_the_bundled_catalog_solves_to():
    stored = stored_prior.read_stored(stored_prior.digest_inputs(CATALOG, ENCODER.features))

    assert stored is not None, "run python tests/store_prior.py"
    of_files = stored_prior.read_stored(stored_prior.digest_inputs(CATALOG, ENCODER.features, by_cell=False))
    assert np.array_equal(of_files, stored), "run python tests/store_prior.py"
    away = np.abs(stored - SOLVED / WEIGHT_STEP)
    # Another machine may round a weight in a thousand to the next step.
    assert away.max() <= 1
    assert (away > 0).mean() < 1e-3


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("tool_judgements", "anyway", 3.0), ("settings", "value", 1.0), ("expert_grades", "good", "moodle")],
)
def test_a_catalog_that_differs_is_solved_anew(table, column, value):
    changed = CATALOG.table(table).copy()
    changed.loc[0, column] = value

    assert (
        stored_prior.read_stored(stored_prior.digest_inputs(without(**{table: changed}), ENCODER.features))
        is None
    )


def test_a_text_that_nothing_is_computed_from_changes_nothing():
    changed = CATALOG.table("tools").assign(summary_fr="Autre texte.", name="Autre nom")

    assert stored_prior.digest_inputs(without(tools=changed), ENCODER.features) == stored_prior.digest_inputs(
        CATALOG, ENCODER.features
    )


def test_scores_are_exact_in_single_precision(cases):
    encoded = cases[0]

    double, single = encoded @ SOLVED, encoded.astype(np.float32) @ SOLVED.astype(np.float32)

    assert (double == single).all()
    assert (double / SCORE_STEP == np.round(double / SCORE_STEP)).all()
    assert RESOLUTION * WEIGHT_STEP == SCORE_STEP


def test_the_graded_firms_get_what_their_readers_graded(cases):
    encoded, grades, weight = cases

    points = np.clip(encoded @ SOLVED, 0.0, 100.0)

    assert np.corrcoef(points[weight > 0], grades[weight > 0])[0, 1] > 0.85


def test_a_catalog_without_graded_firms_keeps_judgement_and_rubric():
    plain = without("expert_firms", "expert_tools", "expert_grades")

    weights = prior_weights(plain, ENCODER)

    start = starting_weights(CATALOG, ENCODER.features) + blank_weights(CATALOG, ENCODER.features)
    start[0] -= CATALOG.setting("old_status_points") * ageing(CATALOG).status_old
    assert np.abs(weights - start).max() <= WEIGHT_STEP


def test_a_catalog_without_judgement_of_tools_ranks_by_the_rubric():
    plain = without(
        "expert_firms",
        "expert_tools",
        "expert_grades",
        "tool_judgements",
        caution=CATALOG.table("caution").assign(points=0.0),
    )
    firm = firms_of(hr.CompanyProfile(branch="tanning", headcount=30, region="Occitanie"), CATALOG)
    encoded = ENCODER.encode(firm)

    points = encoded @ starting_weights(plain, ENCODER.features)

    rubric = encoded @ Rubric(CATALOG, ENCODER.features).weights()
    scale, start = CATALOG.setting("rubric_share"), CATALOG.setting("rubric_start")
    assert np.allclose(points, start + scale * rubric)


def test_the_points_of_the_rubric_add_up_to_a_hundred():
    assert CATALOG.table("prior_weights")["points"].sum() == 100


def test_a_tool_answers_the_needs_of_its_functions():
    answers = need_answers(CATALOG)

    at = CATALOG.keys("needs").index
    assert answers[at("apprentices"), CATALOG.position("la-bonne-alternance")] == 1.0
    assert answers[at("knowhow_leaving"), CATALOG.position("ctc-formation")] == 1.0
    assert answers[at("hiring"), CATALOG.position("moodle")] == 0.0


def test_attributes_describe_every_tool():
    attributes = tool_attributes(CATALOG)

    assert tuple(attributes.index) == CATALOG.tool_ids
    assert attributes.notna().all(axis=None)
    assert attributes["primary"].sum(axis=1).eq(1).all()


def test_the_grades_of_the_readers_are_averaged(cases):
    _, grades, weight = cases

    row = CATALOG.table("expert_firms")["company_id"].tolist().index("K01")
    own = CATALOG.table("expert_grades").query("company_id == 'K01'")
    assert len(own) == 3
    named = [tool for cell in own["first_five"] for tool in cell.split("|")]
    at = CATALOG.position("france-travail-pro")
    assert grades[row, at] == named.count("france-travail-pro")
    assert weight[row, at] == pytest.approx(3**0.5)
    assert weight[row, CATALOG.position("passeport-prevention")] == 0.0


def test_a_retired_tool_teaches_nothing(cases):
    retired = (CATALOG.tools["status"] == "retired").to_numpy()

    assert not cases[2][:, retired].any()
