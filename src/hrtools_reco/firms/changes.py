"""Apply changes to a profile, as an object or as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hrtools_reco._checks import check_choice
from hrtools_reco.catalog import Catalog
from hrtools_reco.firms.arrays import Firms
from hrtools_reco.firms.implied import imply_facts
from hrtools_reco.firms.profiles import CompanyProfile
from hrtools_reco.firms.vocabulary import vocabulary_of

_FIELDS = ("headcount", "region", "budget_eur_per_year", "maturity", "facts", "installed")
_ARRAYS = (
    "region",
    "headcount_low",
    "headcount_high",
    "maturity",
    "estimated",
    "facts",
    "implied",
    "budget",
    "installed",
)


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One change of a profile.

    Attributes
    ----------
    field : str
        Field of the profile.
    key : str or None
        Key within a field that is a mapping, or the item to take out of ``installed``.
    value : object
        Value that the rule needs there.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> hr.Remedy(field="facts", key="internet", value=True).key
    'internet'
    """

    field: str
    key: str | None
    value: object

    def __post_init__(self) -> None:
        check_choice("field of a remedy", self.field, _FIELDS)


def changed_profile(profile: CompanyProfile, changes: Iterable[Remedy], catalog: Catalog) -> CompanyProfile:
    """Return a profile after some changes.

    Parameters
    ----------
    profile : CompanyProfile
        The firm; it stays as it is.
    changes : iterable of Remedy
        The changes; ``installed`` takes an item with True to put it in place, with False to take it out.
    catalog : Catalog
        Catalog whose names are valid.

    Returns
    -------
    CompanyProfile
        The firm after them.
    """
    fields = profile.to_dict()
    for change in changes:
        if change.field == "installed":
            others = [item for item in fields["installed"] if item != change.key]
            fields["installed"] = [*others, change.key] if change.value else others
        elif change.key is not None:
            fields[change.field][change.key] = change.value
            if change.field == "maturity":
                measured = [name for name in fields["maturity_estimated"] if name != change.key]
                fields["maturity_estimated"] = measured
        else:
            fields[change.field] = change.value
            if change.field == "headcount":
                fields["headcount_band"] = None
    return CompanyProfile(**fields, catalog=catalog)


def changed_firms(firms: Firms, changes: Iterable[Remedy], catalog: Catalog) -> Firms:
    """Return the arrays of a firm after some changes: the same as ``changed_profile``, but much faster.

    Parameters
    ----------
    firms : Firms
        One firm; it stays as it is.
    changes : iterable of Remedy
        The changes.
    catalog : Catalog
        Catalog of the names.

    Returns
    -------
    Firms
        The firm after them.
    """
    arrays = {name: getattr(firms, name).copy() for name in _ARRAYS}
    for change in changes:
        if change.field == "installed":
            arrays["installed"][0, vocabulary_of(catalog).places[str(change.key)]] = change.value
        elif change.field == "maturity":
            at = catalog.keys("dimensions").index(str(change.key))
            arrays["maturity"][0, at], arrays["estimated"][0, at] = change.value, False
        elif change.field == "facts":
            at = catalog.keys("facts").index(str(change.key))
            arrays["facts"][0, at], arrays["implied"][0, at] = change.value, -1
        elif change.field == "headcount":
            arrays["headcount_low"][0] = arrays["headcount_high"][0] = change.value
        elif change.field == "region":
            arrays["region"][0] = catalog.keys("regions").index(str(change.value))
        else:
            arrays["budget"][0] = change.value
    return imply_facts(replace(firms, **arrays), catalog)
