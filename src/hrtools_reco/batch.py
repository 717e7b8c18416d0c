"""Recommend tools to a whole file of firms, chunk by chunk, with memory bounded by the chunk."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from hrtools_reco._checks import check_choice, check_count, invalid
from hrtools_reco.answer import Shortfall, reject_frame
from hrtools_reco.catalog import catalog_of, versions_of
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT, MISSING, REASON_EN, REASON_FR
from hrtools_reco.exceptions import InvalidTableError, Reject
from hrtools_reco.files import AnswerFiles, AnswerFormat, CompanyChunk, company_chunks
from hrtools_reco.firms import register_chunks
from hrtools_reco.recommender import CHUNK_SIZE, ToolRecommender
from hrtools_reco.texts import Text, check_lang
from hrtools_reco.views import Record, Result

Progress = Callable[[int, float], None]


@dataclass(frozen=True, kw_only=True)
class BatchSummary(Record, Result):
    r"""What came of a file of firms; every firm of it is counted.

    Attributes
    ----------
    target : Path
        File of the recommendations.
    n_firms : int
        Firms in the source, refused ones too.
    n_recommendations : int
        Rows of the target.
    n_shortfalls : int
        Firms with fewer than k recommendations.
    n_refused : int
        Firms that were left out because a cell is wrong.
    n_rejects : int
        Wrong cells of these firms.
    rejects : tuple of Reject
        The wrong cells, unless they went to a file of their own; their ``row`` is the row of the source, as
        a spreadsheet counts: the header is row 1.
    unserved : tuple of Shortfall
        The firms for which no tool at all can be recommended, so that no row of the target is theirs.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import hrtools_reco as hr
    >>> with TemporaryDirectory() as folder:
    ...     source = Path(folder) / "firms.csv"
    ...     _ = source.write_text("company_id;branch;headcount\na;pressing;4\nb;nowhere;60\n")
    ...     summary = hr.recommend_file(source, Path(folder) / "recs.csv", on_error="collect")
    >>> summary.n_firms, summary.n_refused
    (2, 1)
    """

    target: Path
    n_firms: int
    n_recommendations: int
    n_shortfalls: int
    n_refused: int
    n_rejects: int
    rejects: tuple[Reject, ...]
    unserved: tuple[Shortfall, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the wrong cells as a table.

        Returns
        -------
        DataFrame
            ``row, column, value, message``; empty where they went to a file of their own.
        """
        return reject_frame(self.rejects)

    def to_text(self, lang: str = "fr") -> str:
        """Return the counts as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            What was written where, how many firms were read, and each wrong cell.
        """
        text = catalog_of(None).text
        lines = [text("file_title", lang, n=self.n_recommendations, target=str(self.target))]
        lines.append("  " + text("file_accounts", lang, **vars(self)))
        lines += [f"  {reject.row}, {reject.column}: {reject.message}" for reject in self.rejects]
        return "\n".join(lines)


