"""The diagnostic: answers in, maturity, needs and facts out."""

from hrtools_reco.diagnostic.questionnaire import Questionnaire, load_questionnaire
from hrtools_reco.diagnostic.score import DiagnosticScore

__all__ = [
    "DiagnosticScore",
    "Questionnaire",
    "load_questionnaire",
]
