"""Rules with three outcomes, and those that the library brings."""

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
    Eligibility,
    Remedy,
    Rule,
    bit_codes,
    combine_codes,
    evaluate_rules,
)

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
    "Remedy",
    "Rule",
    "bit_codes",
    "combine_codes",
    "evaluate_rules",
]
