"""Answers to one version of the questionnaire, read as answers to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from hrtools_reco._checks import unknown_name
from hrtools_reco.catalog import Catalog

SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Translation:
    """Answers of many firms in the words of another version.

    Attributes
    ----------
    answers : DataFrame
        One row for each firm, one column for each question (or fact) of the other version.
    same : DataFrame of bool
        Same shape: whether an answer means the same in both versions. Progress is measured on these only.
    lost : tuple of str
        Columns of the older version without a counterpart.
    """

    answers: pd.DataFrame
    same: pd.DataFrame
    lost: tuple[str, ...]


class Links:
    """The table of links between versions.

    Parameters
    ----------
    tables : Catalog
        Catalog with the table ``question_links``.
    """

    def __init__(self, tables: Catalog) -> None:
        table = tables.table("question_links")
        self._steps: dict[str, tuple[str, pd.DataFrame]] = {
            str(version): (str(rows["to_version"].iloc[0]), rows)
            for version, rows in table.groupby("from_version")
        }

    @property
    def versions(self) -> tuple[str, ...]:
        """Older versions that can be read."""
        return tuple(self._steps)

    def questions(self, version: str) -> tuple[str, ...]:
        """Return the questions of an older version; none if no link leads from it."""
        if version not in self._steps:
            return ()
        return tuple(dict.fromkeys(self._steps[version][1]["from_question"]))

    def options_of(self, values: Mapping[str, float], version: str) -> dict[str, str]:
        """Return the answers of an older version that were worth some points.

        Parameters
        ----------
        values : mapping of str to float
            Points by question, as older scores were stored.
        version : str
            Version of the questionnaire.

        Returns
        -------
        dict of str to str
            Answer by question; points that no answer gives are left out.
        """
        if version not in self._steps:
            return {}
        rows = self._steps[version][1]
        of_value = dict(
            zip(zip(rows["from_question"], rows["from_value"], strict=True), rows["from_option"], strict=True)
        )
        found = {question: of_value.get((question, value)) for question, value in values.items()}
        return {question: option for question, option in found.items() if option is not None}

    def translate(self, answers: pd.DataFrame, version: str, target: str) -> Translation:
        """Read answers to one version as answers to a newer one.

        Parameters
        ----------
        answers : DataFrame
            One row for each firm; columns are questions and facts.
        version, target : str
            Version that was answered, and the one to read it in.

        Returns
        -------
        Translation
            The answers; facts, and cells that are no option, stay as they are.

        Raises
        ------
        UnknownNameError
            If no link leads from one version to the other.
        """
        found = answers
        same = pd.DataFrame(True, index=answers.index, columns=answers.columns)
        lost: list[str] = []
        while version != target:
            if version not in self._steps:
                right = "the version of the questionnaire, or one that links lead from"
                raise unknown_name("version", version, (target, *self._steps), right)
            version, rows = self._steps[version]
            found, same, gone = _one_step(found, same, rows)
            lost += gone
        return Translation(answers=found, same=same, lost=tuple(lost))


def _one_step(
    answers: pd.DataFrame, same: pd.DataFrame, rows: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Read answers as those of the next version; return them, what means the same, and what is lost."""
    of_question = {str(question): own for question, own in rows.groupby("from_question")}
    found, means_same, lost = {}, {}, []
    for name in answers.columns:
        own = of_question.get(str(name))
        if own is None:  # a fact
            found[name], means_same[name] = answers[name], same[name]
            continue
        targets = own["to_question"].dropna().unique()
        if not len(targets):
            lost.append(str(name))
            continue
        cells = answers[name].astype(object)
        options = own.set_index("from_option")["to_option"]
        exact = set(own.loc[own["relation"] == SAME, "from_option"])
        known = cells.isin(options.index)
        found[targets[0]] = cells.where(~known, cells.map(options))
        means_same[targets[0]] = same[name] & cells.isin(exact)
    index = answers.index
    return pd.DataFrame(found, index=index), pd.DataFrame(means_same, index=index), lost
