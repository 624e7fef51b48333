"""The one Spark session of all these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keguan.engine.backends.spark import SparkEngine


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkEngine]:
    """Later engines find the session active and use it."""
    engine = SparkEngine()
    yield engine
    engine.close()
