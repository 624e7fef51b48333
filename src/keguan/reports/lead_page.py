"""The sections of the page of lead conversion: what was learned, whether the probabilities can be believed, what moves them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.reports import lead_words
from keguan.reports.charts import forecast as charts
from keguan.reports.html.parts import beside, grow, paragraph
from keguan.reports.markup import Markup, join
from keguan.reports.model_parts import drawn, figures_table, note, section_name

Record = Mapping[str, Any]


def learned(record: Record, lang: Lang) -> Markup:
    """What was learned from and how it did."""
    return join([paragraph(s) for s in lead_words.sentences(record["models"]["conversion"], lang)])


def reliability(record: Record, lang: Lang) -> Markup | None:
    """Foreseen beside real shares of later leads; None where there were none to judge by."""
    judged = record["models"]["conversion"]["judged"]
    if judged is None:
        return None
    found = [{**r, "customers": r["n"]} for r in judged["reliability"]]
    columns = [text(f"forecast.columns.{c}", lang) for c in ("foreseen", "real")]
    columns.append(text("forecast.leads.columns.n", lang))
    cells = [[f"{r['foreseen']:.0%}", f"{r['real']:.0%}", f"{r['n']:,}"] for r in found]
    chart = charts.reliability(found, lang, ("said_won", "did_win"))
    drawing = drawn(chart, section_name("reliability", lang))
    return join([note("lead_reliability", lang), beside(drawing, grow(figures_table(columns, cells)))])


def factors(record: Record, lang: Lang) -> Markup:
    """The levels that move a lead's probability most."""
    conversion = record["models"]["conversion"]
    table = figures_table(lead_words.heads(lang), lead_words.rows(conversion, lang), words=2)
    return join([note("factors", lang), table])
