"""The repeat-purchase models by name, the way a kept record names them; knows no data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keguan.core.errors import Place, fail
from keguan.models._forecast import Forecasting
from keguan.models._statistics import Statistics
from keguan.models.bg_nbd import BgNbd
from keguan.models.mbg_nbd import MbgNbd
from keguan.models.pareto_nbd import ParetoNbd

_BY_NAME: dict[str, type[BgNbd] | type[ParetoNbd]] = {m.NAME: m for m in (MbgNbd, BgNbd, ParetoNbd)}
NAMES = tuple(_BY_NAME)
"""In the order in which equals are preferred."""


def fit_model(name: str, data: Statistics) -> Forecasting:
    """The model of that name fitted to `data`. Raises KG772 for an unknown name, `TooLittleData` for data that do not suffice."""
    return _class(name).fit(data)


def fit_record(name: str, data: Statistics) -> dict[str, Any]:
    """The fitted model as plain data, with the intervals to print. Raises as `fit_model`."""
    data = data.grouped()
    fitted = fit_model(name, data)
    bounds = fitted.told_interval(data)
    return {**fitted.to_dict(), "interval": {k: list(b) for k, b in bounds.items()}}


def read_model(record: Mapping[str, Any]) -> Forecasting:
    """The model a record holds. Raises KG772, or KG854 where the record is damaged."""
    return _class(str(record.get("model"))).from_dict(dict(record))


def _class(name: str) -> type[BgNbd] | type[ParetoNbd]:
    if name not in _BY_NAME:
        raise fail("KG772", Place(field="model"), found=name, known=", ".join(NAMES))
    return _BY_NAME[name]
