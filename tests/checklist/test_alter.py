"""`make alter`: for every row that works there is something to alter, and altering it is noticed."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def alter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("alter", HOME / "tools" / "alter.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["alter"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_every_row_has_a_datum_that_can_be_altered(alter: ModuleType) -> None:
    rows = [
        row.id
        for section in alter.checklist.sections()
        if section.number in alter.SECTIONS
        for row in section.rows
        if not row.workspace
    ]
    for row in rows:
        change = alter.alteration(row, random.Random(row))
        text = change.file.read_text(encoding="utf-8")
        assert text[change.start :].startswith(change.was) and change.applied(text) != text, row
        assert str(change) == str(alter.alteration(row, random.Random(row)))


@pytest.mark.slow
def test_what_is_altered_is_noticed_and_what_is_not_is_not(alter: ModuleType) -> None:
    change = alter.alteration("num-1", random.Random(1))
    assert alter.noticed("num-1", ["value-pyramid"], [], change) == "cases of value-pyramid"
    same = alter.Alteration(change.file, change.start, change.was, change.was)
    assert alter.noticed("num-1", ["value-pyramid"], [], same) is None
