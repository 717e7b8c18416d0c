"""One fitted recommender at work on arrays: rules, scores, ranks and explanations, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from hrtools_reco.answer.batch_results import AnswerPart
from hrtools_reco.answer.cover import LIST, Wanted, behind_one_door, cover
from hrtools_reco.answer.explainer import Explainer
from hrtools_reco.answer.explanation import Explanation, RuleResult
from hrtools_reco.answer.ranking import NO_TOOL, Balance, alternatives, rank_tools
from hrtools_reco.answer.reasons import Pairs, Reasons
from hrtools_reco.answer.shortfalls import Shortfalls, explain_shortfalls
from hrtools_reco.answer.words import SUPPORT, Words, words_of
from hrtools_reco.catalog import (
    STRONGEST,
    Catalog,
    Tool,
    ageing,
    citations_of,
    doors_of_one_house,
    need_strengths,
    primary_functions,
    sorts_of_tools,
    stand_in_pairs,
)
from hrtools_reco.columns import (
    COMPANY_ID,
    CONTRIBUTION_PREFIX,
    FAILED,
    LIST_SEPARATOR,
    REASONS,
    SCORE,
    STATUS,
    TOOL_ID,
    UNKNOWN_RULES,
)
from hrtools_reco.firms import Firms, implied_facts
from hrtools_reco.model import (
    BLOCKS,
    LIKELY,
    Bands,
    LinearModel,
    ProfileEncoder,
    certainty,
    graded_bands,
)
from hrtools_reco.rules import (
    FAIL,
    FIT,
    OUTCOMES,
    PASS,
    STATUSES,
    TO_CHECK,
    UNKNOWN,
    Eligibility,
    Rule,
    evaluate_rules,
    gap_of,
)
from hrtools_reco.texts import Text

MAX_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Tested:
    """Firms that were encoded, held against the rules and scored, each once.

    Attributes
    ----------
    firms : Firms
        The firms.
    encoded : ndarray of shape (n_firms, n_features)
        The firms as vectors.
    eligibility : Eligibility
        What the rules say.
    scores : ndarray of shape (n_firms, n_tools)
        Scores from 0 to 100.
    """

    firms: Firms
    encoded: np.ndarray
    eligibility: Eligibility
    scores: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """The first tools of each firm.

    Attributes
    ----------
    tested : Tested
        Where they come from.
    tools : ndarray of int of shape (n_firms, k)
        Columns of the tools, best first; ``NO_TOOL`` where there are fewer.
    """

    tested: Tested
    tools: np.ndarray

    @cached_property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Row of the firm and place (from 0) of each recommendation, by firm and then by rank."""
        rows, places = np.nonzero(self.tools != NO_TOOL)
        return rows, places

    @property
    def missing(self) -> np.ndarray:
        """How many tools each firm has fewer than asked for."""
        missing: np.ndarray = (self.tools == NO_TOOL).sum(axis=1)
        return missing


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
    bands : Bands or None, default=None
        Scores from which a place is sure or likely, as a history bears out; ``None`` is as graded firms do.
    """

    catalog: Catalog
    rules: Sequence[Rule]
    encoder: ProfileEncoder
    model: LinearModel
    max_per_function: int | None
    bands: Bands | None = None

    @cached_property
    def explainer(self) -> Explainer:
        """Source of contributions."""
        return Explainer(self.encoder, self.model)

    @cached_property
    def reasons(self) -> Reasons:
        """Source of reasons."""
        return Reasons(self.catalog, [rule.name for rule in self.rules])

    @property
    def words(self) -> Words:
        """Texts that an answer takes along."""
        return words_of(self.catalog, BLOCKS)

    @cached_property
    def balance(self) -> Balance:
        """What keeps a list from being five of a kind."""
        functions = self.catalog.keys("functions")
        return Balance(
            functions=np.array([functions.index(name) for name in primary_functions(self.catalog)]),
            sorts=sorts_of_tools(self.catalog),
            stand_ins=stand_in_pairs(self.catalog),
            max_per_function=self.max_per_function,
            kind_step=self.catalog.setting("kind_step"),
        )

    @cached_property
    def wanted(self) -> Wanted:
        """What a list must hold: an answer to each pressing need, and a tool that the firm uses itself."""
        setting = self.catalog.setting
        strengths = need_strengths(self.catalog).T
        return Wanted(
            answers=strengths >= setting("answers_from"),
            main=strengths >= setting("plan_main_strength") / STRONGEST,
            own=np.array([part != SUPPORT for part in self.parts]),
            real=setting("need_is_real"),
            pressing=setting("need_is_pressing"),
            least=setting("cover_least_score"),
            detour=setting("cover_detour"),
        )

    @cached_property
    def _doors(self) -> np.ndarray:
        """Pairs of tools that are two doors of one house."""
        return doors_of_one_house(self.catalog)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """In which part of a list each tool is read."""
        part = self.catalog.table("kinds").set_index("kind")["part"]
        return tuple(part.loc[self.catalog.tools["kind"]])

    def in_place(self, firms: Firms) -> np.ndarray:
        """Return which tools of the catalog are in place, of shape (n_firms, n_tools)."""
        return firms.installed[:, : len(self.catalog.tool_ids)]

    def scores(self, firms: Firms) -> np.ndarray:
        """Return scores from 0 to 100, of shape (n_firms, n_tools)."""
        return self.model.scores(self.encoder.encode(firms), self.in_place(firms))

    def statuses(self, firms: Firms) -> np.ndarray:
        """Return positions in ``STATUSES``, of shape (n_firms, n_tools)."""
        return evaluate_rules(self.rules, firms).statuses()

    def test(self, firms: Firms) -> Tested:
        """Encode firms, hold them against the rules and score them."""
        encoded = self.encoder.encode(firms, self.model.dtype)
        return Tested(
            firms=firms,
            encoded=encoded,
            eligibility=evaluate_rules(self.rules, firms),
            scores=self.model.scores(encoded, self.in_place(firms)),
        )

    def rank(self, firms: Firms, k: int) -> Ranked:
        """Rank the tools of each firm and keep the first k."""
        return self.first(self.test(firms), k)

    def first(self, tested: Tested, k: int) -> Ranked:
        """Keep the first k tools of each firm; a k beyond the catalog fills with ``NO_TOOL``."""
        tools = self.lists(tested.scores, tested.eligibility.recommendable, tested.firms.needs, k)
        return Ranked(tested=tested, tools=tools)

    def lists(self, scores: np.ndarray, eligible: np.ndarray, needs: np.ndarray, k: int) -> np.ndarray:
        """Rank scored tools: balanced, one door of a house first, each pressing need answered."""
        ranked_by = behind_one_door(scores, eligible, self._doors, self.catalog.setting("door_step"))
        ranked = rank_tools(ranked_by, eligible, self.balance, k=max(k, LIST))
        return cover(ranked, ranked_by, eligible, needs, self.wanted, self.balance)[:, :k]

    def answer(
        self, firms: Firms, k: int, *, contributions: bool = False, reasons: str | None = None
    ) -> AnswerPart:
        """Answer some firms: their first k tools as columns, and who got fewer."""
        ranked = self.rank(firms, min(k, len(self.catalog.tool_ids)))
        (rows, places), tested = ranked.places, ranked.tested
        tools, eligibility = ranked.tools[rows, places], tested.eligibility
        blocks, said = None, None
        if contributions and reasons is None:
            blocks = self.block_points(tested, rows, tools)
        if reasons is not None:
            sources, blocks = self.points(tested, rows, tools)
            texts = self.say(tested, rows, tools, sources, eligibility.outcomes_at(rows, tools))
            separator = self.catalog.text("reason_separator", reasons)
            said = [separator.join(text(reasons) for text in parts) for parts in texts]
        return AnswerPart(
            firm=rows,
            rank=places + 1,
            tool=tools,
            status=eligibility.statuses_at(rows, tools),
            score=tested.scores[rows, tools].astype(float),
            n_fit=eligibility.count(FIT),
            n_to_check=eligibility.count(TO_CHECK),
            certainty=self.certain(tested, rows, tools),
            contributions=blocks if contributions else None,
            reasons=said,
            shortfalls=self.shortfalls(ranked, k),
        )

    @cached_property
    def _bands(self) -> tuple[Bands, Bands]:
        """Bands of firms that told a need or a score, and of the others."""
        return (self.bands, self.bands) if self.bands else graded_bands(self.catalog)

    def certain(self, tested: Tested, rows: np.ndarray, tools: np.ndarray) -> np.ndarray:
        """Tell how sure each place is: positions in ``CERTAINTY_KEYS``."""
        firms, (told, little) = tested.firms, self._bands
        knows = ~(np.isnan(firms.needs).all(axis=1) & np.isnan(firms.maturity).all(axis=1))[rows]
        scores = tested.scores[rows, tools]
        band = np.where(knows, certainty(scores, told), certainty(scores, little))
        unseen: np.ndarray = np.where(ageing(self.catalog).status_old[tools], np.maximum(band, LIKELY), band)
        return unseen  # who graded did not look whether a tool still runs

    def best_firms(self, firms: Firms, tool: int, n: int, chunk_size: int) -> np.ndarray:
        """Return the positions of the firms that one tool fits best, at most n, of equal ones the first."""
        scores = np.full(len(firms), -np.inf)
        for start in range(0, len(firms), chunk_size):
            rows = slice(start, start + chunk_size)
            tested = self.test(firms.take(rows))
            eligible = tested.eligibility.recommendable[:, tool]
            scores[rows] = np.where(eligible, tested.scores[:, tool], -np.inf)
        best = np.argsort(-scores, kind="stable")[:n]
        return best[np.isfinite(scores[best])]

    def shortfalls(self, ranked: Ranked, k: int) -> Shortfalls:
        """Say why some firms have fewer than k tools."""
        missing = ranked.missing + k - ranked.tools.shape[1]
        return explain_shortfalls(missing, k, ranked.tested.eligibility, self.rules, self.catalog)

    def points(self, tested: Tested, rows: np.ndarray, tools: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the contributions of pairs by source and by block."""
        in_place = self.in_place(tested.firms)[rows]
        sources = self.explainer.by_source(tested.encoded[rows], in_place, tools)
        blocks = self.explainer.blocks(sources)
        return sources, self.explainer.contributions(blocks, tested.scores[rows, tools])

    def block_points(self, tested: Tested, rows: np.ndarray, tools: np.ndarray) -> np.ndarray:
        """Return the contributions of pairs by block."""
        blocks = self.explainer.by_block(tested.encoded, self.in_place(tested.firms), rows, tools)
        return self.explainer.contributions(blocks, tested.scores[rows, tools])

    def say(
        self, tested: Tested, rows: np.ndarray, tools: np.ndarray, sources: np.ndarray, outcomes: np.ndarray
    ) -> list[tuple[Text, ...]]:
        """Return up to three reasons of each pair."""
        blocks = self.explainer.blocks(sources)
        pairs = Pairs(
            firms=tested.firms,
            rows=rows,
            tools=tools,
            outcomes=outcomes,
            of_source=lambda name: sources[:, self.explainer.sources.index(name)],
            of_block=lambda name: blocks[:, BLOCKS.index(name)],
            expected=self.encoder.expected.of(tested.firms),
        )
        return self.reasons.of(pairs)

    def explanation_frame(self, tested: Tested, columns: np.ndarray, reasons: str | None) -> pd.DataFrame:
        """Explain every firm and some tools as a table, by firm and then in the order of the tools."""
        rows = np.repeat(np.arange(len(tested.firms)), len(columns))
        tools = np.tile(columns, len(tested.firms))
        sources, blocks = self.points(tested, rows, tools)
        outcomes = tested.eligibility.outcomes_at(rows, tools)
        frame = {
            COMPANY_ID: tested.firms.company_id[rows],
            TOOL_ID: np.array(self.catalog.tool_ids, dtype=object)[tools],
            STATUS: np.array(STATUSES, dtype=object)[tested.eligibility.statuses()[rows, tools]],
            SCORE: tested.scores[rows, tools],
            **{CONTRIBUTION_PREFIX + block: blocks[:, at] for at, block in enumerate(BLOCKS)},
            FAILED: self._named(outcomes == FAIL),
            UNKNOWN_RULES: self._named(outcomes == UNKNOWN),
        }
        if reasons is not None:
            separator = self.catalog.text("reason_separator", reasons)
            texts = self.say(tested, rows, tools, sources, outcomes)
            frame[REASONS] = [separator.join(text(reasons) for text in parts) for parts in texts]
        return pd.DataFrame(frame)

    def _named(self, marks: np.ndarray) -> np.ndarray:
        """Join the names of the rules that are marked, of shape (n_rules, n_pairs), for each pair."""
        distinct, which = np.unique(marks, axis=1, return_inverse=True)
        names = [
            LIST_SEPARATOR.join(rule.name for rule, mark in zip(self.rules, marked, strict=True) if mark)
            for marked in distinct.T
        ]
        return np.array(names, dtype=object)[which.ravel()]

    def explain(self, tested: Tested, rows: np.ndarray, tools: np.ndarray) -> tuple[Explanation, ...]:
        """Explain pairs of a firm and a tool, all in one go."""
        sources, blocks = self.points(tested, rows, tools)
        outcomes = tested.eligibility.outcomes_at(rows, tools)
        said = self.say(tested, rows, tools, sources, outcomes)
        statuses = tested.eligibility.statuses()
        expectations = {row: tuple(self._expectations(tested.firms, row)) for row in set(rows.tolist())}
        implied = {row: implied_facts(tested.firms, self.catalog, row) for row in expectations}
        return tuple(
            Explanation(
                tool=self._tool(tool),
                status=STATUSES[statuses[row, tool]],
                score=float(tested.scores[row, tool]),
                rules=self._rule_results(tested.firms, row, tool, outcomes[:, at]),
                contributions=dict(zip(BLOCKS, blocks[at].tolist(), strict=True)),
                expectations=expectations[row],
                implied=implied[row],
                said=said[at],
                citation=citations_of(self.catalog).of(self.catalog.tool_ids[tool]),
                words=self.words,
            )
            for at, (row, tool) in enumerate(zip(rows.tolist(), tools.tolist(), strict=True))
        )

    def explain_list(self, ranked: Ranked) -> tuple[Explanation, ...]:
        """Explain the list of one firm, each tool with those that do the same job and stand behind it."""
        tested, (rows, places) = ranked.tested, ranked.places
        found = self.explain(tested, rows, ranked.tools[rows, places])
        eligible = tested.eligibility.recommendable
        beside = alternatives(ranked.tools, tested.scores, eligible, self.balance, n=MAX_NAMED)[0]
        names = [
            tuple(self._tool(column).name for column in columns if column != NO_TOOL)
            for columns in beside[places].tolist()
        ]
        return tuple(replace(one, alternatives=said) for one, said in zip(found, names, strict=True))

    def _tool(self, column: int) -> Tool:
        """Return a tool as an object."""
        return self.catalog.tool(self.catalog.tool_ids[column])

    def _expectations(self, firms: Firms, row: int) -> list[dict[str, object]]:
        """Return the needs that are expected of one firm, with their sources."""
        return self.encoder.expected.sources(firms.take(slice(row, row + 1)))

    def _rule_results(
        self, firms: Firms, row: int, tool: int, outcomes: np.ndarray
    ) -> tuple[RuleResult, ...]:
        """Say what each rule says of one pair."""
        firm = firms if len(firms) == 1 else firms.take(slice(row, row + 1))
        return tuple(
            RuleResult(
                name=rule.name,
                outcome=OUTCOMES[outcome],
                relaxable=rule.relaxable,
                label=rule.title,
                gap=None if outcome == PASS else gap_of(rule, firm, tool, outcome),
            )
            for rule, outcome in zip(self.rules, outcomes.tolist(), strict=True)
        )
