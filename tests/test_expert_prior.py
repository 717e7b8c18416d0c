"""The expert prior: the rubric, and what graded cases add to it."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import CATALOG

from hrtools_reco.catalog.catalog import Catalog
from hrtools_reco.catalog.tool_arrays import need_answers
from hrtools_reco.model.encoding import RESOLUTION, ProfileEncoder
from hrtools_reco.model.expert_prior import (
    WEIGHT_STEP,
    Freedom,
    expert_cases,
    prior_weights,
    sharpen,
    tool_attributes,
)
from hrtools_reco.model.rubric import Rubric

ENCODER = ProfileEncoder(CATALOG)


@pytest.fixture(scope="module")
def cases():
    """Return the graded cases."""
    return expert_cases(CATALOG, ENCODER)


@pytest.fixture(scope="module")
def small():
    """Return a small ridge: four firms, three tools, one pair that teaches nothing."""
    draw = np.random.default_rng(0)
    encoded = np.column_stack([np.ones(4), draw.random((4, 2))])
    grades = draw.normal(size=(4, 3))
    observed = np.ones((4, 3), dtype=bool)
    observed[1, 2] = False
    freedom = object.__new__(Freedom)
    freedom.features = np.array([0.5, 1.0, 2.0])
    root = draw.normal(size=(3, 3))
    freedom.tools = root @ root.T + np.eye(3)
    freedom.penalty, freedom.stretch = 0.7, 1.0
    return encoded, grades, observed, freedom, draw.normal(size=(3, 3))


def test_the_ridge_is_that_of_the_plain_normal_equations(small):
    encoded, grades, observed, freedom, rubric = small

    found = sharpen(rubric, encoded, grades, observed, freedom)

    points = (encoded @ rubric)[observed]
    slope, intercept = np.polyfit(points, grades[observed], 1)
    start = slope * rubric
    start[0] += intercept
    # One row of φ ⊗ tool for each observed pair; the prior covariance is diag(variances) ⊗ tools.
    pairs = np.argwhere(observed)
    design = np.array([np.kron(encoded[firm], np.eye(3)[tool]) for firm, tool in pairs])
    covariance = np.kron(np.diag(freedom.features), freedom.tools)
    residual = np.array([grades[firm, tool] - encoded[firm] @ start[:, tool] for firm, tool in pairs])
    gram = design @ covariance @ design.T + freedom.penalty * np.eye(len(pairs))
    added = (covariance @ design.T @ np.linalg.solve(gram, residual)).reshape(3, 3)
    expected = 20.0 * (start + added)
    expected[0] += 25.0
    assert np.abs(found - expected).max() < 1e-3


def test_what_a_rule_excludes_teaches_nothing(small):
    encoded, grades, observed, freedom, rubric = small
    changed = np.where(observed, grades, -100.0)

    before = sharpen(rubric, encoded, grades, observed, freedom)

    assert np.allclose(before, sharpen(rubric, encoded, changed, observed, freedom), atol=1e-6)


def test_weights_are_multiples_of_the_resolution():
    weights = prior_weights(CATALOG, ENCODER)

    assert (weights / RESOLUTION == np.round(weights / RESOLUTION)).all()


def test_the_graded_firms_get_what_their_advisers_graded(cases):
    encoded, grades, observed = cases

    points = encoded @ prior_weights(CATALOG, ENCODER)

    assert np.corrcoef(points[observed], grades[observed])[0, 1] > 0.9


def test_a_catalog_without_graded_cases_keeps_the_rubric():
    tables = {name: CATALOG.table(name) for name in CATALOG.table_names if not name.startswith("expert_")}
    plain = Catalog(tables, CATALOG.descriptor)

    weights = prior_weights(plain, ENCODER)

    assert np.abs(weights - Rubric(CATALOG, ENCODER.features).weights()).max() <= WEIGHT_STEP


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
    _, grades, _ = cases

    row = CATALOG.table("expert_firms")["company_id"].tolist().index("D01")
    assert grades[row, CATALOG.position("immersion-facilitee")] == pytest.approx(3.0)
    assert grades[row, CATALOG.position("la-bonne-alternance")] == pytest.approx(2 / 3)
