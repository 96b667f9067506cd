"""A short run of random histories; `python tests/histories/long.py` runs as many as one likes."""

from __future__ import annotations

from histories import Histories
from hypothesis import HealthCheck, settings

TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=6,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