def recommend_file(
    source: str | PathLike[str],
    target: str | PathLike[str],
    k: int = 5,
    *,
    register: str | None = None,
    branch_of: Mapping[str, str] | None = None,
    on_error: str = "raise",
    rejects: str | PathLike[str] | None = None,
    contributions: bool = False,
    reasons: str | None = None,
    cited: bool = False,
    lang: str = "fr",
    excel: bool = False,
    raw: bool = False,
    recommender: ToolRecommender | None = None,
    n_jobs: int = 1,
    chunk_size: int = CHUNK_SIZE,
    progress: Progress | None = None,
) -> BatchSummary:
    r"""Recommend tools to every firm of a file, and write one row for each recommendation.

    The answer is that of ``recommend_batch`` over the whole file, whatever ``n_jobs`` and ``chunk_size``.
    A file is written whole or not at all. Beside a chunk, only the keys of the firms are held in memory.

    Parameters
    ----------
    source : path-like
        Firms in whatever ``read_companies_file`` reads: ``.csv, .parquet`` (a folder or a pattern of files
        too), ``.xlsx, .jsonl``, or ``"-"`` for standard input.
    target : path-like
        A ``.csv`` (UTF-8, comma), ``.parquet, .xlsx`` or ``.jsonl`` file; one that exists is replaced.
        ``"-"`` is CSV to standard output.
    k : int, default=5
        Largest number of recommendations of a firm, at least 1.
    register : {"sirene", "api"}, optional
        Register that the source comes from: a table of SIRENE (``profiles_from_sirene``), or a ``.json`` file
        with answers of the public search API (``profiles_from_api``). Rows that are no firm of a branch are
        left out with their reason, whatever ``on_error``.
    branch_of : mapping of str to str, optional
        With ``register``, branch of codes that leave it open, for the whole file.
    on_error : {"raise", "collect"}, default="raise"
        Whether a wrong cell stops all, or only leaves out its firm.
    rejects : path-like, optional
        With ``on_error="collect"`` or a register, a ``.csv`` file for what was left out: ``row, column,
        value, message``.
    contributions : bool, default=False
        Whether to add a column for each block of contributions; they sum to ``score``.
    reasons : {"fr", "en"}, optional
        Whether to add a column ``reasons``, and in which language.
    cited : bool, default=False
        Whether to add what can be cited of each tool, as in ``recommend_batch``. A Parquet file always tells
        the versions and the day in its metadata, under ``hrtools_reco``; a workbook in its properties.
    lang : {"fr", "en"}, default="fr"
        Language of the reasons why rows of a register were left out.
    excel : bool, default=False
        Whether CSV files are written as a French Excel opens them: semicolons, decimal commas (two places),
        a byte order mark.
    raw : bool, default=False
        Whether text that a spreadsheet would run as a formula (it starts with ``=``, ``+``, ``-`` or ``@``)
        stays as it is in CSV files; else an apostrophe is put before it. Parquet and JSON are always raw.
    recommender : ToolRecommender, optional
        A fitted recommender. ``None`` is one over the bundled catalog.
    n_jobs : int, default=1
        Processes to work with; -1 is one for each processor.
    chunk_size : int, default=8192
        Firms that are worked on at a time by one process; it bounds the memory and changes no answer.
    progress : callable, optional
        Called after each chunk with the number of firms that are done and the share of the file that is
        read, from 0 to 1.

    Returns
    -------
    BatchSummary
        Counts, and what was left out.

    Raises
    ------
    InvalidTableError
        With ``on_error="raise"``, if a cell is wrong; it lists the wrong cells of the first chunk that has
        any.
    InvalidValueError
        If a file cannot be read or written, a column is missing or misspelt, the table is empty or a
        parameter is wrong.
    NotFittedError
        If the recommender is not fitted.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import hrtools_reco as hr
    >>> with TemporaryDirectory() as folder:
    ...     source, target = Path(folder) / "firms.csv", Path(folder) / "recs.csv"
    ...     _ = source.write_text("company_id;branch;headcount\na;pressing;4\nb;1580;60\n")
    ...     summary = hr.recommend_file(source, target, k=3)
    ...     len(target.read_text().splitlines())
    7
    >>> summary.n_firms, summary.n_recommendations
    (2, 6)
    """
    check_choice("on_error", on_error, ("raise", "collect"), '"raise" or "collect"')
    if branch_of and register is None:
        raise invalid("branch_of", "None without register", dict(branch_of))
    collect = on_error == "collect" or register is not None
    if rejects is not None and not collect:
        raise invalid("rejects", 'None with on_error="raise"', str(rejects), 'Give on_error="collect".')
    size, jobs = check_count("chunk_size", chunk_size, unit="of firms"), _checked_jobs(n_jobs)
    fitted = recommender or ToolRecommender().fit()
    check_is_fitted(fitted)
    if register is None:
        chunks = company_chunks(source, size)
    else:
        chunks = register_chunks(source, size, register, branch_of, fitted.catalog_, check_lang(lang))
    options = {"k": k, "contributions": contributions, "reasons": reasons, "cited": cited}
    about: Any = {**versions_of(fitted.catalog_).to_dict(), "day": date.today().isoformat()}
    written = {"excel": excel, "raw": raw, "about": about}
    with AnswerFiles(source, target, rejects, _empty_answer(fitted, options), **written) as files:
        count = _Count()
        for part in _parts(_tasks(chunks), fitted, files.format, options, jobs):
            if part.rejects and not collect:
                raise InvalidTableError(part.rejects)
            files.write(part.answer, part.rejects)
            count.add(part, keep_rejects=rejects is None)
            if progress is not None:
                progress(count.n_firms, part.share)
    return count.summary(files.target)


def _checked_jobs(n_jobs: int) -> int:
    """Return the number of processes to work with."""
    if n_jobs == -1:
        return int(joblib.cpu_count())
    return check_count("n_jobs", n_jobs, unit="of processes (or -1 for one for each processor)")


def _empty_answer(recommender: ToolRecommender, options: dict[str, Any]) -> pd.DataFrame:
    """Return the columns of an answer, and refuse wrong options before a file is touched."""
    branch = recommender.catalog_.keys("branches")[0] if hasattr(recommender, "catalog_") else ""
    firm = pd.DataFrame({COMPANY_ID: ["company"], BRANCH: [branch], HEADCOUNT: [1]})
    return recommender.recommend_batch(firm, **options).frame.iloc[:0]


