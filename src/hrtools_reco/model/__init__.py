"""What a tool is worth to a firm: encoding, expert prior and what history adds."""

from hrtools_reco.model.certainty import (
    BANDS_SHAPE,
    CERTAINTY_KEYS,
    LIKELY,
    Bands,
    certainty,
    graded_bands,
    measured_bands,
)
from hrtools_reco.model.effects import History
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
from hrtools_reco.model.linear import SCORE_STEP, LinearModel, round_scores, round_weights
from hrtools_reco.model.neighbours import Neighbours

__all__ = [
    "BANDS_SHAPE",
    "BASE",
    "BLOCKS",
    "BRANCH",
    "CERTAINTY_KEYS",
    "COST",
    "HISTORY",
    "LIKELY",
    "READINESS",
    "SCORE_STEP",
    "SIZE",
    "Bands",
    "History",
    "LinearModel",
    "Neighbours",
    "ProfileEncoder",
    "certainty",
    "graded_bands",
    "learn_history",
    "measured_bands",
    "middle_headcount",
    "prior_weights",
    "round_scores",
    "round_weights",
]
