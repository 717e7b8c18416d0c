"""What one cell says: one reader each for numbers, yes and no, lists, codes and keys."""

from __future__ import annotations

import decimal
import fractions

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import hrtools_reco as hr
from hrtools_reco.firms import is_missing, read_companies, read_truth
from hrtools_reco.firms.fields import fields_of

CATALOG = hr.load_catalog()
READERS = fields_of(CATALOG).readers
BUDGET, HEADCOUNT, SCORE = "budget_eur_per_year", "headcount", "maturity_training"
FIRM = {"branch": "couture", "headcount": 12}

NUMBERS = {
    BUDGET: {
        "1 200,50": 1200.5,
        "1.200,50": 1200.5,
        "1,200.50": 1200.5,
        "1\u00a0200,50": 1200.5,
        "1\u202f200": 1200,
        "1\u2009200": 1200,
        "1'200": 1200,
        "1’200,5": 1200.5,
        "2 000 €": 2000,
        "2000€": 2000,
        "€ 2000": 2000,
        "2 000 EUR": 2000,
        "2000 euros": 2000,
        "1 euro": 1,
        "1,500,000": 1_500_000,
        "1.500.000": 1_500_000,
        "1 500,000": 1500,
        "1500,000": 1500,
        "0,500": 0.5,
        "12,5": 12.5,
        "12.50": 12.5,
        "1,2E+04": 12_000,
        "+5": 5,
        "  7  ": 7,
        "\uff11\uff12": 12,
        12: 12,
        12.5: 12.5,
        np.float32(12.5): 12.5,
        decimal.Decimal("12.5"): 12.5,
        fractions.Fraction(1, 2): 0.5,
    },
    HEADCOUNT: {
        "18": 18,
        " 18 ": 18,
        "18.0": 18,
        "18,0": 18,
        18.0: 18,
        "1 000": 1000,
        "1\u202f000": 1000,
        0: 0,
        "0": 0,
    },
    SCORE: {"37,5": 37.5, "37.500": 37.5, "37,125": 37.125, "100": 100, 0: 0, "1e1": 10},
}
NO_NUMBERS = {
    BUDGET: [
        "1,500",
        "1.500",
        "12.000",
        "12,000",
        "999,999",
        "1 500 €/an",
        "12 34",
        "1 00",
        "1,50,000",
        "1.500.00",
        "1,500,50",
        "- 5",
        "-5",
        "5-",
        "\u22125",
        "inf",
        "1_000",
        "0x10",
        "2 k€",
        "€",
        ".",
        "1e",
        "dix",
        "1" * 61,
        10**400,
        True,
        np.bool_(True),
        "vrai",
        1 + 2j,
        b"12",
        np.array(3),
        pd.Period("2020"),
        pd.Timestamp("2020"),
    ],
    HEADCOUNT: [
        "1,000",
        "1.000",
        "12,000",
        "1.500",
        "12,5",
        12.5,
        "-3",
        -3,
        500_001,
        "500 001",
        "1 000 €",
        "12 salariés",
        1e300,
        decimal.Decimal("Infinity"),
    ],
    SCORE: ["100,1", "-0,1", "101", "50 %", "50/100", 1e9],
}


@pytest.mark.parametrize(
    ("column", "cell", "number"),
    [(column, cell, number) for column, cells in NUMBERS.items() for cell, number in cells.items()],
)
def test_a_number_is_read_as_it_is_written_in_france_and_elsewhere(column, cell, number):
    assert READERS[column](cell) == number


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        pytest.param(column, cell, id=f"{column}-{str(cell)[:20]}")
        for column, cells in NO_NUMBERS.items()
        for cell in cells
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused(column, cell):
    with pytest.raises(hr.InvalidValueError, match=f"{column} must be a "):
        READERS[column](cell)


