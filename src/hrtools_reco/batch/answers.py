"""Answer one chunk of a file: columns in, columns out, and what is left out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.answer import Shortfall, join_parts
from hrtools_reco.answer.batch_results import AnswerPart, cited_tools
from hrtools_reco.answer.coded import Coded, Columns
from hrtools_reco.batch.alike import find_alike
from hrtools_reco.batch.summary import Tally, tally_of
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT
from hrtools_reco.exceptions import Reject
from hrtools_reco.extras import extra_module
from hrtools_reco.files import CompanyChunk, firm_frame
from hrtools_reco.firms import Firms, narrowed, read_companies
from hrtools_reco.recommender import ToolRecommender
from hrtools_reco.texts import LANGUAGES

_OURS = "hrtools_reco."


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for of each firm.

    Attributes
    ----------
    k : int
        Largest number of recommendations of a firm.
    contributions : bool
        Whether to add the contributions.
    reasons : str or None
        Language of the column of reasons.
    cited : bool
        Whether to add what can be cited.
    chunk_size : int
        Firms that are worked on at a time.
    text_keys : bool
        Whether keys are written as text, whatever they are.
    exclude, only : str, list of str or None
        What to leave out, or to keep, for all firms.
    """

    k: int
    contributions: bool
    reasons: str | None
    cited: bool
    chunk_size: int
    text_keys: bool = False
    exclude: str | list[str] | None = None
    only: str | list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One chunk.

    Attributes
    ----------
    number : int
        Its place in the file, from 0.
    chunk : CompanyChunk
        The firms.
    repeated : ndarray of int
        Rows of firms whose key stands in an earlier chunk.
    """

    number: int
    chunk: CompanyChunk
    repeated: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What came of one chunk.

    Attributes
    ----------
    columns : mapping of str to Coded or ndarray
        The answer.
    shortfalls : mapping of str to Coded or ndarray
        Firms with fewer recommendations than asked for.
    rejects : tuple of Reject
        The refused cells, with the rows of the file.
    unserved : tuple of Shortfall
        Firms without any recommendation.
    tally : Tally
        The counts.
    """

    columns: Columns
    shortfalls: Columns
    rejects: tuple[Reject, ...]
    unserved: tuple[Shortfall, ...]
    tally: Tally


def answer_chunk(task: Task, recommender: ToolRecommender, wanted: Wanted) -> Answered:
    """Recommend tools to the firms of one chunk.

    Parameters
    ----------
    task : Task
        The chunk.
    recommender : ToolRecommender
        The fitted recommender.
    wanted : Wanted
        What is asked for.

    Returns
    -------
    Answered
        What came of it.
    """
    chunk, catalog = task.chunk, recommender.catalog_
    read, refused = _read(task, recommender)
    firms = narrowed(read, catalog, exclude=wanted.exclude, only=wanted.only)
    rejects = tuple(sorted([*refused, *chunk.rejects], key=lambda reject: reject.row))
    part = _answer(firms, recommender, wanted)
    keys = as_texts(firms.company_id) if wanted.text_keys else firms.company_id
    columns = part.columns(keys, catalog)
    if wanted.cited:
        columns |= cited_tools(part.tool, catalog, wanted.reasons or LANGUAGES[0])
    short = part.shortfalls
    unserved = tuple(
        Shortfall(company_id=keys[short.firm[at]], missing=wanted.k, reason=short.texts[short.reason[at]])
        for at in np.flatnonzero(short.missing == wanted.k)
    )
    n_firms = len(chunk.rows) + len(chunk.rejects)
    return Answered(
        columns=columns,
        shortfalls=short.columns(keys),
        rejects=rejects,
        unserved=unserved,
        tally=tally_of(part, firms, rejects, n_firms, wanted.k, catalog),
    )


