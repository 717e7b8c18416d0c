"""A dict that cannot be written to, and can therefore be hashed."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

Value = TypeVar("Value")


class FrozenDict(dict[str, Value]):
    """A dict that cannot be written to: it hashes, pickles and goes into JSON as a dict does.

    Examples
    --------
    >>> hash(FrozenDict(a=1)) == hash(FrozenDict(a=1))
    True
    >>> FrozenDict(a=1)["a"] = 2
    Traceback (most recent call last):
    ...
    TypeError: a FrozenDict cannot be written to
    """

    def __hash__(self) -> int:  # type: ignore[override] # a dict says that it has none
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)

    def __repr__(self) -> str:
        return repr(dict(self))

    def copy(self) -> FrozenDict[Value]:
        """Return the dict itself: it does not change."""
        return self

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse to be written to."""
        raise TypeError("a FrozenDict cannot be written to")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse
