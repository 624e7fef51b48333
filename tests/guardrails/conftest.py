"""A telecom shop on disk with rows in the tables that guardrails look at, and its runs made by typed commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keguan.cli.running import run
from keguan.reports.charts import render
from keguan.reports.html import parts
from keguan.reports.markup import Markup, tag
from tests.cli.conftest import Said, Type, typed

__all__ = ["Said", "Type", "typed"]

AS_OF = "2026-06-30"
CUSTOMERS = 40
"""c00 spends most and c39 least; c05 is a loyal one below the threshold; c39 is the lowest class everywhere."""


def write(folder: Path, **tables: str) -> Path:
    """Each table as a CSV file; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def orders() -> str:
    """Five orders each in the months to June and one long ago, c39 two; c00 and c01 reach 10,000 a month, the others lie
    below."""
    rows = ["customer_id,ordered_at,amount,cost"]
    for i in range(CUSTOMERS):
        amount = 40_000 - 14_000 * i if i < 2 else 3_000 - 70 * i
        months = range(2, 7) if i < CUSTOMERS - 1 else range(5, 7)
        rows += [f"c{i:02},2026-{month:02}-15,{amount}.00,{amount // 2}.00" for month in months]
        rows += [f"c{i:02},2024-03-01,10.00,5.00"] if i < CUSTOMERS - 1 else []
    return "\n".join(rows) + "\n"


def customers() -> str:
    """Organisations; c00 was told its price, c01 was not."""
    rows = ["customer_id,name,party_kind,region,price_disclosed_on"]
    rows += [
        f"c{i:02},客户{i:02},organisation,{'华东' if i % 2 else '华南'},{'2026-05-01' if i == 0 else ''}"
        for i in range(CUSTOMERS)
    ]
    return "\n".join(rows) + "\n"


COSTS = "customer_id,on,amount,kind\nc00,2026-05-02,9000,service\nc39,2026-05-03,10,service\n"
INTERACTIONS = "customer_id,at,direction,minutes\nc00,2026-05-02 10:00,out,600\nc39,2026-05-03 10:00,in,30\n"
DOMINANT = "customer_id,cue,at\n" + "".join(
    f"c05,{cue},2026-06-0{day}\n"
    for day, cue in enumerate(("imperatives", "short-sentences", "loud", "forceful"), 1)
)


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held here is what a report says: its charts, which cost most of its time, have their names alone. A test
    that looks into them asks for `drawn`."""

    def name(_chart: object, label: str, *, themed: bool = True) -> Markup:
        return tag("svg", tag("title", label), class_="chart" if themed else None)

    monkeypatch.setattr(parts, "svg", name)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports with their charts."""
    monkeypatch.setattr(parts, "svg", render.svg)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's files."""
    return write(
        tmp_path_factory.mktemp("guarded"), orders=orders(), customers=customers(), costs=COSTS,
        interactions=INTERACTIONS, observations=DOMINANT,
    )  # fmt: skip


@pytest.fixture(scope="session")
def whole(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every scheme the shop's data allow under the telecom profile."""
    out = tmp_path_factory.mktemp("whole") / "run"
    words = [
        "classify",
        str(shop),
        "--purpose",
        "who is looked after by whom",
        "--as-of",
        AS_OF,
        "--currency",
        "CNY",
    ]
    assert run([*words, "--profile", "telecom", "--out", str(out), "--quiet"]) == 0
    return out


Classified = Callable[..., Path]


@pytest.fixture
def classified(typed: Type, tmp_path: Path) -> Classified:
    """`classified(shop, "--scheme", "rfm")`: the folder of a run made by the command."""

    def make(data: Path, *words: str | Path, name: str = "run") -> Path:
        out = tmp_path / name
        said = typed(
            "classify", data, "--purpose", "who is looked after", "--as-of", AS_OF, "--currency", "CNY", "--out", out,
            *words, "--quiet",
        )  # fmt: skip
        assert said.code == 0, said.err
        return out

    return make


def assigned(folder: Path) -> dict[str, dict[str, object]]:
    """The rows of a run by customer."""
    rows = pq.read_table(folder / "assignments.parquet").to_pylist()
    return {str(r.get("customer_id", r.get("lead_id"))): r for r in rows}
