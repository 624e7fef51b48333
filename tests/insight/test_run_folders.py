"""Opening run folders: damaged, newer and odd ones are refused or answered, never a traceback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keguan.core.errors import KeguanError
from keguan.insight.findings import findings
from keguan.insight.folder import RunFolder
from keguan.insight.overview import overview

Change = Callable[[dict[str, Any]], object]


def copied(run_dir: Path, tmp_path: Path, change: Change | None = None) -> Path:
    target = tmp_path / "copy"
    shutil.copytree(run_dir, target)
    if change is not None:
        record = json.loads((target / "run.json").read_text(encoding="utf-8"))
        change(record)
        (target / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return target


def refusal(path: Path) -> str:
    with pytest.raises(KeguanError) as caught, RunFolder(path) as folder:
        overview(folder)
    return caught.value.problems[0].code


@pytest.mark.parametrize("name", ["run.json", "assignments.parquet", "measures.parquet"])
def test_a_folder_without_its_files_is_no_run(run_dir: Path, tmp_path: Path, name: str) -> None:
    target = copied(run_dir, tmp_path)
    (target / name).unlink()
    assert refusal(target) == "KG506"


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"keguan": 1', b"\xff\xfe\x00", b'{"schemes": 3, "measures": []}']
)
def test_a_damaged_record_is_named(run_dir: Path, tmp_path: Path, content: bytes) -> None:
    target = copied(run_dir, tmp_path)
    (target / "run.json").write_bytes(content)
    assert refusal(target) == "KG701"


@pytest.mark.parametrize("name", ["assignments.parquet", "measures.parquet"])
def test_a_damaged_table_is_named(run_dir: Path, tmp_path: Path, name: str) -> None:
    target = copied(run_dir, tmp_path)
    (target / name).write_bytes((target / name).read_bytes()[:200])
    assert refusal(target) == "KG701"


def test_damaged_cuts_are_named(run_dir: Path, tmp_path: Path) -> None:
    target = copied(run_dir, tmp_path)
    (target / "cuts" / "value-pyramid.json").write_text("{", encoding="utf-8")
    assert refusal(target) == "KG701"


def test_a_record_that_does_not_fit_its_tables_is_named(run_dir: Path, tmp_path: Path) -> None:
    target = copied(run_dir, tmp_path, lambda r: r["schemes"][0].update(id="nowhere"))
    assert refusal(target) == "KG701"


def test_a_newer_format_is_refused(run_dir: Path, tmp_path: Path) -> None:
    assert refusal(copied(run_dir, tmp_path, lambda r: r.update(format=2))) == "KG702"


def test_without_rejected_rows_all_rows_were_used(run_dir: Path, tmp_path: Path) -> None:
    target = copied(run_dir, tmp_path)
    (target / "rejected.csv").write_text("table,source,line,reason,row\n", encoding="utf-8")
    with RunFolder(target) as folder:
        codes = {f.code for f in findings(overview(folder))}
    assert "all-rows" in codes and "rejected" not in codes


def test_without_money_there_is_no_concentration_but_everything_else(run_dir: Path, tmp_path: Path) -> None:
    target = copied(
        run_dir,
        tmp_path,
        lambda r: [m.update(type="number") for m in r["measures"].values() if m["type"] == "money"],
    )
    with RunFolder(target) as folder:
        view = overview(folder)
    assert view.value is None and view.concentration is None
    assert view.leading is not None and view.leading.classes[0].sales is None
    assert all(f.code != "top-tier" for f in findings(view))


def test_without_inspection_and_names_the_run_is_answered(run_dir: Path, tmp_path: Path) -> None:
    target = copied(run_dir, tmp_path, lambda r: (r.pop("inspection"), r.pop("leading"), r.pop("skipped")))
    measures = pq.read_table(target / "measures.parquet").drop_columns(["name"])
    pq.write_table(measures, target / "measures.parquet")
    with RunFolder(target) as folder:
        view = overview(folder)
    assert view.leading is not None and view.leading.scheme.id == "value-pyramid"
    assert view.boundaries[0].above[0].label is None
    assert view.quality.sources == ()


def test_columns_with_quotes_in_their_names_are_harmless(run_dir: Path, tmp_path: Path) -> None:
    odd = 'te"st; DROP VIEW run --'
    target = copied(run_dir, tmp_path, lambda r: r["schemes"][-1].update(id=odd))
    table = pq.read_table(target / "assignments.parquet")
    renamed = [c.replace("key-account", odd) for c in table.column_names]
    pq.write_table(table.rename_columns(renamed), target / "assignments.parquet")
    with RunFolder(target) as folder:
        assert [d.heads for d in overview(folder).distributions if d.scheme.id == odd] == [1000]


def test_nothing_sold_gives_no_shares(run_dir: Path, tmp_path: Path) -> None:
    target = copied(run_dir, tmp_path)
    table = pq.read_table(target / "measures.parquet")
    zeros = pa.array([Decimal(0)] * table.num_rows, pa.decimal128(18, 4))
    pq.write_table(
        table.set_column(table.column_names.index("net_sales_12m"), "net_sales_12m", zeros),
        target / "measures.parquet",
    )
    with RunFolder(target) as folder:
        view = overview(folder)
    assert view.concentration is not None and view.concentration.verdict == "no-sales"
    assert view.leading is not None and all(c.sales_share is None for c in view.leading.classes)
    assert findings(view)[0].code == "concentration-no-sales"
