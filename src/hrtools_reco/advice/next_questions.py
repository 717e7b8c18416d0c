"""The next best question: the one whose answer would change the recommended list most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.answer import Engine
from hrtools_reco.catalog import Catalog
from hrtools_reco.firms import Firms, imply_facts
from hrtools_reco.texts import check_lang

LISTED = 10
_MOST_POINTS = 4.0


@dataclass(frozen=True, kw_only=True)
class NextQuestion:
    """A question that is worth asking.

    Attributes
    ----------
    question : str
        Code of the question, or key of the fact.
    gain : float
        Share of the first ten places that the answer changes, from 0 to 1: the mean over its options.
    text_fr, text_en : str
        The question.
    options : tuple of tuple of str
        Code, French text and English text of each option.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> question = hr.ToolRecommender().fit().next_questions({"branch": "footwear", "headcount": 12})[0]
    >>> 0 <= question.gain <= 1
    True
    """

    question: str
    gain: float
    text_fr: str
    text_en: str
    options: tuple[tuple[str, str, str], ...]

    def text(self, lang: str) -> str:
        """Return the question in a language.

        Parameters
        ----------
        lang : {"fr", "en"}
            Language.

        Returns
        -------
        str
            The question.
        """
        check_lang(lang)
        return self.text_fr if lang == "fr" else self.text_en


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """One possible answer: the array of the profile that it changes, the column, and the value there."""

    question: str
    array: str
    column: int
    value: float


def rank_questions(engine: Engine, profile: Firms, answers: Mapping[str, str]) -> list[tuple[str, float]]:
    """Order the open questions by how much of the list their answers would change.

    Each option is tried on the profile and the tools are ranked again, all in one batch. A list is compared
    by its discounted places; the options of a question count alike. A question of a dimension that is not
    scored yet is tried with the score that it would give with the answers there are.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : Firms
        One firm.
    answers : mapping of str to str
        Option codes of the questions that were answered; these are not asked again.

    Returns
    -------
    list of tuple of str and float
        Question (or fact) and gain from 0 to 1, the largest gain first, then in the order of the form.
    """
    trials = _trials(engine.catalog, profile, answers)
    if not trials:
        return []
    tried = profile.take(np.zeros(len(trials), dtype=np.int64))
    changed = {name: getattr(tried, name).copy() for name in ("maturity", "needs", "facts", "implied")}
    for row, trial in enumerate(trials):
        changed[trial.array][row, trial.column] = trial.value
        if trial.array == "facts":
            changed["implied"][row, trial.column] = -1
    places = _places(engine, imply_facts(replace(tried, **changed), engine.catalog))
    moved = np.abs(places - _places(engine, profile)).sum(axis=1) / 2.0
    gains = pd.Series(moved).groupby([trial.question for trial in trials], sort=False).mean().round(12)
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
    facts = catalog.table("facts").set_index("fact")
    if question in facts.index:
        row = facts.loc[question]
        options = [("true", "oui", "yes"), ("false", "non", "no")]
        texts = [str(row[f"question_{lang}"]) for lang in ("fr", "en")]
    else:
        row = catalog.table("questions").set_index("question").loc[question]
        own = catalog.table("options").query("question == @question").sort_values("position")
        options = list(zip(own["option"], own["text_fr"], own["text_en"], strict=True))
        texts = [str(row[f"text_{lang}"]) for lang in ("fr", "en")]
    return NextQuestion(
        question=question, gain=gain, text_fr=texts[0], text_en=texts[1], options=tuple(options)
    )


def _places(engine: Engine, profiles: Firms) -> np.ndarray:
    """Return the discounted place of each tool in each list; a list sums to 1."""
    tools = engine.rank(profiles, LISTED).tools
    discounts = 1.0 / np.log2(np.arange(LISTED) + 2.0)
    places = np.zeros((len(profiles), len(engine.catalog.tool_ids)))
    firms, ranks = np.nonzero(tools >= 0)
    places[firms, tools[firms, ranks]] = discounts[ranks]
    return places / np.maximum(places.sum(axis=1, keepdims=True), 1e-12)


def _trials(catalog: Catalog, profile: Firms, answers: Mapping[str, str]) -> list[_Trial]:
    """List every option of every open question with what it would change."""
    dimensions, needs = catalog.keys("dimensions"), catalog.keys("needs")
    asked = catalog.table("questions")
    options = {str(name): rows for name, rows in catalog.table("options").groupby("question")}
    need_of = dict(zip(catalog.table("needs")["question"], needs, strict=True))
    trials = []
    for question, block in zip(asked["question"], asked["block"], strict=True):
        if question in answers:
            continue
        if question in need_of and np.isnan(profile.needs[0, needs.index(need_of[question])]):
            column, values = needs.index(need_of[question]), options[question]["urgency"]
            trials += [_Trial(question=question, array="needs", column=column, value=v) for v in values]
        elif block in dimensions and np.isnan(profile.maturity[0, dimensions.index(block)]):
            column = dimensions.index(block)
            for score in _possible_scores(asked, options, answers, question, block):
                trials.append(_Trial(question=question, array="maturity", column=column, value=score))
    for column, fact in enumerate(catalog.keys("facts")):
        if profile.facts[0, column] < 0 and fact not in answers:
            trials += [_Trial(question=fact, array="facts", column=column, value=v) for v in (1.0, 0.0)]
    return trials


def _possible_scores(
    asked: pd.DataFrame, options: Mapping[str, Any], answers: Mapping[str, str], question: str, block: str
) -> list[float]:
    """Return the score of a dimension for each option of a question, with the answers there are."""
    own = asked[asked["block"] == block]
    weight = dict(zip(own["question"], own["weight"], strict=True))
    given = [
        (weight[name], float(options[name].set_index("option").at[answers[name], "points"]))
        for name in weight
        if answers.get(name) in set(options[name]["option"])
    ]
    points = sum(w * p for w, p in given)
    total = sum(w for w, _ in given) + weight[question]
    return [
        100.0 * (points + weight[question] * float(p)) / (_MOST_POINTS * total)
        for p in options[question]["points"]
    ]
