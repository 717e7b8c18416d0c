"""Recommend tools to a whole file of firms, chunk by chunk, with memory bounded by the chunk."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits  # scikit-learn needs it too

from hrtools_reco._checks import check_choice, check_count, check_path, invalid
from hrtools_reco.answer import Shortfall
from hrtools_reco.answer.batch_results import reject_frame
from hrtools_reco.answer.coded import frame_of
from hrtools_reco.batch.answers import Task, Wanted, answer_chunk, table_of
from hrtools_reco.batch.keys import SeenKeys
from hrtools_reco.batch.origin import Origin, made_from
from hrtools_reco.batch.pool import checked_jobs, work
from hrtools_reco.batch.summary import BatchSummary, Tally
from hrtools_reco.catalog import Catalog, versions_of
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT
from hrtools_reco.exceptions import InvalidTableError, Reject
from hrtools_reco.extras import extra_module
from hrtools_reco.files import (
    STANDARD,
    AnswerFiles,
    AnswerFormat,
    CompanyChunk,
    PartFolder,
    PartWriter,
    company_chunks,
    scratch_file,
    source_files,
)
from hrtools_reco.files.answer_formats import PARQUET, CsvFormat, ParquetFormat
from hrtools_reco.firms import Names, register_chunks
from hrtools_reco.recommender import CHUNK_SIZE, ToolRecommender
from hrtools_reco.tables import arrow_table
from hrtools_reco.texts import check_lang

Progress = Callable[[int, float], None]
_READ_AT_ONCE = 4  # chunks: reading costs less for each firm if there are many


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
    exclude: Names = None,
    only: Names = None,
    lang: str = "fr",
    excel: bool = False,
    raw: bool = False,
    recommender: ToolRecommender | None = None,
    n_jobs: int | None = None,
    chunk_size: int = CHUNK_SIZE,
    progress: Progress | None = None,
) -> BatchSummary:
    r"""Recommend tools to every firm of a file, and write one row for each recommendation.

    The answer is that of ``recommend_batch`` over the whole file, whatever ``n_jobs`` and ``chunk_size``.
    A file is written whole or not at all; a folder is filled part by part, and a run that was stopped or
    killed goes on where it was when it is started again. Beside some chunks, only twelve bytes of each firm
    (a hash of its key) are held in memory.

    Parameters
    ----------
    source : path-like
        Firms in whatever ``read_companies_file`` reads: ``.csv, .parquet`` (a folder or a pattern of files
        too), ``.xlsx, .jsonl``, or ``"-"`` for standard input.
    target : path-like
        A ``.csv`` (UTF-8, comma), ``.parquet, .xlsx`` or ``.jsonl`` file; one that exists is replaced.
        ``"-"`` is CSV to standard output. A name without an ending is a folder (extra ``io``): it gets
        ``part-00000.parquet`` and so on, which engines read as one table, with wrong cells and shortfalls of
        each part under ``_rejects`` and ``_shortfalls``. The folder of a run over another input, catalog or
        model is refused.
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
    exclude, only : str or sequence of str, optional
        What to leave out, or to keep, for all firms, as in ``recommend_batch``: tools, or all of a function,
        a kind or a vendor.
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
    n_jobs : int, optional
        Processes to work with; -1 is one for each processor, ``None`` is 1, or what
        ``joblib.parallel_config`` says, whose backend is used.
    chunk_size : int, default=8192
        Firms that are worked on at a time by one process; it bounds the memory and changes no answer. Four
        times as many are read at a time, and make a part of a folder.
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
        If a file cannot be read or written, a column is missing or misspelt, the table is empty, a parameter
        is wrong, or the folder is that of another run; what differs is named.
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
    size, jobs = check_count("chunk_size", chunk_size, unit="of firms"), checked_jobs(n_jobs)
    fitted = recommender or ToolRecommender().fit()
    wanted = Wanted(
        k=k,
        contributions=contributions,
        reasons=reasons,
        cited=cited,
        chunk_size=size,
        exclude=_listed(exclude),
        only=_listed(only),
    )
    empty = _empty_answer(fitted, wanted)
    register_lang = None if register is None else check_lang(lang)
    run = _Run(
        source=source,
        read=functools.partial(_chunks, source, register, branch_of, fitted.catalog_, register_lang),
        recommender=fitted,
        wanted=wanted,
        empty=empty,
        collect=collect,
        n_jobs=jobs,
        progress=progress,
        about={**versions_of(fitted.catalog_).to_dict(), "day": date.today().isoformat()},
    )
    with threadpool_limits(
        limits=1
    ):  # the work is shared out by chunks: threads within one only get in the way
        if not _is_folder(target):
            return run.to_files(target, rejects, excel=excel, raw=raw)
        if rejects is not None or excel:
            given = ("rejects", str(rejects)) if rejects is not None else ("excel", excel)
            raise invalid(given[0], "left out with a folder as target", given[1])
        register_options = {"register": register, "branch_of": dict(branch_of or {}), "lang": register_lang}
        return run.to_folder(Path(target), {**register_options, "raw": raw})


