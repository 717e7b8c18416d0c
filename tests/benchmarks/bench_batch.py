"""Print the times of a batch beside a floor and peers: files, the ranking core, and the command line.

Run: python tests/benchmarks/bench_batch.py [files | core | start] [--firms N] [--jobs 1 2] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import hrtools_reco as hr
from hrtools_reco.answer.ranking import Balance, rank_tools
from hrtools_reco.model import LinearModel

K, CHUNK, RUNS = 5, 1024, 3
SIZES = ((8_000, 300), (100_000, 300), (50_000, 2_000))
SIMULATED_AT_ONCE = 1_000_000
GROUPS = 2_000  # distinct masks that a peer is timed on; of more, some are drawn and the time is scaled


def seconds(
    call: Callable[[], object], runs: int = RUNS, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return the median time of some runs."""
    times = []
    for _ in range(runs):
        start = clock()
        call()
        times.append(clock() - start)
    return statistics.median(times)


# --- files -------------------------------------------------------------------------------------------------


def write_firms(path: Path, n: int) -> None:
    """Write simulated firms, some at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    for seed, start in enumerate(range(0, n, SIMULATED_AT_ONCE)):
        firms = hr.simulate_firms(min(SIMULATED_AT_ONCE, n - start), seed=seed)
        table = pa.Table.from_pandas(firms, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()


def measured(source: Path, target: Path, jobs: int) -> dict[str, float]:
    """Answer a file in a process of its own; return its time and the peak of its memory."""
    shutil.rmtree(target, ignore_errors=True)  # a folder that is full would only be counted
    command = [sys.executable, __file__, "one", "--source", str(source), "--target", str(target)]
    done = subprocess.run([*command, "--jobs", str(jobs)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak_mib() -> float:
    """Return the peak memory of this process; ``getrusage`` would tell that of a larger parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def one(source: Path, target: Path, jobs: int) -> None:
    """Answer a file and print time and peak memory; processes are counted with what each holds."""
    recommender = hr.ToolRecommender().fit()
    start, before = time.perf_counter(), time.process_time()
    hr.recommend_file(source, target, K, contributions=True, recommender=recommender, n_jobs=jobs)
    took, busy = time.perf_counter() - start, time.process_time() - before
    if jobs > 1:
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(wait=True)
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "seconds": took,
        "busy": busy + workers.ru_utime + workers.ru_stime,
        "own_mib": peak_mib(),
        "worker_mib": workers.ru_maxrss / 1024,
    }
    print(json.dumps(found))


def floor_seconds(source: Path, answer: Path, copy: Path, clock: Callable[[], float]) -> float:
    """Return the time that pyarrow takes to read the input and to write the output."""
    import pyarrow.parquet as pq

    def write() -> float:
        """Copy the answer; only the writing is timed, so that it need not fit into memory."""
        took = 0.0
        with pq.ParquetFile(answer) as file, pq.ParquetWriter(copy, file.schema_arrow) as writer:
            for at in range(file.num_row_groups):
                rows = file.read_row_group(at)
                start = clock()
                writer.write_table(rows)
                took += clock() - start
        return took

    def read() -> None:
        """Read the input, and keep nothing."""
        with pq.ParquetFile(source) as file:
            for _ in file.iter_batches(batch_size=1 << 16):
                pass

    return seconds(read, clock=clock) + statistics.median(write() for _ in range(RUNS))


