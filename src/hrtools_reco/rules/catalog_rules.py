"""Rules about what a tool is and for whom: status, language, hosting, pillar, branch, region."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hrtools_reco._checks import check_choice, check_names
from hrtools_reco.catalog import RETIRED, Catalog, Tool, admitting, ageing, split_list
from hrtools_reco.firms import Firms, Remedy
from hrtools_reco.rules.core import FAIL, PASS, UNKNOWN, Rule
from hrtools_reco.texts import LANGUAGES, Text, filled

SOFTWARE = "software"
HOSTINGS = ("saas", "self_hosted")
_NAMED = 2


class CatalogRule(Rule):
    """A rule whose switches and texts are a row of the table ``rules``."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._row = catalog.table("rules").set_index("rule").loc[self.name]
        self.relaxable, self.readiness = bool(self._row["relaxable"]), bool(self._row["readiness"])
        self.label = Text(*(str(self._row[f"label_{lang}"]) for lang in LANGUAGES))
        self._texts = {
            (outcome, lang): str(self._row[f"{word}_{lang}"])
            for outcome, word in ((FAIL, "fail"), (UNKNOWN, "unknown"))
            for lang in LANGUAGES
        }

    def gap(self, firms: Firms, tool: int, outcome: int) -> Text:
        """Fill the text of a failure or of an open question; see ``Rule.gap``."""
        failed = outcome == FAIL
        said = [
            filled(self._texts[outcome, lang], **self._values(firms, tool, lang, failed=failed))
            for lang in LANGUAGES
        ]
        return Text(*said)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        """Return what fills the text."""
        return {}

    def _few(self, names: Sequence[str], lang: str) -> str:
        """Name the first of some names, and count the others."""
        if len(names) <= _NAMED + 1:
            return ", ".join(names)
        return self._catalog.text("and_others", lang, names=", ".join(names[:_NAMED]), n=len(names) - _NAMED)

    def _cell(self, tool: int, column: str) -> tuple[str, ...]:
        """Return a list cell of a tool."""
        items: tuple[str, ...] = getattr(self._tool(tool), column)
        return items

    def _tool(self, tool: int) -> Tool:
        """Return a tool as an object."""
        return self._catalog.tool(self._catalog.tool_ids[tool])


class ToolRule(CatalogRule):
    """A rule in which the firm does not matter."""

    _outcome: np.ndarray

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        return self._outcome[None, :]

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return np.zeros(len(firms), dtype=np.int64)


class StatusRule(ToolRule):
    """A retired tool is never advice; one that no page has shown for long is a question."""

    name = "status"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._aged = ageing(catalog)
        running = np.where(self._aged.status_old, UNKNOWN, PASS)
        self._outcome = np.where(catalog.tools["status"] == RETIRED, FAIL, running).astype(np.uint8)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        own = self._tool(tool).status_as_of if failed else str(self._aged.status_as_of[tool])
        return {"status": own or self._catalog.text("undated", lang)}


class LanguageRule(ToolRule):
    """The tool exists in the language asked for."""

    name = "language"

    def __init__(self, catalog: Catalog, tool_language: str | None) -> None:
        super().__init__(catalog)
        spoken = {code for cell in catalog.tools["languages"] for code in split_list(cell)}
        named = {
            key.removeprefix("language_") for key in catalog.messages["fr"] if key.startswith("language_")
        }
        if tool_language is not None:
            right = "the ISO 639-1 code of a language of a tool"
            check_choice("tool_language", tool_language, sorted(spoken | named), right)
        self._language = tool_language
        self._outcome = _accepted(catalog, "languages", () if tool_language is None else (tool_language,))

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        spoken = [self._language_name(code, lang) for code in self._cell(tool, "languages")]
        return {"needed": ", ".join(spoken), "got": self._language_name(str(self._language), lang)}

    def _language_name(self, code: str, lang: str) -> str:
        """Name a language; one whose name the catalog does not hold stays its code."""
        return self._catalog.messages[lang].get(f"language_{code}", code)


class HostingRule(ToolRule):
    """The tool is hosted as the user accepts."""

    name = "hosting"

    def __init__(self, catalog: Catalog, hosting: Sequence[str] | None) -> None:
        super().__init__(catalog)
        self._hosting = () if hosting is None else check_names("hosting", hosting, HOSTINGS)
        outcome = _accepted(catalog, "hosting", self._hosting)
        self._outcome = np.where(catalog.tools["kind"] == SOFTWARE, outcome, PASS).astype(np.uint8)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        return {"needed": ", ".join(self._cell(tool, "hosting")), "got": ", ".join(self._hosting)}


class PillarRule(ToolRule):
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

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        texts = self._catalog.messages[lang]
        served = ", ".join(texts.get(f"pillar_for_{pillar}", pillar) for pillar in self._served[tool])
        return {"needed": served, "got": texts.get(f"pillar_for_{self._pillar}", str(self._pillar))}


class KindRule(ToolRule):
    """The tool is of one of the kinds asked for."""

    name = "kind"

    def __init__(self, catalog: Catalog, kinds: Sequence[str] | None) -> None:
        super().__init__(catalog)
        known = catalog.keys("kinds")
        self._kinds = known if kinds is None else tuple(check_choice("kinds", kind, known) for kind in kinds)
        self._outcome = np.where(catalog.tools["kind"].isin(self._kinds), PASS, FAIL).astype(np.uint8)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        names = self._catalog.labels("kinds", lang)
        asked = ", ".join(names[kind] for kind in self._kinds)
        return {"needed": names[str(self._tool(tool).kind)], "got": asked}


class BranchRule(CatalogRule):
    """The tool is open to the branch of the firm."""

    name = "branch"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._open = admitting(catalog, "branches", catalog.keys("branches"))

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        return np.where(self._open[firms.branch], PASS, FAIL).astype(np.uint8)

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return firms.branch

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        names = self._catalog.labels("branches", lang)
        short = [names[key].split(" (")[0] for key in self._cell(tool, "branches")]
        return {"needed": self._few(short, lang)}


class RegionRule(CatalogRule):
    """The tool is offered in the region of the firm."""

    name = "region"

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        offered = admitting(catalog, "regions", catalog.keys("regions"))
        known = np.where(offered, PASS, FAIL)
        unknown = np.where(offered.all(axis=0), PASS, UNKNOWN)
        self._outcome = np.vstack([known, unknown]).astype(np.uint8)

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        outcome: np.ndarray = self._outcome[firms.region]
        return outcome

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return firms.region

    def remedies(self, firms: Firms, tool: int) -> tuple[Remedy, ...] | None:
        """Confirm an unknown region; no firm moves; see ``Rule.remedies``."""
        if firms.region[0] >= 0:
            return None
        return (Remedy(field="region", key=None, value=self._cell(tool, "regions")[0]),)

    def _values(self, firms: Firms, tool: int, lang: str, *, failed: bool) -> dict[str, str]:
        got = self._catalog.keys("regions")[firms.region[0]]
        return {"needed": self._few(self._cell(tool, "regions"), lang), "got": got}


def _accepted(catalog: Catalog, column: str, wanted: Sequence[str]) -> np.ndarray:
    """Hold a list column against wanted items: none wanted passes, an empty cell is unknown."""
    cells = [split_list(cell) for cell in catalog.tools[column]]
    if not wanted:
        return np.full(len(cells), PASS, dtype=np.uint8)
    outcome = [UNKNOWN if not cell else PASS if set(cell) & set(wanted) else FAIL for cell in cells]
    return np.array(outcome, dtype=np.uint8)
