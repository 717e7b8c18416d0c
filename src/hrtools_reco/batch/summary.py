"""What came of a file of firms: every firm is counted once, the reasons and the tools with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from hrtools_reco.answer import Shortfall, reject_frame
from hrtools_reco.answer.batch_results import AnswerPart
from hrtools_reco.catalog import Catalog, catalog_of
from hrtools_reco.exceptions import HRToolsError, Reject
from hrtools_reco.firms import Firms
from hrtools_reco.texts import Text
from hrtools_reco.views import Record, Result

_VALUE = " Got "  # what an error says before it shows the value


@dataclass(frozen=True, kw_only=True)
class BatchSummary(Record, Result):
    r"""What came of a file of firms; every firm of it is counted.

    Attributes
    ----------
    target : Path
        File or folder of the recommendations.
    n_firms : int
        Firms in the source, refused ones too.
    n_served : int
        Firms with one recommendation at least.
    n_unserved : int
        Firms for which no tool at all can be recommended.
    n_refused : int
        Firms that were left out because a cell is wrong.
    n_recommendations : int
        Rows of the target.
    n_shortfalls : int
        Firms with fewer than k recommendations.
    n_rejects : int
        Wrong cells of the refused firms.
    rejects : tuple of Reject
        The wrong cells, unless they went to a file of their own; their ``row`` is the row of the source, as
        a spreadsheet counts: the header is row 1.
    unserved : tuple of Shortfall
        The firms for which no tool at all can be recommended, unless they went to a file of their own.
    reasons : tuple of (Text, int)
        Why firms got fewer than k recommendations, and how many of them, the most frequent first.
    refusals : tuple of (str, int)
        What is wrong with cells, and how many of them, the most frequent first.
    tools : tuple of (str, str, int)
        Branch, tool, and to how many firms of the branch it is recommended: branch by branch, the most
        frequent first.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import hrtools_reco as hr
    >>> with TemporaryDirectory() as folder:
    ...     source = Path(folder) / "firms.csv"
    ...     _ = source.write_text("company_id;branch;headcount\na;pressing;4\nb;nowhere;60\n")
    ...     summary = hr.recommend_file(source, Path(folder) / "recs.csv", on_error="collect")
    >>> summary.accounts()
    {'read': 2, 'served': 1, 'short': 0, 'refused': 1}
    """

    target: Path
    n_firms: int
    n_served: int
    n_unserved: int
    n_refused: int
    n_recommendations: int
    n_shortfalls: int
    n_rejects: int
    rejects: tuple[Reject, ...]
    unserved: tuple[Shortfall, ...]
    reasons: tuple[tuple[Text, int], ...]
    refusals: tuple[tuple[str, int], ...]
    tools: tuple[tuple[str, str, int], ...]

    def accounts(self) -> dict[str, int]:
        """Count every firm once, as ``BatchRecommendations.accounts`` does.

        Returns
        -------
        dict of str to int
            ``read`` is the sum of ``served``, ``short`` (no recommendation at all) and ``refused``.
        """
        return {
            "read": self.n_firms,
            "served": self.n_served,
            "short": self.n_unserved,
            "refused": self.n_refused,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return the wrong cells as a table.

        Returns
        -------
        DataFrame
            ``row, column, value, message``; empty where they went to a file of their own.
        """
        return reject_frame(self.rejects)

    def to_text(self, lang: str = "fr") -> str:
        """Return the counts as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            What was written where, how many firms were read and what came of them, and each wrong cell.
        """
        text = catalog_of(None).text
        lines = [text("file_title", lang, n=self.n_recommendations, target=str(self.target))]
        lines.append("  " + text("batch_accounts", lang, **self.accounts()))
        lines += ["  " + text("reject_line", lang, **reject.to_dict()) for reject in self.rejects]
        return "\n".join(lines)


