"""Two catalogs held together or against each other, and a catalog from a foreign table."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from strategies import CATALOG
from ungraded import ungraded

import hrtools_reco as hr
from hrtools_reco.catalog import check_catalog, read_package, write_package

FOREIGN = pd.read_csv(Path(__file__).parent / "data" / "foreign_catalog.csv")
MAPPING = {"name": "name", "homepage": "url", "functions": "function"}
NEW = FOREIGN[
    ~FOREIGN["name"].str.lower().str.replace(" ", "-").isin(CATALOG.tool_ids)
]  # the bundled catalog has the others
VALUES = {"functions": {"hiring-platforms": "ats", "e-learning": "course_library"}}
FIRM = {"branch": "clothing", "headcount": 80, "needs": {"hiring": 90}, "budget_eur_per_year": 9000}


def foreign(frame=FOREIGN, mapping=MAPPING, **options):
    return hr.catalog_from_frame(frame, mapping, **{"values": VALUES, **options})


def one_row(**cells):
    return pd.DataFrame([{"name": "Atelier", "functions": "ats", **cells}])


def mapped(**cells):
    frame = one_row(**cells)
    return hr.catalog_from_frame(frame, {name: name for name in frame})


@functools.cache
def both_catalogs():
    """Return the bundled catalog with the new tools, put together once."""
    return CATALOG.merge(foreign(NEW))


@functools.cache
def recommender_of_both():
    """Return a recommender over both, fitted once."""
    both = both_catalogs()
    tables = ungraded({name: both.table(name) for name in both.table_names})
    return hr.ToolRecommender(hr.Catalog(tables, both.descriptor)).fit()


def changed_cell(tool_id, column, value):
    """Return the bundled catalog with another cell."""
    tables = {name: CATALOG.table(name) for name in CATALOG.table_names}
    tables["tools"].loc[tables["tools"]["tool_id"] == tool_id, column] = value
    return hr.Catalog(tables, CATALOG.descriptor)


# --- from a foreign table -----------------------------------------------------------------------------------


def test_a_real_foreign_catalog_is_read_row_by_row():
    catalog = foreign()

    assert len(catalog.tools) == len(FOREIGN)
    assert catalog.tool("lever").functions == ("ats",)
    assert catalog.tool("lever").homepage == "https://stackshare.io/lever"
    evidence = catalog.evidence[catalog.evidence["tool_id"] == "lever"].set_index("field")
    assert evidence.loc["functions", ["url", "basis"]].tolist() == ["https://stackshare.io/lever", "stated"]
    assert evidence.loc["branches", "basis"] == "inferred"
    assert set(catalog.evidence["field"]) >= {"name", "homepage", "functions", "status", "kind"}


def test_firms_are_answered_from_a_foreign_catalog_alone_and_from_both():
    alone = hr.ToolRecommender(foreign()).fit().recommend(FIRM, 3)
    both = recommender_of_both()

    assert {one.tool.tool_id for one in alone} <= set(foreign().tool_ids)
    assert len(both.recommend(FIRM, 5)) == 5
    assert both.explain(FIRM, both.catalog_.tool("wrk").tool_id).status in ("fit", "to_check")
    assert len(both.roadmap(FIRM)) > 0


@pytest.mark.parametrize(
    "mapping",
    [MAPPING, {theirs: ours for ours, theirs in MAPPING.items()}],
    ids=["ours first", "theirs first"],
)
def test_a_mapping_is_read_either_way_round(mapping):
    pd.testing.assert_frame_equal(foreign(mapping=mapping).tools, foreign().tools)


def test_any_kind_of_table_is_taken():
    polars = pytest.importorskip("polars")

    pd.testing.assert_frame_equal(foreign(polars.from_pandas(FOREIGN)).tools, foreign().tools)


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        ({"functions": "ats ; lms"}, "functions", "ats|lms"),
        ({"functions": ["ats", "lms"]}, "functions", "ats|lms"),
        ({"price_eur": "12,5", "price_unit": "per_month"}, "price_eur", 12.5),
        ({"headcount_min": 20}, "headcount_min", 20.0),
        ({"data_in_eu": "oui"}, "data_in_eu", True),
        ({"data_in_eu": False}, "data_in_eu", False),
        ({"vendor": "  Éditeur "}, "vendor", "Éditeur"),
        ({"vendor": np.nan}, "vendor", None),
        ({"summary_fr": "Un outil"}, "summary_en", "Un outil"),
        ({"name": "Cœur d’Atelier n° 2"}, "tool_id", "coeur-d-atelier-n-2"),
        ({"tool_id": "mine"}, "tool_id", "mine"),
    ],
)
def test_cells_are_written_as_ours(cells, column, expected):
    cell = mapped(**cells).tools.at[0, column]

    assert (pd.isna(cell) and expected is None) or cell == expected


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"functions": "ast"}, r"tools\.csv, row 1, column functions: .*Got 'ast'\. Nearest: ats"),
        ({"functions": None}, r"row 1, column functions: must be filled"),
        ({"name": None}, r"row 1, column (name|tool_id): must be filled"),
        ({"price_eur": "cher"}, r"row 1, column price_eur: must be a number\. Got 'cher'"),
        ({"price_eur": -1}, r"row 1, column price_eur: must be at least 0"),
        ({"data_in_eu": "maybe"}, r"row 1, column data_in_eu: must be yes or no\. Got 'maybe'"),
        ({"homepage": "ftp://x"}, r"column homepage: must be of the form"),
        ({"branches": "couturre"}, r"column branches: .*Nearest: couture"),
        ({"kind": "app"}, r"column kind: must be one of software"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(cells, message):
    with pytest.raises(hr.CatalogError, match=message):
        mapped(**cells)


def test_two_rows_of_one_name_are_refused():
    frame = pd.concat([one_row(), one_row()])

    with pytest.raises(hr.CatalogError, match=r"row 2, column tool_id: .*Got 'atelier'"):
        hr.catalog_from_frame(frame, {"name": "name", "functions": "functions"})


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"name": "nom", "functions": "function"}, r"mapping must be a column of the table\. Got 'nom'"),
        (
            {"nme": "nom", "functions": "function"},
            r"mapping must be a column of tools.*Got 'nme'.*Nearest: name",
        ),
        ({"name": "name"}, r"mapping must be given with the columns of name and functions"),
        ({"name": "name", "url": "name"}, r"name twice"),
        ("name", r"mapping must be a mapping of columns"),
    ],
)
def test_a_wrong_mapping_is_named(mapping, message):
    with pytest.raises(hr.HRToolsError, match=message):
        hr.catalog_from_frame(FOREIGN, mapping)


def test_words_for_a_column_that_is_not_mapped_are_refused():
    with pytest.raises(hr.UnknownNameError, match="values must be a column of tools that the mapping gives"):
        foreign(values={"kind": {"x": "software"}})


def test_a_table_without_source_has_no_evidence_and_one_with_it_has():
    bare = hr.catalog_from_frame(one_row(), {"name": "name", "functions": "functions"})
    sourced = hr.catalog_from_frame(
        one_row(), {"name": "name", "functions": "functions"}, source="https://example.org/list"
    )

    assert bare.evidence.empty
    assert set(sourced.evidence["url"]) == {"https://example.org/list"}
    with pytest.raises(hr.UnknownNameError, match="source must be an address, or a column of the table"):
        hr.catalog_from_frame(one_row(), {"name": "name", "functions": "functions"}, source="where")


# --- merge and diff -----------------------------------------------------------------------------------------


def test_a_catalog_merged_with_itself_is_itself():
    both = CATALOG.merge(CATALOG)

    assert both.version == CATALOG.version
    assert CATALOG.diff(both).changes.empty
    assert CATALOG.diff(both).to_text("en").startswith("No difference")


def test_what_is_new_comes_and_nothing_else_changes():
    both = both_catalogs()

    counts = CATALOG.diff(both).counts()
    assert counts.loc["tools"].tolist() == [len(NEW), 0, 0]
    assert set(counts.index) == {"tools", "evidence"}
    assert counts[["removed", "changed"]].to_numpy().sum() == 0
    assert both.version == f"{CATALOG.version}+{foreign().version}"
    assert len(check_catalog(both).problems) == len(check_catalog(CATALOG).problems)


def test_the_difference_backwards_takes_away_what_it_brings_forwards():
    both = both_catalogs()

    there, back = CATALOG.diff(both).to_frame(), both.diff(CATALOG).to_frame()

    assert there["change"].eq("added").all()
    assert back["change"].eq("removed").all()
    assert there[["table", "key"]].equals(back[["table", "key"]])
    assert len(there[there["table"] == "tools"]) == len(NEW)


def test_a_cell_that_differs_is_refused_or_decided():
    other = changed_cell("moodle", "price_eur", 99.0)
    ours = CATALOG.tool("moodle").price_eur

    with pytest.raises(
        hr.CatalogError, match=r"tools\.csv, row 'moodle', column price_eur.*and 99\.0\..*prefer"
    ):
        CATALOG.merge(other)
    kept, taken = CATALOG.merge(other, prefer="self"), CATALOG.merge(other, prefer="other")

    assert kept.tool("moodle").price_eur == ours
    assert taken.tool("moodle").price_eur == 99.0
    found = CATALOG.diff(taken).to_frame()
    assert found[["table", "key", "change", "column", "after"]].values.tolist() == [
        ["tools", "moodle", "changed", "price_eur", "99"]
    ]


def test_the_sources_of_a_tool_go_with_the_row_that_stands():
    other = changed_cell("moodle", "price_eur", 99.0)
    tables = {name: other.table(name) for name in other.table_names}
    of_moodle = tables["evidence"]["tool_id"] == "moodle"
    tables["evidence"].loc[of_moodle, "url"] = "https://example.org/" + tables["evidence"]["field"]
    tables["evidence"] = tables["evidence"].drop_duplicates(["tool_id", "field", "url"])
    other = hr.Catalog(tables, other.descriptor)

    def pages(catalog):
        found = catalog.evidence
        return set(found.loc[found["tool_id"] == "moodle", "url"])

    assert pages(CATALOG.merge(other, prefer="self")) == pages(CATALOG)
    assert pages(CATALOG.merge(other, prefer="other")) == pages(other)


def test_a_merged_catalog_can_be_written_read_and_saved_with_a_recommender(tmp_path):
    both = both_catalogs()
    folder = tmp_path / "package"
    folder.mkdir()
    write_package(folder, both.descriptor, {name: both.table(name) for name in both.table_names})

    assert both.diff(hr.load_catalog(folder)).changes.empty
    assert read_package(folder)[0]["version"] == both.version
    recommender_of_both().save(tmp_path / "saved")
    again = hr.load_recommender(tmp_path / "saved")
    assert again.recommend(FIRM, 3).to_frame().equals(recommender_of_both().recommend(FIRM, 3).to_frame())


def test_the_difference_reads_as_json_and_text():
    found = CATALOG.diff(both_catalogs())

    assert len(json.loads(json.dumps(found.to_dict(), allow_nan=False))["changes"]) == len(found.changes)
    lines = found.to_text().splitlines()
    assert lines[0] == f"Du catalogue {CATALOG.version} au catalogue {CATALOG.version}+{CATALOG.version}"
    assert f"tools : lignes ajoutées {len(NEW)}, retirées 0, modifiées 0" in found.to_text()
    assert any(line.strip().startswith("Outils ajoutés : ") and line.endswith("…") for line in lines)


@pytest.mark.parametrize("act", ["merge", "diff"])
def test_only_a_catalog_can_be_held_against_one(act):
    with pytest.raises(hr.InvalidValueError, match="other must be a Catalog"):
        getattr(CATALOG, act)("moodle")


def test_a_wrong_preference_is_named():
    with pytest.raises(hr.UnknownNameError, match='prefer must be "self", "other" or None'):
        CATALOG.merge(CATALOG, prefer="mine")
