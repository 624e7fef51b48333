"""What changed between two runs: who moved from which class to which, who came and who left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keguan.core.errors import fail
from keguan.engine.subjects import SUBJECTS
from keguan.runs.decide import column_name
from keguan.runs.run import Run

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.schemes.comparison import Comparison


@dataclass(frozen=True)
class Transition:
    """How many subjects went from one class to another; None stands for no class."""

    scheme: str
    dimension: str | None
    before: str | None
    after: str | None
    count: int


@dataclass(frozen=True)
class Diff:
    """Two runs compared. `moves` has one row per subject and dimension whose class differs: keys, scheme, dimension,
    before, after."""

    old: Run
    new: Run
    transitions: tuple[Transition, ...]
    arrived: int
    left: int
    moves: pa.Table
    changed_meaning: tuple[str, ...]

    def changed_rules(self) -> dict[str, Comparison]:
        """What differs in the schemes whose meaning has changed, each as the run itself carries it."""
        from keguan.schemes.comparison import compare

        before, after = ({s.id: s for s in run.schemes} for run in (self.old, self.new))
        return {name: compare(before[name], after[name]) for name in self.changed_meaning}

    @property
    def moved(self) -> int:
        """Changes of class, over all dimensions."""
        return sum(t.count for t in self.transitions if t.before != t.after)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, without the names."""
        rows = [
            {"scheme": t.scheme, "dimension": t.dimension, "from": t.before, "to": t.after, "count": t.count}
            for t in self.transitions
        ]
        return {
            "as_of": [self.old.as_of.isoformat(), self.new.as_of.isoformat()],
            "arrived": self.arrived,
            "left": self.left,
            "moved": self.moved,
            "changed_meaning": list(self.changed_meaning),
            "transitions": rows,
        }


def diff(old: Run, new: Run) -> Diff:
    """Compare two runs of the same kind of subject, on the schemes both have. Raises KG515 when there are none."""
    shared = _shared(old, new)
    if old.subject != new.subject or not shared:
        raise fail("KG515", old=old.subject, new=new.subject)
    keys = list(SUBJECTS[new.subject].keys)
    columns = [column_name(s, d) for s, d in shared]
    joined = _join(old, new, keys, columns)
    transitions: list[Transition] = []
    moved: list[pa.Table] = []
    for (scheme, dimension), column in zip(shared, columns, strict=True):
        transitions += _transitions(joined, scheme, dimension, column)
        moved.append(_moves(joined, keys, scheme, dimension, column))
    import pyarrow as pa

    came, gone = _came_and_gone(joined)
    return Diff(old, new, tuple(transitions), came, gone, pa.concat_tables(moved), _changed(old, new))


def _shared(old: Run, new: Run) -> list[tuple[str, str | None]]:
    before = {(s["id"], s["dimension"]) for s in old.record["schemes"]}
    return [(s["id"], s["dimension"]) for s in new.record["schemes"] if (s["id"], s["dimension"]) in before]


def _changed(old: Run, new: Run) -> tuple[str, ...]:
    meanings = {s["id"]: s["meaning"] for s in old.record["schemes"]}
    return tuple(
        dict.fromkeys(
            s["id"] for s in new.record["schemes"] if meanings.get(s["id"], s["meaning"]) != s["meaning"]
        )
    )


def _join(old: Run, new: Run, keys: list[str], columns: list[str]) -> pa.Table:
    """One row per subject of either run: `before:<column>`, `after:<column>`, and where it was."""
    import pyarrow as pa

    def side(run: Run, name: str) -> pa.Table:
        table = run.assignments.select([*keys, *columns])
        parts = {k: table[k].cast(pa.string()) for k in keys}
        parts |= {f"{name}:{c}": table[c].cast(pa.string()) for c in columns}
        parts[name] = pa.array([True] * table.num_rows)
        return pa.table(parts)

    return (
        side(old, "before")
        .join(side(new, "after"), keys=keys, join_type="full outer")
        .sort_by([(k, "ascending") for k in keys])
    )


def _came_and_gone(joined: pa.Table) -> tuple[int, int]:
    return joined["before"].null_count, joined["after"].null_count


def _transitions(joined: pa.Table, scheme: str, dimension: str | None, column: str) -> list[Transition]:
    both = _both(joined)
    names = [f"before:{column}", f"after:{column}"]
    grouped = both.group_by(names).aggregate([([], "count_all")]).to_pylist()
    found = [Transition(scheme, dimension, r[names[0]], r[names[1]], r["count_all"]) for r in grouped]
    return sorted(found, key=lambda t: (t.before or "", t.after or ""))


def _both(joined: pa.Table) -> pa.Table:
    import pyarrow.compute as pc

    return joined.filter(pc.and_(pc.is_valid(joined["before"]), pc.is_valid(joined["after"])))


def _moves(joined: pa.Table, keys: list[str], scheme: str, dimension: str | None, column: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    both = _both(joined)
    before = pc.fill_null(both[f"before:{column}"], "")
    after = pc.fill_null(both[f"after:{column}"], "")
    moved = both.filter(pc.not_equal(before, after))
    n = moved.num_rows
    return pa.table(
        {
            **{k: moved[k] for k in keys},
            "scheme": pa.array([scheme] * n, pa.string()),
            "dimension": pa.array([dimension] * n, pa.string()),
            "before": moved[f"before:{column}"],
            "after": moved[f"after:{column}"],
        }
    )
