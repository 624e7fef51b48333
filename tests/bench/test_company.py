"""The bench of the example company runs whole on a small one. No time is asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.company import _jobs, run

from bench import __main__ as front


@pytest.mark.slow
def test_a_run_measures_every_step_and_every_group_and_puts_its_tables_into_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"value-pyramid": ["value-pyramid"], "relationship": ["relationship-tenure"]}
    monkeypatch.setattr(run, "groups", lambda path: few)
    page, figures = tmp_path / "page.md", tmp_path / "figures.json"
    page.write_text(f"before\n{run.START}\nstands here\n{run.END}\nafter\n", encoding="utf-8")
    asked = ["--customers", "300", "--rounds", "1", "--each", "--json", str(figures), "--write", str(page)]
    assert run.main(asked) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "stands here" not in text
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert all(name in text for name in found["steps"]) and len(found["steps"]) == 6
    assert [(name, n) for name, n, _ in found["curve"]] == [("value-pyramid", 1), ("relationship", 2)]
    assert {name for name, _ in found["alone"]} == {"value-pyramid", "relationship-tenure"}
    assert found["tables"] == 28 and found["rows"] > 300


@pytest.mark.slow
def test_groups_hold_every_scheme_over_customers_once_and_models_come_last(tmp_path: Path) -> None:
    _jobs.draw(tmp_path, {"customers": 300})()
    _jobs.take_in(tmp_path, {})()
    found = run.groups(tmp_path)
    every = [i for ids in found.values() for i in ids]
    assert sorted(every) == sorted(s.id for s in _jobs.plan_of(tmp_path, (), "customer").schemes)
    assert next(iter(found)) == run.FIRST and found[list(found)[-1]] == [
        i for i in every if i in _jobs.MODELLED
    ]


def test_the_kept_page_has_the_place_for_the_tables() -> None:
    page = (front.HOME / "README.md").read_text(encoding="utf-8")
    assert page.index(run.START) < page.index(run.END)
