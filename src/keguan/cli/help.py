"""The help of a command as an aligned page in the chosen language; lines break inside Chinese text where they must."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from keguan.core.languages import Lang
from keguan.core.texts import text


def show_help(command: Any, context: Any, lang: Lang) -> None:
    """Print usage, purpose, commands, arguments and options of a command or of the whole program."""
    out = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 100)
    out.print(
        text("cli.usage.usage", lang, usage=" ".join([context.command_path, *_shape(command)])), style="bold"
    )
    out.print(f"\n{command.help}\n")
    commands = getattr(command, "commands", {})
    _part(out, text("cli.usage.commands", lang), [(name, c.help) for name, c in commands.items()])
    parameters = [*command.params, command.get_help_option(context)]
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    options = [p for p in parameters if p.param_type_name == "option"]
    _part(out, text("cli.usage.arguments", lang), [(_named(p), _told(p, lang)) for p in arguments])
    _part(out, text("cli.usage.options", lang), [(_named(p), _told(p, lang)) for p in options])


def _shape(command: Any) -> list[str]:
    """`INPUT… [OPTIONS]`, what must be typed spelled out."""
    if hasattr(command, "commands"):
        return ["COMMAND …"]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    needed = [p for p in command.params if p.param_type_name == "option" and p.required]
    words = [p.metavar if p.required else f"[{p.metavar}]" for p in arguments]
    return [*words, *(_named(p) for p in needed), "[OPTIONS]"]


def _named(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    return " ".join([", ".join(parameter.opts), parameter.metavar or ""]).strip()


def _told(parameter: Any, lang: Lang) -> str:
    """The parameter's text, with its default or that it is needed."""
    default, between = parameter.default, " " if lang == "en" else ""
    if parameter.required:
        return f"{parameter.help}{between}{text('cli.usage.required', lang)}"
    if default in (None, False, ()) or callable(default):
        return str(parameter.help)
    return f"{parameter.help}{between}{text('cli.usage.default', lang, value=default)}"


def _part(out: Console, head: str, rows: list[tuple[str, str]]) -> None:
    if not rows:
        return
    out.print(head, style="bold")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2), pad_edge=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, told in rows:
        table.add_row(name, told)
    out.print(table)
    out.print()
