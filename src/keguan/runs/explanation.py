"""Why a subject has its class: an object that says it as words, as HTML and as data, in three languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

from keguan.core.languages import Lang, system_language
from keguan.core.money import plain
from keguan.core.texts import entries, text

Labels = dict[str, str]
CROWDED_SCORES = 3  # so many scores and more that one value takes up deserve a word


@dataclass(frozen=True)
class Number:
    """One number a class rests on."""

    name: str
    labels: Labels
    type: str
    unit: str | None
    value: Any

    def show(self, lang: Lang, currency: str | None) -> str:
        """The value for people."""
        return show_value(self.value, self.type, self.unit, lang, currency)


@dataclass(frozen=True)
class Step:
    """A boundary or a move on the scale of one number: the class beyond it and how far it is."""

    number: Number
    to: Any
    by: Any
    code: str | None
    class_labels: Labels


@dataclass(frozen=True)
class ScaleMark:
    """Where a class (or a score) begins on a scale."""

    code: str
    labels: Labels
    value: Any
    included: bool = True


@dataclass(frozen=True)
class ScaleView:
    """A number among the boundaries of its scheme, from the low end to the high end."""

    number: Number
    floor: str | None
    marks: tuple[ScaleMark, ...]


@dataclass(frozen=True)
class Override:
    """A decision of people: the reason they gave, and the class the scheme itself gives."""

    reason: str
    code: str | None
    class_labels: Labels


@dataclass(frozen=True)
class SchemeView:
    """One dimension's class of one subject with everything it rests on."""

    scheme: str
    dimension: str | None
    kind: str
    labels: Labels
    code: str | None
    class_labels: Labels
    status: str
    reason: str
    detail: str | None
    detail_labels: Labels
    given: str | None
    is_default: bool
    set_by: str | None
    numbers: tuple[Number, ...]
    scales: tuple[ScaleView, ...]
    moves: tuple[Step, ...]
    missing: tuple[Number, ...]
    left_out: tuple[Number, ...]
    defaults: tuple[Labels, ...]
    override: Override | None = None
    rule: Labels = field(default_factory=dict)
    population: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """All classes of one subject in one run; `text(lang)`, `html(lang)`, `as_dict(lang)`."""

    subject: str
    as_of: date
    currency: str | None
    schemes: tuple[SchemeView, ...]
    name: str | None = None
    lang: Lang = field(default_factory=system_language)

    def text(self, lang: Lang | None = None) -> str:
        """Plain words, one block per scheme."""
        lang = lang or self.lang
        head = _say("head", lang, subject=self._who(), as_of=self.as_of.isoformat())
        return "\n\n".join([head, *("\n".join(self.lines(v, lang)) for v in self.schemes)])

    def lines(self, view: SchemeView, lang: Lang) -> list[str]:
        """The sentences about one scheme."""
        lines = [f"{title(view, lang)}", f"  {reason(view, lang)}"]
        if view.rule and view.reason not in ("rest", "otherwise"):  # these reasons say as much
            lines.append(f"  {_say('rule', lang, rule=view.rule[lang])}")
        if view.override is not None:
            own = class_name(view.override.code, view.override.class_labels, lang)
            lines.append(f"  {_say('override', lang, reason=view.override.reason, label=own)}")
        if view.numbers:
            shown = [f"{n.labels[lang]} {n.show(lang, self.currency)}" for n in view.numbers]
            lines.append(f"  {_say('numbers', lang)}{text('core.list_separator', lang).join(shown)}")
        for scale in view.scales:
            lines.append(f"  {self._scale(scale, lang)}")
            if crowd := self._crowd(scale, lang):
                lines.append(f"  {crowd}")
        lines += [f"  {self._move(step, lang)}" for step in view.moves]
        if view.missing:
            names = text("core.list_separator", lang).join(n.labels[lang] for n in view.missing)
            lines.append(f"  {_say('missing', lang, names=names)}")
        if view.left_out:
            names = text("core.list_separator", lang).join(n.labels[lang] for n in view.left_out)
            lines.append(f"  {_say('left_out', lang, names=names)}")
        if view.code is not None and view.override is None:
            lines.append(f"  {provenance(view, lang)}")
        return lines

    def _scale(self, scale: ScaleView, lang: Lang) -> str:
        marks = text("core.list_separator", lang).join(self._mark(scale, m, lang) for m in scale.marks)
        return _say("scale", lang, name=scale.number.labels[lang], marks=marks)

    def _crowd(self, scale: ScaleView, lang: Lang) -> str | None:
        """Why scores are skipped: very many share the lowest value, so the next one is far above them at once."""
        lowest = next((m.code for m in scale.marks), "")
        if not lowest.isdecimal() or int(lowest) <= CROWDED_SCORES:
            return None
        mark, number = scale.marks[0], scale.number
        value = show_value(mark.value, number.type, number.unit, lang, self.currency)
        return _say("crowd", lang, name=number.labels[lang], value=value, score=lowest)

    def _mark(self, scale: ScaleView, mark: ScaleMark, lang: Lang) -> str:
        value = show_value(mark.value, scale.number.type, scale.number.unit, lang, self.currency)
        if mark.labels:
            return _say(
                "mark" if mark.included else "mark_beyond", lang, label=mark.labels[lang], value=value
            )
        side, _, share = mark.code.partition(" ")
        if side in ("median", "top", "bottom", "percentile"):
            return _say(f"mark_{side}", lang, share=share, value=value)
        return _say("mark_score", lang, score=mark.code, value=value)

    def _move(self, step: Step, lang: Lang) -> str:
        number = step.number
        by = show_value(abs(step.by), number.type, number.unit, lang, self.currency)
        to = show_value(step.to, number.type, number.unit, lang, self.currency)
        direction = "more" if step.by > 0 else "less"
        return _say(
            direction,
            lang,
            name=number.labels[lang],
            by=by,
            to=to,
            label=class_name(step.code, step.class_labels, lang),
        )

    def _who(self) -> str:
        return f"{self.name} ({self.subject})" if self.name and self.name != self.subject else self.subject

    def html(self, lang: Lang | None = None) -> str:
        """A fragment of HTML: a section per scheme, everything escaped."""
        lang = lang or self.lang
        head = _say("head", lang, subject=self._who(), as_of=self.as_of.isoformat())
        blocks = []
        for view in self.schemes:
            first, *rest = self.lines(view, lang)
            items = "".join(f"<li>{escape(line.strip())}</li>" for line in rest)
            blocks.append(f"<section><h3>{escape(first)}</h3><ul>{items}</ul></section>")
        return f'<article class="keguan-explanation" lang="{lang}"><h2>{escape(head)}</h2>{"".join(blocks)}</article>'

    def _repr_html_(self) -> str:
        return self.html()

    def __str__(self) -> str:
        return self.text()

    def as_dict(self, lang: Lang | None = None) -> dict[str, Any]:
        """Plain data for JSON; sentences in `lang` stand beside the numbers."""
        lang = lang or self.lang
        return {
            "subject": self.subject,
            "name": self.name,
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
            "schemes": [{**_view_dict(v, lang), "text": self.lines(v, lang)} for v in self.schemes],
        }


