"""The page: whole or not at all, escaped, in two languages, and every section there."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from ungraded import ungraded

import hrtools_reco.page.document as page_module
from hrtools_reco.catalog.catalog import Catalog, load_catalog
from hrtools_reco.exceptions import InvalidValueError
from hrtools_reco.outlook.funding import funding
from hrtools_reco.page.chart import Bar, bar_chart
from hrtools_reco.page.document import SECTIONS, report
from hrtools_reco.page.markup import joined, link, spelled_out, tag, typeset_html
from hrtools_reco.page.tools import _own_reasons, in_two_parts
from hrtools_reco.recommender import ToolRecommender
from hrtools_reco.texts import visible

DAY = date(2026, 11, 24)
CATALOG = load_catalog()
HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
FULL = {
    "branch": "leather_goods",
    "headcount": 6,
    "region": "Occitanie",
    "budget_eur_per_year": 600,
    "maturity": {"it_base": 55, "recruitment": 30, "skills": 15, "steering": 45},
    "maturity_estimated": ["steering"],
    "needs": {"hiring": 75, "knowhow_leaving": 60},
    "facts": {"internet": True, "it_admin": False},
    "installed": ["moodle", "ats"],
}
BARE = {"branch": "tanning", "headcount_band": "11"}


class Reader(HTMLParser):
    """Reads elements, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def plain(text: str) -> str:
    """Write plain blanks and one form of the apostrophe."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("'", "’").replace(" ;", ";")


def read(path: Path) -> Reader:
    reader = Reader(path.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("firm", [FULL, BARE], ids=["full", "bare"])
def test_every_section_is_there_under_a_heading_of_its_own_and_the_plan_before_what_surrounds_it(
    tmp_path, recommender, firm, lang
):
    path = report(firm, tmp_path / "plan.html", lang, recommender=recommender, on=DAY)

    reader = read(path)
    sections = {attributes["id"]: attributes["aria-labelledby"] for attributes in reader.all("section")}
    headings = {attributes["id"] for attributes in reader.all("h2")}
    assert list(sections) == ["brief", *SECTIONS]
    order = [SECTIONS.index(name) for name in ("tools", "roadmap", "questions", "opportunities", "sources")]
    assert order == sorted(order)
    assert set(sections.values()) == headings
    assert reader.all("html") == [{"lang": lang}]
    assert len(reader.all("h1")) == 1
    assert lang == "en" or "None" not in reader.text  # in English it is an answer that may be ticked
    assert "nan" not in re.findall(r"\w+", reader.text)
    assert "{" not in reader.text


def test_the_first_screen_says_what_to_do_which_tool_to_aim_at_and_who_pays(tmp_path, recommender):
    plan = recommender.roadmap(FULL)

    text = plain(read(report(FULL, tmp_path / "plan.html", recommender=recommender, on=DAY)).text)

    brief = text[text.index("En bref") : text.index("Vos appuis")]
    assert plain(plan.steps[0].first("fr")) in brief
    assert plain(plan.goal.tool.name.split(" (")[0]) in brief
    assert "Opco 2i, votre opérateur de compétences (OPCO), peut payer les formations" in brief


@pytest.mark.parametrize(
    ("headcount", "said"),
    [
        (0, "Vos propres formations sont payées par votre propre fonds"),
        (6, "peut payer les formations de vos salariés"),
        (49, "peut payer les formations de vos salariés"),
        (50, "ne paie plus le plan de formation à partir de 50 salariés"),
        (320, "ne paie plus le plan de formation à partir de 50 salariés"),
    ],
)
def test_who_pays_depends_on_the_size(tmp_path, recommender, headcount, said):
    firm = {**FULL, "headcount": headcount}

    text = plain(read(report(firm, tmp_path / "plan.html", recommender=recommender, on=DAY)).text)

    assert said in text.replace("par votre fonds", "par votre propre fonds")


def test_nothing_is_sold_and_nothing_empty_is_printed_where_only_branch_and_size_are_known(
    tmp_path, recommender
):
    reader = read(report(BARE, tmp_path / "plan.html", recommender=recommender, on=DAY))

    text = plain(reader.text)
    assert "Aucun logiciel n’est proposé à une entreprise dont on ne connaît que la branche" in text
    assert reader.all("svg") == []
    for empty in ("non indiqué", "non mesuré", "Rien à cette étape", "Dans l’année", "Plus tard"):
        assert empty not in text.split("Vos appuis")[1]
    asked = recommender.catalog_.table("questions")["text_fr"]
    assert any(plain(question) in text for question in asked)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_acronyms_are_spelled_out_once_where_a_sentence_first_uses_them(tmp_path, recommender, lang):
    terms = dict(zip(CATALOG.table("glossary")["term"], CATALOG.table("glossary")[lang], strict=True))

    text = plain(read(report(FULL, tmp_path / "plan.html", lang, recommender=recommender, on=DAY)).text)

    spelled = [term for term, meaning in terms.items() if f"{term} ({plain(meaning)})" in text]
    assert spelled or lang == "en"
    assert all(text.count(f"{term} ({plain(terms[term])})") == 1 for term in spelled)


def test_a_source_that_a_reader_would_doubt_is_not_printed(tmp_path, recommender):
    firms = [FULL, {**FULL, "branch": "textile", "headcount": 60}, {**FULL, "branch": "textile_care"}]

    for firm in firms:
        reader = read(report(firm, tmp_path / "plan.html", recommender=recommender, on=DAY))
        addresses = [attributes["href"] for attributes in reader.all("a")]
        assert not any(re.search(r"\?p=\d|testwp", address) for address in addresses)


@pytest.mark.parametrize(("headcount", "said"), [(0, "sans salarié"), (1, "1 salarié"), (6, "6 salariés")])
def test_one_employee_is_one(tmp_path, recommender, headcount, said):
    firm = {**FULL, "headcount": headcount}

    text = plain(read(report(firm, tmp_path / "plan.html", recommender=recommender, on=DAY)).text)

    assert f"Maroquinerie · {said} · Occitanie" in text
    assert not re.search(r"\b1 salariés", text)


def test_dates_have_one_form_and_apostrophes_are_curved(tmp_path, recommender):
    text = read(report(FULL, tmp_path / "plan.html", recommender=recommender, on=DAY)).text

    assert not re.search(r"\d\d/\d\d/\d{4}", text)
    assert not re.search(r"\w'\w", text)
    assert not re.search(r" [:;?!»]", text)


def test_every_link_on_the_page_leads_somewhere_and_every_id_is_single(tmp_path, recommender):
    reader = read(report(FULL, tmp_path / "plan.html", recommender=recommender, on=DAY))

    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in reader.all("a"):
        target = attributes["href"]
        assert target.startswith(("https://", "http://")) or target.removeprefix("#") in ids
    labels = [
        attributes["aria-labelledby"] for _, attributes in reader.tags if "aria-labelledby" in attributes
    ]
    assert set(" ".join(labels).split()) <= set(ids)


def test_nothing_is_loaded_and_nothing_runs(tmp_path, recommender):
    reader = read(report(FULL, tmp_path / "plan.html", recommender=recommender, on=DAY))

    names = {name for name, _ in reader.tags}
    assert names.isdisjoint({"script", "img", "iframe", "object", "form", "video"})
    assert [attributes["href"] for attributes in reader.all("link")] == ["data:,"]
    assert not any(key.startswith("on") or key == "style" for _, found in reader.tags for key in found)
    assert any("default-src 'none'" in (found.get("content") or "") for found in reader.all("meta"))
    assert "url(http" not in (tmp_path / "plan.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("k", [1, 4])
def test_the_list_is_read_in_two_parts_each_in_its_order_with_reasons(tmp_path, recommender, k):
    found = recommender.recommend(FULL, k=20)
    supports, tools = in_two_parts(found, CATALOG, k)

    reader = read(report(FULL, tmp_path / "plan.html", "en", recommender=recommender, on=DAY, k=k))

    text = plain(reader.text)
    part = text[text.index("Your help") : text.index("The plan", text.index("Your help"))]
    places = [part.index(plain(item.tool.name)) for item in (*supports, *tools)]
    assert places == sorted(places)
    assert len(supports) <= 3
    assert len(tools) == k
    assert part.count("Why: ") == k
    firsts = [re.split(r"; |\\.", said)[0] for said in part.split("Why: ")[1:]]
    assert len(firsts) == k


def test_each_tool_has_its_strongest_reason_and_one_of_its_own_where_there_is_one(recommender):
    items = recommender.recommend(FULL, k=20)
    said = set()

    own = [_own_reasons(item, "fr", said) for item in items]

    for item, reasons in zip(items, own, strict=True):
        assert 1 <= len(reasons) <= 2
        assert reasons[0] == item.reasons("fr")[0]
        assert set(reasons) <= set(item.reasons("fr"))
    others = [reason for reasons in own for reason in reasons[1:]]
    assert len(others) == len(set(others))
    assert own[0] == list(items[0].reasons("fr")[:2])


def test_a_price_that_is_known_is_given_with_its_date_and_one_that_is_not_is_a_question(
    tmp_path, recommender
):
    firm = {"branch": "textile", "headcount": 180, "maturity": dict.fromkeys(("it_base", "recruitment"), 90)}

    text = read(report(firm, tmp_path / "plan.html", "en", recommender=recommender, on=DAY, k=60)).text

    assert re.search(r"Price: .*, read (in|on) ", text)
    assert "price to be asked for" in text


def test_the_chart_says_each_measured_value_in_words_and_leaves_the_others_out(tmp_path, recommender):
    reader = read(report(FULL, tmp_path / "plan.html", "fr", recommender=recommender, on=DAY))

    (svg,) = reader.all("svg")
    assert svg["role"] == "img"
    assert "non mesuré" not in reader.text
    assert "Recrutement\u00a0: 30 – bureautique" in reader.text
    assert "Accès et aisance" not in reader.text[reader.text.index("Votre maturité numérique") :]


def test_the_funding_is_that_of_the_day(tmp_path, recommender):
    path = tmp_path / "plan.html"

    for day in (date(2025, 6, 1), DAY):
        text = read(report(FULL, path, "en", recommender=recommender, on=day)).text

        section = text[text.rindex("Funding that may apply on") : text.rindex("What the plan knows of you")]
        offers = funding({"branch": "leather_goods", "headcount": 6}, day)
        assert offers
        names = [offer.device_en.split(" (")[0].split(",")[0] for offer in offers]
        assert all(name.lower() in section.lower() for name in names)
        assert "Opco 2i" in section


@given(text=st.text())
def test_a_text_never_becomes_markup(text):
    element = tag("p", text, tag("b", text), title=text)

    reader = Reader(str(typeset_html(element, "fr")))

    assert [name for name, _ in reader.tags] == ["p", "b"]
    assert len(reader.tags[0][1]) == 1


@given(text=st.text(), meaning=st.text())
def test_spelling_an_acronym_out_adds_words_only(text, meaning):
    element = tag("p", text, tag("strong", "OPCO"), "OPCO.", title="OPCO")

    reader = Reader(str(spelled_out(element, {"OPCO": meaning})))

    assert [name for name, _ in reader.tags] == ["p", "strong"]
    assert reader.tags[0][1] == {"title": "OPCO"}
    assert reader.text.replace(f" ({visible(meaning)})", "", 1) == f"{visible(text)}OPCOOPCO."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("un CQP, deux CQP", "un CQP, deux CQP"),
        ("un CQP. Un CQP", "un CQP (titre). Un CQP"),
        ("le certificat (CQP) et le CQP", "le certificat (CQP) et le CQP"),
        ("le CQP Textile", "le CQP Textile"),
        ("les CQPs", "les CQPs"),
    ],
)
def test_an_acronym_is_spelled_out_unless_it_is_said_or_part_of_a_name(text, said):
    assert spelled_out(tag("p", text), {"CQP": "titre"}) == f"<p>{said}</p>"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", "//evil.example"])
def test_only_web_pages_become_links(url):
    assert link("here", url) == "here"


def test_hostile_texts_of_firm_and_catalog_stay_texts(tmp_path):
    bundled = load_catalog()
    tables = {name: bundled.table(name).copy() for name in bundled.table_names}
    for table, columns in (
        ("tools", ["name", "summary_fr", "homepage"]),
        ("functions", ["label_fr"]),
        ("dimensions", ["name_fr"]),
        ("occupations", ["digital_change_fr"]),
        ("funding", ["device_fr", "rule_fr"]),
        ("questions", ["text_fr"]),
    ):
        for column in columns:
            tables[table][column] = HOSTILE
    hostile = ToolRecommender(Catalog(ungraded(tables), bundled.descriptor)).fit()
    firm = {**FULL, "company_id": HOSTILE}

    path = report(firm, tmp_path / "plan.html", recommender=hostile, on=DAY, firm_name=HOSTILE)

    reader = read(path)
    names = {name for name, _ in reader.tags}
    assert names.isdisjoint({"script", "img"})
    assert "<script" not in path.read_text(encoding="utf-8")
    assert HOSTILE in reader.text
    assert all(attributes["href"].startswith(("http", "#")) for attributes in reader.all("a"))


def test_the_name_of_the_firm_is_its_key_unless_a_name_is_given(tmp_path, recommender):
    path = tmp_path / "plan.html"
    named = {**BARE, "company_id": "Tannerie Durand"}

    assert "Plan pour Tannerie Durand" in read(report(named, path, recommender=recommender)).text
    assert (
        "Plan pour X & fils" in read(report(named, path, recommender=recommender, firm_name="X & fils")).text
    )
    assert "Plan pour votre entreprise" in read(report(BARE, path, recommender=recommender)).text


def test_the_same_firm_and_day_give_the_same_page(tmp_path, recommender):
    pages = [
        report(FULL, tmp_path / name, recommender=recommender, on=DAY).read_bytes()
        for name in ("a.html", "b.htm")
    ]

    assert pages[0] == pages[1]


@pytest.mark.parametrize("name", ["plan.pdf", "plan", "missing/plan.html", "folder.html"])
def test_a_path_where_no_page_can_be_is_refused(tmp_path, recommender, name):
    (tmp_path / "folder.html").mkdir()

    with pytest.raises(InvalidValueError, match=r"path must be a file .html or .htm in a folder that exists"):
        report(BARE, tmp_path / name, recommender=recommender)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"lang": "de"}, 'lang must be "fr" or "en"'),
        ({"k": 0}, "k must be a whole number"),
        ({"on": "2026"}, "on must be a day"),
        ({"path": 3}, "path must be a file"),
    ],
    ids=["lang", "k", "on", "path"],
)
def test_a_wrong_argument_is_named_and_writes_nothing(tmp_path, recommender, argument, message):
    with pytest.raises(InvalidValueError, match=message):
        report(BARE, **{"path": tmp_path / "plan.html", "recommender": recommender, **argument})

    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_put_in_place_leaves_the_old_one_and_no_draft(
    tmp_path, recommender, monkeypatch
):
    path = tmp_path / "plan.html"
    path.write_text("the old page", encoding="utf-8")

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hrtools_reco.files.whole.os.replace", full_disk)
    with pytest.raises(InvalidValueError, match=r"path must be a file that can be written.*No space left"):
        report(BARE, path, recommender=recommender)

    assert path.read_text(encoding="utf-8") == "the old page"
    assert list(tmp_path.iterdir()) == [path]


def test_a_part_that_fails_leaves_the_old_page(tmp_path, recommender, monkeypatch):
    path = tmp_path / "plan.html"
    path.write_text("the old page", encoding="utf-8")
    monkeypatch.setattr(page_module, "limits_section", lambda sheet: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        report(BARE, path, recommender=recommender)

    assert path.read_text(encoding="utf-8") == "the old page"


def test_a_bar_is_as_long_as_its_value_and_one_that_is_missing_is_not_drawn():
    bars = [Bar(name="a", value=50, said="50"), Bar(name="b", value=None, said="not measured")]

    chart = bar_chart(bars, [0, 50], "name", "words")

    assert chart.count('class="bar"') == 1
    assert chart.count('class="track"') == 2
    assert float(re.search(r'width="([\d.]+)"[^>]*class="bar"', chart)[1]) == 156 / 2


def test_contents_that_are_not_there_leave_nothing():
    assert joined(None, ["a", None], "") == "a"
    assert tag("p", None, class_=None) == "<p></p>"
