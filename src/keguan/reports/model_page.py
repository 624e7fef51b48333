"""The page of a fitted model: which was chosen and why, and the pictures; one file, no script, no outside address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.reports.charts import forecast as charts
from keguan.reports.charts.render import svg, trusted_specs
from keguan.reports.figures import Figures
from keguan.reports.html.page import page_head, stylesheet
from keguan.reports.html.parts import beside, grow, paragraph
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.model_words import choice_sentences, heads, name, parameter_heads, parameter_rows, rows

if TYPE_CHECKING:
    import altair as alt

Record = Mapping[str, Any]


def render_model(record: Record, lang: Lang) -> str:
    """The whole page of a model record as HTML."""
    with trusted_specs():
        sections = [(key, make(record, lang)) for key, make in _SECTIONS.items() if _is_there(key, record)]
    shown = [(key, body) for key, body in sections if body is not None]
    links = [tag("li", tag("a", _section_name(k, lang), href=f"#{k}")) for k, _ in shown]
    label = text("report.contents", lang)
    contents = tag("nav", tag("h2", label), tag("ol", links), aria_label=label, class_="contents")
    main = tag("main", [tag("section", tag("h2", _section_name(k, lang)), b, id=k) for k, b in shown])
    skip = tag("a", text("report.skip", lang), href="#choice", class_="skip")
    body = tag("body", skip, _masthead(record, lang), tag("div", contents, main, class_="layout"))
    title = " · ".join(filter(None, (text("forecast.title", lang), record["as_of"])))
    return "<!doctype html>\n" + tag("html", page_head(title, stylesheet(lang)), body, lang=lang) + "\n"


def _section_name(key: str, lang: Lang) -> str:
    return text(f"forecast.sections.{key}", lang)


def _masthead(record: Record, lang: Lang) -> Markup:
    models = record["models"]
    taken = models.get("purchases", next(iter(models.values())))
    facts = {
        "as_of": record["as_of"],
        "split": record["split"],
        "customers": Figures(lang, None).count(int(taken["n"])),
        "model": name(taken["model"], lang),
    }
    known = {k: v for k, v in facts.items() if v is not None}
    listed = [tag("div", tag("dt", text(f"forecast.head.{k}", lang)), tag("dd", v)) for k, v in known.items()]
    brand = tag("p", text("report.brand", lang), class_="brand")
    title = tag("div", brand, tag("h1", text("forecast.title", lang)))
    return tag("header", tag("div", title, class_="top"), tag("dl", listed, class_="facts"))


def _drawn(chart: alt.Chart | alt.LayerChart, caption: str) -> Markup:
    return tag("figure", tag("figcaption", caption), svg(chart, caption))


def _note(key: str, lang: Lang, **values: object) -> Markup:
    return paragraph(text(f"forecast.notes.{key}", lang, **values), quiet=True)


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Markup:
    """A table whose first column heads its row and whose others are figures."""
    head = [tag("th", c, scope="col", class_="n" if i else None) for i, c in enumerate(columns)]
    body = [
        tag("tr", tag("th", row[0], scope="row"), [tag("td", cell, class_="n") for cell in row[1:]])
        for row in cells
    ]
    inner = tag("table", tag("thead", tag("tr", head)), tag("tbody", body))
    return tag("div", inner, class_="scroll", tabindex=0, role="region", aria_label=columns[0])


def _choice(record: Record, lang: Lang) -> Markup:
    said: list[Child] = [paragraph(s) for s in choice_sentences(record, lang)]
    if record["comparison"] is None:
        return join(said)
    return join([*said, _table(heads(lang), rows(record, lang))])


def _standing(record: Record) -> Record:
    """How the model that was taken did at the split; where it could not be fitted there, the recommended one."""
    compared = record["comparison"]
    by_name: dict[str, Record] = {s["name"]: s for s in compared["standings"]}
    return by_name.get(record["models"]["purchases"]["model"], by_name[compared["recommended"]])


def _tracking(record: Record, lang: Lang) -> Markup:
    chart = charts.tracking(record["pictures"]["tracking"], record["split"], lang)
    return join([_note("tracking", lang), _drawn(chart, _section_name("tracking", lang))])


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
    drawing = _drawn(charts.bins(found, lang), _section_name("bins", lang))
    return join([_note("bins", lang), beside(drawing, grow(_table(columns, cells)))])


def _reliability(record: Record, lang: Lang) -> Markup:
    found = _standing(record)["reliability"]
    columns = [text(f"forecast.columns.{c}", lang) for c in ("foreseen", "real", "customers")]
    cells = [[f"{r['foreseen']:.0%}", f"{r['real']:.0%}", f"{r['customers']:,}"] for r in found]
    drawing = _drawn(charts.reliability(found, lang), _section_name("reliability", lang))
    return join([_note("reliability", lang), beside(drawing, grow(_table(columns, cells)))])


def _matrices(record: Record, lang: Lang) -> Markup:
    found = record["pictures"]["matrix"]
    pair = [
        _drawn(charts.matrix(found, f, lang), text(f"forecast.axes.{f}", lang)) for f in ("p_alive", "orders")
    ]
    return join([_note("matrices", lang), tag("div", pair, class_="twins")])


def _alive(record: Record, lang: Lang) -> Markup:
    found = record["pictures"]["alive"]
    chart = charts.alive(found["points"], found["purchases"], lang)
    return join(
        [_note("alive", lang, customer=found["customer"]), _drawn(chart, _section_name("alive", lang))]
    )


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
    drawing = _drawn(charts.values(found["bars"], lang, record["currency"]), _section_name("clv", lang))
    return join([_note("clv", lang), beside(drawing, grow(_table(columns, cells)))])


def _parameters(record: Record, lang: Lang) -> Markup:
    return _table(parameter_heads(lang), parameter_rows(record, lang))


_SECTIONS: dict[str, Callable[[Record, Lang], Markup | None]] = {
    "choice": _choice,
    "tracking": _tracking,
    "bins": _bins,
    "reliability": _reliability,
    "matrices": _matrices,
    "alive": _alive,
    "clv": _clv,
    "parameters": _parameters,
}


def _is_there(key: str, record: Record) -> bool:
    """Whether a section has something to show: all of a comparison, else what was fitted."""
    return record["comparison"] is not None or key in ("choice", "parameters")
