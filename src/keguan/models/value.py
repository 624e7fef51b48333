"""A customer's value to come: discounted purchases times the amount of one times the margin; knows no likelihood."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keguan.core.errors import Place, fail
from keguan.models._forecast import DAYS_PER_YEAR, Forecasting
from keguan.models._special import Floats
from keguan.models._statistics import Statistics


def lifetime_value(
    model: Forecasting,
    data: Statistics,
    value_per_order: ArrayLike,
    *,
    margin: float = 1.0,
    yearly_rate: float = 0.1,
    months: float | None = 36,
) -> Floats:
    """CLV per row of `data` in the currency of `value_per_order`, never negative (Fader, Hardie & Lee 2005, "RFM and CLV", eq. 1).

    `value_per_order` comes from `GammaGamma.predict_value` or any other estimate; `margin` is a share of it, in [0, 1];
    `yearly_rate` the effective discount rate of a year; `months` calendar months from T on, None for no end.
    """
    value = np.asarray(value_per_order, dtype=np.float64)
    if not np.all((value >= 0) & (value < np.inf)):
        raise fail(
            "KG852",
            Place(field="value_per_order"),
            rule="value_per_order >= 0 and finite",
            rows=int((~(value >= 0)).sum()),
        )
    if not 0 <= margin <= 1:
        raise fail("KG855", Place(field="margin"), rule="0 <= margin <= 1")
    horizon = np.inf if months is None else months * DAYS_PER_YEAR / 12 / model.unit_days
    result: Floats = margin * value * model.predict_discounted_orders(data, yearly_rate, horizon)
    return result
