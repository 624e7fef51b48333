"""Do the windows of the purchase rhythm hold the next purchase? Time splits of real bases; the table is kept in rhythm.md.

    python -m bench models/rhythm

CDNOW comes with the package; Online Retail, a Chinese sample superstore and a sample of invoices are added where KEGUAN_DATA names
the folder that has them. Splits are fixed below. A base whose days until the split carry a season is judged with it and without, and
where known customers come more and more often, or less and less, with that drift too.

Customers who have not come back by the end of the data are censored. `window holds` is the Kaplan-Meier share of the next dates
inside the 80 % window, a silent customer counting with the probability of still being one. Where the data end before anybody's late
edge, nothing tells how many come after it: the least and the most that the window may hold are given, and in brackets what it holds if
who is still silent keeps to the law from there on. `returned only` leaves all silent customers out and so favours whoever came soon. The mean absolute error in days is over those who returned, for the rhythm's expected
date, for last date plus the customer's own median gap, and for BG/NBD's mean waiting time.
"""

from __future__ import annotations

import csv
import gzip
import lzma
import os
import tempfile
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TextIO

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

import keguan as kg
from keguan.models import BgNbd, Drift, Gaps, Rhythm, Season, Statistics, TooLittleData
from keguan.models.rhythm import _survival

Days = NDArray[np.int64]
SPLITS = {
    "CDNOW": ("1997-09-30", "1997-12-31"),
    "Online Retail": ("2011-06-30", "2011-08-31"),
    "Superstore": ("2016-06-30", "2016-09-30", "2016-12-31", "2017-03-31", "2017-06-30"),
    "Receivables": ("2012-12-31", "2013-06-30"),
}


def cdnow() -> tuple[Days, Days]:
    raw = files("keguan").joinpath("catalogue", "data", "cdnow", "CDNOW_master.txt.gz").read_bytes()
    rows = [r.split() for r in gzip.decompress(raw).decode("ascii").splitlines()[1:]]
    return np.array([int(r[0]) for r in rows]), _days([f"{r[1][:4]}-{r[1][4:6]}-{r[1][6:]}" for r in rows])


def online_retail(folder: Path) -> tuple[Days, Days]:
    def read(lines: TextIO) -> list[tuple[int, str]]:
        return [
            (int(float(r["CustomerID"])), r["InvoiceDate"])
            for r in csv.DictReader(lines)
            if r["CustomerID"] and float(r["Quantity"]) > 0 and float(r["UnitPrice"]) > 0
        ]

    with lzma.open(folder / "online_retail" / "online_retail.csv.xz", "rt", encoding="utf-8") as lines:
        rows = read(lines)
    return np.array([r[0] for r in rows]), _days([_iso(r[1]) for r in rows])


def superstore(folder: Path) -> tuple[Days, Days]:
    """Purchase days as `keguan` reads them from the workbook."""
    with tempfile.TemporaryDirectory() as kept:
        source = folder / "chinese" / "superstore_zh.xls"
        book = kg.open(source, currency="CNY", tz="Asia/Shanghai", folder=Path(kept))
        [part] = [p for p in book.facts.parts if p.table == "orders"]
        read = pq.read_table(part.path, columns=["customer_id", "ordered_on"])
    _, ids = np.unique(read["customer_id"].to_numpy(), return_inverse=True)
    return ids, read["ordered_on"].to_numpy().astype("datetime64[D]").astype(np.int64)


def receivables(folder: Path) -> tuple[Days, Days]:
    """Days on which customers were invoiced."""
    [path] = (folder / "receivables").glob("*.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8-sig") as lines:
        rows = [(r["customerID"], r["InvoiceDate"]) for r in csv.DictReader(lines) if r["InvoiceDate"]]
    _, ids = np.unique([r[0] for r in rows], return_inverse=True)
    return ids, _days([_iso(r[1]) for r in rows])


def repeats(customer: Days, day: Days, split: int) -> tuple[Days, NDArray[np.float64]]:
    """Days until the split, and how many repeat purchases there were on each."""
    pairs = np.unique(np.stack((customer, day)), axis=1)
    again = np.append(False, pairs[0, 1:] == pairs[0, :-1]) & (pairs[1] <= split)
    days, n = np.unique(pairs[1][again], return_counts=True)
    return days, n.astype(float)


def season_until(customer: Days, day: Days, split: int) -> Season:
    """The season of repeat purchases until the split."""
    return Season.learn(*repeats(customer, day, split))


def _iso(stamp: str) -> str:
    return (
        stamp[:10]
        if stamp[4:5] == "-"
        else datetime.strptime(stamp.split()[0], "%m/%d/%Y").date().isoformat()
    )


def _days(dates: list[str]) -> Days:
    return np.array(dates, dtype="datetime64[D]").astype(np.int64)


def next_days(customer: Days, day: Days, split: int, ids: Days) -> Days:
    """The first purchase day after the split of each customer in `ids`, −1 for none."""
    later = day > split
    order = np.lexsort((day[later], customer[later]))
    who, first = np.unique(customer[later][order], return_index=True)
    found = np.full(len(ids), -1)
    at = np.searchsorted(ids, who)
    mine = (at < len(ids)) & (ids[np.minimum(at, len(ids) - 1)] == who)
    found[at[mine]] = day[later][order][first][mine]
    return found


