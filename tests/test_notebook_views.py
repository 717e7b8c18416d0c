"""Every result is seen in a notebook as it reads, each text escaped."""

from html import unescape

import pytest

import hrtools_reco as hr
from hrtools_reco.texts import html_lines

RECOMMENDER = hr.ToolRecommender().fit()
FIRM = {"branch": "leather_goods", "headcount": 45, "needs": {"hiring": 75}}
VIEWS = {
    "explanation": lambda: RECOMMENDER.explain(FIRM, "moodle"),
    "relaxations": lambda: RECOMMENDER.relax(FIRM, 5),
    "what-if": lambda: RECOMMENDER.what_if(FIRM, "moodle"),
    "opportunities": lambda: hr.opportunities("couture"),
}


@pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)
def test_a_result_is_seen_in_a_notebook_as_it_reads(make):
    result = make()

    view = result._repr_html_()

    assert view.startswith("<div")
    for line in result.to_text().split("\n"):
        assert line.strip() in unescape(view)


def test_no_text_is_markup():
    assert "<b>" not in html_lines("a <b>\n  c & d")
    assert "c &amp; d" in html_lines("a <b>\n  c & d")
