"""How sure a place in a list is: three words, by bands of scores whose hit rates were measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from hrtools_reco.catalog import Catalog

SURE, LIKELY, GUESS = 0, 1, 2
BANDS_SHAPE = (8,)
_OUT_OF_REACH = 101.0
CERTAINTY_KEYS = ("sure", "likely", "guess")


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Bands of scores, and how often a place in each was right when measured on other firms.

    Attributes
    ----------
    least : tuple of two float
        Least score, in points, of a sure and of a likely place; over 100 where no score is so sure.
    right : tuple of three float
        Share of the measured places of each band that were right, from 0 to 1, of those that could be:
        a firm that took up two tools can be right in two places. 0 where no place was measured.
    places : tuple of three int
        Places that were measured, by band.
    """

    least: tuple[float, float]
    right: tuple[float, float, float]
    places: tuple[int, int, int]

    def to_array(self) -> np.ndarray:
        """Return the numbers in the order of the attributes, of shape ``BANDS_SHAPE``, to be saved."""
        return np.array([*self.least, *self.right, *self.places], dtype=float)

    @classmethod
    def from_array(cls, numbers: np.ndarray) -> Self:
        """Return the bands of saved numbers."""
        sure, likely, *shares = (float(number) for number in numbers)
        places = (int(shares[3]), int(shares[4]), int(shares[5]))
        return cls(least=(sure, likely), right=(shares[0], shares[1], shares[2]), places=places)


def graded_bands(catalog: Catalog) -> tuple[Bands, Bands]:
    """Return the bands of graded firms, for a recommender without history.

    Parameters
    ----------
    catalog : Catalog
        Catalog with the table ``certainty_bands``.

    Returns
    -------
    tuple of two Bands
        Bands for firms that told a need or a maturity score, and for those of which neither is known.
    """
    table = catalog.table("certainty_bands").set_index(["firm", "band"])
    found = []
    for firm in ("told", "little"):
        rows = table.loc[firm].loc[list(CERTAINTY_KEYS)]
        numbers = [*rows["score_from"].iloc[:GUESS], *rows["right"], *rows["places"]]
        found.append(Bands.from_array(np.array(numbers, dtype=float)))
    return found[0], found[1]


def certainty(scores: np.ndarray, bands: Bands) -> np.ndarray:
    """Tell the band of each score.

    Parameters
    ----------
    scores : ndarray of any shape
        Scores from 0 to 100.
    bands : Bands
        The bands.

    Returns
    -------
    ndarray of int of the same shape
        Positions in ``CERTAINTY_KEYS``: 0 sure, 1 likely, 2 a guess.

    Examples
    --------
    >>> bands = Bands(least=(80.0, 50.0), right=(0.9, 0.6, 0.2), places=(40, 60, 90))
    >>> certainty(np.array([85.0, 50.0, 12.0]), bands).tolist()
    [0, 1, 2]
    """
    sure, likely = bands.least
    band: np.ndarray = np.where(scores >= sure, SURE, np.where(scores >= likely, LIKELY, GUESS))
    return band


def measured_bands(
    scores: np.ndarray, right: np.ndarray, possible: np.ndarray, least_right: tuple[float, float]
) -> Bands:
    """Cut scores into bands by how often places of such a score were right.

    Parameters
    ----------
    scores : ndarray of shape (n_places,)
        Scores of places in the lists of firms that the scores were not learnt from.
    right : ndarray of shape (n_places,)
        How right each place was, from 0 to 1.
    possible : ndarray of shape (n_places,)
        How right it could be on average: under 1 where a firm has fewer right tools than its list has places.
    least_right : tuple of two float
        Share right from which a place is sure, and likely.

    Returns
    -------
    Bands
        The bands; the share right never falls as the score rises.

    Examples
    --------
    >>> scores, right = np.array([10.0, 20.0, 80.0, 90.0]), np.array([0.0, 0.0, 1.0, 1.0])
    >>> measured_bands(scores, right, np.ones(4), (0.7, 0.4)).least
    (80.0, 80.0)
    """
    measured = possible > 0
    scores, right, possible = scores[measured], right[measured], possible[measured]
    least = [_OUT_OF_REACH, _OUT_OF_REACH]
    if len(scores):
        from sklearn.isotonic import IsotonicRegression  # of history alone: no answer waits for it

        rising = IsotonicRegression(y_min=0.0).fit_transform(scores, right / possible, sample_weight=possible)
        least = [float(np.min(scores, where=rising >= share, initial=_OUT_OF_REACH)) for share in least_right]
    bands = Bands(least=(least[0], least[1]), right=(0.0,) * 3, places=(0, 0, 0))
    band = certainty(scores, bands)
    sums = [
        np.bincount(band, weights=values, minlength=3) for values in (right, possible, np.ones(len(band)))
    ]
    shares = np.divide(sums[0], sums[1], out=np.zeros(3), where=sums[1] > 0)
    return Bands(least=bands.least, right=tuple(shares.tolist()), places=tuple(sums[2].astype(int).tolist()))
