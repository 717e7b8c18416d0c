"""Funding: dated records, never a past one, never an amount without date and source."""

from __future__ import annotations

import json
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from hrtools_reco.catalog.catalog import Catalog, load_catalog
from hrtools_reco.exceptions import CatalogError, InvalidValueError, UnknownNameError
from hrtools_reco.firms.profiles import CompanyProfile
from hrtools_reco.outlook.funding import funding

RECORDS = load_catalog().table("funding").set_index("funding_id")
BRANCHES = load_catalog().keys("branches")
BANDS = load_catalog().table("headcount_bands").set_index("band").query("headcount_min >= 1")
DAY = date(2026, 11, 24)

days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
edges = sorted(
    {date.fromisoformat(cell) for name in ("valid_from", "valid_to") for cell in RECORDS[name].dropna()}
)
any_day = st.one_of(days, st.sampled_from(edges))
branches = st.sampled_from(BRANCHES)
headcounts = st.one_of(st.integers(1, 400), st.sampled_from([49, 50, 249, 250]))


def catalog_with(**cells: object) -> Catalog:
    """Return the catalog with one funding record, changed as said."""
    tables = {name: load_catalog().table(name) for name in load_catalog().table_names}
    record = tables["funding"][tables["funding"]["funding_id"] == "skills_plan"].assign(**cells)
    return Catalog({**tables, "funding": record}, load_catalog().descriptor)


def ids(offers):
    return [offer.funding_id for offer in offers]


@given(branch=branches, headcount=headcounts, day=any_day)
def test_no_past_record_and_none_that_is_to_come_is_offered_on_any_day(branch, headcount, day):
    offers = funding({"branch": branch, "headcount": headcount}, day)

    for offer in offers:
        cells = RECORDS.loc[offer.funding_id]
        assert pd.isna(cells["valid_from"]) or cells["valid_from"] <= day.isoformat()
        assert pd.isna(cells["valid_to"]) or day.isoformat() <= cells["valid_to"]


@given(branch=branches, headcount=headcounts, day=any_day)
def test_every_record_that_is_open_and_fits_the_firm_is_offered(branch, headcount, day):
    opco = load_catalog().branches.set_index("branch").loc[branch, "opco"]
    expected = {
        key
        for key, row in RECORDS.fillna({"valid_from": "0000", "valid_to": "9999", "opco": opco}).iterrows()
        if row["valid_from"] <= day.isoformat() <= row["valid_to"]
        and row["opco"] == opco
        and (pd.isna(row["branches"]) or branch in row["branches"].split("|"))
        and not headcount < row["headcount_min"]
        and not headcount > row["headcount_max"]
    }

    assert set(ids(funding({"branch": branch, "headcount": headcount}, day))) == expected


@given(branch=branches, headcount=headcounts, day=any_day)
def test_an_offer_applies_only_where_both_its_days_are_known(branch, headcount, day):
    offers = funding({"branch": branch, "headcount": headcount}, day)

    for offer in offers:
        assert (offer.status == "applies") == (None not in (offer.valid_from, offer.valid_to))


@given(branch=branches, band=st.sampled_from(list(BANDS.index)), day=any_day)
def test_a_band_is_offered_what_some_headcount_in_it_is_and_applies_where_all_are(branch, band, day):
    bounds = BANDS.loc[band, ["headcount_min", "headcount_max"]].astype(float)
    low, high = bounds.fillna(20_000).astype(int)
    each = [funding({"branch": branch, "headcount": n}, day) for n in (low, high)]

    offers = funding({"branch": branch, "headcount_band": band}, day)

    assert set(ids(offers)) == set(ids(each[0])) | set(ids(each[1]))
    sure = {offer.funding_id for offer in offers if offer.status == "applies"}
    assert sure == set.intersection(*({o.funding_id for o in some if o.status == "applies"} for some in each))


def test_a_limit_inside_the_band_of_the_firm_is_to_be_checked_and_says_so():
    catalog = catalog_with(headcount_max=15.0, valid_from="2026-01-01", valid_to="2026-12-31")

    (offer,) = funding({"branch": "couture", "headcount_band": "11"}, DAY, catalog=catalog)

    assert offer.status == "to_check"
    assert "Exact headcount needed: the limit is fewer than 16 employees." in offer.reasons_en


@pytest.mark.parametrize(("branch", "opco"), [("textile_care", "AKTO"), ("leather_goods", "Opco 2i")])
def test_what_is_to_be_checked_names_the_opco_of_the_branch(branch, opco):
    offers = funding({"branch": branch, "headcount": 12}, DAY)

    assert {offer.opco for offer in offers} == {opco}
    assert all(any(opco in reason for reason in offer.reasons_fr) for offer in offers)


def test_a_record_of_one_opco_is_not_offered_to_the_branches_of_another():
    catalog = catalog_with(opco="AKTO")

    assert ids(funding({"branch": "textile_care", "headcount": 12}, DAY, catalog=catalog)) == ["skills_plan"]
    assert not funding({"branch": "couture", "headcount": 12}, DAY, catalog=catalog)


