"""The plan of a run: which schemes take part in which order, which measures they need, what is left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keguan.core.errors import KeguanError, Problem, fail
from keguan.engine.fitted.needs import optional_reads
from keguan.engine.linking import linked
from keguan.engine.measures.resolve import Measure, closure, find
from keguan.engine.overriding import override_of
from keguan.engine.subjects import SUBJECTS
from keguan.engine.tables import logical_tables
from keguan.kinds.base import asked, asked_scheme, reads
from keguan.kinds.registry import kind
from keguan.runs.applies import refusal
from keguan.runs.available import Data
from keguan.runs.fitness import attributes_of, misfits
from keguan.runs.request import RunRequest, Skipped
from keguan.schemes.document import Dimension, Scheme

CARRIED = (
    "name", "owner", "opt_out", "contacted_on", "lead_class_since", "intent_class_since", "leaving_reason", "price_disclosed_on",
    "no_growth_confirmed_on",
)  # fmt: skip
"""Facts about a customer that planning asks for: kept beside the measures wherever the data have them."""

PLANNING = {
    "customer": ("last_order_on", "last_contact_on", "n_contact_people", "n_opted_out"),
    "lead": ("lead_opted_out",),
}
"""Measures planning asks for wherever their tables are there, by subject."""

ROLES = ("purchaser", "user", "direct-user", "indirect-user", "intermediate", "internal")

REPORTED = (
    "contact_minutes_{window}", "cost_to_serve_{window}",
    *(f"{measure}_{{window}}:{role}" for role in ROLES for measure in ("n_ratings", "mean_rating")),
)  # fmt: skip
"""Measures of the run's window that reports set against the classes wherever their tables are there: what a class takes
up in time and money, and how satisfied the people in each role are."""


@dataclass(frozen=True)
class Plan:
    """Resolved and ready to be executed or shown: `levels` holds schemes whose fits do not depend on each other;
    `overridden` the columns in which people have decided otherwise for somebody; `links` what is known of the subjects
    that attributes point to, as (attribute, name)."""

    request: RunRequest
    data: Data
    levels: tuple[tuple[Scheme, ...], ...]
    measures: tuple[Measure, ...]
    attributes: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    overridden: frozenset[str] = frozenset()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """All schemes in fitting order."""
        return tuple(s for level in self.levels for s in level)

    @property
    def available(self) -> frozenset[str]:
        """Every name a condition may use in this run."""
        others = frozenset(linked(link, name) for link, name in self.links)
        decided = frozenset(override_of(c) for c in self.overridden)
        return (
            frozenset(m.name for m in self.measures)
            | frozenset(self.attributes)
            | self.scheme_names
            | decided
            | others
        )

    @property
    def scheme_names(self) -> frozenset[str]:
        """`@id` of every scheme that takes part, and `@id.dimension` of its dimensions."""
        return frozenset(asked(s.id, d) for s in self.schemes for d in (None, *(d.id for d in s.dimensions)))


def needs(scheme: Scheme) -> tuple[list[str], list[str]]:
    """Names (and `@scheme`) a scheme cannot do without, and names it uses when they are there."""
    required = reads(scheme.population)
    optional = [n for c in scheme.population_known for n in reads(c)]
    for dimension in scheme.dimensions:
        inputs = kind(scheme.kind).inputs(dimension.spec)
        required += inputs.required
        optional += inputs.optional
    return list(dict.fromkeys(required)), [n for n in dict.fromkeys(optional) if n not in required]


def make_plan(request: RunRequest, data: Data | None = None) -> Plan:
    """Order the schemes, find what they need, and set aside what cannot run. Raises KG501 for a circle of schemes and
    KG502 when nothing is left to do, KG656 when the scheme that should lead does not run, and every problem of a business's own
    scheme whose conditions do not fit the attributes. `data` says what can be answered where it is not the request's parts that say so.
    """
    subject = SUBJECTS[request.subject]
    skipped = list(request.refused)
    measured = data is not None and data.measured is not None
    fitting = request.schemes if measured else _fitting(request, skipped)
    data = data or Data.of(subject, request.parts)
    usable = _usable(fitting, data, skipped)
    levels = _levels(usable)
    if not usable:
        raise NothingLeft(skipped, subject.name)
    if request.leading is not None and request.leading not in [s.id for s in usable]:
        raise fail("KG656", scheme=request.leading, known=", ".join(s.id for s in usable))
    names = _names(usable, data, request.window)
    measures = tuple(closure(names, subject.name, data.can_answer))
    known = {m.name for m in measures}
    attributes = tuple(n for n in names if n not in known and not n.startswith("@"))
    return Plan(request, data, levels, measures, attributes, tuple(skipped))


def _fitting(request: RunRequest, skipped: list[Skipped]) -> list[Scheme]:
    """The schemes whose conditions fit the attributes of the data. A built-in one that does not is set aside, for there the
    data call something else by its name; in one of the business's own it is a mistake to be told."""
    attributes = attributes_of(SUBJECTS[request.subject], request.parts)
    fitting: list[Scheme] = []
    problems: list[Problem] = []
    for scheme in request.schemes:
        asked = [n for group in needs(scheme) for n in group if n in attributes]
        found = misfits(scheme, attributes) if asked else []
        if not found:
            fitting.append(scheme)
        elif scheme.file.startswith("catalogue/"):
            skipped.append(Skipped(scheme.id, "other-type", tuple(asked), scheme.labels))
        else:
            problems += found
    if problems:
        raise KeguanError(problems)
    return fitting


