"""Rules about what the firm can carry: size, requirements, budget, readiness."""

from __future__ import annotations

import numpy as np

from hrtools_reco.catalog import (
    Catalog,
    YearlyCosts,
    ageing,
    gated_tools,
    inside,
    judgement_of,
    primary_functions,
    split_list,
    write_cost,
    write_euros,
)
from hrtools_reco.firms import Firms, Remedy
from hrtools_reco.rules.catalog_rules import CatalogRule
from hrtools_reco.rules.core import FAIL, PASS, UNKNOWN
from hrtools_reco.rules.groups import combine_codes
from hrtools_reco.texts import LANGUAGES, Text


class HeadcountRule(CatalogRule):
    """The headcount is within the bounds that the vendor or the scheme states."""

    name = "headcount"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._low, self._high = self._bounds(catalog)
        self._marks = np.unique(np.concatenate([self._low, self._high]))

    def _bounds(self, catalog: Catalog) -> tuple[np.ndarray, np.ndarray]:
        """Return the bounds of each tool; an empty one is no bound."""
        tools = catalog.tools
        return tools["headcount_min"].fillna(0.0).to_numpy(), tools["headcount_max"].fillna(np.inf).to_numpy()

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        low, high = firms.headcount_low[:, None], firms.headcount_high[:, None]
        outside = (high < self._low) | (low > self._high)
        inside = (low >= self._low) & (high <= self._high)
        return np.where(outside, FAIL, np.where(inside, PASS, UNKNOWN)).astype(np.uint8)

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        columns = [
            np.searchsorted(self._marks, ends, side=side)
            for ends in (firms.headcount_low, firms.headcount_high)
            for side in ("left", "right")
        ]
        return combine_codes(columns)[0]

    def remedies(self, firms: Firms, tool: int) -> tuple[Remedy, ...] | None:
        """Give the nearest headcount within the bounds; see ``Rule.remedies``."""
        nearest = min(max(firms.headcount_low[0], self._low[tool], 1.0), self._high[tool])
        return (Remedy(field="headcount", key=None, value=int(nearest)),)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        return {
            "needed": _interval(self._low[tool], self._high[tool]),
            "got": _interval(firms.headcount_low[0], firms.headcount_high[0]),
        }


class FunctionSizeRule(HeadcountRule):
    """Software pays at this headcount: by the judgement of the tool, else by its function."""

    name = "function_size"

    def _bounds(self, catalog: Catalog) -> tuple[np.ndarray, np.ndarray]:
        fit = catalog.table("function_fit").set_index("function")["headcount_min"].fillna(0.0)
        sizes = catalog.table("scales").query("scale == 'worth_from'")["knot"].to_numpy()
        judgement = judgement_of(catalog)
        own = judgement.size_from(catalog.setting("worth_grade"), sizes)
        low = np.where(judgement.judged, own, fit.loc[primary_functions(catalog)].to_numpy())
        low = np.where(gated_tools(catalog) & (low > sizes[0]), low, 0.0)
        return low, np.full(len(low), np.inf)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        values = super()._values(firms, tool, lang, failed=failed)
        function = self._tool(tool).functions[0]
        names = self._catalog.labels("functions", lang)
        return {**values, "needed": f"{self._low[tool]:g}", "function": names[function]}


class RequirementsRule(CatalogRule):
    """The firm has what the tool takes for granted."""

    name = "requirements"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        table = catalog.table("requirements").set_index("requirement")
        facts = catalog.keys("facts")
        fit = catalog.table("function_fit").set_index("function")["requirement"]
        extra = [
            requirement if gated and "staff" in split_list(users) and isinstance(requirement, str) else None
            for requirement, gated, users in zip(
                fit.loc[primary_functions(catalog)],
                gated_tools(catalog),
                catalog.tools["who_uses"],
                strict=True,
            )
        ]
        self._needed = np.zeros((len(catalog.tools), len(facts)), dtype=bool)
        for tool, cell in enumerate(catalog.tools["requirements"]):
            for requirement in (*split_list(cell), *split_list(extra[tool])):
                fact = table.at[requirement, "fact"]
                if isinstance(fact, str):
                    self._needed[tool, facts.index(fact)] = True
        self._names = {
            lang: dict(zip(table["fact"], table[f"label_{lang}"], strict=True)) for lang in ("fr", "en")
        }

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        # What is unknown counts 1, what is lacking more than all that can be unknown.
        lacking = float(2 * firms.facts.shape[1])
        found = np.array([lacking, 0.0, 1.0], dtype=np.float32)[firms.facts]
        total = found @ self._needed.T.astype(np.float32)
        return (total > 0).astype(np.uint8) + (total >= lacking)

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        asked = firms.facts[:, self._needed.any(axis=0)]
        return combine_codes(list(asked.T))[0] if asked.size else np.zeros(len(firms), dtype=np.int64)

    def remedies(self, firms: Firms, tool: int) -> tuple[Remedy, ...] | None:
        """Have each fact that is lacking or unknown; see ``Rule.remedies``."""
        facts = self._catalog.keys("facts")
        wanted = np.flatnonzero(self._needed[tool] & (firms.facts[0] != 1))
        return tuple(Remedy(field="facts", key=facts[fact], value=True) for fact in wanted)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        wanted = self._needed[tool] & (firms.facts[0] == (0 if failed else -1))
        facts = self._catalog.keys("facts")
        return {"needed": ", ".join(self._names[lang][facts[fact]] for fact in np.flatnonzero(wanted))}


