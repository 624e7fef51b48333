"""Every playbook in force: those that come with Keguan, a business's own beside them, and what it accepted or left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from keguan.core.errors import KeguanError, Place, Problem
from keguan.language.checker import nearest
from keguan.playbooks.document import EVERY_CLASS, Instruction, Playbook
from keguan.playbooks.keys import TREATMENT
from keguan.playbooks.loader import load_playbook
from keguan.schemes.catalogue import Source, builtin_ids
from keguan.schemes.catalogue import builtin as builtin_scheme
from keguan.schemes.loader import load_scheme


@dataclass(frozen=True)
class Library:
    """All instructions in reading order; `accepted` are the ids of our proposals that the business took over."""

    playbooks: tuple[Playbook, ...]
    accepted: frozenset[str]

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """Every line of every playbook."""
        return tuple(i for p in self.playbooks for i in p.instructions)

    @property
    def schemes(self) -> tuple[str, ...]:
        """Ids of all schemes some playbook speaks of."""
        return tuple(sorted({s for p in self.playbooks for s in p.schemes}))

    @property
    def everyone(self) -> tuple[Instruction, ...]:
        """The lines that hold for every customer."""
        return tuple(i for i in self.instructions if i.is_for_everyone)

    def is_on(self, line: Instruction) -> bool:
        """Whether a line counts: what is ours only once it is accepted."""
        return not line.ours or line.id in self.accepted

    def of_class(self, scheme: str, code: str) -> tuple[Instruction, ...]:
        """The lines for one class, without those for everybody, accepted or not."""
        return tuple(i for i in self.instructions if any(t.covers(scheme, code) for t in i.targets))

    def of_scheme(self, scheme: str) -> tuple[Instruction, ...]:
        """The lines for any class of a scheme."""
        return tuple(i for i in self.instructions if any(t.scheme == scheme for t in i.targets))

    def is_alike(self, scheme: str, codes: Sequence[str]) -> bool:
        """Whether a business wrote lines for a scheme and all its classes are nevertheless treated alike."""
        own = any(i.origin == "own" for i in self.of_scheme(scheme))
        served = {_treatment(self, scheme, code) for code in codes}
        return own and len(codes) > 1 and len(served) == 1

    def codes(self, scheme: str) -> tuple[str, ...]:
        """The classes of a scheme that lines name, in reading order."""
        named = (t.code for i in self.of_scheme(scheme) for t in i.targets if t.scheme == scheme)
        return tuple(dict.fromkeys(c for c in named if c != EVERY_CLASS))


def _treatment(found: Library, scheme: str, code: str) -> frozenset[tuple[str, str]]:
    """How well a class is served, in the words of the lines that count."""
    lines = (i for i in found.of_class(scheme, code) if found.is_on(i) and i.kind in TREATMENT)
    return frozenset((i.kind, i.text["en"]) for i in lines)


@cache
def builtin() -> tuple[Playbook, ...]:
    """The playbooks that come with Keguan, by id."""
    folder = files("keguan").joinpath("catalogue", "playbooks")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return tuple(load_playbook(f.read_text(encoding="utf-8"), f"catalogue/playbooks/{f.name}") for f in found)


def library(
    folders: Iterable[Path] = (), *, accept_ours: bool = False, accept: Collection[str] = ()
) -> Library:
    """The built-in playbooks with a business's own from `folders` laid over them: a line with the same id replaces the
    built-in one, a new id adds, `off` takes away, `accept` switches a proposal of ours on.

    Raises KG425, KG432 (unreadable), every problem of every file, KG641 (an id twice), KG648 (a line nobody wrote),
    KG649 (a line of courtesy replaced or taken away), KG653 (no such folder), KG659 (a class that is not there).
    """
    own, problems = _own(folders)
    base = builtin()
    lines = {i.id: i for p in base for i in p.instructions}
    problems += [*_clashes(own, lines), *_unknown(own, lines), *(p for one in own for p in strangers(one))]
    if problems:
        raise KeguanError(problems)
    gone = {i for p in own for i in p.off}
    mine = {i.id: i for p in own for i in p.instructions}
    kept = [
        replace(p, instructions=tuple(mine.get(i.id, i) for i in p.instructions if i.id not in gone))
        for p in base
    ]
    added = [
        replace(p, instructions=tuple(i for i in p.instructions if i.id not in lines and i.id not in gone))
        for p in own
    ]
    everything = tuple(p for p in (*kept, *added))
    ours = {i.id for p in everything for i in p.instructions if i.ours}
    taken = ours if accept_ours else ours & {*accept, *(i for p in own for i in p.accept)}
    return Library(everything, frozenset(taken))


def _own(folders: Iterable[Path]) -> tuple[list[Playbook], list[Problem]]:
    """Every playbook of the folders that can be read, and all that is wrong with the others. Of a folder that holds one
    called `playbooks`, such as a book's, that one is read."""
    found: list[Playbook] = []
    problems: list[Problem] = []
    for named in folders:
        if not named.is_dir():
            problems.append(Problem("KG653", Place(str(named)), {"folder": str(named)}))
        inner = named / "playbooks"
        for path in sorted((inner if inner.is_dir() else named).rglob("*.yaml")):
            try:
                found.append(load_playbook(Source(path.stem, str(path), path).text(), str(path)))
            except KeguanError as wrong:
                problems += wrong.problems
    return found, problems


def _clashes(own: list[Playbook], lines: dict[str, Instruction]) -> Iterator[Problem]:
    seen: set[str] = set()
    for playbook in own:
        for line in playbook.instructions:
            if line.id in seen:
                yield Problem("KG641", line.place, {"id": line.id})
            seen.add(line.id)
            if line.id in lines and lines[line.id].courtesy and not line.courtesy:
                yield Problem("KG649", line.place, {"id": line.id})
        for gone in playbook.off:
            if gone in lines and lines[gone].courtesy:
                yield Problem("KG649", playbook.places["off"], {"id": gone})


def strangers(playbook: Playbook) -> Iterator[Problem]:
    """A problem (KG659) for each class a line names that its built-in scheme does not have. Schemes of a business's own
    are not known here."""
    for line in playbook.instructions:
        for target in line.targets:
            codes = _codes(target.scheme) if target.scheme in builtin_ids() and target.scheme else ()
            if codes and target.code not in (EVERY_CLASS, *codes):
                values = {"id": line.id, "target": str(target), "known": ", ".join(codes)}
                yield Problem("KG659", line.place, values)


@cache
def _codes(scheme: str) -> tuple[str, ...]:
    source = builtin_scheme(scheme)
    found = load_scheme(source.text(), source.file)
    return tuple(dict.fromkeys(c.code for d in found.dimensions for c in d.classes))


def _unknown(own: list[Playbook], lines: dict[str, Instruction]) -> Iterator[Problem]:
    known = {*lines, *(i.id for p in own for i in p.instructions)}
    for playbook in own:
        for key, written in (("off", playbook.off), ("accept", playbook.accept)):
            for one in written:
                if one not in known:
                    near = nearest(one, sorted(known))
                    yield Problem("KG648", playbook.places[key], {"id": one, "near": near})
