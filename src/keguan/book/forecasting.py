"""Customer-base models on their own: compared on a time split, fitted to everything known, kept as one record, used to score."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.core import fingerprint
from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.core.languages import Lang, system_language
from keguan.engine.backends import open_engine
from keguan.engine.fitted.base import Base
from keguan.engine.fitted.fitting import Record, fit, fit_purchases, require_models, rounded

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.book.book import Book
    from keguan.models.comparison import Split

FORMAT = "keguan-model 1"
MONTHS = 12
#: The comparison looks at no more customers than this, taken evenly from all.
MOST_COMPARED = 200_000
#: A holdout shorter than this says little.
LEAST_DAYS = 14
_DAY_ZERO = date(1970, 1, 1)


class CustomerModel:
    """A fitted base as a record of plain numbers: enough to score anybody, and to draw its report again."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.record = dict(record)

    @classmethod
    def read(cls, path: Path | str) -> CustomerModel:
        """The model kept in a file, or in the folder that `keguan fit` wrote. Raises KG773."""
        path = Path(path)
        found = sorted((path / "models").glob("*.json")) if path.is_dir() else [path]
        if len(found) != 1:
            raise fail("KG773", Place(str(path)), detail="models/*.json")
        try:
            record = json.loads(found[0].read_text(encoding="utf-8"))
            known = dict(record)
            written = known.pop("fingerprint")
            if record["format"] != FORMAT or written != fingerprint.of_json(known):
                raise fail("KG773", Place(str(path)), detail="fingerprint")
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise fail("KG773", Place(str(path)), detail=f"{type(wrong).__name__}: {wrong}") from None
        return cls(record)

    @property
    def name(self) -> str:
        """The repeat-purchase model behind it, such as `mbg-nbd`."""
        name: str = self.record["models"]["purchases"]["model"]
        return name

    def save(self, path: Path | str) -> Path:
        """Write the record; returns the path."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path

    def report(self, out: Path | str, lang: Lang | None = None) -> Path:
        """Write the comparison and the pictures as one offline HTML page; returns the path."""
        from keguan.reports.model_page import render_model

        out = Path(out)
        out.write_text(render_model(self.record, lang or system_language()), encoding="utf-8")
        return out

    def predict(self, book: Book, *, as_of: date | str | None = None, months: int | None = None) -> pa.Table:
        """One row per customer who ever bought, sorted by customer_id: p_alive, expected_orders_<m>m, clv_<m>m, next_order_on
        with its early and late edge, p_overdue, as far as the record holds the models.

        `as_of` defaults to the day of the book's newest order; `months` sets one horizon for purchases (12 otherwise) and
        value (36 otherwise). Raises KG774 without orders, KG776 for another currency, KG777 for a horizon below a month.
        """
        if months is not None and not 1 <= months <= 600:
            raise fail("KG777", Place(field="months"), months=months)
        currency = book.facts.currency
        if None not in (currency, self.record["currency"]) and currency != self.record["currency"]:
            raise fail("KG776", fitted=self.record["currency"], found=currency)
        require_models()
        day = as_day(as_of) if as_of is not None else book.newest_day
        with open_engine() as engine:
            base = Base(engine, book.facts.parts)
            table = base.keep("statistics", day)
            query = base.scores(table, self.record["models"], day, months)
            return engine.arrow(query).sort_by([("customer_id", "ascending")])


def fit_model(
    book: Book,
    *,
    as_of: date | str | None = None,
    split: date | str | None = None,
    model: str | None = None,
    customer: str | None = None,
) -> CustomerModel:
    """Compare the models on a time split, fit the one that foresaw best (or `model`) to everything up to `as_of`.

    `split`: the last day of the first part; by default two thirds into the data. `customer`: whose history is drawn. Raises
    KG771 for a split that leaves too little on a side, KG772, KG774, KG775, and `TooLittleData` with every reason.
    """
    require_models()
    day = as_day(as_of) if as_of is not None else book.newest_day
    with open_engine() as engine:
        base = Base(engine, book.facts.parts)
        book.progress("measures")
        late = base.keep("statistics", day)
        won = base.winning_days(late)["day"]
        cut = _split_day(won, day, None if split is None else as_day(split))
        early = base.keep("statistics_at_split", cut)
        book.progress("compare")
        parts = base.split(early, late, cut)
        compared, chosen = _compare(parts, (day - cut).days, model)
        book.progress("fit")
        models, absent = _fit_all(base, chosen, late, day)
        pictures = _pictures(base, models, (early, late), (cut, day), customer, chosen)
    record = {
        "format": FORMAT,
        "as_of": day.isoformat(),
        "split": cut.isoformat(),
        "currency": book.facts.currency,
        "timezone": book.options.timezone,
        "parts": [p.as_record() for p in book.facts.parts],
        "asked_model": model,
        "comparison": rounded(compared),
        "models": models,
        "absent": {n: {"code": p.code, "values": dict(p.values)} for n, p in absent.items()},
        "pictures": rounded(pictures),
    }
    return CustomerModel({**record, "fingerprint": fingerprint.of_json(record)})


def as_day(value: date | str) -> date:
    """A day as given in words. Raises KG603."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise fail("KG603", value=value) from None


