"""All schemes over all tables of the example company: drawing, reading, classifying, and what each further group of schemes costs.

Run: `python -m bench company/run [--customers 100000] [--rounds 3] [--each] [--write]`; `--each` measures every scheme by itself
beside the cheapest one, `--write` puts the tables into bench/README.md.

Every measurement is a fresh process on warm files without its imports. Processor seconds are disturbed least where the machine is
busy with other work.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.classify._process import measured
from bench.classify._tables import put, table
from bench.company._jobs import MODELLED, PARTS, plan_of

START, END = "<!-- company: start -->", "<!-- company: end -->"
FIRST = "value-pyramid"
OTHERS = ("product", "item", "lead", "deal_contact", "relation", "customer_line", "purchase_role")
Figures = dict[str, float]


def groups(path: Path) -> dict[str, list[str]]:
    """The schemes over customers in the order they are added: one, then family by family, at last those with models."""
    plan = plan_of(path, (), "customer")
    found: dict[str, list[str]] = {FIRST: [FIRST]}
    for scheme in sorted(plan.schemes, key=lambda s: s.id in MODELLED):
        if scheme.id != FIRST:
            group = "with models" if scheme.id in MODELLED else scheme.family
            found.setdefault(group, []).append(scheme.id)
    return found


def median(name: str, path: Path, rounds: int, **options: Any) -> Figures:
    """Medians of one job over the rounds, its peak memory the largest."""
    runs = [measured(name, path, options) for _ in range(rounds)]
    found = {k: statistics.median(r[k] for r in runs) for k in ("wall", "cpu")} | {
        "rss": max(r["rss"] for r in runs)
    }
    print(
        f"{name:18} {found['wall']:8.2f} wall {found['cpu']:8.2f} cpu  {list(options.values())!s:.60}",
        flush=True,
    )
    return found


def steps(path: Path, wish: argparse.Namespace) -> dict[str, Figures]:
    """From nothing to reports."""
    common: dict[str, Any] = {"threads": wish.threads}
    once = {
        "drawing the company, its files written": median("company/draw", path, 1, customers=wish.customers),
        "reading the CSV files into parts": median("company/intake", path, 1),
    }
    return once | {
        "all schemes over customers": median("company/classify", path, wish.rounds, **common),
        "all schemes over the seven other subjects": median(
            "company/classify", path, wish.rounds, subjects=OTHERS, **common
        ),
        "the report, one page": median("company/report", path, 1, ending=".html", **common),
        "the report, a workbook": median("company/report", path, 1, ending=".xlsx", **common),
    }


def curve(path: Path, wish: argparse.Namespace) -> list[tuple[str, int, Figures]]:
    """Group after group: its name, how many schemes there are then, and what they cost together."""
    found, schemes = [], list[str]()
    for name, ids in groups(path).items():
        schemes += ids
        cost = median("company/classify", path, wish.rounds, schemes=list(schemes), threads=wish.threads)
        found.append((name, len(schemes), cost))
    return found


def alone(path: Path, wish: argparse.Namespace) -> list[tuple[str, Figures]]:
    """Every scheme by itself, the dearest first."""
    ids = [i for own in groups(path).values() for i in own]
    costs = [(i, median("company/classify", path, 1, schemes=[i], threads=wish.threads)) for i in ids]
    return sorted(costs, key=lambda pair: -pair[1]["cpu"])


def pages(found: Mapping[str, Any]) -> str:
    """Everything that was measured, as tables."""
    rounds = "one round" if found["rounds"] == 1 else f"medians of {found['rounds']} rounds"
    title = (
        f"**{found['customers']:,} customers, {found['rows']:,} rows in {found['tables']} tables, {found['threads']} threads**, "
        f"{rounds} for classes, load average {found['load'][0]:.1f} to {found['load'][1]:.1f}."
    )
    lines = [(name, *_costs(cost), f"{cost['rss']:.2f}") for name, cost in found["steps"].items()]
    head = ("", "wall s", "processor s", "peak GB")
    parts = [title, table(head, lines), "What further schemes cost, run folder written:"]
    rows, before = [], None
    for name, n, cost in found["curve"]:
        further = "" if before is None else f"{(cost['cpu'] - before[1]) / (n - before[0]):.2f}"
        rows.append((f"{n}", name if before is None else f"+ {name}", *_costs(cost), further))
        before = (n, cost["cpu"])
    parts.append(table(("schemes", "", "wall s", "processor s", "each further scheme, processor s"), rows))
    if found["alone"]:
        parts.append("The ten dearest, each in a run of its own (with the schemes it asks about):")
        dear = [(name, *_costs(cost)) for name, cost in found["alone"][:10]]
        cheap = found["alone"][-1]
        parts.append(
            table(("scheme", "wall s", "processor s"), [*dear, (f"cheapest: {cheap[0]}", *_costs(cheap[1]))])
        )
    return "\n\n".join(parts)


def _costs(cost: Figures) -> tuple[str, str]:
    return f"{cost['wall']:.2f}", f"{cost['cpu']:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and keep them where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--each", action="store_true", help="every scheme by itself as well")
    parser.add_argument("--json", type=Path, help="keep every figure")
    parser.add_argument("--write", nargs="?", const=Path("bench/README.md"), type=Path)
    wish = parser.parse_args(arguments)
    loads = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        found: dict[str, Any] = {"customers": wish.customers, "threads": wish.threads, "rounds": wish.rounds}
        found["steps"] = steps(path, wish)
        loads.append(os.getloadavg()[0])
        found["curve"] = curve(path, wish)
        loads.append(os.getloadavg()[0])
        found["alone"] = alone(path, wish) if wish.each else []
        kept = json.loads((path / PARTS).read_text(encoding="utf-8"))
    found |= {"rows": sum(p["rows"] for p in kept), "tables": len({p["table"] for p in kept})}
    found["load"] = [min(loads), max(loads)]
    text = pages(found)
    print(text)
    if wish.json:
        wish.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if wish.write:
        put(wish.write, text, START, END)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
