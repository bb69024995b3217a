"""Pictures, films and sounds in a message (core.telegram.org/bots/api#message). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from bridgebot.model import Media

Kind = Literal["image", "video", "audio", "file"]

# What the field says of the file. An animation is a film without sound, whatever people call it.
_FIELDS: Final[tuple[tuple[str, Kind, str], ...]] = (
    ("animation", "video", "video/mp4"),
    ("video", "video", "video/mp4"),
    ("video_note", "video", "video/mp4"),
    ("audio", "audio", "audio/mpeg"),
    ("voice", "audio", "audio/ogg"),
)
_KINDS: Final[dict[str, Kind]] = {"image": "image", "video": "video", "audio": "audio"}


def media(message: Mapping[str, Any]) -> Media | None:
    """What a message shows or plays; None where that is nothing, or nothing that networks know."""
    sizes = message.get("photo")
    if sizes:
        return _file(max(sizes, key=lambda size: size["width"] * size["height"]), "image", "image/jpeg")
    for name, kind, type in _FIELDS:
        if (found := message.get(name)) is not None:  # `animation` comes with a `document` that is the same
            told = found.get("mime_type") or type
            return _file(found, "image" if told == "image/gif" else kind, told)
    document = message.get("document")
    told = (document or {}).get("mime_type") or ""
    known = _KINDS.get(told.partition("/")[0])
    return _file(document, known, told) if document is not None and known is not None else None


def _file(file: Mapping[str, Any], kind: Kind, type: str) -> Media:
    id, size, name = file["file_id"], file.get("file_size"), file.get("file_name") or ""
    if not isinstance(id, str) or not isinstance(size, int | None) or not isinstance(name, str):
        raise TypeError("no file")
    return Media(kind, id, type, size, name)
