"""A text in the two languages that the library speaks."""

from __future__ import annotations

from dataclasses import dataclass

from hrtools_reco._checks import check_choice

LANGUAGES = ("fr", "en")


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
