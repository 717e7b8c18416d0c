"""Measure recommenders: metrics, splits, honest baselines, comparison with intervals."""

from hrtools_reco.evaluation.baselines import (
    NeighboursBaseline,
    PopularityBaseline,
    RandomBaseline,
    default_baselines,
)
from hrtools_reco.evaluation.comparison import Comparison
from hrtools_reco.evaluation.contracts import FrameRecommender, FromFrame, Recommender
from hrtools_reco.evaluation.experiment import compare_recommenders
from hrtools_reco.evaluation.intervals import bootstrap_means
from hrtools_reco.evaluation.off_policy import off_policy_value
from hrtools_reco.evaluation.segments import segment_of
from hrtools_reco.evaluation.splits import TimeSplit, split_by_time, split_known
from hrtools_reco.metrics import (
    average_precision_at_k,
    catalog_coverage,
    diversity_at_k,
    exposure,
    gini,
    hit_at_k,
    ndcg_at_k,
    novelty_at_k,
    precision_at_k,
    rank_scores,
    recall_at_k,
    reciprocal_rank,
    tail_recall_at_k,
    tail_tools,
)

__all__ = [
    "Comparison",
    "FrameRecommender",
    "FromFrame",
    "NeighboursBaseline",
    "PopularityBaseline",
    "RandomBaseline",
    "Recommender",
    "TimeSplit",
    "average_precision_at_k",
    "bootstrap_means",
    "catalog_coverage",
    "compare_recommenders",
    "default_baselines",
    "diversity_at_k",
    "exposure",
    "gini",
    "hit_at_k",
    "ndcg_at_k",
    "novelty_at_k",
    "off_policy_value",
    "precision_at_k",
    "rank_scores",
    "recall_at_k",
    "reciprocal_rank",
    "segment_of",
    "split_by_time",
    "split_known",
    "tail_recall_at_k",
    "tail_tools",
]
