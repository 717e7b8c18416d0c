"""The questionnaire: answers in, maturity, needs and facts out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import pandas as pd

from hrtools_reco._checks import invalid, unknown_name
from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.columns import INSTALLED
from hrtools_reco.diagnostic.answers import answer_error, check_columns, read_answers
from hrtools_reco.diagnostic.form import Form, read_form
from hrtools_reco.diagnostic.measures import as_columns, as_score, join_lists, measure
from hrtools_reco.diagnostic.progress import Progress, progress_between
from hrtools_reco.diagnostic.score import DiagnosticScore
from hrtools_reco.exceptions import InvalidTableError
from hrtools_reco.tables import as_it_came, read_any_table


class Questionnaire:
    """The questions of the diagnostic and the way they are scored.

    Parameters
    ----------
    form : Form
        The tables, as `from_catalog` reads them.

    Attributes
    ----------
    questions, options : DataFrame
        The tables of the catalog, in the order of the form.
    core : tuple of str
        The questions of the short form.
    version : str
        Version, stored with every score.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> questionnaire = hr.load_questionnaire()
    >>> questionnaire.version, len(questionnaire.questions), len(questionnaire.core)
    ('0.1', 35, 14)
    """

    def __init__(self, form: Form) -> None:
        self._form = form

    def __repr__(self) -> str:
        return f"Questionnaire({len(self._form.questions)} questions, version {self.version})"

    @classmethod
    def from_catalog(cls, catalog: Catalog) -> Self:
        """Read the questionnaire of a catalog.

        Parameters
        ----------
        catalog : Catalog
            A catalog, or any object whose ``table(name)`` gives its tables.

        Returns
        -------
        Questionnaire
            The questionnaire.

        Raises
        ------
        CatalogError
            If a question belongs nowhere, has no answers, or a dimension can never be scored.
        """
        return cls(read_form(catalog))

    @property
    def questions(self) -> pd.DataFrame:
        """The questions, one row each, in the order of the form."""
        return self._form.questions.copy()

    @property
    def options(self) -> pd.DataFrame:
        """The answers of each question, from the lowest."""
        return self._form.options.copy()

    @property
    def core(self) -> tuple[str, ...]:
        """The questions of the short form."""
        questions = self._form.questions
        return tuple(questions.loc[questions["core"].astype(bool), "question"])

    @property
    def version(self) -> str:
        """Version of the questionnaire."""
        return self._form.about["version"]

    def score(self, answers: Mapping[str, object]) -> DiagnosticScore:
        """Score the answers of one firm.

        Parameters
        ----------
        answers : mapping of str to object
            Option code by question (``{"RE1": "o2"}``). None, ``"dont_know"``, ``"not_applicable"`` and a
            question left out are missing, never zero. A fact may be answered by its own name
            (``{"work_email": True}``); this goes before what the other answers say.

        Returns
        -------
        DiagnosticScore
            Maturity, level and coverage by dimension, needs, facts, and what is missing for a score.

        Raises
        ------
        UnknownNameError
            If a question or an option is unknown; the nearest are named.
        InvalidValueError
            If a fact is answered by anything but yes or no.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> score = hr.load_questionnaire().score({"RE1": "o2", "RE2": "o1", "TR1": "o3"})
        >>> score.maturity["recruitment"], score.level["recruitment"]
        (37.5, 2)
        >>> score.missing["training"].note_en
        'No score yet in “Training”: answer TR2 as well.'
        """
        if not isinstance(answers, Mapping):
            raise invalid("answers", "a mapping of questions to option codes", answers)
        known = [*self._form.numbers, *self._form.facts]
        for question in answers:
            if question not in known:
                raise unknown_name("question", question, known, "a question of the questionnaire, or a fact")
        table = pd.DataFrame(
            {name: pd.Series([value], dtype=object) for name, value in answers.items()}, index=[0]
        )
        sheet = read_answers(table, self._form.numbers, self._form.facts)
        for reject in sheet.rejects:
            raise answer_error(reject.column, answers[reject.column], self._form.numbers.get(reject.column))
        return as_score(measure(sheet, self._form), sheet, self._form)

    def score_frame(self, answers: Any) -> Any:
        """Score the answers of many firms.

        Parameters
        ----------
        answers : table
            Of any library: one row for each firm, one column for each question (or fact) answered, cells
            as in `score`. Other columns (``company_id``, ``branch``, ``headcount`` …) are carried over.

        Returns
        -------
        DataFrame, or table of the kind that came in
            Same rows and index: the columns carried over, then ``maturity_<dimension>``,
            ``level_<dimension>``, ``coverage_<dimension>``, ``need_<need>``, ``has_<fact>``, ``installed``
            (functions served already, joined by ``|`` to what stood there), ``to_answer`` (fewest questions
            that would give the missing scores) and ``questionnaire_version``. With ``company_id``, branch and
            headcount it is a table of firms.

        Raises
        ------
        InvalidTableError
            If a cell is no answer; ``rejects`` lists every one.
        InvalidValueError
            If no question is a column, or a column is misspelt, doubled, or would be overwritten.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> answers = pd.DataFrame({"company_id": ["a", "b"], "IT1": ["o4", "o0"], "IT2": ["o4", None]})
        >>> hr.load_questionnaire().score_frame(answers)[["company_id", "maturity_it_base", "has_internet"]]
          company_id  maturity_it_base  has_internet
        0          a             100.0          True
        1          b               NaN         False
        """
        table, kind = read_any_table(answers, "answers")
        return as_it_came(self._scored(table), kind)

    def _scored(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Score the answers of a pandas frame."""
        self._check_frame(answers)
        sheet = read_answers(answers, self._form.numbers, self._form.facts)
        if sheet.rejects:
            raise InvalidTableError(sheet.rejects)
        columns = as_columns(measure(sheet, self._form), self._form, answers.index)
        if INSTALLED in answers:
            stated = [
                cells.fillna("").to_numpy(dtype=object) for cells in (answers[INSTALLED], columns[INSTALLED])
            ]
            columns[INSTALLED] = join_lists(stated, answers.index)
        read = {*self._form.numbers, *self._form.facts, INSTALLED}
        carried = answers[[name for name in answers.columns if name not in read]]
        for name in carried.columns:
            if name in columns:
                raise invalid("answers", "a table without the columns that scoring writes", name)
        return pd.concat([carried, pd.DataFrame(columns, index=answers.index)], axis=1)

    def compare(self, first: DiagnosticScore, second: DiagnosticScore) -> Progress:
        """Show the progress of a firm, dimension by dimension, on the questions answered both times.

        Scores of two versions are comparable this way: a question keeps its code as long as it keeps its
        meaning.

        Parameters
        ----------
        first, second : DiagnosticScore
            The earlier and the later diagnostic, of any version of this questionnaire.

        Returns
        -------
        Progress
            Scores before and after on the common questions, and the change.

        Raises
        ------
        InvalidValueError
            If a score comes from another questionnaire.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> questionnaire = hr.load_questionnaire()
        >>> first = questionnaire.score({"RE1": "o1", "RE2": "o1"})
        >>> second = questionnaire.score({"RE1": "o3", "RE2": "o2", "RE4": "o4"})
        >>> questionnaire.compare(first, second).change["recruitment"]
        37.5
        """
        own = self._form.about["questionnaire"]
        for name, score in (("first", first), ("second", second)):
            if score.questionnaire != own:
                raise invalid(name, f"a score of the questionnaire {own!r}", score.questionnaire)
        return progress_between(first, second, self._form)

    def _check_frame(self, answers: pd.DataFrame) -> None:
        """Refuse a table without questions, and columns that are doubled or misspelt."""
        twice = answers.columns[answers.columns.duplicated()]
        if len(twice):
            raise invalid("answers", "a table that names each column once", twice[0])
        check_columns(answers.columns, self._form.numbers, self._form.facts)
        known = {*self._form.numbers, *self._form.facts}
        if not known.intersection(answers.columns):
            example = next(iter(self._form.numbers))
            raise invalid(
                "answers", f"a table with questions as columns, such as {example!r}", list(answers.columns)
            )


def load_questionnaire(catalog: Catalog | None = None) -> Questionnaire:
    """Load the questionnaire of the diagnostic.

    Parameters
    ----------
    catalog : Catalog, optional
        Catalog that holds it. ``None`` is the bundled one.

    Returns
    -------
    Questionnaire
        The questionnaire.

    Raises
    ------
    CatalogError
        If the tables of the questionnaire do not fit together.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.load_questionnaire()
    Questionnaire(35 questions, version 0.1)
    """
    return Questionnaire.from_catalog(load_catalog() if catalog is None else catalog)
