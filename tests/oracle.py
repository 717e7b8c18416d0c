"""The slow, plain version: one firm, one tool, one rule at a time, read from the CSV cells with ``csv``."""

from __future__ import annotations

import calendar
import csv
import json
import math
from datetime import date
from importlib.resources import files
from itertools import pairwise

PASS, UNKNOWN, FAIL = "pass", "unknown", "fail"
FREE = ("free", "freemium", "open_source")
PAID = ("flat", "per_user", "per_job", "quote")
TIMES = {"per_month": 12, "per_year": 1, "one_off": 1}
TIMES_PER_HEAD = {"per_user_per_month": 12, "per_user_per_year": 1}
TIMES_A_YEAR = {"month": 12, "year": 1}
NO_END = float("inf")


def read(name):
    """Return the rows of a table of the catalog as dictionaries of text."""
    text = files("hrtools_reco.catalog_data").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


TOOLS = sorted(read("tools"), key=lambda row: row["tool_id"])
FIT = {row["function"]: row for row in read("function_fit")}
KINDS = {row["kind"]: row["gated"] == "true" for row in read("kinds")}
FACT_OF = {row["requirement"]: row["fact"] for row in read("requirements")}
GATES = [row for row in read("function_gates") if row["hard_min"]]
BANDS = {
    row["band"]: (float(row["headcount_min"] or 0), float(row["headcount_max"] or "inf"))
    for row in read("headcount_bands")
}
PRICES = read("prices")
RATES = {row["currency"]: float(row["eur"]) for row in read("currency_rates")}
SEATS = {row["seats"]: row for row in read("seat_kinds")}
IMPLIED = read("implied_facts")
NEEDS = [row["need"] for row in read("needs")]
FUNCTION_NEEDS = read("function_needs")
SETTINGS = {row["setting"]: float(row["value"]) for row in read("settings")}
SECOND = SETTINGS["secondary_function_share"]
JUDGED = {}
for row in read("tool_judgements"):
    JUDGED.setdefault(row["tool_id"], []).append(row)
SEEN = {}
for row in read("evidence"):
    SEEN.setdefault(row["tool_id"], []).append(row["page_date"])
DAY = date.fromisoformat(
    json.loads(files("hrtools_reco.catalog_data").joinpath("datapackage.json").read_text("utf-8"))["created"][
        :10
    ]
)
SUITES = {row["tool_id"] for row in read("suites")}
BY_ID = {row["tool_id"]: row for row in TOOLS}
JUDGED = {}
for row in read("tool_judgements"):
    JUDGED.setdefault(row["tool_id"], []).append(row)
WORTH_FROM = [float(row["knot"]) for row in read("scales") if row["scale"] == "worth_from"]
WORTH = next(float(row["value"]) for row in read("settings") if row["setting"] == "worth_grade")
SINGLE = {function for function, row in FIT.items() if row["one_is_enough"] == "true"}


def items(cell):
    """Split a list cell."""
    return [item for item in cell.split("|") if item]


def first_function(tool):
    """Return the main function of a tool."""
    return items(tool["functions"])[0]


def interval(firm):
    """Return the interval that holds the headcount."""
    if firm.get("headcount") is not None:
        return float(firm["headcount"]), float(firm["headcount"])
    return BANDS[firm["headcount_band"]]


def within(firm, low, high):
    """Hold an interval of headcounts against bounds."""
    at_least, at_most = interval(firm)
    if at_most < low or at_least > high:
        return FAIL
    return PASS if at_least >= low and at_most <= high else UNKNOWN


def plans(tool):
    """Return the plans of a tool, in euros a year."""
    return PLANS[tool["tool_id"]]


