"""Classifying beside the floor, one group-by per customer: time, processor time and memory, as medians of ratios.

Run: `python -m bench classify/run [--orders 10000000] [--rounds 5] [--write]`; `--large`, `--spark`, `--polars` and
`--lifetimes PYTHON` add what they name, `--write` puts the tables into bench/README.md.

Every measurement is a fresh process on a warm file, and a floor is measured right before it, so that a busy machine disturbs
both alike. Processor seconds are disturbed least.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.classify._ours import STEPS, scheme_ids
from bench.classify._process import measured
from bench.classify._tables import put, tables
from bench.classify.generate import generate

LARGE_MEMORY = "3GB"  # what DuckDB may hold of the 4 GB a large base is allowed


@dataclass
class Line:
    """What is measured: a job, its options, and one pair of figures per round, its floor's and its own."""

    label: str
    job: str
    table: str
    options: dict[str, Any] = field(default_factory=dict)
    path: Path = Path()
    python: str | None = None
    rounds: int = 1
    pairs: list[tuple[dict[str, float], dict[str, float]]] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)

    def turn(self, threads: int) -> None:
        """Measure the floor, then the job."""
        self.loads.append(os.getloadavg()[0])
        base = measured("floor", self.path, {"threads": threads, "memory": self.options.get("memory")})
        wanted = {"threads": threads, "folder": str(self.path.parent), **self.options}
        self.pairs.append((base, measured(self.job, self.path, wanted, python=self.python)))

    def summary(self) -> dict[str, Any]:
        """Medians over the rounds; ratios are taken round by round."""
        own = {k: statistics.median(mine[k] for _, mine in self.pairs) for k in ("wall", "cpu")}
        ratios = {
            f"{k}_ratio": statistics.median(m[k] / b[k] for b, m in self.pairs) for k in ("wall", "cpu")
        }
        base = {f"floor_{k}": statistics.median(b[k] for b, _ in self.pairs) for k in ("wall", "cpu", "rss")}
        return {
            "label": self.label,
            "table": self.table,
            **own,
            **base,
            **ratios,
            "rss": max(m["rss"] for _, m in self.pairs),
            "load": [min(self.loads), max(self.loads)],
            "rounds": len(self.pairs),
        }


def lines(wish: argparse.Namespace, data: Path) -> Iterator[Line]:
    """Everything that was asked for, in the order of the tables."""
    every, modelled = scheme_ids()
    many = [n for n in STEPS if n < len(every)]
    common: dict[str, Any] = {"path": data, "rounds": wish.rounds}
    yield Line("three schemes, in the engine", "materialised", "floor", **common)
    yield Line("three schemes, run folder written", "written", "floor", **common)
    yield Line(
        f"all {len(every)} schemes, run folder written", "written", "floor", {"schemes": every}, **common
    )
    wanted = {"schemes": [*every, *modelled]}
    yield Line(f"these and {len(modelled)} with models, written", "written", "floor", wanted, **common)
    yield Line("the floor by customer number", "floor", "floor", {"key": "customer_no"}, **common)
    for n in many:
        yield Line(f"{n}", "written", "curve", {"schemes": every[:n]}, **common)
    once = {**common, "rounds": min(wish.rounds, 3)}
    yield Line("pandas, with care", "pandas", "peers", **once)
    if wish.polars:
        yield Line("Polars, streaming", "polars", "peers", **once)
    if wish.lifetimes:
        yield Line(
            "lifetimes, its summary alone",
            "lifetimes",
            "peers",
            **{**once, "rounds": 1},
            python=wish.lifetimes,
        )
    for path in [wish.large] if wish.large else []:
        options = {"memory": LARGE_MEMORY}
        yield Line("in the engine", "materialised", "large", options, path)
        yield Line("run folder written", "written", "large", options, path)
    for path in [wish.spark] if wish.spark else []:
        yield Line("DuckDB", "written", "spark", path=path)
        yield Line("Spark, local[2], first run with its start", "written", "spark", {"engine": "spark"}, path)


def measure_all(wish: argparse.Namespace, data: Path) -> list[dict[str, Any]]:
    """Round by round, so that a quiet or a busy minute falls on all alike."""
    wanted = list(lines(wish, data))
    measured("floor", data, {})  # warms the file
    for turn in range(max(line.rounds for line in wanted)):
        for line in wanted:
            if turn < line.rounds:
                line.turn(wish.threads)
                base, mine = line.pairs[-1]
                print(
                    f"{turn + 1} {line.table:6} {line.label:42} wall {mine['wall']:7.2f} cpu {mine['cpu']:7.2f} "
                    f"x floor {mine['wall'] / base['wall']:6.2f} {mine['cpu'] / base['cpu']:6.2f} "
                    f"peak {mine['rss']:.2f} GB, load {line.loads[-1]:.1f}",
                    flush=True,
                )
    return [line.summary() for line in wanted]


def count_of(path: Path) -> int:
    """Orders in a file."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and keep them where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=10_000_000, help="how many to generate without --data")
    parser.add_argument("--data", type=Path, help="a file that classify/generate made")
    parser.add_argument("--large", type=Path, help="a ten times larger one, once, within 4 GB")
    parser.add_argument("--spark", type=Path, help="a small one, once, for information")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--polars", action="store_true")
    parser.add_argument(
        "--lifetimes", metavar="PYTHON", help="a Python that has lifetimes, setuptools<81 and pandas<3"
    )
    parser.add_argument("--json", type=Path, help="keep every figure")
    parser.add_argument("--write", nargs="?", const=Path("bench/README.md"), type=Path)
    wish = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = wish.data or Path(folder, "orders.parquet")
        if not wish.data:
            generate(data, wish.orders)
        sizes = {
            "floor": count_of(data),
            **{n: count_of(p) for n in ("large", "spark") if (p := getattr(wish, n))},
        }
        found = {"orders": sizes, "threads": wish.threads, "lines": measure_all(wish, data)}
    text = tables(found)
    print(text)
    if wish.json:
        wish.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if wish.write:
        put(wish.write, text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
