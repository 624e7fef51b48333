"""Models of a customer base: who is still alive, who buys again and when, what they are worth, and which leads
become customers.

Usable alone: numpy or Arrow arrays in, numpy out; knows no engine and no scheme. Names are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keguan.models._errors import CoarseMean, CoarseRate, CoarseShare, TooLittleData
    from keguan.models._forecast import Forecast
    from keguan.models._statistics import Statistics
    from keguan.models.bg_bb import BgBb
    from keguan.models.bg_nbd import BgNbd
    from keguan.models.clusters import Clusters, Evidence
    from keguan.models.drift import Drift
    from keguan.models.gamma_gamma import GammaGamma
    from keguan.models.lead_conversion import Factors, Judgement, LeadConversion
    from keguan.models.mbg_nbd import MbgNbd
    from keguan.models.pareto_nbd import ParetoNbd
    from keguan.models.rhythm import Gaps, NextPurchase, Rhythm
    from keguan.models.season import Season
    from keguan.models.shifted_beta_geometric import ShiftedBetaGeometric
    from keguan.models.simulation import simulate
    from keguan.models.value import lifetime_value

_HOMES = {
    "Statistics": "_statistics",
    "BgNbd": "bg_nbd",
    "MbgNbd": "mbg_nbd",
    "ParetoNbd": "pareto_nbd",
    "BgBb": "bg_bb",
    "ShiftedBetaGeometric": "shifted_beta_geometric",
    "GammaGamma": "gamma_gamma",
    "Gaps": "rhythm",
    "NextPurchase": "rhythm",
    "Rhythm": "rhythm",
    "Season": "season",
    "Drift": "drift",
    "Clusters": "clusters",
    "Evidence": "clusters",
    "Factors": "lead_conversion",
    "Judgement": "lead_conversion",
    "LeadConversion": "lead_conversion",
    "lifetime_value": "value",
    "simulate": "simulation",
    "Forecast": "_forecast",
    "CoarseRate": "_errors",
    "CoarseMean": "_errors",
    "CoarseShare": "_errors",
    "TooLittleData": "_errors",
}

__all__ = [
    "BgBb",
    "BgNbd",
    "Clusters",
    "CoarseMean",
    "CoarseRate",
    "CoarseShare",
    "Drift",
    "Evidence",
    "Factors",
    "Forecast",
    "GammaGamma",
    "Gaps",
    "Judgement",
    "LeadConversion",
    "MbgNbd",
    "NextPurchase",
    "ParetoNbd",
    "Rhythm",
    "Season",
    "ShiftedBetaGeometric",
    "Statistics",
    "TooLittleData",
    "lifetime_value",
    "simulate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
