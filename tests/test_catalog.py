"""The catalog: what it promises of its facts, and what a broken one says."""

from __future__ import annotations

import json
import pickle
import shutil
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package
from hypothesis import given, strategies as st
from ungraded import ungrade

import hrtools_reco as hr
from hrtools_reco.catalog.catalog import split_list
from hrtools_reco.catalog.datapackage import read_package, write_package
from hrtools_reco.catalog.templates import TEMPLATES, template_faults
from hrtools_reco.texts import filled, template_parts

FOLDER = Path(str(files("hrtools_reco.catalog_data")))


def test_the_package_is_valid_for_frictionless():
    report = Package(str(FOLDER / "datapackage.json")).validate()

    assert report.valid, report.flatten(["type", "message"])


def test_there_are_at_least_300_tools_and_all_26_functions(catalog):
    served = {function for cell in catalog.tools["functions"] for function in split_list(cell)}

    assert len(catalog.tools) >= 300
    assert len(catalog.functions) == 26
    assert served == set(catalog.functions["function"])


def test_every_filled_fact_has_a_source(catalog):
    facts = catalog.tools.set_index("tool_id")
    filled = facts.notna().stack()
    pairs = set(filled[filled].index)

    backed = set(zip(catalog.evidence["tool_id"], catalog.evidence["field"], strict=True))

    assert pairs - backed == set()
    assert backed <= {(tool, field) for tool in facts.index for field in facts.columns}


def test_what_is_inferred_says_from_what(catalog):
    evidence = catalog.evidence

    assert set(evidence["basis"]) == {"stated", "inferred"}
    assert evidence.loc[evidence["basis"] == "inferred", "note"].notna().all()
    assert evidence["url"].str.match("https?://").all()


def test_every_judgement_has_its_rubric(catalog):
    judgement = [
        "function_fit",
        "function_gates",
        "function_needs",
        "branch_needs",
        "size_needs",
        "kinds",
        "rules",
    ]

    for name in [*judgement, "prior_weights", "prior_freedom", "settings", "caution", "budget_fit", "suites"]:
        assert catalog.table(name)["rubric"].notna().all(), name


def test_every_expected_need_rests_on_a_statistic_of_the_catalog(catalog):
    keys = ["branch", "statistic", "value", "url"]
    statistics = set(catalog.table("branch_statistics")[keys].itertuples(index=False, name=None))

    assert set(catalog.table("branch_needs")[keys].itertuples(index=False, name=None)) <= statistics


def test_the_need_of_apprentices_counts_apprentices_alone_in_every_branch(catalog):
    table = catalog.table("branch_needs").query("need == 'apprentices'").set_index("branch")
    of_all = {"clothing": 0.82, "tanning": 0.82, "textile_care": 0.88, "textile_services": 0.88}

    shares = table["value"] * pd.Series(of_all).reindex(table.index).fillna(1.0)

    assert set(table.index) == set(catalog.keys("branches"))
    assert set(table.index[table["statistic"] != "apprentice_share"]) == set(of_all)
    assert all(f"{share:.0%}".replace("%", " %") in table.loc[key, "rubric"] for key, share in of_all.items())
    assert (table["expected"] - (10 + 650 * shares)).abs().max() <= 0.5
    assert table.loc["leather_goods", "expected"] == 39


def test_twins_are_one_tool(catalog):
    assert not {"1-eleve-1-stage", "orangehrm-starter", "edef-mcf", "france-travail-employeur"} & set(
        catalog.tool_ids
    )


def test_a_tool_is_an_object_with_its_lists():
    tool = hr.load_catalog().tool("moodle")

    assert tool.functions[0] == "lms"
    assert tool.price_eur == 0
    assert tool.headcount_max is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda catalog: catalog.tool("moodel"), "tool_id must be .* Got 'moodel'. Nearest: moodle"),
        (lambda catalog: catalog.tool(None), "tool_id must be .* Got None"),
        (lambda catalog: catalog.table("tool"), "table must be .* Got 'tool'. Nearest: tools"),
        (lambda catalog: catalog.labels("functions", "de"), "lang must be .* Got 'de'"),
        (lambda catalog: catalog.setting("history_gard"), "setting must be .* Nearest: history_guard"),
        (
            lambda catalog: hr.load_catalog("nowhere"),
            "path must be a folder that holds a data package. Got 'nowhere'",
        ),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(catalog, call, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        call(catalog)


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the catalog to break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "catalog"))


