"""The contract kit's stage for Telegram: ada and lin, their direct chats, and one supergroup.

The bot administers the group, so that it hears everything. Who addresses it there writes `@bot text`, with
the mention that clients mark: an adapter leaves such a mention in front out of the text. Telegram
tells no bot of deletions.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence

from bridgebot.model import Button, Chat, Markup, Origin, Span
from bridgebot.testing.chat_base import RETRY_AFTER, ChatFailure, Heard
from bridgebot.testing.pictures import Seen
from tests.servers.telegram import TelegramServer
from tests.servers.telegram import serve as serve_telegram
from tests.servers.telegram_errors import bad
from tests.servers.telegram_faults import CUT, LOST_ANSWER, refusal, slow_down
from tests.servers.telegram_person import Shown
from tests.servers.telegram_text import Entity, units
from tests.servers.telegram_world import Chat as Place


class TelegramRemote:
    """People on the pretend Telegram; itself a `ChatRemote`. Sayings are named `chat id, message id`."""

    failures = frozenset(ChatFailure)
    elsewhere = Origin("Stones", "-1007", "https://t.me/stones/5")
    no_file = "AgACAgIAAxkBAAE"

    def __init__(self, server: TelegramServer) -> None:
        self.server = server
        self.albums = itertools.count(13_000_000)
        self.people = {
            "ada": server.person("Ada", "ada_l", "en").met(),
            "lin": server.person("Lin", None, "zh-hans").met(),
        }
        self.group = server.group("Stones", *self.people.values(), bot="administrator")
        self.channel = server.group("Notes", self.people["ada"], kind="channel", bot="administrator")
        server.world.updates.waiting.clear()  # the bot was told of its coming into the group long ago

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def token(self) -> str:
        return self.server.token

    @property
    def secrets(self) -> Sequence[str]:
        return (self.server.token,)

    async def say(
        self,
        text: str,
        *,
        sender: str = "ada",
        group: bool = False,
        reply_to: str | None = None,
        addressed: bool = True,
        spans: Sequence[Span] = (),
    ) -> str:
        chat = self.group.chat if group else self.people[sender].direct
        named = group and addressed and reply_to is None
        before = self._name if named else ""
        answered = None if reply_to is None else int(reply_to)
        marks = _entities(before, text, spans)
        id = self.people[sender].says(f"{before}{text}", where=chat, reply_to=answered, entities=marks)
        return f"{chat.id} {id}"

    async def air(self, text: str, *, forwarded: Origin | None = None) -> None:
        who, where = self.people["ada"], self.channel.chat
        if forwarded is None:
            who.says(text, where=where)
            return
        hidden = {"type": "hidden_user", "date": 1, "sender_user_name": forwarded.name}
        there = {"id": -1007, "type": "channel", "title": "Stones", "username": "stones"}
        stands = {"type": "channel", "date": 1, "chat": there, "message_id": 5}
        who.forwards(text, stands if forwarded == self.elsewhere else hidden, where=where)

    async def send_files(
        self, contents: Sequence[bytes], text: str = "", *, sender: str = "ada", group: bool = False
    ) -> str:
        chat = self.group.chat if group else self.people[sender].direct
        album = "" if len(contents) == 1 else f"{next(self.albums)}"
        words = (f"{self._name}{text}" if group else text, *([""] * len(contents)))
        ids = [
            self.people[sender].shows_photo(caption, where=chat, album=album, content=content)
            for content, caption in zip(contents, words, strict=False)
        ]
        return f"{chat.id} {ids[0]}"

    async def edit(self, said: str, text: str, *, spans: Sequence[Span] = ()) -> None:
        chat, id = self._place(said)
        message = chat.messages[id]
        named = self._name if message.text.startswith(self._name) else ""
        who = next(one for one in self.people.values() if one.id == message.json["from"]["id"])
        who.edits(id, f"{named}{text}", where=chat, entities=_entities(named, text, spans))

    async def delete(self, said: str) -> None:
        raise NotImplementedError("Telegram tells no bot of deletions")

    async def stands(self, said: str) -> bool:
        chat, id = self._place(said)
        return chat.standing(id) is not None

    async def press(self, message_id: str, data: str, *, sender: str = "ada") -> None:
        person, id = self.people[sender], int(message_id)
        direct = person.direct.standing(id)
        where = person.direct if direct is not None and direct.by_bot else self.group.chat
        person.presses(id, data, where=where)

    async def react(self, message_id: str, *emojis: str, sender: str = "ada") -> None:
        self.people[sender].reacts(int(message_id), *emojis)

    async def heard(self, chat: Chat) -> Sequence[Heard]:
        place = self.server.world.chats[int(chat.id)]
        shown = self.people["ada"].sees(place)
        return [_heard(one) for one in shown if not chat.topic or one.topic == int(chat.topic)]

    async def publish_file(self, content: bytes) -> str:
        url = f"https://pictures.example/{next(self.albums)}.png"
        self.server.world.web[url] = content
        return url

    async def fail(self, failure: ChatFailure) -> None:
        faults = self.server.faults
        match failure:
            case ChatFailure.DROP:
                self._drop()
            case ChatFailure.LOST_ANSWER:
                faults.order(LOST_ANSWER, "sendMessage")
            case ChatFailure.RATE:
                faults.order(slow_down(RETRY_AFTER), "sendMessage")
            case ChatFailure.REJECTED:
                faults.order(refusal(bad("message is too long")), "sendMessage")
            case ChatFailure.CLOSED:
                self.people["ada"].blocks()
            case ChatFailure.REMOVED:
                self.group.removes_bot()
            case ChatFailure.LOCKED_OUT:
                self.server.revokes_token()

    def _drop(self) -> None:
        """Cut the poll that waits; the next, too, since aiohttp repeats a GET once by itself."""
        polls = [call for call in self.server.calls if call.method == "getUpdates"]
        if polls and polls[-1].read:
            self.server.faults.order(CUT, "getUpdates")
        if not self.server.cuts_poller():
            self.server.faults.order(CUT, "getUpdates")

    @property
    def _name(self) -> str:
        return f"@{self.server.bot.username} "

    def _place(self, said: str) -> tuple[Place, int]:
        chat, id = said.split()
        return self.server.world.chats[int(chat)], int(id)


KINDS: dict[Markup, str] = {
    "bold": "bold",
    "italic": "italic",
    "strike": "strikethrough",
    "code": "code",
    "spoiler": "spoiler",
    "link": "text_link",
}
_MARKUP = {type: kind for kind, type in KINDS.items()}


def _entities(before: str, text: str, spans: Sequence[Span]) -> list[Entity]:
    """Spans of the text as a client would send them behind what stands before it."""
    found = []
    for span in spans:
        start, length = units(before + text[: span.start]), units(text[span.start : span.end])
        more = {"url": span.url} if span.kind == "link" else {}
        found.append({"type": KINDS[span.kind], "offset": start, "length": length, **more})
    return found


def _span(text: str, entity: Entity) -> Span:
    raw, start, end = text.encode("utf-16-le"), entity["offset"], entity["offset"] + entity["length"]
    before, upto = (len(raw[: 2 * place].decode("utf-16-le")) for place in (start, end))
    return Span(before, upto, _MARKUP[entity["type"]], entity.get("url"))


def _heard(shown: Shown) -> Heard:
    buttons = tuple(Button(data, label) for data, label in shown.buttons)
    spans = tuple(_span(shown.text, entity) for entity in shown.entities if entity["type"] in _MARKUP)
    reply_to = None if shown.reply_to is None else str(shown.reply_to)
    media = tuple(Seen(content, hidden) for _, content, hidden in shown.media)
    return Heard(str(shown.id), shown.text, reply_to, buttons, spans, media)


@contextlib.asynccontextmanager
async def serve() -> AsyncIterator[TelegramRemote]:
    """The network for one test of the kit."""
    async with serve_telegram() as server:
        yield TelegramRemote(server)
