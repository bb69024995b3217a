"""People on the pretend Telegram: what they do with their clients, and what they see.

Nothing here waits for the bot except what is called with `await`. People may act in another thread than
the server's.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from telegram.constants import ReactionEmoji

from tests.canary import guard_text
from tests.servers.telegram_text import Entity, checked, found, tidied
from tests.servers.telegram_world import PRESENT, Chat, Json, Message, User, World

ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", is_bot=True)  # the same on all of Telegram
PATIENCE = 60.0  # seconds
OFFERED = {one.value for one in ReactionEmoji}  # core.telegram.org/bots/api#reactiontypeemoji
MOST_REACTIONS = 3  # of one person to one message, with Telegram Premium; of others 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot as people see it now."""

    id: int
    text: str
    entities: tuple[Entity, ...] = ()
    reply_to: int | None = None
    buttons: tuple[tuple[str, str], ...] = ()  # (data or address, label), row by row
    history: tuple[str, ...] = ()  # what it said before it was edited
    deleted: bool = False
    topic: int | None = None
    preview: str | None = None  # the address of which a preview is to be shown
    media: tuple[tuple[str, bytes, bool], ...] = ()  # what is shown: field, content, whether it is covered


@dataclass(slots=True)
class Press:
    """A button that somebody pressed; their client shows a clock until the bot answers."""

    id: str
    data: str
    answered: bool = False
    text: str = ""
    alert: bool = False

    async def answer(self, timeout: float = PATIENCE) -> Press:
        """Wait for `answerCallbackQuery`."""
        async with asyncio.timeout(timeout):
            while not self.answered:
                await asyncio.sleep(0.01)
        return self


