"""Writing: the suffix decides the form, a file is there whole or not at all, refusals have codes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.insight.folder import RunFolder
from keguan.reports import write, write_report


def refusal(run_dir: Path, out: Path) -> KeguanError:
    with pytest.raises(KeguanError) as caught:
        write_report(run_dir, out, "en")
    for lang in LANGUAGES:
        assert "{" not in caught.value.render(lang)
    return caught.value


@pytest.mark.parametrize("name", ["report.docx", "report", "report.html.bak"])
def test_an_unknown_suffix_is_refused_by_name(run_dir: Path, tmp_path: Path, name: str) -> None:
    error = refusal(run_dir, tmp_path / name)
    assert error.problems[0].code == "KG703" and ".html, .xlsx, .pdf" in error.render("en")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_refused(run_dir: Path, tmp_path: Path) -> None:
    assert refusal(run_dir, tmp_path / "no" / "report.html").problems[0].code == "KG704"


def test_a_folder_in_the_way_is_refused(run_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    assert refusal(run_dir, tmp_path / "report.html").problems[0].code == "KG704"


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, tmp_path / "report.html").problems[0].code == "KG506"


def test_suffixes_are_read_whatever_their_case(run_dir: Path, tmp_path: Path) -> None:
    out = write_report(run_dir, tmp_path / "报告.XLSX", "zh-Hans")
    assert out.read_bytes().startswith(b"PK")


def test_a_failure_leaves_the_old_report_and_no_litter(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report.html"
    out.write_text("old", encoding="utf-8")

    def fails(folder: RunFolder, draft: Path, lang: str) -> None:
        draft.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(write._WRITERS, ".html", fails)
    assert refusal(run_dir, out).problems[0].code == "KG704"
    assert out.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_without_the_extra_a_pdf_is_refused_with_the_way_out(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    error = refusal(run_dir, tmp_path / "report.pdf")
    assert error.problems[0].code == "KG705" and "keguan[pdf]" in error.render("zh-Hant")
    assert list(tmp_path.iterdir()) == []
