"""What a diagnostic says of one firm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_number, invalid, unknown_name
from hrtools_reco.catalog import Catalog, catalog_of, label_of
from hrtools_reco.diagnostic.contradictions import Contradiction
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.texts import Text, check_lang
from hrtools_reco.views import Record, Result


@dataclass(frozen=True, kw_only=True)
class MissingAnswers(Record):
    """Why a dimension has no score, and what would give it one.

    Attributes
    ----------
    questions : tuple of str
        Fewest questions to answer; empty where too many of them do not apply to the firm.
    note : Text
        The same as a sentence.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.load_questionnaire().score({}).missing["skills"].questions
    ('SK1', 'SK2')
    """

    questions: tuple[str, ...]
    note: Text


@dataclass(frozen=True, kw_only=True)
class DiagnosticScore(Result):
    """The diagnostic of one firm.

    It knows answers only: branch and the like come from elsewhere, see ``to_profile``.

    Parameters
    ----------
    questionnaire, version : str
        Key and version of the questionnaire that scored the answers.
    answers : mapping of str to str
        The answers as they were given: option code by question, ``"true"`` or ``"false"`` by fact.
    answers_version : str
        Version of the questionnaire that was answered.
    headcount : int or None
        Headcount at which they were scored; None where it was not known.
    maturity : mapping of str to float or None
        Score of each dimension, from 0 to 100, unrounded; None where too few questions are answered.
    level : mapping of str to int or None
        Level of each dimension, from 1.
    coverage : mapping of str to float
        Share of each dimension that is answered, from 0 to 1.
    answered, n_questions : mapping of str to int
        Questions of each dimension that are answered, and how many there are: what its score rests on.
    needs : mapping of str to float or None
        Urgency of each need, from 0 to 100; None where not answered.
    facts : mapping of str to bool or None
        What the firm has; None where unknown.
    equipped : tuple of str
        Functions that the answers show to be served already.
    missing : mapping of str to MissingAnswers
        The dimensions without score.
    contradictions : tuple of Contradiction
        Answers that do not go together: told, never overruled.

    Raises
    ------
    InvalidValueError
        If a score, a coverage or an urgency is out of its range.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> score = hr.load_questionnaire().score({"TR1": "o2", "TR2": "o1"})
    >>> score.maturity["training"], score.level["training"], score.coverage["training"], score.version
    (37.5, 2, 0.5, '2.0')
    >>> f"{score.answered['training']} of {score.n_questions['training']} answers"
    '2 of 4 answers'
    """

    questionnaire: str
    version: str
    answers: Mapping[str, str]
    answers_version: str
    headcount: int | None = None
    maturity: Mapping[str, float | None]
    level: Mapping[str, int | None]
    coverage: Mapping[str, float]
    answered: Mapping[str, int]
    n_questions: Mapping[str, int]
    needs: Mapping[str, float | None]
    facts: Mapping[str, bool | None]
    equipped: tuple[str, ...] = ()
    missing: Mapping[str, MissingAnswers]
    contradictions: tuple[Contradiction, ...] = ()

    def __post_init__(self) -> None:
        for name, top in (("maturity", 100.0), ("coverage", 1.0), ("needs", 100.0)):
            for key, value in getattr(self, name).items():
                if value is not None:
                    check_number(f"{name} of {key}", value, 0.0, top)

    @property
    def overall(self) -> float | None:
        """Mean of the scored dimensions, from 0 to 100: to show, never to decide."""
        known = [score for score in self.maturity.values() if score is not None]
        return sum(known) / len(known) if known else None

    def profile_fields(self, installed: Sequence[str] = ()) -> dict[str, Any]:
        """Return what a profile takes from the diagnostic; what is unknown is left out.

        Parameters
        ----------
        installed : sequence of str, default=()
            Tools known to be in place; functions that are served already are added.

        Returns
        -------
        dict
            The arguments ``maturity``, ``needs``, ``facts`` and ``installed`` of a profile.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> score = hr.load_questionnaire().score({"RE1": "o2", "RE2": "o4", "ND7": "o3", "IT1": "o2"})
        >>> score.profile_fields()  # doctest: +NORMALIZE_WHITESPACE
        {'maturity': {'recruitment': 75.0}, 'needs': {'hiring': 75.0}, 'facts': {'internet': True},
         'installed': ('ats',)}
        """
        return {
            "maturity": {key: value for key, value in self.maturity.items() if value is not None},
            "needs": {key: value for key, value in self.needs.items() if value is not None},
            "facts": {key: value for key, value in self.facts.items() if value is not None},
            "installed": tuple(dict.fromkeys([*installed, *self.equipped])),
        }

    def to_profile(self, installed: Sequence[str] = (), **fields: Any) -> CompanyProfile:
        """Make a profile of the diagnostic and of what else is known.

        Parameters
        ----------
        installed : sequence of str, default=()
            Tools known to be in place; functions that are served already are added.
        **fields : object
            The other arguments of ``CompanyProfile``: branch is needed, and headcount unless the answers
            were scored at one.

        Returns
        -------
        CompanyProfile
            The firm.

        Raises
        ------
        InvalidValueError
            If a value is wrong.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> score = hr.load_questionnaire().score({"RE1": "o2", "RE2": "o1"}, headcount=9)
        >>> dict(score.to_profile(branch="couture").maturity)
        {'recruitment': 37.5}
        """
        size = {"headcount": self.headcount} if self.headcount is not None else {}
        stated = size if fields.get("headcount_band") is None else {}
        return CompanyProfile(**{**stated, **self.profile_fields(installed), **fields})

    def said(self, lang: str = "fr", catalog: Catalog | None = None) -> list[tuple[str, str]]:
        """Say each dimension: its score with its level, and on how many answers it rests.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.
        catalog : Catalog, optional
            Catalog of the names. ``None`` is the bundled one; a key that it does not know stays a key.

        Returns
        -------
        list of (str, str)
            Name of the dimension, and what is said of it.
        """
        used = catalog_of(catalog)
        levels = used.table("levels").set_index("level")[f"name_{check_lang(lang)}"].to_dict()
        rows = []
        for key, value in self.maturity.items():
            rests = used.text("diagnose_rests", lang, n=self.answered[key], of=self.n_questions[key])
            level = self.level[key]
            said = used.text("page_not_measured", lang) if value is None else f"{value:.0f}/100"
            said += "" if level is None else f" – {levels.get(level, level)}"
            rows.append((label_of(used, "dimensions", key, lang), f"{said} ({rests})"))
        return rows

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each dimension, need and fact.

        Returns
        -------
        DataFrame
            ``topic`` (``maturity``, ``need`` or ``fact``), ``key, value`` (0 to 100; of a fact 1 or 0; NaN
            if unknown), ``level, coverage, answered`` and ``n_questions`` (of a dimension).
        """
        rows: list[dict[str, Any]] = [
            {"topic": "maturity", "key": key, "value": value, "level": self.level[key]}
            | {name: getattr(self, name)[key] for name in ("coverage", "answered", "n_questions")}
            for key, value in self.maturity.items()
        ]
        rows += [{"topic": "need", "key": key, "value": value} for key, value in self.needs.items()]
        rows += [{"topic": "fact", "key": key, "value": value} for key, value in self.facts.items()]
        numbers = ["value", "level", "coverage", "answered", "n_questions"]
        frame = pd.DataFrame(rows, columns=["topic", "key", *numbers])
        return frame.astype(dict.fromkeys(numbers, np.float64))

    def to_text(self, lang: str = "fr") -> str:
        """Return the scores, the needs that were told, and what does not go together, as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            Lines of text, in the words of the bundled catalog.
        """
        used = catalog_of(None)
        colon = used.text("colon", lang)
        lines = [used.text("diagnose_scores", lang)]
        lines += [f"  {name}{colon}{said}" for name, said in self.said(lang)]
        needs = {key: value for key, value in self.needs.items() if value}
        for key, value in sorted(needs.items(), key=lambda item: -item[1]):
            lines.append(f"  {label_of(used, 'needs', key, lang)}{colon}{value:.0f}/100")
        lines += [f"  {one.text(lang)}" for one in self.contradictions]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON and for `from_dict`.

        Returns
        -------
        dict
            The fields by name.
        """
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        missing = {
            key: {"questions": list(one.questions), "note": one.note.to_dict()}
            for key, one in self.missing.items()
        }
        as_dicts = {key: dict(value) for key, value in plain.items() if isinstance(value, Mapping)}
        told = [one.to_dict() for one in self.contradictions]
        lists = {"equipped": list(self.equipped), "contradictions": told}
        return plain | as_dicts | {"missing": missing} | lists

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make a stored score again.

        Parameters
        ----------
        values : mapping
            What `to_dict` returned. A score stored by an older questionnaire is read by
            ``Questionnaire.read_score``.

        Returns
        -------
        DiagnosticScore
            The same score.

        Raises
        ------
        InvalidValueError
            If a field is missing, unknown, of another shape or out of its range.
        """
        if not isinstance(values, Mapping):
            raise invalid("diagnostic score", "a mapping", values)
        names = [item.name for item in fields(cls)]
        for name in values:
            if name not in names:
                raise unknown_name("field of a diagnostic score", name, names)
        for name in names:
            if name not in values:
                raise invalid("diagnostic score", f"a mapping with the field {name!r}", sorted(values))
        try:
            return cls(**{**values, **_objects(values)})
        except (AttributeError, KeyError, TypeError) as error:
            raise invalid("diagnostic score", "what to_dict returned", values) from error


def _objects(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a stored score that are objects."""
    missing = {
        key: MissingAnswers(questions=tuple(one["questions"]), note=Text(**one["note"]))
        for key, one in values["missing"].items()
    }
    told = tuple(
        Contradiction(**{**one, "questions": tuple(one["questions"]), "text": Text(**one["text"])})
        for one in values["contradictions"]
    )
    return {"missing": missing, "contradictions": told, "equipped": tuple(values["equipped"])}
