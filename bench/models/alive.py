"""Is half the right cut of P(alive)? Who was above and below it at a time split, and who then came back; the table is kept in alive.md.

    KEGUAN_DATA=… python -m bench models/alive

The bases and splits are those of `models/rhythm`, the model is the one of runs, MBG/NBD. *Came back* is the share with a purchase
after the split until the end of the data; *foreseen* is what the model said of it; *found* is the share of all who came back that stood
above the cut.
"""

from __future__ import annotations

import numpy as np
from bench.models.rhythm import SPLITS, Days, bases, next_days
from numpy.typing import NDArray

from keguan.models import Gaps, MbgNbd, Statistics, TooLittleData

CUTS = (0.3, 0.4, 0.5, 0.6, 0.7)


def judge(name: str, customer: Days, day: Days, split: int) -> list[str]:
    """Table rows, one per cut; one that says so where the base does not determine the model."""
    gaps = Gaps.of(customer, day, split)
    data = Statistics.of(*(v.astype(int) for v in (gaps.n, gaps.total, gaps.total + gaps.open)))
    try:
        model = MbgNbd.fit(data)
    except TooLittleData as wrong:
        return [f"| {name} | – | – | {wrong.problems[0].code} | | |"]
    p = model.predict_p_alive(data)
    came = next_days(customer, day, split, gaps.customer) >= 0
    foreseen = 1 - model.predict_count_probability(data, 0, float(day.max() - split))
    rows = []
    for cut in CUTS:
        above = p >= cut
        cells = [f"{above.mean():.0%}"]
        cells += [
            f"{_share(came[side])} ({_share(foreseen[side])})" if side.any() else "–"
            for side in (above, ~above)
        ]
        rows.append(f"| {name} | {cut:.0%} | {' | '.join(cells)} | {came[above].sum() / came.sum():.0%} |")
    return rows


def _share(values: NDArray[np.generic]) -> str:
    return f"{values.mean():.0%}"


def main() -> None:
    print(
        "| base, split | cut | above | came back, above (foreseen) | below (foreseen) | found |\n|---|---|---|---|---|---|"
    )
    for name, (customer, day) in bases().items():
        for split in SPLITS[name]:
            last = int(np.datetime64(split).astype(np.int64))
            print("\n".join(judge(f"{name}, {split}", customer, day, last)), flush=True)


if __name__ == "__main__":
    main()
