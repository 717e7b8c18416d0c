"""The command ``diagnose``: asks, can be left and taken up again, or reads a form, and ends in a list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text as Line

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import load_catalog, typeset
from hrtools_reco.cli.french import spoken
from hrtools_reco.cli.options import (
    Band,
    Branch,
    Budget,
    CatalogFolder,
    Headcount,
    Installed,
    Language,
    Region,
    firm_of,
)
from hrtools_reco.cli.view import LABEL, Lang, console, pairs, show_recommendations
from hrtools_reco.diagnostic import (
    DONT_KNOW,
    DiagnosticScore,
    Question,
    Questionnaire,
    load_questionnaire,
    read_answers,
    write_answers,
)
from hrtools_reco.exceptions import HRToolsError
from hrtools_reco.files import read_companies_file
from hrtools_reco.firms import CompanyProfile, firms_of, implied_facts, read_field, simulate_firms
from hrtools_reco.overview import standing
from hrtools_reco.recommender import ToolRecommender
from hrtools_reco.texts import visible

State = Annotated[
    Path | None,
    typer.Option(
        "--state", metavar="FICHIER", help="Fichier des réponses, .json : écrit après chacune, relu au début."
    ),
]
Answers = Annotated[
    Path | None,
    typer.Option(
        "--answers",
        metavar="FICHIER",
        help="Réponses d’un formulaire, .json ou .csv : rien n’est demandé.",
    ),
]
Peers = Annotated[
    Path | None,
    typer.Option(
        "--peers",
        metavar="FICHIER",
        help="Entreprises auxquelles se comparer ; à défaut, des entreprises simulées.",
    ),
]
Core = Annotated[bool, typer.Option("--core", help="Poser tout le questionnaire court.")]
Full = Annotated[bool, typer.Option("--full", help="Poser tout le questionnaire complet.")]


def diagnose(
    branch: Branch = None,
    headcount: Headcount = None,
    headcount_band: Band = None,
    region: Region = None,
    budget: Budget = None,
    installed: Installed = None,
    state: State = None,
    answers: Answers = None,
    core: Core = False,
    full: Full = False,
    peers: Peers = None,
    k: Annotated[int, typer.Option("-k", metavar="NOMBRE", help="Nombre d’outils au plus.")] = 5,
    catalog: CatalogFolder = None,
    lang: Language = Lang.fr,
) -> None:
    """Ask the short form, the full form or the questions that would change the list most, then recommend."""
    if core and full:
        raise invalid("--core and --full", "given one at a time", "both")
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
    used, where = load_catalog(catalog), console()
    session = Session(ToolRecommender(used).fit(), load_questionnaire(used), state, lang.value)
    session.take_up(answers or state, firm)
    if session.complete_firm(where, silent=answers is not None) and answers is None:
        session.ask(where, "full" if full else "core" if core else None)
    session.show(where, k, peers)


_SIMULATED = 8_000


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
    lang : {"fr", "en"}
        Language.
    """

    def __init__(
        self, recommender: ToolRecommender, questionnaire: Questionnaire, state: Path | None, lang: str
    ) -> None:
        self.questionnaire = questionnaire
        self._recommender, self._state, self._lang = recommender, state, lang
        self._catalog = recommender.catalog_
        self._firm: dict[str, Any] = {}
        self._answers: dict[str, str] = {}

    def take_up(self, path: Path | None, firm: dict[str, Any]) -> None:
        """Take up the answers of a file, if there is one; what is given beside it goes first."""
        content: dict[str, Any] = {"version": None, "firm": {}, "answers": {}}
        if path is not None and (path != self._state or path.exists()):
            content = read_answers(path)
        given = {key: value for key, value in content["firm"].items() if value not in (None, "")}
        self._firm = {**given, **firm}
        self._answers = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in content["answers"].items()
            if value not in (None, "")
        }
        if content["version"] is not None:
            self.questionnaire.score(self._answers, version=content["version"])
            self._answers = self.questionnaire.renewed(self._answers, content["version"])
        self.score()

    def complete_firm(self, where: Console, *, silent: bool) -> bool:
        """Ask for branch and headcount where they are not known; tell whether both are in the end."""
        for key, others in (("branch", ()), ("headcount", ("headcount_band",))):
            if any(name in self._firm for name in (key, *others)):
                continue
            if silent:
                raise invalid(f"--{key}", "given, or in the file of answers", None)
            if not self._ask_field(where, key):
                return False
        CompanyProfile.from_dict(self._firm, self._catalog)
        return True

    def _ask_field(self, where: Console, key: str) -> bool:
        """Ask for a field of the firm until it is one; an empty line leaves."""
        where.print(Line(self._say(f"diagnose_{key}"), style="bold"))
        while (given := self._prompt()) not in ("", "q"):
            try:
                self._firm[key] = read_field(key, given, self._catalog)
            except HRToolsError as error:
                where.print(Line(spoken(str(error), self._lang)))
            else:
                return True
        raise invalid(f"--{key}", "given, or answered", None)

    def score(self) -> DiagnosticScore:
        """Score the answers so far, at the headcount of the firm."""
        return self.questionnaire.score(self._answers, self._headcount())

    def _headcount(self) -> float | None:
        """Return the headcount of the firm, if it is known."""
        stated = self._firm.get("headcount")
        return None if stated is None else float(stated)

    def profile(self) -> dict[str, Any]:
        """Return the firm as far as it is known."""
        return {**self._firm, **self.score().profile_fields(self._firm.get("installed", ()))}

    def ask(self, where: Console, length: str | None) -> None:
        """Ask a form as a whole, or what matters most first, until nothing is open or the user leaves."""
        where.print(Line(self._say("diagnose_how"), style=LABEL))
        while (found := self._next(length)) is not None:
            question, left = found
            if left is not None:
                where.print(Line(self._say("diagnose_left", n=left), style=LABEL))
            before = self.score().contradictions
            answer = self._answer(where, question)
            if answer is None:
                return
            self._answers[question.code] = answer
            for one in self.score().contradictions:
                if one not in before:
                    where.print(Line(typeset(one.text(self._lang), self._lang), style="yellow"))
            self._write()

    def _next(self, length: str | None) -> tuple[Question, int | None] | None:
        """Return the next question, and how many are left of a form."""
        if length is None:
            best = self._recommender.next_questions(self.profile(), n=1, answers=self._answers)
            return (self.questionnaire.question(best[0].question), None) if best else None
        known = {key for key, value in self.score().facts.items() if value is not None}
        firms = firms_of(CompanyProfile.from_dict(self.profile(), self._catalog), self._catalog)
        known |= {one.fact for one in implied_facts(firms, self._catalog)}
        left = [
            one
            for one in self.questionnaire.form(length)
            if one.code not in self._answers and one.code not in known
        ]
        return (left[0], len(left)) if left else None

    def _answer(self, where: Console, question: Question) -> str | None:
        """Ask one question; an empty line means "don't know", q leaves."""
        options = (*question.options, *question.open_options[::-1])
        where.print()
        where.print(Line(typeset(question.text(self._lang), self._lang), style="bold"))
        if question.help:
            where.print(Line(typeset(question.help(self._lang), self._lang), style=LABEL))
        for number, option in enumerate(options, start=1):
            where.print(f"  {number}. {typeset(option.text(self._lang), self._lang)}")
        while (given := self._prompt()) not in ("q", "quit"):
            if not given:
                return DONT_KNOW
            if given.isdigit() and 1 <= int(given) <= len(options):
                return options[int(given) - 1].code
            where.print(self._say("diagnose_again", n=len(options)))
        return None

    def _prompt(self) -> str:
        """Return what the user types; the end of the input leaves."""
        try:
            said = typer.prompt(
                visible(self._say("diagnose_prompt")), default="", show_default=False, prompt_suffix=" "
            )
        except typer.Abort:
            return "q"
        return str(said).strip().lower()

    def _say(self, key: str, **values: object) -> str:
        """Return a text of the catalog, typeset."""
        return typeset(self._catalog.text(key, self._lang, **values), self._lang)

    def _write(self) -> None:
        """Write the answers, whole or not at all."""
        if self._state is not None:
            about = {
                "questionnaire": "hr-digital-maturity",
                "version": self.questionnaire.version,
            }
            write_answers(self._state, self._answers, self._firm, about)

    def show(self, where: Console, k: int, peers: Path | None = None) -> None:
        """Show the scores, where the firm stands, what does not go together, and the recommendations."""
        score = self.score()
        where.print()
        where.print(Line(self._say("diagnose_scores"), style="bold"))
        said = score.said(self._lang, self._catalog)
        where.print(pairs([(name, typeset(told, self._lang)) for name, told in said]))
        where.print()
        self._show_standing(where, peers)
        for one in score.contradictions:
            where.print(Line(typeset(one.text(self._lang), self._lang), style="yellow"))
        show_recommendations(where, self._recommender.recommend(self.profile(), k), self._catalog, self._lang)

    def _show_standing(self, where: Console, peers: Path | None) -> None:
        """Show where each measured dimension stands among firms of the branch and size."""
        profile = CompanyProfile.from_dict(self.profile(), self._catalog)
        if profile.headcount is None or not profile.maturity:
            return
        if peers is None:
            simulated = simulate_firms(_SIMULATED, catalog=self._catalog)
            firms = simulated[simulated["branch"] == profile.branch]
        else:
            firms = read_companies_file(peers)
        found = standing(profile, firms, catalog=self._catalog)
        lines = found.lines(self._lang, measured=True)
        if not lines:
            return
        where.print(Line(self._say("standing_title", n=found.n_peers), style="bold"))
        where.print("\n".join(typeset(line, self._lang) for line in lines), markup=False, highlight=False)
        if peers is None:
            where.print(Line(self._say("standing_simulated"), style=LABEL))
        where.print()
