"""Takes out of a file what says where, when and with what it was made, and leaves its content as it is.

Nothing is encoded anew: parts that no picture or sound needs are left out or made blank. Of what a camera
wrote only the way round in which the picture is to be seen is kept. Matroska, Ogg and MP3 stay as they are:
telephones write no places there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from bridgebot.files import boxes

_COLOURS = b"ICC_PROFILE\0"  # in APP2: without it colours are shown wrong
_ADOBE = 0xEE  # APP14: how colours are coded
_WORDS = frozenset(range(0xE1, 0xF0)) - {_ADOBE} | {0xFE}  # APP1 to APP15, comments
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112  # Exif 2.32, 4.6.4
_UPRIGHT = 1
_PNG = 8  # bytes before the first chunk
_PNG_WORDS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})  # PNG 1.2, 11.3
_WEBP_WORDS = {b"EXIF": 0x08, b"XMP ": 0x04}  # each with the flag of VP8X that announces it (RFC 9649)
_BOXES = frozenset({b"moov", b"trak", b"mdia", b"minf"})  # in which others stand (ISO/IEC 14496-12)
_BLANKED = frozenset({b"udta", b"meta", b"uuid"})  # words about a film: place, device, cover
_PIECE = 1 << 16  # bytes


def strip(path: Path, type: str) -> None:
    """Change the file so that it tells nothing but what it shows. Raises ValueError if it is broken."""
    if type in _PICTURES:
        content = path.read_bytes()
        stripped = bare(content, type)
        if stripped != content:
            path.write_bytes(stripped)
    elif type in boxes.MADE_SO:
        with path.open("r+b") as film:
            try:
                _blank(film, 0, path.stat().st_size)
            except RecursionError as error:
                raise ValueError("boxes within boxes without end") from error


def bare(content: bytes, type: str) -> bytes:
    """The same of a picture in memory; one of a type that holds no words stays as it is. Pure."""
    if type not in _PICTURES:
        return content
    try:
        return b"".join(_PICTURES[type](content))
    except (struct.error, IndexError) as error:
        raise ValueError("cut off") from error


# --- JPEG --------------------------------------------------------------------------------------


def _jpeg(content: bytes) -> Iterator[bytes]:
    """The picture's own segments up to its end: behind that, telephones put another with words of its own."""
    segments, turned = [], _UPRIGHT
    for code, segment in _segments(content):
        if code in _WORDS and not segment[4:].startswith(_COLOURS):
            turned = _orientation(segment[4:]) if code == 0xE1 else turned
        else:
            segments.append(segment)
    yield b"\xff\xd8"
    if turned != _UPRIGHT:
        yield _turning(turned)
    yield from segments


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with what belongs to it, after the first; the last is the end of the picture."""
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            raise ValueError("no marker")
        code = content[at + 1]
        if code == 0xFF:  # a marker may be filled up in front
            at += 1
            continue
        end = at + 2
        if code not in (0x01, 0xD8, 0xD9, *range(0xD0, 0xD8)):
            end += struct.unpack_from(">H", content, at + 2)[0]
        if code == 0xDA:
            end = _end_of_scan(content, end)
        yield code, content[at:end]
        if code == 0xD9:
            return
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands that is no part of the picture's points."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2
    return len(content)


def _orientation(words: bytes) -> int:
    """Which way round the picture is to be seen, 1 to 8; what makes no sense says nothing."""
    try:
        tiff = words.removeprefix(_EXIF)
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else _UPRIGHT
    except (KeyError, struct.error):
        return _UPRIGHT
    return _UPRIGHT


def _turning(orientation: int) -> bytes:
    """A segment that says nothing but which way round."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    body = _EXIF + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# --- PNG, WebP ---------------------------------------------------------------------------------


def _png(content: bytes) -> Iterator[bytes]:
    yield content[:_PNG]
    at, name = _PNG, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, at)
        if name not in _PNG_WORDS:
            yield content[at : at + length + 12]
        at += length + 12


def _webp(content: bytes) -> Iterator[bytes]:
    chunks = [chunk for chunk in _chunks(content) if chunk[:4] not in _WEBP_WORDS]
    if chunks and chunks[0].startswith(b"VP8X"):
        flags = chunks[0][8] & ~sum(_WEBP_WORDS.values())
        chunks[0] = chunks[0][:8] + bytes([flags]) + chunks[0][9:]
    body = b"WEBP" + b"".join(chunks)
    yield b"RIFF" + struct.pack("<I", len(body)) + body


def _chunks(content: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(content):
        (length,) = struct.unpack_from("<I", content, at + 4)
        end = at + 8 + length + length % 2
        yield content[at:end]
        at = end


_PICTURES: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
}


# --- films -------------------------------------------------------------------------------------


def _blank(film: BinaryIO, at: int, end: int) -> None:
    """Make the words between two places of a film blank, and leave everything where it stands."""
    for box in boxes.each(film, at, end):
        if box.name in _BOXES:
            _blank(film, box.body, box.end)
        elif box.name in _BLANKED:
            film.seek(box.at + 4)
            film.write(b"free")
            film.seek(box.body)
            for left in range(box.end - box.body, 0, -_PIECE):
                film.write(bytes(min(left, _PIECE)))