def _read_plans(tool):
    """Read the plans of a tool from its row and from the further ones."""
    found = []
    price, fixed = float(tool["price_eur"] or 0), float(tool["price_fixed_eur"] or 0)
    if price + fixed > 0:
        unit = tool["price_unit"]
        times = TIMES.get(unit) or TIMES_PER_HEAD.get(unit)
        by_seat = unit in TIMES_PER_HEAD
        found.append(
            {
                "edition": "",
                "fixed": times and times * (fixed + (0 if by_seat else price)),
                "per_seat": times and times * (price if by_seat else 0),
                "is_from": tool["price_from"],
                "min_seats": tool["price_min_seats"],
                "included_seats": "",
                "max_seats": "",
                "seats": tool["price_seats"],
            }
        )
    for row in PRICES:
        if row["tool_id"] == tool["tool_id"]:
            times = RATES[row["currency"]] * TIMES_A_YEAR[row["period"]]
            found.append(
                {**row, "fixed": times * float(row["fixed"]), "per_seat": times * float(row["per_seat"])}
            )
    return found


PLANS = {tool["tool_id"]: _read_plans(tool) for tool in TOOLS}


def seats(plan, headcount, end):
    """Count the seats that a firm needs at least or at most."""
    kind = SEATS[plan["seats"] or "unknown"]
    seated = float(kind[end]) + (
        float(kind[f"{end}_share"]) and float(kind[f"{end}_share"]) * max(headcount, 1)
    )
    return max(seated if seated == NO_END else math.floor(seated + 1e-9), 1)


def bill(plan, n_seats):
    """Return what a plan bills for a number of seats, None if it is not known."""
    if plan["fixed"] is None:
        return None
    sold = max(min(n_seats, float(plan["max_seats"] or "inf")), int(plan["min_seats"] or 1))
    charged = max(sold - int(plan["included_seats"] or 0), 0)
    return plan["fixed"] + (plan["per_seat"] * charged if plan["per_seat"] else 0)


def covers(plan, n_seats):
    """Tell whether a plan can have so many seats."""
    return n_seats <= float(plan["max_seats"] or "inf")


def costs_nothing(plan):
    """Tell whether a plan is free."""
    return plan["fixed"] == 0 and plan["per_seat"] == 0


def least_cost(tool, headcount):
    """Return the least that a tool costs in a year, or None if it is not known."""
    offered = plans(tool)
    if tool["price_model"] == "freemium" and not any(map(costs_nothing, offered)):
        return 0
    if not offered:
        return 0 if tool["price_model"] in FREE else None
    needed = [(plan, seats(plan, headcount, "least")) for plan in offered]
    found = [bill(plan, n_seats) for plan, n_seats in needed if covers(plan, n_seats)]
    return min(found) if found and None not in found else None


def most_cost(tool, headcount):
    """Return the most that a tool costs in a year, or None if it is not known."""
    offered = plans(tool)
    if not offered:
        return 0 if tool["price_model"] in FREE and tool["price_model"] != "freemium" else None
    if any(plan["is_from"] == "true" or plan["fixed"] is None for plan in offered):
        return None
    if tool["price_model"] == "freemium" and all(map(costs_nothing, offered)):
        return None
    found, any_covers = [], False
    for edition in {plan["edition"] for plan in offered}:
        sizes = [(plan, seats(plan, headcount, "most")) for plan in offered if plan["edition"] == edition]
        enough = [bill(plan, n_seats) for plan, n_seats in sizes if covers(plan, n_seats)]
        any_covers = any_covers or bool(enough)
        found.append(min(enough) if enough else max(bill(plan, n_seats) for plan, n_seats in sizes))
    return max(found) if any_covers else None


def free_at(tool, headcount):
    """Tell whether a tool surely costs nothing."""
    offered = plans(tool)
    if not offered:
        return tool["price_model"] in ("free", "open_source")
    return any(costs_nothing(plan) and covers(plan, seats(plan, headcount, "most")) for plan in offered)


def newest(dates):
    """Return the newest of some dates written in ISO order, empty if there is none."""
    return max((text for text in dates if text), default="")


def too_old(text, months):
    """Tell whether a date is older than some months on the day of the catalog, or missing."""
    if not text:
        return True
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    month = month or 12
    last = day or calendar.monthrange(year, month)[1]
    return (DAY - date(year, month, last)).days / (365.2425 / 12) > months


