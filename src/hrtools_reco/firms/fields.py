"""The fields of a firm: one reader each, the same for a single profile and for a column of a table."""

from __future__ import annotations

import functools
import hashlib
import weakref
from collections.abc import Callable, Mapping
from typing import Any

from hrtools_reco._checks import invalid, unknown_item, unknown_name
from hrtools_reco.catalog import Catalog, load_catalog
from hrtools_reco.columns import (
    BRANCH,
    BUDGET,
    COMPANY_ID,
    EXCLUDED,
    FACT_PREFIX,
    HEADCOUNT,
    HEADCOUNT_BAND,
    INSTALLED,
    MATURITY_ESTIMATED,
    MATURITY_PREFIX,
    NEED_PREFIX,
    REFUSED,
    REGION,
)
from hrtools_reco.firms.cells import NumberReader, is_blank, is_missing, read_items, read_key, read_truth
from hrtools_reco.firms.vocabulary import vocabulary_of

MAX_HEADCOUNT = 500_000
MAX_BUDGET = 1e9
NESTED = {"maturity": MATURITY_PREFIX, "needs": NEED_PREFIX, "facts": FACT_PREFIX}


class Fields:
    """The readers of the fields of a firm, by the name of their column.

    Parameters
    ----------
    catalog : Catalog
        Catalog whose names are valid.

    Attributes
    ----------
    catalog : Catalog
        The catalog.
    words : Vocabulary
        What may be written for its names.
    keys : dict of str to tuple of str
        Keys of ``maturity``, ``needs`` and ``facts``.
    readers : dict of str to callable
        For each column what reads a cell that is not missing: it returns the value or raises.
    single : frozenset of str
        Columns that are fields of a profile by the same name.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.words = words = vocabulary_of(catalog)
        tables = {"maturity": "dimensions", "needs": "needs", "facts": "facts"}
        self.keys = {name: catalog.keys(table) for name, table in tables.items()}
        self.readers: dict[str, Callable[[Any], Any]] = {
            COMPANY_ID: read_key,
            BRANCH: words.branch,
            REGION: words.region,
            HEADCOUNT: NumberReader(
                name=HEADCOUNT,
                right=f"a whole number of employees, at least 0 and at most {MAX_HEADCOUNT}",
                low=0,
                high=MAX_HEADCOUNT,
                whole=True,
            ),
            HEADCOUNT_BAND: words.band,
            BUDGET: NumberReader(
                name=BUDGET,
                right="a number of euros a year, at least 0",
                low=0,
                high=MAX_BUDGET,
                is_money=True,
            ),
            INSTALLED: words.installed,
            MATURITY_ESTIMATED: self._estimated,
            EXCLUDED: functools.partial(words.left_out, EXCLUDED),
            REFUSED: functools.partial(words.left_out, REFUSED),
        }
        for nested in ("maturity", "needs"):
            for name in self.columns(nested):
                right = "a number from 0 to 100, or empty"
                self.readers[name] = NumberReader(name=name, right=right, low=0, high=100)
        for name in self.columns("facts"):
            self.readers[name] = functools.partial(read_truth, name)
        self.single = frozenset(self.readers) - {name for nested in NESTED for name in self.columns(nested)}

    @functools.cached_property
    def fingerprint(self) -> str:
        """A short text that two catalogs share if they know the same names."""
        words = self.words
        names = (words.branches, words.regions, words.bands, self.keys, words.groups)
        return hashlib.sha256(repr(names).encode()).hexdigest()[:16]

    def columns(self, nested: str) -> list[str]:
        """Return the columns of ``maturity``, ``needs`` or ``facts``."""
        return [NESTED[nested] + key for key in self.keys[nested]]

    def _estimated(self, cell: object) -> tuple[str, ...]:
        """Read the dimensions whose score is an estimate."""
        found = read_items(MATURITY_ESTIMATED, cell)
        for name in found:
            if name not in self.keys["maturity"]:
                keys = self.keys["maturity"]
                raise unknown_item(MATURITY_ESTIMATED, name, cell, keys, "a list of dimensions")
        return found

    def read(self, flat: Mapping[str, object]) -> dict[str, Any]:
        """Read the cells of one firm; those that are missing are left out.

        Parameters
        ----------
        flat : mapping of str to object
            Cells by column, known columns only.

        Returns
        -------
        dict of str to object
            What the cells say, by column, in the order of ``readers``.

        Raises
        ------
        InvalidValueError
            If a cell is wrong, no branch is given, or no headcount.
        """
        values = {
            name: read(flat[name])
            for name, read in self.readers.items()
            if name in flat and not (is_blank if name == COMPANY_ID else is_missing)(flat[name])
        }
        if BRANCH not in values:
            raise self.no_branch()
        self.check_size(values.get(HEADCOUNT), values.get(HEADCOUNT_BAND))
        return values

    @staticmethod
    def no_branch() -> Exception:
        """Build the error of a firm without a branch."""
        return invalid(BRANCH, "known: a key, a name, an IDCC or a NAF code", None)

    def check_size(self, headcount: float | None, band: str | None) -> None:
        """Refuse a firm of which neither is known, and a headcount outside its band."""
        if band is not None and headcount is not None:
            low, high = self.words.bands[band]
            if not low <= headcount <= high:
                right = f"within its band, from {low:g} to {high:g} employees"
                raise invalid(HEADCOUNT, right, headcount)
        elif headcount is None and band is None:
            raise invalid(HEADCOUNT, "known: give the number of employees or a SIRENE band", None)

    def flat(self, fields: Mapping[Any, object]) -> dict[str, object]:
        """Bring the fields of one firm into columns: ``{"needs": {"hiring": 75}}`` is ``need_hiring``.

        Parameters
        ----------
        fields : mapping of str to object
            Fields of a profile, or columns of a table, or both.

        Returns
        -------
        dict of str to object
            Cells by column.

        Raises
        ------
        UnknownNameError
            If a name is no field and no column; the nearest are named.
        InvalidValueError
            If a field that is a mapping is none, or one value is given twice.
        """
        cells: dict[str, object] = {}
        for name, value in fields.items():
            if isinstance(name, str) and name in NESTED:
                found = self._flat_nested(name, value)
            elif isinstance(name, str) and name in self.readers:
                found = {name: value}
            else:
                known = [*self.readers, *NESTED]
                raise unknown_name("field", name, known, "a field of a firm, or a column of a table of firms")
            for column in found.keys() & cells.keys():
                raise invalid(column, "given once", f"{name} and {column}")
            cells |= found
        return cells

    def _flat_nested(self, name: str, value: object) -> dict[str, object]:
        """Bring a field that is a mapping into columns."""
        if is_missing(value):
            return {}
        keys = self.keys[name]
        if not isinstance(value, Mapping):
            raise invalid(name, f"a mapping from some of {', '.join(keys)}", value)
        for key in value:
            if key not in keys:
                table = "dimensions" if name == "maturity" else name
                raise unknown_name(name, key, keys, f"given for one of the {table}")
        return {NESTED[name] + key: cell for key, cell in value.items()}


_LOADED: weakref.WeakValueDictionary[str, Fields] = weakref.WeakValueDictionary()


@functools.lru_cache(maxsize=8)
def fields_of(catalog: Catalog) -> Fields:
    """Return the fields of a catalog, made once."""
    fields = Fields(catalog)
    _LOADED.setdefault(fields.fingerprint, fields)
    return fields


class Origin:
    """The catalog that a profile was made with; in a pickle it is a fingerprint of sixteen letters.

    Parameters
    ----------
    fingerprint : str
        Fingerprint of the names of the catalog.
    fields : Fields, optional
        The fields; ``None`` looks for a catalog with this fingerprint when they are asked for.
    """

    def __init__(self, fingerprint: str, fields: Fields | None = None) -> None:
        self.fingerprint = fingerprint
        self._fields = fields or _LOADED.get(fingerprint)

    def __reduce__(self) -> tuple[Any, ...]:
        return Origin, (self.fingerprint,)

    def fields(self) -> Fields:
        """Return the fields, or raise if the catalog was never loaded in this process."""
        found = self._fields or _LOADED.get(self.fingerprint)
        if found is None:
            bundled = fields_of(load_catalog())
            if bundled.fingerprint != self.fingerprint:
                right = "given again: the one that this profile was made with is not loaded in this process"
                raise invalid("catalog", right, None)
            found = bundled
        self._fields = found
        return found
