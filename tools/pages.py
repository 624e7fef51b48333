"""Writes the parts of the documentation that are data (`make docs`); `tests/project/test_docs.py` checks them.

Whole pages: measures, errors, commands, playbooks, one per scheme. In other pages, a block after `<!-- $ keguan … -->` holds what that command
prints, run in a folder with the page's examples (`<!-- prepare: keguan … -->` runs without showing); a table after `<!-- tables -->` lists every table and field.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from keguan.cli.app import build
from keguan.cli.commands import NAMES
from keguan.cli.running import run
from keguan.core.languages import Lang
from keguan.core.texts import areas, entries
from keguan.engine.measures.definition import catalogue, subjects
from keguan.engine.measures.formula import formula, without_rows
from keguan.engine.tables import logical_tables
from keguan.playbooks.document import Instruction
from keguan.playbooks.library import builtin
from keguan.playbooks.words import line_text, listed, origin_note, say, timing
from keguan.schemes.overloaded import overloaded_words

HOME = Path(__file__).resolve().parent.parent
sys.path.append(str(HOME / "tools"))
from scheme_pages import scheme_pages  # noqa: E402  # its folder is no package

TREES: dict[str, Lang] = {"zh": "zh-Hans", "en": "en"}
_BLOCK = re.compile(
    r"<!-- prepare: keguan (?P<silent>.*?) -->|(<!-- \$ keguan (?P<command>.*?) -->\n```text\n).*?(?P<end>```)",
    re.DOTALL,
)
_TABLES = re.compile(r"(<!-- tables -->\n).*?(<!-- end -->)", re.DOTALL)

HEADS: dict[str, dict[Lang, str]] = {
    "measures": {"zh-Hans": "指标", "en": "Measures"},
    "errors": {"zh-Hans": "错误代码", "en": "Error codes"},
    "commands": {"zh-Hans": "命令", "en": "Commands"},
    "playbooks": {"zh-Hans": "对策手册", "en": "Playbooks"},
    "words": {"zh-Hans": "一词多义", "en": "Words with several meanings"},
}
ABOUT: dict[str, dict[Lang, str]] = {
    "measures": {
        "zh-Hans": "方案和条件里可以用的数字。名字以 `<window>` 结尾的，换成统计期：`12m`、`prev_12m`、`full_3m`、`total` 等；冒号后是取值，可用 `+` 连接几个，例如 `n_events_12m:refused`。本页由程序生成。",
        "en": "The numbers that schemes and conditions can use. Where a name ends in `<window>`, this is `12m`, `prev_12m`, `full_3m`, `total` and the like; after a colon come the values that count, several joined by `+`: `n_events_12m:refused`. This page is generated.",
    },
    "errors": {
        "zh-Hans": "每个错误都有代码、位置、原因和改法。花括号里的部分在出错时填入。本页由程序生成。",
        "en": "Every error has a code, a place, a reason and what to do. Parts in braces are filled in when it happens. This page is generated.",
    },
    "playbooks": {
        "zh-Hans": "每个方案的每一类客户，接下来做什么；`keguan actions` 把它们排成有日期的行动。标“原文”的出自资料，标“建议”的是我们补上的，采纳后才生效；天数后面写明出自原文还是默认。企业自己的对策放在账簿的 `playbooks` 文件夹里：同一编号的替换，新编号的增加，`off` 去掉，`accept` 采纳。本页由程序生成。",
        "en": "What to do next for every class of every scheme; `keguan actions` turns it into dated actions. Lines marked *given* stand in the sources, those marked *ours* fill a hole and count once accepted; after a number of days stands whether it is given or our default. A business's own playbooks go into the folder `playbooks` of its book: the same id replaces a line, a new id adds one, `off` takes one away, `accept` takes over a proposal. This page is generated.",
    },
    "words": {
        "zh-Hans": "同一个词，资料里在不同的分法中意思不同。类别因此总是连同方案一起写（`方案:类别`），一次分类用到几个这样的方案时，结果里会提示。本页由程序生成。",
        "en": "Some words of the sources mean different things in different ways of classifying. A class is therefore always written with its scheme (`scheme:class`), and a run in which several of them occur says so. This page is generated.",
    },
    "commands": {
        "zh-Hans": "每个命令的 `--help`。退出码：0 完成；1 输入或请求有误；2 用法不对；70 程序内部出错；130 被中断。本页由程序生成。",
        "en": "The `--help` of every command. Exit codes: 0 done; 1 the input or request is wrong; 2 usage; 70 a fault of ours; 130 interrupted. This page is generated.",
    },
}
COLUMNS: dict[str, dict[Lang, str]] = {
    "name": {"zh-Hans": "指标", "en": "Name"},
    "label": {"zh-Hans": "名称", "en": "Label"},
    "type": {"zh-Hans": "类型", "en": "Type"},
    "unit": {"zh-Hans": "单位", "en": "Unit"},
    "formula": {"zh-Hans": "怎样算", "en": "Formula"},
    "without_rows": {"zh-Hans": "没有记录时", "en": "Without rows"},
    "source": {"zh-Hans": "出处", "en": "Source"},
    "code": {"zh-Hans": "代码", "en": "Code"},
    "what": {"zh-Hans": "发生了什么", "en": "What happened"},
    "do": {"zh-Hans": "怎么办", "en": "What to do"},
    "table": {"zh-Hans": "表", "en": "Table"},
    "id": {"zh-Hans": "编号", "en": "Id"},
    "class": {"zh-Hans": "类别", "en": "Class"},
    "aspect": {"zh-Hans": "方面", "en": "Aspect"},
    "line": {"zh-Hans": "对策", "en": "Instruction"},
    "action": {"zh-Hans": "服务、由谁、做什么、何时", "en": "Service, who, deed, when"},
    "origin": {"zh-Hans": "来源", "en": "Origin"},
    "word": {"zh-Hans": "词", "en": "Word"},
    "used": {"zh-Hans": "用它的类别", "en": "Classes that carry it"},
    "difference": {"zh-Hans": "区别", "en": "The difference"},
    "fields": {"zh-Hans": "字段（粗体必填）", "en": "Fields (required in bold)"},
}


def main() -> int:
    """Write every page anew."""
    for path, content in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return 0


def pages() -> dict[Path, str]:
    """Every generated page and every page with generated parts, with its content as it should be."""
    found: dict[Path, str] = {}
    for tree, lang in TREES.items():
        folder = HOME / "docs" / tree
        found[folder / "measures.md"] = measures(lang)
        found[folder / "errors.md"] = errors(lang)
        found[folder / "commands.md"] = commands(lang)
        found[folder / "playbooks.md"] = playbooks(lang)
        found |= scheme_pages(folder / "schemes", lang)
        found[folder / "words.md"] = words(lang)
        for path in sorted(folder.glob("*.md")):
            content = path.read_text(encoding="utf-8")
            if path not in found and (_BLOCK.search(content) or _TABLES.search(content)):
                found[path] = with_parts(content, folder / "example", lang)
    return found


def _page(name: str, lang: Lang, body: Iterator[str]) -> str:
    return "\n".join([f"# {HEADS[name][lang]}", "", ABOUT[name][lang], *body]) + "\n"


WITHOUT_ROWS: dict[str, dict[Lang, str]] = {
    "zero": {"zh-Hans": "0", "en": "0"},
    "unknown": {"zh-Hans": "未知", "en": "unknown"},
    "none": {"zh-Hans": "没有", "en": "none"},
    "of parts": {"zh-Hans": "看各部分", "en": "as its parts"},
}
OURS: dict[Lang, str] = {"zh-Hans": "我们", "en": "ours"}


def _row(*cells: str) -> str:
    return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |"


def _head(lang: Lang, *names: str) -> list[str]:
    return ["", _row(*(COLUMNS[n][lang] for n in names)), "|" + "---|" * len(names)]


def measures(lang: Lang) -> str:
    """The page of measures."""

    def body() -> Iterator[str]:
        for subject in subjects():
            yield f"\n## {subject}"
            yield from _head(lang, "name", "label", "type", "unit", "formula", "without_rows", "source")
            for found in catalogue(subject).values():
                if not found.internal:
                    kind = (f"`{found.pattern}`", found.labels[lang], found.type, found.unit or "")
                    yield _row(
                        *kind,
                        f"`{formula(found)}`",
                        WITHOUT_ROWS[without_rows(found)][lang],
                        found.given or OURS[lang],
                    )

    return _page("measures", lang, body())


def errors(lang: Lang) -> str:
    """The page of error codes, one section per area."""

    def body() -> Iterator[str]:
        for area in sorted((a for a in areas() if a.startswith("errors_")), key=lambda a: min(entries(a))):
            codes = sorted(entries(area))
            yield f"\n## {codes[0][:3]}nn"
            yield from _head(lang, "code", "what", "do")
            for code in codes:
                error = entries(area)[code]
                yield _row(code, error["what"][lang], error["do"][lang])

    return _page("errors", lang, body())


def playbooks(lang: Lang) -> str:
    """The page of playbooks, one section per set."""

    def body() -> Iterator[str]:
        for found in sorted(builtin(), key=lambda p: p.id != "everyone"):
            yield f"\n## {found.labels[lang]}"
            if not found.instructions:
                yield f"\n{say('empty', lang)}\n\n{listed([f'`{s}`' for s in found.schemes], lang)}"
                continue
            yield from _head(lang, "id", "class", "aspect", "line", "action", "origin")
            for line in found.instructions:
                yield _row(line.id, *_line_cells(line, lang), origin_note(line, lang))

    return _page("playbooks", lang, body())


def words(lang: Lang) -> str:
    """The page of words that several schemes use for different things."""

    def body() -> Iterator[str]:
        yield from _head(lang, "word", "used", "difference")
        for one in overloaded_words():
            yield _row(one.word[lang], " ".join(f"`{c}`" for c in one.classes), one.note[lang])

    return _page("words", lang, body())


def _line_cells(line: Instruction, lang: Lang) -> tuple[str, str, str, str]:
    targets = "" if line.is_for_everyone else " ".join(f"`{t}`" for t in line.targets)
    facts = [say(f"service.{line.service}", lang)] if line.service else []
    facts += [say(f"receivers.{line.who}", lang)] if line.who else []
    if line.action:
        facts += [say(f"deeds.{line.action.do}", lang), timing(line.action, lang)]
        facts += (
            [listed([say(f"channels.{c}", lang) for c in line.action.channels], lang)]
            if line.action.channels
            else []
        )
    return targets, say(f"kinds.{line.kind}", lang), line_text(line, lang), " · ".join(facts)


def commands(lang: Lang) -> str:
    """The page of commands."""

    def body() -> Iterator[str]:
        for name in NAMES:
            assert name in build(lang).commands
            yield f"\n## keguan {name}\n\n```text"
            yield printed(["--lang", lang, name, "--help"], Path.cwd()).strip()
            yield "```"

    return _page("commands", lang, body())


def with_parts(content: str, examples: Path, lang: Lang) -> str:
    """A page with what its commands print and its table list."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch) / "work"
        shutil.copytree(examples, work)

        def answer(match: re.Match[str]) -> str:
            words = [w.strip('"') for w in re.findall(r'"[^"]*"|\S+', match["silent"] or match["command"])]
            said = printed(["--lang", lang, *words], work).strip()
            return match[0] if match["silent"] else f"{match[2]}{said}\n{match['end']}"

        content = _BLOCK.sub(answer, content)
    return _TABLES.sub(lambda m: f"{m[1]}{_tables(lang)}\n{m[2]}", content)


def printed(words: list[str], folder: Path) -> str:
    """What a command prints when it is run in a folder."""
    out, before = io.StringIO(), Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            run(words)
    finally:
        os.chdir(before)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _tables(lang: Lang) -> str:
    lines = _head(lang, "table", "fields")[1:]
    for name, table in logical_tables().items():
        fields = [
            f"**`{f.name}`** {f.labels[lang]}" if f.required else f"`{f.name}` {f.labels[lang]}"
            for f in table.fields.values()
        ]
        lines.append(_row(f"`{name}` {table.labels[lang]}", ("、" if lang != "en" else ", ").join(fields)))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
