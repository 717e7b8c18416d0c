"""The page in a headless Chromium: nothing fetched, nothing wrong, readable on a phone, on A4 and by ear."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from hrtools_reco.page.document import SECTIONS, report

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1100, "height": 900}
A4_WIDTH = 673  # CSS pixels between the margins of the page
LONG = "Anticonstitutionnellement" * 4
FIRMS = {
    "full": {
        "branch": "textile",
        "headcount": 60,
        "region": "Provence-Alpes-Côte d'Azur",
        "budget_eur_per_year": 25000,
        "maturity": {"staff_access": 30, "it_base": 35, "recruitment": 20, "skills": 100, "steering": 35},
        "maturity_estimated": ["steering"],
        "needs": {"hiring": 100, "hard_to_fill": 75, "knowhow_leaving": 60},
        "facts": {"internet": True, "smartphone": True, "work_email": True, "it_admin": False},
        "installed": ["moodle", "ats"],
    },
    "bare": {"branch": "tanning", "headcount_band": "11"},
    "saddlery": {
        "branch": "sellerie",
        "headcount": 6,
        "region": "Nouvelle-Aquitaine",
        "budget_eur_per_year": 500,
        "maturity": {"recruitment": 20, "it_base": 35, "training": 15, "staff_access": 20, "steering": 5},
        "needs": {"hiring": 75, "knowhow_leaving": 80},
        "facts": {"internet": True, "smartphone": False, "work_email": False},
    },
    "workshop": {
        "branch": "maroquinerie",
        "headcount": 45,
        "budget_eur_per_year": 6000,
        "maturity": {"staff_access": 45, "it_base": 55, "hr_admin": 50, "recruitment": 30, "skills": 40},
        "needs": {"hiring": 75, "knowhow_leaving": 50, "apprentices": 50},
        "facts": {"internet": True, "hr_person": True, "smartphone": True, "it_admin": True},
    },
    "mill": {
        "branch": "tissage",
        "headcount": 180,
        "budget_eur_per_year": 30000,
        "maturity": {"staff_access": 40, "it_base": 60, "hr_admin": 50, "training": 45, "steering": 50},
        "needs": {"mandatory_training": 100, "split_teams": 100, "hiring": 75},
        "facts": {"internet": True, "it_admin": True, "hr_person": True},
    },
}
NAMES = {"full": f"<b>{LONG}</b> & fils, {LONG.lower()}"}
PAGES = [("full", "fr"), ("bare", "en"), ("saddlery", "fr"), ("workshop", "en"), ("mill", "fr")]


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is missing. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module", params=PAGES, ids="-".join)
def written(request, recommender, tmp_path_factory):
    firm, lang = request.param
    path = tmp_path_factory.mktemp("page") / "plan.html"
    day = date(2026, 11, 24)
    return report(FIRMS[firm], path, lang, recommender=recommender, on=day, firm_name=NAMES.get(firm))


def opened(browser, path, viewport, **options):
    """Open a page and return it with what the browser said, and with all that it asked for."""
    page = browser.new_page(viewport=viewport, **options)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, said, asked


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_overflows_nothing_is_fetched_and_nothing_is_said(browser, written, viewport):
    page, said, asked = opened(browser, written, viewport)

    width = page.evaluate("document.documentElement.scrollWidth")
    visible = [page.locator(f"#{name} > h2").is_visible() for name in ("brief", *SECTIONS)]
    page.close()

    assert width <= viewport["width"]
    assert all(visible)
    assert said == []
    assert asked in ([written.as_uri()], [written.as_uri(), "data:,"])


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_to_object_to(browser, written, viewport):
    page, _, _ = opened(browser, written, viewport)

    results = Axe().run(page)
    page.close()

    assert results.violations_count == 0, results.generate_report()


def test_the_words_of_the_chart_stay_beside_its_bars_on_a_phone(browser, written):
    page, _, _ = opened(browser, written, PHONE)

    right = page.evaluate(
        "Math.max(0, ...[...document.querySelectorAll('svg text')].map(e => e.getBoundingClientRect().right))"
    )
    page.close()

    assert right <= PHONE["width"]


def test_it_prints_on_four_sheets_of_a4_at_most_and_fits_between_the_margins(browser, written):
    page, _, _ = opened(browser, written, {"width": A4_WIDTH, "height": 900})

    page.emulate_media(media="print")
    width = page.evaluate("document.documentElement.scrollWidth")
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()

    assert width <= A4_WIDTH
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") <= 4
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf


def test_it_reads_the_same_without_script(browser, written):
    page, _, _ = opened(browser, written, PHONE, java_script_enabled=False)

    headings = page.locator("h2").count()
    page.close()

    assert headings == 1 + len(SECTIONS)


def test_a_hostile_name_is_shown_and_does_nothing(browser, recommender, tmp_path):
    name = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">"
    path = report(FIRMS["bare"], tmp_path / "plan.html", recommender=recommender, firm_name=name)

    page, said, _ = opened(browser, path, DESK)
    title, shown = page.title(), page.locator("header .for").inner_text()
    page.close()

    assert title != "hacked"
    assert "<script>document.title='hacked'</script>" in shown.replace("’", "'")
    assert said == []
