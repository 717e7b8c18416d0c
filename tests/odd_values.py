"""Values of any type, as they come out of files, forms, queries and mistakes."""

from __future__ import annotations

import datetime
import decimal
import fractions
import uuid

import numpy as np
import pandas as pd
from hypothesis import strategies as st


class Unspeakable:
    """An object that can be neither written, compared nor hashed."""

    __hash__ = None

    def __repr__(self):
        raise RuntimeError("no words")

    def __eq__(self, other):
        raise RuntimeError("no comparison")


MISSING = {
    "None": None,
    "an empty text": "",
    "a blank": " ",
    "a tab": "\t",
    "a no-break space": "\u00a0",
    "a zero-width space": "\u200b",
    "NaN": float("nan"),
    "NaN of NumPy": np.float32("nan"),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "a decimal NaN": decimal.Decimal("NaN"),
    "a signalling NaN": decimal.Decimal("sNaN"),
    "a NumPy date": np.datetime64("NaT"),
    "the word NaN": "NaN",
    "the word of a spreadsheet": "#N/A",
    "the word null": "null",
}

ODD = {
    "a list": ["2528"],
    "an empty list": [],
    "a nested list": [[1], [2]],
    "a dict": {"a": 1},
    "a set": {"x"},
    "a tuple": ("couture", None),
    "half a surrogate pair": "a\ud800",
    "a huge integer": 10**400,
    "a longer one": 10**5000,
    "a huge text": "x" * 100_000,
    "a date": datetime.date(2026, 11, 25),
    "a timestamp": pd.Timestamp("2026-11-25", tz="Europe/Paris"),
    "a time span": pd.Timedelta(days=3),
    "a period": pd.Period("2026-11"),
    "an interval": pd.Interval(1, 9),
    "bytes": b"12",
    "a complex number": 1 + 2j,
    "infinity": float("inf"),
    "minus infinity": -np.inf,
    "a decimal": decimal.Decimal("12"),
    "a huge decimal": decimal.Decimal("1e999"),
    "a fraction": fractions.Fraction(1, 3),
    "a truth value": True,
    "a truth value of NumPy": np.bool_(False),
    "a NumPy integer": np.int64(5),
    "an array": np.array([1, 2]),
    "an array of names": np.array(["moodle"], dtype=object),
    "an array without a dimension": np.array(3),
    "a table": pd.DataFrame({"a": [1]}),
    "a series": pd.Series(["moodle"]),
    "a uuid": uuid.UUID(int=5),
    "a function": len,
    "a class": int,
    "a generator": (item for item in "ab"),
    "an unspeakable object": Unspeakable(),
    "a number in words": "dix",
    "a text with a null": "a\0b",
    "right to left": "\u202ecouture",
}


def odd_cells():
    """Draw any value that a cell may hold."""
    return st.one_of(
        st.sampled_from([*MISSING.values(), *ODD.values()]),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.text(st.characters(exclude_categories=()), max_size=12),
        st.decimals(),
        st.dates(),
        st.binary(max_size=5),
        st.lists(st.one_of(st.integers(), st.text(max_size=3)), max_size=3),
        st.sampled_from(
            ["oui", "n", "1 000", "1,000", "37,5", "2528", "15.12Z", 18, 0, 1, "moodle|payfit", "03", 3.0]
        ),
    )
