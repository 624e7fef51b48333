"""How long fitting and scoring take, and how much memory, on generated customers; ratios against lifetimes in the same run.

    python bench/models/scale.py [customers] [interpreter that has lifetimes]

The base is drawn from a BG/NBD at day resolution over three years. Kernels are in
processor seconds of their one thread, which a busy machine disturbs least; a user's wait is wall time.
"""

from __future__ import annotations

import json
import resource
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
import pandas as pd
from lifetimes import BetaGeoFitter
d = pd.read_parquet(sys.argv[1])
started = time.process_time()
fitter = BetaGeoFitter().fit(d["x"], d["t_x"], d["T"])
print(json.dumps({"seconds": time.process_time() - started, "params": dict(fitter.params_)}))
"""

USER = """
import pyarrow.parquet as pq
from keguan.models import {model}, GammaGamma, Statistics
t = pq.read_table({path!r})
f = {model}.fit({arguments})
assert f.converged
"""


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds and the result."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def make(customers: int, path: Path) -> None:
    """x, t_x, T in whole days and the mean amount of the repeat purchases, as Parquet."""
    from keguan.models import BgNbd, simulate

    random = np.random.default_rng(0)
    T = random.integers(180, 1096, customers)
    data, _ = simulate(BgNbd.from_params(r=0.8, alpha=40.0, a=0.8, b=4.0), T.astype(float), 0.0, 0)
    x = data.x.astype(np.int32)
    amount = random.gamma(6.0 * np.maximum(x, 1)) / random.gamma(4.0, 1 / 15.0, customers) / np.maximum(x, 1)
    columns = {"x": x, "t_x": np.ceil(data.t_x).astype(np.int32), "T": T.astype(np.int32), "amount": amount}
    pq.write_table(pa.table(columns), path)


def as_a_user_waits(path: Path, model: str) -> tuple[float, float]:
    """Seconds of a fresh process that imports, reads and fits, and its peak memory in GB."""
    arguments = "t['x'], t['amount']" if model == "GammaGamma" else "Statistics.of(t['x'], t['t_x'], t['T'])"
    code = USER.format(model=model, path=str(path), arguments=arguments)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started, max(
        before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    ) / 1e6


def main() -> None:
    from keguan.models import BgNbd, GammaGamma, ParetoNbd, Statistics

    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.parquet"
        make(customers, path)
        waits = {m: as_a_user_waits(path, m) for m in ("BgNbd", "GammaGamma", "ParetoNbd")}
        table = pq.read_table(path)
        data = Statistics.of(table["x"], table["t_x"], table["T"])
        kernels: dict[str, float] = {}
        scores: dict[str, float] = {}
        for model in (BgNbd, ParetoNbd):
            kernels[model.__name__], fitted = min(
                (timed(lambda m=model: m.fit(data)) for _ in range(3)), key=lambda r: r[0]
            )
            scores[model.__name__] = min(
                timed(lambda f=fitted: f.predict_orders(data, 365.0))[0] for _ in range(2)
            )
        kernels["GammaGamma"] = min(
            timed(lambda: GammaGamma.fit(table["x"], table["amount"]))[0] for _ in range(3)
        )
        print(
            f"| {customers:,} customers | process, from Parquet (s) | peak memory (GB) | fit alone (s) | P(alive) and purchases (s) |"
        )
        print("|---|---|---|---|---|")
        for name, (wait, memory) in waits.items():
            score = f"{scores[name]:.2f}" if name in scores else "–"
            print(f"| {name} | {wait:.2f} | {memory:.2f} | {kernels[name]:.3f} | {score} |")
        if len(sys.argv) > 2:
            run = subprocess.run(
                [sys.argv[2], "-c", BASELINE, str(path)], check=True, capture_output=True, text=True
            )
            baseline = json.loads(run.stdout.splitlines()[-1])
            ratio = baseline["seconds"] / kernels["BgNbd"]
            print(
                f"\nBG/NBD fit in lifetimes: {baseline['seconds']:.2f} s, {ratio:.0f} times ours; {baseline['params']}"
            )


if __name__ == "__main__":
    main()
