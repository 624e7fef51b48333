"""Conditions about attributes are held against what these data have there: told with file and line, never a fault inside."""

from __future__ import annotations

from pathlib import Path

import pytest

import keguan as kg
from keguan.core.errors import KeguanError

SCHEME = """scheme: own
version: 1
family: value
kind: rules
labels: {zh-Hans: 自家, zh-Hant: 自家, en: Own}
classes:
  - {code: in, when: '%s', default: true, labels: {zh-Hans: 甲, zh-Hant: 甲, en: In}}
  - {code: out, otherwise: true, default: true, labels: {zh-Hans: 乙, zh-Hant: 乙, en: Out}}
"""
CUSTOMERS = "customer_id,name,grade,points,renewed,vip,rival_held\na,甲,gold,3,2026-01-05,是,是\nb,乙,tin,8,2025-01-05,否,否\n"


def classify(folder: Path, condition: str) -> list[str]:
    (folder / "own.yaml").write_text(SCHEME % condition, encoding="utf-8")
    (folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    run = kg.open(customers=folder / "customers.csv").classify(
        str(folder / "own.yaml"), as_of="2026-06-30", purpose="try"
    )
    return run.assignments["own"].to_pylist()


@pytest.mark.parametrize(
    ("condition", "classes"),
    [
        ("grade = “gold”", ["in", "out"]),
        ("points >= 5", ["out", "in"]),
        ("renewed >= 2026-01-01", ["in", "out"]),
        ("vip = “是”", ["in", "out"]),
        ("rival_held", ["in", "out"]),
        ("points + 1 between 3 and 5", ["in", "out"]),
    ],
)
def test_what_fits_is_asked(tmp_path: Path, condition: str, classes: list[str]) -> None:
    assert classify(tmp_path, condition) == classes


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("grade >= 3", "KG341"),
        ("grade + 1 > 2", "KG340"),
        ("vip", "KG340"),
        ("grade for 7 days", "KG350"),
        ("points = “gold”", "KG341"),
        ("renewed > 3", "KG341"),
        ("name - 1 month > 2026-01-01", "KG340"),
        ("rival_held = “是”", "KG341"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(tmp_path: Path, condition: str, code: str) -> None:
    with pytest.raises(KeguanError) as wrong:
        classify(tmp_path, condition)
    problems = wrong.value.problems
    assert code in [p.code for p in problems]
    assert all(p.place.file == str(tmp_path / "own.yaml") and p.place.line == 7 for p in problems)


def test_a_built_in_scheme_whose_attribute_is_something_else_here_is_set_aside(tmp_path: Path) -> None:
    """A column channel_kind that holds numbers is not the kind of channel; the other schemes run."""
    (tmp_path / "customers.csv").write_text(
        "customer_id,name,trade_type,channel_kind,territory\na,甲,渠道,3,华东\nb,乙,渠道,5,华南\n",
        encoding="utf-8",
    )
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount\na,2026-06-01,5\nb,2026-06-02,7\n", encoding="utf-8"
    )
    book = kg.open(customers=tmp_path / "customers.csv", orders=tmp_path / "orders.csv")
    run = book.classify(as_of="2026-06-30", purpose="try")
    assert "value-pyramid" in run.scheme_ids and "trade-type" not in run.scheme_ids
    (skipped,) = [s for s in run.record["skipped"] if s["id"] == "trade-type"]
    assert (skipped["why"], skipped["lacks"]) == ("other-type", ["trade_type", "channel_kind"])
    with pytest.raises(KeguanError) as wrong:
        book.classify("trade-type", as_of="2026-06-30", purpose="try")
    assert [p.code for p in wrong.value.problems] == ["KG661"]
