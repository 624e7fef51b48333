"""A finished run: a folder that never changes, opened again at any time, by anyone who has its files."""

from __future__ import annotations

import difflib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.core import fingerprint
from keguan.core.errors import Place, fail
from keguan.core.languages import Lang
from keguan.engine.subjects import SUBJECTS
from keguan.kinds.base import Cuts
from keguan.runs.decide import Decision, column_name, decide, overridden
from keguan.runs.fit import Key
from keguan.schemes.document import Dimension, Scheme
from keguan.schemes.loader import load_scheme
from keguan.schemes.ruling import class_rules
from keguan.schemes.vocabulary import vocabulary_of

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.runs.explanation import Explanation

_FILES = ("run.json", "assignments.parquet", "measures.parquet", "cuts")


class Run:
    """One run in its folder. Tables are Arrow, sorted by the subject's keys; nothing is read before it is asked for."""

    def __init__(self, folder: Path | str) -> None:
        """Open a run folder. Raises KG506 when it is not one."""
        self.folder = Path(folder)
        for name in _FILES:
            if not (self.folder / name).exists():
                raise fail("KG506", Place(str(folder)), folder=str(folder), file=name)
        self.record: dict[str, Any] = self._json("run.json")

    def _json(self, name: str) -> dict[str, Any]:
        try:
            content = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise fail("KG506", Place(str(self.folder / name)), folder=str(self.folder), file=name) from None
        if not isinstance(content, dict):
            raise fail("KG506", Place(str(self.folder / name)), folder=str(self.folder), file=name)
        return content

    @property
    def as_of(self) -> date:
        """The included day the run pretends is today."""
        return date.fromisoformat(self.record["as_of"])

    @property
    def subject(self) -> str:
        """What was classified: customer, product, lead …"""
        return str(self.record["subject"])

    @property
    def currency(self) -> str | None:
        """The one currency of all money, where it is known."""
        found: str | None = self.record["currency"]
        return found

    @property
    def scheme_ids(self) -> list[str]:
        """Ids of the schemes that ran."""
        return list(dict.fromkeys(s["id"] for s in self.record["schemes"]))

    @cached_property
    def assignments(self) -> pa.Table:
        """One row per subject: keys, and per scheme class, status, reason and detail as dictionary columns."""
        import pyarrow.parquet as pq

        table = pq.read_table(self.folder / "assignments.parquet")
        for place, name in enumerate(table.column_names):
            if name not in SUBJECTS[self.subject].keys:
                table = table.set_column(place, name, table[name].combine_chunks().dictionary_encode())
        return table

    @cached_property
    def measures(self) -> pa.Table:
        """One row per subject in the same order: keys, measures with units in their names, attributes used."""
        import pyarrow.parquet as pq

        return pq.read_table(self.folder / "measures.parquet")

    def counts(self, scheme: str, dimension: str | None = None) -> list[dict[str, Any]]:
        """One row per class, high to low: code, label, count, share of heads, net sales, share of sales."""
        for entry in self.record["schemes"]:
            if entry["id"] == scheme and entry["dimension"] == dimension:
                rows: list[dict[str, Any]] = entry["classes"]
                return rows
        raise KeyError(column_name(scheme, dimension))

    def content_hash(self) -> str:
        """`sha256:…` of what the two tables say, whatever engine wrote them."""
        return fingerprint.of_json(
            [fingerprint.of_table(self.assignments), fingerprint.of_table(self.measures)]
        )

    def cuts(self, scheme: str) -> dict[str, Any]:
        """The fitted record of one scheme, as JSON."""
        return self._json(f"cuts/{scheme}.json")

    @cached_property
    def _cut_records(self) -> dict[str, dict[str, Any]]:
        """Every scheme's record in fitting order: schemes, cuts and decisions all rest on it, and it is read once."""
        return {i: self._json(f"cuts/{i}.json") for i in self.record["order"]}

    @cached_property
    def schemes(self) -> list[Scheme]:
        """The scheme documents the run used, read back from its cuts, in fitting order."""
        records = self._cut_records
        return [scheme_of(record, self.folder / "cuts" / f"{i}.json") for i, record in records.items()]

    def schemes_as_asked(self) -> list[Scheme]:
        """The same documents in the order in which they were asked for."""
        by_id = {s.id: s for s in self.schemes}
        return [by_id[i] for i in self.scheme_ids]

    @cached_property
    def rules(self) -> Mapping[str, Mapping[tuple[str | None, str], Mapping[str, str]]]:
        """By scheme, what each class (dimension, code) asks for, in words of three languages."""
        words = vocabulary_of(self.subject, self.schemes)
        return {s.id: class_rules(s, words) for s in self.schemes}

    def fitted(self) -> Iterator[tuple[tuple[Scheme, Dimension], Cuts]]:
        """Every dimension with its cuts, in the order of `run.json`."""
        by_id = {s.id: s for s in self.schemes}
        kept = self.kept_cuts()
        for entry in self.record["schemes"]:
            scheme = by_id[entry["id"]]
            dimension = next(d for d in scheme.dimensions if d.id == entry["dimension"])
            yield (scheme, dimension), kept[scheme.id, dimension.id]

    def kept_cuts(self) -> dict[Key, Cuts]:
        """The cuts of every dimension, ready to assign with."""
        result: dict[Key, Cuts] = {}
        for scheme in self.schemes:
            record = self._cut_records[scheme.id]
            inner = record.get("dimensions")
            for dimension in scheme.dimensions:
                result[scheme.id, dimension.id] = record if inner is None else inner[str(dimension.id)]
        return result

    def decisions(self) -> Mapping[Key, Decision]:
        """Every dimension's decision, rebuilt from schemes and cuts."""
        result: dict[Key, Decision] = {}
        kept = self.kept_cuts()
        for scheme in self.schemes:
            for dimension in scheme.dimensions:
                key = (scheme.id, dimension.id)
                computed = decide(scheme, dimension, kept[key], self.subject, result)
                decided = computed.column in self.record.get("overridden", ())
                result[key] = overridden(computed, dimension) if decided else computed
        return result

    def values_of(self, *keys: str) -> dict[str, Any]:
        """All measures and attributes of one subject, named by the values of its keys in their order. Raises KG507 with
        near ids when there is none, KG516 when the number of keys is another."""
        import pyarrow.parquet as pq

        names = SUBJECTS[self.subject].keys
        if len(keys) != len(names):
            raise fail("KG516", subject=self.subject, keys=", ".join(names), n=len(names), found=len(keys))
        wanted = list(zip(names, itertools.repeat("="), keys, strict=False))
        table = pq.read_table(self.folder / "measures.parquet", filters=wanted)
        if table.num_rows == 0:
            raise fail("KG507", subject=SUBJECTS[self.subject].joined(keys), near=", ".join(self._near(keys)))
        row: dict[str, Any] = table.to_pylist()[0]
        return {n: _trim(v) for n, v in row.items()}

    def _near(self, keys: Sequence[str]) -> list[str]:
        """Up to three subjects whose keys look like these."""
        import pyarrow.parquet as pq

        kind = SUBJECTS[self.subject]
        table = pq.read_table(self.folder / "measures.parquet", columns=list(kind.keys)).slice(0, 50_000)
        ids = [kind.joined(row.values()) for row in table.to_pylist()]
        return difflib.get_close_matches(kind.joined(keys), ids, n=3, cutoff=0.4) or ids[:3]

    def explain(self, subject: str | Sequence[str], *schemes: str, lang: Lang | None = None) -> Explanation:
        """Why one subject has its classes: numbers, cuts on both sides, the nearest moves, given or default.

        A subject of several keys is named by all of them: `run.explain(("L1", "P2"))`.
        """
        from keguan.runs.explain import explain

        several = isinstance(subject, (tuple, list))
        return explain(self, tuple(map(str, subject)) if several else (str(subject),), schemes, lang)

    def long(self, schemes: Sequence[str] = ()) -> pa.Table:
        """One row per subject and dimension: keys, scheme, dimension, class, status, reason, detail, and where one number
        decides, that measure, its value, rank, and the distances up and down to the next boundaries."""
        from keguan.runs.long import long_form

        return long_form(self, schemes)


def _trim(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) and value == 0 else value


def scheme_of(record: Mapping[str, Any], path: Path) -> Scheme:
    """The scheme inside a cuts record, with the parameters that were in force and the dimensions that ran."""
    scheme = load_scheme(
        record["document"],
        path.name,
        subject=record["subject"],
        window=record["window"],
        parameters=record["parameters"],
    )
    ran = record.get("dimensions")
    return scheme if ran is None else scheme.with_dimensions(ran)