def edit(folder, name, change):
    """Change one table as text cells."""
    path = folder / f"{name}.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    change(table).to_csv(path, index=False, lineterminator="\n")


def with_cell(row, column, value):
    """Return a change of one cell."""

    def change(table):
        table.loc[row, column] = value
        return table

    return change


def with_message(message, lang, value):
    """Return a change of one message."""

    def change(table):
        table.loc[table["message"] == message, lang] = value
        return table

    return change


BROKEN = {
    "a broken foreign key": (
        "evidence",
        with_cell(3, "tool_id", "moodel"),
        "evidence.csv, row 5, column tool_id: must be a key that exists. Got 'moodel'. Nearest: moodle",
    ),
    "a broken item of a list": (
        "tools",
        with_cell(0, "branches", "textiles"),
        "tools.csv, row 2, column branches: must be a key that exists. Got 'textiles'. Nearest: textile",
    ),
    "an unknown function": (
        "tools",
        with_cell(1, "functions", "job_bord"),
        "tools.csv, row 3, column functions: must be a key that exists. Got 'job_bord'. Nearest: job_board",
    ),
    "an unknown enum": (
        "tools",
        with_cell(2, "status", "activ"),
        "tools.csv, row 4, column status: must be one of .* Got 'activ'. Nearest: active",
    ),
    "no number": (
        "tools",
        with_cell(2, "price_eur", "free"),
        "tools.csv, row 4, column price_eur: must be a number",
    ),
    "a number under its minimum": (
        "tools",
        with_cell(2, "price_eur", "-1"),
        "tools.csv, row 4, column price_eur: must be at least 0. Got '-1'",
    ),
    "an empty required cell": (
        "tools",
        with_cell(4, "name", ""),
        "tools.csv, row 6, column name: must be filled",
    ),
    "no truth value": (
        "kinds",
        with_cell(0, "gated", "yes"),
        "kinds.csv, row 2, column gated: must be true or false",
    ),
    "a repeated key": (
        "tools",
        lambda table: pd.concat([table, table.iloc[[7]]]),
        r"tools.csv, row \d+, column tool_id: must be unique",
    ),
    "a width in a text": (
        "messages",
        with_message("for_firm", "fr", "{firm:>999999999}"),
        "messages.csv, row .*, column fr: must have no brace but those of plain placeholders",
    ),
    "an attribute in a text": (
        "rules",
        with_cell(0, "fail_en", "{status.__class__}"),
        "rules.csv, row 2, column fail_en: must have no brace but those of plain placeholders",
    ),
    "a missing column": (
        "tools",
        lambda table: table.drop(columns="vendor"),
        "tools.csv: the columns must be those of the schema.*'vendor'",
    ),
    "a misspelt column": (
        "tools",
        lambda table: table.rename(columns={"vendor": "vendeur"}),
        "tools.csv: the columns must be those of the schema",
    ),
}


