"""The branch of the firms of a register from their codes, or the question that is left."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hrtools_reco._checks import invalid
from hrtools_reco.catalog import Catalog, split_list
from hrtools_reco.firms.codes import IDCC, NAF_2025, NAF_REV2, CodeReading, none_declared, settle
from hrtools_reco.firms.register_tables import IDCC_LIST, NAF
from hrtools_reco.firms.vocabulary import vocabulary_of
from hrtools_reco.texts import LANGUAGES, Text

_VERSIONS = {"NAFRev2": NAF_REV2, "NAF2025": NAF_2025, "NAF25": NAF_2025}
_VERSIONS |= {scheme: scheme for scheme in (NAF_REV2, NAF_2025)}
_PENDING = re.compile(r"00\.?00[A-Z]")  # what the register writes until an activity is known


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the codes of a firm say: its branch, or else why there is none.

    Attributes
    ----------
    branch, naf, naf_version : str or None
        The branch; the activity as registers write it, and the version of its code.
    reason, field, value : str or None
        Without a branch: why, and the code that says so.
    candidates : tuple of str
        The branches that it may be.
    text : Text or None
        The reason as a sentence, or the question that would settle it.
    """

    branch: str | None = None
    naf: str | None = None
    naf_version: str | None = None
    reason: str | None = None
    field: str = NAF
    value: str | None = None
    candidates: tuple[str, ...] = ()
    text: Text | None = None


class RegisterBranches:
    """Finds the branch of firms from their codes.

    Parameters
    ----------
    catalog : Catalog
        Catalog of the branches.
    branch_of : mapping of str to str, optional
        Codes (NAF or IDCC) whose branch is known to whoever asks, for all firms that have them; the agreement
        of a firm still wins.

    Raises
    ------
    InvalidValueError
        If a key of ``branch_of`` is no code, or its branch is unknown.
    """

    def __init__(self, catalog: Catalog, branch_of: Mapping[str, str] | None = None) -> None:
        self._catalog = catalog
        self._words = vocabulary_of(catalog)
        self._told = {self._key(code): self._words.branch(name) for code, name in (branch_of or {}).items()}
        trades = catalog.table("other_trades").to_dict("records") if _has_trades(catalog) else []
        self._trades = {(row["scheme"], row["code"]): row for row in trades}

    def _key(self, code: str) -> str:
        """Return the code of a told branch as registers write it."""
        reading = self._words.codes.read(code)
        if reading is None:
            raise invalid("branch_of", "a mapping of NAF or IDCC codes to branches", code)
        return reading.code

    def verdict(
        self, naf: str | None, naf_25: str | None, version: str | None, agreements: str | None
    ) -> Verdict:
        """Return what the codes of one firm say; agreements are joined by ``|``."""
        activities = list(self._activities(naf, naf_25, version))
        held = [row for code in split_list(agreements) if (row := self._words.codes.read(f"IDCC {code}"))]
        held = [row for row in held if not none_declared(row)]
        branches, decided = settle([*held, *activities])
        branch = self._told_branch(held, activities) if not (decided and held) else None
        if branch or decided:
            first = activities[0] if activities else None
            return Verdict(
                branch=branch or next(iter(branches)),
                naf=first.code if first else None,
                naf_version=first.scheme if first else None,
            )
        if held or activities:
            return self._refused(held, activities, tuple(sorted(branches)))
        return self._without_code(naf, version)

    def _activities(self, naf: str | None, naf_25: str | None, version: str | None) -> Iterator[CodeReading]:
        """Yield the activities that can be read; those of older versions cannot."""
        if naf and (version is None or version in _VERSIONS):
            yield from self._activity(naf, _VERSIONS.get(version or ""))
        if naf_25:
            yield from self._activity(naf_25, NAF_2025)

    def _activity(self, code: str, scheme: str | None) -> Iterator[CodeReading]:
        """Yield the reading of a NAF code, unless it is none or still pending."""
        reading = self._words.codes.read(f"NAF {code}", scheme)
        if reading is not None and reading.scheme != IDCC and not _PENDING.fullmatch(reading.code):
            yield reading

    def _told_branch(self, held: Sequence[CodeReading], activities: Sequence[CodeReading]) -> str | None:
        """Return the branch that was told for one of the codes."""
        return next((self._told[row.code] for row in [*held, *activities] if row.code in self._told), None)

    def _refused(
        self, held: list[CodeReading], activities: list[CodeReading], candidates: tuple[str, ...]
    ) -> Verdict:
        """Say of codes that leave the branch open what would settle it, and of others what trade they are."""
        cause = (held or activities)[0]
        field = IDCC_LIST if held else NAF
        code = f"IDCC {', '.join(row.code for row in held)}" if held else cause.code
        trade = self._trades.get(("idcc", cause.code) if held else ("naf", cause.code[:2]))
        if trade and not (held and candidates):
            reason = "other_trade" if trade["trade"] == "other" else str(trade["trade"])
            message = "register_trade_unless" if candidates else "register_trade"
        elif candidates:
            reason = "ambiguous"
            message = "register_which" if len(candidates) > 1 else "register_is_it"
        else:
            reason, message = "other_trade", "register_outside"
        text = self._text(message, candidates, trade, code=code)
        return Verdict(reason=reason, field=field, value=code, candidates=candidates, text=text)

    def _without_code(self, naf: str | None, version: str | None) -> Verdict:
        """Say that there is no code that can be read."""
        if naf is None or _PENDING.fullmatch(naf):
            return Verdict(reason="no_code", value=naf, text=self._text("register_no_code"))
        if version is not None and version not in _VERSIONS:
            text = self._text("register_old_code", code=naf, version=version)
            return Verdict(reason="old_code", value=naf, text=text)
        return Verdict(reason="odd_code", value=naf, text=self._text("register_odd_code", code=naf))

    def _text(
        self,
        message: str,
        candidates: Sequence[str] = (),
        trade: Mapping[Hashable, str] | None = None,
        **values: object,
    ) -> Text:
        """Fill a text of the catalog in each language."""
        rows = self._catalog.branches.set_index("branch").loc[list(candidates)]
        said = {}
        for lang in LANGUAGES:
            labels = [self._catalog.labels("branches", lang)[name].split(" (")[0] for name in candidates]
            said[lang] = self._catalog.text(
                message,
                lang,
                n=len(self._words.branches),
                candidates=", ".join(labels),
                decides=" ".join(rows[f"decides_{lang}"].dropna()),
                trade=trade[f"label_{lang}"] if trade else "",
                **values,
            )
        return Text(**said)


def _has_trades(catalog: Catalog) -> bool:
    """Tell whether a catalog knows the trades next door."""
    return "other_trades" in catalog.table_names