def _split_day(won: Any, day: date, wish: date | None) -> date:
    """The last day of the first part, with enough days on both sides."""
    first = _DAY_ZERO + timedelta(days=int(won.min())) if len(won) else day
    cut = wish or day - timedelta(days=(day - first).days // 3)
    if (cut - first).days < LEAST_DAYS or (day - cut).days < LEAST_DAYS:
        raise fail("KG771", Place(field="split"), split=cut, first=first, last=day, days=LEAST_DAYS)
    return cut


def _compare(found: Mapping[str, Any], horizon: int, model: str | None) -> tuple[dict[str, Any], str]:
    """The comparison as plain data and the model to take."""
    from keguan.models.comparison import compare
    from keguan.models.repeat_purchase import NAMES

    if model is not None and model not in NAMES:
        raise fail("KG772", Place(field="model"), found=model, known=", ".join(NAMES))
    result = compare(_split(found, horizon)).to_dict()
    result["of_customers"] = len(found["x"])
    return result, model or result["recommended"]


def _split(found: Mapping[str, Any], horizon: int) -> Split:
    import numpy as np

    from keguan.models import Statistics
    from keguan.models.comparison import Split

    every = max(1, -(-len(found["x"]) // MOST_COMPARED))
    some = {n: np.ascontiguousarray(v[::every]).astype(np.float64) for n, v in found.items()}
    later = np.maximum(some["later"], 0.0)
    data = Statistics.of(some["x"], some["t_x"], some["T"])
    named = {n: some[n] for n in ("later_sales", "sales", "sales_12m", "orders_12m")}
    return Split(data, later, horizon=float(horizon), **named)


def _fit_all(base: Base, chosen: str, table: str, day: date) -> tuple[dict[str, Record], dict[str, Problem]]:
    """The chosen model and, where the data carry them, spending and rhythm; else why not."""
    models = {"purchases": fit_purchases(chosen, base.engine, table, day)}
    absent: dict[str, Problem] = {}
    for name in ("spending", "rhythm"):
        try:
            models[name] = fit(name, base.engine, table, day)
        except KeguanError as wrong:
            absent[name] = wrong.problems[0]
    return models, absent


def _pictures(
    base: Base,
    models: Mapping[str, Record],
    tables: tuple[str, str],
    days: tuple[date, date],
    customer: str | None,
    chosen: str,
) -> dict[str, Any]:
    """What the page draws: matrices, tracking from the fit at the split, one customer's history, the spread of values."""
    import numpy as np

    from keguan.models import pictures
    from keguan.models.repeat_purchase import read_model

    (early, late), (cut, day) = tables, days
    model = read_model(models["purchases"])
    at_split = read_model(fit_purchases(chosen, base.engine, early, cut))
    won, came = base.winning_days(early), base.repeat_days(early, day)
    shown = customer or base.telling_customer(late, day)
    history = np.array(base.days_of(shown, day), dtype=np.int64)
    drawn = {
        "matrix": pictures.matrices(model, *_extent(base, late, day), MONTHS * 365.25 / 12),
        "tracking": pictures.tracking(
            at_split,
            won["day"].astype(np.int64),
            won["n"].astype(np.float64),
            came["day"].astype(np.int64),
            came["n"].astype(np.float64),
            _number(day),
        ),
        "alive": {
            "customer": shown,
            "purchases": history.tolist(),
            "points": pictures.alive_history(model, history, _number(day)),
        },
    }
    scored = base.engine.arrow(base.scores(late, models, day, None))
    if "clv_36m" in scored.column_names:
        values = np.array(scored["clv_36m"].to_numpy(zero_copy_only=False), dtype=np.float64)
        drawn["clv"] = pictures.spread(values[np.isfinite(values)])
    return drawn


def _extent(base: Base, table: str, day: date) -> tuple[int, float]:
    """Repeat purchases that all but one in two hundred stay below, and the longest time known, for the matrices."""
    import numpy as np

    found = base.histories(table, day)
    order = np.argsort(found["x"], kind="stable")
    heads = np.cumsum(found["n"][order])
    most = found["x"][order][np.searchsorted(heads, 0.995 * heads[-1])]
    return max(int(most), 3), float(found["T"].max())


def _number(day: date) -> int:
    return (day - _DAY_ZERO).days
