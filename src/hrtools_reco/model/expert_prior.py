"""The expert prior: the rubric, sharpened by graded cases through the attributes of the tools."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse.linalg import LinearOperator, cg

from hrtools_reco.catalog import EVERYWHERE, Catalog, primary_functions
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.firms import read_companies
from hrtools_reco.model.encoding import Feature, ProfileEncoder
from hrtools_reco.model.rubric import Rubric
from hrtools_reco.rules import bundled_rules, evaluate_rules

# A grade of -1 (harmful) is 5 points, 0 (not listed) 25, 3 (in my first five) 85: room on both sides keeps
# predictions beyond the grades from being cut off.
POINTS_PER_GRADE, POINTS_OF_ZERO = 20.0, 25.0
# Solved far below the step to which weights are rounded, so that every machine finds the same ones.
_TOLERANCE = 1e-13
WEIGHT_STEP = 2.0**-10
_MAX_ROUNDS = 5000


def prior_weights(catalog: Catalog, encoder: ProfileEncoder) -> np.ndarray:
    """Return the weights W₀ of the expert prior.

    The rubric is brought to the scale of the grades by one slope and one intercept. What the graded cases
    add is a ridge in W₀ = Θ·T, with T the attributes of the tools, so that an ungraded tool gains from
    graded ones like it; pairs that a rule excludes teach nothing. A catalog without graded cases keeps the
    rubric as it is.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables of judgement.
    encoder : ProfileEncoder
        Encoder of the profiles.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Points, each a multiple of ``WEIGHT_STEP`` and so of the resolution of the encoder. φ · W₀ is 5 for a
        harmful tool, 25 for one that an adviser would not list and 85 for one of the first five.
    """
    weights = Rubric(catalog, encoder.features).weights()
    if "expert_grades" in catalog.table_names:
        weights = sharpen(weights, *expert_cases(catalog, encoder), Freedom(catalog, encoder.features))
        weights = hold_back_ungraded(weights, catalog)
    rounded: np.ndarray = np.round(weights / WEIGHT_STEP) * WEIGHT_STEP
    return rounded


def expert_cases(catalog: Catalog, encoder: ProfileEncoder) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read the graded cases.

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
    observed : ndarray of bool of shape (n_firms, n_tools)
        Pairs that teach: the tool was on the cards and no rule excludes it.
    """
    firms = catalog.table("expert_firms").drop(columns="rubric")
    profiles, _, _ = read_companies(firms, catalog)
    grades = catalog.table("expert_grades")
    table = grades.pivot_table(index="company_id", columns="tool_id", values="grade", aggfunc="sum")
    table = table.reindex(index=list(firms["company_id"]), columns=list(catalog.tool_ids)).fillna(0.0)
    carded = catalog.tools["tool_id"].isin(catalog.table("expert_tools")["tool_id"]).to_numpy()
    eligibility = evaluate_rules(bundled_rules(catalog), profiles)
    observed = eligibility.recommendable[eligibility.group] & carded
    return encoder.encode(profiles), table.to_numpy() / grades["reader"].nunique(), observed


class Freedom:
    """How far graded cases may move the weights: a prior variance of each feature and each attribute.

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
    penalty, stretch : float
        Ridge penalty, and the factor on the calibrated rubric.
    """

    def __init__(self, catalog: Catalog, features: Sequence[Feature]) -> None:
        table = catalog.table("prior_freedom")
        self._of = {
            (side, group): freedom
            for side, group, freedom in zip(table["side"], table["group"], table["freedom"], strict=True)
        }
        self.features = np.array([self._of["profile", _group(feature.source)] for feature in features])
        attributes = tool_attributes(catalog)
        scale = np.array([self._of["tool", name] for name in attributes.columns.get_level_values(0)])
        values = attributes.to_numpy()
        self.tools = (values * scale) @ values.T + self._of["tool", "own"] * np.eye(len(values))
        self.penalty, self.stretch = catalog.setting("grade_penalty"), catalog.setting("rubric_stretch")


def sharpen(
    rubric: np.ndarray, encoded: np.ndarray, grades: np.ndarray, observed: np.ndarray, freedom: Freedom
) -> np.ndarray:
    """Shrink the grades toward the rubric by ridge.

    Parameters
    ----------
    rubric : ndarray of shape (n_features, n_tools)
        Weights of the rubric, in points.
    encoded : ndarray of shape (n_firms, n_features)
        The graded firms.
    grades : ndarray of shape (n_firms, n_tools)
        Mean grades, from -1 to 3.
    observed : ndarray of bool of shape (n_firms, n_tools)
        Pairs that teach.
    freedom : Freedom
        Prior variances and the penalty.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Weights in points.
    """
    slope, intercept = np.polyfit((encoded @ rubric)[observed], grades[observed], 1)
    calibrated = slope * rubric
    calibrated[0] += intercept
    calibrated *= freedom.stretch
    residual = grades - encoded @ calibrated
    variances = freedom.features
    dual = _two_way_ridge(
        (encoded * variances) @ encoded.T, freedom.tools, residual, observed, freedom.penalty
    )
    weights = calibrated + variances[:, None] * (encoded.T @ dual @ freedom.tools)
    points = POINTS_PER_GRADE * weights
    points[0] += POINTS_OF_ZERO
    return points


