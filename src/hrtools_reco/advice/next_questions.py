"""The next best question: the one whose answer would change the recommended list most."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.answer import Engine
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import (
    FACT_PREFIX,
    HEADCOUNT,
    INSTALLED,
    LIST_SEPARATOR,
    MATURITY_PREFIX,
    NEED_PREFIX,
)
from hrtools_reco.diagnostic import Option, Questionnaire, load_questionnaire
from hrtools_reco.firms import Firms, imply_facts, vocabulary_of
from hrtools_reco.texts import Text
from hrtools_reco.views import Result

LISTED = 10


@dataclass(frozen=True, kw_only=True)
class NextQuestion(Result):
    """A question that is worth asking.

    Attributes
    ----------
    question : str
        Code of the question, or key of the fact.
    gain : float
        Share of the first ten places that the answer changes, from 0 to 1: the mean over its options, each
        as likely as it is for firms of this branch and size.
    text : Text
        The question.
    options : tuple of Option
        Its answers.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> question = hr.ToolRecommender().fit().next_questions({"branch": "footwear", "headcount": 12})[0]
    >>> 0 <= question.gain <= 1
    True
    """

    question: str
    gain: float
    text: Text
    options: tuple[Option, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``question, gain, text, options``; of each option ``option`` and ``text``.
        """
        return {
            "question": self.question,
            "gain": self.gain,
            "text": self.text.to_dict(),
            "options": [{"option": one.code, "text": one.text.to_dict()} for one in self.options],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each answer.

        Returns
        -------
        DataFrame
            ``question, gain, option, text_fr, text_en``.
        """
        rows = [(self.question, self.gain, one.code, one.text.fr, one.text.en) for one in self.options]
        return pd.DataFrame(rows, columns=["question", "gain", "option", "text_fr", "text_en"])

    def to_text(self, lang: str = "fr") -> str:
        """Return the question with its answers.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            The question, then one line for each answer.
        """
        return "\n".join([self.text(lang), *(f"  {one.text(lang)}" for one in self.options)])


def rank_questions(engine: Engine, profile: Firms, answers: Mapping[str, str]) -> list[tuple[str, float]]:
    """Order the open questions by how much of the list their answers would change.

    Each option is tried with all that it says (score, need, facts, functions served, and what follows from
    these), and the tools are ranked again, all in one batch. A list is compared by its discounted places; an
    option counts as likely as it is (``Questionnaire.likelihoods``).

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : Firms
        One firm.
    answers : mapping of str to str
        Answers so far; these questions are not asked again.

    Returns
    -------
    list of tuple of str and float
        Question (or fact) and gain from 0 to 1, the largest gain first, then in the order of the form.
    """
    questionnaire = questionnaire_of(engine.catalog)
    start = _with_answers(engine.catalog, profile, [dict(answers)])
    asked = questionnaire.open_questions(
        answers, _known(engine.catalog, start), _known_facts(engine.catalog, start)
    )
    options = {code: [option.code for option in questionnaire.question(code).options] for code in asked}
    trials = [(code, option) for code in asked for option in options[code]]
    if not trials:
        return []
    tried = _with_answers(engine.catalog, profile, [{**answers, code: option} for code, option in trials])
    moved = np.abs(_places(engine, tried) - _places(engine, start)).sum(axis=1) / 2.0
    branch = engine.catalog.keys("branches")[profile.branch[0]]
    likely = questionnaire.likelihoods(branch, _headcount(profile))
    weights = np.array([likely[code][option] for code, option in trials])
    gains = pd.Series(moved * weights).groupby([code for code, _ in trials], sort=False).sum().round(12)
    return sorted(((str(name), float(gain)) for name, gain in gains.items()), key=lambda item: -item[1])


def describe_question(catalog: Catalog, question: str, gain: float) -> NextQuestion:
    """Return a question with its texts.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the questionnaire.
    question : str
        Code of a question, or key of a fact.
    gain : float
        Its gain.

    Returns
    -------
    NextQuestion
        The question.
    """
    one = questionnaire_of(catalog).question(question)
    return NextQuestion(question=question, gain=gain, text=one.text, options=one.options)


@functools.lru_cache(maxsize=4)
def questionnaire_of(catalog: Catalog) -> Questionnaire:
    """Return the questionnaire of a catalog, read once."""
    return load_questionnaire(catalog)


def _headcount(profile: Firms) -> float | None:
    """Return the headcount of a firm, or the lower end of its band; None where it is not known."""
    low, high = profile.headcount_low[0], profile.headcount_high[0]
    return None if low == 0 and np.isinf(high) else float(low)


def _known(catalog: Catalog, firm: Firms) -> set[str]:
    """Return the dimensions and needs that are known of a firm."""
    scored = {
        key for key, value in zip(catalog.keys("dimensions"), firm.maturity[0], strict=True) if value == value
    }
    return scored | {
        key for key, value in zip(catalog.keys("needs"), firm.needs[0], strict=True) if value == value
    }


def _known_facts(catalog: Catalog, firm: Firms) -> set[str]:
    """Return the facts that are known of a firm, stated or implied."""
    return {key for key, value in zip(catalog.keys("facts"), firm.facts[0], strict=True) if value >= 0}


def _with_answers(catalog: Catalog, profile: Firms, answers: list[dict[str, str]]) -> Firms:
    """Return a firm once for each set of answers, with all that they say; a stated fact goes first."""
    rows = np.zeros(len(answers), dtype=np.int64)
    firms = profile.take(rows)
    told = [one for one in answers if one]
    if not told:
        return firms
    size = _headcount(profile)
    table = pd.DataFrame(answers, dtype=object).assign(**{HEADCOUNT: size})
    scored = questionnaire_of(catalog).score_frame(table)
    maturity, needs, facts = (
        scored[[prefix + key for key in catalog.keys(name)]].to_numpy(dtype=float, na_value=np.nan)
        for prefix, name in ((MATURITY_PREFIX, "dimensions"), (NEED_PREFIX, "needs"), (FACT_PREFIX, "facts"))
    )
    stated = (firms.facts >= 0) & (firms.implied < 0)
    read = ~np.isnan(facts) & ~stated
    installed = firms.installed.copy()
    places = vocabulary_of(catalog).places
    for row, cell in enumerate(scored[INSTALLED]):
        for name in cell.split(LIST_SEPARATOR) if isinstance(cell, str) else ():
            installed[row, places[name]] = True
    changed = replace(
        firms,
        maturity=np.where(np.isnan(maturity), firms.maturity, maturity),
        estimated=firms.estimated & np.isnan(maturity),
        needs=np.where(np.isnan(needs), firms.needs, needs),
        facts=np.where(read, np.nan_to_num(facts), firms.facts).astype(np.int8),
        implied=np.where(read, -1, firms.implied).astype(np.int16),
        installed=installed,
    )
    return imply_facts(changed, catalog)


def _places(engine: Engine, firms: Firms) -> np.ndarray:
    """Return the discounted place of each tool in each list; a list sums to 1."""
    tools = engine.rank(firms, LISTED).tools
    discounts = 1.0 / np.log2(np.arange(LISTED) + 2.0)
    places = np.zeros((len(firms), len(engine.catalog.tool_ids)))
    rows, ranks = np.nonzero(tools >= 0)
    places[rows, tools[rows, ranks]] = discounts[ranks]
    return places / np.maximum(places.sum(axis=1, keepdims=True), 1e-12)
