"""The diagnostic: answers in, maturity, needs and facts out."""

from hrtools_reco.diagnostic.answer_file import read_answers, write_answers
from hrtools_reco.diagnostic.answers import DONT_KNOW, NOT_APPLICABLE
from hrtools_reco.diagnostic.contradictions import Contradiction
from hrtools_reco.diagnostic.progress import Progress
from hrtools_reco.diagnostic.question import CORE, FACTS, FORMS, FULL, Option, Question
from hrtools_reco.diagnostic.questionnaire import Questionnaire, load_questionnaire
from hrtools_reco.diagnostic.score import DiagnosticScore, MissingAnswers
from hrtools_reco.diagnostic.survey import SurveyAnswers, read_survey

__all__ = [
    "CORE",
    "DONT_KNOW",
    "FACTS",
    "FORMS",
    "FULL",
    "NOT_APPLICABLE",
    "Contradiction",
    "DiagnosticScore",
    "MissingAnswers",
    "Option",
    "Progress",
    "Question",
    "Questionnaire",
    "SurveyAnswers",
    "load_questionnaire",
    "read_answers",
    "read_survey",
    "write_answers",
]
