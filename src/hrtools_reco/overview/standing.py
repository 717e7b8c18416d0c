"""Where a firm stands among those of its branch and size: a spread, not a mean alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import Catalog, catalog_of, label_of, load_catalog
from hrtools_reco.columns import BRANCH
from hrtools_reco.firms import SIZE, CompanyProfile, firms_of, group_firms, profile_of
from hrtools_reco.texts import check_lang
from hrtools_reco.views import Result, plain_value

QUANTILES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
LEAST_PEERS = 5


@dataclass(frozen=True, kw_only=True)
class Standing(Result):
    """Where a firm stands among its peers.

    Attributes
    ----------
    profile : CompanyProfile
        The firm.
    n_peers : int
        Firms of its branch and class of size.
    frame : DataFrame
        One row for each dimension of maturity and each need: ``topic`` (``maturity`` or ``need``), ``key,
        value`` (of the firm, NaN if unknown), ``n_known`` (peers whose score is known), ``p10, p25, median,
        p75, p90`` of them, from 0 to 100, and ``share_below``, the share of them below the firm (of equal
        ones the half). NaN where fewer than five are known.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> peers = hr.simulate_firms(400, seed=2)
    >>> firm = {"branch": "leather_goods", "headcount": 8, "maturity": {"recruitment": 95}}
    >>> found = hr.standing(firm, peers)
    >>> bool(found.frame.set_index("key").loc["recruitment", "share_below"] > 0.5)
    True
    """

    profile: CompanyProfile
    n_peers: int
    frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return the spread as a table.

        Returns
        -------
        DataFrame
            A copy of ``frame``.
        """
        return self.frame.copy()

    def to_text(self, lang: str = "fr") -> str:
        """Return the spread as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            One line for each dimension and need that enough of the peers told.
        """
        used = catalog_of(None)
        lines = [used.text("standing_title", lang, n=self.n_peers), *self.lines(lang)]
        if len(lines) == 1:
            lines.append(used.text("standing_few", lang, n=LEAST_PEERS))
        return "\n".join(lines)

    def lines(self, lang: str = "fr", *, measured: bool = False) -> list[str]:
        """Say the spread of each score, and where the firm stands in it.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.
        measured : bool, default=False
            Whether to tell only the dimensions in which the firm has a score.

        Returns
        -------
        list of str
            One line for each dimension and need that enough of the peers told.
        """
        check_lang(lang)
        used, lines = catalog_of(None), []
        wanted = self.frame["median"].notna()
        if measured:
            wanted &= self.frame["value"].notna() & (self.frame["topic"] == "maturity")
        for row in self.frame[wanted].to_dict("records"):
            table = "dimensions" if row["topic"] == "maturity" else "needs"
            numbers = {name: f"{row[name]:.0f}" for name in QUANTILES}
            said = used.text("standing_spread", lang, **numbers)
            if not np.isnan(row["value"]):
                share = f"{100 * row['share_below']:.0f}"
                said += used.text("standing_own", lang, value=f"{row['value']:.0f}", share=share)
            lines.append(f"  {label_of(used, table, row['key'], lang)}{used.text('colon', lang)}{said}")
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``profile, n_peers, spread``.
        """
        return {
            "profile": self.profile.to_dict(),
            "n_peers": self.n_peers,
            "spread": plain_value(self.frame),
        }


def standing(profile: Any, companies: Any, *, catalog: Catalog | None = None) -> Standing:
    """Tell where a firm stands among those of its branch and class of size.

    Parameters
    ----------
    profile : CompanyProfile or mapping
        The firm.
    companies : table or sequence of CompanyProfile or of mappings
        Firms to compare it with; those of its branch and class of size count.
    catalog : Catalog, optional
        Catalog of the names. ``None`` is the bundled one.

    Returns
    -------
    Standing
        The spread of each score, and the place of the firm in it.

    Raises
    ------
    InvalidTableError
        If a cell of the firms is wrong.
    InvalidValueError
        If the size of the firm is not known well enough to have peers.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> firm = {"branch": "textile", "headcount": 30}
    >>> list(hr.standing(firm, hr.simulate_firms(100, seed=1)).frame["topic"].unique())
    ['maturity', 'need']
    """
    used = catalog or load_catalog()
    firm = profile_of(profile, used)
    firms = [firms_of(given, used) for given in (firm, companies)]
    own, others = (group_firms(one, (BRANCH, SIZE), used) for one in firms)
    place = tuple(own.table.iloc[0])
    if place[1] == "unknown":
        raise invalid("headcount", "known well enough to tell the class of size", firm.headcount_band)
    same = (others.table == list(place)).all(axis=1).to_numpy()[others.code]
    peers = firms[1].take(np.flatnonzero(same))
    parts = [
        _spread(topic, used.keys(table), getattr(firms[0], field)[0], getattr(peers, field))
        for topic, table, field in (("maturity", "dimensions", "maturity"), ("need", "needs", "needs"))
    ]
    return Standing(profile=firm, n_peers=len(peers), frame=pd.concat(parts, ignore_index=True))


def _spread(topic: str, keys: tuple[str, ...], own: np.ndarray, scores: np.ndarray) -> pd.DataFrame:
    """Return the spread of each column of scores, and the place of one firm in it."""
    known = ~np.isnan(scores)
    n_known = known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        below = ((scores < own) + 0.5 * (scores == own)).sum(axis=0) / np.maximum(n_known, 1)
    enough = n_known >= LEAST_PEERS
    spread = np.full((len(QUANTILES), len(keys)), np.nan)
    if enough.any():
        spread[:, enough] = np.nanquantile(scores[:, enough], list(QUANTILES.values()), axis=0)
    return pd.DataFrame(
        {
            "topic": topic,
            "key": keys,
            "value": own,
            "n_known": n_known,
            **dict(zip(QUANTILES, spread, strict=True)),
            "share_below": np.where(enough & ~np.isnan(own), below, np.nan),
        }
    )
