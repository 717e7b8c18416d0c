"""Chunks answered in one process or in several, by whatever joblib is set to; results in order."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import joblib
from joblib.parallel import get_active_backend

from hrtools_reco._checks import check_count
from hrtools_reco.batch.answers import Task
from hrtools_reco.recommender import ToolRecommender

Result = TypeVar("Result")
_AHEAD = 3  # chunks that wait for each process


def checked_jobs(n_jobs: object) -> int:
    """Return the number of processes to work with; None is that of ``joblib.parallel_config``, or 1."""
    if n_jobs is None or n_jobs == -1:
        return int(joblib.effective_n_jobs(n_jobs))
    return check_count("n_jobs", n_jobs, unit="of processes (or -1 for one for each processor)")


def work(
    do: Callable[[Task, ToolRecommender], Result],
    tasks: Iterable[Task],
    recommender: ToolRecommender,
    n_jobs: int,
    scratch: Callable[[], AbstractContextManager[Path]],
) -> Iterator[Result]:
    """Do something with each chunk, and yield what comes of it in the order of the chunks.

    Parameters
    ----------
    do : callable
        What is done; it can be sent to another process.
    tasks : iterable of Task
        The chunks, read as they are needed.
    recommender : ToolRecommender
        The fitted recommender; several processes share its arrays by a memory map.
    n_jobs : int
        Processes.
    scratch : callable
        Makes the file that the arrays are mapped from.

    Yields
    ------
    object
        What ``do`` returns.
    """
    if n_jobs == 1:
        for task in tasks:
            yield do(task, recommender)
        return
    with scratch() as kept:
        joblib.dump(joblib.wrap_non_picklable_objects(recommender, keep_wrapper=False), kept)
        failures: list[BaseException] = []
        calls = (joblib.delayed(_shared_work)(do, task, kept) for task in _until_failure(tasks, failures))
        yield from _done(calls, n_jobs)
        if failures:
            raise failures[0]


def _until_failure(tasks: Iterable[Task], failures: list[BaseException]) -> Iterator[Task]:
    """Yield chunks up to one that cannot be read: joblib would wait for ever after an error of its thread."""
    try:
        yield from tasks
    except Exception as error:
        failures.append(error)


def _done(calls: Iterator[Any], n_jobs: int) -> Iterator[Any]:
    """Yield what comes of some calls, in their order."""
    backend, _ = get_active_backend()
    if backend.supports_return_generator:
        pool = joblib.Parallel(n_jobs=n_jobs, return_as="generator", pre_dispatch=_AHEAD * n_jobs)
        yield from pool(calls)
        return
    with joblib.Parallel(n_jobs=n_jobs) as pool:  # it would hold all results: rounds bound the memory
        while some := list(islice(calls, _AHEAD * n_jobs)):
            yield from pool(some)


def _shared_work(do: Callable[[Task, ToolRecommender], Result], task: Task, kept: Path) -> Result:
    """Do something with one chunk in another process."""
    return do(task, _shared(kept))


@functools.lru_cache(maxsize=1)
def _shared(kept: Path) -> ToolRecommender:
    """Return the recommender of this run, loaded once in a process; its arrays are shared by all of them."""
    recommender: ToolRecommender = joblib.load(kept, mmap_mode="r")
    return recommender