def _listed(names: Names) -> str | list[str] | None:
    """Return names as JSON can hold them: a folder tells by them what run it is of."""
    if names is None or isinstance(names, str):
        return names
    if not isinstance(names, Sequence):
        raise invalid("exclude and only", "a name or a sequence of names", names)
    return list(names)


def _is_folder(target: str | PathLike[str]) -> bool:
    """Tell whether a target is a folder: it has no ending, or is one already."""
    path = check_path("target", target)
    return path.is_dir() or (not path.suffix and str(target) != STANDARD)


def _chunks(
    source: str | PathLike[str],
    register: str | None,
    branch_of: Mapping[str, str] | None,
    catalog: Catalog,
    lang: str | None,
    size: int,
) -> Iterator[CompanyChunk]:
    """Return the firms of a source, at most ``size`` at a time."""
    if register is None:
        return company_chunks(source, size, arrow=True)
    return register_chunks(source, size, register, branch_of, catalog, lang or "fr")


def _empty_answer(recommender: ToolRecommender, wanted: Wanted) -> pd.DataFrame:
    """Return the columns of an answer, and refuse wrong options before a file is touched."""
    branch = recommender.catalog_.keys("branches")[0] if hasattr(recommender, "catalog_") else ""
    firm = pd.DataFrame({COMPANY_ID: ["company"], BRANCH: [branch]})
    options = {
        name: getattr(wanted, name) for name in ("k", "contributions", "reasons", "cited", "exclude", "only")
    }
    return recommender.recommend_batch(firm.assign(**{HEADCOUNT: 1}), **options).frame.iloc[:0]


@dataclass(frozen=True, kw_only=True)
class _Packed:
    """What came of a chunk that goes into a file."""

    answer: Any
    rejects: tuple[Reject, ...]
    unserved: tuple[Shortfall, ...]
    tally: Tally
    share: float


@dataclass(frozen=True, kw_only=True)
class _Written:
    """What came of a part of a folder; ``rejects`` only if they keep it from being written."""

    tally: Tally
    rejects: tuple[Reject, ...]
    share: float


def _pack(task: Task, recommender: ToolRecommender, answers: AnswerFormat, wanted: Wanted) -> _Packed:
    """Answer a chunk, and pack it for its file."""
    done = answer_chunk(task, recommender, wanted)
    packed = answers.pack((table_of if answers.takes_arrow else frame_of)(done.columns))
    return _Packed(
        answer=packed,
        rejects=done.rejects,
        unserved=done.unserved,
        tally=done.tally,
        share=task.chunk.share,
    )