@pytest.mark.parametrize(("name", "change", "message"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_catalog_names_file_row_and_column(copy, name, change, message):
    edit(copy, name, change)

    with pytest.raises(hr.CatalogError, match=message):
        hr.load_catalog(copy)


TEXT_FAULTS = {
    "an open brace": (
        "payers",
        with_cell(1, "text_en", "{opco"),
        "column text_en: must have no brace but those of plain placeholders",
    ),
    "an unknown placeholder": (
        "statistics",
        with_cell(0, "text_fr", "{valeur}"),
        "column text_fr: must have placeholders among {value}. Got {valeur}.",
    ),
    "a placeholder where none is filled": (
        "messages",
        with_message("colon", "en", "{x}"),
        "column en: must have no placeholder. Got {x}.",
    ),
    "a repeated placeholder": (
        "questionnaire",
        with_cell(0, "closed_fr", "{dimension}{dimension}"),
        "column closed_fr: must have each placeholder once",
    ),
    "a language that says less": (
        "messages",
        with_message("for_firm", "en", "For you"),
        "column en: must have the placeholders of fr, {company}. Got none.",
    ),
    "a text without end": (
        "messages",
        with_message("for_firm", "fr", "a" * 2001),
        "column fr: must be at most 2000 characters. Got 2001.",
    ),
}


@pytest.mark.parametrize(("name", "change", "message"), TEXT_FAULTS.values(), ids=list(TEXT_FAULTS))
def test_a_text_that_could_not_be_filled_is_named(catalog, name, change, message):
    ((row, fault),) = template_faults(name, change(catalog.table(name)))

    assert fault.startswith(message), (row, fault)


def test_a_new_message_may_have_placeholders_of_its_own(copy):
    row = pd.DataFrame({"message": ["mine"], "fr": ["{a} et {b}"], "en": ["{b}, {a}"]})
    edit(copy, "messages", lambda table: pd.concat([table, row]))

    assert hr.load_catalog(copy).text("mine", "en", a=1, b="{c}") == "{c}, 1"


def test_only_the_known_columns_of_the_shipped_tables_are_filled(catalog):
    braced = {
        (name, column)
        for name in catalog.table_names
        for column, cells in catalog.table(name).items()
        if cells.dropna().astype(str).str.contains("[{}]").any()
    }

    assert braced == {
        (name, column) for name, pairs in TEMPLATES.items() for pair in pairs for column in pair
    }


def test_the_shipped_texts_are_safe_to_fill(catalog):
    faults = {name: list(template_faults(name, catalog.table(name))) for name in TEMPLATES}

    assert not any(faults.values())


def test_a_text_is_filled_as_python_fills_it(catalog):
    for template in [*catalog.messages["fr"].values(), *catalog.messages["en"].values()]:
        values = {name: f"<{name}>" for name in template_parts(template)[1::2]}

        assert filled(template, **values) == template.format(**values)


@given(template=st.text(alphabet="{}ab._:!>9[]0 ", max_size=12), value=st.text(max_size=3))
def test_a_text_names_its_values_and_can_do_nothing_else(template, value):
    try:
        said = filled(template, a=value, b=2)
    except hr.CatalogError:
        return

    assert said == template.replace("{a}", "\0").replace("{b}", "2").replace("\0", value)


def test_a_text_that_the_catalog_lacks_is_named(catalog):
    tables = {name: catalog.table(name) for name in catalog.table_names}
    tables["messages"] = tables["messages"].query("message != 'reason_separator'")

    with pytest.raises(hr.CatalogError, match=r"messages\.csv: the row 'reason_separator' must be there"):
        hr.Catalog(tables, catalog.descriptor).text("reason_separator", "fr")


def test_a_placeholder_that_nothing_fills_is_named():
    with pytest.raises(hr.CatalogError, match=r"must have placeholders among a\. Got b"):
        filled("{a}{b}", a=1)


def test_a_missing_file_and_a_missing_table_are_named(copy):
    (copy / "kinds.csv").unlink()
    with pytest.raises(
        hr.CatalogError, match=r"kinds.csv: named in datapackage.json, but there is no such file"
    ):
        hr.load_catalog(copy)

    descriptor = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [row for row in descriptor["resources"] if row["name"] == "regions"]
    (copy / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    with pytest.raises(hr.CatalogError, match="the resource 'tools' must be there"):
        hr.load_catalog(copy)


def test_a_branch_is_a_row(copy):
    row = {
        "branch": "jewellery",
        "name_fr": "Bijouterie",
        "name_en": "Jewellery",
        "idcc": "0567",
        "opco": "Opco 2i",
    }
    edit(copy, "branches", lambda table: pd.concat([table, pd.DataFrame([row])]).fillna(""))
    catalog = hr.load_catalog(ungrade(copy))

    recommender = hr.ToolRecommender(catalog=catalog).fit()
    found = recommender.recommend({"branch": "IDCC 567", "headcount": 8, "needs": {"hiring": 75}})

    assert found.profile.branch == "jewellery"
    assert len(found) == 5
    assert all("all" in item.tool.branches for item in found)


def test_a_tool_is_a_row(copy):
    def add(table):
        row = table.set_index("tool_id").loc["la-bonne-alternance"].to_dict()
        return pd.concat([table, pd.DataFrame([{**row, "tool_id": "new-service", "name": "New"}])])

    edit(copy, "tools", add)
    recommender = hr.ToolRecommender(catalog=hr.load_catalog(ungrade(copy)), max_per_function=None).fit()

    found = recommender.recommend({"branch": "footwear", "headcount": 8, "needs": {"apprentices": 100}}, k=40)

    assert "new-service" in found.tool_ids


@pytest.mark.parametrize("name", hr.load_catalog().table_names)
def test_what_a_caller_writes_into_a_table_stays_with_the_caller(name):
    catalog = hr.load_catalog()
    before = catalog.table(name).copy()

    handed_out = catalog.table(name)
    for column in handed_out:
        handed_out[column].array[:] = handed_out[column].iloc[-1]
        handed_out.loc[:, column] = handed_out[column].iloc[-1]

    pd.testing.assert_frame_equal(catalog.table(name), before)


def test_the_tools_that_a_caller_retires_are_still_recommended():
    firm = {"branch": "couture", "headcount": 12}
    before = hr.ToolRecommender().fit().recommend(firm)

    tools = hr.load_catalog().tools
    tools.loc[:, "status"] = "retired"
    hr.load_catalog().descriptor["resources"].clear()

    after = hr.ToolRecommender().fit().recommend(firm)
    assert [item.tool.tool_id for item in after] == [item.tool.tool_id for item in before]
    assert hr.load_catalog().descriptor["resources"]


@pytest.mark.parametrize(
    "write",
    [
        lambda catalog: catalog.labels("branches", "fr").update(couture="x"),
        lambda catalog: catalog.messages["fr"].clear(),
    ],
    ids=["labels", "messages"],
)
def test_labels_and_messages_cannot_be_written_to(write):
    with pytest.raises(AttributeError, match="mappingproxy"):
        write(hr.load_catalog())


def test_a_catalog_is_whole_after_pickling():
    catalog = hr.load_catalog()
    catalog.labels("branches", "fr")
    assert catalog.messages

    again = pickle.loads(pickle.dumps(catalog))

    pd.testing.assert_frame_equal(again.tools, catalog.tools)
    assert again.labels("branches", "fr") == catalog.labels("branches", "fr")


def test_the_shipped_catalog_reads_the_same_with_and_without_checks(catalog):
    descriptor, tables = read_package(files("hrtools_reco.catalog_data"), checked=True)

    assert descriptor == catalog.descriptor
    for name, table in tables.items():
        shipped = catalog.table(name)
        ordered = table.sort_values("tool_id", ignore_index=True) if name == "tools" else table
        pd.testing.assert_frame_equal(shipped, ordered)


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside.csv", "a/b.csv", "tools.txt", 5, None], ids=str)
def test_a_table_stands_beside_its_descriptor_and_nowhere_else(tmp_path, catalog, path):
    tables = {name: catalog.table(name) for name in catalog.table_names}
    write_package(tmp_path, catalog.descriptor, tables)
    descriptor = catalog.descriptor
    descriptor["resources"][0] = {**descriptor["resources"][0], "path": path}
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")

    with pytest.raises(hr.CatalogError, match=r"must be the plain name of a \.csv file beside it"):
        hr.load_catalog(tmp_path)
    with pytest.raises(hr.CatalogError, match=r"must be the plain name of a \.csv file beside it"):
        write_package(tmp_path, descriptor, tables)


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"resources": [1]}', '{"resources": [{"name": 5}]}', "[" * 99999]
)
def test_a_broken_descriptor_is_refused_as_one(tmp_path, text):
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")

    with pytest.raises(hr.CatalogError, match=r"datapackage\.json"):
        hr.load_catalog(tmp_path)