def files(n: int, jobs: list[int], folder: Path) -> None:
    """Measure files of firms."""
    source = folder / f"firms-{n}.parquet"
    if not source.exists():
        write_firms(source, n)
    took = {}
    for count in jobs:
        for target in (folder / "answer.parquet", folder / f"answer-{count}"):
            took[count, target.suffix] = found = measured(source, target, count)
            per_second = n / found["seconds"]
            memory = f"{found['own_mib']:.0f} MiB"
            if count > 1:
                memory += f" + {count} × at most {found['worker_mib']:.0f} MiB"
            kind = "file" if target.suffix else "folder"
            print(
                f"{n:>10,} firms, {kind:>6}, {count} process(es): {found['seconds']:.2f} s "
                f"(processors {found['busy']:.2f} s), "
                f"{per_second:,.0f} a second, peak {memory}"
            )
    paths = (source, folder / "answer.parquet", folder / "copy.parquet")
    floor, busy = (floor_seconds(*paths, clock) for clock in (time.perf_counter, time.process_time))
    print(
        f"{n:>10,} firms, floor (pyarrow reads the input, writes the output): {floor:.2f} s, "
        f"processors {busy:.2f} s"
    )
    for (count, suffix), found in took.items():
        kind = "file" if suffix else "folder"
        print(
            f"           {kind:>6}, {count} process(es): {found['seconds'] / floor:.1f} times the floor, "
            f"of processor time {found['busy'] / busy:.1f} times"
        )


# --- the ranking core --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class World:
    """Firms and tools as arrays: what a core is given."""

    queries: np.ndarray
    weights: np.ndarray
    mask: np.ndarray
    installed: np.ndarray
    balance: Balance


def world(recommender: hr.ToolRecommender, n_firms: int, n_tools: int) -> World:
    """Encode simulated firms, hold them against the rules, and blow the catalog up where it is too small."""
    engine, draw = recommender.engine_, np.random.default_rng(0)
    firms = recommender._firms(hr.simulate_firms(n_firms, seed=2))
    columns = np.arange(n_tools) % len(recommender.catalog_.tool_ids)
    weights = engine.model.prior[:, columns]
    again = np.arange(n_tools) >= len(recommender.catalog_.tool_ids)
    weights[0, again] += draw.integers(-64, 64, again.sum()) / 32  # points: a copy is a little different
    mask = np.concatenate(
        [
            engine.test(firms.take(slice(start, start + 8192))).eligibility.recommendable[:, columns]
            for start in range(0, n_firms, 8192)
        ]
    )
    return World(
        queries=engine.encoder.encode(firms, np.float32),
        weights=weights,
        mask=mask,
        installed=np.zeros((n_firms, n_tools), dtype=bool),
        balance=engine.balance.take(columns),
    )


def our_core(given: World) -> None:
    """Score and rank as a batch does: exact sums, caps by function, a step by kind, stand-ins."""
    model = LinearModel(prior=given.weights)
    for start in range(0, len(given.queries), 8192):
        rows = slice(start, start + 8192)
        rank_tools(
            model.scores(given.queries[rows], given.installed[rows]), given.mask[rows], given.balance, k=K
        )


def numpy_core(given: World) -> None:
    """Rank by a product, a mask and a partial sort, some firms at a time: no caps, no order of ties."""
    weights = given.weights.astype(np.float32)
    for start in range(0, len(given.queries), CHUNK):
        rows = slice(start, start + CHUNK)
        scores = given.queries[rows] @ weights
        scores[~given.mask[rows]] = -np.inf
        best = np.argpartition(scores, -K, axis=1)[:, -K:]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        np.take_along_axis(best, order, axis=1)


def groups_of(mask: np.ndarray) -> tuple[list[np.ndarray], float]:
    """Return firms that share a mask, of all masks or of some; and how many times more there are."""
    _, which = np.unique(np.packbits(mask, axis=1), axis=0, return_inverse=True)
    rows = np.split(np.argsort(which.ravel(), kind="stable"), np.cumsum(np.bincount(which.ravel()))[:-1])
    if len(rows) <= GROUPS:
        return rows, 1.0
    drawn = np.random.default_rng(1).choice(len(rows), GROUPS, replace=False)
    return [rows[at] for at in drawn], len(rows) / GROUPS


