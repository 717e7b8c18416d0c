"""Why, in words: kinds of reasons, each drawn from points that it gave and from a rule that passed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hrtools_reco.catalog import Catalog, YearlyCosts, gated_tools, light_tools, naming, need_strengths
from hrtools_reco.firms import Firms
from hrtools_reco.model import BASE, BRANCH, COST, HISTORY, READINESS, SIZE
from hrtools_reco.rules import PASS
from hrtools_reco.texts import LANGUAGES, Text

MAX_REASONS = 3
_HELPERS = ("it_admin", "hr_person")  # whom a light tool does not ask for


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Pairs of a firm and a tool that are explained together.

    Attributes
    ----------
    firms : Firms
        The firms.
    rows, tools : ndarray of int of shape (n_pairs,)
        Row of the firm and column of the tool of each pair.
    outcomes : ndarray of uint8 of shape (n_rules, n_pairs)
        Outcome of each rule.
    of_source, of_block : callable of str to ndarray of shape (n_pairs,)
        Points that a source of features, or a block, gives.
    expected : ndarray of shape (n_firms, n_needs)
        Urgency of the needs that are expected.
    """

    firms: Firms
    rows: np.ndarray
    tools: np.ndarray
    outcomes: np.ndarray
    of_source: Callable[[str], np.ndarray]
    of_block: Callable[[str], np.ndarray]
    expected: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, kw_only=True)
class ReasonKind:
    """One kind of reason for some pairs.

    Attributes
    ----------
    key : str
        Row of the table ``reasons``, which gives its place among the kinds and the rules that must pass.
    points : ndarray of shape (n_pairs,)
        What it weighs; nothing, or less, where it does not hold.
    variant : ndarray of int of shape (n_pairs,)
        Which of its texts says it.
    text : callable of int to Text
        The text of a variant.
    """

    key: str
    points: np.ndarray
    variant: np.ndarray
    text: Callable[[int], Text]


