"""The documentation is complete, the same in both trees, and true: what is data is generated, what is shown was run."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from keguan.cli.commands import NAMES
from keguan.core.texts import areas, entries
from keguan.engine.measures.definition import catalogue, subjects
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.loader import load_scheme

HOME = Path(__file__).resolve().parents[2]
TREES = ("zh", "en")
PAGES = {
    "README.md",
    "quick-start.md",
    "tables.md",
    "first-run.md",
    "explanation.md",
    "conditions.md",
    "run-files.md",
    "glossary.md",
    "schemes.md",
    "choosing.md",
    "measures.md",
    "errors.md",
    "commands.md",
    "playbooks.md",
    "checklist.md",
}


def _generator():
    spec = importlib.util.spec_from_file_location("pages", HOME / "tools" / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_both_trees_have_the_same_pages():
    found = {tree: {p.name for p in (HOME / "docs" / tree).glob("*.md")} for tree in TREES}
    assert found["zh"] == found["en"]
    assert found["en"] >= PAGES


@pytest.mark.parametrize("tree", TREES)
def test_pages_of_schemes_say_in_words_what_stands_in_the_data(tree):
    for page in (HOME / "docs" / tree / "schemes").glob("*.md"):
        prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
        assert re.findall(r"\{[a-z_]+\}", prose) == [], page.name


@pytest.mark.slow
def test_generated_pages_are_as_the_program_says(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    stale = [
        p.name for p, content in _generator().pages().items() if p.read_text(encoding="utf-8") != content
    ]
    assert stale == [], "run make docs"


@pytest.mark.parametrize("tree", TREES)
def test_every_command_measure_and_code_has_its_place(tree):
    read = {name: (HOME / "docs" / tree / name).read_text(encoding="utf-8") for name in PAGES}
    assert all(f"## keguan {name}\n" in read["commands.md"] for name in NAMES)
    codes = {code for area in areas() if area.startswith("errors_") for code in entries(area)}
    assert {c for c in codes if f"| {c} |" not in read["errors.md"]} == set()
    names = {n for s in subjects() for n, d in catalogue(s).items() if not d.internal}
    assert {n for n in names if f"| `{n}" not in read["measures.md"]} == set()


@pytest.mark.parametrize("tree", TREES)
def test_every_scheme_has_a_page_and_no_page_is_left_over(tree):
    folder = HOME / "docs" / tree / "schemes"
    assert {p.stem for p in folder.glob("*.md")} == {"README", *builtin_ids()}
    index = (folder / "README.md").read_text(encoding="utf-8")
    for name in builtin_ids():
        assert f"]({name}.md)" in index
        page = (folder / f"{name}.md").read_text(encoding="utf-8")
        source = builtin(name)
        scheme = load_scheme(source.text(), source.file)
        assert all(
            f"| `{c.code}` |" in page for d in scheme.dimensions for c in d.classes if c.code != "value"
        )
        assert page.count("\n## ") >= 6 and ("```yaml" in page)


def documents() -> list[Path]:
    return [*HOME.glob("*.md"), *(HOME / "docs").rglob("*.md")]


@pytest.mark.parametrize("path", documents(), ids=lambda p: str(p.relative_to(HOME)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), target


def test_index_lists_every_page():
    for tree in TREES:
        index = (HOME / "docs" / tree / "README.md").read_text(encoding="utf-8")
        assert {n for n in PAGES - {"README.md"} if f"({n})" not in index} == set()


def test_commands_in_the_documents_exist():
    for path in documents():
        for command in re.findall(
            r"^(?:\$ )?keguan ([a-z][a-z-]*)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            assert command in NAMES, f"{path.name}: {command}"


def test_readme_quick_start_is_what_the_makefile_and_the_program_have():
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for name in ("README.md", "README.zh.md", "CONTRIBUTING.md", "CONTRIBUTING.zh.md"):
        used = set(re.findall(r"`?\bmake ([a-z]+)", (HOME / name).read_text(encoding="utf-8")))
        assert used
        assert used <= targets


@pytest.mark.parametrize("name", ["report.png", "report-en.png"])
def test_picture_of_the_report_is_there_and_small(name):
    picture = HOME / "docs" / "images" / name
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size <= 300_000
