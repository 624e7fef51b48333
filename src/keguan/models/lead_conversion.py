"""Lead conversion: how likely a lead is to be won, learned from leads that are closed, and what speaks for and against it.

Each field gives a lead one number, the log-odds of its level against the average, drawn towards nothing where few were seen
(beta-binomial shrinkage); a logistic regression weighs the fields. It is fitted to numbers learned without the lead's own fold
(stacking: Wolpert 1992, Neural Networks 5, 241-259), so that it also corrects what the levels claim too much. Ten of the rarer
outcome per field: Peduzzi et al. (1996), J. of Clinical Epidemiology 49, 1373-1379. Knows no engine; numpy or Arrow in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keguan.core import fingerprint
from keguan.core.errors import Place, fail
from keguan.models._errors import CoarseShare, too_few
from keguan.models._levels import Levels, by_content, columns
from keguan.models._special import Floats

#: Leads of the rarer outcome per parameter (one a field, and the average) without which nothing is claimed.
EVENTS_PER_PARAMETER = 10
FOLDS = 5
#: Ridge on the fields' weights: as strong as one prior observation of a weight near 0, of standard deviation 1.
RIDGE = 1.0
BINS = 10
_DECIMALS = 10


@dataclass(frozen=True)
class Factors:
    """What moves each lead most, shape (leads, top) each: the field, its level in words, and its log-odds against the average lead."""

    field: NDArray[np.object_]
    level: NDArray[np.object_]
    effect: Floats


@dataclass(frozen=True)
class Judgement:
    """How leads closed after day `cut` were foreseen by those closed up to it.

    `auc` is the probability that a lead won was ranked above one lost; `brier` the mean squared error of the probability (lower
    is better), `brier_average` that of telling everybody the earlier average; `reliability` has the mean foreseen and the real
    share in groups of about equally many (`n`) by probability.
    """

    cut: int
    n_before: int
    n_after: int
    auc: float
    brier: float
    brier_average: float
    reliability: tuple[dict[str, float], ...]


@dataclass(frozen=True)
class LeadConversion:
    """P(won | fields) = logistic(intercept + Σ weight · effect of the level). Weights are never negative.

    `fields` hold the levels with their counts, `weights` one number for each; `n` and `won` count the leads learned from.
    """

    fields: tuple[Levels, ...]
    weights: tuple[float, ...]
    intercept: float
    n: int
    won: int

    NAME: ClassVar[str] = "lead-conversion"

    @classmethod
    def fit(cls, fields: Mapping[str, Any], won: ArrayLike) -> Self:
        """Learn from closed leads: `fields` name -> words, numbers or truth values, one per lead, missing ones allowed; `won` as
        many truth values. Fields must be what was known while the lead was open. Row order does not matter.

        Raises `TooLittleData` (KG780) below `EVENTS_PER_PARAMETER`, KG781 for a field that cannot be used, KG852, KG801.
        """
        outcome = _outcome(won)
        table = columns(fields, len(outcome))
        _enough(len(table), outcome)
        order = by_content(table, outcome)
        table, outcome = {n: v.take(order) for n, v in table.items()}, outcome[order]
        fold = _folds(outcome)
        effects = np.zeros((len(outcome), len(table)))
        for k in range(FOLDS):
            inside, outside = fold == k, fold != k
            for j, (name, values) in enumerate(table.items()):
                levels = Levels.learn(name, values.filter(outside), outcome[outside])
                effects[inside, j] = levels.effects[levels.places(values.filter(inside))]
        intercept, *weights = _rounded(_weigh(effects, outcome))
        learned = tuple(Levels.learn(name, values, outcome) for name, values in table.items())
        return cls(learned, tuple(weights), intercept, len(outcome), int(outcome.sum()))

    @classmethod
    def judge(
        cls, fields: Mapping[str, Any], won: ArrayLike, closed: ArrayLike, share: float = 0.7
    ) -> Judgement:
        """Learn from the first `share` of leads by the whole day number they were `closed` on, and judge by the later ones.

        Leads closed on one day stay together. Raises as `fit` does of the earlier leads; KG780 also where the later ones lack
        an outcome, KG855 for a share outside 0 to 1.
        """
        outcome, day = _outcome(won), np.asarray(closed)
        if day.shape != outcome.shape or day.dtype.kind not in "iu":
            raise fail(
                "KG852", Place(field="closed"), rule="one whole day number per lead", rows=int(day.size)
            )
        if not 0 < share < 1:
            raise fail("KG855", Place(field="share"), rule="0 < share < 1")
        table = columns(fields, len(outcome))
        _enough(len(table), outcome)
        cut = int(np.quantile(day, share, method="lower"))
        before, after = day <= cut, day > cut
        model = cls.fit({n: v.filter(before) for n, v in table.items()}, outcome[before])
        later = outcome[after]
        if not 0 < later.sum() < len(later):
            raise too_few("KG780", cls.NAME, 0, 1, CoarseShare.of(int(outcome.sum()), len(outcome)))
        p = model.predict_p_conversion({n: v.filter(after) for n, v in table.items()})
        auc, brier, average = _rounded(
            [_auc(p, later), np.mean((p - later) ** 2), np.mean((model.won / model.n - later) ** 2)]
        )
        return Judgement(cut, model.n, len(later), auc, brier, average, _reliability(p, later))

    @property
    def params(self) -> dict[str, float]:
        """The intercept and each field's weight by its name."""
        return {"intercept": self.intercept, **dict(zip(self._names, self.weights, strict=True))}

    def predict_p_conversion(self, fields: Mapping[str, Any]) -> Floats:
        """The probability that each lead is won, shape (leads,). Levels not seen before count as rare ones, missing as missing.

        Raises KG782 where a field of the model is not there (others are left alone), KG781.
        """
        logit = self.intercept + self._contributions(self._places(fields)).sum(axis=1)
        return _logistic(logit)

    def predict_factors(self, fields: Mapping[str, Any], top: int = 3) -> Factors:
        """The fields that move each lead most, up or down, the strongest first. Raises as `predict_p_conversion`."""
        places = self._places(fields)
        effect = self._contributions(places)
        order = np.argsort(-np.abs(effect), axis=1, kind="stable")[:, :top]
        level = np.stack([f.labels[places[:, j]] for j, f in enumerate(self.fields)], axis=1)
        names = np.array(self._names, dtype=object)
        return Factors(
            names[order], np.take_along_axis(level, order, axis=1), np.take_along_axis(effect, order, axis=1)
        )

    @property
    def _names(self) -> list[str]:
        return [f.name for f in self.fields]

    def _places(self, fields: Mapping[str, Any]) -> NDArray[np.int64]:
        missing = [n for n in self._names if n not in fields]
        if missing:
            raise fail("KG782", Place(field=", ".join(missing)), needed=", ".join(self._names))
        table = columns({n: fields[n] for n in self._names})
        return np.stack([f.places(table[f.name]) for f in self.fields], axis=1)

    def _contributions(self, places: NDArray[np.int64]) -> Floats:
        parts = [
            w * f.effects[places[:, j]]
            for j, (f, w) in enumerate(zip(self.fields, self.weights, strict=True))
        ]
        return np.stack(parts, axis=1)

    @property
    def fingerprint(self) -> str:
        """`sha256:…` of the record."""
        return fingerprint.of_json(self._record())

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON with its `fingerprint`; `from_dict` gives an equal model back."""
        return {**self._record(), "fingerprint": self.fingerprint}

    def _record(self) -> dict[str, Any]:
        return {
            "model": self.NAME,
            "fields": [f.to_dict() for f in self.fields],
            "weights": list(self.weights),
            "intercept": self.intercept,
            "n": self.n,
            "won": self.won,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The model that `to_dict` wrote. Raises KG854 for another model's record, a damaged or a changed one."""
        try:
            if data["model"] != cls.NAME:
                raise fail("KG854", model=cls.NAME, found=str(data["model"]))
            fields = tuple(Levels.from_dict(f) for f in data["fields"])
            weights = tuple(float(w) for w in data["weights"])
            found = cls(fields, weights, float(data["intercept"]), int(data["n"]), int(data["won"]))
            if len(weights) != len(fields) or found.fingerprint != data["fingerprint"]:
                raise fail("KG854", model=cls.NAME, found="fingerprint")
        except (KeyError, TypeError, ValueError) as wrong:
            raise fail("KG854", model=cls.NAME, found=f"{type(wrong).__name__}: {wrong}") from wrong
        return found


