"""One business's tables, read and cleaned once, and the runs made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.book.run import Run
from keguan.book.select import select
from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.core.scratch import Scratch
from keguan.engine.intake import intake
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.parts import Part, PartStore
from keguan.engine.intake.readers import Workdir, find_sources, read
from keguan.runs.applies import refusal
from keguan.runs.classify import classify
from keguan.runs.fit import Key
from keguan.runs.found import Facts
from keguan.runs.models import Models, kept_models
from keguan.runs.plan import Plan, make_plan
from keguan.runs.request import RunRequest, Skipped
from keguan.runs.run import scheme_of
from keguan.schemes.catalogue import find_profile
from keguan.schemes.document import Scheme
from keguan.schemes.profile import Profile

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.book.customer_model import CustomerModel
    from keguan.engine.intake.inspection import Inspection
    from keguan.engine.intake.pipeline import Intake

Progress = Callable[[str], None]


class Book:
    """Tables of one business. Nothing is read before it is needed, and then once.

    `folder` is where canonical parts are kept; without one they live as long as the book.
    """

    def __init__(
        self,
        inputs: Sequence[Any] | Mapping[str, Any],
        options: IntakeOptions | None = None,
        *,
        folder: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.inputs = inputs
        self.options = options or IntakeOptions()
        self.profile_id: str | None = None
        self.scheme_folders: tuple[Path, ...] = ()
        self.scheme_ids: tuple[str, ...] = ()
        self.window = "12m"
        self.leading: str | None = None
        self.parameters: Mapping[str, Mapping[str, Any]] = {}
        self._scratch = None if folder else Scratch()
        self.folder = folder or (self._scratch.path if self._scratch else Path())
        self.progress: Progress = progress or (lambda step: None)

    @cached_property
    def facts(self) -> Intake:
        """The cleaned tables. Raises `KeguanError` with everything that stands in the way."""
        with Workdir() as work:
            raw = [t for s in find_sources(self.inputs) for t in read(s, self.options, work)]
            return intake(
                raw,
                self.options,
                PartStore(self.folder / "parts"),
                progress=lambda s, d, n: self.progress(s),
            )

    def inspect(self) -> Inspection:
        """What was understood of the input: columns, types, quirks, rows and money reconciled."""
        return self.facts.inspection

    @property
    def newest_day(self) -> date:
        """The day of the newest completed order. Raises KG601 when there is none, KG619 or KG662 when there are no facts at all."""
        self._require_facts()
        if self.facts.newest_day is None:
            raise fail("KG601")
        return self.facts.newest_day

    def _require_facts(self) -> None:
        """Refuse input of which nothing could be kept, naming per source what it has and what it lacks."""
        if self.facts.parts:
            return
        found = [f for f in self.facts.inspection.findings if f.values.get("lacking")]
        problems = [
            Problem(
                "KG619",
                Place(f.source),
                {"lacking": ", ".join(f.values["lacking"]), "have": ", ".join(f.values.get("have", ()))},
            )
            for f in found
        ]
        raise KeguanError(problems or Problem("KG662"))

    def plan(
        self,
        *schemes: str,
        as_of: date | str,
        purpose: str = "",
        subject: str = "customer",
        profile: str | None = None,
        window: str | None = None,
        engine: str = "duckdb",
        as_of_given: bool = True,
        leading: str | None = None,
        memory: str | None = None,
        threads: int | None = None,
    ) -> Plan:
        """What a run would do, without doing it."""
        found = self._profile(profile)
        window = window or self.window
        chosen = select(
            schemes or self.scheme_ids,
            subject=subject,
            window=window,
            profile=found,
            folders=self.scheme_folders,
            parameters=self.parameters,
            facts=Facts(self.facts.parts, _day(as_of), self._headers()),
        )
        request = RunRequest(
            parts=self.facts.parts,
            schemes=tuple(chosen.schemes),
            as_of=_day(as_of),
            purpose=purpose,
            subject=subject,
            currency=self.facts.currency,
            timezone=self.options.timezone,
            window=window,
            profile=None if found is None else found.id,
            event=None if found is None else found.event,
            engine=engine,
            as_of_given=as_of_given,
            leading=leading or self._usual_leading(chosen.schemes),
            refused=tuple(chosen.refused),
            memory=memory,
            threads=threads,
            notes=self._notes(),
        )
        plan = make_plan(request)
        _require(plan, schemes)
        return plan

    def classify(
        self,
        *schemes: str,
        as_of: date | str,
        purpose: str,
        out: Path | str | None = None,
        force: bool = False,
        **options: Any,
    ) -> Run:
        """Classify every subject under the named schemes, or under every scheme the data allow.

        `as_of`: the included day the run pretends is today. `purpose`: why; without one the run is refused (KG504).
        `out`: the run's folder (KG505 when it exists without `force`); without one the run lives in a temporary folder.
        Further options: `subject`, `profile`, `window`, `engine`, `leading` (the scheme to manage by; KG656 when it does not
        run), `memory`, `threads`.
        """
        self._require_facts()
        return self._run(self.plan(*schemes, as_of=as_of, purpose=purpose, **options), out, force, None)

    def assign(
        self,
        cuts: Sequence[Mapping[str, Any]],
        *,
        purpose: str,
        out: Path | str | None = None,
        force: bool = False,
        as_of: date | str | None = None,
        engine: str = "duckdb",
    ) -> Run:
        """Classify with the cuts of an earlier run. `as_of` defaults to the day in the cuts."""
        if not cuts:
            raise fail("KG602")
        first = cuts[0]
        schemes = tuple(scheme_of(c, Path(f"{c['scheme']}.json")) for c in cuts)
        request = RunRequest(
            parts=self.facts.parts,
            schemes=schemes,
            as_of=_day(as_of or first["as_of"]),
            purpose=purpose,
            subject=first["subject"],
            currency=self.facts.currency,
            timezone=self.options.timezone,
            window=first["window"],
            engine=engine,
            notes={**self._notes(), "cuts_from": first["as_of"]},
        )
        kept: dict[Key, dict[str, Any]] = {}
        for scheme, record in zip(schemes, cuts, strict=True):
            for dimension in scheme.dimensions:
                kept[scheme.id, dimension.id] = record.get("dimensions", {}).get(
                    str(dimension.id), dict(record)
                )
        return self._run(make_plan(request), out, force, kept, kept_models(cuts))

    def fit(self, **wishes: Any) -> CustomerModel:
        """Compare customer-base models on a time split and fit the best: keywords `as_of`, `split`, `model`, `customer`
        (see `keguan.book.forecasting.fit_model`). Needs the extra `models` (KG801)."""
        from keguan.book.forecasting import fit_model

        self._require_facts()
        return fit_model(self, **wishes)

    def measures(self, *names: str, as_of: date | str, subject: str = "customer") -> pa.Table:
        """Any measures without a scheme: one row per subject. Raises KG472 for what the data cannot answer."""
        from keguan.book.calculations import measures

        return measures(self, names, _day(as_of), subject)

    def acquisition_saving(self, *, as_of: date | str) -> dict[str, Any]:
        """What referrals have saved, with its inputs; see `keguan.book.calculations`."""
        from keguan.book.calculations import acquisition_saving

        return acquisition_saving(self, _day(as_of))

    def close_probability(self, *, as_of: date | str) -> list[dict[str, Any]]:
        """The chance of a quick deal by intent, own history or prior; see `keguan.book.calculations`."""
        from keguan.book.calculations import close_probability

        return close_probability(self, _day(as_of))

    def loyalty_index(self, *, as_of: date | str, weights: Mapping[str, float] | None = None) -> pa.Table:
        """How loyal each customer is, 0 to 100, with its parts; see `keguan.book.calculations`."""
        from keguan.book.calculations import loyalty_index

        return loyalty_index(self, _day(as_of), weights)

    def common_products(self, run: Run, scheme: str, **wishes: Any) -> list[dict[str, Any]]:
        """What customers of one class buy in common, with support, confidence and lift; see `keguan.book.calculations`."""
        from keguan.book.calculations import common_products

        return common_products(self, run, scheme, **wishes)

    def replay(self, run: Run, *, out: Path | str | None = None, force: bool = False) -> Run:
        """Make a run again from the parts it read, with the schemes it used.

        Raises KG509 when one of its parts is no longer among this book's.
        """
        record = run.record
        request = RunRequest(
            parts=self._parts_of(record),
            schemes=tuple(run.schemes_as_asked()),
            as_of=run.as_of,
            purpose=record["purpose"],
            subject=run.subject,
            currency=run.currency,
            timezone=record["timezone"],
            window=record["window"],
            profile=record["profile"],
            event=record.get("event"),
            engine=record["engine"],
            as_of_given=record["as_of_given"],
            leading=record["leading"] if record.get("leading_chosen") else None,
            refused=tuple(
                Skipped(
                    s["id"], s["why"], tuple(s["lacks"]), s["labels"], s.get("dimension"), s.get("reason")
                )
                for s in record["skipped"]
            ),
            notes={k: record[k] for k in ("inspection",) if k in record},
        )
        return self._run(make_plan(request), out, force, None)

    def _parts_of(self, record: Mapping[str, Any]) -> list[Part]:
        known = {p.fingerprint: p for p in self.facts.parts}
        problems = [
            Problem("KG509", values={"fingerprint": p["fingerprint"], "table": p["table"]})
            for p in record["parts"]
            if p["fingerprint"] not in known
        ]
        if problems:
            raise KeguanError(problems)
        return [known[p["fingerprint"]] for p in record["parts"]]

    def _run(
        self,
        plan: Plan,
        out: Path | str | None,
        force: bool,
        kept: Mapping[Key, Any] | None,
        models: Models | None = None,
    ) -> Run:
        keeper = None if out else Scratch()
        target = Path(out) if out else (keeper.path if keeper else Path()) / "run"
        classify(
            plan,
            target,
            force=force,
            kept=kept,
            models=models,
            extra=self._write_rejected,
            progress=self.progress,
        )
        return Run(target, keeper)

    def _write_rejected(self, folder: Path) -> None:
        import pyarrow.csv as csv

        csv.write_csv(self.facts.rejected, folder / "rejected.csv")

    def _usual_leading(self, schemes: Sequence[Scheme]) -> str | None:
        """The scheme this business manages by, where it was asked for."""
        return self.leading if self.leading in [s.id for s in schemes] else None

    def _profile(self, name: str | None) -> Profile | None:
        wanted = name or self.profile_id
        return find_profile(wanted, self.scheme_folders) if wanted else None

    def _headers(self) -> dict[tuple[str, str], str]:
        """What the columns were called in their files."""
        sources = [s for s in self.facts.inspection.sources if s.table is not None]
        return {(str(s.table), c.field): c.header for s in sources for c in s.columns}

    def _notes(self) -> dict[str, Any]:
        return {"inspection": self.facts.inspection.as_dict()}

    def close(self) -> None:
        """Remove what a book without a folder kept."""
        if self._scratch is not None:
            self._scratch.close()


def _day(value: date | str) -> date:
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise fail("KG603", value=value) from None


def _require(plan: Plan, asked: Sequence[str]) -> None:
    """A scheme asked for by name either runs, if only in some of its dimensions, or is refused with what it lacks."""
    problems = [
        refusal(s, plan.request.subject) for s in plan.skipped if s.id in asked and s.dimension is None
    ]
    if problems:
        raise KeguanError(problems)