def faiss_core(given: World, rows_of: list[np.ndarray]) -> None:
    """Search a flat index of inner products once for each mask, given as a bitmap of ids."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(given.weights.shape[0])
    index.add(np.ascontiguousarray(given.weights.T, dtype=np.float32))
    for rows in rows_of:
        bitmap = np.packbits(given.mask[rows[0]], bitorder="little")
        selector = faiss.IDSelectorBitmap(bitmap)
        index.search(given.queries[rows], K, params=faiss.SearchParameters(sel=selector))


def implicit_core(given: World, rows_of: list[np.ndarray]) -> None:
    """Let ``recommend`` of a factor model leave out the items of each mask."""
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    model = AlternatingLeastSquares(factors=given.weights.shape[0], num_threads=1, use_gpu=False)
    model.user_factors = given.queries
    model.item_factors = np.ascontiguousarray(given.weights.T, dtype=np.float32)
    empty = csr_matrix((len(given.queries), given.weights.shape[1]), dtype=np.float32)
    for rows in rows_of:
        barred = np.flatnonzero(~given.mask[rows[0]])
        model.recommend(rows, empty[rows], N=K, filter_already_liked_items=False, filter_items=barred)


def core() -> None:
    """Measure the ranking core beside its peers: processor time of one thread each."""
    recommender = hr.ToolRecommender().fit()
    print("| firms × tools | distinct masks | ours | NumPy, chunked | FAISS flat, bitmap | implicit |")
    print("|---|---|---|---|---|---|")
    with threadpool_limits(limits=1):
        for n_firms, n_tools in SIZES:
            given = world(recommender, n_firms, n_tools)
            rows_of, more = groups_of(given.mask)
            ours, plain = (
                seconds(lambda f=f, g=given: f(g), clock=time.process_time) for f in (our_core, numpy_core)
            )
            peers = [_timed(f, given, rows_of, more) for f in (faiss_core, implicit_core)]
            told = " | ".join(f"{took:.2f} s" if took else "not installed" for took in peers)
            n_masks = round(len(rows_of) * more)
            print(f"| {n_firms:,} × {n_tools:,} | {n_masks:,} | {ours:.2f} s | {plain:.2f} s | {told} |")


def _timed(
    peer: Callable[[World, list[np.ndarray]], None], given: World, rows_of: list[np.ndarray], more: float
) -> float | None:
    """Return the time of a peer; None if it is not installed."""
    try:
        return seconds(lambda: peer(given, rows_of), runs=1, clock=time.process_time) * more
    except ImportError:
        return None


# --- the command line --------------------------------------------------------------------------------------


def start(folder: Path) -> None:
    """Measure the command over 8,000 firms, start included, beside the imports of its two libraries."""
    source = folder / "firms-8000.csv"
    hr.simulate_firms(8_000, seed=1).to_csv(source, index=False)
    imports = [sys.executable, "-c", "import pandas, sklearn"]
    used = [sys.executable, "-c", "import pandas, sklearn.base, sklearn.utils.validation"]
    reco = [
        sys.executable,
        "-c",
        "from hrtools_reco.cli import main; main()",
        "recommend",
        str(source),
        "--out",
    ]
    rows = {
        "python -c 'import pandas, sklearn'": imports,
        "… and of sklearn what an estimator needs": used,
        "hrtools-reco recommend 8,000 firms, CSV to CSV": [*reco, str(folder / "recs.csv")],
        "hrtools-reco recommend 8,000 firms, CSV to Parquet": [*reco, str(folder / "recs.parquet")],
    }
    for name, command in rows.items():
        took = seconds(lambda c=command: subprocess.run(c, check=True, capture_output=True))
        print(f"{name}: {took:.2f} s")


def main() -> None:
    """Measure what is asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("files", "core", "start", "one"))
    parser.add_argument("--firms", type=int, default=300_000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--target", type=Path)
    given = parser.parse_args()
    if given.what == "one":
        one(given.source, given.target, given.jobs[0])
        return
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load before the start {load:.1f}")
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(exist_ok=True)
        if given.what in (None, "files"):
            files(given.firms, given.jobs, folder)
        if given.what in (None, "core"):
            core()
        if given.what in (None, "start"):
            start(folder)


if __name__ == "__main__":
    main()
