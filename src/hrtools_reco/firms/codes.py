"""Which branches an agreement (IDCC) or an activity code (NAF) stands for, and which of them decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from hrtools_reco.catalog import Catalog, split_list

IDCC, NAF, NAF_REV2, NAF_2025 = "IDCC", "NAF", "NAF rev. 2", "NAF 2025"
_IDCC = re.compile(r"(?:idcc)?\s*(?:n°)?\s*0*(\d{1,4})(?:\.0+)?", re.IGNORECASE)
_NAF = re.compile(r"(?:naf|ape)?\s*(\d{2})\.?(\d{2})\s*([a-z])", re.IGNORECASE)
_NONE_DECLARED = ("9998", "9999")


@dataclass(frozen=True, kw_only=True)
class CodeReading:
    """What one code says of the branch.

    Attributes
    ----------
    scheme : str
        ``IDCC, NAF rev. 2, NAF 2025``, or ``NAF`` for a code of no branch whose version is not told.
    code : str
        The code as registers write it: ``"0018"``, ``"15.12Z"``.
    branches : frozenset of str
        The branches that it may stand for; empty if it is the code of none.
    decides : bool
        Whether the code alone is enough. A NAF code that is only seen within the scope of an agreement, and
        is not the main activity of a branch, narrows the question and does not decide.
    within : frozenset of str
        Branches whose agreement was merged into this one: an activity of theirs still decides.
    """

    scheme: str
    code: str
    branches: frozenset[str]
    decides: bool
    within: frozenset[str] = frozenset()


class BranchCodes:
    """The codes of the branches of a catalog.

    Parameters
    ----------
    catalog : Catalog
        Catalog whose branches have codes.
    """

    def __init__(self, catalog: Catalog) -> None:
        table = catalog.branches
        self._own = _branches_by_code(table, "idcc", _four_digits)
        self._merged = _branches_by_code(table, "idcc_merged", _four_digits)
        self._within = {
            code: frozenset(other for old in merged for other in self._own.get(_four_digits(old), ()))
            for row in table.to_dict("records")
            if (merged := split_list(row["idcc_merged"]))
            for code in map(_four_digits, split_list(row["idcc"]))
        }
        primary, scope = (_branches_by_code(table, name, _dotted) for name in ("naf_primary", "naf"))
        self._naf = {NAF_REV2: (primary, scope)}
        if "naf_2025" in catalog.table_names:
            old_codes = catalog.table("naf_2025")[["naf_2025", "naf_rev2"]].to_numpy().tolist()
            self._naf[NAF_2025] = _carried_over(old_codes, primary), _carried_over(old_codes, scope)

    def read(self, value: object, version: str | None = None) -> CodeReading | None:
        """Return what a code says; None if the text has not the form of a code.

        Parameters
        ----------
        value : object
            The code, in any usual spelling.
        version : {"NAF rev. 2", "NAF 2025"}, optional
            Version of a NAF code. ``None`` finds out: the two differ in their letters.

        Returns
        -------
        CodeReading or None
            The reading.
        """
        text = str(value).strip()
        if match := _IDCC.fullmatch(text):
            return self._agreement(match[1].zfill(4))
        if match := _NAF.fullmatch(text):
            return self._activity(_dotted("".join(match.groups())), version)
        return None

    def _agreement(self, code: str) -> CodeReading:
        """Read an IDCC: the agreement of a branch, or one merged into it."""
        branches = self._own.get(code) or self._merged.get(code) or frozenset()
        within = self._within.get(code, frozenset())
        return CodeReading(
            scheme=IDCC, code=code, branches=branches, decides=len(branches) == 1, within=within
        )

    def _activity(self, code: str, version: str | None) -> CodeReading:
        """Read a NAF code: the main activity of a branch decides, any other only narrows."""
        known = (name for name, tables in self._naf.items() if any(code in table for table in tables))
        scheme = version or next(known, NAF)
        primary, scope = self._naf.get(scheme, ({}, {}))
        main = primary.get(code, frozenset())
        return CodeReading(
            scheme=scheme,
            code=code,
            branches=main or scope.get(code, frozenset()),
            decides=len(main) == 1,
        )


def none_declared(reading: CodeReading) -> bool:
    """Tell whether a code says that the firm has no agreement, which says nothing of the branch."""
    return reading.scheme == IDCC and reading.code in _NONE_DECLARED


def settle(readings: Sequence[CodeReading]) -> tuple[frozenset[str], bool]:
    """Weigh the codes of one firm: an agreement wins over activities, which narrow what it leaves open.

    Parameters
    ----------
    readings : sequence of CodeReading
        The agreements and the activities of the firm, in any order.

    Returns
    -------
    branches : frozenset of str
        The branches that are left; empty if the codes are those of no branch.
    decided : bool
        Whether one is left, and a code decides it.
    """
    agreements = [row for row in readings if row.scheme == IDCC and not none_declared(row)]
    activities = [row for row in readings if row.scheme != IDCC and row.branches]
    main = [row for row in activities if row.decides]
    if not agreements:
        common = _narrowed(main or activities)
        return common, len(common) == 1 and bool(main)
    held = frozenset[str]().union(*(row.branches for row in agreements))
    within = frozenset[str]().union(*(row.within for row in agreements))
    active = _narrowed(main or activities)
    if main and active <= within:
        return active, len(active) == 1
    left = held & active or held
    return left, len(left) == 1


def _narrowed(readings: Iterable[CodeReading]) -> frozenset[str]:
    """Return the branches that all readings share; all of them if they share none."""
    sets = [row.branches for row in readings]
    if not sets:
        return frozenset()
    return frozenset.intersection(*sets) or frozenset.union(*sets)


def _branches_by_code(
    table: pd.DataFrame, column: str, write: Callable[[str], str]
) -> dict[str, frozenset[str]]:
    """Map each code of a column to the branches that list it."""
    found: dict[str, frozenset[str]] = {}
    for branch, cell in zip(table["branch"], table[column], strict=True):
        for code in map(write, split_list(cell)):
            found[code] = found.get(code, frozenset()) | {branch}
    return found


def _carried_over(
    pairs: Iterable[Sequence[str]], table: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Carry what NAF rev. 2 codes stand for over to the NAF 2025 codes that come from them."""
    carried: dict[str, frozenset[str]] = {}
    for new, old in pairs:
        if old in table:
            carried[new] = carried.get(new, frozenset()) | table[old]
    return carried


def _four_digits(code: str) -> str:
    """Write an IDCC as registers do."""
    return str(code).zfill(4)


def _dotted(code: str) -> str:
    """Write a NAF code as registers do."""
    plain = code.replace(".", "").upper()
    return f"{plain[:2]}.{plain[2:]}"
