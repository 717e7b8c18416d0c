"""Who asks: firms as objects and as arrays, and the words that they use."""

from hrtools_reco.firms.adoptions import read_adoptions
from hrtools_reco.firms.changes import Remedy, changed_firms, changed_profile
from hrtools_reco.firms.profiles import CompanyProfile, Firms, profile_table, read_companies
from hrtools_reco.firms.vocabulary import vocabulary_of

__all__ = [
    "CompanyProfile",
    "Firms",
    "Remedy",
    "changed_firms",
    "changed_profile",
    "profile_table",
    "read_adoptions",
    "read_companies",
    "vocabulary_of",
]
