"""Print how well lists agree with the graded firms: on firms held out in turn, and on some never looked at.

Readers are simulated: this is agreement with judgement, not with outcomes. Only tools that the readers knew
are listed here, since of any other their grades say nothing.

Run: python tests/benchmarks/bench_expert_cases.py
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold

import hrtools_reco as hr
from hrtools_reco.answer import Engine
from hrtools_reco.answer.ranking import Balance, rank_tools
from hrtools_reco.firms import Firms, read_companies
from hrtools_reco.metrics import ndcg_at_k
from hrtools_reco.model import round_scores
from hrtools_reco.model.expert_prior import (
    Freedom,
    expert_cases,
    sharpen,
    starting_weights,
)
from hrtools_reco.model.rubric import Rubric, blank_weights

FOLDS, REPEATS = 5, 3
CLASSES = {"under 10": (0, 10), "10 to 49": (10, 50), "50 to 249": (50, 250), "250 on": (250, np.inf)}
LIST = 5
# Every sixth firm, by size and number of readers, was drawn once and left out of every choice of a constant.
LOCKED_PART, LOCKED_SEED = 6, 20261125


@dataclass
class Cases:
    """The graded firms, and what is known of them."""

    engine: Engine

    def __post_init__(self) -> None:
        catalog = self.engine.catalog
        self.table = catalog.table("expert_firms")
        self.encoded, self.grades, self.weight = expert_cases(catalog, self.engine.encoder)
        self.known = catalog.tools["tool_id"].isin(catalog.table("expert_tools")["tool_id"]).to_numpy()
        self.software = (catalog.tools["kind"] == "software").to_numpy()
        self.headcount = self.table["headcount"].to_numpy()
        self.needs = [f"need_{key}" for key in catalog.keys("needs")]
        self.start = starting_weights(catalog, self.engine.encoder.features)
        self.blank = blank_weights(catalog, self.engine.encoder.features)
        self.freedom = Freedom(catalog, self.engine.encoder.features)

    def read(self, kept: list[str] | None = None) -> Firms:
        """Read the firms, with some of their columns only."""
        table = self.table if kept is None else self.table[["company_id", "branch", "headcount", *kept]]
        return read_companies(table, self.engine.catalog)[0]

    @cached_property
    def size(self) -> np.ndarray:
        """Position of the size class of each firm."""
        return np.searchsorted([low for low, _ in CLASSES.values()], self.headcount, side="right") - 1

    def learn(self, rows: np.ndarray) -> np.ndarray:
        """Learn the prior from some of the firms."""
        weights = sharpen(self.start, self.encoded[rows], self.grades[rows], self.weight[rows], self.freedom)
        return weights + self.blank

    def split(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the firms on which choices were made, and the locked ones."""
        draw, locked = np.random.default_rng(LOCKED_SEED), []
        several = self.weight.max(axis=1) > 1
        for at in range(len(CLASSES)):
            for many in (True, False):
                stratum = np.flatnonzero((self.size == at) & (several == many))
                draw.shuffle(stratum)
                locked.append(stratum[: round(len(stratum) / LOCKED_PART)])
        rows = np.sort(np.concatenate(locked))
        return np.setdiff1d(np.arange(len(self.table)), rows), rows

    def readers_share(self, rows: np.ndarray) -> float:
        """Return the share of software in the readers' first five; equal grades share the last places."""
        grades = self.grades[rows]
        last = -np.sort(-grades, axis=1)[:, LIST - 1 : LIST]
        above, level = grades > last, grades == last
        left = (LIST - above.sum(axis=1)) / level.sum(axis=1)
        software = (above & self.software).sum(axis=1) + left * (level & self.software).sum(axis=1)
        return float(software.mean() / LIST)

    def measure(
        self, scores: np.ndarray, allowed: np.ndarray, balance: Balance | None, rows: np.ndarray
    ) -> dict[str, float]:
        """Measure the lists of some firms: those of the library, or with a balance of one's own."""
        kept, may = np.clip(round_scores(scores[rows]), 0.0, 100.0), allowed[rows] & self.known
        if balance is None:
            ranked = self.engine.lists(kept, may, self.table[self.needs].to_numpy(dtype=float)[rows], 10)
        else:
            ranked = rank_tools(kept, may, balance, k=10)
        gain = ndcg_at_k(np.maximum(self.grades[rows], 0.0), ranked, k=10)
        first, listed = np.maximum(ranked[:, :LIST], 0), ranked[:, :LIST] >= 0
        software, large = self.software[first] & listed, self.headcount[rows] >= 50
        return {
            "all": gain.mean(),
            **{name: gain[self.size[rows] == at].mean() for at, name in enumerate(CLASSES)},
            "50 on": gain[large].mean(),
            "harmful": (np.take_along_axis(self.grades[rows] < 0, first, axis=1) & listed).mean(),
            "software, 50 on": software[large].mean(),
            "readers": self.readers_share(rows[large]),
        }


