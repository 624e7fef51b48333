"""The page of a fitted model: which was chosen and why, and the pictures; one file, no script, no outside address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.reports import lead_page
from keguan.reports.charts import forecast as charts
from keguan.reports.charts.render import trusted_specs
from keguan.reports.figures import Figures
from keguan.reports.html.page import page_head, stylesheet
from keguan.reports.html.parts import beside, grow, paragraph
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.model_parts import drawn, figures_table, note, section_name
from keguan.reports.model_words import choice_sentences, heads, name, parameter_heads, parameter_rows, rows

if TYPE_CHECKING:
    pass

Record = Mapping[str, Any]


def render_model(record: Record, lang: Lang) -> str:
    """The whole page of a model record as HTML."""
    with trusted_specs():
        sections = [(key, make(record, lang)) for key, make in _sections(record).items()]
    shown = [(key, body) for key, body in sections if body is not None]
    links = [tag("li", tag("a", section_name(k, lang), href=f"#{k}")) for k, _ in shown]
    label = text("report.contents", lang)
    contents = tag("nav", tag("h2", label), tag("ol", links), aria_label=label, class_="contents")
    main = tag("main", [tag("section", tag("h2", section_name(k, lang)), b, id=k) for k, b in shown])
    skip = tag("a", text("report.skip", lang), href=f"#{shown[0][0]}", class_="skip")
    body = tag("body", skip, _masthead(record, lang), tag("div", contents, main, class_="layout"))
    title = " · ".join(filter(None, (text(_title(record), lang), record["as_of"])))
    return "<!doctype html>\n" + tag("html", page_head(title, stylesheet(lang)), body, lang=lang) + "\n"


def _title(record: Record) -> str:
    return "forecast.leads.title" if "conversion" in record["models"] else "forecast.title"


def _masthead(record: Record, lang: Lang) -> Markup:
    models = record["models"]
    leads = "conversion" in models
    taken = models.get("purchases", next(iter(models.values())))
    facts = {
        "as_of": record["as_of"],
        "split": record["split"],
        "customers": None if leads else Figures(lang, None).count(int(taken["n"])),
        "leads": Figures(lang, None).count(taken["own"]["n"]) if leads else None,
        "model": name(taken["model"], lang),
    }
    known = {k: v for k, v in facts.items() if v is not None}
    listed = [tag("div", tag("dt", text(f"forecast.head.{k}", lang)), tag("dd", v)) for k, v in known.items()]
    brand = tag("p", text("report.brand", lang), class_="brand")
    title = tag("div", brand, tag("h1", text(_title(record), lang)))
    return tag("header", tag("div", title, class_="top"), tag("dl", listed, class_="facts"))


def _choice(record: Record, lang: Lang) -> Markup:
    said: list[Child] = [paragraph(s) for s in choice_sentences(record, lang)]
    if record["comparison"] is None:
        return join(said)
    return join([*said, figures_table(heads(lang), rows(record, lang))])


def _standing(record: Record) -> Record:
    """How the model that was taken did at the split; where it could not be fitted there, the recommended one."""
    compared = record["comparison"]
    by_name: dict[str, Record] = {s["name"]: s for s in compared["standings"]}
    return by_name.get(record["models"]["purchases"]["model"], by_name[compared["recommended"]])


def _tracking(record: Record, lang: Lang) -> Markup:
    chart = charts.tracking(record["pictures"]["tracking"], record["split"], lang)
    return join([note("tracking", lang), drawn(chart, section_name("tracking", lang))])


def _bins(record: Record, lang: Lang) -> Markup:
    actual, foreseen = record["comparison"]["actual"], _standing(record)["by_frequency"]
    last = len(actual) - 1
    found = [
        {
            "x": f"{a['x']}+" if a["x"] == last else str(a["x"]),
            "n": a["customers"],
            "real": a["mean"],
            "foreseen": f,
        }
        for a, f in zip(actual, foreseen, strict=True)
        if a["customers"]
    ]
    columns = [text(f"forecast.columns.{c}", lang) for c in ("x", "customers", "real", "foreseen")]
    cells = [[r["x"], f"{r['n']:,}", f"{r['real']:.2f}", f"{r['foreseen']:.2f}"] for r in found]
    drawing = drawn(charts.bins(found, lang), section_name("bins", lang))
    return join([note("bins", lang), beside(drawing, grow(figures_table(columns, cells)))])


def _reliability(record: Record, lang: Lang) -> Markup:
    found = _standing(record)["reliability"]
    columns = [text(f"forecast.columns.{c}", lang) for c in ("foreseen", "real", "customers")]
    cells = [[f"{r['foreseen']:.0%}", f"{r['real']:.0%}", f"{r['customers']:,}"] for r in found]
    drawing = drawn(charts.reliability(found, lang), section_name("reliability", lang))
    return join([note("reliability", lang), beside(drawing, grow(figures_table(columns, cells)))])


def _matrices(record: Record, lang: Lang) -> Markup:
    found = record["pictures"]["matrix"]
    pair = [
        drawn(charts.matrix(found, f, lang), text(f"forecast.axes.{f}", lang)) for f in ("p_alive", "orders")
    ]
    return join([note("matrices", lang), tag("div", pair, class_="twins")])


def _alive(record: Record, lang: Lang) -> Markup:
    found = record["pictures"]["alive"]
    chart = charts.alive(found["points"], found["purchases"], lang)
    return join([note("alive", lang, customer=found["customer"]), drawn(chart, section_name("alive", lang))])


def _clv(record: Record, lang: Lang) -> Markup | None:
    """The spread of values; None where there is no model of spending or nobody has a value."""
    found = record["pictures"].get("clv")
    if not found or not found["bars"]:
        return None
    figures = Figures(lang, record["currency"])
    columns = [text(f"forecast.columns.{c}", lang) for c in ("tenth", "share")]
    cells = [
        [f"{i * 10}–{i * 10 + 10}%", figures.share(Decimal(str(share)))]
        for i, share in enumerate(found["tenths"])
    ]
    drawing = drawn(charts.values(found["bars"], lang, record["currency"]), section_name("clv", lang))
    return join([note("clv", lang), beside(drawing, grow(figures_table(columns, cells)))])


def _parameters(record: Record, lang: Lang) -> Markup:
    return figures_table(parameter_heads(lang), parameter_rows(record, lang))


_Section = Callable[[Record, Lang], Markup | None]
_FITTED: dict[str, _Section] = {"choice": _choice, "parameters": _parameters}
_COMPARED: dict[str, _Section] = {
    "choice": _choice,
    "tracking": _tracking,
    "bins": _bins,
    "reliability": _reliability,
    "matrices": _matrices,
    "alive": _alive,
    "clv": _clv,
    "parameters": _parameters,
}
_LEADS: dict[str, _Section] = {
    "learned": lead_page.learned,
    "reliability": lead_page.reliability,
    "factors": lead_page.factors,
}


def _sections(record: Record) -> dict[str, _Section]:
    if "conversion" in record["models"]:
        return _LEADS
    return _FITTED if record["comparison"] is None else _COMPARED
