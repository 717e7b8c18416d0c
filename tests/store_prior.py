"""Solve the expert prior of the bundled catalog anew and store it.

Run after a change of the tables that it is solved from: python tests/store_prior.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import hrtools_reco as hr
from hrtools_reco.model import stored_prior
from hrtools_reco.model.encoding import ProfileEncoder
from hrtools_reco.model.expert_prior import solve_prior
from hrtools_reco.model.linear import WEIGHT_STEP

TARGET = Path(stored_prior.__file__).with_name("expert_prior.npz")


def main() -> None:
    """Write the stored weights."""
    catalog = hr.load_catalog()
    encoder = ProfileEncoder(catalog)
    steps = np.round(solve_prior(catalog, encoder) / WEIGHT_STEP)
    digests = [
        stored_prior.digest_inputs(catalog, encoder.features, by_cell=by_cell) for by_cell in (True, False)
    ]
    stored_prior.write_stored(TARGET, digests, steps)
    print(f"{TARGET.name}: {steps.shape[0]} features x {steps.shape[1]} tools, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
