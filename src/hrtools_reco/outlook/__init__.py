"""What it brings: occupations, opportunities and funding."""

from hrtools_reco.outlook.funding import APPLIES, FundingOffer, funding
from hrtools_reco.outlook.opportunities import Opportunities, opportunities
from hrtools_reco.outlook.parts import BranchFact, FunctionTools, NeedOutlook, OccupationOutlook
from hrtools_reco.outlook.payers import Payer, opco_of, who_pays

__all__ = [
    "APPLIES",
    "BranchFact",
    "FunctionTools",
    "FundingOffer",
    "NeedOutlook",
    "OccupationOutlook",
    "Opportunities",
    "Payer",
    "funding",
    "opco_of",
    "opportunities",
    "who_pays",
]