class BudgetRule(CatalogRule):
    """The yearly cost at this headcount is within the stated budget."""

    name = "budget"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._costs, self._kept = YearlyCosts(catalog), gated_tools(catalog)
        self._aged = ageing(catalog)

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        heads, firsts = combine_codes([firms.headcount_low, firms.headcount_high])
        low, high = firms.headcount_low[firsts], firms.headcount_high[firsts]
        (least, most), free = self._costs.interval(low, high), self._costs.free_at(high)
        outcome = np.where(free, PASS, UNKNOWN).astype(np.uint8)[heads]
        told = np.flatnonzero(~np.isnan(firms.budget))
        if not len(told):
            return outcome
        priced = np.flatnonzero(((least == least) | (most == most)).any(axis=0) & ~free.all(axis=0))
        at, budget = (heads[told, None], priced), firms.budget[told, None]
        found = 1 + (least[at] > budget).astype(np.uint8) - (most[at] <= budget)
        found = np.where(self._aged.price_old[priced], UNKNOWN, found)
        outcome[told[:, None], priced] = np.where(free[at], PASS, found)
        broke = np.flatnonzero(firms.budget == 0)
        outcome[broke] = np.where(self._costs.sold & ~free[heads[broke]], FAIL, outcome[broke])
        return outcome

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return combine_codes([firms.budget, firms.headcount_low, firms.headcount_high])[0]

    def remedies(self, firms: Firms, tool: int) -> tuple[Remedy, ...] | None:
        """Spend the yearly cost; an unknown or an old price has no remedy; see ``Rule.remedies``."""
        # A price per head has no upper end in a band without one: the headcount is to be said first.
        known_cost = float(self._costs.interval(firms.headcount_high)[1][0, tool])
        is_open = np.isinf(known_cost)
        heads = max(float(firms.headcount_low[0]), 1.0)
        if is_open:
            known_cost = float(self._costs.interval(np.array([heads]))[1][0, tool])
        if np.isnan(known_cost) or self._aged.price_old[tool]:
            return None
        cost = max(float(np.ceil(known_cost)), 1.0)
        remedies = [Remedy(field="headcount", key=None, value=int(heads))] if is_open else []
        if not firms.budget[0] >= cost:
            remedies.append(Remedy(field="budget_eur_per_year", key=None, value=cost))
        return tuple(remedies)

    def gap(self, firms: Firms, tool: int, outcome: int) -> Text:
        """Ask only for what is not known, the price or the budget; see ``Rule.gap``."""
        cost = self._cost(firms, tool, LANGUAGES[0])
        if outcome == FAIL:
            # Whatever its price, what is sold needs a budget.
            key = None if cost else "budget_none"
        elif cost:
            key = "budget_ask" if np.isnan(firms.budget[0]) else "budget_ask_exact"
        elif self._costs.free[tool]:
            key = "budget_ask_free_plan"
        else:
            key = None if self._kept[tool] else "budget_ask_help"
        if key is None:
            return super().gap(firms, tool, outcome)
        return Text(
            *(
                self._catalog.text(key, lang, **self._values(firms, tool, lang, failed=outcome == FAIL))
                for lang in LANGUAGES
            )
        )

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        budget = firms.budget[0]
        return {
            "tool": self._tool(tool).name.split(" (")[0],
            "heads": self._heads(firms, lang),
            "needed": self._cost(firms, tool, lang),
            "got": "" if np.isnan(budget) else write_euros(budget, lang),
        }

    def _cost(self, firms: Firms, tool: int, lang: str) -> str:
        """Write the yearly cost, "at least" where only the least is known; nothing where nothing is."""
        least, most = (
            ends[0, tool] for ends in self._costs.interval(firms.headcount_low, firms.headcount_high)
        )
        if np.isfinite(least) and least > 0 and not np.isfinite(most):
            cost = self._catalog.text("cost_least", lang, low=write_euros(least, lang))
        else:
            cost = write_cost(least, most, lang, self._catalog) or ""
        if not cost or not self._aged.price_old[tool]:
            return cost
        day = str(self._aged.price_as_of[tool]) or self._catalog.text("undated", lang)
        return self._catalog.text("as_of", lang, value=cost, date=day)

    def _heads(self, firms: Firms, lang: str) -> str:
        """Say how many employees a price is for."""
        low, high = firms.headcount_low[0], firms.headcount_high[0]
        if low == high == 1:
            return self._catalog.text("employee_one", lang)
        return self._catalog.text("employees", lang, headcount=_interval(low, high))


