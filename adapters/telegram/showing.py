"""Pictures, films and sounds that the bot shows, as the Bot API wants them. Pure.

One is sent by the method of its kind, several by `sendMediaGroup`, which knows no buttons. Each is named by
its address, which Telegram's servers fetch, or handed over beside the parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from adapters.telegram.entities import entities
from adapters.telegram.writing import keyboard
from bridgebot.adapter import Shows
from bridgebot.errors import Rejected
from bridgebot.model import Exhibit, FileLimits, Limits, OutgoingMessage

# core.telegram.org/bots/api#sending-files and #sendphoto: 10 MB for a photo, 50 MB for anything else; from an
# address 5 MB and 20 MB, which Telegram looks after. Of width and height together it takes 10,000.
SHOWS: Final = Shows(
    FileLimits(
        count=10,
        types=frozenset(
            {"image/jpeg", "image/png", "image/gif", "video/mp4", "audio/mpeg", "audio/mp4", "audio/ogg"}
        ),
        image_bytes=10_000_000,
        image_pixels=25_000_000,
        video_bytes=20_000_000,
        mixed=True,
    ),
    caption=Limits(1024, "utf16"),
    buttons=True,
    by_address=True,
    hides=True,
)
_GROUPED: Final = {"image": "photo", "video": "video", "audio": "audio"}


def method(message: OutgoingMessage) -> str:
    """By which method the message is sent."""
    if len(message.media) > 1:
        return "sendMediaGroup"
    return f"send{_name(message.media[0]).title()}" if message.media else "sendMessage"


def content(message: OutgoingMessage) -> dict[str, Any]:
    """What is shown and the words beside it."""
    if len(message.media) == 1:
        [only] = message.media
        return {_name(only): _place(only, 0), "has_spoiler": _covered(only), **caption(message)}
    album = [_of_album(one, number) for number, one in enumerate(message.media)]
    words = {"caption": message.text, "caption_entities": entities(message.text, message.spans) or None}
    album[0] |= {name: value for name, value in words.items() if value}
    return {"media": album}


def caption(message: OutgoingMessage) -> dict[str, Any]:
    """The words beside one picture, and its buttons."""
    return {
        "caption": message.text or None,
        "caption_entities": entities(message.text, message.spans) or None,
        "reply_markup": keyboard(message.buttons),
    }


def handed_over(message: OutgoingMessage) -> dict[str, Exhibit]:
    """What goes as bytes beside the parameters, by the names that these use for it."""
    return {name: one for name, one in _named(message) if one.read is not None}


def check(message: OutgoingMessage) -> None:
    """Raises Rejected where the words are too long to stand beside something."""
    limits = SHOWS.caption
    if limits is not None and not limits.fits(message.text):
        length = limits.length(message.text)
        raise Rejected("telegram-too-long", length=length, limit=limits.max_length)


def _named(message: OutgoingMessage) -> Iterator[tuple[str, Exhibit]]:
    for number, one in enumerate(message.media):
        yield f"file{number}", one


def _name(exhibit: Exhibit) -> str:
    """The parameter of what is shown, after which its method is named."""
    file = exhibit.file
    if file.type == "image/gif":
        return "animation"
    if file.type == "audio/ogg":
        return "voice"  # with a player for voices; as music Telegram takes MP3 and M4A only
    return _GROUPED.get(file.kind, "document")


def _of_album(exhibit: Exhibit, number: int) -> dict[str, Any]:
    described: dict[str, Any] = {"type": _name(exhibit), "media": _place(exhibit, number)}
    return described | ({"has_spoiler": True} if exhibit.hidden else {})


def _place(exhibit: Exhibit, number: int) -> str:
    return exhibit.url if exhibit.url is not None else f"attach://file{number}"


def _covered(exhibit: Exhibit) -> bool | None:
    """Sounds cannot be covered; nor need they, for nobody hears them before they touch them."""
    return True if exhibit.hidden and exhibit.file.kind != "audio" else None
