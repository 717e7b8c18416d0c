"""What next: questions, what-if, rules to give up, roadmap."""

from hrtools_reco.advice.conflict_results import Conflicts
from hrtools_reco.advice.counterfactual_results import WhatIf
from hrtools_reco.advice.counterfactuals import ACTIONABLE, CHANGEABLE, what_if
from hrtools_reco.advice.next_questions import NextQuestion, describe_question, rank_questions
from hrtools_reco.advice.prices import Prices
from hrtools_reco.advice.relaxation_results import Relaxations
from hrtools_reco.advice.relaxation_sets import relaxation_frame
from hrtools_reco.advice.relaxations import conflicts, relaxations
from hrtools_reco.advice.roadmap import plan
from hrtools_reco.advice.roadmap_results import Roadmap
from hrtools_reco.advice.roadmap_steps import STAGES, Gain, Raise, Step, Unanswered

__all__ = [
    "ACTIONABLE",
    "CHANGEABLE",
    "STAGES",
    "Conflicts",
    "Gain",
    "NextQuestion",
    "Prices",
    "Raise",
    "Relaxations",
    "Roadmap",
    "Step",
    "Unanswered",
    "WhatIf",
    "conflicts",
    "describe_question",
    "plan",
    "rank_questions",
    "relaxation_frame",
    "relaxations",
    "what_if",
]
