"""One generated run folder, opened once and asked everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keguan.insight.folder import RunFolder
from keguan.insight.joint import make_joint
from keguan.insight.overview import Overview, overview
from tests.fixtures.run_folder import make_run_folder


@pytest.fixture(scope="session")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run_folder(tmp_path_factory.mktemp("insight") / "run", customers=1000)


@pytest.fixture(scope="session")
def folder(run_dir: Path) -> Iterator[RunFolder]:
    with RunFolder(run_dir) as opened:
        make_joint(opened)
        yield opened


@pytest.fixture(scope="session")
def view(folder: RunFolder) -> Overview:
    return overview(folder)
