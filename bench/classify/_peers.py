"""The same three answers as an analyst would write them with care: pandas, Polars, and lifetimes' summary of RFM.

Columns are read as narrow as they are needed, money as float. Without our packages, so that another Python can run it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

AS_OF, YEAR_BEFORE = "2026-06-30", "2025-06-30"
PYRAMID = (("A", 0.01), ("B", 0.05), ("C", 0.20))
ABC = (("A", 0.80), ("B", 0.95))
FIFTHS = (0.2, 0.4, 0.6, 0.8)


def frame(path: Path, columns: list[str]) -> Any:
    """The orders as a pandas frame: text as categories, money as float."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = [c for c in columns if c in ("customer_id", "kind", "status")]
    table = pq.read_table(path, columns=columns, read_dictionary=text)
    place = table.schema.get_field_index("amount")
    table = table.set_column(place, "amount", table["amount"].cast(pa.float64()))
    return table.to_pandas(self_destruct=True)


def measures_in_pandas(path: Path) -> Any:
    """Recency, orders and net sales of twelve months, first purchase; one row per customer who ever bought."""
    import numpy as np
    import pandas as pd

    orders = frame(path, ["customer_id", "ordered_on", "amount", "kind", "status"])
    days = pd.to_datetime(orders["ordered_on"])
    done = orders["status"] == "completed"
    bought = done & (orders["kind"] == "sale")
    recent = days > pd.Timestamp(YEAR_BEFORE)
    facts = pd.DataFrame(
        {
            "customer_id": orders["customer_id"],
            "day": days.where(bought),
            "n": (bought & recent).astype(np.int64),
            "sales": orders["amount"].where(done & recent, 0.0),
        }
    )
    grouped = facts.groupby("customer_id", observed=True, sort=True)
    found = grouped.agg(first=("day", "min"), last=("day", "max"), n=("n", "sum"), sales=("sales", "sum"))
    found = found[found["last"].notna()]
    found["sales"] = found["sales"].round(4)
    found["recency"] = (pd.Timestamp(AS_OF) - found["last"]).dt.days
    return found


def scores(values: Any, *, low_is_good: bool = False) -> Any:
    """1 to 5 by fifths, equal values alike."""
    import numpy as np

    signed = -values if low_is_good else values
    rising = np.sort(signed)
    cuts = [rising[max(int(np.ceil(round(s * len(signed), 9))), 1) - 1] for s in FIFTHS]
    return 1 + sum((signed > cut).astype(np.int8) for cut in cuts)


def pandas_job(path: Path, options: dict[str, Any]) -> Callable[[], Any]:
    """Three classes per customer: scores of three measures, head shares and value shares down the sorted list."""
    import numpy as np
    import pandas as pd
    import pyarrow.parquet  # noqa: F401

    def work() -> Any:
        found = measures_in_pandas(path)
        found["r"] = scores(found["recency"].to_numpy(), low_is_good=True)
        found["f"] = scores(found["n"].to_numpy())
        found["m"] = scores(found["sales"].to_numpy())
        sales = found["sales"].to_numpy()
        order = np.lexsort((np.arange(len(found)), found["first"].to_numpy(), -sales))
        running = np.cumsum(np.where(sales[order] > 0, sales[order], 0.0))
        before = np.concatenate([[0.0], running[:-1]])
        place = np.empty(len(found), np.int64)
        place[order] = np.arange(len(found))
        heads = [np.floor(len(found) * share + 0.5) for _, share in PYRAMID]
        found["pyramid"] = pd.Categorical.from_codes(
            np.searchsorted(heads, place, side="right").astype(np.int8), pd.Index(list("ABCD"))
        )
        parts = np.searchsorted([share * running[-1] for _, share in ABC], before, side="right")
        codes = np.empty(len(found), np.int8)
        codes[order] = np.where(sales[order] > 0, parts, 2)
        found["abc"] = pd.Categorical.from_codes(codes, pd.Index(list("ABC")))
        return found

    return work


def polars_job(path: Path, options: dict[str, Any]) -> Callable[[], Any]:
    """The same three answers with Polars, streaming."""
    import polars as pl

    day, done = pl.col("ordered_on"), pl.col("status") == "completed"
    bought, recent = (
        done & (pl.col("kind") == "sale"),
        pl.col("ordered_on") > pl.lit(YEAR_BEFORE).str.to_date(),
    )

    def fifths(name: str, *, low_is_good: bool = False) -> Any:
        value = -pl.col(name) if low_is_good else pl.col(name)
        ranks = [(pl.len() * s).round(9).ceil().cast(pl.Int64) - 1 for s in FIFTHS]
        rising = value.sort()
        return pl.lit(1) + sum((value > rising.get(r)).cast(pl.Int8) for r in ranks)

    def work() -> Any:
        found = (
            pl.scan_parquet(path)
            .group_by("customer_id")
            .agg(
                first=day.filter(bought).min(),
                last=day.filter(bought).max(),
                n=(bought & recent).sum().cast(pl.Int64),
                sales=pl.col("amount").filter(done & recent).sum(),
            )
            .filter(pl.col("last").is_not_null())
            .with_columns(recency=(pl.lit(AS_OF).str.to_date() - pl.col("last")).dt.total_days())
            .sort(["sales", "first", "customer_id"], descending=[True, False, False])
        )
        place, worth = (
            pl.int_range(pl.len()),
            pl.when(pl.col("sales") > 0).then(pl.col("sales").cast(pl.Float64)).otherwise(0.0),
        )
        heads = [(pl.len() * share + 0.5).floor() for _, share in PYRAMID]
        before = worth.cum_sum() - worth
        return found.with_columns(
            r=fifths("recency", low_is_good=True),
            f=fifths("n"),
            m=fifths("sales"),
            pyramid=sum((place >= h).cast(pl.Int8) for h in heads),
            abc=pl.when(worth > 0)
            .then(sum((before >= s * worth.sum()).cast(pl.Int8) for _, s in ABC))
            .otherwise(2),
        ).collect(engine="streaming")

    return work


def lifetimes_job(path: Path, options: dict[str, Any]) -> Callable[[], Any]:
    """`summary_data_from_transaction_data`: frequency, recency, T and mean amount; it makes no classes."""
    from lifetimes.utils import summary_data_from_transaction_data  # type: ignore[import-not-found]

    def work() -> Any:
        import pandas as pd

        orders = frame(path, ["customer_id", "ordered_on", "amount"])
        orders["customer_id"] = orders["customer_id"].cat.codes
        orders["ordered_on"] = pd.to_datetime(orders["ordered_on"])
        return summary_data_from_transaction_data(
            orders, "customer_id", "ordered_on", monetary_value_col="amount", observation_period_end=AS_OF
        )

    return work


JOBS = {"pandas": pandas_job, "polars": polars_job, "lifetimes": lifetimes_job}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from _process import report  # type: ignore[import-not-found]

    report(JOBS)
