"""Whole files, read and written."""

from hrtools_reco.files.answer_files import AnswerFiles
from hrtools_reco.files.answer_formats import AnswerFormat, harmless_text
from hrtools_reco.files.archive import Archive, read_archive, write_archive
from hrtools_reco.files.catalog_files import TABLES, add_branch, add_tool, read_addition
from hrtools_reco.files.chunks import CompanyChunk
from hrtools_reco.files.firm_files import STANDARD, company_chunks, read_companies_file, source_files
from hrtools_reco.files.parquet_files import firm_frame
from hrtools_reco.files.part_folder import PartFolder, PartWriter
from hrtools_reco.files.whole import scratch_file, whole_file

__all__ = [
    "STANDARD",
    "TABLES",
    "AnswerFiles",
    "AnswerFormat",
    "Archive",
    "CompanyChunk",
    "PartFolder",
    "PartWriter",
    "add_branch",
    "add_tool",
    "company_chunks",
    "firm_frame",
    "harmless_text",
    "read_addition",
    "read_archive",
    "read_companies_file",
    "scratch_file",
    "source_files",
    "whole_file",
    "write_archive",
]
