"""Print how well the lists agree with the graded cases, cross-validated by firm.

Run: python tests/benchmarks/bench_expert_cases.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold

import hrtools_reco as hr
from hrtools_reco.answer.ranking import rank_tools
from hrtools_reco.catalog.tool_arrays import primary_functions
from hrtools_reco.firms import read_companies
from hrtools_reco.metrics import ndcg_at_k
from hrtools_reco.model.encoding import ProfileEncoder
from hrtools_reco.model.expert_prior import Freedom, expert_cases, hold_back_ungraded, sharpen
from hrtools_reco.model.linear import round_scores
from hrtools_reco.model.rubric import Rubric
from hrtools_reco.rules import evaluate_rules

FOLDS, REPEATS, CAP = 10, 5, 2


def main() -> None:
    """Measure each way of ranking on the same firms."""
    catalog = hr.load_catalog()
    encoder = ProfileEncoder(catalog)
    encoded, grades, observed = expert_cases(catalog, encoder)
    profiles, _, _ = read_companies(catalog.table("expert_firms").drop(columns="rubric"), catalog)
    eligibility = evaluate_rules(hr.bundled_rules(catalog), profiles)
    allowed = eligibility.recommendable
    functions = catalog.keys("functions")
    first = np.array([functions.index(name) for name in primary_functions(catalog)])
    anything = np.ones_like(allowed)

    def measure(scores: np.ndarray, eligible: np.ndarray, cap: int | None) -> dict[str, float]:
        ranked = rank_tools(round_scores(scores), eligible, first, k=10, max_per_function=cap)
        harmful = np.take_along_axis(grades < 0, np.maximum(ranked[:, :5], 0), axis=1)
        gains = np.maximum(grades, 0.0)
        return {
            "ndcg@10": ndcg_at_k(gains, ranked, k=10).mean(),
            "ndcg@5": ndcg_at_k(gains, ranked, k=5).mean(),
            "ndcg@10, 2^g-1": ndcg_at_k(2.0**gains - 1.0, ranked, k=10).mean(),
            "harmful in first 5": (harmful & (ranked[:, :5] >= 0)).mean(),
        }

    rubric, freedom = Rubric(catalog, encoder.features).weights(), Freedom(catalog, encoder.features)
    lists: dict[str, list[dict[str, float]]] = {}
    for repeat in range(REPEATS):
        one_list, sharpened = np.zeros_like(grades), np.zeros_like(grades)
        for train, test in KFold(FOLDS, shuffle=True, random_state=repeat).split(encoded):
            one_list[test] = 20.0 * (1.0 + grades[train].mean(axis=0))
            weights = sharpen(rubric, encoded[train], grades[train], observed[train], freedom)
            sharpened[test] = encoded[test] @ hold_back_ungraded(weights, catalog)
        flat = np.zeros_like(grades)
        for name, scores, eligible, cap in (
            ("one list for all", one_list, anything, None),
            ("rules only", flat, allowed, CAP),
            ("one list for all, rules kept", one_list, allowed, CAP),
            ("rubric only, rules kept", np.clip(encoded @ rubric, 0, 100), allowed, CAP),
            ("expert prior (rubric and cases)", np.clip(sharpened, 0, 100), allowed, CAP),
        ):
            lists.setdefault(name, []).append(measure(scores, eligible, cap))
    table = pd.DataFrame({name: pd.DataFrame(rows).mean() for name, rows in lists.items()}).T
    firms = f"{len(encoded)} firms graded by simulated advisers"
    print(f"{firms}; {FOLDS} folds by firm, mean of {REPEATS} shuffles")
    print(table.round(3).to_string())


if __name__ == "__main__":
    main()
