"""What a user points at (paths, folders, globs, `table=…`, database URLs, frames) as a list of single sources."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.engine.intake.readers import names
from keguan.engine.intake.readers.limits import Limits

Input = str | os.PathLike[str] | Mapping[str, Any]

_SUFFIXES = re.compile(
    r"\.(csv|tsv|tab|psv|txt|xlsx|xlsm|xlsb|xls|ods|parquet|pq|arrow|feather|db|sqlite|sqlite3)(\.(gz|xz|bz2|zst))?$|\.zip$",
    re.IGNORECASE,
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_QUERY = re.compile(r"\s*(select|with|table|values)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """One thing to read: exactly one of `path`, `url` (with or without `query`) and `frame` is set.

    `name` is how the user knows it: what was given, without a password and without the folders of this machine (see
    `_short`), so that the same data in another place have the same name; `table` the logical table if given or guessed from the
    name, and `given` tells which of the two.
    """

    name: str
    table: str | None = None
    given: bool = False
    path: Path | None = None
    url: str | None = field(default=None, repr=False)
    query: str | None = None
    frame: Any = field(default=None, repr=False, compare=False)


def find_sources(inputs: Sequence[Input] | Mapping[str, Any], limits: Limits | None = None) -> list[Source]:
    """Every source the inputs name, in their order; folders and globs sorted by name.

    Raises `KeguanError` with all problems: nothing found (KG101, KG104), no permission (KG102), unknown table (KG105),
    a query without a database (KG106), an unknown kind of address or object (KG107, KG108).
    """
    found: list[Source] = []
    problems: list[Problem] = []
    limits = limits or Limits.from_environment()
    database: str | None = None
    for one in [inputs] if isinstance(inputs, Mapping) else inputs:
        try:
            if isinstance(one, str) and _URL.match(one):
                database = _checked_url(one)
                found.append(Source(_shown(one), url=one))
            else:
                found.extend(_sources_of(one, database, limits))
        except KeguanError as error:
            problems.extend(error.problems)
    if problems:
        raise KeguanError(problems)
    asked = {source.url for source in found if source.query}
    return _told_apart([s for s in found if s.query or s.url not in asked or s.url is None])


def is_elsewhere(text: str) -> bool:
    """Whether a text is the address of a database or a query, and not the path of a file."""
    return bool(_URL.match(text) or _QUERY.match(text))


def _told_apart(sources: list[Source]) -> list[Source]:
    """Different files that would go by one name are numbered in the order they were given."""
    met: dict[str, list[Path]] = {}
    told = []
    for source in sources:
        same = met.setdefault(source.name, []) if source.path is not None else []
        if source.path is not None and source.path not in same:
            same.append(source.path)
        turn = same.index(source.path) + 1 if source.path is not None else 1
        told.append(replace(source, name=f"{source.name} ({turn})") if turn > 1 else source)
    return told


def _sources_of(one: Input, database: str | None, limits: Limits) -> Iterator[Source]:
    if isinstance(one, Mapping):
        for key, thing in one.items():
            yield from _named(_known_table(str(key)), thing, database, limits)
        return
    wish = os.fspath(one)
    left, equals, right = wish.partition("=")
    if isinstance(one, str) and equals and not os.path.lexists(wish) and re.fullmatch(r"\w[\w ]*", left):
        yield from _named(_known_table(left), right, database, limits)
    else:
        yield from _files(wish, None, limits)


def _named(table: str, thing: Any, database: str | None, limits: Limits) -> Iterator[Source]:
    """What `table=thing` stands for."""
    if isinstance(thing, str) and _QUERY.match(thing) and not os.path.lexists(thing):
        if database is None:
            raise fail("KG106", Place(field=table), query=thing[:80])
        yield Source(f"{_shown(database)} [{table}]", table, True, url=database, query=thing)
    elif isinstance(thing, str) and _URL.match(thing):
        yield Source(_shown(thing), table, True, url=_checked_url(thing))
    elif isinstance(thing, str | os.PathLike):
        yield from _files(os.fspath(thing), table, limits)
    elif hasattr(thing, "__arrow_c_stream__") or _is_old_pandas(thing):
        yield Source(table, table, True, frame=thing)
    else:
        raise fail("KG108", Place(field=table), found=type(thing).__name__)


def _is_old_pandas(thing: Any) -> bool:
    return type(thing).__module__.partition(".")[0] == "pandas" and hasattr(thing, "columns")


def _known_table(name: str) -> str:
    table = names.table_named(name)
    if table is None:
        raise fail("KG105", Place(field=name), known=", ".join(names.tables()))
    return table


def _checked_url(url: str) -> str:
    scheme = url.partition("://")[0].lower()
    if scheme not in ("sqlite", "postgresql", "postgres"):
        raise fail("KG107", Place(file=_without_password(url)), scheme=scheme)
    return url


def _shown(url: str) -> str:
    """The address as sources are named: without password, and a database file without the folders it lies in."""
    bare = _without_password(url)
    scheme, _, rest = bare.partition("://")
    return (
        f"{scheme}:///{PurePath(rest).name}" if scheme.lower() == "sqlite" and rest.startswith("//") else bare
    )


def _without_password(url: str) -> str:
    """The address as it may be shown.

    >>> _without_password("postgresql://me:secret@host:5432/shop?password=x")
    'postgresql://me@host:5432/shop'
    """
    scheme, _, rest = url.partition("://")
    if "@" not in rest and "?" not in rest:
        return url
    try:
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        return urlunsplit((parts.scheme, user.partition(":")[0] + at + host, parts.path, "", ""))
    except ValueError:
        return f"{scheme}://…"


def _files(wish: str, table: str | None, limits: Limits) -> Iterator[Source]:
    """The files behind a path, a folder or a glob."""
    if "\0" in wish:
        raise fail("KG101", Place(file=wish.replace("\0", "\\0")))
    path = Path(wish).expanduser()
    if _is_folder(path, wish):
        yield from _folder(path, wish, table, limits)
    elif os.path.lexists(path):
        yield _file(path, path.name if path.is_absolute() else _short(path, Path()), table)
    elif glob.has_magic(wish):
        hits = [Path(hit) for hit in sorted(glob.glob(str(path), recursive=True))]
        hits = [hit for hit in hits if not hit.is_dir()]
        if not hits:
            raise fail("KG104", Place(file=wish))
        _check_number(hits, wish, limits)
        home = _before_magic(path)
        yield from (_file(hit, _short(hit, home), table) for hit in hits)
    else:
        raise fail("KG101", Place(file=wish))


def _is_folder(path: Path, wish: str) -> bool:
    try:
        return path.is_dir()
    except OSError as error:
        raise fail("KG103", Place(file=wish), reason=error.strerror or error) from error


def _folder(path: Path, wish: str, table: str | None, limits: Limits) -> Iterator[Source]:
    """Readable kinds of files below a folder; a folder named by a table gives its name to the files it holds."""
    hits: list[Path] = []
    for home, folders, files in os.walk(path, onerror=_refuse):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "_")))
        hits.extend(
            Path(home, f) for f in sorted(files) if _SUFFIXES.search(f) and not f.startswith((".", "_", "~$"))
        )
        _check_number(hits, wish, limits)
    if not hits:
        raise fail("KG104", Place(file=wish))
    for hit in hits:
        source = _file(hit, _short(hit, path), table)
        yield source if source.table else replace(source, table=names.guess_table(hit.parent.name))


def _refuse(error: OSError) -> None:
    code = "KG102" if isinstance(error, PermissionError) else "KG103"
    raise fail(code, Place(file=error.filename), reason=error.strerror or error)


def _check_number(hits: list[Path], wish: str, limits: Limits) -> None:
    if len(hits) > limits.max_files:
        raise fail("KG109", Place(file=wish), limit=limits.max_files)


def _short(path: Path, home: Path) -> str:
    """A file as seen from what the user gave, with `/` on every system."""
    return path.relative_to(home).as_posix()


def _before_magic(pattern: Path) -> Path:
    """The folders of a glob that are spelled out."""
    parts = list(pattern.parts)
    first = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:first])


def _file(path: Path, name: str, table: str | None) -> Source:
    stem = path.name.partition(".")[0] or path.name
    return Source(name, table or names.guess_table(stem), table is not None, path=path)