def _outcome(won: ArrayLike) -> NDArray[np.bool_]:
    values = np.asarray(won)
    if values.ndim != 1 or values.dtype.kind not in "biuf" or not np.all((values == 0) | (values == 1)):
        wrong = (
            values.size
            if values.ndim != 1 or values.dtype.kind not in "biuf"
            else np.sum((values != 0) & (values != 1))
        )
        raise fail("KG852", Place(field="won"), rule="won is true or false", rows=int(wrong))
    return values.astype(bool)


def _enough(n_fields: int, won: NDArray[np.bool_]) -> None:
    if not n_fields:
        raise fail("KG855", Place(field="fields"), rule="fields ≥ 1")
    rarer = int(min(won.sum(), (~won).sum()))
    needed = EVENTS_PER_PARAMETER * (n_fields + 1)
    if rarer < needed:
        raise too_few("KG780", LeadConversion.NAME, rarer, needed, CoarseShare.of(int(won.sum()), len(won)))


def _folds(won: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A fold for each lead, drawn with both outcomes spread evenly."""
    drawn = np.random.default_rng(0)
    fold = np.empty(len(won), dtype=np.int64)
    for rows in (np.flatnonzero(~won), np.flatnonzero(won)):
        fold[drawn.permutation(rows)] = np.arange(len(rows)) % FOLDS
    return fold


def _weigh(effects: Floats, won: NDArray[np.bool_]) -> Floats:
    """Intercept and weights ≥ 0 of the penalised logistic regression of `won` on `effects`."""
    try:
        from scipy.optimize import minimize
    except ModuleNotFoundError as missing:
        raise fail("KG801", extra="models") from missing
    x = np.column_stack((np.ones(len(won)), effects))
    y = won.astype(np.float64)

    def loss(theta: Floats) -> tuple[float, Floats]:
        logit = x @ theta
        gradient = x.T @ (_logistic(logit) - y)
        gradient[1:] += RIDGE * theta[1:]
        value = np.logaddexp(0.0, logit).sum() - y @ logit + RIDGE / 2 * theta[1:] @ theta[1:]
        return float(value), gradient

    p = y.mean()
    start = np.concatenate(([np.log(p / (1 - p))], np.ones(effects.shape[1])))
    bounds = [(None, None), *([(0.0, None)] * effects.shape[1])]
    settings = {"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-8}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=settings).x
    return _polished(found, x, y)


def _polished(theta: Floats, x: Floats, y: Floats) -> Floats:
    """The same optimum to the last digits: Newton steps on what is not held at 0."""
    free = np.flatnonzero((theta != 0) | (np.arange(len(theta)) == 0))
    ridge = np.where(free > 0, RIDGE, 0.0)
    own, at = x[:, free], theta[free]
    for _ in range(3):
        p = _logistic(own @ at)
        hessian = (own.T * (p * (1 - p))) @ own + np.diag(ridge)
        at = at - np.linalg.solve(hessian, own.T @ (p - y) + ridge * at)
    result = np.zeros(len(theta))
    result[free] = np.where(free > 0, np.maximum(at, 0.0), at)
    return result


def _logistic(logit: Floats) -> Floats:
    result: Floats = np.exp(-np.logaddexp(0.0, -logit))
    return result


def _auc(p: Floats, won: NDArray[np.bool_]) -> float:
    """Mann & Whitney's share of pairs ranked right, ties counting half."""
    _, at, n = np.unique(p, return_inverse=True, return_counts=True)
    rank = np.cumsum(n) - (n - 1) / 2
    n_won = int(won.sum())
    return float((rank[at][won].sum() - n_won * (n_won + 1) / 2) / (n_won * (len(won) - n_won)))


def _reliability(p: Floats, won: NDArray[np.bool_]) -> tuple[dict[str, float], ...]:
    order = np.lexsort((won, p))
    groups = np.array_split(order, min(BINS, len(p)))
    pairs = [(len(g), *_rounded([p[g].mean(), won[g].mean()])) for g in groups]
    return tuple({"n": n, "foreseen": foreseen, "real": real} for n, foreseen, real in pairs)


def _rounded(values: Any) -> list[float]:
    """At ten decimals: what a machine adds in its own way does not show."""
    return [round(float(v), _DECIMALS) for v in values]
