"""The plain answer when data cannot carry a model: what is missing, and the coarser figure that is still honest."""

from __future__ import annotations

from dataclasses import dataclass

from keguan.core.errors import KeguanError, Problem
from keguan.models._special import Floats


@dataclass(frozen=True)
class CoarseRate:
    """Events per unit of time pooled over everybody, with its exact 80 % Poisson bounds; no claim about any one customer."""

    rate: float
    low: float
    high: float
    n_customers: float
    n_events: float

    @classmethod
    def of(cls, n_events: float, exposure: float, n_customers: float) -> CoarseRate:
        """From a count of events in `exposure` customer-units of time (Garwood 1936); without exposure, 0 to infinity."""
        if exposure <= 0:
            return cls(0.0, 0.0, float("inf"), n_customers, n_events)
        from scipy.special import gammaincinv

        low = float(gammaincinv(n_events, 0.1)) if n_events > 0 else 0.0
        high = float(gammaincinv(n_events + 1.0, 0.9))
        return cls(n_events / exposure, low / exposure, high / exposure, n_customers, n_events)


@dataclass(frozen=True)
class CoarseMean:
    """The plain mean of amounts over everybody, with the 80 % bounds of its standard error."""

    mean: float
    low: float
    high: float
    n_customers: float

    @classmethod
    def of(cls, amounts: Floats, n: Floats) -> CoarseMean:
        """From one amount per row standing for n customers; without rows, 0 to infinity."""
        customers = float(n.sum())
        if customers <= 0:
            return cls(0.0, 0.0, float("inf"), customers)
        mean = float(amounts @ n) / customers
        spread = (
            1.2816
            * float(((amounts - mean) ** 2 @ n) ** 0.5)
            / max(customers - 1.0, 1e-9) ** 0.5
            / customers**0.5
        )
        known = customers > 1
        return cls(
            mean,
            max(mean - spread, 0.0) if known else 0.0,
            mean + spread if known else float("inf"),
            customers,
        )


@dataclass(frozen=True)
class CoarseShare:
    """The share of everybody with an outcome, with its exact 80 % binomial bounds; no claim about any one of them."""

    share: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, n_events: int, n: int) -> CoarseShare:
        """From n_events among n (Clopper & Pearson 1934, Biometrika 26, 404-413); of nobody, 0 to 1."""
        from scipy.special import betaincinv

        low = float(betaincinv(n_events, n - n_events + 1, 0.1)) if n_events > 0 else 0.0
        high = float(betaincinv(n_events + 1, n - n_events, 0.9)) if n_events < n else 1.0
        return cls(n_events / n if n else 0.0, low, high, n)


Coarse = CoarseRate | CoarseMean | CoarseShare


class TooLittleData(KeguanError):
    """A model was asked of data that do not determine it; `coarse` is what they do say."""

    def __init__(self, problem: Problem, coarse: Coarse) -> None:
        super().__init__(problem)
        self.coarse = coarse


def too_few(code: str, model: str, found: float, needed: float, coarse: Coarse) -> TooLittleData:
    """Fewer than the model needs: KG850 of customers who bought again, KG856 of rhythms, KG857 of customers who
    left, KG780 of leads of the rarer outcome."""
    return TooLittleData(
        Problem(
            code,
            values={"model": model, "found": f"{found:g}", "needed": f"{needed:g}"},
        ),
        coarse,
    )


def not_identified(model: str, parameters: str, coarse: Coarse) -> TooLittleData:
    """KG851: the likelihood has no interior maximum, so that some parameters could be anything."""
    return TooLittleData(Problem("KG851", values={"model": model, "parameters": parameters}), coarse)
