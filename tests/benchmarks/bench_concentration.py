"""Print how lists are spread over the tools, and who gets software, in a simulated population.

The firms are invented: this says how the recommender behaves, not what firms need.

Run: python tests/benchmarks/bench_concentration.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import hrtools_reco as hr

N_FIRMS, LIST = 8000, 5
BOUNDS, CLASSES = [0, 10, 50, np.inf], ["under 10", "10 to 49", "50 on"]


def diagnosed(n: int) -> pd.DataFrame:
    """Return simulated firms that answered a diagnosis: each told maturity and needs."""
    firms = hr.simulate_firms(2 * n, seed=0)
    told = [firms.filter(like=prefix).notna().any(axis=1) for prefix in ("maturity_", "need_")]
    return firms[told[0] & told[1]].head(n).reset_index(drop=True)


def on_paper(firms: pd.DataFrame) -> pd.DataFrame:
    """Return the same firms without phone, mailbox, computer person or money, at the foot of every scale."""
    bare = dict.fromkeys(firms.filter(like="maturity_"), 10.0) | {
        "budget_eur_per_year": 0.0,
        "installed": None,
    }
    bare |= {f"has_{fact}": False for fact in ("smartphone", "work_email", "it_admin", "hr_person")}
    return firms.assign(**bare)


def main() -> None:
    """Recommend to the whole population and count."""
    recommender = hr.ToolRecommender().fit()
    tools = recommender.catalog_.tools.set_index("tool_id")
    sold = (tools["kind"] == "software") & ~tools["price_model"].isin(["free", "freemium", "open_source"])
    firms = diagnosed(N_FIRMS)
    frame = recommender.recommend_batch(firms, k=LIST).frame
    places = frame["tool_id"].value_counts()
    software = frame.assign(software=(tools["kind"] == "software").loc[frame["tool_id"]].to_numpy())
    any_software = software.groupby("company_id")["software"].any().reindex(firms["company_id"]).to_numpy()
    headcount = firms["headcount"].fillna(1.0)
    by_class = pd.Series(any_software).groupby(
        pd.cut(headcount, BOUNDS, right=False, labels=CLASSES), observed=False
    )
    print(f"{len(firms)} simulated firms that answered a diagnosis, {LIST} tools each")
    print(f"tools ever recommended            {len(places)}")
    print(f"share of the five most frequent   {places.head(5).sum() / places.sum():.2f}")
    for name, share in by_class.mean().items():
        print(f"with software, {name:12s}       {share:.2f}")
    little = firms[["company_id", "branch", "headcount", "headcount_band"]]
    for name, table in (("branch and size only", little), ("on paper, no phone, no money", on_paper(firms))):
        found = recommender.recommend_batch(table, k=LIST).frame["tool_id"]
        print(f"{name:30s}    {int(sold.loc[found].sum())} sold")
    print("\nmost frequent\n" + places.head(10).to_string())


if __name__ == "__main__":
    main()
