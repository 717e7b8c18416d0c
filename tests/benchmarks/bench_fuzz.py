"""Changed inputs at every door: what is neither answered nor refused with an own error, or is slow.

Run: ``python tests/benchmarks/bench_fuzz.py [inputs] [seed]``. Prints the inputs tried, taken and refused at
each door, and every kind of fault with its first input; exit code 1 if there is any. The seeds are
``tests/corpus`` and a right input of each kind.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from doors import CORPUS, DOORS, enter, kept, package

SLOW = 5.0  # seconds
TABLE = (
    "company_id,branch,headcount,region,need_hiring,installed\na,couture,12,Bretagne,75,moodle\nb,2528,5,,,\n"
)
FIRM = {"branch": "couture", "headcount": 12, "needs": {"hiring": 75}, "facts": {"internet": True}}
STATE = {"firm": {"branch": "couture", "headcount": 12}, "answers": {"RE1": "o1"}}
TOKENS = [
    b"\xff\xfe",
    b"\x00",
    b"{",
    b"[",
    b"null",
    b"1e400",
    b"-1",
    b'"',
    b"\r",
    b";",
    b"=",
    b"\xed\xa0\x80",
]
TOKENS += [b"[" * 5000, b"9" * 400, b"NaN", b"true", b"{}", b"x" * 70_000, "é".encode("utf-16"), b"\\ud800"]


def right_inputs() -> list[tuple[str, str, bytes]]:
    """Return door, name and bytes of inputs that are taken, or nearly."""
    frame, table = pd.read_csv(io.StringIO(TABLE)), TABLE.encode()
    lines = frame.to_json(orient="records", lines=True).encode()
    found = [("firms", "a.csv", table), ("firms", "a.csv", TABLE.encode("utf-16"))]
    found += [("firms", "a.jsonl", lines), ("firms", "a.parquet", frame.to_parquet())]
    found += [
        ("answers", "a.json", json.dumps(STATE).encode()),
        ("answers", "a.csv", b"question,answer\nbranch,couture\nheadcount,12\nRE1,o1\n"),
    ]
    found += [("package", path.name, path.read_bytes()) for path in sorted(package().iterdir())]
    found += [
        ("kept", name, next(kept().rglob(name)).read_bytes()) for name in ("manifest.json", "companies.json")
    ]
    for name in ("recommend", "explain", "roadmap", "questions"):
        found.append(("bodies", name, json.dumps({"profile": FIRM, "k": 3, "tool_id": "moodle"}).encode()))
    return found


def corpus() -> list[tuple[str, str, bytes]]:
    """Return door, name and bytes of the inputs that are kept."""
    paths = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
    return [(path.parent.name, path.name.partition("--")[2], path.read_bytes()) for path in paths]


def changed(content: bytes, draw: random.Random) -> bytes:
    """Change bytes at one to four places."""
    data = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        start = draw.randint(0, len(data))
        end = min(len(data), start + draw.choice([0, 1, 2, 8, 64]))
        kind = draw.randrange(6)
        if kind == 0 and data:
            data[start % len(data)] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del data[start:end]
        elif kind == 2:
            data[start:end] = draw.choice(TOKENS)
        elif kind == 3:
            data[start:start] = data[start:end] * draw.randint(1, 40)
        elif kind == 4:
            del data[start:]
        elif b'"' in data or b"," in data:
            parts = bytes(data).split(b",")
            parts[draw.randrange(len(parts))] = draw.choice(TOKENS)
            data = bytearray(b",".join(parts))
    return bytes(data)


def main(n_inputs: int, seed: int) -> int:
    """Try inputs, print what happened, and return the number of kinds of faults."""
    draw, seeds = random.Random(seed), [*corpus(), *right_inputs()]
    of_door = {door: [one for one in seeds if one[0] == door] for door in DOORS}
    told, faults, first = Counter(), Counter(), {}
    for _ in range(n_inputs):
        door, name, content = draw.choice(of_door[draw.choice([*DOORS])])
        tried = changed(content, draw)
        start = time.perf_counter()
        try:
            taken = enter(door, name, tried)
            told[door, "taken" if taken else "refused"] += 1
            fault = f"{door} {name}: slow" if time.perf_counter() - start > SLOW else None
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            own = [one for one in frames if "hrtools_reco" in one.filename] or frames
            where = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
            fault = f"{door} {name}: {type(error).__name__} at {where}"
            first.setdefault(fault, f"{str(error)[:200]!r} from {tried[:200]!r}")
        if fault:
            told[door, "fault"] += 1
            faults[fault] += 1
    print(f"{n_inputs} inputs, seed {seed}")
    for door in DOORS:
        print(
            f"  {door}: " + ", ".join(f"{told[door, kind]} {kind}" for kind in ("taken", "refused", "fault"))
        )
    for fault, n in faults.most_common():
        print(f"{n} x {fault}\n    {first.get(fault, '')}")
    return len(faults)


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    sys.exit(bool(main(*numbers, *(5000, 0)[len(numbers) :])))
