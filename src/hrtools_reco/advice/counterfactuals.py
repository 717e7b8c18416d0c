"""What would change the answer: changes of the profile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from hrtools_reco.advice.counterfactual_results import (
    CHANGE,
    CONFIRM,
    Change,
    WhatIf,
)
from hrtools_reco.answer import Engine
from hrtools_reco.catalog import Catalog, write_euros
from hrtools_reco.firms import CompanyProfile, Firms, Remedy, changed_firms, changed_profile, firms_of
from hrtools_reco.rules import (
    FAIL,
    PASS,
    STATUSES,
    UNKNOWN,
    evaluate_rules,
    gap_of,
    remedies_of,
    rule_outcomes,
)
from hrtools_reco.texts import LANGUAGES, Text

# Nobody hires or moves for a tool: headcount and region are confirmed, not changed.
ACTIONABLE = ("maturity", "facts", "budget_eur_per_year", "installed")
CHANGEABLE = (*ACTIONABLE, "headcount", "region")
_MOST_ROUNDS = 20


def rule_matrix(engine: Engine, table: Firms) -> np.ndarray:
    """Return the outcome of each rule for one firm and each tool, of shape (n_rules, n_tools)."""
    tools = np.arange(table.n_tools)
    return evaluate_rules(engine.rules, table).outcomes_at(np.zeros_like(tools), tools)


def what_if(
    engine: Engine,
    profile: CompanyProfile,
    tool: int,
    *,
    actionable: Collection[str] = ACTIONABLE,
    max_changes: int | None = None,
) -> WhatIf:
    """Find the fewest changes that make a tool fit, and prove them by running the rules again.

    Each rule says what it needs (``Rule.remedies``). Branch and a known region stay as they are, and so do
    the wishes that the recommender was made with (language, hosting, pillar).

    Parameters
    ----------
    engine : Engine
        The stages of a fitted recommender.
    profile : CompanyProfile
        The firm.
    tool : int
        Position of the tool in the catalog.
    actionable : collection of str
        Fields of the profile that the firm can change; what is not known may always be confirmed.
    max_changes : int, optional
        Most changes that are proposed; ``None`` is no bound.

    Returns
    -------
    WhatIf
        The changes, the status after them, and the rules that stay in the way. Where one of these fails,
        or more changes were needed, nothing that the firm does helps, and no change is proposed.
    """
    needed = _needed_changes(engine, profile, tool, actionable)
    too_many = max_changes is not None and len(needed) > max_changes
    if too_many:
        needed = []
    changed = changed_profile(profile, (remedy for remedy, _ in needed), engine.catalog)
    table = firms_of(changed, engine.catalog)
    outcomes = rule_matrix(engine, table)[:, tool]
    hopeless = bool((outcomes == FAIL).any())
    stays = FAIL if hopeless else UNKNOWN
    blocking = [rule for rule, outcome in zip(engine.rules, outcomes, strict=True) if outcome == stays]
    proof = firms_of(profile, engine.catalog) if hopeless else table
    return WhatIf(
        tool=engine.catalog.tool(engine.catalog.tool_ids[tool]),
        changes=() if hopeless else tuple(_change(engine.catalog, profile, *one) for one in needed),
        status=STATUSES[engine.statuses(proof)[0, tool]],
        blocked_by=tuple(rule.name for rule in blocking),
        reasons=tuple(gap_of(rule, table, tool, stays) for rule in blocking),
        possible=not hopeless and not too_many,
        profile=profile if hopeless else changed,
        _catalog=engine.catalog,
    )


def _needed_changes(
    engine: Engine, profile: CompanyProfile, tool: int, actionable: Collection[str]
) -> list[tuple[Remedy, str]]:
    """Collect what the rules need, each with its rule, until none needs more: more staff, say, cost more.

    Rules that go on asking for more are left at the bound; running them again shows that they still fail.
    """
    needed: dict[tuple[str, str | None], tuple[Remedy, str]] = {}
    start = firms_of(profile, engine.catalog)
    for _ in range(_MOST_ROUNDS):
        before = dict(needed)
        for rule in engine.rules:
            table = changed_firms(start, (remedy for remedy, _ in needed.values()), engine.catalog)
            failed = rule_outcomes(rule, table)[0][0, tool] != PASS
            for remedy in remedies_of(rule, table, tool) if failed else ():
                if (
                    remedy.field not in actionable
                    and _known_value(engine.catalog, profile, remedy) is not None
                ):
                    continue
                at = (remedy.field, remedy.key)
                earlier = needed[at][0].value if at in needed else None
                wanted = replace(remedy, value=_value_to_reach(profile, remedy, earlier))
                needed[at] = (wanted, rule.name)
        if needed == before:
            break
    for at in [at for at in needed if at[0] == "facts"]:
        others = [remedy for other, (remedy, _) in needed.items() if other != at]
        fact = engine.catalog.keys("facts").index(str(at[1]))
        if changed_firms(start, others, engine.catalog).facts[0, fact] == needed[at][0].value:
            del needed[at]  # it follows from the other changes
    return list(needed.values())


def _value_to_reach(profile: CompanyProfile, remedy: Remedy, earlier: object) -> object:
    """Return the most that the rules ask for; an estimate that is more than enough is to be confirmed."""
    values = [remedy.value, earlier]
    if remedy.field == "maturity" and remedy.key in profile.maturity_estimated:
        values.append(profile.maturity.get(str(remedy.key)))
    numbers = [value for value in values if isinstance(value, int | float)]
    return max(numbers) if numbers else remedy.value


def _change(catalog: Catalog, profile: CompanyProfile, remedy: Remedy, rule: str) -> Change:
    """Describe a change: what is known is to change, what is not is to confirm."""
    before = _known_value(catalog, profile, remedy)
    kind = CONFIRM if before is None else CHANGE
    label = Text(*(_label(catalog, remedy, lang) for lang in LANGUAGES))
    return Change(
        field=remedy.field,
        key=remedy.key,
        before=before,
        after=remedy.value,
        kind=kind,
        rule=rule,
        label=label,
        question=Text(*(_question(catalog, remedy, label(lang), lang) for lang in LANGUAGES))
        if kind == CONFIRM
        else None,
    )


def _known_value(catalog: Catalog, profile: CompanyProfile, remedy: Remedy) -> object:
    """Return what is known to be otherwise, or ``None`` if nothing known speaks against the change."""
    if remedy.field == "installed":
        return True
    if remedy.field == "headcount" and profile.headcount is None:
        table = firms_of(profile, catalog)
        low, high = table.headcount_low[0], table.headcount_high[0]
        return None if low <= float(str(remedy.value)) <= high else f"{low:g}–{high:g}"
    stated: object = getattr(profile, remedy.field)
    if remedy.key is None or remedy.key in profile.maturity_estimated:
        return stated if remedy.key is None else None
    return stated.get(remedy.key) if isinstance(stated, Mapping) else stated


def _label(catalog: Catalog, remedy: Remedy, lang: str) -> str:
    """Return the name of what changes."""
    tables = {"maturity": "dimensions", "facts": "facts"}
    if remedy.field in tables:
        return catalog.labels(tables[remedy.field], lang)[str(remedy.key)]
    name = catalog.text(f"profile_{remedy.field}", lang)
    if remedy.key is None:
        return name
    functions = catalog.labels("functions", lang)
    item = functions[remedy.key] if remedy.key in functions else catalog.tool(remedy.key).name
    return f"{name} ({item})"


def _question(catalog: Catalog, remedy: Remedy, label: str, lang: str) -> str:
    """Ask the firm for what it has not said."""
    if remedy.field == "facts":
        facts = catalog.table("facts").set_index("fact")
        return str(facts.at[remedy.key, f"question_{lang}"])
    after = f"{remedy.value:g}" if isinstance(remedy.value, int | float) else str(remedy.value)
    if remedy.field == "budget_eur_per_year":
        after = write_euros(float(str(remedy.value)), lang)
    return catalog.text(f"what_if_ask_{remedy.field}", lang, name=label, after=after)
