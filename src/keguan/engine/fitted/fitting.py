"""Fitting the models of a run: from the statistics of a kept table of measures to records of plain numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from keguan.engine.backends import Engine
from keguan.engine.fitted import statistics
from keguan.engine.fitted.leads import fit_conversion
from keguan.engine.fitted.records import Record, named, spending_record


def fit(name: str, engine: Engine, table: str, as_of: date) -> Record:
    """The record of one model on a kept table of measures. Raises KG801 without the extra, or `TooLittleData` where these
    data do not determine the model."""
    return named(name, lambda: _FITS[name](engine, table, as_of))


def fit_purchases(model: str, engine: Engine, table: str, as_of: date) -> Record:
    """The record of a chosen repeat-purchase model, under the name `purchases`. Raises KG772, KG801, `TooLittleData`."""
    return named("purchases", lambda: _repeat_purchases(model, engine, table, as_of))


def _repeat_purchases(model: str, engine: Engine, table: str, as_of: date) -> Record:
    from keguan.models import Statistics
    from keguan.models.repeat_purchase import fit_record

    found = statistics.histories(engine, table, as_of)
    return fit_record(model, Statistics.of(found["x"], found["t_x"], found["T"], found["n"]))


def _purchases(engine: Engine, table: str, as_of: date) -> Record:
    """MBG/NBD: unlike under BG/NBD somebody who bought once may have left."""
    return _repeat_purchases("mbg-nbd", engine, table, as_of)


def _spending(engine: Engine, table: str, as_of: date) -> Record:
    """Gamma-Gamma on the mean net sales of a purchase day, with the margin of the whole base."""
    from keguan.models import GammaGamma

    found = statistics.spending(engine, table)
    model = GammaGamma.fit(found["days"], found["sales"] / found["days"], found["n"])
    return spending_record(model.to_dict(), statistics.margin(engine, table))


def _rhythm(engine: Engine, table: str, as_of: date) -> Record:
    """Gaps of everybody who came back, on the clock of season and drift where the days of purchases carry them."""
    import numpy as np

    from keguan.models import Drift, Gaps, Rhythm, Season

    found = statistics.intervals(engine, table, as_of)
    x, t_x, T, log_sum = (
        np.repeat(found[k], found["n"]).astype(np.float64) for k in (*statistics.HISTORY, "log_sum")
    )
    nobody, last = np.arange(len(x)), statistics.day_of(as_of) - (T - t_x).astype(np.int64)
    gaps = Gaps(nobody, x, t_x, log_sum / 1e6, last, T - t_x)
    days = statistics.repeat_orders(engine, table, as_of)
    season = Season.learn(*days)
    return Rhythm.fit(gaps, season, Drift.learn(gaps, season, *days)).to_dict()


_FITS: dict[str, Callable[[Engine, str, date], Record]] = {
    "purchases": _purchases,
    "spending": _spending,
    "rhythm": _rhythm,
    "conversion": lambda engine, table, _: fit_conversion(engine, table),
}
