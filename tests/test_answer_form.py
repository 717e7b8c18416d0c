"""The questionnaire as a web form and on paper, in a headless Chromium."""

from __future__ import annotations

import random
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

import hrtools_reco as hr
from hrtools_reco.firms import firms_of, implied_facts
from hrtools_reco.page.answer_form import served_form

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
QUESTIONNAIRE = hr.load_questionnaire()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is missing. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return hr.write_form(tmp_path_factory.mktemp("form") / "form.html", length="full")


def opened(browser, path, viewport):
    """Open a form and return it with what the browser said, and with all that it asked for."""
    page = browser.new_page(viewport=viewport)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, said, asked


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_overflows_nothing_is_fetched_and_axe_finds_nothing(browser, written, viewport):
    page, said, asked = opened(browser, written, viewport)

    for lang in ("fr", "en"):
        page.click(f"nav button[lang={lang}]")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert page.evaluate("document.documentElement.lang") == lang
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
    page.close()

    assert said == []
    assert asked in ([written.as_uri()], [written.as_uri(), "data:,"])


def test_the_form_is_filled_by_keyboard_alone_and_read_back_to_the_same_scores(browser, written, tmp_path):
    page, _, _ = opened(browser, written, DESK)
    page.focus("#branch")
    page.keyboard.type("Maro")
    page.keyboard.press("Tab")
    page.keyboard.type("6")
    page.keyboard.press("Tab")
    page.keyboard.type("Occ")
    page.keyboard.press("Tab")
    page.keyboard.type("900")
    page.keyboard.press("Tab")
    page.keyboard.type("Atelier 7")
    expected = {}
    for place, question in enumerate(QUESTIONNAIRE.form("full")):
        if page.locator(f'[data-question="{question.code}"]').is_hidden():  # an answer has settled it
            continue
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        steps = place % (len(question.options) + 2)
        for _ in range(steps):
            page.keyboard.press("ArrowDown")
        expected[question.code] = [*question.options, *question.open_options[::-1]][steps].code
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    path = tmp_path / "answers.json"
    download.value.save_as(path)
    page.reload()
    kept = page.locator("#count").inner_text()
    page.close()

    content = hr.read_answers(path)
    assert content["answers"] == expected
    assert content["firm"] == {
        "branch": "leather_goods",
        "headcount": 6,
        "region": "Occitanie",
        "budget_eur_per_year": 900,
        "company_id": "Atelier 7",
    }
    assert QUESTIONNAIRE.score(content) == QUESTIONNAIRE.score(expected, 6)
    assert kept == f"{len(expected)} / {len(expected)}"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_short_form_is_two_sheets_with_every_key(browser, tmp_path, lang):
    path = hr.write_form(tmp_path / "sheet.html", "print", lang=lang)
    page, said, _ = opened(browser, path, DESK)

    pdf = page.pdf(prefer_css_page_size=True)
    codes = page.locator("code").all_inner_texts()
    page.close()

    assert said == []
    assert pdf.count(b"/Type /Page\n") == 2
    for question in QUESTIONNAIRE.form("core"):
        assert question.code in codes


@pytest.mark.parametrize("wrong", [{"kind": "pdf"}, {"length": "long"}, {"lang": "de"}])
def test_a_wrong_kind_length_or_language_is_refused(tmp_path, wrong):
    with pytest.raises(hr.InvalidValueError, match=f"{next(iter(wrong))} must be"):
        hr.write_form(tmp_path / "form.html", **wrong)


def test_the_form_of_a_service_is_as_accessible_and_sends_what_was_chosen(browser):
    page = browser.new_page(viewport=PHONE)
    page.set_content(served_form(hr.load_catalog(), "core", "fr", "page"))
    page.click("nav button[lang=en]")
    page.select_option("#branch", "couture")
    page.fill("#headcount", "0")
    page.check('input[name="RE1"][value="o1"]')

    sent = page.evaluate("Object.fromEntries([...new FormData(form)].filter(([, value]) => value))")
    results = Axe().run(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    required = page.evaluate("[...form.querySelectorAll('[required]')].map((one) => one.id)")
    page.close()

    version = QUESTIONNAIRE.version
    assert sent == {"version": version, "lang": "en", "branch": "couture", "headcount": "0", "RE1": "o1"}
    assert required == ["branch", "headcount"]
    assert width <= PHONE["width"]
    assert results.violations_count == 0, results.generate_report()


def fill_in(page, answers, headcount):
    """Answer questions as clicks would, and return what the form hides and tells."""
    return page.evaluate(
        """([answers, headcount]) => {
            form.reset();
            for (const [code, option] of Object.entries(answers))
                form.querySelector(`input[name="${code}"][value="${option}"]`).checked = true;
            document.getElementById("headcount").value = headcount ?? "";
            form.dispatchEvent(new Event("input"));
            const all = (path) => [...form.querySelectorAll(path)];
            return {
                hidden: all("[data-question][hidden]").map((one) => one.dataset.question),
                told: all("#clashes [data-clash]").map((one) => one.dataset.clash),
            };
        }""",
        [answers, headcount],
    )


def settled_facts(answers, headcount):
    """Return the facts that the library knows without maturity: of answers, needs and headcount."""
    score = QUESTIONNAIRE.score(answers, headcount)
    told = {key for key, value in score.facts.items() if value is not None}
    size = {"headcount_band": "NN"} if headcount is None else {"headcount": headcount}
    fields = score.profile_fields()
    profile = hr.CompanyProfile(branch="couture", needs=fields["needs"], facts=fields["facts"], **size)
    firms = firms_of(profile, hr.load_catalog())
    return told | {one.fact for one in implied_facts(firms, hr.load_catalog())}


def test_the_form_skips_what_an_answer_settles_and_tells_what_does_not_go_together(browser, written):
    page, said, _ = opened(browser, written, DESK)
    draw = random.Random(5)
    questions = QUESTIONNAIRE.form("full")
    facts = {one.code for one in questions if one.block == "facts"}

    hidden, told = 0, 0
    for _ in range(60):
        chosen = draw.sample(questions, draw.choice([3, 15, len(questions)]))
        answers = {one.code: draw.choice(one.options).code for one in chosen}
        headcount = draw.choice([None, 0, 2, 8, 40, 300])
        found = fill_in(page, answers, headcount)

        expected = QUESTIONNAIRE.score(answers, headcount).contradictions
        assert sorted(found["told"]) == sorted(one.contradiction for one in expected)
        assert set(found["hidden"]) == (settled_facts(answers, headcount) & facts) - answers.keys()
        hidden, told = hidden + len(found["hidden"]), told + len(expected)
    results = Axe().run(page)
    page.close()

    assert (hidden > 20, told > 20) == (True, True)
    assert results.violations_count == 0, results.generate_report()
    assert said == []