class NothingLeft(KeguanError):
    """No scheme can run; `skipped` says what each of them lacks."""

    def __init__(self, skipped: Sequence[Skipped], subject: str) -> None:
        self.skipped = tuple(skipped)
        super().__init__(_nothing_left(skipped, subject))


def _nothing_left(skipped: Sequence[Skipped], subject: str) -> list[Problem]:
    """One problem per scheme where few were asked for, else what all of them lack."""
    if 0 < len(skipped) <= 3:
        return [refusal(s, subject) for s in skipped]
    missing = dict.fromkeys(f.partition(".")[0] for s in skipped if s.why == "missing-input" for f in s.lacks)
    lacks = [name for name in missing if name in logical_tables()]
    return [Problem("KG502", values={"lacks": ", ".join(lacks) or ", ".join(s.id for s in skipped)})]


def others(scheme: Scheme) -> list[str]:
    """The schemes whose classes it asks about."""
    found = (asked_scheme(n) for group in needs(scheme) for n in group)
    return list(dict.fromkeys(n for n in found if n is not None))


def _usable(schemes: Sequence[Scheme], data: Data, skipped: list[Skipped]) -> list[Scheme]:
    """Schemes with the dimensions whose required names can be answered, including the schemes they ask about; what is set
    aside, whole or in part, is added to `skipped`."""
    left = {s.id: s for s in schemes}
    reasons: dict[str, list[Skipped]] = {s.id: [] for s in schemes}
    changed = True
    while changed:
        changed = False
        for scheme in list(left.values()):
            found = _why_not(scheme, data, left)
            if not found:
                continue
            changed = True
            if found[0].dimension is None:
                reasons[scheme.id] = [_altogether([*reasons[scheme.id], *found], scheme)]
                del left[scheme.id]
            else:
                reasons[scheme.id] += found
                gone = {s.dimension for s in found}
                left[scheme.id] = scheme.with_dimensions(
                    [d.id for d in scheme.dimensions if d.id not in gone]
                )
    skipped += [one for s in schemes for one in reasons[s.id]]
    return list(left.values())


def _why_not(scheme: Scheme, data: Data, left: Mapping[str, Scheme]) -> list[Skipped]:
    """Why the whole scheme cannot run, or which of its dimensions cannot; nothing where all can."""
    if scheme.unset_parameters:
        return [Skipped(scheme.id, "parameter", tuple(scheme.unset_parameters), scheme.labels)]
    if scheme.pattern is not None:
        return [Skipped(scheme.id, "missing-input", (scheme.pattern,), scheme.labels)]
    if not kind(scheme.kind).is_installed:
        return [Skipped(scheme.id, "extra", (str(kind(scheme.kind).extra),), scheme.labels)]
    outside = _lack(scheme, None, reads(scheme.population), data, left)
    if outside is None and (nobody := data.lacks_subject()):
        return [Skipped(scheme.id, "missing-input", nobody, scheme.labels)]
    found = [lack for d in scheme.dimensions if (lack := _lack_of(scheme, d, data, left)) is not None]
    if outside is None and len(found) < len(scheme.dimensions):
        return found
    return [_altogether([*([outside] if outside else []), *found], scheme)]


def _altogether(found: Sequence[Skipped], scheme: Scheme) -> Skipped:
    """The reasons of all its dimensions as the one reason of a scheme."""
    lacks = dict.fromkeys(n for one in found for n in one.lacks if one.why == found[0].why)
    return Skipped(scheme.id, found[0].why, tuple(lacks), scheme.labels)


