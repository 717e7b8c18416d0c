"""The error of a model that is asked before it was fitted: scikit-learn's and the library's own at once."""

from __future__ import annotations

from typing import Any

import sklearn.exceptions
from sklearn.utils.validation import check_is_fitted

from hrtools_reco.exceptions import HRToolsError


class NotFittedError(HRToolsError, sklearn.exceptions.NotFittedError):
    """A recommender or a model that is asked before ``fit``.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> try:
    ...     hr.ToolRecommender().recommend({"branch": "couture", "headcount": 4})
    ... except hr.HRToolsError as error:
    ...     print(type(error).__name__)
    NotFittedError
    """


def check_fitted(estimator: Any, attribute: str | None = None) -> None:
    """Raise ``NotFittedError`` before ``fit``.

    Parameters
    ----------
    estimator : estimator
        A recommender or a model.
    attribute : str, optional
        Attribute that ``fit`` sets; ``None`` is any.
    """
    try:
        check_is_fitted(estimator, attribute)
    except sklearn.exceptions.NotFittedError as error:
        raise NotFittedError(str(error)) from None
