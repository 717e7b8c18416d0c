"""Learn from adoption: a ridge in closed form that is good from no known tool to many."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from hrtools_reco._checks import check_count, check_number, invalid
from hrtools_reco.model.adoption_rows import Rows, row_keys
from hrtools_reco.model.adoption_solution import RATES, UNIFORM, Settings, Solution
from hrtools_reco.model.adoption_solver import solve
from hrtools_reco.model.moments import Moments, moments_of, total
from hrtools_reco.not_fitted import check_fitted

CROSS_VALIDATION, BY_NUMBER, AVERAGED = "cv", "by_number", "uniform"


class AdoptionRidge(RegressorMixin, BaseEstimator):
    """Ridge from profiles and known tools to adoption, averaged over which tools are known.

    The known tools of each firm are masked at random in expectation, so one model serves firms of which no
    tool is known and firms of which many are. It is EASE with side features under marginalised dropout; a
    tool never predicts itself. One Gram matrix gives the coefficients for several shares of known tools,
    between which a firm of k known tools is interpolated. To that, what similar firms have is added with the
    weight ``neighbours_ * k / (k + 5)``. A firm of which no tool is known is served by its own ridge on the
    profile, or by a logistic regression.

    Everything that is ``"cv"`` is chosen inside ``fit`` on firms held out: penalties by squared error, and
    where the firms are kept, what serves firms of which no tool is known, and the neighbours, by nDCG of the
    first ten tools. What is learnt is the same for a
    firm of weight 2 and for the firm twice, in any order of the firms.

    Parameters
    ----------
    alpha_profile : float or "cv", default="cv"
        Penalty on the profile coefficients, greater than 0, in units of one firm.
    alpha_tools : float or "cv", default="cv"
        Penalty on the coefficients between tools, in the same unit.
    keep_rate : float, "uniform" or "by_number", default="by_number"
        Share of the known tools that training keeps. ``"by_number"`` solves four shares and interpolates by
        the number of known tools. ``"uniform"`` averages over all shares, the loss counted where the tool was
        hidden: moments 1/3 and 1/6. 1 is EASE with side features.
    prior : ndarray of shape (n_features, n_tools), optional
        Profile coefficients to shrink toward; ``None`` is zero. The intercept is never penalised.
    row_exponent : float, default=0.5
        A firm with n tools weighs n to the power of minus this: firms with many tools have many pairs.
    neighbours : float or "cv", default="cv"
        Weight of what the 100 firms of the most similar tools have, at least 0; 0 needs no rows.
    logistic : bool or "cv", default="cv"
        Whether firms of which no tool is known are served by a logistic regression, whose coefficients are
        in log-odds and whose penalty is chosen; ``False`` needs no rows.
    n_folds : int, default=5
        Folds of the cross-validation; a row's fold follows from its values.

    Attributes
    ----------
    coef_ : ndarray of shape (n_rates, n_features, n_tools)
        Profile coefficients for each share of known tools.
    tool_coef_ : ndarray of shape (n_rates, n_tools, n_tools)
        Coefficients of the known tools; the diagonals are zero.
    intercept_ : ndarray of shape (n_rates, n_tools)
        Intercepts.
    keep_rates_ : ndarray of shape (n_rates,)
        The shares of known tools.
    cold_coef_, cold_intercept_ : ndarray of shape (n_features, n_tools) and (n_tools,)
        The same for firms of which no tool is known, in log-odds if ``logistic_``.
    alpha_profile_, alpha_tools_, alpha_cold_, neighbours_ : float
        The penalties and the weight in use; ``alpha_cold_`` is that of ``cold_coef_``.
    logistic_ : bool
        Whether ``cold_coef_`` is in log-odds.
    n_rows_ : int
        Firms seen.

    Notes
    -----
    ``partial_fit`` and ``merge`` equal one fit over all firms. With ``neighbours=0`` and ``logistic=False``
    they need sums over the firms only, which are small whatever the number of firms. Otherwise the model
    keeps the firms, and chooses again with each part. Targets beyond 0 and 1 have neither neighbours nor
    log-odds.

    References
    ----------
    Steck (2019). Embarrassingly shallow autoencoders for sparse data. WWW.
    Steck (2020). Autoencoders that don't overfit towards the identity. NeurIPS.
    Chen, Xu, Weinberger & Sha (2012). Marginalized denoising autoencoders for domain adaptation. ICML.

    Examples
    --------
    >>> import numpy as np
    >>> import hrtools_reco as hr
    >>> X = np.array([[0.0], [0.0], [1.0], [1.0]])
    >>> Y = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> model = hr.AdoptionRidge(alpha_profile=0.1, alpha_tools=0.1).fit(X, Y)
    >>> int(model.predict([[1.0]]).argmax())
    1
    """

    _folds: list[Moments]
    _rows: Rows | None
    _solution: Solution
    _flat: bool
    n_rows_: int
    coef_: np.ndarray
    tool_coef_: np.ndarray
    intercept_: np.ndarray
    keep_rates_: np.ndarray
    cold_coef_: np.ndarray
    cold_intercept_: np.ndarray
    neighbours_: float
    logistic_: bool

    def __init__(
        self,
        alpha_profile: float | str = CROSS_VALIDATION,
        alpha_tools: float | str = CROSS_VALIDATION,
        *,
        keep_rate: float | str = BY_NUMBER,
        prior: np.ndarray | None = None,
        row_exponent: float = 0.5,
        neighbours: float | str = CROSS_VALIDATION,
        logistic: bool | str = CROSS_VALIDATION,
        n_folds: int = 5,
    ) -> None:
        self.alpha_profile = alpha_profile
        self.alpha_tools = alpha_tools
        self.keep_rate = keep_rate
        self.prior = prior
        self.row_exponent = row_exponent
        self.neighbours = neighbours
        self.logistic = logistic
        self.n_folds = n_folds

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from firms and what they adopted.

        Parameters
        ----------
        X : array-like or sparse array of shape (n_firms, n_features)
            Profiles.
        y : array-like or sparse array of shape (n_firms, n_tools) or (n_firms,)
            Adoption, usually 0/1 or graded in [0, 1]; any real target is taken.
        sample_weight : array-like of shape (n_firms,), optional
            Weight of each firm, at least 0.

        Returns
        -------
        AdoptionRidge
            The fitted model; an earlier fit is forgotten.

        Raises
        ------
        InvalidValueError
            If a parameter is out of its range, or the prior has another shape.
        ValueError
            If the data is not what scikit-learn takes.
        """
        self._check_parameters()
        if hasattr(self, "_folds"):
            del self._folds
        return self.partial_fit(X, y, sample_weight)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn from more firms; equal to one fit over all of them.

        Parameters
        ----------
        X : array-like or sparse array of shape (n_firms, n_features)
            Profiles.
        y : array-like or sparse array of shape (n_firms, n_tools) or (n_firms,)
            Adoption.
        sample_weight : array-like of shape (n_firms,), optional
            Weight of each firm, at least 0.

        Returns
        -------
        AdoptionRidge
            The fitted model.

        Raises
        ------
        InvalidValueError
            As in ``fit``; and if neighbours or log-odds are asked for only now, which need the rows of the
            first part.
        ValueError
            As in ``fit``.
        """
        self._check_parameters()
        first = not hasattr(self, "_folds")
        features, targets, weight, flat = self._validate(X, y, sample_weight, reset=first)
        keys = row_keys(features, targets)
        powers = np.maximum(np.asarray(abs(targets).sum(axis=1)).ravel(), 1.0) ** -self.row_exponent
        fold = (keys % np.uint64(self.n_folds)).astype(int)
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            folds = [
                moments_of([features[fold == k], targets[fold == k]], (weight * powers)[fold == k])
                for k in range(self.n_folds)
            ]
        rows = None
        if self._needs_rows:
            adoption = sparse.csr_array(targets)
            rows = Rows(features=features.copy(), adoption=adoption, weight=weight.copy(), keys=keys)
        if first:
            self._take(folds, rows, len(weight))
        else:
            self._take(self._joined(folds), self._joined_rows(rows), self.n_rows_ + len(weight))
        self._flat = flat
        return self

    def merge(self, other: AdoptionRidge) -> Self:
        """Add what another model has seen; equal to one fit over both sets of firms.

        Only what the other model has seen counts, not its penalties or prior.

        Parameters
        ----------
        other : AdoptionRidge
            A model fitted on other firms with the same features and tools.

        Returns
        -------
        AdoptionRidge
            This model, refitted.

        Raises
        ------
        InvalidValueError
            If the models have other features, tools, folds or row exponents, or this one needs rows that the
            other has not kept.
        """
        check_fitted(self)
        check_fitted(other)
        shape, theirs = self.cold_coef_.shape, other.cold_coef_.shape
        if shape != theirs or len(self._folds) != len(other._folds):
            right = f"a model of {shape[0]} features and {shape[1]} tools with {len(self._folds)} folds"
            got = f"{theirs[0]} features and {theirs[1]} tools with {len(other._folds)} folds"
            raise invalid("other", right, got)
        if self.row_exponent != other.row_exponent:
            raise invalid("other", f"a model of the row_exponent {self.row_exponent}", other.row_exponent)
        names = [list(getattr(model, "feature_names_in_", ())) for model in (self, other)]
        if all(names) and names[0] != names[1]:
            raise invalid("other", f"a model of the features {', '.join(names[0])}", ", ".join(names[1]))
        rows = self._joined_rows(other._rows)
        return self._take(self._joined(other._folds), rows, self.n_rows_ + other.n_rows_)

    def predict(self, X: Any, known: Any = None) -> np.ndarray:
        """Predict adoption.

        Parameters
        ----------
        X : array-like or sparse array of shape (n_firms, n_features)
            Profiles.
        known : array-like or sparse array of shape (n_firms, n_tools), optional
            Adoption that is known; 0 is not adopted or not known. ``None``: nothing is known.

        Returns
        -------
        ndarray of shape (n_firms, n_tools) or (n_firms,)
            Predicted adoption.

        Raises
        ------
        ValueError
            If the features or the tools are not those of ``fit``.
        """
        check_fitted(self)
        features = validate_data(self, X, reset=False, accept_sparse="csr", dtype=float)
        predicted = self._solution.cold(features)
        if known is not None:
            tools = sparse.csr_array(check_array(known, accept_sparse="csr", dtype=float))
            if tools.shape != predicted.shape:
                raise invalid("known", f"an array of shape {predicted.shape}", tools.shape)
            warm = np.flatnonzero(abs(tools).sum(axis=1))
            if len(warm):
                predicted[warm] = self._solution.warm(features[warm], tools[warm])
        return predicted.ravel() if self._flat else predicted

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        tags.input_tags.sparse = True
        return tags

    @property
    def _needs_rows(self) -> bool:
        """Whether sums over the firms do not suffice."""
        return self.neighbours != 0 or self.logistic is not False

    def _check_parameters(self) -> None:
        """Check the parameters that need no data."""
        for name in ("alpha_profile", "alpha_tools"):
            alpha = getattr(self, name)
            if alpha != CROSS_VALIDATION and not check_number(name, alpha, 0.0) > 0:
                raise invalid(name, f'a number above 0, or "{CROSS_VALIDATION}"', alpha)
        if self.keep_rate not in (AVERAGED, BY_NUMBER):
            check_number("keep_rate", self.keep_rate, 0.0, 1.0)
        if self.neighbours != CROSS_VALIDATION:
            check_number("neighbours", self.neighbours, 0.0)
        if not isinstance(self.logistic, bool) and self.logistic != CROSS_VALIDATION:
            raise invalid("logistic", f'True, False or "{CROSS_VALIDATION}"', self.logistic)
        check_number("row_exponent", self.row_exponent, 0.0, 1.0)
        check_count("n_folds", self.n_folds, 2, "of folds")

    def _settings(self, n_tools: int) -> Settings:
        """Return what is asked for; the prior has one coefficient for each feature and tool."""
        shape = (self.n_features_in_, n_tools)
        prior = np.zeros(shape)
        if self.prior is not None:
            prior = check_array(self.prior, dtype=float, input_name="prior")
            if prior.shape != shape:
                raise invalid("prior", f"an array of shape {shape}", prior.shape)
        if self.keep_rate == BY_NUMBER:
            moments = tuple((rate, rate**2) for rate in RATES)
        else:
            rate = self.keep_rate
            moments = (UNIFORM if rate == AVERAGED else (float(rate), float(rate) ** 2),)
        given = {
            name: None if getattr(self, name) == CROSS_VALIDATION else getattr(self, name)
            for name in ("alpha_profile", "alpha_tools", "neighbours", "logistic")
        }
        if self.prior is not None and given["logistic"] is None:
            given["logistic"] = False  # the prior is on the scale of adoption, not of log-odds
        return Settings(moments=moments, prior=prior, **given)

    def _validate(
        self, X: Any, y: Any, sample_weight: Any, *, reset: bool
    ) -> tuple[Any, Any, np.ndarray, bool]:
        """Check data by scikit-learn's own rules; the last of four says whether y has one dimension."""
        features, targets = validate_data(
            self,
            X,
            y,
            reset=reset,
            multi_output=True,
            validate_separately=(
                {"accept_sparse": "csr", "dtype": float},
                {"accept_sparse": "csr", "dtype": float, "ensure_2d": False},
            ),
        )
        if targets.shape[0] != features.shape[0]:
            raise ValueError(
                f"Found input variables with inconsistent numbers of samples: "
                f"{[features.shape[0], targets.shape[0]]}"
            )
        flat = targets.ndim == 1
        targets = targets.reshape(-1, 1) if flat else targets
        if not reset and targets.shape[1] != len(self.cold_intercept_):
            right = f"adoption of the {len(self.cold_intercept_)} tools of the first fit"
            raise invalid("y", right, targets.shape)
        return features, targets, _weights(sample_weight, features.shape[0], some=reset), flat

    def _joined(self, folds: list[Moments]) -> list[Moments]:
        """Add the sums of other rows, fold by fold."""
        if len(folds) != len(self._folds):
            hint = "Fit again after a change of n_folds."
            raise invalid("n_folds", f"{len(self._folds)}, as in the fit so far", len(folds), hint)
        return [ours + theirs for ours, theirs in zip(self._folds, folds, strict=True)]

    def _joined_rows(self, rows: Rows | None) -> Rows | None:
        """Put other rows below those seen, where rows are needed."""
        if not self._needs_rows:
            return None
        if self._rows is None or rows is None:
            right = "0 and False where only sums of the firms were kept: these two need every firm"
            raise invalid("neighbours and logistic", right, f"{self.neighbours!r} and {self.logistic!r}")
        return self._rows + rows

    def _take(self, folds: list[Moments], rows: Rows | None, n_rows: int) -> Self:
        """Compute the coefficients, and keep them if that goes well."""
        with np.errstate(over="ignore", invalid="ignore"):  # refused right away
            scatter = total(folds).scatter
        if not np.isfinite(scatter).all():
            raise invalid("X and y", "numbers with finite squares", "numbers above about 1e150")
        settings = self._settings(len(scatter) - self.n_features_in_)
        found = solve(settings, folds, rows if rows is None or rows.are_shares else None)
        # Nothing is refused from here on.
        self._folds, self._rows, self._solution, self.n_rows_ = folds, rows, found, n_rows
        self.coef_, self.tool_coef_, self.intercept_ = found.coef, found.tool_coef, found.intercept
        self.keep_rates_, self.neighbours_, self.logistic_ = found.rates, found.neighbours, found.logistic
        self.cold_coef_, self.cold_intercept_ = found.cold_coef, found.cold_intercept
        self.alpha_profile_, self.alpha_tools_, self.alpha_cold_ = found.alphas
        return self


def _weights(sample_weight: Any, n_rows: int, *, some: bool) -> np.ndarray:
    """Return the weights of the rows; with ``some`` they may not all be zero."""
    if sample_weight is None:
        return np.ones(n_rows)
    weight: np.ndarray = check_array(sample_weight, ensure_2d=False, dtype=float, input_name="sample_weight")
    if weight.ndim == 0:
        weight = np.full(n_rows, float(weight))
    if weight.shape != (n_rows,):
        raise invalid("sample_weight", f"of shape ({n_rows},), one weight for each row", weight.shape)
    if (weight < 0).any():
        raise invalid("sample_weight", "at least 0. Negative values are none", float(weight.min()))
    if some and not weight.any():
        raise invalid("sample_weight", "above 0 for one firm at least", "only zeros")
    return weight
