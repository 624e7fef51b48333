"""What a file is, told by its first bytes (and, for a zip, its members), whatever it is called."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from keguan.core.errors import Place, fail

_MAGIC = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
    (b"\x1f\x8b", "gz"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bz2"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)
_FOREIGN = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"{\\rtf", "RTF"),
)
_MARKUP = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|table|style|meta|\?xml|script)", re.IGNORECASE
)
_WORKBOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\v\x01\x1f\x1b\x1a\0")


def format_of(path: Path, place: Place) -> str:
    """One of parquet, arrow, sqlite, workbook, gz, xz, bz2, zst, zip, text.

    Raises KG110 (empty), KG111 (something else), KG117 (binary), KG145 (a web page).
    """
    with path.open("rb") as stream:
        head = stream.read(8192)
    if not head:
        raise fail("KG110", place)
    found = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if found == "zip":
        return _zip_kind(path, place)
    if found:
        return found
    foreign = next((kind for magic, kind in _FOREIGN if head.startswith(magic)), None)
    if foreign:
        raise fail("KG111", place, found=foreign)
    if _MARKUP.match(head):
        raise fail("KG145", place)
    if _is_binary(head):
        raise fail("KG117", place, found=" ".join(f"{byte:02X}" for byte in head[:8]))
    return "text"


def _zip_kind(path: Path, place: Place) -> str:
    """A workbook is a zip too; a broken directory is KG112."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, UnicodeError) as error:
        raise fail("KG112", place) from error
    return "workbook" if any(part in members for part in _WORKBOOK_PARTS) else "zip"


def _is_binary(head: bytes) -> bool:
    """More control characters than any text has; UTF-16 and UTF-32 are told by their mark or regular NULs."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return False
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    nuls = head.count(0)
    sides = (head[0::2].count(0), head[1::2].count(0))
    is_wide = nuls and min(sides) == 0
    return controls * 50 > len(head) or (nuls * 10 > len(head) and not is_wide)
