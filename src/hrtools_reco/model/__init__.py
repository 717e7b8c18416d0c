"""What a tool is worth to a firm: encoding, expert prior and what history adds."""

from hrtools_reco.model.encoding import (
    BASE,
    BLOCKS,
    BRANCH,
    COST,
    HISTORY,
    READINESS,
    SIZE,
    ProfileEncoder,
    middle_headcount,
)
from hrtools_reco.model.expert_prior import prior_weights
from hrtools_reco.model.history import learn_history
from hrtools_reco.model.linear import SCORE_STEP, LinearModel, round_scores
from hrtools_reco.model.neighbours import Neighbours

__all__ = [
    "BASE",
    "BLOCKS",
    "BRANCH",
    "COST",
    "HISTORY",
    "READINESS",
    "SCORE_STEP",
    "SIZE",
    "LinearModel",
    "Neighbours",
    "ProfileEncoder",
    "learn_history",
    "middle_headcount",
    "prior_weights",
    "round_scores",
]
