"""What every fitted model carries: parameters with their uncertainty, how well it fits, and JSON both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from keguan.core.errors import Place, fail
from keguan.models._errors import Coarse, not_identified
from keguan.models._newton import Maximum
from keguan.models._special import Floats

#: Two-sided normal quantiles are computed from levels; 80 % is the house's habit.
LEVEL = 0.8


@dataclass(frozen=True)
class Fitted:
    """Parameters θ of one model (all positive), by the papers' letters, on times of `unit_days` days.

    `log_covariance` is the covariance of ln θ (inverse observed information), None for parameters that were given and not
    fitted; `n` counts customers. `edge` names parameters that the data push to an extreme where forecasts no longer depend on
    their exact value (a base that nobody leaves, say): they have no standard error.
    """

    params: dict[str, float]
    log_covariance: tuple[tuple[float, ...], ...] | None = None
    log_likelihood: float | None = None
    n: float = 0.0
    converged: bool = False
    iterations: int = 0
    unit_days: float = 1.0
    edge: tuple[str, ...] = ()

    NAME: ClassVar[str]
    LETTERS: ClassVar[tuple[str, ...]]

    @classmethod
    def from_params(cls, *, unit_days: float = 1.0, **params: float) -> Self:
        """The model at given parameters, say published ones. Raises KG853 unless each letter has a positive number."""
        wrong = [
            k for k in {*cls.LETTERS, *params} if k not in cls.LETTERS or not 0 < params.get(k, 0) < np.inf
        ]
        if wrong:
            raise fail(
                "KG853",
                Place(field=", ".join(sorted(wrong))),
                model=cls.NAME,
                letters=", ".join(cls.LETTERS),
            )
        return cls({k: float(params[k]) for k in cls.LETTERS}, unit_days=unit_days)

    @classmethod
    def _from_maximum(
        cls,
        found: Maximum,
        scale: Floats,
        n: float,
        coarse: Callable[[], Coarse],
        unit_days: float = 1.0,
        loose: frozenset[str] = frozenset(),
    ) -> Self:
        """The fitted model, or `TooLittleData` where the likelihood has no interior maximum.

        Letters in `loose` may end at an edge.
        """
        flat = [cls.LETTERS[i] for i in found.flat]
        if not loose.issuperset(flat):
            raise not_identified(cls.NAME, ", ".join(flat), coarse())
        firm = [i for i, letter in enumerate(cls.LETTERS) if letter not in flat]
        covariance = np.zeros((len(scale), len(scale)))
        covariance[np.ix_(firm, firm)] = found.covariance(firm)
        return cls(
            params={k: float(v) for k, v in zip(cls.LETTERS, np.exp(found.theta) * scale, strict=True)},
            log_covariance=tuple(tuple(float(c) for c in row) for row in covariance),
            log_likelihood=float(found.value),
            n=float(n),
            converged=found.converged or bool(flat),
            iterations=found.iterations,
            unit_days=unit_days,
            edge=tuple(flat),
        )

    @property
    def theta(self) -> Floats:
        """The parameters in the order of `LETTERS`."""
        return np.array([self.params[k] for k in self.LETTERS])

    @property
    def se(self) -> dict[str, float]:
        """Standard errors of the parameters (delta method from the logarithms): none for given ones and for those in `edge`."""
        if self.log_covariance is None:
            return {}
        log_se = np.sqrt(np.diag(np.array(self.log_covariance)))
        errors = zip(self.LETTERS, self.theta * log_se, strict=True)
        return {k: float(v) for k, v in errors if k not in self.edge}

    def interval(self, level: float = LEVEL) -> dict[str, tuple[float, float]]:
        """Wald intervals on the logarithmic scale, so that they stay positive; empty for given parameters."""
        z = normal_quantile(0.5 + level / 2)
        return {
            k: (
                self.params[k] * float(np.exp(-z * s / self.params[k])),
                self.params[k] * float(np.exp(z * s / self.params[k])),
            )
            for k, s in self.se.items()
        }

    def _moved(self, log_theta: Floats) -> Self:
        """This model at other parameters (for derivatives of forecasts)."""
        return replace(
            self,
            params={k: float(v) for k, v in zip(self.LETTERS, np.exp(log_theta), strict=True)},
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; `from_dict` gives an equal model back."""
        covariance = None if self.log_covariance is None else [list(row) for row in self.log_covariance]
        return {
            "model": self.NAME,
            "params": dict(self.params),
            "log_covariance": covariance,
            "log_likelihood": self.log_likelihood,
            "n": self.n,
            "converged": self.converged,
            "iterations": self.iterations,
            "unit_days": self.unit_days,
            "edge": list(self.edge),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The model that `to_dict` wrote. Raises KG854 for another model's record or a damaged one."""
        try:
            if data["model"] != cls.NAME:
                raise fail("KG854", model=cls.NAME, found=str(data["model"]))
            given = cls.from_params(unit_days=float(data["unit_days"]), **data["params"])
            covariance = data["log_covariance"]
            return replace(
                given,
                log_covariance=None
                if covariance is None
                else tuple(tuple(float(c) for c in row) for row in covariance),
                log_likelihood=None if data["log_likelihood"] is None else float(data["log_likelihood"]),
                n=float(data["n"]),
                converged=bool(data["converged"]),
                iterations=int(data["iterations"]),
                edge=tuple(str(k) for k in data["edge"]),
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise fail("KG854", model=cls.NAME, found=f"{type(wrong).__name__}: {wrong}") from wrong


def normal_quantile(p: float) -> float:
    """The standard normal quantile."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)
