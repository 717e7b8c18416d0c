"""What next: questions, what-if, rules to give up, roadmap."""

from hrtools_reco.advice.counterfactual_results import Relaxations, WhatIf
from hrtools_reco.advice.counterfactuals import ACTIONABLE, CHANGEABLE, relaxations, what_if
from hrtools_reco.advice.next_questions import NextQuestion, describe_question, rank_questions
from hrtools_reco.advice.prices import Prices
from hrtools_reco.advice.roadmap import plan
from hrtools_reco.advice.roadmap_results import Roadmap
from hrtools_reco.advice.roadmap_steps import STAGES, Gain, Raise, Step, Unanswered

__all__ = [
    "ACTIONABLE",
    "CHANGEABLE",
    "STAGES",
    "Gain",
    "NextQuestion",
    "Prices",
    "Raise",
    "Relaxations",
    "Roadmap",
    "Step",
    "Unanswered",
    "WhatIf",
    "describe_question",
    "plan",
    "rank_questions",
    "relaxations",
    "what_if",
]
