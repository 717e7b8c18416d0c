"""Inputs that once broke something, or could: each is answered, or refused with the library's own error."""

from __future__ import annotations

import time

import pytest
from doors import CORPUS, DOORS, enter

INPUTS = [path.relative_to(CORPUS).as_posix() for path in sorted(CORPUS.glob("*/*"))]
# What is no fault: trailing separators, other encodings, bytes of another encoding in one cell.
TAKEN = {
    "firms/rows_end_in_a_separator--a.csv",
    "firms/stray_byte--a.csv",
    "firms/utf32--a.csv",
}


def test_every_door_has_inputs():
    assert {path.split("/")[0] for path in INPUTS} == set(DOORS)


@pytest.mark.parametrize("path", INPUTS)
def test_an_odd_input_is_answered_or_refused_in_time(path):
    door, _, name = path.partition("/")
    start = time.process_time()

    taken = enter(door, name.partition("--")[2], (CORPUS / path).read_bytes())

    assert time.process_time() - start < 5
    if door != "bodies":  # a server answers all
        assert taken == (path in TAKEN)
