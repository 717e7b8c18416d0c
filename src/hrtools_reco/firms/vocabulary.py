"""What a user may write for a branch, a region, a headcount band or a fact, and the key it stands for."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from hrtools_reco._checks import fold, invalid, unknown_item, unknown_name
from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.exceptions import AmbiguousBranchError, InvalidValueError, UnknownNameError
from hrtools_reco.firms.cells import as_items, read_items, spoken
from hrtools_reco.firms.codes import BranchCodes, CodeReading, none_declared, settle

UNKNOWN_BAND = "NN"
_SHORT_CODE = re.compile(r"0*([0-9]{1,3})(?:[.,]0+)?")


class Vocabulary:
    """The spellings that a catalog knows, folded to what is compared.

    Parameters
    ----------
    catalog : Catalog
        Catalog whose branches, regions, bands and tools are the valid names.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.branches = catalog.keys("branches")
        self.regions = catalog.keys("regions")
        self.installable = (*catalog.tool_ids, *catalog.keys("functions"))
        # Of a name that is both, the tool is meant: the place that comes first.
        self.places = {name: place for place, name in reversed(list(enumerate(self.installable)))}
        self.groups = _tool_groups(catalog)
        self._folded_groups = {fold(name): name for name in self.groups}
        self._branch_rows = catalog.branches.set_index("branch")
        self._branch_spellings = _spellings(
            catalog.branches, ["branch", "name_fr", "name_en"], ["aliases_fr", "aliases_en"]
        )
        rows = self._branch_rows
        names = [*self.branches, *rows["name_fr"], *rows["aliases_fr"]]
        self._branch_names = tuple(item for cell in names for item in split_list(cell))
        self.codes = BranchCodes(catalog)
        self._region_spellings = _region_spellings(catalog)
        bands = catalog.table("headcount_bands")
        low, high = bands["headcount_min"].fillna(0.0), bands["headcount_max"].fillna(np.inf)
        self.bands = {band: (lo, hi) for band, lo, hi in zip(bands["band"], low, high, strict=True)}

    def branch(self, value: object) -> str:
        """Return the key of a branch written as key, name, alias, IDCC or NAF code, or as a list of codes."""
        items = as_items(value)
        texts = [spoken(item) for item in ([value] if items is None else items)]
        if len(texts) == 1 and (named := self._branch_spellings.get(fold(texts[0]))):
            keys, decided = frozenset(named), len(named) == 1
        else:
            readings = [reading for text in texts if (reading := self.codes.read(text))]
            keys, decided = settle(readings)
            if not keys or len(readings) < len(texts):
                raise self._no_branch(value, readings)
        if not decided:
            raise self.ambiguous("branch", value, keys)
        return next(iter(keys))

    def _no_branch(self, value: object, readings: list[CodeReading]) -> InvalidValueError:
        """Build the error of what stands for no branch."""
        if any(none_declared(reading) for reading in readings):
            hint = "This code says that no agreement is declared: give the activity or a name."
            return invalid("branch", "a branch", value, hint)
        if readings:
            codes = ", ".join(f"{reading.scheme} {reading.code}" for reading in readings)
            right = f"in one of the {len(self.branches)} branches of the catalog"
            return UnknownNameError("branch", right, value, f"{codes}: another trade.")
        right = "a branch: its key, its French or English name, an IDCC or a NAF code (rev. 2 or 2025)"
        return unknown_name("branch", value, self._branch_names, right)

    def ambiguous(self, name: str, value: object, keys: Iterable[str]) -> AmbiguousBranchError:
        """Build the error of a code that leaves the branch open."""
        candidates = tuple(sorted(keys))
        decides = " ".join(dict.fromkeys(self._branch_rows.loc[list(candidates), "decides_en"].dropna()))
        fits = "fits several" if len(candidates) > 1 else "does not decide alone, and may be"
        hint = f"This {fits}: {', '.join(candidates)}. What decides: {decides}"
        return AmbiguousBranchError(name, "one branch", value, hint, candidates)

    def region(self, value: object) -> str:
        """Return the key of a region written as name, alias or INSEE code."""
        keys = self._region_spellings.get(_named(spoken(value)))
        if not keys:
            raise unknown_name("region", value, self.regions, "a French region")
        if len(keys) > 1:
            hint = f"A region and a department have this code ({' or '.join(sorted(keys))}): write a name."
            raise invalid("region", "one French region", value, hint)
        return next(iter(keys))

    def band(self, value: object) -> str:
        """Return the code of a SIRENE headcount band."""
        code = _named(spoken(value)).upper()
        if code not in self.bands:
            right = "a SIRENE headcount band such as '03' (6 to 9 employees)"
            raise unknown_name("headcount_band", value, self.bands, right)
        return code

    def installed(self, value: object) -> tuple[str, ...]:
        """Return tool keys (or function keys, for a product that the catalog does not hold)."""
        names = read_items("installed", value)
        for name in names:
            if name not in self.places:
                right = "the key of a tool of the catalog, or of a function for any other product"
                raise unknown_item("installed", name, value, self.installable, right)
        return names

    def left_out(self, field: str, value: object) -> tuple[str, ...]:
        """Return what a firm does not want: tools, or all of a function, a kind or a vendor."""
        names = []
        for item in read_items(field, value):
            name = item if item in self.groups else self._folded_groups.get(fold(item))
            if name is None:
                right = "the key of a tool, of a function or of a kind, or the name of a vendor"
                raise unknown_item(field, item, value, self.groups, right)
            names.append(name)
        return tuple(dict.fromkeys(names))


