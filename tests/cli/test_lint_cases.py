"""`keguan lint` runs the cases beside a document, and `keguan schemes` hands editors their schemas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keguan.cli import running
from keguan.schemes import catalogue

ENDED = """
scheme: my-ended
version: 1
family: leads
kind: rules
subject: lead
labels: {zh-Hans: 是否结案, zh-Hant: 是否結案, en: Ended or not}
population: {where: "true", labels: {zh-Hans: 全部线索, zh-Hant: 全部商機, en: All leads}}
order: [ended, open]
classes:
  - {code: ended, when: lead_closed >= 1, default: true, labels: {zh-Hans: 已结案, zh-Hant: 已結案, en: Ended}}
  - {code: open, otherwise: true, default: true, labels: {zh-Hans: 未结案, zh-Hant: 未結案, en: Open}}
defaults: [{zh-Hans: 以基准日为准, zh-Hant: 以基準日為準, en: As of the day}]
references: [{seed: "002", line: 5}]
"""


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


@pytest.mark.parametrize("column", ["closed_at", "closed_on"])
def test_a_case_may_give_a_moment_as_its_day_or_in_the_column_of_the_day(tmp_path: Path, column: str) -> None:
    document, cases = tmp_path / "my-ended.yaml", tmp_path / "my-ended.cases.yaml"
    document.write_text(ENDED, encoding="utf-8")
    rows = f"[{{lead_id: a, {column}: 2026-02-01}}, {{lead_id: b, {column}: 2026-02-02}}]"
    given = f"{{tables: {{leads: {rows}}}}}"
    cases.write_text(
        f"cases: [{{name: n, as_of: 2026-02-01, given: {given}, expect: {{classes: {{a: ended, b: open}}}}}}]\n",
        encoding="utf-8",
    )
    assert running.run(["lint", str(document), "--lang", "en"]) == 0


def test_the_schemas_for_editors_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    assert running.run(["schemes", "--json-schema", str(folder), "--quiet"]) == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "cases.schema.json",
        "profile.schema.json",
        "scheme.schema.json",
    ]
