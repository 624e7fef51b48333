"""The bench of classifying runs whole on a tiny base; its peers give our classes. No time is asserted."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from bench.classify import _ours, _peers, _tables, run
from bench.classify.generate import FIELDS, generate

from bench import __main__ as front
from keguan.engine.numbering import list_beside

ORDERS = 3_000


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "orders.parquet"
    generate(path, ORDERS)
    return path


def test_the_same_seed_draws_the_same_orders_and_another_draws_others(orders: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again.parquet", ORDERS)
    generate(tmp_path / "other.parquet", ORDERS, seed=2)
    assert (tmp_path / "again.parquet").read_bytes() == orders.read_bytes()
    assert pq.read_table(tmp_path / "other.parquet") != pq.read_table(orders)


def test_the_file_is_shaped_and_sorted_as_intake_keeps_orders(orders: Path) -> None:
    from keguan.engine.intake.orders import ORDER_KEYS

    table = pq.read_table(orders)
    listed = pq.read_table(list_beside(orders)).to_pylist()
    assert listed == sorted(listed, key=lambda row: row["customer_id"])
    numbers = {row["customer_id"]: row["customer_no"] for row in listed}
    assert list(numbers.values()) == list(range(len(listed)))
    assert all(numbers[r["customer_id"]] == r["customer_no"] for r in table.to_pylist())
    table = table.drop_columns(["customer_no"])
    assert tuple(table.column_names) == FIELDS
    assert str(table.schema.field("amount").type) == "decimal128(18, 4)"
    assert table == table.sort_by([(key, "ascending") for key in ORDER_KEYS])
    assert 0.5 * ORDERS < table.num_rows < 2 * ORDERS
    kinds = table["kind"].to_pylist()
    assert all(
        (kind == "return") == (amount < 0)
        for kind, amount in zip(kinds, table["amount"].to_pylist(), strict=True)
    )


def test_pandas_and_polars_give_the_classes_we_give(orders: Path, tmp_path: Path) -> None:
    from keguan.runs.classify import classify
    from keguan.runs.run import Run

    classify(_ours.chosen(orders, {}), tmp_path / "run")
    ours = Run(tmp_path / "run").assignments.to_pylist()
    expected = {
        row["customer_id"]: (row["rfm.detail"], row["value-pyramid"], row["pareto-abc"])
        for row in ours
        if row["rfm.status"] == "classified"
    }
    frame = _peers.pandas_job(orders, {})().astype({"pyramid": str, "abc": str})
    in_pandas = {r.Index: (f"{r.r}{r.f}{r.m}", r.pyramid, r.abc) for r in frame.itertuples()}
    in_polars = {
        r["customer_id"]: (f"{r['r']}{r['f']}{r['m']}", "ABCD"[r["pyramid"]], "ABC"[r["abc"]])
        for r in _peers.polars_job(orders, {})().iter_rows(named=True)
    }
    assert expected == in_pandas == in_polars


@pytest.mark.slow
def test_a_run_measures_everything_and_puts_its_tables_into_the_page(
    orders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "STEPS", (1,))
    page, figures = tmp_path / "page.md", tmp_path / "figures.json"
    page.write_text(f"before\n{_tables.START}\nstands here\n{_tables.END}\nafter\n", encoding="utf-8")
    asked = ["--data", str(orders), "--large", str(orders), "--rounds", "1", "--json", str(figures)]
    assert run.main([*asked, "--write", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{_tables.START}\n") and text.endswith(f"{_tables.END}\nafter\n")
    assert (
        "stands here" not in text
        and text.split(_tables.START)[1].split(_tables.END)[0].strip() in capsys.readouterr().out
    )
    measured = json.loads(figures.read_text(encoding="utf-8"))["lines"]
    assert {line["table"] for line in measured} == {"floor", "curve", "peers", "large"}
    assert all(line["wall"] > 0 and line["rss"] > 0 and line["label"] in text for line in measured)


def test_a_page_without_the_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lacks the markers"):
        _tables.put(page, "table")
    assert page.read_text(encoding="utf-8") == "nothing here\n"


def test_the_front_door_lists_every_bench_with_what_it_measures(capsys: pytest.CaptureFixture[str]) -> None:
    assert front.main([]) == 0
    listed = capsys.readouterr().out
    assert all(
        name in listed for name in ("classify/run", "classify/generate", "reading/read_csv", "models/scale")
    )
    assert all(len(line.split(maxsplit=1)) == 2 for line in listed.splitlines())
    assert front.main(["nothing/such"]) == 2
    assert "no bench called nothing/such" in capsys.readouterr().err


def test_the_kept_page_has_the_place_for_the_tables() -> None:
    page = (front.HOME / "README.md").read_text(encoding="utf-8")
    assert page.index(_tables.START) < page.index(_tables.END)
    assert all(f"`{name}`" in page for name in front.parts() if name not in front.TOOLS)
