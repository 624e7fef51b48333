"""Compressed files and archives, unpacked into the work folder under limits, so that no bomb fills a disk."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, cast

from keguan.core.errors import Place, fail
from keguan.engine.intake.readers.limits import Limits, variable
from keguan.engine.intake.readers.workdir import Workdir

if TYPE_CHECKING:
    from collections.abc import Iterable

_CHUNK = 1 << 20
_KEPT_FREE = 200_000_000
_DAMAGE = (
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    UnicodeError,
)


def unpack_stream(path: Path, kind: str, work: Workdir, limits: Limits, place: Place) -> Path:
    """The content of a gz, xz, bz2 or zst file as a new file.

    Raises KG112 (cut off or damaged), KG113 (beyond a limit), KG116 (disk full).
    """
    target = work.path(".unpacked")
    try:
        with _opened(path, kind) as stream:
            _copy(stream, target, path.stat().st_size, work, limits, place)
    except _DAMAGE as error:
        _raise_if_of_the_system(error)
        raise fail("KG112", place) from error
    return target


def members(path: Path, place: Place) -> list[zipfile.ZipInfo]:
    """The files of a zip that may be tables, by name; KG114 with a password, KG115 without any."""
    with zipfile.ZipFile(path) as archive:
        found = [info for info in archive.infolist() if _may_be_table(info)]
    if any(info.flag_bits & 1 for info in found):
        raise fail("KG114", place)
    if not found:
        raise fail("KG115", place)
    return sorted(found, key=lambda info: info.filename)


def unpack_members(
    path: Path, infos: Iterable[zipfile.ZipInfo], work: Workdir, limits: Limits, place: Place
) -> Iterator[tuple[str, Path]]:
    """Each member's name and its content as a new file; the limits hold for all of them together."""
    left = limits.max_unpacked_bytes
    with zipfile.ZipFile(path) as archive:
        for info in infos:
            target = work.path(".unpacked")
            try:
                with archive.open(info) as stream:
                    left -= _copy(stream, target, info.compress_size, work, limits, place, left)
            except (*_DAMAGE, RuntimeError) as error:
                _raise_if_of_the_system(error)
                raise fail("KG112", place) from error
            yield member_name(info), target


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; old Chinese programs write it in GBK without saying so."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _may_be_table(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename).parts
    return not info.is_dir() and bool(parts) and parts[0] != "__MACOSX" and not parts[-1].startswith(".")


def _opened(path: Path, kind: str) -> IO[bytes]:
    if kind == "gz":
        return cast("IO[bytes]", gzip.open(path))
    if kind == "xz":
        return cast("IO[bytes]", lzma.open(path))
    if kind == "bz2":
        return cast("IO[bytes]", bz2.open(path))
    import pyarrow as pa

    return cast("IO[bytes]", pa.input_stream(str(path), compression="zstd"))


def _copy(
    stream: IO[bytes],
    target: Path,
    packed: int,
    work: Workdir,
    limits: Limits,
    place: Place,
    left: int | None = None,
) -> int:
    """Copy under the limits; returns the bytes written."""
    most, done = limits.max_unpacked_bytes if left is None else left, 0
    with target.open("wb") as out:
        while piece := stream.read(_CHUNK):
            done += len(piece)
            if done > most:
                raise _beyond("max_unpacked_bytes", limits.max_unpacked_bytes, place)
            if done > limits.ratio_from_bytes and done > packed * limits.max_ratio:
                raise _beyond("max_ratio", limits.max_ratio, place)
            if done % (64 * _CHUNK) < _CHUNK and work.free_bytes() < _KEPT_FREE:
                raise fail("KG116", place)
            out.write(piece)
    return done


def _raise_if_of_the_system(error: Exception) -> None:
    """A full disk or a missing permission is not the archive's fault."""
    if isinstance(error, OSError) and error.errno:
        raise error


def _beyond(name: str, limit: int, place: Place) -> Exception:
    return fail("KG113", place, variable=variable(name), limit=limit)
