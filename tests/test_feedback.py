"""Feedback from use: what was shown, taken up and dropped, read into what ``fit`` takes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr

TODAY = "2026-11-24"
LOG = pd.DataFrame(
    {
        "company_id": ["a", "a", "b", "b", "c"],
        "tool_id": ["moodle", "indeed", "moodle", "payfit", "payfit"],
        "shown_on": ["2026-03-02", "2026-03-02", "2026-05-10", "2026-05-10", None],
        "adopted_on": ["2026-04-01", None, "2026-05-10", "2026-06-01", "2026-02-01"],
        "dropped_on": [None, None, None, "2026-07-01", None],
    }
)


def pairs(frame):
    return [*zip(frame["company_id"], frame["tool_id"], strict=True)]


def test_what_was_dropped_is_shown_and_not_adopted_and_what_was_not_shown_stays_unknown():
    feedback = hr.read_feedback(LOG, on=TODAY)

    assert pairs(feedback.adoptions) == [("a", "moodle"), ("b", "moodle"), ("c", "payfit")]
    assert pairs(feedback.shown) == [("a", "moodle"), ("a", "indeed"), ("b", "moodle"), ("b", "payfit")]
    assert len(feedback) == 5


def csv_file(folder):
    path = folder / "log.csv"
    french = LOG.assign(shown_on=pd.to_datetime(LOG["shown_on"]).dt.strftime("%d/%m/%Y"))
    path.write_bytes(french.to_csv(sep=";", index=False).encode("cp1252"))
    return path


def parquet_file(folder):
    path = folder / "log.parquet"
    LOG.astype(dict.fromkeys(LOG.columns[2:], "datetime64[ns]")).to_parquet(path)
    return str(path)


WAYS = {
    "a CSV file with French days": csv_file,
    "a Parquet file": parquet_file,
    "rows": lambda _: LOG.to_dict("records"),
    "polars": lambda _: pl.from_pandas(LOG).with_columns(pl.col("shown_on").str.to_date()),
    "dates of Python": lambda _: LOG.map(lambda cell: date.fromisoformat(cell) if "-" in str(cell) else cell),
    "times of day": lambda _: LOG.assign(adopted_on=LOG["adopted_on"] + "T23:59:59"),
    "times of a zone": lambda _: LOG.assign(shown_on=pd.to_datetime(LOG["shown_on"]).dt.tz_localize("UTC")),
    "with a column beside": lambda _: LOG.assign(note="x"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_every_form_says_the_same(way, tmp_path):
    feedback = hr.read_feedback(way(tmp_path), on=TODAY)

    pd.testing.assert_frame_equal(feedback.frame, hr.read_feedback(LOG, on=TODAY).frame)


WRONG = {
    "adopted before it was shown": ({"adopted_on": "2026-03-01"}, "adopted_on must be no earlier than shown"),
    "dropped before it was adopted": (
        {"dropped_on": "2026-03-31"},
        "dropped_on must be no earlier than adopted_on. Got .*2026-03-31",
    ),
    "dropped and never adopted": (
        {"adopted_on": None, "dropped_on": "2026-05-01"},
        "dropped_on must be empty where adopted_on is",
    ),
    "neither shown nor adopted": ({"shown_on": None, "adopted_on": None}, "shown_on must be given"),
    "shown in the future": (
        {"shown_on": "2026-11-25", "adopted_on": None},
        "shown_on must be no later than 2026-11-24",
    ),
    "adopted in the future": ({"adopted_on": "2027-01-01"}, "adopted_on must be no later than 2026-11-24"),
    "no day": ({"shown_on": "soon"}, "shown_on must be a day: .* Got 'soon'"),
    "a day that is in no calendar": ({"shown_on": "31/02/2026"}, "shown_on must be a day"),
    "a number": ({"shown_on": 45_000}, "shown_on must be a day"),
    "an unknown tool": ({"tool_id": "moodel"}, "tool_id must .* Got 'moodel'. Nearest: moodle"),
    "no tool": ({"tool_id": None}, "tool_id must be the key of a tool"),
    "no firm": ({"company_id": " "}, "company_id must"),
    "a pair that stands twice": (
        {"tool_id": "indeed", "shown_on": "2026-03-03", "adopted_on": None},
        "company_id and tool_id must be together in one row only. Got 'a and indeed'",
    ),
}


@pytest.mark.parametrize(("cells", "message"), WRONG.values(), ids=list(WRONG))
def test_a_wrong_cell_is_refused_once_with_its_row_and_column(cells, message, tmp_path):
    right = LOG.iloc[1:].to_dict("records")
    wrong = {**LOG.iloc[0].to_dict(), **cells}

    with pytest.raises(hr.InvalidTableError, match=message) as refused:
        hr.read_feedback([*right, wrong], on=TODAY)

    assert [(reject.row, reject.column in (*cells, "tool_id")) for reject in refused.value.rejects] == [
        (4, True)
    ]


def test_the_row_of_a_file_is_that_of_a_spreadsheet(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("company_id,tool_id,shown_on,adopted_on\na,moodle,2026-01-02,\nb,moodle,never,\n")

    with pytest.raises(hr.InvalidTableError, match="row 3: shown_on must be a day"):
        hr.read_feedback(path)


@pytest.mark.parametrize("source", [7, None, "nowhere.csv", [1, 2]], ids=str)
def test_what_is_no_feedback_is_refused(source):
    with pytest.raises(hr.InvalidValueError, match="source must be"):
        hr.read_feedback(source)


def test_a_missing_column_is_named():
    with pytest.raises(hr.InvalidValueError, match="adopted_on must be columns of feedback"):
        hr.read_feedback(LOG.drop(columns="adopted_on"))


def test_the_future_begins_tomorrow_unless_told():
    today = LOG.iloc[[0]].assign(shown_on=datetime.now(UTC).date(), adopted_on=None)

    assert len(hr.read_feedback(today)) == 1


def test_before_a_day_nothing_of_it_is_known():
    before = hr.read_feedback(LOG, on=TODAY).as_of("2026-06-15")

    assert pairs(before.adoptions) == [
        ("a", "moodle"),
        ("b", "moodle"),
        ("b", "payfit"),
        ("c", "payfit"),
    ]
    assert before.as_of("2026-04-01").adoptions["company_id"].tolist() == ["c"]


def test_who_had_no_time_to_decide_has_not_refused():
    feedback = hr.read_feedback(LOG, on=TODAY)

    at_once, later = feedback.as_of("2026-05-20"), feedback.as_of("2026-05-20", wait_days=30)

    assert ("b", "payfit") in pairs(at_once.shown)
    assert pairs(later.shown) == [("a", "moodle"), ("a", "indeed"), ("b", "moodle")]
    assert ("a", "indeed") not in pairs(feedback.as_of("2026-05-20", wait_days=80).shown)


DAYS = st.dates(date(2024, 1, 1), date(2026, 11, 24))


@given(events=st.lists(st.lists(DAYS, min_size=1, max_size=3).map(sorted), max_size=8), day=DAYS)
@settings(max_examples=60, deadline=None)
def test_what_was_known_never_needs_what_came_later(events, day):
    rows = [
        dict(zip(("shown_on", "adopted_on", "dropped_on"), map(str, days), strict=False)) for days in events
    ]
    keys = [{"company_id": f"f{n}", "tool_id": "moodle"} for n in range(len(rows))]
    columns = pd.DataFrame(columns=["company_id", "tool_id", "shown_on", "adopted_on"])
    whole = hr.read_feedback(
        pd.DataFrame([key | row for key, row in zip(keys, rows, strict=True)]).reindex(
            columns=[*columns, "dropped_on"]
        ),
        on=TODAY,
    )

    known = whole.as_of(day)

    in_use = [
        key["company_id"]
        for key, days in zip(keys, events, strict=True)
        if len([one for one in days if one < day]) == 2
    ]
    seen = [key["company_id"] for key, days in zip(keys, events, strict=True) if days[0] < day]
    assert known.adoptions["company_id"].tolist() == in_use
    assert known.shown["company_id"].tolist() == seen
    assert len(known.shown) + len(whole.shown_from(day).shown) == len(whole)


def test_a_firm_that_refused_what_it_was_shown_teaches_what_a_firm_that_never_saw_it_does_not():
    firms = hr.simulate_firms(60, seed=3)
    keys = firms["company_id"]
    log = pd.DataFrame({"company_id": keys, "tool_id": "indeed", "shown_on": "2026-01-05"}).assign(
        adopted_on=[None] * 60
    )
    also = log.head(30).assign(tool_id="moodle", adopted_on="2026-02-01")
    feedback = hr.read_feedback(pd.concat([log, also]), on=TODAY)

    learnt = hr.ToolRecommender().fit(firms, feedback.adoptions, feedback.shown)

    catalog, prior = learnt.catalog_, hr.ToolRecommender().fit()
    moved = learnt.engine_.scores(learnt._firms(firms)) - prior.engine_.scores(prior._firms(firms))
    mean = pd.Series(moved.mean(axis=0), index=catalog.tool_ids)
    assert mean["moodle"] > mean.median() > mean["indeed"]


def test_keys_of_firms_keep_their_type():
    numbered = LOG.assign(company_id=[1, 1, 2, 2, 3])

    found = hr.read_feedback(numbered, on=TODAY).adoptions["company_id"]

    assert found.tolist() == [1, 2, 3]
    assert found.dtype == np.int64
