"""Satisfaction normally means that of external customers: a figure over them leaves insiders out."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Type

SCHEME = """
scheme: satisfied
version: 1
family: value
kind: rules
labels: {zh-Hans: 满意程度, zh-Hant: 滿意程度, en: Satisfaction}
population: {where: "is source-internal-external:external"}
cuts: {middle: {measure: satisfaction_12m, median: true}}
classes:
  - {code: upper, when: satisfaction_12m >= middle, default: true, labels: {zh-Hans: 上半, zh-Hant: 上半, en: Upper half}}
  - {code: lower, otherwise: true, default: true, labels: {zh-Hans: 下半, zh-Hant: 下半, en: Lower half}}
"""
SCORES = {"in": 1, "in2": 1, "a": 5, "b": 7, "c": 9}


@pytest.mark.row("S:source-internal-external")
def test_an_insider_is_no_part_of_the_figure_for_external_satisfaction(typed: Type, tmp_path: Path) -> None:
    files = {
        "satisfied.yaml": SCHEME,
        "orders.csv": "customer_id,ordered_at,amount\n" + "".join(f"{c},2026-05-01,10\n" for c in SCORES),
        "customers.csv": "customer_id,name,relation\nin,甲,internal\nin2,戊,internal\na,乙,external\nb,丙,\nc,丁,external\n",
        "ratings.csv": "customer_id,role,score,rated_at\n"
        + "".join(f"{c},user,{score},2026-05-02\n" for c, score in SCORES.items()),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = typed(
        "classify", *(tmp_path / n for n in files if n.endswith(".csv")), "--scheme", tmp_path / "satisfied.yaml",
        "--purpose", "how satisfied are they", "--as-of", "2026-06-30", "--out", tmp_path / "run",
    )  # fmt: skip
    assert said.code == 0, said.err
    rows = {r["customer_id"]: r for r in pq.read_table(tmp_path / "run" / "assignments.parquet").to_pylist()}
    found = {c: r["satisfied"] for c, r in rows.items()}
    # With the insiders the median would be 5, and a in the upper half.
    assert found == {"in": None, "in2": None, "a": "lower", "b": "upper", "c": "upper"}
    assert rows["in"]["satisfied.reason"] == "outside-population"
