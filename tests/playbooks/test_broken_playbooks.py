"""Whatever is done to a playbook: it loads, or every problem is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from keguan.core.errors import KeguanError
from keguan.playbooks.library import library
from keguan.playbooks.loader import load_playbook
from tests.fixtures.broken_yaml import cut_up, doubled, rebuilt, refused_with_place_or_fine

HOME = Path(__file__).resolve().parents[2] / "src" / "keguan" / "catalogue" / "playbooks"
PLAYBOOKS = [p.read_text(encoding="utf-8") for p in sorted(HOME.glob("*.yaml"))]
CODES = r"KG4\d\d|KG64\d|KG659"
FEWER = settings(
    max_examples=max(settings().max_examples // 3, 20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@given(cut_up(PLAYBOOKS) | doubled(PLAYBOOKS))
def test_playbooks_cut_up(text: str) -> None:
    refused_with_place_or_fine(load_playbook, text, CODES)


@FEWER
@given(rebuilt(PLAYBOOKS))
def test_playbooks_rebuilt(text: str) -> None:
    refused_with_place_or_fine(load_playbook, text, CODES)


@FEWER
@given(text=cut_up(PLAYBOOKS) | rebuilt(PLAYBOOKS) | doubled(PLAYBOOKS))
def test_a_broken_playbook_among_a_business_s_own_is_told_with_its_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    try:
        library([tmp_path])
    except KeguanError as wrong:
        for problem in wrong.problems:
            assert str(problem.place.file).endswith("own.yaml") and (
                problem.place.line or problem.code == "KG401"
            )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("for: value-pyramid:Z", "KG659"),
        ("for: rfm:champions", "KG659"),
        ("for: value pyramid", "KG640"),
        ("for: []", "KG640"),
    ],
)
def test_a_class_that_is_not_there_is_told_with_its_line(tmp_path: Path, line: str, code: str) -> None:
    (tmp_path / "own.yaml").write_text(
        "playbook: own\nversion: 1\nlabels: {zh-Hans: 自家, zh-Hant: 自家, en: Own}\ninstructions:\n"
        f"  - id: X1\n    {line}\n    kind: say\n    text: {{zh-Hans: 问好, zh-Hant: 問好, en: Say hello}}\n",
        encoding="utf-8",
    )
    with pytest.raises(KeguanError) as wrong:
        library([tmp_path])
    assert [(p.code, p.place.line in (5, 6)) for p in wrong.value.problems] == [(code, True)]
