"""Ranked tools of many firms, as the long table that goes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hrtools_reco.answer.explanation import Explainer
from hrtools_reco.answer.ranking import NO_TOOL
from hrtools_reco.answer.results import Shortfall
from hrtools_reco.catalog import Catalog
from hrtools_reco.columns import (
    COMPANY_ID,
    CONTRIBUTION_PREFIX,
    N_FIT,
    N_TO_CHECK,
    RANK,
    REASONS,
    SCORE,
    SHORTFALL,
    STATUS,
    TOOL_ID,
)
from hrtools_reco.firms import Firms
from hrtools_reco.model import BLOCKS
from hrtools_reco.rules import FAIL, STATUSES, Rule


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """Ranked tools of some firms.

    Attributes
    ----------
    tools : ndarray of int of shape (n_firms, k)
        Positions of the tools, best first; ``NO_TOOL`` where there are fewer.
    scores, statuses : ndarray of shape (n_firms, k)
        Score and status of each of them.
    n_fit, n_to_check : ndarray of int of shape (n_firms,)
        Tools of the catalog with these statuses.
    encoded : ndarray of shape (n_firms, n_features)
        The firms as vectors.
    """

    tools: np.ndarray
    scores: np.ndarray
    statuses: np.ndarray
    n_fit: np.ndarray
    n_to_check: np.ndarray
    encoded: np.ndarray

    @property
    def filled(self) -> np.ndarray:
        """Whether there is a tool at each place."""
        return self.tools != NO_TOOL

    @property
    def missing(self) -> np.ndarray:
        """How many tools each firm has fewer than asked for."""
        missing: np.ndarray = (~self.filled).sum(axis=1)
        return missing

    def of_firm(self, row: int) -> Iterator[tuple[int, float, int]]:
        """Yield tool, score and status of one firm, best first."""
        n_tools = int(self.filled[row].sum())
        return zip(
            self.tools[row, :n_tools].tolist(),
            self.scores[row, :n_tools].tolist(),
            self.statuses[row, :n_tools].tolist(),
            strict=True,
        )


def recommendation_frame(
    ranked: Ranked,
    profiles: Firms,
    catalog: Catalog,
    explainer: Explainer,
    *,
    contributions: bool = False,
    reasons: str | None = None,
) -> pd.DataFrame:
    """Write ranked tools as one row for each recommendation.

    Parameters
    ----------
    ranked : Ranked
        The ranked tools.
    profiles : Firms
        The firms.
    catalog : Catalog
        Catalog of the tools.
    explainer : Explainer
        Source of contributions and reasons.
    contributions : bool, default=False
        Whether to add the contributions.
    reasons : {"fr", "en"}, optional
        Language of the column of reasons; ``None`` leaves it out.

    Returns
    -------
    DataFrame
        The rows, by firm and then by rank.
    """
    firms, places = np.nonzero(ranked.filled)
    tools, scores = ranked.tools[firms, places], ranked.scores[firms, places]
    frame = pd.DataFrame(
        {
            COMPANY_ID: profiles.company_id[firms],
            RANK: places + 1,
            TOOL_ID: np.array(catalog.tool_ids, dtype=object)[tools],
            SCORE: scores,
            STATUS: np.array(STATUSES, dtype=object)[ranked.statuses[firms, places]],
            N_FIT: ranked.n_fit[firms],
            N_TO_CHECK: ranked.n_to_check[firms],
            SHORTFALL: ranked.missing[firms],
        }
    )
    if not contributions and reasons is None:
        return frame
    in_place = profiles.installed[:, : len(catalog.tool_ids)]
    sources = explainer.by_source(ranked.encoded[firms], in_place[firms], tools)
    if contributions:
        blocks = explainer.contributions(sources, scores)
        for position, block in enumerate(BLOCKS):
            frame[CONTRIBUTION_PREFIX + block] = blocks[:, position]
    if reasons is not None:
        separator = catalog.text("reason_separator", reasons)
        said = explainer.reasons(profiles, firms, tools, sources, reasons)
        frame[REASONS] = pd.Series([separator.join(texts) for texts in said], dtype=object)
    return frame


def explain_shortfalls(
    ranked: Ranked,
    profiles: Firms,
    rules: Sequence[Rule],
    catalog: Catalog,
    max_per_function: int | None,
) -> list[Shortfall]:
    """Say why some firms have fewer recommendations than asked for.

    Parameters
    ----------
    ranked : Ranked
        The ranked tools.
    profiles : Firms
        The firms.
    rules : sequence of Rule
        The rules.
    catalog : Catalog
        Catalog of the texts.
    max_per_function : int or None
        The cap that was kept.

    Returns
    -------
    list of Shortfall
        One for each such firm, in order.
    """
    short = np.flatnonzero(ranked.missing > 0)
    if not len(short):
        return []
    firms = profiles.take(short)
    n_failed = np.column_stack(
        [np.broadcast_to((rule.outcomes(firms) == FAIL).sum(axis=1), len(short)) for rule in rules]
    )
    k, worst = ranked.tools.shape[1], n_failed.argmax(axis=1)
    eligible = (ranked.n_fit + ranked.n_to_check)[short]
    keys = np.column_stack([ranked.missing[short], eligible, worst, n_failed.max(axis=1)])
    distinct, which = np.unique(keys, axis=0, return_inverse=True)
    said = [_shortfall_texts(row.tolist(), k, rules, catalog, max_per_function) for row in distinct]
    return [
        Shortfall(company_id=company_id, missing=int(missing), reason_fr=said[at][0], reason_en=said[at][1])
        for company_id, missing, at in zip(
            firms.company_id, ranked.missing[short], which.ravel(), strict=True
        )
    ]


def _shortfall_texts(
    key: list[int], k: int, rules: Sequence[Rule], catalog: Catalog, max_per_function: int | None
) -> tuple[str, str]:
    """Write one reason in French and in English."""
    missing, n_eligible, worst, n_failed = key
    texts = []
    for lang in ("fr", "en"):
        if n_eligible > k - missing:
            reason = catalog.text("shortfall_cap", lang, n_eligible=n_eligible, cap=max_per_function)
        else:
            label = rules[worst].labels.get(lang, rules[worst].name)
            reason = catalog.text(
                "shortfall_rules", lang, n_eligible=n_eligible, rule=label, n_failed=n_failed
            )
        texts.append(catalog.text("shortfall", lang, missing=missing, k=k, reason=reason))
    return texts[0], texts[1]
