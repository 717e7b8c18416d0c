"""The rubric of functions, for tools that nobody has judged, and caution while little is known of a firm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco.catalog import Catalog, YearlyCosts, gated_tools, naming, need_answers, primary_functions
from hrtools_reco.model.encoding import BLANK, Feature, Rows


class Rubric:
    """Membership of each tool's target profile, a weighted Gower similarity.

    Each block gives at most the points of the table ``prior_weights``; together they are 100. All numbers
    are judgement and stand in the catalog with their reasons.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the tables of judgement.
    features : sequence of Feature
        Entries of the profile vector.

    References
    ----------
    Gower, J. C. (1971). A general coefficient of similarity and some of its properties. Biometrics 27(4).
    """

    def __init__(self, catalog: Catalog, features: Sequence[Feature]) -> None:
        self._catalog = catalog
        self._n_features, self._rows = len(features), Rows(features)
        weights = catalog.table("prior_weights")
        self._points = dict(zip(weights["block"], weights["points"], strict=True))
        self._gated = gated_tools(catalog)
        self._primary = primary_functions(catalog)
        self._kinds = catalog.table("kinds").set_index("kind").loc[catalog.tools["kind"]]

    def weights(self) -> np.ndarray:
        """Return the points that each feature gives each tool.

        Returns
        -------
        ndarray of shape (n_features, n_tools)
            Points; φ · weights is a score of about 0 to 100.
        """
        weights = np.zeros((self._n_features, len(self._catalog.tools)))
        for block in (self._base, self._need, self._readiness, self._size, self._branch, self._cost):
            block(weights)
        return weights

    def _base(self, weights: np.ndarray) -> None:
        """Give what the tool is worth to any firm, by its kind; take points for a special audience."""
        catalog = self._catalog
        niche = catalog.tools["tool_id"].isin(catalog.table("niche_tools")["tool_id"]).to_numpy()
        worth = self._points["base"] * self._kinds["base_worth"].to_numpy()
        weights[self._rows.of("base")] += worth - catalog.setting("niche_points") * niche

    def _need(self, weights: np.ndarray) -> None:
        """Give urgency of a need × how far the tool's functions answer it."""
        catalog = self._catalog
        answers = need_answers(catalog)
        share = answers / np.maximum(answers.sum(axis=0), 1.0)
        for origin, trust in (("need", 1.0), ("expected", catalog.setting("expected_need_share"))):
            for need, answered in zip(catalog.keys("needs"), share, strict=True):
                rows, urgency = self._rows.knots(f"{origin}_{need}")
                weights[rows] += self._points["need"] * trust * np.outer(urgency / 100.0, answered)

    def _readiness(self, weights: np.ndarray) -> None:
        """Give gated tools how near each score is to its soft gate; others ask nothing of the firm."""
        catalog, points = self._catalog, self._points["readiness"]
        gates = catalog.table("function_gates").pivot(
            index="function", columns="dimension", values="soft_min"
        )
        own = gates.reindex(index=self._primary, columns=list(catalog.keys("dimensions"))).to_numpy()
        own = np.where(self._gated[:, None], own, np.nan)
        n_gates = np.maximum((~np.isnan(own)).sum(axis=1), 1)
        # Unknown is neutral: a score counts against what a typical firm would reach.
        typical = catalog.setting("typical_gate_share")
        for dimension, gate in zip(catalog.keys("dimensions"), own.T, strict=True):
            rows, scores = self._rows.knots(f"maturity_{dimension}")
            reached = np.minimum(1.0, scores[:, None] / np.where(np.isnan(gate), np.inf, gate))
            weights[rows] += np.where(np.isnan(gate), 0.0, points * (reached - typical) / n_gates)
        ready = np.where(self._gated, typical, self._kinds["low_readiness_worth"].to_numpy())
        weights[self._rows.of("base")] += points * ready

    def _size(self, weights: np.ndarray) -> None:
        """Give gated tools how far the headcount is from where the function pays; others pay at any size."""
        fit = self._catalog.table("function_fit").set_index("function").loc[self._primary]
        start, full = np.log(fit["headcount_from"].to_numpy()), np.log(fit["headcount_full"].to_numpy())
        rows, headcount = self._rows.knots("headcount")
        reached = np.clip((np.log(headcount)[:, None] - start) / np.maximum(full - start, 1e-9), 0.0, 1.0)
        large = np.where(headcount >= self._catalog.setting("large_headcount"), 0.8, 1.0)[:, None]
        weights[rows] += self._points["size"] * np.where(self._gated, reached, large)

    def _branch(self, weights: np.ndarray) -> None:
        """Give a sector's or a region's own service before a general one."""
        catalog, points = self._catalog, self._points["branch"]
        sector = naming(catalog, "sector_branches", catalog.keys("branches"))
        region = naming(catalog, "regions", catalog.keys("regions"))
        local = region * (region.sum(axis=0) <= catalog.setting("local_regions_max"))
        weights[self._rows.of("branch")] += points * catalog.setting("sector_share") * sector
        weights[self._rows.of("region")] += points * (1.0 - catalog.setting("sector_share")) * local

    def _cost(self, weights: np.ndarray) -> None:
        """Give free tools all points, sold ones what the budget allows."""
        catalog, points, costs = self._catalog, self._points["cost"], YearlyCosts(self._catalog)
        paid_service = catalog.setting("paid_service_share")
        base = np.where(costs.free, 1.0, np.where(self._gated, 0.0, paid_service))
        weights[self._rows.of("base")] += points * base
        worth = catalog.table("budget_fit")
        rows, budget = self._rows.knots("budget_eur_per_year")
        reached = np.interp(budget, worth["budget_eur_per_year"], worth["worth"])
        weights[rows] += points * np.outer(reached, ~costs.free & self._gated)


