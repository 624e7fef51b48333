"""Builds the command line in one language: commands from their files, every help text from `locale/cli.yaml`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from keguan.cli.commands import NAMES
from keguan.cli.options import LangWish, spread
from keguan.core.languages import Lang
from keguan.core.texts import entries, text

if TYPE_CHECKING:
    from typer.core import TyperOption


class _Translated:
    """What commands and groups share: their help in the chosen language."""

    lang: Lang = "en"

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        """The option with its text."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]  # the command beside us has it
        if option is not None:
            option.help = text("cli.options.help", self.lang)
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help page; the formatter of the library stays unused."""
        from keguan.cli.help import show_help

        show_help(self, ctx, self.lang)


class _Command(_Translated, TyperCommand):
    pass


class _Group(_Translated, TyperGroup):
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command named first; an unknown name is a usage error in the chosen language."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise typer.BadParameter(text("cli.usage.unknown_command", self.lang, name=args[0]), ctx=ctx)
        return super().resolve_command(ctx, args)


def build(lang: Lang, asked: str | None = None) -> TyperGroup:
    """The command line with its help in `lang`: the command asked for alone, where there is one of that name, else all of them."""
    app = typer.Typer(cls=_Group, add_completion=False, no_args_is_help=False, rich_markup_mode=None)
    app.callback(invoke_without_command=True)(_start)
    for name in [asked] if asked in NAMES else NAMES:
        module = import_module(f"keguan.cli.commands.{name.replace('-', '_')}")
        app.command(name, cls=_Command)(spread(module.run))
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)  # a Typer with commands always becomes one
    _translate(group, lang)
    return group


def _start(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version")] = False,
    lang: LangWish = None,
) -> None:
    """Keguan itself: its version, or its help when no command is named. `lang` was heard before (see `running`)."""
    if version:
        import keguan

        print(f"keguan {keguan.__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        ctx.get_help()
        raise typer.Exit


def _translate(group: Any, lang: Lang) -> None:
    """Put the texts of `lang` on the group, its commands and all their parameters."""
    group.help = text("cli.about", lang)
    for command in (group, *group.commands.values()):
        command.lang = lang
        if command is not group:
            command.help = text(f"cli.commands.{command.name}.about", lang)
        for parameter in command.params:
            parameter.help = _parameter_help(command.name, parameter.name, lang)


def _parameter_help(command: str, parameter: str, lang: Lang) -> str:
    """A parameter's own text under its command, else the one it shares with other commands."""
    texts = entries("cli")
    own = texts["commands"].get(command, {}).get("options", {})
    shared = own if parameter in own else texts["options"]
    words: str = shared[parameter][lang]
    return words
