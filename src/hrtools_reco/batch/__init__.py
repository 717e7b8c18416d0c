"""Whole files of firms: read, answered chunk by chunk on all processors, and written; no firm is lost."""

from hrtools_reco.batch.recommend import recommend_file
from hrtools_reco.batch.summary import BatchSummary

__all__ = ["BatchSummary", "recommend_file"]
