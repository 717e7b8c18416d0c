"""Whole files, read and written."""

from hrtools_reco.files.answer_files import AnswerFiles
from hrtools_reco.files.answer_formats import AnswerFormat
from hrtools_reco.files.archive import Archive, read_archive, write_archive
from hrtools_reco.files.catalog_files import TABLES, add_branch, add_tool, read_addition
from hrtools_reco.files.chunks import CompanyChunk
from hrtools_reco.files.firm_files import STANDARD, company_chunks, read_companies_file
from hrtools_reco.files.whole import whole_file

__all__ = [
    "STANDARD",
    "TABLES",
    "AnswerFiles",
    "AnswerFormat",
    "Archive",
    "CompanyChunk",
    "add_branch",
    "add_tool",
    "company_chunks",
    "read_addition",
    "read_archive",
    "read_companies_file",
    "whole_file",
    "write_archive",
]
