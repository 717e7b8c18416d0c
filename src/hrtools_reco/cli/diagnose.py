"""The command ``diagnose``: asks the next best question, can be left and taken up again, ends in a list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from hrtools_reco._checks import invalid
from hrtools_reco.advice import NextQuestion
from hrtools_reco.catalog import Catalog
from hrtools_reco.cli.config import configured
from hrtools_reco.cli.options import (
    Band,
    Branch,
    Budget,
    CatalogFolder,
    Config,
    Headcount,
    Installed,
    Language,
    Region,
    firm_of,
)
from hrtools_reco.cli.view import LABEL, Lang, console, pairs, show_recommendations
from hrtools_reco.diagnostic import DiagnosticScore, Questionnaire, load_questionnaire
from hrtools_reco.files import whole_file
from hrtools_reco.recommender import ToolRecommender

DONT_KNOW = "dont_know"

State = Annotated[
    Path | None,
    typer.Option(
        "--state", metavar="FILE", help="File of the answers, .json: written after each, read at the start."
    ),
]
Core = Annotated[bool, typer.Option("--core", help="Ask the questions of the short form only.")]


def diagnose(
    branch: Branch = None,
    headcount: Headcount = None,
    headcount_band: Band = None,
    region: Region = None,
    budget: Budget = None,
    installed: Installed = None,
    state: State = None,
    core: Core = False,
    k: Annotated[int, typer.Option("-k", metavar="NUMBER", help="Largest number of tools.")] = 5,
    catalog: CatalogFolder = None,
    config: Config = None,
    lang: Language = Lang.fr,
) -> None:
    """Ask the questions that would change the list most, then recommend."""
    firm = firm_of(
        branch=branch,
        headcount=headcount,
        headcount_band=headcount_band,
        region=region,
        maturity=None,
        estimated=None,
        need=None,
        fact=None,
        budget=budget,
        installed=installed,
    )
    recommender = configured(config, catalog)
    session = Session(recommender, load_questionnaire(recommender.catalog_), state, firm)
    where = console()
    session.ask(where, lang.value, only=set(session.questionnaire.core) if core else None)
    session.show(where, lang.value, k)


class Session:
    """The answers of one firm so far.

    Parameters
    ----------
    recommender : ToolRecommender
        A fitted recommender.
    questionnaire : Questionnaire
        The questions.
    state : Path or None
        File of the answers; ``None`` keeps none.
    firm : dict
        What is known of the firm besides.
    """

    def __init__(
        self,
        recommender: ToolRecommender,
        questionnaire: Questionnaire,
        state: Path | None,
        firm: dict[str, Any],
    ) -> None:
        self.questionnaire = questionnaire
        self._recommender, self._state = recommender, state
        earlier = self._read()
        self._firm = {**earlier.get("firm", {}), **firm}
        self._answers: dict[str, str] = dict(earlier.get("answers", {}))
        if "branch" not in self._firm:
            raise invalid("--branch", "given, with --headcount or --headcount-band", None)
        self._recommender.recommend(self._firm, k=1)
        self.questionnaire.score(self._given())

    def _read(self) -> dict[str, Any]:
        """Read the answers of an earlier session."""
        if self._state is None or not self._state.exists():
            return {}
        try:
            earlier = json.loads(self._state.read_text(encoding="utf-8"))
        except ValueError as error:
            raise invalid("--state", "a file that diagnose wrote", str(self._state)) from error
        version = self.questionnaire.version
        if not isinstance(earlier, dict) or earlier.get("questionnaire_version") != version:
            right = f"a file of answers to version {version} of the questionnaire"
            raise invalid("--state", right, str(self._state))
        return earlier

    def _write(self) -> None:
        """Write the answers, whole or not at all."""
        if self._state is not None:
            content = {
                "questionnaire_version": self.questionnaire.version,
                "firm": self._firm,
                "answers": self._answers,
            }
            with whole_file(self._state, "--state") as stream:
                stream.write(json.dumps(content, ensure_ascii=False, indent=2).encode())

    def _given(self) -> dict[str, object]:
        """Return the answers as the questionnaire takes them."""
        truths = {"true": True, "false": False}
        return {question: truths.get(answer, answer) for question, answer in self._answers.items()}

    def score(self) -> DiagnosticScore:
        """Score the answers so far."""
        return self.questionnaire.score(self._given())

    def profile(self) -> dict[str, Any]:
        """Return the firm as far as it is known."""
        return {**self._firm, **self.score().profile_fields(self._firm.get("installed", ()))}

    def ask(self, where: Console, lang: str, only: set[str] | None) -> None:
        """Ask until nothing is open, or until the user leaves."""
        text = self._recommender.catalog_.text
        where.print(Text(text("diagnose_how", lang), style=LABEL))
        while (question := self._next(only)) is not None:
            answer = self._answer(where, question, lang)
            if answer is None:
                return
            self._answers[question.question] = answer
            self._write()

    def _next(self, only: set[str] | None) -> NextQuestion | None:
        """Return the open question that would change the list most."""
        for question in self._recommender.next_questions(self.profile(), n=99, answers=self._answers):
            if only is None or question.question in only:
                return question
        return None

    def _answer(self, where: Console, question: NextQuestion, lang: str) -> str | None:
        """Ask one question; an empty line means "don't know", q leaves."""
        text = self._recommender.catalog_.text
        where.print()
        where.print(Text(f"{question.text(lang)}  [{question.question}]", style="bold"))
        for number, option in enumerate(question.options, start=1):
            where.print(f"  {number}. {option.text(lang)}")
        while True:
            try:
                given = (
                    typer.prompt(text("diagnose_prompt", lang), default="", show_default=False)
                    .strip()
                    .lower()
                )
            except typer.Abort:
                return None
            if given in ("q", "quit"):
                return None
            if not given:
                return DONT_KNOW
            if given.isdigit() and 1 <= int(given) <= len(question.options):
                return question.options[int(given) - 1].code
            where.print(text("diagnose_again", lang, n=len(question.options)))

    def show(self, where: Console, lang: str, k: int) -> None:
        """Show the scores and the recommendations."""
        catalog = self._recommender.catalog_
        score = self.score()
        where.print()
        where.print(Text(catalog.text("diagnose_scores", lang), style="bold"))
        where.print(pairs(_scores(score, catalog, lang)))
        where.print()
        show_recommendations(where, self._recommender.recommend(self.profile(), k), catalog, lang)


def _scores(score: DiagnosticScore, catalog: Catalog, lang: str) -> list[tuple[str, str]]:
    """Return the score and the level of each dimension as text."""
    levels = catalog.table("levels").set_index("level")[f"name_{lang}"].to_dict()
    rows = []
    for dimension, name in catalog.labels("dimensions", lang).items():
        value = score.maturity[dimension]
        if value is None:
            rows.append((name, catalog.text("page_not_measured", lang)))
        else:
            rows.append((name, f"{value:.0f}/100 – {levels[score.level[dimension]]}"))
    return rows