def main() -> None:
    """Measure each way of ranking on the same firms."""
    engine = hr.ToolRecommender().fit().engine_
    cases = Cases(engine)
    stand_ins = np.zeros_like(engine.balance.stand_ins)
    alone = replace(engine.balance, kind_step=0.0, stand_ins=stand_ins)
    allowed = engine.test(cases.read()).eligibility.recommendable
    chosen, locked = cases.split()
    little = {
        "little known: branch, size, region": cases.read(["region"]),
        "little known: and the needs": cases.read(["region", *cases.needs]),
    }
    vectors = {name: engine.encoder.encode(firms) for name, firms in little.items()}
    admitted = {name: engine.test(firms).eligibility.recommendable for name, firms in little.items()}
    rubric = Rubric(engine.catalog, engine.encoder.features).weights()

    def held_out(rows: np.ndarray, seed: int) -> dict[str, np.ndarray]:
        """Score firms by what was learned from the others."""
        found = {name: np.zeros_like(cases.grades) for name in ("one", "prior", *little)}
        for train, test in KFold(FOLDS, shuffle=True, random_state=seed).split(rows):
            fill(found, rows[train], rows[test])
        return found

    def fill(found: dict[str, np.ndarray], train: np.ndarray, test: np.ndarray) -> None:
        """Write the scores of some firms by what was learned from others."""
        found["one"][test] = 25.0 + 20.0 * cases.grades[train].mean(axis=0)
        learned = cases.learn(train)
        found["prior"][test] = cases.encoded[test] @ learned
        for name, vector in vectors.items():
            found[name][test] = vector[test] @ learned

    def measured(found: dict[str, np.ndarray], rows: np.ndarray) -> pd.DataFrame:
        """Return one line for each way of ranking."""
        flat, anything = np.zeros_like(cases.grades), np.ones_like(allowed)
        judged = cases.encoded @ cases.start
        ways: dict[str, Callable[[], dict[str, float]]] = {
            "one list for all": lambda: cases.measure(found["one"], anything, alone, rows),
            "rules only": lambda: cases.measure(flat, allowed, alone, rows),
            "one list for all, rules kept": lambda: cases.measure(found["one"], allowed, alone, rows),
            "rubric of functions only": lambda: cases.measure(cases.encoded @ rubric, allowed, alone, rows),
            "judgement of tools only": lambda: cases.measure(judged, allowed, alone, rows),
            "expert prior, by score": lambda: cases.measure(found["prior"], allowed, alone, rows),
            "expert prior, balanced list": lambda: cases.measure(found["prior"], allowed, None, rows),
            **{
                name: lambda name=name: cases.measure(found[name], admitted[name], None, rows)  # type: ignore[misc]
                for name in little
            },
        }
        return pd.DataFrame({name: way() for name, way in ways.items()}).T

    tables = [measured(held_out(chosen, seed), chosen) for seed in range(REPEATS)]
    print(
        f"{len(chosen)} firms, {FOLDS} folds by firm, mean of {REPEATS} shuffles: ndcg@10 and the first five"
    )
    print((sum(tables[1:], tables[0]) / REPEATS).round(3).to_string())
    last = {name: np.zeros_like(cases.grades) for name in ("one", "prior", *little)}
    fill(last, chosen, locked)
    print(f"\n{len(locked)} firms that no choice has seen, learned from the others")
    print(measured(last, locked).round(3).to_string())


if __name__ == "__main__":
    main()
