"""What fitted measures ask for before anything is computed: their models, and statistics that may be there; no numbers yet."""

from __future__ import annotations

from collections.abc import Iterable

from keguan.engine.measures.definition import Fitted
from keguan.engine.measures.resolve import Measure, find


def is_fitted(measure: Measure) -> bool:
    """Whether a model makes the measure."""
    return isinstance(measure.definition.source, Fitted)


def models_of(measures: Iterable[Measure]) -> list[str]:
    """The models some measures need, each once, in order of their first use."""
    sources = [m.definition.source for m in measures]
    return list(dict.fromkeys(name for s in sources if isinstance(s, Fitted) for name in s.models))


def optional_reads(names: Iterable[str], subject: str) -> list[str]:
    """Statistics that fitted measures among `names` use where the data have them."""
    sources = [m.definition.source for n in names if (m := find(n, subject)) is not None]
    return list(dict.fromkeys(n for s in sources if isinstance(s, Fitted) for n in s.may_read))


def statistics_of(measures: Iterable[Measure]) -> set[str]:
    """What fitted measures read, whether they must or may."""
    found = list(measures)
    may = {n for m in found if isinstance(s := m.definition.source, Fitted) for n in s.may_read}
    return may | {n for m in found for n in m.reads}


def field_label(field: str, lang: str) -> str:
    """What people call a field that is learned from."""
    measure = find(f"lead_{field}", "lead")
    return field if measure is None else measure.label(lang)
