"""What a file is, by its first bytes: what somebody says of it counts for nothing. Pure.

Only what social networks show is known; everything else is a file of no kind, and goes nowhere.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["image", "video", "audio", "file"]

HEAD = 64  # bytes that are looked at
UNKNOWN = "application/octet-stream"

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}  # by the four bytes behind the length
# By the brand of an ISO base media file (ISO/IEC 14496-12, 4.3; registered at mp4ra.org).
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
}
_EBML = b"\x1a\x45\xdf\xa3"  # Matroska and its part for the web (RFC 9559)


def type_of(head: bytes) -> str:
    """The type of a file that begins so."""
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head.startswith(_EBML):
        return "video/webm" if b"webm" in head else "video/x-matroska"
    return UNKNOWN


def kind_of(type: str) -> Kind:
    """Picture, film or sound; `file` for what is none of these."""
    match type.partition("/")[0]:
        case "image":
            return "image"
        case "video":
            return "video"
        case "audio":
            return "audio"
        case _:
            return "file"


def megabytes(count: int) -> str:
    """So many bytes as people say it."""
    return f"{count / 1_000_000:.3g} MB"
