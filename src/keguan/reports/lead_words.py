"""What a record of lead conversion says, in sentences and table rows: the same on the screen and on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from keguan.core.errors import Problem
from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.engine.fitted.needs import field_label

if TYPE_CHECKING:
    from keguan.models._levels import Levels

#: Levels shown, the strongest first.
MOST_LEVELS = 20


def sentences(conversion: Mapping[str, Any], lang: Lang) -> list[str]:
    """What was learned from, how later leads were foreseen, which fields were left out and why."""
    own, judged = conversion["own"], conversion["judged"]
    said = [
        _t("learned", lang, n=f"{own['n']:,}", won=f"{own['won']:,}", share=f"{own['won'] / own['n']:.1%}")
    ]
    if judged is None:
        problem = conversion["not_judged"]
        why = Problem(problem["code"], values=problem["values"]).what(lang)
        said.append(_t("not_judged", lang, why=why))
    else:
        counts = {k: f"{judged[k]:,}" for k in ("n_before", "n_after")}
        scores = {k: f"{judged[k]:.3f}" for k in ("auc", "brier", "brier_average")}
        said.append(_t("judged", lang, **counts, **scores))
    if conversion["came_with_closing"]:
        listed = [field_label(f, lang) for f in conversion["came_with_closing"]]
        said.append(_t("came_with_closing", lang, fields=text("core.list_separator", lang).join(listed)))
    return said


def heads(lang: Lang) -> list[str]:
    """The heads of the table of levels."""
    return [_t(f"columns.{c}", lang) for c in ("field", "level", "n", "won", "effect")]


def rows(conversion: Mapping[str, Any], lang: Lang) -> list[list[str]]:
    """What speaks most for and against a lead: field, level, leads seen, share won, what it adds to the log-odds."""
    from keguan.models import LeadConversion

    model = LeadConversion.from_dict(conversion["own"])
    found = [
        (weight * effect, field, label, n, won)
        for field, weight in zip(model.fields, model.weights, strict=True)
        for label, effect, n, won in zip(field.labels, field.effects, field.n, field.won, strict=True)
        if n
    ]
    found.sort(key=lambda f: (-abs(f[0]), f[1].name, f[2]))
    return [
        [field_label(f.name, lang), _level(f, label, lang), f"{n:,}", f"{won / n:.0%}", f"{effect:+.2f}"]
        for effect, f, label, n, won in found[:MOST_LEVELS]
    ]


def _level(field: Levels, label: str, lang: Lang) -> str:
    """A level as people read it: a word, a range such as `582.48 – 1,135.84`, missing, or rare words together."""
    known = {"?": "missing", "…": "rare", "true": "yes", "false": "no"}
    if label in known and (label == "?" or field.words is not None):
        return _t(f"levels.{known[label]}", lang)
    if field.words is not None:
        return label
    low, high = label[1:-1].split(", ")
    if low == "-∞":
        return f"< {_number(high)}" if high != "∞" else "–"
    return f"≥ {_number(low)}" if high == "∞" else f"{_number(low)} – {_number(high)}"


def _number(text_: str) -> str:
    return f"{float(text_):,.6g}"


def _t(key: str, lang: Lang, **values: object) -> str:
    return text(f"forecast.leads.{key}", lang, **values)