@pytest.mark.parametrize(
    ("cell", "hint"),
    [("1,500", "Write 1500, or 1.5."), ("12.000", "Write 12000, or 12."), ("1.050", "Write 1050, or 1.05.")],
)
def test_a_number_that_could_be_two_says_how_to_write_each(cell, hint):
    with pytest.raises(hr.InvalidValueError, match=f"not to be taken in two ways. Got '{cell}'. {hint}"):
        hr.CompanyProfile(**FIRM, budget_eur_per_year=cell)


@given(
    number=st.integers(0, 999_999),
    group=st.sampled_from([" ", "\u00a0", "\u202f", "'", ""]),
    point=st.sampled_from([",", "."]),
    cents=st.integers(0, 99),
)
def test_no_thousands_mark_ever_makes_a_number_smaller(number, group, point, cents):
    whole = f"{number:,}".replace(",", group)

    assert READERS[BUDGET](f"{whole}{point}{cents:02d}") == pytest.approx(number + cents / 100)
    assert READERS[BUDGET](whole) == number


@given(number=st.integers(1000, 400_000), mark=st.sampled_from([",", "."]))
def test_a_comma_or_a_point_between_thousands_is_never_a_decimal_mark(number, mark):
    cell = f"{number:,}".replace(",", mark)

    for column in (BUDGET, HEADCOUNT):
        with pytest.raises(hr.InvalidValueError, match=f"Write {number}, or"):
            READERS[column](cell)


YES = [
    "y",
    "Y",
    "yes",
    "o",
    "O",
    "oui",
    "oui ",
    " OUI",
    "Oui\u00a0",
    "vrai",
    "true",
    "True",
    True,
    np.bool_(True),
    1,
    1.0,
    np.int8(1),
    "1",
    "1.0",
    "1,0",
    decimal.Decimal(1),
]
NO = [
    "n",
    "N",
    "no",
    "non",
    "Non ",
    "faux",
    "false",
    "FALSE",
    False,
    np.bool_(False),
    0,
    0.0,
    -0.0,
    "0",
    "0.0",
    "0,0",
    decimal.Decimal(0),
]
NEITHER = [
    "10",
    "00",
    "-1",
    -1,
    2,
    0.5,
    "N.O.N",
    "o.",
    "-0",
    "ou",
    "maybe",
    "x",
    "oui non",
    10,
    b"1",
    [True],
    float("inf"),
    10**400,
    1 + 0j,
    pd.Timestamp(1),
]


@pytest.mark.parametrize(("cells", "truth"), [(YES, True), (NO, False)], ids=["yes", "no"])
def test_yes_and_no_are_read_alike_by_a_profile_and_a_table(cells, truth):
    for cell in cells:
        table = pd.DataFrame({"company_id": ["a"], **FIRM, "has_work_email": pd.Series([cell], dtype=object)})

        assert read_truth("has_work_email", cell) is truth
        assert hr.CompanyProfile(**FIRM, facts={"work_email": cell}).facts == {"work_email": truth}
        assert read_companies(table, CATALOG)[0].facts[0, CATALOG.keys("facts").index("work_email")] == truth


@pytest.mark.parametrize("cell", NEITHER, ids=[str(cell)[:12] for cell in NEITHER])
def test_what_is_neither_yes_nor_no_is_refused(cell):
    with pytest.raises(hr.InvalidValueError, match="has_work_email must be true, false or empty"):
        hr.CompanyProfile(**FIRM, facts={"work_email": cell})


