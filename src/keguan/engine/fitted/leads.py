"""Lead conversion over a kept table of measures of leads: learned from closed leads, told of open ones, joined by lead_id.

Only what a lead can have while it is open is learned from. Source and owner are there from the start, and what was confirmed has its
day. The other fields hold what was last written in them, perhaps at closing: they count only where leads that are not closed to
this day have them as well. What says the same of every closed lead does not count either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from keguan.core.errors import KeguanError, Place, fail
from keguan.engine.backends import Engine
from keguan.engine.compile import column
from keguan.engine.fitted.records import Record
from keguan.engine.intake.parts import Part
from keguan.engine.measures.resolve import Measure, closure, find
from keguan.engine.measures.sql import keep_measures
from keguan.engine.subjects import SUBJECTS

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from keguan.models import Factors

MODEL = "conversion"
MEASURE = "p_conversion"
FIELDS = (
    "source", "owner", "need", "ability", "decision_rank", "amount", "need_confirmed", "ability_confirmed",
)  # fmt: skip
"""Fields learned from, each the measure `lead_<field>`."""
FROM_THE_START = ("source", "owner", "need_confirmed", "ability_confirmed")
NEVER_CLOSED = "n_never_closed"
OUTCOME = ("outcome_on", "n_outcomes_won", "n_outcomes_lost")
#: Leads never closed without which nothing is said of what they lack; the known share below and above which a field came with closing.
OPEN_LEADS, HARDLY, MOSTLY = 20, 0.05, 0.5
_KEYS = SUBJECTS["lead"].keys
_LEADS, _SCORES = "leads", "scores"


@dataclass(frozen=True)
class Leads:
    """Leads as columns, sorted by lead_id. `closed` is the day number of closing, -1 while open on the as-of day; `known` says
    whether the outcome is, `never_closed` whether a lead has not been closed to this day."""

    ids: pa.Array
    fields: dict[str, pa.Array]
    won: NDArray[np.bool_]
    known: NDArray[np.bool_]
    closed: NDArray[np.int64]
    never_closed: NDArray[np.bool_]

    @classmethod
    def read(cls, engine: Engine, table: str) -> Leads:
        """Every lead of a kept table."""
        return cls.of(engine.arrow(_query(engine, table)))

    @classmethod
    def of(cls, found: pa.Table) -> Leads:
        """Leads from the columns of `_query`."""
        import numpy as np
        import pyarrow as pa

        found = found.sort_by([(k, "ascending") for k in _KEYS]).combine_chunks()
        have = found.column_names

        def counted(name: str) -> NDArray[np.bool_]:
            none = np.zeros(found.num_rows, dtype=bool)
            return found[name].to_numpy() > 0 if name in have else none

        on, won, lost = OUTCOME
        days = found[on] if on in have else pa.chunked_array([pa.nulls(found.num_rows, pa.date32())])
        closed = days.cast(pa.date32()).cast(pa.int32()).fill_null(-1).to_numpy().astype(np.int64)
        fields = {f: _field(f, found[f"lead_{f}"]) for f in FIELDS if f"lead_{f}" in have}
        known = counted(won) | counted(lost)
        return cls(found[_KEYS[0]], fields, counted(won), known, closed, counted(NEVER_CLOSED))

    @property
    def open(self) -> NDArray[np.bool_]:
        """Which leads have not ended."""
        return self.closed < 0

    def some(self, rows: NDArray[np.bool_], fields: Sequence[str]) -> dict[str, pa.Array]:
        """Fields of some of the leads; one the data do not have is missing throughout."""
        import pyarrow as pa

        empty = pa.nulls(int(rows.sum()), pa.string())
        return {f: self.fields[f].filter(pa.array(rows)) if f in self.fields else empty for f in fields}


def _query(engine: Engine, table: str) -> exp.Select:
    """What is read of leads, as far as a kept table has it."""
    have = engine.columns(table)
    wanted = [*_KEYS, NEVER_CLOSED, *OUTCOME, *(f"lead_{f}" for f in FIELDS)]
    return exp.select(*[column(n) for n in wanted if n in have]).from_(exp.to_table(table, quoted=True))


def _field(name: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if name.endswith("_confirmed"):
        return pc.greater(values, 0)
    return values.cast(pa.float64() if name == "amount" else pa.string())


def _usable(leads: Leads) -> tuple[list[str], list[str]]:
    """The fields to learn from, and those that came, or may have come, with closing."""
    import pyarrow as pa

    used, late = [], []
    enough = int(leads.never_closed.sum()) >= OPEN_LEADS
    for name, values in leads.fields.items():
        past = values.filter(pa.array(leads.known))
        now = values.filter(pa.array(leads.never_closed))
        share = 1 - past.null_count / max(len(past), 1)
        filled_in = not enough or (share > MOSTLY and 1 - now.null_count / len(now) < HARDLY)
        if filled_in and name not in FROM_THE_START:
            late.append(name)
        elif len(past.unique()) > 1:
            used.append(name)
    return used, late


def fit_conversion(engine: Engine, table: str) -> Record:
    """The model as a record of its own inside, how it did on a time split, and the fields that came with closing.

    Raises `TooLittleData` (KG780) where the closed leads do not suffice.
    """
    from keguan.models import LeadConversion

    leads = Leads.read(engine, table)
    used, late = _usable(leads)
    past, won = leads.some(leads.known, used or FIELDS[:1]), leads.won[leads.known]
    model = LeadConversion.fit(past, won)
    try:
        judged = asdict(LeadConversion.judge(past, won, leads.closed[leads.known]))
        judged["reliability"] = list(judged["reliability"])
        judgement: dict[str, Any] = {"judged": judged, "not_judged": None}
    except KeguanError as wrong:
        problem = wrong.problems[0]
        judgement = {
            "judged": None,
            "not_judged": {"code": problem.code, "values": dict(problem.values)},
        }
    return {"model": LeadConversion.NAME, "own": model.to_dict(), "came_with_closing": late, **judgement}


def scores(leads: Leads, record: Record, top: int = 3) -> tuple[pa.Array, NDArray[Any], Factors]:
    """lead_id of every open lead, the probability that it is won, at six decimals, and what moves it most."""
    import pyarrow as pa

    from keguan.models import LeadConversion

    model = LeadConversion.from_dict(record["own"])
    fields = leads.some(leads.open, [f.name for f in model.fields])
    p = model.predict_p_conversion(fields).round(6)
    return leads.ids.filter(pa.array(leads.open)), p, model.predict_factors(fields, top)


@dataclass(frozen=True)
class Scoring:
    """Scores batches of leads: the open ones, with the probability that they are won. Plain data, as it may be sent to the rows."""

    record: Record

    @property
    def schema(self) -> pa.Schema:
        """The columns of the result."""
        import pyarrow as pa

        return pa.schema([("#lead_id", pa.string()), (MEASURE, pa.float64())])

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The scores of one batch."""
        import pyarrow as pa

        ids, p, _ = scores(Leads.of(pa.Table.from_batches([batch])), self.record)
        flat = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
        return pa.RecordBatch.from_arrays([flat.cast(pa.string()), pa.array(p)], schema=self.schema)


