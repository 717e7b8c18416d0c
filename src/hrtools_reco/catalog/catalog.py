"""The catalog of tools, facts and judgement: a data package, read and checked once."""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from os import PathLike
from types import MappingProxyType
from typing import Any

import pandas as pd

from hrtools_reco._checks import check_choice, check_path, invalid, unknown_name
from hrtools_reco.catalog.datapackage import ShippedTables, check_tables, read_package
from hrtools_reco.catalog.difference import CatalogDiff, changed_rows
from hrtools_reco.catalog.merging import OURS, THEIRS, merged_tables
from hrtools_reco.catalog.wording import tool_lines
from hrtools_reco.columns import LIST_SEPARATOR, TOOL_ID
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.texts import Text, filled
from hrtools_reco.views import Record, Result

RETIRED = "retired"
EVERYWHERE = "all"


def split_list(cell: object) -> tuple[str, ...]:
    """Split a list cell at ``|``; an empty cell is an empty list."""
    return tuple(cell.split(LIST_SEPARATOR)) if isinstance(cell, str) else ()


@dataclass(frozen=True, kw_only=True)
class Tool(Record, Result):
    """One row of the catalog.

    The fields are the columns of ``tools.csv``. An empty cell is ``None`` or an empty tuple: unknown.

    Attributes
    ----------
    tool_id, name, vendor, homepage, vendor_country : str
        Key, name, vendor, address, and ISO 3166 country of the vendor.
    functions : tuple of str
        What it is for, the main function first.
    summary_en, summary_fr : str
        One sentence.
    headcount_min, headcount_max : float
        Bounds of the headcount that the vendor or the scheme states.
    branches, regions : tuple of str
        To which it is open; ``all`` is everyone.
    price_model : str
        ``free, freemium, open_source, flat, per_user, per_job`` or ``quote``.
    price_fixed_eur, price_eur : float
        Fixed part of the entry plan, and its price per ``price_unit``, in euros before tax.
    price_unit : str
        What the price is for.
    price_from : bool
        Whether the price is told as "from".
    price_min_seats : float
        Least seats that are billed.
    price_seats : str
        Who needs a seat (table ``seat_kinds``).
    price_currency : str
        Currency of the list price where it is not the euro (table ``prices``).
    price_as_of : str
        When the price was read.
    licence : str
        SPDX name, or what the source says.
    hosting : tuple of str
        Among ``saas`` and ``self_hosted``.
    data_in_eu : bool
        Whether the data stays in the European Union.
    languages, standards : tuple of str
        ISO 639-1 codes; standards.
    requirements : tuple of str
        What it takes for granted (table ``requirements``).
    staff_login, hardware : tuple of str
        Ways in which staff get in, and on what it is used at the workplace; empty is unknown.
    features : tuple of str
        Features, as the sources name them.
    status, status_as_of : str
        ``active, acquired, renamed`` or ``retired``, and since when this is known.
    kind : str
        ``software, public_service, human_service, resource`` or ``scheme``.
    who_uses : tuple of str
        Among ``head, hr, staff, applicants``.
    sector_branches : tuple of str
        Branches that it is made for.
    module_of : str
        Tool that it is a part of.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> load_catalog().tool("moodle").functions[0]
    'lms'
    """

    tool_id: str
    name: str
    vendor: str | None
    homepage: str | None
    vendor_country: str | None
    functions: tuple[str, ...]
    summary_en: str | None
    summary_fr: str | None
    headcount_min: float | None
    headcount_max: float | None
    branches: tuple[str, ...]
    regions: tuple[str, ...]
    price_model: str | None
    price_fixed_eur: float | None
    price_eur: float | None
    price_unit: str | None
    price_from: bool | None
    price_min_seats: float | None
    price_seats: str | None
    price_currency: str | None
    price_as_of: str | None
    licence: str | None
    hosting: tuple[str, ...]
    data_in_eu: bool | None
    languages: tuple[str, ...]
    standards: tuple[str, ...]
    requirements: tuple[str, ...]
    staff_login: tuple[str, ...]
    hardware: tuple[str, ...]
    features: tuple[str, ...]
    status: str | None
    status_as_of: str | None
    kind: str | None
    who_uses: tuple[str, ...]
    sector_branches: tuple[str, ...]
    module_of: str | None

    def to_frame(self) -> pd.DataFrame:
        """Return the tool as a table of one row.

        Returns
        -------
        DataFrame
            The columns of ``Catalog.tools``; list cells are text joined by ``|``.
        """
        cells = self.to_dict()
        row = {
            name: LIST_SEPARATOR.join(cell) if isinstance(cell, list) else cell
            for name, cell in cells.items()
        }
        return pd.DataFrame([row])

    def to_text(self, lang: str = "fr") -> str:
        """Return what the tool is, in the words of the bundled catalog.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            Lines of text; what is unknown is left out.
        """
        return "\n".join(tool_lines(self, lang, load_catalog()))


