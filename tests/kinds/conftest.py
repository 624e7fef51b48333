"""One workbench per test module."""

from collections.abc import Iterator

import pytest

from tests.fixtures.workbench import Workbench


@pytest.fixture(scope="module")
def workbench() -> Iterator[Workbench]:
    found = Workbench()
    yield found
    found.engine.close()
