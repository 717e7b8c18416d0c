"""The names of table columns, in one place."""

from __future__ import annotations

COMPANY_ID = "company_id"
BRANCH = "branch"
REGION = "region"
HEADCOUNT = "headcount"
HEADCOUNT_BAND = "headcount_band"
BUDGET = "budget_eur_per_year"
INSTALLED = "installed"
MATURITY_ESTIMATED = "maturity_estimated"
EXCLUDED = "excluded"
REFUSED = "refused"

MATURITY_PREFIX = "maturity_"
NEED_PREFIX = "need_"
FACT_PREFIX = "has_"
CONTRIBUTION_PREFIX = "contribution_"
RULE_PREFIX = "rule_"

TOOL_ID = "tool_id"
RANK = "rank"
SCORE = "score"
STATUS = "status"
N_FIT = "n_fit"
N_TO_CHECK = "n_to_check"
CERTAINTY = "certainty"
REASONS = "reasons"
CITED = ["name", "kind", "homepage", "price", "price_date", "source_url", "source_date"]
FAILED = "failed"
UNKNOWN_RULES = "unknown"
RULES = "rules"
N_UNLOCKED = "n_unlocked"

MISSING = "missing"
REASON_FR = "reason_fr"
REASON_EN = "reason_en"

ROW = "row"
COLUMN = "column"
VALUE = "value"
MESSAGE = "message"

LIST_SEPARATOR = "|"
