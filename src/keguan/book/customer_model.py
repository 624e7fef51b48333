"""A fitted base as a record of plain numbers: kept in a file, checked when read, used to score, drawn as a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.core import fingerprint
from keguan.core.errors import Place, fail
from keguan.core.languages import Lang, system_language
from keguan.engine.fitted.records import Record, require_models

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.book.book import Book
    from keguan.engine.intake.pipeline import Intake

FORMAT = "keguan-model 1"


#: The name under which a record keeps each model that can be asked for.
_KEPT_AS = {
    "mbg-nbd": "purchases",
    "bg-nbd": "purchases",
    "pareto-nbd": "purchases",
    "gamma-gamma": "spending",
    "rhythm": "rhythm",
    "lead-conversion": "conversion",
}


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
        """The model behind it, such as `mbg-nbd`: that of purchases, else the only one."""
        models = self.record["models"]
        name: str = models.get("purchases", next(iter(models.values())))["model"]
        return name

    @property
    def has_page(self) -> bool:
        """Whether there is more to show than parameters: a comparison, or how well leads were foreseen."""
        return self.record["comparison"] is not None or "conversion" in self.record["models"]

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

    def predict(
        self,
        book: Book,
        *,
        as_of: date | str | None = None,
        months: int | None = None,
        engine: str = "duckdb",
    ) -> pa.Table:
        """What a model of leads says of open ones (`predict_leads`); else one row per customer who ever bought, sorted by customer_id: p_alive, expected_orders_<m>m, clv_<m>m, next_order_on
        with its early and late edge, p_overdue, as far as the record holds the models.

        `as_of` defaults to the day of the book's newest order; `months` sets one horizon for purchases (12 otherwise) and
        value (36 otherwise); `engine` is `duckdb` or `spark`. Raises KG774 without orders, KG776 for another currency, KG777 for a horizon below a month.
        """
        from keguan.engine.backends import open_engine
        from keguan.engine.fitted.base import Base

        check_months(months)
        currency = book.facts.currency
        if None not in (currency, self.record["currency"]) and currency != self.record["currency"]:
            raise fail("KG776", fitted=self.record["currency"], found=currency)
        require_models()
        if "conversion" in self.record["models"]:
            return self.predict_leads(book, as_of=as_of, engine=engine)
        day = as_day(as_of) if as_of is not None else book.newest_day
        with open_engine(engine) as opened:
            base = Base(opened, book.facts.parts)
            table = base.keep("statistics", day, ("purchases", "spending"))
            query = base.scores(table, self.record["models"], day, months)
            return opened.arrow(query).sort_by([("customer_id", "ascending")])

    def predict_leads(
        self, book: Book, *, as_of: date | str | None = None, top: int = 3, engine: str = "duckdb"
    ) -> pa.Table:
        """One row per open lead, sorted by lead_id: p_conversion, and what moves it most: `factor_1` (field: level), `effect_1` (its
        log-odds against the average lead) and so on. `as_of` defaults to the newest day of the leads. Raises KG864."""
        import pyarrow as pa

        from keguan.engine.backends import open_engine
        from keguan.engine.fitted.leads import LeadBase, Leads, scores

        with open_engine(engine) as opened:
            base = LeadBase(opened, book.facts.parts)
            table = base.keep("leads_measured", as_day(as_of) if as_of is not None else base.newest_day())
            ids, p, why = scores(Leads.read(opened, table), self.record["models"]["conversion"], top)
        columns = {"lead_id": ids, "p_conversion": pa.array(p)}
        for i in range(why.field.shape[1]):
            said = [f"{f}: {level}" for f, level in zip(why.field[:, i], why.level[:, i], strict=True)]
            columns[f"factor_{i + 1}"] = pa.array(said, pa.string())
            columns[f"effect_{i + 1}"] = pa.array(why.effect[:, i].round(6))
        return pa.table(columns)


def check_months(months: int | None) -> None:
    """Raises KG777 for a horizon below a month or beyond fifty years."""
    if months is not None and not 1 <= months <= 600:
        raise fail("KG777", Place(field="months"), months=months)


def as_day(value: date | str) -> date:
    """A day as given in words. Raises KG603."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise fail("KG603", value=value) from None


def record_name(model: str) -> str:
    """Under which name a model is kept. Raises KG772."""
    if model not in _KEPT_AS:
        raise fail("KG772", Place(field="model"), found=model, known=", ".join(_KEPT_AS))
    return _KEPT_AS[model]


def model_record(
    facts: Intake, timezone: str | None, as_of: date, models: Mapping[str, Record], **more: Any
) -> CustomerModel:
    """The record of fitted models with the facts they rest on; `more` is what a comparison adds."""
    return sealed(
        {
            "as_of": as_of.isoformat(),
            "currency": facts.currency,
            "timezone": timezone,
            "parts": [p.as_record() for p in facts.parts],
            "models": dict(models),
            **more,
        }
    )


def sealed(content: Mapping[str, Any]) -> CustomerModel:
    """A record with every field, its format and its fingerprint; what is not in `content` is none."""
    empty: dict[str, Any] = {
        "format": FORMAT,
        "as_of": None,
        "split": None,
        "currency": None,
        "timezone": None,
        "parts": [],
        "asked_model": None,
        "comparison": None,
        "models": {},
        "absent": {},
        "pictures": {},
    }
    record = {**empty, **content}
    return CustomerModel({**record, "fingerprint": fingerprint.of_json(record)})
