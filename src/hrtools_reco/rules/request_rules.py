"""Rules about what a firm, or who asks for it, does not want to see."""

from __future__ import annotations

import numpy as np

from hrtools_reco.firms import Firms
from hrtools_reco.rules.catalog_rules import CatalogRule
from hrtools_reco.rules.core import FAIL, PASS
from hrtools_reco.rules.groups import bit_codes


class ExcludedRule(CatalogRule):
    """What is left out on request is not offered."""

    name = "excluded"

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        return np.where(firms.excluded, FAIL, PASS).astype(np.uint8)

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return bit_codes(firms.excluded)


class RefusedRule(CatalogRule):
    """What the firm has seen and does not want is never offered again."""

    name = "refused"

    def outcomes(self, firms: Firms) -> np.ndarray:
        """Test every firm with every tool; see ``Rule.outcomes``."""
        return np.where(firms.refused, FAIL, PASS).astype(np.uint8)

    def signature(self, firms: Firms) -> np.ndarray:
        """Give firms with equal outcomes one number; see ``Rule.signature``."""
        return bit_codes(firms.refused)
