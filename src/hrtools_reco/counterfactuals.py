"""What would change the answer: rules to give up, and changes of the profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hrtools_reco.catalog import Catalog, Tool
from hrtools_reco.columns import SCORE, TOOL_ID
from hrtools_reco.engine import Engine
from hrtools_reco.profiles import CompanyProfile, ProfileTable, profile_table
from hrtools_reco.rules import FAIL, FIT, PASS, STATUSES, Remedy


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """A set of rules to give up, and what it unlocks.

    Attributes
    ----------
    rules : tuple of str
        Keys of the rules; giving up fewer of them unlocks fewer of the tools.
    labels : mapping of str to tuple of str
        Names of the rules by language.
    tools : tuple of Tool
        The best of the unlocked tools, best first.
    scores : tuple of float
        Their scores.
    n_unlocked : int
        All tools that become recommendable.
    """

    rules: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    tools: tuple[Tool, ...]
    scores: tuple[float, ...]
    n_unlocked: int


class Relaxations(tuple[Relaxation, ...]):
    """The sets of rules that a firm could give up, the smallest and most useful first."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each set and tool.

        Returns
        -------
        DataFrame
            ``rules`` (joined by ``|``), ``n_unlocked``, ``tool_id``, ``score``.
        """
        rows = [
            {"rules": "|".join(one.rules), "n_unlocked": one.n_unlocked, TOOL_ID: tool.tool_id, SCORE: score}
            for one in self
            for tool, score in zip(one.tools, one.scores, strict=True)
        ]
        return pd.DataFrame(rows, columns=["rules", "n_unlocked", TOOL_ID, SCORE])

    def to_dict(self) -> list[dict[str, Any]]:
        """Return plain values, ready for JSON.

        Returns
        -------
        list of dict
            One for each set.
        """
        return [
            {
                "rules": list(one.rules),
                "n_unlocked": one.n_unlocked,
                "tools": [
                    {TOOL_ID: tool.tool_id, SCORE: score}
                    for tool, score in zip(one.tools, one.scores, strict=True)
                ],
            }
            for one in self
        ]

    def to_text(self, lang: str = "en") -> str:
        """Return the sets as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        str
            One line for each set.
        """
        lines = []
        for one in self:
            names = ", ".join(tool.name for tool in one.tools)
            lines.append(f"{' + '.join(one.labels[lang])} ({one.n_unlocked}) : {names}")
        return "\n".join(lines)


def relaxations(engine: Engine, profile: ProfileTable, k: int) -> Relaxations:
    """Find the minimal sets of relaxable rules to give up.

    The rules that a tool fails are the one set that must be given up for it; tools are grouped by it.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : ProfileTable
        One firm.
    k : int
        Largest number of tools shown of a set.

    Returns
    -------
    Relaxations
        The smallest sets first, then those with the best unlocked tool.
    """
    failed = np.array(
        [
            np.broadcast_to(rule.outcomes(profile)[0] == FAIL, len(engine.catalog.tool_ids))
            for rule in engine.rules
        ]
    )
    relaxable = np.array([rule.relaxable for rule in engine.rules])
    scores = engine.scores(profile)[0]
    candidates = failed.any(axis=0) & ~failed[~relaxable].any(axis=0)
    found = []
    for given_up in np.unique(failed[:, candidates], axis=1).T:
        unlocked = candidates & ~failed[~given_up].any(axis=0)
        order = np.lexsort((np.arange(len(scores)), -scores))
        best = [tool for tool in order if unlocked[tool]][:k]
        rules = [rule for rule, mark in zip(engine.rules, given_up, strict=True) if mark]
        found.append(
            Relaxation(
                rules=tuple(rule.name for rule in rules),
                labels={
                    lang: tuple(rule.labels.get(lang, rule.name) for rule in rules) for lang in ("fr", "en")
                },
                tools=tuple(engine.catalog.tool(engine.catalog.tool_ids[tool]) for tool in best),
                scores=tuple(float(scores[tool]) for tool in best),
                n_unlocked=int(unlocked.sum()),
            )
        )
    return Relaxations(sorted(found, key=lambda one: (len(one.rules), -one.scores[0], one.rules)))


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a profile.

    Attributes
    ----------
    field : str
        Field of the profile.
    key : str or None
        Key within the field.
    before, after : object
        Value now (``None`` if unknown) and then.
    rule : str
        Rule that asks for it.
    """

    field: str
    key: str | None
    before: object
    after: object
    rule: str

    @property
    def kind(self) -> str:
        """``"confirm"`` for what is not known yet, ``"change"`` for what is."""
        return "confirm" if self.before is None else "change"


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """The fewest changes of a profile that make a tool fit.

    Attributes
    ----------
    tool : Tool
        The tool.
    changes : tuple of Change
        What to change or to confirm; empty if the tool fits already.
    status : str
        Status after the changes, by running the rules again.
    blocked_by : tuple of str
        Rules that no change of the profile makes pass.
    profile : CompanyProfile
        The profile after the changes.
    """

    tool: Tool
    changes: tuple[Change, ...]
    status: str
    blocked_by: tuple[str, ...]
    profile: CompanyProfile
    _catalog: Catalog

    @property
    def possible(self) -> bool:
        """Whether the tool fits after the changes."""
        return self.status == FIT

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            Keys ``tool_id, possible, status, blocked_by, changes``.
        """
        return {
            TOOL_ID: self.tool.tool_id,
            "possible": self.possible,
            "status": self.status,
            "blocked_by": list(self.blocked_by),
            "changes": [{**vars(change), "kind": change.kind} for change in self.changes],
        }

    def to_text(self, lang: str = "en") -> str:
        """Return the changes as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="en"
            Language.

        Returns
        -------
        str
            One line for each change, and for each rule that stays in the way.
        """
        text, rules = self._catalog.text, self._catalog.labels("rules", lang)
        lines = [f"{self.tool.name} – {text('status_' + self.status, lang)}"]
        for change in self.changes:
            name = self._name(change, lang)
            before = text("not_stated", lang) if change.before is None else _shown(change.before, text, lang)
            after = _shown(change.after, text, lang)
            lines.append(f"  {text('what_if_' + change.kind, lang)} : {name} : {before} → {after}")
        lines += [f"  {text('what_if_blocked', lang)} : {rules.get(name, name)}" for name in self.blocked_by]
        return "\n".join(lines)

    def _name(self, change: Change, lang: str) -> str:
        """Return the name of what changes."""
        tables = {"maturity": "dimensions", "facts": "facts"}
        if change.field in tables:
            return self._catalog.labels(tables[change.field], lang)[str(change.key)]
        name = self._catalog.text(f"profile_{change.field}", lang)
        return f"{name} ({change.key})" if change.key else name


def _shown(value: object, text: Any, lang: str) -> str:
    """Write a value of a profile."""
    if isinstance(value, bool):
        return str(text("outcome_pass" if value else "outcome_fail", lang))
    return f"{value:g}" if isinstance(value, float) else str(value)


def what_if(engine: Engine, profile: CompanyProfile, tool: int) -> WhatIf:
    """Find the fewest changes that make a tool fit, and prove them by running the rules again.

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : CompanyProfile
        The firm.
    tool : int
        Position of the tool in the catalog.

    Returns
    -------
    WhatIf
        The changes, the status after them, and the rules that stay in the way.
    """
    changes: list[Change] = []
    changed, open_rules = profile, True
    # A change can touch a second rule: a larger headcount costs more. A few rounds settle it.
    while open_rules:
        before = list(changes)
        table = profile_table([changed], engine.catalog)
        for rule in engine.rules:
            if rule.outcomes(table)[0, tool] != PASS:
                for remedy in rule.remedies(table, tool) or ():
                    _add(changes, profile, remedy, rule.name)
        changed = changed_profile(profile, changes, engine.catalog)
        open_rules = changes != before
    after = profile_table([changed], engine.catalog)
    return WhatIf(
        tool=engine.catalog.tool(engine.catalog.tool_ids[tool]),
        changes=tuple(changes),
        status=STATUSES[engine.statuses(after)[0, tool]],
        blocked_by=tuple(rule.name for rule in engine.rules if rule.outcomes(after)[0, tool] != PASS),
        profile=changed,
        _catalog=engine.catalog,
    )


def _add(changes: list[Change], profile: CompanyProfile, remedy: Remedy, rule: str) -> None:
    """Add a change; of two for the same field the one that asks for more stays."""
    stated = getattr(profile, remedy.field)
    if remedy.field == "installed":
        before: object = True
    elif remedy.key is not None:
        before = None if remedy.key in profile.maturity_estimated else stated.get(remedy.key)
    else:
        before = stated
    change = Change(field=remedy.field, key=remedy.key, before=before, after=remedy.value, rule=rule)
    same = [other for other in changes if (other.field, other.key) == (change.field, change.key)]
    for other in same:
        changes.remove(other)
    changes.append(
        max([*same, change], key=lambda one: one.after if isinstance(one.after, int | float) else 0)
    )


def changed_profile(
    profile: CompanyProfile, changes: Sequence[Change | Remedy], catalog: Catalog
) -> CompanyProfile:
    """Return a profile after some changes.

    Parameters
    ----------
    profile : CompanyProfile
        The firm; it stays as it is.
    changes : sequence of Change or Remedy
        The changes.
    catalog : Catalog
        Catalog whose names are valid.

    Returns
    -------
    CompanyProfile
        The firm after them.
    """
    fields = profile.to_dict()
    for change in changes:
        value = change.after if isinstance(change, Change) else change.value
        if change.field == "installed":
            fields["installed"] = [item for item in fields["installed"] if item != change.key]
        elif change.key is not None:
            fields[change.field][change.key] = value
            fields["maturity_estimated"] = [
                name for name in fields["maturity_estimated"] if name != change.key
            ]
        else:
            fields[change.field] = value
            if change.field == "headcount":
                fields["headcount_band"] = None
    return CompanyProfile(**fields, catalog=catalog)
