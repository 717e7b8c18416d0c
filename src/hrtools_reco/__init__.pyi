"""The same names for type checkers and editors."""

from hrtools_reco import evaluation as evaluation
from hrtools_reco.advice.conflict_results import (
    Conflict as Conflict,
    Conflicts as Conflicts,
)
from hrtools_reco.advice.counterfactual_results import (
    Change as Change,
    WhatIf as WhatIf,
)
from hrtools_reco.advice.next_questions import (
    NextQuestion as NextQuestion,
)
from hrtools_reco.advice.relaxation_results import (
    Relaxation as Relaxation,
    Relaxations as Relaxations,
)
from hrtools_reco.advice.roadmap_results import (
    Roadmap as Roadmap,
)
from hrtools_reco.advice.roadmap_steps import (
    Gain as Gain,
    Raise as Raise,
    Step as Step,
    Unanswered as Unanswered,
)
from hrtools_reco.answer.batch_results import (
    BatchRecommendations as BatchRecommendations,
)
from hrtools_reco.answer.comparison import (
    ToolComparison as ToolComparison,
)
from hrtools_reco.answer.explanation import (
    Explanation as Explanation,
    RuleResult as RuleResult,
)
from hrtools_reco.answer.results import (
    Recommendation as Recommendation,
    Recommendations as Recommendations,
)
from hrtools_reco.answer.schemas import (
    answer_schema as answer_schema,
    profile_schema as profile_schema,
)
from hrtools_reco.answer.shortfalls import (
    Shortfall as Shortfall,
)
from hrtools_reco.batch.recommend import (
    recommend_file as recommend_file,
)
from hrtools_reco.batch.summary import (
    BatchSummary as BatchSummary,
)
from hrtools_reco.catalog.catalog import (
    Catalog as Catalog,
    Tool as Tool,
    load_catalog as load_catalog,
)
from hrtools_reco.catalog.citation import (
    Citation as Citation,
    Price as Price,
    Source as Source,
    Versions as Versions,
)
from hrtools_reco.catalog.difference import (
    CatalogDiff as CatalogDiff,
)
from hrtools_reco.catalog.foreign import (
    catalog_from_frame as catalog_from_frame,
)
from hrtools_reco.cluster import (
    recommend_dask as recommend_dask,
    recommend_partition as recommend_partition,
)
from hrtools_reco.diagnostic.answer_file import (
    read_answers as read_answers,
)
from hrtools_reco.diagnostic.contradictions import (
    Contradiction as Contradiction,
)
from hrtools_reco.diagnostic.dma import (
    MaturityEstimate as MaturityEstimate,
    dma_from_maturity as dma_from_maturity,
    maturity_from_dma as maturity_from_dma,
)
from hrtools_reco.diagnostic.progress import (
    Progress as Progress,
)
from hrtools_reco.diagnostic.question import (
    Option as Option,
    Question as Question,
)
from hrtools_reco.diagnostic.questionnaire import (
    Questionnaire as Questionnaire,
    load_questionnaire as load_questionnaire,
)
from hrtools_reco.diagnostic.score import (
    DiagnosticScore as DiagnosticScore,
    MissingAnswers as MissingAnswers,
)
from hrtools_reco.diagnostic.survey import (
    SurveyAnswers as SurveyAnswers,
    read_survey as read_survey,
)
from hrtools_reco.exceptions import (
    AmbiguousBranchError as AmbiguousBranchError,
    CatalogError as CatalogError,
    HRToolsError as HRToolsError,
    InvalidTableError as InvalidTableError,
    InvalidValueError as InvalidValueError,
    LoadError as LoadError,
    Reject as Reject,
    UnknownNameError as UnknownNameError,
)
from hrtools_reco.files.catalog_files import (
    add_branch as add_branch,
    add_tool as add_tool,
)
from hrtools_reco.files.firm_files import (
    read_companies_file as read_companies_file,
)
from hrtools_reco.firms.arrays import (
    Firms as Firms,
)
from hrtools_reco.firms.changes import (
    Remedy as Remedy,
)
from hrtools_reco.firms.feedback import (
    Feedback as Feedback,
    read_feedback as read_feedback,
)
from hrtools_reco.firms.implied import (
    ImpliedFact as ImpliedFact,
)
from hrtools_reco.firms.profiles import (
    CompanyProfile as CompanyProfile,
)
from hrtools_reco.firms.register_results import (
    RegisterProfiles as RegisterProfiles,
    RegisterReject as RegisterReject,
    RegisterRejects as RegisterRejects,
)
from hrtools_reco.firms.registers import (
    profiles_from_api as profiles_from_api,
    profiles_from_sirene as profiles_from_sirene,
)
from hrtools_reco.firms.simulation import (
    simulate_firms as simulate_firms,
)
from hrtools_reco.model.adoption_ridge import (
    AdoptionRidge as AdoptionRidge,
)
from hrtools_reco.not_fitted import (
    NotFittedError as NotFittedError,
)
from hrtools_reco.outlook.funding import (
    FundingOffer as FundingOffer,
    funding as funding,
)
from hrtools_reco.outlook.opportunities import (
    Opportunities as Opportunities,
    opportunities as opportunities,
)
from hrtools_reco.outlook.parts import (
    BranchFact as BranchFact,
    FunctionTools as FunctionTools,
    NeedOutlook as NeedOutlook,
    OccupationOutlook as OccupationOutlook,
)
from hrtools_reco.overview.branch_progress import (
    BranchProgress as BranchProgress,
    branch_progress as branch_progress,
)
from hrtools_reco.overview.coverage import (
    CoverageReport as CoverageReport,
    coverage_report as coverage_report,
)
from hrtools_reco.overview.runs import (
    RunComparison as RunComparison,
    compare_runs as compare_runs,
)
from hrtools_reco.overview.standing import (
    Standing as Standing,
    standing as standing,
)
from hrtools_reco.overview.summary import (
    GroupSummary as GroupSummary,
    summarise as summarise,
)
from hrtools_reco.page.answer_form import (
    write_form as write_form,
)
from hrtools_reco.page.branch_view import (
    branch_report as branch_report,
)
from hrtools_reco.page.document import (
    report as report,
)
from hrtools_reco.persistence import (
    load_recommender as load_recommender,
)
from hrtools_reco.recommender import (
    ToolRecommender as ToolRecommender,
    recommend as recommend,
)
from hrtools_reco.rules.core import (
    FAIL as FAIL,
    PASS as PASS,
    UNKNOWN as UNKNOWN,
    ColumnRule as ColumnRule,
    Rule as Rule,
)
from hrtools_reco.rules.rulebook import (
    bundled_rules as bundled_rules,
)
from hrtools_reco.texts import (
    Text as Text,
)

__version__: str
