"""Runs a command line to its exit code; whatever happens, a person reads a sentence and never a traceback."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from keguan.cli import INTERRUPTED
from keguan.core.errors import KeguanError, Place, Problem
from keguan.core.languages import LANGUAGES, Lang, check_language, system_language
from keguan.core.texts import text

WRONG_INPUT, USAGE, INTERNAL = 1, 2, 70
_DISK = {
    errno.ENOSPC,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EDQUOT,
    errno.ENAMETOOLONG,
    errno.ENOTDIR,
    errno.EISDIR,
}


def run(arguments: Sequence[str]) -> int:
    """The exit code of one command line."""
    lang = _wished_language(arguments)
    as_json = "--json" in arguments
    _never_fail_to_print(sys.stdout, sys.stderr)
    try:
        code = _command(arguments, lang)
        sys.stdout.flush()
        return code
    except KeguanError as wrong:
        return _report(wrong, lang, as_json)
    except BrokenPipeError:
        return _reader_left()
    except OSError as wrong:
        if wrong.errno not in _DISK:
            return _crash(arguments, lang, as_json)
        reason = Problem("KG606", Place(str(wrong.filename or "")), {"reason": wrong.strerror})
        return _report(KeguanError(reason), lang, as_json)
    except KeyboardInterrupt:
        return _stopped(lang)
    except Exception as wrong:
        return _stopped(lang) if _is_interruption(wrong) else _crash(arguments, lang, as_json)


def _is_interruption(wrong: BaseException | None) -> bool:
    """Whether somebody pressed Ctrl-C: DuckDB tells it by an ordinary error, which may be the cause of another one."""
    while wrong is not None:
        if isinstance(wrong, KeyboardInterrupt) or str(wrong) == "Query interrupted":
            return True
        wrong = wrong.__cause__ or wrong.__context__
    return False


def _stopped(lang: Lang) -> int:
    print(text("cli.interrupted", lang), file=sys.stderr)
    return INTERRUPTED


def _command(arguments: Sequence[str], lang: Lang) -> int:
    """Parse and run; usage errors are told in `lang`."""
    import typer
    from typer.exceptions import TyperException

    from keguan.cli.app import build
    from keguan.cli.screen import LANGUAGE
    from keguan.cli.usage import explain_usage

    LANGUAGE.set(lang)
    try:
        result = build(lang, next(iter(arguments), None)).main(
            args=list(arguments), prog_name="keguan", standalone_mode=False
        )
    except typer.Abort:
        raise KeyboardInterrupt from None
    except SystemExit:  # typer leaves this way, with 1, when nobody reads what we print
        raise BrokenPipeError from None
    except TyperException as wrong:
        explain_usage(wrong, lang)
        return USAGE
    if result == INTERRUPTED:
        raise KeyboardInterrupt
    return int(result or 0)


def _wished_language(arguments: Sequence[str]) -> Lang:
    """The language asked for with `--lang`, before anything is parsed; the system's otherwise."""
    for here, there in zip(arguments, [*arguments[1:], ""], strict=False):
        wish = there if here == "--lang" else here.removeprefix("--lang=")
        if wish in LANGUAGES and here.startswith("--lang"):
            return check_language(wish)
    return system_language()


def _report(wrong: KeguanError, lang: Lang, as_json: bool) -> int:
    if as_json:
        problems = [p.as_dict(lang) for p in wrong.problems]
        print(json.dumps({"problems": problems}, ensure_ascii=False, indent=1))
    print(wrong.render(lang), file=sys.stderr)
    return wrong.exit_code


def _crash(arguments: Sequence[str], lang: Lang, as_json: bool) -> int:
    from keguan.cli.crash import write_report

    problem = Problem("KG900", values={"report": write_report(arguments)})
    _report(KeguanError(problem), lang, as_json)
    return INTERNAL


def _reader_left() -> int:
    """Whoever reads our output has seen enough (`keguan schemes | head`): nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _never_fail_to_print(*streams: TextIO) -> None:
    """A terminal that lacks a character shows another one instead of stopping us."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
