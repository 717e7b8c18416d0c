"""Learn from adoption: a ridge in closed form that is good from no known tool to many."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_array
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from hrtools_reco._checks import invalid
from hrtools_reco.model.closed_forms import MaskedRidge, ProfileRidge
from hrtools_reco.model.moments import Moments, moments_of, total

PENALTIES = tuple(float(penalty) for penalty in 10.0 ** np.arange(0.0, 4.6, 0.5))
CROSS_VALIDATION = "cv"
_TIE = 1e-9  # share by which losses differ through rounding alone


class AdoptionRidge(RegressorMixin, BaseEstimator):
    """Ridge from profiles and known tools to adoption, averaged over which tools are known.

    The known tools of each firm are masked at random in expectation, so one model serves firms of which no
    tool is known and firms of which many are. It is EASE with side features under marginalised dropout; a
    tool never predicts itself. Prediction is ``intercept_ + X @ coef_ + known @ tool_coef_``, and
    ``cold_intercept_ + X @ cold_coef_`` for a firm of which no tool is known (the limit of a keep rate of 0,
    from the same statistics), so contributions are exact.

    Parameters
    ----------
    alpha_profile : float or "cv", default=10
        Penalty on the profile coefficients, greater than 0, in units of one firm. ``"cv"`` chooses it by
        K-fold cross-validation from the sufficient statistics, without a second pass over the data.
    alpha_tools : float or "cv", default=10
        Penalty on the coefficients between tools, in the same unit.
    keep_rate : float or "uniform", default="uniform"
        Share of the known tools that training keeps. ``"uniform"`` averages over all shares, the loss
        counted where the tool was hidden: moments 1/3 and 1/6. 1 is EASE with side features.
    prior : ndarray of shape (n_features, n_tools), optional
        Profile coefficients to shrink toward; ``None`` is zero. The intercept is never penalised.
    n_folds : int, default=5
        Folds of the cross-validation; a row's fold is its position modulo ``n_folds``.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features, n_tools)
        Profile coefficients.
    tool_coef_ : ndarray of shape (n_tools, n_tools)
        Coefficients of the known tools; the diagonal is zero.
    intercept_ : ndarray of shape (n_tools,)
        Intercepts.
    cold_coef_, cold_intercept_ : ndarray
        The same for firms of which no tool is known.
    alpha_profile_, alpha_tools_, alpha_cold_ : float
        The penalties in use; ``alpha_cold_`` is that of ``cold_coef_``.
    n_rows_ : int
        Firms seen.

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

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "alpha_profile": [Interval(Real, 0, None, closed="neither"), StrOptions({CROSS_VALIDATION})],
        "alpha_tools": [Interval(Real, 0, None, closed="neither"), StrOptions({CROSS_VALIDATION})],
        "keep_rate": [Interval(Real, 0, 1, closed="both"), StrOptions({"uniform"})],
        "prior": ["array-like", None],
        "n_folds": [Interval(Integral, 2, None, closed="left")],
    }

    _folds: list[Moments]
    _flat: bool
    n_rows_: int
    coef_: np.ndarray
    tool_coef_: np.ndarray
    intercept_: np.ndarray
    cold_coef_: np.ndarray
    cold_intercept_: np.ndarray

    def __init__(
        self,
        alpha_profile: float | str = 10.0,
        alpha_tools: float | str = 10.0,
        *,
        keep_rate: float | str = "uniform",
        prior: np.ndarray | None = None,
        n_folds: int = 5,
    ) -> None:
        self.alpha_profile = alpha_profile
        self.alpha_tools = alpha_tools
        self.keep_rate = keep_rate
        self.prior = prior
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
        InvalidParameterError
            If a parameter is out of its range.
        ValueError
            If the data is not what scikit-learn takes, or the prior has another shape.
        """
        self._validate_params()
        self._forget()
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
        InvalidParameterError, ValueError
            As in ``fit``.
        """
        self._validate_params()
        first = not hasattr(self, "_folds")
        features, targets, weight, flat = self._validate(X, y, sample_weight, reset=first)
        n_folds = self.n_folds if self._chooses else 1
        parts = [slice(k, None, n_folds) for k in range(n_folds)]
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            new = [moments_of([features[part], targets[part]], weight[part]) for part in parts]
        if first:
            self._solve(new, len(weight))
        else:
            self._solve(self._joined(new), self.n_rows_ + len(weight))
        self._flat = flat
        return self

    def merge(self, other: AdoptionRidge) -> Self:
        """Add what another model has seen; equal to one fit over both sets of firms.

        The firms of the other model come after those of this one; only what it has seen counts, not its
        penalties or prior.

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
            If the models have other features, tools or folds.
        """
        check_is_fitted(self)
        check_is_fitted(other)
        shape, other_shape = self.coef_.shape, other.coef_.shape
        if shape != other_shape or len(self._folds) != len(other._folds):
            right = f"a model of {shape[0]} features and {shape[1]} tools with {len(self._folds)} folds"
            raise invalid("other", right, f"{other_shape[0]} features and {other_shape[1]} tools")
        names = [list(getattr(model, "feature_names_in_", ())) for model in (self, other)]
        if all(names) and names[0] != names[1]:
            raise invalid("other", f"a model of the features {', '.join(names[0])}", ", ".join(names[1]))
        return self._solve(self._joined(other._folds), self.n_rows_ + other.n_rows_)

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
        check_is_fitted(self)
        features = validate_data(self, X, reset=False, accept_sparse="csr", dtype=float)
        predicted = np.asarray(features @ self.cold_coef_) + self.cold_intercept_
        if known is not None:
            tools = check_array(known, accept_sparse="csr", dtype=float)
            if tools.shape != predicted.shape:
                raise invalid("known", f"an array of shape {predicted.shape}", tools.shape)
            warm = np.flatnonzero(np.asarray(abs(tools).sum(axis=1)).ravel())
            by_profile = np.asarray(features[warm] @ self.coef_) + self.intercept_
            predicted[warm] = by_profile + np.asarray(tools[warm] @ self.tool_coef_)
        return predicted.ravel() if self._flat else predicted

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        tags.input_tags.sparse = True
        return tags

    @property
    def _chooses(self) -> bool:
        """Whether a penalty is chosen by cross-validation."""
        return CROSS_VALIDATION in (self.alpha_profile, self.alpha_tools)

    def _forget(self) -> None:
        """Drop an earlier fit."""
        if hasattr(self, "_folds"):
            del self._folds

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
        if not reset and targets.shape[1] != len(self.intercept_):
            raise invalid(
                "y", f"adoption of the {len(self.intercept_)} tools of the first fit", targets.shape
            )
        # More firms may all be without weight; the first may not.
        idle = not reset and sample_weight is not None and not np.any(sample_weight)
        weight = _check_sample_weight(
            np.add(sample_weight, 1.0) if idle else sample_weight,
            features,
            dtype=float,
            ensure_non_negative=True,
        )
        return features, targets, np.zeros_like(weight) if idle else weight, flat

    def _joined(self, folds: list[Moments]) -> list[Moments]:
        """Add the folds of rows that come after those seen: row i of all is in fold i modulo their number."""
        n_folds = len(self._folds)
        if len(folds) != n_folds:
            hint = 'Fit again after a change of n_folds, or to or from "cv".'
            raise invalid("n_folds", f"{n_folds}, as in the fit so far", len(folds), hint)
        return [fold + folds[(k - self.n_rows_) % n_folds] for k, fold in enumerate(self._folds)]

    def _moments_of_keep_rate(self) -> tuple[float, float]:
        """Return the first and second moment of the keep rate."""
        if self.keep_rate == "uniform":
            return 1.0 / 3.0, 1.0 / 6.0
        rate = float(self.keep_rate)
        return rate, rate**2

    def _checked_prior(self, n_tools: int) -> np.ndarray:
        """Return the prior, of one coefficient for each feature and tool."""
        shape = (self.n_features_in_, n_tools)
        if self.prior is None:
            return np.zeros(shape)
        prior: np.ndarray = check_array(self.prior, dtype=float, input_name="prior")
        if prior.shape != shape:
            raise invalid("prior", f"an array of shape {shape}", prior.shape)
        return prior

    def _solve(self, folds: list[Moments], n_rows: int) -> Self:
        """Compute the coefficients from the statistics, and keep these if that goes well."""
        f = self.n_features_in_
        everything = total(folds)
        if not np.isfinite(everything.scatter).all():
            raise invalid("X and y", "numbers with finite squares", "numbers above about 1e150")
        prior = self._checked_prior(len(everything.mean) - f)
        problem = MaskedRidge(prior, *self._moments_of_keep_rate())
        penalties = self._penalties(problem, folds)
        weights = problem.solve(everything, *penalties)
        cold = ProfileRidge(prior)
        cold_penalty = self._cold_penalty(cold, folds)
        cold_weights = cold.solve(everything, cold_penalty)
        # Nothing is refused from here on.
        self.alpha_profile_, self.alpha_tools_ = penalties
        self.coef_, self.tool_coef_ = weights[:f], weights[f:]
        self.intercept_ = problem.intercept(everything, weights)
        self.alpha_cold_, self.cold_coef_ = cold_penalty, cold_weights
        self.cold_intercept_ = cold.intercept(everything, cold_weights)
        self._folds, self.n_rows_ = folds, n_rows
        return self

    def _penalties(self, problem: MaskedRidge, folds: list[Moments]) -> tuple[float, float]:
        """Return the given penalties, or choose them by turns on the held-out loss."""
        grids = [
            PENALTIES if alpha == CROSS_VALIDATION else (float(alpha),)
            for alpha in (self.alpha_profile, self.alpha_tools)
        ]
        chosen = [grid[len(grid) // 2] for grid in grids]
        if not self._can_choose(folds):
            return chosen[0], chosen[1]
        loss = problem.held_out_losses(folds)
        # First by whole decades, then half a decade up and down.
        for coarse in (True, False):
            for side, grid in enumerate(grids):
                at = grid.index(chosen[side])
                near = grid[::2] if coarse else grid[max(at - 1, 0) : at + 2]
                tried = sorted({*near, chosen[side]})
                pairs = [(alpha, chosen[1]) if side == 0 else (chosen[0], alpha) for alpha in tried]
                chosen[side] = _strongest_of_best(tried, [loss(*pair) for pair in pairs])
        return chosen[0], chosen[1]

    def _cold_penalty(self, problem: ProfileRidge, folds: list[Moments]) -> float:
        """Return the given penalty on the profile, or choose it for firms without a known tool."""
        if self.alpha_profile != CROSS_VALIDATION:
            return float(self.alpha_profile)
        if not self._can_choose(folds):
            return PENALTIES[len(PENALTIES) // 2]
        loss = problem.held_out_losses(folds)
        return _strongest_of_best(PENALTIES, [loss(alpha) for alpha in PENALTIES])

    def _can_choose(self, folds: list[Moments]) -> bool:
        """Whether there are folds to choose a penalty on."""
        return self._chooses and sum(fold.weight > 0 for fold in folds) > 1


def _strongest_of_best(penalties: Sequence[float], losses: Sequence[float]) -> float:
    """Return the largest penalty of the least loss: where the data does not tell, the prior stays."""
    limit = min(losses) + _TIE * max(losses)
    return max(penalty for penalty, loss in zip(penalties, losses, strict=True) if loss <= limit)
