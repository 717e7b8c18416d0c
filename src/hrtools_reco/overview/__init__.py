"""What a whole branch would need: firms counted together, and the cells that the catalog leaves thin."""

from hrtools_reco.overview.coverage import CoverageReport, coverage_report
from hrtools_reco.overview.summary import GroupSummary, summarise

__all__ = ["CoverageReport", "GroupSummary", "coverage_report", "summarise"]
