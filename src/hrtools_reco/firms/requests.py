"""What one call leaves out or keeps, on top of what each firm says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import Catalog
from hrtools_reco.firms.arrays import Firms
from hrtools_reco.firms.vocabulary import vocabulary_of

Names = str | Sequence[str] | None


def narrowed(firms: Firms, catalog: Catalog, *, exclude: Names = None, only: Names = None) -> Firms:
    """Return firms for which some tools are left out, beside those that they leave out themselves.

    Parameters
    ----------
    firms : Firms
        The firms.
    catalog : Catalog
        Catalog of the tools.
    exclude : str or sequence of str, optional
        What to leave out: tools, or all of a function, a kind or a vendor.
    only : str or sequence of str, optional
        What to keep, named in the same way: a tool stays if one of the names stands for it.

    Returns
    -------
    Firms
        The firms; they themselves if nothing is asked for.

    Raises
    ------
    UnknownNameError
        If a name stands for no tool, function, kind or vendor.
    InvalidValueError
        If ``only`` names nothing.
    """
    if exclude is None and only is None:
        return firms
    left_out = np.zeros(firms.n_tools, dtype=bool)
    if exclude is not None:
        left_out |= _named("exclude", exclude, catalog)
    if only is not None:
        kept = _named("only", only, catalog)
        if not kept.any():
            raise invalid("only", "a name at least: of a tool, a function, a kind or a vendor", only)
        left_out |= ~kept
    return replace(firms, excluded=firms.excluded | left_out)


def _named(field: str, names: str | Sequence[str], catalog: Catalog) -> np.ndarray:
    """Return which tools some names stand for."""
    words = vocabulary_of(catalog)
    found = np.zeros(len(catalog.tool_ids), dtype=bool)
    for name in words.left_out(field, names):
        found[list(words.groups[name])] = True
    return found