def title(view: SchemeView, lang: Lang) -> str:
    """`客户金字塔 A · VIP客户`: scheme, code, name; or scheme and status."""
    label = view.labels[lang]
    if view.code is None:
        return f"{label} — {_say(f'status_{view.status}', lang)}"
    proposed = f" ({_say('status_proposed', lang)})" if view.status == "proposed" else ""
    detail = f" [{view.detail_labels.get(lang, view.detail)}]" if view.detail else ""
    return f"{label} {class_name(view.code, view.class_labels, lang)}{detail}{proposed}"


def class_name(code: str | None, labels: Labels, lang: Lang) -> str:
    """Code and name, the name alone when they are the same."""
    if code is None:
        return _say("status_unclassified", lang)
    label = labels.get(lang) or code
    return label if label == code else f"{code} · {label}"


def class_words(code: str, labels: Labels, lang: Lang) -> str:
    """`A · VIP客户` where codes are letters, the name alone where they are words: in lists a word's code only repeats it."""
    label = labels.get(lang) or code
    return class_name(code, labels, lang) if len(code) <= 2 else label


def reason(view: SchemeView, lang: Lang) -> str:
    """The reason code as a sentence; who stands outside reads whom the scheme classifies."""
    if view.reason == "outside-population" and view.population:
        return _say("reason_outside_named", lang, who=view.population[lang])
    key = f"reason_{view.reason.replace('-', '_')}"
    return _say(key, lang) if key in entries("explain") else _say("reason_named", lang, reason=view.reason)