CODES = {
    "branch": {
        "leather_goods": [2528, 2528.0, "2528", "2528.0", "IDCC n° 2528", ("2528",), "Maroquinerie"],
        "textile": [18, np.int64(18), "0018"],
        "footwear": ["1520z", "NAF 15.20Z"],
    },
    "region": {"Grand Est": [57, 57.0, "57", "57.0", "grand est"], "Corse": ["2A", "corse"]},
    "headcount_band": {"03": [3, 3.0, "3", "03", "3.0"], "NN": ["nn", "NN"], "00": [0, "00"], "53": ["53"]},
}
NO_CODES = {
    "branch": [
        158.0,
        "158.0",
        "15.80",
        78.0,
        35.0,
        75.2,
        "-2528",
        -18,
        "25.28",
        "2.528",
        "2528.5",
        "15.2Z",
        "NAF",
        "IDCC",
        True,
        [2528, 1580],
        [],
        {"a": 1},
        b"2528",
    ],
    "region": ["-84", -84, 8.4, "8.4", "840", True, ["Bretagne"], b"84"],
    "headcount_band": ["-3", -3, 3.5, "3.5", "13", 13, True, ["03"], b"03", "6 à 9"],
}


@pytest.mark.parametrize(
    ("column", "cell", "key"),
    [(column, cell, key) for column, keys in CODES.items() for key, cells in keys.items() for cell in cells],
)
def test_a_code_is_read_as_number_and_as_text(column, cell, key):
    assert READERS[column](cell) == key


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        pytest.param(column, cell, id=f"{column}-{cell}")
        for column, cells in NO_CODES.items()
        for cell in cells
    ],
)
def test_a_sign_or_a_point_of_a_code_is_never_dropped(column, cell):
    with pytest.raises(hr.InvalidValueError, match=f"{column} must be"):
        READERS[column](cell)


LISTS = {
    "a text": "moodle|payfit",
    "blanks and empty items": " moodle | | payfit|",
    "one twice": "moodle|payfit|moodle",
    "a list": ["moodle", None, "payfit"],
    "a tuple": ("moodle", "payfit"),
    "a set": {"payfit", "moodle"},
    "a frozen set": frozenset({"payfit", "moodle"}),
    "an array": np.array(["moodle", "payfit"], dtype=object),
}


@pytest.mark.parametrize("cell", LISTS.values(), ids=list(LISTS))
@pytest.mark.parametrize("name", ["installed", "excluded", "refused"])
def test_a_list_is_read_from_every_kind_of_list(name, cell):
    firms, _, _ = read_companies(pd.DataFrame({"company_id": ["a"], **FIRM, name: [cell]}), CATALOG)

    assert getattr(hr.CompanyProfile(**FIRM, **{name: cell}), name) == ("moodle", "payfit")
    assert getattr(firms, name).sum() >= 2


@pytest.mark.parametrize(
    "cell", [5, 5.5, True, {"moodle": 1}, b"moodle", [5], np.array(3), np.array([["moodle"]])], ids=str
)
@pytest.mark.parametrize("name", ["installed", "maturity_estimated", "excluded", "refused"])
def test_what_is_no_list_of_names_is_refused(name, cell):
    with pytest.raises(hr.InvalidValueError, match=f"{name} must be a list of texts"):
        hr.CompanyProfile(**FIRM, **{name: cell})


def test_what_a_firm_does_not_want_is_named_as_tool_function_kind_or_vendor():
    tools = CATALOG.tools
    profile = hr.CompanyProfile(**FIRM, excluded=["moodle", "ats"], refused=["resource", "payfit", "Flatchr"])
    firms, _, _ = read_companies(profile, CATALOG)

    ats = tools["functions"].str.split("|").map(lambda names: "ats" in names)
    assert (firms.excluded[0] == (ats | (tools["tool_id"] == "moodle"))).all()
    assert firms.refused[0][(tools["kind"] == "resource").to_numpy()].all()
    with pytest.raises(
        hr.UnknownNameError, match=r"excluded must be the key of a tool.* Got 'moodel'\. Nearest: moodle"
    ):
        hr.CompanyProfile(**FIRM, excluded="moodel")


KEYS = {
    "a number and its text": [1, "1"],
    "a blank behind": ["a", "a "],
    "a tab before": ["a", "\ta"],
    "a zero-width space": ["a", "a\u200b"],
    "a byte order mark": ["a", "\ufeffa"],
    "two forms of an accent": ["caf\u00e9", "cafe\u0301"],
    "a NumPy number and its text": [np.int64(7), "7"],
}