def caution_weights(catalog: Catalog, features: Sequence[Feature]) -> np.ndarray:
    """Write what an adviser holds back while some of a firm is unknown.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the table ``caution``.
    features : sequence of Feature
        Entries of the profile vector.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Points, at most 0: for software while budget, maturity, needs or facts are unknown, and for a service
        of some regions only while the region is.
    """
    rows, points = Rows(features), _caution(catalog)
    weights = np.zeros((len(features), len(catalog.tools)))
    for unknown in set(points) - {BLANK}:
        weights[rows.of("unknown", unknown)] -= points[unknown]
    somewhere = naming(catalog, "regions", catalog.keys("regions")).any(axis=0)
    weights[rows.of("region_unknown")] -= catalog.setting("unknown_region_points") * somewhere
    return weights


def fact_weights(catalog: Catalog, features: Sequence[Feature]) -> np.ndarray:
    """Write what each fact says of the tools of a function.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the table ``fact_functions``.
    features : sequence of Feature
        Entries of the profile vector.

    Returns
    -------
    ndarray of shape (n_features, n_tools)
        Points, given and taken.
    """
    rows, first = Rows(features), np.array(primary_functions(catalog))
    weights = np.zeros((len(features), len(first)))
    for row in catalog.table("fact_functions").to_dict("records"):
        at = rows.of(f"has_{row['fact']}", "yes" if row["value"] else "no")
        weights[at] += row["points"] * (first == row["function"])
    return weights


def blank_weights(catalog: Catalog, features: Sequence[Feature]) -> np.ndarray:
    """Write what an adviser holds back while nothing but branch and size is known."""
    weights = np.zeros((len(features), len(catalog.tools)))
    weights[Rows(features).of("unknown", BLANK)] -= _caution(catalog)[BLANK]
    return weights


def _caution(catalog: Catalog) -> dict[str, np.ndarray]:
    """Return the points that each tool loses while something is unknown."""
    careful = np.where(YearlyCosts(catalog).free, catalog.setting("free_software_caution"), 1.0)
    careful = careful * gated_tools(catalog)
    table = catalog.table("caution")
    return {str(key): points * careful for key, points in zip(table["unknown"], table["points"], strict=True)}