def add_conversion(
    engine: Engine, base: str, measures: Sequence[Measure], shown: Sequence[str], models: Mapping[str, Record]
) -> exp.Select:
    """The query of `base` with the columns in `shown` and the probability of each open lead, missing where it has ended."""
    scoring = Scoring(models[MODEL])
    engine.map(_SCORES, _query(engine, base), scoring, scoring.schema)
    columns = [exp.column(n, table="base", quoted=True) for n in shown]
    told = [
        exp.alias_(exp.column(MEASURE, table=_SCORES, quoted=True), m.name, quoted=True) for m in measures
    ]
    same = exp.EQ(
        this=exp.column(_KEYS[0], table="base", quoted=True),
        expression=exp.column("#lead_id", table=_SCORES, quoted=True),
    )
    source = exp.alias_(exp.to_table(base, quoted=True), "base", table=True)
    return exp.select(*columns, *told).from_(source).join(_SCORES, on=same, join_type="left")


class LeadBase:
    """The leads of some parts on an open engine. Raises KG864 where there is no table of leads."""

    def __init__(self, engine: Engine, parts: Sequence[Part]) -> None:
        self.engine = engine
        own = [p for p in parts if p.table == _LEADS]
        if not own:
            raise fail("KG864", Place(field=_LEADS))
        self._fields = {f for p in own for f in p.fields}
        self._paths: dict[str, list[Path]] = {_LEADS: [p.path for p in own]}
        engine.attach(_LEADS, self._paths[_LEADS])

    def newest_day(self) -> date:
        """The last day on which a lead was opened or closed. Raises KG864 where none has a day."""
        days = [exp.Max(this=column(n)) for n in ("opened_on", "closed_on")]
        found = self.engine.rows(exp.select(*days).from_(exp.to_table(_LEADS, quoted=True)))[0]
        known = [d for d in found if isinstance(d, date)]
        if not known:
            raise fail("KG864", Place(field="opened_at"))
        return max(known)

    def keep(self, name: str, as_of: date) -> str:
        """What a fit or a score reads of every lead as of a day, kept under a name."""
        wanted = (NEVER_CLOSED, *OUTCOME, *(f"lead_{f}" for f in FIELDS))
        names = [n for n in wanted if (m := find(n, "lead")) and self._fields.issuperset(m.definition.needs)]
        keep_measures(
            self.engine, name, SUBJECTS["lead"], closure(names, "lead"), {}, as_of, self._paths, names
        )
        return name
