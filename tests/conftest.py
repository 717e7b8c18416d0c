"""Hypothesis profiles: quick at home, without chance in CI, thorough by ``--hypothesis-profile=thorough``."""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("quick"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2000)
settings.load_profile("ci" if os.environ.get("CI") else "quick")
