"""How long `keguan fit` and `keguan predict` take on a file of customers' statistics, what the fit alone costs, and how much memory.

    python -m bench models/scale [--customers 1000000 10000000] [--lifetimes PYTHON] [--pymc PYTHON] [--write]

The base is drawn from a BG/NBD at day resolution over three years and kept as Parquet. A user's wait is a fresh process from the
command to the written record, imports included. Fits alone are in processor seconds, which a busy machine disturbs least;
lifetimes and PyMC-Marketing fit the same customers in the same run, by interpreters that have them, with their libraries' threads
as they come and held to one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BASELINE = """
import json, sys, time
import pyarrow.parquet as pq
from lifetimes import BetaGeoFitter
d = pq.read_table(sys.argv[1]).to_pandas()
started = time.process_time()
fitter = BetaGeoFitter().fit(d["x"], d["t_x"], d["T"])
print(json.dumps({"seconds": time.process_time() - started, "params": dict(fitter.params_)}))
"""
PYMC = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd, pyarrow.parquet as pq
from pymc_marketing.clv import BetaGeoModel
d = pq.read_table(sys.argv[1])
frame = pd.DataFrame({
    "customer_id": np.arange(d.num_rows), "frequency": d["x"].to_numpy(), "recency": d["t_x"].to_numpy(), "T": d["T"].to_numpy(),
})
started = time.process_time()
model = BetaGeoModel(data=frame)
model.fit(method="map", progressbar=False)
print(json.dumps({"seconds": time.process_time() - started}))
"""
OURS = """
import json, sys, time
import pyarrow.parquet as pq
from keguan.models import BgNbd, Statistics
d = pq.read_table(sys.argv[1])
data = Statistics.of(*(d[n].to_numpy() for n in ("x", "t_x", "T")))
BgNbd.fit(data)
started = time.process_time()
BgNbd.fit(data)
print(json.dumps({"seconds": time.process_time() - started}))
"""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
MODELS = ("bg-nbd", "gamma-gamma", "pareto-nbd")
WANTED = {"bg-nbd": (2, 5), "gamma-gamma": (2, 5), "pareto-nbd": (3, 8)}
"""Seconds of a user's wait that are promised for one and for ten million customers."""
BATCH = 1_000_000
ROUNDS = 3
TABLE = Path(__file__).with_name("scale.md")
START, END = "<!-- scale: start -->\n", "<!-- scale: end -->\n"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds and the result."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def make(customers: int, path: Path) -> None:
    """x, t_x, T in whole days and the mean amount of the repeat purchases, as Parquet."""
    from keguan.models import BgNbd, simulate

    random, truth = np.random.default_rng(0), BgNbd.from_params(r=0.8, alpha=40.0, a=0.8, b=4.0)
    names = {"x": pa.int32(), "t_x": pa.int32(), "T": pa.int32(), "amount": pa.float64()}
    with pq.ParquetWriter(path, pa.schema(names.items())) as file:
        for start in range(0, customers, BATCH):
            n = min(BATCH, customers - start)
            T = random.integers(180, 1096, n)
            data, _ = simulate(truth, T.astype(float), 0.0, start)
            x, bought = data.x.astype(np.int32), np.maximum(data.x, 1)
            amount = random.gamma(6.0 * bought) / random.gamma(4.0, 1 / 15.0, n) / bought
            columns = (x, np.ceil(data.t_x).astype(np.int32), T.astype(np.int32), amount.round(2))
            file.write_table(pa.table(dict(zip(names, columns, strict=True))))


def waited(*arguments: object) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak memory in GB of one command in a fresh process."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "keguan", *map(str, arguments), "--quiet", "--force"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {status}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def commands(path: Path, folder: Path) -> list[str]:
    """Table rows of what a user waits for: the quickest of a few rounds, and the slowest."""
    rows = []
    jobs: list[tuple[str, tuple[object, ...]]] = [
        (f"fit {m}", ("fit", path, "--model", m, "--out", folder / m)) for m in MODELS
    ]
    jobs.append(("predict bg-nbd", ("predict", folder / "bg-nbd", path, "--out", folder / "scores.parquet")))
    for name, arguments in jobs:
        rounds = sorted(waited(*arguments) for _ in range(ROUNDS))
        wall = f"{rounds[0][0]:.2f} … {rounds[-1][0]:.2f}"
        processor, memory = min(r[1] for r in rounds), max(r[2] for r in rounds)
        rows.append(f"| `keguan {name}` | {wall} | {_wanted(name, path)} | {processor:.2f} | {memory:.2f} |")
    return rows


