"""What a call leaves out or keeps, and what a firm does not want: shown like a rule, never recommended."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from typer.testing import CliRunner

import hrtools_reco as hr
from hrtools_reco.cli.app import app

CATALOG = hr.load_catalog()
RECOMMENDER = hr.ToolRecommender().fit()
FIRM = {"branch": "leather_goods", "headcount": 45, "needs": {"hiring": 75}, "maturity": {"it_base": 60}}
K = len(CATALOG.tool_ids)
VENDORS = sorted(CATALOG.tools["vendor"].dropna().unique())


def groups_of(tool):
    """Return every name that stands for a tool."""
    return {tool.tool_id, tool.kind, tool.vendor, *tool.functions}


# Where a tool and a function have one name, the name is the tool: neither is drawn.
names = st.lists(
    st.one_of(
        st.sampled_from(sorted(set(CATALOG.tool_ids) - set(CATALOG.keys("functions")))),
        st.sampled_from(sorted(set(CATALOG.keys("functions")) - set(CATALOG.tool_ids))),
        st.sampled_from(CATALOG.keys("kinds")),
        st.sampled_from(VENDORS),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=25)
@given(excluded=names)
def test_what_is_excluded_is_not_recommended_and_no_other_status_changes(excluded):
    before = RECOMMENDER.eligibility(FIRM).set_index("tool_id")["status"]
    after = RECOMMENDER.eligibility({**FIRM, "excluded": excluded}).set_index("tool_id")["status"]

    left_out = [bool(groups_of(CATALOG.tool(tool_id)) & set(excluded)) for tool_id in CATALOG.tool_ids]
    assert (after[left_out] == "excluded").all()
    others = [not out for out in left_out]
    pd.testing.assert_series_equal(after[others], before[others])
    recommended = RECOMMENDER.recommend(FIRM, K, exclude=excluded)
    assert not any(groups_of(item.tool) & set(excluded) for item in recommended)


@settings(max_examples=25)
@given(only=names)
def test_what_is_kept_is_all_that_is_recommended(only):
    kept = [tool_id for tool_id in CATALOG.tool_ids if groups_of(CATALOG.tool(tool_id)) & set(only)]

    found = RECOMMENDER.recommend(FIRM, K, only=only)

    assert all(groups_of(item.tool) & set(only) for item in found)
    assert found.tool_ids == RECOMMENDER.recommend(FIRM, K, only=kept).tool_ids


@settings(max_examples=15)
@given(excluded=names, refused=names)
def test_the_columns_of_a_firm_do_what_the_call_does(excluded, refused):
    row = {"company_id": "a", "branch": "leather_goods", "headcount": 45}
    table = pd.DataFrame([row | {"excluded": "|".join(excluded), "refused": "|".join(refused)}])

    by_column = RECOMMENDER.recommend_batch(table, 20).frame["tool_id"].tolist()
    by_call = RECOMMENDER.recommend_batch(pd.DataFrame([row]), 20, exclude=[*excluded, *refused]).frame

    assert by_column == by_call["tool_id"].tolist()


@pytest.mark.parametrize(
    ("field", "said"),
    [("excluded", "écarté à votre demande"), ("refused", "vous l’avez vu et n’en voulez pas")],
)
def test_an_explanation_shows_it_like_a_rule(field, said):
    found = RECOMMENDER.explain({**FIRM, field: ["moodle"]}, "moodle")

    rule = {rule.name: rule for rule in found.rules}[field]
    assert (found.status, rule.outcome, rule.relaxable) == ("excluded", "fail", False)
    assert rule.gap("fr") == said


def test_statuses_tell_which_rule_it_was():
    statuses = RECOMMENDER.eligibility({**FIRM, "refused": ["lms"]}, by_rule=True).set_index("tool_id")

    assert statuses.loc["moodle", "rule_refused"] == "fail"
    assert statuses.loc["moodle", "rule_excluded"] == "pass"


def test_a_request_holds_beside_rules_of_ones_own():
    recommender = hr.ToolRecommender(rules=[]).fit()
    first = recommender.recommend(FIRM, 1)[0].tool_id

    assert first not in recommender.recommend(FIRM, K, exclude=first).tool_ids
    assert first not in recommender.recommend({**FIRM, "refused": [first]}, K).tool_ids


def test_names_are_forgiven_their_case_and_the_one_liner_takes_them_too():
    assert all(item.tool.kind == "software" for item in hr.recommend(FIRM, 5, only="Software"))
    assert (
        hr.recommend(FIRM, 5, exclude=["MOODLE"]).tool_ids == hr.recommend(FIRM, 5, exclude="moodle").tool_ids
    )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"exclude": ["moodel"]}, "exclude must be the key of a tool.* Got 'moodel'. Nearest: moodle"),
        ({"only": "softwere"}, "only must be the key of a tool.* Nearest: software"),
        ({"only": []}, "only must be a name at least"),
    ],
)
def test_a_name_that_stands_for_nothing_is_told(request_, message):
    with pytest.raises(hr.InvalidValueError, match=message):
        RECOMMENDER.recommend(FIRM, **request_)
    with pytest.raises(hr.InvalidValueError, match=message):
        RECOMMENDER.recommend_batch([FIRM], **request_)


def test_a_list_that_a_request_leaves_short_says_why():
    found = RECOMMENDER.recommend(FIRM, 5, only="moodle")

    assert found.shortfall.missing >= 4
    assert "Non écarté" in found.shortfall.reason("fr")


def test_what_a_firm_has_refused_is_learned_as_shown_and_not_adopted(monkeypatch):
    told = {}

    def keep(history, *args, **options):
        told["observed"] = history.observed
        raise StopIteration

    monkeypatch.setattr("hrtools_reco.recommender.learn_history", keep)
    firms = [{**FIRM, "company_id": "a", "refused": ["taleez"]}, {**FIRM, "company_id": "b"}]
    pairs = pd.DataFrame({"company_id": ["a", "b"], "tool_id": ["moodle", "moodle"]})

    with pytest.raises(StopIteration):
        hr.ToolRecommender(rules=[]).fit(firms, pairs, shown=pairs)

    assert told["observed"][:, CATALOG.position("taleez")].tolist() == [True, False]


FILE = "company_id;branch;headcount;excluded\na;maroquinerie;18;\nb;couture;60;moodle\nc;textile;9;\n"
ASKED = {
    "a tool": {"exclude": "france-travail-pro"},
    "a kind and a function": {"exclude": ["public_service", "job_board"]},
    "only software": {"only": "software"},
    "both": {"only": ["software", "public_service"], "exclude": ("ats",)},
    "nothing is left": {"only": "moodle", "exclude": "moodle"},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("target", ["recs.csv", "recs"])
def test_a_file_leaves_out_and_keeps_what_a_batch_does(tmp_path, asked, target):
    source = tmp_path / "firms.csv"
    source.write_text(FILE, encoding="utf-8")

    summary = hr.recommend_file(source, tmp_path / target, 4, recommender=RECOMMENDER, chunk_size=2, **asked)

    expected = RECOMMENDER.recommend_batch(hr.read_companies_file(source), 4, **asked)
    found = hr.read_companies_file(tmp_path / target)
    assert found["tool_id"].tolist() == expected.frame["tool_id"].tolist()
    assert found["company_id"].tolist() == expected.frame["company_id"].tolist()
    assert summary.accounts() == expected.accounts()


def test_a_folder_of_a_run_that_left_out_something_else_is_refused(tmp_path):
    source = tmp_path / "firms.csv"
    source.write_text(FILE, encoding="utf-8")
    hr.recommend_file(source, tmp_path / "recs", recommender=RECOMMENDER, exclude=["moodle"])

    again = hr.recommend_file(source, tmp_path / "recs", recommender=RECOMMENDER, exclude=("moodle",))
    with pytest.raises(hr.InvalidValueError, match="exclude"):
        hr.recommend_file(source, tmp_path / "recs", recommender=RECOMMENDER, exclude="payfit")

    assert again.n_firms == 3


@pytest.mark.parametrize("name", ["exclude", "only"])
@pytest.mark.parametrize("names", ["moodel", ["moodle", 3], 3, {"moodle"}], ids=str)
def test_wrong_names_are_refused_before_a_file_is_touched(tmp_path, name, names):
    source = tmp_path / "firms.csv"
    source.write_text(FILE, encoding="utf-8")

    with pytest.raises(hr.InvalidValueError, match=name):
        hr.recommend_file(source, tmp_path / "recs.csv", recommender=RECOMMENDER, **{name: names})

    assert not (tmp_path / "recs.csv").exists()


def test_the_command_leaves_out_and_keeps_for_one_firm_and_for_a_file(tmp_path):
    source = tmp_path / "firms.csv"
    source.write_text(FILE, encoding="utf-8")
    asked = ["--only", "software", "--exclude", "ats|moodle", "--exclude", "payfit"]
    firm = ["--branch", "couture", "--headcount", "60"]

    one = CliRunner().invoke(app, ["recommend", *firm, *asked, "--json"])
    many = CliRunner().invoke(app, ["recommend", str(source), "--out", str(tmp_path / "recs.csv"), *asked])
    wrong = CliRunner().invoke(app, ["recommend", *firm, "--only", "logiciels"])

    narrow = {"only": "software", "exclude": ["ats", "moodle", "payfit"]}
    expected = RECOMMENDER.recommend({"branch": "couture", "headcount": 60}, 5, **narrow)
    assert [row["tool_id"] for row in json.loads(one.stdout)["recommendations"]] == list(expected.tool_ids)
    assert many.exit_code == 0, many.output
    batch = RECOMMENDER.recommend_batch(hr.read_companies_file(source), 5, **narrow)
    assert (
        hr.read_companies_file(tmp_path / "recs.csv")["tool_id"].tolist() == batch.frame["tool_id"].tolist()
    )
    assert (wrong.exit_code, "--only : attendu" in wrong.stderr) == (2, True)
