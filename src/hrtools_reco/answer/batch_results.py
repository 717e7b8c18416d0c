"""The answer to many firms: a plain table, who got less, and who was refused; no firm is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, Versions, citations_of, versions_of
from hrtools_reco.columns import (
    CITED,
    COLUMN,
    COMPANY_ID,
    CONTRIBUTION_PREFIX,
    MESSAGE,
    MISSING,
    N_FIT,
    N_TO_CHECK,
    RANK,
    REASON_EN,
    REASON_FR,
    REASONS,
    ROW,
    SCORE,
    STATUS,
    TOOL_ID,
    VALUE,
)
from hrtools_reco.exceptions import Reject
from hrtools_reco.firms import Firms
from hrtools_reco.model import BLOCKS
from hrtools_reco.rules import FAIL, STATUSES, Eligibility, Rule
from hrtools_reco.tables import TableKind, as_it_came, as_pandas
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
class Basis:
    """What an answer was made from.

    Attributes
    ----------
    firms : Firms
        The firms that were answered.
    rules : sequence of Rule
        The rules.
    catalog : Catalog
        The catalog.
    """

    firms: Firms
    rules: Sequence[Rule]
    catalog: Catalog


@dataclass(frozen=True, kw_only=True)
class BatchRecommendations:
    """The recommended tools of many firms; every firm stands in at least one of its tables.

    Attributes
    ----------
    frame : DataFrame, or table of the kind that came in
        One row for each recommendation, in the order of the input and then of rank: ``company_id, rank,
        tool_id, score, status, n_fit, n_to_check``, then what was asked for: ``contribution_<block>``
        (their sum is ``score``), ``reasons``, and what can be cited: ``name, kind, homepage, price,
        price_date, source_url, source_date``.
    shortfalls : DataFrame, or table of the kind that came in
        Firms with fewer recommendations than asked for: ``company_id, missing, reason_fr, reason_en``.
    rejects : DataFrame, or table of the kind that came in
        Refused cells: ``row`` (position in the input, from 0), ``column``, ``value`` as text, ``message``.
    n_read : int
        Firms of the input.
    k : int
        Recommendations asked for.
    versions : Versions
        Versions of the library, the catalog and the questionnaire that it comes from.
    day : date
        Day on which it was made.
    basis : Basis or None
        The firms, rules and catalog that it was made from, for ``summarise``; ``None`` once it was pickled.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firms = [{"company_id": "a", "branch": "footwear", "headcount": 12}]
    >>> answer = hr.ToolRecommender().fit().recommend_batch(firms, k=2)
    >>> len(answer), answer.accounts()
    (2, {'read': 1, 'served': 1, 'short': 0, 'refused': 0})
    """

    frame: Any
    shortfalls: Any
    rejects: Any
    n_read: int
    k: int
    versions: Versions
    day: date
    basis: Basis | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.frame)

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "basis": None}

    def to_pandas(self) -> BatchRecommendations:
        """Return the answer with tables of pandas, whatever they are now.

        Returns
        -------
        BatchRecommendations
            The same answer.
        """
        return replace(
            self,
            frame=as_pandas(self.frame, "frame"),
            shortfalls=as_pandas(self.shortfalls, "shortfalls"),
            rejects=as_pandas(self.rejects, "rejects"),
        )

    def accounts(self) -> dict[str, int]:
        """Count every firm once.

        Returns
        -------
        dict of str to int
            ``read`` is the sum of ``served`` (at least one recommendation), ``short`` (none at all, with a
            shortfall of ``k``) and ``refused`` (a cell is wrong).
        """
        answer = self.to_pandas()
        return {
            "read": self.n_read,
            "served": int((answer.frame[RANK] == 1).sum()),
            "short": int((answer.shortfalls[MISSING] == self.k).sum()),
            "refused": int(answer.rejects[ROW].nunique()),
        }


@dataclass(frozen=True, kw_only=True)
class AnswerPart:
    """The answer to some firms, as columns of equal length n_recommendations.

    Attributes
    ----------
    company_id : ndarray
        Firm of each recommendation, as it came in.
    rank, n_fit, n_to_check : ndarray of int
        Rank from 1; tools of the catalog that fit the firm, and that are to be checked.
    tool, status : ndarray of int
        Column of the tool; position in ``STATUSES``.
    score : ndarray
        From 0 to 100.
    contributions : ndarray of shape (n_recommendations, 7) or None
        Points by block.
    reasons : list of str or None
        Reasons of each, in one text.
    shortfalls : list of Shortfall
        Firms that got fewer than asked for.
    n_firms : int
        Firms that were answered.
    """

    company_id: np.ndarray
    rank: np.ndarray
    n_fit: np.ndarray
    n_to_check: np.ndarray
    tool: np.ndarray
    status: np.ndarray
    score: np.ndarray
    contributions: np.ndarray | None
    reasons: list[str] | None
    shortfalls: list[Shortfall]
    n_firms: int


def empty_part(*, contributions: bool, reasons: str | None) -> AnswerPart:
    """Return the answer to no firm.

    Parameters
    ----------
    contributions : bool
        Whether contributions are asked for.
    reasons : {"fr", "en"} or None
        Language of the reasons, if they are asked for.

    Returns
    -------
    AnswerPart
        Columns without a row.
    """
    none = np.empty(0, dtype=np.int64)
    return AnswerPart(
        company_id=np.empty(0, dtype=object),
        rank=none,
        tool=none,
        score=np.empty(0),
        status=none,
        n_fit=none,
        n_to_check=none,
        contributions=np.empty((0, len(BLOCKS))) if contributions else None,
        reasons=None if reasons is None else [],
        shortfalls=[],
        n_firms=0,
    )


def batch_recommendations(
    parts: Sequence[AnswerPart],
    rejects: Sequence[Reject],
    k: int,
    basis: Basis,
    kind: TableKind | None = None,
    cited_in: str | None = None,
) -> BatchRecommendations:
    """Put the parts of an answer together.

    Parameters
    ----------
    parts : sequence of AnswerPart
        At least one, in the order of the firms.
    rejects : sequence of Reject
        The refused cells.
    k : int
        Recommendations asked for.
    basis : Basis
        What it is made from.
    kind : TableKind, optional
        Kind of its tables; ``None`` is pandas.
    cited_in : {"fr", "en"}, optional
        Whether to add what can be cited of each tool, and in which language.

    Returns
    -------
    BatchRecommendations
        The answer.
    """

    def joined(name: str) -> np.ndarray:
        """Return a column of all parts."""
        return np.concatenate([getattr(part, name) for part in parts])

    first = parts[0]
    frame = answer_frame(
        joined("company_id"),
        {
            RANK: joined("rank"),
            TOOL_ID: np.array(basis.catalog.tool_ids, dtype=object)[joined("tool")],
            SCORE: joined("score"),
            STATUS: np.array(STATUSES, dtype=object)[joined("status")],
            N_FIT: joined("n_fit"),
            N_TO_CHECK: joined("n_to_check"),
        },
        None if first.contributions is None else joined("contributions"),
        None if first.reasons is None else [text for part in parts for text in part.reasons or ()],
    )
    if cited_in is not None:
        frame = pd.concat([frame, cited_tools(joined("tool"), basis.catalog, cited_in)], axis=1)
    refused = reject_frame(rejects)
    shortfalls = [shortfall for part in parts for shortfall in part.shortfalls]
    return BatchRecommendations(
        frame=as_it_came(frame, kind),
        shortfalls=as_it_came(shortfall_frame(shortfalls), kind),
        rejects=as_it_came(refused, kind),
        n_read=sum(part.n_firms for part in parts) + int(refused[ROW].nunique()),
        k=k,
        versions=versions_of(basis.catalog),
        day=date.today(),
        basis=basis,
    )


def cited_tools(tools: np.ndarray, catalog: Catalog, lang: str) -> pd.DataFrame:
    """Write what can be cited of tools as columns; each tool is looked up once.

    Parameters
    ----------
    tools : ndarray of int of shape (n_rows,)
        Column of the tool of each row.
    catalog : Catalog
        Catalog of the tools.
    lang : {"fr", "en"}
        Language of the price.

    Returns
    -------
    DataFrame
        Columns ``name, kind, homepage, price, price_date, source_url, source_date``, all text.
    """
    distinct, at = np.unique(tools, return_inverse=True)
    rows = []
    for column in distinct.tolist():
        tool = catalog.tool(catalog.tool_ids[column])
        cited = citations_of(catalog).of(tool.tool_id)
        source = (cited.source.url, cited.source.page_date) if cited.source else (None, None)
        rows.append((tool.name, tool.kind, cited.homepage, cited.price.text(lang), cited.price.date, *source))
    return pd.DataFrame(rows, columns=CITED, dtype=object).iloc[at].reset_index(drop=True)


def answer_frame(
    company_id: np.ndarray,
    columns: Mapping[str, object],
    contributions: np.ndarray | None = None,
    reasons: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Write recommendations as a table: the one place where its columns are put together.

    Parameters
    ----------
    company_id : ndarray of shape (n_recommendations,)
        Firm of each, as it came in.
    columns : mapping of str to array
        ``rank, tool_id, score, status, n_fit, n_to_check``, each of shape (n_recommendations,).
    contributions : ndarray of shape (n_recommendations, 7), optional
        Points by block.
    reasons : sequence of str, optional
        Reasons of each, in one text.

    Returns
    -------
    DataFrame
        The rows.
    """
    names = (RANK, TOOL_ID, SCORE, STATUS, N_FIT, N_TO_CHECK)
    parts: dict[str, object] = {COMPANY_ID: company_id, **{name: columns[name] for name in names}}
    if contributions is not None:
        parts |= {CONTRIBUTION_PREFIX + block: contributions[:, at] for at, block in enumerate(BLOCKS)}
    if reasons is not None:
        parts[REASONS] = pd.Series(list(reasons), dtype=object)
    return pd.DataFrame(parts)


