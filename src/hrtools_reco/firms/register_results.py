"""What comes of a register: profiles, and the rows that are none, each a sequence over one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, catalog_of, label_of, split_list
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT_BAND, REGION
from hrtools_reco.exceptions import Reject
from hrtools_reco.firms.profiles import CompanyProfile
from hrtools_reco.firms.vocabulary import UNKNOWN_BAND
from hrtools_reco.texts import Text, check_lang
from hrtools_reco.views import Result, html_box, html_frame, html_rows, html_title, plain_value

Row = TypeVar("Row")


class _Rows(Result, Sequence[Row], Generic[Row]):
    """A sequence of objects that are made from the rows of a table when they are asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return len(self.frame)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Row | Self:
        if isinstance(index, slice):
            return self._part(self.frame.iloc[index].reset_index(drop=True), index)
        return self._one(self.frame.iloc[index])

    def _part(self, frame: pd.DataFrame, index: slice) -> Self:
        """Return some rows as a sequence of the same kind."""
        raise NotImplementedError

    def _one(self, row: pd.Series) -> Row:
        """Return the object of one row."""
        raise NotImplementedError

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a table.

        Returns
        -------
        DataFrame
            A copy of ``frame``.
        """
        return self.frame.copy()

    def to_dict(self) -> list[dict[str, Any]]:
        """Return plain values, ready for JSON.

        Returns
        -------
        list of dict
            One for each row of ``frame``.
        """
        rows: list[dict[str, Any]] = plain_value(self.frame)
        return rows

    def to_html(self, lang: str = "fr") -> str:
        """Return the counts and the first rows as HTML.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            HTML; every text is escaped.
        """
        head, *lines = self.to_text(check_lang(lang)).split("\n")
        return html_box(html_title(head), html_rows(lines), html_frame(self.frame))


class RegisterProfiles(_Rows[CompanyProfile]):
    """The firms of a register that belong to a branch: a sequence of profiles over one table.

    Parameters
    ----------
    frame : DataFrame
        One firm a row: ``company_id, branch, region, headcount_band``, ready for a batch, and beside them
        ``naf, naf_version, idcc, department`` as the register has them.
    rows : ndarray of int of shape (n_firms,)
        Position of each firm among the rows of the register, from 0.
    catalog : Catalog
        Catalog whose branches they are of.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> row = {"siret": "39833035700615", "activitePrincipaleEtablissement": "15.12Z"}
    >>> row |= {"trancheEffectifsEtablissement": "03", "codeCommuneEtablissement": "57463"}
    >>> profiles, rejects = hr.profiles_from_sirene(row)
    >>> profiles[0].branch, profiles[0].region, len(rejects)
    ('leather_goods', 'Grand Est', 0)
    """

    def __init__(self, frame: pd.DataFrame, rows: np.ndarray, catalog: Catalog) -> None:
        super().__init__(frame)
        self.rows, self._catalog = rows, catalog

    def _part(self, frame: pd.DataFrame, index: slice) -> Self:
        return type(self)(frame, self.rows[index], self._catalog)

    def _one(self, row: pd.Series) -> CompanyProfile:
        return CompanyProfile(
            company_id=row[COMPANY_ID],
            branch=row[BRANCH],
            region=row[REGION],
            headcount_band=row[HEADCOUNT_BAND] or UNKNOWN_BAND,
            catalog=self._catalog,
        )

    def to_text(self, lang: str = "fr") -> str:
        """Return how many firms of which branch there are.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            A count, then one line for each branch.
        """
        used = catalog_of(self._catalog)
        lines = [used.text("register_firms", lang, n=len(self))]
        for branch, n in self.frame[BRANCH].value_counts().items():
            lines.append(f"  {label_of(used, 'branches', str(branch), lang)}{used.text('colon', lang)}{n}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"RegisterProfiles({len(self)} firms)"


@dataclass(frozen=True, kw_only=True)
class RegisterReject(Reject):
    """A row of a register that is no profile, and why.

    Attributes
    ----------
    row : int
        Position of the row in the register, from 0.
    column : str
        Column of the cell that says so.
    value : str
        What stands in it.
    message : str
        The reason in English, as in ``text``.
    company_id : str
        Key of the row.
    reason : str
        ``closed, not_diffusible, twice, retail, wholesale, other_trade, ambiguous, no_code, old_code,
        odd_code`` or ``odd_band``.
    candidates : tuple of str
        The branches that it may be.
    text : Text
        The reason in French and in English; with ``ambiguous``, the question that would settle it.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> _, rejects = hr.profiles_from_sirene({"siren": "398330357", "naf": "47.71Z"})
    >>> rejects[0].reason, rejects[0].message
    ('retail', '47.71Z: retail trade; outside the 8 branches.')
    """

    company_id: str
    reason: str
    candidates: tuple[str, ...]
    text: Text

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name.
        """
        own = {"company_id": self.company_id, "reason": self.reason, "candidates": list(self.candidates)}
        return super().to_dict() | own | {"text": self.text.to_dict()}


class RegisterRejects(_Rows[RegisterReject]):
    """The rows of a register that are no profile: a sequence over one table.

    Parameters
    ----------
    frame : DataFrame
        One row each: ``row, company_id, reason, column, value, candidates, message_fr, message_en``.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> _, rejects = hr.profiles_from_sirene([{"naf": "47.71Z"}, {"naf": "14.13Z"}])
    >>> rejects.frame["reason"].tolist(), rejects[1].candidates
    (['retail', 'ambiguous'], ('clothing', 'couture'))
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__(frame)

    def _part(self, frame: pd.DataFrame, index: slice) -> Self:
        return type(self)(frame)

    def _one(self, row: pd.Series) -> RegisterReject:
        return RegisterReject(
            row=int(row["row"]),
            column=row["column"],
            value=row["value"],
            message=row["message_en"],
            company_id=row[COMPANY_ID],
            reason=row["reason"],
            candidates=split_list(row["candidates"]),
            text=Text(row["message_fr"], row["message_en"]),
        )

    def to_text(self, lang: str = "fr") -> str:
        """Return how many rows are no profile, and why.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            A count, then one line for each reason.
        """
        lines = [catalog_of(None).text("register_rejects", lang, n=len(self))]
        said = self.frame[f"message_{check_lang(lang)}"].value_counts()
        return "\n".join([*lines, *(f"  {n} × {message}" for message, n in said.items())])

    def __repr__(self) -> str:
        counts = ", ".join(f"{reason}: {n}" for reason, n in self.frame["reason"].value_counts().items())
        return f"RegisterRejects({counts or 'none'})"
