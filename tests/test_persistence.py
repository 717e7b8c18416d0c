"""Saving and loading: the same answers to the last bit, and a refusal of whatever was touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from worlds import RECOMMENDER, draw_firms, draw_world

import hrtools_reco as hr
from hrtools_reco.files import archive

FAST = hr.ToolRecommender(max_per_function=3)


@pytest.fixture(scope="module")
def learnt():
    """Return a recommender with history."""
    return clone(FAST).fit(*draw_world(40, 1))


@pytest.fixture
def folder(tmp_path, learnt):
    """Return the folder of a saved recommender, to break."""
    learnt.save(tmp_path / "saved")
    return tmp_path / "saved"


def test_a_loaded_recommender_gives_the_same_answers_to_the_last_bit(folder, learnt):
    firms = draw_firms(30, 9).assign(installed=["moodle", None, "payfit"] * 10)

    loaded = hr.load_recommender(folder)

    pd.testing.assert_frame_equal(
        loaded.recommend_batch(firms, k=20, contributions=True, reasons="fr").frame,
        learnt.recommend_batch(firms, k=20, contributions=True, reasons="fr").frame,
        check_exact=True,
    )
    assert loaded.get_params() == {**learnt.get_params(), "catalog": loaded.catalog}
    profile = {"branch": "textile", "headcount": 40}
    pd.testing.assert_frame_equal(loaded.similar_companies(profile), learnt.similar_companies(profile))


def test_the_prior_alone_can_be_saved(tmp_path):
    RECOMMENDER.save(tmp_path / "saved")

    firm = {"branch": "couture", "headcount": 9}
    assert (
        hr.load_recommender(tmp_path / "saved").recommend(firm, k=50).to_dict()
        == RECOMMENDER.recommend(firm, k=50).to_dict()
    )


def test_firms_are_left_out_when_asked(tmp_path, learnt):
    learnt.save(tmp_path / "saved", include_firms=False)

    loaded = hr.load_recommender(tmp_path / "saved")

    data = data_of(tmp_path / "saved")
    assert not list(data.glob("firms*"))
    assert json.loads((data / "companies.json").read_text()) == []
    with pytest.raises(hr.InvalidValueError, match="similar firms are those of the history"):
        loaded.similar_companies({"branch": "textile", "headcount": 40})


def test_arrays_are_mapped_into_memory_and_read_only(folder):
    prior = hr.load_recommender(folder).model_.prior

    assert isinstance(prior, np.memmap)
    assert not prior.flags.writeable


def test_the_catalog_is_saved_cell_by_cell(folder, catalog):
    loaded = hr.load_recommender(folder).catalog_

    for name in catalog.table_names:
        pd.testing.assert_frame_equal(loaded.table(name), catalog.table(name))


def data_of(folder):
    """Return the folder of the data that the manifest points to."""
    return folder / json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["data"]


def edit_manifest(folder, change):
    """Change the manifest."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def relist(folder, name):
    """Make the manifest agree with a changed file, as a forger would."""
    path = data_of(folder) / name

    def change(manifest):
        manifest["files"][name] = {"size": path.stat().st_size, "sha256": archive._sha256(path)}

    edit_manifest(folder, change)


def flip(folder):
    path = data_of(folder) / "prior.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


def with_pickle(folder):
    np.save(data_of(folder) / "prior.npy", np.array([{"run": "me"}], dtype=object), allow_pickle=True)
    relist(folder, "prior.npy")


def with_another_array(folder, array):
    np.save(data_of(folder) / "prior.npy", array)
    relist(folder, "prior.npy")
    if array.dtype == float and np.isfinite(array).all():
        edit_manifest(folder, lambda told: told["arrays"]["prior"].update(shape=list(array.shape)))


def with_nan(folder):
    array = np.load(data_of(folder) / "prior.npy")
    array[0, 0] = np.nan
    with_another_array(folder, array)


def with_link(folder):
    (data_of(folder) / "prior.npy").rename(folder.parent / "elsewhere.npy")
    (data_of(folder) / "prior.npy").symlink_to(folder.parent / "elsewhere.npy")


def with_escape(folder):
    (folder.parent / "outside.csv").write_text("x", encoding="utf-8")
    edit_manifest(folder, lambda told: told["files"].update({"../outside.csv": {"size": 1, "sha256": ""}}))


