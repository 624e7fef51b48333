"""Findings as sentences, plain for a workbook and with marked figures for a page."""

from __future__ import annotations

from decimal import Decimal

from keguan.insight.findings import ClassName, Finding
from keguan.insight.record import MeasureRecord, SchemeRecord
from keguan.insight.satisfaction import Satisfaction
from keguan.reports.markup import Child, Markup, join, tag
from keguan.reports.words import Words
from keguan.runs.explanation import class_words


def plain_sentence(finding: Finding, words: Words) -> str:
    """The finding as text."""
    values = {name: _text(name, value, words) for name, value in finding.numbers.items()}
    return words.t(f"findings.{finding.code}", **values)


def rich_sentence(finding: Finding, words: Words) -> Markup:
    """The finding with its figures in bold; a shortened amount carries the exact one."""
    values: dict[str, Child] = {name: _marked(name, value, words) for name, value in finding.numbers.items()}
    return words.rich(f"findings.{finding.code}", values)


def exact_numbers(finding: Finding, words: Words) -> str:
    """The amounts of a finding that its sentence shortens, written out."""
    amounts = (v for k, v in finding.numbers.items() if k.endswith("_sales") and isinstance(v, Decimal))
    return words.listed([words.figures.money(a) for a in amounts])


def class_text(scheme: SchemeRecord, code: str, words: Words) -> str:
    """`A · VIP客户` where codes are letters, the label alone where they are words."""
    return class_words(code, {words.lang: scheme.class_label(code, words.lang)}, words.lang)


def _text(name: str, value: object, words: Words) -> str:
    figures = words.figures
    if isinstance(value, ClassName):
        return class_text(value.scheme, value.code, words)
    if isinstance(value, SchemeRecord):
        return words.label(value.labels, value.column)
    if isinstance(value, tuple):
        return words.listed([words.measure(str(v)) for v in value])
    if isinstance(value, Decimal):
        if name.endswith("_share"):
            return (
                figures.share(value).replace(".0%", "%") if name == "within_share" else figures.share(value)
            )
        return figures.short(value)
    if isinstance(value, int):
        return figures.count(value)
    return figures.share(None)


def _marked(name: str, value: object, words: Words) -> Markup:
    text = _text(name, value, words)
    if name.endswith("_sales") and isinstance(value, Decimal):
        return tag("b", tag("data", text, value=f"{value:f}", title=words.figures.money(value)))
    if isinstance(value, (ClassName, SchemeRecord, tuple)):
        return join([text])
    return tag("b", text)


def measure_label(measure: MeasureRecord | None, words: Words) -> str:
    """The measure's name for people."""
    return words.t("columns.sales") if measure is None else words.label(measure.labels, measure.name)


def satisfaction_headline(found: Satisfaction, words: Words) -> str:
    """The overall figure in words: that of the final users, or that it is not known."""
    if found.headline is None:
        return words.t("satisfaction.headline_unknown")
    verdict = words.t(f"satisfaction.verdicts.{found.verdict}")
    return words.t(
        "satisfaction.headline", mean=mean_score(found.headline), scale=f"{found.scale:f}", verdict=verdict
    )


def satisfaction_notes(found: Satisfaction, words: Words) -> list[str]:
    """Who was not asked, and how many customers are at risk."""
    notes = [words.t("satisfaction.missing", role=words.t(f"satisfaction.roles.{r}")) for r in found.missing]
    if found.at_risk:
        notes.append(words.t("satisfaction.at_risk", n=words.figures.count(found.at_risk)))
    return notes


def mean_score(value: Decimal) -> str:
    """A mean of scores with one decimal."""
    return f"{value.quantize(Decimal('0.1'))}"
