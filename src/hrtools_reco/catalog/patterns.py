"""Tell whether the pattern of a column can be matched in a time that grows with the text alone."""

from __future__ import annotations

import functools
import json
import math
import re
from importlib.resources import files

_LONGEST, _MOST_COPIES, _MOST_WAYS = 300, 100, 100
RIGHT = (
    "one of the catalog that is shipped, or simple: at most 300 characters, no repeated group, at most one * "
    f"or +, no {{n}} over {_MOST_COPIES}, at most {_MOST_WAYS} combinations of what may be there or not, "
    "no escapes but those of d, w, s and signs"
)
_TOKEN = re.compile(
    r"(?P<open>\((?!\?))|(?P<close>\))|(?P<either>\|)|(?P<edge>[\^$])"
    r"|(?P<one>\\[dws]|\\[^\w\s]|\[\^?(?:\\[dws]|\\[^\w\s]|(?!--|&&|~~|\|\|)[^\\\[\]])+\]"
    r"|[^\\\[\](){}*+?|^$])"
    r"|(?P<times>[*+?]|\{\d{1,3}(?:,\d{0,3})?\})",
    re.IGNORECASE,
)


def is_safe(pattern: object) -> bool:
    """Tell whether a pattern is one of the shipped catalog, or simple enough.

    Parameters
    ----------
    pattern : object
        What a schema gives as a pattern.

    Returns
    -------
    bool
        Whether it may be matched with any text.

    Examples
    --------
    >>> is_safe("^FR[0-9]{11}$"), is_safe("^(a+)+$")
    (True, False)
    """
    if not isinstance(pattern, str) or len(pattern) > _LONGEST:
        return isinstance(pattern, str) and pattern in _shipped()
    return pattern in _shipped() or _is_simple(pattern)


@functools.cache
def _shipped() -> frozenset[str]:
    """Return the patterns of the catalog that the package ships."""
    path = files("hrtools_reco.catalog_data").joinpath("datapackage.json")
    resources = json.loads(path.read_text(encoding="utf-8"))["resources"]
    limits = [
        field.get("constraints", {}) for resource in resources for field in resource["schema"]["fields"]
    ]
    return frozenset(limit["pattern"] for limit in limits if "pattern" in limit)


def _is_simple(pattern: str) -> bool:
    """Tell whether a pattern repeats no group, matches in few ways, and repeats one thing without end."""
    position, before, endless, copies, ways, branches = 0, "", 0, 0, 1, [1]
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return False
        kind, said, position = str(token.lastgroup), token[0], token.end()
        if kind == "open":
            branches.append(1)
        elif kind == "either":
            branches[-1] += 1
        elif kind == "close":
            ways *= branches.pop()
        elif kind == "times":
            if before != "one" and (before != "close" or said != "?"):
                return False
            least, most = _copies(said)
            endless += most == math.inf
            copies += least if most == math.inf else int(most)
            ways *= 1 if most == math.inf else int(most) - least + 1
        if not branches or endless > 1 or copies > _MOST_COPIES or not 1 <= ways <= _MOST_WAYS:
            return False
        before = kind
    return ways * branches[0] <= _MOST_WAYS and _compiles(pattern)


def _copies(said: str) -> tuple[int, float]:
    """Return how often a repetition stands at least and at most."""
    if said in "*+?":
        return int(said == "+"), 1 if said == "?" else math.inf
    least, _, most = said.strip("{}").partition(",")
    return int(least), (math.inf if "," in said else int(least)) if not most else int(most)


def _compiles(pattern: str) -> bool:
    """Tell whether Python reads a pattern."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
