"""Dates as people write them: the shapes seen in a column become exact formats; day/month order is never guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from keguan.engine.intake import sql
from keguan.engine.intake.values.characters import any_full_width, half_width, half_width_sql

Order = Literal["dmy", "mdy", "ymd"]
Numbered = Literal["serial", "epoch_s", "epoch_ms"]
DateSystem = Literal[1900, 1904]

_DAY_NOUGHT: Mapping[DateSystem, str] = {1900: "1899-12-30", 1904: "1904-01-01"}
_SEP = r"[-/.]"
_MONTH = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_LONG = r"january|february|march|april|june|july|august|september|october|november|december"
_TIME = re.compile(
    r"(?P<gap>[ t]*)(?P<before>上午 ?|下午 ?|am |pm )?"
    r"(?P<hour>\d{1,2})(?P<c1>[:时点])(?P<minute>\d{1,2})(?:(?P<c2>[:分])(?P<second>\d{1,2}))?"
    r"(?P<end>[分秒])?(?P<fraction>[.,]\d{1,9})?(?P<half> ?[ap]m)?(?P<zone> ?(?:z|utc|gmt|[-+]\d\d:?\d\d))?"
)
_ZONE = r"\s*(Z|UTC|GMT|[-+][0-9]{2}:?[0-9]{2})$"
_ISO = {"%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"}

# Each date shape with what stands for its numbers; `{0} {1} {2}` wait for the order of the column.
_DATES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), numbers)
    for pattern, numbers in (
        (rf"(\d{{4}})({_SEP})(\d{{1,2}})({_SEP})(\d{{1,2}})(?!\d)", "%Y 1 %m 3 %d"),
        (r"(\d{4})( ?年 ?)(\d{1,2})( ?月 ?)(\d{1,2})( ?[日号])?", "%Y 1 %m 3 %d 5"),
        (r"(\d{2})(年)(\d{1,2})(月)(\d{1,2})([日号])?", "%y 1 %m 3 %d 5"),
        (r"(\d{4})(\d{2})(\d{2})(?!\d)", "%Y %m %d"),
        (r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?!\d)", "%Y %m %d %H %M %S"),
        (rf"(\d{{1,2}})({_SEP})(\d{{1,2}})({_SEP})(\d{{4}})(?!\d)", "{0} 1 {1} 3 %Y"),
        (rf"(\d{{1,2}})({_SEP})(\d{{1,2}})({_SEP})(\d{{2}})(?!\d)", "{0} 1 {1} 3 {2}"),
        (
            rf"((?:mon|tue|wed|thu|fri|sat|sun),? )?(\d{{1,2}})([-/ .])({_LONG})([-/ .,]+)(\d{{4}})(?!\d)",
            "0 %d 2 %B 4 %Y",
        ),
        (
            rf"((?:mon|tue|wed|thu|fri|sat|sun),? )?(\d{{1,2}})([-/ .])({_MONTH})([-/ .,]+)(\d{{4}})(?!\d)",
            "0 %d 2 %b 4 %Y",
        ),
        (rf"(\d{{1,2}})([-/ .])({_MONTH})([-/ .,]+)(\d{{2}})(?!\d)", "%d 1 %b 3 %y"),
        (rf"({_LONG})( )(\d{{1,2}})(,? )(\d{{4}})(?!\d)", "%B 1 %d 3 %Y"),
        (rf"({_MONTH})(\.? )(\d{{1,2}})(,? )(\d{{4}})(?!\d)", "%b 1 %d 3 %Y"),
    )
)
_ROC = re.compile(r"(?:民[国國] ?\d{2,3} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日|\d{3}[-/.]\d{1,2}[-/.]\d{1,2})")
_NUMBERED: tuple[tuple[re.Pattern[str], Numbered], ...] = (
    (re.compile(r"[2-7]\d{4}(\.\d+)?"), "serial"),
    (re.compile(r"1\d{9}"), "epoch_s"),
    (re.compile(r"1\d{12}"), "epoch_ms"),
)
_SLOTS: Mapping[Order, tuple[str, str, str]] = {
    "dmy": ("%d", "%m", "%y"),
    "mdy": ("%m", "%d", "%y"),
    "ymd": ("%y", "%m", "%d"),
}


@dataclass(frozen=True)
class Evidence:
    """What a whole column says about the order of its short numeric dates (counts of rows, largest parts, variety)."""

    rows: int = 0
    first_over_12: int = 0
    second_over_12: int = 0
    first_max: int = 0
    third_max: int = 0
    first_kinds: int = 0
    third_kinds: int = 0
    short_year: bool = False

    def order(self) -> Order | None:
        """The one order that fits the column; None when nothing tells.

        Up to one row in a hundred may contradict: those are impossible dates under the order of all the others.
        """
        if self.short_year and self._year_first():
            return "ymd"
        few = self.rows // 100
        if self.first_over_12 > 0 and self.second_over_12 <= few and self.first_over_12 > self.second_over_12:
            return "dmy"
        if self.second_over_12 > 0 and self.first_over_12 <= few and self.second_over_12 > self.first_over_12:
            return "mdy"
        return None

    def _year_first(self) -> bool:
        if self.third_max > 31 or self.first_max > 31:
            return self.first_max > 31 >= self.third_max
        return self.third_kinds > 12 and self.first_kinds < self.third_kinds


@dataclass(frozen=True)
class DateReading:
    """How one column of dates is read.

    `system` is the year from which serial numbers of days count. `formats` are exact strptime formats, most frequent first; `order` the day/month order where one was needed.
    `unread` counts sampled values that fit no shape.
    """

    formats: tuple[str, ...] = ()
    numbered: tuple[Numbered, ...] = ()
    order: Order | None = None
    open_order: bool = False
    contradicted: bool = False
    full_width: bool = False
    zoned: bool = False
    noon: bool = False
    roc: bool = False
    unread: int = 0
    example: str = ""
    system: DateSystem = 1900

    def sql(self, column: str, timezone: str | None = None) -> str:
        """A TIMESTAMP expression over a text column; null where the text is no date (see also `in_range`)."""
        base = half_width_sql(column) if self.full_width else sql.trimmed(column)
        if self.noon:
            base = f"regexp_replace(regexp_replace({base}, '上午 ?', 'AM '), '下午 ?', 'PM ')"
        plain = f"regexp_replace({base}, {sql.text(_ZONE)}, '', 'i')" if self.zoned else base
        moment = self._moment(column, plain, fast=timezone is None)
        if self.zoned and timezone:
            moment = _in_zone(moment, base, timezone)
        return moment

    def _moment(self, column: str, base: str, fast: bool) -> str:
        # %Y also takes two or three digits: whatever has a short year must be tried first, and a bare cast last of all.
        fast = fast and not self.roc and not any("%y" in f or "%p" in f for f in self.formats)
        steps = [_roc(base)] if self.roc else []
        if fast and any(f in _ISO for f in self.formats):
            steps += [f"TRY_CAST({column} AS TIMESTAMP)", f"TRY_CAST({base} AS TIMESTAMP)"]
        exact = [f for f in self.formats if not (fast and f in _ISO)]
        steps += [f"try_strptime({base}, {sql.text(f)})" for f in sorted(exact, key=lambda f: "%y" not in f)]
        steps += [_numbered(kind, base, self.system) for kind in self.numbered]
        return f"({sql.first(*steps)})" if steps else "NULL::TIMESTAMP"


def decide(values: Mapping[str, int], evidence: Evidence, wish: Order | None = None) -> DateReading:
    """How to read a column of dates, from sampled values with their counts and what the whole column says of the order."""
    formats: Counter[str] = Counter()
    numbered: Counter[Numbered] = Counter()
    found = {"zoned": False, "noon": False, "roc": False, "open": False}
    unread = 0
    order = evidence.order() or wish
    for value, count in values.items():
        shape = shape_of(value)
        if shape is None:
            unread += count
        elif shape.numbered:
            numbered[shape.numbered] += count
        elif shape.roc:
            found["roc"] = True
        else:
            formats.update(dict.fromkeys(shape.formats(wish or order), count))
            found["open"] |= shape.needs_order
            found["zoned"] |= shape.zoned
            found["noon"] |= shape.noon
    return DateReading(
        formats=tuple(f for f, _ in sorted(formats.items(), key=lambda item: (-item[1], item[0]))),
        numbered=tuple(sorted(numbered)),
        order=(wish or order) if found["open"] else None,
        open_order=found["open"],
        contradicted=min(evidence.first_over_12, evidence.second_over_12) > 0,
        full_width=any_full_width(values),
        zoned=found["zoned"],
        noon=found["noon"],
        roc=found["roc"],
        unread=unread,
        example=next(
            (v for v in values if (s := shape_of(v)) is not None and s.needs_order), next(iter(values), "")
        ),
    )


@dataclass(frozen=True)
class Shape:
    """The shape of one written date: a strptime template, or a number that stands for a moment."""

    template: str = ""
    zoned: bool = False
    noon: bool = False
    roc: bool = False
    numbered: Numbered | None = None

    @property
    def needs_order(self) -> bool:
        """Whether day and month (and a short year) cannot be told apart from this value alone."""
        return "{0}" in self.template

    def formats(self, order: Order | None) -> tuple[str, ...]:
        """The exact format under an order; none while the order is unknown."""
        if not self.needs_order:
            return (self.template,)
        if order is None or (order == "ymd" and "{2}" not in self.template):
            return ()
        return (self.template.format(*_SLOTS[order]),)


@lru_cache(maxsize=50_000)
def shape_of(value: str) -> Shape | None:
    """The shape of one value, or None when it is no date.

    >>> shape_of("2024年3月5日 8:26").template, shape_of("5/3/24").template
    ('%Y年%m月%d日 %H:%M', '{0}/{1}/{2}')
    """
    plain = half_width(value)
    for pattern, kind in _NUMBERED:
        if pattern.fullmatch(plain):
            return Shape(numbered=kind)
    if _ROC.fullmatch(plain):
        return Shape(roc=True)
    lower = plain.lower()
    for pattern, numbers in _DATES:
        match = pattern.match(lower)
        if match is None:
            continue
        head = _template(plain, match, numbers)
        rest = lower[match.end() :]
        if not rest:
            return Shape(head)
        time = _TIME.fullmatch(rest)
        if time is not None and (time["gap"] or time["before"] or head.endswith("日")):
            return _with_time(head, time, plain[match.end() :])
    return None


def _template(plain: str, match: re.Match[str], numbers: str) -> str:
    pieces = []
    for token in numbers.split():
        if token.isdigit():
            start, end = match.span(int(token) + 1)
            literal = plain[start:end] if start >= 0 else ""
            pieces.append(f"%a{literal[3:]}" if literal[:1].isalpha() and literal.isascii() else literal)
        else:
            pieces.append(token)
    return "".join(pieces)


def _with_time(head: str, time: re.Match[str], rest: str) -> Shape:
    before, after = time["before"], time["half"]
    hour = "%I" if before or after else "%H"
    clock = f"{hour}{time['c1']}%M" + (f"{time['c2']}%S" if time["second"] else "") + (time["end"] or "")
    fraction = f"{time['fraction'][0]}%f" if time["fraction"] else ""
    gap = rest[: time.end("gap")]
    first = "%p " if before else ""
    last = f"{' ' if after.startswith(' ') else ''}%p" if after else ""
    return Shape(
        head + gap + first + clock + fraction + last,
        zoned=bool(time["zone"]),
        noon=(before or "").startswith(("上", "下")),
    )


def in_range(column: str) -> str:
    """`column` where it lies in the years a business can mean, 1900 to 2099; null elsewhere."""
    return f"CASE WHEN {column} >= TIMESTAMP '1900-01-01' AND {column} < TIMESTAMP '2100-01-01' THEN {column} END"


def evidence_sql(column: str, view: str, where: str = "true") -> str:
    """One row of `Evidence` (its first seven numbers, then whether years are short) over a whole column of text."""
    part = f"regexp_extract({half_width_sql(column)}, '^([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{4}}|[0-9]{{2}})([^0-9]|$)', ['a', 'b', 'c'])"
    return f"""
        SELECT count(*), count(*) FILTER (a > 12), count(*) FILTER (b > 12),
               coalesce(max(a), 0), coalesce(max(c), 0), count(DISTINCT a), count(DISTINCT c), coalesce(bool_or(short), false)
        FROM (SELECT TRY_CAST(p.a AS INTEGER) AS a, TRY_CAST(p.b AS INTEGER) AS b, TRY_CAST(p.c AS INTEGER) AS c,
                     length(p.c) = 2 AS short
              FROM (SELECT {part} AS p FROM {view} WHERE {where}) WHERE p.a <> '')"""


def _numbered(kind: Numbered, base: str, system: DateSystem) -> str:
    if kind == "serial":
        shape, value = (
            "[2-7][0-9]{4}([.][0-9]+)?",
            f"TIMESTAMP '{_DAY_NOUGHT[system]}' + to_seconds(round(TRY_CAST({base} AS DOUBLE) * 86400)::BIGINT)",
        )
    else:
        digits, unit = ("1[0-9]{9}", "1000") if kind == "epoch_s" else ("1[0-9]{12}", "1")
        shape, value = digits, f"make_timestamp(TRY_CAST({base} AS BIGINT) * {unit} * 1000)"
    return f"CASE WHEN regexp_full_match({base}, {sql.text(shape)}) THEN {value} END"


def _roc(base: str) -> str:
    pattern = sql.text(
        "^(?:民[国國] ?([0-9]{2,3})|([0-9]{3})) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2}) ?日?$"
    )
    part = [f"regexp_extract({base}, {pattern}, {n})" for n in (1, 3, 4)]
    short = f"regexp_extract({base}, {pattern}, 2)"
    year = f"(TRY_CAST({part[0]} || {short} AS INTEGER) + 1911)::VARCHAR"
    return f"try_strptime({year} || '-' || {part[1]} || '-' || {part[2]}, '%Y-%m-%d')"


def _in_zone(moment: str, base: str, timezone: str) -> str:
    zone = f"regexp_extract({base}, {sql.text(_ZONE)}, 1, 'i')"
    sign = f"CASE WHEN {zone} LIKE '-%' THEN -1 ELSE 1 END"
    digits = f"regexp_replace({zone}, '[^0-9]', '', 'g')"
    minutes = (
        f"coalesce(TRY_CAST(left({digits}, 2) AS INTEGER) * 60 + TRY_CAST(right({digits}, 2) AS INTEGER), 0)"
    )
    local = f"timezone({sql.text(timezone)}, timezone('UTC', {moment} - to_minutes({sign} * {minutes})))"
    return f"CASE WHEN {zone} <> '' THEN {local} ELSE {moment} END"
