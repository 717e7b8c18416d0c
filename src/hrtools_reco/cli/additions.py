"""The commands ``catalog add-tool`` and ``add-branch``: ask for the cells and their sources, or read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text as Line

from hrtools_reco._checks import fold
from hrtools_reco.catalog import EVIDENCE_OF, INFERRED, Addition, Catalog, load_catalog, typeset
from hrtools_reco.cli.options import Language
from hrtools_reco.cli.view import LABEL, Lang, console
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.files import TABLES, add_branch, add_tool, read_addition
from hrtools_reco.texts import visible

Folder = Annotated[Path, typer.Option("--catalog", metavar="DOSSIER", help="Dossier du catalogue où écrire.")]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FICHIER",
        help="Cellules et sources d’un fichier .toml ou .json : rien n’est demandé.",
    ),
]

_LEAVE, _YES, _NO = "q", ("oui", "o", "yes", "y"), ("non", "n", "no")


def tool(catalog: Folder, source: From = None, lang: Language = Lang.fr) -> None:
    """Add a tool to a catalog."""
    _add("tool", catalog, source, lang.value)


def branch(catalog: Folder, source: From = None, lang: Language = Lang.fr) -> None:
    """Add a branch to a catalog."""
    _add("branch", catalog, source, lang.value)


def _add(what: str, folder: Path, source: Path | None, lang: str) -> None:
    """Add what a file tells, or what is typed."""
    before, where = load_catalog(folder), console()
    interview = Interview(where, Addition(before, TABLES[what]), lang)
    told = read_addition(source, what) if source else interview.told(what)
    if told is None:
        where.print(interview.say("add_left"))
        return
    try:
        after = (add_tool if what == "tool" else add_branch)(folder, told)
    except CatalogError:
        if source is None:
            where.print(interview.say("add_typed"))
            where.print_json(json.dumps(told, ensure_ascii=False))
        raise
    key = told[what][interview.key]
    where.print(interview.say("add_done", added=key, rows=_added(before, after)))
    where.print(interview.say(f"add_next_{what}", added=key))


def _added(before: Catalog, after: Catalog) -> str:
    """Say how many rows each table has gained."""
    gained = {name: len(after.table(name)) - len(before.table(name)) for name in after.table_names}
    return ", ".join(f"{name} {n}" for name, n in gained.items() if n)


class Interview:
    """Questions on the terminal, one for each cell, and the page that each filled one was read on.

    Parameters
    ----------
    where : Console
        Terminal.
    addition : Addition
        What is added.
    lang : {"fr", "en"}
        Language.
    """

    def __init__(self, where: Console, addition: Addition, lang: str) -> None:
        self._where, self._addition, self._lang = where, addition, lang
        self._page: dict[str, str] = {}
        self.key = addition.key

    def say(self, key: str, **values: object) -> str:
        """Return a text of the catalog, typeset."""
        return typeset(self._addition.catalog.text(key, self._lang, **values), self._lang)

    def told(self, what: str) -> dict[str, Any] | None:
        """Return the cells and their sources, or None if the user leaves."""
        self._where.print(Line(self.say("add_how"), style=LABEL))
        cells: dict[str, str] = {}
        sources: dict[str, dict[str, str]] = {}
        for field in self._addition.fields:
            cell = self._cell(field)
            if cell is None:
                return None
            if cell:
                cells[field["name"]] = cell
                if field["name"] != self.key and not self._read_page(field["name"], sources):
                    return None
        sure = self._asked(self.say("add_confirm", added=cells[self.key], n=len(cells)))
        return {what: cells, "sources": sources} if sure.lower() in _YES else None

    def _cell(self, field: Mapping[str, Any]) -> str | None:
        """Ask for a cell until it is right; an empty line leaves it unknown, q leaves."""
        name, limits = field["name"], field.get("constraints", {})
        label = field.get(f"hrtools:ask_{self._lang}") or field.get("description", "")
        star = " *" if limits.get("required") else ""
        self._where.print()
        self._where.print(Line(f"{name}{star}", style="bold"), Line(typeset(label, self._lang)))
        labels = self._addition.labels(field, self._lang)
        if choices := self._addition.choices(field) or tuple(labels):
            told = " · ".join(
                f"{key} ({labels[key]})" if labels.get(key, key) != key else key for key in choices
            )
            self._where.print(Line(self.say("add_choices", choices=told), style=LABEL))
        while (given := self._asked()) != _LEAVE:
            cell = self._spoken(field, given, labels)
            if not given and star:
                self._where.print(self.say("add_required"))
            elif self._right(self._addition.table, name, cell):
                return cell
        return None

    def _spoken(self, field: Mapping[str, Any], given: str, labels: Mapping[str, str]) -> str:
        """Read a yes or a no, a list with commas, and a label in place of its key, as a cell has them."""
        if field.get("type") == "boolean":
            return {**dict.fromkeys(_YES, "true"), **dict.fromkeys(_NO, "false")}.get(given.lower(), given)
        is_list = field.get("hrtools:list") and self._addition.choices(field)
        keys = {fold(label): key for key, label in labels.items()}
        typed = _items(given) if is_list else [given]
        items = [keys.get(fold(item), item) if item else item for item in typed]
        return self._addition.cell(self._addition.table, field["name"], items)

    def _read_page(self, column: str, sources: dict[str, dict[str, str]]) -> bool:
        """Ask for the page of a cell, its date, and whether it says so; False leaves."""
        evidence, last = EVIDENCE_OF[self._addition.table], self._page
        question = self.say("add_same_url", url=last["url"]) if last else self.say("add_url")
        url = self._part(evidence, "url", question, needed=not last)
        if url == _LEAVE:
            return False
        if url and url != last.get("url"):
            day = self._part(evidence, "page_date", self.say("add_date"))
            if day == _LEAVE:
                return False
            self._page = {"url": url, **({"page_date": day} if day else {})}
        why = self._asked(self.say("add_basis"))
        is_stated = not why or why.lower() in _YES
        sources[column] = {
            **self._page,
            **({"basis": "stated"} if is_stated else {"basis": INFERRED, "note": why}),
        }
        return why != _LEAVE

    def _part(self, table: str, column: str, question: str, *, needed: bool = False) -> str:
        """Ask for a part of a source until it is right."""
        while (given := self._asked(question)) != _LEAVE:
            if (given or not needed) and (not given or self._right(table, column, given)):
                return given
        return _LEAVE

    def _right(self, table: str, column: str, cell: str) -> bool:
        """Tell whether a cell is right; if not, say so with the nearest choices."""
        error = self._addition.error(table, column, cell)
        if error:
            self._where.print(self.say("add_wrong", got=cell, column=column))
            if error.nearest:
                self._where.print(self.say("add_nearest", names=", ".join(error.nearest)))
        return error is None

    def _asked(self, question: str = "") -> str:
        """Return what is typed after a question."""
        suffix = " " if question else "> "
        return str(
            typer.prompt(visible(question), default="", show_default=False, prompt_suffix=suffix)
        ).strip()


def _items(given: str) -> list[str]:
    """Split a list that is typed with commas or with the sign of the tables."""
    return [item.strip() for item in given.replace("|", ",").split(",") if item.strip()]
