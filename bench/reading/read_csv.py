"""Reading CSV beside DuckDB's bare `read_csv`: medians of ratios over rounds in one process.

Run: `python bench/reading/read_csv.py [--rows 10000000] [--rounds 5]`. The file is generated, seeded by its row numbers.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.readers import Workdir, find_sources, read
from keguan.engine.intake.readers.typed import connect, file_literal

ORDERS = """
COPY (SELECT 'C' || (i * 7919 % 1000000) AS customer_id, DATE '2020-01-01' + (i % 1500)::INT AS ordered_on,
             'O' || i AS order_id, round((i * 31 % 100000) / 100, 2) AS amount,
             CASE WHEN i % 3 = 0 THEN 'shop, north' ELSE 'web' END AS channel
      FROM range({rows}) t(i)) TO {path} (HEADER)
"""


def bare(path: Path) -> None:
    """DuckDB's reader with its own detection, all text, into a table."""
    with connect() as con:
        con.execute(f"CREATE TABLE t AS SELECT * FROM read_csv({file_literal(path)}, all_varchar = true)")


def ours(path: Path) -> None:
    """Deciding, checking every line and the same table with record numbers."""
    with Workdir() as work, connect() as con:
        (raw,) = read(find_sources([path])[0], IntakeOptions(), work)
        con.execute(f"SELECT max(record) FROM {raw.attach(con)}").fetchall()


def seconds(job: Callable[[Path], None], path: Path) -> float:
    """Wall-clock time of one job."""
    started = time.perf_counter()
    job(path)
    return time.perf_counter() - started


def main() -> None:
    """Print each round and the median ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "orders.csv")
        with connect() as con:
            con.execute(ORDERS.format(rows=wish.rows, path=file_literal(path)))
        ratios = []
        for turn in range(wish.rounds):
            first, second = seconds(bare, path), seconds(ours, path)
            ratios.append(second / first)
            print(f"round {turn + 1}: bare {first:.2f} s, keguan {second:.2f} s, ratio {ratios[-1]:.2f}")
        print(f"median ratio {statistics.median(ratios):.2f} over {wish.rows:,} rows")


if __name__ == "__main__":
    main()
