"""`keguan lint` runs the cases beside a document, and `keguan schemes` hands editors their schemas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keguan.cli import running
from keguan.schemes import catalogue


def _copied(folder: Path) -> tuple[Path, Path]:
    document = folder / "my-basic.yaml"
    cases = folder / "my-basic.cases.yaml"
    text = catalogue.builtin("value-basic").text().replace("scheme: value-basic", "scheme: my-basic")
    document.write_text(text, encoding="utf-8")
    found = catalogue.builtin_cases("value-basic")
    assert found is not None
    cases.write_text(found.text(), encoding="utf-8")
    return document, cases


def test_a_document_whose_cases_come_out_is_accepted(tmp_path: Path) -> None:
    document, _ = _copied(tmp_path)
    assert running.run(["lint", str(document), "--lang", "en"]) == 0


def test_a_case_that_does_not_come_out_is_an_error_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, cases = _copied(tmp_path)
    changed = cases.read_text(encoding="utf-8").replace("high-value", "ordinary", 1)
    cases.write_text(changed, encoding="utf-8")
    assert running.run(["lint", str(document), "--json", "--lang", "en"]) == 1
    [report] = json.loads(capsys.readouterr().out).values()
    assert report["findings"] == []
    assert any("my-basic.cases.yaml:" in line and "expected ordinary" in line for line in report["cases"])


def test_the_schemas_for_editors_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    assert running.run(["schemes", "--json-schema", str(folder), "--quiet"]) == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "cases.schema.json",
        "profile.schema.json",
        "scheme.schema.json",
    ]