BROKEN = {
    "a changed byte": (flip, "prior.npy: was changed since it was saved"),
    "a cut file": (
        lambda f: os.truncate(data_of(f) / "prior.npy", 1000),
        "prior.npy: must be of .* bytes. Got 1000",
    ),
    "a longer file": (
        lambda f: (data_of(f) / "companies.json").write_text("[]" * 10**6, encoding="utf-8"),
        "companies.json: must be of",
    ),
    "a missing file": (lambda f: (data_of(f) / "prior.npy").unlink(), "prior.npy: must be there, as a file"),
    "a file more": (lambda f: (f / "run.py").write_text("1/0"), "run.py must not be there"),
    "a folder more": (lambda f: (f / "code").mkdir(), "code must not be there"),
    "a link": (with_link, "prior.npy: must be there, as a file"),
    "a path that leaves the folder": (with_escape, "'../outside.csv' must be the plain name"),
    "a pickled array": (with_pickle, "prior.npy: must be an array of numbers"),
    "an array of text": (
        lambda f: with_another_array(f, np.array(["x"])),
        "prior.npy: must be an array of numbers",
    ),
    "an array of another shape": (
        lambda f: with_another_array(f, np.zeros((2, 2))),
        r"prior.npy: must be of shape",
    ),
    "no finite number": (with_nan, "prior.npy: must hold finite numbers"),
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "there must be a file manifest.json"),
    "a manifest that is no JSON": (
        lambda f: (f / "manifest.json").write_text("{"),
        "manifest.json: must be JSON",
    ),
    "a huge manifest": (
        lambda f: (f / "manifest.json").write_text(" " * 2**21),
        "must be at most 1048576 bytes",
    ),
    "a foreign format": (
        lambda f: edit_manifest(f, lambda told: told.update(format="x")),
        "must be of the format",
    ),
    "an unknown version": (
        lambda f: edit_manifest(f, lambda told: told.update(format_version=9)),
        "format_version must be 2. Got 9",
    ),
    "an unknown parameter": (
        lambda f: edit_manifest(f, lambda told: told["parameters"].update(hook="os.system")),
        "the parameter 'hook' must be one of",
    ),
    "data elsewhere": (
        lambda f: edit_manifest(f, lambda told: told.update(data="../other")),
        "data must be the name of the folder of data",
    ),
    "an array elsewhere": (
        lambda f: edit_manifest(f, lambda told: told["arrays"].update({"../x": told["arrays"].pop("prior")})),
        r"x.npy: must be listed in the manifest",
    ),
    "a pipe": (
        lambda f: ((data_of(f) / "prior.npy").unlink(), os.mkfifo(data_of(f) / "prior.npy")),
        "prior.npy: must be there, as a file",
    ),
    "a zip under the name of an array": (
        lambda f: ((data_of(f) / "prior.npy").write_bytes(b"PK\x03\x04" * 9), relist(f, "prior.npy")),
        "prior.npy: must be an array of numbers",
    ),
    "a shape beyond all memory": (
        lambda f: edit_manifest(f, lambda told: told["arrays"]["prior"].update(shape=[2**62, 2**62])),
        "prior.npy: must be an array of numbers",
    ),
    "an entry that is no object": (
        lambda f: edit_manifest(f, lambda told: told["files"].update({"prior.npy": 5})),
        "prior.npy: the manifest must tell its size",
    ),
    "nested without end": (
        lambda f: (f / "manifest.json").write_text("[" * 100_000),
        "manifest.json: must be JSON",
    ),
    "firms that are no texts": (
        lambda f: ((data_of(f) / "companies.json").write_text("1"), relist(f, "companies.json")),
        "companies.json: must be a list of texts",
    ),
    "one firm twice": (
        lambda f: ((data_of(f) / "companies.json").write_text('["a", "a"]'), relist(f, "companies.json")),
        "companies.json: must name each firm once",
    ),
    "a part left out": (lambda f: edit_manifest(f, lambda told: told.pop("arrays")), "arrays must be there"),
    "no prior": (
        lambda f: edit_manifest(f, lambda told: told["arrays"].pop("prior")),
        "prior.npy must be there",
    ),
}


@pytest.mark.parametrize(("harm", "message"), BROKEN.values(), ids=list(BROKEN))
def test_what_was_touched_is_refused(folder, harm, message):
    harm(folder)

    with pytest.raises(hr.LoadError, match=message):
        hr.load_recommender(folder)


def test_a_broken_catalog_is_refused(folder):
    path = data_of(folder) / "catalog" / "tools.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("active", "activ"), encoding="utf-8")
    relist(folder, "catalog/tools.csv")

    with pytest.raises(hr.LoadError, match=r"the catalog cannot be read: tools.csv, row"):
        hr.load_recommender(folder)


def test_an_earlier_one_is_replaced_and_anything_else_is_not(folder, tmp_path, learnt):
    RECOMMENDER.save(folder)
    assert hr.load_recommender(folder).n_firms_ == 0

    other = tmp_path / "mine"
    other.mkdir()
    (other / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(
        hr.InvalidValueError, match="folder must be new, empty, or an earlier saved recommender"
    ):
        learnt.save(other)
    with pytest.raises(hr.InvalidValueError, match="folder must be in a folder that exists"):
        learnt.save(tmp_path / "a" / "b")
    assert (other / "letter.txt").read_text(encoding="utf-8") == "dear"


@pytest.mark.parametrize("step", ["save", "fsync", "rename", "replace"])
def test_a_failure_at_any_step_leaves_the_earlier_one_and_nothing_else(folder, learnt, monkeypatch, step):
    def fail(*args, **options):
        raise OSError(28, "No space left on device")

    before = sorted(path.name for path in folder.rglob("*"))
    home = {"save": np, "fsync": os, "rename": Path, "replace": Path}[step]
    monkeypatch.setattr(home, step, fail)

    with pytest.raises(hr.InvalidValueError, match=r"folder must be a folder that can be written.*No space"):
        RECOMMENDER.save(folder)

    monkeypatch.undo()
    assert hr.load_recommender(folder).n_firms_ == learnt.n_firms_
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_what_a_dead_process_left_is_passed_over_and_cleared_by_the_next_save(folder, learnt):
    (folder / "00112233445566aa.new" / "catalog").mkdir(parents=True)
    (folder / "00112233445566bb").mkdir()
    (folder / "manifest.00112233445566cc.new").write_text("{", encoding="utf-8")

    assert hr.load_recommender(folder).n_firms_ == learnt.n_firms_
    RECOMMENDER.save(folder)

    assert len(list(folder.iterdir())) == 2
    assert hr.load_recommender(folder).n_firms_ == 0


def test_saving_twice_changes_nothing(folder, learnt):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    learnt.save(folder)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_rules_of_ones_own_are_not_saved(tmp_path, catalog):
    own = hr.ToolRecommender(rules=hr.bundled_rules(catalog)[:2]).fit()

    with pytest.raises(
        hr.InvalidValueError, match=r"rules must be None to be saved.* Got \['status', 'branch'\]"
    ):
        own.save(tmp_path / "saved")
