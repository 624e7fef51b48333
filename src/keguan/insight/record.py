"""What `run.json` says, as values with names; what an older run did not write is simply empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from keguan.core.languages import LANGUAGES, Lang

ORDERED_KINDS = frozenset({"rank_share", "value_share", "bands", "weighted"})
CLASSIFIED = ("classified", "proposed")
Labels = Mapping[str, str]


def label_of(labels: Labels | None, lang: Lang, fallback: str) -> str:
    """The label in `lang`, else in any language, else `fallback`."""
    found = labels or {}
    return next((found[one] for one in (lang, *LANGUAGES) if found.get(one)), fallback)


@dataclass(frozen=True)
class ClassRecord:
    """One class of a scheme as the run knows it; `given` is the source's locator, None when the rule is our default."""

    code: str
    labels: Labels
    given: str | None
    is_default: bool


@dataclass(frozen=True)
class SchemeRecord:
    """One dimension of one scheme of the run; `classes` stand from high to low, `labels` name scheme and dimension."""

    id: str
    dimension: str | None
    version: int
    meaning: str
    kind: str
    family: str
    labels: Labels
    scheme_labels: Labels
    population: int
    classes: tuple[ClassRecord, ...]
    statuses: Mapping[str, int]
    reasons: Mapping[str, int]
    ties_at_cut: int
    left_out: tuple[str, ...]
    measure: str | None
    notices: tuple[str, ...]
    defaults: tuple[str, ...]
    references: tuple[str, ...]

    @property
    def column(self) -> str:
        """The name of the scheme's column in `assignments.parquet`."""
        return self.id if self.dimension is None else f"{self.id}.{self.dimension}"

    @property
    def is_ordered(self) -> bool:
        """Whether the classes are tiers: kinds that cut one ranking, and conditions that sort by value."""
        return self.kind in ORDERED_KINDS or (self.kind == "rules" and self.family == "value")

    @property
    def codes(self) -> tuple[str, ...]:
        """The class codes from high to low."""
        return tuple(c.code for c in self.classes)

    def class_label(self, code: str, lang: Lang) -> str:
        """The class's name; the code itself for a class the record does not list."""
        return next((label_of(c.labels, lang, code) for c in self.classes if c.code == code), code)


@dataclass(frozen=True)
class MeasureRecord:
    """A measure's type (`money`, `number`, `date` …), unit and labels."""

    name: str
    type: str
    unit: str | None
    labels: Labels


@dataclass(frozen=True)
class Skipped:
    """A scheme the run could not compute: why, and which names it lacks."""

    id: str
    labels: Labels
    why: str
    lacks: tuple[str, ...]
    reason: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class RunRecord:
    """The whole of `run.json` that reports need; `raw` keeps what is passed through (policies, inspection)."""

    version: str
    as_of: date
    as_of_given: bool
    timezone: str
    currency: str | None
    purpose: str
    profile: str | None
    subject: str
    engine: str
    windows: Mapping[str, tuple[str | None, str]]
    population: int
    measures: Mapping[str, MeasureRecord]
    schemes: tuple[SchemeRecord, ...]
    skipped: tuple[Skipped, ...]
    leading: str | None
    notices: tuple[Mapping[str, Any], ...]
    raw: Mapping[str, Any]

    @property
    def n_not_computed(self) -> int:
        """Schemes of which not even one question was answered."""
        return len({s.id for s in self.skipped} - {s.id for s in self.schemes})


def read_record(raw: Mapping[str, Any]) -> RunRecord:
    """The values of a `run.json`. Raises KeyError, TypeError or ValueError when it is not one."""
    measures = {
        n: MeasureRecord(n, m["type"], m.get("unit"), m.get("labels") or {})
        for n, m in raw["measures"].items()
    }
    windows = {n: (w.get("first_day"), w["last_day"]) for n, w in (raw.get("windows") or {}).items()}
    skipped = (
        Skipped(s["id"], s.get("labels") or {}, s["why"], tuple(s.get("lacks") or ()), s.get("reason") or {})
        for s in raw.get("skipped") or ()
    )
    return RunRecord(
        version=str(raw["keguan"]),
        as_of=date.fromisoformat(raw["as_of"]),
        as_of_given=bool(raw.get("as_of_given", True)),
        timezone=str(raw.get("timezone") or "UTC"),
        currency=raw.get("currency"),
        purpose=str(raw.get("purpose") or ""),
        profile=raw.get("profile"),
        subject=str(raw.get("subject") or "customer"),
        engine=str(raw.get("engine") or ""),
        windows=windows,
        population=int(raw["population"]),
        measures=measures,
        schemes=tuple(_scheme(s) for s in raw["schemes"]),
        skipped=tuple(skipped),
        leading=raw.get("leading"),
        notices=tuple(raw.get("notices") or ()),
        raw=raw,
    )


def _scheme(raw: Mapping[str, Any]) -> SchemeRecord:
    classes = (
        ClassRecord(c["code"], c.get("labels") or {}, c.get("given"), bool(c.get("default")))
        for c in raw["classes"]
    )
    return SchemeRecord(
        id=raw["id"],
        dimension=raw.get("dimension"),
        version=int(raw.get("version", 1)),
        meaning=str(raw.get("meaning") or ""),
        kind=raw["kind"],
        family=str(raw.get("family") or ""),
        labels=_full_labels(raw.get("labels") or {}, raw.get("scheme_labels") or {}),
        scheme_labels=raw.get("scheme_labels") or raw.get("labels") or {},
        population=int(raw.get("population") or 0),
        classes=tuple(classes),
        statuses={k: int(v) for k, v in (raw.get("statuses") or {}).items()},
        reasons={k: int(v) for k, v in (raw.get("reasons") or {}).items()},
        ties_at_cut=int(raw.get("ties_at_cut") or 0),
        left_out=tuple(raw.get("left_out") or ()),
        measure=raw.get("measure"),
        notices=tuple(raw.get("notices") or ()),
        defaults=tuple(raw.get("defaults") or ()),
        references=tuple(f"{r['seed']}:{r['line']}" for r in raw.get("references") or ()),
    )


def _full_labels(labels: Labels, scheme: Labels) -> Labels:
    """`消费心理 · 求廉`: a dimension's label does not say which scheme it belongs to."""
    return {
        lang: label if scheme.get(lang, label) == label else f"{scheme[lang]} · {label}"
        for lang, label in labels.items()
    }
