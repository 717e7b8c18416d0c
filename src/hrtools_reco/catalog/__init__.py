"""What the tools are: the catalog, its tables, costs and wording."""

from hrtools_reco.catalog.additions import EVIDENCE_OF, INFERRED, SOURCE_COLUMNS, Addition
from hrtools_reco.catalog.ageing import Ageing, ageing, months_since
from hrtools_reco.catalog.catalog import (
    EVERYWHERE,
    RETIRED,
    Catalog,
    Tool,
    catalog_of,
    load_catalog,
    split_list,
)
from hrtools_reco.catalog.check import CatalogReport, check_catalog
from hrtools_reco.catalog.citation import Citation, Price, Source, Versions, citations_of, versions_of
from hrtools_reco.catalog.costs import YearlyCosts
from hrtools_reco.catalog.datapackage import read_package, write_package
from hrtools_reco.catalog.difference import CatalogDiff
from hrtools_reco.catalog.foreign import catalog_from_frame
from hrtools_reco.catalog.judgement import Judgement, judgement_of
from hrtools_reco.catalog.tool_arrays import (
    STRONGEST,
    admitting,
    doors_of_one_house,
    gated_tools,
    light_tools,
    naming,
    need_answers,
    need_strengths,
    primary_functions,
    sorts_of_tools,
    stand_in_pairs,
    worth_anyway,
)
from hrtools_reco.catalog.wording import (
    inside,
    label_of,
    typeset,
    write_cost,
    write_day,
    write_euros,
    write_number,
    write_price,
    write_share,
    write_statistic,
)

__all__ = [
    "EVERYWHERE",
    "EVIDENCE_OF",
    "INFERRED",
    "RETIRED",
    "SOURCE_COLUMNS",
    "STRONGEST",
    "Addition",
    "Ageing",
    "Catalog",
    "CatalogDiff",
    "CatalogReport",
    "Citation",
    "Judgement",
    "Price",
    "Source",
    "Tool",
    "Versions",
    "YearlyCosts",
    "admitting",
    "ageing",
    "catalog_from_frame",
    "catalog_of",
    "check_catalog",
    "citations_of",
    "doors_of_one_house",
    "gated_tools",
    "inside",
    "judgement_of",
    "label_of",
    "light_tools",
    "load_catalog",
    "months_since",
    "naming",
    "need_answers",
    "need_strengths",
    "primary_functions",
    "read_package",
    "sorts_of_tools",
    "split_list",
    "stand_in_pairs",
    "typeset",
    "versions_of",
    "worth_anyway",
    "write_cost",
    "write_day",
    "write_euros",
    "write_number",
    "write_package",
    "write_price",
    "write_share",
    "write_statistic",
]
