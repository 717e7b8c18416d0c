"""Roadmaps over simulated firms: what is answered, what fails when run again, what leads, how long it takes.

Run: ``python tests/benchmarks/bench_roadmaps.py [number of firms] [seed]``. Firms are drawn from the branches
of the catalog, maturity rises with size, every field has holes. Simulated firms, not outcomes.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict

import numpy as np

import hrtools_reco as hr

SIZES = (10, 50, 250, np.inf)
STAGES = ("now", "next", "later")


def draw_firm(draw: np.random.Generator, catalog: hr.Catalog, place: int) -> dict:
    """Draw the arguments of one profile: log-normal size, maturity that rises with it, holes."""
    headcount = int(np.clip(np.exp(draw.normal(2.2, 1.3)), 1, 600))
    level = 15 + 11 * np.log(headcount) + draw.normal(0, 12)
    keys = {name: catalog.keys(name) for name in ("branches", "regions", "dimensions", "needs", "facts")}

    def holed(names, value) -> dict:
        return {name: value() for name in names if draw.random() > 0.25}

    means = dict(zip(keys["facts"], (0.9, 0.3 + level / 150, level / 130, level / 120), strict=False))
    firm = {
        "company_id": f"firm-{place}",
        "branch": str(draw.choice(keys["branches"])),
        "headcount": headcount,
        "maturity": holed(keys["dimensions"], lambda: float(np.clip(level + draw.integers(-20, 21), 0, 100))),
        "needs": holed(keys["needs"], lambda: float(draw.choice([0, 25, 50, 75, 100]))),
        "facts": {
            name: bool(draw.random() < means.get(name, headcount / 60)) for name in holed(keys["facts"], int)
        },
    }
    if draw.random() < 0.6:
        firm["region"] = str(draw.choice(keys["regions"]))
    if draw.random() < 0.7:
        firm["budget_eur_per_year"] = float(np.round(np.exp(draw.normal(4.5, 1.2)) * headcount**0.7, -1))
    return firm


def n_failing(recommender: hr.ToolRecommender, roadmap: hr.Roadmap) -> int:
    """Count the steps that fail on the firm as it is by then."""
    failing = 0
    for stage in STAGES:
        steps, after = roadmap.stage(stage), roadmap.profiles[stage].to_dict()
        ids = {step.tool.tool_id for step in steps}
        after["installed"] = [key for key in after["installed"] if key not in ids]
        if steps:
            statuses = recommender.eligibility(hr.CompanyProfile(**after), wide=True).iloc[0]
            failing += sum(statuses[key] not in ("fit", "to_check") for key in ids)
    return failing


def count(firm: hr.CompanyProfile, roadmap: hr.Roadmap) -> dict[str, int]:
    """Count what one roadmap answers."""
    answered = {key for step in roadmap.steps for key in step.answers}
    most = max(firm.needs.values(), default=0)
    pressing = {key for key, urgency in firm.needs.items() if urgency >= 50}
    weakest = sorted(firm.maturity, key=firm.maturity.get)[:2]
    first = {key for key in pressing if firm.needs[key] == most}
    return {
        "steps": len(roadmap),
        "over budget": roadmap.known_cost_eur_per_year > (firm.budget_eur_per_year or np.inf),
        "firms with a pressing need": bool(pressing),
        "… with next or later": bool(pressing and roadmap.stage("next") + roadmap.stage("later")),
        "… with the most pressing need answered": bool(first & answered),
        "pressing needs": len(pressing),
        "… answered": len(pressing & answered),
        "weak dimensions": len(weakest),
        "… raised or helped": len(set(weakest) & answered),
    }


def groups(firm: hr.CompanyProfile) -> list[str]:
    """Return the groups that software is counted in."""
    size = next(top for top in SIZES if firm.headcount < top)
    level = np.mean(list(firm.maturity.values()) or [0]) // 25
    means = "2,000 EUR and more" if (firm.budget_eur_per_year or 0) >= 2000 else "less, or unknown"
    return [f"under {size} staff", f"maturity from {25 * level:.0f}", means]


def main(n: int, seed: int) -> None:
    """Measure and print."""
    recommender, draw = hr.ToolRecommender().fit(), np.random.default_rng(seed)
    firms = [hr.CompanyProfile(**draw_firm(draw, recommender.catalog_, place)) for place in range(n)]
    recommender.roadmap(firms[0])
    started = time.perf_counter()
    roadmaps = [recommender.roadmap(firm) for firm in firms]
    print(f"{n} firms, {1000 * (time.perf_counter() - started) / n:.1f} ms each")
    totals, software, tools = Counter(), defaultdict(list), Counter()
    for firm, roadmap in zip(firms, roadmaps, strict=True):
        totals.update(count(firm, roadmap))
        totals["failing when run again"] += n_failing(recommender, roadmap)
        tools.update(step.tool.tool_id for step in roadmap.steps)
        for group in groups(firm):
            software[group].append(sum(step.tool.kind == "software" for step in roadmap.steps))
    for name, number in totals.items():
        print(f"  {name}: {number}")
    for group, numbers in sorted(software.items()):
        print(f"  software in the plan, {group}: {np.mean(numbers):.2f}")
    share = sum(number for _, number in tools.most_common(5)) / tools.total()
    print(f"  tools in plans: {len(tools)}; the five most frequent take {share:.0%}: {tools.most_common(12)}")


if __name__ == "__main__":
    main(*(int(arg) for arg in (*sys.argv[1:], "500", "1")[:2]))