class Catalog:
    """Tools with their evidence, and the tables of judgement that the rules and the model read.

    A catalog does not change: each table is handed out as a copy, so that what a caller writes into it stays
    with the caller.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables of the data package, each checked against its schema.
    descriptor : mapping
        The content of ``datapackage.json``.
    folder : Traversable, optional
        Folder that the tables were read from.

    Attributes
    ----------
    folder : Traversable or None
        Folder that it was read from; a copy in another process has none.
    tools : DataFrame
        One row for each tool, ordered by ``tool_id``; list cells are text joined by ``|``.
    evidence : DataFrame
        The sources of the cells of ``tools``.
    branches, functions : DataFrame
        The branches and the functions.

    Examples
    --------
    >>> from hrtools_reco import load_catalog
    >>> catalog = load_catalog()
    >>> len(catalog.functions)
    26
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        descriptor: Mapping[str, Any],
        folder: Traversable | None = None,
    ) -> None:
        self.folder = folder
        self._tables = tables if isinstance(tables, ShippedTables) else _own(tables)
        self._descriptor = dict(descriptor)
        self._keys: dict[str, tuple[str, ...]] = {}
        self._labels: dict[tuple[str, str], Mapping[str, str]] = {}
        self._tool_objects: dict[str, Tool] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Catalog, (dict(self._tables), self._descriptor)

    def __copy__(self) -> Catalog:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Catalog:
        """Return the catalog itself: it does not change, so a clone of a recommender may share it."""
        return self

    def __repr__(self) -> str:
        return f"Catalog({len(self.tool_ids)} tools, version {self.version})"

    @property
    def version(self) -> str:
        """Version of the data package."""
        return str(self._descriptor.get("version", ""))

    def file_digest(self, names: Collection[str]) -> str | None:
        """Return a digest of the files of some tables, if this is the catalog that the package ships.

        Parameters
        ----------
        names : collection of str
            Names of tables.

        Returns
        -------
        str or None
            Hexadecimal; ``None`` for any other catalog, whose cells alone tell what it is.
        """
        tables = self._tables
        return tables.digest(names) if isinstance(tables, ShippedTables) else None

    @property
    def descriptor(self) -> dict[str, Any]:
        """The content of ``datapackage.json``."""
        return copy.deepcopy(self._descriptor)

    @property
    def day(self) -> date:
        """Day of the data package, on which its prices and statuses are taken to be as old as they are."""
        return date.fromisoformat(str(self._descriptor.get("created", date.today()))[:10])

    @property
    def tools(self) -> pd.DataFrame:
        """The tools, ordered by ``tool_id``."""
        return self._tables["tools"].copy()

    @property
    def evidence(self) -> pd.DataFrame:
        """The sources of the cells of ``tools``."""
        return self._tables["evidence"].copy()

    @property
    def branches(self) -> pd.DataFrame:
        """The branches, with their codes and aliases."""
        return self._tables["branches"].copy()

    @property
    def functions(self) -> pd.DataFrame:
        """The functions, each with its pillar."""
        return self._tables["functions"].copy()

    @property
    def table_names(self) -> tuple[str, ...]:
        """Names of all tables."""
        return tuple(self._tables)

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the data package.

        Parameters
        ----------
        name : str
            Name of the resource, such as ``"branch_needs"``.

        Returns
        -------
        DataFrame
            The table; numbers are floats, list cells text joined by ``|``.

        Raises
        ------
        UnknownNameError
            If the data package holds no such table.

        Examples
        --------
        >>> from hrtools_reco import load_catalog
        >>> load_catalog().table("regions")["region"].nunique()
        18
        """
        check_choice("table", name, self._tables, "the name of a table of the catalog")
        return self._tables[name].copy()

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the first column of a table, in the order of its rows.

        Parameters
        ----------
        name : str
            Name of the resource.

        Returns
        -------
        tuple of str
            The keys, such as the seven dimensions of ``keys("dimensions")``.

        Examples
        --------
        >>> from hrtools_reco import load_catalog
        >>> load_catalog().keys("facts")[:5]
        ('internet', 'smartphone', 'work_email', 'it_admin', 'hr_person')
        """
        if name not in self._keys:
            self._keys[name] = tuple(self.table(name).iloc[:, 0])
        return self._keys[name]

    @functools.cached_property
    def tool_ids(self) -> tuple[str, ...]:
        """Keys of the tools, in the order of ``tools``."""
        return tuple(self.tools[TOOL_ID])

    @functools.cached_property
    def _tool_positions(self) -> dict[str, int]:
        return {tool_id: position for position, tool_id in enumerate(self.tool_ids)}

    def position(self, tool_id: str) -> int:
        """Return the position of a tool in ``tools``.

        Parameters
        ----------
        tool_id : str
            Key of the tool.

        Returns
        -------
        int
            Position, from 0.

        Raises
        ------
        UnknownNameError
            If the catalog holds no such tool; the nearest keys are named.
        """
        try:
            return self._tool_positions[tool_id]
        except (KeyError, TypeError):
            right = f"the key of one of the {len(self.tool_ids)} tools of the catalog"
            raise unknown_name(TOOL_ID, tool_id, self.tool_ids, right) from None

    def tool(self, tool_id: str) -> Tool:
        """Return one tool as an object.

        Parameters
        ----------
        tool_id : str
            Key of the tool.

        Returns
        -------
        Tool
            The row, its list cells as tuples.

        Raises
        ------
        UnknownNameError
            If the catalog holds no such tool; the nearest keys are named.

        Examples
        --------
        >>> from hrtools_reco import load_catalog
        >>> load_catalog().tool("moodel")
        Traceback (most recent call last):
        ...
        hrtools_reco.exceptions.UnknownNameError: tool_id must be ... Got 'moodel'. Nearest: moodle...
        """
        position = self.position(tool_id)
        if tool_id not in self._tool_objects:
            self._tool_objects[tool_id] = _tool_of(self._tables["tools"].iloc[position])
        return self._tool_objects[tool_id]

    @functools.cached_property
    def _settings(self) -> dict[str, float]:
        table = self.table("settings")
        return dict(zip(table["setting"], table["value"], strict=True))

    def setting(self, name: str) -> float:
        """Return a number of the table ``settings``.

        Parameters
        ----------
        name : str
            Key of the setting.

        Returns
        -------
        float
            Its value; the unit is in its rubric.

        Raises
        ------
        UnknownNameError
            If the table has no such row.
        """
        if name not in self._settings:
            raise unknown_name("setting", name, self._settings, "a key of the table settings")
        return self._settings[name]

    @functools.cached_property
    def messages(self) -> Mapping[str, Mapping[str, str]]:
        """Texts by language, then by key."""
        table = self.table("messages").set_index("message")
        return MappingProxyType(
            {
                lang: MappingProxyType(dict(zip(table.index, table[lang], strict=True)))
                for lang in ("fr", "en")
            }
        )

    def text(self, key: str, lang: str, **values: object) -> str:
        """Fill a text of the catalog.

        Parameters
        ----------
        key : str
            Key in the table ``messages``.
        lang : {"fr", "en"}
            Language.
        **values : object
            Values of the placeholders.

        Returns
        -------
        str
            The text.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        CatalogError
            If the table has no such row, or the text names what no value fills.
        """
        if lang not in self.messages:
            raise unknown_name("lang", lang, self.messages, '"fr" or "en"')
        if key not in self.messages[lang]:
            raise CatalogError(f"messages.csv: the row {key!r} must be there, as in the bundled catalog.")
        return filled(self.messages[lang][key], **values)

    def labels(self, name: str, lang: str) -> Mapping[str, str]:
        """Return the labels of a table by key.

        Parameters
        ----------
        name : str
            Table with columns ``label_fr`` and ``label_en`` (or ``name_fr`` and ``name_en``).
        lang : {"fr", "en"}
            Language.

        Returns
        -------
        mapping of str to str
            Label by key, not to be written to.

        Raises
        ------
        UnknownNameError
            If the language is neither French nor English.
        """
        if lang not in ("fr", "en"):
            raise unknown_name("lang", lang, ("fr", "en"), '"fr" or "en"')
        if (name, lang) not in self._labels:
            table = self.table(name)
            column = f"label_{lang}" if f"label_{lang}" in table else f"name_{lang}"
            names = dict(zip(table.iloc[:, 0], table[column], strict=True))
            self._labels[name, lang] = MappingProxyType(names)
        return self._labels[name, lang]

    def merge(self, other: Catalog, *, prefer: str | None = None) -> Catalog:
        """Put the rows of another catalog beside those of this one.

        Parameters
        ----------
        other : Catalog
            The other catalog; its tables have the same columns.
        prefer : {"self", "other"}, optional
            Which catalog stands where both have a row of one key with different cells; the sources and
            prices of such a tool go with it. ``None`` refuses them.

        Returns
        -------
        Catalog
            A new catalog, checked as a whole.

        Raises
        ------
        CatalogError
            If, without ``prefer``, rows differ (table, row, column and both cells are named), or a reference
            leads nowhere.
        InvalidValueError
            If ``other`` is no catalog, or ``prefer`` neither of the two.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> import pandas as pd
        >>> mine = pd.DataFrame({"name": ["Atelier Recrute"], "functions": ["ats"]})
        >>> mine = hr.catalog_from_frame(mine, {"name": "name", "functions": "functions"})
        >>> both = hr.load_catalog().merge(mine)
        >>> both.tool("atelier-recrute").functions
        ('ats',)
        """
        theirs = _other_catalog(other)
        if prefer is not None:
            check_choice("prefer", prefer, (OURS, THEIRS), '"self", "other" or None')
        resources = {**_resources(theirs), **_resources(self)}
        tables = merged_tables(resources, self._tables, theirs._tables, prefer)
        created = max(str(one._descriptor.get("created", "")) for one in (self, theirs))
        descriptor = {**self._descriptor, "resources": list(resources.values()), "created": created}
        if any(name not in self._tables or not tables[name].equals(self._tables[name]) for name in tables):
            descriptor["version"] = f"{self.version}+{theirs.version}"
        check_tables(descriptor, tables)
        return Catalog(tables, descriptor)

    def diff(self, other: Catalog) -> CatalogDiff:
        """Tell what changed from this catalog to another.

        Parameters
        ----------
        other : Catalog
            The later catalog.

        Returns
        -------
        CatalogDiff
            Rows that were added, removed or changed, with the cells before and after.

        Raises
        ------
        InvalidValueError
            If ``other`` is no catalog.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> import pandas as pd
        >>> mine = pd.DataFrame({"name": ["Atelier Recrute"], "functions": ["ats"]})
        >>> mine = hr.catalog_from_frame(mine, {"name": "name", "functions": "functions"})
        >>> catalog = hr.load_catalog()
        >>> catalog.diff(catalog.merge(mine)).counts().loc["tools"].to_dict()
        {'added': 1, 'removed': 0, 'changed': 0}
        """
        later = _other_catalog(other)
        keys = ("diff_title", "diff_nothing", "diff_table", "diff_added", "diff_removed")
        return CatalogDiff(
            changes=changed_rows({**_resources(later), **_resources(self)}, self._tables, later._tables),
            before=self.version,
            after=later.version,
            _texts={key: Text(self.messages["fr"][key], self.messages["en"][key]) for key in keys},
        )


def _own(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Copy tables, the tools in the order of their keys."""
    copied = {name: table.copy() for name, table in tables.items()}
    copied["tools"] = copied["tools"].sort_values(TOOL_ID, kind="stable", ignore_index=True)
    return copied


