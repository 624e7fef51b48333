"""What all tests share: how hypothesis looks for examples, and which tests must stay in one process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import settings

# Steady: the same examples every time, so that a red suite means a change. Search: new ones each time (`make fuzz`).
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("steady")

_TOGETHER = ("spark", "postgres", "browser")
_SHARING = ("guardrails",)
"""Folders of tests that share one run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", metavar="FILE", help="write which tests carry which row of the checklist")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Every `row` marker names a row of the checklist; with `--rows` the tests of each row are written down."""
    listed = yaml.safe_load((Path(__file__).parent / "checklist" / "rows.yaml").read_text(encoding="utf-8"))
    known = {row for section in listed for row in section["rows"]}
    carried: dict[str, list[str]] = {}
    for item in session.items:
        for row in (r for marker in item.iter_markers("row") for r in marker.args):
            if row not in known:
                raise pytest.UsageError(f"{item.nodeid}: no row {row!r} in tests/checklist/rows.yaml")
            test = item.nodeid.partition("[")[0]
            if test not in carried.setdefault(row, []):
                carried[row].append(test)
    target = session.config.getoption("--rows")
    if target:
        Path(target).write_text(json.dumps(carried), encoding="utf-8")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share something heavy run in one worker, those of a file too, so that what a file prepares is prepared
    once; slow ones start first, so that no worker waits at the end."""
    for item in items:
        group = next((name for name in _TOGETHER if item.get_closest_marker(name)), None)
        folder = item.path.parent.name
        item.add_marker(pytest.mark.xdist_group(group or (folder if folder in _SHARING else item.path.name)))
    items.sort(key=lambda item: not any(item.get_closest_marker(m) for m in ("slow", *_TOGETHER)))
