"""The expert prior: judgement of each tool, rubric of functions and graded firms, put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco.catalog import Catalog, ageing, judgement_of
from hrtools_reco.firms import read_companies
from hrtools_reco.model.attributes import tool_attributes
from hrtools_reco.model.encoding import BLANK, GROWN, SHARE, Feature, ProfileEncoder
from hrtools_reco.model.judgement import judgement_weights
from hrtools_reco.model.linear import WEIGHT_STEP, round_weights
from hrtools_reco.model.rubric import Rubric, blank_weights, caution_weights, fact_weights
from hrtools_reco.model.stored_prior import digest_inputs, read_stored
from hrtools_reco.model.two_way_ridge import two_way_ridge
from hrtools_reco.rules import bundled_rules, evaluate_rules

# A grade of -1 (harmful) is 5 points, 0 (of no use now) 25, 3 (in my first five) 85: room on both sides keeps
# predictions beyond the grades from being cut off.
POINTS_PER_GRADE, POINTS_OF_ZERO = 20.0, 25.0
_GRADE_OF = {"first_five": 3.0, "good": 2.0, "acceptable": 1.0, "harmful": -1.0}


def prior_weights(catalog: Catalog, encoder: ProfileEncoder) -> np.ndarray:
    """Return the weights W₀ of the expert prior.

    Those of the bundled catalog are stored; of any other they are solved.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables of judgement.
    encoder : ProfileEncoder
        Encoder of the profiles.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Points, each a multiple of ``WEIGHT_STEP``. φ · W₀ is about 5 for a harmful tool, 25 for one of no use
        now and 85 for one of the first five.
    """
    stored = read_stored(digest_inputs(catalog, encoder.features, by_cell=False))
    if stored is None:
        stored = read_stored(digest_inputs(catalog, encoder.features))
    return solve_prior(catalog, encoder) if stored is None else stored * WEIGHT_STEP


def solve_prior(catalog: Catalog, encoder: ProfileEncoder) -> np.ndarray:
    """Solve the weights of the expert prior; see ``prior_weights``.

    The judgement of each tool, or the rubric of its functions where nobody has judged it, is the start. What
    the graded firms add is a ridge in W₀ = Θ·T, with T the attributes of the tools, so that an ungraded tool
    gains from graded ones like it; pairs that a rule excludes teach nothing.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables of judgement.
    encoder : ProfileEncoder
        Encoder of the profiles.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Points, each a multiple of ``WEIGHT_STEP``.
    """
    weights = starting_weights(catalog, encoder.features)
    if "expert_grades" in catalog.table_names and len(catalog.table("expert_grades")):
        weights = sharpen(weights, *expert_cases(catalog, encoder), Freedom(catalog, encoder.features))
    # Nothing is sold to a firm of which nothing is known, whatever was learned from firms of which much is.
    weights = weights + blank_weights(catalog, encoder.features)
    # Nor did those who judged and graded look whether a tool still runs.
    weights[0] -= catalog.setting("old_status_points") * ageing(catalog).status_old
    return round_weights(weights)


def starting_weights(catalog: Catalog, features: Sequence[Feature]) -> np.ndarray:
    """Return the weights before any firm was graded.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables of judgement.
    features : sequence of Feature
        Entries of the profile vector.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Points: the judgement of each tool, or the rubric on the same scale where nobody has judged it; what
        facts say of functions; less the caution while some of a firm is unknown.
    """
    rubric = catalog.setting("rubric_share") * Rubric(catalog, features).weights()
    rubric[0] += catalog.setting("rubric_start")
    judged = judgement_of(catalog).judged
    start = np.where(judged, judgement_weights(catalog, features), rubric)
    weights: np.ndarray = start + fact_weights(catalog, features) + caution_weights(catalog, features)
    return weights


def expert_cases(catalog: Catalog, encoder: ProfileEncoder) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read the graded firms.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables ``expert_firms``, ``expert_tools`` and ``expert_grades``.
    encoder : ProfileEncoder
        Encoder of the profiles.

    Returns
    -------
    encoded : ndarray of shape (n_firms, n_features)
        The graded firms.
    grades : ndarray of shape (n_firms, n_tools)
        Mean grade over the readers, from -1 to 3.
    weight : ndarray of shape (n_firms, n_tools)
        What each pair counts: the square root of the number of readers (they share habits); 0 where the
        readers did not know of the tool, or where a rule excludes it.
    """
    firms = catalog.table("expert_firms")
    profiles, _, _ = read_companies(firms, catalog)
    graded = catalog.table("expert_grades")
    rows = {company_id: row for row, company_id in enumerate(firms["company_id"])}
    grades = np.zeros((len(firms), len(catalog.tool_ids)))
    for column, grade in _GRADE_OF.items():
        named = graded.set_index("company_id")[column].dropna().str.split("|").explode()
        at = [rows[key] for key in named.index], [catalog.position(tool_id) for tool_id in named]
        np.add.at(grades, at, grade)
    n_readers = graded.groupby("company_id").size().reindex(firms["company_id"]).to_numpy(dtype=float)
    known = catalog.tools["tool_id"].isin(catalog.table("expert_tools")["tool_id"]).to_numpy()
    eligibility = evaluate_rules(bundled_rules(catalog), profiles)
    allowed = eligibility.recommendable & known
    return encoder.encode(profiles), grades / n_readers[:, None], np.sqrt(n_readers)[:, None] * allowed


