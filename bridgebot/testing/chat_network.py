"""A chat network in memory: people, chats, and a journal that an adapter reads and acknowledges."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from bridgebot.adapter import Clock
from bridgebot.model import Button, Chat, Media, Origin, Person, Span
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.pictures import Seen

BOT = "bot"
Kind = Literal["said", "edited", "deleted", "reacted", "pressed", "joined", "gone", "moved"]


@dataclass(frozen=True, slots=True)
class Line:
    """One message in a chat, as people see it now."""

    id: str
    chat: str
    sender: str  # BOT for the bot's own
    text: str
    reply_to: str | None = None
    buttons: tuple[Button, ...] = ()
    edits: int = 0
    deleted: bool = False
    spans: tuple[Span, ...] = ()
    media: tuple[Media, ...] = ()
    shown: tuple[Seen, ...] = ()  # the bot's pictures, films and sounds
    origin: Origin | None = None  # it is forwarded from there


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the journal: something happened in a chat, also by the bot itself."""

    number: int  # unique, rising
    kind: Kind
    chat: Chat
    sender: Person
    at: datetime
    line: str = ""  # id of the line
    text: str = ""
    reply_to: str | None = None
    addressed: bool = True
    data: str = ""  # of the pressed button, or the new id of a moved chat
    emojis: tuple[str, ...] = ()  # all that the person's reaction is now
    spans: tuple[Span, ...] = ()
    media: tuple[Media, ...] = ()
    origin: Origin | None = None


