"""The rules that the library brings; their thresholds and texts are tables of the catalog."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco._checks import check_choice
from hrtools_reco.catalog import EVERYWHERE, RETIRED, Catalog, load_catalog, split_list
from hrtools_reco.costs import YearlyCosts
from hrtools_reco.profiles import ProfileTable
from hrtools_reco.rules import FAIL, PASS, UNKNOWN, Rule, bit_codes, combine_codes

_SOFTWARE = "software"


class _CatalogRule(Rule):
    """A rule whose switches and texts are a row of the table ``rules``."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._row = catalog.table("rules").set_index("rule").loc[self.name]
        self.relaxable, self.readiness = bool(self._row["relaxable"]), bool(self._row["readiness"])
        self.labels = {lang: self._row[f"label_{lang}"] for lang in ("fr", "en")}

    def gap(self, profiles: ProfileTable, tool: int, lang: str) -> str:
        """Fill the text of a failure or of an open question; see ``Rule.gap``."""
        outcomes = self.outcomes(profiles)
        failed = outcomes[0, tool] == FAIL
        text = self._row[f"fail_{lang}" if failed else f"unknown_{lang}"]
        return str(text).format(**self._values(profiles, tool, lang, failed=failed))

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        """Return what fills the text."""
        return {}

    def _cell(self, tool: int, column: str) -> tuple[str, ...]:
        """Return a list cell of a tool."""
        return split_list(self._catalog.tools[column].iloc[tool])


class _ToolRule(_CatalogRule):
    """A rule in which the firm does not matter."""

    _outcome: np.ndarray

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        return self._outcome[None, :]

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        return np.zeros(len(profiles), dtype=np.int64)


class StatusRule(_ToolRule):
    """A retired tool is never advice."""

    name = "status"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._outcome = np.where(catalog.tools["status"] == RETIRED, FAIL, PASS).astype(np.uint8)

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        since = self._catalog.tools["status_as_of"].iloc[tool]
        return {"status": since if isinstance(since, str) else "–"}


class LanguageRule(_ToolRule):
    """The tool exists in the language asked for."""

    name = "language"

    def __init__(self, catalog: Catalog, language: str | None) -> None:
        super().__init__(catalog)
        self._language = language
        self._outcome = _accepted(catalog, "languages", () if language is None else (language,))

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        return {"needed": ", ".join(self._cell(tool, "languages")), "got": str(self._language)}


class HostingRule(_ToolRule):
    """The tool is hosted as the user accepts."""

    name = "hosting"

    def __init__(self, catalog: Catalog, hosting: Sequence[str] | None) -> None:
        super().__init__(catalog)
        self._hosting = tuple(hosting or ())
        for item in self._hosting:
            check_choice("hosting", item, ("saas", "self_hosted"))
        outcome = _accepted(catalog, "hosting", self._hosting)
        self._outcome = np.where(catalog.tools["kind"] == _SOFTWARE, outcome, PASS).astype(np.uint8)

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        return {"needed": ", ".join(self._cell(tool, "hosting")), "got": ", ".join(self._hosting)}


class PillarRule(_ToolRule):
    """The tool serves the pillar asked for."""

    name = "pillar"

    def __init__(self, catalog: Catalog, pillar: str | None) -> None:
        super().__init__(catalog)
        self._pillar = pillar
        of_function = dict(zip(catalog.functions["function"], catalog.functions["pillar"], strict=True))
        if pillar is not None:
            check_choice("pillar", pillar, sorted(set(of_function.values())))
        self._served = [
            sorted({of_function[function] for function in split_list(cell)})
            for cell in catalog.tools["functions"]
        ]
        passed = [pillar is None or pillar in served for served in self._served]
        self._outcome = np.where(passed, PASS, FAIL).astype(np.uint8)

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        return {"needed": ", ".join(self._served[tool]), "got": str(self._pillar)}


class BranchRule(_CatalogRule):
    """The tool is open to the branch of the firm."""

    name = "branch"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._open = _membership(catalog, "branches", catalog.keys("branches"))

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        return np.where(self._open[profiles.branch], PASS, FAIL).astype(np.uint8)

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        return profiles.branch

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        names = self._catalog.labels("branches", lang)
        got = self._catalog.keys("branches")[profiles.branch[0]]
        return {"needed": ", ".join(names[key] for key in self._cell(tool, "branches")), "got": names[got]}