def _lack_of(scheme: Scheme, dimension: Dimension, data: Data, left: Mapping[str, Scheme]) -> Skipped | None:
    """Why one dimension cannot run: it is closed, or the data lack what it asks for."""
    if dimension.closed_by is not None:
        return _set_aside(scheme, dimension, "closed", [dimension.closed_by])
    return _lack(scheme, dimension, _required(scheme, dimension, data, left), data, left)


def _required(scheme: Scheme, dimension: Dimension, data: Data, left: Mapping[str, Scheme]) -> list[str]:
    """The names a dimension cannot do without; of the ways it can be decided in, those of the one that lacks least."""
    inputs = kind(scheme.kind).inputs(dimension.spec)

    def lacking(way: tuple[str, ...]) -> int:
        return sum(_is_left(n, left) is False if n[0] == "@" else bool(data.lacks(n)) for n in way)

    return [*inputs.required, *(min(inputs.ways, key=lacking) if inputs.ways else ())]


def _lack(
    scheme: Scheme,
    dimension: Dimension | None,
    required: Sequence[str],
    data: Data,
    left: Mapping[str, Scheme],
) -> Skipped | None:
    """What of the required names cannot be answered."""
    absent = [n for n in required if n in data.absent]
    fields = [f for n in required if not n.startswith("@") for f in data.lacks(n)]
    unasked = [n[1:] for n in required if n.startswith("@") and not _is_left(n, left)]
    for why, lacks in (("too-little-data", absent), ("missing-input", fields), ("depends", unasked)):
        if lacks:
            return _set_aside(scheme, dimension, why, lacks)
    return None


def _set_aside(scheme: Scheme, dimension: Dimension | None, why: str, lacks: Sequence[str]) -> Skipped:
    """A scheme of one question is set aside as a whole."""
    named = tuple(dict.fromkeys(lacks))
    if dimension is None or dimension.id is None:
        return Skipped(scheme.id, why, named, scheme.labels)
    labels = {lang: f"{text} · {dimension.labels[lang]}" for lang, text in scheme.labels.items()}
    return Skipped(scheme.id, why, named, labels, dimension.id)


def _is_left(name: str, left: Mapping[str, Scheme]) -> bool:
    """Whether the question of a scheme that `@scheme` or `@scheme.dimension` names takes part."""
    scheme, _, dimension = name[1:].partition(".")
    return scheme in left and (not dimension or dimension in [d.id for d in left[scheme].dimensions])


def _levels(schemes: Sequence[Scheme]) -> tuple[tuple[Scheme, ...], ...]:
    ids = {s.id for s in schemes}
    waiting = {s.id: {*others(s)} & ids for s in schemes}
    placed: set[str] = set()
    levels: list[tuple[Scheme, ...]] = []
    while len(placed) < len(schemes):
        ready = tuple(s for s in schemes if s.id not in placed and waiting[s.id] <= placed)
        if not ready:
            circle = sorted(i for i in waiting if i not in placed)
            raise KeguanError(Problem("KG501", values={"schemes": " → ".join([*circle, circle[0]])}))
        levels.append(ready)
        placed |= {s.id for s in ready}
    return tuple(levels)


def _names(schemes: Iterable[Scheme], data: Data, window: str) -> list[str]:
    """Every name the run computes: required ones, optional ones that can be answered, and what every report shows."""
    names: list[str] = []
    for scheme in schemes:
        required, optional = needs(scheme)
        names += required + [n for n in optional if n.startswith("@") or data.can_answer(n)]
    shown = [n for n in (data.subject.value,) if n]
    shown += [n for n in CARRIED if n in data.attributes()]
    shown += PLANNING.get(data.subject.name, ())
    if data.subject.name == "customer":
        shown += [n.format(window=window) for n in REPORTED]
    shown += optional_reads(names, data.subject.name)
    names += [n for n in shown if data.can_answer(n)]
    return [n for n in dict.fromkeys(names) if not n.startswith("@")]


def missing_matters(name: str, subject: str) -> bool:
    """Whether an absent value of `name` means *unknown* (then the subject cannot be classified) and not *none*."""
    measure = find(name, subject)
    return measure is None or (not measure.definition.undefined and _may_be_missing(measure))


def _may_be_missing(measure: Measure) -> bool:
    source = measure.definition.source
    return getattr(source, "empty", None) == "missing"


def dimensions(schemes: Iterable[Scheme]) -> list[tuple[Scheme, Dimension]]:
    """Every (scheme, dimension) pair in order: one column group each."""
    return [(s, d) for s in schemes for d in s.dimensions]