class Reasons:
    """Choose and word the reasons of pairs.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the texts and of the table ``reasons``.
    rule_names : sequence of str
        Names of the rules in use, in the order of the outcomes.
    """

    def __init__(self, catalog: Catalog, rule_names: Sequence[str]) -> None:
        self._catalog = catalog
        table = catalog.table("reasons").set_index("reason")
        names = list(rule_names)
        # A rule that is not in use neither fails nor is unknown.
        self._rules = {
            str(key): [names.index(rule) for rule in str(cell).split("|") if rule in names]
            for key, cell in table["rules"].dropna().items()
        }
        self._order = table["place"].to_dict()
        self._needs, self._branches = catalog.keys("needs"), catalog.keys("branches")
        self._regions, self._functions = catalog.keys("regions"), catalog.keys("functions")
        self._gated, self._light = gated_tools(catalog), light_tools(catalog)
        self._helpers = [at for at, fact in enumerate(catalog.keys("facts")) if fact in _HELPERS]
        costs = YearlyCosts(catalog)
        self._sold = ~costs.free & self._gated
        self._sector = naming(catalog, "sector_branches", self._branches)
        self._local = naming(catalog, "regions", self._regions)
        kinds, known = catalog.keys("kinds"), catalog.tools["price_model"].notna()
        paid = np.where(costs.free, 0, np.where(known, 1, 2))
        self._kind = np.array([kinds.index(kind) for kind in catalog.tools["kind"]]) * 3 + paid
        self._answers_need = need_strengths(catalog) >= catalog.setting("answers_from")
        self._real, self._pressing = (catalog.setting(f"need_is_{word}") for word in ("real", "pressing"))
        self._said: dict[tuple[str, int], Text] = {}

    def of(self, pairs: Pairs) -> list[tuple[Text, ...]]:
        """Return up to three reasons of each pair: by the place of their kind, then by points."""
        kinds = self._kinds(pairs)
        points = np.column_stack([self._holding(kind, pairs) for kind in kinds])
        place = np.array([self._order[kind.key] for kind in kinds], dtype=float)
        # Points are below 1,000, so the place of a kind outweighs them.
        rank = np.where(points > 0, points - 1000.0 * place, -np.inf)
        order = np.argsort(-rank, axis=1, kind="stable")[:, :MAX_REASONS]
        variants = np.column_stack([kind.variant for kind in kinds])
        codes = np.where(
            np.take_along_axis(rank, order, axis=1) > -np.inf,
            order + len(kinds) * np.take_along_axis(variants, order, axis=1),
            -1,
        )
        distinct, which = np.unique(codes, axis=0, return_inverse=True)
        said = [tuple(self._text(kinds, code) for code in row if code >= 0) for row in distinct.tolist()]
        return [said[row] for row in which.ravel()]

    def _holding(self, kind: ReasonKind, pairs: Pairs) -> np.ndarray:
        """Return the points of a kind where each of its rules passes, and zero elsewhere."""
        rules = self._rules.get(kind.key, [])
        if not rules:
            return kind.points
        return np.where((pairs.outcomes[rules] == PASS).all(axis=0), kind.points, 0.0)

    def _text(self, kinds: Sequence[ReasonKind], code: int) -> Text:
        """Return the text of a code; each is put into words once."""
        variant, at = divmod(code, len(kinds))
        key = (f"{at}:{kinds[at].key}", variant)
        if key not in self._said:
            self._said[key] = kinds[at].text(variant)
        return self._said[key]

    def _kinds(self, pairs: Pairs) -> list[ReasonKind]:
        """List every kind of reason; the list is the table of contents of what can be said."""
        return [
            *(self._stated_need(pairs, need) for need in range(len(self._needs))),
            *(self._expected_need(pairs, need) for need in range(len(self._needs))),
            self._made_for_the_branch(pairs),
            self._close_to_the_firm(pairs),
            self._plain(pairs, "reason_size", self._gated, pairs.of_block(SIZE)),
            self._within_the_budget(pairs),
            self._ready(pairs),
            self._plain(pairs, "reason_light", self._light, self._spared(pairs)),
            self._plain(pairs, "reason_history", np.ones_like(self._gated), pairs.of_block(HISTORY)),
            self._kind_of_help(pairs),
        ]

    def _message(self, key: str, **values: Text) -> Text:
        """Fill a message in both languages."""
        said = [
            self._catalog.text(key, lang, **{name: value(lang) for name, value in values.items()})
            for lang in LANGUAGES
        ]
        return Text(*said)

    def _name(self, table: str, key: str) -> Text:
        """Return the label of a key."""
        return Text(*(self._catalog.labels(table, lang)[key] for lang in LANGUAGES))

    def _need_name(self, need: int) -> Text:
        """Return the name of a need as it stands within a sentence."""
        name = self._name("needs", self._needs[need])
        return Text(*(text[0].lower() + text[1:] for text in (name.fr, name.en)))

    def _answered(self, pairs: Pairs, need: int) -> np.ndarray:
        """Tell whether the tool of each pair answers a need."""
        answers: np.ndarray = self._answers_need[need, pairs.tools]
        return answers

    def _stated_need(self, pairs: Pairs, need: int) -> ReasonKind:
        """Say which stated need a tool answers."""
        urgency = pairs.firms.needs[pairs.rows, need]
        holds = self._answered(pairs, need) & (urgency >= self._real)
        return ReasonKind(
            key="reason_need",
            points=np.where(holds, pairs.of_source(f"need_{self._needs[need]}"), 0.0),
            variant=(urgency >= self._pressing).astype(np.int64),
            text=lambda variant: self._message(
                "reason_need_pressing" if variant else "reason_need_real", need=self._need_name(need)
            ),
        )

    def _expected_need(self, pairs: Pairs, need: int) -> ReasonKind:
        """Say which need that is common in the branch a tool answers."""
        expected = pairs.expected[pairs.rows, need] >= self._real
        holds = self._answered(pairs, need) & np.isnan(pairs.firms.needs[pairs.rows, need]) & expected
        return ReasonKind(
            key="reason_expected",
            points=np.where(holds, pairs.of_source(f"expected_{self._needs[need]}"), 0.0),
            variant=np.zeros(len(pairs), dtype=np.int64),
            text=lambda _: self._message("reason_expected", need=self._need_name(need)),
        )

    def _made_for_the_branch(self, pairs: Pairs) -> ReasonKind:
        """Say that a tool is made for the branch."""
        branch = pairs.firms.branch[pairs.rows]
        place = np.maximum(pairs.of_block(BRANCH), 0.0)
        return ReasonKind(
            key="reason_sector",
            points=np.where(self._sector[branch, pairs.tools], place, 0.0),
            variant=branch,
            text=lambda at: self._message("reason_sector", branch=self._short_branch(at)),
        )

    def _short_branch(self, branch: int) -> Text:
        """Return the name of a branch without what stands in brackets."""
        name = self._name("branches", self._branches[branch])
        return Text(*(text.split(" (")[0] for text in (name.fr, name.en)))

    def _close_to_the_firm(self, pairs: Pairs) -> ReasonKind:
        """Say that a tool is of the region."""
        region = pairs.firms.region[pairs.rows]
        local = self._local[region, pairs.tools] & (region >= 0)
        return ReasonKind(
            key="reason_region",
            points=np.where(local, np.maximum(pairs.of_block(BRANCH), 0.0), 0.0),
            variant=np.maximum(region, 0),
            text=lambda at: self._message("reason_region", region=Text(self._regions[at], self._regions[at])),
        )

    def _within_the_budget(self, pairs: Pairs) -> ReasonKind:
        """Say that a sold tool is within a stated budget."""
        known = ~np.isnan(pairs.firms.budget[pairs.rows])
        return self._plain(pairs, "reason_budget", self._sold, np.where(known, pairs.of_block(COST), 0.0))

    def _ready(self, pairs: Pairs) -> ReasonKind:
        """Say that a firm whose maturity is known is ready."""
        known = ~np.isnan(pairs.firms.maturity).all(axis=1)[pairs.rows]
        points = np.where(known, pairs.of_block(READINESS), 0.0)
        return self._plain(pairs, "reason_ready", self._gated, points)

    def _spared(self, pairs: Pairs) -> np.ndarray:
        """Return the points of readiness where the firm has nobody of those who are not asked for."""
        there = (pairs.firms.facts[:, self._helpers] == 1).any(axis=1)
        return np.where(there[pairs.rows], 0.0, pairs.of_block(READINESS))

    def _plain(self, pairs: Pairs, key: str, holds: np.ndarray, points: np.ndarray) -> ReasonKind:
        """Make a kind with one text."""
        return ReasonKind(
            key=key,
            points=np.where(holds[pairs.tools], points, 0.0),
            variant=np.zeros(len(pairs), dtype=np.int64),
            text=lambda _: self._message(key),
        )

    def _kind_of_help(self, pairs: Pairs) -> ReasonKind:
        """Say what kind of help the tool is; this reason always holds, so that none is left without one."""
        keys = [
            f"reason_kind_{kind}_{price}"
            for kind in self._catalog.keys("kinds")
            for price in ("free", "paid", "unknown")
        ]
        return ReasonKind(
            key="reason_kind",
            points=np.maximum(pairs.of_block(BASE), 1e-9),
            variant=self._kind[pairs.tools],
            text=lambda variant: self._message(keys[variant]),
        )