class RegionRule(_CatalogRule):
    """The tool is offered in the region of the firm."""

    name = "region"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        offered = _membership(catalog, "regions", catalog.keys("regions"))
        known = np.where(offered, PASS, FAIL)
        unknown = np.where(offered.all(axis=0), PASS, UNKNOWN)
        self._outcome = np.vstack([known, unknown]).astype(np.uint8)

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        return self._outcome[profiles.region]

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        return profiles.region

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        got = self._catalog.keys("regions")[profiles.region[0]]
        return {"needed": ", ".join(self._cell(tool, "regions")), "got": got}


class HeadcountRule(_CatalogRule):
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

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        low, high = profiles.headcount_low[:, None], profiles.headcount_high[:, None]
        outside = (high < self._low) | (low > self._high)
        inside = (low >= self._low) & (high <= self._high)
        return np.select([outside, inside], [FAIL, PASS], UNKNOWN).astype(np.uint8)

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        columns = [
            np.searchsorted(self._marks, ends, side=side)
            for ends in (profiles.headcount_low, profiles.headcount_high)
            for side in ("left", "right")
        ]
        return combine_codes(columns)[0]

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        return {
            "needed": _interval(self._low[tool], self._high[tool]),
            "got": _interval(profiles.headcount_low[0], profiles.headcount_high[0]),
        }


class FunctionSizeRule(HeadcountRule):
    """Software of the function pays at this headcount."""

    name = "function_size"

    def _bounds(self, catalog: Catalog) -> tuple[np.ndarray, np.ndarray]:
        fit = catalog.table("function_fit").set_index("function")["headcount_min"].fillna(0.0)
        low = np.where(gated_tools(catalog), fit.loc[primary_functions(catalog)].to_numpy(), 0.0)
        return low, np.full(len(low), np.inf)

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        values = super()._values(profiles, tool, lang, failed=failed)
        function = primary_functions(self._catalog)[tool]
        names = self._catalog.labels("functions", lang)
        return {**values, "needed": f"{self._low[tool]:g}", "function": names[function]}


class RequirementsRule(_CatalogRule):
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

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        needed = self._needed.T.astype(np.uint8)
        lacking = (profiles.facts == 0).astype(np.uint8) @ needed > 0
        open_ = (profiles.facts < 0).astype(np.uint8) @ needed > 0
        return np.select([lacking, open_], [FAIL, UNKNOWN], PASS).astype(np.uint8)

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        weights = 3 ** np.arange(profiles.facts.shape[1], dtype=np.int64)
        code: np.ndarray = (profiles.facts.astype(np.int64) + 1) @ weights
        return code

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        wanted = self._needed[tool] & (profiles.facts[0] == (0 if failed else -1))
        facts = self._catalog.keys("facts")
        return {"needed": ", ".join(self._names[lang][facts[fact]] for fact in np.flatnonzero(wanted))}


class BudgetRule(_CatalogRule):
    """The yearly cost at this headcount is within the stated budget."""

    name = "budget"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._costs = YearlyCosts(catalog)

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        budget = profiles.budget[:, None]
        least = self._costs.at(profiles.headcount_low)
        most = self._costs.at(profiles.headcount_high)
        sold = self._costs.sold & (budget == 0)
        outcome = np.select([least > budget, most <= budget], [FAIL, PASS], UNKNOWN)
        return np.where(self._costs.free, PASS, np.where(sold, FAIL, outcome)).astype(np.uint8)

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        priced = self._costs.distinct()
        budget = profiles.budget[:, None]
        ends = [profiles.headcount_low, profiles.headcount_high]
        flags = [priced.at(end) <= budget for end in ends] + [np.isnan(budget), budget == 0]
        return bit_codes(np.hstack(flags))

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        cost, budget = self._costs.at(profiles.headcount_low)[0, tool], profiles.budget[0]
        unknown = self._catalog.text("not_stated", lang)
        return {
            "needed": unknown if np.isnan(cost) else f"{cost:.0f} €",
            "got": unknown if np.isnan(budget) else f"{budget:.0f} €",
        }


