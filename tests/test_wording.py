"""Numbers, sums and days in French and in English, and signs that stay with their word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from hrtools_reco.catalog.catalog import load_catalog, split_list
from hrtools_reco.catalog.wording import typeset, write_day, write_euros, write_number, write_share
from hrtools_reco.firms.vocabulary import vocabulary_of

TEXT_COLUMNS = {"fr", "en", "name", "vendor", "label", "rome_label", "features", "aliases"}


def _texts(catalog):
    """Return the cells that are read as text, by table and column; keys, notes and rubrics are none."""
    for resource in catalog.descriptor["resources"]:
        for column, cells in catalog.table(resource["name"]).items():
            if column in TEXT_COLUMNS or column.endswith(("_fr", "_en")):
                yield f"{resource['name']}.{column}", cells.dropna().astype(str)


def test_every_apostrophe_of_the_tables_is_typographic():
    straight = {
        name: list(found)
        for name, cells in _texts(load_catalog())
        if len(found := cells[cells.str.contains("'")])
    }

    assert not straight


# What an editor struck out once, as kinds: each would come back with the next row that is written.
STRUCK = {
    "a plural in brackets": r"\w\((s|e|es|ne|x)\)",
    "thousands that are not set apart": r"\b\d{4,}\s(salari|personnes|employees|staff|postes|entreprises|€)",
    "another word for an e-mail": r"\bcourriels?\b|\bmails?\b(?<!e-mail)(?<!e-mails)",
    "a currency in letters": r"\d\s?EUR\b",
    "brackets after brackets": r"\)\s*\(",
    "the jargon of the library": r"toutes les règles|\bprofil\b.*\bpaire\b",
    "training called a course of lessons": r"payer le cours|pour le cours",
    "certain departures": r"doivent partir",
}
ASKED = {"messages": "fr", "facts": "question_fr", "questions": "text_fr", "rules": "unknown_fr"}


@pytest.mark.parametrize("struck", STRUCK.values(), ids=STRUCK)
def test_what_an_editor_struck_out_stands_in_no_french_text(struck):
    found = {
        name: list(left)
        for name, cells in _texts(load_catalog())
        if name.endswith(("_fr", ".fr"))
        and len(left := cells[[re.search(struck, text) is not None for text in cells]])
    }

    assert not found


@pytest.mark.parametrize(("table", "column"), ASKED.items(), ids=ASKED)
def test_the_head_is_asked_as_vous_and_not_spoken_of(table, column):
    cells = load_catalog().table(table)[column].dropna()

    spoken_of = cells[
        cells.str.contains(r"\b[Ll]’entreprise (?:peut|est|a|en|doit|dit)\b|entreprise [a-z]+-t?-?elle")
    ]

    assert spoken_of.empty


def test_one_sentence_has_one_colon_before_its_list():
    cells = load_catalog().table("messages")["fr"].dropna()

    assert cells[cells.str.contains(r"^[^.;(/]*\s:\s[^.;(/{]*\s:\s")].empty


def test_what_a_user_types_is_read_with_either_apostrophe():
    catalog = load_catalog()
    vocabulary = vocabulary_of(catalog)
    branches = [
        item for cell in catalog.branches[["name_fr", "aliases_fr"]].stack() for item in split_list(cell)
    ]
    regions = [*catalog.table("regions")["label_fr"], *catalog.table("departments")["label"]]
    vendors = list(catalog.tools["vendor"].dropna())

    for read, words in (
        (vocabulary.branch, branches),
        (vocabulary.region, regions),
        (lambda vendor: vocabulary.left_out("exclude", vendor), vendors),
    ):
        curled = [word for word in words if "’" in word]

        assert curled
        assert [read(word) for word in curled] == [read(word.replace("’", "'")) for word in curled]


@given(value=st.integers(0, 10**9))
def test_a_number_keeps_its_digits_and_sets_thousands_apart(value):
    for lang in ("fr", "en"):
        written = write_number(value, lang)

        assert re.sub(r"\D", "", written) == str(value)
        assert re.fullmatch(r"\d{1,3}([,\u202f]\d{3})*", written)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0 €", "€0"),
        (9.9, "9,90 €", "€9.90"),
        (40.0, "40 €", "€40"),
        (99.99, "99,99 €", "€99.99"),
        (1500.4, "1 500 €", "€1,500"),
    ],
)
def test_a_sum_has_its_cents_only_while_they_matter(value, french, english):
    assert re.sub(r"\s", " ", write_euros(value, "fr")) == french
    assert write_euros(value, "en") == english


@pytest.mark.parametrize(
    ("share", "french", "english"),
    [(0.011, "1,1 %", "1.1%"), (0.101, "10 %", "10%"), (0.05, "5 %", "5%"), (1, "100 %", "100%")],
)
def test_a_share_is_a_percentage(share, french, english):
    assert re.sub(r"\s", " ", write_share(share, "fr")) == french
    assert write_share(share, "en") == english


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        ("2026-03-01", "1er mars 2026", "1 March 2026"),
        ("2026-11-24", "24 novembre 2026", "24 November 2026"),
        ("2024-02", "février 2024", "February 2024"),
        ("2024", "2024", "2024"),
        ("2024-13", "2024-13", "2024-13"),
        ("soon", "soon", "soon"),
    ],
)
def test_a_day_is_as_exact_as_it_was_given(day, french, english):
    catalog = load_catalog()

    assert re.sub(r"\s", " ", write_day(day, "fr", catalog)) == french
    assert re.sub(r"\s", " ", write_day(day, "en", catalog)) == english


def test_in_french_a_sign_never_begins_a_line():
    text = typeset("Qui l'a dit ? « Moi » : 5 000 € ; soit 10 % !", "fr")

    assert " " not in {text[match.start() - 1] for match in re.finditer("[?:;!»€%]", text)}
    assert "« " not in text
    assert "l’a" in text


@given(text=st.text(alphabet="ab '?!:;«»%€0123 ", max_size=40), lang=st.sampled_from(["fr", "en"]))
def test_typesetting_changes_blanks_and_apostrophes_only(text, lang):
    plain = re.sub(r"\s", "", typeset(text, lang)).replace("’", "'")

    assert plain == re.sub(r"\s", "", text)
