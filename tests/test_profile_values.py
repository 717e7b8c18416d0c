"""A profile is a value: copied, pickled, compared, hashed and written down, with one's own catalog too."""

from __future__ import annotations

import copy
import csv
import dataclasses
import json
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path

import joblib
import pytest
from hypothesis import given, settings
from strategies import firms
from ungraded import ungrade

import hrtools_reco as hr
from hrtools_reco.firms import firms_of

FULL = {
    "company_id": 12345678900012,
    "branch": "Maroquinerie",
    "headcount": "18",
    "maturity": {"recruitment": "37,5", "it_base": 55},
    "needs": {"hiring": 75},
    "facts": {"internet": "oui", "work_email": 0},
    "region": "bretagne",
    "budget_eur_per_year": "1 200,50",
    "installed": ["moodle", "ats"],
    "maturity_estimated": "it_base",
    "excluded": ("payfit",),
    "refused": {"job_board", "resource"},
}


@pytest.fixture(scope="module")
def own_catalog(tmp_path_factory):
    """Return a catalog with a branch of its own."""
    folder = tmp_path_factory.mktemp("own") / "catalog"
    shutil.copytree(Path(str(files("hrtools_reco.catalog_data"))), folder)
    with (folder / "branches.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    new = dict.fromkeys(rows[0], "") | {"opco": rows[0]["opco"]}
    new |= {"branch": "jewellery", "name_fr": "Bijouterie", "name_en": "Jewellery", "idcc": "0567"}
    new |= {"aliases_fr": "bijoux", "aliases_en": "jewels", "naf": "32.12Z", "naf_primary": "32.12Z"}
    with (folder / "branches.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(new), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, new])
    return hr.load_catalog(ungrade(folder))


@pytest.fixture
def own_profile(own_catalog):
    return hr.CompanyProfile(branch="bijoux", headcount=3, needs={"hiring": 75}, catalog=own_catalog)


def by_pickle(profile):
    return pickle.loads(pickle.dumps(profile))


def by_process(profile):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(copy.copy, profile).result()


def by_joblib(profile):
    return joblib.Parallel(n_jobs=2)(joblib.delayed(copy.copy)(profile) for _ in range(2))[1]


WAYS = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": by_pickle,
    "replace": dataclasses.replace,
    "a process of its own": by_process,
    "joblib": by_joblib,
}


@pytest.mark.parametrize("make", WAYS.values(), ids=list(WAYS))
def test_a_copy_is_equal_and_can_be_changed_and_used_where_the_profile_can(make, own_profile, own_catalog):
    for profile, catalog in ((hr.CompanyProfile(**FULL), hr.load_catalog()), (own_profile, own_catalog)):
        again = make(profile)

        assert again == profile
        assert hash(again) == hash(profile)
        assert again.to_dict() == profile.to_dict()
        assert dataclasses.replace(again, headcount=4).headcount == 4
        assert firms_of(again, catalog).branch.tolist() == firms_of(profile, catalog).branch.tolist()


def test_a_profile_of_a_catalog_that_is_gone_is_whole_but_asks_for_it_to_be_changed(own_profile):
    code = (
        "import dataclasses, pickle, sys, hrtools_reco as hr\n"
        "profile = pickle.loads(sys.stdin.buffer.read())\n"
        "print(profile.branch, hash(profile) == hash(profile), profile.to_dict()['needs'])\n"
        "try:\n    dataclasses.replace(profile, headcount=4)\n"
        "except hr.InvalidValueError as error:\n    print(error)\n"
    )

    run = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(own_profile), capture_output=True, check=True
    )

    first, second = run.stdout.decode().splitlines()
    assert first == "jewellery True {'hiring': 75.0}"
    assert second.startswith(
        "catalog must be given again: the one that this profile was made with is not loaded"
    )


def test_a_profile_of_another_catalog_is_refused_by_name_where_its_branch_is_unknown(own_profile):
    with pytest.raises(hr.UnknownNameError, match=r"branch must be .* Got 'jewellery'"):
        hr.ToolRecommender().fit().recommend(own_profile)


def test_a_pickled_profile_is_small(own_profile):
    assert len(pickle.dumps(hr.CompanyProfile(**FULL))) < 1500
    assert len(pickle.dumps(own_profile)) < 1500


def test_equal_profiles_are_one_key_however_they_were_written():
    written = hr.CompanyProfile(branch="2528", headcount=18.0, facts={"internet": "non", "it_admin": True})
    again = hr.CompanyProfile(branch="leather goods", headcount="18", facts={"it_admin": 1, "internet": "0"})

    assert {written: "found"}[again] == "found"
    assert len({written, again, dataclasses.replace(again, headcount=19)}) == 2


def test_the_fields_go_into_json_as_they_are():
    profile = hr.CompanyProfile(**FULL)

    as_json = json.dumps(dataclasses.asdict(profile), allow_nan=False)

    assert (
        json.loads(as_json) == profile.to_dict() == json.loads(json.dumps(profile.to_dict(), allow_nan=False))
    )
    assert hr.CompanyProfile.from_dict(json.loads(as_json)) == profile
    assert profile.to_dict()["company_id"] == 12345678900012


def test_a_profile_is_shown_by_what_it_holds():
    assert "needs={'hiring': 75.0}" in repr(hr.CompanyProfile(**FULL))


