"""What a form can tell while it is filled in: facts that an answer settles, and contradictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog
from hrtools_reco.diagnostic.contradictions import Contradiction
from hrtools_reco.diagnostic.form import Form
from hrtools_reco.diagnostic.maturity import Floats
from hrtools_reco.views import Record

_TRUTHS = ("false", "true")


@dataclass(frozen=True, kw_only=True)
class When:
    """Answers and a headcount, all of which must be given.

    Attributes
    ----------
    clauses : tuple of (str, tuple of str)
        A question or fact, and its answers, one of which is given.
    low, high : float or None
        Bounds of the headcount, which must then be known; None is none.
    """

    clauses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class FormRules(Record):
    """The rules of a form, as plain data that a browser can follow.

    Attributes
    ----------
    settled : tuple of (str, When)
        A fact that need not be asked any more, and when.
    clashes : tuple of (Contradiction, When)
        What does not go together, and when.
    """

    settled: tuple[tuple[str, When], ...]
    clashes: tuple[tuple[Contradiction, When], ...]


def form_rules(form: Form, catalog: Catalog) -> FormRules:
    """Return what a form can tell without scoring: from answers, needs and headcount, not from maturity.

    Parameters
    ----------
    form : Form
        The questionnaire.
    catalog : Catalog
        Catalog with the table ``implied_facts``.

    Returns
    -------
    FormRules
        The rules.
    """
    return FormRules(
        settled=(*_told_by_answers(form), *_implied(form, catalog)), clashes=tuple(_clashes(form))
    )


def _told_by_answers(form: Form) -> Iterator[tuple[str, When]]:
    """Yield when answers to questions tell a fact: one that makes it true, or all that speak against it."""
    questions = list(form.codes)
    for fact, rows in form.read_facts.items():
        against = []
        for column, at_least, below in rows:
            points = form.worth[questions[column]].plain
            yes = _options(form, questions[column], points >= at_least)
            if yes:
                yield fact, When(clauses=((questions[column], yes),))
            against.append((questions[column], _options(form, questions[column], points < below)))
        if against and all(options for _, options in against):
            yield fact, When(clauses=tuple(against))


def _implied(form: Form, catalog: Catalog) -> Iterator[tuple[str, When]]:
    """Yield when a headcount, a need or another fact implies a fact."""
    questions = list(form.codes)
    for row in catalog.table("implied_facts").to_dict("records"):
        low, high = (None if pd.isna(row[name]) else float(row[name]) for name in ("at_least", "at_most"))
        if row["source"] == "headcount":
            yield row["fact"], When(low=low, high=high)
        elif row["source"] == "need":
            name = questions[form.needs[row["key"]]]
            options = _options(form, name, _always_within(form, name, low, high))
            if options:
                yield row["fact"], When(clauses=((name, options),))
        elif row["source"] == "fact":
            within = [at >= (low or 0.0) and at <= (1.0 if high is None else high) for at in (0.0, 1.0)]
            options = tuple(said for said, one in zip(_TRUTHS, within, strict=True) if one)
            yield row["fact"], When(clauses=((row["key"], options),))


def _always_within(form: Form, question: str, low: float | None, high: float | None) -> np.ndarray:
    """Tell which answers to a question are within bounds at every headcount."""
    worth = form.worth[question]
    values: Floats = np.vstack([worth.plain, worth.sized]) if len(worth.sized) else worth.plain[None]
    least = -np.inf if low is None else low
    most = np.inf if high is None else high
    return np.all((values >= least) & (values <= most), axis=0)


def _options(form: Form, question: str, marked: np.ndarray) -> tuple[str, ...]:
    """Return the marked answers of a question."""
    return tuple(np.array(form.codes[question], dtype=object)[marked].tolist())


def _clashes(form: Form) -> Iterator[tuple[Contradiction, When]]:
    """Yield the answers that do not go together."""
    for pair in form.pairs:
        clauses = []
        for clause in pair.clauses:
            options: Sequence[str] = _TRUTHS if clause.is_fact else form.codes[clause.name]
            clauses.append((clause.name, tuple(options[at] for at in clause.answers)))
        bounds = {"low": pair.low, "high": pair.high}
        finite = {name: float(value) if np.isfinite(value) else None for name, value in bounds.items()}
        yield pair.told, When(clauses=tuple(clauses), **finite)
