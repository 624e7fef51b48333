"""Which model foresees a base best: all are fitted to what was known at a split and judged by what came after, beside the
simple answers anybody can give. Numpy in, plain numbers out; knows no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keguan.core.errors import KeguanError, Problem
from keguan.models._errors import TooLittleData
from keguan.models._forecast import DAYS_PER_YEAR, Forecasting
from keguan.models._special import Floats
from keguan.models._statistics import Statistics
from keguan.models.gamma_gamma import GammaGamma
from keguan.models.repeat_purchase import NAMES, fit_model

#: Customers with as many repeat purchases or more share the last bin.
LAST_BIN = 7
TOP = 0.1
#: Forecast scores nearer than this are equal, and the model named first is taken.
TIED = 0.05
BASELINES = ("last-year", "own-pace", "pareto-rank")


@dataclass(frozen=True)
class Split:
    """A base cut in two: what was known of each customer on one day, and what came in the `horizon` days after.

    `data` has one row per customer, in days. `later` counts purchase days after the split and `later_sales` their money;
    `sales` is the money until the split, `sales_12m` and `orders_12m` those of its last twelve months.
    """

    data: Statistics
    later: Floats
    later_sales: Floats
    sales: Floats
    sales_12m: Floats
    orders_12m: Floats
    horizon: float


@dataclass(frozen=True)
class Standing:
    """How one candidate did. Counts are purchase days a customer; None where a candidate says nothing of the kind.

    `log_likelihood` is of the fit; `later_log_likelihood` is what the forecasts gave to what then happened, the figure to
    choose by. `total` is foreseen over real purchases; `top_decile` the share of later money that came from the tenth of
    customers ranked first.
    """

    name: str
    log_likelihood: float | None = None
    later_log_likelihood: float | None = None
    mae: float | None = None
    rmse: float | None = None
    total: float | None = None
    top_decile: float | None = None
    brier: float | None = None
    by_frequency: list[float] = field(default_factory=list)
    reliability: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """All candidates on one split. `recommended` foresaw best what came; `missing` says why others could not be fitted."""

    n_customers: int
    horizon: float
    actual: list[dict[str, float]]
    standings: list[Standing]
    recommended: str
    beaten_by: list[str]
    missing: dict[str, Problem]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        kept = asdict(self)
        kept["missing"] = {n: {"code": p.code, "values": dict(p.values)} for n, p in self.missing.items()}
        return kept


def compare(split: Split, names: Sequence[str] = NAMES) -> Comparison:
    """Fit and judge every candidate. Raises `KeguanError` with every reason where no model can be fitted."""
    distinct, at = split.data.distinct()
    amount = _amounts(split)
    standings: list[Standing] = []
    missing: dict[str, Problem] = {}
    for name in names:
        try:
            model = fit_model(name, split.data)
        except TooLittleData as wrong:
            missing[name] = wrong.problems[0]
            continue
        standings.append(_judge_model(model, distinct, at, amount, split))
    if not standings:
        raise KeguanError(list(missing.values()))
    highest = max(s.later_log_likelihood or -np.inf for s in standings)
    best = next(s for s in standings if (s.later_log_likelihood or -np.inf) >= highest - TIED)
    plain = [_judge_counts(n, counts, ranking, split) for n, counts, ranking in _plain_answers(split)]
    beaten_by = [s.name for s in plain if _is_better(s, best)]
    return Comparison(
        len(split.later),
        split.horizon,
        _actual(split),
        standings + plain,
        best.name,
        beaten_by,
        missing,
    )


def _is_better(plain: Standing, best: Standing) -> bool:
    """Whether a simple answer was nearer by customer or found more of the later money."""
    nearer = plain.mae is not None and best.mae is not None and plain.mae < best.mae
    finer = (plain.top_decile or 0.0) > (best.top_decile or 0.0)
    return nearer or finer


def _plain_answers(split: Split) -> list[tuple[str, Floats | None, Floats]]:
    """(name, foreseen purchases, ranking): as last year; at each customer's own pace; who has brought most so far."""
    T = np.maximum(split.data.T.astype(np.float64), 1.0)
    observed = np.minimum(T, DAYS_PER_YEAR)
    last_year = split.orders_12m * split.horizon / np.where(observed < DAYS_PER_YEAR, observed, DAYS_PER_YEAR)
    last_year = np.minimum(last_year, split.horizon)
    own_pace = split.data.x / T * split.horizon
    return [
        ("last-year", last_year, split.sales_12m),
        ("own-pace", own_pace, own_pace * _own_amounts(split)),
        ("pareto-rank", None, split.sales),
    ]