def _named(text: str) -> str:
    """Reduce the name or the short code of a region or a band: a sign and a point are never dropped."""
    if match := _SHORT_CODE.fullmatch(text):
        return match[1].zfill(2)
    return fold(text) if any(letter.isalpha() for letter in text) else ""


@functools.lru_cache(maxsize=8)
def vocabulary_of(catalog: Catalog) -> Vocabulary:
    """Return the vocabulary of a catalog, made once."""
    return Vocabulary(catalog)


def _spellings(table: pd.DataFrame, names: list[str], lists: list[str]) -> dict[str, set[str]]:
    """Map each folded spelling to the keys (first column) that it stands for."""
    found: dict[str, set[str]] = {}
    for row in table.to_dict("records"):
        key = str(row[table.columns[0]])
        cells = [row[name] for name in names] + [item for name in lists for item in split_list(row[name])]
        for cell in cells:
            if isinstance(cell, str):
                found.setdefault(fold(cell), set()).add(key)
    return found


def _region_spellings(catalog: Catalog) -> dict[str, set[str]]:
    """Map each folded spelling of a region, or of a department in it, to the regions it stands for."""
    found = _spellings(
        catalog.table("regions"), ["region", "label_fr", "label_en", "insee_code"], ["aliases"]
    )
    if "departments" in catalog.table_names:
        departments = catalog.table("departments")
        for name in ("department", "label"):
            for cell, region in zip(departments[name], departments["region"], strict=True):
                found.setdefault(fold(cell), set()).add(region)
    return found


def _tool_groups(catalog: Catalog) -> dict[str, tuple[int, ...]]:
    """Map each tool, function, kind and vendor to the positions of its tools; a tool goes before a group."""
    tools = catalog.tools
    found: dict[str, list[int]] = {
        name: [] for table in ("functions", "kinds") for name in catalog.keys(table)
    }
    cells = zip(tools["functions"], tools["kind"], tools["vendor"], strict=True)
    for position, (functions, kind, vendor) in enumerate(cells):
        for name in {*split_list(functions), *split_list(kind), *(split_list(vendor) and [vendor])}:
            found.setdefault(name, []).append(position)
    alone = {tool_id: (position,) for position, tool_id in enumerate(catalog.tool_ids)}
    return {name: tuple(positions) for name, positions in found.items()} | alone
