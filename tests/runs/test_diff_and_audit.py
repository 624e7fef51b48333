"""Two runs compared agree with a comparison by hand; a decision that is no decision is caught before anything is written."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keguan.book.book import Book
from keguan.book.run import Run
from keguan.core.errors import KeguanError
from keguan.kinds import registry
from keguan.kinds.base import Assignment
from keguan.language import ast
from keguan.runs.diff import diff
from tests.fixtures.open_shops import open_shop
from tests.fixtures.shops import AS_OF


def _codes(run: Run, scheme: str) -> dict[str, str | None]:
    return dict(
        zip(run.assignments["customer_id"].to_pylist(), run.assignments[scheme].to_pylist(), strict=True)
    )


def test_a_run_does_not_differ_from_itself(run: Run) -> None:
    found = diff(run, run)
    assert (found.moved, found.arrived, found.left, found.moves.num_rows) == (0, 0, 0, 0)


def test_what_moved_came_and_left_is_what_a_comparison_by_hand_says(run: Run, tmp_path: Path) -> None:
    other = open_shop(tmp_path, 70, seed=8).classify("valued", "scored", as_of="2026-05-31", purpose="later")
    found = diff(run, other)
    before, after = _codes(run, "valued"), _codes(other, "valued")
    assert (found.arrived, found.left) == (
        len(after.keys() - before.keys()),
        len(before.keys() - after.keys()),
    )
    moved = {c: (before[c], after[c]) for c in before.keys() & after.keys() if before[c] != after[c]}
    rows = [r for r in found.moves.to_pylist() if r["scheme"] == "valued"]
    assert {r["customer_id"]: (r["before"], r["after"]) for r in rows} == moved
    counted = {(t.before, t.after): t.count for t in found.transitions if t.scheme == "valued"}
    assert sum(counted.values()) == len(before.keys() & after.keys())
    assert sum(n for (a, b), n in counted.items() if a != b) == len(moved)
    assert found.as_dict()["moved"] == found.moved
    assert found.changed_meaning == ()


def test_runs_without_a_common_scheme_cannot_be_compared(book: Book) -> None:
    runs = [book.classify(s, as_of=AS_OF, purpose="x") for s in ("valued", "scored")]
    with pytest.raises(KeguanError) as error:
        diff(*runs)
    assert error.value.problems[0].code == "KG515"


_BROKEN = {
    "a number nobody knows": ast.Literal(99),
    "a number below all": ast.Arithmetic("-", ast.Literal(0), ast.Name("n_orders_total")),
    "no number": ast.If(
        ((ast.Compare(">", ast.Name("net_sales_12m"), ast.Literal(0)), ast.Literal(0)),), ast.Literal(None)
    ),
}


@pytest.mark.parametrize("index", _BROKEN.values(), ids=_BROKEN)
def test_a_broken_decision_is_caught_and_nothing_is_written(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: ast.Node
) -> None:
    sound = registry.kind("value_share")

    def assign(spec: Any, cuts: Any) -> Assignment:
        return Assignment(index, sound.assign(spec, cuts).outcomes)

    doctored = replace(sound, assign=assign)
    monkeypatch.setattr(
        "keguan.runs.decide.kind", lambda name: doctored if name == "value_share" else registry.kind(name)
    )
    with pytest.raises(KeguanError) as error:
        book.classify("shared", as_of=AS_OF, purpose="x", out=tmp_path / "run")
    assert error.value.problems[0].code == "KG508"
    assert list(tmp_path.iterdir()) == []
