"""What a rule is: a test of all pairs of firms and tools at once, with three outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from hrtools_reco._checks import check_choice, invalid
from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.firms import Firms, Remedy
from hrtools_reco.texts import Text

PASS, UNKNOWN, FAIL = 0, 1, 2
OUTCOMES = ("pass", "unknown", "fail")

FIT, TO_CHECK, PREPARE, EXCLUDED = "fit", "to_check", "prepare", "excluded"
STATUSES = (FIT, TO_CHECK, PREPARE, EXCLUDED)


class Rule:
    """A named test of a pair of a firm and a tool; subclass it to add one's own.

    Attributes
    ----------
    name : str
        Key of the rule.
    relaxable : bool
        Whether a user may give the rule up.
    readiness : bool
        Whether failing means "prepare first" rather than "excluded".
    label : Text or None
        Name of the rule; its key stands in where there is none.

    Examples
    --------
    >>> import numpy as np
    >>> import hrtools_reco as hr
    >>> class VendorInFrance(hr.Rule):
    ...     name, label = "vendor_in_france", hr.Text("Éditeur français", "French vendor")
    ...     def __init__(self, catalog):
    ...         country = catalog.tools["vendor_country"]
    ...         self._outcome = np.select([country.isna(), country != "FR"], [hr.UNKNOWN, hr.FAIL], hr.PASS)
    ...     def outcomes(self, firms):
    ...         return self._outcome[None, :]
    >>> catalog = hr.load_catalog()
    >>> rules = [*hr.bundled_rules(catalog), VendorInFrance(catalog)]
    >>> recommender = hr.ToolRecommender(rules=rules).fit()
    """

    name: str = ""
    relaxable: bool = True
    readiness: bool = False
    label: Text | None = None

    @property
    def title(self) -> Text:
        """Name of the rule as it is shown."""
        return self.label or Text(self.name, self.name)

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool.

        Parameters
        ----------
        firms : Firms
            The firms.

        Returns
        -------
        ndarray of shape (n_firms, n_tools) or (1, n_tools)
            ``PASS``, ``UNKNOWN`` or ``FAIL`` for each pair; one row if the firm does not matter.
        """
        raise invalid(f"rule {self.name!r}", "a class that defines outcomes(firms)", type(self).__name__)

    def signature(self, firms: Firms) -> np.ndarray | None:
        """Give each firm a number, so that equal numbers have equal outcomes.

        Parameters
        ----------
        firms : Firms
            The firms.

        Returns
        -------
        ndarray of int of shape (n_firms,) or None
            The numbers; ``None`` tests each firm by itself.
        """
        return None

    def gap(self, firms: Firms, tool: int, outcome: int) -> Text:
        """Say what is missing for one firm and one tool.

        Parameters
        ----------
        firms : Firms
            One firm.
        tool : int
            Position of the tool in the catalog.
        outcome : {UNKNOWN, FAIL}
            What the rule said of them.

        Returns
        -------
        Text
            The gap of a failed rule, the question to ask for an unknown one.
        """
        return self.title

    def remedies(self, firms: Firms, tool: int) -> tuple[Remedy, ...] | None:
        """Say what would make the rule pass for one firm and one tool.

        Parameters
        ----------
        firms : Firms
            One firm.
        tool : int
            Position of the tool in the catalog.

        Returns
        -------
        tuple of Remedy or None
            The fewest changes of the profile; ``None`` if no change of it can help.
        """
        return None


class ColumnRule(Rule):
    """A rule as data: it holds a column of the tools against a list of accepted values.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the tools.
    name : str
        Key of the rule.
    column : str
        Column of ``catalog.tools``; a list cell passes if one of its items is accepted.
    accepted : sequence of str
        Accepted values; an empty cell is unknown.
    label : Text, optional
        Name of the rule.
    relaxable : bool, default=True
        Whether a user may give the rule up.

    Raises
    ------
    UnknownNameError
        If the tools have no such column.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> catalog = hr.load_catalog()
    >>> rule = hr.ColumnRule(catalog, name="eu_vendor", column="vendor_country", accepted=["FR", "DE", "BE"])
    >>> rule.outcomes(None).shape == (1, len(catalog.tools))
    True
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        name: str,
        column: str,
        accepted: Sequence[str],
        label: Text | None = None,
        relaxable: bool = True,
    ) -> None:
        check_choice("column", column, catalog.tools.columns)
        self.name, self.relaxable = name, relaxable
        self.label = label
        wanted = {str(value) for value in accepted}
        cells = [cell if pd.isna(cell) else str(cell) for cell in catalog.tools[column]]
        self._outcome = np.array(
            [
                UNKNOWN if pd.isna(cell) else PASS if wanted & set(split_list(cell)) else FAIL
                for cell in cells
            ],
            dtype=np.uint8,
        )

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Return the outcome of each tool, the same for all firms; see ``Rule.outcomes``."""
        return self._outcome[None, :]

    def signature(self, firms: Firms) -> np.ndarray:
        """Give all firms one number; see ``Rule.signature``."""
        return np.zeros(len(firms), dtype=np.int64)
