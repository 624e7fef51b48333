"""Do the 80 % intervals hold what they promise? Fits many simulated bases, counts, and writes the table of coverage.md.

    python -m bench models/coverage [--bases 2000] [--customers 1000] [--only pareto-nbd] [--keep FOLDER] [--processes 1] [--write]

For each model and each set of true parameters: the share of bases whose interval holds the true parameter (by likelihood ratio, and
by Wald on the logarithm), the share whose forecast of all purchases in the following period holds what then happened, and over
twenty customers of each base the share inside the printed count interval and the randomised PIT by fifths (each should be 20 %).
With `--keep`, each base's outcome is kept as one line of a file as soon as it is known, and a later run goes on from there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from keguan.models import BgNbd, GammaGamma, MbgNbd, ParetoNbd, Statistics, TooLittleData, simulate
from keguan.models._fitted import Fitted
from keguan.models._forecast import Forecasting

TRUTHS: list[Fitted] = [
    BgNbd.from_params(r=0.8, alpha=6.0, a=0.8, b=2.5),
    BgNbd.from_params(r=2.0, alpha=8.0, a=1.2, b=5.0),
    MbgNbd.from_params(r=0.8, alpha=6.0, a=0.9, b=2.5),
    ParetoNbd.from_params(r=0.8, alpha=6.0, s=0.8, beta=15.0),
    ParetoNbd.from_params(r=1.5, alpha=8.0, s=1.2, beta=30.0),
    GammaGamma.from_params(p=6.0, q=4.0, v=15.0),
]
LATER = 26.0
WATCHED = 20
TABLE = Path(__file__).with_name("coverage.md")
START, END = "<!-- coverage: start -->\n", "<!-- coverage: end -->\n"
HEAD = (
    "| model, true parameters | refused | likelihood ratio (%) | Wald (%) | forecast (%) | customers (%) | PIT fifths (%) |\n"
    "|---|---|---|---|---|---|---|"
)
Outcome = dict[str, Any]
"""One base: which intervals held, of parameters by letter and of the total; counts inside, and PIT, of a few customers. Empty where
the model refused the data."""


def one_base(truth: Fitted, customers: int, seed: int) -> tuple[int, Outcome]:
    """Simulate, fit, compare."""
    random = np.random.default_rng(seed)
    try:
        if isinstance(truth, Forecasting):
            return seed, _purchases(truth, customers, seed, random)
        return seed, {"wald": _held(truth, _spending(truth, customers, random).interval())}
    except TooLittleData:
        return seed, {}


def _purchases(truth: Forecasting, customers: int, seed: int, random: np.random.Generator) -> Outcome:
    data, later = simulate(truth, random.integers(26, 79, customers).astype(float), LATER, seed)
    fitted = type(truth).fit(data)  # type: ignore[attr-defined]
    total = fitted.forecast_total(data, LATER)
    few, happened = data.rows(slice(0, WATCHED)), later[:WATCHED]
    low, high = fitted.predict_count_interval(few, LATER)
    return {
        "ratio": _held(truth, fitted.profile_interval(data)),
        "wald": _held(truth, fitted.interval()),
        "forecast": float(total.low <= later.sum() <= total.high),
        "inside": float(((low <= happened) & (happened <= high)).mean()),
        "pit": pit(fitted, few, happened, random).tolist(),
    }


def _spending(truth: Fitted, customers: int, random: np.random.Generator) -> GammaGamma:
    """Everybody with one to ten repeat purchases."""
    p, q, v = truth.theta
    x = random.integers(1, 11, customers).astype(float)
    return GammaGamma.fit(x, random.gamma(p * x) / random.gamma(q, 1 / v, customers) / x)


def _held(truth: Fitted, intervals: dict[str, tuple[float, float]]) -> dict[str, float]:
    return {k: float(low <= truth.params[k] <= high) for k, (low, high) in intervals.items()}


def pit(
    fitted: Forecasting, data: Statistics, happened: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """Randomised probability integral transform of the counts, in fifths."""
    below, at = np.zeros(len(happened)), np.zeros(len(happened))
    for n in range(int(happened.max()) + 1):
        p = fitted.predict_count_probability(data, n, LATER)
        below += np.where(n < happened, p, 0.0)
        at += np.where(n == happened, p, 0.0)
    u = below + random.random(len(happened)) * at
    return np.histogram(u, np.linspace(0, 1 + 1e-9, 6))[0] / len(happened)


def outcomes(truth: Fitted, wish: argparse.Namespace) -> list[Outcome]:
    """The outcome of every base, those kept by an earlier run not computed again."""
    kept = {} if wish.keep is None else dict(_read(_file(truth, wish)))
    open_ = [seed for seed in range(wish.bases) if seed not in kept]
    with ProcessPoolExecutor(wish.processes) as pool:
        for seed, outcome in pool.map(partial(one_base, truth, wish.customers), open_, chunksize=10):
            kept[seed] = outcome
            if wish.keep is not None:
                with _file(truth, wish).open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps([seed, outcome]) + "\n")
    return [kept[seed] for seed in range(wish.bases)]


def _file(truth: Fitted, wish: argparse.Namespace) -> Path:
    wish.keep.mkdir(parents=True, exist_ok=True)
    name = "-".join(f"{k}{v:g}" for k, v in truth.params.items())
    path: Path = wish.keep / f"{truth.NAME}-{name}-{wish.customers}.jsonl"
    return path


def _read(path: Path) -> Iterator[tuple[int, Outcome]]:
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        seed, outcome = json.loads(line)
        yield seed, outcome


def row(truth: Fitted, found: list[Outcome]) -> str:
    """One line of the table."""
    kept = [o for o in found if o]

    def letters(way: str) -> str:
        shares = {k: [o[way][k] for o in kept if k in o[way]] for k in truth.LETTERS if way in kept[0]}
        return ", ".join(f"{k} {100 * np.mean(v):.1f}" for k, v in shares.items()) or "–"

    def share(name: str) -> str:
        values = [o[name] for o in kept if name in o]
        return f"{100 * np.mean(values):.1f}" if values else "–"

    pits = [o["pit"] for o in kept if "pit" in o]
    fifths = " ".join(f"{v:.1f}" for v in 100 * np.mean(pits, axis=0)) if pits else "–"
    name = f"{truth.NAME} " + ", ".join(f"{k}={v:g}" for k, v in truth.params.items())
    cells = (name, len(found) - len(kept), letters("ratio"), letters("wald"), share("forecast"))
    return "| " + " | ".join(map(str, (*cells, share("inside"), fifths))) + " |"


def main(arguments: list[str]) -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--bases", type=int, default=2000)
    asked.add_argument("--customers", type=int, default=1000)
    asked.add_argument("--only", help="a model's name")
    asked.add_argument("--keep", type=Path, help="a folder for the outcome of each base")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--write", action="store_true", help="put the table into coverage.md")
    wish = asked.parse_args(arguments)
    lines = [HEAD]
    print(HEAD)
    for truth in TRUTHS:
        if wish.only in (None, truth.NAME):
            lines.append(row(truth, outcomes(truth, wish)))
            print(lines[-1], flush=True)
    if wish.write:
        before, rest = TABLE.read_text(encoding="utf-8").split(START)
        after = rest.split(END)[1]
        said = f"{wish.bases:,} bases of {wish.customers:,} customers for each row.\n\n"
        TABLE.write_text(before + START + said + "\n".join(lines) + "\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
