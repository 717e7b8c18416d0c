"""Who asks: firms as objects and as arrays, and the words that they use."""

from hrtools_reco.firms.adoptions import read_adoptions
from hrtools_reco.firms.changes import Remedy, changed_firms, changed_profile
from hrtools_reco.firms.profiles import CompanyProfile, Firms, profile_table, read_companies
from hrtools_reco.firms.register_files import REGISTERS, register_chunks
from hrtools_reco.firms.register_results import RegisterProfiles, RegisterReject, RegisterRejects
from hrtools_reco.firms.registers import profiles_from_api, profiles_from_sirene
from hrtools_reco.firms.vocabulary import vocabulary_of

__all__ = [
    "REGISTERS",
    "CompanyProfile",
    "Firms",
    "RegisterProfiles",
    "RegisterReject",
    "RegisterRejects",
    "Remedy",
    "changed_firms",
    "changed_profile",
    "profile_table",
    "profiles_from_api",
    "profiles_from_sirene",
    "read_adoptions",
    "read_companies",
    "register_chunks",
    "vocabulary_of",
]
