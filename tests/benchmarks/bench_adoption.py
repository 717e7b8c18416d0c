"""Print AdoptionRidge beside its peers on the same splits, and its times beside one Gram product.

Run: python tests/benchmarks/bench_adoption.py
Peers that are not in scikit-learn are measured if they are installed: pip install implicit
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsRegressor

import hrtools_reco as hr
from hrtools_reco.metrics import ndcg_at_k, rank_scores

SHARES = (0.0, 0.25, 0.5)
Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]


def survey() -> tuple[np.ndarray, np.ndarray]:
    """Return the developer survey that ships with the notebooks."""
    table = pd.read_csv(Path(__file__).parents[2] / "notebooks" / "adoption_so2023.csv")
    adopted = table["tools"].str.get_dummies(sep="|").to_numpy(dtype=float)
    described = (
        table.drop(columns=["profile_id", "tools", "years_code_pro"]).astype("string").fillna("unknown")
    )
    common = described.apply(lambda column: column.where(column.map(column.value_counts()) >= 5, "other"))
    years = np.log1p(table["years_code_pro"].fillna(0)) / 3
    return np.column_stack([pd.get_dummies(common, dtype=float).to_numpy(), years]), adopted


def simulated(n_firms: int, n_tools: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return firms of eight branches, a size and scores, and tools taken up by taste and hidden style."""
    draw = np.random.default_rng(seed)
    branch = np.eye(8)[draw.integers(0, 8, n_firms)]
    size = draw.normal(0, 1, (n_firms, 1))
    scores = size * 0.4 + draw.normal(0, 1, (n_firms, 4))
    features = np.hstack([branch, size, scores, np.maximum(size, 0), np.maximum(scores, 0)])
    style = draw.normal(0, 1, (n_firms, 4)) @ draw.normal(0, 0.6, (4, n_tools))
    logit = (
        features @ draw.normal(0, 0.6, (features.shape[1], n_tools)) + style + draw.normal(-3.5, 1.2, n_tools)
    )
    return features, (draw.random((n_firms, n_tools)) < 1 / (1 + np.exp(-logit))).astype(float)


def adoption_ridge(X: np.ndarray, Y: np.ndarray) -> Predict:
    """Fit the model of the library."""
    return hr.AdoptionRidge("cv", "cv").fit(X, Y).predict


def ridge(X: np.ndarray, Y: np.ndarray) -> Predict:
    """Fit a ridge on profiles, its penalty chosen on a fifth of the firms."""
    cut = len(X) * 4 // 5

    def loss(alpha: float) -> float:
        return float(np.sum((Ridge(alpha=alpha).fit(X[:cut], Y[:cut]).predict(X[cut:]) - Y[cut:]) ** 2))

    model = Ridge(alpha=min((1.0, 10.0, 30.0, 100.0, 300.0, 1000.0), key=loss)).fit(X, Y)
    return lambda X, known: model.predict(X)


def logistic(X: np.ndarray, Y: np.ndarray) -> Predict:
    """Fit a logistic regression for each tool that some, but not all, have."""
    fitted = np.flatnonzero((Y.sum(axis=0) > 0) & (Y.sum(axis=0) < len(Y)))
    model = MultiOutputClassifier(LogisticRegression(C=0.1, max_iter=300)).fit(X, Y[:, fitted] > 0.5)

    def predict(X: np.ndarray, known: np.ndarray) -> np.ndarray:
        scores = np.tile(Y.mean(axis=0), (len(X), 1))
        scores[:, fitted] = np.column_stack([part[:, 1] for part in model.predict_proba(X)])
        return scores

    return predict


def neighbours(X: np.ndarray, Y: np.ndarray) -> Predict:
    """Fit the mean adoption of the thirty nearest firms."""
    model = KNeighborsRegressor(min(30, len(X))).fit(X, Y)
    return lambda X, known: model.predict(X)


def popularity(X: np.ndarray, Y: np.ndarray) -> Predict:
    """Return one list for all."""
    return lambda X, known: np.tile(Y.mean(axis=0), (len(X), 1))