def last_seen(tool):
    """Return the newest proof that a tool runs."""
    return newest([tool["status_as_of"], *SEEN.get(tool["tool_id"], [])])


def price_is_old(tool):
    """Tell whether a known price is too old to be a fact."""
    own = [row["as_of"] for row in PRICES if row["tool_id"] == tool["tool_id"]]
    known = own or float(tool["price_eur"] or 0) + float(tool["price_fixed_eur"] or 0) > 0
    return bool(known) and too_old(newest([tool["price_as_of"], *own]), float(SETTINGS["price_months"]))


def budget(firm, tool):
    """Hold the yearly cost against the stated budget."""
    stated = firm.get("budget_eur_per_year")
    low, high = interval(firm)
    if free_at(tool, high):
        return PASS
    if stated == 0 and tool["price_model"] not in FREE and tool["kind"] == "software":
        return FAIL
    least, most = least_cost(tool, low), most_cost(tool, high)
    if stated is None or price_is_old(tool):
        return UNKNOWN
    if least is not None and least > stated:
        return FAIL
    return PASS if most is not None and most <= stated else UNKNOWN


def in_place(key, installed):
    """Tell whether one of the installed things is what a row of ``implied_facts`` names."""
    for item in installed:
        tool = BY_ID.get(item)
        names = {item} if tool is None else {item, first_function(tool), tool["kind"]}
        if key in names or (key == "suite" and item in SUITES):
            return True
    return False


def follows(row, firm, known):
    """Tell whether a row of ``implied_facts`` speaks of a firm whose facts are known so far."""
    if row["source"] == "installed":
        return in_place(row["key"], firm.get("installed", ()))
    low, high = float(row["at_least"] or "-inf"), float(row["at_most"] or "inf")
    if row["source"] == "headcount":
        at_least, at_most = interval(firm)
        return at_least >= low and at_most <= high
    estimated = firm.get("maturity_estimated", ())
    measured = {key: score for key, score in firm.get("maturity", {}).items() if key not in estimated}
    value = {"maturity": measured, "need": firm.get("needs", {}), "fact": known}[row["source"]].get(
        row["key"]
    )
    return value is not None and low <= value <= high


def implied(firm):
    """Return the facts that follow from what else is known, each with the row that it follows from."""
    known, found = dict(firm.get("facts", {})), {}
    for row in IMPLIED:
        if row["fact"] not in known and follows(row, firm, known):
            known[row["fact"]] = row["value"] == "true"
            found[row["fact"]] = row
    return found


def facts(firm):
    """Return the facts that are known of a firm, stated or implied."""
    return {key: row["value"] == "true" for key, row in implied(firm).items()} | firm.get("facts", {})


def still_offered(tool):
    """Say whether a tool is still offered, as far as a recent page shows it."""
    if tool["status"] == "retired":
        return FAIL
    return UNKNOWN if too_old(last_seen(tool), float(SETTINGS["status_months"])) else PASS


def requirements(firm, tool):
    """Hold what the tool takes for granted against what the firm has."""
    needed = items(tool["requirements"])
    extra = FIT[first_function(tool)]["requirement"]
    if KINDS[tool["kind"]] and "staff" in items(tool["who_uses"]) and extra:
        needed += [extra]
    known = facts(firm)
    have = [known.get(FACT_OF[name]) for name in needed if FACT_OF[name]]
    return FAIL if False in have else UNKNOWN if None in have else PASS


def readiness(firm, tool):
    """Hold each score against the hard gate of the main function."""
    outcomes = [PASS]
    for gate in GATES if KINDS[tool["kind"]] else []:
        if gate["function"] == first_function(tool):
            score = firm.get("maturity", {}).get(gate["dimension"])
            known = score is not None and gate["dimension"] not in firm.get("maturity_estimated", ())
            if not known or float(gate["hard_min"]) - float(gate["margin"]) <= score < float(
                gate["hard_min"]
            ):
                outcomes.append(UNKNOWN)
            elif score < float(gate["hard_min"]):
                outcomes.append(FAIL)
    return FAIL if FAIL in outcomes else UNKNOWN if UNKNOWN in outcomes else PASS


