"""Options and arguments that several commands share; their help texts stand in `locale/cli.yaml` by parameter name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from keguan.core.errors import Place, fail

LangWish = Annotated[
    Literal["zh-Hans", "zh-Hant", "en"] | None, typer.Option("--lang", metavar="zh-Hans|zh-Hant|en")
]
Quiet = Annotated[bool, typer.Option("--quiet")]
AsJson = Annotated[bool, typer.Option("--json")]

Inputs = Annotated[list[str], typer.Argument(metavar="INPUT…")]
RunFolder = Annotated[Path, typer.Argument(metavar="DIR")]
Force = Annotated[bool, typer.Option("--force")]
SchemeWish = Annotated[list[str] | None, typer.Option("--scheme", metavar="ID|FILE")]
Subject = Annotated[str, typer.Option("--subject", metavar="NAME")]
Window = Annotated[str | None, typer.Option("--window", metavar="12m")]
ProfileWish = Annotated[str | None, typer.Option("--profile", metavar="NAME")]

EngineWish = Annotated[Literal["duckdb", "spark"], typer.Option("--engine", metavar="duckdb|spark")]

Columns = Annotated[list[str] | None, typer.Option("--map", metavar="TABLE.FIELD=COLUMN")]
Currency = Annotated[str | None, typer.Option("--currency", metavar="CNY")]
Zone = Annotated[str | None, typer.Option("--tz", metavar="Asia/Shanghai")]
Encoding = Annotated[str | None, typer.Option("--encoding", metavar="NAME")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", metavar="CHAR")]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME")]
DateOrder = Annotated[
    Literal["dmy", "mdy", "ymd"] | None, typer.Option("--date-order", metavar="dmy|mdy|ymd")
]
DecimalMark = Annotated[Literal["dot", "comma"] | None, typer.Option("--decimal-mark", metavar="dot|comma")]
PolicyWish = Annotated[list[str] | None, typer.Option("--policy", metavar="NAME=CHOICE")]


@dataclass(frozen=True)
class Reading:
    """How the user wants the input read, as typed; `keywords()` are the words of `keguan.open`."""

    columns: list[str] | None = None
    currency: str | None = None
    tz: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    date_order: str | None = None
    decimal_mark: str | None = None
    policies: list[str] | None = None

    def keywords(self) -> dict[str, Any]:
        """Only what was said, so that a book's own settings hold otherwise."""
        plain = ("currency", "tz", "encoding", "delimiter", "sheet", "date_order", "decimal_mark")
        said: dict[str, Any] = {
            name: getattr(self, name) for name in plain if getattr(self, name) is not None
        }
        if self.columns:
            said["columns"] = dict(_column(wish) for wish in self.columns)
        if self.policies:
            said["policies"] = dict(_policy(wish) for wish in self.policies)
        return said


def _column(wish: str) -> tuple[tuple[str, str], str]:
    """`orders.amount=Total` as ((table, field), column). Raises KG607."""
    target, equals, column = wish.partition("=")
    table, dot, name = target.strip().partition(".")
    if not (equals and dot and table and name and column.strip()):
        raise fail("KG607", Place(field="--map"), wish=wish)
    return (table, name), column.strip()


def _policy(wish: str) -> tuple[str, str]:
    """`zero-amounts=skip` as (policy, choice). Raises KG608 with the policies and their choices."""
    from typing import get_args, get_type_hints

    from keguan.engine.intake.options import Policies

    known = {name: get_args(choices) for name, choices in get_type_hints(Policies).items()}
    name, _, choice = wish.partition("=")
    name = name.strip().replace("-", "_")
    if choice.strip() not in known.get(name, ()):
        listed = "; ".join(f"{n.replace('_', '-')}={'|'.join(c)}" for n, c in known.items())
        raise fail("KG608", Place(field="--policy"), wish=wish, known=listed)
    return name, choice.strip()
