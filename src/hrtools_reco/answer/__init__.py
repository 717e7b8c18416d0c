"""One list: ranking, explanation and results."""

from hrtools_reco.answer.batch_results import (
    Basis,
    BatchRecommendations,
    batch_recommendations,
    join_parts,
    reject_frame,
)
from hrtools_reco.answer.comparison import ToolComparison
from hrtools_reco.answer.engine import Engine, Tested
from hrtools_reco.answer.explanation import Explanation, RuleResult
from hrtools_reco.answer.results import Explanations, Recommendation, Recommendations
from hrtools_reco.answer.schemas import answer_schema, profile_schema
from hrtools_reco.answer.shortfalls import Shortfall
from hrtools_reco.answer.words import dimension_names, estimate_note

__all__ = [
    "Basis",
    "BatchRecommendations",
    "Engine",
    "Explanation",
    "Explanations",
    "Recommendation",
    "Recommendations",
    "RuleResult",
    "Shortfall",
    "Tested",
    "ToolComparison",
    "answer_schema",
    "batch_recommendations",
    "dimension_names",
    "estimate_note",
    "join_parts",
    "profile_schema",
    "reject_frame",
]