def _own_amounts(split: Split) -> Floats:
    result: Floats = np.maximum(split.sales, 0.0) / (split.data.x + 1.0)
    return result


def _amounts(split: Split) -> Floats:
    """What a purchase of each customer is worth, by Gamma-Gamma on what was known, else by the own mean."""
    own, days = _own_amounts(split), split.data.x + 1.0
    try:
        return GammaGamma.fit(days, own).predict_value(days, own)
    except TooLittleData:
        return own


def _judge_model(
    model: Forecasting, distinct: Statistics, at: NDArray[np.intp], amount: Floats, split: Split
) -> Standing:
    foreseen = model.predict_orders(distinct, split.horizon)[at]
    silent = model.predict_count_probability(distinct, 0, split.horizon)[at]
    buys = np.clip(1.0 - silent, 0.0, 1.0)
    came = split.later > 0
    plain = _judge_counts(model.NAME, foreseen, foreseen * amount, split)
    return Standing(
        **{
            **asdict(plain),
            "log_likelihood": model.log_likelihood,
            "later_log_likelihood": _log_score(model, split),
            "brier": float(np.mean((buys - came) ** 2)),
            "reliability": _reliability(buys, came),
        }
    )


def _log_score(model: Forecasting, split: Split) -> float:
    """Σ ln P(what each customer then bought)."""
    total = 0.0
    for count in np.unique(split.later):
        rows = np.flatnonzero(split.later == count)
        some, at = split.data.rows(rows).distinct()
        chance = model.predict_count_probability(some, int(count), split.horizon)
        total += float(np.log(np.maximum(chance, 1e-300))[at].sum())
    return total


def _judge_counts(name: str, foreseen: Floats | None, ranking: Floats, split: Split) -> Standing:
    top = _top_share(ranking, split.later_sales)
    if foreseen is None:
        return Standing(name, top_decile=top)
    off = foreseen - split.later
    real = float(split.later.sum())
    return Standing(
        name,
        mae=float(np.abs(off).mean()),
        rmse=float(np.sqrt((off**2).mean())),
        total=float(foreseen.sum()) / real if real > 0 else None,
        top_decile=top,
        by_frequency=_means(foreseen, split.data.x),
    )


def _top_share(ranking: Floats, value: Floats) -> float | None:
    """The share of `value` held by the first tenth; equals at the edge share what is left, so that no order of rows counts."""
    whole = float(value.sum())
    if whole <= 0:
        return None
    seats = max(1, round(TOP * len(ranking)))
    edge = np.partition(ranking, len(ranking) - seats)[len(ranking) - seats]
    above, on = ranking > edge, ranking == edge
    part = (seats - above.sum()) / on.sum()
    return float(value[above].sum() + part * value[on].sum()) / whole


def _bins(x: NDArray[Any]) -> NDArray[np.int64]:
    result: NDArray[np.int64] = np.minimum(x, LAST_BIN).astype(np.int64)
    return result


def _means(values: Floats, x: NDArray[Any]) -> list[float]:
    """The mean of `values` by repeat purchases until the split, 0 to 7 and more; 0 where nobody is."""
    n = np.bincount(_bins(x), minlength=LAST_BIN + 1)
    sums = np.bincount(_bins(x), values, LAST_BIN + 1)
    return [float(s) for s in sums / np.maximum(n, 1)]


def _actual(split: Split) -> list[dict[str, float]]:
    n = np.bincount(_bins(split.data.x), minlength=LAST_BIN + 1)
    means = _means(split.later, split.data.x)
    return [{"x": x, "customers": int(n[x]), "mean": means[x]} for x in range(LAST_BIN + 1)]


def _reliability(buys: Floats, came: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Foreseen beside real shares of buyers, by tenths of the foreseen probability."""
    place = np.minimum((buys * 10).astype(np.int64), 9)
    rows = []
    for tenth in np.unique(place):
        here = place == tenth
        rows.append(
            {
                "customers": int(here.sum()),
                "foreseen": float(buys[here].mean()),
                "real": float(came[here].mean()),
            }
        )
    return rows
