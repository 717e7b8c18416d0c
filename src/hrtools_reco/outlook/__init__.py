"""What it brings: occupations, opportunities and funding."""

from hrtools_reco.outlook.funding import APPLIES, FundingOffer, funding
from hrtools_reco.outlook.opportunities import Opportunities, opportunities
from hrtools_reco.outlook.parts import BranchFact, FunctionTools, NeedOutlook, OccupationOutlook

__all__ = [
    "APPLIES",
    "BranchFact",
    "FunctionTools",
    "FundingOffer",
    "NeedOutlook",
    "OccupationOutlook",
    "Opportunities",
    "funding",
    "opportunities",
]
