"""Which column is which field, by name and by content, with a confidence; whoever is unsure asks for `--map`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from keguan.engine.intake.assignment import best_assignment
from keguan.engine.intake.fit import content_fit, is_date, is_decimal
from keguan.engine.intake.headers import edges, level
from keguan.engine.intake.sampling import Sample
from keguan.engine.tables import Field, LogicalTable

SURE = 0.5  # below this confidence a required field is asked for
_TIE = 0.004  # two columns whose confidence differs by less cannot be told apart
_WEIGHTS = {"required": 3.0, "key": 2.0, "plain": 1.0}


@dataclass(frozen=True)
class Mapped:
    """One field and the column that carries it; `rivals` are headers that fit about as well or were second."""

    field: Field
    place: int
    header: str
    confidence: float
    by: str
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping_:
    """The mapping of one raw table to one logical table."""

    table: LogicalTable
    fields: Mapping[str, Mapped]
    unmapped: tuple[int, ...]
    missing: tuple[str, ...]
    doubtful: tuple[Mapped, ...] = ()
    tied: tuple[Mapped, ...] = field(default=())

    @property
    def fitness(self) -> float:
        """How well the raw table fills the logical one: sureness of what is needed, and how much more it explains."""
        if self.missing:
            return 0.0
        needed = set(self.table.required) | {name for group in self.table.needs for name in group}
        have = [m for name, m in self.fields.items() if name in needed]
        more = [m for name, m in self.fields.items() if name not in needed]
        return sum(m.confidence for m in have) / max(len(have), 1) + 0.05 * sum(m.confidence for m in more)


def map_columns(
    table: LogicalTable,
    samples: Sequence[Sample],
    wishes: Mapping[str, str],
    headerless: bool = False,
    guess: bool = True,
) -> Mapping_:
    """The best one-to-one mapping of columns to the fields of `table`; `wishes` (field -> header) overrule it.

    With `guess`, a required field without a name is proposed from content alone, surer where there are no headers.
    """
    fields = list(table.fields.values())
    chosen = {
        name: place for name, header in wishes.items() if (place := find_header(header, samples)) is not None
    }
    unnamed = (0.7 if headerless else 0.4) if guess else 0.0
    scores = [[_score(f, s, chosen, unnamed) for s in samples] for f in fields]
    weighted = [[value * _weight(f) for value in row] for f, row in zip(fields, scores, strict=True)]
    mapped: dict[str, Mapped] = {}
    tied: list[Mapped] = []
    for f, row, place in zip(fields, scores, _assigned(weighted), strict=True):
        if place is None:
            continue
        by = "wish" if f.name in chosen else "name" if name_score(f, samples[place].header) else "content"
        one = Mapped(f, place, samples[place].header, round(row[place], 3), by, _rivals(row, place, samples))
        if one.confidence < SURE and not (f.required or f.key):
            continue
        mapped[f.name] = one
        equals = tuple(
            s.header for s in samples if s.place != place and abs(row[s.place] - row[place]) < _TIE
        )
        if by != "wish" and f.required and equals:
            tied.append(replace(one, rivals=equals))
    doubtful = [m for m in mapped.values() if m.confidence < SURE and m.field not in {t.field for t in tied}]
    sure = {name: m for name, m in mapped.items() if m.confidence >= SURE or m.field.required}
    used = {m.place for m in sure.values()}
    unmapped = tuple(s.place for s in samples if s.place not in used)
    return Mapping_(
        table,
        sure,
        unmapped,
        table.missing(sure),
        tuple(d for d in doubtful if d.field.required),
        tuple(tied),
    )


def _assigned(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """The best assignment, over the columns that speak for any field at all."""
    columns = (
        [place for place in range(len(scores[0])) if any(row[place] for row in scores)] if scores else []
    )
    found = best_assignment([[row[place] for place in columns] for row in scores])
    return [None if place is None else columns[place] for place in found]


def find_header(header: str, samples: Sequence[Sample]) -> int | None:
    """The place of a header as the user wrote it: exactly, else levelled; `#3` is the third column."""
    if header.startswith("#") and header[1:].isdigit() and 0 < int(header[1:]) <= len(samples):
        return int(header[1:]) - 1
    for same in (lambda s: s.header == header, lambda s: level(s.header) == level(header)):
        for sample in samples:
            if same(sample):
                return sample.place
    return None


@cache
def _names(f: Field) -> Mapping[str, float]:
    """Levelled name -> score. The order of a list is a preference: earlier names win over later ones."""
    result: dict[str, float] = {}
    for listed, high in (((*f.weak,), 0.8), ((f.name, *f.labels.values(), *f.headers), 1.0)):
        for place, name in enumerate(listed):
            result[level(name)] = high - 0.1 * place / max(len(listed), 1)
    return result


@cache
def name_score(f: Field, header: str) -> float:
    """How surely a header names a field: 0.9-1 a known name, 0.7-0.8 a weak one, 0.6 a name with words around it."""
    names = _names(f)
    exact = names.get(level(header))
    if exact is not None:
        return exact
    joined = level(header)
    if not 1 < len(joined) <= 60:
        return 0.0
    return max((0.6 + 0.002 * len(n) for n in edges(header) if _is_most(n, joined, names)), default=0.0)


def _is_most(name: str, joined: str, names: Mapping[str, float]) -> bool:
    """Whether what stands whole at the beginning or the end of a header is a strong name and half of the header."""
    return len(name) >= 3 and names.get(name, 0.0) >= 0.9 and len(name) * 2 >= len(joined)


def _score(f: Field, sample: Sample, chosen: Mapping[str, int], unnamed: float) -> float:
    if f.name in chosen:
        return 1.0 if chosen[f.name] == sample.place else 0.0
    if sample.place in chosen.values():
        return 0.0
    name = name_score(f, sample.header)
    if name:
        fit = content_fit(f, sample)
        return name * fit if fit >= 0.5 else name * fit * 0.5
    if not (f.required and unnamed) or (f.type == "id" and unnamed < SURE):
        return 0.0  # an id is proposed only where there are no headers at all
    return _by_content(f, sample) * unnamed


def _by_content(f: Field, sample: Sample) -> float:
    """How well content alone speaks for a required field: dates for a date, fractions for money, repeats for an id."""
    if not sample.filled or content_fit(f, sample) < 0.9:
        return 0.0
    values = list(sample.values)[:400]
    if f.type in ("date", "datetime"):
        return 1.0
    if f.type == "money":
        return 1.0 if any(is_decimal(v) for v in values) else 0.0
    repeats = len(sample.values) < sample.filled
    return 0.6 if repeats and len(sample.values) > 1 and not all(is_date(v) for v in values) else 0.0


def _weight(f: Field) -> float:
    return _WEIGHTS["required" if f.required else "key" if f.key else "plain"]


def _rivals(row: Sequence[float], place: int, samples: Sequence[Sample]) -> tuple[str, ...]:
    others = [(value, i) for i, value in enumerate(row) if i != place and value >= SURE]
    return tuple(samples[i].header for _, i in sorted(others, key=lambda pair: -pair[0])[:3])