def _wanted(name: str, path: Path) -> str:
    model = name.split()[-1]
    place = 1 if pq.read_metadata(path).num_rows > BATCH else 0
    return f"≤ {WANTED[model][place]}" if name.startswith("fit") else ""


def kernels(path: Path) -> list[str]:
    """Table rows of fits and scores alone."""
    from keguan.models import BgNbd, GammaGamma, ParetoNbd, Statistics

    table = pq.read_table(path)
    data = Statistics.of(*(table[n].to_numpy() for n in ("x", "t_x", "T")))
    rows = []
    for model in (BgNbd, ParetoNbd):
        seconds, fitted = min((timed(lambda m=model: m.fit(data)) for _ in range(5)), key=lambda r: r[0])
        scored = min(timed(lambda f=fitted: f.predict_orders(data, 365.0))[0] for _ in range(2))
        rows.append(f"| {model.NAME} | {seconds:.3f} | {scored:.2f} |")
    spent = min(timed(lambda: GammaGamma.fit(table["x"], table["amount"]))[0] for _ in range(3))
    rows.append(f"| gamma-gamma | {spent:.3f} | – |")
    return rows


def beside(path: Path, others: dict[str, tuple[str, str]]) -> list[str]:
    """Table rows of the same BG/NBD fit by others, (interpreter, code) by name, each the median of some processes."""
    rows, ours = [], (0.0, 0.0)
    for name, (python, code) in {"Keguan": (sys.executable, OURS), **others}.items():
        spent = tuple(_alone(python, code, path, env) for env in ({}, dict.fromkeys(THREADS, "1")))
        ours = ours if any(ours) else spent
        times = (
            f"{s:.3f}" + (f", {s / o:.0f} times ours" if s > o else "")
            for s, o in zip(spent, ours, strict=True)
        )
        rows.append(f"| {name} | {' | '.join(times)} |")
    return rows


def _alone(python: str, code: str, path: Path, env: dict[str, str]) -> float:
    def once() -> float:
        done = subprocess.run(
            [python, "-c", code, path], check=True, capture_output=True, text=True, env={**os.environ, **env}
        )
        return float(json.loads(done.stdout.splitlines()[-1])["seconds"])

    return statistics.median(once() for _ in range(ROUNDS))


def clusters() -> list[str]:
    """Table rows of clusters on a million customers in five measures."""
    from keguan.models import Clusters

    random = np.random.default_rng(0)
    centres = random.normal(0, 4, (6, 5))
    values = centres[random.integers(0, 6, BATCH)] + random.normal(0, 1, (BATCH, 5))
    rows = []
    for method in ("kmeans", "mixture"):
        for k, said in ((5, "5"), (range(2, 9), "chosen from 2 to 8")):
            spent, found = timed(lambda m=method, k=k: Clusters.fit(values, k, m))
            told = timed(lambda f=found: f.assign(values))[0]
            rows.append(f"| {method}, {said} | {spent:.2f} | {told:.2f} |")
    return rows


def main(arguments: list[str]) -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--customers", type=int, nargs="+", default=[BATCH])
    asked.add_argument("--lifetimes", metavar="PYTHON", help="an interpreter that has lifetimes")
    asked.add_argument("--pymc", metavar="PYTHON", help="an interpreter that has pymc-marketing")
    asked.add_argument("--write", action="store_true", help="put the tables into scale.md")
    wish = asked.parse_args(arguments)
    known = {"lifetimes": (wish.lifetimes, BASELINE), "PyMC-Marketing, MAP": (wish.pymc, PYMC)}
    others = {n: (p, code) for n, (p, code) in known.items() if p}
    lines = []
    for customers in wish.customers:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "customers.parquet"
            make(customers, path)
            lines += [
                "",
                f"| {customers:,} customers | wall s | wanted | processor s | peak GB |",
                "|---|---|---|---|---|",
            ]
            lines += commands(path, Path(folder))
            lines += [
                "",
                "| alone, in a warm process | fit, processor s | P(alive) and purchases |",
                "|---|---|---|",
            ]
            lines += kernels(path)
            if others and customers <= BATCH:
                lines += [
                    "",
                    "| bg-nbd alone, processor s | threads as they come | one thread |",
                    "|---|---|---|",
                ]
                lines += beside(path, others)
    lines += ["", f"| clusters of {BATCH:,} × 5 | fit, processor s | assign |", "|---|---|---|", *clusters()]
    load = os.getloadavg()[0]
    said = f"The quickest and the slowest of {ROUNDS} rounds; load average {load:.1f} at the end.\n"
    print("\n".join([said, *lines]))
    if wish.write:
        before, rest = TABLE.read_text(encoding="utf-8").split(START)
        text = "\n".join([said.rstrip(), *lines]) + "\n"
        TABLE.write_text(before + START + text + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