class ReadinessRule(_CatalogRule):
    """No dimension is under the hard gate of the function; just under it is a question."""

    name = "readiness"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        gates = catalog.table("function_gates").dropna(subset=["hard_min"])
        functions, dimensions = catalog.keys("functions"), catalog.keys("dimensions")
        table = np.zeros((len(functions), len(dimensions)))
        margin = np.zeros_like(table)
        rows = [functions.index(function) for function in gates["function"]]
        columns = [dimensions.index(dimension) for dimension in gates["dimension"]]
        table[rows, columns], margin[rows, columns] = gates["hard_min"], gates["margin"]
        own = [functions.index(function) for function in primary_functions(catalog)]
        gated = gated_tools(catalog)[:, None]
        self.gates = np.where(gated, table[own], 0.0)
        self._floor = np.where(gated, (table - margin)[own], 0.0)

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        outcome = np.zeros((len(profiles), len(self.gates)), dtype=np.uint8)
        for dimension in range(self.gates.shape[1]):
            score = self._scores(profiles)[:, dimension, None]
            gate, floor = self.gates[:, dimension], self._floor[:, dimension]
            here = np.select([(gate == 0) | (score >= gate), score < floor], [PASS, FAIL], UNKNOWN)
            np.maximum(outcome, here, out=outcome, casting="unsafe")
        return outcome

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        columns = []
        for dimension, scores in enumerate(self._scores(profiles).T):
            marks = np.unique([self.gates[:, dimension], self._floor[:, dimension]])
            columns.append(np.searchsorted(marks, scores, side="right"))
            columns.append(np.isnan(scores).astype(np.int64))
        return combine_codes(columns)[0]

    @staticmethod
    def _scores(profiles: ProfileTable) -> np.ndarray:
        """Return the scores that a gate may use: an estimate is unknown."""
        return np.where(profiles.estimated, np.nan, profiles.maturity)

    def lacking(self, profiles: ProfileTable, tool: int) -> dict[str, tuple[float, float]]:
        """Return, for one firm, the score and the gate of each dimension that is not known to pass."""
        scores, keys = self._scores(profiles)[0], self._catalog.keys("dimensions")
        short = (self.gates[tool] > 0) & ~(scores >= self.gates[tool])
        return {keys[at]: (scores[at], self.gates[tool, at]) for at in np.flatnonzero(short)}

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        names = self._catalog.labels("dimensions", lang)
        gaps = [
            f"{names[key]} {'?' if np.isnan(score) else f'{score:g}'} → {gate:g}"
            for key, (score, gate) in self.lacking(profiles, tool).items()
        ]
        return {"needed": ", ".join(gaps)}


