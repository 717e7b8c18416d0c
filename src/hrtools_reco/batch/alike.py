"""Firms of which the same is known get the same answer: each distinct one is answered once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from hrtools_reco.answer.batch_results import AnswerPart
from hrtools_reco.firms import Firms

_NAMES = ("company_id", "implied")  # a key says nothing of a firm; what is implied follows from the rest
_MIX, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Which firms are alike.

    Attributes
    ----------
    firsts : ndarray of int of shape (n_distinct,)
        Row of a firm of each kind.
    kind : ndarray of int of shape (n_firms,)
        Kind of each firm.
    """

    firsts: np.ndarray
    kind: np.ndarray

    def spread(self, part: AnswerPart) -> AnswerPart:
        """Return the answer to all firms.

        Parameters
        ----------
        part : AnswerPart
            The answer to one firm of each kind.

        Returns
        -------
        AnswerPart
            The same for each firm that is alike.
        """
        n_kinds, n_firms, short = len(self.firsts), len(self.kind), part.shortfalls
        n_rows = np.bincount(part.firm, minlength=n_kinds)
        starts = np.cumsum(n_rows) - n_rows
        own = n_rows[self.kind]
        within = np.arange(own.sum()) - np.repeat(np.cumsum(own) - own, own)
        rows = np.repeat(starts[self.kind], own) + within
        place = np.full(n_kinds, -1)
        place[short.firm] = np.arange(len(short))
        is_short = np.flatnonzero(place[self.kind] >= 0)
        at = place[self.kind[is_short]]
        said = None if part.reasons is None else np.array(part.reasons, dtype=object)[rows].tolist()
        return AnswerPart(
            firm=np.repeat(np.arange(n_firms), own),
            **{name: getattr(part, name)[rows] for name in ("rank", "tool", "status", "score", "certainty")},
            n_fit=part.n_fit[self.kind],
            n_to_check=part.n_to_check[self.kind],
            contributions=None if part.contributions is None else part.contributions[rows],
            reasons=said,
            shortfalls=replace(short, firm=is_short, missing=short.missing[at], reason=short.reason[at]),
        )


def find_alike(firms: Firms) -> Alike | None:
    """Find firms of which the same is known, to the last bit.

    Parameters
    ----------
    firms : Firms
        The firms.

    Returns
    -------
    Alike or None
        Which firms are alike; None if hardly any are.
    """
    words = np.column_stack([np.empty((len(firms), 0), dtype=np.uint64), *_words(firms)])
    mixed = np.zeros(len(firms), dtype=np.uint64)
    for column in words.T:
        mixed ^= column
        mixed *= _MIX
        mixed ^= mixed >> _SHIFT
    _, firsts, kind = np.unique(mixed, return_index=True, return_inverse=True)
    if len(firsts) > 0.9 * len(firms) or not np.array_equal(words, words[firsts[kind]]):
        return None
    return Alike(firsts=firsts, kind=kind)


def _words(firms: Firms) -> list[np.ndarray]:
    """Return what is known of each firm as whole numbers of 64 bits; what all firms share is left out."""
    found = []
    for item in fields(firms):
        values = getattr(firms, item.name)
        if item.name in _NAMES or values.strides[0] == 0:
            continue
        if values.dtype == bool:
            values = np.packbits(values, axis=1)
        table = np.ascontiguousarray(values).reshape(len(firms), -1)
        n_bytes = table.shape[1] * table.itemsize
        padded = np.zeros((len(firms), -(-n_bytes // 8) * 8), dtype=np.uint8)
        padded[:, :n_bytes] = table.view(np.uint8)
        found.append(padded.view(np.uint64))
    return found
