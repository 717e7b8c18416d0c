"""The library in a browser: the form of the diagnosis, and the page of the firm as its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from hrtools_reco.columns import COMPANY_ID
from hrtools_reco.diagnostic import CORE, FORMS, Questionnaire, load_questionnaire
from hrtools_reco.exceptions import HRToolsError
from hrtools_reco.firms import CompanyProfile, read_field
from hrtools_reco.page.answer_form import served_form
from hrtools_reco.page.document import report_text
from hrtools_reco.page.html_file import html_page
from hrtools_reco.page.markup import tag
from hrtools_reco.recommender import ToolRecommender
from hrtools_reco.texts import LANGUAGES

FIELDS = ("branch", "headcount", "region", "budget_eur_per_year", COMPANY_ID)
_NEEDED = ("branch", "headcount")
_MOST_FIELDS = 300


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a browser sent, as the fields of the form.

    Attributes
    ----------
    lang : {"fr", "en"}
        Language of the form.
    firm : dict of str to str
        Fields of the firm that are filled in.
    answers : dict of str to str
        Answer by question.
    version : str or None
        Version of the questionnaire.
    """

    lang: str
    firm: dict[str, str]
    answers: dict[str, str]
    version: str | None


class Browser:
    """The pages that a browser is shown.

    Parameters
    ----------
    recommender : ToolRecommender
        A fitted recommender.
    """

    def __init__(self, recommender: ToolRecommender) -> None:
        self._recommender = recommender
        self._catalog = recommender.catalog_
        self._questionnaire: Questionnaire = load_questionnaire(self._catalog)

    def form(self, length: str, lang: str) -> str:
        """Return the form; of an unknown length or language the short one, in French."""
        shown = length if length in FORMS else CORE
        return served_form(self._catalog, shown, lang if lang in LANGUAGES else LANGUAGES[0], "page")

    def answer(self, body: bytes) -> tuple[str, int]:
        """Return the page of the firm that filled in the form, or what to correct; and the HTTP status."""
        sent = read_form_body(body)
        wrong = list(self._wrong(sent))
        if wrong:
            return self.told(wrong, sent.lang), 422
        name = sent.firm.get(COMPANY_ID)
        profile = self._profile(sent)
        answers = self._questionnaire.renewed(sent.answers, sent.version)
        page = report_text(profile, sent.lang, recommender=self._recommender, firm_name=name, answers=answers)
        return page, 200

    def told(self, keys: Iterable[str], lang: str = "fr") -> str:
        """Return a page that says what is wrong, with a way back to the form."""
        said = [self._catalog.text(key, lang) for key in keys]
        title = self._catalog.text("form_wrong", lang)
        back = tag("p", tag("a", self._catalog.text("form_back", lang), href="./"))
        lines = [tag("p", one, class_="for") for one in said]
        return html_page(title, tag("body", tag("main", tag("h1", title), lines, back)), lang)

    def _wrong(self, sent: Sent) -> Iterable[str]:
        """Yield the message of each part of a form that cannot be read."""
        for field in FIELDS:
            given = sent.firm.get(field)
            if given is None and field not in _NEEDED:
                continue
            try:
                read_field(field, given, self._catalog)
            except HRToolsError:
                yield f"form_wrong_{field}"
        try:
            self._questionnaire.score(sent.answers, version=sent.version)
        except HRToolsError:
            yield "form_wrong_answers"

    def _profile(self, sent: Sent) -> CompanyProfile:
        """Return the firm of a form in which nothing is wrong."""
        firm = CompanyProfile.from_dict(sent.firm, self._catalog)
        score = self._questionnaire.score(sent.answers, firm.headcount, sent.version)
        return CompanyProfile.from_dict({**sent.firm, **score.profile_fields()}, self._catalog)


def read_form_body(body: bytes) -> Sent:
    """Read the body of a form that a browser sent; what is empty is left out.

    Parameters
    ----------
    body : bytes
        Fields as ``application/x-www-form-urlencoded``.

    Returns
    -------
    Sent
        The fields by what they are for.

    Examples
    --------
    >>> sent = read_form_body(b"branch=couture&headcount=3&region=&RE1=o2&lang=fr")
    >>> sent.firm, sent.answers
    ({'branch': 'couture', 'headcount': '3'}, {'RE1': 'o2'})
    """
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        pairs = []
    fields: Mapping[str, Any] = {name: value.strip() for name, value in pairs if value.strip()}
    lang = fields.get("lang", LANGUAGES[0])
    known = {*FIELDS, "lang", "version"}
    return Sent(
        lang=lang if lang in LANGUAGES else LANGUAGES[0],
        firm={name: fields[name] for name in FIELDS if name in fields},
        answers={name: value for name, value in fields.items() if name not in known},
        version=fields.get("version"),
    )
