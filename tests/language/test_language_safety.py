"""The language reaches nothing but its own names: no attributes, no calls but five, no code at all."""

import ast as python
from pathlib import Path

import pytest

import keguan.language
from keguan.core.errors import KeguanError
from keguan.language import ast
from keguan.language.evaluate import evaluate
from keguan.language.parser import FUNCTIONS, parse

SOURCES = sorted(Path(keguan.language.__path__[0]).glob("*.py"))


@pytest.mark.parametrize(
    "text",
    [
        "a.b",
        "a.b > 1",
        "a[0] = 1",
        "__import__('os')",
        "__class__ = 1",
        "x.__class__",
        "().__class__",
        "eval('1')",
        "exec('1')",
        "open('x')",
        "getattr(x, 'y')",
        "lambda: 1",
        "{x}",
        "x := 1",
        "x; y",
        "x -- y\nz",
        "x /* y */",
        "x || y",
        "`x`",
        "$x",
        "%s",
        "\\x41",
        "f'{x}'",
        "x = 1; drop table customers",
        "ｅｖａｌ（'1'）",
        "min.x(1)",
        "min('a')('b')",
        "is a:b.c",
        "_x = 1",
    ],
)
def test_text_that_reaches_for_more_is_refused(text: str) -> None:
    with pytest.raises(KeguanError):
        parse(text)


def test_only_five_functions_can_be_called() -> None:
    assert sorted(FUNCTIONS) == ["abs", "coalesce", "max", "min", "round"]
    for name in ("eval", "exec", "len", "str", "int", "sum", "type", "print", "if", "case"):
        with pytest.raises(KeguanError, match="KG314"):
            parse(f"{name}(x)")


def test_names_are_looked_up_among_the_values_given_and_nowhere_else() -> None:
    for name in ("print", "evaluate", "ast", "values", "os", "keys", "items"):
        assert evaluate(ast.Name(name), {}) is None


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_the_language_itself_runs_no_text_as_code(path: Path) -> None:
    for node in python.walk(python.parse(path.read_text("utf-8"))):
        if isinstance(node, python.Call) and isinstance(node.func, python.Name):
            assert node.func.id not in {
                "eval",
                "exec",
                "compile",
                "__import__",
                "open",
                "globals",
                "vars",
                "setattr",
            }


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.stem)
def test_the_language_imports_only_itself_the_core_and_small_standard_modules(path: Path) -> None:
    standard = "__future__ collections dataclasses datetime decimal difflib functools itertools re typing"
    allowed = {*standard.split(" "), "unicodedata"}
    for node in python.walk(python.parse(path.read_text("utf-8"))):
        modules = [node.module or ""] if isinstance(node, python.ImportFrom) else []
        modules += [a.name for a in node.names] if isinstance(node, python.Import) else []
        for module in modules:
            own = module.startswith(("keguan.language", "keguan.core"))
            assert own or module.split(".")[0] in allowed, module
