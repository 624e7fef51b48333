"""A generated run with nasty names, and its report as a page in the three languages, each made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from keguan.core.languages import LANGUAGES, Lang
from keguan.insight.folder import RunFolder
from keguan.insight.overview import Overview, overview
from keguan.reports import write_report
from tests.fixtures.run_folder import make_run_folder


@pytest.fixture(scope="session")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run_folder(tmp_path_factory.mktemp("reports") / "run", customers=1200, hostile=True)


@pytest.fixture(scope="session")
def view(run_dir: Path) -> Overview:
    with RunFolder(run_dir) as folder:
        return overview(folder)


@pytest.fixture(scope="session")
def pages(run_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Path]:
    out = tmp_path_factory.mktemp("pages")
    return {lang: write_report(run_dir, out / f"{lang}.html", lang) for lang in LANGUAGES}
