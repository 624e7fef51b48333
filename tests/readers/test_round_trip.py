"""A table written in any dialect, encoding, compression and line end comes back cell by cell."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import random
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.readers import Workdir, find_sources, read
from keguan.engine.intake.readers.typed import connect

PACKERS = {
    "": lambda content: content,
    ".gz": gzip.compress,
    ".xz": lambda content: lzma.compress(content, preset=0),
    ".bz2": bz2.compress,
    ".zst": lambda content: pa.compress(content, "zstd", asbytes=True),
}
CELLS = st.one_of(
    st.text(st.sampled_from("abcXYZ019 -_.客户订单金额上海"), min_size=1, max_size=12),
    st.text(st.sampled_from('ab\n",;\t|客'), max_size=8),
    st.from_regex(r"[0-9]{1,5}(\.[0-9]{2})?", fullmatch=True),
    st.just(""),
)


def cells_of(path: Path, **options: str) -> list[tuple[str | None, ...]]:
    """All rows of a file, in order."""
    with Workdir() as work, connect() as con:
        (raw,) = read(find_sources([path])[0], IntakeOptions(**options), work)  # type: ignore[arg-type]
        assert raw.bad_lines == ()
        rows = con.execute(f"SELECT * FROM {raw.attach(con)} ORDER BY record").fetchall()
        assert [row[-1] for row in rows] == list(range(1, len(rows) + 1))
        lines = raw.lines([row[-1] for row in rows])
        assert lines == sorted(lines) and len(set(lines)) == len(lines)
        return [row[:-1] for row in rows]


def comes_back(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: int, end: str, encoding: str, packer: str
) -> None:
    """Write a table in one way of many and read the same cells."""
    out = io.StringIO(newline="")
    quoting = (
        csv.QUOTE_ALL if end == "\r" else quoting
    )  # Python leaves a lone LF unquoted where lines end in CR
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerow(("客户编号", "备注", "金额"))
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "订单.csv" + packer)
        path.write_bytes(PACKERS[packer](out.getvalue().encode(encoding)))
        seen = cells_of(path, encoding="gb18030" if encoding == "gb18030" else None, delimiter=delimiter)  # type: ignore[arg-type]
    assert seen == [tuple(cell or None for cell in row) for row in rows]


written_tables = given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=2, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    packer=st.sampled_from(sorted(PACKERS)),
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@written_tables
def test_written_table_comes_back(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: int, end: str, encoding: str, packer: str
) -> None:
    comes_back(rows, delimiter, quoting, end, encoding, packer)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@written_tables
def test_many_written_tables_come_back(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: int, end: str, encoding: str, packer: str
) -> None:
    comes_back(rows, delimiter, quoting, end, encoding, packer)


SEEDS = [
    b"customer_id,ordered_at,amount\nC1,2024-03-05,1.50\nC2,2024-03-06,2.50\n",
    '客户;日期;金额\r\n甲;2024-03-05;1,5\r\n乙;2024-03-06;"a;b"\r\n'.encode("gb18030"),
    "客戶\t金額\n甲\t1\n乙\t2\n".encode("utf-16"),
    gzip.compress(b"a|b\n1|2\n3|4\n"),
    b" id date n\n 1 20240101 3\n 2 20240102 4\n",
    b'a,b\n1,"x\ny"\n2,"q""q"\n\n3,4,\n',
]


def mutated(seed: bytes, dice: random.Random) -> bytes:
    """A seed with a few bytes changed, dropped, doubled or spliced."""
    content = bytearray(seed)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(content) + 1)
        action = dice.randrange(5)
        if action == 0 and content:
            content[min(at, len(content) - 1)] = dice.randrange(256)
        elif action == 1:
            del content[at : at + dice.randint(1, 8)]
        elif action == 2:
            content[at:at] = content[at : at + 16] * dice.randint(1, 4)
        elif action == 3:
            content[at:at] = dice.choice(
                [b'"', b"\r", b"\n", b"\0", b"\xff", b",,", b"\\", "，".encode(), b"'"]
            )
        else:
            content[at:at] = dice.choice(SEEDS)[:40]
    return bytes(content)


def outcome(path: Path, home: Path) -> str:
    """`table` when a file could be read to its last row, else the code of its error."""
    with Workdir(home) as work, connect() as con:
        try:
            raws = read(find_sources([path])[0], IntakeOptions(), work)
        except KeguanError as error:
            return error.problems[0].code
        for raw in raws:
            rows = con.execute(f"SELECT * FROM {raw.attach(con)}").fetchall()
            assert len(rows) == raw.facts["rows"]
            assert len(raw.lines([row[-1] for row in rows])) == len(rows)
    return "table"


def mutate(tmp_path: Path, times: int, seed: int) -> list[str]:
    """What becomes of so many mutated files."""
    dice, path, outcomes = random.Random(seed), tmp_path / "t.csv", []
    for _ in range(times):
        path.write_bytes(mutated(dice.choice(SEEDS), dice))
        outcomes.append(outcome(path, tmp_path))
    assert all(one == "table" or one.startswith("KG1") for one in outcomes)
    return outcomes


@pytest.mark.slow
def test_mutated_files_end_in_a_table_or_a_coded_error(tmp_path: Path) -> None:
    assert 4 < mutate(tmp_path, 40, 20240305).count("table") < 38


@pytest.mark.slow
def test_many_mutated_files_end_in_a_table_or_a_coded_error(tmp_path: Path) -> None:
    assert 20 < mutate(tmp_path, 300, 20240306).count("table") < 290
