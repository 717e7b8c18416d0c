"""The answer to many firms: a plain table, who got less, and who was refused; no firm is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.answer.coded import Coded, answer_columns, frame_of
from hrtools_reco.answer.shortfalls import Shortfalls, join_shortfalls
from hrtools_reco.catalog import Catalog, Versions, catalog_of, citations_of, versions_of
from hrtools_reco.columns import (
    CERTAINTY,
    CITED,
    COLUMN,
    COMPANY_ID,
    MESSAGE,
    MISSING,
    N_FIT,
    N_TO_CHECK,
    RANK,
    REASON_EN,
    REASON_FR,
    ROW,
    SCORE,
    STATUS,
    TOOL_ID,
    VALUE,
)
from hrtools_reco.exceptions import Reject
from hrtools_reco.firms import Firms
from hrtools_reco.model import CERTAINTY_KEYS
from hrtools_reco.rules import STATUSES, Rule
from hrtools_reco.tables import TableKind, as_it_came, as_pandas
from hrtools_reco.texts import check_lang
from hrtools_reco.views import Result, html_box, html_frame, html_rows, html_title, plain_value

_FRAME = (COMPANY_ID, RANK, TOOL_ID, SCORE, STATUS, N_FIT, N_TO_CHECK, CERTAINTY)
_SHORTFALLS = (COMPANY_ID, MISSING, REASON_FR, REASON_EN)
_REJECTS = (ROW, COLUMN, VALUE, MESSAGE)


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
class BatchRecommendations(Result):
    """The recommended tools of many firms; every firm stands in at least one of its tables.

    Attributes
    ----------
    frame : DataFrame, or table of the kind that came in (a list of dicts for a list of dicts)
        One row for each recommendation, in the order of the input and then of rank: ``company_id, rank,
        tool_id, score, status, n_fit, n_to_check, certainty`` (sure, likely or guess), then what was asked
        for: ``contribution_<block>``
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
            frame=as_pandas(self.frame, "frame", _FRAME),
            shortfalls=as_pandas(self.shortfalls, "shortfalls", _SHORTFALLS),
            rejects=as_pandas(self.rejects, "rejects", _REJECTS),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the recommendations as a table of pandas, whatever came in.

        Returns
        -------
        DataFrame
            A copy of ``frame``.
        """
        frame: pd.DataFrame = self.to_pandas().frame
        return frame.copy()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``versions, day, k, accounts, recommendations, shortfalls, rejects``.
        """
        answer = self.to_pandas()
        tables = {"recommendations": answer.frame, "shortfalls": answer.shortfalls, "rejects": answer.rejects}
        return {
            "versions": self.versions.to_dict(),
            "day": self.day.isoformat(),
            "k": self.k,
            "accounts": self.accounts(),
            **{name: plain_value(table) for name, table in tables.items()},
        }

    def to_text(self, lang: str = "fr") -> str:
        """Return the accounts as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            How many firms were read, served, left without a tool and refused; what it all comes from.
        """
        text = catalog_of(None).text
        cited = text("cited_from", lang, **self.versions.to_dict(), day=self.day.isoformat())
        lines = [
            text("batch_title", lang, n=len(self)),
            "  " + text("batch_accounts", lang, **self.accounts()),
        ]
        return "\n".join([*lines, "  " + cited])

    def to_html(self, lang: str = "fr") -> str:
        """Return the accounts and the first recommendations as HTML.

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
        return html_box(html_title(head), html_rows(lines), html_frame(self.to_pandas().frame))

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
    """The answer to some consecutive firms, as columns.

    Attributes
    ----------
    firm : ndarray of int of shape (n_recommendations,)
        Row of the firm of each recommendation, by firm and then by rank.
    rank : ndarray of int of shape (n_recommendations,)
        Rank from 1.
    tool, status : ndarray of int of shape (n_recommendations,)
        Column of the tool; position in ``STATUSES``.
    score : ndarray of shape (n_recommendations,)
        From 0 to 100.
    n_fit, n_to_check : ndarray of int of shape (n_firms,)
        Tools of the catalog that fit each firm, and that are to be checked.
    certainty : ndarray of int of shape (n_recommendations,)
        Position in ``CERTAINTY_KEYS``.
    contributions : ndarray of shape (n_recommendations, 7) or None
        Points by block.
    reasons : list of str or None
        Reasons of each, in one text.
    shortfalls : Shortfalls
        Firms that got fewer than asked for.
    """

    firm: np.ndarray
    rank: np.ndarray
    tool: np.ndarray
    status: np.ndarray
    score: np.ndarray
    n_fit: np.ndarray
    n_to_check: np.ndarray
    certainty: np.ndarray
    contributions: np.ndarray | None
    reasons: list[str] | None
    shortfalls: Shortfalls

    @property
    def n_firms(self) -> int:
        """Firms that were answered."""
        return len(self.n_fit)

    def columns(self, company_id: np.ndarray, catalog: Catalog) -> dict[str, Coded | np.ndarray]:
        """Return the columns of the answer."""
        found = {
            COMPANY_ID: Coded(values=company_id, codes=self.firm),
            RANK: self.rank,
            TOOL_ID: Coded(values=np.array(catalog.tool_ids, dtype=object), codes=self.tool),
            SCORE: self.score,
            STATUS: Coded(values=np.array(STATUSES, dtype=object), codes=self.status),
            N_FIT: self.n_fit[self.firm],
            N_TO_CHECK: self.n_to_check[self.firm],
            CERTAINTY: Coded(values=np.array(CERTAINTY_KEYS, dtype=object), codes=self.certainty),
        }
        return answer_columns(found, self.contributions, self.reasons)


def join_parts(parts: Sequence[AnswerPart]) -> AnswerPart:
    """Put the answers to consecutive firms together.

    Parameters
    ----------
    parts : sequence of AnswerPart
        At least one, in the order of the firms.

    Returns
    -------
    AnswerPart
        The answer to all of them.
    """
    first, n_firms = parts[0], [part.n_firms for part in parts]
    if len(parts) == 1:
        return first
    starts = np.concatenate([[0], np.cumsum(n_firms)])
    names = ("rank", "tool", "status", "score", "n_fit", "n_to_check", "certainty")
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    said = None if first.reasons is None else [text for part in parts for text in part.reasons or ()]
    points = [part.contributions for part in parts if part.contributions is not None]
    return AnswerPart(
        firm=np.concatenate([part.firm + start for part, start in zip(parts, starts, strict=False)]),
        contributions=np.concatenate(points) if points else None,
        reasons=said,
        shortfalls=join_shortfalls([part.shortfalls for part in parts], n_firms),
        **joined,
    )


def batch_recommendations(
    part: AnswerPart,
    rejects: Sequence[Reject],
    k: int,
    basis: Basis,
    kind: TableKind | None = None,
    cited_in: str | None = None,
) -> BatchRecommendations:
    """Return an answer as tables.

    Parameters
    ----------
    part : AnswerPart
        The answer to all firms of the basis.
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
    company_id, refused = basis.firms.company_id, reject_frame(rejects)
    columns = part.columns(company_id, basis.catalog)
    if cited_in is not None:
        columns |= cited_tools(part.tool, basis.catalog, cited_in)
    return BatchRecommendations(
        frame=as_it_came(frame_of(columns), kind),
        shortfalls=as_it_came(frame_of(part.shortfalls.columns(company_id)), kind),
        rejects=as_it_came(refused, kind),
        n_read=part.n_firms + int(refused[ROW].nunique()),
        k=k,
        versions=versions_of(basis.catalog),
        day=date.today(),
        basis=basis,
    )


def cited_tools(tools: np.ndarray, catalog: Catalog, lang: str) -> dict[str, Coded]:
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
    dict of str to Coded
        Columns ``name, kind, homepage, price, price_date, source_url, source_date``, all text.
    """
    distinct, at = np.unique(tools, return_inverse=True)
    rows = []
    for column in distinct.tolist():
        tool = catalog.tool(catalog.tool_ids[column])
        cited = citations_of(catalog).of(tool.tool_id)
        source = (cited.source.url, cited.source.page_date) if cited.source else (None, None)
        rows.append((tool.name, tool.kind, cited.homepage, cited.price.text(lang), cited.price.date, *source))
    cells = np.array(rows, dtype=object).reshape(len(rows), len(CITED)).T
    return {name: Coded(values=values, codes=at) for name, values in zip(CITED, cells, strict=True)}


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
    return pd.DataFrame(rows, columns=list(_REJECTS)).astype({ROW: "int64"})
