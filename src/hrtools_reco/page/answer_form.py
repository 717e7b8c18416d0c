"""The questionnaire as a file: a web form that needs no network, or two sheets of paper with answer keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from os import PathLike
from pathlib import Path

from hrtools_reco._checks import check_choice
from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.diagnostic import CORE, FORMS, FULL, Question, load_questionnaire
from hrtools_reco.page.html_file import checked_path, write_page
from hrtools_reco.page.markup import Html, joined, tag, typeset_html
from hrtools_reco.texts import LANGUAGES, Text, check_lang, visible

WEB, PRINT = "web", "print"
# Nothing is fetched and nothing is sent: a browser holds the form to it.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action "
)
_SENT_TO = {True: "'self'", False: "'none'"}


def write_form(
    path: str | PathLike[str],
    kind: str = WEB,
    length: str = CORE,
    lang: str = "fr",
    *,
    catalog: Catalog | None = None,
) -> Path:
    """Write the questionnaire as one self-contained HTML file.

    Parameters
    ----------
    path : path-like
        File ``.html`` in a folder that exists.
    kind : {"web", "print"}, default="web"
        A form to fill in a browser, in both languages: it scores nothing, keeps the answers in the browser
        and gives a file that ``diagnose --answers`` and ``read_answers`` read. Or a form to print, with the
        keys that an adviser types in.
    length : {"core", "full"}, default="core"
        The short form (two A4 pages when printed), or the whole.
    lang : {"fr", "en"}, default="fr"
        Language; of a web form the one that is shown first.
    catalog : Catalog, optional
        Catalog of the questionnaire. ``None`` is the bundled one.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InvalidValueError
        If the path, the kind, the length or the language is wrong.

    Examples
    --------
    >>> import tempfile
    >>> import hrtools_reco as hr
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     hr.write_form(Path(folder) / "form.html").name
    'form.html'
    """
    check_choice("kind", kind, (WEB, PRINT))
    check_choice("length", length, FORMS)
    target, used = checked_path(path), load_catalog() if catalog is None else catalog
    form = _Form(used, length, check_lang(lang), None)
    write_page(target, form.web() if kind == WEB else form.sheet())
    return target


def served_form(catalog: Catalog, length: str, lang: str, action: str) -> str:
    """Return the web form that a service answers.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the questionnaire.
    length : {"core", "full"}
        The short form, or the whole.
    lang : {"fr", "en"}
        Language that is shown first.
    action : str
        Address that the answers are sent to, as fields of a form.

    Returns
    -------
    str
        The page.

    Raises
    ------
    UnknownNameError
        If the length or the language is unknown.
    """
    check_choice("length", length, FORMS)
    return _Form(catalog, length, check_lang(lang), action).web()


class _Form:
    """The parts of a form in one or both languages; with an action it is sent to a service."""

    def __init__(self, catalog: Catalog, length: str, lang: str, action: str | None) -> None:
        self._catalog, self._lang, self._length, self._action = catalog, lang, length, action
        self._questionnaire = load_questionnaire(catalog)
        self._questions = self._questionnaire.form(length)
        table = catalog.table("questionnaire").iloc[0]
        self._about = {"questionnaire": str(table["questionnaire"]), "version": self._questionnaire.version}
        self._how = Text(str(table["instruction_fr"]), str(table["instruction_en"]))

    def _text(self, key: str, **values: object) -> Text:
        """Return a text of the catalog in both languages."""
        return Text(*(self._catalog.text(key, lang, **values) for lang in LANGUAGES))

    def _minutes(self) -> str:
        """Return how long the form takes, in whole minutes."""
        return f"{self._questionnaire.minutes(self._length, self._lang):.0f}"

    def _blocks(self) -> list[tuple[Text, list[Question]]]:
        """Return the questions by heading: needs, then each dimension, then facts."""
        names = {lang: self._catalog.labels("dimensions", lang) for lang in LANGUAGES}
        found: dict[str, list[Question]] = {}
        for one in self._questions:
            key = one.block if one.block in names["fr"] or one.block == "facts" else "needs"
            found.setdefault(key, []).append(one)
        heads = {"needs": self._text("form_needs"), "facts": self._text("form_facts")}
        return [
            (heads.get(key) or Text(names["fr"][key], names["en"][key]), own) for key, own in found.items()
        ]

    def web(self) -> str:
        """Return the form to fill in a browser."""
        script = files("hrtools_reco.page").joinpath("answer_form.js").read_text(encoding="utf-8")
        told = (self._about, self._questionnaire.form_rules.to_dict())
        about, rules = (
            visible(json.dumps(one, ensure_ascii=False, separators=(",", ":"))).replace("<", "\\u003c")
            for one in told
        )
        head = self._text("form_title")
        switch = [
            tag("button", said, type="button", lang=code, data_lang=code)
            for code, said in zip(LANGUAGES, ("Français", "English"), strict=True)
        ]
        blocks = [self._web_block(*block) for block in self._blocks()]
        sent = {} if self._action is None else {"action": self._action, "method": "post"}
        intro = "form_intro" if self._action is None else "form_intro_served"
        body = tag(
            "body",
            tag("header", tag("nav", switch, aria_label="Langue, language"), tag("h1", _two(head))),
            tag(
                "main",
                tag("p", _two(self._text(intro, minutes=self._minutes()))),
                self._other_length(),
                tag("p", _two(self._how), class_="how"),
                tag("form", self._hidden(), self._firm_fields(), blocks, self._buttons(), id="form", **sent),
                tag("p", _two(self._text("form_saved")), class_="how") if self._action is None else None,
            ),
            tag("script", Html(f"const ABOUT = {about}, RULES = {rules};\n{script}")),
            data_lang=self._lang,
        )
        return self._page(head(self._lang), body, WEB)

    def _other_length(self) -> Html | None:
        """Return a link to the longer or the shorter form of a service."""
        if self._action is None:
            return None
        other = FULL if self._length == CORE else CORE
        minutes = f"{self._questionnaire.minutes(other, self._lang):.0f}"
        return tag(
            "p", tag("a", _two(self._text(f"form_to_{other}", minutes=minutes)), href=f"?form={other}")
        )

    def _hidden(self) -> Iterable[Html]:
        """Return what a service is told besides the answers."""
        if self._action is not None:
            yield tag("input", type="hidden", name_="version", value=self._about["version"])
            yield tag("input", type="hidden", name_="lang", value=self._lang)

    def _buttons(self) -> Html:
        """Return the count of answers and the buttons below the questions."""
        served = self._action is not None
        see = tag("button", _two(self._text("form_see")), type="submit", id="see", class_="main")
        save = tag(
            "button",
            _two(self._text("form_save")),
            type="button",
            id="save",
            class_=None if served else "main",
        )
        clear = tag("button", _two(self._text("form_clear")), type="button", id="clear")
        first = [see, " ", save] if served else save
        return tag(
            "div",
            tag("ul", id="clashes", aria_live="polite"),
            tag("p", tag("span", "", id="count", aria_live="polite"), class_="count"),
            tag("p", first, " ", clear),
            class_="end",
        )

    def _firm_fields(self) -> Html:
        """Return the fields of the firm; a service cannot answer without branch and headcount."""
        number = {"type": "number", "inputmode": "numeric", "min": 0}
        needed = "" if self._action else None
        fields = [
            self._field("branch", "diagnose_branch", self._choices("branches"), needed),
            self._field("headcount", "diagnose_headcount", number, needed),
            self._field("region", "form_region", self._choices("regions")),
            self._field("budget_eur_per_year", "form_budget", number),
            self._field("company_id", "form_name", {"type": "text", "maxlength": 80, "autocomplete": "off"}),
        ]
        return tag("fieldset", tag("legend", _two(self._text("form_firm"))), fields)

    def _field(
        self, name: str, said: str, kind: Sequence[Html] | Mapping[str, object], required: str | None = None
    ) -> Html:
        """Return one field of the firm with its label: a choice, or an input of some kind."""
        label = tag("label", _two(self._text(said)), for_=name)
        told = {"id": name, "name_": name, "data_firm": name, "required": required}
        if isinstance(kind, Mapping):
            return joined(label, tag("input", **told, **kind))
        return joined(label, tag("select", kind, **told))

    def _choices(self, table: str) -> list[Html]:
        """Return the rows of a table as a choice, in both languages, after an empty one."""
        names = {lang: self._catalog.labels(table, lang) for lang in LANGUAGES}
        choices = [tag("option", "", value="")]
        for key in self._catalog.keys(table):
            said = dict.fromkeys(names[lang][key].split(" (")[0] for lang in LANGUAGES)
            choices.append(tag("option", " / ".join(said), value=key))
        return choices

    def _web_block(self, head: Text, questions: Sequence[Question]) -> Html:
        """Return the questions under one heading."""
        return tag("section", tag("h2", _two(head)), [self._web_question(one) for one in questions])

    def _web_question(self, one: Question) -> Html:
        """Return one question as radio buttons."""
        options = [
            tag(
                "label",
                tag("input", type="radio", name_=one.code, value=option.code),
                tag("span", _two(option.text)),
            )
            for option in (*one.options, *one.open_options[::-1])
        ]
        helped = tag("p", _two(one.help), class_="help") if one.help else None
        return tag("fieldset", tag("legend", _two(one.text)), helped, options, data_question=one.code)

    def sheet(self) -> str:
        """Return the form to print."""
        lang = self._lang
        lines = [
            tag("p", self._text(key)(lang), " ", tag("span", "", class_="line"), class_="firm")
            for key in ("diagnose_branch", "diagnose_headcount", "form_region")
        ]
        body = tag(
            "body",
            tag("h1", self._text("form_title")(lang)),
            tag("p", self._text("form_intro_print", minutes=self._minutes())(lang), " ", self._how(lang)),
            lines,
            tag("div", [self._sheet_block(*block) for block in self._blocks()], class_="columns"),
            tag("p", self._text("form_keys", version=self._about["version"])(lang), class_="keys"),
        )
        return self._page(self._text("form_title")(lang), body, "print")

    def _sheet_block(self, head: Text, questions: Sequence[Question]) -> Html:
        """Return the questions under one heading, with their keys."""
        return joined(tag("h2", head(self._lang)), [self._sheet_question(one) for one in questions])

    def _sheet_question(self, one: Question) -> Html:
        """Return one question with boxes and keys."""
        lang = self._lang
        short = all(len(option.text(lang)) < 5 for option in one.options)
        options = [*one.options, *one.open_options[::-1]]
        rows = [
            tag(
                "li",
                tag("span", "☐", class_="box"),
                " ",
                tag("code", option.code),
                " ",
                option.text(lang),
                class_="open" if option in one.open_options else None,
            )
            for option in options
        ]
        helped = tag("span", f" {one.help(lang)}", class_="help") if one.help else None
        said = tag("p", tag("code", one.code), " ", tag("b", one.text(lang)), helped)
        return tag("div", said, tag("ul", rows, class_="short" if short else None), class_="question")

    def _page(self, title: str, body: Html, kind: str) -> str:
        """Return the whole file."""
        css = files("hrtools_reco.page").joinpath("answer_form.css").read_text(encoding="utf-8")
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag(
                "meta",
                http_equiv="Content-Security-Policy",
                content=_POLICY + _SENT_TO[self._action is not None],
            ),
            tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
            tag("title", title),
            tag("link", rel="icon", href="data:,"),
            tag("style", Html(css)),
        )
        typed = body if kind == WEB else typeset_html(body, self._lang)
        return f"<!DOCTYPE html>\n{tag('html', head, typed, lang=self._lang, class_=kind)}\n"


def _two(text: Text) -> Iterable[Html]:
    """Return a text in both languages; the page shows one."""
    return [typeset_html(tag("span", text(lang), lang=lang, data_in=lang), lang) for lang in LANGUAGES]