def ease(X: np.ndarray, Y: np.ndarray, *, side: bool = False) -> Predict:
    """Fit EASE (Steck 2019), with or without side features, its penalty chosen on a fifth of the firms."""
    f = X.shape[1] if side else 0

    def rows(X: np.ndarray, known: np.ndarray) -> np.ndarray:
        return np.hstack([X, known]) if side else known

    def solve(X: np.ndarray, Y: np.ndarray, alpha: float) -> np.ndarray:
        Z = rows(X, Y)
        inverse = np.linalg.inv(Z.T @ Z + alpha * np.eye(Z.shape[1]))
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        return weights[:, f:]

    cut = len(X) * 4 // 5
    hidden = np.random.default_rng(0).random(Y[cut:].shape) < 0.5

    def quality(alpha: float) -> float:
        known = Y[cut:] * ~hidden
        scores = rows(X[cut:], known) @ solve(X[:cut], Y[:cut], alpha)
        return measure(scores, known, Y[cut:] - known)

    weights = solve(X, Y, max((3.0, 10.0, 30.0, 100.0, 300.0), key=quality))
    return lambda X, known: rows(X, known) @ weights


def ease_with_side(X: np.ndarray, Y: np.ndarray) -> Predict:
    """Fit EASE with side features."""
    return ease(X, Y, side=True)


def implicit_als(X: np.ndarray, Y: np.ndarray) -> Predict:
    """Fit the alternating least squares of the package implicit."""
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    model = AlternatingLeastSquares(factors=16, regularization=1.0, iterations=20, random_state=0)
    model.fit(csr_matrix(Y), show_progress=False)

    def predict(X: np.ndarray, known: np.ndarray) -> np.ndarray:
        firms = model.recalculate_user(np.arange(len(known)), csr_matrix(known))
        return firms @ model.item_factors.T

    return predict


def measure(scores: np.ndarray, known: np.ndarray, held_out: np.ndarray) -> float:
    """Return the mean nDCG@10 of the tools that are not known."""
    lists = rank_scores(scores, k=10, eligible=known == 0)
    return float(np.nanmean(ndcg_at_k(held_out, lists, k=10)))


def compare(X: np.ndarray, Y: np.ndarray) -> pd.DataFrame:
    """Measure every model on the same five splits by firm."""
    models = [adoption_ridge, ridge, logistic, neighbours, popularity, ease, ease_with_side]
    if find_spec("implicit"):
        models.append(implicit_als)
    draw, rows = np.random.default_rng(1), []
    for train, test in KFold(5, shuffle=True, random_state=0).split(X):
        masks = {share: Y[test] * (draw.random(Y[test].shape) < share) for share in SHARES}
        for model in models:
            predict = model(X[train], Y[train])
            for share, known in masks.items():
                ndcg = measure(predict(X[test], known), known, Y[test] - known)
                rows.append({"model": model.__name__, "known": share, "nDCG@10": ndcg})
    table = pd.DataFrame(rows).pivot_table(index="model", columns="known", values="nDCG@10")
    return table.loc[[model.__name__ for model in models]].round(3)


def seconds(call: Callable[[], object], runs: int = 3) -> float:
    """Return the median time of some runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def main() -> None:
    """Print the tables and the times."""
    sets = {
        "developer survey, 458 firms": survey(),
        "simulated, 2,000 firms × 120 tools": simulated(2000, 120, 0),
        "simulated, 300 firms × 120 tools": simulated(300, 120, 1),
        "simulated, 80 firms × 60 tools": simulated(80, 60, 2),
    }
    for name, (X, Y) in sets.items():
        print(f"\n{name}: nDCG@10 by share of the tools that is known\n{compare(X, Y).to_string()}")
    X, Y = simulated(100_000, 200, 3)
    X = np.hstack([X, np.random.default_rng(4).random((len(X), 120 - X.shape[1]))])
    floor = seconds(lambda: np.hstack([X, Y]).T @ np.hstack([X, Y]))
    model = hr.AdoptionRidge()
    whole = seconds(lambda: model.fit(X, Y))
    more = seconds(lambda: model.partial_fit(X[:10_000], Y[:10_000]))
    chosen = seconds(lambda: hr.AdoptionRidge("cv", "cv").fit(X, Y), runs=1)
    print("\n100,000 firms × 200 tools × 120 features")
    print(f"fit: {whole:.2f} s, {whole / floor:.1f} times one Gram product")
    print(f"10,000 more by partial_fit: {more:.2f} s; fit with penalties by cross-validation: {chosen:.1f} s")


if __name__ == "__main__":
    main()
