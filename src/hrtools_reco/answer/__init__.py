"""One list: ranking, explanation and results."""

from hrtools_reco.answer.engine import Engine
from hrtools_reco.answer.results import Explanation, Recommendation, Recommendations, Shortfall
from hrtools_reco.answer.tables import explain_shortfalls, recommendation_frame

__all__ = [
    "Engine",
    "Explanation",
    "Recommendation",
    "Recommendations",
    "Shortfall",
    "explain_shortfalls",
    "recommendation_frame",
]
