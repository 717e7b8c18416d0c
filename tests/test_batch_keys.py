"""Keys that come twice are found however the firms are cut into chunks, and however the keys are written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

import hrtools_reco as hr
from hrtools_reco.batch.keys import SeenKeys
from hrtools_reco.firms import key_text

# One key in several spellings, and what is none.
cells = st.sampled_from(
    ["a", "b", "a ", "é", "e\u0301", "1", 1, 2, "2", "0018", "18", "", None, "x y", 2**40]
)


@given(keys=st.lists(cells, max_size=40), sizes=st.lists(st.integers(1, 9), min_size=40, max_size=40))
def test_a_key_of_an_earlier_chunk_is_found_whatever_its_spelling(keys, sizes):
    seen, taken, rest = SeenKeys(), set(), list(keys)

    for size in sizes:
        chunk, rest = rest[:size], rest[size:]
        found = seen.repeated(pd.DataFrame({"company_id": pd.Series(chunk, dtype=object)}))

        texts = [key_text(key) if key not in ("", None) else None for key in chunk]
        assert found.tolist() == [at for at, text in enumerate(texts) if text in taken]
        taken.update(text for text in texts if text is not None)


@pytest.mark.parametrize("kind", [pa.string(), pa.int64(), pa.large_string()])
def test_columns_of_arrow_are_compared_as_those_of_pandas(kind):
    numbers = np.random.default_rng(0).integers(0, 5000, 4000)
    seen = SeenKeys()

    found = [
        seen.repeated(pa.table({"company_id": pa.array(part).cast(kind)})).tolist()
        for part in np.split(numbers, 8)
    ]

    for at, part in enumerate(np.split(numbers, 8)):
        assert found[at] == np.flatnonzero(np.isin(part, numbers[: 500 * at])).tolist()


def test_firms_of_one_key_in_different_chunks_are_refused_as_in_one(tmp_path, recommender):
    firms = pd.DataFrame({"company_id": ["é", *"bcdfg", "e\u0301"], "branch": "couture", "headcount": 3})
    firms.to_parquet(tmp_path / "firms.parquet")

    summary = hr.recommend_file(
        tmp_path / "firms.parquet",
        tmp_path / "recs.csv",
        on_error="collect",
        chunk_size=1,
        recommender=recommender,
    )

    assert [(reject.row, reject.column) for reject in summary.rejects] == [(8, "company_id")]
    assert summary.rejects[0].message.startswith("company_id must be unique in the table")
