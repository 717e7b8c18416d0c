"""Control and bidirectional characters are shown by their codes wherever a person reads."""

from __future__ import annotations

import io
import json
import re
import sys
from html import unescape

import pytest
from hypothesis import given, strategies as st
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.cli.app import app
from hrtools_reco.cli.view import console
from hrtools_reco.page.document import report_text
from hrtools_reco.page.markup import tag
from hrtools_reco.texts import visible, visible_html
from hrtools_reco.views import html_lines

CODES = [
    *range(0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
]
HIDDEN = {chr(code) for code in CODES} - {"\t", "\n"}
ODD = st.text(st.sampled_from([*sorted(HIDDEN), "a", "é", "\\", '"', "<", "\n", "\t", "😀"]), max_size=20)
EVIL = "a\x1b]0;title\x07\x1b[2J\x9b31m\u202etxt\u2066\u200f\x7f"
STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def hidden(text):
    """Return the characters of a text that nobody sees."""
    return HIDDEN & set(text)


@given(text=ODD)
def test_only_what_is_unseen_is_shown_by_its_code_and_json_stays_the_same(text):
    assert hidden(visible(text)) == set()
    assert visible("".join(sign for sign in text if sign not in HIDDEN)) == "".join(
        sign for sign in text if sign not in HIDDEN
    )
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


@given(text=ODD)
def test_no_door_to_a_reader_lets_them_through(text):
    stream = io.StringIO()
    where = console()
    where.file = stream
    where.print(text)

    assert hidden(stream.getvalue()) == set()
    for shown in (tag("p", text, title=text), html_lines(text), visible_html(text)):
        assert hidden(shown) == set()
    assert unescape(visible_html(text)) == visible(text)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_and_the_view_of_a_list_are_free_of_them(recommender, lang):
    firm = {"branch": "footwear", "headcount": 6, "company_id": EVIL}

    page = report_text(firm, lang, recommender=recommender, firm_name=EVIL)

    assert hidden(page) == set()
    assert r"\u001b[2J" in page
    assert hidden(recommender.recommend(firm).to_html(lang)) == set()
    assert hidden(recommender.roadmap(firm).to_html(lang)) == set()


@pytest.fixture
def source(tmp_path):
    """Return a file of firms whose keys and wrong cells hold control characters."""
    path = tmp_path / "firms.csv"
    path.write_text(f"company_id,branch,headcount\n{EVIL},footwear,5\nx,{EVIL},3\n", encoding="utf-8")
    return path


def run(*args):
    """Run a command on a terminal; return what it says without the styles of its own."""
    found = CliRunner().invoke(
        app, [str(arg) for arg in args], env={"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    )
    return found.exit_code, STYLES.sub("", found.output).replace(
        "\r", ""
    )  # the bar of progress goes back itself


def test_the_command_line_shows_them_by_their_codes(tmp_path, source):
    code, said = run("recommend", source, "--out", tmp_path / "recs.csv", "--on-error", "collect")

    assert code == 0
    assert hidden(said) == set()
    assert r"\u202e" in said


@pytest.mark.parametrize(
    "args",
    [
        ["recommend", "--branch", EVIL, "--headcount", "5"],
        ["explain", EVIL, "--branch", "footwear", "--headcount", "5"],
        [EVIL],
        ["recommend", EVIL + ".csv"],
    ],
    ids=["branch", "tool", "command", "file"],
)
def test_an_error_line_shows_them_by_their_codes(args):
    code, said = run(*args)

    assert code == 2
    assert hidden(said) == set()


class Terminal(io.TextIOWrapper):
    """A standard output that is, or is not, a terminal."""

    is_terminal = True

    def isatty(self):
        return self.is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
def test_an_answer_on_a_terminal_shows_them_and_a_pipe_gets_them_as_they_are(
    monkeypatch, recommender, source, is_terminal
):
    shown = Terminal(io.BytesIO(), encoding="utf-8")
    shown.is_terminal = is_terminal
    monkeypatch.setattr(sys, "stdout", shown)

    hr.recommend_file(source, "-", recommender=recommender, on_error="collect")

    said = shown.buffer.getvalue().decode("utf-8")
    assert bool(hidden(said) - {"\r"}) != is_terminal
    assert ("\\u001b" in said) == is_terminal
