"""Questions as they are put to a head of firm, and which of them a form asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from hrtools_reco.catalog import Catalog
from hrtools_reco.diagnostic.answers import DONT_KNOW, NOT_APPLICABLE
from hrtools_reco.diagnostic.form import Form
from hrtools_reco.texts import LANGUAGES, Text
from hrtools_reco.views import Record

FACTS = "facts"
CORE, FULL = "core", "full"
FORMS = (CORE, FULL)
_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Option(Record):
    """One answer.

    Attributes
    ----------
    code : str
        Option code; ``"true"`` or ``"false"`` for a fact.
    text : Text
        The answer.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.load_questionnaire().question("RE2").options[0]
    Option(code='o0', text=Text(fr='Nulle part', en='Nowhere'))
    """

    code: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class Question(Record):
    """One question with its answers.

    Attributes
    ----------
    code : str
        Code of the question, or key of the fact.
    block : str
        Dimension or need that it belongs to; ``"facts"`` for a fact.
    core : bool
        Whether it is in the short form.
    text : Text
        The question.
    help : Text or None
        A line that explains it.
    proof : Text or None
        What an adviser can ask to see.
    options : tuple of Option
        Its answers, from the lowest; where several are true, the last true one counts.
    open_options : tuple of Option
        "We do not know" and "does not concern us": always there, never points.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> question = hr.load_questionnaire().question("RE2")
    >>> question.text("en"), question.open_options[1].text("en")
    ('Where do you note the applications that you get?', 'We have looked for nobody in five years')
    """

    code: str
    block: str
    core: bool
    text: Text
    help: Text | None
    proof: Text | None
    options: tuple[Option, ...]
    open_options: tuple[Option, ...]


def list_questions(form: Form, catalog: Catalog) -> dict[str, Question]:
    """Return every question, then every fact, by code and in order.

    Parameters
    ----------
    form : Form
        The questionnaire.
    catalog : Catalog
        Catalog of the common words.

    Returns
    -------
    dict of str to Question
        The questions.
    """
    words = {key: Text(*(catalog.text(key, lang) for lang in LANGUAGES)) for key in _COMMON}
    dont_know = Option(code=DONT_KNOW, text=words["answer_dont_know"])
    options = {
        question: tuple(
            Option(code=row["option"], text=_text(row, "text")) for row in rows.to_dict("records")
        )
        for question, rows in form.options.groupby("question", sort=False)
    }
    found = {}
    for row in form.questions.to_dict("records"):
        closed = _either(row, "not_applicable") or words["answer_not_applicable"]
        found[row["question"]] = Question(
            code=row["question"],
            block=row["block"],
            core=bool(row["core"]),
            text=_text(row, "text"),
            help=_either(row, "help"),
            proof=_either(row, "proof"),
            options=options[row["question"]],
            open_options=(dont_know, Option(code=NOT_APPLICABLE, text=closed)),
        )
    truths = tuple(Option(code=code, text=words[f"answer_{code}"]) for code in ("true", "false"))
    closed_option = Option(code=NOT_APPLICABLE, text=words["answer_not_applicable"])
    for row in form.facts.to_dict("records"):
        found[row["fact"]] = Question(
            code=row["fact"],
            block=FACTS,
            core=bool(row["core"]),
            text=_text(row, "question"),
            help=None,
            proof=None,
            options=truths,
            open_options=(dont_know, closed_option),
        )
    return found


_COMMON = ("answer_dont_know", "answer_not_applicable", "answer_true", "answer_false")


def told_by_answers(form: Form) -> frozenset[str]:
    """Return the facts that one question always tells, one way or the other: no form asks them again."""
    return frozenset(
        fact for fact, rows in form.read_facts.items() if len(rows) == 1 and rows[0][1] == rows[0][2]
    )


def of_form(questions: Iterable[Question], form: Form, length: str) -> tuple[Question, ...]:
    """Return the questions of a form that is filled in as a whole: needs, dimensions, facts.

    Parameters
    ----------
    questions : iterable of Question
        All questions, in order.
    form : Form
        The questionnaire.
    length : {"core", "full"}
        The short form or the whole.

    Returns
    -------
    tuple of Question
        Its questions; facts that another of them always tells are left out, the others come last: an answer
        may settle them before they are asked.
    """
    told = told_by_answers(form)
    asked = [one for one in questions if (one.core or length == FULL) and one.code not in told]
    needs = [one for one in asked if one.block in form.needs]
    facts = [one for one in asked if one.block == FACTS]
    return (*needs, *(one for one in asked if one.block in form.axes), *facts)


def minutes_to_fill(questions: Iterable[Question], lang: str, catalog: Catalog) -> float:
    """Reckon how long a form takes: its words read aloud, and the time to choose each answer.

    Parameters
    ----------
    questions : iterable of Question
        The questions.
    lang : {"fr", "en"}
        Language.
    catalog : Catalog
        Catalog of the settings ``reading_words_per_minute`` and ``seconds_per_answer``.

    Returns
    -------
    float
        Minutes.
    """
    n_words, n_questions = 0, 0
    for one in questions:
        said = [one.text, *([one.help] if one.help else []), *(option.text for option in one.options)]
        n_words += sum(len(text(lang).split()) for text in said)
        n_questions += 1
    choosing = n_questions * catalog.setting("seconds_per_answer") / _SECONDS
    return n_words / catalog.setting("reading_words_per_minute") + choosing


def _text(row: Mapping[Any, Any], name: str) -> Text:
    """Return a text of a row in both languages."""
    return Text(str(row[f"{name}_fr"]), str(row[f"{name}_en"]))


def _either(row: Mapping[Any, Any], name: str) -> Text | None:
    """Return a text of a row, None where it is empty."""
    return None if pd.isna(row[f"{name}_fr"]) else _text(row, name)