@dataclass(kw_only=True)
class Tally:
    """Counts that add up over the parts of a file; all are plain values, ready for JSON.

    Attributes
    ----------
    n_firms, n_served, n_unserved, n_refused, n_recommendations, n_shortfalls, n_rejects : int
        As in ``BatchSummary``.
    reasons, refusals, tools : Counter
        Firms by reason (French and English), cells by what is wrong, firms by branch and tool.
    """

    n_firms: int = 0
    n_served: int = 0
    n_unserved: int = 0
    n_refused: int = 0
    n_recommendations: int = 0
    n_shortfalls: int = 0
    n_rejects: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    tools: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add the counts of another part."""
        for item in fields(self):
            own = getattr(self, item.name)
            if isinstance(own, Counter):
                own.update(getattr(other, item.name))
            else:
                setattr(self, item.name, own + getattr(other, item.name))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        counts = {item.name: getattr(self, item.name) for item in fields(self)}
        for name, kept in counts.items():
            if isinstance(kept, Counter):
                counts[name] = [[key, n] for key, n in sorted(kept.items())]
        return counts

    @classmethod
    def from_dict(cls, counts: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` wrote."""
        read = dict(counts)
        for name in ("reasons", "refusals", "tools"):
            read[name] = Counter({key if isinstance(key, str) else tuple(key): n for key, n in read[name]})
        return cls(**read)

    def summary(
        self, target: Path, k: int, rejects: Sequence[Reject], unserved: Sequence[Shortfall]
    ) -> BatchSummary:
        """Return the counts as they stand, once it is sure that no firm was lost."""
        whole = self.n_served + self.n_unserved + self.n_refused
        if whole != self.n_firms:
            raise HRToolsError(
                f"{target}: {self.n_firms} firms were read, but {whole} are accounted for "
                f"(served {self.n_served}, short {self.n_unserved}, refused {self.n_refused})."
            )
        by_branch = sorted(self.tools.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
        return BatchSummary(
            target=target,
            rejects=tuple(rejects),
            unserved=tuple(unserved),
            reasons=tuple((Text(*said), n) for said, n in _most_first(self.reasons)),
            refusals=tuple(_most_first(self.refusals)),
            tools=tuple((branch, tool, n) for (branch, tool), n in by_branch),
            **{name: n for name, n in vars(self).items() if name.startswith("n_")},
        )


def _most_first(counter: Counter[Any]) -> list[tuple[Any, int]]:
    """Return counts, the most frequent first; equal ones in the order of what is counted."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def tally_of(
    part: AnswerPart, firms: Firms, rejects: Sequence[Reject], n_firms: int, k: int, catalog: Catalog
) -> Tally:
    """Count what came of some firms.

    Parameters
    ----------
    part : AnswerPart
        The answer to those that were read.
    firms : Firms
        These firms.
    rejects : sequence of Reject
        The refused cells.
    n_firms : int
        All firms of the part, refused ones too.
    k : int
        Recommendations asked for.
    catalog : Catalog
        The catalog.

    Returns
    -------
    Tally
        The counts.
    """
    short = part.shortfalls
    n_tools, branches = len(catalog.tool_ids), catalog.keys("branches")
    pairs = np.bincount(firms.branch[part.firm] * n_tools + part.tool)
    found = np.flatnonzero(pairs).tolist()
    reasons: Counter[tuple[str, str]] = Counter()
    for text, n in zip(short.texts, np.bincount(short.reason, minlength=len(short.texts)), strict=True):
        reasons[text.fr, text.en] += int(n)
    return Tally(
        n_firms=n_firms,
        n_served=int(np.count_nonzero(part.rank == 1)),
        n_unserved=int(np.count_nonzero(short.missing == k)),
        n_refused=len({reject.row for reject in rejects}),
        n_recommendations=len(part.firm),
        n_shortfalls=len(short),
        n_rejects=len(rejects),
        reasons=reasons,
        refusals=Counter(reject.message.partition(_VALUE)[0] for reject in rejects),
        tools=Counter(
            {(branches[at // n_tools], catalog.tool_ids[at % n_tools]): int(pairs[at]) for at in found}
        ),
    )
