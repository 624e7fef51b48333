"""Whatever is done to a file, intake ends in a coded error or in a result whose rows and money add up."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from keguan.core.errors import KeguanError
from keguan.engine.intake import intake
from keguan.engine.intake.inspection import SourceReport
from keguan.engine.intake.of_orders import FROM
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.parts import PartStore
from keguan.engine.intake.pipeline import Intake
from keguan.engine.intake.readers import Workdir, find_sources, read
from tests.fixtures.quirky_shop import HEADER, quirky_shop

_CELLS = [
    "", " ", "-", "NULL", "0", "-5", "1,5", "1.234", "1.234,50", "￥３", "$4", "€5", "12.5%", "１２", "25/12/2023", "2024年3月5日", "45356",
    "0000-00-00", "soon", "C1", "12400", "12400.0", '="7"', "退货", "a\nb", 'say "x"', "1e300", "9" * 40, "é", "\t12400\t", "张三", "-0", "1e3",
]  # fmt: skip
_OPTIONS = [
    {},
    {"decimal_mark": "dot"},
    {"decimal_mark": "comma"},
    {"date_order": "dmy"},
    {"currency": "CNY"},
]


def reconciled(result: Intake, records: dict[str, int]) -> None:
    """Rows and money of every source are what was kept and what was left out; parts hold what was kept."""
    for source in result.inspection.sources:
        if source.table is not None and FROM not in source.facts:
            assert source.file.rows == source.kept.rows + sum(t.rows for t in source.rejected.values())
            assert source.file.rows == records[source.name]
            _money_adds_up(source)
    left = sum(t.rows for s in result.inspection.sources for t in s.rejected.values())
    assert len(result.rejected) >= left
    for part in result.parts:
        if part.table == "orders":
            kept = sum((s.kept.money or Decimal(0) for s in _of_orders(result)), Decimal(0))
            assert sum(filter(None, pq.read_table(part.path)["amount"].to_pylist()), Decimal(0)) == kept


def _of_orders(result: Intake) -> list[SourceReport]:
    return [s for s in result.inspection.sources if s.table in ("orders", "order_lines")]


def _money_adds_up(source: SourceReport) -> None:
    if source.file.money is not None:
        rejected = sum((t.money or Decimal(0) for t in source.rejected.values()), Decimal(0))
        assert source.file.money == (source.kept.money or Decimal(0)) + rejected


def ends_well(path: Path, home: Path, wish: dict[str, Any]) -> bool:
    """Whether a file was cleaned; a coded error is the only other end."""
    options = IntakeOptions(**wish)
    try:
        with Workdir() as work:
            raws = [raw for source in find_sources([path]) for raw in read(source, options, work)]
            records = {raw.name: int(raw.facts["rows"]) + len(raw.bad_lines) for raw in raws}
            reconciled(intake(raws, options, PartStore(home / "parts")), records)
    except KeguanError as error:
        assert all(problem.code.startswith(("KG1", "KG2", "KG470")) for problem in error.problems)
        return False
    return True


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _swap(chance: random.Random, data: bytes) -> bytes:
    body = bytearray(data)
    for _ in range(chance.randrange(1, 30)):
        body[chance.randrange(len(body))] = chance.choice(b',;"\n\r\t \x00\xff0129-C')
    return bytes(body)


def _splice(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    for _ in range(chance.randrange(1, 12)):
        line = lines[place := chance.randrange(len(lines))].split(b",")
        line[chance.randrange(len(line))] = chance.choice(_CELLS).replace('"', '""').encode("utf-8")
        lines[place] = b",".join(line)
    return b"\n".join(lines)


def _shuffle(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    for _ in range(chance.randrange(1, 20)):
        lines.insert(chance.randrange(len(lines)), lines[chance.randrange(len(lines))])
    return b"\n".join(lines[chance.randrange(3) :])


def _column(chance: random.Random, data: bytes) -> bytes:
    """One column filled with a few odd cells, as a careless export does."""
    cells, place = (
        chance.sample([c for c in _CELLS if not set(c) & set('\n",')], 3),
        chance.randrange(len(HEADER)),
    )
    lines = [line.split(b",") for line in data.split(b"\n")]
    for line in lines[1:]:
        if len(line) == len(HEADER):
            line[place] = chance.choice(cells).encode("utf-8")
    return b"\n".join(b",".join(line) for line in lines)


_MUTATIONS = (_cut, _swap, _splice, _splice, _splice, _shuffle, _column)


def fuzz_text(home: Path, seeds: range) -> int:
    """Mutated shop files; how many of them could be cleaned."""
    shop = quirky_shop(customers=60).text().encode("utf-8")
    good = 0
    for seed in seeds:
        chance = random.Random(seed)
        data = chance.choice(_MUTATIONS)(chance, shop)
        path = home / f"shop-{seed}.csv"
        path.write_bytes(data)
        good += ends_well(path, home, chance.choice(_OPTIONS))
    return good


def fuzz_workbooks(home: Path, seeds: range) -> int:
    """Small workbooks of odd cells, a third of them damaged; how many of them could be cleaned."""
    good = 0
    for seed in seeds:
        chance = random.Random(seed)
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["客户编号", "下单时间", "金额", "订单编号"])
        for n in range(30):
            row: list[Any] = [f"c{n % 5}", "2024-01-02", 12.5 + n, f"o{n}"]
            if chance.random() < 0.3:
                row[chance.randrange(4)] = chance.choice([*_CELLS, 3, 2.5, True, None])
            sheet.append(row)
        path = home / f"orders-{seed}.xlsx"
        book.save(path)
        if seed % 3 == 0:
            path.write_bytes(_swap(chance, path.read_bytes()))
        good += ends_well(path, home, chance.choice(_OPTIONS))
    return good


@pytest.mark.slow
def test_mutated_shops_end_in_a_coded_error_or_a_reconciled_result(tmp_path: Path) -> None:
    assert fuzz_text(tmp_path, range(8)) >= 4


@pytest.mark.slow
def test_odd_workbooks_end_in_a_coded_error_or_a_reconciled_result(tmp_path: Path) -> None:
    assert fuzz_workbooks(tmp_path, range(3)) >= 1


@pytest.mark.fuzz
def test_many_mutated_shops_end_well(tmp_path: Path) -> None:
    assert fuzz_text(tmp_path, range(1000, 1600)) >= 200


@pytest.mark.fuzz
def test_many_odd_workbooks_end_well(tmp_path: Path) -> None:
    assert fuzz_workbooks(tmp_path, range(1000, 1120)) >= 20