def hold_back_ungraded(weights: np.ndarray, catalog: Catalog) -> np.ndarray:
    """Keep a share of what is said of tools that no adviser has graded."""
    graded = catalog.tools["tool_id"].isin(catalog.table("expert_tools")["tool_id"]).to_numpy()
    kept = np.where(graded, 1.0, catalog.setting("ungraded_share"))
    held = weights * kept
    held[0] += POINTS_OF_ZERO * (1.0 - kept)
    return held


def _two_way_ridge(
    rows: np.ndarray, columns: np.ndarray, target: np.ndarray, observed: np.ndarray, penalty: float
) -> np.ndarray:
    """Solve a ridge with covariance rows ⊗ columns on the observed pairs, by conjugate gradients."""

    def apply(flat: np.ndarray) -> np.ndarray:
        dual = np.where(observed, flat.reshape(target.shape), 0.0)
        return (np.where(observed, rows @ dual @ columns, 0.0) + penalty * dual).ravel()

    system = LinearOperator((target.size, target.size), matvec=apply, dtype=float)
    solution, failed = cg(
        system, np.where(observed, target, 0.0).ravel(), rtol=_TOLERANCE, maxiter=_MAX_ROUNDS
    )
    if failed:
        raise CatalogError(
            "prior_freedom.csv: the ridge of the graded cases must converge; raise the penalty."
        )
    dual: np.ndarray = solution.reshape(target.shape)
    return dual


def _group(source: str) -> str:
    """Return the group of features that a source belongs to."""
    head = source.split("_")[0]
    return head if head in ("region", "maturity", "need", "expected", "has", "budget") else source


def tool_attributes(catalog: Catalog) -> pd.DataFrame:
    """Describe the tools by what they share.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tools.

    Returns
    -------
    DataFrame of shape (n_tools, n_attributes)
        Indicators (and shares from 0 to 1), the columns as pairs of group and value, indexed by tool_id.
    """
    tools = catalog.tools
    groups: dict[str, pd.DataFrame] = {
        "any": pd.DataFrame({"any": np.ones(len(tools))}),
        "primary": pd.get_dummies(pd.Series(primary_functions(catalog))),
        "function": _items(tools["functions"]),
        "kind": pd.get_dummies(tools["kind"]),
        "price": pd.get_dummies(tools["price_model"], dummy_na=True),
        "requirement": _items(tools["requirements"]),
        "user": _items(tools["who_uses"]),
        "sector": _items(tools["sector_branches"]),
        "place": pd.DataFrame(
            {"local": ~tools["regions"].eq(EVERYWHERE), "french": tools["vendor_country"].eq("FR")}
        ),
        "suite": pd.DataFrame(
            {
                "suite": tools["tool_id"].isin(catalog.table("suites")["tool_id"]),
                "module": tools["module_of"].notna(),
                "acquired": tools["status"].eq("acquired"),
                "niche": tools["tool_id"].isin(catalog.table("niche_tools")["tool_id"]),
            }
        ),
        "evidence": _evidence_strength(catalog),
    }
    attributes = pd.concat({name: frame.astype(float) for name, frame in groups.items()}, axis=1)
    return attributes.set_axis(tools["tool_id"], axis=0)


def _items(column: pd.Series) -> pd.DataFrame:
    """Turn a list column into indicators of its items."""
    return column.fillna("").str.get_dummies(sep="|")


def _evidence_strength(catalog: Catalog) -> pd.DataFrame:
    """Tell how many sources a tool has and how fresh its status is, each from 0 to 1."""
    tools, most = catalog.tools, catalog.setting("many_sources")
    oldest, newest = catalog.setting("status_year_old"), catalog.setting("status_year_fresh")
    sources = catalog.evidence.groupby("tool_id")["url"].nunique().reindex(tools["tool_id"]).fillna(0.0)
    year = pd.to_numeric(tools["status_as_of"].str[:4]).fillna(oldest)
    return pd.DataFrame(
        {
            "sources": np.minimum(sources.to_numpy(), most) / most,
            "fresh": ((year - oldest) / (newest - oldest)).clip(0.0, 1.0),
        }
    )