def test_a_record_of_some_branches_is_offered_to_them_only():
    catalog = catalog_with(branches="couture|footwear")

    assert funding({"branch": "couture", "headcount": 12}, DAY, catalog=catalog)
    assert not funding({"branch": "textile", "headcount": 12}, DAY, catalog=catalog)


def test_a_firm_can_ask_for_what_pays_for_some_functions():
    offers = funding({"branch": "couture", "headcount": 12}, DAY, functions=["apprenticeship"])

    assert ids(offers) == [
        "apprentice_grant_2026_under_250",
        "agefiph_work_study",
        "apprentice_grant_permanent",
        "pro_contract_45_plus",
    ]


def test_the_permanent_grant_for_an_apprentice_outlives_the_temporary_one():
    offers = funding(
        {"branch": "leather_goods", "headcount": 18}, date(2027, 1, 2), functions=["apprenticeship"]
    )

    assert "apprentice_grant_permanent" in ids(offers)
    assert "apprentice_grant_2026_under_250" not in ids(offers)


def near(offers, key):
    """Return what is said of what follows the end of a record."""
    (offer,) = (offer for offer in offers if offer.funding_id == key)
    return [reason for reason in offer.reasons_en if "not yet known" in reason]


@pytest.mark.parametrize(
    ("day", "is_told"), [(date(2026, 9, 29), False), (date(2026, 10, 2), True), (date(2026, 12, 31), True)]
)
def test_what_follows_an_end_that_is_near_is_told_to_be_unknown(day, is_told):
    offers = funding({"branch": "couture", "headcount": 12}, day)

    told = near(offers, "apprentice_grant_2026_under_250")

    assert [reason.replace("\u00a0", " ") for reason in told] == [
        "What follows after 31 December 2026 is not yet known."
    ] * is_told


@pytest.mark.parametrize(("start", "most", "is_told"), [("2027-01-01", 49, False), ("2027-01-01", 9, True)])
def test_an_end_that_another_record_follows_for_the_same_firms_is_no_warning(start, most, is_told):
    record = catalog_with(valid_from="2026-01-01", valid_to="2026-12-31").table("funding")
    later = record.assign(
        funding_id="skills_plan_2027", valid_from=start, valid_to=None, headcount_max=float(most)
    )
    tables = {name: load_catalog().table(name) for name in load_catalog().table_names}
    catalog = Catalog({**tables, "funding": pd.concat([record, later])}, load_catalog().descriptor)

    offers = funding({"branch": "couture", "headcount": 5}, DAY, catalog=catalog)

    assert bool(near(offers, "skills_plan")) == is_told


def test_training_at_the_workstation_is_open_to_a_firm_of_any_size():
    assert "afest" in ids(funding({"branch": "textile", "headcount": 120}, DAY))


def test_an_amount_without_any_date_is_not_shown():
    bare = {"valid_from": None, "valid_to": None, "page_date": None}
    catalog = catalog_with(amount_fr="30 €/h", amount_en="EUR 30/h", **bare)

    (offer,) = funding({"branch": "couture", "headcount": 12}, DAY, catalog=catalog)

    assert (offer.amount_fr, offer.amount_en) == (None, None)
    assert offer.status == "to_check"
    assert offer.reasons_en[0] == "Dates unknown."


def test_every_amount_of_the_catalog_has_its_source_and_its_year():
    amounts = RECORDS.dropna(subset=["amount_fr"])

    assert len(amounts) > 5
    assert amounts["amount_fr"].str.contains(r"\b20[12]\d\b").all()
    assert amounts["amount_en"].str.contains(r"\b20[12]\d\b").all()
    assert amounts["url"].str.startswith("http").all()
    assert amounts[["valid_from", "valid_to", "page_date"]].notna().any(axis=1).all()
    assert (RECORDS["amount_fr"].isna() == RECORDS["amount_en"].isna()).all()


def test_offers_are_ready_for_json_and_come_in_one_order():
    profile = CompanyProfile(branch="footwear", headcount=18)

    offers = funding(profile, datetime(2026, 11, 24, 9, 30))

    assert offers == funding({"branch": "1580", "headcount": 18}, DAY)
    assert [offer.status for offer in offers] == sorted(offer.status for offer in offers)
    assert json.loads(json.dumps(offers[0].to_dict()))["valid_from"] == "2026-03-08"


def test_a_day_must_be_a_date():
    with pytest.raises(InvalidValueError, match=r"on must be a day, as datetime\.date\. Got '2026-11-24'"):
        funding({"branch": "footwear", "headcount": 18}, "2026-11-24")


def test_an_unknown_function_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"function must be .* Got 'atz'. Nearest: ats"):
        funding({"branch": "footwear", "headcount": 18}, DAY, functions=["atz"])


def test_a_day_that_is_none_is_refused_with_its_place():
    catalog = catalog_with(valid_to="2026-13-01")

    with pytest.raises(
        CatalogError, match=r"record skills_plan, column valid_to: must be a day .* '2026-13-01'"
    ):
        funding({"branch": "footwear", "headcount": 18}, DAY, catalog=catalog)
