"""What may be shown: rules with three outcomes, and those that the library brings."""

from hrtools_reco.rules.core import (
    EXCLUDED,
    FAIL,
    FIT,
    OUTCOMES,
    PASS,
    PREPARE,
    STATUSES,
    TO_CHECK,
    UNKNOWN,
    ColumnRule,
    Rule,
)
from hrtools_reco.rules.evaluate import (
    Eligibility,
    check_rules,
    evaluate_rules,
    gap_of,
    remedies_of,
    rule_outcomes,
)
from hrtools_reco.rules.firm_rules import ReadinessRule
from hrtools_reco.rules.groups import bit_codes, combine_codes
from hrtools_reco.rules.rulebook import bundled_rules, with_requests

__all__ = [
    "EXCLUDED",
    "FAIL",
    "FIT",
    "OUTCOMES",
    "PASS",
    "PREPARE",
    "STATUSES",
    "TO_CHECK",
    "UNKNOWN",
    "ColumnRule",
    "Eligibility",
    "ReadinessRule",
    "Rule",
    "bit_codes",
    "bundled_rules",
    "check_rules",
    "combine_codes",
    "evaluate_rules",
    "gap_of",
    "remedies_of",
    "rule_outcomes",
    "with_requests",
]
