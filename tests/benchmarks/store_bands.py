"""Measure how sure a place of the list is without a history, and store it in the catalog.

Each firm is scored by what was learned from other firms. A place among the first ten is right if two of the
three readers of the firm or more find the tool good.

Run after a change of the expert prior: python tests/benchmarks/store_bands.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from bench_expert_cases import FOLDS, Cases
from sklearn.model_selection import KFold

import hrtools_reco as hr
from hrtools_reco.firms import Firms
from hrtools_reco.model import CERTAINTY_KEYS, Bands, measured_bands, round_scores

LEAST_RIGHT = (0.9, 0.6)
READERS, AGREED = 3, 2
RUBRIC = (
    "Two of three readers or more find the tool good; "
    "sure from nine places of ten, likely from three of five."
)
TARGET = Path(__file__).parents[2] / "catalog" / "certainty_bands.csv"


def found_good(cases: Cases) -> tuple[np.ndarray, np.ndarray]:
    """Return how many readers of each firm find each tool good, and how many readers it has."""
    catalog = cases.engine.catalog
    graded = catalog.table("expert_grades")
    rows = {company_id: row for row, company_id in enumerate(cases.table["company_id"])}
    good = np.zeros_like(cases.grades)
    for column in ("first_five", "good"):
        named = graded.set_index("company_id")[column].dropna().str.split("|").explode()
        np.add.at(good, ([rows[key] for key in named.index], [catalog.position(tool) for tool in named]), 1)
    readers = graded.groupby("company_id").size().reindex(cases.table["company_id"]).to_numpy()
    return good, readers


def bands_of(cases: Cases, firms: Firms) -> Bands:
    """Return the bands of firms as they are described."""
    tested, scores = cases.engine.test(firms), np.zeros_like(cases.grades)
    for train, held_out in KFold(FOLDS, shuffle=True, random_state=0).split(scores):
        scores[held_out] = tested.encoded[held_out] @ cases.learn(train)
    good, readers = found_good(cases)
    rows = np.flatnonzero(readers == READERS)
    kept = np.clip(round_scores(scores[rows]), 0.0, 100.0)
    may = tested.eligibility.recommendable[rows] & cases.known
    ranked = cases.engine.lists(kept, may, firms.needs[rows], 10)
    firm, place = np.nonzero(ranked >= 0)
    tools = ranked[firm, place]
    right = (good[rows[firm], tools] >= AGREED).astype(float)
    return measured_bands(kept[firm, tools], right, np.ones(len(firm)), LEAST_RIGHT)


def measured() -> pd.DataFrame:
    """Return the table: bands of firms that told a need or a score, and of those that told neither."""
    cases = Cases(hr.ToolRecommender().fit().engine_)
    found = []
    for firm, firms in (("told", cases.read()), ("little", cases.read(["region"]))):
        bands = bands_of(cases, firms)
        least = (*bands.least, 0.0)
        found += [
            (firm, key, round(least[at], 1), round(bands.right[at], 2), bands.places[at], RUBRIC)
            for at, key in enumerate(CERTAINTY_KEYS)
        ]
    return pd.DataFrame(found, columns=["firm", "band", "score_from", "right", "places", "rubric"])


def main() -> None:
    """Write the table."""
    table = measured()
    table.to_csv(TARGET, index=False, lineterminator="\n")
    print(table.drop(columns="rubric").to_string(index=False))


if __name__ == "__main__":
    main()