@dataclass(slots=True)
class ChatNetwork:
    """The network's side. It keeps what happened until an adapter has acknowledged it."""

    clock: Clock = field(default_factory=ManualClock)
    journal: deque[Happening] = field(default_factory=deque)  # what nobody acknowledged yet
    chats: dict[str, Chat] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # chats that no longer take the bot's messages
    files: dict[str, bytes] = field(default_factory=dict)  # by `Media.ref`
    web: dict[str, bytes | None] = field(default_factory=dict)  # by address; None: nothing is there
    broken: bool = False  # the connection was cut
    idle: asyncio.Event = field(default_factory=asyncio.Event)  # the journal is empty
    _lines: dict[str, Line] = field(default_factory=dict)
    _number: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.idle.set()

    # --- people ---

    def person(self, id: str, *, name: str = "", weak: bool = False, admin: bool = False) -> Person:
        """The person of this id; made on first use."""
        known = self.people.get(id) or Person(id, name or id.title())
        self.people[id] = replace(known, weak=weak or known.weak, admin=admin or known.admin)
        return self.people[id]

    def chat(
        self, id: str, *, group: bool = False, title: str = "", topic: str = "", broadcast: bool = False
    ) -> Chat:
        """The chat of this id: direct chats bear the id of their person; made on first use."""
        fresh = Chat(id, direct=not group, topic=topic, title=title, broadcast=broadcast)
        return self.chats.setdefault(id, fresh)

    # --- what people do ---

    def say(
        self,
        text: str,
        *,
        sender: str = "ada",
        chat: str | None = None,
        reply_to: str | None = None,
        addressed: bool = True,
        sent_at: datetime | None = None,
        spans: Sequence[Span] = (),
        files: Sequence[bytes | tuple[bytes, Media]] = (),
        origin: Origin | None = None,
    ) -> str:
        """Somebody writes, to the bot or into the group `chat`; returns the message's native id. A file that
        says nothing of itself is a picture.
        """
        place, media = self.chat(chat or sender), tuple(map(self._keep, files))
        line = Line(self._next(), place.id, sender, text, reply_to, spans=tuple(spans), media=media)
        line = replace(line, origin=origin)
        self._lines[line.id] = line
        self._happen("said", place, sender, line, at=sent_at, addressed=addressed)
        return line.id

    def _keep(self, file: bytes | tuple[bytes, Media]) -> Media:
        ref = f"ref-{self._next()}"
        content, media = (
            file if isinstance(file, tuple) else (file, Media("image", "", "image/png", len(file)))
        )
        self.files[ref] = content
        return replace(media, ref=ref)

    def edit(self, line_id: str, text: str, spans: Sequence[Span] = ()) -> None:
        """A person changes an earlier message of theirs."""
        line = self._change(line_id, text, spans)
        self._happen("edited", self.chats[line.chat], line.sender, line)

    def delete(self, line_id: str) -> None:
        """A person takes back an earlier message of theirs."""
        line = self._lines[line_id] = replace(self._lines[line_id], deleted=True)
        self._happen("deleted", self.chats[line.chat], line.sender, line)

    def react(self, line_id: str, *emojis: str, sender: str = "ada") -> None:
        """This is somebody's reaction to a message from now on; without emoji there is none any more."""
        line = self._lines[line_id]
        self._happen("reacted", self.chats[line.chat], sender, line, emojis=emojis)

    def press(self, line_id: str, data: str, *, sender: str = "ada") -> None:
        """Somebody presses a button; KeyError where the message carries no such button."""
        line = self._lines[line_id]
        if data not in [button.data for button in line.buttons]:
            raise KeyError(data)
        self._happen("pressed", self.chats[line.chat], sender, line, data=data)

    def change(
        self, chat: str, change: Literal["joined", "gone", "moved"], *, by: str = "ada", to: str = ""
    ) -> None:
        """The bot's place in a chat changed; `to` is the new id of a moved chat."""
        place = self.chat(chat)
        if change == "moved":
            self.chats[to] = replace(place, id=to)
        self.closed.discard(chat) if change == "joined" else self.closed.add(chat)
        self._happen(change, place, by, None, data=to)

    # --- what the bot does ---

    def put(
        self,
        chat: str,
        text: str,
        reply_to: str | None,
        buttons: Sequence[Button],
        spans: Sequence[Span] = (),
        shown: Sequence[Seen] = (),
    ) -> str:
        """The bot writes; the network tells everybody in the chat, the bot too."""
        place = self.chat(chat)
        line = Line(self._next(), place.id, BOT, text, reply_to, tuple(buttons))
        line = replace(line, spans=tuple(spans), shown=tuple(shown))
        self._lines[line.id] = line
        self._happen("said", place, BOT, line)
        return line.id

    def replace(
        self,
        line_id: str,
        text: str,
        buttons: Sequence[Button],
        spans: Sequence[Span] = (),
    ) -> None:
        """The bot edits the words of its message. KeyError where it is gone."""
        if self._lines[line_id].deleted:
            raise KeyError(line_id)
        changed = self._change(line_id, text, spans)
        self._lines[line_id] = replace(changed, buttons=tuple(buttons))

    def remove(self, line_id: str) -> None:
        """The bot deletes its message; nothing happens where it is gone."""
        if line_id in self._lines:
            self._lines[line_id] = replace(self._lines[line_id], deleted=True)

    def fetched(self, url: str) -> bytes | None:
        """What the network finds at an address: something everywhere, unless it was said what."""
        return self.web.get(url, None if ".invalid/" in url else b"")

    def lines(self, chat: str, *, sender: str | None = None) -> list[Line]:
        """What stands in a chat now, in the order in which it was written; of one sender, or of all."""
        here = [line for line in self._lines.values() if line.chat == chat and not line.deleted]
        return [line for line in here if sender in (None, line.sender)]

    # --- the connection ---

    def drop(self) -> None:
        """Cut the connection; the next one works."""
        self.broken = True
        self._news.set()

    async def next(self) -> Happening | None:
        """The oldest entry that is not acknowledged, when there is one; None: the connection is cut."""
        while not self.journal and not self.broken:
            self._news.clear()
            await self._news.wait()
        return None if self.broken else self.journal[0]

    def acknowledge(self, number: int) -> None:
        """Everything up to `number` is done with and never handed out again."""
        while self.journal and self.journal[0].number <= number:
            self.journal.popleft()
        if not self.journal:
            self.idle.set()

    def _next(self) -> str:
        self._number += 1
        return f"m{self._number}"

    def _change(self, line_id: str, text: str, spans: Sequence[Span]) -> Line:
        old = self._lines[line_id]
        self._lines[line_id] = replace(old, text=text, spans=tuple(spans), edits=old.edits + 1)
        return self._lines[line_id]

    def _happen(
        self,
        kind: Kind,
        chat: Chat,
        sender: str,
        line: Line | None,
        *,
        at: datetime | None = None,
        addressed: bool = True,
        data: str = "",
        emojis: tuple[str, ...] = (),
    ) -> None:
        self._number += 1
        happening = Happening(
            self._number,
            kind,
            chat,
            self.person(sender),
            at or self.clock.now(),
            data=data,
            addressed=addressed,
            emojis=emojis,
        )
        if line is not None:
            happening = replace(happening, line=line.id, reply_to=line.reply_to)
            happening = replace(happening, text=line.text, spans=line.spans, media=line.media)
            happening = replace(happening, origin=line.origin)
        self.journal.append(happening)
        self.idle.clear()
        self._news.set()
