"""The recommender: profile in, rules, scores, ranks and reasons out."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from os import PathLike
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from hrtools_reco._checks import (
    check_choice,
    check_count,
    check_flag,
    check_mapping,
    check_number,
    check_path,
    invalid,
)
from hrtools_reco.advice import (
    ACTIONABLE,
    CHANGEABLE,
    Conflicts,
    NextQuestion,
    Relaxations,
    Roadmap,
    WhatIf,
    conflicts,
    describe_question,
    plan,
    rank_questions,
    relaxation_frame,
    relaxations,
    what_if,
)
from hrtools_reco.answer import (
    Basis,
    BatchRecommendations,
    Engine,
    Explanation,
    Explanations,
    Recommendation,
    Recommendations,
    ToolComparison,
    batch_recommendations,
    join_parts,
)
from hrtools_reco.catalog import Catalog, catalog_of, versions_of
from hrtools_reco.columns import COMPANY_ID, FAILED, RANK, RULE_PREFIX, STATUS, TOOL_ID
from hrtools_reco.exceptions import Reject
from hrtools_reco.files import Archive, write_archive
from hrtools_reco.firms import (
    CompanyProfile,
    Firms,
    Names,
    narrowed,
    profile_of,
    read_adoptions,
    read_companies,
)
from hrtools_reco.metrics import ndcg_at_k
from hrtools_reco.model import (
    CERTAINTY_KEYS,
    Bands,
    History,
    LinearModel,
    Neighbours,
    ProfileEncoder,
    learn_history,
    prior_weights,
)
from hrtools_reco.not_fitted import check_fitted
from hrtools_reco.rules import (
    FIT,
    OUTCOMES,
    STATUSES,
    TO_CHECK,
    Rule,
    bundled_rules,
    evaluate_rules,
    with_requests,
)
from hrtools_reco.tables import TableKind, as_it_came, is_table, kind_of_rows, read_any_table
from hrtools_reco.texts import LANGUAGES

CHUNK_SIZE = 8192
SCORED_PLACES = 10
_LEAST_ALPHA = 1e-6


class ToolRecommender(BaseEstimator):
    """Recommend tools to firms by rules and a linear similarity model.

    Parameters
    ----------
    catalog : Catalog, optional
        Catalog of tools and judgement. ``None`` is the bundled one.
    rules : sequence of Rule, optional
        Rules that every recommended tool must not fail. ``None`` is ``bundled_rules`` with the next four
        parameters, which are ignored if ``rules`` is given.
    kinds : sequence of str, optional
        Keep tools of some kinds only, such as ``["software"]``; ``None`` keeps all.
    pillar : {"recruitment", "training"}, optional
        Keep one pillar only.
    tool_language : str, optional, default="fr"
        ISO 639-1 code of the language that a tool must have; ``None`` asks for none.
    hosting : sequence of {"saas", "self_hosted"}, optional
        Accepted hosting of software; ``None`` accepts all.
    max_per_function : int or "catalog", optional, default="catalog"
        Largest number of tools with the same first function in a list: ``"catalog"`` takes that of the table
        ``settings``, ``None`` is no cap.
    alpha_profile, alpha_tools : float, default=1.0
        With history: how strongly effects of the profile, and of tools in place, are held back. 1 holds them
        back as far as the counts ask for, 10 ten times as much; above 0.

    Attributes
    ----------
    catalog_ : Catalog
        The catalog in use.
    rules_ : list of Rule
        The rules in use.
    encoder_ : ProfileEncoder
        Encoder of the profiles.
    engine_ : Engine
        The stages put together.
    model_ : LinearModel
        Weights of the expert prior, and of what history adds, in points.
    bands_ : Bands or None
        Scores from which a place is sure or likely, as held-out firms of the history bear out; ``None``
        without history, or with too little of it.
    n_firms_ : int
        Firms of the history; 0 without one.

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
        kinds: Sequence[str] | None = None,
        pillar: str | None = None,
        *,
        tool_language: str | None = "fr",
        hosting: Sequence[str] | None = None,
        max_per_function: int | str | None = "catalog",
        alpha_profile: float = 1.0,
        alpha_tools: float = 1.0,
    ) -> None:
        self.catalog = catalog
        self.rules = rules
        self.kinds = kinds
        self.pillar = pillar
        self.tool_language = tool_language
        self.hosting = hosting
        self.max_per_function = max_per_function
        self.alpha_profile = alpha_profile
        self.alpha_tools = alpha_tools

    def fit(self, profiles: Any = None, adoptions: Any = None, shown: Any = None) -> Self:
        """Read the expert prior, and sharpen it by adoption if there is some.

        A pair that a rule excludes teaches nothing, whatever was adopted.

        Parameters
        ----------
        profiles : DataFrame or sequence of CompanyProfile, optional
            Firms whose adoption is known.
        adoptions : DataFrame, ndarray or sparse array, optional
            What they adopted, from 0 to 1: a long frame ``company_id, tool_id[, value]``, a wide frame with
            a column for each tool (its rows in the order of the firms, or indexed by ``company_id``), or an
            array of shape (n_firms, n_tools) with the columns of ``catalog_.tool_ids``.
        shown : DataFrame, ndarray or sparse array, optional
            Which tools each firm could see, in the same shapes; above 0 is shown. Outside of it nothing is
            learned. ``None``: each firm could see all tools, so what it did not adopt it did not want.

        Returns
        -------
        ToolRecommender
            The fitted recommender; an earlier fit is forgotten.

        Raises
        ------
        InvalidTableError
            If a cell of the firms or of the adoption is wrong; row, column and value are named.
        InvalidValueError
            If a parameter is wrong, a firm or a tool is unknown, only one of profiles and adoptions is given,
            or ``shown`` without them.
        """
        if isinstance(self.max_per_function, str):
            right = 'a whole number of tools, "catalog" or None'
            check_choice("max_per_function", self.max_per_function, ("catalog",), right)
        elif self.max_per_function is not None:
            check_count("max_per_function", self.max_per_function, unit="of tools")
        if (profiles is None) != (adoptions is None):
            given = "profiles" if adoptions is None else "adoptions"
            raise invalid("profiles and adoptions", "given together, or neither", f"{given} only")
        if shown is not None and adoptions is None:
            raise invalid("shown", "given with profiles and adoptions", "shown only")
        self.catalog_ = catalog_of(self.catalog)
        encoder, prior = _expert_prior(self.catalog_)
        self.encoder_, self.model_, self.n_firms_ = encoder, LinearModel(prior=prior), 0
        self.neighbours_: Neighbours | None = None
        self.bands_: Bands | None = None
        self.rules_ = self._rules()
        if profiles is not None:
            self._learn(self._firms(profiles), adoptions, shown)
        self._assemble()
        return self

    def _learn(self, firms: Firms, adoptions: Any, shown: Any) -> None:
        """Learn from the adoption of some firms, where the rules allow a tool and the firm could see it.

        What a firm has refused it has seen, and has not adopted.
        """
        adopted = read_adoptions(adoptions, firms.company_id, self.catalog_)
        encoded = self.encoder_.encode(firms)
        nothing = {name: np.zeros_like(getattr(firms, name)) for name in ("installed", "excluded", "refused")}
        before = replace(firms, **nothing)
        observed = evaluate_rules(self.rules_, before).recommendable
        if shown is not None:
            seen = read_adoptions(shown, firms.company_id, self.catalog_).toarray() > 0
            observed = observed & (seen | firms.refused)
        history = History(encoded=encoded, adoption=adopted, observed=observed)
        self.model_, self.bands_ = learn_history(
            history,
            self.model_.prior,
            self.catalog_,
            self.encoder_.features,
            alpha_profile=check_number("alpha_profile", self.alpha_profile, _LEAST_ALPHA),
            alpha_tools=check_number("alpha_tools", self.alpha_tools, _LEAST_ALPHA),
        )
        self.n_firms_ = len(firms)
        self.neighbours_ = Neighbours(company_id=firms.company_id, encoded=encoded, adopted=adopted)

    def _assemble(self) -> None:
        """Put the stages together."""
        self.engine_ = Engine(
            catalog=self.catalog_,
            rules=self.rules_,
            encoder=self.encoder_,
            model=self.model_,
            max_per_function=self._cap(),
            bands=self.bands_,
        )

    def _cap(self) -> int | None:
        """Return the largest number of tools of one function."""
        cap = self.max_per_function
        setting = int(self.catalog_.setting("max_per_function"))
        return setting if cap == "catalog" else None if cap is None else int(cap)

    def _rules(self) -> list[Rule]:
        """Return the rules given, or the bundled ones with the parameters of the recommender."""
        if self.rules is not None:
            return with_requests(self.rules, self.catalog_)
        return bundled_rules(
            self.catalog_,
            kinds=self.kinds,
            pillar=self.pillar,
            tool_language=self.tool_language,
            hosting=self.hosting,
        )

    def recommend(
        self,
        profile: CompanyProfile | Mapping[str, Any],
        k: int = 5,
        *,
        exclude: Names = None,
        only: Names = None,
    ) -> Recommendations:
        """Recommend tools to one firm.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm; a mapping holds the arguments of ``CompanyProfile``.
        k : int, default=5
            Largest number of recommendations, at least 1.
        exclude : str or sequence of str, optional
            What to leave out: tools, or all of a function, a kind or a vendor; beside what the firm itself
            leaves out (``excluded``) or has refused.
        only : str or sequence of str, optional
            What to keep, named in the same way: a tool stays if one of the names stands for it.

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
        self._check_fitted()
        n_wanted = check_count("k", k, unit="of recommendations")
        firm = self._profile(profile)
        asked = narrowed(self._firms(firm), self.catalog_, exclude=exclude, only=only)
        ranked = self.engine_.rank(asked, min(n_wanted, len(self.catalog_.tool_ids)))
        rows, places = ranked.places
        tools, tested = ranked.tools[rows, places], ranked.tested
        explanations = Explanations(lambda: self.engine_.explain_list(ranked))
        statuses = tested.eligibility.statuses_at(rows, tools).tolist()
        sure = self.engine_.certain(tested, rows, tools).tolist()
        found = zip(tools.tolist(), tested.scores[0, tools].tolist(), statuses, sure, strict=True)
        items = [
            Recommendation(
                rank=rank,
                tool=self.catalog_.tool(self.catalog_.tool_ids[tool]),
                score=score,
                status=STATUSES[status],
                part=self.engine_.parts[tool],
                certainty=CERTAINTY_KEYS[band],
                _explanations=explanations,
            )
            for rank, (tool, score, status, band) in enumerate(found, start=1)
        ]
        shortfalls = self.engine_.shortfalls(ranked, n_wanted) if len(items) < n_wanted else None
        return Recommendations(
            firm,
            items,
            n_fit=int(tested.eligibility.count(FIT)[0]),
            n_to_check=int(tested.eligibility.count(TO_CHECK)[0]),
            shortfall=None if shortfalls is None else shortfalls.first(firm.company_id),
            words=self.engine_.words,
            versions=versions_of(self.catalog_),
            day=date.today(),
        )

    def recommend_batch(
        self,
        companies: Any,
        k: int = 5,
        *,
        contributions: bool = False,
        reasons: str | None = None,
        cited: bool = False,
        exclude: Names = None,
        only: Names = None,
        on_error: str = "raise",
        chunk_size: int = CHUNK_SIZE,
    ) -> BatchRecommendations:
        """Recommend tools to many firms.

        Parameters
        ----------
        companies : table or sequence of CompanyProfile or of mappings
            A table of pandas, polars, Arrow or anything with the Arrow interface (extra ``frames``), one firm
            a row; or profiles. ``company_id``, ``branch`` and one of ``headcount`` and ``headcount_band`` are
            needed, all other columns of a profile may be there.
        k : int, default=5
            Largest number of recommendations of a firm, at least 1.
        contributions : bool, default=False
            Whether to add a column for each block of contributions; they sum to ``score``.
        reasons : {"fr", "en"}, optional
            Whether to add a column ``reasons``, and in which language.
        cited : bool, default=False
            Whether to add columns with name, kind, homepage, price (in the language of ``reasons``, else in
            French) and main page of each tool.
        exclude, only : str or sequence of str, optional
            What to leave out for all firms, or to keep; see ``recommend``.
        on_error : {"raise", "collect"}, default="raise"
            Whether a wrong cell stops all, or puts its firm among the ``rejects``.
        chunk_size : int, default=8192
            Firms that are worked on at a time; it bounds the memory and changes no answer.

        Returns
        -------
        BatchRecommendations
            A plain table with one row for each recommendation, the firms that got fewer than ``k``, and the
            refused ones: every firm is accounted for. The tables are of the kind that came in.

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
        >>> hr.ToolRecommender().fit().recommend_batch(firms, k=2).frame["rank"].tolist()
        [1, 2]
        """
        self._check_fitted()
        n_wanted = check_count("k", k, unit="of recommendations")
        size = check_count("chunk_size", chunk_size, unit="of firms")
        check_choice("on_error", on_error, ("raise", "collect"), '"raise" or "collect"')
        if reasons is not None:
            check_choice("reasons", reasons, LANGUAGES, '"fr", "en" or None')
        check_flag("contributions", contributions)
        check_flag("cited", cited)
        table, kind = _opened(companies)
        read, rejects = self._read(table, on_error=on_error)
        firms = narrowed(read, self.catalog_, exclude=exclude, only=only)
        parts = [
            self.engine_.answer(firms.take(rows), n_wanted, contributions=contributions, reasons=reasons)
            for rows in _chunks(len(firms), size)
        ]
        basis = Basis(firms=firms, rules=self.rules_, catalog=self.catalog_)
        return batch_recommendations(
            join_parts(parts),
            rejects,
            n_wanted,
            basis,
            kind,
            cited_in=(reasons or LANGUAGES[0]) if cited else None,
        )

    def eligibility(
        self,
        companies: Any,
        *,
        wide: bool = False,
        by_rule: bool = False,
    ) -> Any:
        """Tell the status of every firm and tool.

        Parameters
        ----------
        companies : table, sequence, CompanyProfile or mapping
            The firms, as in ``recommend_batch``.
        wide : bool, default=False
            Whether to return one row for each firm and one column for each tool.
        by_rule : bool, default=False
            Whether to add, to the long form, a column ``rule_<name>`` with the outcome of each rule.

        Returns
        -------
        DataFrame, or table of the kind that came in
            Long: ``company_id, tool_id, status``. Wide: statuses, indexed by ``company_id`` (a column where
            tables have no index).

        Raises
        ------
        InvalidTableError
            If a cell is wrong.
        InvalidValueError
            If ``wide`` and ``by_rule`` are both asked for.
        NotFittedError
            If ``fit`` was not called.
        """
        self._check_fitted()
        if all([check_flag("wide", wide), check_flag("by_rule", by_rule)]):
            raise invalid("by_rule", "False with wide=True: outcomes by rule need the long form", by_rule)
        table, kind = _opened(companies)
        firms = self._firms(table)
        found = evaluate_rules(self.rules_, firms)
        statuses = np.array(STATUSES, dtype=object)[found.statuses()]
        if wide:
            index = pd.Index(firms.company_id, name=COMPANY_ID)
            columns = pd.Index(self.catalog_.tool_ids, name=TOOL_ID)
            by_tool = pd.DataFrame(statuses, index=index, columns=columns)
            return by_tool if kind is None else as_it_came(by_tool.reset_index(), kind)
        rows, tools = np.divmod(np.arange(statuses.size), statuses.shape[1])
        long = {
            COMPANY_ID: firms.company_id[rows],
            TOOL_ID: np.array(self.catalog_.tool_ids, dtype=object)[tools],
            STATUS: statuses.ravel(),
        }
        if by_rule:
            outcomes = np.array(OUTCOMES, dtype=object)[found.outcomes_at(rows, tools)]
            long |= {RULE_PREFIX + rule.name: outcomes[at] for at, rule in enumerate(self.rules_)}
        return as_it_came(pd.DataFrame(long), kind)

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
        self._check_fitted()
        column = self.catalog_.position(tool_id)
        tested = self.engine_.test(self._firms(self._profile(profile)))
        return self.engine_.explain(tested, np.array([0]), np.array([column]))[0]

    def explain_batch(
        self, companies: Any, tools: Sequence[str] | None = None, *, reasons: str | None = None
    ) -> Any:
        """Explain many firms and tools as a table.

        Parameters
        ----------
        companies : table, sequence, CompanyProfile or mapping
            The firms, as in ``recommend_batch``.
        tools : sequence of str, optional
            Keys of the tools; ``None`` explains all.
        reasons : {"fr", "en"}, optional
            Whether to add a column ``reasons``, and in which language.

        Returns
        -------
        DataFrame, or table of the kind that came in
            One row for each firm and tool: ``company_id, tool_id, status, score``, ``contribution_<block>``
            (their sum is ``score``), ``failed`` and ``unknown`` (names of rules joined by ``|``).

        Raises
        ------
        InvalidTableError
            If a cell is wrong.
        UnknownNameError
            If the catalog holds no such tool.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> firms = [{"company_id": "a", "branch": "couture", "headcount": 12}]
        >>> found = hr.ToolRecommender().fit().explain_batch(firms, ["moodle", "flatchr"])
        >>> [row["tool_id"] for row in found]
        ['moodle', 'flatchr']
        """
        self._check_fitted()
        if reasons is not None:
            check_choice("reasons", reasons, LANGUAGES, '"fr", "en" or None')
        wanted = self.catalog_.tool_ids if tools is None else tuple(tools)
        columns = np.array([self.catalog_.position(tool_id) for tool_id in wanted], dtype=np.int64)
        table, kind = _opened(companies)
        found = self.engine_.explanation_frame(self.engine_.test(self._firms(table)), columns, reasons)
        return as_it_came(found, kind)

    def firms_for(self, tool_id: str, companies: Any, n: int = 10, *, reasons: str = "fr") -> Any:
        """Find the firms that a tool fits best.

        Parameters
        ----------
        tool_id : str
            Key of the tool.
        companies : table, sequence, CompanyProfile or mapping
            The firms, as in ``recommend_batch``.
        n : int, default=10
            Most firms, at least 1.
        reasons : {"fr", "en"}, default="fr"
            Language of the reasons.

        Returns
        -------
        DataFrame, or table of the kind that came in
            One row a firm, best first, in the order of the input where scores are equal: ``rank, company_id,
            tool_id, status, score``, ``contribution_<block>``, ``unknown`` (rules to be asked about, joined
            by ``|``) and ``reasons``. Firms for which a rule fails are not among them.

        Raises
        ------
        InvalidTableError
            If a cell is wrong.
        UnknownNameError
            If the catalog holds no such tool.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> firms = hr.simulate_firms(300, seed=4)
        >>> found = hr.ToolRecommender().fit().firms_for("moodle", firms, n=3)
        >>> found["rank"].tolist(), bool(found["score"].is_monotonic_decreasing)
        ([1, 2, 3], True)
        """
        self._check_fitted()
        n_wanted = check_count("n", n, unit="of firms")
        check_choice("reasons", reasons, LANGUAGES, '"fr" or "en"')
        column = np.array([self.catalog_.position(tool_id)])
        table, kind = _opened(companies)
        firms = self._firms(table)
        best = self.engine_.best_firms(firms, int(column[0]), n_wanted, CHUNK_SIZE)
        tested = self.engine_.test(firms.take(best if len(best) else np.array([0])))
        found = self.engine_.explanation_frame(tested, column, reasons).head(len(best))
        found.insert(0, RANK, np.arange(1, len(found) + 1))
        return as_it_came(found.drop(columns=FAILED), kind)

    def compare(
        self, profile: CompanyProfile | Mapping[str, Any], tool_a: str, tool_b: str
    ) -> ToolComparison:
        """Hold two tools side by side for one firm.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm.
        tool_a, tool_b : str
            Keys of the tools.

        Returns
        -------
        ToolComparison
            Both explanations, the points and the rules in which they differ.

        Raises
        ------
        UnknownNameError
            If the catalog holds no such tool.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> firm = {"branch": "couture", "headcount": 60, "needs": {"hiring": 75}}
        >>> hr.ToolRecommender().fit().compare(firm, "flatchr", "taleez").first.tool.tool_id
        'flatchr'
        """
        self._check_fitted()
        columns = np.array([self.catalog_.position(tool_id) for tool_id in (tool_a, tool_b)])
        tested = self.engine_.test(self._firms(self._profile(profile)))
        first, second = self.engine_.explain(tested, np.zeros(2, dtype=np.int64), columns)
        return ToolComparison(first=first, second=second)

    def save(self, folder: str | PathLike[str], *, include_firms: bool = True) -> None:
        """Save the fitted recommender: JSON, CSV and arrays, never pickle.

        Parameters
        ----------
        folder : path-like
            A new or empty folder, or that of an earlier saved recommender, which is replaced. It is written
            whole or not at all.
        include_firms : bool, default=True
            Whether to save the firms of the history, which ``similar_companies`` needs.

        Raises
        ------
        InvalidValueError
            If the folder holds anything else, or the recommender has rules of its own: code is not saved.
        NotFittedError
            If ``fit`` was not called.
        """
        self._check_fitted()
        if self.rules is not None:
            right = "None to be saved: rules are code; give them again after loading"
            raise invalid("rules", right, [rule.name for rule in self.rules])
        arrays = {
            name: array
            for name in ("prior", "history", "between")
            if (array := getattr(self.model_, name)) is not None
        }
        if self.bands_ is not None:
            arrays["bands"] = self.bands_.to_array()
        companies: tuple[str, ...] = ()
        if include_firms and self.neighbours_ is not None:
            adopted = self.neighbours_.adopted
            arrays["firms"] = self.neighbours_.encoded
            arrays["adopted_values"], arrays["adopted_columns"] = adopted.data, adopted.indices
            arrays["adopted_starts"] = adopted.indptr
            companies = tuple(self.neighbours_.company_id.tolist())
        parameters = {
            name: value for name, value in self.get_params().items() if name not in ("catalog", "rules")
        }
        archive = Archive(parameters=parameters, catalog=self.catalog_, arrays=arrays, company_ids=companies)
        write_archive(archive, check_path("folder", folder))

    def restore(
        self,
        *,
        encoder: ProfileEncoder,
        model: LinearModel,
        neighbours: Neighbours | None,
        bands: Bands | None = None,
    ) -> None:
        """Take over what was learnt elsewhere, instead of ``fit``.

        Parameters
        ----------
        encoder : ProfileEncoder
            Encoder of the recommender's catalog.
        model : LinearModel
            Weights.
        neighbours : Neighbours or None
            Firms of the history.
        bands : Bands or None, optional
            Scores from which a place is sure or likely.
        """
        self.catalog_ = catalog_of(self.catalog)
        self.encoder_, self.model_, self.neighbours_, self.bands_ = encoder, model, neighbours, bands
        self.rules_ = self._rules()
        self.n_firms_ = 0 if neighbours is None else len(neighbours.company_id)
        self._assemble()

    def score(self, profiles: Any, adoptions: Any) -> float:
        """Measure the first ten tools against adoption.

        Parameters
        ----------
        profiles : DataFrame
            The firms; tools in place are not counted as hits.
        adoptions : DataFrame, ndarray or sparse array
            What they adopted, as in ``fit``.

        Returns
        -------
        float
            Mean nDCG@10 over the firms that adopted something, from 0 to 1; NaN if none did.

        Raises
        ------
        InvalidTableError, InvalidValueError
            As in ``fit``.
        NotFittedError
            If ``fit`` was not called.
        """
        self._check_fitted()
        firms = self._firms(profiles)
        adopted = read_adoptions(adoptions, firms.company_id, self.catalog_).toarray()
        relevance = np.where(self.engine_.in_place(firms), 0.0, adopted)
        values = ndcg_at_k(relevance, self.engine_.rank(firms, SCORED_PLACES).tools, k=SCORED_PLACES)
        return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")

    def relax(self, profile: CompanyProfile | Mapping[str, Any], k: int = 5) -> Relaxations:
        """Find the minimal sets of relaxable rules to give up, and what each unlocks.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm.
        k : int, default=5
            Largest number of tools shown of a set, at least 1.

        Returns
        -------
        Relaxations
            Sets of at most three rules, the smallest first, each with the tools that fail just these; rules
            of law, retirement and readiness are never among them.

        Raises
        ------
        InvalidValueError
            If a value is wrong.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> len(hr.ToolRecommender().fit().relax({"branch": "couture", "headcount": 12})[0].rules)
        1
        """
        self._check_fitted()
        n_wanted = check_count("k", k, unit="of tools")
        firm = self._profile(profile)
        return relaxations(self.engine_, firm, self._firms(firm), n_wanted)

    def relax_batch(self, companies: Any, k: int = 5) -> Any:
        """Find, for many firms, the minimal sets of relaxable rules to give up.

        Parameters
        ----------
        companies : table, sequence, CompanyProfile or mapping
            The firms, as in ``recommend_batch``.
        k : int, default=5
            Largest number of tools shown of a set, at least 1.

        Returns
        -------
        DataFrame, or table of the kind that came in
            One row for each set and tool, by firm: ``company_id, set`` (from 1, the smallest first, as in
            ``relax``), ``rules`` (joined by ``|``), ``n_unlocked, rank, tool_id, score, status``. A firm
            that no rule is in the way of has no row.

        Raises
        ------
        InvalidTableError
            If a cell is wrong.
        InvalidValueError
            If a value is wrong.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> firms = hr.simulate_firms(20, seed=3)
        >>> found = hr.ToolRecommender().fit().relax_batch(firms, k=1)
        >>> found.groupby("company_id")["set"].first().unique().tolist()
        [1]
        """
        self._check_fitted()
        n_wanted = check_count("k", k, unit="of tools")
        table, kind = _opened(companies)
        firms = self._firms(table)
        parts = [
            relaxation_frame(self.engine_, self.engine_.test(firms.take(rows)), n_wanted)
            for rows in _chunks(len(firms), CHUNK_SIZE)
        ]
        return as_it_came(pd.concat(parts, ignore_index=True), kind)

    def conflicts(
        self,
        profile: CompanyProfile | Mapping[str, Any],
        *,
        exclude: Names = None,
        only: Names = None,
    ) -> Conflicts:
        """Find the minimal sets of relaxable rules that together leave a firm without any tool.

        Each set shuts out all by itself; to open a way, one rule of each must be given up. A firm is
        seldom left without any tool; of one function, kind or vendor (``only``) it often is.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm.
        exclude, only : str or sequence of str, optional
            What to leave out, or to keep; see ``recommend``.

        Returns
        -------
        Conflicts
            The sets, the smallest first; none if some tool may be recommended, or if law, retirement and
            readiness bar all.

        Raises
        ------
        InvalidValueError
            If a value is wrong.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> recommender = hr.ToolRecommender().fit()
        >>> firm = {"branch": "couture", "headcount": 12, "budget_eur_per_year": 0}
        >>> print(recommender.conflicts(firm, only="immersive").to_text("en"))
        No tool remains; each of these lines is enough to bar them all
          Within the budget
          Worth it at this size
        """
        self._check_fitted()
        firm = self._profile(profile)
        firms = narrowed(self._firms(firm), self.catalog_, exclude=exclude, only=only)
        return conflicts(self.engine_, firm, self.engine_.test(firms))

    def what_if(
        self,
        profile: CompanyProfile | Mapping[str, Any],
        tool_id: str,
        *,
        actionable: Sequence[str] = ACTIONABLE,
        max_changes: int | None = None,
    ) -> WhatIf:
        """Find the fewest changes of a profile that make a tool fit.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm.
        tool_id : str
            Key of the tool.
        actionable : sequence of str, default=("maturity", "facts", "budget_eur_per_year", "installed")
            Fields that the firm can change; what is not known may always be confirmed. Another headcount is
            proposed only where ``"headcount"`` is among them.
        max_changes : int, optional
            Most changes and confirmations that are proposed, at least 1; ``None`` is no bound.

        Returns
        -------
        WhatIf
            What to change or to confirm, the changed profile, and its status by running the rules again;
            where nothing that the firm does helps within these bounds, no change, and the reasons.

        Raises
        ------
        InvalidValueError
            If ``max_changes`` is no whole number of at least 1.
        UnknownNameError
            If the catalog holds no such tool, or ``actionable`` names no field that a rule can ask for.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> found = hr.ToolRecommender().fit().what_if({"branch": "couture", "headcount": 6}, "walt")
        >>> [(change.field, change.key, change.after) for change in found.changes]
        [('facts', 'internet', True)]
        """
        self._check_fitted()
        for field in actionable:
            check_choice("actionable", field, CHANGEABLE, "a field of the profile that a rule can ask for")
        most = None if max_changes is None else check_count("max_changes", max_changes, unit="of changes")
        position = self.catalog_.position(tool_id)
        return what_if(
            self.engine_, self._profile(profile), position, actionable=tuple(actionable), max_changes=most
        )

    def roadmap(self, profile: CompanyProfile | Mapping[str, Any]) -> Roadmap:
        """Plan what a firm takes up now, next and later.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm.

        Returns
        -------
        Roadmap
            Tools by stage with the maturity steps between; every step was run through the rules on the firm
            as it is by then, and the firm after each stage is kept.

        Raises
        ------
        InvalidValueError
            If a value is wrong.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> roadmap = hr.ToolRecommender().fit().roadmap({"branch": "couture", "headcount": 4})
        >>> len(roadmap.stage("now"))
        2
        """
        self._check_fitted()
        return plan(self.engine_, self._profile(profile))

    def next_questions(
        self,
        profile: CompanyProfile | Mapping[str, Any],
        n: int = 3,
        *,
        answers: Mapping[str, str] | None = None,
    ) -> tuple[NextQuestion, ...]:
        """Find the questions whose answers would change the recommended list most.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm, as far as it is known.
        n : int, default=3
            Largest number of questions, at least 1.
        answers : mapping of str to str, optional
            Answers to the questionnaire so far: option code by question. They are not asked again, and an
            unfinished dimension is tried with them.

        Returns
        -------
        tuple of NextQuestion
            The largest gain first; questions that change nothing come last, none if all is known.

        Raises
        ------
        InvalidValueError
            If a value is wrong.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> recommender = hr.ToolRecommender().fit()
        >>> len(recommender.next_questions({"branch": "footwear", "headcount": 12}, n=2))
        2
        """
        self._check_fitted()
        n_wanted = check_count("n", n, unit="of questions")
        given = (
            {} if answers is None else check_mapping("answers", answers, "a mapping of questions to answers")
        )
        ranked = rank_questions(self.engine_, self._firms(profile), given)
        return tuple(describe_question(self.catalog_, *question) for question in ranked[:n_wanted])

    def similar_companies(self, profile: CompanyProfile | Mapping[str, Any], n: int = 5) -> pd.DataFrame:
        """Find the firms of the history that are most like one firm, and what they use.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm.
        n : int, default=5
            Largest number of firms, at least 1.

        Returns
        -------
        DataFrame
            ``company_id``, ``similarity`` (cosine of the encoded profiles, from 0 to 1) and ``tools`` (keys
            joined by ``|``), the most similar first.

        Raises
        ------
        InvalidValueError
            If the recommender was fitted without history.
        NotFittedError
            If ``fit`` was not called.
        """
        self._check_fitted()
        n_wanted = check_count("n", n, unit="of firms")
        if self.neighbours_ is None:
            raise invalid("adoptions", "given to fit: similar firms are those of the history", None)
        encoded = self.encoder_.encode(self._firms(profile))
        return self.neighbours_.nearest(encoded, n_wanted, self.catalog_.tool_ids)

    def _check_fitted(self) -> None:
        """Raise ``NotFittedError`` before ``fit``; the whole search of scikit-learn only then."""
        if not hasattr(self, "engine_"):
            check_fitted(self, "engine_")

    def _profile(self, profile: CompanyProfile | Mapping[str, Any]) -> CompanyProfile:
        """Return a profile given as such or as a mapping."""
        return profile_of(profile, self.catalog_)

    def _firms(self, companies: Any) -> Firms:
        """Return firms, whatever they come as."""
        return self._read(companies, on_error="raise")[0]

    def _read(self, companies: Any, *, on_error: str) -> tuple[Firms, tuple[Reject, ...]]:
        """Return firms, and what is refused of them."""
        firms, _, rejects = read_companies(companies, self.catalog_, on_error=on_error)
        return firms, rejects


def _opened(companies: Any) -> tuple[Any, TableKind | None]:
    """Return a table of any library as pandas, and what it was; anything else as it is."""
    if is_table(companies):
        return read_any_table(companies, "companies")
    return companies, kind_of_rows(companies)


def _chunks(n_firms: int, size: int) -> list[slice]:
    """Cut firms into slices that are worked on one after the other; without firms there is an empty one."""
    return [slice(start, start + size) for start in range(0, max(n_firms, 1), size)]


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


def recommend(
    profile: CompanyProfile | Mapping[str, Any],
    k: int = 5,
    *,
    exclude: Names = None,
    only: Names = None,
) -> Recommendations:
    """Recommend tools of the bundled catalog to one firm.

    Parameters
    ----------
    profile : CompanyProfile or mapping
        The firm; a mapping holds the arguments of ``CompanyProfile``.
    k : int, default=5
        Largest number of recommendations, at least 1.
    exclude, only : str or sequence of str, optional
        What to leave out, or to keep: tools, or all of a function, a kind or a vendor.

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
    return _bundled_recommender().recommend(profile, k=k, exclude=exclude, only=only)