def _write(
    task: Task, recommender: ToolRecommender, writer: PartWriter, wanted: Wanted, *, collect: bool
) -> _Written:
    """Answer a part, and write it; one with a wrong cell only if those are collected."""
    done = answer_chunk(task, recommender, wanted)
    if collect or not done.rejects:
        lists = {"rejects": reject_frame(done.rejects), "shortfalls": frame_of(done.shortfalls)}
        writer.write(task.number, table_of(done.columns), lists, done.tally.to_dict())
    rejects = () if collect else done.rejects
    return _Written(tally=done.tally, rejects=rejects, share=task.chunk.share)


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One run: what is read, by what it is answered, and how; then into files or into a folder."""

    source: str | PathLike[str]
    read: Callable[[int], Iterator[CompanyChunk]]
    recommender: ToolRecommender
    wanted: Wanted
    empty: pd.DataFrame
    collect: bool
    n_jobs: int
    progress: Progress | None
    about: dict[str, Any]

    def to_files(
        self,
        target: str | PathLike[str],
        rejects: str | PathLike[str] | None,
        *,
        excel: bool,
        raw: bool,
    ) -> BatchSummary:
        """Write the answer to one file, and the wrong cells to another if one is asked for."""
        chunks = self.read(_READ_AT_ONCE * self.wanted.chunk_size)
        tally, wrong, unserved = Tally(), list[Reject](), list[Shortfall]()
        with AnswerFiles(
            self.source, target, rejects, self.empty, excel=excel, raw=raw, about=self.about
        ) as files:
            do = functools.partial(_pack, answers=files.format, wanted=self.wanted)
            scratch = functools.partial(_scratch, None if str(target) == STANDARD else files.target)
            with closing(work(do, _tasks(chunks), self.recommender, self.n_jobs, scratch)) as parts:
                for part in parts:
                    if part.rejects and not self.collect:
                        raise InvalidTableError(part.rejects)
                    files.write(part.answer, part.rejects)
                    tally.add(part.tally)
                    wrong += part.rejects if rejects is None else ()
                    unserved += part.unserved
                    self._tell(tally.n_firms, part.share)
            summary = tally.summary(files.target, self.wanted.k, wrong, unserved)
        return summary

    def to_folder(self, target: Path, options: Mapping[str, Any]) -> BatchSummary:
        """Write the answer as parts of a folder, but for those that are there from an earlier run."""
        if str(self.source) == STANDARD:
            hint = "What came through a pipe cannot be read again."
            raise invalid("target", "a file with standard input as source", str(target), hint)
        extra_module("pyarrow", "io")
        files = source_files(self.source) if options["register"] != "api" else [Path(self.source)]
        wanted = replace(self.wanted, text_keys=any(path.suffix.lower() != PARQUET for path in files))
        origin = Origin(files)
        with PartFolder(target, made_from(origin, self.recommender, wanted, options), self.about) as folder:
            writer = PartWriter(
                folder=target,
                format=ParquetFormat(about=json.dumps(folder.about)),
                empty=arrow_table(self.empty),
                lines=CsvFormat(raw=bool(options["raw"])),
            )
            found, tally = Tally(), Tally()
            chunks = self.read(_READ_AT_ONCE * wanted.chunk_size)
            tasks = self._missing(_tasks(chunks), writer, found)
            do = functools.partial(_write, writer=writer, wanted=wanted, collect=self.collect)
            scratch = functools.partial(_scratch, target / "model")
            with closing(work(do, tasks, self.recommender, self.n_jobs, scratch)) as parts:
                for part in parts:
                    if part.rejects:
                        raise InvalidTableError(part.rejects)
                    tally.add(part.tally)
                    self._tell(tally.n_firms + found.n_firms, part.share)
            origin.check_unchanged()
            tally.add(found)
            summary = tally.summary(target, wanted.k, (), ())
            folder.finish(tally.to_dict())
        return summary

    def _missing(self, tasks: Iterable[Task], writer: PartWriter, found: Tally) -> Iterator[Task]:
        """Yield the parts that are not there yet, and count those that are."""
        for task in tasks:
            counts = writer.counts(task.number)
            if counts is not None and (self.collect or not counts["n_refused"]):
                found.add(Tally.from_dict(counts))
            else:
                yield task

    def _tell(self, n_firms: int, share: float) -> None:
        """Tell how far it is."""
        if self.progress is not None:
            self.progress(n_firms, share)


def _tasks(chunks: Iterable[CompanyChunk]) -> Iterator[Task]:
    """Yield each chunk with the rows whose key an earlier chunk has taken."""
    seen = SeenKeys()
    for number, chunk in enumerate(chunks):
        yield Task(number=number, chunk=chunk, repeated=seen.repeated(chunk.companies))


@contextmanager
def _scratch(target: Path | None) -> Iterator[Path]:
    """Make a file for what processes share: beside the target, where the next run would find it."""
    if target is not None:
        with scratch_file(target) as path:
            yield path
        return
    with TemporaryDirectory(prefix="hrtools-reco-") as folder:
        yield Path(folder) / "model"
