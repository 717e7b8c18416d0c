"""Estimate maturity from a report of the EU Digital Maturity Assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from hrtools_reco._checks import check_number, fold, invalid, unknown_name
from hrtools_reco.catalog import Catalog, catalog_of, label_of
from hrtools_reco.firms import NumberReader, is_missing
from hrtools_reco.views import Result


@dataclass(frozen=True, kw_only=True)
class MaturityEstimate(Result):
    """Maturity guessed from another instrument: it may rank tools, it may not hold one back.

    Attributes
    ----------
    maturity : mapping of str to float or None
        Estimate of each dimension, from 0 to 100; None where a score that it leans on is missing.
    confidence : mapping of str to float
        Weight of the assessment in the estimate, from 0 to 1; the rest is the baseline.
    baseline : mapping of str to float
        What is assumed where nothing is known, from 0 to 100.
    source : str
        Where the estimate comes from, and its limits.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> estimate = hr.maturity_from_dma({"HCD": 50})
    >>> round(estimate.maturity["skills"], 2), estimate.confidence["skills"], estimate.baseline["skills"]
    (36.35, 0.35, 29.0)
    """

    maturity: Mapping[str, float | None]
    confidence: Mapping[str, float]
    baseline: Mapping[str, float]
    source: str

    def profile_fields(self, answered: Mapping[str, float | None] | None = None) -> dict[str, Any]:
        """Return what a profile takes from the estimate; answers go first.

        Parameters
        ----------
        answered : mapping of str to float or None, optional
            Scores of dimensions from answers, from 0 to 100. They are kept, and never overridden.

        Returns
        -------
        dict
            The arguments ``maturity`` and ``maturity_estimated`` of a profile.

        Examples
        --------
        >>> import hrtools_reco as hr
        >>> estimate = hr.maturity_from_dma({"HCD": 50})
        >>> estimate.profile_fields({"recruitment": 30.0})
        {'maturity': {'recruitment': 30.0, 'skills': 36.35}, 'maturity_estimated': ('skills',)}
        """
        kept = {key: score for key, score in (answered or {}).items() if score is not None}
        added = {key: s for key, s in self.maturity.items() if s is not None and key not in kept}
        return {"maturity": kept | added, "maturity_estimated": tuple(added)}

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each dimension.

        Returns
        -------
        DataFrame
            ``dimension, maturity`` (0 to 100, NaN where unknown), ``confidence`` (0 to 1), ``baseline``.
        """
        columns = {name: getattr(self, name) for name in ("maturity", "confidence", "baseline")}
        table = {name: [values.get(key) for key in self.maturity] for name, values in columns.items()}
        frame = pd.DataFrame({"dimension": list(self.maturity), **table})
        return frame.astype(dict.fromkeys(columns, float))

    def to_text(self, lang: str = "fr") -> str:
        """Return the estimate as text.

        Parameters
        ----------
        lang : {"fr", "en"}, default="fr"
            Language.

        Returns
        -------
        str
            One line for each dimension, then where the estimate comes from.
        """
        used = catalog_of(None)
        lines = [used.text("estimate_title", lang)]
        for key, value in self.maturity.items():
            weight = self.confidence.get(key)
            told = {
                "value": None if value is None else f"{value:.0f}",
                "weight": f"{100 * (weight or 0.0):.0f}",
            }
            said = used.text("page_not_measured" if value is None else "estimate_row", lang, **told)
            lines.append(f"  {label_of(used, 'dimensions', key, lang)}{used.text('colon', lang)}{said}")
        return "\n".join([*lines, used.text("page_estimated_note", lang)])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Returns
        -------
        dict
            The fields by name.
        """
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        return {key: dict(value) if isinstance(value, Mapping) else value for key, value in plain.items()}


def maturity_from_dma(scores: Mapping[str, float | None], catalog: Catalog | None = None) -> MaturityEstimate:
    """Estimate maturity from the six scores of an EU Digital Maturity Assessment.

    ``estimate = confidence * sum(weight * score) + (1 - confidence) * baseline``. Weights, confidence and
    baseline stand in the catalog; they are a reading of the wording of the assessment and are not validated.
    Automation and AI, and green digitalisation, are read and not used.

    Parameters
    ----------
    scores : mapping of str to float
        Scores from 0 to 100 by dimension of the assessment: its key (``DBS, DR, HCD, DMC, AAI, GD``) or its
        English or French name. Missing ones may be left out or None.
    catalog : Catalog, optional
        Catalog that holds the mapping. ``None`` is the bundled one.

    Returns
    -------
    MaturityEstimate
        Estimates with their confidence and source.

    Raises
    ------
    UnknownNameError
        If a dimension of the assessment is unknown.
    InvalidValueError
        If a score is no number from 0 to 100, or a dimension is given twice.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> estimate = hr.maturity_from_dma({"Digital Readiness": 60, "DMC": 40})
    >>> round(estimate.maturity["it_base"], 1), estimate.confidence["it_base"], estimate.maturity["skills"]
    (42.8, 0.6, None)
    """
    tables = catalog_of(catalog)
    known = _read_scores(scores, tables.table("dma_dimensions"))
    mapping = tables.table("dma_mapping").sort_values("dma_dimension")
    about = tables.table("dma_confidence").to_dict("records")
    maturity: dict[str, float | None] = {}
    for row in about:
        own = mapping[mapping["dimension"] == row["dimension"]]
        given = [known.get(key) for key in own["dma_dimension"]]
        mean = sum(w * s for w, s in zip(own["weight"], given, strict=True) if s is not None)
        estimate = row["confidence"] * mean + (1 - row["confidence"]) * row["baseline"]
        maturity[row["dimension"]] = None if None in given else float(estimate)
    return MaturityEstimate(
        maturity=maturity,
        confidence={row["dimension"]: row["confidence"] for row in about},
        baseline={row["dimension"]: row["baseline"] for row in about},
        source=f"EU Digital Maturity Assessment. {about[0]['note']} Baseline: {about[0]['baseline_url']}",
    )


def dma_from_maturity(
    maturity: Mapping[str, float | None], catalog: Catalog | None = None
) -> dict[str, dict[str, float | None]]:
    """Estimate the scores of an EU Digital Maturity Assessment from measured maturity.

    Each score is the mean of the dimensions that the mapping ties to it, weighted by weight times confidence.

    Parameters
    ----------
    maturity : mapping of str to float or None
        Scores of our dimensions, from 0 to 100.
    catalog : Catalog, optional
        Catalog that holds the mapping. ``None`` is the bundled one.

    Returns
    -------
    dict of str to dict
        By dimension of the assessment: ``score`` (0 to 100) and ``confidence`` (0 to 1); None and 0 where no
        known dimension bears on it.

    Raises
    ------
    InvalidValueError
        If a score is no number from 0 to 100.

    Examples
    --------
    >>> import hrtools_reco as hr
    >>> found = hr.dma_from_maturity({"skills": 60, "training": 40})
    >>> round(found["HCD"]["score"], 1), found["GD"]["score"]
    (48.3, None)
    """
    tables = catalog_of(catalog)
    known = {
        key: check_number(f"maturity of {key}", score, 0.0, 100.0)
        for key, score in maturity.items()
        if score is not None
    }
    trust = tables.table("dma_confidence").set_index("dimension")["confidence"].to_dict()
    rows = tables.table("dma_mapping").to_dict("records")
    found: dict[str, dict[str, float | None]] = {}
    for key in tables.keys("dma_dimensions"):
        own = [row for row in rows if row["dma_dimension"] == key and row["dimension"] in known]
        weights = [row["weight"] * trust[row["dimension"]] for row in own]
        total, tied = sum(weights), sum(row["weight"] for row in own)
        summed = sum(w * known[row["dimension"]] for w, row in zip(weights, own, strict=True))
        found[key] = {
            "score": summed / total if total else None,
            "confidence": total / tied if tied else 0.0,
        }
    return found


def _read_scores(scores: Mapping[str, float | None], dimensions: pd.DataFrame) -> dict[str, float]:
    """Return the known scores by key."""
    if not isinstance(scores, Mapping):
        raise invalid("scores", "a mapping of the dimensions of the assessment to scores", scores)
    names = ["dma_dimension", "name_en", "name_fr"]
    keys = {fold(row[name]): row["dma_dimension"] for row in dimensions.to_dict("records") for name in names}
    spellings = [*dimensions["dma_dimension"], *dimensions["name_en"]]
    known: dict[str, float] = {}
    for name, score in scores.items():
        key = keys.get(fold(str(name)))
        if key is None:
            raise unknown_name("dimension of the assessment", name, spellings)
        if is_missing(score):
            continue
        if key in known:
            raise invalid("scores", "a mapping that gives each dimension of the assessment once", name)
        read = NumberReader(name=f"score of {name}", right="a number from 0 to 100", low=0.0, high=100.0)
        known[key] = read(score)
    return known
