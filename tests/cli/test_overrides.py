"""People's decisions stand above what a scheme says: with a reason, for as long as they hold, and never hidden."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keguan.core.languages import LANGUAGES
from tests.cli.conftest import Type, orders_csv

HEAD = "customer_id,scheme,class,reason,from_on,to_on\n"
DECIDED = "c000,pareto-8020,vital-20,大股东介绍,2026-06-01,2026-12-31\n"


def _classified(typed: Type, folder: Path, overrides: str, as_of: str = "2026-06-30") -> Path:
    (folder / "orders.csv").write_text(orders_csv(20), encoding="utf-8")
    (folder / "overrides.csv").write_text(HEAD + overrides, encoding="utf-8")
    out = folder / "run"
    said = typed(
        "classify", folder / "orders.csv", folder / "overrides.csv", "--scheme", "pareto-8020",
        "--purpose", "who is looked after", "--as-of", as_of, "--out", out, "--force",
    )  # fmt: skip
    assert said.code == 0, said.err
    return out


def _of(run: Path, who: str) -> tuple[str, str]:
    rows = {r["customer_id"]: r for r in pq.read_table(run / "assignments.parquet").to_pylist()}
    return rows[who]["pareto-8020"], rows[who]["pareto-8020.reason"]


def test_a_decision_gives_the_class_and_the_scheme_s_own_stays_visible(typed: Type, tmp_path: Path) -> None:
    run = _classified(typed, tmp_path, DECIDED)
    assert _of(run, "c000") == ("vital-20", "override")
    assert _of(run, "c001")[1] != "override"
    view = typed("explain", run, "c000", "--json").json["schemes"][0]
    assert view["class"] == "vital-20" and view["override"]["computed"] == "other-80"
    for lang in LANGUAGES:
        assert "大股东介绍" in typed("explain", run, "c000", "--lang", lang).out
    assert typed("report", run, "--out", tmp_path / "report.html").code == 0


@pytest.mark.parametrize("span", ["2026-07-01,2026-12-31", "2026-01-01,2026-06-29"])
def test_before_its_first_and_after_its_last_day_a_decision_does_nothing(
    typed: Type, tmp_path: Path, span: str
) -> None:
    run = _classified(typed, tmp_path, DECIDED.replace("2026-06-01,2026-12-31", span))
    assert _of(run, "c000") == ("other-80", "rest")
    assert (
        _of(_classified(typed, tmp_path, DECIDED.replace("2026-12-31", "2026-06-30")), "c000")[1]
        == "override"
    )


def test_without_a_reason_a_decision_is_refused_and_counted(typed: Type, tmp_path: Path) -> None:
    run = _classified(typed, tmp_path, "c001,pareto-8020,vital-20,,2026-06-01,\n" + DECIDED)
    assert _of(run, "c001")[1] != "override"
    assert "missing-reason" in (run / "rejected.csv").read_text(encoding="utf-8")


def test_of_several_decisions_the_one_that_began_last_holds(typed: Type, tmp_path: Path) -> None:
    later = "c000,pareto-8020,other-80,已离职,2026-06-20,\n"
    for rows in (DECIDED + later, later + DECIDED):
        assert _of(_classified(typed, tmp_path, rows), "c000") == ("other-80", "override")


def test_a_class_the_scheme_does_not_have_is_told_with_those_it_has(typed: Type, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(orders_csv(20), encoding="utf-8")
    (tmp_path / "overrides.csv").write_text(HEAD + DECIDED.replace("vital-20", "A"), encoding="utf-8")
    said = typed(
        "classify", tmp_path, "--scheme", "pareto-8020", "--purpose", "who", "--out", tmp_path / "run",
        "--as-of", "2026-06-30",
    )  # fmt: skip
    assert said.code == 1 and "KG518" in said.err and "vital-20" in said.err


def test_a_scheme_that_asks_about_the_decided_class_follows_it_and_leaves_others_as_they_were(
    typed: Type, tmp_path: Path
) -> None:
    customers = "customer_id,trade_type\n" + "".join(f"c{i:03},consumer\n" for i in range(20))
    (tmp_path / "customers.csv").write_text(customers, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(orders_csv(20), encoding="utf-8")
    decided = "c000,trade-type,channel,已改做批发,2026-06-01,\n"
    (tmp_path / "overrides.csv").write_text(HEAD + decided, encoding="utf-8")
    said = typed(
        "classify", *(tmp_path / f"{n}.csv" for n in ("orders", "customers", "overrides")), "--scheme", "channel-enduser",
        "--purpose", "who", "--as-of", "2026-06-30", "--out", tmp_path / "run",
    )  # fmt: skip
    assert said.code == 0, said.err
    rows = pq.read_table(tmp_path / "run" / "assignments.parquet").to_pylist()
    found = {r["customer_id"]: r["channel-enduser"] for r in rows}
    assert found == {who: "channel" if who == "c000" else "end-user" for who in found} and len(found) == 20