def _other_catalog(other: object) -> Catalog:
    """Return what must be a catalog."""
    if not isinstance(other, Catalog):
        raise invalid("other", "a Catalog", other)
    return other


def _resources(catalog: Catalog) -> dict[str, dict[str, Any]]:
    """Return the description of each table by its name."""
    return {resource["name"]: resource for resource in catalog.descriptor["resources"]}


def _tool_of(row: pd.Series) -> Tool:
    """Turn a row of ``tools`` into an object."""
    lists = {field.name for field in fields(Tool) if field.type == "tuple[str, ...]"}
    values: dict[str, Any] = {}
    for field in fields(Tool):
        cell = row[field.name]
        values[field.name] = split_list(cell) if field.name in lists else None if pd.isna(cell) else cell
    for name in ("data_in_eu", "price_from"):
        values[name] = None if values[name] is None else bool(values[name])
    return Tool(**values)


def load_catalog(path: str | PathLike[str] | None = None) -> Catalog:
    """Load a catalog.

    Parameters
    ----------
    path : path-like, optional
        Folder of a data package with the tables of the bundled one. ``None`` loads the bundled catalog,
        once in a process.

    Returns
    -------
    Catalog
        The checked catalog.

    Raises
    ------
    CatalogError
        If a file, a column or a cell is not what the schema says; file, row and column are named.
    InvalidValueError
        If the path is no folder.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> catalog = hr.load_catalog()
    >>> catalog.tool("moodle").name
    'Moodle LMS'
    """
    if path is None:
        return _bundled_catalog()
    folder = check_path("path", path)
    if not folder.is_dir():
        raise invalid("path", "a folder that holds a data package", str(path))
    return _read_catalog(folder)


def catalog_of(catalog: Catalog | None) -> Catalog:
    """Return a catalog that a caller gave, or the bundled one for ``None``; anything else raises."""
    if catalog is None:
        return load_catalog()
    if not isinstance(catalog, Catalog):
        raise invalid("catalog", "a Catalog, or None for the bundled one", catalog)
    return catalog


@functools.cache
def _bundled_catalog() -> Catalog:
    """Load the catalog that the package ships."""
    return _read_catalog(files("hrtools_reco.catalog_data"), checked=False)


def _read_catalog(folder: Traversable, *, checked: bool = True) -> Catalog:
    """Read a data package and check that it has the tables of a catalog."""
    descriptor, tables = read_package(folder, checked=checked)
    missing = [name for name in ("tools", "evidence", "branches", "functions") if name not in tables]
    if missing:
        raise CatalogError(
            f"datapackage.json: the resource {missing[0]!r} must be there. Got {list(tables)}."
        )
    return Catalog(tables, descriptor, folder)
