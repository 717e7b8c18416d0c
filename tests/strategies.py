"""Firms as Hypothesis draws them: every field with holes, and few distinct values, so that ties happen."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

import hrtools_reco as hr

CATALOG = hr.load_catalog()
BRANCHES, REGIONS = CATALOG.keys("branches"), CATALOG.keys("regions")
DIMENSIONS, NEEDS, FACTS = (CATALOG.keys(name) for name in ("dimensions", "needs", "facts"))
BANDS = CATALOG.keys("headcount_bands")
HEADCOUNTS = (1, 4, 9, 10, 18, 19, 20, 49, 50, 60, 99, 100, 249, 250, 320, 1200)
SCORES = (0.0, 19.9, 20.0, 24.0, 25.0, 37.5, 40.0, 49.0, 50.0, 75.0, 100.0)
URGENCIES = (0.0, 25.0, 50.0, 75.0, 100.0)
BUDGETS = (0.0, 100.0, 500.0, 708.0, 1000.0, 5000.0, 20000.0)
PLAIN = ("company_id", "branch", "region", "headcount", "headcount_band", "budget_eur_per_year")
INSTALLABLE = ("moodle", "flatchr", "payfit", "eurecia", "odoo-hr", "taleez", "ats", "lms", "onboarding")


def firms():
    """Draw the arguments of one profile."""
    sizes = st.one_of(
        st.fixed_dictionaries({"headcount": st.sampled_from(HEADCOUNTS)}),
        st.fixed_dictionaries({"headcount_band": st.sampled_from(BANDS)}),
    )
    rest = st.fixed_dictionaries(
        {"branch": st.sampled_from(BRANCHES)},
        optional={
            "region": st.sampled_from(REGIONS),
            "maturity": st.dictionaries(st.sampled_from(DIMENSIONS), st.sampled_from(SCORES)),
            "needs": st.dictionaries(st.sampled_from(NEEDS), st.sampled_from(URGENCIES)),
            "facts": st.dictionaries(st.sampled_from(FACTS), st.booleans()),
            "budget_eur_per_year": st.sampled_from(BUDGETS),
            "installed": st.lists(st.sampled_from(INSTALLABLE), unique=True, max_size=2),
            "maturity_estimated": st.lists(st.sampled_from(DIMENSIONS), unique=True, max_size=2),
        },
    )
    return st.builds(lambda size, fields: {**fields, **size}, sizes, rest)


def tables(min_size=1, max_size=12):
    """Draw lists of firms with keys of their own."""
    return st.lists(firms(), min_size=min_size, max_size=max_size).map(
        lambda drawn: [{**firm, "company_id": f"firm-{place}"} for place, firm in enumerate(drawn)]
    )


def frame_of(drawn):
    """Write firms as the table that ``recommend_batch`` reads."""
    rows = []
    for firm in drawn:
        row = {
            key: firm.get(key) for key in ("company_id", "branch", "region", "headcount", "headcount_band")
        }
        row["budget_eur_per_year"] = firm.get("budget_eur_per_year")
        row["installed"] = "|".join(firm.get("installed", ())) or None
        row["maturity_estimated"] = "|".join(firm.get("maturity_estimated", ())) or None
        for prefix, field in (("maturity_", "maturity"), ("need_", "needs"), ("has_", "facts")):
            row.update({prefix + key: value for key, value in firm.get(field, {}).items()})
        rows.append(row)
    frame = pd.DataFrame(rows)
    # A column of bands, were it empty, would say that a register does not know the headcount.
    return frame if frame["headcount_band"].notna().any() else frame.drop(columns="headcount_band")
