"""Profiles: one validation path for an object, a mapping and a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from strategies import CATALOG, frame_of, tables

import hrtools_reco as hr
from hrtools_reco.firms import firms_of, read_companies

BRANCHES = {
    "leather_goods": "leather_goods",
    "Maroquinerie": "leather_goods",
    "  MAROQUINERIE ": "leather_goods",
    "leather goods": "leather_goods",
    "Saddlery": "leather_goods",
    "2528": "leather_goods",
    "IDCC 2528": "leather_goods",
    "idcc2528": "leather_goods",
    2528: "leather_goods",
    "0018": "textile",
    "18": "textile",
    "0207": "tanning",
    "prêt-à-porter (fabrication)": "clothing",
    "pret a porter fabrication": "clothing",
    "Tannerie-mégisserie": "tanning",
    "15.20Z": "footwear",
    "1520z": "footwear",
    "NAF 15.11Z": "tanning",
    "96.01B": "textile_care",
}


@pytest.mark.parametrize(("written", "key"), BRANCHES.items(), ids=[str(name) for name in BRANCHES])
def test_a_branch_is_read_from_key_name_alias_idcc_or_naf(written, key):
    assert hr.CompanyProfile(branch=written, headcount=9).branch == key


@pytest.mark.parametrize(
    ("code", "candidates"),
    [
        ("14.13Z", ["clothing", "couture"]),
        ("IDCC 2002", ["textile_care", "textile_services"]),
        ("2002", ["textile_care", "textile_services"]),
    ],
)
def test_a_code_of_several_branches_names_them_and_what_decides(code, candidates):
    with pytest.raises(
        hr.AmbiguousBranchError, match=f"fits several: {', '.join(candidates)}. What decides: "
    ):
        hr.CompanyProfile(branch=code, headcount=9)


WRONG = {
    "an unknown branch": (
        {"branch": "leather gods"},
        r"branch must be .* Got 'leather gods'. Nearest: leather",
    ),
    "an unknown IDCC": ({"branch": "IDCC 1234"}, r"branch must be .* Got 'IDCC 1234'"),
    "a negative headcount": ({"headcount": -3}, "headcount must be a whole number of employees.* Got -3."),
    "a part of an employee": (
        {"headcount": 12.5},
        "headcount must be a whole number of employees.* Got 12.5.",
    ),
    "an absurd headcount": ({"headcount": 10**7}, "headcount must be .* at most 500000. Got 10000000."),
    "a headcount in words": ({"headcount": "dix"}, "headcount must be a whole number .* Got 'dix'."),
    "a truth value for a headcount": ({"headcount": True}, "headcount must be a whole number .* Got True."),
    "no headcount": (
        {"headcount": None},
        "headcount must be known: give the number of employees or a SIRENE band",
    ),
    "an unknown band": (
        {"headcount": None, "headcount_band": "13"},
        "headcount_band must be a SIRENE headcount band such as '03'.* Got '13'",
    ),
    "a headcount outside its band": (
        {"headcount": 30, "headcount_band": "03"},
        "headcount must be within its band, from 6 to 9 employees. Got 30.",
    ),
    "a misspelt dimension": (
        {"maturity": {"recruitement": 30}},
        "maturity must be given for one of the dimensions. Got 'recruitement'. Nearest: recruitment.",
    ),
    "a misspelt need": ({"needs": {"hire": 30}}, "needs must be given for one of the needs. Got 'hire'"),
    "a misspelt fact": ({"facts": {"smart_phone": True}}, "Got 'smart_phone'. Nearest: smartphone."),
    "a score over 100": (
        {"maturity": {"training": 101}},
        "maturity_training must be a number from 0 to 100, or empty. Got 101.",
    ),
    "a score under 0": (
        {"needs": {"hiring": -1}},
        "need_hiring must be a number from 0 to 100, or empty. Got -1.",
    ),
    "a score that is no number": (
        {"maturity": {"training": "good"}},
        "maturity_training must .* Got 'good'.",
    ),
    "a fact that is neither": ({"facts": {"internet": "maybe"}}, "has_internet must be true, false or empty"),
    "an unknown region": (
        {"region": "Bretange"},
        "region must be a French region. Got 'Bretange'. Nearest: Bretagne",
    ),
    "a negative budget": (
        {"budget_eur_per_year": -5},
        "budget_eur_per_year must be a number of euros a year",
    ),
    "an unknown tool": ({"installed": ["moodel"]}, "installed must be .* Got 'moodel'. Nearest: moodle"),
    "an estimate of nothing": ({"maturity_estimated": ["trainin"]}, "maturity_estimated .* Got 'trainin'"),
}


@pytest.mark.parametrize(("fields", "message"), WRONG.values(), ids=list(WRONG))
def test_a_profile_cannot_exist_with_a_wrong_value(fields, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        hr.CompanyProfile(**{"branch": "textile", "headcount": 9, **fields})


@pytest.mark.parametrize(("fields", "message"), WRONG.values(), ids=list(WRONG))
def test_a_table_refuses_what_a_profile_refuses(fields, message):
    frame = frame_of([{"company_id": "a", "branch": "textile", "headcount": 9, **fields}])

    with pytest.raises(ValueError, match=r"Got|known|column") as caught:
        read_companies(frame, CATALOG)

    assert isinstance(caught.value, hr.InvalidTableError | hr.InvalidValueError)


def test_an_empty_cell_of_a_column_of_bands_is_an_unknown_headcount():
    rows = [
        {"company_id": "a", "branch": "textile", "headcount_band": band} for band in ("", None, "NN", "03")
    ]
    frame = frame_of([row | {"company_id": str(at)} for at, row in enumerate(rows)])

    firms, _, _ = read_companies(frame, CATALOG)

    assert firms.headcount_low.tolist() == [0, 0, 0, 6]
    assert firms.headcount_high.tolist() == [np.inf, np.inf, np.inf, 9]


@settings(max_examples=20)
@given(drawn=tables())
def test_a_firm_is_the_same_as_object_and_as_row(drawn):
    table, rows, rejects = read_companies(frame_of(drawn), CATALOG)

    objects = firms_of([hr.CompanyProfile(**firm) for firm in drawn], CATALOG)

    assert rejects == ()
    assert rows.tolist() == list(range(len(drawn)))
    for name in ("company_id", "branch", "region", "facts", "estimated", "installed"):
        assert getattr(table, name).tolist() == getattr(objects, name).tolist()
    for name in ("headcount_low", "headcount_high", "maturity", "needs", "budget"):
        np.testing.assert_array_equal(getattr(table, name), getattr(objects, name))


@settings(max_examples=30)
@given(drawn=tables(max_size=3))
def test_a_profile_is_made_again_from_its_fields(drawn):
    for firm in drawn:
        profile = hr.CompanyProfile(**firm)

        assert hr.CompanyProfile(**profile.to_dict()).to_dict() == profile.to_dict()


FIRMS = pd.DataFrame({"company_id": ["a", "b"], "branch": ["textile", "couture"], "headcount": [5, 6]})


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (FIRMS.rename(columns={"headcount": "headcunt"}), "Got 'headcunt'. Nearest: headcount"),
        (FIRMS.drop(columns="branch"), "column must be there: 'branch' is needed"),
        (FIRMS.drop(columns="headcount"), "column must be there: 'headcount' or 'headcount_band' is needed"),
        (FIRMS.drop(columns="company_id"), "column must be there: 'company_id' is needed"),
        (FIRMS.assign(maturity_recruitement=3), "Got 'maturity_recruitement'. Nearest: maturity_recruitment"),
        (FIRMS.head(0), "companies must be a table of at least one firm. Got '0 rows'"),
        (
            FIRMS.to_numpy(),
            "companies must be a table .* Got 'ndarray'. An array has no names: make a DataFrame",
        ),
        (FIRMS["branch"], r"companies must be a table .* Got 'Series'. Give its .to_frame\(\)."),
        (iter(FIRMS.to_dict("records")), r"companies must be a table .* Give list\(…\) of it."),
        ("firms.csv", "companies must be a table .* Got 'str'."),
        ([], r"companies must be at least one firm. Got \[\]."),
        (pd.concat([FIRMS, FIRMS["branch"]], axis=1), "column must be named once. Got 'branch'"),
    ],
    ids=[
        "misspelt",
        "no branch",
        "no size",
        "no key",
        "misspelt dimension",
        "empty",
        "array",
        "series",
        "iterator",
        "text",
        "no firm",
        "twice",
    ],
)
def test_a_wrong_table_is_refused_whole(frame, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        read_companies(frame, CATALOG)


def test_a_repeated_and_an_empty_key_are_refused_with_their_rows():
    frame = FIRMS.assign(company_id=["a", "a"])
    with pytest.raises(
        hr.InvalidTableError, match=r"row 1: company_id must be unique in the table. Got 'a'."
    ):
        read_companies(frame, CATALOG)
    with pytest.raises(hr.InvalidTableError, match=r"row 0: company_id must be there: each firm needs a key"):
        read_companies(FIRMS.assign(company_id=[None, "b"]), CATALOG)


def test_a_column_of_ones_own_is_let_through():
    table, _, _ = read_companies(FIRMS.assign(siret="12345678900012", notes="x"), CATALOG)

    assert len(table) == 2


def test_french_numbers_and_blanks_are_read():
    frame = pd.DataFrame(
        {
            "company_id": ["a", "b", "c"],
            "branch": ["Maroquinerie", "CHAUSSURE", "couture"],
            "headcount": ["18", " 7 ", ""],
            "headcount_band": ["", "", "03"],
            "maturity_training": ["37,5", "", " "],
            "budget_eur_per_year": ["1 500,50", "", "0"],
            "has_internet": ["oui", "Non", ""],
        }
    )

    table, _, _ = read_companies(frame, CATALOG)

    at = CATALOG.keys("dimensions").index("training")
    assert table.headcount_low.tolist() == [18, 7, 6]
    assert table.headcount_high.tolist() == [18, 7, 9]
    np.testing.assert_array_equal(table.maturity[:, at], [37.5, np.nan, np.nan])
    np.testing.assert_array_equal(table.budget, [1500.5, np.nan, 0.0])
    assert table.facts[:, CATALOG.keys("facts").index("internet")].tolist() == [1, 0, -1]


def test_codes_keep_their_meaning_as_numbers():
    frame = pd.DataFrame({"company_id": [1, 2], "branch": [18, 1580], "headcount_band": [3, 11]})

    table, _, _ = read_companies(frame, CATALOG)

    assert [CATALOG.keys("branches")[at] for at in table.branch] == ["textile", "footwear"]
    assert table.headcount_low.tolist() == [6, 10]
    assert table.company_id.tolist() == [1, 2]
