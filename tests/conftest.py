"""What all tests share: how hypothesis looks for examples, and which tests must stay in one process."""

from __future__ import annotations

import pytest
from hypothesis import settings

# Steady: the same examples every time, so that a red suite means a change. Search: new ones each time (`make fuzz`).
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("steady")

_TOGETHER = ("spark", "postgres", "browser")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share something heavy run in one worker; slow ones start first, so that no worker waits at the end."""
    for item in items:
        group = next((name for name in _TOGETHER if item.get_closest_marker(name)), None)
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: not any(item.get_closest_marker(m) for m in ("slow", *_TOGETHER)))