@dataclass(frozen=True, kw_only=True)
class _Task:
    """One chunk, and where in it stand firms whose key stands in an earlier chunk."""

    chunk: CompanyChunk
    repeated: np.ndarray


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What came of one chunk."""

    answer: Any
    n_firms: int
    n_recommendations: int
    n_shortfalls: int
    rejects: tuple[Reject, ...]
    unserved: tuple[Shortfall, ...]
    share: float


@dataclass(kw_only=True)
class _Count:
    """Counts of the parts so far."""

    n_firms: int = 0
    n_recommendations: int = 0
    n_shortfalls: int = 0
    n_refused: int = 0
    n_rejects: int = 0
    rejects: list[Reject] = field(default_factory=list)
    unserved: list[Shortfall] = field(default_factory=list)

    def add(self, part: _Part, *, keep_rejects: bool) -> None:
        """Count one more part."""
        self.n_firms += part.n_firms
        self.n_recommendations += part.n_recommendations
        self.n_shortfalls += part.n_shortfalls
        self.n_refused += len({reject.row for reject in part.rejects})
        self.n_rejects += len(part.rejects)
        self.rejects += part.rejects if keep_rejects else ()
        self.unserved += part.unserved

    def summary(self, target: Path) -> BatchSummary:
        """Return the counts as they stand."""
        counts = vars(self) | {"rejects": tuple(self.rejects), "unserved": tuple(self.unserved)}
        return BatchSummary(target=target, **counts)


def _tasks(chunks: Iterable[CompanyChunk]) -> Iterator[_Task]:
    """Yield each chunk with the rows whose key an earlier chunk has taken."""
    seen: set[str] = set()
    for chunk in chunks:
        repeated = np.empty(0, dtype=int)
        if COMPANY_ID in chunk.companies:
            keys = chunk.companies[COMPANY_ID].map(str, na_action="ignore")
            repeated = np.flatnonzero(keys.isin(seen.intersection(keys)))
            seen.update(keys[keys.notna() & ~keys.isin(("", " "))])
        yield _Task(chunk=chunk, repeated=repeated)


def _parts(
    tasks: Iterator[_Task],
    recommender: ToolRecommender,
    answers: AnswerFormat,
    options: dict[str, Any],
    n_jobs: int,
) -> Iterator[_Part]:
    """Yield what comes of each chunk, in the order of the file."""
    if n_jobs == 1:
        for task in tasks:
            yield _answer(task, recommender, answers, options)
        return
    with TemporaryDirectory(prefix="hrtools-reco-") as folder:
        kept = Path(folder) / "recommender.joblib"
        joblib.dump(joblib.wrap_non_picklable_objects(recommender, keep_wrapper=False), kept)
        pool = joblib.Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch="2*n_jobs")
        yield from pool(joblib.delayed(_shared_answer)(task, kept, answers, options) for task in tasks)


def _shared_answer(task: _Task, kept: Path, answers: AnswerFormat, options: dict[str, Any]) -> _Part:
    """Answer one chunk in another process."""
    return _answer(task, _shared(kept), answers, options)


@functools.lru_cache(maxsize=1)
def _shared(kept: Path) -> ToolRecommender:
    """Return the recommender of this run, loaded once in a process; its arrays are shared by all of them."""
    recommender: ToolRecommender = joblib.load(kept, mmap_mode="r")
    return recommender


def _answer(
    task: _Task, recommender: ToolRecommender, answers: AnswerFormat, options: dict[str, Any]
) -> _Part:
    """Recommend tools to the firms of one chunk.

    A firm whose key an earlier chunk has taken is put once more in front: the one validation of a table then
    refuses it where it stands, and what concerns the copy in front is left out.
    """
    chunk, n_copies = task.chunk, len(task.repeated)
    companies = chunk.companies
    if n_copies:
        companies = pd.concat([companies.iloc[task.repeated], companies], ignore_index=True)
    found = None
    if len(companies) or not chunk.rejects:  # a chunk in which every line is cut leaves nothing to read
        found = recommender.recommend_batch(companies, **options, on_error="collect")
    frame = _empty_answer(recommender, options) if found is None else found.frame
    taken = set(companies[COMPANY_ID].iloc[:n_copies].astype(str)) if n_copies else set()
    answer = frame[~frame[COMPANY_ID].isin(taken)] if taken else frame
    short = [] if found is None else found.shortfalls.to_dict("records")
    short = [row for row in short if row[COMPANY_ID] not in taken]
    refused = [
        Reject(row=int(chunk.rows[row - n_copies]), column=column, value=value, message=message)
        for row, column, value, message in ([] if found is None else found.rejects.itertuples(index=False))
        if row >= n_copies
    ]
    return _Part(
        answer=answers.pack(answer),
        n_firms=len(chunk.rows) + len(chunk.rejects),
        n_recommendations=len(answer),
        n_shortfalls=len(short),
        rejects=tuple(sorted([*refused, *chunk.rejects], key=lambda reject: reject.row)),
        unserved=tuple(
            Shortfall(
                company_id=row[COMPANY_ID],
                missing=row[MISSING],
                reason=Text(row[REASON_FR], row[REASON_EN]),
            )
            for row in short
            if row[MISSING] == options["k"]
        ),
        share=chunk.share,
    )
