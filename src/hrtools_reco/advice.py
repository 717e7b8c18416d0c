"""What a recommender says beyond the list: what to ask, to give up, to change and to plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from hrtools_reco._checks import check_count, invalid
from hrtools_reco.catalog import Catalog
from hrtools_reco.counterfactual_results import Relaxations, WhatIf
from hrtools_reco.counterfactuals import relaxations, what_if
from hrtools_reco.encoding import ProfileEncoder
from hrtools_reco.engine import Engine
from hrtools_reco.learning.neighbours import Neighbours
from hrtools_reco.profiles import CompanyProfile, ProfileTable, profile_table, read_companies
from hrtools_reco.questions import NextQuestion, describe_question, rank_questions
from hrtools_reco.roadmap import plan
from hrtools_reco.roadmap_results import Roadmap


class AdviceMixin:
    """The questions that a fitted recommender answers about one firm."""

    catalog_: Catalog
    encoder_: ProfileEncoder
    engine_: Engine
    neighbours_: Neighbours | None

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
        check_is_fitted(self)
        n_wanted = check_count("k", k, unit="of tools")
        return relaxations(self.engine_, self._profile(profile), n_wanted)

    def what_if(self, profile: CompanyProfile | Mapping[str, Any], tool_id: str) -> WhatIf:
        """Find the fewest changes of a profile that make a tool fit.

        Parameters
        ----------
        profile : CompanyProfile or mapping
            The firm.
        tool_id : str
            Key of the tool.

        Returns
        -------
        WhatIf
            What to change or to confirm, the changed profile, and its status by running the rules again;
            where nothing that the firm does helps, no change, and the reasons.

        Raises
        ------
        UnknownNameError
            If the catalog holds no such tool.
        NotFittedError
            If ``fit`` was not called.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> found = hr.ToolRecommender().fit().what_if({"branch": "couture", "headcount": 12}, "walt")
        >>> [(change.field, change.key, change.after) for change in found.changes]
        [('facts', 'internet', True)]
        """
        check_is_fitted(self)
        return what_if(self.engine_, self._profile(profile), self.catalog_.position(tool_id))

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
        check_is_fitted(self)
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
        check_is_fitted(self)
        n_wanted = check_count("n", n, unit="of questions")
        ranked = rank_questions(self.engine_, self._table(profile), answers or {})
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
        check_is_fitted(self)
        n_wanted = check_count("n", n, unit="of firms")
        if self.neighbours_ is None:
            raise invalid("adoptions", "given to fit: similar firms are those of the history", None)
        encoded = self.encoder_.encode(self._table(profile))
        return self.neighbours_.nearest(encoded, n_wanted, self.catalog_.tool_ids)

    def _profile(self, profile: CompanyProfile | Mapping[str, Any]) -> CompanyProfile:
        """Return a profile given as such or as a mapping."""
        if isinstance(profile, CompanyProfile):
            return profile
        if isinstance(profile, Mapping):
            return CompanyProfile(**profile, catalog=self.catalog_)
        raise invalid("profile", "a CompanyProfile or a mapping of its fields", profile)

    def _table(self, companies: Any) -> ProfileTable:
        """Return firms given as a table, as profiles or as one profile."""
        if isinstance(companies, pd.DataFrame):
            return read_companies(companies, self.catalog_)[0]
        if isinstance(companies, CompanyProfile | Mapping):
            return profile_table([self._profile(companies)], self.catalog_)
        return profile_table([self._profile(company) for company in companies], self.catalog_)
