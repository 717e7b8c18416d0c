"""Rules about what the firm already runs: no second tool for one function, none twice."""

from __future__ import annotations

import numpy as np

from hrtools_reco.catalog import Catalog, admitting, gated_tools, primary_functions
from hrtools_reco.firms import Firms, Remedy
from hrtools_reco.rules.catalog_rules import CatalogRule
from hrtools_reco.rules.core import FAIL, PASS
from hrtools_reco.rules.groups import bit_codes


class EquippedRule(CatalogRule):
    """No second tool for a function of which one is enough, and no second HR suite."""

    name = "equipped"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        functions = catalog.keys("functions")
        fit = catalog.table("function_fit").set_index("function").loc[list(functions), "one_is_enough"]
        self._single = fit.to_numpy(dtype=bool)
        suite = catalog.tools["tool_id"].isin(catalog.table("suites")["tool_id"]).to_numpy()
        gated = gated_tools(catalog)
        own = np.array([functions.index(function) for function in primary_functions(catalog)])
        n_tools, n_functions = len(own), len(functions)
        # A suite does all that it says; of any other tool the first function counts, the others come with it.
        served = admitting(catalog, "functions", functions).T & suite[:, None]
        served[np.arange(n_tools), own] = True
        # What an installed item serves (rows: tools, then functions; columns: functions, then "a suite") …
        self._serves = np.zeros((n_tools + n_functions, n_functions + 1), dtype=bool)
        self._serves[:n_tools, :n_functions] = served & gated[:, None] & self._single
        self._serves[n_tools:, :n_functions] = np.diag(self._single)
        self._serves[:n_tools, n_functions] = suite
        # … and what a tool offers a second time.
        self._offers = np.zeros((n_tools, n_functions + 1), dtype=bool)
        self._offers[np.arange(n_tools), own] = gated & self._single[own]
        self._offers[:, n_functions] = suite

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        in_place = firms.installed.astype(np.float32) @ self._serves.astype(np.float32) > 0
        again = in_place.astype(np.float32) @ self._offers.T.astype(np.float32) > 0
        return np.where(again, FAIL, PASS).astype(np.uint8)

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return bit_codes(firms.installed)

    def remedies(self, firms: Firms, tool: int) -> tuple[Remedy, ...] | None:
        """Take out what serves the same; see ``Rule.remedies``."""
        shared = (self._serves & self._offers[tool]).any(axis=1) & firms.installed[0]
        shared[tool] = False
        items = (*self._catalog.tool_ids, *self._catalog.keys("functions"))
        return tuple(
            Remedy(field="installed", key=items[item], value=False) for item in np.flatnonzero(shared)
        )

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        shared = (self._serves & self._offers[tool]) & firms.installed[0][:, None]
        items = [*self._catalog.tools["name"], *self._catalog.labels("functions", lang).values()]
        got = [items[item] for item in np.flatnonzero(shared.any(axis=1))]
        names = self._catalog.labels("functions", lang)
        return {"got": ", ".join(got), "function": names[self._tool(tool).functions[0]]}


class InstalledRule(CatalogRule):
    """What is in place is not offered again."""

    name = "installed"

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        here = firms.installed[:, : len(self._catalog.tool_ids)]
        return np.where(here, FAIL, PASS).astype(np.uint8)

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return bit_codes(firms.installed)
