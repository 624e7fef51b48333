"""In which encoding a text is written: by mark, by validity, by evidence; never by guess. And its UTF-8 copy."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from keguan.core.errors import KeguanError, Place, fail
from keguan.engine.intake.readers.workdir import Workdir

_CHUNK = 1 << 22
_EVIDENCE = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES = ("gb18030", "big5")
_CODECS = {"big5": "cp950"}  # what Windows writes and calls Big5
_KNOWN_WORDS = (
    (
        "客户",
        "订单",
        "金额",
        "日期",
        "编号",
        "姓名",
        "名称",
        "数量",
        "商品",
        "产品",
        "手机",
        "电话",
        "公司",
        "时间",
        "类别",
        "地区",
        "单价",
        "销售",
    ),
    (
        "客戶",
        "訂單",
        "金額",
        "日期",
        "編號",
        "姓名",
        "名稱",
        "數量",
        "商品",
        "產品",
        "手機",
        "電話",
        "公司",
        "時間",
        "類別",
        "地區",
        "單價",
        "銷售",
    ),
)


@dataclass(frozen=True)
class Encoding:
    """The name of an encoding and the length of the byte order mark before the text."""

    name: str
    mark: int = 0


def decide_encoding(path: Path, wish: str | None, place: Place) -> Encoding:
    """The encoding of a whole file; `wish` is the user's word for it.

    Raises KG120 (GBK or Big5: both readings hold), KG121 (neither holds), KG122 (bytes that the encoding does not
    have), KG123 (no such encoding), KG124 (NUL bytes).
    """
    with path.open("rb") as stream:
        head = stream.read(_CHUNK)
    mark = next(((m, name) for m, name in _MARKS if head.startswith(m)), None)
    if wish:
        return Encoding(_codec(wish, place), len(mark[0]) if mark and _fits(mark[1], wish) else 0)
    if mark:
        return Encoding(mark[1], len(mark[0]))
    wide = _unmarked_wide(head)
    if wide:
        return Encoding(wide)
    broken, seen = _first_invalid_utf8(path, place)
    if broken is None:
        return Encoding("utf-8")
    if seen >= 3:
        raise _invalid(path, "utf-8", broken, place)
    return Encoding(_chinese(_evidence(path, broken), place))


def utf8_copy(path: Path, encoding: Encoding, work: Workdir, place: Place) -> Path:
    """The text as UTF-8 without a mark: the file itself when it is that already, else a copy in the work folder."""
    if encoding.name == "utf-8" and not encoding.mark:
        return path
    copy = work.path(".txt")
    decoder = codecs.getincrementaldecoder(_CODECS.get(encoding.name, encoding.name))("strict")
    done = 0
    with copy.open("wb") as out:
        try:
            for piece in _pieces(path, encoding.mark):
                out.write(decoder.decode(piece).encode())
                done += len(piece)
            out.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as error:
            start = error.start if isinstance(error, UnicodeDecodeError) else 0
            raise _invalid(path, encoding.name, encoding.mark + done + start, place) from error
    return copy


def check_text(path: Path, place: Place) -> None:
    """KG122 or KG124 when a UTF-8 file has invalid bytes or NULs anywhere."""
    broken, _ = _first_invalid_utf8(path, place)
    if broken is not None:
        raise _invalid(path, "utf-8", broken, place)


def _pieces(path: Path, skip: int = 0) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(skip)
        while piece := stream.read(_CHUNK):
            yield piece


def _codec(wish: str, place: Place) -> str:
    """The codec for a user's word; GBK in all its names is read as GB18030, which contains it."""
    try:
        found = codecs.lookup(wish)
    except (LookupError, ValueError, UnicodeError):
        found = None
    if (
        found is None
        or not getattr(found, "_is_text_encoding", True)
        or found.name in ("idna", "punycode", "undefined")
    ):
        raise fail("KG123", place, found=wish)
    if found.name in ("gbk", "gb2312", "gb18030", "hz"):
        return "gb18030"
    return {"utf-8-sig": "utf-8", "ascii": "utf-8", "cp950": "big5"}.get(found.name, found.name)


def _fits(marked: str, wish: str) -> bool:
    """Whether a byte order mark belongs to the encoding the user named."""
    plain = wish.lower().replace("_", "-").replace("-", "")
    return marked.replace("-", "").startswith(plain.removesuffix("sig")[:5])


