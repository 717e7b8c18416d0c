"""Fixtures, and the Hypothesis profiles: quick at home, without chance in CI, thorough when asked for."""

import os

import pytest
from hypothesis import settings

import hrtools_reco as hr

settings.register_profile("quick", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("quick"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2000)
settings.load_profile("ci" if os.environ.get("CI") else "quick")


@pytest.fixture(scope="session")
def catalog():
    """Return the bundled catalog."""
    return hr.load_catalog()


@pytest.fixture(scope="session")
def recommender():
    """Return a recommender with the expert prior; no test changes it."""
    return hr.ToolRecommender().fit()