class Person:
    """Somebody with a client. Where a method takes `where`, None is the direct chat with the bot."""

    def __init__(self, world: World, user: User) -> None:
        self.world = world
        self.user = user

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def direct(self) -> Chat:
        return self.world.chats[self.user.id]

    # --- the direct chat ---

    def met(self) -> Person:
        """The person pressed Start long ago."""
        self.direct.started = True
        return self

    def starts(self, payload: str = "") -> int:
        """Press Start, or follow `https://t.me/bot?start=payload`."""
        if payload and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload):
            raise ValueError("a deep link bears 1 to 64 characters of A-Z a-z 0-9 _ -")
        with self.world.lock:
            self.direct.started = True
            if self.direct.status(self.world.bot.id) == "kicked":
                self.unblocks()
            return self.says(f"/start {payload}".rstrip())

    def blocks(self) -> None:
        """Stop the bot: it is told once, and may not write any more."""
        with self.world.lock:
            self.world.moves(self.direct, self.user, "kicked")

    def unblocks(self) -> None:
        """Let it write again."""
        with self.world.lock:
            self.world.moves(self.direct, self.user, "member")

    # --- saying ---

    def says(
        self,
        text: str,
        *,
        where: Chat | None = None,
        entities: Sequence[Entity] = (),
        reply_to: int | None = None,
        topic: int = 0,
    ) -> int:
        """Write; commands, mentions and links are marked as clients do. The message's id."""
        guard_text(text)
        words, given = tidied(text, checked(text, list(entities)))
        marks = found(words, given)
        content: Json = {"text": words, "entities": marks} if marks else {"text": words}
        return self.posts(content, where=where, reply_to=reply_to, topic=topic)

    def forwards(self, text: str, origin: Json | None = None, *, where: Chat | None = None) -> int:
        """Forward something; the default origin is somebody who hides who they are."""
        hidden: Json = {"type": "hidden_user", "sender_user_name": "Somebody", "date": int(time.time())}
        return self.posts({"text": text, "forward_origin": origin or hidden}, where=where)

    def shows_photo(
        self,
        caption: str = "",
        *,
        where: Chat | None = None,
        album: str = "",
        content: bytes = b"",
        field: str = "photo",
        **more: str,
    ) -> int:
        """Send a picture, or one of those of an album; as another `field` a film, a sound or a document."""
        files = [self._kept(_file(), body) for body in (content[:9], content)]
        sizes = [{**file, "width": side, "height": side} for file, side in zip(files, (90, 320), strict=True)]
        shown = sizes if field == "photo" else {**files[1], **more}
        return self._shows({field: shown}, caption, where, album)

    def _kept(self, file: Json, content: bytes) -> Json:
        self.world.files[file["file_id"]] = content
        return {**file, "file_size": len(content)}

    def _shows(self, content: Json, caption: str, where: Chat | None, album: str) -> int:
        content |= {"media_group_id": album} if album else {}
        if caption:
            marks = found(caption, ())
            content |= {"caption": caption, "caption_entities": marks} if marks else {"caption": caption}
        return self.posts(content, where=where)

    def shows_sticker(self, emoji: str = "👍", *, where: Chat | None = None) -> int:
        """Send a sticker."""
        form = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self.posts({"sticker": {**_file(), **form, "emoji": emoji}}, where=where)

    def rolls(self, emoji: str = "🎲", *, where: Chat | None = None) -> int:
        """Send a dice."""
        return self.posts({"dice": {"emoji": emoji, "value": random.randint(1, 6)}}, where=where)

    def posts(
        self, content: Json, *, where: Chat | None = None, reply_to: int | None = None, topic: int = 0
    ) -> int:
        """Send any content, in the Bot API's fields."""
        chat = where or self.direct
        with self.world.lock:
            self._may_write(chat)
            if reply_to is not None and chat.standing(reply_to) is None:
                raise LookupError(f"there is no message {reply_to} to answer")
            message = self.world.put(chat, {**self._sender(chat), **content}, reply_to=reply_to, topic=topic)
            self.world.announce(chat, message)
            return message.id

    def _may_write(self, chat: Chat) -> None:
        if chat.kind == "private":
            if not chat.started:
                raise PermissionError(f"{self.user.first_name} has not pressed Start")
            if chat.status(self.world.bot.id) == "kicked":
                raise PermissionError(f"{self.user.first_name} has blocked the bot")
        elif chat.status(self.id) not in PRESENT or chat.moved_to is not None:
            raise PermissionError(f"{self.user.first_name} cannot write in {chat.title}")

    def _sender(self, chat: Chat) -> Json:
        if chat.kind == "channel":
            return {"sender_chat": chat.json()}
        if self.id in chat.anonymous:
            return {"from": ANONYMOUS.json(), "sender_chat": chat.json()}
        return {"from": self.user.json()}

    # --- changing what was said ---

    def edits(
        self, message_id: int, text: str, *, where: Chat | None = None, entities: Sequence[Entity] = ()
    ) -> None:
        """Change the text (or the caption) of an own message."""
        with self.world.lock:
            chat, message = where or self.direct, self._own(message_id, where)
            field = "caption" if "caption" in message.json else "text"
            words, given = tidied(text, checked(text, list(entities)))
            marks = found(words, given)
            message.history.append(message.text)
            message.json |= {field: words, "edit_date": int(time.time())}
            message.json.pop("entities" if field == "text" else "caption_entities", None)
            if marks:
                message.json["entities" if field == "text" else "caption_entities"] = marks
            self.world.announce(chat, message, edited=True)

    def touches(self, message_id: int, *, where: Chat | None = None) -> None:
        """Telegram says that a message was edited though nothing that can be seen is different."""
        with self.world.lock:
            chat, message = where or self.direct, self._own(message_id, where)
            message.json["edit_date"] = int(time.time())
            self.world.announce(chat, message, edited=True)

    def deletes(self, message_id: int, *, where: Chat | None = None) -> None:
        """Take an own message back: the bot is never told."""
        with self.world.lock:
            self._own(message_id, where).deleted = True

    def _own(self, message_id: int, where: Chat | None) -> Message:
        message = (where or self.direct).standing(message_id)
        sender = {} if message is None else message.json.get("from") or self.user.json()
        if message is None or message.by_bot or sender["id"] not in (self.id, ANONYMOUS.id):
            raise LookupError(f"there is no message {message_id} of {self.user.first_name}")
        return message

    # --- buttons ---

    def presses(self, message_id: int, data: str, *, where: Chat | None = None) -> Press:
        """Press the button with this data (or label) at a message of the bot."""
        with self.world.lock:
            chat = where or self.direct
            message = chat.standing(message_id)
            rows = [] if message is None else message.json.get("reply_markup", {}).get("inline_keyboard", [])
            found = [one for row in rows for one in row if data in (one.get("callback_data"), one["text"])]
            if message is None or not found or chat.status(self.id) not in PRESENT:
                raise LookupError(f"there is no button {data!r} at message {message_id}")
            press = Press(uuid.uuid4().hex, found[0]["callback_data"])
            self.world.presses[press.id] = press
            body = {"id": press.id, "from": self.user.json(), "message": self.world.shown(chat, message)}
            self.world.updates.add(
                {"callback_query": {**body, "chat_instance": str(abs(chat.id)), "data": press.data}}
            )
            return press

    # --- reactions ---

    def reacts(self, message_id: int, *reactions: str | Json, where: Chat | None = None) -> None:
        """This is the person's reaction to a message now: emoji that Telegram offers, or in the Bot API's
        words something else. In a group only who administers it is told.
        """
        given = [{"type": "emoji", "emoji": one} if isinstance(one, str) else one for one in reactions]
        with self.world.lock:
            chat = where or self.direct
            message = chat.standing(message_id)
            if message is None or chat.status(self.id) not in PRESENT:
                raise LookupError(f"there is no message {message_id}")
            if len(given) > MOST_REACTIONS or any(one.get("emoji", "👍") not in OFFERED for one in given):
                raise ValueError(f"Telegram offers no such reaction: {given}")
            before, message.reactions[self.id] = message.reactions.get(self.id, []), given
            if chat.kind != "private" and chat.status(self.world.bot.id) != "administrator":
                return
            body = {"chat": chat.json(), "message_id": message_id, "user": self.user.json()}
            sets = {"old_reaction": before, "new_reaction": given}
            self.world.updates.add({"message_reaction": {**body, "date": int(time.time()), **sets}})

    # --- seeing ---

    def sees(self, where: Chat | None = None, *, deleted: bool = False) -> list[Shown]:
        """The bot's messages in a chat as they stand now, oldest first; or also those that are gone."""
        chat = where or self.direct
        with self.world.lock:
            own = [message for message in chat.messages.values() if message.by_bot]
            return [_shown(self.world, chat, message) for message in own if deleted or not message.deleted]

    async def hears(
        self,
        wanted: str | Callable[[Shown], bool],
        *,
        where: Chat | None = None,
        after: int = 0,
        timeout: float = PATIENCE,
    ) -> Shown:
        """Wait for a message of the bot: in which these words stand, or of which this is true."""
        fits = wanted if callable(wanted) else lambda shown: wanted in shown.text
        end = time.monotonic() + timeout
        while True:
            for shown in self.sees(where):
                if shown.id > after and fits(shown):
                    return shown
            if time.monotonic() > end:
                texts = [shown.text for shown in self.sees(where)]
                raise AssertionError(f"no {wanted!r} in {timeout} s, only {texts}")
            await asyncio.sleep(0.02)


def _shown(world: World, chat: Chat, message: Message) -> Shown:
    rows = message.json.get("reply_markup", {}).get("inline_keyboard", [])
    target = message.reply_to if message.reply_to not in chat.topics else None
    return Shown(
        message.id,
        message.text,
        tuple(message.json.get("entities", message.json.get("caption_entities", ()))),
        target,
        tuple((one.get("callback_data") or one.get("url", ""), one["text"]) for row in rows for one in row),
        tuple(message.history),
        message.deleted,
        message.json.get("message_thread_id"),
        message.json.get("link_preview_options", {}).get("url"),
        tuple(_media(world, message)),
    )


def _media(world: World, message: Message) -> Iterator[tuple[str, bytes, bool]]:
    covered = message.json.get("has_media_spoiler", False)
    for kind in ("photo", "video", "animation", "audio", "voice"):
        file = message.json.get(kind)
        if file is not None:
            id = (file[-1] if kind == "photo" else file)["file_id"]
            yield kind, world.files[id], covered


def _file() -> Json:
    return {"file_id": uuid.uuid4().hex, "file_unique_id": uuid.uuid4().hex[:16], "file_size": 1234}
