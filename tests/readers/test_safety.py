"""Whatever is thrown at the readers ends in a coded error or a correct table, within memory and time."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import xlwt
from pyarrow import feather
from xlwt import CompoundDoc

from keguan.core.errors import KeguanError
from keguan.engine.intake.readers import Limits

TEXT = b"customer_id,ordered_at,amount\nC1,2024-03-05,1.50\nC2,2024-03-06,2.50\n"
ROWS = [("C1", "2024-03-05", "1.50"), ("C2", "2024-03-06", "2.50")]


PACKERS = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": lambda b: pa.compress(b, "zstd", asbytes=True),
}


@pytest.mark.parametrize("kind", PACKERS)
def test_compressed_files_are_read_whatever_their_name(tmp_path: Path, see: Any, kind: str) -> None:
    (tmp_path / "orders.dat").write_bytes(PACKERS[kind](TEXT))
    (seen,) = see(tmp_path / "orders.dat")
    assert (seen.rows, seen.raw.facts["compression"], seen.raw.table) == (ROWS, kind, "orders")


@pytest.mark.parametrize("kind", PACKERS)
def test_truncated_compressed_files_are_errors(tmp_path: Path, refused: Any, kind: str) -> None:
    content = PACKERS[kind](TEXT * 50 + random.Random(1).randbytes(3_000).hex().encode())
    (tmp_path / "t.csv").write_bytes(content[: len(content) // 2])
    assert refused(tmp_path / "t.csv") == "KG112"


def test_zip_with_several_members_gives_several_tables(tmp_path: Path, see: Any) -> None:
    with zipfile.ZipFile(tmp_path / "shop.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("out/orders.csv", TEXT)
        archive.writestr("out/客户.csv", "编号,名称\n1,甲乙\n2,丙丁\n".encode("gb18030"))
        archive.writestr("__MACOSX/out/._orders.csv", b"\0\1\2")
        archive.writestr("out/", b"")
    seen = see(tmp_path / "shop.zip")
    assert sorted((s.raw.table or "", len(s.rows)) for s in seen) == [("customers", 2), ("orders", 2)]


def test_zip_member_names_in_gbk_are_understood(tmp_path: Path, see: Any) -> None:
    name = "订单.csv".encode("gb18030").decode("cp437")
    info = zipfile.ZipInfo(name)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(info, TEXT)
    content = (tmp_path / "x.zip").read_bytes()
    raw = name.encode()
    plain = "订单.csv".encode("gb18030")
    if raw in content:  # the library writes UTF-8 with a flag: turn it into what old programs write
        content = content.replace(raw, plain + b"_" * (len(raw) - len(plain)))
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(marker) + offset
        content = content[:at] + b"\0\0" + content[at + 2 :]
    (tmp_path / "x.zip").write_bytes(content)
    assert see(tmp_path / "x.zip")[0].raw.table == "orders"


def test_zip_problems_have_their_codes(tmp_path: Path, refused: Any) -> None:
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    assert refused(tmp_path / "empty.zip") == "KG115"
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.write(tmp_path / "empty.zip", "empty.zip")
    assert refused(tmp_path / "inner.zip") == "KG115"
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04" + b"x" * 50)
    assert refused(tmp_path / "cut.zip") == "KG112"
    with zipfile.ZipFile(tmp_path / "locked.zip", "w") as archive:
        archive.writestr("orders.csv", TEXT)
    content = bytearray((tmp_path / "locked.zip").read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    (tmp_path / "locked.zip").write_bytes(content)
    assert refused(tmp_path / "locked.zip") == "KG114"


@pytest.mark.parametrize("kind", [*PACKERS, "zip"])
def test_bombs_are_stopped_by_size_and_by_ratio(tmp_path: Path, refused: Any, kind: str) -> None:
    content = b"a,b\n" + b"1,2\n" * 600_000
    path = tmp_path / "t.csv"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("t.csv", content)
    else:
        path.write_bytes(PACKERS[kind](content))
    assert refused(path, limits=Limits(max_unpacked_bytes=1_000_000)) == "KG113"
    assert refused(path, limits=Limits(ratio_from_bytes=1_000_000, max_ratio=20)) == "KG113"


@pytest.mark.slow
def test_ten_gigabyte_bomb_stops_early_under_the_default_limits(
    tmp_path: Path, refused: Any, work: Any
) -> None:
    path = tmp_path / "t.csv.bz2"
    block = bz2.compress(b"0" * 45_000_000)
    path.write_bytes(block * 222)
    assert refused(path) == "KG113"
    assert sum(f.stat().st_size for f in work.folder.iterdir()) < 200_000_000


def test_limits_come_from_the_environment_and_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, see: Any
) -> None:
    monkeypatch.setenv("KEGUAN_MAX_COLUMNS", "3")
    (tmp_path / "t.csv").write_text("a,b,c,d\n1,2,3,4\n")
    with pytest.raises(KeguanError, match="KEGUAN_MAX_COLUMNS = 3"):
        see(tmp_path / "t.csv")
    monkeypatch.setenv("KEGUAN_MAX_COLUMNS", "nonsense")
    assert len(see(tmp_path / "t.csv")[0].headers) == 4


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n\r\n", b"  \n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xef\xbb\xbf\n", b"'\n", b",,\n,,\n"],
)
def test_nothing_in_it_is_an_error(tmp_path: Path, refused: Any, content: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    assert refused(tmp_path / "t.csv") == "KG110"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 ...", "KG111"),
        (b"\x89PNG\r\n\x1a\n....", "KG111"),
        (bytes(range(256)) * 40, "KG117"),
        (b"\0" * 5_000, "KG117"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "KG145"),
        (b'<?xml version="1.0"?><Workbook/>', "KG145"),
        (b"a,b\n1,2\n" + b"3,\0004\n", "KG124"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "KG141"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 6_000, "KG141"),
        (b"a,b\n1,\xff\xff\n", "KG121"),
    ],
)
def test_what_is_no_table_is_an_error(tmp_path: Path, refused: Any, content: bytes, code: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    assert refused(tmp_path / "t.csv") == code


def test_random_bytes_are_an_error(tmp_path: Path, refused: Any) -> None:
    for seed in range(5):
        (tmp_path / "t.csv").write_bytes(random.Random(seed).randbytes(20_000))
        assert refused(tmp_path / "t.csv") == "KG117"


def test_very_wide_files_are_read_or_refused_quickly(tmp_path: Path, see: Any, refused: Any) -> None:
    for width in (2_000, 20_000):
        head = ",".join(f"column{i}" for i in range(width))
        (tmp_path / f"{width}.csv").write_text(head + "\n" + ",".join(["7"] * width) + "\n")
    assert see(tmp_path / "2000.csv")[0].rows == [("7",) * 2_000]
    assert refused(tmp_path / "20000.csv") == "KG131"


def test_endless_line_is_refused(tmp_path: Path, refused: Any) -> None:
    path = tmp_path / "t.csv"
    with path.open("wb") as out:
        out.write(b"a,b\n1,")
        for _ in range(100):
            out.write(b"x" * 1_000_000)
    assert refused(path) == "KG132"
    path.write_bytes(b"x" * 30_000_000)
    assert refused(path) == "KG132"


def test_long_cells_within_the_limit_are_kept(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1," + "x" * 3_000_000 + "\n2,y\n")
    rows = see(tmp_path / "t.csv")[0].rows
    assert [(a, len(b)) for a, b in rows] == [("1", 3_000_000), ("2", 1)]


def test_too_many_bad_lines_are_one_clear_error(tmp_path: Path, refused: Any, see: Any) -> None:
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 500 + "1\n" * 200)
    assert refused(tmp_path / "t.csv", limits=Limits(max_bad_lines=100)) == "KG133"
    assert refused(tmp_path / "t.csv", limits=Limits(max_bad_bytes=100)) == "KG133"
    assert len(see(tmp_path / "t.csv")[0].raw.bad_lines) == 200


def test_header_that_does_not_match_is_an_error(tmp_path: Path, refused: Any) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2,3\n4,5,6\n")
    assert refused(tmp_path / "t.csv") == "KG134"


def test_workbook_with_a_far_cell_does_not_eat_the_machine(tmp_path: Path, refused: Any) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"], book.active["B1048576"] = "x", "y"
    book.active["XFD1048576"] = "y"
    book.save(tmp_path / "t.xlsx")
    assert refused(tmp_path / "t.xlsx") == "KG143"


def test_workbook_out_of_time_is_an_error(tmp_path: Path, refused: Any) -> None:
    import subprocess

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a", "b"])
    book.save(tmp_path / "t.xlsx")
    real = subprocess.run

    def late(*arguments: Any, **named: Any) -> Any:
        assert named["timeout"] == 7
        return real(*arguments, **named | {"timeout": 0.0001})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", late)
        assert refused(tmp_path / "t.xlsx", limits=Limits(max_workbook_seconds=7)) == "KG143"


def test_truncated_and_damaged_workbooks_are_errors(tmp_path: Path, refused: Any) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a", "b"])
    book.save(tmp_path / "whole.xlsx")
    whole = (tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    assert refused(tmp_path / "cut.xlsx") == "KG112"
    with zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    assert refused(tmp_path / "odd.xlsx") == "KG141"
    (tmp_path / "empty.xlsx").write_bytes(b"")
    assert refused(tmp_path / "empty.xlsx") == "KG110"


def damaged(kind: str, dice: random.Random) -> bytes:
    """A small workbook with some bytes of its records or its XML changed."""
    if kind == "xls":
        book = xlwt.Workbook()
        for column, cell in enumerate(("id", 1, 2.5, "名")):
            book.add_sheet(f"s{column}").write(0, 0, cell)
        stream = bytearray(book.get_biff_data())
        for _ in range(dice.randint(1, 8)):
            stream[dice.randrange(len(stream))] = dice.randrange(256)
        out = io.BytesIO()
        CompoundDoc.XlsDoc().save(out, bytes(stream))
        return out.getvalue()
    whole, out = io.BytesIO(), io.BytesIO()
    sheets = openpyxl.Workbook()
    assert sheets.active is not None
    for row in (["id", "n", "名"], [1, 2.5, "x"], [2, None, "y"]):
        sheets.active.append(row)
    sheets.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = bytearray(old.read(name))
            if name.startswith("xl/") and dice.random() < 0.5:
                content[dice.randrange(len(content))] = dice.choice(b'<>/"09A\xff')
            new.writestr(name, bytes(content))
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "times"),
    [("xls", 2), ("xlsx", 2), *(pytest.param(k, 12, marks=pytest.mark.slow) for k in ("xls", "xlsx"))],
)
def test_damaged_workbooks_end_in_a_table_or_a_coded_error(
    tmp_path: Path, see: Any, kind: str, times: int
) -> None:
    dice = random.Random(7)
    for _ in range(times):
        (tmp_path / "t.bin").write_bytes(damaged(kind, dice))
        try:
            seen = see(tmp_path / "t.bin")
            assert all(len(one.rows) == one.raw.facts["rows"] for one in seen)
        except KeguanError as error:
            codes = {problem.code for problem in error.problems}
            assert codes <= {"KG110", "KG112", "KG131", "KG140", "KG141", "KG143"}


def test_workbook_with_a_password_is_an_error(tmp_path: Path, refused: Any) -> None:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    content = book.get_biff_data()
    start = 4 + int.from_bytes(content[2:4], "little")
    locked = content[:start] + b"\x2f\x00\x36\x00\x01\x00\x01\x00\x01\x00" + b"\1" * 48 + content[start:]
    with (tmp_path / "t.xls").open("wb") as out:
        CompoundDoc.XlsDoc().save(out, locked)
    assert refused(tmp_path / "t.xls") == "KG140"


def test_device_files_are_refused(refused: Any) -> None:
    assert refused("/dev/zero") == "KG111"


def test_names_in_a_database_that_are_no_text_are_errors(tmp_path: Path, refused: Any) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as con, con:
        con.execute("CREATE TABLE orders (customer_id, ordered_at, amount)")
    path.write_bytes(path.read_bytes().replace(b"ordered_at", b"1rd\xf6red_at"))
    assert refused(path) == "KG160"


def test_a_zip_that_calls_its_member_by_no_text_is_an_error(tmp_path: Path, refused: Any) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("订单.csv", TEXT)
    local, _, rest = (tmp_path / "x.zip").read_bytes().partition("订单".encode())
    (tmp_path / "x.zip").write_bytes(local + b"\xff" * len("订单".encode()) + rest)
    assert refused(tmp_path / "x.zip") == "KG112"


def test_an_arrow_file_whose_texts_end_nowhere_is_an_error(tmp_path: Path, refused: Any) -> None:
    table = pa.table({"customer_id": ["a", "b"], "ordered_at": ["2024-03-05"] * 2, "amount": ["1", "2"]})
    feather.write_feather(table, tmp_path / "x.arrow", compression="uncompressed")
    content = (tmp_path / "x.arrow").read_bytes()
    offsets = b"\0\0\0\0\1\0\0\0\2\0\0\0"
    assert offsets in content
    (tmp_path / "x.arrow").write_bytes(content.replace(offsets, b"\0\0\0\0\1\0\0\x7f\2\0\0\0"))
    assert refused(tmp_path / "x.arrow") == "KG150"
