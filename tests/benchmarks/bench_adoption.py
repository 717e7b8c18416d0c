"""Print AdoptionRidge beside its peers on the same splits, and its times beside one Gram product.

Run: python tests/benchmarks/bench_adoption.py [--quick | --speed] [adoption_stackdeck_companies.csv]

Firms are held out in five folds. Of the tools of a held-out firm none, a quarter or half is known. A peer
takes the setting of the best nDCG on a fifth of the training firms, anew for each share; AdoptionRidge makes
its choices inside fit, once for all shares. Each cell is nDCG@10 of the tools that are not known, ± its
standard error over firms, and what AdoptionRidge is ahead by, ± the standard error of the paired difference:
it knows nothing of the chance in the training firms. Needs the extra ``benchmarks``; LightFM joins where it
is installed.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsRegressor

import hrtools_reco as hr
from hrtools_reco.metrics import ndcg_at_k, rank_scores

K, SHARES, OWN = 10, (0.0, 0.25, 0.5), "AdoptionRidge"
PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]  # profiles, known tools -> scores
Learn = Callable[[np.ndarray, np.ndarray], Predict]  # profiles, adoption -> Predict


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


def stackdeck(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the firms of a file outside the project; hardly anything but tools is known of them."""
    table = pd.read_csv(path)
    adopted = table["tools"].str.get_dummies(sep="|")
    described = np.column_stack([table["location"].str.contains("|", regex=False), table["tags"].notna()])
    return described.astype(float), adopted.loc[:, adopted.sum() >= 3].to_numpy(dtype=float)


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
    return hr.AdoptionRidge().fit(X, Y).predict


def ridge(alpha: float) -> Learn:
    """Fit a ridge on profiles."""

    def learn(X: np.ndarray, Y: np.ndarray) -> Predict:
        model = Ridge(alpha=alpha).fit(X, Y)
        return lambda X, known: model.predict(X)

    return learn


def logistic(C: float) -> Learn:
    """Fit a logistic regression for each tool that some, but not all, have."""

    def learn(X: np.ndarray, Y: np.ndarray) -> Predict:
        models = [LogisticRegression(C=C, max_iter=300).fit(X, y) if np.ptp(y) else None for y in Y.T]
        share = Y.mean(axis=0)
        return lambda X, known: np.column_stack(
            [
                model.predict_proba(X)[:, 1] if model else np.full(len(X), level)
                for model, level in zip(models, share, strict=True)
            ]
        )

    return learn


def neighbours(n: int) -> Learn:
    """Average the adoption of the nearest firms; popularity breaks ties."""

    def learn(X: np.ndarray, Y: np.ndarray) -> Predict:
        model = KNeighborsRegressor(min(n, len(X))).fit(X, Y)
        return lambda X, known: model.predict(X) + 1e-3 * Y.mean(axis=0)

    return learn


def popularity(X: np.ndarray, Y: np.ndarray) -> Predict:
    """Return one list for all."""
    return lambda X, known: np.tile(Y.mean(axis=0), (len(X), 1))


def ease(alpha: float, *, side: bool) -> Learn:
    """Fit EASE (Steck 2019), with or without side features; popularity breaks ties."""

    def rows(X: np.ndarray, known: np.ndarray) -> np.ndarray:
        return np.hstack([X, known]) if side else known

    def learn(X: np.ndarray, Y: np.ndarray) -> Predict:
        Z = rows(X, Y)
        inverse = np.linalg.inv(Z.T @ Z + alpha * np.eye(Z.shape[1]))
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        weights = weights[:, -Y.shape[1] :]
        return lambda X, known: rows(X, known) @ weights + 1e-9 * Y.mean(axis=0)

    return learn


def similar_users(n: int) -> Learn:
    """Average what the firms of the most similar tools have (user-kNN); popularity breaks ties."""

    def learn(X: np.ndarray, Y: np.ndarray) -> Predict:
        length = np.maximum(np.linalg.norm(Y, axis=1), 1e-12)

        def predict(X: np.ndarray, known: np.ndarray) -> np.ndarray:
            similar = known @ (Y / length[:, None]).T
            last = np.partition(similar, -min(n, len(Y)), axis=1)[:, -min(n, len(Y)), None]
            similar = np.where(similar >= last, similar, 0.0)
            return similar @ Y / np.maximum(similar.sum(axis=1, keepdims=True), 1e-12) + 1e-6 * Y.mean(axis=0)

        return predict

    return learn


