"""The rules that the library brings; their thresholds and texts are tables of the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from hrtools_reco.catalog import Catalog, catalog_of
from hrtools_reco.rules.catalog_rules import (
    BranchRule,
    HostingRule,
    KindRule,
    LanguageRule,
    PillarRule,
    RegionRule,
    StatusRule,
)
from hrtools_reco.rules.core import Rule
from hrtools_reco.rules.equipment_rules import EquippedRule, InstalledRule
from hrtools_reco.rules.evaluate import check_rules
from hrtools_reco.rules.firm_rules import (
    BudgetRule,
    FunctionSizeRule,
    HeadcountRule,
    ReadinessRule,
    RequirementsRule,
)
from hrtools_reco.rules.need_rule import NeedRule
from hrtools_reco.rules.request_rules import ExcludedRule, RefusedRule


def bundled_rules(
    catalog: Catalog | None = None,
    *,
    kinds: Sequence[str] | None = None,
    pillar: str | None = None,
    tool_language: str | None = "fr",
    hosting: Sequence[str] | None = None,
) -> list[Rule]:
    """Return the rules that the library brings.

    Parameters
    ----------
    catalog : Catalog, optional
        Catalog of tools, thresholds and texts. ``None`` is the bundled one.
    kinds : sequence of str, optional
        Keep tools of some kinds only, such as ``["software"]``; ``None`` keeps all.
    pillar : {"recruitment", "training"}, optional
        Keep one pillar only.
    tool_language : str, optional, default="fr"
        ISO 639-1 code of the language that a tool must have; ``None`` asks for none.
    hosting : sequence of {"saas", "self_hosted"}, optional
        Accepted hosting of software; ``None`` accepts all.

    Returns
    -------
    list of Rule
        The rules; their keys are those of the table ``rules``.

    Raises
    ------
    UnknownNameError
        If a kind, the pillar, the language or a hosting is unknown.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> [rule.name for rule in hr.bundled_rules()][:4]
    ['status', 'branch', 'region', 'headcount']
    """
    used = catalog_of(catalog)
    return [
        StatusRule(used),
        BranchRule(used),
        RegionRule(used),
        HeadcountRule(used),
        FunctionSizeRule(used),
        RequirementsRule(used),
        BudgetRule(used),
        LanguageRule(used, tool_language),
        HostingRule(used, hosting),
        ReadinessRule(used),
        EquippedRule(used),
        InstalledRule(used),
        PillarRule(used, pillar),
        KindRule(used, kinds),
        *request_rules(used),
        NeedRule(used),
    ]


def request_rules(catalog: Catalog) -> list[Rule]:
    """Return the rules about what a firm, or who asks for it, does not want to see."""
    known = set(catalog.keys("rules"))
    return [rule(catalog) for rule in (ExcludedRule, RefusedRule) if rule.name in known]


def with_requests(rules: Sequence[Rule], catalog: Catalog) -> list[Rule]:
    """Return checked rules of one's own, and the rules about requests, which always hold."""
    checked = check_rules(rules)
    names = {rule.name for rule in checked}
    return [*checked, *(rule for rule in request_rules(catalog) if rule.name not in names)]
