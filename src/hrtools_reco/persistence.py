"""Load a saved recommender."""

from __future__ import annotations

from os import PathLike

import numpy as np
from scipy import sparse

from hrtools_reco._checks import check_path
from hrtools_reco.exceptions import LoadError
from hrtools_reco.files import Archive, read_archive
from hrtools_reco.model import BANDS_SHAPE, Bands, LinearModel, Neighbours, ProfileEncoder
from hrtools_reco.recommender import ToolRecommender

PARAMETERS = tuple(name for name in ToolRecommender._get_param_names() if name not in ("catalog", "rules"))


def load_recommender(folder: str | PathLike[str]) -> ToolRecommender:
    """Load a recommender that ``ToolRecommender.save`` wrote.

    Nothing in the folder is run: JSON, CSV and arrays without pickle are read. The arrays are memory maps,
    so processes that load the same folder share one copy.

    Parameters
    ----------
    folder : path-like
        Folder of the saved recommender.

    Returns
    -------
    ToolRecommender
        It gives the answers of the saved one to the last bit.

    Raises
    ------
    LoadError
        If anything is changed, cut, missing, too much, or of an unknown format.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import hrtools_reco as hr
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "recommender"
    >>> hr.ToolRecommender(tool_language=None).fit().save(folder)
    >>> hr.load_recommender(folder).tool_language is None
    True
    """
    archive = read_archive(check_path("folder", folder))
    unknown = set(archive.parameters) - set(PARAMETERS)
    if unknown:
        raise LoadError(
            f"{folder}: the parameter {sorted(unknown)[0]!r} must be one of {', '.join(PARAMETERS)}."
        )
    recommender = ToolRecommender(catalog=archive.catalog, **archive.parameters)
    recommender.restore(
        encoder=ProfileEncoder(archive.catalog),
        model=_model(archive),
        neighbours=_neighbours(archive),
        bands=Bands.from_array(archive.arrays["bands"]) if "bands" in archive.arrays else None,
    )
    return recommender


def _model(archive: Archive) -> LinearModel:
    """Put the weights together and hold their shapes against the catalog."""
    n_features, n_tools = len(ProfileEncoder(archive.catalog).features), len(archive.catalog.tool_ids)
    shapes: dict[str, tuple[int, ...]] = {
        "prior": (n_features, n_tools),
        "history": (n_features, n_tools),
        "between": (n_tools, n_tools),
        "bands": BANDS_SHAPE,
    }
    for name, shape in shapes.items():
        if name in archive.arrays and archive.arrays[name].shape != shape:
            raise LoadError(f"{name}.npy: must be of shape {shape}. Got {archive.arrays[name].shape}.")
    if "prior" not in archive.arrays:
        raise LoadError("prior.npy must be there.")
    weights = {name: archive.arrays.get(name) for name in ("history", "between")}
    return LinearModel(prior=archive.arrays["prior"], **weights)


def _neighbours(archive: Archive) -> Neighbours | None:
    """Put the firms of the history together, if they were saved."""
    if "firms" not in archive.arrays:
        return None
    values, columns, starts = (archive.arrays[f"adopted_{part}"] for part in ("values", "columns", "starts"))
    encoded = archive.arrays["firms"]
    shape = (len(encoded), len(archive.catalog.tool_ids))
    try:
        adopted = sparse.csr_array((values, columns, starts), shape=shape)
        adopted.check_format()
    except ValueError as error:
        raise LoadError(f"the adoption of the firms is not of shape {shape}: {error}") from error
    if len(archive.company_ids) != len(encoded):
        raise LoadError(f"companies.json must hold {len(encoded)} keys. Got {len(archive.company_ids)}.")
    return Neighbours(
        company_id=np.array(archive.company_ids, dtype=object), encoded=encoded, adopted=adopted
    )
