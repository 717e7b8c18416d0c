"""What a whole branch would need: firms counted together, compared over time, and one among its peers."""

from hrtools_reco.overview.branch_progress import BranchProgress, branch_progress
from hrtools_reco.overview.coverage import CoverageReport, coverage_report
from hrtools_reco.overview.runs import RunComparison, compare_runs
from hrtools_reco.overview.standing import Standing, standing
from hrtools_reco.overview.summary import GroupSummary, summarise

__all__ = [
    "BranchProgress",
    "CoverageReport",
    "GroupSummary",
    "RunComparison",
    "Standing",
    "branch_progress",
    "compare_runs",
    "coverage_report",
    "standing",
    "summarise",
]
