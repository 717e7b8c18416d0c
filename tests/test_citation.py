"""An answer can be cited: versions, day, and for each tool its address, price and main page with dates."""

import json
from datetime import date
from importlib.metadata import version

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

import hrtools_reco as hr
from hrtools_reco.catalog import citations_of, versions_of

FIRMS = pd.DataFrame({"company_id": ["a", "b"], "branch": ["footwear", "1580"], "headcount": [12, 60]})
CITATIONS = citations_of(hr.load_catalog())


def test_every_tool_has_a_main_page_that_is_among_its_evidence(catalog):
    pages = catalog.evidence.groupby("tool_id")["url"].agg(set)

    for tool_id in catalog.tool_ids:
        source = CITATIONS.of(tool_id).source
        assert source.url in pages[tool_id]
        rows = catalog.evidence[
            (catalog.evidence["tool_id"] == tool_id) & (catalog.evidence["url"] == source.url)
        ]
        assert source.page_date == (max(rows["page_date"].dropna(), default=None))


def test_the_page_of_the_vendor_comes_before_others():
    assert "francetravail.fr" in CITATIONS.of("france-travail-pro").source.url


def test_a_price_is_what_the_catalog_holds_or_it_is_to_be_asked(catalog):
    for tool_id in catalog.tool_ids:
        tool, price = catalog.tool(tool_id), CITATIONS.of(tool_id).price
        told = price.to_dict()
        if tool.price_eur is not None:
            assert (told["amount"], told["unit"], told["date"]) == (
                tool.price_eur,
                tool.price_unit,
                tool.price_as_of,
            )
        elif tool.price_model in ("free", "open_source"):
            assert told["amount"] == 0
        elif tool.price_currency is None:
            assert told == "to ask"
        assert price.text.fr
        assert price.text.en


def test_a_list_price_in_another_currency_stays_in_it():
    price = CITATIONS.of("airtable").price

    assert (price.amount, price.currency, price.unit) == (20.0, "USD", "per_user_per_month")


def test_the_versions_are_those_of_library_catalog_and_questionnaire(catalog):
    assert versions_of(catalog).to_dict() == {
        "library": version("hrtools-reco"),
        "catalog": catalog.version,
        "questionnaire": hr.load_questionnaire().version,
    }
    assert hr.__version__ == version("hrtools-reco")


def test_a_batch_tells_what_it_comes_from_and_cites_its_tools_on_request(recommender, catalog):
    answer = recommender.recommend_batch(FIRMS, 3, cited=True, reasons="en")

    assert (answer.versions, answer.day) == (versions_of(catalog), date.today())
    told = answer.frame.astype(object).where(answer.frame.notna(), None)
    for row in told.to_dict("records"):
        cited = CITATIONS.of(row["tool_id"])
        assert row["name"] == catalog.tool(row["tool_id"]).name
        assert (row["price"], row["price_date"]) == (cited.price.text("en"), cited.price.date)
        assert (row["source_url"], row["source_date"]) == (cited.source.url, cited.source.page_date)
    plain = recommender.recommend_batch(FIRMS, 3, reasons="en").frame
    pd.testing.assert_frame_equal(answer.frame[plain.columns], plain)


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_files_with_a_place_for_it_tell_versions_and_day(tmp_path, recommender, catalog, suffix):
    FIRMS.to_csv(tmp_path / "firms.csv", index=False)
    target = tmp_path / f"recs{suffix}"

    hr.recommend_file(tmp_path / "firms.csv", target, 2, cited=True, recommender=recommender)

    if suffix == ".parquet":
        told = pq.read_schema(target).metadata[b"hrtools_reco"]
        columns = pq.read_schema(target).names
    else:
        book = openpyxl.load_workbook(target)
        told, columns = book.properties.description, [cell.value for cell in book.active[1]]
    assert json.loads(told) == {**versions_of(catalog).to_dict(), "day": date.today().isoformat()}
    assert columns[-1] == "source_date"


def test_an_answer_tells_versions_day_and_for_each_tool_address_price_and_main_page(recommender, catalog):
    answer = recommender.recommend({"branch": "footwear", "headcount": 60, "needs": {"hiring": 80}}, 8)

    told = json.loads(json.dumps(answer.to_dict(), allow_nan=False))

    assert told["versions"] == versions_of(catalog).to_dict()
    assert told["day"] == date.today().isoformat()
    for item in told["recommendations"]:
        assert {name: item[name] for name in ("homepage", "price", "source")} == CITATIONS.of(
            item["tool_id"]
        ).to_dict()
    for view in (answer.to_text("fr"), answer.to_html("en")):
        assert catalog.version in view
        assert date.today().isoformat() in view


def test_an_explanation_can_be_cited_and_is_seen_in_a_notebook(recommender):
    found = recommender.explain({"branch": "footwear", "headcount": 60}, "payfit")

    assert found.to_dict()["price"]["unit"] == "per_user_per_month"
    assert found._repr_html_().startswith("<div")
    assert "&" not in found.tool.name