class Freedom:
    """How far graded firms may move the weights: a prior variance of each feature and each attribute.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the table ``prior_freedom``.
    features : sequence of Feature
        Entries of the profile vector.

    Attributes
    ----------
    features : ndarray of shape (n_features,)
        Variance of each feature of a profile.
    tools : ndarray of shape (n_tools, n_tools)
        Covariance of the tools: shared attributes, and on the diagonal what is a tool's own.
    penalty : float
        Ridge penalty.
    """

    def __init__(self, catalog: Catalog, features: Sequence[Feature]) -> None:
        table = catalog.table("prior_freedom")
        freedom = {
            (side, group): value
            for side, group, value in zip(table["side"], table["group"], table["freedom"], strict=True)
        }
        self.features = np.array([freedom["profile", _group(feature)] for feature in features])
        attributes = tool_attributes(catalog)
        scale = np.array([freedom["tool", name] for name in attributes.columns.get_level_values(0)])
        values = attributes.to_numpy()
        self.tools = (values * scale) @ values.T + freedom["tool", "own"] * np.eye(len(values))
        self.penalty = catalog.setting("grade_penalty")


def sharpen(
    start: np.ndarray, encoded: np.ndarray, grades: np.ndarray, weight: np.ndarray, freedom: Freedom
) -> np.ndarray:
    """Shrink the grades toward the start by ridge.

    Parameters
    ----------
    start : ndarray of shape (n_features, n_tools)
        Weights before, in points.
    encoded : ndarray of shape (n_firms, n_features)
        The graded firms.
    grades : ndarray of shape (n_firms, n_tools)
        Mean grades, from -1 to 3.
    weight : ndarray of shape (n_firms, n_tools)
        What each pair counts.
    freedom : Freedom
        Prior variances and the penalty.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Weights in points.
    """
    residual = grades - (encoded @ start - POINTS_OF_ZERO) / POINTS_PER_GRADE
    covariance = (encoded * freedom.features) @ encoded.T
    dual = two_way_ridge(covariance, freedom.tools, residual, weight, freedom.penalty)
    added = freedom.features[:, None] * (encoded.T @ dual @ freedom.tools)
    weights: np.ndarray = start + POINTS_PER_GRADE * added
    return weights


def _group(feature: Feature) -> str:
    """Return the group of features that one belongs to."""
    head = feature.source.split("_")[0]
    if feature.value in (SHARE, GROWN, BLANK):
        return f"{head}_{feature.value}"
    return head if head in ("region", "maturity", "need", "expected", "has", "budget") else feature.source
