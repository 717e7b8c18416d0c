"""One fitted recommender at work on arrays: rules, scores, ranks and explanations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hrtools_reco.answer.explanation import Explainer
from hrtools_reco.answer.ranking import rank_tools
from hrtools_reco.answer.results import Explanation, RuleResult
from hrtools_reco.answer.tables import Ranked
from hrtools_reco.catalog import Catalog, primary_functions
from hrtools_reco.firms import Firms
from hrtools_reco.model import BLOCKS, LinearModel, ProfileEncoder
from hrtools_reco.rules import FIT, OUTCOMES, PASS, STATUSES, TO_CHECK, Rule, evaluate_rules


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What a fitted recommender consists of, and the stages in their order.

    Attributes
    ----------
    catalog : Catalog
        Catalog of the tools.
    rules : sequence of Rule
        The rules.
    encoder : ProfileEncoder
        Encoder of the profiles.
    model : LinearModel
        Weights in points.
    max_per_function : int or None
        Largest number of tools with the same first function in a list.
    """

    catalog: Catalog
    rules: Sequence[Rule]
    encoder: ProfileEncoder
    model: LinearModel
    max_per_function: int | None

    @cached_property
    def explainer(self) -> Explainer:
        """Source of contributions and reasons."""
        return Explainer(self.catalog, self.encoder, self.model)

    @cached_property
    def _functions(self) -> np.ndarray:
        functions = self.catalog.keys("functions")
        return np.array([functions.index(name) for name in primary_functions(self.catalog)])

    def in_place(self, profiles: Firms) -> np.ndarray:
        """Return which tools of the catalog are in place, of shape (n_firms, n_tools)."""
        return profiles.installed[:, : len(self.catalog.tool_ids)]

    def scores(self, profiles: Firms) -> np.ndarray:
        """Return scores from 0 to 100, of shape (n_firms, n_tools)."""
        return self.model.scores(self.encoder.encode(profiles), self.in_place(profiles))

    def statuses(self, profiles: Firms) -> np.ndarray:
        """Return positions in ``STATUSES``, of shape (n_firms, n_tools)."""
        return evaluate_rules(self.rules, profiles).statuses()

    def rank(self, profiles: Firms, k: int) -> Ranked:
        """Rank the tools of each firm and keep the first k."""
        eligibility = evaluate_rules(self.rules, profiles)
        encoded = self.encoder.encode(profiles)
        scores = self.model.scores(encoded, self.in_place(profiles))
        tools = rank_tools(
            scores,
            eligibility.recommendable[eligibility.group],
            self._functions,
            k=k,
            max_per_function=self.max_per_function,
        )
        at = np.maximum(tools, 0)
        return Ranked(
            tools=tools,
            scores=np.take_along_axis(scores, at, axis=1),
            statuses=eligibility.statuses_at(at),
            n_fit=eligibility.count(FIT),
            n_to_check=eligibility.count(TO_CHECK),
            encoded=encoded,
        )

    def explain(self, profiles: Firms, tool: int) -> Explanation:
        """Explain one tool for one firm."""
        encoded, in_place = self.encoder.encode(profiles), self.in_place(profiles)
        tools, firm = np.array([tool]), np.array([0])
        scores = self.model.scores(encoded, in_place)[:, tool]
        sources = self.explainer.by_source(encoded, in_place, tools)
        blocks = self.explainer.contributions(sources, scores)[0]
        return Explanation(
            tool=self.catalog.tool(self.catalog.tool_ids[tool]),
            status=STATUSES[self.statuses(profiles)[0, tool]],
            score=float(scores[0]),
            rules=tuple(self._rule_result(rule, profiles, tool) for rule in self.rules),
            contributions=dict(zip(BLOCKS, blocks.tolist(), strict=True)),
            expectations=tuple(self.encoder.expected.sources(profiles)),
            _reasons={
                lang: self.explainer.reasons(profiles, firm, tools, sources, lang)[0] for lang in ("fr", "en")
            },
            _catalog=self.catalog,
        )

    def _rule_result(self, rule: Rule, profiles: Firms, tool: int) -> RuleResult:
        """Say what one rule says of one firm and one tool."""
        outcome = int(rule.outcomes(profiles)[0, tool])
        gaps = {} if outcome == PASS else {lang: rule.gap(profiles, tool, lang) for lang in ("fr", "en")}
        return RuleResult(
            name=rule.name,
            outcome=OUTCOMES[outcome],
            relaxable=rule.relaxable,
            labels=rule.labels,
            gaps=gaps,
        )