def masked_ridge_and_users(alpha: float, share: float) -> Learn:
    """Add the standardised scores of a ridge that lost half of the tools in training, and of user-kNN."""

    def learn(X: np.ndarray, Y: np.ndarray) -> Predict:
        middle, level = X.mean(axis=0), Y.mean(axis=0)
        Z, f = np.hstack([X - middle, Y - level]), X.shape[1]
        gram, cross = Z.T @ Z, Z.T @ (Y - level)
        own = np.arange(f, Z.shape[1])
        kept = np.r_[np.ones(f), np.full(len(own), 0.5)]
        masked = gram * np.outer(kept, kept)
        masked[own, own] = 0.5 * np.diag(gram)[f:] + 0.25 * len(Y) * level**2
        inverse = np.linalg.inv(masked + alpha * np.eye(len(masked)))
        weights = inverse @ (cross * kept[:, None])
        tools = np.arange(len(own))
        weights -= inverse[:, own] * (weights[own, tools] / inverse[own, own])
        weights[own, tools] = 0.0
        users = similar_users(100)(X, Y)

        def predict(X: np.ndarray, known: np.ndarray) -> np.ndarray:
            own = (X - middle) @ weights[:f] + (known - 0.5 * level) @ weights[f:] + level
            return sum(part * _standard(one) for part, one in ((1.0, own), (share, users(X, known))))

        return predict

    return learn


def _standard(scores: np.ndarray) -> np.ndarray:
    """Bring the scores of each firm to mean 0 and variance 1."""
    spread = np.maximum(scores.std(axis=1, keepdims=True), 1e-12)
    return (scores - scores.mean(axis=1, keepdims=True)) / spread


def implicit_als(factors: int, penalty: float, confidence: float) -> Learn:
    """Fit the alternating least squares of implicit, and fold new firms in; popularity breaks ties."""
    from implicit.als import AlternatingLeastSquares

    def learn(X: np.ndarray, Y: np.ndarray) -> Predict:
        model = AlternatingLeastSquares(
            factors=factors, regularization=penalty, alpha=confidence, random_state=0, num_threads=1
        )
        model.fit(sparse.csr_matrix(Y, dtype=np.float32), show_progress=False)

        def predict(X: np.ndarray, known: np.ndarray) -> np.ndarray:
            firms = model.recalculate_user(np.arange(len(known)), sparse.csr_matrix(known, dtype=np.float32))
            return np.asarray(firms @ model.item_factors.T) + 1e-6 * Y.mean(axis=0)

        return predict

    return learn


def lightfm(components: int, penalty: float) -> Learn:
    """Fit LightFM on profiles; it cannot take in the known tools of a new firm."""
    from lightfm import LightFM

    def learn(X: np.ndarray, Y: np.ndarray) -> Predict:
        model = LightFM(
            no_components=components, loss="warp", user_alpha=penalty, item_alpha=penalty, random_state=0
        )
        model.fit(sparse.coo_matrix(Y), user_features=sparse.csr_matrix(X), epochs=20, num_threads=1)

        def predict(X: np.ndarray, known: np.ndarray) -> np.ndarray:
            firms, tools = np.indices((len(X), Y.shape[1]), dtype=np.int32).reshape(2, -1)
            scores = model.predict(firms, tools, user_features=sparse.csr_matrix(X), num_threads=1)
            return scores.reshape(len(X), -1)

        return predict

    return learn


def models() -> dict[str, list[Learn]]:
    """Return each model with its settings."""
    table: dict[str, list[Learn]] = {
        OWN: [adoption_ridge],
        "popularity": [popularity],
        "ridge": [ridge(alpha) for alpha in PENALTIES],
        "logistic per tool": [logistic(C) for C in (0.003, 0.01, 0.03, 0.1, 0.3)],
        "nearest firms": [neighbours(n) for n in (10, 20, 40, 80, 160)],
        "EASE": [ease(alpha, side=False) for alpha in PENALTIES],
        "EASE + side features": [ease(alpha, side=True) for alpha in PENALTIES],
        "user-kNN": [similar_users(n) for n in (20, 50, 100, 200)],
        "masked ridge + user-kNN": [
            masked_ridge_and_users(alpha, share)
            for alpha in (3.0, 10.0, 30.0, 100.0)
            for share in (0.25, 0.5, 1.0)
        ],
    }
    if find_spec("implicit"):
        settings = [(4, 1, 1), (8, 1, 2), (8, 10, 2), (16, 3, 2), (32, 10, 2), (64, 10, 2), (64, 30, 4)]
        table["implicit ALS"] = [implicit_als(*setting) for setting in settings]
    if find_spec("lightfm"):
        table["LightFM"] = [lightfm(*setting) for setting in ((8, 0.0), (16, 0.0), (16, 1e-4))]
    return table


