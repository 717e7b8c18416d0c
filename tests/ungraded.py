"""Catalogs without graded firms: their prior takes no time to solve, where a test is not about it."""

from __future__ import annotations

from pathlib import Path

GRADED = ("expert_firms", "expert_grades", "expert_tools")


def ungraded(tables):
    """Return tables of a catalog without the graded firms."""
    return {name: table.head(0) if name in GRADED else table for name, table in tables.items()}


def ungrade(folder):
    """Take the graded firms out of the folder of a catalog; return the folder."""
    for name in GRADED:
        path = Path(folder) / f"{name}.csv"
        header, _, _ = path.read_text(encoding="utf-8").partition("\n")
        path.write_text(header + "\n", encoding="utf-8")
    return folder
