"""The tables of the questionnaire, read into what the scoring uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog
from hrtools_reco.diagnostic.contradictions import Pair, read_pairs
from hrtools_reco.diagnostic.maturity import Axis, Floats
from hrtools_reco.diagnostic.versions import Links
from hrtools_reco.exceptions import CatalogError
from hrtools_reco.texts import Text


@dataclass(frozen=True, kw_only=True, eq=False)
class Worth:
    """What the answers of one question are worth: points (0-4) or urgency (0-100).

    Attributes
    ----------
    plain : ndarray of shape (n_options,)
        Where the headcount does not matter or is not known.
    headcounts : ndarray of shape (n_sizes,)
        Headcounts from which the rows of ``sized`` hold, rising from 0; none if it does not matter.
    sized : ndarray of shape (n_sizes, n_options)
        At each size.
    """

    plain: Floats
    headcounts: Floats
    sized: Floats

    def of(self, chosen: np.ndarray, headcount: Floats) -> Floats:
        """Return what each firm's answer is worth, NaN where there is none (-1)."""
        values: Floats = np.append(self.plain, np.nan)[chosen]
        known = ~np.isnan(headcount)
        if len(self.headcounts) and known.any():
            at = np.searchsorted(self.headcounts, headcount[known], side="right") - 1
            missing = np.full((len(self.sized), 1), np.nan)
            values[known] = np.hstack([self.sized, missing])[at, chosen[known]]
        return values


@dataclass(frozen=True, kw_only=True, eq=False)
class Form:
    """The questionnaire as the scoring uses it; a column is the place of a question in ``questions``.

    Attributes
    ----------
    about : mapping of str to str
        Key, version and sentences of the questionnaire.
    questions, options, facts : DataFrame
        The tables in the order of the form; facts have questions of their own.
    codes : mapping of str to tuple of str
        Answers of each question.
    worth : mapping of str to Worth
        What the answers of each question are worth.
    axes : mapping of str to Axis
        The questions of each dimension.
    names : mapping of str to Text
        Name of each dimension.
    needs : mapping of str to int
        Column of the question that answers each need.
    read_facts : mapping of str to tuple
        For each fact: column, points from which it is true (NaN: never), points under which it is not.
    functions : mapping of str to tuple
        For each function that answers can show to be served: column, points from which it is.
    lowest : tuple of float
        Lowest score of each level, from 0 to 100.
    levels : tuple of int
        The levels, in the same order.
    pairs : tuple of Pair
        Answers that do not go together.
    links : Links
        How older versions are read.
    """

    about: Mapping[str, str]
    questions: pd.DataFrame
    options: pd.DataFrame
    facts: pd.DataFrame
    codes: Mapping[str, tuple[str, ...]]
    worth: Mapping[str, Worth]
    axes: Mapping[str, Axis]
    names: Mapping[str, Text]
    needs: Mapping[str, int]
    read_facts: Mapping[str, tuple[tuple[int, float, float], ...]]
    functions: Mapping[str, tuple[tuple[int, float], ...]]
    lowest: tuple[float, ...]
    levels: tuple[int, ...]
    pairs: tuple[Pair, ...]
    links: Links

    @property
    def version(self) -> str:
        """Version of the questionnaire."""
        return self.about["version"]


