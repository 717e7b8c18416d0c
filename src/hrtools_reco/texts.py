"""A text in the two languages that the library speaks, how it is filled, and how it is shown safely."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from html import escape

from hrtools_reco._checks import check_choice
from hrtools_reco.exceptions import CatalogError, shown

LANGUAGES = ("fr", "en")
# What moves the cursor of a terminal, or turns the order of the letters around, without being seen.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Text:
    """One text in French and in English.

    Parameters
    ----------
    fr, en : str
        The text in each language.

    Examples
    --------
    >>> from hrtools_reco import Text
    >>> label = Text("Taille", "Size")
    >>> label("en"), str(label)
    ('Size', 'Taille')
    """

    fr: str
    en: str

    def __call__(self, lang: str = "fr") -> str:
        """Return the text in one language.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            The text.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        """
        check_lang(lang)
        return self.fr if lang == "fr" else self.en

    def __str__(self) -> str:
        return self.fr

    def to_dict(self) -> dict[str, str]:
        """Return the text by language.

        Returns
        -------
        dict of str to str
            Keys ``fr`` and ``en``.
        """
        return {"fr": self.fr, "en": self.en}


def check_lang(lang: str) -> str:
    """Return a language that the library speaks, or raise.

    Parameters
    ----------
    lang : {"fr", "en"}
        Language.

    Returns
    -------
    str
        The language.

    Raises
    ------
    UnknownNameError
        If it is neither French nor English.
    """
    return check_choice("lang", lang, LANGUAGES, '"fr" or "en"')


@functools.lru_cache(maxsize=4096)
def template_parts(template: str) -> tuple[str, ...]:
    """Split a text at its placeholders: what is said and a name, in turn.

    Parameters
    ----------
    template : str
        Text with placeholders such as ``{name}``.

    Returns
    -------
    tuple of str
        An odd number of parts; every second one is a name.

    Raises
    ------
    CatalogError
        If a brace is not that of a plain placeholder: no width, attribute, index or conversion.

    Examples
    --------
    >>> template_parts("For {firm}.")
    ('For ', 'firm', '.')
    """
    parts = _PLACEHOLDER.split(template)
    if any("{" in part or "}" in part for part in parts[::2]):
        right = "must have no brace but those of plain placeholders, such as {name}"
        raise CatalogError(f"The text {right}. Got {shown(template)}.")
    return tuple(parts)


def filled(template: str, /, **values: object) -> str:
    """Fill the placeholders of a text; nothing in the text can do more than that.

    Parameters
    ----------
    template : str
        Text with placeholders such as ``{name}``.
    **values : object
        What fills them, written as ``str`` writes it.

    Returns
    -------
    str
        The text.

    Raises
    ------
    CatalogError
        If a brace is not that of a plain placeholder, or nothing fills one.

    Examples
    --------
    >>> filled("For {firm}.", firm="Atelier A")
    'For Atelier A.'
    >>> filled("{firm.__class__}", firm="Atelier A")
    Traceback (most recent call last):
    ...
    hrtools_reco.exceptions.CatalogError: The text must have no brace but ...
    """
    parts = list(template_parts(template))
    missing = [name for name in parts[1::2] if name not in values]
    if missing:
        known = ", ".join(values) or "none"
        raise CatalogError(
            f"The text {shown(template)} must have placeholders among {known}. Got {missing[0]}."
        )
    parts[1::2] = [str(values[name]) for name in parts[1::2]]
    return "".join(parts)


def visible(text: str) -> str:
    r"""Show control and bidirectional characters by their codes; tabs and new lines stay.

    Parameters
    ----------
    text : str
        Text for a terminal or a page. JSON stays the same JSON.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> print(visible("Atelier " + chr(27) + "[2J"))
    Atelier \u001b[2J
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def visible_html(text: str, *, quote: bool = True) -> str:
    r"""Escape a text for a page, its control and bidirectional characters shown by their codes.

    Parameters
    ----------
    text : str
        The text.
    quote : bool, default=True
        Whether quotes are escaped too, as in an attribute.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> visible_html("<b>" + chr(0x202E))
    '&lt;b&gt;\\u202e'
    """
    return escape(visible(text), quote=quote)
