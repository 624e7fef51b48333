"""A bare A, B, C or D in a column of classes is asked about, and never stored as such."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import keguan as kg
from keguan.book.book import Book
from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES


def _book(folder: Path, column: str, values: list[str | None], **policies: str) -> Book:
    people = {"customer_id": [f"c{i}" for i in range(len(values))], column: values}
    return kg.open(customers=people, folder=folder, policies=policies)


def _values(book: Book) -> list[str | None]:
    [part] = book.facts.parts
    table = pq.read_table(part.path)
    name = next(n for n in part.fields if n != "customer_id")
    return [v for _, v in sorted(zip(table["customer_id"].to_pylist(), table[name].to_pylist(), strict=True))]


@pytest.mark.parametrize("column", ["客户等级", "分级", "客户分类", "Customer class", "ABC", "tier"])
@pytest.mark.parametrize("values", [["A", "B", None, "d"], ["Ａ", "C类", "B级", "D"], ["A", "A", "A", "A"]])
def test_bare_letters_are_asked_about(tmp_path: Path, column: str, values: list[str | None]) -> None:
    with pytest.raises(KeguanError) as asked:
        _book(tmp_path, column, values).inspect()
    [problem] = asked.value.problems
    assert problem.code == "KG470" and problem.values["column"] == column
    for lang in LANGUAGES:
        said = problem.render(lang)
        assert all(
            s in said for s in ("value-pyramid", "lead-readiness", "intent-horizon", "pareto-abc", "letters=")
        )


def test_the_answer_stands_before_every_letter(tmp_path: Path) -> None:
    book = _book(tmp_path, "客户等级", ["A", "ｂ", None, "D类客户"], letters="value-pyramid")
    assert _values(book) == ["value-pyramid:A", "value-pyramid:B", None, "value-pyramid:D"]


def test_classes_written_out_need_no_answer(tmp_path: Path) -> None:
    written = ["value-pyramid:A", "value-pyramid:B"]
    assert _values(_book(tmp_path, "客户等级", list(written))) == written


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("血型", ["A", "B", "AB", "O"]),
        ("客户等级", ["A", "B", "E"]),
        ("仓库", ["A", "B"]),
        ("信用等级", ["A", "B"]),
        ("客户等级", [None, None]),
    ],
)
def test_what_is_no_class_is_left_alone(tmp_path: Path, column: str, values: list[str | None]) -> None:
    assert _values(_book(tmp_path, column, values)) == values


def test_letters_that_are_no_classes_can_be_kept(tmp_path: Path) -> None:
    assert _values(_book(tmp_path, "客户类型", ["A", "B"], letters="keep")) == ["A", "B"]


HISTORY = {
    "customer_id": ["c1", "c1", "c2"],
    "class": ["A", "B", "A"],
    "as_of": ["2026-01-31", "2026-02-28", "2026-02-28"],
}


def test_earlier_classes_without_a_scheme_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(KeguanError) as asked:
        kg.open(history=HISTORY, folder=tmp_path).inspect()
    assert [p.code for p in asked.value.problems] == ["KG470"]


@pytest.mark.parametrize("way", ["policy", "written", "both"])
def test_earlier_classes_get_their_scheme_by_the_answer_or_as_written(tmp_path: Path, way: str) -> None:
    table: dict[str, list[str | None]] = dict(HISTORY)
    if way == "written":
        table["class"] = [f"value-pyramid:{c}" for c in HISTORY["class"]]
    if way == "both":
        table["scheme"] = ["value-pyramid", None, None]
    policies = {} if way == "written" else {"letters": "value-pyramid"}
    book = kg.open(history=table, folder=tmp_path, policies=policies)
    [part] = book.facts.parts
    rows = sorted(pq.read_table(part.path).to_pylist(), key=lambda r: (r["customer_id"], r["as_of"]))
    assert [(r["scope"], r["class"], r["previous_class"]) for r in rows] == [
        ("value-pyramid", "A", None), ("value-pyramid", "B", "A"), ("value-pyramid", "A", None),
    ]  # fmt: skip


DECISIONS = {
    "customer_id": ["c1", "c2"],
    "class": ["A", "B"],
    "reason": ["老客户", "新签"],
    "from_on": ["2026-05-01", "2026-05-01"],
}


@pytest.mark.parametrize("name", ["overrides.csv", "decided.csv"])
def test_decisions_without_a_scheme_are_asked_about_and_take_the_answer(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    rows = zip(*DECISIONS.values(), strict=True)
    file.write_text("\n".join(",".join(r) for r in (DECISIONS, *rows)), encoding="utf-8")
    with pytest.raises(KeguanError) as asked:
        kg.open(file, folder=tmp_path / "asked").inspect()
    [problem] = asked.value.problems
    assert problem.code == "KG470" and problem.values["found"] == "A, B"
    book = kg.open(file, folder=tmp_path / "answered", policies={"letters": "pareto-abc"})
    [part] = book.facts.parts
    rows = sorted((r["scheme"], r["class"]) for r in pq.read_table(part.path).to_pylist())
    assert (part.table, rows) == ("overrides", [("pareto-abc", "A"), ("pareto-abc", "B")])


def test_a_decision_says_its_scheme_before_the_class_or_in_a_column(tmp_path: Path) -> None:
    decided = {**DECISIONS, "class": ["rfm:champion", "B"], "scheme": [None, "value-pyramid"]}
    [part] = kg.open(overrides=decided, folder=tmp_path).facts.parts
    rows = sorted((r["scheme"], r["class"]) for r in pq.read_table(part.path).to_pylist())
    assert rows == [("rfm", "champion"), ("value-pyramid", "B")]
