"""Chunks answered in one process or in several, by whatever joblib is set to; results in order."""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, TypeVar

from hrtools_reco._checks import check_count
from hrtools_reco.batch.answers import Task
from hrtools_reco.recommender import ToolRecommender

Result = TypeVar("Result")
_AHEAD = 3  # chunks that wait for each process
_WAIT = 0.05  # seconds between two looks at a thread that ends
_LOOK = 1.0  # seconds between two looks at whether the first process lives


def checked_jobs(n_jobs: object) -> int:
    """Return the number of processes to work with; None is that of ``joblib.parallel_config``, or 1."""
    if n_jobs is None and "joblib" not in sys.modules:  # then nobody has set it
        return 1
    if n_jobs is None or n_jobs == -1:
        return int(_joblib().effective_n_jobs(n_jobs))
    return check_count("n_jobs", n_jobs, unit="of processes (or -1 for one for each processor)")


def _joblib() -> Any:
    """Return joblib, loaded on first use: a run in one process starts faster without it."""
    return import_module("joblib")


def work(
    do: Callable[[Task, ToolRecommender], Result],
    tasks: Iterable[Task],
    recommender: ToolRecommender,
    n_jobs: int,
    scratch: Callable[[], AbstractContextManager[Path]],
) -> Generator[Result]:
    """Do something with each chunk, and yield what comes of it in the order of the chunks.

    Whoever stops before the end closes the generator: no process is at work any more when that is done.

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
        joblib = _joblib()
        joblib.dump(joblib.wrap_non_picklable_objects(recommender, keep_wrapper=False), kept)
        call = functools.partial(_shared_work, do, kept=kept, owner=os.getpid())
        yield from _Pool(call, tasks, n_jobs, kept).results()


@dataclass(frozen=True, kw_only=True)
class _Failed:
    """Why no more comes."""

    error: BaseException


class _Pool:
    """A pool of joblib, looked after by a thread of its own.

    An error, or a signal that the main thread gets, is thus never raised within joblib, which would stop in
    the middle of its work: what is begun is ended, what waits is let go.
    """

    def __init__(self, call: Callable[[Task], Any], tasks: Iterable[Task], n_jobs: int, kept: Path) -> None:
        joblib = _joblib()
        self._n_jobs, self._kept, self._stopping = n_jobs, kept, Event()
        self._calls = (joblib.delayed(_caught)(call, task) for task in self._until_stopped(tasks))
        self._found: Queue[Any] = Queue(maxsize=n_jobs)
        self._failure: BaseException | None = None
        backend, _ = import_module("joblib.parallel").get_active_backend()
        self._streams = bool(backend.supports_return_generator)
        kind = {"return_as": "generator", "pre_dispatch": _AHEAD * n_jobs} if self._streams else {}
        self._pool = joblib.Parallel(
            n_jobs=n_jobs, **kind
        )  # made here: its settings are those of this thread
        self._thread = Thread(target=self._run, daemon=True)

    def results(self) -> Iterator[Any]:
        """Yield what comes of each call, in order."""
        self._thread.start()
        try:
            while (found := self._found.get()) is not None:
                if isinstance(found, _Failed):
                    raise found.error
                yield found
            if self._failure is not None:
                raise self._failure
        finally:
            self._stopping.set()
            self._kept.unlink(missing_ok=True)
            while self._thread.is_alive():
                with suppress(Empty):
                    self._found.get(timeout=_WAIT)

    def _until_stopped(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """Yield chunks up to the end, or to one that cannot be read."""
        try:
            for task in tasks:
                if self._stopping.is_set():
                    return
                yield task
        except Exception as error:
            self._failure = error

    def _run(self) -> None:
        """Hand on what comes of the calls."""
        if hasattr(
            signal, "pthread_sigmask"
        ):  # processes that this thread starts leave Control-C to the first
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            for found in self._pool(self._calls) if self._streams else self._rounds():
                self._found.put(found)
            self._found.put(None)
        except BaseException as error:
            self._found.put(_Failed(error=error))

    def _rounds(self) -> Iterator[Any]:
        """Yield the results of a backend that would hold all of them: rounds bound the memory."""
        with self._pool as pool:
            while some := list(islice(self._calls, _AHEAD * self._n_jobs)):
                yield from pool(some)


def _caught(call: Callable[[Task], Any], task: Task) -> Any:
    """Return what comes of a call, be it an error."""
    try:
        return call(task)
    except Exception as error:
        return _Failed(error=error)


def _shared_work(do: Callable[[Task, ToolRecommender], Any], task: Task, kept: Path, owner: int) -> Any:
    """Do something with one chunk in another process, unless the run is over."""
    if os.getpid() != owner:
        _end_with_parent()
    if not kept.exists():
        return _Failed(error=RuntimeError("stopped"))
    return do(task, _shared(kept))


@functools.lru_cache(maxsize=1)
def _end_with_parent() -> None:
    """End this process soon after the one that started it was killed: nobody else would tell it."""
    parent = os.getppid()

    def watch() -> None:
        """Wait for the process to be handed on to another parent."""
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


@functools.lru_cache(maxsize=1)
def _shared(kept: Path) -> ToolRecommender:
    """Return the recommender of this run, loaded once in a process; its arrays are shared by all of them."""
    recommender: ToolRecommender = _joblib().load(kept, mmap_mode="r")
    return recommender
