"""Answers from the export of a survey tool: its columns, codes and labels read by a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, overload

import numpy as np
import pandas as pd

from hrtools_reco._checks import fold, invalid, nearest, refused
from hrtools_reco.catalog import Catalog, catalog_of
from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.diagnostic.answers import DONT_KNOW, NOT_APPLICABLE, answer_error
from hrtools_reco.diagnostic.measures import QUESTIONNAIRE_VERSION
from hrtools_reco.diagnostic.question import FACTS, Question
from hrtools_reco.diagnostic.questionnaire import Questionnaire, load_questionnaire
from hrtools_reco.diagnostic.survey_mapping import (
    FIRM_FIELDS,
    Asked,
    SurveyMapping,
    made_mapping,
    read_mapping,
)
from hrtools_reco.exceptions import InvalidValueError, Reject, as_text
from hrtools_reco.files import company_chunks
from hrtools_reco.firms import is_missing, read_field, read_truth
from hrtools_reco.texts import LANGUAGES, check_lang
from hrtools_reco.views import Result, html_box, html_frame, html_rows, html_title, plain_value

OTHER = "-oth-"
_OTHER_TEXT = "[other]"
_ID = "id"
_CHUNK = 65_536


class SurveyAnswers(Result, Sequence[dict[str, Any]]):
    """The answers of a survey: one content of a file of answers for each respondent, as ``score`` reads it.

    Parameters
    ----------
    items : sequence of dict
        Keys ``version, firm, answers`` of each respondent.
    rows : sequence of int
        Row of each in the file, as a spreadsheet counts: the header is row 1.
    rejects : sequence of Reject
        Cells that are no answer: they are left out, what else the respondent said is kept.
    others : DataFrame
        Answers in own words (``-oth-``): ``row, company_id, question, text``. They count as not answered.
    n_incomplete : int
        Respondents left out because they broke off.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> export = pd.DataFrame({"id": [7], "Q1": ["Maroquinerie"], "Q2": ["12"], "RE1": ["o2"]})
    >>> survey = hr.read_survey(export, {"branch": "Q1", "headcount": "Q2", "RE1": "RE1"})
    >>> survey[0]["firm"], survey[0]["answers"]
    ({'company_id': '7', 'branch': 'leather_goods', 'headcount': 12}, {'RE1': 'o2'})
    """

    def __init__(
        self,
        items: Sequence[dict[str, Any]],
        rows: Sequence[int],
        rejects: Sequence[Reject],
        others: pd.DataFrame,
        n_incomplete: int,
    ) -> None:
        self.rows, self.rejects = tuple(rows), tuple(rejects)
        self.others, self.n_incomplete = others, n_incomplete
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[dict[str, Any], ...]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | tuple[dict[str, Any], ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"SurveyAnswers({len(self)} respondents, {len(self.rejects)} rejects)"

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each respondent, as ``Questionnaire.score_frame`` reads them.

        Returns
        -------
        DataFrame
            Fields of the firm, ``questionnaire_version``, then one column for each question answered.
        """
        rows = [
            {**one["firm"], QUESTIONNAIRE_VERSION: one["version"], **one["answers"]} for one in self._items
        ]
        first = [*FIRM_FIELDS, QUESTIONNAIRE_VERSION]
        frame = pd.DataFrame(rows, dtype=object)
        own = [name for name in first if name in frame]
        return frame[[*own, *(name for name in frame if name not in own)]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``respondents, rejects, others, n_incomplete``.
        """
        return {
            "respondents": [plain_value(one) for one in self._items],
            "rejects": [reject.to_dict() for reject in self.rejects],
            "others": plain_value(self.others),
            "n_incomplete": self.n_incomplete,
        }

    def to_text(self, lang: str = "fr") -> str:
        """Return the counts as text, and each cell that is no answer.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            Lines of text.
        """
        text = catalog_of(None).text
        counts = {"rejects": len(self.rejects), "others": len(self.others), "left": self.n_incomplete}
        lines = [text("survey_title", lang, n=len(self)), "  " + text("survey_counts", lang, **counts)]
        lines += ["  " + text("reject_line", lang, **reject.to_dict()) for reject in self.rejects]
        return "\n".join(lines)

    def to_html(self, lang: str = "fr") -> str:
        """Return the counts and the first respondents as HTML.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            HTML; every text is escaped.
        """
        head, *lines = self.to_text(check_lang(lang)).split("\n")
        return html_box(html_title(head), html_rows(lines), html_frame(self.to_frame()))


def read_survey(
    source: str | PathLike[str] | pd.DataFrame,
    mapping: str | PathLike[str] | Mapping[str, Any] | None = None,
    *,
    catalog: Catalog | None = None,
) -> SurveyAnswers:
    """Read the export of a survey, as LimeSurvey and the like write it.

    A cell is read by the mapping, else as an option code of the questionnaire, else as the label of an option
    in the language of the respondent or the other one. Empty cells and answers in own words (``-oth-``) are
    not answered. Headings may be codes, or codes with the text of the question (``"Q1. Où …"``).

    Parameters
    ----------
    source : path-like or DataFrame
        File of the export (``.csv``, ``.xlsx`` …), one respondent a row, or its table.
    mapping : path-like or mapping, optional
        Where the fields of the firm, the questions and the facts stand: a ``.toml`` or ``.csv`` file, or its
        content (``{"branch": "Q1", "RE1": {"column": "Q7", "answers": {"A1": "o0"}}}``). Keys ``language``
        and ``complete`` name columns: the language of a respondent, and one that is empty where somebody
        broke off (such are left out). ``None`` reads the columns whose name is a field, a question or a fact.
    catalog : Catalog, optional
        Catalog of the questionnaire. ``None`` is the bundled one.

    Returns
    -------
    SurveyAnswers
        What ``load_questionnaire().score`` reads, for each respondent; and what could not be read.

    Raises
    ------
    UnknownNameError
        If the mapping names an unknown field, question or answer.
    InvalidValueError
        If a file cannot be read, or a column that the mapping names is missing.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> export = pd.DataFrame({"id": [1], "lang": ["fr"], "Q7": ["Nulle part"], "Q8": ["-oth-"]})
    >>> survey = hr.read_survey(export, {"language": "lang", "RE2": "Q7", "RE1": "Q8"})
    >>> survey[0]["answers"], len(survey.others)
    ({'RE2': 'o0'}, 1)
    """
    used = catalog_of(catalog)
    questionnaire = load_questionnaire(used)
    table, rows, refused_rows = _table(source)
    known = [*questionnaire.questions["question"], *used.keys("facts")]
    if mapping is None:
        told = made_mapping({name: name for name in table.columns if name in (*FIRM_FIELDS, *known)}, known)
    elif isinstance(mapping, Mapping):
        told = made_mapping(mapping, known)
    else:
        told = read_mapping(mapping, known)
    return _Reader(table, rows, told, questionnaire, used).read(refused_rows)


def _table(source: object) -> tuple[pd.DataFrame, np.ndarray, tuple[Reject, ...]]:
    """Return the cells of an export, the row of each respondent, and rows that cannot be read."""
    if isinstance(source, pd.DataFrame):
        return source.reset_index(drop=True), np.arange(len(source)) + 2, ()
    if not isinstance(source, str | PathLike):
        raise invalid("source", "a file, or a DataFrame", type(source).__name__)
    chunks = list(company_chunks(source, _CHUNK))
    table = pd.concat([chunk.companies for chunk in chunks], ignore_index=True)
    rows = np.concatenate([chunk.rows for chunk in chunks])
    return table, rows, tuple(reject for chunk in chunks for reject in chunk.rejects)


class _Reader:
    """Reads the cells of one export."""

    def __init__(
        self,
        table: pd.DataFrame,
        rows: np.ndarray,
        mapping: SurveyMapping,
        questionnaire: Questionnaire,
        catalog: Catalog,
    ) -> None:
        self._table, self._rows, self._mapping, self._catalog = table, rows, mapping, catalog
        self._columns = {str(name): at for at, name in enumerate(table.columns)}
        self._version = questionnaire.version
        self._codes = {
            name: _Codes(questionnaire.question(name), one.answers)
            for name, one in mapping.fields.items()
            if name not in FIRM_FIELDS
        }
        self._at = {name: self._place(one) for name, one in mapping.fields.items()}
        self._rejects: list[Reject] = []
        self._others: list[tuple[int, Any, str, str]] = []

    def read(self, refused_rows: Sequence[Reject]) -> SurveyAnswers:
        """Return the answers of all respondents."""
        items, kept, n_incomplete = [], [], 0
        complete = self._named(self._mapping.complete)
        language = self._named(self._mapping.language)
        for at, row in enumerate(self._rows.tolist()):
            if complete is not None and not self._cell(at, complete):
                n_incomplete += 1
                continue
            lang = self._cell(at, language)[:2].lower() if language is not None else ""
            firm = dict(self._firm(at, row))
            answers = dict(self._answers(at, row, lang, firm[COMPANY_ID]))
            items.append({"version": self._version, "firm": firm, "answers": answers})
            kept.append(row)
        others = pd.DataFrame(self._others, columns=["row", COMPANY_ID, "question", "text"])
        return SurveyAnswers(items, kept, [*refused_rows, *self._rejects], others, n_incomplete)

    def _place(self, asked: Asked) -> int:
        """Return the place of a column, named by its code alone or with the text of the question."""
        if asked.column in self._columns:
            return self._columns[asked.column]
        coded = [at for name, at in self._columns.items() if re.split(r"[.:]\s", name)[0] == asked.column]
        if len(coded) != 1:
            hint = f"Nearest: {', '.join(nearest(asked.column, self._columns))}."
            raise invalid("column of the mapping", "one column of the survey", asked.column, hint)
        return coded[0]

    def _named(self, column: str | None) -> int | None:
        """Return the place of a column that may not be told."""
        return None if column is None else self._place(Asked(column=column))

    def _cell(self, at: int, column: int) -> str:
        """Return a cell as text without blanks around it; nothing for an empty one."""
        value: object = self._table.iat[at, column]
        is_text = isinstance(value, str)  # "None" and "NA" may be labels
        return "" if not is_text and is_missing(value) else as_text(value).strip()

    def _firm(self, at: int, row: int) -> Iterator[tuple[str, Any]]:
        """Yield the fields of the firm; without a key of its own it gets that of the survey, or its row."""
        own = self._at.get(COMPANY_ID, self._columns.get(_ID))
        yield COMPANY_ID, (self._cell(at, own) if own is not None else "") or str(row)
        for name in FIRM_FIELDS[1:]:
            if name not in self._at or not (cell := self._cell(at, self._at[name])):
                continue
            asked = self._mapping.fields[name]
            try:
                yield name, read_field(name, asked.answers.get(cell, cell), self._catalog)
            except InvalidValueError as error:
                self._rejects.append(refused(row, asked.column, cell, error))

    def _answers(self, at: int, row: int, lang: str, company_id: object) -> Iterator[tuple[str, str]]:
        """Yield the answers of one respondent."""
        for name, codes in self._codes.items():
            cell = self._cell(at, self._at[name])
            if not cell:
                continue
            column = self._mapping.fields[name].column
            try:
                answer = codes.read(cell, lang)
            except InvalidValueError as error:
                self._rejects.append(refused(row, column, cell, error))
                continue
            if answer is None:
                own = self._columns.get(f"{column}{_OTHER_TEXT}")
                said = "" if own is None else self._cell(at, own)
                self._others.append((row, company_id, name, said))
            else:
                yield name, answer


class _Codes:
    """What the cells of one question stand for."""

    def __init__(self, question: Question, answers: Mapping[str, str]) -> None:
        self._question = question
        options = [*question.options, *question.open_options]
        self._options = [option.code for option in options]
        for value, answer in answers.items():
            if answer not in (*self._options, DONT_KNOW, NOT_APPLICABLE):
                raise answer_error(f"{question.code} ({value} in the mapping)", answer, self._options)
        self._told = {value.casefold(): answer for value, answer in answers.items()}
        self._codes = {code.casefold(): code for code in (*self._options, DONT_KNOW, NOT_APPLICABLE)}
        self._labels: dict[str, dict[str, list[str]]] = {lang: {} for lang in LANGUAGES}
        for option in options:
            for lang in LANGUAGES:
                self._labels[lang].setdefault(fold(option.text(lang)), []).append(option.code)

    def read(self, cell: str, lang: str) -> str | None:
        """Return the answer of a cell; None for one in own words. Raise for what is none."""
        key = cell.casefold()
        if key in self._told:
            return self._told[key]
        if key == OTHER:
            return None
        if key in self._codes:
            return self._codes[key]
        found = self._labelled(fold(cell), lang)
        if len(found) == 1:
            return found[0]
        if self._question.block == FACTS:
            return str(read_truth(self._question.code, cell)).lower()
        raise answer_error(self._question.code, cell, self._options)

    def _labelled(self, label: str, lang: str) -> list[str]:
        """Return the options of a label: in the language of the respondent first, if it is known."""
        if lang in self._labels and label in self._labels[lang]:
            return self._labels[lang][label]
        return list(dict.fromkeys(code for own in self._labels.values() for code in own.get(label, ())))
