"""Customers' statistics as one Parquet file, made elsewhere: fitted and scored as they are, without orders, engine or dates.

One row per customer, or per `n` equal ones: `x` repeat purchases, the last of them `t_x` days after the first purchase, observed until
day `T`; `amount` is the mean amount of the repeat purchases. The usual names of other tools are understood too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.book.customer_model import CustomerModel, check_months, record_name, sealed
from keguan.core import fingerprint
from keguan.core.arrays import as_arrow, as_numpy
from keguan.core.errors import KeguanError, Place, fail
from keguan.engine.fitted.records import Record, named, require_models, spending_record

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from keguan.models import Statistics

_NAMES = {
    "x": ("x", "frequency"),
    "t_x": ("t_x", "t.x", "recency"),
    "T": ("T", "T.cal", "age"),
    "n": ("n", "customers"),
    "amount": ("amount", "mean_amount", "monetary_value"),
}
"""Columns by what they hold, as written here, in BTYD or in lifetimes."""
_NEEDED = {"purchases": ("x", "t_x", "T"), "spending": ("x", "amount")}
PREFIX = "statistics="
DAYS_PER_MONTH = 365.25 / 12


class StatisticsFile:
    """A Parquet file of statistics; its columns are read when they are needed, each for as long as it is."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path = path
        try:
            self._file = pq.ParquetFile(path, memory_map=True)
        except (OSError, pa.ArrowException) as wrong:
            raise fail("KG862", Place(str(path)), detail=f"{type(wrong).__name__}: {wrong}") from None
        self.rows = self._file.metadata.num_rows
        there = self._file.schema_arrow.names
        self.columns = {
            k: next(c for c in known if c in there) for k, known in _NAMES.items() if {*known} & {*there}
        }
        self.others = [c for c in there if c not in self.columns.values()]

    @classmethod
    def find(cls, inputs: Sequence[str]) -> StatisticsFile | None:
        """The file, where the only input is one: `statistics=FILE`, or a Parquet file that has x, t_x and T."""
        if len(inputs) != 1:
            return None
        said = inputs[0].startswith(PREFIX)
        path = Path(inputs[0].removeprefix(PREFIX))
        if not said and (path.suffix.lower() != ".parquet" or not path.is_file()):
            return None
        try:
            found = cls(path)
        except KeguanError:
            if said:
                raise
            return None  # what else may be wrong with a file is told by those who read orders
        return found if said or found.columns.keys() >= {"x", "t_x", "T"} else None

    def numbers(self, name: str) -> NDArray[Any]:
        """One column, whole numbers where all of it is. Raises KG860 where it is not there, KG861 for gaps and words."""
        import numpy as np
        import pyarrow as pa

        if name not in self.columns:
            known = " | ".join(_NAMES[name])
            raise fail(
                "KG860", Place(str(self.path)), needed=known, found=", ".join(self._file.schema_arrow.names)
            )
        column = self.read(self.columns[name])
        kind = column.type
        if pa.types.is_decimal(kind):
            column = column.cast(pa.float64())
        if column.null_count or not (
            pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        ):
            place = Place(str(self.path), field=self.columns[name])
            raise fail("KG861", place, kind=str(kind), missing=column.null_count)
        values = as_numpy(column)
        if values.dtype.kind == "f" and len(values) and values.min() >= 0 and values.max() < 2**31:
            whole = values.astype(np.int32)
            values = whole if np.array_equal(whole, values) else values
        return values

    def refuse(self, **dated: object) -> None:
        """Raises KG866 where something was asked that needs dates."""
        asked = [f"--{name.replace('_', '-')}" for name, value in dated.items() if value is not None]
        if asked:
            raise fail("KG866", Place(str(self.path)), options=", ".join(asked))

    def read(self, column: str) -> pa.ChunkedArray:
        """A column as it is."""
        return self._file.read([column]).column(0)

    def statistics(self) -> Statistics:
        """The customers' histories, row by row. Raises KG852, KG860, KG861."""
        from keguan.models import Statistics

        x, t_x, T = (self.numbers(n) for n in _NEEDED["purchases"])
        return Statistics.of(x, t_x, T, self.numbers("n") if "n" in self.columns else None)


def fit_statistics(data: StatisticsFile, models: Sequence[str], currency: str | None = None) -> CustomerModel:
    """The named models fitted to a file of statistics. Raises KG772, KG859 without a name or for a model that needs dates,
    `TooLittleData`, and as `StatisticsFile`."""
    require_models()
    wanted = {record_name(n): n for n in models}
    if not wanted or not wanted.keys() <= _NEEDED.keys():
        known = "mbg-nbd, bg-nbd, pareto-nbd, gamma-gamma"
        raise fail("KG859", Place(field="--model"), found=", ".join(models) or "–", known=known)
    makers: dict[str, Callable[[], Record]] = {
        "purchases": lambda: _purchases(data, wanted["purchases"]),
        "spending": lambda: _spending(data),
    }
    part = {"table": "statistics", "rows": data.rows, "fingerprint": fingerprint.of_file(data.path)}
    fitted = {kept: named(kept, makers[kept]) for kept in wanted}
    content = {"currency": currency, "parts": [part], "models": fitted, "asked_model": ", ".join(models)}
    return sealed(content)


def _purchases(data: StatisticsFile, name: str) -> Record:
    from keguan.models.repeat_purchase import fit_record

    return fit_record(name, data.statistics())


def _spending(data: StatisticsFile) -> Record:
    from keguan.models import GammaGamma

    n = data.numbers("n") if "n" in data.columns else None
    return spending_record(GammaGamma.fit(data.numbers("x"), data.numbers("amount"), n).to_dict(), None)


def predict_statistics(
    model: CustomerModel,
    data: StatisticsFile,
    months: int | None = None,
    margin: float | None = None,
    yearly_rate: float | None = None,
) -> pa.Table:
    """The file's other columns, x, t_x, T, and what the record's models say: p_alive, expected_orders_<m>m, and clv_<m>m where
    there are amounts. `months`, `margin` and `yearly_rate` as in `CustomerModel.predict`. Raises KG777, KG855, KG863 without a model of purchases."""
    import pyarrow as pa

    from keguan.models import GammaGamma
    from keguan.models.repeat_purchase import read_model
    from keguan.models.value import lifetime_value

    check_months(months)
    require_models()
    kept = model.models(margin, yearly_rate)
    if "purchases" not in kept:
        raise fail("KG863", Place(field="MODEL"))
    purchases, each = read_model(kept["purchases"]), data.statistics()
    columns = {name: data.read(name) for name in data.others}
    columns |= {name: as_arrow(v) for name, v in (("x", each.x), ("t_x", each.t_x), ("T", each.T))}
    columns["p_alive"] = as_arrow(purchases.predict_p_alive(each).round(6))
    orders = months or 12
    expected = purchases.predict_orders(each, orders * DAYS_PER_MONTH / purchases.unit_days)
    columns[f"expected_orders_{orders}m"] = as_arrow(expected.round(6))
    if "spending" in kept and "amount" in data.columns:
        spending = kept["spending"]
        amount = GammaGamma.from_dict(spending).predict_value(each.x, data.numbers("amount"))
        share = 1.0 if spending["margin"] is None else float(spending["margin"])
        rate = float(spending["yearly_rate"])
        worth = lifetime_value(purchases, each, amount, margin=share, yearly_rate=rate, months=months or 36)
        columns[f"clv_{months or 36}m"] = as_arrow(worth.round(2))
    return pa.table(columns)
