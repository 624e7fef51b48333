"""`keguan inspect`: what was understood of the input, rows and money reconciled, and which schemes it can feed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from keguan.cli import options
from keguan.cli.books import open_book
from keguan.cli.options import Reading
from keguan.cli.screen import Screen
from keguan.core.errors import KeguanError
from keguan.core.languages import Lang

if TYPE_CHECKING:
    from keguan.book.book import Book
    from keguan.engine.intake.inspection import Inspection, SourceReport
    from keguan.runs.request import Skipped
    from keguan.schemes.document import Scheme


def run(
    inputs: options.Inputs,
    reading: Reading = options.AS_IT_IS,
    profile: options.ProfileWish = None,
    subject: options.Subject = "customer",
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Show what was understood of some input, without keeping or classifying anything."""
    screen = Screen(lang, quiet, as_json)
    with screen.progress() as tell, open_book(inputs, reading, tell) as book:
        inspection = book.inspect()
        fit = _fit(book, profile, subject, screen.lang)
    screen.data({"inspection": inspection.as_dict(), "schemes": fit.as_dict()})
    for source in inspection.sources:
        _show_source(screen, source)
    _show_findings(screen, inspection)
    _show_accounts(screen, inspection)
    _show_schemes(screen, fit)


_NOTHING_TO_DO = {"KG502", "KG619", "KG662"}
"""What a plan refuses with when the data feed no scheme: here an answer, not an error."""


@dataclass(frozen=True)
class Fit:
    """Which schemes the data feed and which not, as far as that can be told at all."""

    computable: Sequence[Scheme] = ()
    skipped: Sequence[Skipped] = ()
    problems: Sequence[str] = ()

    def as_dict(self) -> dict[str, Any]:
        """Ids, and what each of the others lacks."""
        found: dict[str, Any] = {
            "computable": sorted(s.id for s in self.computable),
            "skipped": [{"id": s.name, "why": s.why, "lacks": list(s.lacks)} for s in self.skipped],
        }
        return {**found, "problems": list(self.problems)} if self.problems else found


def _fit(book: Book, profile: str | None, subject: str, lang: Lang) -> Fit:
    from keguan.runs.plan import NothingLeft

    day = book.facts.newest_day or date(2000, 1, 1)  # what can be computed is the same on every day
    try:
        plan = book.plan(as_of=day, profile=profile, subject=subject)
    except KeguanError as wrong:
        if not {p.code for p in wrong.problems} <= _NOTHING_TO_DO:
            raise
        skipped = wrong.skipped if isinstance(wrong, NothingLeft) else ()
        return Fit(skipped=skipped, problems=[p.what(lang) for p in wrong.problems])
    return Fit(plan.schemes, plan.skipped)


def _show_source(screen: Screen, source: SourceReport) -> None:
    facts = [screen.words(f"inspect.facts.{n}", value=_fact(v)) for n in _FACTS if (v := source.facts.get(n))]
    screen.heading(f"{source.name}  ({screen.joined(facts)})" if facts else source.name)
    if not source.columns:
        return
    heads = [screen.words(f"inspect.{head}") for head in ("field", "column", "sure", "read")]
    rows = [(c.field, c.header, f"{c.confidence:.0%}", _read(screen, c.read)) for c in source.columns]
    screen.table(heads, rows, right=(2,))


_FACTS = ("sheet", "encoding", "delimiter", "compression")


def _fact(value: str | int) -> str:
    """A fact as it may be shown: blanks of a delimiter spelled out."""
    return str(value).replace("\t", "TAB").replace(" +", "␠").replace(" ", "␠")


_WAYS = frozenset({"dmy", "mdy", "ymd", "dot", "comma"})