def measure(predict: Predict, X: np.ndarray, Y: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return nDCG@10 of the tools that are not known, for each firm."""
    lists = rank_scores(predict(X, known), k=K, eligible=known == 0)
    return ndcg_at_k(Y - known, lists, k=K)


def tuned(settings: list[Learn], X: np.ndarray, Y: np.ndarray, coin: np.ndarray) -> list[Predict]:
    """Learn with the setting that is best on a fifth of the firms, for each share of known tools."""
    if len(settings) == 1:
        return [settings[0](X, Y)] * len(SHARES)
    held = np.random.default_rng(0).permutation(len(X)) % 5 == 0
    tried = [learn(X[~held], Y[~held]) for learn in settings]
    masks = [Y[held] * (coin[held] < share) for share in SHARES]
    quality = [[np.nanmean(measure(one, X[held], Y[held], known)) for one in tried] for known in masks]
    best = [int(np.argmax(row)) for row in quality]
    learned = {at: settings[at](X, Y) for at in set(best)}
    return [learned[at] for at in best]


def held_out(settings: list[Learn], X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Return nDCG of each firm when held out, of shape (share, firm)."""
    coin, found = np.random.default_rng(1).random(Y.shape), np.full((len(SHARES), len(Y)), np.nan)
    for train, test in KFold(5, shuffle=True, random_state=0).split(X):
        predicts = tuned(settings, X[train], Y[train], coin[train])
        for at, (share, predict) in enumerate(zip(SHARES, predicts, strict=True)):
            found[at, test] = measure(predict, X[test], Y[test], Y[test] * (coin[test] < share))
    return found


def with_error(figures: np.ndarray, sign: str = "") -> str:
    """Return a mean over firms ± its standard error."""
    kept = figures[~np.isnan(figures)]
    return f"{kept.mean():{sign}.3f} ±{kept.std(ddof=1) / np.sqrt(len(kept)):.3f}"


def compare(name: str, X: np.ndarray, Y: np.ndarray) -> None:
    """Print a table of one data set: nDCG of each model, and what AdoptionRidge is ahead by."""
    print(f"\n{name}: {X.shape[1]} features, {Y.sum(axis=1).mean():.1f} tools a firm")
    print(f"{'nDCG@10, ahead by':24}" + "".join(f"{f'known: {share:.0%}':>32}" for share in SHARES))
    own = None
    for label, settings in models().items():
        found = held_out(settings, X, Y)
        own = found if own is None else own
        cells = [
            f"{with_error(part)}  {with_error(mine - part, '+')}"
            for part, mine in zip(found, own, strict=True)
        ]
        print(f"{label:24}" + "".join(f"{cell:>32}" for cell in cells), flush=True)


def seconds(call: Callable[[], object], runs: int = 3) -> float:
    """Return the median time of some runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def speed() -> None:
    """Print times as ratios to the one product that cannot be done without."""
    X, Y = simulated(100_000, 200, 3)
    X = np.hstack([X, np.random.default_rng(4).random((len(X), 120 - X.shape[1]))])
    Z = np.hstack([X, Y])
    floor = seconds(lambda: Z.T @ Z)
    print(f"\n100,000 firms × 200 tools × 120 features; one Gram product: {floor:.2f} s")
    sums = {"neighbours": 0, "logistic": False}
    for label, model, runs in (
        ("sums over the firms, penalties given", hr.AdoptionRidge(10.0, 10.0, **sums), 3),
        ("sums over the firms, penalties chosen", hr.AdoptionRidge(**sums), 3),
        ("all choices", hr.AdoptionRidge(), 1),
    ):
        whole = seconds(lambda m=model: m.fit(X, Y), runs)
        print(f"{label}: fit {whole:.2f} s, {whole / floor:.1f} × the product", flush=True)
        if runs > 1:
            more = seconds(lambda m=model: m.partial_fit(X[:10_000], Y[:10_000]))
            print(f"    10,000 firms more: {more:.2f} s")


def main(arguments: list[str]) -> None:
    """Print the tables and the times."""
    if "--speed" in arguments:
        return speed()
    quick = "--quick" in arguments
    if not quick:
        compare("developer survey, 458 firms", *survey())
        compare("simulated, 2,000 firms × 120 tools", *simulated(2000, 120, 0))
    for path in (argument for argument in arguments if not argument.startswith("--")):
        compare("stackdeck, 81 firms", *stackdeck(path))
    compare("simulated, 300 firms × 120 tools", *simulated(300, 120, 1))
    compare("simulated, 80 firms × 60 tools", *simulated(80, 60, 2))
    return None if quick else speed()


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of peers that do not converge
    main(sys.argv[1:])
