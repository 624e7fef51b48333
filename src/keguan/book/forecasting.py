"""Customer-base models on their own: compared on a time split, fitted to everything known, kept as one record, used to score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from keguan.book.customer_model import CustomerModel, as_day, model_record, record_name
from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.engine.backends import open_engine
from keguan.engine.fitted.base import Base
from keguan.engine.fitted.fitting import fit, fit_purchases
from keguan.engine.fitted.leads import LeadBase
from keguan.engine.fitted.records import Record, require_models, rounded

if TYPE_CHECKING:
    from keguan.book.book import Book
    from keguan.models.comparison import Split

MONTHS = 12
#: The comparison looks at no more customers than this, taken evenly from all.
MOST_COMPARED = 200_000
#: A holdout shorter than this says little.
LEAST_DAYS = 14
_DAY_ZERO = date(1970, 1, 1)


def fit_model(
    book: Book,
    *,
    as_of: date | str | None = None,
    split: date | str | None = None,
    model: str | Sequence[str] | None = None,
    customer: str | None = None,
    engine: str = "duckdb",
) -> CustomerModel:
    """Compare the models on a time split, fit the one that foresaw best to everything up to `as_of`.

    `model` names what to fit instead, one or several, and nothing is compared or drawn; with `split` or `customer` everything is
    compared all the same and the one model named is taken. `split`: the last day of the first part, by default two thirds into the
    data. `customer`: whose history is drawn. `engine`: `duckdb` or `spark`. Raises KG771 for a split that leaves too little on a side, KG772, KG774, KG775, and
    `TooLittleData` with every reason.
    """
    require_models()
    wished = [model] if isinstance(model, str) else list(model or ())
    if "lead-conversion" in wished:
        return _fit_leads(book, wished, as_of, engine)
    day = as_day(as_of) if as_of is not None else book.newest_day
    if wished and split is None and customer is None:
        return _fit_named(book, wished, day, engine)
    return _fit_compared(book, day, split, wished[0] if wished else None, customer, engine)


def _fit_named(book: Book, names: Sequence[str], day: date, on: str) -> CustomerModel:
    """The named models and no more. Raises KG772, KG774, `TooLittleData`."""
    wanted = {record_name(n): n for n in names}
    with open_engine(on) as engine:
        base = Base(engine, book.facts.parts)
        book.progress("measures")
        table = base.keep("statistics", day, list(wanted))
        book.progress("fit")
        models = {
            kept: fit_purchases(name, engine, table, day)
            if kept == "purchases"
            else fit(kept, engine, table, day)
            for kept, name in wanted.items()
        }
    return model_record(book.facts, book.options.timezone, day, models, asked_model=", ".join(names))


def _fit_leads(book: Book, names: Sequence[str], as_of: date | str | None, on: str) -> CustomerModel:
    """Lead conversion, which is fitted to leads and so alone. Raises KG772 beside another model, KG864, `TooLittleData`."""
    if len(names) > 1:
        raise fail("KG772", Place(field="model"), found=", ".join(names), known="lead-conversion")
    with open_engine(on) as engine:
        base = LeadBase(engine, book.facts.parts)
        day = as_day(as_of) if as_of is not None else base.newest_day()
        book.progress("measures")
        table = base.keep("leads_measured", day)
        book.progress("fit")
        models = {"conversion": fit("conversion", engine, table, day)}
    return model_record(book.facts, book.options.timezone, day, models, asked_model=names[0])


def _fit_compared(
    book: Book, day: date, split: date | str | None, model: str | None, customer: str | None, on: str
) -> CustomerModel:
    with open_engine(on) as engine:
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
    return model_record(
        book.facts,
        book.options.timezone,
        day,
        models,
        split=cut.isoformat(),
        asked_model=model,
        comparison=rounded(compared),
        absent={n: {"code": p.code, "values": dict(p.values)} for n, p in absent.items()},
        pictures=rounded(pictures),
    )


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
