"""Nothing is sent, nothing is logged, and an error tells of no firm but the one asked about."""

from __future__ import annotations

import logging
import socket

import pandas as pd
import pytest

import hrtools_reco as hr

FIRMS = "company_id,branch,headcount\nsecret-a,footwear,6\nsecret-b,couture,11\n"
ADOPTED = pd.DataFrame({"company_id": ["secret-a"], "tool_id": ["moodle"]})


@pytest.fixture
def no_network(monkeypatch):
    """Refuse whatever opens a connection or looks a name up."""

    def refuse(*args, **options):
        raise AssertionError("the network was asked for")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    with pytest.raises(AssertionError, match="the network was asked for"):
        socket.create_connection(("localhost", 9))


@pytest.fixture
def source(tmp_path):
    """Return a file of two firms."""
    path = tmp_path / "firms.csv"
    path.write_text(FIRMS, encoding="utf-8")
    return path


@pytest.mark.usefixtures("no_network")
def test_the_main_job_needs_no_network_and_logs_nothing(tmp_path, source, caplog):
    caplog.set_level(logging.DEBUG)

    fitted = hr.ToolRecommender().fit(hr.read_companies_file(source), ADOPTED)
    summary = hr.recommend_file(source, tmp_path / "recs.csv", recommender=fitted)
    fitted.save(tmp_path / "kept")
    found = hr.load_recommender(tmp_path / "kept").recommend({"branch": "footwear", "headcount": 6})
    hr.report({"branch": "footwear", "headcount": 6}, tmp_path / "plan.html", recommender=fitted)

    assert summary.n_firms == 2
    assert len(found) == 5
    assert [
        record for record in caplog.records if "hrtools" in record.name or "secret" in record.message
    ] == []


def test_a_folder_without_firms_names_none(tmp_path, source):
    fitted = hr.ToolRecommender().fit(hr.read_companies_file(source), ADOPTED)

    for include in (True, False):
        fitted.save(tmp_path / str(include), include_firms=include)

    kept, bare = (
        b"".join(path.read_bytes() for path in (tmp_path / str(include)).rglob("*") if path.is_file())
        for include in (True, False)
    )
    assert b"secret-a" in kept
    assert b"secret-" not in bare


def test_an_error_names_the_cell_and_no_other_firm(source):
    source.write_text(FIRMS.replace("couture,11", "couture,-11"), encoding="utf-8")

    with pytest.raises(hr.InvalidTableError, match=r"headcount.*-11") as caught:
        hr.recommend_file(source, source.with_name("recs.csv"))

    assert "secret" not in str(caught.value)
    assert "footwear" not in str(caught.value)
