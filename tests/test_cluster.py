"""A cluster gives the answer of one process: Dask with a worker killed on the way, and Spark."""

import importlib.util
import os
import shutil
import signal
import sys

import pandas as pd
import pytest

import hrtools_reco as hr

RECOMMENDER = hr.ToolRecommender().fit()
FIRMS = hr.simulate_firms(400, seed=5)
EXPECTED = RECOMMENDER.recommend_batch(FIRMS, k=3, contributions=True).frame


def test_parts_in_turn_give_the_answer_to_the_whole():
    function, schema = hr.recommend_partition(RECOMMENDER, k=3, contributions=True)

    parts = list(function([FIRMS.iloc[:150], FIRMS.iloc[:0], FIRMS.iloc[150:]]))

    assert len(parts[1]) == 0
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), EXPECTED)
    assert [column.split()[0] for column in schema.split(", ")] == list(EXPECTED)


def test_dask_gives_the_answer_of_one_process_though_a_worker_is_killed():
    dask, distributed = pytest.importorskip("dask.dataframe"), pytest.importorskip("distributed")
    frame = dask.from_pandas(FIRMS, npartitions=4, sort=False)
    answer = hr.recommend_dask(frame, k=3, contributions=True, recommender=RECOMMENDER)
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}

    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        future = client.compute(answer)
        first = next(iter(client.scheduler_info()["workers"]))
        os.kill(client.run(os.getpid, workers=[first])[first], signal.SIGKILL)
        found = future.result(timeout=240)

    pd.testing.assert_frame_equal(found.reset_index(drop=True), EXPECTED, check_dtype=False)


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed")
@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java (default-jre-headless)")
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning")  # of pyspark itself
def test_spark_gives_the_answer_of_one_process(monkeypatch):
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)

    function, schema = hr.recommend_partition(RECOMMENDER, k=3, contributions=True)
    plain = FIRMS[["company_id", "branch", "headcount_band"]].astype(object)
    expected = RECOMMENDER.recommend_batch(plain, k=3, contributions=True).frame

    with SparkSession.builder.master("local[2]").getOrCreate() as spark:
        firms = spark.createDataFrame(plain.to_numpy().tolist(), list(plain)).repartition(3)
        rows = firms.mapInPandas(function, schema).collect()
    found = pd.DataFrame([row.asDict() for row in rows])

    order = ["company_id", "rank"]
    expected = expected.sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(found.sort_values(order, ignore_index=True), expected, check_dtype=False)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hr.recommend_partition(RECOMMENDER, k=0), "k must be"),
        (lambda: hr.recommend_dask(FIRMS), "ddf must be a DataFrame of Dask"),
    ],
    ids=["k", "no Dask frame"],
)
def test_what_cannot_be_spread_is_refused(call, message):
    pytest.importorskip("dask.dataframe")

    with pytest.raises(hr.HRToolsError, match=message):
        call()
