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
