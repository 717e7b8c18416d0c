"""The questionnaire: answers in, maturity, needs and facts out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_choice, check_number, invalid, unknown_name
from hrtools_reco.catalog import Catalog, catalog_of
from hrtools_reco.columns import HEADCOUNT
from hrtools_reco.diagnostic.answers import answer_error
from hrtools_reco.diagnostic.form import Form, read_form
from hrtools_reco.diagnostic.form_rules import FormRules, form_rules
from hrtools_reco.diagnostic.likelihood import answer_shares
from hrtools_reco.diagnostic.measures import as_score, measure
from hrtools_reco.diagnostic.progress import Progress, progress_between
from hrtools_reco.diagnostic.progress_tables import progress_table
from hrtools_reco.diagnostic.question import CORE, FORMS, Question, list_questions, minutes_to_fill, of_form
from hrtools_reco.diagnostic.score import DiagnosticScore
from hrtools_reco.diagnostic.tables import questions_of, read_sheet, score_table
from hrtools_reco.exceptions import as_text
from hrtools_reco.firms import is_missing
from hrtools_reco.tables import as_it_came, read_any_table
from hrtools_reco.texts import check_lang

_LARGEST = 500_000
_RIGHT = "a question of the questionnaire, or a fact"


class Questionnaire:
    """The questions of the diagnostic and the way they are scored.

    Parameters
    ----------
    form : Form
        The tables, as `from_catalog` reads them.
    catalog : Catalog
        Catalog that they were read from.

    Attributes
    ----------
    questions, options : DataFrame
        The tables of the catalog, in the order of the form.
    core : tuple of str
        The questions of the short form; the facts that it asks besides are among those of ``form("core")``.
    version : str
        Version, stored with every score.
    readable_versions : tuple of str
        Older versions whose answers are read as well.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> questionnaire = hr.load_questionnaire()
    >>> questionnaire.version, len(questionnaire.questions), len(questionnaire.core)
    ('2.0', 35, 20)
    """

    def __init__(self, form: Form, catalog: Catalog) -> None:
        self._form = form
        self._catalog = catalog

    def __repr__(self) -> str:
        return f"Questionnaire({len(self._form.questions)} questions, version {self.version})"

    @classmethod
    def from_catalog(cls, catalog: Catalog) -> Self:
        """Read the questionnaire of a catalog.

        Parameters
        ----------
        catalog : Catalog
            The catalog.

        Returns
        -------
        Questionnaire
            The questionnaire.

        Raises
        ------
        CatalogError
            If a question belongs nowhere, has no answers, or a dimension can never be scored.
        """
        return cls(read_form(catalog), catalog)

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
        return self._form.version

    @property
    def readable_versions(self) -> tuple[str, ...]:
        """Older versions whose answers are read as well."""
        return self._form.links.versions

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return list_questions(self._form, self._catalog)

    def question(self, code: str) -> Question:
        """Return one question, or the question of a fact.

        Parameters
        ----------
        code : str
            Code of the question, or key of the fact.

        Returns
        -------
        Question
            Its texts and answers.

        Raises
        ------
        UnknownNameError
            If there is no such question; the nearest are named.
        """
        if code not in self._questions:
            raise unknown_name(
                "question", code, self._questions, "a question of the questionnaire, or a fact"
            )
        return self._questions[code]

    def form(self, length: str = CORE) -> tuple[Question, ...]:
        """Return the questions of a form that is filled in as a whole.

        Parameters
        ----------
        length : {"core", "full"}, default="core"
            The short form, or all questions.

        Returns
        -------
        tuple of Question
            Needs, then the dimensions, then facts that no other answer always tells.

        Raises
        ------
        UnknownNameError
            If the length is neither.
        """
        check_choice("length", length, FORMS)
        return of_form(self._questions.values(), self._form, length)

    @cached_property
    def form_rules(self) -> FormRules:
        """What a form can tell while it is filled in: facts that need not be asked, and contradictions."""
        return form_rules(self._form, self._catalog)

    def minutes(self, length: str = CORE, lang: str = "fr") -> float:
        """Reckon how long a form takes: its words read aloud, and the time to choose each answer.

        Parameters
        ----------
        length : {"core", "full"}, default="core"
            The form.
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        float
            Minutes, by the settings ``reading_words_per_minute`` and ``seconds_per_answer`` of the catalog.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> questionnaire = hr.load_questionnaire()
        >>> questionnaire.minutes("core") < 11 and questionnaire.minutes("full") < 25
        True
        """
        return minutes_to_fill(self.form(length), check_lang(lang), self._catalog)

    def likelihoods(
        self, branch: str | None = None, headcount: float | None = None
    ) -> dict[str, dict[str, float]]:
        """Return how likely each answer is for a firm of a branch and size.

        They are read from the graded and the simulated firms: **invented** firms, good enough to choose which
        question to ask next, no evidence about a branch.

        Parameters
        ----------
        branch : str, optional
            Key of a branch; its firms count more.
        headcount : float, optional
            Employees, at least 0; firms of a like size count more.

        Returns
        -------
        dict of str to dict of str to float
            For each question (and fact) the share of each option; they sum to 1.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> likely = hr.load_questionnaire().likelihoods(headcount=140)
        >>> likely["internet"]["true"] > 0.9
        True
        """
        shares = answer_shares(self._form, self._catalog, branch, headcount)
        codes = {
            question: [option.code for option in one.options] for question, one in self._questions.items()
        }
        return {
            question: dict(zip(codes[question], own.tolist(), strict=True))
            for question, own in shares.items()
        }

    def open_questions(
        self, answers: Mapping[str, object], known: Collection[str], facts: Collection[str]
    ) -> tuple[str, ...]:
        """Return the questions that are worth asking of a firm of which something is known.

        Parameters
        ----------
        answers : mapping of str to object
            Answers so far; what was answered, "I don't know" included, is not asked again.
        known : collection of str
            Dimensions and needs that are known otherwise.
        facts : collection of str
            Facts that are known, stated or implied.

        Returns
        -------
        tuple of str
            Questions in the order of the form, then facts that no open question will tell.
        """
        begun = {self._questions[name].block for name in answers if name in self._questions}
        asked = [
            code
            for code in self._form.codes
            if code not in answers
            and (self._questions[code].block in begun or self._questions[code].block not in known)
        ]
        columns = {list(self._form.codes).index(code) for code in asked}
        left = [
            fact
            for fact, rows in self._form.read_facts.items()
            if fact not in answers and fact not in facts and not columns & {row[0] for row in rows}
        ]
        return (*asked, *left)

    def score(
        self, answers: Mapping[str, object], headcount: float | None = None, version: str | None = None
    ) -> DiagnosticScore:
        """Score the answers of one firm.

        Parameters
        ----------
        answers : mapping of str to object
            Option code by question (``{"RE1": "o2"}``). None, ``"dont_know"``, ``"not_applicable"`` and a
            question left out are missing, never zero. A fact may be answered by its own name
            (``{"work_email": True}``); this goes before what the other answers say. The content of a file of
            answers is taken as well (``{"answers": {…}, "version": …, "firm": {…}}``).
        headcount : float, optional
            Employees, at least 0. Answers that count people or money are worth what they are at this size;
            ``None`` takes them as for ten to nineteen employees.
        version : str, optional
            Version of the questionnaire that was answered. ``None`` is this one.

        Returns
        -------
        DiagnosticScore
            Maturity, level and coverage by dimension, needs, facts, what is missing for a score, and answers
            that do not go together.

        Raises
        ------
        UnknownNameError
            If a question, an option or a version is unknown; the nearest are named.
        InvalidValueError
            If a fact is answered by anything but yes or no, or the headcount is none.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> score = hr.load_questionnaire().score({"RE1": "o2", "RE2": "o1", "TR1": "o3"})
        >>> score.maturity["recruitment"], score.level["recruitment"]
        (37.5, 2)
        >>> score.missing["training"].note("en")
        'No score yet in “Training”: answer TR2 as well.'
        """
        if not isinstance(answers, Mapping):
            raise invalid("answers", "a mapping of questions to option codes", answers)
        if isinstance(answers.get("answers"), Mapping):
            return self._score_content(answers, headcount, version)
        answered = self.version if version is None else version
        given = {name: value for name, value in answers.items() if not is_missing(value)}
        known = [*questions_of(self._form, answered), *self._form.facts["fact"]]
        for question in given:
            if question not in known:
                raise unknown_name("question", question, known, _RIGHT)
        size = None if headcount is None else int(check_number("headcount", headcount, 0, _LARGEST))
        table = pd.DataFrame([given], index=[0], dtype=object)
        heads = np.array([np.nan if size is None else float(size)])
        sheet = read_sheet(table, answered, heads, self._form)
        for reject in sheet.rejects:
            got = given.get(reject.column, reject.value)
            raise answer_error(reject.column, got, self._form.codes.get(reject.column))
        told = {name: _as_written(value) for name, value in given.items()}
        return as_score(measure(sheet, self._form), self._form, told, answered, size)

    def _score_content(
        self, content: Mapping[str, Any], headcount: float | None, version: str | None
    ) -> DiagnosticScore:
        """Score the content of a file of answers."""
        firm = content.get("firm")
        stated = firm.get(HEADCOUNT) if isinstance(firm, Mapping) else None
        size = stated if headcount is None else headcount
        answered = content.get("version") if version is None else version
        return self.score(content["answers"], size, None if answered is None else str(answered))

    def renewed(self, answers: Mapping[str, str], version: str | None = None) -> dict[str, str]:
        """Return answers to an older version as answers to this one, so that they can be added to.

        Parameters
        ----------
        answers : mapping of str to str
            Option code by question, and facts.
        version : str, optional
            Version that was answered. ``None`` is this one.

        Returns
        -------
        dict of str to str
            The answers; questions that are asked no more are left out.

        Raises
        ------
        UnknownNameError
            If no link leads from the version to this one.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> hr.load_questionnaire().renewed({"SA1": "o1", "SA3": "o2", "internet": "true"}, "0.1")
        {'SA1': 'o1', 'internet': 'true'}
        """
        if version in (None, self.version) or not answers:
            return dict(answers)
        table = pd.DataFrame([dict(answers)], dtype=object)
        found = self._form.links.translate(table, str(version), self.version).answers
        return {str(name): str(cell) for name, cell in found.iloc[0].items() if not is_missing(cell)}

    def read_score(self, values: Mapping[str, Any]) -> DiagnosticScore:
        """Make a stored score again, also one of an older version, which kept points instead of answers.

        Parameters
        ----------
        values : mapping
            What ``DiagnosticScore.to_dict`` returned.

        Returns
        -------
        DiagnosticScore
            The score as it was stored; one that kept points is scored anew.

        Raises
        ------
        InvalidValueError
            If it is no stored score.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> old = {"version": "0.1", "points": {"RE1": 2.0, "RE2": 1.0}}
        >>> hr.load_questionnaire().read_score(old).maturity["recruitment"]
        37.5
        """
        if not isinstance(values, Mapping):
            raise invalid("diagnostic score", "a mapping", values)
        points = values.get("points")
        if not isinstance(points, Mapping):
            return DiagnosticScore.from_dict(values)
        version, facts = str(values.get("version")), values.get("facts")
        questions_of(self._form, version)
        stated = facts if isinstance(facts, Mapping) else {}
        return self.score({**self._form.links.options_of(points, version), **stated}, version=version)

    def score_frame(self, answers: Any) -> Any:
        """Score the answers of many firms.

        Parameters
        ----------
        answers : table
            Of any library: one row for each firm, one column for each question (or fact) answered, cells
            as in `score`. A column ``questionnaire_version`` says which version was answered, ``headcount``
            (or ``headcount_band``) at which size to score. Other columns (``company_id``, ``branch`` …) are
            carried over.

        Returns
        -------
        DataFrame, or table of the kind that came in
            Same rows and index: the columns carried over, then ``maturity_<dimension>``,
            ``level_<dimension>``, ``coverage_<dimension>``, ``answered_<dimension>``, ``need_<need>``,
            ``has_<fact>``, ``installed`` (functions served already, joined by ``|`` to what stood there),
            ``to_answer`` (fewest questions that would give the missing scores), ``contradictions`` (keys of
            answers that do not go together) and ``questionnaire_version``. With ``company_id``, branch and
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
        return as_it_came(score_table(table, self._form, self._catalog), kind)

    def compare(self, first: DiagnosticScore, second: DiagnosticScore) -> Progress:
        """Show the progress of a firm, dimension by dimension, on answers that mean the same both times.

        Both diagnostics are scored anew by this questionnaire, at the later headcount, whatever version was
        answered: rewording a question or weighing an answer otherwise never shows as progress.

        Parameters
        ----------
        first, second : DiagnosticScore
            The earlier and the later diagnostic, of any version that can be read.

        Returns
        -------
        Progress
            Scores before and after on the common questions, and the change.

        Raises
        ------
        InvalidValueError
            If it is no score, or one of another questionnaire.

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
            if not isinstance(score, DiagnosticScore):
                raise invalid(name, "a DiagnosticScore", score)
            if score.questionnaire != own:
                raise invalid(name, f"a score of the questionnaire {own!r}", score.questionnaire)
            questions_of(self._form, score.answers_version)
        return progress_between(first, second, self._form)

    def compare_frames(self, before: Any, after: Any) -> Any:
        """Show the progress of many firms, each on the answers that mean the same both times.

        Parameters
        ----------
        before, after : table
            Of any library, as in `score_frame`, with ``company_id``: firms are matched by it. Each is scored
            at its later headcount.

        Returns
        -------
        DataFrame, or table of the kind that came in
            For each firm of both tables, in the order of the later one, and each dimension: ``company_id,
            dimension, before, after, change`` (0 to 100; NaN where too few answers are common), ``step``
            (what one option of one question moves: a change no larger means nothing) and ``n_questions``.

        Raises
        ------
        InvalidTableError
            If a cell is no answer.
        InvalidValueError
            If a table has no ``company_id``, holds one twice, or has no question.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> before = pd.DataFrame({"company_id": ["a"], "TR1": ["o1"], "TR2": ["o1"], "TR3": ["o4"]})
        >>> after = pd.DataFrame({"company_id": ["a"], "TR1": ["o3"], "TR2": ["o1"]})
        >>> found = hr.load_questionnaire().compare_frames(before, after).set_index("dimension")
        >>> found.loc["training", ["before", "after", "step", "n_questions"]].tolist()
        [25.0, 50.0, 12.5, 2.0]
        """
        first, _ = read_any_table(before, "before")
        second, kind = read_any_table(after, "after")
        return as_it_came(progress_table(first, second, self._form, self._catalog), kind)


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
    Questionnaire(35 questions, version 2.0)
    """
    return Questionnaire.from_catalog(catalog_of(catalog))


def _as_written(value: object) -> str:
    """Return an answer as text: truth values as files hold them."""
    return str(value).lower() if isinstance(value, bool | np.bool_) else as_text(value)
