"""Fitting the models of a run: from statistics to a small record of plain numbers, rounded before anything rests on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from typing import Any

from keguan.core import fingerprint
from keguan.core.errors import fail
from keguan.engine.backends import Engine
from keguan.engine.fitted import statistics

Record = dict[str, Any]
"""A fitted model as plain data: its parameters, how well it fits, and its own `fingerprint`."""

YEARLY_RATE = 0.1
"""Effective yearly rate by which later purchases count less (our default)."""
_DIGITS = 10


def fit(name: str, engine: Engine, table: str, as_of: date) -> Record:
    """The record of one model on a kept table of measures. Raises KG801 without the extra, or `TooLittleData` where these
    data do not determine the model."""
    return _named(name, lambda: _FITS[name](engine, table, as_of))


def fit_purchases(model: str, engine: Engine, table: str, as_of: date) -> Record:
    """The record of a chosen repeat-purchase model, under the name `purchases`. Raises KG772, KG801, `TooLittleData`."""
    return _named("purchases", lambda: _repeat_purchases(model, engine, table, as_of))


def require_models() -> None:
    """Raises KG801 where the extra `models` is not installed."""
    if find_spec("scipy") is None:
        raise fail("KG801", extra="models")


def _named(name: str, make: Callable[[], Record]) -> Record:
    require_models()
    record = rounded(make())
    return {"name": name, **record, "fingerprint": fingerprint.of_json(record)}


def _repeat_purchases(model: str, engine: Engine, table: str, as_of: date) -> Record:
    from keguan.models import Statistics
    from keguan.models.repeat_purchase import fit_model

    found = statistics.histories(engine, table, as_of)
    return fit_model(model, Statistics.of(found["x"], found["t_x"], found["T"], found["n"])).to_dict()


def _purchases(engine: Engine, table: str, as_of: date) -> Record:
    """MBG/NBD: unlike under BG/NBD somebody who bought once may have left."""
    return _repeat_purchases("mbg-nbd", engine, table, as_of)


def _spending(engine: Engine, table: str, as_of: date) -> Record:
    """Gamma-Gamma on the mean net sales of a purchase day, with the margin of the whole base."""
    from keguan.models import GammaGamma

    found = statistics.spending(engine, table)
    model = GammaGamma.fit(found["days"], found["sales"] / found["days"], found["n"])
    margin = statistics.margin(engine, table)
    more = {"margin": None if margin is None else str(margin), "yearly_rate": YEARLY_RATE}
    return {**model.to_dict(), **more}


def _rhythm(engine: Engine, table: str, as_of: date) -> Record:
    import numpy as np

    from keguan.models import Gaps, Rhythm

    found = statistics.intervals(engine, table, as_of)
    x, t_x, T, log_sum = (
        np.repeat(found[k], found["n"]).astype(np.float64) for k in (*statistics.HISTORY, "log_sum")
    )
    nobody = np.arange(len(x))
    return Rhythm.fit(Gaps(nobody, x, t_x, log_sum / 1e6, nobody, T - t_x)).to_dict()


_FITS: dict[str, Callable[[Engine, str, date], Record]] = {
    "purchases": _purchases,
    "spending": _spending,
    "rhythm": _rhythm,
}


def rounded(value: Any) -> Any:
    """Every fraction at ten significant digits: what a machine adds in its own way does not show."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value
