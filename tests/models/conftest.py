"""Shared by the tests of models: the CDNOW files of the package as customer-days, calibration in weeks, and holdout."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pytest
from numpy.typing import NDArray

from keguan.models import Statistics

END = np.datetime64("1997-09-30")


@dataclass(frozen=True)
class Base:
    """Statistics of the calibration period, mean spend of the repeat purchases, purchases in the 39 weeks after."""

    ids: NDArray[np.int64]
    data: Statistics
    spend: NDArray[np.float64]
    holdout: NDArray[np.int64]


def purchases(
    name: str,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Customer, day and amount of every customer-day, sorted."""
    raw = files("keguan").joinpath("catalogue", "data", "cdnow", f"CDNOW_{name}.txt.gz").read_bytes()
    lines = [line.split() for line in gzip.decompress(raw).decode("ascii").splitlines()]
    rows = [line for line in lines if line and line[0].isdigit()]
    customer = np.array([int(r[0]) for r in rows])
    day = np.array([f"{r[-3][:4]}-{r[-3][4:6]}-{r[-3][6:]}" for r in rows], dtype="datetime64[D]").astype(
        np.int64
    )
    key, at = np.unique(customer * 100_000 + day, return_inverse=True)
    amount = np.bincount(at, [float(r[-1]) for r in rows])
    return key // 100_000, key % 100_000, amount


def base(name: str = "sample") -> Base:
    """The base of the papers: 39 weeks to fit, 39 weeks to test, times in weeks."""
    customer, day, amount = purchases(name)
    end = END.astype(np.int64)
    early = day <= end
    ids, first, count = np.unique(customer[early], return_index=True, return_counts=True)
    first_day = day[early][first]
    last_day = day[early][first + count - 1]
    x = count - 1
    spent = np.bincount(np.searchsorted(ids, customer[early]), amount[early]) - amount[early][first]
    holdout = np.bincount(np.searchsorted(ids, customer[~early]), minlength=len(ids))
    data = Statistics.of(x, (last_day - first_day) / 7, (end - first_day) / 7, unit_days=7)
    return Base(ids, data, spent / np.maximum(x, 1), holdout)


@pytest.fixture(scope="session")
def sample() -> Base:
    """The 1/10 sample of the papers."""
    return base("sample")