def _read(task: Task, recommender: ToolRecommender) -> tuple[Firms, list[Reject]]:
    """Read the firms of a chunk.

    A firm whose key an earlier chunk has taken is put once more in front: the one validation of a table then
    refuses it where it stands, and what concerns the copy in front is left out.
    """
    chunk, n_copies = task.chunk, len(task.repeated)
    companies = chunk.companies
    frame = companies if isinstance(companies, pd.DataFrame) else firm_frame(companies)
    if not len(frame) and chunk.rejects:  # every line is cut: nothing is left to read
        return _nobody(recommender), []
    if n_copies:
        frame = pd.concat([frame.iloc[task.repeated], frame], ignore_index=True)
    firms, kept, refused = read_companies(frame, recommender.catalog_, on_error="collect")
    if n_copies:
        firms = firms.take(kept >= n_copies)
    return firms, [
        Reject(
            row=int(chunk.rows[cell.row - n_copies]),
            column=cell.column,
            value=str(cell.value),
            message=cell.message,
        )
        for cell in refused
        if cell.row >= n_copies
    ]


def _nobody(recommender: ToolRecommender) -> Firms:
    """Return the arrays of no firm."""
    catalog = recommender.catalog_
    firm = {COMPANY_ID: "", BRANCH: catalog.keys("branches")[0], HEADCOUNT: 1}
    return read_companies(firm, catalog)[0].take(slice(0, 0))


def _answer(firms: Firms, recommender: ToolRecommender, wanted: Wanted) -> AnswerPart:
    """Answer firms, some at a time; those of which the same is known only once."""
    alike = find_alike(firms) if len(firms) > 1 and _reads_no_keys(recommender) else None
    if alike is not None:
        return alike.spread(_answer_each(firms.take(alike.firsts), recommender, wanted))
    return _answer_each(firms, recommender, wanted)


def _reads_no_keys(recommender: ToolRecommender) -> bool:
    """Tell whether all rules are of this library: one of a user's own may look at the key of a firm."""
    return all(type(rule).__module__.startswith(_OURS) for rule in recommender.rules_)


def _answer_each(firms: Firms, recommender: ToolRecommender, wanted: Wanted) -> AnswerPart:
    """Answer every firm by itself, some at a time."""
    size = wanted.chunk_size
    return join_parts(
        [
            recommender.engine_.answer(
                firms.take(slice(start, start + size)),
                wanted.k,
                contributions=wanted.contributions,
                reasons=wanted.reasons,
            )
            for start in range(0, max(len(firms), 1), size)
        ]
    )


def table_of(columns: Columns) -> Any:
    """Return columns as an Arrow table; each text is turned into Arrow once.

    Parameters
    ----------
    columns : mapping of str to Coded or ndarray
        The columns, of one length.

    Returns
    -------
    Table
        Columns of text, whole numbers or numbers, whatever the rows are.
    """
    arrow = extra_module("pyarrow", "io")
    return arrow.table({name: _arrow_column(column) for name, column in columns.items()})


def _arrow_column(column: Coded | np.ndarray) -> Any:
    """Return one column as an array of Arrow."""
    arrow = extra_module("pyarrow", "io")
    if not isinstance(column, Coded):
        return arrow.array(column)
    made = arrow.array(column.values) if column.values.dtype != object else _arrow_texts(column.values)
    return made.take(arrow.array(column.codes))


def as_texts(keys: np.ndarray) -> np.ndarray:
    """Return keys as texts; those that are keep their cells."""
    if keys.dtype == object and pd.api.types.infer_dtype(keys, skipna=False) in ("string", "empty"):
        return keys
    return pd.Series(keys).map(str).to_numpy(dtype=object)


def _arrow_texts(cells: np.ndarray) -> Any:
    """Return cells as Arrow text; what is no text is written as it reads."""
    arrow = extra_module("pyarrow", "io")
    try:
        return arrow.array(cells, arrow.string(), from_pandas=True)
    except arrow.ArrowException:
        return arrow.array(pd.Series(cells).map(str, na_action="ignore"), arrow.string(), from_pandas=True)
