"""Writes `docs/*/checklist.md` (`make docs`): every row of the acceptance checklist with the tests that carry its id.

A row works when a test carries it: a case of a scheme in its `checks`, or a Python test by `@pytest.mark.row("…")`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keguan.core.languages import Lang
from keguan.core.yaml import load_plain
from keguan.schemes.cases import load_cases
from keguan.schemes.catalogue import builtin_cases, builtin_ids

HOME = Path(__file__).resolve().parent.parent
TREES: dict[str, Lang] = {"zh": "zh-Hans", "en": "en"}
SHOWN = 3
WORDS: dict[str, dict[Lang, str]] = {
    "title": {"zh-Hans": "验收清单", "en": "Acceptance checklist"},
    "about": {
        "zh-Hans": "业务目录的全部 {n} 行：哪些已经可用（由哪个测试证明），哪些要等工作台，哪些还没有。本页由程序生成。",
        "en": "All {n} rows of the domain: which work (and which test proves it), which need the workspace, which are not there yet. This page is generated.",
    },
    "counts": {
        "zh-Hans": "可用 {works} 行，需要工作台 {workspace} 行，尚未完成 {not_yet} 行。",
        "en": "{works} work, {workspace} need the workspace, {not_yet} are not there yet.",
    },
    "works": {"zh-Hans": "可用", "en": "works"},
    "workspace": {"zh-Hans": "需要工作台", "en": "needs the workspace"},
    "not_yet": {"zh-Hans": "尚未完成", "en": "not yet"},
    "state": {"zh-Hans": "状态", "en": "State"},
    "proof": {"zh-Hans": "测试", "en": "Tests"},
    "cases": {"zh-Hans": "{scheme} 的算例", "en": "cases of {scheme}"},
    "more": {"zh-Hans": "等 {n} 个", "en": "and {n} more"},
}


@dataclass(frozen=True)
class Row:
    """One row: its number, its id, and whether and why it needs a person working in the product."""

    number: int
    id: str
    workspace: bool
    why: dict[str, str] | None = None


@dataclass(frozen=True)
class Section:
    """One part of the checklist with its rows in order."""

    number: str
    labels: dict[str, str]
    rows: tuple[Row, ...]


def sections() -> list[Section]:
    """The whole checklist as `tests/checklist/rows.yaml` lists it."""
    written = load_plain((HOME / "tests" / "checklist" / "rows.yaml").read_text(encoding="utf-8"))
    return [_section(entry) for entry in written]


def _section(entry: dict) -> Section:
    whole, away = entry["place"] == "workspace", entry.get("workspace", {})
    rows = tuple(
        Row(n, row, whole or row in away, away.get(row))
        for n, row in enumerate(entry["rows"], entry["first"])
    )
    return Section(entry["section"], entry["labels"], rows)


def carried_by_cases() -> dict[str, list[str]]:
    """Row id → the schemes whose cases carry it."""
    found: dict[str, list[str]] = {}
    for scheme in builtin_ids():
        source = builtin_cases(scheme)
        for case in load_cases(source.text(), source.file) if source else ():
            for row in case.checks:
                if scheme not in found.setdefault(row, []):
                    found[row].append(scheme)
    return found


def carried_by_tests() -> dict[str, list[str]]:
    """Row id → the Python tests that carry it, as pytest collects them."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "rows.json"
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run([*command, f"--rows={target}"], cwd=HOME, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stdout + done.stderr)
        return json.loads(target.read_text(encoding="utf-8"))


def pages() -> dict[Path, str]:
    """The page in both trees, as it should be."""
    cases, tests = carried_by_cases(), carried_by_tests()
    return {HOME / "docs" / tree / "checklist.md": _page(cases, tests, lang) for tree, lang in TREES.items()}


def _page(cases: dict[str, list[str]], tests: dict[str, list[str]], lang: Lang) -> str:
    proofs = {
        row.id: [_cases(s, lang) for s in cases.get(row.id, ())] + [f"`{t}`" for t in tests.get(row.id, ())]
        for section in sections()
        for row in section.rows
    }
    counts = dict.fromkeys(("works", "workspace", "not_yet"), 0)
    for section in sections():
        for row in section.rows:
            counts[_state(row, proofs[row.id])] += 1
    lines = [f"# {WORDS['title'][lang]}", "", WORDS["about"][lang].format(n=len(proofs)), ""]
    lines.append(WORDS["counts"][lang].format(**counts))
    for section in sections():
        lines += ["", f"## {section.number} {section.labels[lang]}", *_table(section, proofs, lang)]
    return "\n".join(lines) + "\n"


def _table(section: Section, proofs: dict[str, list[str]], lang: Lang) -> Iterator[str]:
    yield ""
    yield f"| # | id | {WORDS['state'][lang]} | {WORDS['proof'][lang]} |"
    yield "|---|---|---|---|"
    for row in section.rows:
        state = WORDS[_state(row, proofs[row.id])][lang]
        state += f"{'：' if lang != 'en' else ': '}{row.why[lang]}" if row.why else ""
        yield f"| {row.number} | `{row.id}` | {state} | {_shown(proofs[row.id], lang)} |"


def _state(row: Row, proof: list[str]) -> str:
    if row.workspace:
        return "workspace"
    return "works" if proof else "not_yet"


def _cases(scheme: str, lang: Lang) -> str:
    file = Path(builtin_cases(scheme).file).as_posix()
    folder = next((HOME / "src" / "keguan" / "catalogue").rglob(Path(file).name)).relative_to(HOME).as_posix()
    return f"[{WORDS['cases'][lang].format(scheme=scheme)}](../../{folder})"


def _shown(proof: list[str], lang: Lang) -> str:
    more = len(proof) - SHOWN
    said = [*proof[:SHOWN], *([WORDS["more"][lang].format(n=more)] if more > 0 else [])]
    return ("，" if lang != "en" else ", ").join(said)


def main() -> int:
    """Write both pages."""
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
