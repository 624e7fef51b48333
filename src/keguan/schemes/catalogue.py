"""Where scheme and profile documents are: the built-in ones by id, those of a user's folders, single files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.language.checker import nearest
from keguan.schemes.profile import Profile, load_profile
from keguan.schemes.tree import MAX_CHARACTERS

CASES = ".cases.yaml"


@dataclass(frozen=True)
class Source:
    """One document: its id by file name, the name users know the file by, and where its text is."""

    id: str
    file: str
    location: Traversable

    def text(self) -> str:
        """The document's text. Raises KG425 (cannot be read), KG432 (not UTF-8), KG408 (too long)."""
        return _text(self.location, self.file)


def _text(location: Traversable, file: str) -> str:
    try:
        with location.open("rb") as stream:
            content = stream.read(4 * MAX_CHARACTERS + 1)
    except OSError as wrong:
        raise fail("KG425", Place(file), name=file, near=wrong.strerror or "") from None
    if len(content) > 4 * MAX_CHARACTERS:
        raise fail("KG408", Place(file), found=len(content), limit=MAX_CHARACTERS)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise fail("KG432", Place(file, line), position=wrong.start) from None


def builtin_ids() -> tuple[str, ...]:
    """Ids of all schemes that come with Keguan, in alphabetical order."""
    return tuple(_builtin())


def builtin(scheme_id: str) -> Source:
    """The built-in scheme called `scheme_id`; `KeyError` when there is none."""
    return _builtin()[scheme_id]


def builtin_cases(scheme_id: str) -> Source | None:
    """The cases beside a built-in scheme; None when it has none."""
    return _documents("schemes", CASES).get(scheme_id)


def cases_of(scheme: Source) -> Source | None:
    """The cases beside any scheme document, built-in or a user's; None when it has none."""
    if isinstance(scheme.location, Path):
        path = scheme.location.with_name(scheme.location.stem + CASES)
        return Source(scheme.id, str(path), path) if path.is_file() else None
    return builtin_cases(scheme.id)


def builtin_profiles() -> tuple[str, ...]:
    """Ids of all profiles that come with Keguan."""
    return tuple(_documents("profiles", ".yaml"))


def builtin_profile(profile_id: str) -> Source:
    """The built-in profile called `profile_id`; `KeyError` when there is none."""
    return _documents("profiles", ".yaml")[profile_id]


def find(id_or_path: str, folders: Iterable[Path] = ()) -> Source:
    """A scheme by id (in the user's folders and among the built-in ones) or by the path of its file.

    Raises KG425 (no such scheme), KG426 (an id in two places).
    """
    return _find(id_or_path, tuple(folders), _builtin())


def find_profile(id_or_path: str, folders: Iterable[Path] = ()) -> Profile:
    """A profile by id or by the path of its file, read. Raises KG658 for a scheme it speaks of that nobody has."""
    source = _find(id_or_path, tuple(folders), _documents("profiles", ".yaml"))
    profile = load_profile(source.text(), source.file)
    problems = strangers(profile, tuple(folders))
    if problems:
        raise KeguanError(problems)
    return profile


def strangers(profile: Profile, folders: Iterable[Path] = ()) -> list[Problem]:
    """A problem (KG658) for each scheme a profile speaks of that is neither built in nor in the user's folders."""
    known = {*builtin_ids(), *(s.id for s in user_schemes(folders))}
    return [
        Problem("KG658", place, {"scheme": name, "near": nearest(name, sorted(known))})
        for name, place in profile.places.items()
        if name not in known
    ]


def user_schemes(folders: Iterable[Path]) -> Iterator[Source]:
    """Every scheme document below the folders."""
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            if not path.name.endswith(CASES):
                yield Source(path.stem, str(path), path)


def _find(wish: str, folders: tuple[Path, ...], known: Mapping[str, Source]) -> Source:
    if wish.endswith((".yaml", ".yml")) or "/" in wish or "\\" in wish:
        return Source(Path(wish).stem, wish, Path(wish))
    own = {s.file: s for s in user_schemes(folders)}
    found = [s for s in own.values() if s.id == wish] + ([known[wish]] if wish in known else [])
    if not found:
        everything = [*known, *(s.id for s in own.values())]
        raise fail("KG425", name=wish, near=nearest(wish, everything))
    if len(found) > 1:
        raise fail("KG426", name=wish, files=", ".join(s.file for s in found))
    return found[0]


def _builtin() -> Mapping[str, Source]:
    return _documents("schemes", ".yaml")


@cache
def _documents(area: str, ending: str) -> Mapping[str, Source]:
    """Documents of the catalogue by file name without the ending; in `schemes` they lie in folders by family."""
    root = files("keguan").joinpath("catalogue", area)
    found = {
        f.name.removesuffix(ending): (name, f)
        for name, f in _walk(root, f"catalogue/{area}")
        if _is(f.name, ending)
    }
    return {key: Source(key, *found[key]) for key in sorted(found)}


def _is(name: str, ending: str) -> bool:
    return name.endswith(ending) and (ending == CASES or not name.endswith(CASES))


def _walk(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        inner = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, inner)
        else:
            yield inner, entry
