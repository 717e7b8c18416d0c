"""The tables of the questionnaire, read into what the scoring uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from hrtools_reco.catalog import Catalog
from hrtools_reco.diagnostic.maturity import Axis
from hrtools_reco.exceptions import CatalogError


@dataclass(frozen=True, kw_only=True)
class Form:
    """The questionnaire as the scoring uses it; a column is the place of a question in ``questions``.

    Attributes
    ----------
    about : mapping of str to str
        Key, version and sentences of the questionnaire.
    questions, options : DataFrame
        The tables in the order of the form.
    numbers : mapping of str to mapping of str to float
        Points (0-4) or urgency (0-100) of each option of each question.
    axes : mapping of str to Axis
        The questions of each dimension.
    names : mapping of str to tuple of str
        French and English name of each dimension.
    needs : mapping of str to int
        Column of the question that answers each need.
    facts : mapping of str to tuple
        For each fact: column, points from which it is true (NaN: never), points under which it is not.
    functions : mapping of str to tuple
        For each function that answers can show to be served: column, points from which it is.
    lowest : tuple of float
        Lowest score of each level, from 0 to 100.
    levels : tuple of int
        The levels, in the same order.
    """

    about: Mapping[str, str]
    questions: pd.DataFrame
    options: pd.DataFrame
    numbers: Mapping[str, Mapping[str, float]]
    axes: Mapping[str, Axis]
    names: Mapping[str, tuple[str, str]]
    needs: Mapping[str, int]
    facts: Mapping[str, tuple[tuple[int, float, float], ...]]
    functions: Mapping[str, tuple[tuple[int, float], ...]]
    lowest: tuple[float, ...]
    levels: tuple[int, ...]


def read_form(tables: Catalog) -> Form:
    """Read the questionnaire of a catalog.

    Parameters
    ----------
    tables : Catalog
        A catalog, or any object whose ``table(name)`` gives its tables.

    Returns
    -------
    Form
        The questionnaire; the order of the rows of the tables does not matter.

    Raises
    ------
    CatalogError
        If a question belongs to no dimension and no need, has no answers, or a dimension can never be scored.
    """
    about = {str(key): str(value) for key, value in tables.table("questionnaire").iloc[0].items()}
    dimensions = _ordered(tables, "dimensions")
    questions = _ordered(tables, "questions")
    place = {question: column for column, question in enumerate(questions["question"])}
    options = tables.table("options")
    places = options["question"].map(place)
    options = options.assign(_place=places).sort_values(["_place", "position"], ignore_index=True)
    options = options.drop(columns="_place")
    needs = _ordered(tables, "needs")
    _check_blocks(questions, options, [*dimensions["dimension"], *needs["need"]])
    numbers = _numbers(options)
    levels = tables.table("levels").sort_values("score_min")
    return Form(
        about=about,
        questions=questions,
        options=options,
        numbers=numbers,
        axes={key: _axis(key, questions, numbers, about) for key in dimensions["dimension"]},
        names={row["dimension"]: (row["name_fr"], row["name_en"]) for row in dimensions.to_dict("records")},
        needs={row["need"]: place[row["question"]] for row in needs.to_dict("records")},
        facts=_facts(tables, place),
        functions=_functions(tables, place),
        lowest=tuple(levels["score_min"].astype(float)),
        levels=tuple(levels["level"].astype(int)),
    )


def _ordered(tables: Catalog, name: str) -> pd.DataFrame:
    """Return a table in the order of its positions."""
    return tables.table(name).sort_values("position", ignore_index=True)


def _check_blocks(questions: pd.DataFrame, options: pd.DataFrame, blocks: list[str]) -> None:
    """Refuse a question without a place or without answers."""
    for row in questions.to_dict("records"):
        if row["block"] not in blocks:
            raise CatalogError(
                f"questions.csv, question {row['question']}, column block: must be the key of a dimension or "
                f"of a need. Got {row['block']!r}."
            )
    bare = sorted(set(questions["question"]) - set(options["question"]))
    if bare:
        raise CatalogError(f"options.csv: every question must have options. Got none for {bare[0]!r}.")


def _numbers(options: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the number that each option stands for."""
    values = options["points"].fillna(options["urgency"]).astype(float)
    if values.isna().any():
        row = options[values.isna().to_numpy()].iloc[0]
        raise CatalogError(
            f"options.csv, question {row['question']}, option {row['option']}: must have points or urgency. "
            "Got neither."
        )
    numbers: dict[str, dict[str, float]] = {}
    for question, option, value in zip(options["question"], options["option"], values, strict=True):
        numbers.setdefault(question, {})[option] = value
    return numbers


def _axis(
    dimension: str,
    questions: pd.DataFrame,
    numbers: Mapping[str, Mapping[str, float]],
    about: Mapping[str, str],
) -> Axis:
    """Return the questions of one dimension."""
    own = questions[questions["block"] == dimension]
    axis = Axis(
        columns=tuple(own.index.tolist()),
        weights=tuple(own["weight"].astype(float)),
        tops=tuple(max(numbers[question].values()) for question in own["question"]),
        core=tuple(own["core"].astype(bool)),
        min_answered=int(float(about["min_answered"])),
        min_core=int(float(about["min_core"])),
    )
    if len(axis.columns) < axis.min_answered or sum(axis.core) < axis.min_core:
        raise CatalogError(
            f"questions.csv: dimension {dimension!r} must have at least {axis.min_answered} questions, "
            f"{axis.min_core} of them core. Got {len(axis.columns)}, {sum(axis.core)} of them core."
        )
    return axis


def _facts(tables: Catalog, place: Mapping[str, int]) -> dict[str, tuple[tuple[int, float, float], ...]]:
    """Return the rows from which each fact is read."""
    facts: dict[str, list[tuple[int, float, float]]] = {
        fact: [] for fact in _ordered(tables, "facts")["fact"]
    }
    for row in tables.table("question_facts").to_dict("records"):
        read = (place[row["question"]], float(row["points_at_least"]), float(row["points_below"]))
        facts[row["fact"]].append(read)
    return {fact: tuple(sorted(rows)) for fact, rows in facts.items()}


def _functions(tables: Catalog, place: Mapping[str, int]) -> dict[str, tuple[tuple[int, float], ...]]:
    """Return the answers that show a function to be served already."""
    functions: dict[str, list[tuple[int, float]]] = {}
    table = tables.table("question_functions").sort_values(["function", "question"])
    for row in table.to_dict("records"):
        functions.setdefault(row["function"], []).append((place[row["question"]], row["points_at_least"]))
    return {function: tuple(rows) for function, rows in functions.items()}