@pytest.mark.parametrize("keys", KEYS.values(), ids=list(KEYS))
def test_keys_that_read_alike_are_one_key_twice(keys):
    table = pd.DataFrame({"company_id": pd.Series(keys, dtype=object), **FIRM})

    _, rows, rejects = read_companies(table, CATALOG, on_error="collect")

    assert rows.tolist() == [0]
    assert [(reject.row, reject.column) for reject in rejects] == [(1, "company_id")]
    assert "company_id must be unique in the table" in rejects[0].message
    with pytest.raises(hr.InvalidTableError, match="row 1: company_id must be unique"):
        read_companies([{"company_id": key, **FIRM} for key in keys], CATALOG)
    with pytest.raises(hr.InvalidTableError, match="row 1: company_id must be unique"):
        read_companies([hr.CompanyProfile(company_id=key, **FIRM) for key in keys], CATALOG)


NO_KEYS = [
    "",
    " ",
    "\t",
    "\u200b",
    None,
    float("nan"),
    pd.NA,
    2.0,
    2.5,
    True,
    b"a",
    ["a"],
    "a\ud800",
    10**30,
    pd.Timestamp("2026"),
    decimal.Decimal(3),
]


@pytest.mark.parametrize("key", NO_KEYS, ids=[repr(key) for key in NO_KEYS])
def test_what_is_no_key_is_refused_and_the_next_firm_answered(key):
    table = pd.DataFrame({"company_id": pd.Series([key, "b"], dtype=object), **FIRM})

    firms, _, rejects = read_companies(table, CATALOG, on_error="collect")

    assert firms.company_id.tolist() == ["b"]
    assert [(reject.row, reject.column) for reject in rejects] == [(0, "company_id")]
    if not is_missing(key):
        with pytest.raises(hr.InvalidValueError, match="company_id must be"):
            hr.CompanyProfile(company_id=key, **FIRM)


@pytest.mark.parametrize(
    "keys", [[12345678900012, 2], ["0018", "18"], ["NA", "null"], [1, "b"], ["A", "a"]], ids=str
)
def test_a_key_comes_out_as_it_came_in(keys):
    firms, _, _ = read_companies(pd.DataFrame({"company_id": keys, **FIRM}), CATALOG)
    listed, _, _ = read_companies([{"company_id": key, **FIRM} for key in keys], CATALOG)

    assert firms.company_id.tolist() == listed.company_id.tolist() == keys
    assert (
        firms.company_id.dtype
        == listed.company_id.dtype
        == (np.int64 if isinstance(keys[1], int) else object)
    )


def test_a_column_of_keys_that_went_through_floats_is_refused_with_the_way_out():
    table = pd.DataFrame({"company_id": [12345678900012.0, 2.0], **FIRM})

    with pytest.raises(
        hr.InvalidValueError,
        match=r"row 0: company_id must be a text or a whole number .* \.astype\(\"Int64\"\)",
    ):
        hr.ToolRecommender().fit().recommend_batch(table)


def test_no_branch_region_or_band_is_spelled_as_a_missing_value():
    words = fields_of(CATALOG).words

    for spelling in (*words._branch_spellings, *words._region_spellings, *words.bands, *words.groups):
        assert not is_missing(spelling)


@pytest.mark.parametrize(("cells", "truth"), [(YES, True), (NO, False)], ids=["yes", "no"])
def test_the_questionnaire_reads_yes_and_no_as_a_profile_does(cells, truth):
    questionnaire = hr.load_questionnaire()

    assert [questionnaire.score({"RE1": "o2", "work_email": cell}).facts["work_email"] for cell in cells] == [
        truth
    ] * len(cells)
    for cell in NEITHER:
        with pytest.raises(hr.InvalidValueError, match="answer to work_email must be True or False"):
            questionnaire.score({"RE1": "o2", "work_email": cell})
