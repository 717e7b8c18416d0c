"""The pieces of an outlook: sources, facts, occupations, needs, and what answers them."""

from __future__ import annotations

from dataclasses import dataclass

from hrtools_reco.catalog import Source
from hrtools_reco.views import Record


@dataclass(frozen=True, kw_only=True)
class BranchFact(Record):
    """A sentence about a branch.

    Attributes
    ----------
    key : str
        Key of the statistic or of the habit.
    topic : str
        What it is about, such as ``hiring``, ``training`` or ``ages``.
    text_fr, text_en : str
        The sentence.
    scope_fr, scope_en : str or None
        What a figure covers, and by whom.
    as_of : str or None
        Year or day that it is about; None where it is not told.
    source : Source
        Where it was read.
    needs : tuple of str
        Needs of a firm that it speaks to.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.opportunities("couture").facts[0].source.url[:8]
    'https://'
    """

    key: str
    topic: str
    text_fr: str
    text_en: str
    scope_fr: str | None
    scope_en: str | None
    as_of: str | None
    source: Source
    needs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FunctionTools(Record):
    """A function that answers, and tools for it.

    Attributes
    ----------
    function : str
        Key of the function.
    tools : tuple of str
        Keys of the tools, the first to look at first.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> answer = hr.opportunities("couture").needs[0].answers[0]
    >>> answer.tools[0] in hr.load_catalog().tool_ids
    True
    """

    function: str
    tools: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OccupationOutlook(Record):
    """An occupation of a branch and how digital tools change it.

    Attributes
    ----------
    occupation_id : str
        Key.
    rome_code, rome_label : str
        Code and label in ROME, the State's list of occupations.
    name_fr, name_en : str
        Everyday name.
    basis : {"stated", "inferred"}
        Whether a page says that the branch has this occupation.
    change_fr, change_en : str or None
        How digital tools change the work; None where no source was found.
    change_sources : tuple of Source
        Pages that say so, the newest first; empty where there is none.
    tension_fr, tension_en : str or None
        How hard the post is to fill; None where no source was found.
    tension_sources : tuple of Source
        Pages that say so.
    answers : tuple of FunctionTools
        Functions that help with it.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> len(hr.opportunities("footwear").occupations) > 0
    True
    """

    occupation_id: str
    rome_code: str
    rome_label: str
    name_fr: str
    name_en: str
    basis: str
    change_fr: str | None
    change_en: str | None
    change_sources: tuple[Source, ...]
    tension_fr: str | None
    tension_en: str | None
    tension_sources: tuple[Source, ...]
    answers: tuple[FunctionTools, ...]


@dataclass(frozen=True, kw_only=True)
class NeedOutlook(Record):
    """A need that the facts of a branch speak to, and what answers it.

    Attributes
    ----------
    need : str
        Key of the need.
    expected : float or None
        Urgency from 0 to 100 expected of a firm of the branch; None where no figure gives one.
    facts : tuple of BranchFact
        What speaks for it.
    answers : tuple of FunctionTools
        Functions whose main use is to answer it, the strongest first.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> outlook = hr.opportunities("couture").needs[0]
    >>> outlook.need in hr.load_catalog().keys("needs")
    True
    """

    need: str
    expected: float | None
    facts: tuple[BranchFact, ...]
    answers: tuple[FunctionTools, ...]
