"""A run as the public API hands it out: the run itself plus what is made from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.core.errors import fail
from keguan.core.languages import Lang, system_language
from keguan.runs import run as runs

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.book.book import Book
    from keguan.insight.notions import Overlap
    from keguan.insight.resources import Resources
    from keguan.insight.satisfaction import Satisfaction
    from keguan.playbooks.actions import Actions


class Cuts(dict[str, Any]):
    """The fitted record of one scheme: JSON in and out, and enough to classify anybody."""

    def assign(self, book: Book, *, purpose: str | None = None, out: Path | str | None = None) -> Run:
        """Classify another book's subjects with these cuts, without refitting, as of the day in the cuts and, where no other
        is stated, for the purpose they were fitted for."""
        return book.assign([self], purpose=purpose or self.get("purpose", ""), out=out)


class Run(runs.Run):
    """A finished run with its reports."""

    def __init__(self, folder: Path | str, keeper: object = None) -> None:
        super().__init__(folder)
        self._keeper = keeper  # keeps a temporary folder alive as long as the run is used

    def cuts(self, scheme: str) -> Cuts:
        """The fitted record of one scheme."""
        return Cuts(super().cuts(scheme))

    def report(self, out: Path | str, lang: Lang | None = None) -> Path:
        """Write the report: `.html` (one offline file), `.xlsx` or `.pdf` (extra `pdf`). Returns the path."""
        from keguan.reports import write_report

        return write_report(self.folder, Path(out), lang or system_language())

    def class_figures(
        self, scheme: str, measure: str, *, over: str | None = None, dimension: str | None = None
    ) -> list[dict[str, Any]]:
        """What a measure comes to in each class, high to low: `code`, `heads`, `known`, `total`, `mean`, `median`, `times` the
        lowest class's median, and with `over` the `ratio` of both totals. Raises KG706, KG707."""
        from keguan.insight.folder import RunFolder
        from keguan.insight.standing import class_figures

        with RunFolder(self.folder) as opened:
            return class_figures(opened, scheme, measure, over, dimension)

    def standings(self, scheme: str, measure: str, *, dimension: str | None = None) -> pa.Table:
        """Where each subject stands by a measure, best first: `class`, `value`, `rank`, `rank_share`, `share` of the total,
        `running_share`, and the `gap` to the mean of the next class up. Raises KG706, KG707."""
        from keguan.insight.folder import RunFolder
        from keguan.insight.standing import standings

        with RunFolder(self.folder) as opened:
            return standings(opened, scheme, measure, dimension)

    def resources(self) -> Resources | None:
        """Time and money each class of the leading scheme takes up, beside its value; None where neither is known."""
        from keguan.insight.folder import RunFolder
        from keguan.insight.resources import resources

        with RunFolder(self.folder) as opened:
            return resources(opened)

    def satisfaction(self) -> Satisfaction | None:
        """Satisfaction by role; its headline is that of the final users alone. None where nobody was rated."""
        from keguan.insight.folder import RunFolder
        from keguan.insight.satisfaction import satisfaction

        with RunFolder(self.folder) as opened:
            return satisfaction(opened)

    def large_customers(self) -> Overlap | None:
        """How far the notions of a large customer name the same people; None unless two of them ran."""
        from keguan.insight.folder import RunFolder
        from keguan.insight.joint import make_joint
        from keguan.insight.notions import large_customer_overlap

        with RunFolder(self.folder) as opened:
            make_joint(opened)
            return large_customer_overlap(opened)

    def actions(
        self,
        out: Path | str | None = None,
        *,
        hours: Decimal | float | None = None,
        days: int = 7,
        owner: str | None = None,
        schemes: Sequence[str] = (),
        events: Sequence[date] = (),
        playbooks: Sequence[Path | str] = (),
        accept_ours: bool = False,
        lang: Lang | None = None,
        force: bool = False,
    ) -> Actions:
        """Dated next actions for the `days` after the run, within `hours` where given; written to `out` (`.csv`, `.xlsx`,
        `.ics`) as well where that is named. `playbooks` are folders of a business's own."""
        from keguan.playbooks.actions import plan_actions
        from keguan.playbooks.asks import Wish
        from keguan.playbooks.library import library
        from keguan.reports.actions import write_actions

        time = None if hours is None else Decimal(str(hours))
        wish = Wish(time, days, owner, tuple(schemes), tuple(events))
        found = plan_actions(self, library(map(Path, playbooks), accept_ours=accept_ours), wish)
        if out is not None:
            write_actions(found, Path(out), lang or system_language(), force=force)
        return found

    def admit(self, customer: str, campaign: str) -> None:
        """Let a customer enter a campaign of `campaign-target`. Raises KG468 for who is no target of it, prospects and people
        who do not want to be contacted included; KG503 (no such campaign in this run), KG507 (no such customer)."""
        from keguan.schemes.pattern import slug

        column = f"campaign-target.{slug(campaign)}"
        if column not in self.assignments.column_names:
            raise fail("KG503", reference=column)
        self.values_of(customer)
        place = self.assignments["customer_id"].to_pylist().index(customer)
        found, why = (self.assignments[n][place].as_py() for n in (column, f"{column}.detail"))
        if found != "target":
            raise fail("KG468", customer=customer, campaign=campaign, found=found or "–", why=why or "–")

    def save(self, out: Path | str, *, force: bool = False) -> Run:
        """Keep the run's folder under another name (KG505 when it exists)."""
        import shutil

        from keguan.runs.folder import whole_folder

        with whole_folder(Path(out), force=force) as folder:
            shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Run(out)
