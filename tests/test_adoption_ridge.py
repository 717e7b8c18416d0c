"""AdoptionRidge, against the enumeration of all masks, and what it must bear."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings, strategies as st
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks

import hrtools_reco as hr
from hrtools_reco.metrics import ndcg_at_k, rank_scores
from hrtools_reco.model.adoption_choices import PENALTIES
from hrtools_reco.model.adoption_rows import Rows, row_keys
from hrtools_reco.model.closed_forms import MaskedRidge, ProfileRidge
from hrtools_reco.model.moments import moments_of

N_FEATURES, N_TOOLS = 2, 3


@parametrize_with_checks(
    [
        hr.AdoptionRidge(),
        hr.AdoptionRidge(neighbours=0, logistic=False),
        hr.AdoptionRidge(alpha_profile=0.5, alpha_tools=3.0, keep_rate=0.5, row_exponent=0.0),
        hr.AdoptionRidge(keep_rate="uniform", neighbours=0.7, logistic=True, row_exponent=1.0, n_folds=2),
    ]
)
def test_it_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)


def plain(alpha_profile=10.0, alpha_tools=10.0, *, keep_rate="uniform", **more):
    """Return a model that needs sums over the firms alone, each firm alike."""
    more = {"row_exponent": 0.0, "neighbours": 0, "logistic": False, **more}
    return hr.AdoptionRidge(alpha_profile, alpha_tools, keep_rate=keep_rate, **more)


def draw(n=12, seed=0, n_tools=N_TOOLS):
    """Draw profiles and graded adoption."""
    numbers = np.random.default_rng(seed)
    return numbers.random((n, N_FEATURES)), np.round(numbers.random((n, n_tools)), 1)


def named(X, Y, names):
    """Fit on profiles whose features have names."""
    return plain().fit(pd.DataFrame(X, columns=list(names)), Y)


def masks(n_tools, rate):
    """Yield every mask of the known tools with its probability."""
    for kept in itertools.product([0.0, 1.0], repeat=n_tools):
        yield np.array(kept), rate ** sum(kept) * (1 - rate) ** (n_tools - sum(kept))


def enumerated(X, Y, rates, alpha_profile, alpha_tools, prior):
    """Solve, tool by tool, the weighted ridge over all masks and rates, the tool itself left out."""
    n, n_tools = Y.shape
    coefficients = np.zeros((X.shape[1] + n_tools, n_tools))
    intercepts = np.zeros(n_tools)
    for tool in range(n_tools):
        rows, weights = [], []
        for rate, share in rates:
            for kept, probability in masks(n_tools, rate):
                rows.append(np.hstack([np.ones((n, 1)), X, Y * kept]))
                weights.append(np.full(n, share * probability))
        rows, weights = np.vstack(rows), np.concatenate(weights)
        used = [place for place in range(rows.shape[1]) if place != 1 + X.shape[1] + tool]
        penalty = np.r_[0.0, np.full(X.shape[1], alpha_profile), np.full(n_tools, alpha_tools)]
        start = np.r_[0.0, prior[:, tool], np.zeros(n_tools)]
        target = np.tile(Y[:, tool], len(weights) // n)
        design = rows[:, used]
        gram = design.T @ (weights[:, None] * design) + np.diag(penalty[used])
        right = design.T @ (weights * target) + penalty[used] * start[used]
        found = np.zeros(rows.shape[1])
        found[used] = np.linalg.solve(gram, right)
        intercepts[tool], coefficients[:, tool] = found[0], found[1:]
    return coefficients, intercepts


@pytest.mark.parametrize("rate", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("with_prior", [False, True])
def test_the_closed_form_is_the_ridge_over_all_masks(rate, with_prior):
    X, Y = draw()
    prior = np.arange(6.0).reshape(2, 3) / 5 if with_prior else np.zeros((2, 3))
    model = plain(0.7, 1.3, keep_rate=rate, prior=prior if with_prior else None).fit(X, Y)

    coefficients, intercepts = enumerated(X, Y, [(rate, 1.0)], 0.7, 1.3, prior)

    assert np.abs(model.coef_ - coefficients[:2]).max() < 1e-8
    assert np.abs(model.tool_coef_ - coefficients[2:]).max() < 1e-8
    assert np.abs(model.intercept_ - intercepts).max() < 1e-8


def test_the_uniform_keep_rate_counts_the_loss_where_the_tool_is_hidden():
    X, Y = draw()
    model = plain(0.7, 1.3).fit(X, Y)
    # A fine grid of keep rates q, each with weight 1 - q: the tool itself is hidden that often.
    grid = (np.arange(400) + 0.5) / 400
    weight = (1 - grid) / (1 - grid).sum()

    coefficients, _ = enumerated(X, Y, list(zip(grid, weight, strict=True)), 0.7, 1.3, np.zeros((2, 3)))

    assert np.abs(model.coef_ - coefficients[:2]).max() < 1e-4
    assert np.abs(model.tool_coef_ - coefficients[2:]).max() < 1e-4


def test_without_any_known_tool_it_is_a_plain_ridge():
    X, Y = draw(30)

    model = plain(2.5, 1.0, keep_rate=0.0).fit(X, Y)

    ridge = Ridge(alpha=2.5).fit(X, Y)
    assert np.abs(model.predict(X) - ridge.predict(X)).max() < 1e-9


def test_with_all_tools_known_it_is_ease_with_side_features():
    X, Y = draw(30)
    Z = np.hstack([X, Y])
    Z = Z - Z.mean(axis=0)
    inverse = np.linalg.inv(Z.T @ Z + np.diag([2.0, 2.0, 3.0, 3.0, 3.0]))
    weights = -inverse[:, 2:] / np.diag(inverse)[2:]

    model = plain(2.0, 3.0, keep_rate=1.0).fit(X, Y)

    expected = weights - np.vstack([np.zeros((2, 3)), np.diag(np.diag(weights[2:]))])
    assert np.abs(np.vstack([model.coef_[0], model.tool_coef_[0]]) - expected).max() < 1e-9


@settings(max_examples=12)
@example(cuts=[39], alpha=1.0, weighted=True)
@given(
    cuts=st.lists(st.integers(1, 39), unique=True, max_size=4).map(sorted),
    alpha=st.sampled_from([1.0, "cv"]),
    weighted=st.booleans(),
)
def test_learning_in_parts_equals_learning_at_once(cuts, alpha, weighted):
    X, Y = draw(40, seed=3)
    weight = np.linspace(2, 0, 40) if weighted else None  # the last firm has none
    whole = plain(alpha, alpha).fit(X, Y, weight)

    parts = plain(alpha, alpha)
    for start, end in itertools.pairwise([0, *cuts, 40]):
        parts.partial_fit(X[start:end], Y[start:end], None if weight is None else weight[start:end])

    assert parts.n_rows_ == whole.n_rows_ == 40
    for name in ("coef_", "tool_coef_", "intercept_", "alpha_profile_", "alpha_tools_"):
        assert np.abs(getattr(parts, name) - getattr(whole, name)).max() < 1e-8


@settings(max_examples=6)
@given(cut=st.integers(1, 39), alpha=st.sampled_from([1.0, "cv"]))
def test_two_models_merge_into_the_one_of_all_firms(cut, alpha):
    X, Y = draw(40, seed=4)
    first, second, whole = (plain(alpha, alpha) for _ in range(3))
    whole.fit(X, Y)

    merged = first.fit(X[:cut], Y[:cut]).merge(second.fit(X[cut:], Y[cut:]))

    assert merged.n_rows_ == 40
    assert np.abs(merged.predict(X, Y) - whole.predict(X, Y)).max() < 1e-8
    assert (merged.alpha_profile_, merged.alpha_tools_) == (whole.alpha_profile_, whole.alpha_tools_)


def test_a_refused_part_leaves_the_model_as_it_was():
    X, Y = draw()
    model = plain().fit(X, Y).set_params(prior=np.zeros((1, 1)))

    with pytest.raises(ValueError, match="prior must be"):
        model.partial_fit(X, Y)

    assert model.n_rows_ == 12
    whole = plain().fit(np.vstack([X, X]), np.vstack([Y, Y]))
    assert np.abs(model.set_params(prior=None).partial_fit(X, Y).coef_ - whole.coef_).max() < 1e-8


def test_a_refused_part_changes_nothing_that_was_learned():
    X, Y = draw(n_tools=1)
    twins = np.hstack([X, X])
    model = plain().fit(twins, Y)
    before = {name: np.copy(value) for name, value in vars(model).items() if name.endswith("_")}

    with pytest.raises(ValueError, match="Negative values"):
        model.partial_fit(twins, Y[:, 0], -np.ones(12))
    with pytest.raises(ValueError, match="large enough to solve"):
        model.set_params(alpha_profile=1e-300).partial_fit(twins, Y[:, 0])

    assert all(np.array_equal(vars(model)[name], value) for name, value in before.items())
    assert model.predict(twins).shape == (12, 1)


@pytest.mark.parametrize("alpha", [1.0, "cv"])
@pytest.mark.parametrize("form", [np.array, np.asfortranarray, sparse.csr_array])
def test_no_argument_is_changed(form, alpha):
    X, Y = draw(20)
    prior, weight = np.ones((2, 3)), np.linspace(0.1, 2.0, 20)
    given = [form(X), form(Y), form(Y), prior.copy(), weight.copy()]
    other = plain(alpha, alpha).fit(X, Y)
    others = other.predict(X, Y)

    model = plain(alpha, alpha, prior=given[3]).fit(given[0], given[1], given[4])
    model.partial_fit(given[0], given[1], given[4]).merge(other).predict(given[0], given[2])

    for after, before in zip(given, [X, Y, Y, prior, weight], strict=True):
        assert np.array_equal(after.toarray() if sparse.issparse(after) else after, before)
    assert other.n_rows_ == 20
    assert np.array_equal(other.predict(X, Y), others)


@pytest.mark.parametrize("side", ["alpha_profile", "alpha_tools"])
def test_a_chosen_penalty_is_the_best_of_all_beside_a_given_one(side):
    X, Y = draw(60, seed=6)
    Y[:, 1] = np.round(0.6 * Y[:, 0] + 0.4 * X[:, 0], 1)
    folds = row_keys(X, Y) % np.uint64(5)

    def held_out_loss(penalty):
        loss = 0.0
        for fold in range(5):
            train, test = folds != fold, folds == fold
            model = plain(2.0, 5.0, keep_rate=0.5).set_params(**{side: penalty})
            model.fit(X[train], Y[train])
            for kept, probability in masks(3, 0.5):
                predicted = model.intercept_ + X[test] @ model.coef_ + Y[test] * kept @ model.tool_coef_
                loss += probability * np.sum((predicted - Y[test]) ** 2)
        return loss

    model = plain(2.0, 5.0, keep_rate=0.5).set_params(**{side: "cv"}).fit(X, Y)

    assert getattr(model, side + "_") == min(PENALTIES, key=held_out_loss)


def test_equal_losses_go_to_the_strongest_penalty():
    X, _ = draw()

    model = plain("cv", "cv").fit(X, np.zeros((12, 3)))

    assert model.alpha_profile_ == model.alpha_tools_ == model.alpha_cold_ == PENALTIES[-1]


@pytest.mark.parametrize("form", [np.array, sparse.csr_array], ids=["dense", "sparse"])
def test_a_large_mean_beside_a_small_spread_keeps_its_digits(form):
    X, Y = draw(30)
    near = plain().fit(X, Y)

    far = plain().fit(form(X + 1e6), form(Y))

    assert np.abs(far.coef_ - near.coef_).max() < 1e-7


def test_the_loss_that_chooses_the_penalties_is_that_of_held_out_firms_over_all_masks():
    X, Y = draw(20, seed=5)
    folds = [np.arange(20) % 2 == k for k in range(2)]
    parts = [moments_of([X[fold], Y[fold]], np.ones(fold.sum())) for fold in folds]

    loss = MaskedRidge(np.zeros((2, 3)), 0.5, 0.25).held_out_losses(parts)(0.8, 2.0)

    expected = 0.0
    for fold in folds:
        model = plain(0.8, 2.0, keep_rate=0.5).fit(X[~fold], Y[~fold])
        for kept, probability in masks(3, 0.5):
            predicted = model.intercept_ + X[fold] @ model.coef_ + Y[fold] * kept @ model.tool_coef_
            missed = predicted - Y[fold]
            expected += probability * np.sum(missed**2)
    assert loss == pytest.approx(expected, rel=1e-9)


def test_a_firm_of_which_no_tool_is_known_gets_the_plain_ridge():
    X, Y = draw(30)
    known = Y.copy()
    known[::2] = 0.0
    model = plain(2.5, 1.0).fit(X, Y)

    predicted = model.predict(X, known)

    ridge = Ridge(alpha=2.5).fit(X, Y).predict(X)
    assert np.abs(predicted[::2] - ridge[::2]).max() < 1e-9
    assert np.abs(model.predict(X) - ridge).max() < 1e-9
    assert np.abs(predicted[1::2] - ridge[1::2]).max() > 1e-6


def test_the_loss_of_the_cold_penalty_is_that_of_held_out_firms():
    X, Y = draw(20, seed=5)
    folds = [np.arange(20) % 2 == k for k in range(2)]
    parts = [moments_of([X[fold], Y[fold]], np.ones(fold.sum())) for fold in folds]

    loss = ProfileRidge(np.zeros((2, 3))).held_out_losses(parts)(0.8)

    missed = [Ridge(alpha=0.8).fit(X[~fold], Y[~fold]).predict(X[fold]) - Y[fold] for fold in folds]
    assert loss == pytest.approx(sum(np.sum(part**2) for part in missed), rel=1e-9)


def test_cross_validation_takes_a_strong_penalty_for_noise_and_a_weak_one_for_signal():
    numbers = np.random.default_rng(1)
    X = numbers.random((300, 3))

    noise = plain("cv", "cv").fit(X, (numbers.random((300, 4)) < 0.3).astype(float))
    signal = plain("cv", "cv").fit(X, np.repeat((X[:, :1] > 0.5).astype(float), 4, axis=1))

    assert noise.alpha_profile_ > signal.alpha_profile_
    assert noise.alpha_tools_ > signal.alpha_tools_


def test_a_prediction_is_the_sum_of_its_parts():
    X, Y = draw()
    model = plain().fit(X, Y)

    assert np.array_equal(np.diag(model.tool_coef_[0]), np.zeros(3))
    assert np.allclose(
        model.predict(X, Y), model.intercept_ + X @ model.coef_ + Y @ model.tool_coef_, atol=1e-14
    )
    assert np.allclose(model.predict(X), model.predict(X, np.zeros_like(Y)), atol=0)


def test_a_strong_penalty_keeps_the_prior():
    X, Y = draw()
    prior = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]])

    model = plain(1e9, 1e9, prior=prior).fit(X, Y)

    assert np.abs(model.coef_ - prior).max() < 1e-6
    assert np.abs(model.cold_coef_ - prior).max() < 1e-6
    assert np.abs(model.tool_coef_).max() < 1e-6


def test_what_says_nothing_keeps_the_prior():
    X, Y = draw()
    prior = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.7, -0.5, 0.2]])

    model = plain(1.0, 1.0, prior=prior).fit(np.hstack([X, np.ones((12, 1))]), Y)

    assert np.abs(model.coef_[0, 2] - prior[2]).max() < 1e-12
    assert np.abs(model.cold_coef_[2] - prior[2]).max() < 1e-12
    assert np.abs(model.coef_[0, :2] - prior[:2]).max() > 1e-3


@pytest.mark.parametrize("sparse_x", [True, False])
def test_sparse_and_dense_data_teach_the_same(sparse_x):
    X, Y = draw(30)
    Y[Y < 0.5] = 0.0
    dense = plain().fit(X, Y)

    model = plain().fit(sparse.csr_array(X) if sparse_x else X, sparse.csr_array(Y))

    assert np.abs(model.coef_ - dense.coef_).max() < 1e-9
    assert np.abs(model.predict(X, sparse.csr_array(Y)) - dense.predict(X, Y)).max() < 1e-9


def hard_data(case):
    """Return data that a careless solver does not bear."""
    numbers = np.random.default_rng(2)
    X, Y = numbers.random((8, 30)), (numbers.random((8, 5)) < 0.5).astype(float)
    match case:
        case "collinear columns":
            X = np.hstack([X[:, :3]] * 3)
        case "constant columns":
            X = np.ones((8, 4))
        case "a tool nobody has":
            Y[:, 2] = 0
        case "a tool everybody has":
            Y[:, 2] = 1
        case "all-zero rows":
            X[3:], Y[3:] = 0, 0
        case "one firm":
            X, Y = X[:1], Y[:1]
    return X, Y


@pytest.mark.parametrize("alpha", [1e-6, 10.0, "cv"])
@pytest.mark.parametrize(
    "case",
    [
        "fewer firms than features",
        "collinear columns",
        "constant columns",
        "a tool nobody has",
        "a tool everybody has",
        "all-zero rows",
        "one firm",
    ],
)
def test_hard_data_gives_finite_numbers(case, alpha):
    X, Y = hard_data(case)

    model = plain(alpha, alpha).fit(X, Y)

    assert np.isfinite(model.predict(X, Y)).all()
    if case == "a tool nobody has":
        assert np.abs(model.predict(X, Y)[:, 2]).max() < 1e-9


def test_a_second_fit_forgets_the_first():
    first, second = draw(20, seed=1), draw(20, seed=2)

    model = plain().fit(*first).fit(*second)

    assert model.n_rows_ == 20
    assert np.array_equal(model.coef_, plain().fit(*second).coef_)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda X, Y: plain(alpha_profile=0).fit(X, Y), "alpha_profile.* must be"),
        (lambda X, Y: plain(keep_rate=1.5).fit(X, Y), "keep_rate.* must be"),
        (
            lambda X, Y: plain(prior=np.zeros((2, 2))).fit(X, Y),
            r"prior must be an array of shape \(2, 3\)",
        ),
        (lambda X, Y: plain().fit(X, Y[:-1]), "inconsistent numbers of samples"),
        (lambda X, Y: plain().fit(np.where(X > 0.5, np.nan, X), Y), "contains NaN"),
        (lambda X, Y: plain().fit(X, np.where(Y > 0.5, np.nan, Y)), "contains NaN"),
        (lambda X, Y: plain().fit(X, Y).predict(X[:, :1]), "X has 1 features, but AdoptionRidge"),
        (
            lambda X, Y: plain().fit(X, Y).predict(X, Y[:, :2]),
            r"known must be an array of shape \(12, 3\)",
        ),
        (
            lambda X, Y: plain().fit(X, Y).partial_fit(X, Y[:, :2]),
            "y must be adoption of the 3 tools",
        ),
        (
            lambda X, Y: plain().fit(X, Y).merge(plain().fit(X, Y[:, :2])),
            "other must be a model of 2 features and 3 tools",
        ),
        (
            lambda X, Y: plain().fit(X, Y).set_params(n_folds=3).partial_fit(X, Y),
            "n_folds must be 5, as in the fit so far. Got 3. Fit again",
        ),
        (
            lambda X, Y: plain().fit(X, Y).set_params(neighbours="cv").partial_fit(X, Y),
            "neighbours and logistic must be 0 and False where only sums of the firms were kept",
        ),
        (
            lambda X, Y: hr.AdoptionRidge().fit(X, Y).merge(plain(row_exponent=0.5).fit(X, Y)),
            "these two need every firm",
        ),
        (
            lambda X, Y: named(X, Y, "ab").merge(named(X, Y, "ba")),
            "other must be a model of the features a, b. Got 'b, a'",
        ),
        (lambda X, Y: plain(prior=np.full((2, 3), np.nan)).fit(X, Y), "prior contains NaN"),
        (lambda X, Y: plain().fit(X * 1e200, Y), "X and y must be numbers with finite squares"),
        (lambda X, Y: plain("cv", n_folds=2.5).fit(X, Y), "n_folds must be a whole number of folds"),
        (lambda X, Y: plain().fit(X, Y, -np.ones(12)), "Negative values|negative"),
        (
            lambda X, Y: plain().fit(X, Y).partial_fit(X, Y, np.zeros(5)),
            r"sample_weight must be of shape \(12,\)",
        ),
    ],
)
def test_wrong_data_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(*draw())


WITH_ROWS = {
    "default": {},
    "sums alone": {"neighbours": 0, "logistic": False},
    "given": {"neighbours": 0.7, "logistic": True},
    "log-odds alone": {"neighbours": 0, "logistic": True, "alpha_profile": 3.0, "keep_rate": 0.5},
    "neighbours alone": {"neighbours": "cv", "logistic": False, "row_exponent": 0.0},
}


def draw_adoption(n=80, seed=7):
    """Draw profiles of two kinds of firms and tools that follow the kind."""
    numbers = np.random.default_rng(seed)
    kind = numbers.integers(0, 2, n)
    X = np.column_stack([kind + numbers.normal(0, 0.5, n), numbers.normal(size=n)])
    return X, (numbers.random((n, 6)) < np.where(kind[:, None] == np.arange(6) % 2, 0.6, 0.1)).astype(float)


@pytest.mark.parametrize("more", WITH_ROWS.values(), ids=list(WITH_ROWS))
def test_parts_and_merged_models_equal_one_fit_in_every_setting(more):
    X, Y = draw_adoption()
    known = np.where(np.arange(6) < 3, Y, 0.0)
    whole = hr.AdoptionRidge(**more).fit(X, Y)

    parts = hr.AdoptionRidge(**more).fit(X[:30], Y[:30]).partial_fit(X[30:], Y[30:])
    merged = hr.AdoptionRidge(**more).fit(X[:30], Y[:30]).merge(hr.AdoptionRidge(**more).fit(X[30:], Y[30:]))

    for model in (parts, merged):
        assert np.abs(model.predict(X) - whole.predict(X)).max() < 1e-8
        assert np.abs(model.predict(X, known) - whole.predict(X, known)).max() < 1e-8


@pytest.mark.parametrize("more", WITH_ROWS.values(), ids=list(WITH_ROWS))
def test_a_weight_of_two_is_the_firm_twice_and_the_order_is_nothing(more):
    X, Y = draw_adoption()
    known = np.where(np.arange(6) < 3, Y, 0.0)
    weight = np.arange(80) % 3
    order = np.random.default_rng(0).permutation(int(weight.sum()))

    weighted = hr.AdoptionRidge(**more).fit(X, Y, weight)

    twice = hr.AdoptionRidge(**more).fit(
        np.repeat(X, weight, axis=0)[order], np.repeat(Y, weight, axis=0)[order]
    )
    assert np.abs(twice.predict(X) - weighted.predict(X)).max() < 1e-8
    assert np.abs(twice.predict(X, known) - weighted.predict(X, known)).max() < 1e-8


def test_the_more_tools_are_known_the_higher_the_share_that_training_kept():
    X, Y = draw_adoption()
    model = hr.AdoptionRidge(1.0, 1.0, neighbours=0, logistic=False).fit(X, Y)
    one, all_ = np.eye(6)[:1], np.ones((1, 6))

    assert model.keep_rates_.tolist() == [0.05, 0.15, 0.3, 0.5]
    ends = [
        model.intercept_[:, None] + X[:1] @ model.coef_ + known @ model.tool_coef_ for known in (one, all_)
    ]
    found = [model.predict(X[:1], known) for known in (one, all_)]
    assert np.abs(found[1] - ends[1][3]).max() < 1e-9
    assert np.abs(found[0] - ends[0][3]).max() > 1e-4


def test_log_odds_are_taken_where_adoption_is_rare_and_follows_the_profile():
    numbers = np.random.default_rng(0)
    X = numbers.normal(size=(600, 3))
    chance = 1 / (1 + np.exp(4 - 2 * X @ numbers.normal(size=(3, 20))))

    model = hr.AdoptionRidge().fit(X, (numbers.random((600, 20)) < chance).astype(float))

    assert model.logistic_
    assert 0 < model.predict(X).min() < model.predict(X).max() < 1


def test_the_cold_penalty_is_that_of_the_best_lists_of_firms_held_out():
    numbers = np.random.default_rng(3)
    X, weight = numbers.normal(size=(90, 12)), numbers.integers(0, 3, 90).astype(float)
    Y = (numbers.random((90, 15)) < 1 / (1 + np.exp(2 - X @ numbers.normal(0, 0.8, (12, 15))))).astype(float)
    fold = row_keys(X, Y) % np.uint64(5)

    chosen = hr.AdoptionRidge(neighbours=0.5, logistic=False).fit(X, Y, weight).alpha_cold_

    quality = {}
    for alpha in PENALTIES:
        figures = np.full(90, np.nan)
        for k in range(5):
            held = fold == k
            model = hr.AdoptionRidge(alpha, neighbours=0, logistic=False)
            scores = model.fit(X[~held], Y[~held], weight[~held]).predict(X[held])
            figures[held] = ndcg_at_k(Y[held], rank_scores(scores, k=10), k=10)
        there = ~np.isnan(figures)
        quality[alpha] = np.average(figures[there], weights=weight[there])
    assert quality[chosen] == pytest.approx(max(quality.values()), abs=1e-9)
    assert max(quality.values()) > min(quality.values()) + 0.01


def test_a_single_tool_has_no_order_and_keeps_the_penalty_of_the_least_loss():
    X, Y = draw_adoption()

    by_rows, by_sums = (
        hr.AdoptionRidge(neighbours=neighbours, logistic=False).fit(X, Y[:, 0]) for neighbours in (0.5, 0)
    )

    assert by_rows.alpha_cold_ == by_sums.alpha_cold_


@given(weights=st.lists(st.integers(0, 4), min_size=1, max_size=30), n=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_a_part_of_the_firms_is_the_same_by_weights_and_by_repeated_firms(weights, n):
    X = np.arange(len(weights), dtype=float)[:, None]
    repeated = np.repeat(X, weights, axis=0)

    weighted, twice = (
        Rows(
            features=rows,
            adoption=sparse.csr_array(rows),
            weight=np.asarray(weight, dtype=float),
            keys=row_keys(rows),
        ).at_most(n)
        for rows, weight in ((X, weights), (repeated, np.ones(len(repeated))))
    )

    kept = weighted.features[weighted.weight > 0]
    assert np.array_equal(np.unique(twice.features), np.unique(kept))
    assert weighted.weight.sum() == len(twice) >= min(n, sum(weights))
    assert len(twice) < n + max(weights)
