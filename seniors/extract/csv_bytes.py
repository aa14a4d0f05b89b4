"""The bytes of a text file: what they are written in, found in one pass and constant memory."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from seniors.extract.table import UnreadableFile

LONGEST_LINE = 1 << 20
_CHUNK = 1 << 20
_READ = 5 * _CHUNK  # of a usual file: one or two pieces, nearly full
_TAIL = 128  # bytes: longer than a person's number, its blanks included


@dataclass
class Scan:
    """What one pass over the bytes tells."""

    encoding: str = "utf-8"
    has_nul: bool = False
    is_doubled: bool = False  # UTF-8 encoded twice: « Ã© »
    has_long_number: bool = False  # 13 digits or more somewhere: perhaps a person's number
    ends_with_newline: bool = True
    has_total: bool = False  # « total » or « totaux » somewhere
    has_lone_return: bool = False  # « \r » as the end of a line, by itself


def scan_file(path: Path) -> Scan:
    """One pass over the bytes, in constant memory. Raises UnreadableFile for a line without
    end."""
    stat = path.stat()
    return _scan(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)
def _scan(path: Path, _size: int, _changed_at: int) -> Scan:
    """The same file is opened several times on its way in, and scanned once."""
    scan = Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    histogram = np.zeros(256, dtype=np.int64)
    is_utf8, last, tail = True, b"\n", b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            _refuse_endless(chunk)
            scan.has_nul |= b"\x00" in chunk
            scan.has_total = scan.has_total or b"ota" in chunk or b"OTA" in chunk
            # What one chunk begins the next may end.
            scan.has_long_number = scan.has_long_number or has_long_number(tail + chunk)
            tail = chunk[-_TAIL:]
            if last == b"\r" and chunk[:1] != b"\n":
                scan.has_lone_return = True
            if b"\r" in chunk:
                returns = chunk.count(b"\r") - (chunk[-1:] == b"\r")
                scan.has_lone_return |= returns > chunk.count(b"\r\n")
            last = chunk[-1:]
            if chunk.isascii():
                continue
            scan.is_doubled |= b"\xc3\x83\xc2" in chunk or b"\xc3\x82\xc2" in chunk
            histogram += np.bincount(_beyond_ascii(chunk), minlength=256)
            is_utf8 = is_utf8 and _decodes(decoder, chunk)
    scan.ends_with_newline = last in b"\r\n"
    scan.has_lone_return |= last == b"\r"
    scan.encoding = "utf-8" if is_utf8 else _encoding_of(path, histogram)
    if scan.encoding == "utf-16":
        scan.has_nul, scan.has_long_number = False, True
        scan.has_lone_return = scan.has_total = True
    return scan


def _beyond_ascii(chunk: bytes) -> np.ndarray:
    codes = np.frombuffer(chunk, dtype=np.uint8)
    return codes[codes >= 0x80]


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_endless(chunk: bytes) -> None:
    if len(chunk) == _CHUNK and b"\n" not in chunk and b"\r" not in chunk:
        raise UnreadableFile(
            "Ce fichier contient une ligne de plus d’un million de caractères\u00a0: "
            "ce n’est pas un tableau.",
            "Refaites l’extraction avec une ligne par logement ou par occupant.",
        )


_DIGITS = bytes(
    ord("0") if chr(code) in "0123456789ABab" else ord(" ") if code != 10 else 10
    for code in range(256)
)


# What `guard` takes for a blank between digits, or for nothing, byte by byte in UTF-8 and cp1252.
_BETWEEN = (
    b" \t\r.-/_\xb7\x93\x94\x96\x97\xad"
    + b"".join(
        sign.encode() for sign in "\u00a0\u2009\u202f·–—\u00ad\u200b\u200f\u2028\u202e\u2060\ufeff"
    )
    + bytes([*range(0x8B, 0x90), *range(0xA0, 0xA5), *range(0xA8, 0xAF)])
)
_WIDE_FIGURE = "０".encode()[:2]


def has_long_number(chunk: bytes) -> bool:
    """Whether 13 digits may follow one another, blanks apart: may be true wrongly, never false
    (on one line).

    Runs of 2, 4 and 8, then of 13.
    """
    if _WIDE_FIGURE in chunk:
        return True
    bare = chunk.translate(_DIGITS, _BETWEEN)
    run = np.frombuffer(bare, dtype=np.uint8) == ord("0")
    for step in (1, 2, 4, 5):
        run = run[:-step] & run[step:]
    return bool(run.any())


_E_WITH_ACCENT = {"cp1252": [0xE9, 0xE8], "mac-roman": [0x8E, 0x8F], "cp850": [0x82, 0x8A]}


def _encoding_of(path: Path, histogram: np.ndarray) -> str:
    """Encoding of what is not UTF-8: by its mark, else by the bytes that only one uses."""
    with path.open("rb") as file:
        if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
    # Most accents of French are on « é » and « è »; elsewhere these bytes are « Ž » and the like.
    said = {name: histogram[places].sum() for name, places in _E_WITH_ACCENT.items()}
    most = max(said, key=said.get)
    if said[most] > said["cp1252"]:
        return most
    if histogram[0x80:0xA0].sum():
        return "cp1252"
    # ¤ ¦ ¨ ´ ¸ ¼ ½ ¾ are rare in French; in iso-8859-15 these bytes are € Š š Ž ž Œ œ Ÿ.
    rare = histogram[[0xA4, 0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE]].sum()
    return "iso-8859-15" if rare else "cp1252"


def decoded(file: io.BufferedReader, encoding: str, scan: Scan) -> Iterator[str]:
    """The file as text, every line end as "\\n", marks and NULs taken out."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    held, is_last = "", False

    def text_of(data: bytes) -> str:
        nonlocal held
        text = held + decoder.decode(data, final=not data)
        held = ""
        if data and text and (text[-1] == "\r" or (scan.is_doubled and text[-1] > "\x7f")):
            held = text[len(text.rstrip("\r" if text[-1] == "\r" else _HIGH)) :]
            text = text[: len(text) - len(held)]
        return _tidied(text, scan)

    while not is_last:
        data = file.read(_READ)
        is_last = not data
        some = [text_of(data)]
        del data
        yield some.pop()  # nothing of it is held here while the rows are dealt with


_HIGH = "".join(map(chr, range(0x80, 0x100))) + "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_DOUBLED = re.compile(f"[ÂÃÅâ][{re.escape(_HIGH)}]{{1,2}}")


def _tidied(text: str, scan: Scan) -> str:
    if scan.has_lone_return and "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\ufeff" in text:
        text = text.replace("\ufeff", "")
    if scan.has_nul:
        text = text.replace("\x00", "")
    return _DOUBLED.sub(_once, text) if scan.is_doubled else text


def _once(match: re.Match[str]) -> str:
    """« Ã© » back to « é »; what was not encoded twice stays as it is."""
    try:
        raw = b"".join(_one_byte(letter) for letter in match[0])
        return raw.decode("utf-8")
    except UnicodeError:
        return match[0]


def _one_byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")
