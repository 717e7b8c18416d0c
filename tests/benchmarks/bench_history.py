"""Print by how much history takes a recommender above its own expert prior, over simulated worlds.

Run: python tests/benchmarks/bench_history.py [worlds a setting, 20 unless given; 0 prints the times alone]

A world (tests/worlds.py) has a prior of a given correlation with the truth, and adoption as sparse as one
asks for. Each line is a setting: nDCG@10 of the prior against the true chances of 200 other firms, and what a
list learns from 10 to 300 firms, as mean over the worlds ± standard error, and the worst world. The next
table sets the recommender beside bare popularity where the prior says little. Last come times of the
processor, which other work on the machine moves little.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path

import numpy as np

import hrtools_reco as hr

sys.path.insert(0, str(Path(__file__).parents[1]))

from worlds import RECOMMENDER, World  # the tests are no package

SIZES = (10, 20, 50, 100, 300)
LINKS, CORRELATIONS, TOOLS = ("logistic", "power"), (0.5, 0.8, 0.9), (1.2, 1.5, 4.0)
LEAST_MEAN, LEAST_WORST = -0.002, -0.02  # what is promised
Learn = Callable[[World, int], np.ndarray]  # a world, firms to learn from -> nDCG of the other firms


def learnt(world: World, n_firms: int) -> np.ndarray:
    """Return the quality of the recommender that learnt from some firms."""
    found: np.ndarray = world.quality_of(hr.ToolRecommender().fit(*world.history(n_firms)))
    return found


def popular(world: World, n_firms: int) -> np.ndarray:
    """Return the quality of what most of the firms took up."""
    adopted = world.history(n_firms)[1].mean(axis=0)
    found: np.ndarray = world.quality(np.tile(adopted, (len(world.others), 1)))
    return found


def measured(
    learners: Mapping[str, Learn], n_worlds: int, **setting: object
) -> tuple[float, dict[str, np.ndarray]]:
    """Return the quality of the prior, and gains over it by learner, of shape (n_worlds, n_sizes)."""
    prior, gains = [], {name: np.zeros((n_worlds, len(SIZES))) for name in learners}
    for seed in range(n_worlds):
        world = World(100 + seed, n_firms=max(SIZES), **setting)
        prior.append(float(np.mean(world.quality_of(RECOMMENDER))))
        for (name, learn), (at, n_firms) in product(learners.items(), enumerate(SIZES)):
            gains[name][seed, at] = np.mean(learn(world, n_firms)) - prior[-1]
    return float(np.mean(prior)), gains


def cells(gains: np.ndarray) -> Iterator[str]:
    """Write mean ± standard error and the worst world of each number of firms."""
    error = gains.std(axis=0, ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else np.zeros(len(SIZES))
    for mean, spread, worst in zip(gains.mean(axis=0), error, gains.min(axis=0), strict=True):
        mark = " " if mean >= LEAST_MEAN and worst >= LEAST_WORST else "!"
        yield f"{mean:+.3f} ±{spread:.3f} ({worst:+.3f}){mark}"


def speed() -> None:
    """Print what learning from some firms costs, beside recommending to them."""
    print(f"\ntimes with {len(RECOMMENDER.catalog_.tool_ids)} tools, in seconds of the processor")
    for n_firms in (300, 3000):
        firms, adopted = World(1, correlation=0.8, tools=4.0, n_firms=n_firms).history(n_firms)
        times = []
        for call in (
            lambda f=firms, a=adopted: hr.ToolRecommender().fit(f, a),
            lambda f=firms: RECOMMENDER.recommend_batch(f),
        ):
            start = time.process_time()
            call()
            times.append(time.process_time() - start)
        print(f"{n_firms} firms: fit {times[0]:.2f}, recommend_batch {times[1]:.2f}")


def main(n_worlds: int = 20) -> None:
    """Print both tables and the times; a mark stands where a promise is broken."""
    if not n_worlds:
        return speed()
    head = "".join(f"{f'{n} firms':>25}" for n in SIZES)
    print(f"mean gain over the prior ± se (worst of {n_worlds} worlds)\nlink     rho tools prior{head}")
    for link, correlation, tools in product(LINKS, CORRELATIONS, TOOLS):
        setting = {"link": link, "correlation": correlation, "tools": tools}
        prior, gains = measured({"learnt": learnt}, n_worlds, **setting)
        line = "".join(f"{cell:>25}" for cell in cells(gains["learnt"]))
        print(f"{link:8} {correlation:.1f} {tools:5.1f} {prior:.3f}{line}", flush=True)
    print(f"\nprior of correlation 0.2: gain over the prior\nlearner    tools{head}")
    for tools in TOOLS:
        _, gains = measured({"learnt": learnt, "popular": popular}, n_worlds, correlation=0.2, tools=tools)
        for name, found in gains.items():
            print(f"{name:10} {tools:5.1f}" + "".join(f"{cell:>25}" for cell in cells(found)), flush=True)
    return speed()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
