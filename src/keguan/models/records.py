"""Any fitted model from the record that names it; knows no data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keguan.models as models
from keguan.core.errors import fail
from keguan.models._fitted import Fitted

_CLASSES = {
    "mbg-nbd": "MbgNbd",
    "bg-nbd": "BgNbd",
    "pareto-nbd": "ParetoNbd",
    "bg-bb": "BgBb",
    "shifted-beta-geometric": "ShiftedBetaGeometric",
    "gamma-gamma": "GammaGamma",
    "rhythm": "Rhythm",
}


def read_fitted(record: Mapping[str, Any]) -> Fitted:
    """The model a record holds, with its parameters and their uncertainty. Raises KG854 for an unknown or damaged record."""
    name = str(record.get("model"))
    if name not in _CLASSES:
        raise fail("KG854", model=", ".join(_CLASSES), found=name)
    fitted: Fitted = getattr(models, _CLASSES[name]).from_dict(dict(record))
    return fitted
