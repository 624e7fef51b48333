"""The acceptance checklist: its rows are all there, and what carries a row's id carries one that exists."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).resolve().parents[2]


def checklist():
    spec = importlib.util.spec_from_file_location("checklist", HOME / "tools" / "checklist.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_there_are_368_different_rows_in_unbroken_order():
    rows = [row for section in checklist().sections() for row in section.rows]
    assert [row.number for row in rows] == list(range(1, 369))
    assert len({row.id for row in rows}) == 368


def test_rows_that_wait_for_the_workspace_say_why():
    named = [row for section in checklist().sections() for row in section.rows if row.why]
    assert len(named) == 13
    assert all(row.workspace and row.why["zh-Hans"] and row.why["en"] for row in named)


def test_the_data_behind_rows_are_where_the_list_says():
    """`make alter` changes them: every piece named must be there, and every row that is no scheme or playbook has one."""
    data = yaml.safe_load((HOME / "tests" / "checklist" / "data.yaml").read_text(encoding="utf-8"))
    for row, pieces in data.items():
        for piece in pieces:
            text = (HOME / "src" / "keguan" / piece["file"]).read_text(encoding="utf-8")
            assert piece["was"] in text and piece["was"] != piece["becomes"], (row, piece["was"])
    rows = {
        r.id
        for s in checklist().sections()
        if s.number in ("9.3", "9.7", "9.8")
        for r in s.rows
        if not r.workspace
    }
    assert rows <= set(data)


def test_cases_carry_rows_that_exist():
    known = {row.id for section in checklist().sections() for row in section.rows}
    assert set(checklist().carried_by_cases()) <= known


@pytest.mark.slow
def test_the_pages_of_the_checklist_say_what_the_tests_carry():
    stale = [p.name for p, content in checklist().pages().items() if p.read_text(encoding="utf-8") != content]
    assert stale == [], "run make docs"
