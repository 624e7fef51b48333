"""A finished run at a glance: one table of classes per scheme, what did not take part, what to read it with."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from keguan.core.notices import notice_text
from keguan.core.texts import text

if TYPE_CHECKING:
    from keguan.book.run import Run
    from keguan.cli.screen import Screen


def show_run(screen: Screen, run: Run) -> None:
    """Print a run's distributions; as JSON the run's own record."""
    screen.data({"folder": str(run.folder), **run.record})
    _show_head(screen, run)
    for notice in run.record.get("notices", ()):
        screen.remark(notice_text(notice, screen.lang))
    for entry in run.record["schemes"]:
        _show_scheme(screen, entry, run.record)
    _show_overlap(screen, run)
    skipped = run.record["skipped"]
    if skipped:
        screen.remark("")
        screen.remark(screen.words("summary.skipped", n=len(skipped)))


def _show_overlap(screen: Screen, run: Run) -> None:
    """The notions of a large customer that ran: how many each names and how many all of them do."""
    found = None if screen.quiet or screen.as_json else run.large_customers()
    if found is None:
        return
    each = [f"{text(f'report.notions.{n.code}', screen.lang)} {n.heads:,}" for n in found.notions]
    screen.remark("")
    screen.remark(
        screen.words(
            "summary.overlap", notions=screen.joined(each), any=f"{found.n_any:,}", all=f"{found.n_all:,}"
        )
    )


def show_brief(screen: Screen, run: Run) -> None:
    """Print one line per scheme: how many are in each class that has anybody."""
    subject = text(f"lacks.subjects.{run.subject}", screen.lang)
    screen.heading(screen.words("summary.brief", subject=subject, n=f"{run.record['population']:,}"))
    rows = [(_scheme(entry, screen), _counts(entry, screen)) for entry in run.record["schemes"]]
    screen.table([screen.words("summary.scheme"), screen.words("summary.classes")], rows)


def _scheme(entry: dict[str, Any], screen: Screen) -> str:
    """`地区层面  potential-scope.region`."""
    name = entry["id"] if entry["dimension"] is None else f"{entry['id']}.{entry['dimension']}"
    return f"{entry['labels'][screen.lang]}  {name}"


def _counts(entry: dict[str, Any], screen: Screen) -> str:
    found = [f"{c['labels'][screen.lang]} {c['count']:,}" for c in entry["classes"] if c["count"]]
    return screen.joined(found)


def _show_head(screen: Screen, run: Run) -> None:
    record = run.record
    day = screen.words("summary.given" if record["as_of_given"] else "summary.newest", day=record["as_of"])
    screen.answer(
        screen.words("summary.head", n=f"{record['population']:,}", day=day, purpose=record["purpose"])
    )


def _value_head(screen: Screen, record: dict[str, Any]) -> str:
    """What the amounts of the classes are: the label of the measure that was added up, with the currency of money."""
    measure = record["measures"].get(record["value"])
    if measure is None:
        return screen.words("summary.value")
    currency = f" {record['currency']}" if measure["type"] == "money" and record["currency"] else ""
    return f"{measure['labels'][screen.lang]}{currency}"


def _show_scheme(screen: Screen, entry: dict[str, Any], record: dict[str, Any]) -> None:
    value = _value_head(screen, record)
    by = record["measures"].get(entry["measure"])
    measured = f"  {screen.words('summary.by', measure=by['labels'][screen.lang])}" if by else ""
    screen.heading(f"{_scheme(entry, screen)}{measured}")
    heads = [screen.words(f"summary.{head}") for head in ("class", "count", "share")]
    heads += [value, screen.words("summary.value_share")]
    rows = [
        (
            _class(c, screen),
            f"{c['count']:,}",
            _percent(c["share"]),
            _money(c["net_sales"]),
            _percent(c["sales_share"]),
        )
        for c in entry["classes"]
    ]
    screen.table(heads, rows, right=(1, 2, 3, 4))
    others = {s: n for s, n in entry["statuses"].items() if s not in ("classified", "proposed") and n}
    for status, n in others.items():
        screen.remark(screen.words(f"status.{status}", n=f"{n:,}"))
    if entry["statuses"].get("proposed"):
        screen.remark(screen.words("status.proposed", n=f"{entry['statuses']['proposed']:,}"))
    for code in entry["notices"]:
        screen.remark(notice_text(code, screen.lang))


def _class(row: dict[str, Any], screen: Screen) -> str:
    label = row["labels"][screen.lang]
    return str(label if label == row["code"] else f"{row['code']} · {label}")


def _percent(share: str | None) -> str:
    return "" if share is None else f"{Decimal(share):.1%}"


def _money(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"
