"""Usage errors in the user's language: which option is missing, unknown or has a value it cannot have."""

from __future__ import annotations

import sys
from typing import Any

from keguan.core.languages import Lang
from keguan.core.texts import text


def explain_usage(wrong: Any, lang: Lang) -> None:
    """Tell on standard error what is wrong with the command line and where the help is."""
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "keguan"
    print(_what(wrong, lang), file=sys.stderr)
    print(text("cli.usage.hint", lang, command=f"{path} --help"), file=sys.stderr)


def _what(wrong: Any, lang: Lang) -> str:
    match type(wrong).__name__:
        case "MissingParameter":
            return text("cli.usage.missing", lang, name=_shown(wrong.param))
        case "NoSuchOption":
            near = text("core.list_separator", lang).join(wrong.possibilities or ())
            more = text("cli.usage.near", lang, near=near) if near else ""
            return text("cli.usage.unknown_option", lang, name=wrong.option_name) + more
        case "BadParameter" if getattr(wrong, "param", None) is not None:
            return text("cli.usage.bad_value", lang, name=_shown(wrong.param), detail=wrong.message)
        case "BadParameter":
            return str(wrong.message)
        case _:
            return str(wrong.format_message())


def _shown(parameter: Any) -> str:
    """`--purpose` for an option, `INPUT…` for an argument."""
    if parameter is None:
        return "?"
    if getattr(parameter, "param_type_name", "") == "option":
        return str(parameter.opts[0])
    return str(parameter.metavar or parameter.human_readable_name)
