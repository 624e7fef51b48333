"""What a model record says, in sentences and table rows: the same on the screen and on the page."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import expm1
from typing import Any

from keguan.core.errors import Problem
from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.reports import lead_words
from keguan.reports.figures import NOTHING, Figures

COLUMNS = ("later_log_likelihood", "log_likelihood", "mae", "rmse", "total", "top_decile")


def choice_sentences(record: Mapping[str, Any], lang: Lang) -> list[str]:
    """How the models were compared, which is recommended and why, and what could not be fitted; of models that were named and
    not compared, what each was fitted to."""
    compared, figures = record["comparison"], Figures(lang, record["currency"])
    if "conversion" in record["models"]:
        return lead_words.sentences(record["models"]["conversion"], lang)
    if compared is None:
        return [_fitted(model, lang) for model in record["models"].values()] + _clock(record, lang)
    n, everybody = compared["n_customers"], compared["of_customers"]
    said = [
        _t(
            "split",
            lang,
            split=record["split"],
            as_of=record["as_of"],
            days=f"{compared['horizon']:.0f}",
            n=figures.count(n),
        )
    ]
    if n < everybody:
        said.append(_t("sampled", lang, n=figures.count(n), all=figures.count(everybody)))
    best = next(s for s in compared["standings"] if s["name"] == compared["recommended"])
    said.append(_t("recommended", lang, name=name(best["name"], lang), mae=f"{best['mae']:.2f}"))
    beaten = [name(b, lang) for b in compared["beaten_by"]]
    listed = text("core.list_separator", lang).join(beaten)
    said.append(_t("beaten", lang, names=listed) if beaten else _t("better_than_plain", lang))
    if record["asked_model"]:
        said.append(_t("asked", lang, name=name(record["asked_model"], lang)))
    for missing, problem in {**compared["missing"], **record["absent"]}.items():
        why = Problem(problem["code"], values=problem["values"]).what(lang)
        said.append(_t("without", lang, name=name(missing, lang), why=why))
    return said + _clock(record, lang)


def _clock(record: Mapping[str, Any], lang: Lang) -> list[str]:
    """By what season dates are found, strongest and weakest, and by what drift; nothing where the data carry none."""
    rhythm = record["models"].get("rhythm", {})
    said = []
    for kind, factors in rhythm.get("season", {}).items():
        if factors:
            most, least = (factors.index(f(factors)) + 1 for f in (max, min))
            values = {"most": f"{max(factors):.2f}", "least": f"{min(factors):.2f}"}
            places = {"high": _t(f"season.{kind}.{most}", lang), "low": _t(f"season.{kind}.{least}", lang)}
            said.append(_t(f"season.by_{kind}", lang, **values, **places))
    if yearly := rhythm.get("drift", {}).get("yearly"):
        share = Figures(lang, None).share(Decimal(str(abs(expm1(yearly)))))
        said.append(_t("drift.more" if yearly > 0 else "drift.less", lang, share=share))
    return said


def table(record: Mapping[str, Any], lang: Lang) -> tuple[list[str], list[list[str]], range]:
    """The table that sums a record up, with the places of its columns of figures: methods compared, parameters, or levels of
    the fields of leads."""
    if "conversion" in record["models"]:
        return lead_words.heads(lang), lead_words.rows(record["models"]["conversion"], lang), range(2, 5)
    if record["comparison"] is None:
        return parameter_heads(lang), parameter_rows(record, lang), range(1, 4)
    return heads(lang), rows(record, lang), range(1, 1 + len(COLUMNS))


def heads(lang: Lang) -> list[str]:
    """The heads of the table of methods."""
    return [_t(f"columns.{c}", lang) for c in ("name", *COLUMNS)]


def rows(record: Mapping[str, Any], lang: Lang) -> list[list[str]]:
    """One row per method, figures as text."""
    return [
        [name(s["name"], lang), *(_figure(c, s[c], lang) for c in COLUMNS)]
        for s in record["comparison"]["standings"]
    ]


def parameter_heads(lang: Lang) -> list[str]:
    """The heads of the table of parameters."""
    return [_t(f"columns.{c}", lang) for c in ("parameter", "value", "se", "interval")]


def parameter_rows(record: Mapping[str, Any], lang: Lang) -> list[list[str]]:
    """One row per parameter of every model: estimate, standard error and 80 % interval, as far as there are any."""
    from keguan.models.records import read_fitted

    found = []
    for model in record["models"].values():
        own = read_fitted(model)
        intervals = model.get("interval") or own.interval()
        for letter, value in own.params.items():
            se, bounds = own.se.get(letter), intervals.get(letter)
            cells = (f"{value:.6g}", NOTHING if se is None else f"{se:.4g}")
            interval = NOTHING if bounds is None else f"{bounds[0]:.5g} – {bounds[1]:.5g}"
            found.append([f"{name(model['model'], lang)} {letter}", *cells, interval])
    return found


def _fitted(model: Mapping[str, Any], lang: Lang) -> str:
    """What a model was fitted to, how well, and whether the climb ended."""
    key = "fitted" if model["converged"] else "not_converged"
    figures = {"n": f"{model['n']:,.0f}", "log_likelihood": f"{model['log_likelihood']:,.3f}"}
    return _t(key, lang, name=name(model["model"], lang), **figures)


def name(key: str, lang: Lang) -> str:
    """What people call a method."""
    return _t(f"names.{key}", lang)


def _figure(column: str, value: float | None, lang: Lang) -> str:
    if value is None:
        return NOTHING
    if column == "top_decile":
        return Figures(lang, None).share(Decimal(str(value)))
    return f"{value:,.1f}" if "likelihood" in column else f"{value:.3f}"


def _t(key: str, lang: Lang, **values: object) -> str:
    return text(f"forecast.{key}", lang, **values)
