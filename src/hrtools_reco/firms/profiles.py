"""One firm: a value that cannot exist with a wrong field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field, fields
from typing import Any

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import Catalog, catalog_of
from hrtools_reco.columns import BRANCH, HEADCOUNT, HEADCOUNT_BAND
from hrtools_reco.firms.fields import NESTED, Fields, Origin, fields_of
from hrtools_reco.firms.frozen import FrozenDict


@dataclass(frozen=True, kw_only=True)
class CompanyProfile:
    """One firm; branch and headcount suffice, all else may be missing.

    A field that is ``None``, blank or NaN was not given. A profile is a value: it can be compared, hashed,
    copied and pickled, one of a catalog of one's own too.

    Parameters
    ----------
    branch : str
        Key, French or English name, alias, IDCC (``"2528"``) or NAF code, rev. 2 or 2025 (``"15.12Z"``), or
        a list of codes; case, accents and blanks are forgiven. Kept as the key.
    headcount : int, optional
        Number of employees; 0 is an owner without staff. Either this or the band is needed.
    headcount_band : str, optional
        SIRENE band, such as ``"03"`` (6 to 9 employees): the headcount is then an interval. ``"NN"`` says
        that a register does not know it.
    company_id : str or int, default="company"
        Key of the firm.
    maturity : mapping of str to float, optional
        Score from 0 to 100 of each known dimension.
    needs : mapping of str to float, optional
        Urgency from 0 to 100 of each known need.
    facts : mapping of str to bool, optional
        What the firm has; a fact left out is unknown.
    region : str, optional
        French region: name, alias or INSEE code.
    budget_eur_per_year : float, optional
        What it can spend on tools in a year, in euros.
    installed : sequence of str, default=()
        Keys of tools in place; a function key such as ``"ats"`` stands for a product that the catalog
        does not hold.
    maturity_estimated : sequence of str, default=()
        Dimensions whose score is an estimate: it may rank, no rule holds it against a tool.
    excluded : sequence of str, default=()
        What is to be left out of the answer: tools, or all of a function, a kind or a vendor.
    refused : sequence of str, default=()
        What the firm has seen and does not want, named in the same way.
    catalog : Catalog, optional
        Catalog whose names are valid. ``None`` is the bundled one.

    Raises
    ------
    InvalidValueError
        If a value is wrong; the field, what came and what is right are named.
    AmbiguousBranchError
        If a code fits several branches.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> profile = hr.CompanyProfile(branch="Maroquinerie", headcount=18, needs={"hiring": 75})
    >>> profile.branch
    'leather_goods'
    """

    branch: str
    headcount: int | None = None
    headcount_band: str | None = None
    company_id: str | int = "company"
    maturity: Mapping[str, float] = field(default_factory=FrozenDict)
    needs: Mapping[str, float] = field(default_factory=FrozenDict)
    facts: Mapping[str, bool] = field(default_factory=FrozenDict)
    region: str | None = None
    budget_eur_per_year: float | None = None
    installed: Sequence[str] = ()
    maturity_estimated: Sequence[str] = ()
    excluded: Sequence[str] = ()
    refused: Sequence[str] = ()
    catalog: InitVar[Catalog | None] = None

    def __post_init__(self, catalog: Catalog | Origin | None) -> None:
        known = _fields_of(catalog)
        cells = known.read(known.flat({item.name: getattr(self, item.name) for item in fields(self)}))
        for item in fields(self):
            if item.name in NESTED:
                columns = zip(known.keys[item.name], known.columns(item.name), strict=True)
                value: object = FrozenDict({key: cells[name] for key, name in columns if name in cells})
            else:
                value = cells.get(item.name, None if item.name == BRANCH else item.default)
            object.__setattr__(self, item.name, value)
        object.__setattr__(self, "catalog", Origin(known.fingerprint, known))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], catalog: Catalog | None = None) -> CompanyProfile:
        """Make a profile from a mapping, such as JSON or a row of a table.

        Parameters
        ----------
        values : mapping of str to object
            Fields of a profile (``{"needs": {"hiring": 75}}``), columns of a table (``{"need_hiring": 75}``)
            or both.
        catalog : Catalog, optional
            Catalog whose names are valid. ``None`` is the bundled one.

        Returns
        -------
        CompanyProfile
            The firm.

        Raises
        ------
        UnknownNameError
            If a name is no field and no column; the nearest are named.
        InvalidValueError
            If a value is wrong.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> row = {"branch": "couture", "headcount": 12, "need_hiring": 75, "installed": "moodle|payfit"}
        >>> profile = hr.CompanyProfile.from_dict(row)
        >>> profile == hr.CompanyProfile.from_dict(profile.to_dict())
        True
        """
        known = _fields_of(catalog)
        if not isinstance(values, Mapping):
            raise invalid("profile", "a CompanyProfile or a mapping of its fields", values)
        cells = known.flat(values)
        given: dict[str, Any] = {name: cells[name] for name in known.single & cells.keys()}
        for name in NESTED:
            columns = zip(known.keys[name], known.columns(name), strict=True)
            given[name] = {key: cells[column] for key, column in columns if column in cells}
        return cls(**{BRANCH: None} | given, catalog=known.catalog)

    @property
    def estimates(self) -> tuple[str, ...]:
        """Dimensions whose score is an estimate: it ranks tools and never holds one back."""
        return tuple(name for name in self.maturity if name in self.maturity_estimated)

    def check_against(self, known: Fields) -> None:
        """Raise if the profile was made with another catalog and holds a name that this one does not know.

        Parameters
        ----------
        known : Fields
            The fields of the catalog that it is to be used with.
        """
        made_with: Origin = vars(self)["catalog"]
        if made_with.fingerprint != known.fingerprint:
            known.read(known.flat(self.to_dict()))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values, ready for JSON; ``from_dict`` reads them.

        Returns
        -------
        dict
            Field names to values, as the constructor takes them.
        """
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {
            name: dict(value) if name in NESTED else list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }


def read_field(name: str, value: object, catalog: Catalog | None = None) -> Any:
    """Read one field of a firm of which nothing else is known.

    Parameters
    ----------
    name : str
        Field.
    value : object
        Its value, as a table or a person tells it.
    catalog : Catalog, optional
        Catalog whose names are valid. ``None`` is the bundled one.

    Returns
    -------
    object
        The value as a profile holds it.

    Raises
    ------
    InvalidValueError
        If it is none.

    Examples
    --------
    >>> read_field("branch", "Maroquinerie"), read_field("headcount", "12")
    ('leather_goods', 12)
    """
    known = catalog_of(catalog)
    anyone: dict[str, Any] = {BRANCH: known.keys("branches")[0]}
    size = {} if name == HEADCOUNT_BAND else {HEADCOUNT: 1}
    return getattr(CompanyProfile.from_dict({**anyone, **size, name: value}, known), name)


def _fields_of(catalog: Catalog | Origin | None) -> Fields:
    """Return the fields that a profile is checked against."""
    if isinstance(catalog, Origin):
        return catalog.fields()
    return fields_of(catalog_of(catalog))
