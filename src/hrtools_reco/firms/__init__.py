"""Who asks: firms as objects and as arrays, and the words that they use."""

from hrtools_reco.firms.adoptions import Adoptions, adoptions_of, read_adoptions
from hrtools_reco.firms.arrays import Firms
from hrtools_reco.firms.cells import NumberReader, is_missing, key_text, read_items, read_key, read_truth
from hrtools_reco.firms.changes import Remedy, changed_firms, changed_profile
from hrtools_reco.firms.columns import as_known, headcounts_of, keys_of
from hrtools_reco.firms.door import firms_of, profile_of, read_companies
from hrtools_reco.firms.feedback import Feedback, read_feedback
from hrtools_reco.firms.groups import LEVEL, SIZE, Groups, group_firms
from hrtools_reco.firms.implied import ImpliedFact, implied_facts, imply_facts
from hrtools_reco.firms.profiles import CompanyProfile, read_field
from hrtools_reco.firms.readers import distinct
from hrtools_reco.firms.register_files import REGISTERS, register_chunks
from hrtools_reco.firms.register_results import RegisterProfiles, RegisterReject, RegisterRejects
from hrtools_reco.firms.registers import profiles_from_api, profiles_from_sirene
from hrtools_reco.firms.requests import Names, narrowed
from hrtools_reco.firms.simulation import simulate_firms
from hrtools_reco.firms.vocabulary import vocabulary_of

__all__ = [
    "LEVEL",
    "REGISTERS",
    "SIZE",
    "Adoptions",
    "CompanyProfile",
    "Feedback",
    "Firms",
    "Groups",
    "ImpliedFact",
    "Names",
    "NumberReader",
    "RegisterProfiles",
    "RegisterReject",
    "RegisterRejects",
    "Remedy",
    "adoptions_of",
    "as_known",
    "changed_firms",
    "changed_profile",
    "distinct",
    "firms_of",
    "group_firms",
    "headcounts_of",
    "implied_facts",
    "imply_facts",
    "is_missing",
    "key_text",
    "keys_of",
    "narrowed",
    "profile_of",
    "profiles_from_api",
    "profiles_from_sirene",
    "read_adoptions",
    "read_companies",
    "read_feedback",
    "read_field",
    "read_items",
    "read_key",
    "read_truth",
    "register_chunks",
    "simulate_firms",
    "vocabulary_of",
]
