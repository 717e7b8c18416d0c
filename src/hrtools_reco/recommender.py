"""The recommender: profile in, rules, scores, ranks and reasons out."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from hrtools_reco._checks import check_choice, check_count, invalid
from hrtools_reco.bundled_rules import bundled_rules
from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.columns import COMPANY_ID, STATUS, TOOL_ID
from hrtools_reco.encoding import BLOCKS, ProfileEncoder
from hrtools_reco.expert_prior import prior_weights
from hrtools_reco.explanation import Explainer
from hrtools_reco.profiles import CompanyProfile, ProfileTable, profile_table, read_companies
from hrtools_reco.ranking import rank_tools, round_scores
from hrtools_reco.results import Explanation, Recommendation, Recommendations, RuleResult
from hrtools_reco.rules import (
    FIT,
    OUTCOMES,
    PASS,
    STATUSES,
    TO_CHECK,
    Eligibility,
    Rule,
    evaluate_rules,
)
from hrtools_reco.tables import Ranked, explain_shortfalls, recommendation_frame
from hrtools_reco.tool_arrays import primary_functions

CHUNK_SIZE = 4096


class ToolRecommender(BaseEstimator):
    """Recommend tools to firms by rules and a linear similarity model.

    Parameters
    ----------
    catalog : Catalog, optional
        Catalog of tools and judgement. ``None`` is the bundled one.
    rules : sequence of Rule, optional
        Rules that every recommended tool must not fail. ``None`` is ``bundled_rules`` with the next three
        parameters, which are then ignored if ``rules`` is given.
    pillar : {"recruitment", "training"}, optional
        Keep one pillar only.
    language : str, optional, default="fr"
        ISO 639-1 code of the language that a tool must have; ``None`` asks for none.
    hosting : sequence of {"saas", "self_hosted"}, optional
        Accepted hosting of software; ``None`` accepts all.
    max_per_function : int, optional, default=2
        Largest number of tools with the same first function in a list; ``None`` is no cap.

    Attributes
    ----------
    catalog_ : Catalog
        The catalog in use.
    rules_ : list of Rule
        The rules in use.
    encoder_ : ProfileEncoder
        Encoder of the profiles.
    prior_weights_, weights_ : ndarray of shape (n_features, n_tools)
        Weights of the expert prior, and of the model, in points.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> recommender = hr.ToolRecommender().fit()
    >>> profile = hr.CompanyProfile(branch="leather_goods", headcount=18, needs={"hiring": 75})
    >>> recommender.recommend(profile, k=3)[0].tool.kind
    'public_service'
    """

    def __init__(
        self,
        catalog: Catalog | None = None,
        rules: Sequence[Rule] | None = None,
        *,
        pillar: str | None = None,
        language: str | None = "fr",
        hosting: Sequence[str] | None = None,
        max_per_function: int | None = 2,
    ) -> None:
        self.catalog = catalog
        self.rules = rules
        self.pillar = pillar
        self.language = language
        self.hosting = hosting
        self.max_per_function = max_per_function

    def fit(self, profiles: object = None, adoptions: object = None) -> Self:
        """Read the expert prior.

        Parameters
        ----------
        profiles, adoptions : None
            Reserved for adoption history.

        Returns
        -------
        ToolRecommender
            The fitted recommender.

        Raises
        ------
        InvalidValueError
            If a parameter is wrong.
        """
        if self.max_per_function is not None:
            check_count("max_per_function", self.max_per_function, unit="of tools")
        self.catalog_ = self.catalog or load_catalog()
        self.rules_ = list(self.rules) if self.rules is not None else self._bundled()
        self.encoder_, self.prior_weights_ = _expert_prior(self.catalog_)
        self.weights_ = self.prior_weights_
        self._explainer = Explainer(self.catalog_, self.encoder_, self.weights_)
        functions = self.catalog_.keys("functions")
        self._functions = np.array([functions.index(name) for name in primary_functions(self.catalog_)])
        return self

    def _bundled(self) -> list[Rule]:
        """Return the bundled rules with the parameters of the recommender."""
        return bundled_rules(self.catalog_, pillar=self.pillar, language=self.language, hosting=self.hosting)

    def recommend(self, profile: CompanyProfile | Mapping[str, Any], k: int = 5) -> Recommendations:
        """Recommend tools to one firm.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm; a mapping holds the arguments of ``CompanyProfile``.
        k : int, default=5
            Largest number of recommendations, at least 1.

        Returns
        -------
        Recommendations
            At most ``k`` tools, best first; fewer with a ``shortfall``.

        Raises
        ------
        InvalidValueError
            If a value is wrong.
        NotFittedError
            If ``fit`` was not called.
        """
        check_is_fitted(self)
        n_wanted = check_count("k", k, unit="of recommendations")
        firm = self._profile(profile)
        table = profile_table([firm], self.catalog_)
        ranked = self._rank(table, n_wanted)
        shortfalls = explain_shortfalls(ranked, table, self.rules_, self.catalog_, self.max_per_function)
        items = [
            Recommendation(
                rank=rank,
                tool=self.catalog_.tool(self.catalog_.tool_ids[tool]),
                score=float(score),
                status=STATUSES[status],
                _explain=functools.partial(self._explain, table, int(tool)),
            )
            for rank, (tool, score, status) in enumerate(ranked.of_firm(0), start=1)
        ]
        return Recommendations(
            firm,
            items,
            n_fit=int(ranked.n_fit[0]),
            n_to_check=int(ranked.n_to_check[0]),
            shortfall=shortfalls[0] if shortfalls else None,
            catalog=self.catalog_,
        )

    def recommend_frame(
        self,
        companies: pd.DataFrame,
        k: int = 5,
        *,
        contributions: bool = False,
        reasons: str | None = None,
        on_error: str = "raise",
        chunk_size: int = CHUNK_SIZE,
    ) -> pd.DataFrame:
        """Recommend tools to many firms.

        Parameters
        ----------
        companies : DataFrame
            One firm a row; ``company_id``, ``branch`` and one of ``headcount`` and ``headcount_band`` are
            needed, all other columns of a profile may be there.
        k : int, default=5
            Largest number of recommendations of a firm, at least 1.
        contributions : bool, default=False
            Whether to add a column for each block of contributions; they sum to ``score``.
        reasons : {"fr", "en"}, optional
            Whether to add a column ``reasons``, and in which language.
        on_error : {"raise", "collect"}, default="raise"
            Whether a wrong cell stops all, or puts its row into ``frame.attrs["rejects"]``.
        chunk_size : int, default=4096
            Firms that are worked on at a time; it bounds the memory and changes no answer.

        Returns
        -------
        DataFrame
            One row for each recommendation, in the order of the input and then of rank. Each firm has
            rows, or stands in ``attrs["shortfalls"]`` or ``attrs["rejects"]``.

        Raises
        ------
        InvalidTableError
            If a cell is wrong, with ``on_error="raise"``.
        InvalidValueError
            If a column is missing or misspelt, the table is empty or a parameter is wrong.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import pandas as pd
        >>> import hrtools_reco as hr
        >>> firms = pd.DataFrame({"company_id": ["a"], "branch": ["footwear"], "headcount": [12]})
        >>> hr.ToolRecommender().fit().recommend_frame(firms, k=2)["rank"].tolist()
        [1, 2]
        """
        check_is_fitted(self)
        n_wanted = check_count("k", k, unit="of recommendations")
        size = check_count("chunk_size", chunk_size, unit="of firms")
        check_choice("on_error", on_error, ("raise", "collect"), '"raise" or "collect"')
        if reasons is not None:
            check_choice("reasons", reasons, ("fr", "en"), '"fr", "en" or None')
        table, _, rejects = read_companies(companies, self.catalog_, on_error=on_error)
        parts, shortfalls = [], []
        for start in range(0, len(table), size):
            chunk = table.take(slice(start, start + size))
            ranked = self._rank(chunk, n_wanted)
            parts.append(
                recommendation_frame(
                    ranked,
                    chunk,
                    self.catalog_,
                    self._explainer,
                    contributions=contributions,
                    reasons=reasons,
                )
            )
            shortfalls += explain_shortfalls(ranked, chunk, self.rules_, self.catalog_, self.max_per_function)
        if not parts:
            parts.append(self._empty_frame(contributions=contributions, reasons=reasons, k=n_wanted))
        frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
        frame.attrs["shortfalls"] = [vars(shortfall).copy() for shortfall in shortfalls]
        frame.attrs["rejects"] = [vars(reject).copy() for reject in rejects]
        return frame

    def _empty_frame(self, *, contributions: bool, reasons: str | None, k: int) -> pd.DataFrame:
        """Return the columns of an answer without a firm."""
        one = CompanyProfile(branch=self.catalog_.keys("branches")[0], headcount=1, catalog=self.catalog_)
        table = profile_table([one], self.catalog_)
        return recommendation_frame(
            self._rank(table, k),
            table,
            self.catalog_,
            self._explainer,
            contributions=contributions,
            reasons=reasons,
        ).iloc[:0]

    def eligibility(
        self,
        companies: pd.DataFrame | CompanyProfile | Mapping[str, Any],
        *,
        wide: bool = False,
        by_rule: bool = False,
    ) -> pd.DataFrame:
        """Tell the status of every firm and tool.

        Parameters
        ----------
        companies : DataFrame, CompanyProfile or mapping
            The firms.
        wide : bool, default=False
            Whether to return one row for each firm and one column for each tool.
        by_rule : bool, default=False
            Whether to add, to the long form, one column for each rule with its outcome.

        Returns
        -------
        DataFrame
            Long: ``company_id, tool_id, status``. Wide: statuses, indexed by ``company_id``.

        Raises
        ------
        InvalidTableError
            If a cell is wrong.
        InvalidValueError
            If ``wide`` and ``by_rule`` are both asked for.
        NotFittedError
            If ``fit`` was not called.
        """
        check_is_fitted(self)
        if wide and by_rule:
            raise invalid("by_rule", "False with wide=True: outcomes by rule need the long form", by_rule)
        table = self._table(companies)
        names = np.array(STATUSES, dtype=object)
        statuses = names[evaluate_rules(self.rules_, table).statuses()]
        if wide:
            index = pd.Index(table.company_id, name=COMPANY_ID)
            return pd.DataFrame(statuses, index=index, columns=pd.Index(self.catalog_.tool_ids, name=TOOL_ID))
        n_firms, n_tools = statuses.shape
        long = pd.DataFrame(
            {
                COMPANY_ID: np.repeat(table.company_id, n_tools),
                TOOL_ID: np.tile(np.array(self.catalog_.tool_ids, dtype=object), n_firms),
                STATUS: statuses.ravel(),
            }
        )
        if by_rule:
            outcomes = np.array(OUTCOMES, dtype=object)
            for rule in self.rules_:
                long[rule.name] = np.broadcast_to(outcomes[rule.outcomes(table)], statuses.shape).ravel()
        return long

    def explain(self, profile: CompanyProfile | Mapping[str, Any], tool_id: str) -> Explanation:
        """Explain the status and the score of one tool for one firm.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm.
        tool_id : str
            Key of the tool; it need not be among the recommended ones.

        Returns
        -------
        Explanation
            Status, every rule with its gap, contributions and reasons.

        Raises
        ------
        UnknownNameError
            If the catalog holds no such tool.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> profile = hr.CompanyProfile(branch="couture", headcount=12)
        >>> hr.ToolRecommender().fit().explain(profile, "docebo").status
        'excluded'
        """
        check_is_fitted(self)
        table = profile_table([self._profile(profile)], self.catalog_)
        return self._explain(table, self.catalog_.position(tool_id))

    def _explain(self, table: ProfileTable, tool: int) -> Explanation:
        """Explain one tool for one firm."""
        encoded, tools = self.encoder_.encode(table), np.array([tool])
        scores = self._scores(encoded)[:, tool]
        sources = self._explainer.by_source(encoded, tools)
        blocks = self._explainer.contributions(sources, scores)[0]
        firm = np.array([0])
        return Explanation(
            tool=self.catalog_.tool(self.catalog_.tool_ids[tool]),
            status=STATUSES[evaluate_rules(self.rules_, table).statuses()[0, tool]],
            score=float(scores[0]),
            rules=tuple(self._rule_result(rule, table, tool) for rule in self.rules_),
            contributions=dict(zip(BLOCKS, blocks.tolist(), strict=True)),
            expectations=tuple(self.encoder_.expected.sources(table)),
            _reasons={
                lang: self._explainer.reasons(table, firm, tools, sources, lang)[0] for lang in ("fr", "en")
            },
            _catalog=self.catalog_,
        )

    def _rule_result(self, rule: Rule, table: ProfileTable, tool: int) -> RuleResult:
        """Say what one rule says of one firm and one tool."""
        outcome = int(rule.outcomes(table)[0, tool])
        gaps = {} if outcome == PASS else {lang: rule.gap(table, tool, lang) for lang in ("fr", "en")}
        return RuleResult(
            name=rule.name,
            outcome=OUTCOMES[outcome],
            relaxable=rule.relaxable,
            labels=rule.labels,
            gaps=gaps,
        )

    def _profile(self, profile: CompanyProfile | Mapping[str, Any]) -> CompanyProfile:
        """Return a profile given as such or as a mapping."""
        if isinstance(profile, CompanyProfile):
            return profile
        if isinstance(profile, Mapping):
            return CompanyProfile(**profile, catalog=self.catalog_)
        raise invalid("profile", "a CompanyProfile or a mapping of its fields", profile)

    def _table(self, companies: pd.DataFrame | CompanyProfile | Mapping[str, Any]) -> ProfileTable:
        """Return firms given as a table or as one profile."""
        if isinstance(companies, pd.DataFrame):
            return read_companies(companies, self.catalog_)[0]
        return profile_table([self._profile(companies)], self.catalog_)

    def _scores(self, encoded: np.ndarray) -> np.ndarray:
        """Return scores from 0 to 100, of shape (n_firms, n_tools)."""
        return round_scores(np.minimum(np.maximum(encoded @ self.weights_, 0.0), 100.0))

    def _rank(self, table: ProfileTable, k: int) -> Ranked:
        """Rank the tools of each firm."""
        eligibility: Eligibility = evaluate_rules(self.rules_, table)
        encoded = self.encoder_.encode(table)
        scores = self._scores(encoded)
        recommendable = eligibility.recommendable[eligibility.group]
        tools = rank_tools(
            scores, recommendable, self._functions, k=k, max_per_function=self.max_per_function
        )
        return Ranked(
            tools=tools,
            scores=np.take_along_axis(scores, np.maximum(tools, 0), axis=1),
            statuses=np.take_along_axis(eligibility.statuses(), np.maximum(tools, 0), axis=1),
            n_fit=eligibility.count(FIT),
            n_to_check=eligibility.count(TO_CHECK),
            encoded=encoded,
        )


@functools.lru_cache(maxsize=4)
def _expert_prior(catalog: Catalog) -> tuple[ProfileEncoder, np.ndarray]:
    """Return the encoder and the prior weights of a catalog, made once."""
    encoder = ProfileEncoder(catalog)
    weights = prior_weights(catalog, encoder)
    weights.setflags(write=False)
    return encoder, weights


@functools.lru_cache(maxsize=1)
def _bundled_recommender() -> ToolRecommender:
    """Return a recommender over the bundled catalog, fitted once."""
    return ToolRecommender().fit()


def recommend(profile: CompanyProfile | Mapping[str, Any], k: int = 5) -> Recommendations:
    """Recommend tools of the bundled catalog to one firm.

    Parameters
    ----------
    profile : CompanyProfile or mapping
        The firm; a mapping holds the arguments of ``CompanyProfile``.
    k : int, default=5
        Largest number of recommendations, at least 1.

    Returns
    -------
    Recommendations
        At most ``k`` tools, best first.

    Raises
    ------
    InvalidValueError
        If a value is wrong.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> len(hr.recommend({"branch": "maroquinerie", "headcount": 18}, k=3))
    3
    """
    return _bundled_recommender().recommend(profile, k=k)