def _read(screen: Screen, read: Any) -> str:
    """`日期和时间：YYYY-MM-DD`, `金额：小数点“.”`: the type and how it is written."""
    words: list[str] = []
    for name, value in read.items():
        if name != "type" and value:
            written = list(map(str, value)) if isinstance(value, list) else [str(value)]
            words += [screen.words(f"inspect.ways.{one}") if one in _WAYS else _form(one) for one in written]
    kind = screen.words(f"inspect.types.{read['type']}")
    return kind + screen.words("colon") + screen.joined(words) if words else kind


_FORMS = {
    "Y": "YYYY", "y": "YY", "m": "MM", "d": "DD", "H": "hh", "I": "hh", "M": "mm", "S": "ss", "f": "ffffff", "p": "AM/PM",
    "b": "Mon", "B": "Month", "a": "Day", "A": "Day", "z": "+hh:mm", "Z": "zone",
}  # fmt: skip


def _form(written: str) -> str:
    """`%Y-%m-%d` as people write it.

    >>> _form("%Y-%m-%d %H:%M:%S"), _form("%-d/%-m/%y")
    ('YYYY-MM-DD hh:mm:ss', 'D/M/YY')
    """
    short = re.sub("%-([mdHI])", lambda m: _FORMS[m[1]][0], written)
    return re.sub("%([a-zA-Z])", lambda m: _FORMS.get(m[1], m[0]), short)


def _show_findings(screen: Screen, inspection: Inspection) -> None:
    screen.heading(screen.words("inspect.findings"))
    for sentence in inspection.sentences(screen.lang):
        screen.answer(f"· {sentence}")


def _show_accounts(screen: Screen, inspection: Inspection) -> None:
    """File = kept + left out, in rows and money, per source."""
    from decimal import Decimal

    from keguan.core.money import plain
    from keguan.engine.intake.inspection import reason_label

    rows: list[tuple[str, str, str, str]] = []
    for source in inspection.sources:
        if source.table is None:
            continue
        entries = [("in_file", source.file), ("kept", source.kept)]
        named = [(screen.words(f"inspect.{key}"), tally) for key, tally in entries]
        named[1:1] = [
            (f"− {reason_label(reason, screen.lang)}", t) for reason, t in sorted(source.rejected.items())
        ]
        rows += [
            (
                source.name,
                label,
                f"{tally.rows:,}",
                "" if tally.money is None else f"{Decimal(plain(tally.money)):,f}",
            )
            for label, tally in named
        ]
    if rows:
        screen.heading(screen.words("inspect.accounts"))
        heads = [screen.words(f"inspect.{head}") for head in ("source", "what", "rows", "money")]
        screen.table(heads, rows, right=(2, 3))


def _show_schemes(screen: Screen, fit: Fit) -> None:
    """Both lists: what can be computed by family, and the others gathered by what is missing."""
    screen.heading(screen.words("inspect.schemes"))
    from keguan.runs.lacks import family_in_words, gaps, in_a_row

    families: dict[str, list[str]] = {}
    for scheme in fit.computable:
        families.setdefault(scheme.family, []).append(_named(scheme, screen))
    if families:
        rows = [
            (family_in_words(f, screen.lang), in_a_row(names, screen.lang)) for f, names in families.items()
        ]
        screen.table([screen.words("inspect.family"), screen.words("inspect.computable")], rows)
    else:
        screen.answer(screen.words("inspect.none"))
    if fit.skipped:
        found = gaps(fit.skipped, screen.lang)
        rows = [(gap.head, "\n".join(gap.said(lambda s: _named(s, screen), screen.lang))) for gap in found]
        screen.answer()
        screen.table([screen.words("inspect.lacks"), screen.words("inspect.waiting")], rows)


def _named(scheme: Scheme | Skipped, screen: Screen) -> str:
    """`客户金字塔 value-pyramid`."""
    from keguan.runs.request import Skipped

    label = (scheme.labels or {}).get(screen.lang)
    name = scheme.name if isinstance(scheme, Skipped) else scheme.id
    return f"{label} {name}" if label else name