class ReadinessRule(CatalogRule):
    """No dimension is under the hard gate of the function; just under it is a question."""

    name = "readiness"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        gates = catalog.table("function_gates").dropna(subset=["hard_min"])
        functions, dimensions = catalog.keys("functions"), catalog.keys("dimensions")
        # One row a function, and a last row without gates for the tools that none binds.
        self._gates: np.ndarray = np.full((len(functions) + 1, len(dimensions)), -np.inf)
        self._floor = self._gates.copy()
        rows = [functions.index(function) for function in gates["function"]]
        columns = [dimensions.index(dimension) for dimension in gates["dimension"]]
        self._gates[rows, columns] = gates["hard_min"]
        self._floor[rows, columns] = gates["hard_min"] - gates["margin"]
        self._bound = np.flatnonzero(np.isfinite(self._gates).any(axis=0))
        self._free = np.isinf(self._gates[:, self._bound])
        both = np.vstack([self._gates, self._floor])
        self._marks = [np.unique(column[np.isfinite(column)]) for column in both.T]
        own = [functions.index(function) for function in primary_functions(catalog)]
        self._gate_row = np.where(gated_tools(catalog), own, len(functions))

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        scores = self._scores(firms)[:, None, self._bound]
        failed = (scores < self._floor[:, self._bound]).any(axis=2)
        passed = ((scores >= self._gates[:, self._bound]) | self._free).all(axis=2)
        by_function = (~passed).astype(np.uint8) + failed
        return by_function[:, self._gate_row]

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        columns = [np.zeros(len(firms), dtype=np.int64)]
        for scores, marks in zip(self._scores(firms).T, self._marks, strict=True):
            if len(marks):
                places = np.searchsorted(marks, scores, side="right")
                columns.append(np.where(np.isnan(scores), len(marks) + 1, places))
        return combine_codes(columns)[0]

    @staticmethod
    def _scores(firms: Firms) -> np.ndarray:
        """Return the scores that a gate may use: an estimate is unknown."""
        return np.where(firms.estimated, np.nan, firms.maturity)

    def holding_back(self, firms: Firms, tools: np.ndarray) -> np.ndarray:
        """Tell which dimensions fail a gate of some tools of each firm.

        Parameters
        ----------
        firms : Firms
            The firms.
        tools : ndarray of bool of shape (n_firms, n_tools)
            The tools that are asked about.

        Returns
        -------
        ndarray of bool of shape (n_firms, n_dimensions)
            True where one of these tools has a gate that the firm fails.
        """
        asked = np.zeros((len(firms), len(self._gates)), dtype=bool)
        rows, columns = np.nonzero(tools)
        asked[rows, self._gate_row[columns]] = True
        failed = self._scores(firms)[:, None, :] < self._floor
        return np.any(failed & asked[:, :, None], axis=1)

    def lacking(self, firms: Firms, tool: int) -> dict[str, tuple[float, float]]:
        """Return, for one firm, the score and the gate of each dimension that is not known to pass."""
        scores, gates = self._scores(firms)[0], self._gates[self._gate_row[tool]]
        keys = self._catalog.keys("dimensions")
        short = ~np.isinf(gates) & ~(scores >= gates)
        return {keys[at]: (float(scores[at]), float(gates[at])) for at in np.flatnonzero(short)}

    def remedies(self, firms: Firms, tool: int) -> tuple[Remedy, ...] | None:
        """Raise each dimension to its gate; see ``Rule.remedies``."""
        lacking = self.lacking(firms, tool)
        return tuple(Remedy(field="maturity", key=key, value=gate) for key, (_, gate) in lacking.items())

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        names = self._catalog.labels("dimensions", lang)
        gaps = [
            inside(names[key]) if np.isnan(score) else f"{inside(names[key])} {score:g} → {gate:g}"
            for key, (score, gate) in self.lacking(firms, tool).items()
        ]
        return {"needed": ", ".join(gaps)}


def _interval(low: float, high: float) -> str:
    """Write an interval of headcounts."""
    if low == high:
        return f"{low:g}"
    return f"{low:g}+" if np.isinf(high) else f"{low:g}–{high:g}"
