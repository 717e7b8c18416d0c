"""What an answer about sets of rules has in common: a sequence of sets, for one firm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar, overload

from hrtools_reco.catalog import Catalog
from hrtools_reco.firms import CompanyProfile
from hrtools_reco.views import Result


class RuleSet(Protocol):
    """A set of rules."""

    @property
    def key(self) -> str:
        """The keys of the rules joined by ``|``."""


Item = TypeVar("Item", bound=RuleSet)


class RuleSets(Result, Sequence[Item], Generic[Item]):
    """Sets of rules that say something about one firm; a slice is a tuple of sets.

    Parameters
    ----------
    profile : CompanyProfile
        The firm.
    items : sequence of sets of rules
        The sets.
    catalog : Catalog
        Catalog of the texts.
    """

    def __init__(self, profile: CompanyProfile, items: Sequence[Item], *, catalog: Catalog) -> None:
        self.profile = profile
        self._items = tuple(items)
        self._catalog = catalog

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({[one.key for one in self._items]})"
