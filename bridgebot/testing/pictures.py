"""Small pictures that are whole and true, and films that only say what they are: what the kit uploads, made
without any library.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Literal

from bridgebot.model import File

_CHUNK = 50  # bytes at a time: a picture never comes in one piece


@dataclass(frozen=True, slots=True)
class Seen:
    """What people see in a message of the bot. The rest is there for tests of the core."""

    content: bytes
    hidden: bool = False  # covered until somebody touches it
    kind: Literal["image", "video", "audio", "file"] = field(default="image", compare=False)
    url: str | None = field(default=None, compare=False)  # whence the network fetched it by itself
    alt: str = field(default="", compare=False)


def png(colour: tuple[int, int, int], width: int = 6, height: int = 4) -> bytes:
    """A picture of one colour (RGB, 0 to 255), so many pixels wide and high (PNG 1.2, section 11)."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = (b"\0" + bytes(colour) * width) * height
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, data) for name, data in parts)


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def mp4(width: int = 6, height: int = 4, seconds: int = 2, *, turned: bool = False) -> bytes:
    """A film of which there are but the heads (ISO/IEC 14496-12, 8.2.2 and 8.3.2); `turned`: it is shown on
    its side, as telephones film.
    """
    sides = (0, 1, 0, -1, 0, 0, 0, 0) if turned else (1, 0, 0, 0, 1, 0, 0, 0)
    matrix = struct.pack(">8iI", *(side << 16 for side in sides), 1 << 30)
    size = struct.pack(">II", width << 16, height << 16)
    film = _box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000), bytes(80))
    track = _box(b"tkhd", struct.pack(">IIIIII", 1, 0, 0, 1, 0, seconds * 1000), bytes(16), matrix, size)
    return _box(b"ftyp", b"isom\0\0\0\0isommp41") + _box(b"moov", film, _box(b"trak", track))


def _box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, name) + body


def picture(content: bytes, alt: str = "") -> File:
    """What `upload` is told of a picture that `png` made."""
    width, height = struct.unpack(">II", content[16:24])
    return File("image", "image/png", len(content), alt, width, height)


def reader(content: bytes, piece: int = _CHUNK) -> Callable[[], AsyncIterator[bytes]]:
    """What gives this content, from the first byte, each time it is called; so many bytes at a time."""

    async def read() -> AsyncIterator[bytes]:
        for start in range(0, len(content), piece):
            yield content[start : start + piece]

    return read
