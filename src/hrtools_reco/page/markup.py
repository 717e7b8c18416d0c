"""HTML that is escaped by construction: text that is not markup can never become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from hrtools_reco.catalog import typeset
from hrtools_reco.texts import visible_html

_VOID = {"br", "input", "link", "meta"}
_TEXT = re.compile(r">([^<>]+)<")
_TOKEN = re.compile(r"(<[^>]*>)")
# Names and headings stay as they are: what they abbreviate is said in the text that follows.
_UNTOUCHED = {"a", "h1", "h2", "h3", "nav", "strong", "svg", "caption", "th"}


class Html(str):
    """Text that is markup already, made by this module only."""

    __slots__ = ()


Content: TypeAlias = "str | Html | Iterable[str | Html | None] | None"


def tag(name: str, *content: Content, **attributes: object) -> Html:
    """Return an element; every text in it is escaped.

    Parameters
    ----------
    name : str
        Name of the element.
    *content : str, Html, iterable of these, or None
        What it holds, in order; None is left out.
    **attributes : object
        Attributes; ``_`` stands for ``-``, and one at the end is dropped (``class_``). None is left out.

    Returns
    -------
    Html
        The element.

    Examples
    --------
    >>> tag("p", "Cuir & peaux", tag("br"), class_="note")
    '<p class="note">Cuir &amp; peaux<br></p>'
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{visible_html(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{said}>")
    return Html(f"<{name}{said}>{joined(*content)}</{name}>")


def joined(*content: Content) -> Html:
    """Return contents one after the other; every text is escaped."""
    parts: list[str] = []
    for item in content:
        if item is None:
            continue
        if isinstance(item, Html):
            parts.append(item)
        elif isinstance(item, str):
            parts.append(visible_html(item, quote=False))
        else:
            parts.append(joined(*item))
    return Html("".join(parts))


def link(text: Content, url: str) -> Html:
    """Return a link to a web page; an address of any other kind stays text."""
    if not re.match(r"https?://", url):
        return joined(text)
    return tag("a", text, href=url, rel="noreferrer")


def typeset_html(markup: Html, lang: str) -> Html:
    """Typeset the texts between the tags; tags and attributes stay as they are."""
    return Html(_TEXT.sub(lambda match: f">{typeset(match[1], lang)}<", markup))


def spelled_out(markup: Html, terms: Mapping[str, str]) -> Html:
    """Spell out each acronym in brackets where a sentence first uses it.

    Parameters
    ----------
    markup : Html
        A page; names, links and headings stay as they are.
    terms : mapping of str to str
        Acronyms and what they stand for.

    Returns
    -------
    Html
        The page.

    Examples
    --------
    >>> spelled_out(tag("p", "Un CQP existe, puis le CQP."), {"CQP": "certificat de la branche"})
    '<p>Un CQP (certificat de la branche) existe, puis le CQP.</p>'
    """
    open_terms, depth, parts = dict(terms), 0, []
    for token in _TOKEN.split(markup):
        if token.startswith("<"):
            name = re.match(r"</?(\w+)", token)
            if name and name[1] in _UNTOUCHED:
                depth += -1 if token.startswith("</") else 1
        elif not depth:
            token = _spelled(token, open_terms)
        parts.append(token)
    return Html("".join(parts))


def _spelled(text: str, open_terms: dict[str, str]) -> str:
    """Spell out the acronyms of a text that are still open, and close them."""
    for term in list(open_terms):
        found = re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text)
        if found is None:
            continue
        meaning = visible_html(open_terms.pop(term), quote=False)
        # Brackets around it or behind it say it already, and a name is left as it is.
        before, after = text[: found.start()], text[found.end() :]
        is_said = before.endswith("(") or after.startswith((" (", ", "))
        if not is_said and not re.match(r" [A-ZÀ-Ý]", after):
            text = f"{text[: found.end()]} ({meaning}){text[found.end() :]}"
    return text
