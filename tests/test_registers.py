"""Firms from public registers: every row is a profile or has its reason, on real rows and on odd ones."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import hrtools_reco as hr

DATA = Path(__file__).parent / "data"
SAMPLE = pd.read_csv(DATA / "sirene_metz.csv", dtype=str)
ANSWERS = json.loads((DATA / "api_recherche_entreprises.json").read_text(encoding="utf-8"))
RETAIL, WHOLESALE = ("47.71Z", "47.72A", "47.72B"), ("46.42Z",)


def of(*cells, **more):
    """Return the one verdict on an establishment of an activity: its profile or its reject."""
    row = dict(zip(("activitePrincipaleEtablissement", "trancheEffectifsEtablissement"), cells, strict=False))
    profiles, rejects = hr.profiles_from_sirene({"siret": "39833035700615", **row, **more})
    return [*profiles, *rejects][0]


def firm(**more):
    """Return a firm as the public search API tells it."""
    return {"siren": "552000000", "etat_administratif": "A", "statut_diffusion": "O", "siege": {}, **more}


def test_every_row_of_the_real_sample_is_answered_or_has_one_reason():
    profiles, rejects = hr.profiles_from_sirene(SAMPLE)

    reasons = SAMPLE.assign(reason=rejects.frame.set_index("row")["reason"])
    assert sorted([*profiles.rows, *rejects.frame["row"]]) == list(range(310))
    assert set(reasons.loc[SAMPLE["naf"].isin(RETAIL), "reason"]) == {"retail"}
    assert set(reasons.loc[SAMPLE["naf"].isin(WHOLESALE), "reason"]) == {"wholesale"}
    others = reasons[~SAMPLE["naf"].isin((*RETAIL, *WHOLESALE))]
    assert set(others.loc[others["reason"].notna(), "naf"]) == {"14.13Z"}
    assert set(others["reason"].dropna()) == {"ambiguous"}


def test_the_real_sample_reads_the_same_when_its_codes_were_taken_for_numbers():
    as_numbers = pd.read_csv(DATA / "sirene_metz.csv")

    read, expected = (hr.profiles_from_sirene(frame)[0].frame for frame in (as_numbers, SAMPLE))

    pd.testing.assert_frame_equal(read, expected)


def test_the_branch_of_an_open_code_is_told_for_the_whole_file():
    profiles, rejects = hr.profiles_from_sirene(SAMPLE, branch_of={"14.13Z": "habillement"})

    assert not (rejects.frame["reason"] == "ambiguous").any()
    assert (profiles.frame.loc[profiles.frame["naf"] == "14.13Z", "branch"] == "clothing").all()


def test_the_firms_of_a_register_go_into_a_batch_as_they_are(recommender):
    profiles, _ = hr.profiles_from_sirene(SAMPLE.head(40))

    batch = recommender.recommend_batch(profiles.frame, k=1).frame
    alone = recommender.recommend(profiles[0], k=1)

    assert batch["company_id"].tolist() == [profile.company_id for profile in profiles]
    assert alone[0].tool_id == batch["tool_id"][0]


READ = {
    "a band": (("15.12Z", "03"), {}, {"branch": "leather_goods", "headcount_band": "03"}),
    "no band": (("15.12Z", None), {}, {"headcount_band": "NN", "headcount": None}),
    "not an employer, or not known": (("15.12Z", "NN"), {}, {"headcount_band": "NN"}),
    "the band of the legal unit first": (
        ("15.12Z", "01"),
        {"trancheEffectifsUniteLegale": "21"},
        {"headcount_band": "21"},
    ),
    "the legal unit alone": ((), {"activitePrincipaleUniteLegale": "13.20Z"}, {"branch": "textile"}),
    "a commune of Corsica": (("15.12Z",), {"codeCommuneEtablissement": "2A004"}, {"region": "Corse"}),
    "a postcode of Corsica": (("15.12Z",), {"codePostalEtablissement": "20000"}, {"region": "Corse"}),
    "a postcode read as a number": (
        ("15.12Z",),
        {"codePostalEtablissement": 1000},
        {"region": "Auvergne-Rhône-Alpes"},
    ),
    "a department overseas": (("15.12Z",), {"department": "974"}, {"region": "La Réunion"}),
    "a place abroad": (("15.12Z",), {"codeCommuneEtablissement": None}, {"region": None}),
    "an agreement beside the activity": (("14.13Z",), {"idcc": "303"}, {"branch": "couture"}),
    "an agreement against the activity": (("14.14Z",), {"idcc": ["0303", "9999"]}, {"branch": "couture"}),
    "NAF 2025 alone": ((), {"activitePrincipaleNAF25Etablissement": "96.10H"}, {"branch": "textile_care"}),
    "NAF 2025 in the place of rev. 2": (
        ("15.12Y",),
        {"nomenclatureActivitePrincipaleEtablissement": "NAF2025"},
        {"branch": "leather_goods"},
    ),
}


@pytest.mark.parametrize(("cells", "more", "expected"), READ.values(), ids=READ)
def test_a_row_of_the_stock_files_becomes_a_profile(cells, more, expected):
    profile = of(*cells, **more)

    assert {name: getattr(profile, name) for name in expected} == expected


REFUSED = {
    "closed": (("15.12Z",), {"etatAdministratifEtablissement": "F"}, "closed", "closed in the register"),
    "a legal unit that ended": (("15.12Z",), {"etatAdministratifUniteLegale": "C"}, "closed", "closed"),
    "partly hidden": (("15.12Z",), {"statutDiffusionEtablissement": "P"}, "not_diffusible", "objects"),
    "hidden": (("15.12Z",), {"statutDiffusionUniteLegale": "N"}, "not_diffusible", "objects"),
    "a shop": (("47.71Z",), {}, "retail", "47.71Z: retail trade; outside the 8 branches"),
    "a wholesaler": (("46.41Z",), {}, "wholesale", "wholesale trade"),
    "a wholesaler within the scope of an agreement": (
        ("46.42Z",),
        {},
        "wholesale",
        "unless the payslip .* Couture",
    ),
    "a bakery": (("10.71C",), {}, "other_trade", "10.71C: none of the 8 branches"),
    "the agreement of shops": (
        ("14.14Z",),
        {"idcc": "1483"},
        "retail",
        "IDCC 1483: Clothing and textile shops",
    ),
    "clothing or couture": (("14.13Z",), {}, "ambiguous", r"which of these branches, .*\? IDCC 0247"),
    "one agreement of two branches": (
        (),
        {"idcc": "2002"},
        "ambiguous",
        "IDCC 2002: which of these branches",
    ),
    "no activity yet": (("00.00Z",), {}, "no_code", "Neither activity nor agreement"),
    "no activity": ((None,), {}, "no_code", "Neither activity nor agreement"),
    "an old nomenclature": (
        ("17.2A",),
        {"nomenclatureActivitePrincipaleEtablissement": "NAF1993"},
        "old_code",
        "a code of NAF1993",
    ),
    "no code": (("cuir",), {}, "odd_code", "has not the form of a NAF code"),
    "no band": (("15.12Z", "13"), {}, "odd_band", "13: is no SIRENE headcount band"),
}


@pytest.mark.parametrize(("cells", "more", "reason", "message"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_is_no_profile_has_its_reason_in_both_languages(cells, more, reason, message):
    reject = of(*cells, **more)

    assert reject.reason == reason
    assert pd.Series([reject.message]).str.contains(message).all()
    assert reject.text("en") == reject.message
    assert reject.text("fr") not in ("", reject.message)


def test_a_reject_names_the_column_and_the_row_as_they_came():
    reject = hr.profiles_from_sirene(SAMPLE)[1][0]

    assert (reject.row, reject.column, reject.value) == (0, "naf", "47.71Z")
    assert reject.company_id == SAMPLE["siret"][0]


def test_the_version_of_the_activity_is_kept():
    rows = [{"siren": "1", "naf": "15.12Z"}, {"siren": "2", "naf_2025": "1512Y"}]

    frame = hr.profiles_from_sirene(rows)[0].frame

    assert frame[["naf", "naf_version"]].to_numpy().tolist() == [
        ["15.12Z", "NAF rev. 2"],
        ["15.12Y", "NAF 2025"],
    ]


def test_an_establishment_that_stands_twice_is_read_once_and_its_closed_past_does_not_count():
    row = {"siret": "39833035700615", "activitePrincipaleEtablissement": "15.12Z"}
    past = {**row, "etatAdministratifEtablissement": "F"}

    profiles, rejects = hr.profiles_from_sirene([past, row, row])

    assert profiles.rows.tolist() == [1]
    assert [reject.reason for reject in rejects] == ["closed", "twice"]


def test_a_real_answer_of_another_trade_names_its_agreement():
    profiles, rejects = hr.profiles_from_api(ANSWERS["real_response"])

    assert len(profiles) == 0
    assert rejects[0].message == "IDCC 0843: none of the 8 branches."
    assert rejects[0].company_id == "812809234"


API = {
    "several agreements": ({"complements": {"liste_idcc": ["1486", "2528"]}}, "leather_goods"),
    "those of its establishments": (
        {"matching_etablissements": [{"liste_idcc": ["0018"]}, {"liste_idcc": None}]},
        "textile",
    ),
    "two branches, parted by the activity": (
        {"activite_principale": "96.01A", "complements": {"liste_idcc": ["2002"]}},
        "textile_services",
    ),
    "none declared": (
        {"activite_principale": "15.20Z", "complements": {"liste_idcc": ["9999", None]}},
        "footwear",
    ),
    "NAF 2025 only": ({"activite_principale": None, "activite_principale_naf25": "13.20Y"}, "textile"),
}


@pytest.mark.parametrize(("more", "branch"), API.values(), ids=API)
def test_the_codes_of_an_answer_of_the_api_are_weighed(more, branch):
    profiles, _ = hr.profiles_from_api([firm(**more)])

    assert [profile.branch for profile in profiles] == [branch]


def test_the_answer_of_the_api_is_read_whole_in_parts_and_as_text():
    record = firm(activite_principale="15.12Z", tranche_effectif_salarie="12", siege={"departement": "2B"})
    answer = {"results": [record], "total_results": 1}

    for given_as in (answer, [answer], [record], record, json.dumps(answer), json.dumps(answer).encode()):
        profile = hr.profiles_from_api(given_as)[0][0]
        assert (profile.company_id, profile.region, profile.headcount_band) == ("552000000", "Corse", "12")


def test_slices_and_tables_of_what_was_read_keep_their_rows():
    profiles, rejects = hr.profiles_from_sirene(SAMPLE)

    assert profiles[2:4].rows.tolist() == profiles.rows[2:4].tolist()
    assert profiles[2:4][0].company_id == profiles[2].company_id
    assert rejects[1:3].to_frame()["row"].tolist() == [reject.row for reject in rejects[1:3]]
    assert repr(profiles) == "RegisterProfiles(81 firms)"
    assert repr(rejects) == "RegisterRejects(retail: 190, ambiguous: 29, wholesale: 10)"


WRONG = {
    "no column of a register": (
        lambda: hr.profiles_from_sirene(pd.DataFrame({"a": [1]})),
        "frame must be a table of SIRENE",
    ),
    "no table": (lambda: hr.profiles_from_sirene(3), "frame must be a DataFrame, one record or a list"),
    "no answer": (
        lambda: hr.profiles_from_api({"erreur": "trop de requêtes"}),
        "answer must be an answer of the API",
    ),
    "no JSON": (lambda: hr.profiles_from_api("<html>"), "answer must be JSON"),
    "a word for a code": (
        lambda: hr.profiles_from_sirene(SAMPLE, branch_of={"cuir": "textile"}),
        "branch_of must be",
    ),
    "an unknown branch": (
        lambda: hr.profiles_from_sirene(SAMPLE, branch_of={"14.13Z": "chaudronnerie"}),
        "branch must be",
    ),
}


@pytest.mark.parametrize(("call", "message"), WRONG.values(), ids=WRONG)
def test_what_is_no_register_is_told(call, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        call()


ODD = st.one_of(
    st.none(),
    st.sampled_from(["15.12Z", "14.13Z", "2528", "NN", "57", "NAFRev2", "F", "P", "[ND]", ""]),
    st.text(max_size=6),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.just(pd.NaT),
    st.just(np.float64("nan")),
)
COLUMNS = [
    "siret",
    "naf",
    "naf_2025",
    "naf_version",
    "idcc",
    "headcount_band",
    "department",
    "etat_administratif",
]


@settings(max_examples=60)
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, ODD)), min_size=1, max_size=6))
def test_whatever_stands_in_the_cells_no_row_is_lost(rows):
    for profiles, rejects in (
        hr.profiles_from_sirene(rows),
        hr.profiles_from_api(
            [firm(activite_principale=row["naf"], siege=row["idcc"], complements=row) for row in rows]
        ),
    ):
        assert sorted([*profiles.rows, *rejects.frame["row"]]) == list(range(len(rows)))
        assert len([*profiles]) + len([*rejects]) == len(rows)