class EquippedRule(_CatalogRule):
    """No second tool for a function of which one is enough, and no second HR suite."""

    name = "equipped"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        functions = catalog.keys("functions")
        fit = catalog.table("function_fit").set_index("function").loc[list(functions), "one_is_enough"]
        self._single = fit.to_numpy(dtype=bool)
        served = _membership(catalog, "functions", functions).T
        suite = catalog.tools["tool_id"].isin(catalog.table("suites")["tool_id"]).to_numpy()
        gated = gated_tools(catalog)
        own = np.array([functions.index(function) for function in primary_functions(catalog)])
        n_tools, n_functions = served.shape
        # What an installed item serves (rows: tools, then functions; columns: functions, then "a suite") …
        self._serves = np.zeros((n_tools + n_functions, n_functions + 1), dtype=np.uint8)
        self._serves[:n_tools, :n_functions] = (served & gated[:, None])[:, :] & self._single
        self._serves[n_tools:, :n_functions] = np.diag(self._single)
        self._serves[:n_tools, n_functions] = suite
        # … and what a tool offers a second time.
        self._offers = np.zeros((n_tools, n_functions + 1), dtype=np.uint8)
        self._offers[np.arange(n_tools), own] = gated & self._single[own]
        self._offers[:, n_functions] = suite

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        in_place = (profiles.installed.astype(np.uint8) @ self._serves > 0).astype(np.uint8)
        return np.where(in_place @ self._offers.T > 0, FAIL, PASS).astype(np.uint8)

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        return bit_codes(profiles.installed)

    def _values(self, profiles: ProfileTable, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        shared = (self._serves & self._offers[tool]) & profiles.installed[0][:, None]
        items = [*self._catalog.tools["name"], *self._catalog.labels("functions", lang).values()]
        got = [items[item] for item in np.flatnonzero(shared.any(axis=1))]
        names = self._catalog.labels("functions", lang)
        return {"got": ", ".join(got), "function": names[primary_functions(self._catalog)[tool]]}


class InstalledRule(_CatalogRule):
    """What is in place is not offered again."""

    name = "installed"

    def outcomes(self, profiles: ProfileTable) -> np.ndarray:
        here = profiles.installed[:, : len(self._catalog.tools)]
        return np.where(here, FAIL, PASS).astype(np.uint8)

    def signature(self, profiles: ProfileTable) -> np.ndarray:
        return bit_codes(profiles.installed)


def bundled_rules(
    catalog: Catalog | None = None,
    *,
    pillar: str | None = None,
    language: str | None = "fr",
    hosting: Sequence[str] | None = None,
) -> list[Rule]:
    """Return the rules that the library brings.

    Parameters
    ----------
    catalog : Catalog, optional
        Catalog of tools, thresholds and texts. ``None`` is the bundled one.
    pillar : {"recruitment", "training"}, optional
        Keep one pillar only.
    language : str, optional, default="fr"
        ISO 639-1 code of the language that a tool must have; ``None`` asks for none.
    hosting : sequence of {"saas", "self_hosted"}, optional
        Accepted hosting of software; ``None`` accepts all.

    Returns
    -------
    list of Rule
        The rules; their keys are those of the table ``rules``.

    Raises
    ------
    UnknownNameError
        If the pillar or a hosting is unknown.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> [rule.name for rule in hr.bundled_rules()][:4]
    ['status', 'branch', 'region', 'headcount']
    """
    used = catalog or load_catalog()
    return [
        StatusRule(used),
        BranchRule(used),
        RegionRule(used),
        HeadcountRule(used),
        FunctionSizeRule(used),
        RequirementsRule(used),
        BudgetRule(used),
        LanguageRule(used, language),
        HostingRule(used, hosting),
        ReadinessRule(used),
        EquippedRule(used),
        InstalledRule(used),
        PillarRule(used, pillar),
    ]


def primary_functions(catalog: Catalog) -> list[str]:
    """Return the first function of each tool."""
    return [split_list(cell)[0] for cell in catalog.tools["functions"]]


def gated_tools(catalog: Catalog) -> np.ndarray:
    """Tell for each tool whether the gates of its function bind it."""
    kinds = catalog.table("kinds").set_index("kind")["gated"]
    return kinds.loc[catalog.tools["kind"]].to_numpy(dtype=bool)


def _membership(catalog: Catalog, column: str, keys: Sequence[str]) -> np.ndarray:
    """Tell for each key and tool whether a list cell holds the key or ``all``."""
    cells = [split_list(cell) for cell in catalog.tools[column]]
    return np.array([[key in cell or EVERYWHERE in cell for cell in cells] for key in keys], dtype=bool)


def _accepted(catalog: Catalog, column: str, wanted: Sequence[str]) -> np.ndarray:
    """Hold a list column against wanted items: none wanted passes, an empty cell is unknown."""
    cells = [split_list(cell) for cell in catalog.tools[column]]
    if not wanted:
        return np.full(len(cells), PASS, dtype=np.uint8)
    outcome = [UNKNOWN if not cell else PASS if set(cell) & set(wanted) else FAIL for cell in cells]
    return np.array(outcome, dtype=np.uint8)


def _interval(low: float, high: float) -> str:
    """Write an interval of headcounts."""
    if low == high:
        return f"{low:g}"
    return f"{low:g}+" if np.isinf(high) else f"{low:g}–{high:g}"


def need_free_tools(catalog: Catalog) -> np.ndarray:
    """Tell for each tool whether nothing but a connection and the head's mailbox is asked for."""
    free = {"internet", "own_email"}
    return np.array([set(split_list(cell)) <= free for cell in catalog.tools["requirements"]], dtype=bool)
