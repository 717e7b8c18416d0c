"""Why a tool is recommended: exact contributions, and the reasons read from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hrtools_reco.catalog import Catalog, YearlyCosts, gated_tools, light_tools, naming, need_answers
from hrtools_reco.firms import Firms
from hrtools_reco.model import (
    BASE,
    BLOCKS,
    BRANCH,
    COST,
    HISTORY,
    READINESS,
    SIZE,
    LinearModel,
    ProfileEncoder,
)

PRESSING, REAL = 75.0, 50.0
MAX_REASONS = 3
_MIN_ANSWER = 0.3


@dataclass(frozen=True, kw_only=True)
class ReasonKind:
    """One kind of reason for many pairs: how much it weighs, and which text says it."""

    strength: np.ndarray
    variant: np.ndarray
    texts: Sequence[str]


class Explainer:
    """Split scores into contributions and put them into words.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the texts.
    encoder : ProfileEncoder
        Encoder of the profiles.
    model : LinearModel
        Weights of the model, in points.
    """

    def __init__(self, catalog: Catalog, encoder: ProfileEncoder, model: LinearModel) -> None:
        self._catalog = catalog
        self._model = model
        self._weights = np.ascontiguousarray(model.prior.T)
        blocks = [feature.block for feature in encoder.features]
        sources = [feature.source for feature in encoder.features]
        self._source_starts = [i for i, name in enumerate(sources) if i == 0 or sources[i - 1] != name]
        self._sources = [*(sources[start] for start in self._source_starts), HISTORY]
        of_source = [*(blocks[start] for start in self._source_starts), HISTORY]
        self._block_of_source = np.array([BLOCKS.index(block) for block in of_source])
        self._expected = encoder.expected
        self._answers = need_answers(catalog)
        self._texts: dict[str, list[tuple[str, list[str]]]] = {}
        self._prepare_tools()

    def _prepare_tools(self) -> None:
        """Read what the reasons say of the tools themselves."""
        tools, catalog, costs = self._catalog.tools, self._catalog, YearlyCosts(self._catalog)
        kinds = list(catalog.keys("kinds"))
        paid = np.where(costs.free, 0, np.where(tools["price_model"].isna(), 2, 1))
        self._kind = np.array([kinds.index(kind) for kind in tools["kind"]]) * 3 + paid
        self._gated, self._light = gated_tools(catalog), light_tools(catalog)
        self._sold = ~costs.free & self._gated
        self._sector = naming(catalog, "sector_branches", catalog.keys("branches"))
        self._local = naming(catalog, "regions", catalog.keys("regions"))

    def by_source(self, encoded: np.ndarray, installed: np.ndarray, tools: np.ndarray) -> np.ndarray:
        """Sum the contributions of each source of features; the last one is history.

        Parameters
        ----------
        encoded : ndarray of shape (n_pairs, n_features)
            Profile of each pair.
        installed : ndarray of bool of shape (n_pairs, n_tools)
            Tools in place at the firm of each pair.
        tools : ndarray of int of shape (n_pairs,)
            Tool of each pair.

        Returns
        -------
        ndarray of shape (n_pairs, n_sources)
            Points.
        """
        summed = np.add.reduceat(encoded * self._weights[tools], self._source_starts, axis=1)
        return np.column_stack([summed, self._model.history_points(encoded, installed, tools)])

    def contributions(self, sources: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Sum the contributions of each block.

        Parameters
        ----------
        sources : ndarray of shape (n_pairs, n_sources)
            Contributions by source.
        scores : ndarray of shape (n_pairs,)
            Scores; what is cut off at 0 or at 100 is taken from ``base``.

        Returns
        -------
        ndarray of shape (n_pairs, 7)
            Points by block, in the order of ``BLOCKS``; each row sums to its score.
        """
        member = self._block_of_source[:, None] == np.arange(len(BLOCKS))
        blocks = sources @ member.astype(float)
        blocks[:, BLOCKS.index(BASE)] += scores - blocks.sum(axis=1)
        return blocks

    def reasons(
        self, profiles: Firms, firms: np.ndarray, tools: np.ndarray, sources: np.ndarray, lang: str
    ) -> list[tuple[str, ...]]:
        """Put the two or three main contributions of each pair into words.

        Parameters
        ----------
        profiles : Firms
            The firms.
        firms, tools : ndarray of int of shape (n_pairs,)
            The pairs.
        sources : ndarray of shape (n_pairs, n_sources)
            Contributions by source.
        lang : {"fr", "en"}
            Language.

        Returns
        -------
        list of tuple of str
            Up to three reasons for each pair, the weightiest first.
        """
        kinds = self._reason_kinds(profiles, firms, tools, sources, lang)
        strength = np.column_stack([kind.strength for kind in kinds])
        # Distinct texts are numbered, so that a batch builds each of them once.
        offsets = np.cumsum([0] + [len(kind.texts) for kind in kinds[:-1]])
        codes = np.column_stack([kind.variant + start for kind, start in zip(kinds, offsets, strict=True)])
        texts = [text for kind in kinds for text in kind.texts]
        order = np.argsort(-strength, axis=1, kind="stable")[:, :MAX_REASONS]
        chosen = np.where(
            np.take_along_axis(strength, order, axis=1) > 0, np.take_along_axis(codes, order, axis=1), -1
        )
        rows, which = np.unique(chosen, axis=0, return_inverse=True)
        said = [tuple(texts[code] for code in row if code >= 0) for row in rows]
        return [said[row] for row in which.ravel()]

    def _reason_kinds(
        self, profiles: Firms, firms: np.ndarray, tools: np.ndarray, sources: np.ndarray, lang: str
    ) -> list[ReasonKind]:
        """Weigh every kind of reason for every pair; a reason that does not hold weighs nothing."""
        catalog = self._catalog
        of_source = {name: sources[:, position] for position, name in enumerate(self._sources)}
        of_block = {
            block: sources[:, self._block_of_source == BLOCKS.index(block)].sum(axis=1) for block in BLOCKS
        }
        n_pairs, first = len(tools), np.zeros(len(tools), dtype=np.int64)
        kinds = [self._kind_reason(of_block[BASE], tools, lang)]
        expected = self._expected.of(profiles)
        for position, need in enumerate(catalog.keys("needs")):
            name = catalog.labels("needs", lang)[need]
            name = name[0].lower() + name[1:]
            answered = self._answers[position, tools] >= _MIN_ANSWER
            urgency = profiles.needs[firms, position]
            texts = [catalog.text(f"reason_need_{word}", lang, need=name) for word in ("real", "pressing")]
            stated = np.where(answered & (urgency >= REAL), of_source[f"need_{need}"], 0.0)
            kinds.append(
                ReasonKind(strength=stated, variant=(urgency >= PRESSING).astype(np.int64), texts=texts)
            )
            common = answered & np.isnan(urgency) & (expected[firms, position] >= REAL)
            strength = np.where(common, of_source[f"expected_{need}"], 0.0)
            texts = [catalog.text("reason_expected", lang, need=name)]
            kinds.append(ReasonKind(strength=strength, variant=first, texts=texts))
        branch, region = profiles.branch[firms], profiles.region[firms]
        sector, local = self._sector[branch, tools], self._local[region, tools] & (region >= 0)
        place = np.maximum(of_block[BRANCH], 0.0)
        names = catalog.labels("branches", lang).values()
        texts = [catalog.text("reason_sector", lang, branch=name.split(" (")[0]) for name in names]
        kinds.append(ReasonKind(strength=np.where(sector, place, 0.0), variant=branch, texts=texts))
        texts = [catalog.text("reason_region", lang, region=name) for name in catalog.keys("regions")]
        kinds.append(
            ReasonKind(strength=np.where(local, place, 0.0), variant=np.maximum(region, 0), texts=texts)
        )
        ready = ~np.isnan(profiles.maturity).all(axis=1)[firms]
        plain = [
            ("reason_size", self._gated[tools], of_block[SIZE]),
            ("reason_budget", self._sold[tools] & ~np.isnan(profiles.budget[firms]), of_block[COST]),
            ("reason_ready", self._gated[tools] & ready, of_block[READINESS]),
            ("reason_light", self._light[tools], of_block[READINESS]),
            ("reason_history", np.ones(n_pairs, dtype=bool), of_block[HISTORY]),
        ]
        for key, holds, points in plain:
            kinds.append(
                ReasonKind(
                    strength=np.where(holds, points, 0.0), variant=first, texts=[catalog.text(key, lang)]
                )
            )
        assert all(len(kind.strength) == n_pairs for kind in kinds)
        return kinds

    def _kind_reason(self, base: np.ndarray, tools: np.ndarray, lang: str) -> ReasonKind:
        """Say what kind of help the tool is; this reason always holds."""
        texts = [
            self._catalog.text(f"reason_kind_{kind}_{price}", lang)
            for kind in self._catalog.keys("kinds")
            for price in ("free", "paid", "unknown")
        ]
        return ReasonKind(strength=np.maximum(base, 1e-9), variant=self._kind[tools], texts=texts)