def worth_from(tool):
    """Return the headcount from which software is worth it: judged of the tool, else of its function."""
    if not KINDS[tool["kind"]]:
        return 0
    if tool["tool_id"] not in JUDGED:
        return float(FIT[first_function(tool)]["headcount_min"] or 0)
    grades = {at: judged_grade(JUDGED[tool["tool_id"]], at) for at in WORTH_FROM}
    first = next(at for at, grade in grades.items() if grade >= min(WORTH, max(grades.values())))
    return 0 if first == WORTH_FROM[0] else first


def judged_grade(said, headcount):
    """Return the mean grade at a headcount, on a straight line between the middles of the classes."""
    lows = [1, 5, 10, 20, 50, 100, 250]
    middles = [math.log((low * (high - 1)) ** 0.5) for low, high in pairwise(lows)] + [math.log(500)]
    grades = [sum(float(row[f"grade_from_{low}"]) for row in said) / len(said) for low in lows]
    size = math.log(headcount)
    if size <= middles[0]:
        return grades[0]
    for (left, right), (low, high) in zip(pairwise(middles), pairwise(grades), strict=True):
        if size <= right:
            return low + (high - low) * (size - left) / (right - left)
    return grades[-1]


def equipped(firm, tool):
    """Refuse a second tool for a function of which one is enough, and a second suite."""
    for name in firm.get("installed", ()):
        if name in BY_ID:
            other = BY_ID[name]
            served = items(other["functions"]) if name in SUITES else [first_function(other)]
            served = served if KINDS[other["kind"]] else []
        else:
            served = [name]
        if KINDS[tool["kind"]] and first_function(tool) in SINGLE and first_function(tool) in served:
            return FAIL
        if name in SUITES and tool["tool_id"] in SUITES:
            return FAIL
    return PASS


def need(firm, tool):
    """Refuse what answers only needs that were stated as 0, unless it is worth having anyway."""
    said = JUDGED.get(tool["tool_id"])
    stated = firm.get("needs", {})
    if said is None:
        weights = {(row["function"], row["need"]): float(row["weight"]) for row in FUNCTION_NEEDS}
        share = {name: 1.0 if name == first_function(tool) else SECOND for name in items(tool["functions"])}
        strength = {
            key: max(part * weights.get((name, key), 0.0) for name, part in share.items()) for key in NEEDS
        }
        anyway = 0.0
    else:
        strength = {key: mean(row[f"need_{key}"] for row in said) / 3 for key in NEEDS}
        anyway = mean(row["anyway"] for row in said)
    answered = [key for key, value in strength.items() if value >= SETTINGS["answers_from"]]
    idle = answered and all(stated.get(key) == 0 for key in answered)
    return FAIL if idle and anyway < SETTINGS["worth_anyway"] else PASS


def mean(cells):
    """Return the mean of some cells; an empty one is 0."""
    values = [float(cell or 0) for cell in cells]
    return sum(values) / len(values)


def outcomes(firm, tool):
    """Return the outcome of every rule with the default parameters of the recommender."""
    region, offered = firm.get("region"), items(tool["regions"])
    languages = items(tool["languages"])
    return {
        "status": still_offered(tool),
        "branch": PASS if {"all", firm["branch"]} & set(items(tool["branches"])) else FAIL,
        "region": PASS if "all" in offered or region in offered else UNKNOWN if region is None else FAIL,
        "headcount": within(firm, float(tool["headcount_min"] or 0), float(tool["headcount_max"] or "inf")),
        "function_size": within(firm, worth_from(tool), float("inf")),
        "requirements": requirements(firm, tool),
        "budget": budget(firm, tool),
        "language": UNKNOWN if not languages else PASS if "fr" in languages else FAIL,
        "hosting": PASS,
        "readiness": readiness(firm, tool),
        "equipped": equipped(firm, tool),
        "installed": FAIL if tool["tool_id"] in firm.get("installed", ()) else PASS,
        "pillar": PASS,
        "kind": PASS,
        "excluded": FAIL if wished(firm.get("excluded", ()), tool) else PASS,
        "refused": FAIL if wished(firm.get("refused", ()), tool) else PASS,
        "need": need(firm, tool),
    }