def read_form(tables: Catalog) -> Form:
    """Read the questionnaire of a catalog.

    Parameters
    ----------
    tables : Catalog
        A catalog, or any object whose ``table(name)`` gives its tables.

    Returns
    -------
    Form
        The questionnaire.

    Raises
    ------
    CatalogError
        If a question belongs to no dimension and no need, has no answers, or a dimension can never be scored.
    """
    about = {str(key): str(value) for key, value in tables.table("questionnaire").iloc[0].items()}
    dimensions, needs, facts = (_ordered(tables, name) for name in ("dimensions", "needs", "facts"))
    questions = _ordered(tables, "questions")
    place = {question: column for column, question in enumerate(questions["question"])}
    options = tables.table("options")
    options = options.assign(_place=options["question"].map(place))
    options = options.sort_values(["_place", "position"], ignore_index=True).drop(columns="_place")
    _check_blocks(questions, options, [*dimensions["dimension"], *needs["need"]])
    listed = {str(key): tuple(rows["option"]) for key, rows in options.groupby("question")}
    codes = {question: listed[question] for question in place}
    worth = _worth(options, codes, tables.table("option_sizes"))
    levels = tables.table("levels").sort_values("score_min")
    return Form(
        about=about,
        questions=questions,
        options=options,
        facts=facts,
        codes=codes,
        worth=worth,
        axes={key: _axis(key, questions, worth, about) for key in dimensions["dimension"]},
        names={
            row["dimension"]: Text(row["name_fr"], row["name_en"]) for row in dimensions.to_dict("records")
        },
        needs={row["need"]: place[row["question"]] for row in needs.to_dict("records")},
        read_facts=_read_facts(tables, place, facts["fact"].tolist()),
        functions=_functions(tables, place),
        lowest=tuple(levels["score_min"].astype(float)),
        levels=tuple(levels["level"].astype(int)),
        pairs=read_pairs(tables, codes, facts["fact"].tolist()),
        links=Links(tables),
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


def _worth(
    options: pd.DataFrame, codes: Mapping[str, tuple[str, ...]], sizes: pd.DataFrame
) -> dict[str, Worth]:
    """Return what the answers of each question are worth."""
    values = options["points"].fillna(options["urgency"]).astype(float)
    if values.isna().any():
        row = options[values.isna().to_numpy()].iloc[0]
        raise CatalogError(
            f"options.csv, question {row['question']}, option {row['option']}: must have points or urgency. "
            "Got neither."
        )
    plain = {str(key): np.asarray(own, dtype=np.float64) for key, own in values.groupby(options["question"])}
    none = np.empty(0)
    found = {key: Worth(plain=plain[key], headcounts=none, sized=none) for key in codes}
    for key, rows in sizes.groupby("question"):
        question = str(key)
        table = rows.pivot(index="headcount_min", columns="option", values="value")
        table = table.reindex(columns=list(codes[question])).sort_index()
        if table.isna().any(axis=None) or table.index[0] != 0 or (table.diff(axis=1) < 0).any(axis=None):
            raise CatalogError(
                f"option_sizes.csv, question {question}: must have a value for each option, from a headcount "
                "of 0 on, none below that of the option before it. Got otherwise."
            )
        knots = table.index.to_numpy(dtype=float)
        found[question] = Worth(plain=plain[question], headcounts=knots, sized=table.to_numpy(dtype=float))
    return found


def _axis(
    dimension: str, questions: pd.DataFrame, worth: Mapping[str, Worth], about: Mapping[str, str]
) -> Axis:
    """Return the questions of one dimension."""
    own = questions[questions["block"] == dimension]
    axis = Axis(
        columns=tuple(own.index.tolist()),
        weights=tuple(own["weight"].astype(float)),
        tops=tuple(float(worth[question].plain.max()) for question in own["question"]),
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


def _read_facts(
    tables: Catalog, place: Mapping[str, int], facts: list[str]
) -> dict[str, tuple[tuple[int, float, float], ...]]:
    """Return the rows from which each fact is read."""
    found: dict[str, list[tuple[int, float, float]]] = {fact: [] for fact in facts}
    for row in tables.table("question_facts").to_dict("records"):
        read = (place[row["question"]], float(row["points_at_least"]), float(row["points_below"]))
        found[row["fact"]].append(read)
    return {fact: tuple(sorted(rows)) for fact, rows in found.items()}


def _functions(tables: Catalog, place: Mapping[str, int]) -> dict[str, tuple[tuple[int, float], ...]]:
    """Return the answers that show a function to be served already."""
    functions: dict[str, list[tuple[int, float]]] = {}
    table = tables.table("question_functions").sort_values(["function", "question"])
    for row in table.to_dict("records"):
        functions.setdefault(row["function"], []).append((place[row["question"]], row["points_at_least"]))
    return {function: tuple(rows) for function, rows in functions.items()}
