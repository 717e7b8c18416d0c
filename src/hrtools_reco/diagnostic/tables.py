"""Tables of answers: many firms scored at once, whatever version each of them answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid, unknown_name
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import INSTALLED
from hrtools_reco.diagnostic.answers import AnswerSheet, check_columns, read_answers
from hrtools_reco.diagnostic.form import Form
from hrtools_reco.diagnostic.measures import QUESTIONNAIRE_VERSION, as_columns, join_lists, measure
from hrtools_reco.exceptions import InvalidTableError, Reject
from hrtools_reco.firms import headcounts_of, is_missing


def questions_of(form: Form, version: str) -> tuple[str, ...]:
    """Return the questions of a version that can be read, or raise.

    Parameters
    ----------
    form : Form
        The questionnaire.
    version : str
        A version.

    Returns
    -------
    tuple of str
        Its questions.

    Raises
    ------
    UnknownNameError
        If the version is neither this one nor one that links lead from.
    """
    if version == form.version:
        return tuple(form.codes)
    if version not in form.links.versions:
        right = "the version of the questionnaire, or one that it reads"
        raise unknown_name("version", version, (form.version, *form.links.versions), right)
    return form.links.questions(version)


def read_sheet(table: pd.DataFrame, version: str, headcount: np.ndarray, form: Form) -> AnswerSheet:
    """Read answers to any version as answers to this one.

    Parameters
    ----------
    table : DataFrame
        One row for each firm; columns are questions and facts.
    version : str
        Version that was answered.
    headcount : ndarray of shape (n_firms,)
        Headcounts; NaN where not known.
    form : Form
        The questionnaire.

    Returns
    -------
    AnswerSheet
        The answers, and the cells that are none.
    """
    read = form.links.translate(table, version, form.version)
    return read_answers(read.answers, form.codes, form.facts["fact"], headcount)


def by_version(answers: pd.DataFrame, form: Form) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each version that rows of a table answered, with these rows; an empty cell is this version."""
    if QUESTIONNAIRE_VERSION not in answers or answers.empty:
        yield form.version, np.arange(len(answers))
        return
    said = [form.version if is_missing(cell) else str(cell) for cell in answers[QUESTIONNAIRE_VERSION]]
    for version in dict.fromkeys(said):
        questions_of(form, version)
        yield version, np.flatnonzero(np.array(said, dtype=object) == version)


def score_table(answers: pd.DataFrame, form: Form, catalog: Catalog) -> pd.DataFrame:
    """Score the answers of many firms; see ``Questionnaire.score_frame``."""
    known = checked_columns(answers, form)
    headcount, refused = headcounts_told(answers, catalog)
    parts = []
    for version, rows in by_version(answers, form):
        part = answers.iloc[rows]
        own = [name for name in (*questions_of(form, version), *form.facts["fact"]) if name in part]
        sheet = read_sheet(part[own], version, headcount[rows], form)
        refused += [replace(reject, row=int(rows[reject.row])) for reject in sheet.rejects]
        columns = as_columns(measure(sheet, form), form, pd.Index(rows))
        if INSTALLED in part:
            lists = [
                cells.fillna("").to_numpy(dtype=object) for cells in (part[INSTALLED], columns[INSTALLED])
            ]
            columns[INSTALLED] = join_lists(lists, pd.Index(rows))
        parts.append(pd.DataFrame(columns))
    if refused:
        raise InvalidTableError(sorted(refused, key=lambda reject: reject.row))
    scored = (pd.concat(parts) if len(parts) > 1 else parts[0]).sort_index().set_axis(answers.index)
    read = {*known, INSTALLED, QUESTIONNAIRE_VERSION}
    carried = answers[[name for name in answers.columns if name not in read]]
    for name in carried.columns:
        if name in scored:
            raise invalid("answers", "a table without the columns that scoring writes", name)
    return pd.concat([carried, scored], axis=1)


def headcounts_told(answers: pd.DataFrame, catalog: Catalog) -> tuple[np.ndarray, list[Reject]]:
    """Return the headcount of each firm, NaN where it is not known, and the cells that hold none."""
    try:
        return headcounts_of(answers, catalog), []
    except InvalidTableError as error:
        return np.full(len(answers), np.nan), list(error.rejects)


def checked_columns(answers: pd.DataFrame, form: Form) -> set[str]:
    """Refuse a table without questions, and columns that are doubled or misspelt; return those to read."""
    twice = answers.columns[answers.columns.duplicated()]
    if len(twice):
        raise invalid("answers", "a table that names each column once", twice[0])
    questions = {
        name: None for version, _ in by_version(answers, form) for name in questions_of(form, version)
    }
    check_columns(answers.columns, questions, form.facts["fact"])
    known = {*questions, *form.facts["fact"]}
    if not known.intersection(answers.columns):
        example = next(iter(form.codes))
        raise invalid(
            "answers", f"a table with questions as columns, such as {example!r}", list(answers.columns)
        )
    return known
