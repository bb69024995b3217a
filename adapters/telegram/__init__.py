"""Telegram: a bot that polls the Bot API; direct chats, groups and topics.

`session` is the story of one run; `reading` decides what an update is, `files` what it shows, `naming`
whether the bot is meant, `albums` puts together what belongs together, `writing` says what a message
looks like there, and `showing` what it shows. `request` is the wire, and the only one who knows the token;
`failures` says what an answer means; `library` leaves out what nobody here needs.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from adapters.telegram import library, showing, writing  # `library` first: it says what is left out
from adapters.telegram.config import Config
from adapters.telegram.failures import MessageGone, Moved, Unchanged, WordsElsewhere, sent_id, sent_ids
from adapters.telegram.reading import moved, standing
from adapters.telegram.request import Wire, bot, who
from adapters.telegram.session import Session
from bridgebot.adapter import ChatAdapter, ChatCapabilities, Context, OnUnconfirmed, Per, Rate, Receive
from bridgebot.errors import BridgebotError, Rejected, TargetGone, Temporary
from bridgebot.model import Chat, Exhibit, Limits, OutgoingMessage

__all__ = ["Adapter", "Config", "library"]

_CHECKING = 10.0  # seconds for the question whether the Bot API answers


class Adapter(ChatAdapter[Config]):
    title = "Telegram"
    capabilities = ChatCapabilities(
        limits=Limits(4096, "utf16"),  # core.telegram.org/bots/api#sendmessage, after entities
        groups=True,
        administers=True,
        replies=True,
        buttons=True,
        markup=frozenset({"bold", "italic", "strike", "code", "spoiler", "link"}),
        shows=showing.SHOWS,
        address=True,
        check=True,
        edit=True,
        delete=True,
        files=True,
        file_bytes=20 * 1024 * 1024,  # core.telegram.org/bots/api#getfile
        # core.telegram.org/bots/api#deletemessage: "Bots can delete incoming messages in private chats."
        delete_theirs=True,
        edits_in=True,
        reactions_in=True,
        on_unconfirmed=OnUnconfirmed.ASK,  # sendMessage has no key, and a bot cannot read a chat
        needs_connection=False,
        # core.telegram.org/bots/faq#my-bot-is-hitting-limits. What counts is when a message arrives, and
        # that is never quite as evenly as it left: a chat is given a little more time.
        rates=(
            Rate("overall", Per.BOT, 30, 1),
            Rate("chat", Per.CHAT, 1, 1.05),
            Rate("group", Per.GROUP, 20, 61, burst=5),
        ),
    )

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self._wire = Wire(context.http, config.api, config.token)
        self._bot = bot(self._wire)
        self._receive: Receive | None = None  # while `run` is running
        self._session: Session | None = None  # likewise

    async def run(self, receive: Receive) -> None:
        self._receive = receive
        try:
            session = Session(
                self._bot,
                self._wire,
                self.context,
                receive,
                poll_timeout=self.config.poll_timeout,
                album_wait=self.config.album_wait,
            )
            self._session = session
            await session.run()
        finally:
            self._receive = self._session = None

    async def send(self, chat: Chat, message: OutgoingMessage) -> tuple[str, ...]:
        parts = self._content(message) | writing.place(chat)
        parts |= {"reply_parameters": writing.answering(message.reply_to)}
        method = showing.method(message)
        result = await self._there(chat, method, parts, showing.handed_over(message))
        return sent_ids(result, method)

    async def edit(self, chat: Chat, message_id: str, message: OutgoingMessage) -> None:
        try:
            await self._edit(chat, message_id, message, beside=bool(message.media))
        except WordsElsewhere:  # what was to be shown with them could not be, or is forgotten here
            await self._edit(chat, message_id, message, beside=not message.media)

    async def _edit(self, chat: Chat, message_id: str, message: OutgoingMessage, *, beside: bool) -> None:
        """Change a text, or the words beside a picture: Telegram has a method for each."""
        if beside:
            showing.check(message)
            method, parts = "editMessageCaption", showing.caption(message)
        else:
            method, parts = "editMessageText", writing.content(message)
        with contextlib.suppress(Unchanged):
            sent_id(await self._there(chat, method, parts | writing.said(chat, message_id)), method)

    async def delete(self, chat: Chat, message_id: str) -> None:
        with contextlib.suppress(MessageGone):
            await self._there(chat, "deleteMessage", writing.said(chat, message_id))

    async def download(self, ref: str) -> AsyncIterator[bytes]:
        file = await self._wire.call("getFile", {"file_id": ref})
        path = file.get("file_path") if isinstance(file, dict) else None
        if not isinstance(path, str):
            raise Temporary("telegram-no-answer")
        async for piece in self._wire.file(path):
            yield piece

    async def administers(self, chat: Chat, person: str) -> bool:
        question = {"chat_id": chat.id, "user_id": person}
        try:
            return standing(await self._wire.call("getChatMember", question))[0]
        except (Rejected, TargetGone):  # nobody of that id, or no chat of the bot's
            return False

    async def address(self, start: str) -> str:
        payload = writing.start(start)
        me = await who(self._wire)
        return f"https://t.me/{me.username}?start={payload}"

    async def check(self) -> None:
        if self._session is None or self._session.overdue:
            raise Temporary("telegram-no-answer")
        await who(self._wire, timeout=_CHECKING)

    def _content(self, message: OutgoingMessage) -> dict[str, Any]:
        if message.media:
            showing.check(message)
            return showing.content(message)
        limits = self.capabilities.limits
        if not limits.fits(message.text):
            raise Rejected("telegram-too-long", length=limits.length(message.text), limit=limits.max_length)
        return writing.content(message)

    async def _there(
        self,
        chat: Chat,
        method: str,
        parameters: Mapping[str, Any],
        files: Mapping[str, Exhibit] | None = None,
    ) -> Any:
        """The result of a call about a chat. If that has moved, the house hears of it: the group's own
        word may have come already, or be lost, but the event is the same.
        """
        try:
            if files:
                return await self._wire.bring(method, writing.form(parameters), files)
            return await self._wire.call(method, writing.form(parameters))
        except Moved as error:
            if self._receive is not None:
                with contextlib.suppress(BridgebotError):
                    await self._receive(moved(chat.id, error.moved_to))
            raise
