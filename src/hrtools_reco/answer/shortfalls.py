"""Why some firms get fewer recommendations than asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hrtools_reco.answer.coded import Coded
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import COMPANY_ID, MISSING, REASON_EN, REASON_FR
from hrtools_reco.rules import FAIL, Eligibility, Rule
from hrtools_reco.texts import LANGUAGES, Text


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """Fewer recommendations than asked for.

    Attributes
    ----------
    company_id : object
        The firm, as it came in.
    missing : int
        How many are missing, at least 1.
    reason : Text
        Why.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.recommend({"branch": "couture", "headcount": 3}, k=300).shortfall.missing > 0
    True
    """

    company_id: object
    missing: int
    reason: Text

    def to_dict(self) -> dict[str, object]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``company_id, missing, reason_fr, reason_en``.
        """
        return {
            COMPANY_ID: self.company_id,
            MISSING: self.missing,
            REASON_FR: self.reason.fr,
            REASON_EN: self.reason.en,
        }


@dataclass(frozen=True, kw_only=True)
class Shortfalls:
    """The firms that got fewer than asked for, as columns.

    Attributes
    ----------
    firm : ndarray of int of shape (n_short,)
        Row of each such firm.
    missing : ndarray of int of shape (n_short,)
        How many it has fewer, at least 1.
    reason : ndarray of int of shape (n_short,)
        Position in ``texts``.
    texts : tuple of Text
        The reasons.
    """

    firm: np.ndarray
    missing: np.ndarray
    reason: np.ndarray
    texts: tuple[Text, ...]

    def __len__(self) -> int:
        return len(self.firm)

    def first(self, company_id: object) -> Shortfall:
        """Return the first one as an object."""
        return Shortfall(
            company_id=company_id, missing=int(self.missing[0]), reason=self.texts[self.reason[0]]
        )

    def columns(self, company_id: np.ndarray) -> dict[str, Coded | np.ndarray]:
        """Return the columns ``company_id, missing, reason_fr, reason_en``."""
        said = {lang: np.array([text(lang) for text in self.texts], dtype=object) for lang in LANGUAGES}
        return {
            COMPANY_ID: Coded(values=company_id, codes=self.firm),
            MISSING: self.missing,
            REASON_FR: Coded(values=said["fr"], codes=self.reason),
            REASON_EN: Coded(values=said["en"], codes=self.reason),
        }


def join_shortfalls(parts: Sequence[Shortfalls], n_firms: Sequence[int]) -> Shortfalls:
    """Put shortfalls of consecutive firms together.

    Parameters
    ----------
    parts : sequence of Shortfalls
        At least one.
    n_firms : sequence of int
        Firms that each part is about.

    Returns
    -------
    Shortfalls
        All of them; each text stands once.
    """
    starts = np.concatenate([[0], np.cumsum(n_firms)])
    texts = tuple(dict.fromkeys(text for part in parts for text in part.texts))
    place = {text: at for at, text in enumerate(texts)}
    reasons = [np.array([place[text] for text in part.texts], dtype=np.int64)[part.reason] for part in parts]
    return Shortfalls(
        firm=np.concatenate([part.firm + start for part, start in zip(parts, starts, strict=False)]),
        missing=np.concatenate([part.missing for part in parts]),
        reason=np.concatenate(reasons),
        texts=texts,
    )


def explain_shortfalls(
    missing: np.ndarray, k: int, eligibility: Eligibility, rules: Sequence[Rule], catalog: Catalog
) -> Shortfalls:
    """Say why some firms have fewer recommendations than asked for.

    Parameters
    ----------
    missing : ndarray of int of shape (n_firms,)
        How many each has fewer than asked for.
    k : int
        Recommendations asked for.
    eligibility : Eligibility
        What the rules say of the firms.
    rules : sequence of Rule
        The rules.
    catalog : Catalog
        Catalog of the texts.

    Returns
    -------
    Shortfalls
        One for each such firm, in order.
    """
    short = np.flatnonzero(missing > 0)
    n_failed = np.zeros((len(short), max(len(rules), 1)), dtype=np.int64)
    if len(short):
        for at, (table, code) in enumerate(zip(eligibility.outcomes, eligibility.codes, strict=True)):
            n_failed[:, at] = np.count_nonzero(table == FAIL, axis=1)[code[short]]
    eligible = np.count_nonzero(eligibility.recommendable[short], axis=1)
    keys = np.column_stack([missing[short], eligible, n_failed.argmax(axis=1), n_failed.max(axis=1)])
    distinct, which = np.unique(keys, axis=0, return_inverse=True)
    return Shortfalls(
        firm=short,
        missing=missing[short],
        reason=which.ravel(),
        texts=tuple(_shortfall_text(row, k, rules, catalog) for row in distinct.tolist()),
    )


def _shortfall_text(key: Sequence[int], k: int, rules: Sequence[Rule], catalog: Catalog) -> Text:
    """Say one reason in both languages."""
    missing, n_eligible, worst, n_failed = key
    said = []
    for lang in LANGUAGES:
        if n_eligible > k - missing:
            reason = catalog.text("shortfall_cap", lang, n_eligible=n_eligible)
        else:
            label = rules[worst].title(lang)
            reason = catalog.text(
                "shortfall_rules", lang, n_eligible=n_eligible, rule=label, n_failed=n_failed
            )
        said.append(catalog.text("shortfall", lang, missing=missing, k=k, reason=reason))
    return Text(*said)
