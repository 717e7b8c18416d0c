"""What a user may write for a branch, a region, a headcount band or a fact, and the key it stands for."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from hrtools_reco._checks import fold, unknown_name
from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.exceptions import AmbiguousBranchError, InvalidValueError

_IDCC = re.compile(r"(?:idcc)?0*(\d{1,4})")
_NAF = re.compile(r"(?:naf|ape)?(\d{2})(\d{2})([a-z])")
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
        self._idcc = _codes(catalog.branches, "idcc_merged", _short_idcc) | _codes(
            catalog.branches, "idcc", _short_idcc
        )
        self._naf = _codes(catalog.branches, "naf", fold)
        self._region_spellings = _spellings(
            catalog.table("regions"), ["region", "label_fr", "label_en", "insee_code"], ["aliases"]
        )
        bands = catalog.table("headcount_bands")
        low, high = bands["headcount_min"].fillna(0.0), bands["headcount_max"].fillna(np.inf)
        self.bands = {band: (lo, hi) for band, lo, hi in zip(bands["band"], low, high, strict=True)}

    def branch(self, value: object) -> str:
        """Return the key of a branch written as key, name, alias, IDCC or NAF code."""
        text = fold(str(value))
        keys = self._branch_spellings.get(text) or self._coded_branch(text)
        if not keys:
            right = "a branch: its key, its French or English name, an IDCC or a NAF rev. 2 code"
            names = [*self.branches, *self._branch_rows["name_fr"], *self._branch_rows["aliases_fr"]]
            spellings = (item for cell in names for item in split_list(cell))
            raise unknown_name("branch", value, spellings, right)
        if len(keys) > 1:
            raise self._ambiguous(value, sorted(keys))
        return next(iter(keys))

    def _coded_branch(self, text: str) -> set[str]:
        """Return the branches that an IDCC or a NAF code stands for."""
        if match := _IDCC.fullmatch(text):
            return self._idcc.get(match[1], set())
        if match := _NAF.fullmatch(text):
            return self._naf.get("".join(match.groups()), set())
        return set()

    def _ambiguous(self, value: object, keys: list[str]) -> AmbiguousBranchError:
        """Build the error of a code that fits several branches."""
        rows = self._branch_rows.loc[keys]
        decides = " ".join(dict.fromkeys(rows["decides_en"].dropna()))
        return AmbiguousBranchError(
            "branch", "one branch", value, f"This fits several: {', '.join(keys)}. What decides: {decides}"
        )

    def region(self, value: object) -> str:
        """Return the key of a region written as name, alias or INSEE code."""
        keys = self._region_spellings.get(fold(str(value)))
        if not keys:
            raise unknown_name("region", value, self.regions, "a French region")
        return next(iter(keys))

    def band(self, value: object) -> str:
        """Return the code of a SIRENE headcount band."""
        text = str(value).strip().upper()
        text = text.removesuffix(".0")
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


def _codes(table: pd.DataFrame, column: str, normalise: Callable[[str], str]) -> dict[str, set[str]]:
    """Map each normalised code to the branches that list it."""
    found: dict[str, set[str]] = {}
    for branch, cell in zip(table["branch"], table[column], strict=True):
        for code in split_list(cell):
            found.setdefault(normalise(code), set()).add(branch)
    return found


def _short_idcc(code: str) -> str:
    """Strip the zeros in front of an IDCC."""
    return str(int(code))
