"""Reading and cleaning a CSV file beside DuckDB's bare `read_csv` with the same check for repeated rows.

Run: `python bench/reading/intake.py [--rows 2000000] [--rounds 5] [--file orders|lines]`. The file is generated from its
row numbers. Both sides run in a process of their own, one after the other, and what is compared is their processor time:
on a machine that does other work, wall-clock time measures the others.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from keguan.engine.intake.readers.typed import connect, file_literal

FILES = {
    "orders": """
        SELECT 'C' || (i * 7919 % (1 + {rows} // 10)) AS customer_id,
               DATE '2020-01-01' + (i * 1500 // {rows})::INTEGER AS order_date, 'O' || i AS order_id,
               round((hash(i) % 100000) / 100, 2) AS amount,
               CASE WHEN i % 3 = 0 THEN 'shop, north' ELSE 'web' END AS channel
        FROM range({rows}) AS t(i)""",
    "lines": """
        SELECT (536365 + i // 5)::VARCHAR AS InvoiceNo, (20000 + hash(i) % 4000)::VARCHAR || 'A' AS StockCode,
               1 + hash(i + 1) % 20 AS Quantity, TIMESTAMP '2020-01-01' + INTERVAL 1 MINUTE * (i // 5) AS InvoiceDate,
               round((hash(i) % 10000) / 100, 2) AS UnitPrice,
               CASE WHEN i % 50 <> 0 THEN (12000 + hash(i // 5) % 40000)::VARCHAR || '.0' END AS CustomerID
        FROM range({rows}) AS t(i)""",
}


def bare(path: Path) -> None:
    """DuckDB's reader with its own detection of types, into a table, and how many rows repeat another one."""
    with connect() as con:
        con.execute(f"CREATE TABLE t AS SELECT * FROM read_csv({file_literal(path)})")
        con.execute(
            "SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM t GROUP BY hash(t) HAVING n > 1)"
        ).fetchall()


def ours(path: Path) -> None:
    """Reading, checking every line, mapping, typing, all quirks, reconciliation and the sorted parts on disk."""
    from keguan.engine.intake import intake
    from keguan.engine.intake.options import IntakeOptions
    from keguan.engine.intake.parts import PartStore
    from keguan.engine.intake.readers import Workdir, find_sources, read

    with Workdir() as work, tempfile.TemporaryDirectory() as parts:
        raws = [raw for source in find_sources([path]) for raw in read(source, IntakeOptions(), work)]
        intake(raws, IntakeOptions(), PartStore(Path(parts)))


def alone(side: str, path: Path) -> dict[str, float]:
    """One side in a process of its own: processor and wall-clock seconds, and its peak memory in MB."""
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--path", str(path)], capture_output=True, check=True
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def answer(side: str, path: Path) -> None:
    """What the process of one side prints."""
    import resource

    started = time.perf_counter()
    (bare if side == "bare" else ours)(path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.perf_counter() - started
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "wall": wall, "peak": used.ru_maxrss / 1024}))


def main() -> None:
    """Print each round and the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--file", choices=FILES, default="orders")
    parser.add_argument("--side", choices=("bare", "ours"), help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    wish = parser.parse_args()
    if wish.side:
        answer(wish.side, wish.path)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{wish.file}.csv")
        with connect() as con:
            con.execute(f"COPY ({FILES[wish.file].format(rows=wish.rows)}) TO {file_literal(path)} (HEADER)")
        ratios: dict[str, list[float]] = {"cpu": [], "wall": []}
        for turn in range(wish.rounds):
            first, second = alone("bare", path), alone("ours", path)
            for kind, found in ratios.items():
                found.append(second[kind] / first[kind])
            print(
                f"round {turn + 1}: bare {first['cpu']:.2f} s ({first['peak']:.0f} MB), "
                f"keguan {second['cpu']:.2f} s ({second['peak']:.0f} MB), ratio {ratios['cpu'][-1]:.2f}"
            )
        medians = ", ".join(f"{kind} {statistics.median(found):.2f}" for kind, found in ratios.items())
        print(f"median ratios over {wish.rows:,} rows of {wish.file}: {medians}")


if __name__ == "__main__":
    main()