def provenance(view: SchemeView, lang: Lang) -> str:
    """Whether the class's boundary stands in the sources, was set by a profile or for this run, or is our default."""
    if view.set_by:
        return _say(f"set_by_{view.set_by}", lang)
    if view.given and not view.is_default:
        return _say("given", lang, source=view.given)
    return _say("ours", lang)


def show_value(value: Any, kind: str, unit: str | None, lang: Lang, currency: str | None) -> str:
    """A value with its unit, as people write it."""
    if value is None:
        return _say("none", lang)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _say("flag_true" if value else "flag_false", lang)
    if kind == "money" or unit == "money":
        return _money(value, currency)
    if unit == "share":
        return f"{Decimal(str(value)) * 100:.1f}%"
    digits = f"{value:,}" if isinstance(value, int) else f"{Decimal(str(value)):,.2f}".rstrip("0").rstrip(".")
    word = _UNITS.get(unit or "", {}).get(lang, "")
    return f"{digits}{word}"


_UNITS: dict[str, Labels] = {
    "days": {"zh-Hans": "天", "zh-Hant": "天", "en": " days"},
    "months": {"zh-Hans": "个月", "zh-Hant": "個月", "en": " months"},
}
_SYMBOLS = {"CNY": "¥", "USD": "$", "GBP": "£", "EUR": "€", "TWD": "NT$", "HKD": "HK$", "JPY": "¥"}


def _money(value: Any, currency: str | None) -> str:
    number = Decimal(str(value)).quantize(Decimal("0.01"))
    symbol = _SYMBOLS.get(currency or "", f"{currency} " if currency else "")
    sign = "-" if number < 0 else ""
    return f"{sign}{symbol}{abs(number):,.2f}"


def _say(key: str, lang: Lang, **values: object) -> str:
    return text(f"explain.{key}", lang, **values)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _number_dict(number: Number, lang: Lang) -> dict[str, Any]:
    return {
        "name": number.name,
        "label": number.labels[lang],
        "unit": number.unit,
        "value": _plain(number.value),
    }


def _override_dict(override: Override | None, lang: Lang) -> dict[str, Any] | None:
    if override is None:
        return None
    label = override.class_labels.get(lang)
    return {"reason": override.reason, "computed": override.code, "computed_label": label}


def _view_dict(view: SchemeView, lang: Lang) -> dict[str, Any]:
    return {
        "scheme": view.scheme,
        "dimension": view.dimension,
        "label": view.labels[lang],
        "class": view.code,
        "class_label": view.class_labels.get(lang),
        "status": view.status,
        "reason": view.reason,
        "rule": view.rule.get(lang),
        "detail": view.detail,
        "detail_label": view.detail_labels.get(lang),
        "override": _override_dict(view.override, lang),
        "set_by": view.set_by,
        "given": view.given,
        "default": view.is_default,
        "numbers": [_number_dict(n, lang) for n in view.numbers],
        "cuts": [
            {
                "measure": s.number.name,
                "floor": s.floor,
                "marks": [
                    {"class": m.code, "from": _plain(m.value), "included": m.included} for m in s.marks
                ],
            }
            for s in view.scales
        ],
        "moves": [
            {"measure": m.number.name, "by": _plain(m.by), "to": _plain(m.to), "class": m.code}
            for m in view.moves
        ],
        "missing": [n.name for n in view.missing],
        "left_out": [n.name for n in view.left_out],
        "defaults": [d[lang] for d in view.defaults],
    }
