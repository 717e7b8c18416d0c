"""What next: questions, what-if, rules to give up, roadmap."""

from hrtools_reco.advice.counterfactual_results import Relaxations, WhatIf
from hrtools_reco.advice.counterfactuals import relaxations, what_if
from hrtools_reco.advice.next_questions import NextQuestion, describe_question, rank_questions
from hrtools_reco.advice.roadmap import plan
from hrtools_reco.advice.roadmap_results import STAGES, Raise, Roadmap, Step

__all__ = [
    "STAGES",
    "NextQuestion",
    "Raise",
    "Relaxations",
    "Roadmap",
    "Step",
    "WhatIf",
    "describe_question",
    "plan",
    "rank_questions",
    "relaxations",
    "what_if",
]
