"""JSON of the command line: UTF-8 whatever the console speaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_json_is_utf8_whatever_the_console_speaks(encoding):
    args = ["recommend", "--branch", "couture", "--headcount", "12", "--json"]
    code = f"from hrtools_reco.cli import main; main({args!r})"

    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=os.environ | {"PYTHONIOENCODING": encoding}
    )

    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout.decode("utf-8"))["profile"]["branch"] == "couture"
    assert "é" in found.stdout.decode("utf-8")