def wished(names, tool):
    """Tell whether one of some names stands for a tool: its key, its vendor, its kind or a function."""
    return bool({tool["tool_id"], tool["vendor"], tool["kind"], *items(tool["functions"])} & set(names))


def status(firm, tool):
    """Return the status that follows from the rules."""
    found = outcomes(firm, tool)
    if any(outcome == FAIL for name, outcome in found.items() if name != "readiness"):
        return "excluded"
    if found["readiness"] == FAIL:
        return "prepare"
    return "to_check" if UNKNOWN in found.values() else "fit"


def top(scores, eligible, k, balance):
    """Fill places in turn: the best tool after the step of its sort, unless its job or function is taken."""
    taken, columns = [], range(len(scores))
    while len(taken) < k:
        left = [tool for tool in columns if eligible[tool] and tool not in taken]
        left = [tool for tool in left if not any(balance.stand_ins[tool][other] for other in taken)]
        if balance.max_per_function is not None:
            served = [balance.functions[tool] for tool in taken]
            left = [tool for tool in left if served.count(balance.functions[tool]) < balance.max_per_function]
        if not left:
            return taken
        sorts = [balance.sorts[tool] for tool in taken]
        worth = {tool: scores[tool] - balance.kind_step * sorts.count(balance.sorts[tool]) for tool in left}
        taken.append(max(left, key=lambda tool: (worth[tool], -tool)))
    return taken


def covering(scores, eligible, needs, k, balance, wanted):
    """Fill a list as ``top`` does, then bring forward what is wanted and not met."""
    wants = []
    for need, urgency in enumerate(needs):
        level = 3 if urgency >= wanted.pressing else 5 if urgency >= wanted.real else 0
        wants.append((level, wanted.answers[:, need]))
    wants += [(3 if urgency >= 100 else 0, wanted.main[:, need]) for need, urgency in enumerate(needs)]
    wants.append((5, wanted.own))
    served = [
        tool
        for tool in range(len(scores))
        if any(u >= wanted.real and m[tool] for u, (_, m) in zip(needs, wants[: len(needs)], strict=True))
    ]
    rare_first = sorted(range(len(wants)), key=lambda want: (wants[want][1].sum(), want))
    marks, found = {}, top(scores, eligible, max(k, 5), balance)
    served_by = [balance.functions[tool] for tool in found[:5]]
    full = {name for name in served_by if served_by.count(name) >= (balance.max_per_function or 1e9)}
    while True:
        unmet = [
            want for want in rare_first if not any(wants[want][1][tool] for tool in found[: wants[want][0]])
        ]
        before = dict(marks)
        for want in unmet:
            within, meets = wants[want]
            if not within or any(meets[tool] and marks[tool] <= within for tool in marks):
                continue
            detour = wanted.detour if want == len(wants) - 1 else 0.0
            worth = {
                t: scores[t] + detour * (t in served)
                for t in range(len(scores))
                if eligible[t] and meets[t] and not (want == len(wants) - 1 and balance.functions[t] in full)
            }
            best = max(worth, key=lambda tool: (worth[tool], -tool), default=None)
            if best is not None and scores[best] >= wanted.least:
                marks[best] = within
        if marks == before:
            return found[:k]
        lifted = [score + 200.0 * (tool in marks) for tool, score in enumerate(scores)]
        filled = top(lifted, eligible, max(k, 5), balance)
        soon, late = ([tool for tool in filled if marks.get(tool) == within] for within in (3, 5))
        others = [tool for tool in filled if tool not in marks]
        n_before = max(3 - len(soon), 0)
        n_between = max(5 - n_before - len(soon) - len(late), 0)
        split = n_before + n_between
        found = others[:n_before] + soon + others[n_before:split] + late + others[split:]
