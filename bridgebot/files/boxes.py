"""The boxes of an MP4 or MOV (ISO/IEC 14496-12): where they stand, and what a film tells by them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MADE_SO = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
_TURNED = (0, 1), (0, -1)  # how the matrix of a track begins that is shown on its side


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a file: where it begins, where its content does, and where it ends, in bytes."""

    name: bytes
    at: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Measures:
    """What a film tells of itself; None: it does not."""

    width: int | None = None  # pixels, as it is seen
    height: int | None = None
    seconds: float | None = None


def each(film: BinaryIO, at: int, end: int) -> Iterator[Box]:
    """The boxes between two places. Raises ValueError where one is broken or cut off."""
    while at + 8 <= end:
        film.seek(at)
        size, name = struct.unpack(">I4s", film.read(8))
        head = 8
        if size == 1:
            size, head = int.from_bytes(film.read(8), "big"), 16
        size = end - at if size == 0 else size
        if size < head or at + size > end:
            raise ValueError("a box beyond the end")
        yield Box(name, at, at + head, at + size)
        at += size


def measured(path: Path, type: str) -> Measures:
    """How large and long the film in a file is; of what is broken, or made otherwise, nothing is known."""
    if type not in MADE_SO:
        return Measures()
    try:
        with path.open("rb") as film:
            return _measured(film, path.stat().st_size)
    except (ValueError, IndexError, struct.error, ZeroDivisionError):
        return Measures()


def _measured(film: BinaryIO, size: int) -> Measures:
    lengths = [_seconds(_content(film, box)) for box in _within(film, 0, size, b"moov", b"mvhd")]
    tracks = (_points(_content(film, box)) for box in _within(film, 0, size, b"moov", b"trak", b"tkhd"))
    width, height = next((points for points in tracks if points[0]), (None, None))
    return Measures(width, height or None, lengths[0] if lengths else None)


def _within(film: BinaryIO, at: int, end: int, name: bytes, *inner: bytes) -> Iterator[Box]:
    """The boxes of the last of these names that lie in those of the names before it."""
    for box in each(film, at, end):
        if box.name == name and inner:
            yield from _within(film, box.body, box.end, *inner)
        elif box.name == name:
            yield box


def _content(film: BinaryIO, box: Box) -> bytes:
    film.seek(box.body)
    return film.read(min(box.end - box.body, 128))


def _seconds(head: bytes) -> float | None:
    """8.2.2: the film's own clock, and how long it lasts by it. A film in pieces does not say so here: 0, or
    all bits set.
    """
    scale, duration = struct.unpack_from(">IQ", head, 20) if head[0] else struct.unpack_from(">II", head, 12)
    return None if duration in (0, 2**32 - 1, 2**64 - 1) else duration / scale


def _points(head: bytes) -> tuple[int, int]:
    """8.3.2: how a track is shown; sound has no size."""
    matrix = 52 if head[0] else 40
    first = struct.unpack_from(">ii", head, matrix)
    width, height = struct.unpack_from(">II", head, matrix + 36)
    turned = (first[0] >> 16, first[1] >> 16) in _TURNED
    size = (width >> 16, height >> 16)
    return size[::-1] if turned else size