def _unmarked_wide(head: bytes) -> str | None:
    """UTF-16 without a mark: NULs in nearly every other byte of a text's ASCII part, all on one side."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    few = max(2, min(len(head), 4096) // 20)
    if odd >= few and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even >= few and odd == 0 else None


def _first_invalid_utf8(path: Path, place: Place) -> tuple[int | None, int]:
    """Offset of the first byte that is not UTF-8, and how many non-ASCII characters came before it."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    offset = seen = 0
    for piece in _pieces(path):
        if b"\0" in piece:
            raise fail("KG124", Place(file=place.file, line=line_of(path, offset + piece.index(b"\0"))))
        pending = len(decoder.getstate()[0])
        if piece.isascii() and not pending:
            offset += len(piece)
            continue
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as error:
            return offset - pending + error.start, seen + _beyond_ascii(
                piece[: max(error.start - pending, 0)]
            )
        seen += len(text) if not text.isascii() else 0
        offset += len(piece)
    pending = len(decoder.getstate()[0])
    return (offset - pending if pending else None), seen


def _beyond_ascii(valid: bytes) -> int:
    return sum(not c.isascii() for c in valid.decode("utf-8", "ignore"))


def _evidence(path: Path, start: int) -> bytes:
    """Lines with bytes beyond ASCII, from the first such line on, up to a quarter of a megabyte."""
    found, size = [], 0
    with path.open("rb") as stream:
        stream.seek(max(0, start - 4096))
        if start > 4096:
            stream.readline(_CHUNK)
        while size < _EVIDENCE and (line := stream.readline(_EVIDENCE)):
            if not line.isascii():
                found.append(line)
                size += len(line)
    return b"".join(found)


def _chinese(evidence: bytes, place: Place) -> str:
    """GB18030 or Big5, when one of them alone holds or two independent rules agree."""
    readings = {name: text for name in _GUESSES if (text := _decoded(evidence, name)) is not None}
    scores = {name: _commonness(text, name) for name, text in readings.items()}
    good = [name for name in readings if scores[name] >= 0.6]
    if not good:
        raise fail("KG121", place, tried=", ".join(("UTF-8", "GB18030", "Big5")))
    if len(readings) == 1:
        return good[0]
    best = max(readings, key=lambda name: scores[name])
    other = min(readings, key=lambda name: scores[name])
    margin = scores[best] - scores[other]
    known = [
        name for i, name in enumerate(_GUESSES) if any(word in readings[name] for word in _KNOWN_WORDS[i])
    ]
    if margin >= 0.25 and _detected(evidence) == best:
        return best
    if len(known) == 1 and (known[0] == best or margin < 0.25):
        return known[0]
    raise fail("KG120", place, gbk=_preview(readings["gb18030"]), big5=_preview(readings["big5"]))


def _decoded(evidence: bytes, name: str) -> str | None:
    """The evidence decoded, or None; a character cut off at its end does not count."""
    decoder = codecs.getincrementaldecoder(_CODECS.get(name, name))("strict")
    try:
        return decoder.decode(evidence)
    except UnicodeDecodeError:
        return None


def _commonness(text: str, name: str) -> float:
    """Share of the characters beyond ASCII that the encoding's inventors put among the common ones (level 1, signs)."""
    characters = [c for c in text if not c.isascii()]
    common = 0
    for character in characters:
        pair = character.encode(_CODECS.get(name, name))
        lead, trail = pair[0], pair[1]
        if name == "gb18030":
            common += len(pair) == 2 and trail >= 0xA1 and (0xB0 <= lead <= 0xD7 or 0xA1 <= lead <= 0xA3)
        else:
            common += 0xA4 <= lead <= 0xC6 or 0xA1 <= lead <= 0xA3
    return common / len(characters) if characters else 0.0


def _detected(evidence: bytes) -> str | None:
    """The general detector's word, limited to the two encodings in question."""
    from charset_normalizer import from_bytes

    match = from_bytes(evidence[:65_536], cp_isolation=list(_GUESSES)).best()
    return match.encoding if match else None


def _preview(text: str) -> str:
    return "".join(c for c in text if not c.isascii())[:12]


def line_of(path: Path, offset: int) -> int:
    """The 1-based line in which a byte stands, for messages."""
    lines, left = 1, offset
    for piece in _pieces(path):
        part = piece[:left]
        lines += part.count(b"\n") or part.count(b"\r")
        left -= len(part)
        if left <= 0:
            break
    return lines


def _invalid(path: Path, name: str, offset: int, place: Place) -> KeguanError:
    spot = Place(file=place.file, line=line_of(path, offset))
    return fail("KG122", spot, encoding=name.upper(), offset=offset + 1)
