"""Pictures: how large they are, and one that a network takes. Whoever imports this has Pillow in memory.

A picture from anywhere may be made to hurt: only formats that people send are opened, none with more points
than a memory has room for, and whatever a decoder says of a broken one, it is broken.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from bridgebot.errors import Rejected
from bridgebot.files.kinds import megabytes
from bridgebot.model import FileLimits

MOST_POINTS = 50_000_000  # width times height: 200 MB while it is made smaller
READ = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_SIZES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15)  # of each side, tried in this order until it is small enough
_QUALITIES = (88, 76, 64)
_FORMATS = {"image/jpeg": "JPEG", "image/webp": "WEBP", "image/png": "PNG", "image/gif": "GIF"}

Image.MAX_IMAGE_PIXELS = None  # it would warn on the standard error, and at another number


def measure(path: Path | BinaryIO) -> tuple[int, int]:
    """Width and height of a picture as it is seen. Raises Rejected if it is broken, or too large to open."""
    with _opened(path) as image:
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        return (image.height, image.width) if turned else (image.width, image.height)


def moves(path: Path) -> bool:
    """Whether a picture has more than one moment."""
    with _opened(path) as image:
        return bool(getattr(image, "is_animated", False))


def fitted(path: Path, into: Path, limits: FileLimits) -> tuple[str, int, int]:
    """Make a picture that the limits allow, as large and good as they do; gives its type, width and height.
    Of one that moves it is the first moment. Raises Rejected if there can be none.
    """
    with _opened(path) as image:
        upright = ImageOps.exif_transpose(image)
        clear = upright.has_transparency_data
        type = _type(clear, limits)
        whole = _flat(upright, clear and type != "image/jpeg")
        for size in _SIZES:
            smaller = _scaled(whole, size, limits.image_pixels)
            for content in _encoded(smaller, type):
                if len(content) <= limits.image_bytes:
                    into.write_bytes(content)
                    return type, smaller.width, smaller.height
    raise Rejected("file-too-large", most=megabytes(limits.image_bytes))


@contextlib.contextmanager
def _opened(path: Path | BinaryIO) -> Iterator[Image.Image]:
    try:
        with Image.open(path, formats=READ) as image:
            if image.width * image.height > MOST_POINTS:
                raise Rejected("file-too-many-points", most=MOST_POINTS // 1_000_000)
            yield image
    except Rejected:
        raise
    except Exception as error:  # decoders raise anything for what was made to break them
        raise Rejected("file-broken") from error


def _type(clear: bool, limits: FileLimits) -> str:
    """What is made of it: the smallest that shows it, of those that are taken."""
    wanted = ("image/webp", "image/png", "image/jpeg") if clear else ("image/jpeg", "image/webp", "image/png")
    for type in wanted:
        if type in limits.types:
            return type
    raise Rejected("file-type")


def _flat(image: Image.Image, clear: bool) -> Image.Image:
    """In three colours; what is not there is white where that cannot be told."""
    if clear:
        return image.convert("RGBA")
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def _scaled(image: Image.Image, size: float, points: int | None) -> Image.Image:
    if points is not None and image.width * image.height > points:
        size *= (points / (image.width * image.height)) ** 0.5
    if size == 1:
        return image
    return image.resize((max(int(image.width * size), 1), max(int(image.height * size), 1)))


def _encoded(image: Image.Image, type: str) -> Iterator[bytes]:
    """The better first."""
    for quality in _QUALITIES if type != "image/png" else (0,):
        into = io.BytesIO()
        options = {"quality": quality} if quality else {"optimize": True}
        image.save(into, _FORMATS[type], **options)
        yield into.getvalue()
