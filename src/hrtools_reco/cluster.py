"""Recommend tools to firms on a cluster that is there already: parts of a table for Dask and for Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd

from hrtools_reco._checks import invalid
from hrtools_reco.columns import BRANCH, COMPANY_ID, HEADCOUNT
from hrtools_reco.extras import extra_module
from hrtools_reco.not_fitted import check_fitted
from hrtools_reco.recommender import ToolRecommender

_SPARK_TYPES = {"i": "long", "u": "long", "f": "double", "b": "boolean"}


def recommend_partition(
    recommender: ToolRecommender, k: int = 5, *, contributions: bool = False, reasons: str | None = None
) -> tuple[Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]], str]:
    """Return what Spark needs to recommend tools part by part: a function for ``mapInPandas``, its schema.

    Each firm must stand in one part only; a wrong cell stops the job.

    Parameters
    ----------
    recommender : ToolRecommender
        A fitted recommender.
    k : int, default=5
        Largest number of recommendations of a firm, at least 1.
    contributions : bool, default=False
        Whether to add a column for each block of contributions.
    reasons : {"fr", "en"}, optional
        Whether to add a column ``reasons``, and in which language.

    Returns
    -------
    function : callable
        Turns an iterator of frames of firms into one of answers.
    schema : str
        The columns of an answer, as Spark writes them.

    Raises
    ------
    InvalidValueError
        If a parameter is wrong.
    NotFittedError
        If the recommender is not fitted.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> function, schema = hr.recommend_partition(hr.ToolRecommender().fit(), k=2)
    >>> schema.split(", ")[:2]
    ['company_id string', 'rank long']
    >>> [len(part) for part in function([hr.simulate_firms(3), hr.simulate_firms(2, seed=1)])]
    [6, 4]
    """
    options: dict[str, Any] = {"k": k, "contributions": contributions, "reasons": reasons}
    empty = _empty_answer(recommender, options)

    def function(parts: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Answer the firms of each part."""
        for part in parts:
            yield _answered(part, recommender, empty, options)

    types = {name: _SPARK_TYPES.get(dtype.kind, "string") for name, dtype in empty.dtypes.items()}
    return function, ", ".join(f"{name} {kind}" for name, kind in types.items())


def recommend_dask(
    ddf: Any,
    k: int = 5,
    *,
    contributions: bool = False,
    reasons: str | None = None,
    recommender: ToolRecommender | None = None,
) -> Any:
    """Recommend tools to the firms of a Dask frame, part by part, when it is computed (extra ``dask``).

    Each firm must stand in one part only; a wrong cell stops the computation. A part whose worker dies is
    answered again by another, as Dask does with any task.

    Parameters
    ----------
    ddf : dask.dataframe.DataFrame
        One firm a row, as ``recommend_batch`` takes it.
    k : int, default=5
        Largest number of recommendations of a firm, at least 1.
    contributions : bool, default=False
        Whether to add a column for each block of contributions.
    reasons : {"fr", "en"}, optional
        Whether to add a column ``reasons``, and in which language.
    recommender : ToolRecommender, optional
        A fitted recommender. ``None`` is one over the bundled catalog.

    Returns
    -------
    dask.dataframe.DataFrame
        The answer, its parts in the order of those of ``ddf``.

    Raises
    ------
    InvalidValueError
        If it is no Dask frame, Dask is not installed, or a parameter is wrong.
    NotFittedError
        If the recommender is not fitted.

    Examples
    --------
    >>> import dask.dataframe
    >>> import hrtools_reco as hr
    >>> firms = dask.dataframe.from_pandas(hr.simulate_firms(6), npartitions=2)
    >>> len(hr.recommend_dask(firms, k=2).compute(scheduler="sync"))
    12
    """
    frames = extra_module("dask.dataframe", "dask")
    if not isinstance(ddf, frames.DataFrame):
        raise invalid("ddf", "a DataFrame of Dask", type(ddf).__name__)
    fitted = ToolRecommender().fit() if recommender is None else recommender
    options: dict[str, Any] = {"k": k, "contributions": contributions, "reasons": reasons}
    empty = _empty_answer(fitted, options)
    return ddf.map_partitions(_answered, fitted, empty, options, meta=empty)


def _answered(
    part: pd.DataFrame, recommender: ToolRecommender, empty: pd.DataFrame, options: dict[str, Any]
) -> pd.DataFrame:
    """Answer the firms of one part, which may be empty."""
    return recommender.recommend_batch(part, **options).frame if len(part) else empty


def _empty_answer(recommender: ToolRecommender, options: dict[str, Any]) -> pd.DataFrame:
    """Return the columns of an answer, and refuse wrong options before the cluster is asked."""
    check_fitted(recommender)
    branch = recommender.catalog_.keys("branches")[0]
    firm = pd.DataFrame({COMPANY_ID: ["company"], BRANCH: [branch], HEADCOUNT: [1]})
    frame: pd.DataFrame = recommender.recommend_batch(firm, **options).frame
    return frame.iloc[:0]
