"""Options and arguments that several commands share; their help texts stand in `locale/cli.yaml` by parameter name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

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


@dataclass(frozen=True)
class Reading:
    """How the user wants the input read, as typed; `keywords()` are the words of `keguan.open`."""

    columns: Annotated[list[str] | None, typer.Option("--map", metavar="TABLE.FIELD=COLUMN")] = None
    currency: Annotated[str | None, typer.Option("--currency", metavar="CNY")] = None
    tz: Annotated[str | None, typer.Option("--tz", metavar="Asia/Shanghai")] = None
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME")] = None
    delimiter: Annotated[str | None, typer.Option("--delimiter", metavar="CHAR")] = None
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME")] = None
    date_order: Annotated[
        Literal["dmy", "mdy", "ymd"] | None, typer.Option("--date-order", metavar="dmy|mdy|ymd")
    ] = None
    decimal_mark: Annotated[
        Literal["dot", "comma"] | None, typer.Option("--decimal-mark", metavar="dot|comma")
    ] = None
    policies: Annotated[list[str] | None, typer.Option("--policy", metavar="NAME=CHOICE")] = None

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


AS_IT_IS = Reading()
"""Nothing was said about reading."""


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """`command` as the command line wants it: each group of options among its parameters (a dataclass such as `Reading`)
    taken apart into options, and put together again before the command runs."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    parameters = list(signature(command).parameters.values())
    apart = [one for p in parameters for one in (_fields(groups[p.name]) if p.name in groups else [p])]
    parts = {name: [one.name for one in _fields(group)] for name, group in groups.items()}

    def run(**said: Any) -> None:
        made = {name: groups[name](**{n: said.pop(n) for n in parts[name]}) for name in groups}
        command(**said, **made)

    typed = [p.replace(annotation=hints.get(p.name, p.annotation)) for p in apart]
    run.__signature__ = Signature(typed)  # type: ignore[attr-defined]  # functions may carry one
    run.__annotations__ = {p.name: p.annotation for p in typed}
    return run


def _fields(group: Any) -> list[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(f.name, Parameter.POSITIONAL_OR_KEYWORD, default=f.default, annotation=hints[f.name])
        for f in fields(group)
    ]


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
