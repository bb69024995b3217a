"""Methods by which the bot shows pictures, films and sounds, alone or as an album."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.servers.telegram_errors import bad
from tests.servers.telegram_markup import checked as checked_markup
from tests.servers.telegram_markup import kept
from tests.servers.telegram_parameters import Handed, Takes, array, boolean, chat, media, text, thing
from tests.servers.telegram_sending import (
    EDITED,
    MORE,
    change,
    keyboard_of,
    own_of,
    reply_of,
    topic_of,
    worded,
)
from tests.servers.telegram_text import units
from tests.servers.telegram_world import Chat, Json, World

MAX_CAPTION = 1024  # UTF-16 units
ALBUM = range(2, 11)
PHOTO, OTHER = 10_000_000, 50_000_000  # bytes that are handed over
FETCHED = {"photo": 5_000_000}  # bytes from an address; 20 MB of anything else
COVERED = {"photo", "video", "animation"}
# What a file of each kind begins with; in a film that stands behind its length.
STARTS: dict[str, Callable[[bytes], bool]] = {
    "photo": lambda head: head.startswith((b"\x89PNG", b"\xff\xd8\xff")),
    "video": lambda head: head[4:8] == b"ftyp",
    "animation": lambda head: head.startswith(b"GIF8") or head[4:8] == b"ftyp",
    "audio": lambda head: head.startswith((b"ID3", b"\xff\xfb")) or head[4:11] == b"ftypM4A",
    "voice": lambda head: head.startswith(b"OggS"),
}
_albums = itertools.count(13_000_000_000)


def send(kind: str, world: World, given: Json) -> Json:
    where = world.open_to_bot(given["chat_id"])
    shown = _media(world, kind, given[kind], given) | _covered(given)
    content = {**_sender(world, where), **shown, **_caption(given)}
    if "reply_markup" in given:
        content |= kept(checked_markup(given["reply_markup"]))
    topic = topic_of(where, given.get("message_thread_id", 0))
    reply_to = reply_of(where, given.get("reply_parameters"))
    return world.shown(where, world.put(where, content, reply_to=reply_to, by_bot=True, topic=topic))


def send_media_group(world: World, given: Json) -> list[Json]:
    where, items = world.open_to_bot(given["chat_id"]), given["media"]
    if len(items) not in ALBUM:
        raise bad("wrong number of media in an album")
    kinds = {item.get("type") for item in items}
    if not (kinds <= {"photo", "video"} or kinds in ({"audio"}, {"document"})):
        raise bad("can't mix these types in an album")
    album, contents = str(next(_albums)), []
    for number, item in enumerate(items, 1):
        for name in item.keys() - {"type", "media", "caption", "caption_entities", "has_spoiler"}:
            raise bad(f'can\'t parse InputMedia: unknown field "{name}"')
        try:
            shown = _media(world, item["type"], item["media"], given)
        except Exception as error:
            raise bad(f'failed to send message #{number} with the error message "{error}"') from error
        contents.append({**_sender(world, where), "media_group_id": album, **shown, **_caption(item)})
        contents[-1] |= _covered(item)
    _all_used(given, [item["media"] for item in items])
    topic = topic_of(where, given.get("message_thread_id", 0))
    reply_to = reply_of(where, given.get("reply_parameters"))
    stand = [world.put(where, one, reply_to=reply_to, by_bot=True, topic=topic) for one in contents]
    return [world.shown(where, message) for message in stand]


def edit_message_caption(world: World, given: Json) -> Json:
    where, message = own_of(world, given)
    if "text" in message.json:
        raise bad("there is no caption in the message to edit")
    new = {**_caption(given), **keyboard_of(given)}
    return change(world, where, message, new, ("caption", "caption_entities", "reply_markup"))


def _sender(world: World, where: Chat) -> Json:
    return {"sender_chat": where.json()} if where.kind == "channel" else {"from": world.bot.json()}


def _media(world: World, kind: str, named: Any, given: Mapping[str, Any]) -> Json:
    """What stands in the message: the file, known from now on by its id."""
    content, fetched = _content(world, named, given)
    most = FETCHED.get(kind, 20_000_000) if fetched else PHOTO if kind == "photo" else OTHER
    if len(content) > most:
        raise bad("file is too big" if not fetched else "failed to get HTTP URL content")
    if not STARTS[kind](content):
        raise bad("IMAGE_PROCESS_FAILED" if kind == "photo" else "wrong type of the web page content")
    file = {"file_id": uuid.uuid4().hex, "file_unique_id": uuid.uuid4().hex[:16], "file_size": len(content)}
    world.files[file["file_id"]] = content
    return {kind: [{**file, "width": 320, "height": 320}] if kind == "photo" else file}


def _content(world: World, named: Any, given: Mapping[str, Any]) -> tuple[bytes, bool]:
    """The bytes, and whether they came from an address."""
    if isinstance(named, str) and named.startswith("attach://"):
        named = given.get(named.removeprefix("attach://"))
    if isinstance(named, Handed):
        return named.content, False
    if not isinstance(named, str):
        raise bad("file must be non-empty")
    if named.startswith(("http://", "https://")):
        if named not in world.web:
            raise bad("failed to get HTTP URL content")
        return world.web[named], True
    if named not in world.files:
        raise bad("wrong file identifier/HTTP URL specified")
    return world.files[named], False


def _all_used(given: Json, named: list[Any]) -> None:
    """Telegram overlooks a file that nothing names; here that is a mistake."""
    beside = {name for name, value in given.items() if isinstance(value, Handed)}
    if beside - {str(one).removeprefix("attach://") for one in named}:
        raise bad("a file is not used")


def _caption(given: Mapping[str, Any]) -> Json:
    words, entities = worded(given.get("caption", ""), given.get("caption_entities", []), dict(given))
    if units(words) > MAX_CAPTION:
        raise bad("message caption is too long")
    found = {"caption": words} if words else {}
    return found | ({"caption_entities": entities} if entities and words else {})


def _covered(given: Mapping[str, Any]) -> Json:
    return {"has_media_spoiler": True} if given.get("has_spoiler") else {}


_WORDS = {"caption": text, "caption_entities": array, "parse_mode": text}


def _takes(kind: str) -> Takes:
    covered = {"has_spoiler": boolean} if kind in COVERED else {}
    optional = {**_WORDS, **MORE, **covered, "reply_markup": thing}
    return Takes({"chat_id": chat, kind: media}, optional, attached=True)


METHODS = {
    **{f"send{kind.title()}": (_takes(kind), partial(send, kind)) for kind in STARTS},
    "sendMediaGroup": (Takes({"chat_id": chat, "media": array}, MORE, attached=True), send_media_group),
    "editMessageCaption": (Takes(EDITED, {**_WORDS, "reply_markup": thing}), edit_message_caption),
}