@pytest.mark.parametrize("name", ["maturity", "needs", "facts"])
def test_a_mapping_of_a_profile_cannot_be_written_to(name):
    mapping = getattr(hr.CompanyProfile(**FULL), name)

    for write in (
        mapping.clear,
        mapping.popitem,
        lambda: mapping.update(a=1),
        lambda: mapping.setdefault("a", 1),
    ):
        with pytest.raises(TypeError, match="cannot be written to"):
            write()
    with pytest.raises(TypeError, match="cannot be written to"):
        mapping["internet"] = None
    with pytest.raises(TypeError, match="cannot be written to"):
        mapping |= {}


@settings(max_examples=30)
@given(firm=firms())
def test_a_profile_equals_its_copies_and_its_written_forms(firm):
    profile = hr.CompanyProfile(**firm)
    flat = {
        f"{prefix}{key}": value
        for field, prefix in (("maturity", "maturity_"), ("needs", "need_"), ("facts", "has_"))
        for key, value in getattr(profile, field).items()
    }
    row = {
        name: value for name, value in profile.to_dict().items() if name not in ("maturity", "needs", "facts")
    } | flat

    assert profile == copy.deepcopy(profile) == by_pickle(profile) == dataclasses.replace(profile)
    assert profile == hr.CompanyProfile.from_dict(json.loads(json.dumps(profile.to_dict())))
    assert profile == hr.CompanyProfile.from_dict(row | {"installed": "|".join(profile.installed)})
    assert hash(profile) == hash(by_pickle(profile))


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(hr.CompanyProfile)])
def test_none_is_not_given_for_every_field(name):
    firm = {"branch": "couture", "headcount": 12}
    if name in firm:
        with pytest.raises(hr.InvalidValueError, match=f"{name} must be known"):
            hr.CompanyProfile(**{**firm, name: None})
    else:
        assert hr.CompanyProfile(**firm, **{name: None}) == hr.CompanyProfile(**firm)


FROM_DICT = {
    "a slip": ({"headcont": 5}, r"field must be a field of a firm.* Got 'headcont'\. Nearest: headcount"),
    "a French word": ({"effectif": 5}, "field must be a field of a firm.* Got 'effectif'"),
    "a slip in a column": ({"need_hirng": 5}, r"Got 'need_hirng'\. Nearest: need_hiring"),
    "a number for a name": ({3: 5}, "field must be .* Got 3"),
    "a truth value for a mapping": (
        {"facts": True},
        "facts must be a mapping from some of internet.* Got True",
    ),
    "a text for a mapping": ({"maturity": "x"}, "maturity must be a mapping .* Got 'x'"),
    "a list for a mapping": ({"needs": [1]}, r"needs must be a mapping .* Got \[1\]"),
    "one value twice": ({"needs": {"hiring": 1}, "need_hiring": 2}, "need_hiring must be given once"),
    "an unknown key of a mapping": (
        {"needs": {None: 1}},
        "needs must be given for one of the needs. Got None",
    ),
}


@pytest.mark.parametrize(("extra", "message"), FROM_DICT.values(), ids=list(FROM_DICT))
def test_what_a_mapping_says_wrongly_is_named(extra, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        hr.recommend({"branch": "couture", "headcount": 3, **extra})


def test_a_mapping_without_a_branch_says_so():
    with pytest.raises(hr.InvalidValueError, match="branch must be known: a key, a name"):
        hr.recommend({"headcount": 3})


@pytest.mark.parametrize("profile", [5, "couture", None, [{"branch": "couture"}], {1, 2}], ids=repr)
def test_what_is_no_profile_is_refused(profile):
    with pytest.raises(hr.InvalidValueError, match="profile must be a CompanyProfile or a mapping"):
        hr.recommend(profile)


@pytest.mark.parametrize("catalog", [[], {}, "x", 0], ids=repr)
def test_what_is_no_catalog_is_refused(catalog):
    with pytest.raises(hr.InvalidValueError, match="catalog must be a Catalog, or None"):
        hr.CompanyProfile(branch="couture", headcount=3, catalog=catalog)


def test_a_row_of_a_table_makes_the_same_firm_as_the_table():
    table = hr.read_companies_file(Path(__file__).parents[1] / "notebooks/sample_firms.csv").head(8)

    profiles = [hr.CompanyProfile.from_dict(row) for row in table.to_dict("records")]

    as_table, as_objects = firms_of(table, hr.load_catalog()), firms_of(profiles, hr.load_catalog())
    for name in vars(as_table):
        assert str(getattr(as_table, name).tolist()) == str(getattr(as_objects, name).tolist())


def test_a_scikit_learn_search_runs_in_processes_with_ones_own_catalog(own_catalog, own_profile):
    recommender = hr.ToolRecommender(catalog=own_catalog).fit()

    found = joblib.Parallel(n_jobs=2)(
        joblib.delayed(recommender.recommend)(own_profile, k=2) for _ in range(2)
    )

    assert [[item.tool.tool_id for item in one] for one in found] == [
        [item.tool.tool_id for item in recommender.recommend(own_profile, k=2)]
    ] * 2


def test_two_catalogs_with_the_same_keys_each_read_their_own_words(own_catalog):
    tables = {name: own_catalog.table(name) for name in own_catalog.table_names}
    jewellers = tables["branches"]["branch"] == "jewellery"
    tables["branches"].loc[jewellers, "aliases_fr"] = "joaillerie"
    other = hr.Catalog(tables, own_catalog.descriptor)

    first, second = (
        hr.CompanyProfile(branch=word, headcount=3, catalog=catalog)
        for word, catalog in (("bijoux", own_catalog), ("joaillerie", other))
    )

    assert first.branch == second.branch == "jewellery"
    with pytest.raises(hr.UnknownNameError, match="Got 'bijoux'"):
        hr.CompanyProfile(branch="bijoux", headcount=3, catalog=other)
