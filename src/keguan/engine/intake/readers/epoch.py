"""From which year a workbook counts its days, 1900 or 1904, for dates left as bare numbers.

Cells formatted as dates need no such hint. A file that cannot be understood here counts from 1900: whether it is
damaged is for the reader to say.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_HEAD = 1 << 16
_IS_1904 = re.compile(rb"""<workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = ("workbook", "book")  # of Excel 97 and later, of Excel 5 and 95
_NO_SECTOR = 0xFFFFFFF0  # this and above mark ends and special sectors
_MOST_SECTORS = 1 << 16  # the settings stand at the beginning of the stream, the directory is shorter still
_DATE_MODE, _END_OF_GLOBALS = 0x0022, 0x000A


def date_system(path: Path) -> int:
    """The year from which an .xlsx or .xls workbook counts days; every other kind is taken to say 1900."""
    with path.open("rb") as file:
        is_compound = file.read(len(_COMPOUND)) == _COMPOUND
    is_1904 = _binary_says_1904(path) if is_compound else _zip_says_1904(path)
    return 1904 if is_1904 else 1900


def _zip_says_1904(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as stream:
            return _IS_1904.search(stream.read(_HEAD)) is not None
    except (
        zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error,
    ):  # fmt: skip
        return False  # no such part, or one that only a more lenient library could open


def _binary_says_1904(path: Path) -> bool:
    """What the DATEMODE record says, which stands among the settings of the whole workbook."""
    try:
        with path.open("rb") as file:
            for kind, content in _records(_Container(file).stream(_STREAMS)):
                if kind == _DATE_MODE:
                    return content[:2] == b"\x01\x00"
                if kind == _END_OF_GLOBALS:
                    break
    except (struct.error, IndexError):
        pass  # cut off or not as the format says
    return False


def _records(sectors: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """The records of a stream: a kind, a length, and so many bytes."""
    held = b""
    for sector in sectors:
        held += sector
        while len(held) >= 4:
            kind, size = struct.unpack_from("<HH", held)
            if len(held) < 4 + size:
                break
            yield kind, held[4 : 4 + size]
            held = held[4 + size :]


class _Container:
    """A compound file: streams in chains of sectors, found by a directory, linked by a table that is itself in sectors.

    Streams below 4,096 bytes lie elsewhere in it; a workbook's never is so short.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        header = file.read(512)
        self._size = 4096 if struct.unpack_from("<H", header, 30)[0] == 12 else 512
        self._directory = struct.unpack_from("<I", header, 48)[0]
        self._table = self._table_sectors(header)

    def stream(self, names: tuple[str, ...]) -> Iterator[bytes]:
        """The sectors of the first stream that has one of the names, in order; none without such a stream."""
        for sector in self._chain(self._directory):
            for at in range(0, len(sector) - 127, 128):
                length = struct.unpack_from("<H", sector, at + 64)[0]
                name = sector[at : at + min(length, 64)].decode("utf-16-le", "replace").rstrip("\0")
                if name.lower() in names:
                    return self._chain(struct.unpack_from("<I", sector, at + 116)[0])
        return iter(())

    def _table_sectors(self, header: bytes) -> list[int]:
        """Where the table of links lies: 109 places in the header, further ones in sectors of their own."""
        found = list(struct.unpack_from("<109I", header, 76))
        following, count = struct.unpack_from("<II", header, 68)
        for _ in range(min(count, _MOST_SECTORS)):
            if following >= _NO_SECTOR:
                break
            *places, following = struct.unpack(f"<{self._size // 4}I", self._sector(following))
            found += places
        return found

    def _chain(self, first: int) -> Iterator[bytes]:
        """The sectors from `first` on; a circle ends at a limit."""
        here = first
        for _ in range(_MOST_SECTORS):
            if here >= _NO_SECTOR:
                return
            yield self._sector(here)
            per_sector = self._size // 4
            links = self._sector(self._table[here // per_sector])
            here = struct.unpack_from("<I", links, here % per_sector * 4)[0]

    def _sector(self, number: int) -> bytes:
        self._file.seek((number + 1) * self._size)
        return self._file.read(self._size)
