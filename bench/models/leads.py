"""How near lead conversion comes to the best possible, beside a usual classifier; the table is kept in leads.md.

    python bench/models/leads.py

Leads are simulated with known probabilities: log-odds −1, plus a source's effect (four), minus 0.4 for each unit of the logarithm of an
amount, plus 0.9 where the need is confirmed, plus one of sixty salespeople's own effect (standard deviation 0.5). A tenth of the
amounts is hidden, a weekday means nothing. The usual classifier (one-hot words, ridge logistic regression of cross-validated strength)
is told the amount's logarithm, the true shape. Means over five bases, each judged by 10,000 further leads; `slope` is that of
the outcomes' calibration, 1 at best.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from keguan.models import LeadConversion

Floats = NDArray[np.float64]
SOURCES = {"referral": 1.2, "fair": 0.3, "advert": -0.4, "phone": -1.0}
OWNERS = np.random.default_rng(99).normal(0, 0.5, 60)
SIZES, BASES, LATER = (400, 1_500, 8_000), 5, 10_000


def leads(seed: int, n: int) -> tuple[dict[str, Any], NDArray[np.bool_], Floats]:
    """Fields of leads, whether they were won, and the probability that they would be; one lead in ten hides its amount."""
    random = np.random.default_rng(seed)
    source = np.array(list(SOURCES), dtype=object)[random.choice(4, n, p=[0.2, 0.3, 0.3, 0.2])]
    log_amount, confirmed = random.normal(8, 1.5, n), random.random(n) < 0.4
    owner = random.integers(0, len(OWNERS), n)
    logit = (
        np.array([SOURCES[s] for s in source]) - 0.4 * (log_amount - 8) + 0.9 * confirmed + OWNERS[owner] - 1
    )
    p = 1 / (1 + np.exp(-logit))
    fields = {
        "source": source,
        "amount": np.where(random.random(n) < 0.1, np.nan, np.exp(log_amount)),
        "confirmed": confirmed,
        "owner": np.array([f"S{o}" for o in owner], dtype=object),
        "weekday": random.integers(0, 7, n),
    }
    return fields, random.random(n) < p, p


def usual(fields: dict[str, Any], won: NDArray[np.bool_], later: dict[str, Any]) -> Floats:
    """The usual classifier's probabilities of later leads."""
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), [0, 1]), (StandardScaler(), [2, 3, 4, 5])
    )
    ridge = LogisticRegressionCV(
        Cs=8, cv=5, scoring="neg_log_loss", max_iter=1000, l1_ratios=(0,), use_legacy_attributes=False
    )
    p: Floats = make_pipeline(encode, ridge).fit(_matrix(fields), won).predict_proba(_matrix(later))[:, 1]
    return p


def _matrix(fields: dict[str, Any]) -> NDArray[np.object_]:
    hidden = np.isnan(fields["amount"])
    numbers = [
        np.log(np.where(hidden, np.exp(8), fields["amount"])),
        hidden,
        fields["confirmed"],
        fields["weekday"],
    ]
    return np.column_stack((fields["source"], fields["owner"], *(v.astype(float) for v in numbers)))


def figures(p: Floats, won: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Brier score, AUC, slope of calibration."""
    logit = np.log(p / (1 - p))[:, None]
    slope = LogisticRegression(C=np.inf).fit(logit, won).coef_[0, 0]
    return float(np.mean((p - won) ** 2)), float(roc_auc_score(won, p)), float(slope)


def main() -> None:
    print("| leads | answer | Brier | AUC | slope |\n|---|---|---|---|---|")
    for n in SIZES:
        rows: dict[str, list[tuple[float, float, float]]] = {
            "lead conversion": [],
            "usual classifier": [],
            "truth": [],
        }
        for seed in range(BASES):
            fields, won, _ = leads(seed, n)
            later, later_won, truth = leads(seed + 500, LATER)
            rows["lead conversion"].append(
                figures(LeadConversion.fit(fields, won).predict_p_conversion(later), later_won)
            )
            rows["usual classifier"].append(figures(usual(fields, won, later), later_won))
            rows["truth"].append(figures(truth, later_won))
        for answer, found in rows.items():
            brier, auc, slope = np.mean(found, axis=0)
            print(f"| {n:,} | {answer} | {brier:.4f} | {auc:.4f} | {slope:.2f} |")


if __name__ == "__main__":
    main()