def shortfall_frame(shortfalls: Sequence[Shortfall]) -> pd.DataFrame:
    """Write shortfalls as a table.

    Parameters
    ----------
    shortfalls : sequence of Shortfall
        The shortfalls.

    Returns
    -------
    DataFrame
        Columns ``company_id, missing, reason_fr, reason_en``.
    """
    rows = [shortfall.to_dict() for shortfall in shortfalls]
    return pd.DataFrame(rows, columns=[COMPANY_ID, MISSING, REASON_FR, REASON_EN])


def reject_frame(rejects: Sequence[Reject]) -> pd.DataFrame:
    """Write refused cells as a table.

    Parameters
    ----------
    rejects : sequence of Reject
        The refused cells.

    Returns
    -------
    DataFrame
        Columns ``row, column, value, message``; values are text.
    """
    rows = [(reject.row, reject.column, str(reject.value), reject.message) for reject in rejects]
    return pd.DataFrame(rows, columns=[ROW, COLUMN, VALUE, MESSAGE]).astype({ROW: "int64"})


def explain_shortfalls(
    company_id: np.ndarray,
    missing: np.ndarray,
    k: int,
    eligibility: Eligibility,
    rules: Sequence[Rule],
    catalog: Catalog,
) -> list[Shortfall]:
    """Say why some firms have fewer recommendations than asked for.

    Parameters
    ----------
    company_id : ndarray of shape (n_firms,)
        The firms.
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
    list of Shortfall
        One for each such firm, in order.
    """
    short = np.flatnonzero(missing > 0)
    if not len(short):
        return []
    failed = [
        (table == FAIL).sum(axis=1)[code[short]]
        for table, code in zip(eligibility.outcomes, eligibility.codes, strict=True)
    ]
    n_failed = np.column_stack(failed)
    worst = n_failed.argmax(axis=1)
    eligible = eligibility.recommendable.sum(axis=1)[eligibility.group[short]]
    keys = np.column_stack([missing[short], eligible, worst, n_failed.max(axis=1)])
    distinct, which = np.unique(keys, axis=0, return_inverse=True)
    said = [_shortfall_text(row, k, rules, catalog) for row in distinct.tolist()]
    rows = zip(company_id[short].tolist(), missing[short].tolist(), which.ravel().tolist(), strict=True)
    return [Shortfall(company_id=key, missing=count, reason=said[at]) for key, count, at in rows]


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
