"""Files that people share: on XMPP an address from which whoever knows it may fetch the file (XEP-0363)."""

from __future__ import annotations

import mimetypes
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from bridgebot.model import Media

LARGEST: Final = 50 * 1024 * 1024  # bytes; servers take less of people: Prosody 10 MB, ejabberd 100 MB
_KINDS: Final[dict[str, Literal["image", "video", "audio"]]] = {
    "image": "image",
    "video": "video",
    "audio": "audio",
}


def shared(url: str) -> Media | None:
    """What the address says of its file, which is little: a name. None: nothing that networks show. Pure."""
    try:
        name = unquote(urlsplit(url).path).rpartition("/")[2]
    except ValueError:
        return None
    type = mimetypes.guess_type(f"x{name[name.rfind('.') :]}" if "." in name else "")[0] or ""
    kind = _KINDS.get(type.partition("/")[0])
    return None if kind is None else Media(kind, url, type, None, name)
