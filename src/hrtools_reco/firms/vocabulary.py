"""What a user may write for a branch, a region, a headcount band or a fact, and the key it stands for."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
import pandas as pd

from hrtools_reco._checks import fold, unknown_name
from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.exceptions import AmbiguousBranchError, InvalidValueError, UnknownNameError
from hrtools_reco.firms.codes import BranchCodes, CodeReading, none_declared, settle

UNKNOWN_BAND = "NN"
_YES = {"true", "vrai", "1", "10", "yes", "y", "oui", "o"}
_NO = {"false", "faux", "0", "00", "no", "n", "non"}


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
        self._branch_rows = catalog.branches.set_index("branch")
        self._branch_spellings = _spellings(
            catalog.branches, ["branch", "name_fr", "name_en"], ["aliases_fr", "aliases_en"]
        )
        self.codes = BranchCodes(catalog)
        self._region_spellings = _region_spellings(catalog)
        bands = catalog.table("headcount_bands")
        low, high = bands["headcount_min"].fillna(0.0), bands["headcount_max"].fillna(np.inf)
        self.bands = {band: (lo, hi) for band, lo, hi in zip(bands["band"], low, high, strict=True)}

    def branch(self, value: object) -> str:
        """Return the key of a branch written as key, name, alias, IDCC or NAF code, or as a list of codes."""
        items = list(value) if isinstance(value, list | tuple | set | np.ndarray) else [value]
        if len(items) == 1 and (named := self._branch_spellings.get(fold(str(items[0])))):
            keys, decided = frozenset(named), len(named) == 1
        else:
            readings = [reading for item in items if (reading := self.codes.read(item))]
            keys, decided = settle(readings)
            if not keys or len(readings) < len(items):
                raise self._no_branch(value, readings)
        if not decided:
            raise self.ambiguous("branch", value, keys)
        return next(iter(keys))

    def _no_branch(self, value: object, readings: list[CodeReading]) -> InvalidValueError:
        """Build the error of what stands for no branch."""
        if any(none_declared(reading) for reading in readings):
            hint = "This code says that no agreement is declared: give the activity or a name."
            return InvalidValueError("branch", "a branch", value, hint)
        if readings:
            codes = ", ".join(f"{reading.scheme} {reading.code}" for reading in readings)
            right = f"in one of the {len(self.branches)} branches of the catalog"
            return UnknownNameError("branch", right, value, f"{codes}: another trade.")
        right = "a branch: its key, its French or English name, an IDCC or a NAF code (rev. 2 or 2025)"
        names = [*self.branches, *self._branch_rows["name_fr"], *self._branch_rows["aliases_fr"]]
        return unknown_name("branch", value, (item for cell in names for item in split_list(cell)), right)

    def ambiguous(self, name: str, value: object, keys: Iterable[str]) -> AmbiguousBranchError:
        """Build the error of a code that leaves the branch open."""
        candidates = tuple(sorted(keys))
        decides = " ".join(dict.fromkeys(self._branch_rows.loc[list(candidates), "decides_en"].dropna()))
        fits = "fits several" if len(candidates) > 1 else "does not decide alone, and may be"
        hint = f"This {fits}: {', '.join(candidates)}. What decides: {decides}"
        return AmbiguousBranchError(name, "one branch", value, hint, candidates)

    def region(self, value: object) -> str:
        """Return the key of a region written as name, alias or INSEE code."""
        keys = self._region_spellings.get(fold(str(value)))
        if not keys:
            raise unknown_name("region", value, self.regions, "a French region")
        if len(keys) > 1:
            hint = f"A region and a department have this code ({' or '.join(sorted(keys))}): write a name."
            raise InvalidValueError("region", "one French region", value, hint)
        return next(iter(keys))

    def band(self, value: object) -> str:
        """Return the code of a SIRENE headcount band; an empty one is that of an unknown headcount."""
        text = str(value).strip().upper().removesuffix(".0") or UNKNOWN_BAND
        code = text.zfill(2) if text.isdigit() else text
        if code not in self.bands:
            right = "a SIRENE headcount band such as '03' (6 to 9 employees)"
            raise unknown_name("headcount_band", value, self.bands, right)
        return code

    def fact(self, name: str, value: object) -> bool:
        """Return a fact written as a truth value or as yes or no, in French or English."""
        text = fold(str(value))
        if text in _YES:
            return True
        if text in _NO:
            return False
        raise InvalidValueError(name, "true, false or empty (oui and non are read too)", value)

    def installed(self, value: object) -> tuple[str, ...]:
        """Return tool keys (or function keys, for a product that the catalog does not hold)."""
        items = value.split("|") if isinstance(value, str) else value
        if not isinstance(items, Iterable):
            raise InvalidValueError("installed", "a list of tool keys", value)
        names = tuple(dict.fromkeys(str(item).strip() for item in items if str(item).strip()))
        for name in names:
            if name not in self._installable_set:
                right = "the key of a tool of the catalog, or of a function for any other product"
                raise unknown_name("installed", name, self.installable, right)
        return names

    @functools.cached_property
    def _installable_set(self) -> frozenset[str]:
        return frozenset(self.installable)


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
