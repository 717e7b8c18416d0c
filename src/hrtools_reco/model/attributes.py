"""What tools share, so that what readers say of one also tells of others like it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hrtools_reco.catalog import EVERYWHERE, Catalog, judgement_of, primary_functions


def tool_attributes(catalog: Catalog) -> pd.DataFrame:
    """Describe the tools by what they share.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tools.

    Returns
    -------
    DataFrame of shape (n_tools, n_attributes)
        Indicators, and what experts judge (less the mean of the judged tools), the columns as pairs of group
        and value, indexed by tool_id.
    """
    tools, said = catalog.tools, judgement_of(catalog)
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
        "judged_size": _centred(said.grades, said.judged),
        "judged_need": _centred(said.needs, said.judged),
        "judged_ready": _centred(said.ready / 25.0, said.judged),
        "judged_asks": _centred(said.asks, said.judged),
        "judged_worth": _centred(np.stack([said.anyway, 4.0 * said.first_choice, said.budget]), said.judged),
    }
    attributes = pd.concat({name: frame.astype(float) for name, frame in groups.items()}, axis=1)
    return attributes.set_axis(tools["tool_id"], axis=0)


def _items(column: pd.Series) -> pd.DataFrame:
    """Turn a list column into indicators of its items."""
    return column.fillna("").str.get_dummies(sep="|")


def _centred(values: np.ndarray, judged: np.ndarray) -> pd.DataFrame:
    """Turn rows of values into columns around the mean of the judged tools; 0 for the others."""
    mean = values[:, judged].mean(axis=1, keepdims=True) if judged.any() else 0.0
    return pd.DataFrame(np.where(judged, values - mean, 0.0).T)
