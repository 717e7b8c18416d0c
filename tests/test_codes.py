"""Codes of registers: main activities decide, agreements win, other codes only narrow the question."""

import pytest

import hrtools_reco as hr
from hrtools_reco.firms.codes import BranchCodes, settle
from hrtools_reco.firms.vocabulary import vocabulary_of

CODES = BranchCodes(hr.load_catalog())

DECIDED = {
    "15.12Z": "leather_goods",
    "96.01A": "textile_services",
    "96.01B": "textile_care",
    "15.12Y": "leather_goods",
    "96.10G": "textile_services",
    "96.10H": "textile_care",
    "13.20Y": "textile",
    "14.20Z": "couture",
    "95.23Z": "leather_goods",
    "95.23Y": "leather_goods",
    "14.10Y": "textile",
    "IDCC 0207": "tanning",
    "1561": "leather_goods",
    18.0: "textile",
    " naf 1520z ": "footwear",
}


@pytest.mark.parametrize(("code", "branch"), DECIDED.items(), ids=map(str, DECIDED))
def test_the_code_of_a_main_activity_or_of_an_agreement_decides(code, branch):
    assert hr.CompanyProfile(branch=code, headcount=9).branch == branch


@pytest.mark.parametrize(
    ("code", "candidates"),
    [
        ("14.13Z", ("clothing", "couture")),
        ("14.21Y", ("clothing", "couture")),
        ("14.24Y", ("clothing", "couture")),
        ("74.10Z", ("couture",)),
        ("46.42Z", ("couture",)),
        ("32.99Z", ("clothing", "tanning")),
        ("2002", ("textile_care", "textile_services")),
    ],
)
def test_a_code_that_leaves_the_branch_open_names_its_candidates_only(code, candidates):
    with pytest.raises(hr.AmbiguousBranchError, match=", ".join(candidates)) as caught:
        hr.CompanyProfile(branch=code, headcount=9)

    assert caught.value.candidates == candidates


def test_what_decides_is_told_of_the_candidates_alone():
    with pytest.raises(hr.AmbiguousBranchError) as caught:
        hr.CompanyProfile(branch="32.99Z", headcount=9)

    assert "IDCC 0247" in str(caught.value)
    assert "IDCC 0207" in str(caught.value)
    assert "couture" not in str(caught.value)


WORDS = {
    "clothing": "prêt-à-porter|marque de vêtements|mode|chapelier|corsetterie|façonnière",
    "couture": "couturière|retouche|retoucheuse|modiste|tailleur",
    "footwear": "podo-orthésie|bottière|bottier",
    "leather_goods": "cordonnerie|cordonnier|cordonnière|réparation de chaussures|sellier|sellière|bourrelier"
    "|sellerie-maroquinerie|gants|cuir",
    "tanning": "tanneuse|mégissier",
    "textile": "brodeur|brodeuse|tapisserie|tapis|tisserande|chaussettes",
    "textile_care": "blanchisserie|blanchisseuse|pressing|repasseuse",
    "textile_services": "blanchisserie hospitalière|location de linge",
}


@pytest.mark.parametrize(
    ("word", "branch"), [(word, key) for key, cell in WORDS.items() for word in cell.split("|")]
)
def test_the_words_of_a_head_of_firm_are_read(word, branch):
    assert hr.CompanyProfile(branch=word, headcount=1).branch == branch


def test_a_code_of_another_trade_is_told_from_a_word_that_nobody_knows():
    with pytest.raises(hr.UnknownNameError, match=r"one of the 8 branches .* NAF 10\.71C: another trade"):
        hr.CompanyProfile(branch="10.71C", headcount=9)


def test_a_code_that_says_that_no_agreement_is_declared_is_told_as_such():
    with pytest.raises(hr.InvalidValueError, match="no agreement is declared"):
        hr.CompanyProfile(branch="9999", headcount=9)


SETTLED = {
    "the activity parts two branches of one agreement": (["IDCC 2002", "96.01A"], {"textile_services"}, True),
    "the agreement wins over the activity": (["IDCC 303", "14.14Z"], {"couture"}, True),
    "the activity decides within a merged agreement": (["IDCC 2528", "15.11Z"], {"tanning"}, True),
    "two agreements, parted by the activity": (["IDCC 247", "IDCC 303", "14.14Z"], {"clothing"}, True),
    "two agreements, and nothing parts them": (["IDCC 247", "IDCC 303"], {"clothing", "couture"}, False),
    "an agreement of the branch beside another one": (["IDCC 2528", "IDCC 1483"], {"leather_goods"}, True),
    "an agreement of another trade": (["IDCC 1483", "14.14Z"], set(), False),
    "none declared": (["IDCC 9999", "14.14Z"], {"clothing"}, True),
    "both versions of one activity": (["15.12Z", "15.12Y"], {"leather_goods"}, True),
    "an activity of the scope only": (["77.29Z"], {"textile_services"}, False),
    "nothing": ([], set(), False),
}


@pytest.mark.parametrize(("codes", "branches", "decided"), SETTLED.values(), ids=SETTLED)
def test_the_codes_of_one_firm_are_weighed_together(codes, branches, decided):
    readings = [CODES.read(code) for code in codes]

    assert settle(readings) == (branches, decided)


def test_the_version_of_a_code_is_kept():
    assert CODES.read("15.12Y").scheme == "NAF 2025"
    assert CODES.read("1512Z").scheme == "NAF rev. 2"
    assert CODES.read("15.12Z", "NAF 2025").branches == frozenset()


@pytest.mark.parametrize(
    ("written", "region"), [("57", "Grand Est"), ("moselle", "Grand Est"), ("2A", "Corse")]
)
def test_a_region_is_read_from_its_departments(written, region):
    assert vocabulary_of(hr.load_catalog()).region(written) == region


def test_a_code_of_both_a_region_and_a_department_is_not_guessed():
    with pytest.raises(hr.InvalidValueError, match=r"this code \(Nouvelle-Aquitaine or Île-de-France\)"):
        hr.CompanyProfile(branch="textile", headcount=9, region="75")


def test_there_are_101_departments_in_18_regions(catalog):
    departments = catalog.table("departments")

    assert len(departments) == 101
    assert set(departments["region"]) == set(catalog.keys("regions"))
