"""Recommend digital HR tools to small firms: the public names, each loaded on first use."""

from importlib import import_module

_MODULE_OF = {
    name: module
    for module, names in {
        "model.adoption_ridge": "AdoptionRidge",
        "outlook.funding": "FundingOffer funding",
        "batch.recommend": "recommend_file",
        "batch.summary": "BatchSummary",
        "answer.schemas": "answer_schema profile_schema",
        "catalog.citation": "Citation Price Source Versions",
        "catalog.difference": "CatalogDiff",
        "catalog.foreign": "catalog_from_frame",
        "cluster": "recommend_dask recommend_partition",
        "catalog.catalog": "Catalog Tool load_catalog",
        "files.catalog_files": "add_branch add_tool",
        "files.firm_files": "read_companies_file",
        "diagnostic.answer_file": "read_answers",
        "diagnostic.contradictions": "Contradiction",
        "diagnostic.dma": "MaturityEstimate dma_from_maturity maturity_from_dma",
        "diagnostic.progress": "Progress",
        "diagnostic.question": "Option Question",
        "diagnostic.questionnaire": "Questionnaire load_questionnaire",
        "diagnostic.score": "DiagnosticScore MissingAnswers",
        "diagnostic.survey": "SurveyAnswers read_survey",
        "exceptions": "AmbiguousBranchError CatalogError HRToolsError InvalidTableError InvalidValueError "
        "LoadError Reject UnknownNameError",
        "not_fitted": "NotFittedError",
        "overview.branch_progress": "BranchProgress branch_progress",
        "overview.coverage": "CoverageReport coverage_report",
        "overview.runs": "RunComparison compare_runs",
        "overview.standing": "Standing standing",
        "overview.summary": "GroupSummary summarise",
        "outlook.opportunities": "Opportunities opportunities",
        "outlook.parts": "BranchFact FunctionTools NeedOutlook OccupationOutlook",
        "page.answer_form": "write_form",
        "page.branch_view": "branch_report",
        "page.document": "report",
        "persistence": "load_recommender",
        "firms.arrays": "Firms",
        "firms.changes": "Remedy",
        "firms.feedback": "Feedback read_feedback",
        "firms.implied": "ImpliedFact",
        "firms.profiles": "CompanyProfile",
        "firms.register_results": "RegisterProfiles RegisterReject RegisterRejects",
        "firms.registers": "profiles_from_api profiles_from_sirene",
        "firms.simulation": "simulate_firms",
        "recommender": "ToolRecommender recommend",
        "answer.batch_results": "BatchRecommendations",
        "answer.shortfalls": "Shortfall",
        "answer.comparison": "ToolComparison",
        "answer.explanation": "Explanation RuleResult",
        "advice.conflict_results": "Conflict Conflicts",
        "advice.counterfactual_results": "Change WhatIf",
        "advice.relaxation_results": "Relaxation Relaxations",
        "advice.next_questions": "NextQuestion",
        "advice.roadmap_results": "Roadmap",
        "advice.roadmap_steps": "Gain Raise Step Unanswered",
        "answer.results": "Recommendation Recommendations",
        "rules.rulebook": "bundled_rules",
        "rules.core": "ColumnRule FAIL PASS Rule UNKNOWN",
        "texts": "Text",
    }.items()
    for name in names.split()
}

_PARTS = ("evaluation",)

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    """Load a public name from its module, a public part, or the version of the installed package."""
    value: object
    if name in _MODULE_OF:
        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    elif name in _PARTS:
        value = import_module(f"{__name__}.{name}")
    elif name == "__version__":
        value = import_module("importlib.metadata").version("hrtools-reco")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
