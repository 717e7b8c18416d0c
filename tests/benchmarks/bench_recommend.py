"""Print the time of recommending as a ratio to a plain masked NumPy top-k in the same run.

Run: python tests/benchmarks/bench_recommend.py
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd

import hrtools_reco as hr
from hrtools_reco.catalog.catalog import Catalog

K, RUNS = 5, 5


def invented_firms(n: int, catalog: Catalog, seed: int = 0) -> pd.DataFrame:
    """Draw firms with holes, so that nearly each has a rule signature of its own."""
    draw = np.random.default_rng(seed)

    def one_of(table: str) -> np.ndarray:
        return draw.choice(np.array(catalog.keys(table), dtype=object), n)

    def with_holes(values: np.ndarray) -> np.ndarray:
        return np.where(draw.random(n) < 0.2, np.nan, values)

    columns: dict[str, object] = {
        "company_id": [f"firm-{number}" for number in range(n)],
        "branch": one_of("branches"),
        "region": one_of("regions"),
        "headcount": np.maximum(1, np.exp(draw.normal(2.3, 1.2, n))).astype(int),
        "budget_eur_per_year": with_holes(np.exp(draw.normal(6.5, 1.5, n)).round(-1)),
    }
    for prefix, table, step in (("maturity_", "dimensions", 5.0), ("need_", "needs", 25.0)):
        for key in catalog.keys(table):
            columns[prefix + key] = with_holes(draw.integers(0, int(100 / step) + 1, n) * step)
    for key in catalog.keys("facts"):
        columns["has_" + key] = pd.array(draw.choice([True, False, None], n), dtype="boolean")
    return pd.DataFrame(columns)


def seconds(call: Callable[[], object]) -> float:
    """Return the median time of some runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def plain_top_k(encoded: np.ndarray, weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Rank by one product, one mask and one partial sort: no rules, no caps, no table."""
    scores = np.where(mask, encoded @ weights, -np.inf)
    best = np.argpartition(-scores, K, axis=1)[:, :K]
    order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
    return np.take_along_axis(best, order, axis=1)


def main() -> None:
    """Measure tables of firms, one firm, and the peak of memory."""
    recommender = hr.ToolRecommender().fit()
    catalog, engine = recommender.catalog_, recommender.engine_
    for n in (8_000, 100_000):
        firms = invented_firms(n, catalog)
        encoded = np.repeat(np.vstack([engine.encoder.encode(recommender._firms(firms.head(1)))]), n, axis=0)
        mask = np.random.default_rng(1).random((n, len(catalog.tool_ids))) < 0.4
        floor = seconds(lambda e=encoded, m=mask: plain_top_k(e, engine.model.prior, m))
        del encoded, mask
        whole = seconds(lambda f=firms: recommender.recommend_batch(f, k=K).frame)
        print(
            f"{n:>7} firms: {whole:.2f} s, {whole / floor:.2f} times the plain masked top-k ({floor:.2f} s)"
        )
    profile = hr.CompanyProfile(branch="leather_goods", headcount=18, needs={"hiring": 75})
    full = profile.to_dict() | {
        "maturity": dict.fromkeys(catalog.keys("dimensions"), 50),
        "needs": dict.fromkeys(catalog.keys("needs"), 25),
        "facts": dict.fromkeys(catalog.keys("facts"), True),
    }
    for name, fields in (("bare", {"branch": "leather_goods", "headcount": 18}), ("full", full)):
        made = np.median([seconds(lambda fields=fields: hr.CompanyProfile(**fields)) for _ in range(300)])
        print(f"one profile, {name}: {made * 1000:.2f} ms")
    single = np.median([seconds(lambda: recommender.recommend(profile, k=K)) for _ in range(100)])
    print(f"one firm: {single * 1000:.2f} ms")
    for n in (8_000, 32_000):
        firms = invented_firms(n, catalog)
        tracemalloc.start()
        recommender.recommend_batch(firms, k=K)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        whole = n * len(catalog.tool_ids) * 8 / 2**20
        print(f"{n:>7} firms: peak {peak:.0f} MiB allocated; one matrix of firms × tools is {whole:.0f} MiB")


if __name__ == "__main__":
    main()
