"""A picture that comes to a network which is part of the bot: looked at, and stripped to what it shows."""

from __future__ import annotations

import importlib
import io
from typing import Any

from bridgebot.errors import Rejected
from bridgebot.files import kinds
from bridgebot.files.strip import bare
from bridgebot.model import File, FileLimits


def inspected(content: bytes, limits: FileLimits, alt: str = "") -> tuple[File, bytes]:
    """What it is by its content, whatever somebody said of it, and its bytes without the words of a camera.
    Nothing is encoded anew. Raises Rejected for what is no picture, broken, or beyond the limits. It may take
    some milliseconds: call it in a thread.
    """
    type = kinds.type_of(content[: kinds.HEAD])
    if kinds.kind_of(type) != "image" or type not in limits.types:
        raise Rejected("file-type")
    if len(content) > limits.image_bytes:
        raise Rejected("file-too-large", most=kinds.megabytes(limits.image_bytes))
    try:
        stripped = bare(content, type)
    except ValueError as error:
        raise Rejected("file-broken") from error
    width, height = _pictures().measure(io.BytesIO(stripped))
    if limits.image_pixels is not None and width * height > limits.image_pixels:
        raise Rejected("file-too-many-points", most=limits.image_pixels // 1_000_000)
    return File("image", type, len(stripped), alt, width, height), stripped


def _pictures() -> Any:
    """And Pillow with it: only who is given pictures has that in memory."""
    return importlib.import_module("bridgebot.files.pictures")