def kaplan_meier(
    u: NDArray[np.float64], happened: NDArray[np.bool_], weight: NDArray[np.float64], at: list[float]
) -> list[float]:
    order = np.argsort(u, kind="stable")
    u, happened, weight = u[order], happened[order], weight[order]
    risk = np.cumsum(weight[::-1])[::-1]
    survival = np.cumprod(1 - np.where(happened, weight, 0.0) / risk)
    return [float(np.append(1.0, survival)[np.searchsorted(u, v, side="right")]) for v in at]


def median_gaps(customer: Days, day: Days, split: int, ids: Days) -> NDArray[np.float64]:
    keep = day <= split
    pairs = np.unique(np.stack((customer[keep], day[keep])), axis=1)
    starts = np.searchsorted(pairs[0], ids)
    ends = np.searchsorted(pairs[0], ids, side="right")
    return np.array(
        [np.median(np.diff(pairs[1, s:e])) if e - s > 1 else 0.0 for s, e in zip(starts, ends, strict=True)]
    )


def judge(name: str, customer: Days, day: Days, split: int, season: Season, drift: Drift) -> str:
    end = int(day.max())
    gaps = Gaps.of(customer, day, split)
    fitted = Rhythm.fit(gaps, season, drift)
    due, after = fitted.predict(gaps), next_days(customer, day, split, gaps.customer)
    came = after >= 0
    theta, (counted, clock) = fitted.theta, fitted._on_clock(gaps)

    def law(days: NDArray[np.float64]) -> NDArray[np.float64]:
        waited = days if clock is None else clock.between(gaps.last, gaps.last + days.astype(np.int64))
        return _survival(theta, counted.n, counted.total, waited)

    waited = np.where(came, after, end) - gaps.last.astype(float)
    coin = np.random.default_rng(0).random(len(waited))
    whole, day_before = law(waited), law(np.maximum(waited - 1, gaps.open))
    u = 1 - np.where(came, coin * day_before + (1 - coin) * whole, whole) / law(gaps.open)
    odds_left = theta[3] / (theta[4] + np.maximum(gaps.n, 1) - 1) / whole
    weight = np.where(came, 1.0, 1 / (1 + odds_left))
    known = due.known
    both = known & came
    date = after[both].astype("datetime64[D]")
    held = ((due.early_on[both] <= date) & (date <= due.late_on[both])).mean()
    forecasts = (
        due.expected_on[both].astype(np.int64),
        np.maximum(gaps.last + median_gaps(customer, day, split, gaps.customer), split + 1)[both],
    )
    errors = [f"{np.abs(after[both] - f).mean():.1f}" for f in forecasts] + [
        _by_bg_nbd(gaps, split, after, both)
    ]
    share = f"{_held(u[known], came[known], weight[known])} | {100 * held:.1f}"
    returns = f"{due.p_returns[known].sum():.0f} / {both.sum()}"
    return f"| {name} | {known.sum():,} | {share} | {returns} | {' | '.join(errors)} |"


def _held(u: NDArray[np.float64], came: NDArray[np.bool_], weight: NDArray[np.float64]) -> str:
    """The share, in per cent, of next dates between the edges 0.1 and 0.9 of the law, or its bounds where none is seen until 0.9."""
    seen = min(float(u.max()), 0.9)
    early, late = kaplan_meier(u, came, weight, [0.1, seen])
    least = f"{100 * (early - late):.1f}"
    if seen == 0.9:
        return least
    return f"{least} … {100 * early:.1f} ({100 * (early - late * 0.1 / (1 - seen)):.1f})"


def _by_bg_nbd(gaps: Gaps, split: int, after: Days, rows: NDArray[np.bool_]) -> str:
    """The error of BG/NBD's mean waiting time, where the base determines that model."""
    x = gaps.n.astype(int)
    data = Statistics.of(x, gaps.total, gaps.total + gaps.open)
    try:
        bg = BgNbd.fit(data).params
    except TooLittleData:
        return "–"
    foreseen = split + (bg["alpha"] + data.T) / (bg["r"] + x)
    return f"{np.abs(after - foreseen)[rows].mean():.1f}"


def bases() -> dict[str, tuple[Days, Days]]:
    """The base that comes with the package, and public ones where `KEGUAN_DATA` names their folder."""
    found = {"CDNOW": cdnow()}
    if "KEGUAN_DATA" in os.environ:
        folder = Path(os.environ["KEGUAN_DATA"])
        found |= {
            "Online Retail": online_retail(folder),
            "Superstore": superstore(folder),
            "Receivables": receivables(folder),
        }
    return found


def main() -> None:
    print(
        "| base, split | customers with a rhythm | window holds (%) | returned only (%) | still customers / came back "
        "| MAE rhythm (days) | MAE last + median gap | MAE BG/NBD |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, (customer, day) in bases().items():
        for split in SPLITS[name]:
            last = int(np.datetime64(split).astype(np.int64))
            known = repeats(customer, day, last)
            season, gaps = Season.learn(*known), Gaps.of(customer, day, last)
            drift = Drift.learn(gaps, season, *known)
            clocks = {"": (Season(), Drift())}
            if season:
                kinds = " and ".join(k for k, v in season.to_dict().items() if v)
                clocks[f", by {kinds}"] = (season, Drift())
            if drift:
                also = " and" if season else ", by"
                clocks[f"{[*clocks][-1]}{also} drift ({np.expm1(drift.yearly):+.0%} a year)"] = (
                    season,
                    drift,
                )
            for clock, parts in clocks.items():
                print(judge(f"{name}, {split}{clock}", customer, day, last, *parts), flush=True)


if __name__ == "__main__":
    main()
